//! Outbox: dispatches that are not settled, moved through stages that are each committed before the step they name.

use super::chain::append;
use super::happening::{Happening, Smaller};
use super::history::{DISPATCH, dispatch, of_word};
use super::record::{NewDispatch, store};
use super::retry::{Course, OnUnknown, RetryPolicy, next};
use super::{Ledger, LedgerError};
use crate::calendar::Millis;
use crate::dispatch::{Dispatch, Outgoing, Receipt, Stage};
use crate::edition::EditionKey;
use crate::seal::sha256_hex;
use rusqlite::{Connection, OptionalExtension, params};

/// The right to send one dispatch once, with the frozen message.
#[derive(Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Number of the dispatch.
    pub dispatch: i64,
    /// Counts its attempts: only the newest may go on to the dot.
    pub number: u32,
    /// What is sent.
    pub outgoing: Outgoing,
}

/// Who sends, and for how long others leave it alone.
#[derive(Clone, Copy, Debug)]
pub struct Sender<'a> {
    /// The process ([`super::claimer::this_process`]).
    pub process: &'a str,
    /// In milliseconds; longer than the channel's longest exchange, the wait after the dot included.
    pub lease: Millis,
}

/// What a person decides about a dispatch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Not to be sent until somebody says so.
    Hold,
    /// Held: to be sent after all, at once.
    Release,
    /// Waiting for its next attempt, or given up: to be sent (again), at once.
    Retry,
    /// Never to be sent.
    Cancel,
}

impl Decision {
    /// The stage that follows where a dispatch is at `stage`; `None` where this cannot be decided.
    pub fn follows(self, stage: Stage) -> Option<Stage> {
        match (self, stage) {
            (Decision::Hold, Stage::Queued) => Some(Stage::Held),
            (Decision::Release, Stage::Held) | (Decision::Retry, Stage::Queued | Stage::Refused) => Some(Stage::Queued),
            (Decision::Cancel, Stage::Queued | Stage::Held | Stage::Refused) => Some(Stage::Cancelled),
            _ => None,
        }
    }
}

