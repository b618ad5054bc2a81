//! Claim: which definitions are in force, which editions stand where, and who may make one now.

use super::chain::append;
use super::happening::Happening;
use super::history::{Status, of_word};
use super::record::{NewDispatch, store};
use super::{Ledger, LedgerError};
use crate::calendar::Millis;
use crate::edition::{EditionKey, Trigger};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::{BTreeMap, BTreeSet};

/// When a definition came into force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activation {
    /// When it was first accepted.
    pub at: Millis,
    /// From when on it is due instead, where the definition says so.
    pub since: Option<Millis>,
    /// Digest of the definition as last accepted.
    pub digest: String,
    /// When it last changed, if it did.
    pub changed_at: Option<Millis>,
}

/// Where the editions of one (definition, audience, period) stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The first one's status: what a schedule asks about. `Claimed` and `Failed` are still due.
    pub status: Status,
    /// The newest revision that is issued, if any.
    pub issued: Option<u32>,
    /// The newest revision in whatever status.
    pub latest: u32,
}

/// What is claimed, by whom, for how long.
pub struct ClaimRequest<'a> {
    /// Which edition.
    pub key: &'a EditionKey,
    /// When it was due.
    pub due_at: Millis,
    /// Why it is made.
    pub trigger: &'a Trigger,
    /// The account that asked.
    pub by: &'a str,
    /// The process that makes it ([`super::claimer::this_process`]).
    pub claimer: &'a str,
    /// For how long others leave it alone, in milliseconds.
    pub lease: Millis,
    /// Whether a claimer is known to be gone, so that its lease need not be waited for
    /// ([`super::claimer::is_gone`]; `&|_| false` where only leases count).
    pub gone: &'a dyn Fn(&str) -> bool,
}

/// The right to make one edition, as long as nobody takes it over.
#[derive(Debug, PartialEq, Eq)]
pub struct Claim {
    /// Which edition.
    pub key: EditionKey,
    /// Counts the claims of this edition: only the newest may write.
    pub fence: u32,
    /// Whether a claim before came to nothing: the maker died, or it failed.
    pub again: bool,
}

/// Why an edition cannot be claimed.
#[derive(Debug, thiserror::Error)]
pub enum ClaimError {
    /// It is issued; that happens once.
    #[error("{0} is already issued")]
    AlreadyIssued(EditionKey),
    /// Somebody makes it now.
    #[error("{key} is being made by {claimer}")]
    ClaimedByOther {
        /// Which.
        key: EditionKey,
        /// Who.
        claimer: String,
        /// Until when, unless it is done or dies before.
        until: Millis,
    },
    /// It was recorded as missed: only a person can have it made.
    #[error("{0} was missed; ask for it by hand")]
    Missed(EditionKey),
    /// A revision needs the edition before it, and a reason; a first edition is no revision.
    #[error("{0}")]
    OutOfOrder(String),
    /// The ledger itself.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl From<rusqlite::Error> for ClaimError {
    fn from(error: rusqlite::Error) -> Self {
        ClaimError::Ledger(error.into())
    }
}

