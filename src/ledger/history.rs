//! History: what was issued, to whom it went, and what the servers said.

use super::happening::{Purpose, Unsent};
use super::retry::OnUnknown;
use super::state::id_of;
use super::{Ledger, LedgerError};
use crate::calendar::Millis;
use crate::dispatch::{Dispatch, File};
use crate::edition::{EditionKey, Trigger};
use rusqlite::{OptionalExtension, Row, params};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Where an edition stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Somebody is making it, or died while making it.
    Claimed,
    /// It is issued.
    Issued,
    /// The last try to make it failed; it will be tried again.
    Failed,
    /// It was due too long ago to be caught up with.
    Missed,
    /// It is no edition: a mail at once about what rules found.
    Alert,
}

impl std::fmt::Display for Status {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Status::Claimed => "claimed",
            Status::Issued => "issued",
            Status::Failed => "failed",
            Status::Missed => "missed",
            Status::Alert => "alert",
        })
    }
}

/// Which editions are wanted. Empty: all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only this definition's.
    pub definition: Option<String>,
    /// Only for this period (its label).
    pub period: Option<String>,
    /// Only for this audience.
    pub audience: Option<String>,
    /// Only those in this status.
    pub status: Option<Status>,
}

/// One edition in a listing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EditionRow {
    /// Which.
    pub key: EditionKey,
    /// Where it stands.
    pub status: Status,
    /// When it was due.
    pub due_at: Millis,
    /// Why it was made.
    pub trigger: Trigger,
    /// The account that asked for it.
    pub by: String,
    /// When it came into this status.
    pub at: Millis,
    /// How often making it failed.
    pub failures: u32,
    /// Why it failed or was missed.
    pub reason: String,
    /// The newest entry about it.
    pub entry: i64,
}

/// All that was recorded of an issued edition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FullRecord {
    /// The edition.
    pub row: EditionRow,
    /// When it was issued.
    pub issued_at: Millis,
    /// Who is told when something is wrong with it.
    pub owner: String,
    /// The manifest, JSON text, as signed.
    pub manifest_json: String,
    /// Digest of the figures.
    pub figures_digest: String,
    /// Head of the log that it was made from.
    pub log_head: String,
    /// Its files.
    pub files: Vec<File>,
    /// The entry that recorded it.
    pub entry: i64,
}

/// A dispatch with what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DispatchRow {
    /// The dispatch.
    pub dispatch: Dispatch,
    /// What it is.
    pub purpose: Purpose,
    /// What it carries.
    pub formats: Vec<String>,
    /// What to do when nobody knows whether it was accepted.
    pub on_unknown: OnUnknown,
    /// SHA-256 of the message, hex.
    pub message_sha256: String,
    /// Every attempt, in order.
    pub attempts: Vec<AttemptRow>,
}

/// One attempt to deliver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AttemptRow {
    /// Counted from 1.
    pub number: u32,
    /// When it began.
    pub began_at: Millis,
    /// When the last bytes were about to leave, if it came so far.
    pub dot_at: Option<Millis>,
    /// When it ended.
    pub ended_at: Option<Millis>,
    /// `sent`, `later`, `never`, `unknown`; empty while it is under way.
    pub outcome: String,
    /// What the server said.
    pub words: String,
}

const EDITION: &str = "SELECT definition, audience, period, revision, status, due_at, trigger, by_account, at,
    failures, reason, entry FROM editions";

pub(super) const DISPATCH: &str = "SELECT d.id, e.definition, e.audience, e.period, e.revision, d.recipient,
    d.message_id, d.stage, d.attempts, d.not_before, d.words, d.purpose, d.formats, d.on_unknown, d.message, d.via
    FROM dispatches d JOIN editions e ON e.id = d.edition";