impl Ledger {
    /// What may be sent now, oldest first.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn pending(&self, now: Millis) -> Result<Vec<Dispatch>, LedgerError> {
        self.outbox("d.stage = 'queued' AND d.not_before <= ?", now)
    }

    /// All that is not settled: waiting, under way, or held.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn open_dispatches(&self) -> Result<Vec<Dispatch>, LedgerError> {
        self.outbox("d.stage IN ('queued', 'attempting', 'dot', 'held') AND ? IS NOT NULL", 0)
    }

    /// Whether anything may be sent now, or is under way: maybe in a process that is gone.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn is_anything_to_send(&self, now: Millis) -> Result<bool, LedgerError> {
        let mut query = self.db.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM dispatches WHERE stage = 'queued' AND not_before <= ?)
                 OR EXISTS (SELECT 1 FROM dispatches WHERE stage IN ('attempting', 'dot'))",
        )?;
        Ok(query.query_row([now], |row| row.get(0))?)
    }

    /// When the next waiting dispatch may be sent: until then nobody need wake up for the outbox.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn next_pending(&self) -> Result<Option<Millis>, LedgerError> {
        Ok(self.db.query_row("SELECT MIN(not_before) FROM dispatches WHERE stage = 'queued'", [], |row| row.get(0))?)
    }

    fn outbox(&self, which: &str, now: Millis) -> Result<Vec<Dispatch>, LedgerError> {
        let mut query = self.db.prepare_cached(&format!("{DISPATCH} WHERE {which} ORDER BY d.not_before, d.id"))?;
        let mut rows = query.query([now])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(dispatch(row)?);
        }
        Ok(all)
    }

    /// Begins an attempt. Of two that try, one gets it.
    ///
    /// # Errors
    /// `Stale` if it does not wait (any more); `Damaged` if the message is not the one that was frozen.
    pub fn begin(&mut self, dispatch: i64, sender: Sender, now: Millis) -> Result<Attempt, LedgerError> {
        self.write(|tx| {
            let row = Row::read(tx, dispatch)?;
            if row.stage != Stage::Queued || row.not_before > now {
                return Err(LedgerError::Stale(format!("dispatch {dispatch} does not wait to be sent")));
            }
            let outgoing = frozen(tx, dispatch)?;
            let number = row.attempts.saturating_add(1);
            let (process, lease_until) = (sender.process.to_owned(), now.saturating_add(sender.lease));
            append(tx, now, &Happening::Attempt { dispatch, number, process, lease_until })?;
            Ok(Attempt { dispatch, number, outgoing })
        })
    }

    /// Commits that the last bytes are about to leave. Must return `Ok` before they do.
    ///
    /// # Errors
    /// `Stale` if the attempt was taken back meanwhile; then, as after any error, the last bytes must not be sent.
    pub fn dot(&mut self, attempt: &Attempt, now: Millis) -> Result<(), LedgerError> {
        let Attempt { dispatch, number, .. } = *attempt;
        self.write(|tx| {
            let row = Row::read(tx, dispatch)?;
            if row.stage != Stage::Attempting || row.attempts != number {
                return Err(LedgerError::Stale(format!("attempt {number} of dispatch {dispatch}")));
            }
            append(tx, now, &Happening::Dot { dispatch, number })?;
            Ok(())
        })
    }

    /// Settles an attempt with the channel's receipt, and gives back what follows.
    ///
    /// # Errors
    /// `Stale` if the attempt was taken back meanwhile, unless the receipt says that the message was sent after all.
    pub fn settle(
        &mut self,
        attempt: &Attempt,
        receipt: &Receipt,
        policy: &RetryPolicy,
        now: Millis,
    ) -> Result<Dispatch, LedgerError> {
        let Attempt { dispatch, number, .. } = *attempt;
        self.write(|tx| {
            let row = Row::read(tx, dispatch)?;
            let under_way = matches!(row.stage, Stage::Attempting | Stage::Dot);
            // Taken back as unknown while the server was slow: now it is known, and the resend is spared.
            let known_late = matches!(row.stage, Stage::Queued | Stage::Held) && matches!(receipt, Receipt::Sent(_));
            if row.attempts != number || !(under_way || known_late) {
                return Err(LedgerError::Stale(format!("attempt {number} of dispatch {dispatch}")));
            }
            row.settle(tx, receipt.clone(), policy, now)
        })
    }

    /// Dispatches of whose last attempt nobody knows what came: waiting to be sent again, or held.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn in_doubt(&self) -> Result<Vec<Dispatch>, LedgerError> {
        let last = "(SELECT a.outcome FROM attempts a WHERE a.dispatch = d.id AND a.number = d.attempts)";
        self.outbox(&format!("d.stage IN ('queued', 'held') AND {last} = 'unknown' AND ? IS NOT NULL"), 0)
    }

    /// Mails of editions that stopped by themselves, refused or held after an attempt: not by a person's decision.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn stopped(&self) -> Result<Vec<Dispatch>, LedgerError> {
        let last = "EXISTS (SELECT 1 FROM attempts a
            WHERE a.dispatch = d.id AND a.number = d.attempts AND a.outcome <> '' AND a.words = d.words)";
        let which = format!("d.stage IN ('refused', 'held') AND d.purpose = 'edition' AND {last} AND ? IS NOT NULL");
        self.outbox(&which, 0)
    }

    /// Puts a notice about an edition into the outbox, once: gives back whether its Message-ID was new.
    ///
    /// # Errors
    /// `Absent` if there is no such edition; `Later`, `Damaged`.
    pub fn tell_owner(&mut self, edition: &EditionKey, notice: &NewDispatch, now: Millis) -> Result<bool, LedgerError> {
        self.write(|tx| {
            let known: bool = tx
                .prepare_cached("SELECT EXISTS (SELECT 1 FROM dispatches WHERE message_id = ?)")?
                .query_row([&notice.outgoing.message_id], |row| row.get(0))?;
            if !known {
                let notices = store(tx, [notice], now)?;
                append(tx, now, &Happening::Noticed { edition: edition.clone(), notices })?;
            }
            Ok(!known)
        })
    }

    /// Settles a dispatch [`in_doubt`](Self::in_doubt) of which it is known now that it was accepted.
    ///
    /// # Errors
    /// `Stale` if it is not in doubt any more.
    pub fn found(&mut self, found: &Dispatch, words: &str, now: Millis) -> Result<Dispatch, LedgerError> {
        self.write(|tx| {
            let row = Row::read(tx, found.id)?;
            if row.attempts != found.attempts || !matches!(row.stage, Stage::Queued | Stage::Held) {
                return Err(LedgerError::Stale(format!("attempt {} of dispatch {}", found.attempts, found.id)));
            }
            row.settle(tx, Receipt::Sent(words.to_owned()), &RetryPolicy::default(), now)
        })
    }

    /// Puts back what was under way in a process that is gone, or whose lease is over: before the dot it is safe to
    /// send again, after it the outcome is unknown. Gives back the dispatches concerned, as they stand now.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn recover(
        &mut self,
        gone: &dyn Fn(&str) -> bool,
        policy: &RetryPolicy,
        now: Millis,
    ) -> Result<Vec<Dispatch>, LedgerError> {
        self.write(|tx| {
            let under_way = tx
                .prepare_cached("SELECT id FROM dispatches WHERE stage IN ('attempting', 'dot') ORDER BY id")?
                .query_map([], |row| row.get(0))?
                .collect::<Result<Vec<i64>, _>>()?;
            let mut all = Vec::new();
            for id in under_way {
                let row = Row::read(tx, id)?;
                if now < row.lease_until && !gone(&row.process) {
                    continue;
                }
                let receipt = if row.stage == Stage::Dot {
                    Receipt::Unknown("the sender was gone after the last byte, before the server's answer".into())
                } else {
                    Receipt::Later("the sender was gone before the last byte".into())
                };
                all.push(row.settle(tx, receipt, policy, now)?);
            }
            Ok(all)
        })
    }

    /// What a person decides about a dispatch, with who and why. It opens a new course: patience is counted anew.
    ///
    /// # Errors
    /// `Refused` if it is under way, or already sent or cancelled; `Absent`.
    pub fn decide(
        &mut self,
        dispatch: i64,
        decision: Decision,
        by: &str,
        why: &str,
        now: Millis,
    ) -> Result<Dispatch, LedgerError> {
        self.write(|tx| {
            let row = Row::read(tx, dispatch)?;
            let Some(stage) = decision.follows(row.stage) else {
                return Err(LedgerError::Refused(format!("dispatch {dispatch} is {:?}", row.stage).to_lowercase()));
            };
            let (by, why) = (by.to_owned(), why.to_owned());
            append(tx, now, &Happening::Decided { dispatch, stage, not_before: now, by, why })?;
            read(tx, dispatch)
        })
    }
}

