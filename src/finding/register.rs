//! Register: all findings as at one entry of the ledger. A value, made by adding up what was said, and nothing else.

use super::{Change, FindingId, Raised, Severity, State, Who};
use crate::calendar::Millis;
use chrono::NaiveDate;
use serde::Serialize;
use std::collections::BTreeMap;

/// Something that was said of a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Said {
    /// Number of the ledger's entry.
    pub entry: i64,
    /// When.
    pub at: Millis,
    /// Who.
    pub by: Who,
    /// What.
    pub what: What,
}

/// What was said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// That there is one.
    Raised(Box<Raised>),
    /// What became of it: all that one person said at once.
    Changed(Vec<Change>),
}

/// Something that is to be done about a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Act {
    /// From 1, in the finding.
    pub number: u32,
    /// What.
    pub text: String,
    /// What is to be so afterwards; empty: no target.
    pub target: String,
    /// Who; empty: the finding's owner.
    pub owner: String,
    /// By when.
    pub due: Option<NaiveDate>,
    /// When it was said.
    pub at: Millis,
    /// When it was done; `None`: it is not.
    pub done_at: Option<Millis>,
    /// What it effected; may be empty.
    pub effect: String,
}

/// A finding, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What people call it.
    pub id: FindingId,
    /// What was said when it was raised, with what it has grown to since.
    pub raised: Raised,
    /// When it was raised.
    pub raised_at: Millis,
    /// Where it stands.
    pub state: State,
    /// Who sees to it; empty: nobody yet.
    pub owner: String,
    /// The last day on which it is in time.
    pub due: Option<NaiveDate>,
    /// Where else it is followed up; empty: nowhere.
    pub ticket: String,
    /// What it does or could do; empty: nobody said.
    pub impact: String,
    /// What is to be done about it, in the order in which it was said.
    pub actions: Vec<Act>,
    /// Why it is closed or accepted; empty: it is neither.
    pub reason: String,
    /// When it was closed; `None`: it is not.
    pub closed_at: Option<Millis>,
    /// It is to be a case card: whether of good practice, and under which title (empty: its own).
    pub case: Option<(bool, String)>,
    /// All that was said of it, oldest first; the first is how it was raised.
    pub history: Vec<Said>,
}

/// Why a change cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)]
pub enum Refusal {
    #[error("there is no finding {0}")]
    Absent(FindingId),
    #[error(
        "{0} is closed: it can only be noted, marked as a case, or opened again with `finding reopen {0} --reason`"
    )]
    Closed(FindingId),
    #[error("{0} is open: there is nothing to open again")]
    Open(FindingId),
    #[error("{0} has no action {1}{2}")]
    NoAction(FindingId, u32, String),
    #[error("action {1} of {0} is done already")]
    Done(FindingId, u32),
    #[error("{0} is not marked as a case")]
    NoCase(FindingId),
}

impl Finding {
    fn new(id: FindingId, raised: Raised, said: Said) -> Finding {
        Finding {
            id,
            raised,
            raised_at: said.at,
            state: State::New,
            owner: String::new(),
            due: None,
            ticket: String::new(),
            impact: String::new(),
            actions: Vec::new(),
            reason: String::new(),
            closed_at: None,
            case: None,
            history: vec![said],
        }
    }

    /// Whether something is left to be done on a day.
    pub fn is_open(&self, today: NaiveDate) -> bool {
        self.state.is_open(today)
    }

    /// Whether it ought to have been done by a day: it is open, and its day is past or that to which it was accepted.
    pub fn is_overdue(&self, today: NaiveDate) -> bool {
        let lapsed = matches!(self.state, State::Accepted { until } if until < today);
        self.is_open(today) && (lapsed || self.due.is_some_and(|due| due < today))
    }

    /// How bad it is.
    pub fn severity(&self) -> Severity {
        self.raised.severity
    }

    /// Whether a person may say this of it as it stands.
    ///
    /// # Errors
    /// What is in the way, and what to do instead.
    pub fn may(&self, change: &Change) -> Result<(), Refusal> {
        let closed = self.state == State::Resolved;
        match change {
            Change::Assigned { .. }
            | Change::Due { .. }
            | Change::Action { .. }
            | Change::Closed { .. }
            | Change::Accepted { .. }
                if closed =>
            {
                Err(Refusal::Closed(self.id))
            }
            Change::Reopened { .. } if !closed && !matches!(self.state, State::Accepted { .. }) => {
                Err(Refusal::Open(self.id))
            }
            Change::Done { action, .. } => match self.act(*action) {
                None => Err(Refusal::NoAction(self.id, *action, self.acts_there_are())),
                Some(act) if act.done_at.is_some() => Err(Refusal::Done(self.id, *action)),
                Some(_) => Ok(()),
            },
            Change::NoCase { .. } if self.case.is_none() => Err(Refusal::NoCase(self.id)),
            _ => Ok(()),
        }
    }

