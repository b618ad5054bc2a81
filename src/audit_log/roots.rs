//! Roots: events' leaves make day roots, day roots a batch root. They do not depend on how events are stored.

use crate::calendar::Millis;
use crate::seal::bytes::Writer;
use crate::seal::hash::Hash;
use crate::seal::tree::{self, Growing};
use std::collections::BTreeMap;

/// Milliseconds of a UTC day.
pub const DAY: Millis = 86_400_000;

/// The UTC day of an instant, counted from 1970-01-01.
pub fn day_of(time: Millis) -> i64 {
    time.div_euclid(DAY)
}

/// What a batch has on one UTC day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayRoot {
    /// Days since 1970-01-01, UTC.
    pub day: i64,
    /// Events of the batch on that day.
    pub events: u64,
    /// RFC 6962 root over their leaves, in the order of their numbers.
    pub root: Hash,
}

impl DayRoot {
    /// The bytes that are a leaf of the batch's tree: day (signed), events (number), root (32 bytes).
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = Writer::new();
        out.signed(self.day);
        out.number(self.events);
        out.raw(&self.root.0);
        out.finish()
    }
}

/// The root of a batch: RFC 6962 over the leaves of its days, in order of time.
pub fn batch_root(days: &[DayRoot]) -> Hash {
    let leaves: Vec<Hash> = days.iter().map(|day| tree::leaf(&day.bytes())).collect();
    tree::root(&leaves)
}

/// Grows the day roots of a batch while its events come in.
#[derive(Clone, Debug, Default)]
pub struct BatchRoots {
    days: BTreeMap<i64, Growing>,
}

impl BatchRoots {
    /// The next event's time and leaf.
    pub fn push(&mut self, time: Millis, leaf: Hash) {
        self.days.entry(day_of(time)).or_default().push(leaf);
    }

    /// Every day with events so far, in order of time.
    pub fn days(&self) -> Vec<DayRoot> {
        let each = self.days.iter();
        each.map(|(day, tree)| DayRoot { day: *day, events: tree.size(), root: tree.root() }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_a_utc_day_before_1970_too() {
        assert_eq!((day_of(-1), day_of(0), day_of(DAY - 1), day_of(DAY)), (-1, 0, 0, 1));
    }

    #[test]
    fn order_within_a_day_matters_and_order_of_days_does_not() {
        let (a, b, c) = (tree::leaf(b"a"), tree::leaf(b"b"), tree::leaf(b"c"));
        let of = |events: &[(Millis, Hash)]| {
            let mut roots = BatchRoots::default();
            events.iter().for_each(|(time, leaf)| roots.push(*time, *leaf));
            batch_root(&roots.days())
        };
        assert_eq!(of(&[(1, a), (DAY, b), (2, c)]), of(&[(DAY, b), (1, a), (2, c)]));
        assert_ne!(of(&[(1, a), (2, c)]), of(&[(2, c), (1, a)]));
        assert_eq!(of(&[]), tree::root(&[]));
    }
}
