//! What can happen: the bodies of the ledger's entries. The state tables are a function of these and nothing else.

use super::asked::Asking;
use super::hold::Covered;
use super::retry::OnUnknown;
use super::review::Judgement;
use crate::calendar::Millis;
use crate::dispatch::{File, Receipt, Stage};
use crate::edition::{EditionKey, Trigger};
use crate::finding::{Change, FindingId, Raised, Who};
use crate::records::Checked;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a person found in an edition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReviewVerdict {
    /// Nothing that would have to be followed up.
    NoExceptions,
    /// Something has to be followed up: the note says what.
    Exceptions,
}

impl std::fmt::Display for ReviewVerdict {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            ReviewVerdict::NoExceptions => "no exceptions",
            ReviewVerdict::Exceptions => "exceptions",
        })
    }
}

/// One thing that happened. A variant's fields may grow (with `serde(default)`), never change their meaning: old
/// entries are read for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Happening {
    /// A definition was accepted for the first time.
    Activated {
        /// File stem.
        definition: String,
        /// SHA-256 of the definition as meant.
        digest: String,
        /// From when on it is due, where the definition says so.
        since: Option<Millis>,
    },
    /// A definition reads differently than before.
    Changed {
        /// File stem.
        definition: String,
        /// The new digest.
        digest: String,
        /// The new `since`.
        since: Option<Millis>,
    },
    /// Somebody began to make an edition.
    Claimed {
        /// Which.
        edition: EditionKey,
        /// When it was due.
        due_at: Millis,
        /// Why it is made.
        trigger: Trigger,
        /// The account that asked.
        by: String,
        /// The process that makes it.
        claimer: String,
        /// Counts the claims of this edition; only the newest may write.
        fence: u32,
        /// Until when others leave it alone.
        lease_until: Millis,
    },
    /// The maker needs longer.
    Extended {
        /// Which.
        edition: EditionKey,
        /// The claim's fence.
        fence: u32,
        /// The new end of the lease.
        lease_until: Millis,
    },
    /// A divided report: which parts a period has. Said once, before the first of them is made, so that a maker who comes
    /// after a crash makes just those, and rows that arrive later make no new ones.
    Divided {
        /// The edition of the whole (empty audience), with its revision.
        edition: EditionKey,
        /// Name of the field that it is divided by.
        by: String,
        /// The parts that get an edition: audience and name.
        parts: Vec<(String, String)>,
        /// Parts in which nothing happened and that get none: audience and name.
        nothing: Vec<(String, String)>,
    },
    /// Somebody asked who stands behind a pseudonym of an edition. The answer is not recorded.
    Revealed {
        /// Which edition.
        edition: EditionKey,
        /// The pseudonym.
        pseudonym: String,
        /// The account that asked.
        by: String,
        /// Why.
        reason: String,
        /// Whether anybody has it.
        found: bool,
    },
    /// A person reviewed an edition, and says so.
    Reviewed {
        /// Which edition.
        edition: EditionKey,
        /// SHA-256 of its manifest, hex: of what exactly was reviewed.
        manifest_sha256: String,
        /// Digest of its figures.
        figures_digest: String,
        /// What is said of it.
        #[serde(flatten)]
        judgement: Judgement,
        /// They appear in the edition as somebody who did something.
        acted: bool,
        /// The account that it was recorded by.
        by: String,
    },
    /// The records of a module were checked.
    RecordsChecked {
        /// The file's name; empty: the records were those that the log knows.
        file: String,
        /// SHA-256 of the file, hex; of the log's records: the root of the log's head.
        sha256: String,
        /// SHA-256 of the rules, hex.
        rules_sha256: String,
        /// The account that checked.
        by: String,
        /// What they came to.
        checked: Box<Checked>,
    },
    /// An edition was issued: with its files, and its messages in the outbox.
    Recorded {
        /// Which.
        edition: EditionKey,
        /// The claim's fence.
        fence: u32,
        /// Who is told when something is wrong with it.
        owner: String,
        /// The manifest that is signed, JSON text.
        manifest: String,
        /// Digest of the figures.
        figures_digest: String,
        /// Head of the log that it was made from.
        log_head: String,
        /// Its files.
        files: Vec<File>,
        /// Its messages.
        dispatches: Vec<Queued>,
        /// Who gets none, and why.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        unsent: Vec<Unsent>,
        /// The review that is asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        asked: Option<Asking>,
    },
    /// People were told of reviews that are asked of them.
    ReviewTold {
        /// What was told.
        tellings: Vec<Telling>,
        /// What tells it.
        letters: Vec<Letter>,
    },
    /// An edition could not be made.
    Failed {
        /// Which.
        edition: EditionKey,
        /// The claim's fence.
        fence: u32,
        /// Why.
        reason: String,
        /// What tells the owner; only the first time.
        notices: Vec<Queued>,
    },
    /// A firing that lies too far back to be caught up with.
    Missed {
        /// Which.
        edition: EditionKey,
        /// When it was due.
        due_at: Millis,
        /// Why it is not made.
        reason: String,
        /// What tells the owner.
        notices: Vec<Queued>,
    },
    /// The owner of a definition was told of its file.
    Told {
        /// The edition to which the notice belongs: the definition's newest.
        edition: EditionKey,
        /// SHA-256 of the wrong text; empty: that it is mended.
        sha256: String,
        /// What tells the owner.
        notices: Vec<Queued>,
    },
    /// The owner is told that a mail of an edition needs a person.
    Noticed {
        /// Which edition.
        edition: EditionKey,
        /// What tells the owner.
        notices: Vec<Queued>,
    },
    /// An attempt to deliver began.
    Attempt {
        /// Which dispatch.
        dispatch: i64,
        /// Counts its attempts.
        number: u32,
        /// The process that sends.
        process: String,
        /// Until when others leave it alone.
        lease_until: Millis,
    },
    /// The last bytes of the message are about to be sent.
    Dot {
        /// Which dispatch.
        dispatch: i64,
        /// Which attempt.
        number: u32,
    },
    /// What came of an attempt, and what follows.
    Settled {
        /// Which dispatch.
        dispatch: i64,
        /// Which attempt.
        number: u32,
        /// The channel's receipt.
        receipt: Receipt,
        /// The stage that follows.
        stage: Stage,
        /// When it may be tried again, where it is.
        not_before: Millis,
    },
    /// A server found a message too large: it is cut down, and sent again at once.
    Lightened {
        /// Which dispatch.
        dispatch: i64,
        /// What is sent instead: one of those that were frozen with it.
        message: Smaller,
    },
    /// The installation was brought back from a backup: what the ledger does not know of may have happened all the same.
    Restored {
        /// When the backup was made.
        made_at: Millis,
        /// The account that restored it.
        by: String,
    },
    /// A legal hold began; its number is that of this entry.
    HoldAdded {
        /// What it covers.
        covers: Covered,
        /// Who began it.
        by: String,
        /// Why.
        reason: String,
    },
    /// A legal hold ended.
    HoldReleased {
        /// Its number.
        hold: i64,
        /// Who ended it.
        by: String,
        /// Why.
        reason: String,
    },
    /// An issued edition's files and messages are removed by retention.
    Retired {
        /// Which.
        edition: EditionKey,
        /// How long editions of its report were kept then, in words.
        policy: String,
        /// The account that removes it.
        by: String,
        /// Why.
        reason: String,
    },
    /// A rule, a threshold or a person found something that a person should look at.
    FindingRaised {
        /// Its number.
        finding: FindingId,
        /// What was found.
        raised: Box<Raised>,
        /// Who said so: of a rule, who ran it.
        by: Who,
    },
    /// What became of a finding: all that was said at once.
    FindingChanged {
        /// Which.
        finding: FindingId,
        /// What, in order.
        changes: Vec<Change>,
        /// Who said so.
        by: Who,
    },
    /// Rules were held against the log, up to here.
    Watched {
        /// The newest batch that they have seen.
        batches: u64,
        /// Up to when.
        until: Millis,
        /// The rules, by name.
        rules: BTreeMap<String, WatchedRule>,
    },
    /// Somebody is told at once of what rules found.
    Alerted {
        /// Under which key the mail stands.
        edition: EditionKey,
        /// To whom.
        to: String,
        /// About what.
        findings: Vec<FindingId>,
        /// The mail.
        notices: Vec<Queued>,
    },
    /// A person decided about a dispatch.
    Decided {
        /// Which dispatch.
        dispatch: i64,
        /// The stage that follows: held, queued or cancelled.
        stage: Stage,
        /// When it may be tried again, where it is.
        not_before: Millis,
        /// Who.
        by: String,
        /// Why.
        why: String,
    },
}

