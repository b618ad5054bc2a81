//! Dispatch: one edition to one recipient, its stages; the files of an edition; the receipt that a channel gives.

use crate::calendar::Millis;
use crate::edition::EditionKey;
use serde::{Deserialize, Serialize};

/// A file of an edition, by content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Name, without folders: `monthly-review_2026-11.pdf`.
    pub name: String,
    /// Media type.
    pub media_type: String,
    /// SHA-256, hex.
    pub sha256: String,
    /// Size in bytes.
    pub bytes: u64,
}

/// How far a dispatch has come. Committed before each step, so that only `Dot` is unknown after a crash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Waiting in the outbox.
    Queued,
    /// An attempt is under way, but the message cannot have been accepted yet: safe to retry.
    Attempting,
    /// The last bytes are about to be sent: only from here on the outcome can be unknown.
    Dot,
    /// Accepted by the channel.
    Sent,
    /// Given up: the channel refused for good, or retries ran out.
    Refused,
    /// Outcome unknown and the definition (or a person) says to hold it.
    Held,
    /// A person cancelled it.
    Cancelled,
}

/// What came of one attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Receipt {
    /// Accepted; the channel's words.
    Sent(String),
    /// Not now; the channel's words.
    Later(String),
    /// Never; the channel's words.
    Never(String),
    /// Never as it is: the channel takes nothing so large.
    TooLarge {
        /// The channel's words.
        words: String,
        /// What it takes at most, in bytes, if it says so.
        limit: Option<u64>,
    },
    /// The connection was lost after the last byte: nobody knows.
    Unknown(String),
}

/// A message, frozen, for one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Envelope sender.
    pub from: String,
    /// Envelope recipient: one address.
    pub to: String,
    /// Message-ID, without angle brackets; derived from the dispatch.
    pub message_id: String,
    /// The message's bytes.
    pub message: Vec<u8>,
}

/// One edition to one recipient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispatch {
    /// Number in the ledger.
    pub id: i64,
    /// The edition.
    pub edition: EditionKey,
    /// Address.
    pub to: String,
    /// Message-ID, without angle brackets.
    pub message_id: String,
    /// How far it has come.
    pub stage: Stage,
    /// Attempts begun.
    pub attempts: u32,
    /// Not to be tried again before this instant.
    pub not_before: Millis,
    /// The channel's last words.
    pub words: String,
    /// The role of the directory by which the address was found; empty: it was named.
    pub via: String,
}
