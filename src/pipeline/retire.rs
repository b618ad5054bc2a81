//! Retire: old events removed from the log, as far as the settings' policy of each source allows it.

use super::{Failure, Installation};
use crate::audit_log::roots::DAY;
use crate::audit_log::sealed::SealedLog;
use crate::audit_log::{Append, AuditLog, LogError, RetireOrder, Retired};
use crate::calendar::Millis;
use crate::config::Keep;
use crate::ledger::hold::Hold;
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// What a person asks for.
#[derive(Clone, Debug)]
pub struct Retiring {
    /// Events before this civil day, in the installation's zone, are to go. What goes are whole UTC days: none that reaches
    /// into this day.
    pub before: NaiveDate,
    /// Of this source; `None`: of every source that has some.
    pub source: Option<String>,
    /// Why.
    pub reason: String,
}

/// What was removed.
#[derive(Clone, Debug, serde::Serialize)]
pub struct RetiredNow {
    /// Source by source; those of which there was nothing to remove are absent.
    pub retired: Vec<Retired>,
    /// Size of the log's file before and after, in bytes.
    pub bytes: (u64, u64),
    /// Set where the file could not be written anew, and why.
    pub not_compacted: Option<String>,
}

impl Installation {
    /// What would be removed, source by source.
    ///
    /// # Errors
    /// See [`retire`](Self::retire).
    pub fn would_retire(&self, asked: &Retiring) -> Result<Vec<Retired>, Failure> {
        let mut log = self.log_to_retire_from()?;
        let orders = self.orders(&mut log, asked)?;
        orders.iter().map(|order| Ok(log.would_retire(order, self.clock.now())?)).collect()
    }

    /// Removes what is asked, source by source, and gives the space back. Each source is one record of the log; if the
    /// program dies between two of them, the rest is done by asking again.
    ///
    /// # Errors
    /// A source that is none, that has no policy, or of which a policy or a legal hold keeps some: then nothing at all is
    /// removed.
    pub fn retire(&self, asked: &Retiring) -> Result<RetiredNow, Failure> {
        let mut log = self.log_to_retire_from()?;
        let orders = self.orders(&mut log, asked)?;
        let size = || std::fs::metadata(&self.folders.log).map_or(0, |file| file.len());
        let before = size();
        let mut retired = Vec::new();
        for order in &orders {
            retired.push(log.retire(order, self.clock.now())?);
        }
        // Also where nothing was removed: an earlier one may have died before it came to this.
        let not_compacted = log.compact().err().map(|error| error.to_string());
        Ok(RetiredNow { retired, bytes: (before, size()), not_compacted })
    }

    fn log_to_retire_from(&self) -> Result<SealedLog, Failure> {
        // Says that there is none, and makes none.
        drop(self.log()?);
        self.log_to_add()
    }

    /// One order for each source that has something to remove. Every refusal is said at once.
    fn orders(&self, log: &mut SealedLog, asked: &Retiring) -> Result<Vec<RetireOrder>, Failure> {
        let now = self.clock.now();
        if asked.reason.trim().is_empty() {
            return Err(Failure::Asked("say why, as in --reason \"kept as long as the policy says\"".to_owned()));
        }
        let begins = self.config.timezone.day_start(asked.before);
        if begins > now {
            return Err(Failure::Asked(format!(
                "{} has not come yet: nothing after today can be retired",
                asked.before
            )));
        }
        let before = begins.div_euclid(DAY) * DAY;
        let known: BTreeSet<String> = log.batches()?.into_iter().map(|batch| batch.source.name).collect();
        let wanted: Vec<&String> = match &asked.source {
            None => known.iter().collect(),
            Some(name) if known.contains(name) => vec![name],
            Some(name) => {
                let known: Vec<String> = known.iter().cloned().collect();
                return Err(Failure::Asked(format!("the log has no source `{name}`; it has: {}", known.join(", "))));
            }
        };
        let (mut orders, mut refused) = (Vec::new(), Vec::new());
        for source in wanted {
            let order = |keep_days| RetireOrder {
                source: source.clone(),
                before,
                keep_days,
                by: self.account.clone(),
                reason: asked.reason.trim().to_owned(),
            };
            match log.would_retire(&order(0), now) {
                Ok(found) if found.events == 0 && found.rows == 0 => continue,
                Ok(_) => {}
                // Up to a later day already: nothing is left of what is asked.
                Err(LogError::Refused(_)) => continue,
                Err(error) => return Err(error.into()),
            }
            match self.allowed(source, asked.before, before, now) {
                Ok(keep_days) => orders.push(order(keep_days)),
                Err(why) => refused.push(why),
            }
        }
        if refused.is_empty() { Ok(orders) } else { Err(Failure::Asked(refused.join("\n"))) }
    }

    /// The days that the policy of a source keeps; the words say why it does not allow this.
    fn allowed(&self, source: &str, asked: NaiveDate, before: Millis, now: Millis) -> Result<u32, String> {
        let settings = crate::config::FILE;
        if let Some(hold) = self.holds_events(asked).map_err(|error| error.to_string())? {
            let Hold { number, covers, reason, .. } = hold;
            let instead = covers.from.map(|from| format!(". Write --before {from}")).unwrap_or_default();
            return Err(format!("{source} has events under legal hold {number} ({covers}): {reason}{instead}"));
        }
        let days = match self.config.sources.get(source).and_then(|written| written.keep_days) {
            None => {
                return Err(format!(
                    "{source} has no policy, so nothing of it may be retired: write how long its events are kept under \
                     `sources:` in {settings}, as in `{source}: {{ keep_days: 730 }}`"
                ));
            }
            Some(Keep::Forever) => {
                return Err(format!("{source} keeps its events for ever (`keep_days: forever` in {settings})"));
            }
            Some(Keep::Days(days)) => days,
        };
        let until = now - Millis::from(days) * DAY;
        if before <= until {
            return Ok(days);
        }
        let latest = self.config.timezone.civil(until).date();
        Err(format!(
            "{source} keeps its events {days} days (`keep_days` in {settings}): those before {latest} may be retired, and \
             {asked} is later. Write --before {latest}, or change the policy"
        ))
    }
}