/// A rule that was held against the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchedRule {
    /// SHA-256 of it as it is written, hex.
    pub digest: String,
    /// From when on it looks by itself.
    pub since: Millis,
}

/// A message that was put into the outbox. Its bytes lie in the table of blobs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queued {
    /// Number of the dispatch.
    pub id: i64,
    /// What it is.
    pub purpose: Purpose,
    /// Envelope sender.
    pub from: String,
    /// Envelope recipient.
    pub to: String,
    /// Message-ID, without angle brackets.
    pub message_id: String,
    /// SHA-256 of the message's bytes, hex.
    pub sha256: String,
    /// Size of the message in bytes.
    pub bytes: u64,
    /// What it carries, as the definition says (`pdf`, `csv`…).
    pub formats: Vec<String>,
    /// What to do when nobody knows whether it was accepted.
    pub on_unknown: OnUnknown,
    /// Not to be sent before.
    pub not_before: Millis,
    /// The role of the directory by which the address was found; empty: it was named.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub via: String,
    /// What it may be cut down to if a server finds it too large, from the largest to the smallest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub smaller: Vec<Smaller>,
}

/// One thing that is told of a review that is asked. Nothing is told twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Telling {
    /// Of which edition.
    pub edition: EditionKey,
    /// What.
    pub what: Told,
    /// Which of its kind: a reminder by the days since issuing.
    pub number: u32,
}