    fn act(&self, number: u32) -> Option<&Act> {
        self.actions.iter().find(|act| act.number == number)
    }

    fn acts_there_are(&self) -> String {
        match self.actions.len() {
            0 => ": it has none yet; `finding note --action TEXT` adds one".to_owned(),
            1 => ": it has one, number 1".to_owned(),
            n => format!(": it has 1 to {n}"),
        }
    }

    fn take(&mut self, change: &Change, at: Millis) {
        match change.clone() {
            Change::Assigned { owner } => self.owner = owner,
            Change::Due { on } => self.due = Some(on),
            Change::Ticket { link } => self.ticket = link,
            Change::Impact { text } => self.impact = text,
            Change::Noted { .. } => {}
            Change::Action { text, target, owner, due } => {
                let number = u32::try_from(self.actions.len()).unwrap_or(u32::MAX).saturating_add(1);
                self.actions.push(Act { number, text, target, owner, due, at, done_at: None, effect: String::new() });
            }
            Change::Done { action, effect } => {
                if let Some(act) = self.actions.iter_mut().find(|act| act.number == action) {
                    (act.done_at, act.effect) = (Some(at), effect);
                }
            }
            Change::Closed { reason } => {
                (self.state, self.reason, self.closed_at) = (State::Resolved, reason, Some(at));
            }
            Change::Reopened { .. } => self.open(State::InReview),
            Change::Accepted { until, reason } => {
                (self.state, self.reason, self.closed_at) = (State::Accepted { until }, reason, None);
            }
            Change::Case { good, title } => self.case = Some((good, title)),
            Change::NoCase { .. } => self.case = None,
            Change::Grown { count, total, events, say, severity } => {
                let raised = &mut self.raised;
                (raised.count, raised.total, raised.events, raised.say) = (count, total, events, say);
                raised.severity = severity;
                // It was closed for less than there is: somebody has to look again.
                if self.state == State::Resolved {
                    self.open(State::New);
                }
            }
        }
        let touched = !matches!(change, Change::Grown { .. } | Change::Case { .. } | Change::NoCase { .. });
        if touched && self.state == State::New {
            self.state = State::InReview;
        }
    }

    fn open(&mut self, state: State) {
        (self.state, self.closed_at) = (state, None);
        self.reason.clear();
    }
}

/// All findings as at one entry of the ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Register {
    /// The entry: the newest that there was when it was read, whatever it says.
    pub entry: i64,
    findings: BTreeMap<FindingId, Finding>,
    #[serde(skip)]
    keys: BTreeMap<String, FindingId>,
}

impl Register {
    /// Adds what was said next of a finding.
    ///
    /// # Errors
    /// `Absent`: it is said of a finding that was never raised.
    pub fn take(&mut self, id: FindingId, said: Said) -> Result<(), Refusal> {
        self.entry = said.entry;
        match said.what.clone() {
            What::Raised(raised) => {
                self.keys.insert(raised.key.clone(), id);
                self.findings.insert(id, Finding::new(id, *raised, said));
            }
            What::Changed(changes) => {
                let finding = self.findings.get_mut(&id).ok_or(Refusal::Absent(id))?;
                for change in &changes {
                    finding.take(change, said.at);
                }
                finding.history.push(said);
            }
        }
        Ok(())
    }

    /// Every finding, in the order of raising.
    pub fn findings(&self) -> impl DoubleEndedIterator<Item = &Finding> {
        self.findings.values()
    }

    /// One of them.
    pub fn get(&self, id: FindingId) -> Option<&Finding> {
        self.findings.get(&id)
    }

    /// The one with a key ([`Raised::key_of`]).
    pub fn by_key(&self, key: &str) -> Option<&Finding> {
        self.keys.get(key).and_then(|id| self.get(*id))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.findings.is_empty()
    }

    /// Whether all of some changes may be said of a finding, each after those before it.
    ///
    /// # Errors
    /// What is in the way of the first that may not.
    pub fn may(&self, id: FindingId, changes: &[Change], at: Millis) -> Result<(), Refusal> {
        let mut finding = self.get(id).ok_or(Refusal::Absent(id))?.clone();
        for change in changes {
            finding.may(change)?;
            finding.take(change, at);
        }
        Ok(())
    }
}
