//! Pending: the events that a correlation counts at a moment, by group, so that a hit can name them.

use crate::calendar::Millis;
use std::collections::VecDeque;

/// So many events of one group are held at once: what a correlation may count at most.
pub(super) const MOST: usize = 10_000;

/// The events of one correlation and group that lie within its span of time.
#[derive(Clone, Debug, Default)]
pub(super) struct Pending {
    events: VecDeque<Counted>,
    /// How many came so far.
    came: u64,
    /// The place of the first that the correlations above do not know of.
    told: u64,
}

/// An event that is counted.
#[derive(Clone, Debug)]
pub(super) struct Counted {
    /// Which it is of those that came, from 0.
    pub place: u64,
    pub time: Millis,
    pub number: String,
}

impl Pending {
    /// Takes one more, and lets go of those that lie more than the span before it.
    pub(super) fn push(&mut self, time: Millis, number: &str, span: Millis) {
        self.evict(time.saturating_sub(span));
        if self.events.back().is_some_and(|last| last.number == number) {
            return;
        }
        if self.events.len() >= MOST {
            self.events.pop_front();
        }
        self.events.push_back(Counted { place: self.came, time, number: number.to_owned() });
        self.came += 1;
    }

    /// Lets go of those before a time; whether any are left.
    pub(super) fn evict(&mut self, before: Millis) -> bool {
        while self.events.front().is_some_and(|event| event.time < before) {
            self.events.pop_front();
        }
        !self.events.is_empty()
    }

    /// Those that came at this place or after, in order of time.
    pub(super) fn since(&self, place: u64) -> Vec<Counted> {
        let start = self.events.partition_point(|event| event.place < place);
        self.events.range(start..).cloned().collect()
    }

    /// Those that this was not asked for before.
    pub(super) fn untold(&mut self) -> Vec<Counted> {
        let told = std::mem::replace(&mut self.told, self.came);
        self.since(told)
    }

    /// The place of the next one.
    pub(super) fn next(&self) -> u64 {
        self.came
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_outside_the_span_is_let_go_and_what_was_seen_is_not_told_again() {
        let mut pending = Pending::default();
        for time in [0, 500, 1000, 1001] {
            pending.push(time, &format!("1-{time}"), 1000);
        }
        let numbers = |place| pending.since(place).iter().map(|event| event.number.clone()).collect::<Vec<_>>();
        assert_eq!(numbers(0), ["1-500", "1-1000", "1-1001"]);
        assert_eq!(numbers(3), ["1-1001"]);
        assert_eq!(pending.next(), 4);
        let mut pending = pending.clone();
        assert!(!pending.evict(2000));
    }

    #[test]
    fn one_event_is_held_once_and_not_more_than_most_are() {
        let mut pending = Pending::default();
        pending.push(1, "1-1", 10);
        pending.push(1, "1-1", 10);
        assert_eq!(pending.since(0).len(), 1);
        for at in 0..MOST + 5 {
            pending.push(1, &format!("2-{at}"), 10);
        }
        assert_eq!(pending.since(0).len(), MOST);
    }
}