impl Ledger {
    /// Takes note of a definition: the first time it is activated, later only a new digest or `since` is recorded.
    /// Gives back whether anything was.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn activate(
        &mut self,
        stem: &str,
        digest: &str,
        since: Option<Millis>,
        now: Millis,
    ) -> Result<bool, LedgerError> {
        self.write(|tx| {
            let (definition, digest) = (stem.to_owned(), digest.to_owned());
            let what = match activations(tx, Some(stem))?.remove(stem) {
                None => Happening::Activated { definition, digest, since },
                Some(known) if known.digest == digest && known.since == since => return Ok(false),
                Some(_) => Happening::Changed { definition, digest, since },
            };
            append(tx, now, &what)?;
            Ok(true)
        })
    }

    /// Every definition that was ever accepted, by file stem.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn activations(&self) -> Result<BTreeMap<String, Activation>, LedgerError> {
        activations(&self.db, None)
    }

    /// Where every edition stands, by (definition, audience, period).
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn issued(&self) -> Result<BTreeMap<(String, String, String), Standing>, LedgerError> {
        let mut query = self.db.prepare_cached(
            "SELECT definition, audience, period, revision, status FROM editions
             ORDER BY definition, audience, period, revision",
        )?;
        let mut rows = query.query([])?;
        let mut all: BTreeMap<_, Standing> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let identity: (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let (revision, status): (u32, Status) = (row.get(3)?, of_word(&row.get::<_, String>(4)?)?);
            let standing = all.entry(identity).or_insert(Standing { status, issued: None, latest: revision });
            standing.latest = revision;
            if status == Status::Issued {
                standing.issued = Some(revision);
            }
        }
        Ok(all)
    }

    /// The status of the first edition of a definition, audience and period; `None`: never heard of. What a schedule asks
    /// about, without reading all that ever was as [`Ledger::issued`] does.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn status(&self, definition: &str, audience: &str, period: &str) -> Result<Option<Status>, LedgerError> {
        let word: Option<String> = self
            .db
            .prepare_cached(
                "SELECT status FROM editions WHERE definition = ? AND audience = ? AND period = ?
                 ORDER BY revision LIMIT 1",
            )?
            .query_row([definition, audience, period], |row| row.get(0))
            .optional()?;
        word.map(|word| of_word(&word)).transpose()
    }

    /// The definitions of which some edition is claimed, or failed.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn unfinished(&self) -> Result<BTreeSet<String>, LedgerError> {
        let mut query =
            self.db.prepare_cached("SELECT DISTINCT definition FROM editions WHERE status IN ('claimed', 'failed')")?;
        let rows = query.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Claims an edition: the insertion is the lock. A claim whose maker is gone, or whose lease is over, is taken over
    /// with a higher fence; one that failed is tried again.
    ///
    /// # Errors
    /// [`ClaimError`].
    pub fn claim(&mut self, request: &ClaimRequest, now: Millis) -> Result<Claim, ClaimError> {
        let ClaimRequest { key, due_at, trigger, by, claimer, lease, gone } = *request;
        self.write(|tx| {
            check_order(tx, key, trigger)?;
            let before = standing(tx, key)?;
            if let Some(before) = &before {
                match before.status {
                    Status::Issued => return Err(ClaimError::AlreadyIssued(key.clone())),
                    Status::Missed if matches!(trigger, Trigger::Schedule | Trigger::Late) => {
                        return Err(ClaimError::Missed(key.clone()));
                    }
                    Status::Claimed if now < before.lease_until && !gone(&before.claimer) => {
                        let (key, claimer, until) = (key.clone(), before.claimer.clone(), before.lease_until);
                        return Err(ClaimError::ClaimedByOther { key, claimer, until });
                    }
                    _ => {}
                }
            }
            let fence = before.as_ref().map_or(0, |before| before.fence) + 1;
            let what = Happening::Claimed {
                edition: key.clone(),
                due_at,
                trigger: trigger.clone(),
                by: by.to_owned(),
                claimer: claimer.to_owned(),
                fence,
                lease_until: now.saturating_add(lease),
            };
            append(tx, now, &what)?;
            let again = before.is_some_and(|before| before.status != Status::Missed);
            Ok(Claim { key: key.clone(), fence, again })
        })
    }

    /// Asks for more time, `lease` milliseconds from now.
    ///
    /// # Errors
    /// `Stale` if somebody took over.
    pub fn extend(&mut self, claim: &Claim, lease: Millis, now: Millis) -> Result<(), LedgerError> {
        self.write(|tx| {
            held(tx, claim)?;
            let (edition, lease_until) = (claim.key.clone(), now.saturating_add(lease));
            append(tx, now, &Happening::Extended { edition, fence: claim.fence, lease_until })?;
            Ok(())
        })
    }

    /// The edition could not be made: the claim is released, and the next `issue` tries again. The notice goes to the
    /// outbox only when it is the first failure, so that the owner is told once; gives back whether it was.
    ///
    /// # Errors
    /// `Stale` if somebody took over.
    pub fn fail(
        &mut self,
        claim: &Claim,
        reason: &str,
        notice: Option<&NewDispatch>,
        now: Millis,
    ) -> Result<bool, LedgerError> {
        self.write(|tx| {
            let first = held(tx, claim)?.failures == 0;
            let notices = store(tx, notice.filter(|_| first), now)?;
            let (edition, reason) = (claim.key.clone(), reason.to_owned());
            append(tx, now, &Happening::Failed { edition, fence: claim.fence, reason, notices })?;
            Ok(first)
        })
    }

    /// Records that an edition will not be made on its own: too old to catch up with, also if making it was tried and failed
    /// so long. Gives back whether that was new: not while somebody makes it.
    ///
    /// # Errors
    /// `Refused` if the edition is issued; `Later`, `Damaged`.
    pub fn missed(
        &mut self,
        key: &EditionKey,
        due_at: Millis,
        reason: &str,
        notice: Option<&NewDispatch>,
        now: Millis,
    ) -> Result<bool, LedgerError> {
        self.write(|tx| {
            match standing(tx, key)?.map(|standing| (standing.status, standing.lease_until)) {
                None | Some((Status::Failed, _)) => {}
                // Its maker is gone; one that is only slow finds its claim void.
                Some((Status::Claimed, lease_until)) if lease_until <= now => {}
                Some((Status::Missed | Status::Claimed, _)) => return Ok(false),
                Some((status, _)) => return Err(LedgerError::Refused(format!("{key} is {status}, not missed"))),
            }
            let notices = store(tx, notice, now)?;
            let (edition, reason) = (key.clone(), reason.to_owned());
            append(tx, now, &Happening::Missed { edition, due_at, reason, notices })?;
            Ok(true)
        })
    }
}

