//! Sending: whether an edition is mailed at all, by what its definition waits for.

use super::facts::holds;
use crate::definition::{Sending, When};
use crate::figures::{Figures, Verdict};
use crate::wording::raised;

/// Why an edition is not mailed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Withheld {
    /// Nothing happened in its period.
    Empty,
    /// Nothing of this came, as the definition has it.
    NothingCame(Vec<String>),
}

impl Withheld {
    /// In words, for the ledger.
    pub fn words(&self) -> String {
        match self {
            Withheld::Empty => "nothing happened in its period".to_owned(),
            Withheld::NothingCame(waited_for) => format!("nothing of this came: {}", waited_for.join("; ")),
        }
    }
}

/// Why an edition with these figures is not mailed; `None`: it is. Where the log cannot vouch for the period, or a threshold
/// could not be judged, it is mailed: silence would say that all is well.
pub fn withheld(sending: &Sending, figures: &Figures) -> Option<Withheld> {
    let nothing = figures.reconciliation.in_scope == 0 && figures.coverage.verdict != Verdict::Partial;
    if !sending.empty && nothing {
        return Some(Withheld::Empty);
    }
    if sending.when.is_empty() || sending.when.iter().any(|when| came(when, figures)) {
        return None;
    }
    Some(Withheld::NothingCame(sending.when.iter().map(|when| when.written().to_owned()).collect()))
}

fn came(when: &When, figures: &Figures) -> bool {
    let (crossed, unjudged) = (&figures.crossed, &figures.unjudged);
    match when {
        When::Figure(condition) => holds(figures, condition),
        When::Crossed(name) => {
            crossed.iter().any(|one| one.name == *name) || unjudged.iter().any(|one| one.name == *name)
        }
        When::Finding => figures.register.as_ref().is_some_and(|read| read.new > 0),
        When::AnyCrossed => !crossed.is_empty() || !unjudged.is_empty() || !raised(figures).is_empty(),
    }
}