impl Ledger {
    /// Editions in any status, ordered by due time.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn editions(&self, filter: &Filter) -> Result<Vec<EditionRow>, LedgerError> {
        let status = filter.status.as_ref().map(word).transpose()?;
        let mut query = self.db.prepare_cached(&format!(
            "{EDITION} WHERE (?1 IS NULL OR definition = ?1) AND (?2 IS NULL OR period = ?2)
             AND (?3 IS NULL OR audience = ?3) AND (?4 IS NULL OR status = ?4)
             ORDER BY due_at, definition, audience, period, revision"
        ))?;
        let mut rows = query.query(params![filter.definition, filter.period, filter.audience, status])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(edition_row(row)?);
        }
        Ok(all)
    }

    /// Every issued edition, ordered by due time.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn issued_editions(&self) -> Result<Vec<EditionKey>, LedgerError> {
        let filter = Filter { status: Some(Status::Issued), ..Filter::default() };
        Ok(self.editions(&filter)?.into_iter().map(|row| row.key).collect())
    }

    /// One edition in any status; `None`: never heard of.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn edition_row(&self, key: &EditionKey) -> Result<Option<EditionRow>, LedgerError> {
        let mut query = self.db.prepare_cached(&format!(
            "{EDITION} WHERE definition = ? AND audience = ? AND period = ? AND revision = ?"
        ))?;
        let mut rows = query.query(params![key.definition, key.audience, key.period, key.revision])?;
        rows.next()?.map(edition_row).transpose()
    }

    /// All that was recorded of an issued edition; `None`: it is not issued.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn edition(&self, key: &EditionKey) -> Result<Option<FullRecord>, LedgerError> {
        let Some(row) = self.edition_row(key)? else { return Ok(None) };
        let id = id_of(&self.db, key)?;
        let record = self
            .db
            .query_row("SELECT * FROM records WHERE edition = ?", [id], |record| {
                Ok(FullRecord {
                    row,
                    issued_at: record.get("issued_at")?,
                    owner: record.get("owner")?,
                    manifest_json: record.get("manifest")?,
                    figures_digest: record.get("figures_digest")?,
                    log_head: record.get("log_head")?,
                    files: Vec::new(),
                    entry: record.get("entry")?,
                })
            })
            .optional()?;
        let Some(mut record) = record else { return Ok(None) };
        let mut files = self
            .db
            .prepare_cached("SELECT name, media_type, sha256, bytes FROM files WHERE edition = ? ORDER BY position")?;
        let files = files.query_map([id], |row| {
            let bytes: i64 = row.get(3)?;
            let bytes = u64::try_from(bytes).unwrap_or(0);
            Ok(File { name: row.get(0)?, media_type: row.get(1)?, sha256: row.get(2)?, bytes })
        })?;
        record.files = files.collect::<Result<_, _>>()?;
        Ok(Some(record))
    }

    /// The edition that was issued last, and the head of the log that it was made from (`SIZE ROOT`).
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn newest_log_head(&self) -> Result<Option<(EditionKey, String)>, LedgerError> {
        let mut query = self.db.prepare_cached(
            "SELECT e.definition, e.audience, e.period, e.revision, r.log_head
             FROM records r JOIN editions e ON e.id = r.edition ORDER BY r.entry DESC LIMIT 1",
        )?;
        let found = query
            .query_row([], |row| {
                let (definition, audience) = (row.get(0)?, row.get(1)?);
                Ok((EditionKey { definition, audience, period: row.get(2)?, revision: row.get(3)? }, row.get(4)?))
            })
            .optional()?;
        Ok(found)
    }

    /// The newest issued revision of what a key names, whatever revision the key itself says.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn latest_revision(&self, key: &EditionKey) -> Result<Option<u32>, LedgerError> {
        Ok(self.db.query_row(
            "SELECT MAX(revision) FROM editions
             WHERE definition = ? AND audience = ? AND period = ? AND status = 'issued'",
            params![key.definition, key.audience, key.period],
            |row| row.get(0),
        )?)
    }

    /// The issued edition of the same series that came out last before this one, and of the first one of a series the last of the
    /// same definition and audience; revisions of the same period come before their later ones. What "the edition before" means.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn edition_before(&self, key: &EditionKey) -> Result<Option<EditionKey>, LedgerError> {
        let own: Option<i64> = self
            .db
            .query_row(
                "SELECT r.entry FROM records r WHERE r.edition = (SELECT id FROM editions
                     WHERE definition = ? AND audience = ? AND period = ? AND revision = ?)",
                params![key.definition, key.audience, key.period, key.revision],
                |row| row.get(0),
            )
            .optional()?;
        let mut query = self.db.prepare_cached(
            "SELECT e.period, e.revision FROM editions e JOIN records r ON r.edition = e.id
             WHERE e.definition = ?1 AND e.audience = ?2 AND r.entry < ?3 ORDER BY r.entry DESC",
        )?;
        let rows = query.query_map(params![key.definition, key.audience, own.unwrap_or(i64::MAX)], |row| {
            Ok(EditionKey { period: row.get(0)?, revision: row.get(1)?, ..key.clone() })
        })?;
        let mut newest = None;
        for row in rows {
            let one = row?;
            if one.is_of_series(key) {
                return Ok(Some(one));
            }
            newest = newest.or(Some(one));
        }
        Ok(newest)
    }

    /// Every dispatch of an edition with all its attempts.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn dispatches(&self, key: &EditionKey) -> Result<Vec<DispatchRow>, LedgerError> {
        let mut query = self.db.prepare_cached(&format!(
            "{DISPATCH} WHERE e.definition = ? AND e.audience = ? AND e.period = ? AND e.revision = ? ORDER BY d.id"
        ))?;
        let mut rows = query.query(params![key.definition, key.audience, key.period, key.revision])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let dispatch = dispatch(row)?;
            all.push(DispatchRow {
                purpose: of_word(&row.get::<_, String>(11)?)?,
                formats: serde_json::from_str(&row.get::<_, String>(12)?)?,
                on_unknown: of_word(&row.get::<_, String>(13)?)?,
                message_sha256: row.get(14)?,
                attempts: self.attempts(dispatch.id)?,
                dispatch,
            });
        }
        Ok(all)
    }

    /// Who was not sent an edition that was issued, and why.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn unsent(&self, key: &EditionKey) -> Result<Vec<Unsent>, LedgerError> {
        let mut query = self.db.prepare_cached(
            "SELECT u.recipient, u.why FROM unsent u JOIN editions e ON e.id = u.edition
             WHERE e.definition = ? AND e.audience = ? AND e.period = ? AND e.revision = ? ORDER BY u.position",
        )?;
        let rows = query.query_map(params![key.definition, key.audience, key.period, key.revision], |row| {
            Ok(Unsent { to: row.get(0)?, why: row.get(1)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Every attempt to deliver a dispatch, in order.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn attempts(&self, dispatch: i64) -> Result<Vec<AttemptRow>, LedgerError> {
        let mut query = self.db.prepare_cached("SELECT * FROM attempts WHERE dispatch = ? ORDER BY number")?;
        let rows = query.query_map([dispatch], |row| {
            Ok(AttemptRow {
                number: row.get("number")?,
                began_at: row.get("began_at")?,
                dot_at: row.get("dot_at")?,
                ended_at: row.get("ended_at")?,
                outcome: row.get("outcome")?,
                words: row.get("words")?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

/// An edition's key, from four columns of a row that stand beside each other: definition, audience, period, revision.
pub(super) fn key_of(row: &Row, first: usize) -> rusqlite::Result<EditionKey> {
    Ok(EditionKey {
        definition: row.get(first)?,
        audience: row.get(first + 1)?,
        period: row.get(first + 2)?,
        revision: row.get(first + 3)?,
    })
}

/// A dispatch from a row of [`DISPATCH`].
pub(super) fn dispatch(row: &Row) -> Result<Dispatch, LedgerError> {
    Ok(Dispatch {
        id: row.get(0)?,
        edition: key_of(row, 1)?,
        to: row.get(5)?,
        message_id: row.get(6)?,
        stage: of_word(&row.get::<_, String>(7)?)?,
        attempts: row.get(8)?,
        not_before: row.get(9)?,
        words: row.get(10)?,
        via: row.get(15)?,
    })
}

fn edition_row(row: &Row) -> Result<EditionRow, LedgerError> {
    Ok(EditionRow {
        key: key_of(row, 0)?,
        status: of_word(&row.get::<_, String>(4)?)?,
        due_at: row.get(5)?,
        trigger: serde_json::from_str(&row.get::<_, String>(6)?)?,
        by: row.get(7)?,
        at: row.get(8)?,
        failures: row.get(9)?,
        reason: row.get(10)?,
        entry: row.get(11)?,
    })
}

/// The word by which serde writes a plain enum: the same in entries and tables.
pub(super) fn word<T: Serialize>(value: &T) -> Result<String, LedgerError> {
    match serde_json::to_value(value)? {
        serde_json::Value::String(word) => Ok(word),
        other => Err(LedgerError::Damaged(format!("{other} is not a word"))),
    }
}

/// Reads what [`word`] writes.
pub(super) fn of_word<T: DeserializeOwned>(word: &str) -> Result<T, LedgerError> {
    Ok(serde_json::from_value(serde_json::Value::String(word.to_owned()))?)
}
