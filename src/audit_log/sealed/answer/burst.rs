//! Burst: the most events in any window, group by group, while events go by in order of time.

use crate::calendar::Millis;
use std::collections::VecDeque;

/// Pending events after which those whose turn has come are put in order.
const PENDING: usize = 1 << 17;

/// The longest bursts so far.
///
/// Of each group the times of its last events are kept, as many as its longest burst has. Where the oldest of them and the
/// newest event lie in one window, the longest burst is one longer; else the oldest is let go. For that the events must
/// come in order; those that cannot (of two batches of one day, say) wait until nothing earlier can come.
pub(super) struct Bursts {
    window: Millis,
    last: Vec<VecDeque<Millis>>,
    pending: Vec<(Millis, u32)>,
    limit: usize,
}

impl Bursts {
    pub(super) fn new(window: Millis) -> Bursts {
        Bursts { window, last: Vec::new(), pending: Vec::new(), limit: PENDING }
    }

    /// An event before which none can come any more.
    pub(super) fn push(&mut self, time: Millis, group: usize) {
        if group >= self.last.len() {
            self.last.resize_with(group + 1, VecDeque::new);
        }
        let Some(last) = self.last.get_mut(group) else { return };
        if last.front().is_some_and(|first| time.saturating_sub(*first) >= self.window) {
            last.pop_front();
        }
        last.push_back(time);
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
        self.last.iter().map(|last| if window > 0 { last.len() as i64 } else { 0 }).collect()
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