/// What is told of a review that is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// That it still waits, to those who are asked.
    Reminder,
    /// That nobody reviewed in time, to those above them.
    Escalation,
}

/// A message that tells of reviews.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// Of which editions; it belongs to the first.
    pub about: Vec<EditionKey>,
    /// The message.
    pub message: Queued,
}

/// A message with less in it. Its bytes lie in the table of blobs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Smaller {
    /// SHA-256 of the message's bytes, hex.
    pub sha256: String,
    /// Size of the message in bytes.
    pub bytes: u64,
    /// What it still carries.
    pub formats: Vec<String>,
    /// Names of the files that it lacks.
    pub left_out: Vec<String>,
}

/// Somebody who is not sent an edition that was issued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unsent {
    /// Whom it would have gone to.
    pub to: String,
    /// Why it does not.
    pub why: String,
}

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// An edition for a recipient.
    Edition,
    /// Tells the owner that an edition failed, was missed, or is mended.
    Notice,
}

impl Happening {
    /// The word that stands in the entry's `kind`.
    pub fn kind(&self) -> &'static str {
        match self {
            Happening::Activated { .. } => "activated",
            Happening::Changed { .. } => "changed",
            Happening::Claimed { .. } => "claimed",
            Happening::Extended { .. } => "extended",
            Happening::Divided { .. } => "divided",
            Happening::Revealed { .. } => "revealed",
            Happening::Reviewed { .. } => "reviewed",
            Happening::RecordsChecked { .. } => "records_checked",
            Happening::Recorded { .. } => "recorded",
            Happening::ReviewTold { .. } => "review_told",
            Happening::Failed { .. } => "failed",
            Happening::Missed { .. } => "missed",
            Happening::Told { .. } => "told",
            Happening::Noticed { .. } => "noticed",
            Happening::Attempt { .. } => "attempt",
            Happening::Dot { .. } => "dot",
            Happening::Settled { .. } => "settled",
            Happening::Lightened { .. } => "lightened",
            Happening::Restored { .. } => "restored",
            Happening::HoldAdded { .. } => "hold_added",
            Happening::HoldReleased { .. } => "hold_released",
            Happening::Retired { .. } => "retired",
            Happening::FindingRaised { .. } => "finding_raised",
            Happening::FindingChanged { .. } => "finding_changed",
            Happening::Watched { .. } => "watched",
            Happening::Alerted { .. } => "alerted",
            Happening::Decided { .. } => "decided",
        }
    }
}
