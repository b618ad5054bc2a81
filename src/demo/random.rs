//! Repeatable chance: SplitMix64 in whole numbers, seeded by what it is used for, so that a change in one place moves nothing elsewhere.

/// A stream of numbers. Own code of twenty lines and not a crate's: the year must not change when a library does.
pub(super) struct Random(u64);

impl Random {
    /// The stream for one purpose at some coordinates (person, day, …).
    pub(super) fn of(purpose: &str, coordinates: &[u64]) -> Random {
        let mut random = Random(0x0051_4441_5953_2026);
        for byte in purpose.bytes() {
            random.mix(u64::from(byte));
        }
        for coordinate in coordinates {
            random.mix(*coordinate);
        }
        random
    }

    fn mix(&mut self, value: u64) {
        self.0 ^= value.wrapping_mul(0xff51_afd7_ed55_8ccd);
        self.0 = self.next();
    }

    /// Steele, Lea and Flood's SplitMix64 (2014).
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 up to, not including, `n`; 0 if `n` is 0.
    pub(super) fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(n)) >> 64) as u64
    }

    /// From `low` to `high`, both included.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1).max(0) as u64) as i64
    }

    /// True in so many of a thousand cases.
    pub(super) fn chance(&mut self, permille: u64) -> bool {
        self.below(1000) < permille
    }

    /// A whole number whose mean is `permille` thousandths.
    pub(super) fn about(&mut self, permille: u64) -> u64 {
        let spread = permille * (500 + self.below(1001)) / 1000;
        spread / 1000 + u64::from(self.chance(spread % 1000))
    }

    /// One of a list that is never empty.
    pub(super) fn pick<T: Copy, const N: usize>(&mut self, list: &[T; N]) -> T {
        const { assert!(N > 0) };
        list[self.below(N as u64) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::Random;

    #[test]
    fn numbers_stay_in_their_bounds_and_keep_their_mean() {
        let mut random = Random::of("test", &[1]);
        assert!((0..2000).all(|n| random.below(n + 1) <= n));
        assert!((0..2000).all(|n| (-3..=n).contains(&random.between(-3, n))));
        assert_eq!((random.below(0), random.below(1)), (0, 0));
        let sum: u64 = (0..20_000).map(|_| random.about(2_300)).sum();
        assert!((45_000..47_000).contains(&sum), "{sum}");
    }

    #[test]
    fn streams_differ_by_purpose_and_by_every_coordinate() {
        let first = |purpose, coordinates: &[u64]| Random::of(purpose, coordinates).next();
        let all = [first("a", &[1, 2]), first("b", &[1, 2]), first("a", &[2, 1]), first("a", &[1]), first("a", &[])];
        assert!((0..all.len()).all(|n| !all[..n].contains(&all[n])));
    }
}
