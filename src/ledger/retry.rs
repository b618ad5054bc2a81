//! Retry: what follows a receipt. A pure function of the receipt, the dispatch's course so far and the time.

use crate::calendar::Millis;
use crate::dispatch::{Receipt, Stage};
use serde::{Deserialize, Serialize};

const MINUTE: Millis = 60_000;
const HOUR: Millis = 60 * MINUTE;
const DAY: Millis = 24 * HOUR;

/// What to do when the connection was lost after the last byte, so that nobody knows whether the server has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnUnknown {
    /// Send the same bytes with the same Message-ID again: the recipient may have it twice, but never not at all.
    #[default]
    Resend,
    /// Hold it until a person decides.
    Hold,
}

/// How patient the outbox is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Pauses after the first, second… attempt that came to nothing; the last one holds for all that follow.
    pub pauses: Vec<Millis>,
    /// How long after the first attempt it is given up. RFC 5321, 4.5.4.1: "at least 4-5 days".
    pub give_up_after: Millis,
    /// The least pause before an unknown outcome is sent again: time for the mail to be seen to have arrived.
    pub grace: Millis,
    /// After so many unknown outcomes the dispatch is held whatever the definition says: a server that always dies
    /// after it has accepted would else fill the recipient's mailbox.
    pub resends: u32,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        RetryPolicy {
            pauses: vec![MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR],
            give_up_after: 5 * DAY,
            grace: 30 * MINUTE,
            resends: 5,
        }
    }
}

/// A dispatch's course so far, this attempt included.
#[derive(Clone, Copy, Debug)]
pub struct Course<'a> {
    /// Gives the jitter: the same for the same dispatch and attempt, so that a course can be replayed.
    pub message_id: &'a str,
    /// Attempts begun.
    pub attempts: u32,
    /// Unknown outcomes before this one.
    pub unknowns: u32,
    /// When the first attempt began.
    pub first_at: Millis,
    /// What the definition says.
    pub on_unknown: OnUnknown,
}

/// What follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Next {
    /// The dispatch's stage.
    pub stage: Stage,
    /// When it may be tried again; `now` where it is not.
    pub not_before: Millis,
}

/// What follows a receipt at `now`.
pub fn next(policy: &RetryPolicy, course: &Course, receipt: &Receipt, now: Millis) -> Next {
    let settled = |stage| Next { stage, not_before: now };
    let deadline = course.first_at.saturating_add(policy.give_up_after);
    let again = |least: Millis| {
        let pause = pause(policy, course).max(least);
        // The last attempt falls on the deadline itself, not a pause beyond it.
        let not_before = now.saturating_add(pause).min(deadline.max(now));
        Next { stage: Stage::Queued, not_before }
    };
    match receipt {
        Receipt::Sent(_) => settled(Stage::Sent),
        Receipt::Never(_) | Receipt::TooLarge { .. } => settled(Stage::Refused),
        Receipt::Later(_) if now >= deadline => settled(Stage::Refused),
        Receipt::Later(_) => again(0),
        Receipt::Unknown(_) => match course.on_unknown {
            OnUnknown::Hold => settled(Stage::Held),
            // Never `Refused`: it may well have arrived. A person must look.
            OnUnknown::Resend if course.unknowns >= policy.resends || now >= deadline => settled(Stage::Held),
            OnUnknown::Resend => again(policy.grace),
        },
    }
}

/// The pause after this attempt, with up to a fifth more, so that a hundred dispatches do not all return at once.
fn pause(policy: &RetryPolicy, course: &Course) -> Millis {
    let index = usize::try_from(course.attempts.saturating_sub(1)).unwrap_or(usize::MAX);
    let pause = policy.pauses.get(index).or(policy.pauses.last()).copied().unwrap_or(HOUR).max(1);
    let seed = crate::seal::sha256_hex(format!("{}\n{}", course.message_id, course.attempts).as_bytes());
    let share = seed.get(..4).and_then(|hex| Millis::from_str_radix(hex, 16).ok()).unwrap_or(0);
    pause.saturating_add(pause.saturating_mul(share) / 5 / 0xffff)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn course(attempts: u32) -> Course<'static> {
        Course { message_id: "a@b.example", attempts, unknowns: 0, first_at: 0, on_unknown: OnUnknown::Resend }
    }

    #[test]
    fn pauses_grow_and_end_after_five_days() {
        let policy = RetryPolicy::default();
        let (mut now, mut waits) = (0, Vec::new());
        for attempt in 1.. {
            let next = next(&policy, &course(attempt), &Receipt::Later("busy".into()), now);
            if next.stage == Stage::Refused {
                break;
            }
            assert_eq!(next.stage, Stage::Queued);
            waits.push(next.not_before - now);
            now = next.not_before;
        }
        assert_eq!(now, 5 * DAY, "the last attempt falls on the deadline");
        for (wait, least) in waits.iter().zip(&policy.pauses) {
            assert!((*least..=least + least / 5).contains(wait), "{wait} after {least}");
        }
        let middle = waits.get(6..waits.len() - 1).unwrap();
        assert!(middle.iter().all(|wait| (4 * HOUR..=4 * HOUR + 48 * MINUTE).contains(wait)), "{middle:?}");
        assert!((30..=36).contains(&waits.len()), "{}", waits.len());
    }

    #[test]
    fn jitter_differs_between_dispatches_and_is_the_same_again() {
        let wait = |id| {
            let course = Course { message_id: id, ..course(6) };
            next(&RetryPolicy::default(), &course, &Receipt::Later(String::new()), 0).not_before
        };
        assert_eq!(wait("a@b.example"), wait("a@b.example"));
        assert_ne!(wait("a@b.example"), wait("c@b.example"));
    }

    #[test]
    fn unknown_is_resent_after_a_grace_or_held_but_never_refused() {
        let policy = RetryPolicy::default();
        let unknown = Receipt::Unknown("lost".into());
        let after = next(&policy, &course(1), &unknown, 0);
        assert_eq!(after.stage, Stage::Queued);
        assert!(after.not_before >= policy.grace);
        let held = Course { on_unknown: OnUnknown::Hold, ..course(1) };
        assert_eq!(next(&policy, &held, &unknown, 0).stage, Stage::Held);
        let often = Course { unknowns: policy.resends, ..course(9) };
        assert_eq!(next(&policy, &often, &unknown, 0).stage, Stage::Held);
        assert_eq!(next(&policy, &course(9), &unknown, 6 * DAY).stage, Stage::Held);
    }

    proptest! {
        #[test]
        fn a_retry_lies_ahead_and_within_reach(attempts in 1u32..200, now in -DAY..10 * DAY, later: bool) {
            let receipt = if later { Receipt::Later(String::new()) } else { Receipt::Unknown(String::new()) };
            let next = next(&RetryPolicy::default(), &course(attempts), &receipt, now);
            if next.stage == Stage::Queued {
                prop_assert!(next.not_before > now);
                prop_assert!(next.not_before <= now + 5 * HOUR);
            } else {
                prop_assert!(now >= 5 * DAY);
            }
        }
    }
}
