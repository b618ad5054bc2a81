//! Decide: a person takes mails of the outbox in hand. Which ones are meant, what may be decided, recorded with who and why.

use super::{Failure, Installation};
use crate::definition::WEBHOOK;
use crate::dispatch::{Dispatch, Stage};
use crate::edition::EditionKey;
use crate::ledger::outbox::Decision;
use crate::ledger::{Ledger, LedgerError};

/// Which mails are meant: a number, an edition, or a recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// The one with this number.
    Number(i64),
    /// All of this edition.
    Edition(EditionKey),
    /// All to this address or webhook.
    To(String),
}

impl Which {
    /// Reads what a person writes.
    ///
    /// # Errors
    /// It is none of the three, in words.
    pub fn parse(text: &str) -> Result<Which, String> {
        if let Ok(number) = text.parse() {
            return Ok(Which::Number(number));
        }
        if let Some(key) = EditionKey::parse(text) {
            return Ok(Which::Edition(key));
        }
        if text.contains('@') || text.starts_with(WEBHOOK) {
            return Ok(Which::To(text.to_owned()));
        }
        Err("write a number of `outbox list`, an edition (REPORT/PERIOD) or an address".to_owned())
    }

    /// Whether a mail is meant.
    pub fn is(&self, dispatch: &Dispatch) -> bool {
        match self {
            Which::Number(number) => dispatch.id == *number,
            Which::Edition(key) => dispatch.edition == *key,
            Which::To(address) => dispatch.to.eq_ignore_ascii_case(address),
        }
    }
}

impl std::fmt::Display for Which {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Which::Number(number) => write!(out, "mail {number}"),
            Which::Edition(key) => write!(out, "edition {key}"),
            Which::To(address) => write!(out, "{address}"),
        }
    }
}

/// Whether a mail is neither sent nor cancelled: it waits for its time or for a person.
pub fn is_open(dispatch: &Dispatch) -> bool {
    !matches!(dispatch.stage, Stage::Sent | Stage::Cancelled)
}

impl Installation {
    /// Decides about the mails that are meant, as far as this can be decided of them, and gives back how they stand now.
    /// A mail that is named by its number must be one of those.
    ///
    /// # Errors
    /// No reason; nothing is meant; what is meant cannot be decided so. Then nothing is decided.
    pub fn decide(
        &self,
        ledger: &mut Ledger,
        which: &[Which],
        decision: Decision,
        why: &str,
    ) -> Result<Vec<Dispatch>, Failure> {
        let Some(why) = super::retention::one_line(why) else {
            let what = "a decision is recorded with its reason, one line of at most 500 characters: --why \"…\"";
            return Err(Failure::Asked(what.to_owned()));
        };
        let all = ledger.all_dispatches()?;
        let mut chosen: Vec<i64> = Vec::new();
        for one in which {
            let meant: Vec<&Dispatch> = all.iter().filter(|dispatch| one.is(dispatch)).collect();
            if meant.is_empty() {
                return Err(Failure::Asked(format!(
                    "there is no mail for {one}; `quarterday outbox list --all` has all"
                )));
            }
            let can: Vec<i64> =
                meant.iter().filter(|dispatch| decision.follows(dispatch.stage).is_some()).map(|one| one.id).collect();
            if can.is_empty() {
                let standing: Vec<String> =
                    meant.iter().map(|one| format!("mail {} is {}", one.id, stage(one.stage))).collect();
                return Err(Failure::Error(format!("{}: {}", standing.join(", "), possible(decision))));
            }
            chosen.extend(can.into_iter().filter(|id| !chosen.contains(id)).collect::<Vec<_>>());
        }
        let mut done = Vec::new();
        for id in chosen {
            match ledger.decide(id, decision, &self.account, why, self.clock.now()) {
                Ok(dispatch) => done.push(dispatch),
                // Between looking and deciding another process began to send it: its outcome decides.
                Err(LedgerError::Refused(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        if done.is_empty() {
            return Err(Failure::Error("all of it is just being sent; look at `quarterday outbox list`".to_owned()));
        }
        Ok(done)
    }
}

/// A stage as a person reads it.
pub fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Queued => "waiting",
        Stage::Attempting | Stage::Dot => "being sent",
        Stage::Sent => "sent",
        Stage::Refused => "given up",
        Stage::Held => "held",
        Stage::Cancelled => "cancelled",
    }
}

fn possible(decision: Decision) -> &'static str {
    match decision {
        Decision::Hold => "only what waits can be held",
        Decision::Release => "only what is held can be released; `retry` sends what was given up",
        Decision::Retry => "only what waits or was given up can be tried again; `release` sends what is held",
        Decision::Cancel => "only what waits, is held or was given up can be cancelled",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_an_edition_and_an_address_are_told_apart() {
        assert_eq!(Which::parse("12"), Ok(Which::Number(12)));
        let key = EditionKey::parse("daily/2026-11-30/@north").unwrap();
        assert_eq!(Which::parse("daily/2026-11-30/@north"), Ok(Which::Edition(key)));
        assert_eq!(Which::parse("anna@example.com"), Ok(Which::To("anna@example.com".to_owned())));
        for text in ["", "daily", "daily/", "/2026-11"] {
            assert!(Which::parse(text).is_err(), "{text:?}");
        }
    }
}