/// What the rules need to know of a dispatch.
struct Row {
    id: i64,
    stage: Stage,
    attempts: u32,
    unknowns: u32,
    first_at: Option<Millis>,
    not_before: Millis,
    on_unknown: OnUnknown,
    message_id: String,
    process: String,
    lease_until: Millis,
}

impl Row {
    fn read(db: &Connection, id: i64) -> Result<Row, LedgerError> {
        let mut query = db.prepare_cached("SELECT * FROM dispatches WHERE id = ?")?;
        let mut rows = query.query([id])?;
        let row = rows.next()?.ok_or_else(|| LedgerError::Absent(format!("dispatch {id}")))?;
        Ok(Row {
            id,
            stage: of_word(&row.get::<_, String>("stage")?)?,
            attempts: row.get("attempts")?,
            unknowns: row.get("unknowns")?,
            first_at: row.get("first_at")?,
            not_before: row.get("not_before")?,
            on_unknown: of_word(&row.get::<_, String>("on_unknown")?)?,
            message_id: row.get("message_id")?,
            process: row.get("process")?,
            lease_until: row.get("lease_until")?,
        })
    }

    fn settle(
        &self,
        tx: &Connection,
        receipt: Receipt,
        policy: &RetryPolicy,
        now: Millis,
    ) -> Result<Dispatch, LedgerError> {
        let course = Course {
            message_id: &self.message_id,
            attempts: self.attempts,
            unknowns: self.unknowns,
            first_at: self.first_at.unwrap_or(now),
            on_unknown: self.on_unknown,
        };
        let follows = next(policy, &course, &receipt, now);
        let (dispatch, number, stage, not_before) = (self.id, self.attempts, follows.stage, follows.not_before);
        let lighter = self.lighter(tx, &receipt)?;
        append(tx, now, &Happening::Settled { dispatch, number, receipt, stage, not_before })?;
        if let Some(message) = lighter {
            append(tx, now, &Happening::Lightened { dispatch, message })?;
        }
        read(tx, dispatch)
    }

