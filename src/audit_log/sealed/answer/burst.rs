//! Burst: the most events in any window, group by group, while events go by in order of time.

use crate::calendar::Millis;

/// Pending events after which those whose turn has come are put in order.
const PENDING: usize = 1 << 17;

/// The longest bursts so far.
///
/// Of each group the times of its last events are kept, as many as its longest burst has. Where the oldest of them and the
/// newest event lie in one window, the longest burst is one longer; else the oldest is let go. For that the events must
/// come in order; those that cannot (of two batches of one day, say) wait until nothing earlier can come.
pub(super) struct Bursts {
    window: Millis,
    rings: Vec<Ring>,
    times: Vec<Millis>,
    pending: Vec<(Millis, u32)>,
    limit: usize,
}

/// The last `count` events of a group: their times lie around in a ring, from its place `first` on.
#[derive(Clone, Copy, Default)]
struct Ring {
    start: usize,
    first: u32,
    count: u32,
}

impl Ring {
    /// How many places it has: a power of two, four at least.
    #[inline(always)]
    fn room(self) -> u32 {
        self.mask().saturating_add(1)
    }

    #[inline(always)]
    fn mask(self) -> u32 {
        u32::MAX >> (self.count.saturating_sub(1) | 3).leading_zeros()
    }

    /// Where the time of an event lies, the oldest being 0.
    #[inline(always)]
    fn place(self, number: u32) -> usize {
        self.start + (self.first.wrapping_add(number) & self.mask()) as usize
    }
}

impl Bursts {
    pub(super) fn new(window: Millis) -> Bursts {
        Bursts { window, rings: Vec::new(), times: Vec::new(), pending: Vec::new(), limit: PENDING }
    }

    /// An event before which none can come any more.
    #[inline(always)]
    pub(super) fn push(&mut self, time: Millis, group: usize) {
        if let Some(ring) = self.rings.get_mut(group)
            && ring.count > 0
            && let Some(oldest) = self.times.get(ring.place(0))
            && time.saturating_sub(*oldest) >= self.window
        {
            // The oldest is let go; the newest comes after the last.
            let place = ring.place(ring.count);
            ring.first = ring.first.wrapping_add(1);
            if let Some(newest) = self.times.get_mut(place) {
                *newest = time;
            }
        } else {
            self.lengthen(time, group);
        }
    }

    /// The longest burst of a group is one longer.
    #[cold]
    fn lengthen(&mut self, time: Millis, group: usize) {
        if group >= self.rings.len() {
            self.rings.resize(group + 1, Ring::default());
        }
        let Some(ring) = self.rings.get_mut(group) else { return };
        if ring.count == 0 || ring.count == ring.room() {
            // It moves to where there is twice the room; what it leaves is little beside that.
            let start = self.times.len();
            for number in 0..ring.count {
                self.times.push(self.times.get(ring.place(number)).copied().unwrap_or(time));
            }
            *ring = Ring { start, first: 0, count: ring.count };
            let longer = Ring { count: ring.count + 1, ..*ring };
            self.times.resize(start + longer.room() as usize, time);
        }
        ring.count += 1;
        if let Some(newest) = self.times.get_mut(ring.place(ring.count - 1)) {
            *newest = time;
        }
    }

    /// An event that may have to wait.
    pub(super) fn wait(&mut self, time: Millis, group: usize) {
        self.pending.push((time, group as u32));
    }

    /// Whether events wait.
    pub(super) fn is_waiting(&self) -> bool {
        !self.pending.is_empty()
    }

    /// No event before this instant can come any more.
    pub(super) fn settle(&mut self, until: Millis) {
        if self.pending.len() < self.limit && self.pending.iter().any(|(time, _)| *time > until) {
            return;
        }
        let mut pending = std::mem::take(&mut self.pending);
        pending.sort_unstable();
        let ready = pending.partition_point(|(time, _)| *time <= until);
        for (time, group) in pending.drain(..ready) {
            self.push(time, group as usize);
        }
        // Where little came free, the next look at it is farther away.
        self.limit = (pending.len() * 2).max(PENDING);
        self.pending = pending;
    }

    /// The longest burst of each group.
    pub(super) fn finish(mut self) -> Vec<i64> {
        self.settle(Millis::MAX);
        let window = self.window;
        self.rings.iter().map(|ring| if window > 0 { i64::from(ring.count) } else { 0 }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn bursts_are_as_a_look_at_every_window_finds_them(
            times in prop::collection::vec((0i64..500, 0usize..3), 0..120),
            window in -1i64..90,
            part in 1usize..50,
        ) {
            let mut bursts = Bursts::new(window);
            let mut rest: Vec<_> = times.clone();
            // Parts in no order; what may still come is known.
            while !rest.is_empty() {
                for (time, group) in rest.drain(..part.min(rest.len())) {
                    bursts.wait(time, group);
                }
                bursts.settle(rest.iter().map(|(time, _)| *time).min().unwrap_or(Millis::MAX));
            }
            let found = bursts.finish();
            for group in 0..3 {
                let of_group = || times.iter().filter(move |(_, of)| *of == group).map(|(time, _)| *time);
                let most = of_group().map(|from| of_group().filter(|time| (from..from + window).contains(time)).count());
                prop_assert_eq!(found.get(group).copied().unwrap_or(0), most.max().unwrap_or(0) as i64);
            }
        }
    }
}
