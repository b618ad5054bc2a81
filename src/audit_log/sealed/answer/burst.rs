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

/// The last events of a group: their times lie around in a ring of `room` places, a power of two.
#[derive(Clone, Copy, Default)]
struct Ring {
    start: usize,
    first: usize,
    count: usize,
    room: usize,
}

impl Bursts {
    pub(super) fn new(window: Millis) -> Bursts {
        Bursts { window, rings: Vec::new(), times: Vec::new(), pending: Vec::new(), limit: PENDING }
    }

    /// An event before which none can come any more.
    #[inline]
    pub(super) fn push(&mut self, time: Millis, group: usize) {
        if group >= self.rings.len() {
            self.rings.resize(group + 1, Ring::default());
        }
        let Some(ring) = self.rings.get_mut(group) else { return };
        let mask = ring.room.wrapping_sub(1);
        let oldest = self.times.get(ring.start + (ring.first & mask));
        if ring.count > 0 && oldest.is_some_and(|oldest| time.saturating_sub(*oldest) >= self.window) {
            ring.first = ring.first.wrapping_add(1);
        } else if ring.count < ring.room {
            ring.count += 1;
        } else {
            // It moves to where there is twice the room; what it leaves is little beside that.
            let start = self.times.len();
            for place in 0..ring.count {
                let kept = self.times.get(ring.start + (ring.first.wrapping_add(place) & mask)).copied().unwrap_or(0);
                self.times.push(kept);
            }
            let room = (ring.room * 2).max(4);
            self.times.resize(start + room, 0);
            *ring = Ring { start, first: 0, count: ring.count + 1, room };
        }
        let newest = ring.first.wrapping_add(ring.count - 1) & ring.room.wrapping_sub(1);
        if let Some(place) = self.times.get_mut(ring.start + newest) {
            *place = time;
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
        self.rings.iter().map(|ring| if window > 0 { ring.count as i64 } else { 0 }).collect()
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