    /// What is sent instead of a message that was too large: the largest form that fits, as far as it is known what does.
    fn lighter(&self, db: &Connection, receipt: &Receipt) -> Result<Option<Smaller>, LedgerError> {
        let Receipt::TooLarge { limit, .. } = receipt else { return Ok(None) };
        let limit = limit.map_or(i64::MAX, |limit| i64::try_from(limit).unwrap_or(i64::MAX));
        let mut query = db.prepare_cached(
            "SELECT f.message, f.bytes, f.formats, f.left_out FROM forms f
             JOIN dispatches d ON d.id = f.dispatch
             JOIN forms now ON now.dispatch = f.dispatch AND now.message = d.message
             WHERE f.dispatch = ? AND f.position > now.position AND f.bytes <= ? ORDER BY f.position LIMIT 1",
        )?;
        let mut rows = query.query(params![self.id, limit])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        Ok(Some(Smaller {
            sha256: row.get(0)?,
            bytes: u64::try_from(row.get::<_, i64>(1)?).unwrap_or(0),
            formats: serde_json::from_str(&row.get::<_, String>(2)?)?,
            left_out: serde_json::from_str(&row.get::<_, String>(3)?)?,
        }))
    }
}

fn read(db: &Connection, id: i64) -> Result<Dispatch, LedgerError> {
    let mut query = db.prepare_cached(&format!("{DISPATCH} WHERE d.id = ?"))?;
    let mut rows = query.query([id])?;
    dispatch(rows.next()?.ok_or_else(|| LedgerError::Absent(format!("dispatch {id}")))?)
}

/// The message as it was frozen, checked: no other bytes are ever sent under its name.
fn frozen(db: &Connection, dispatch: i64) -> Result<Outgoing, LedgerError> {
    let (sha256, outgoing) = db
        .query_row(
            "SELECT d.message, d.sender, d.recipient, d.message_id, b.bytes
             FROM dispatches d JOIN blobs b ON b.sha256 = d.message WHERE d.id = ?",
            params![dispatch],
            |row| {
                let outgoing =
                    Outgoing { from: row.get(1)?, to: row.get(2)?, message_id: row.get(3)?, message: row.get(4)? };
                Ok((row.get::<_, String>(0)?, outgoing))
            },
        )
        .optional()?
        .ok_or_else(|| LedgerError::Damaged(format!("the message of dispatch {dispatch} is missing")))?;
    if sha256_hex(&outgoing.message) == sha256 {
        Ok(outgoing)
    } else {
        Err(LedgerError::Damaged(format!("the message of dispatch {dispatch} is not the one that was frozen")))
    }
}
