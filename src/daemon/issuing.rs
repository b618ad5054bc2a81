//! Issuing: what is due is made, what failed rests for a while, and when to look again.

use super::{Daemon, Sign};
use crate::calendar::Millis;
use crate::definition::{PARTS, TRAINING};
use crate::edition::EditionKey;
use crate::pipeline::Failure;
use crate::pipeline::making::{Reins, Run, work_off};
use crate::schedule::next_moment;
use std::collections::BTreeMap;

/// Pauses after an edition failed for the first, second… time; the last one holds for all that follow.
const RESTS: [Millis; 4] = [5 * 60_000, 15 * 60_000, 60 * 60_000, 4 * 60 * 60_000];

/// How long an edition is left alone that another process is making.
const ELSEWHERE: Millis = 60_000;

impl Daemon<'_> {
    /// Issues what is due.
    pub(super) fn issue(&mut self, changed: bool) -> Result<(), Failure> {
        let now = self.installation.clock.now();
        let quiet = self.quiet_until.is_some_and(|until| now < until) && now >= self.looked;
        self.looked = now;
        let rested = self.resting.values().any(|(_, until)| *until <= now);
        if quiet && !changed && !rested {
            return Ok(());
        }
        let good = self.definitions.good();
        let agenda = self.installation.agenda_again(&self.ledger, &good, &mut self.asked)?;
        let resting = |key: &EditionKey| is_resting(&self.resting, key, now);
        let open = agenda.due.iter().any(|due| !resting(&due.key));
        let mut left: Vec<EditionKey> = agenda.due.iter().map(|due| due.key.clone()).collect();
        let waiting = agenda.waiting.iter().map(|due| due.at).filter(|at| *at > now).min();
        if open || !agenda.missed.is_empty() {
            let world = self.world;
            let stop = || world.stop();
            let reins = Reins { resting: &resting, stop: &stop };
            // Fonts, templates and the log are held only while something is made.
            let run = {
                let maker = world.maker(&self.installation)?;
                let progress: &mut dyn FnMut(&EditionKey, usize) = &mut |_, _| world.show(Sign::Alive);
                work_off(maker.as_ref(), &mut self.ledger, &good, agenda, &reins, progress)?
            };
            left.retain(|key| !run.issued.iter().any(|issued| issued.key == *key));
            self.told(&run, now);
        }
        self.resting.retain(|_, (_, until)| *until > now);
        // What was not come to is looked at again soon.
        let next = next_moment(good.iter().map(|written| &written.definition), now);
        let again = left.iter().any(|key| !is_resting(&self.resting, key, now)).then_some(now);
        let next = [next, waiting, again].into_iter().flatten().min();
        self.quiet_until = next.or(Some(Millis::MAX));
        Ok(())
    }

    /// Logs what a run came to, and remembers what failed.
    fn told(&mut self, run: &Run, now: Millis) {
        for one in &run.issued {
            self.resting.remove(&one.key);
            let (edition, messages, pages) = (one.key.to_string(), one.messages, one.pages);
            tracing::info!(edition, messages, pages, warnings = one.warnings.len(), "issued");
        }
        for (key, _) in &run.failed {
            for key in as_asked(key) {
                let entry = self.resting.entry(key).or_insert((0, now));
                let pause = RESTS.get(entry.0).or(RESTS.last()).copied().unwrap_or_default();
                *entry = (entry.0.saturating_add(1), now.saturating_add(pause));
            }
            let edition = key.to_string();
            // The reason may hold what stands in the log: it is in the ledger, and with the owner.
            tracing::error!(edition, "could not be issued: see `quarterday history`");
        }
        for due in &run.missed {
            tracing::warn!(edition = due.key.to_string(), "missed");
        }
        for key in &run.elsewhere {
            tracing::info!(edition = key.to_string(), "another process is making it");
            for key in as_asked(key) {
                self.resting.entry(key).or_insert((0, now.saturating_add(ELSEWHERE)));
            }
        }
    }
}

/// An edition as schedules ask for it: a part is asked for with all parts.
fn as_asked(key: &EditionKey) -> Vec<EditionKey> {
    let mut keys = vec![key.clone()];
    if !key.audience.is_empty() && key.audience != TRAINING {
        keys.push(EditionKey { audience: PARTS.to_owned(), ..key.clone() });
    }
    keys
}

fn is_resting(resting: &BTreeMap<EditionKey, (usize, Millis)>, key: &EditionKey, now: Millis) -> bool {
    // A clock that was set back makes no rest longer than it can be.
    let longest = RESTS.last().copied().unwrap_or_default();
    resting.get(key).is_some_and(|(_, until)| now < *until && *until - now <= longest)
}