/// A claim that is still the newest, as it stands.
pub(super) struct Held {
    pub(super) status: Status,
    pub(super) fence: u32,
    pub(super) claimer: String,
    pub(super) lease_until: Millis,
    pub(super) failures: u32,
}

/// The claim as it stands, or `Stale`. A lease that is over does no harm as long as nobody took over.
pub(super) fn held(tx: &Connection, claim: &Claim) -> Result<Held, LedgerError> {
    match standing(tx, &claim.key)? {
        Some(held) if held.status == Status::Claimed && held.fence == claim.fence => Ok(held),
        Some(held) => {
            let (key, mine, status, newest) = (&claim.key, claim.fence, held.status, held.fence);
            Err(LedgerError::Stale(format!("claim {mine} of {key}: it is {status}, the newest claim is {newest}")))
        }
        None => Err(LedgerError::Absent(claim.key.to_string())),
    }
}

pub(super) fn standing(db: &Connection, key: &EditionKey) -> Result<Option<Held>, LedgerError> {
    let mut query = db.prepare_cached(
        "SELECT status, fence, claimer, lease_until, failures FROM editions
         WHERE definition = ? AND audience = ? AND period = ? AND revision = ?",
    )?;
    let row = query
        .query_row(params![key.definition, key.audience, key.period, key.revision], |row| {
            Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
        })
        .optional()?;
    row.map(|(status, fence, claimer, lease_until, failures)| {
        Ok(Held { status: of_word(&status)?, fence, claimer, lease_until, failures })
    })
    .transpose()
}

/// Revisions come one after the other, each with a reason, each after an issued one.
fn check_order(tx: &Connection, key: &EditionKey, trigger: &Trigger) -> Result<(), ClaimError> {
    let wrong = |what: String| Err(ClaimError::OutOfOrder(what));
    match (key.revision.checked_sub(1), trigger) {
        (None, Trigger::Revision(_)) => wrong(format!("{key} is the first edition, not a revision")),
        (None, _) => Ok(()),
        (Some(before), Trigger::Revision(reason)) if !reason.trim().is_empty() => {
            let before = EditionKey { revision: before, ..key.clone() };
            match standing(tx, &before)? {
                Some(Held { status: Status::Issued, .. }) => Ok(()),
                _ => wrong(format!("{key} would revise {before}, which is not issued")),
            }
        }
        (Some(_), _) => wrong(format!("{key} is a revision: it needs a reason")),
    }
}

fn activations(db: &Connection, stem: Option<&str>) -> Result<BTreeMap<String, Activation>, LedgerError> {
    let mut query = db.prepare_cached(
        "SELECT stem, activated_at, since, digest, changed_at FROM definitions WHERE stem = ?1 OR ?1 IS NULL",
    )?;
    let rows = query.query_map([stem], |row| {
        let activation =
            Activation { at: row.get(1)?, since: row.get(2)?, digest: row.get(3)?, changed_at: row.get(4)? };
        Ok((row.get(0)?, activation))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
