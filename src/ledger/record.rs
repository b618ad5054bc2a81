//! Record: an edition with its files and its messages, in one transaction.

use super::asked::Asking;
use super::chain::append;
use super::claim::{Claim, held};
use super::happening::{Happening, Purpose, Queued, Smaller, Unsent};
use super::retry::OnUnknown;
use super::{Ledger, LedgerError};
use crate::calendar::Millis;
use crate::dispatch::{File, Outgoing};
use crate::seal::sha256_hex;
use rusqlite::{Connection, params};

/// What an issued edition consists of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditionRecord {
    /// The manifest that is signed, JSON text.
    pub manifest_json: String,
    /// Digest of the figures.
    pub figures_digest: String,
    /// Head of the log that it was made from.
    pub log_head: String,
    /// Who is told when something is wrong with it.
    pub owner: String,
    /// Its files; their bytes lie where the caller put them, before this.
    pub files: Vec<File>,
    /// Its messages.
    pub dispatches: Vec<NewDispatch>,
    /// Who gets none, and why.
    pub unsent: Vec<Unsent>,
    /// The review that is asked for.
    pub asked: Option<Asking>,
}

/// A message for the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDispatch {
    /// The frozen message.
    pub outgoing: Outgoing,
    /// What it is.
    pub purpose: Purpose,
    /// What it carries, as the definition says (`pdf`, `csv`…).
    pub formats: Vec<String>,
    /// What to do when nobody knows whether it was accepted.
    pub on_unknown: OnUnknown,
    /// Not to be sent before; `None`: at once.
    pub not_before: Option<Millis>,
    /// The role of the directory by which the address was found; empty: it was named.
    pub via: String,
    /// What it may be cut down to if a server finds it too large, from the largest to the smallest.
    pub smaller: Vec<NewSmaller>,
}

/// The same message with less in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSmaller {
    /// The frozen bytes.
    pub message: Vec<u8>,
    /// What it still carries.
    pub formats: Vec<String>,
    /// Names of the files that it lacks.
    pub left_out: Vec<String>,
}

/// What came of recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The entry's number.
    pub entry: i64,
    /// The dispatches' numbers, in the order given.
    pub dispatches: Vec<i64>,
    /// Whether this edition had failed before: the owner was told then, and may be told now.
    pub mended: bool,
}

impl Ledger {
    /// Records a made edition: it is issued from here on, and its messages are in the outbox. All or nothing.
    ///
    /// # Errors
    /// `Stale` if somebody took over the claim; `Refused` if a message is not new; `Later`, `Damaged`.
    pub fn record(&mut self, claim: &Claim, record: &EditionRecord, now: Millis) -> Result<Recorded, LedgerError> {
        self.write(|tx| {
            let mended = held(tx, claim)?.failures > 0;
            let queued = store(tx, &record.dispatches, now)?;
            let dispatches = queued.iter().map(|queued| queued.id).collect();
            let what = Happening::Recorded {
                edition: claim.key.clone(),
                fence: claim.fence,
                owner: record.owner.clone(),
                manifest: record.manifest_json.clone(),
                figures_digest: record.figures_digest.clone(),
                log_head: record.log_head.clone(),
                files: record.files.clone(),
                dispatches: queued,
                unsent: record.unsent.clone(),
                asked: record.asked.clone(),
            };
            Ok(Recorded { entry: append(tx, now, &what)?, dispatches, mended })
        })
    }
}

/// Freezes messages: their bytes into the table of blobs, their description for the entry.
pub(super) fn store<'a>(
    tx: &Connection,
    messages: impl IntoIterator<Item = &'a NewDispatch>,
    now: Millis,
) -> Result<Vec<Queued>, LedgerError> {
    let last: i64 =
        tx.prepare_cached("SELECT COALESCE(MAX(id), 0) FROM dispatches")?.query_row([], |row| row.get(0))?;
    let mut all: Vec<Queued> = Vec::new();
    for (id, new) in (last + 1..).zip(messages) {
        let Outgoing { from, to, message_id, message } = &new.outgoing;
        let known = tx
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM dispatches WHERE message_id = ?)")?
            .query_row([message_id], |row| row.get(0))?;
        if known || all.iter().any(|queued| queued.message_id == *message_id) {
            return Err(LedgerError::Refused(format!("a message with the Message-ID {message_id} is already there")));
        }
        let sha256 = freeze(tx, message)?;
        let mut smaller = Vec::new();
        for NewSmaller { message, formats, left_out } in &new.smaller {
            let (formats, left_out) = (formats.clone(), left_out.clone());
            smaller.push(Smaller { sha256: freeze(tx, message)?, bytes: message.len() as u64, formats, left_out });
        }
        all.push(Queued {
            id,
            purpose: new.purpose,
            from: from.clone(),
            to: to.clone(),
            message_id: message_id.clone(),
            sha256,
            bytes: message.len() as u64,
            formats: new.formats.clone(),
            on_unknown: new.on_unknown,
            not_before: new.not_before.unwrap_or(now),
            via: new.via.clone(),
            smaller,
        });
    }
    Ok(all)
}

/// Keeps a message's bytes; gives back their SHA-256.
fn freeze(tx: &Connection, message: &[u8]) -> Result<String, LedgerError> {
    let sha256 = sha256_hex(message);
    tx.prepare_cached("INSERT INTO blobs (sha256, bytes) VALUES (?, ?) ON CONFLICT DO NOTHING")?
        .execute(params![sha256, message])?;
    Ok(sha256)
}
