//! Finding: something that a person should look at: what raised it, how bad it is, where it stands. Words only; the ledger keeps them.
//!
//! A rule, a threshold or a person says [`Raised`]; the ledger gives it a [`FindingId`]. What becomes of it is said in
//! [`Change`]s, which are only ever added. The [`Register`] is what all of them say together, as at one entry of the ledger.

mod id;
mod register;
mod severity;

pub use id::FindingId;
pub use register::{Act, Finding, Refusal, Register, Said, What};
pub use severity::Severity;

use crate::calendar::Span;
use crate::edition::EditionKey;
use crate::seal::sha256_hex;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What a rule, a threshold or a person says when something is found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Raised {
    /// What makes it itself ([`Raised::key_of`]): the same key raised again is no second finding.
    pub key: String,
    /// Who says it: the stem of a rule's file, or `definition/name` of a rule or threshold in a definition. Empty: a person.
    pub rule: String,
    /// SHA-256 of the rule as meant, hex; empty: a person.
    pub rule_digest: String,
    /// How bad.
    pub severity: Severity,
    /// What it is, in a few words.
    pub title: String,
    /// What was seen: a sentence with its figures; may be empty.
    pub say: String,
    /// What to do; may be empty.
    pub do_this: String,
    /// The group that it is about, as shown: a person, an address, a module; empty: no group.
    pub group: String,
    /// The time that it is about.
    pub span: Span,
    /// Name of the time zone in which that time is told.
    pub zone: String,
    /// The value that was measured; of what is not measured the number of events.
    pub count: i64,
    /// The line that it crossed; `None`: the rule draws none.
    pub line: Option<i64>,
    /// How many events stand behind it.
    pub total: u64,
    /// Numbers (`BATCH-INDEX`) of the first of them, by time.
    pub events: Vec<String>,
    /// The edition whose threshold was crossed; `None`: none.
    pub edition: Option<EditionKey>,
    /// Address of the figure that crossed it, in that edition.
    pub figure: Option<String>,
    /// The module that it is about, where that is known; empty: not.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub module: String,
    /// The record that it is about, as its reporter or the log calls it; empty: none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub record: String,
}

impl Raised {
    /// What makes a finding itself: its rule, its group and its span. SHA-256, hex. No part can hold what separates them.
    pub fn key_of(rule: &str, group: &str, span: Span) -> String {
        let (rule_length, group_length, Span { from, to }) = (rule.len(), group.len(), span);
        sha256_hex(
            format!("quarterday finding 1\n{rule_length} {rule}\n{group_length} {group}\n{from}\n{to}").as_bytes(),
        )
    }

    /// Whether a person reported it, and no rule.
    pub fn by_person(&self) -> bool {
        self.rule.is_empty()
    }
}

/// Where a finding stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Nobody has looked at it.
    New,
    /// Somebody has.
    InReview,
    /// It is closed: a person said why.
    Resolved,
    /// It is known and left as it is, to the end of this day; then it is open again.
    Accepted {
        /// The last day.
        until: NaiveDate,
    },
}

impl State {
    /// The word that a person writes: `new`, `in-review`, `resolved`, `accepted`.
    pub fn name(self) -> &'static str {
        match self {
            State::New => "new",
            State::InReview => "in-review",
            State::Resolved => "resolved",
            State::Accepted { .. } => "accepted",
        }
    }

    /// Whether something is left to be done on a day: neither resolved nor accepted, or accepted until a day before.
    pub fn is_open(self, today: NaiveDate) -> bool {
        match self {
            State::New | State::InReview => true,
            State::Resolved => false,
            State::Accepted { until } => until < today,
        }
    }
}

impl std::fmt::Display for State {
    /// `in review`, `accepted until 2026-12-31`.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            State::Accepted { until } => write!(out, "accepted until {until}"),
            State::InReview => out.write_str("in review"),
            other => out.write_str(other.name()),
        }
    }
}

/// Who did something: the account of the machine, and the name that they gave.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Who {
    /// The account that it was recorded by.
    pub account: String,
    /// Who they say they are; empty: they did not say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
}

impl std::fmt::Display for Who {
    /// `Jane Doe (account jane)`, or the account alone.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.name.is_empty() {
            out.write_str(&self.account)
        } else {
            write!(out, "{} (account {})", self.name, self.account)
        }
    }
}

/// What was said of a finding after it was raised. A variant's fields may grow (with `serde(default)`), never change their
/// meaning: they stand in the ledger for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// Somebody is to see to it.
    Assigned {
        /// Who: a name or an address.
        owner: String,
    },
    /// What somebody found out or thinks.
    Noted {
        /// In their words.
        text: String,
    },
    /// It is to be done by a day.
    Due {
        /// The last day on which it is in time.
        on: NaiveDate,
    },
    /// It is followed up elsewhere too.
    Ticket {
        /// Its number or address there.
        link: String,
    },
    /// What it does or could do.
    Impact {
        /// In words.
        text: String,
    },
    /// Something is to be done about it; its number counts from 1 in the finding.
    Action {
        /// What.
        text: String,
        /// What is to be so afterwards; empty: no target.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        target: String,
        /// Who; empty: the finding's owner.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        owner: String,
        /// By when.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due: Option<NaiveDate>,
    },
    /// An action is done.
    Done {
        /// Its number.
        action: u32,
        /// What it effected; may be empty.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        effect: String,
    },
    /// It is closed.
    Closed {
        /// Why.
        reason: String,
    },
    /// It was closed or accepted too early.
    Reopened {
        /// Why.
        reason: String,
    },
    /// It is known and left as it is for a while.
    Accepted {
        /// The last day.
        until: NaiveDate,
        /// Why.
        reason: String,
    },
    /// It is to be a case card of the training edition.
    Case {
        /// What it shows: good practice, or bad.
        good: bool,
        /// Title of the card, without names; empty: the finding's.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        title: String,
    },
    /// It is not to be a case card after all.
    NoCase {
        /// Why.
        reason: String,
    },
    /// Rows came in later, and there is more behind it than was said.
    Grown {
        /// The value now.
        count: i64,
        /// Events now.
        total: u64,
        /// Numbers of the first of them.
        events: Vec<String>,
        /// What is to be said now.
        say: String,
        /// How bad it is now.
        severity: Severity,
    },
}

#[cfg(test)]
pub(crate) mod tests;
