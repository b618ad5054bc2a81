//! Watching: rules are held against what came in, and now and then against the time that went by.

use super::{Daemon, said};
use crate::calendar::Millis;

/// So long after it was done, rules are looked at again where nothing came in: for what is silent, and for mails at once that
/// had to wait.
const AGAIN: Millis = 15 * 60_000;

impl Daemon<'_> {
    /// Holds the rules against what is new. What goes wrong with a rule keeps no report from going out.
    pub(super) fn watch(&mut self, new: bool) {
        let now = self.installation.clock.now();
        let recently = self.watched.is_some_and(|then| (then..then.saturating_add(AGAIN)).contains(&now));
        if recently && !new {
            return;
        }
        self.watched = Some(now);
        let good = self.definitions.good();
        match self.installation.watch_new(&mut self.ledger, &good) {
            Ok(watching) => {
                for (id, raised) in &watching.new {
                    let (finding, rule, severity) = (id.to_string(), raised.rule.as_str(), raised.severity.to_string());
                    tracing::info!(finding, rule, severity, "found");
                }
                for id in &watching.grown {
                    tracing::info!(finding = id.to_string(), "grown");
                }
                if watching.alerts > 0 {
                    tracing::info!(mails = watching.alerts, "alerted");
                }
                if !watching.problems.is_empty() {
                    tracing::warn!(
                        problems = watching.problems.len(),
                        "rules are written wrong: see `quarterday check`"
                    );
                }
            }
            Err(failure) => {
                // The next round tries again.
                self.watched = None;
                tracing::error!(why = said::plain(&failure), "rules could not be held against the log");
            }
        }
    }
}
