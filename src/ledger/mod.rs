//! Ledger: the append-only book of editions, dispatches and receipts, and the outbox. It never sends anything.
//!
//! Everything that happens is an entry in one SHA-256 chain ([`happening`]); the state (which edition is issued, where
//! a dispatch stands) is derived from the entries by one function (`state`) in the same transaction. So the state can
//! be derived again and compared ([`Ledger::verify`]), and nothing can be true in the state that no entry says.
//!
//! The order in which an edition comes to its readers, each line one transaction:
//!
//! 1. [`Ledger::claim`]: the insertion is the lock; a fence number makes an older maker's writes void.
//! 2. [`Ledger::record`]: edition, files and every message, or [`Ledger::fail`].
//! 3. For each dispatch [`Ledger::begin`], then (from the channel's callback) [`Ledger::dot`] just before the last
//!    bytes leave, then [`Ledger::settle`].
//!
//! Killed at any moment, [`Ledger::recover`] puts back what was under way: before `dot` nothing can have been accepted,
//! so it is sent again; after it nobody knows, and the dispatch's `on_unknown` decides.
//!
//! Time is always an argument; two processes may share the file.

pub mod asked;
mod chain;
mod claim;
#[cfg(test)]
mod claim_test;
pub mod claimer;
#[cfg(test)]
pub(crate) mod commit_faults;
mod counts;
#[cfg(test)]
mod crash_test;
mod decisions;
mod divide;
mod findings;
#[cfg(test)]
mod findings_test;
pub mod happening;
pub mod history;
pub mod hold;
mod lead;
pub mod outbox;
mod record;
mod records;
mod restore;
mod retire;
pub mod retry;
mod reveal;
mod review;
#[cfg(test)]
mod sample;
mod schema;
#[cfg(test)]
mod sequence_test;
mod state;
mod telling;
mod verify;
pub mod watching;

pub use chain::{Entry, Head};
pub use claim::{Activation, Claim, ClaimError, ClaimRequest, Standing};
pub use counts::Counts;
pub use decisions::Decided;
pub use divide::Divided;
pub use findings::Raising;
pub use lead::{Lead, Leading};
pub use record::{EditionRecord, NewDispatch, NewSmaller, Recorded};
pub use records::RecordCheck;
pub use retire::{EditionRetired, Messages};
pub use reveal::Revealed;
pub use review::{Judgement, Review};
pub use verify::Verdict;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use std::path::Path;
use std::time::Duration;

/// How long a writer waits for another process's transaction. They are short: a few milliseconds each.
const BUSY: Duration = if cfg!(test) { Duration::from_millis(200) } else { Duration::from_secs(20) };

/// More statements than there are: none is read twice.
const STATEMENTS: usize = 128;

/// What is wrong where the ledger is there and cannot be written.
const OURS: &str = "`var/` and the files in it must belong to the account that runs this, and be writable for it";

/// The ledger in one SQLite file.
pub struct Ledger {
    db: Connection,
}

/// A moment of the ledger, while it is kept: [`Ledger::as_at_one_moment`].
pub struct Moment<'l> {
    _reading: Transaction<'l>,
}

/// Why the ledger did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// Not now: locked, disk full, not readable. Nothing was changed; the same call may work later.
    #[error("the ledger (var/ledger.sqlite) cannot be used now: {0}")]
    Later(String),
    /// The file is not a ledger, or is damaged. `verify` says where.
    #[error("the ledger (var/ledger.sqlite) is damaged: {0}")]
    Damaged(String),
    /// A later version of the program wrote it.
    #[error("the ledger was written by a newer version of quarterday (tables {found}; this one knows {known})")]
    Newer {
        /// Version of the tables in the file.
        found: i64,
        /// The newest that this program knows.
        known: i64,
    },
    /// The caller's claim or attempt is no longer the newest: somebody took over. Whatever it made is void.
    #[error("no longer held: {0}")]
    Stale(String),
    /// There is no such edition or dispatch.
    #[error("not in the ledger: {0}")]
    Absent(String),
    /// It is not in a state that allows this.
    #[error("not possible: {0}")]
    Refused(String),
}

impl From<rusqlite::Error> for LedgerError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{DatabaseBusy, DatabaseCorrupt, DatabaseLocked, DiskFull, NotADatabase, ReadOnly};
        let later = |what: &str| LedgerError::Later(format!("{error}; {what}"));
        match error.sqlite_error_code() {
            Some(DatabaseCorrupt | NotADatabase) => LedgerError::Damaged(format!(
                "{error}; put it back from a backup with `quarterday restore`: what went out since then is not known then"
            )),
            Some(DatabaseBusy | DatabaseLocked) => {
                later("another process holds it: try again when that one is done; nothing is lost")
            }
            Some(DiskFull) => later("make room on the disk, then try again; nothing is lost"),
            Some(ReadOnly) => later(OURS),
            Some(_) => LedgerError::Later(error.to_string()),
            // Not SQLite but the conversion of what it holds: a column that is not what this program wrote.
            None => LedgerError::Damaged(error.to_string()),
        }
    }
}

impl From<serde_json::Error> for LedgerError {
    fn from(error: serde_json::Error) -> Self {
        LedgerError::Damaged(error.to_string())
    }
}

impl Ledger {
    /// Opens the ledger, or makes it; only its owner may read the file.
    ///
    /// # Errors
    /// `Later`, `Damaged`, `Newer`.
    pub fn open(path: &Path) -> Result<Ledger, LedgerError> {
        owner_only(path).map_err(|error| LedgerError::Later(format!("{}: {error}; {OURS}", path.display())))?;
        let mut db = Connection::open(path)?;
        db.busy_timeout(BUSY)?;
        plan_once(&db)?;
        // FULL: what was committed survives a power cut; in WAL mode NORMAL would not promise that.
        to_write_ahead(&db)?;
        db.pragma_update(None, "synchronous", "FULL")?;
        db.pragma_update(None, "foreign_keys", true)?;
        db.set_prepared_statement_cache_capacity(STATEMENTS);
        schema::bring_up_to_date(&mut db)?;
        Ok(Ledger { db })
    }

    /// Opens an existing ledger to look at it only. One that an earlier version wrote is brought up to date first.
    ///
    /// # Errors
    /// `Later`, also if there is none; `Newer`.
    pub fn open_to_read(path: &Path) -> Result<Ledger, LedgerError> {
        let read = Ledger::look_into(path)?;
        if schema::is_current(&read.db)? {
            return Ok(read);
        }
        drop(read);
        drop(Ledger::open(path)?);
        Ledger::look_into(path)
    }

    fn look_into(path: &Path) -> Result<Ledger, LedgerError> {
        let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        db.busy_timeout(BUSY)?;
        plan_once(&db)?;
        Ok(Ledger { db })
    }

    /// A ledger that is gone with the process: for previews and tests.
    ///
    /// # Errors
    /// `Later`.
    pub fn in_memory() -> Result<Ledger, LedgerError> {
        let mut db = Connection::open_in_memory()?;
        db.pragma_update(None, "foreign_keys", true)?;
        schema::bring_up_to_date(&mut db)?;
        Ok(Ledger { db })
    }

    /// As long as what it gives back is kept, all that is read is as at one moment, whatever other processes write; and many
    /// small questions do not take and release the file's locks for each.
    ///
    /// # Errors
    /// `Later`.
    pub fn as_at_one_moment(&self) -> Result<Moment<'_>, LedgerError> {
        Ok(Moment { _reading: self.db.unchecked_transaction()? })
    }

    /// One transaction: all of `work` or nothing. It takes the write lock at once, so that what it reads still holds
    /// when it writes.
    fn write<T, E: From<LedgerError>>(&mut self, work: impl FnOnce(&Connection) -> Result<T, E>) -> Result<T, E> {
        let later = |error: rusqlite::Error| E::from(LedgerError::from(error));
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(later)?;
        let done = work(&tx)?;
        #[cfg(test)]
        commit_faults::at_commit().map_err(E::from)?;
        tx.commit().map_err(later)?;
        Ok(done)
    }
}

/// A statement is planned once, and not anew whenever other values are bound to it: nothing here is gained by that, and it was an
/// eighth of the time of a simulated daemon.
fn plan_once(db: &Connection) -> Result<(), rusqlite::Error> {
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(drop)
}

/// Goes over to write-ahead logging. SQLite refuses this at once while another process does the same, whatever its
/// patience is elsewhere.
fn to_write_ahead(db: &Connection) -> Result<(), rusqlite::Error> {
    const PAUSE: Duration = Duration::from_millis(10);
    let mut left = BUSY.as_millis() / PAUSE.as_millis();
    loop {
        match db.pragma_update(None, "journal_mode", "WAL") {
            Err(error) if left > 0 && error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy) => {
                left -= 1;
                std::thread::sleep(PAUSE);
            }
            done => return done,
        }
    }
}

/// Makes the file with mode 0600 before SQLite would make it with the umask's. WAL files inherit it: also from a file that
/// was not writable for a while, and keep it when that is mended.
fn owner_only(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)?;
    #[cfg(unix)]
    for beside in ["-wal", "-shm"] {
        use std::os::unix::fs::PermissionsExt;
        let mut name = path.as_os_str().to_owned();
        name.push(beside);
        if std::fs::metadata(&name).is_ok_and(|about| about.permissions().mode() & 0o600 != 0o600) {
            std::fs::set_permissions(&name, std::fs::Permissions::from_mode(0o600))?;
        }
    }
    Ok(())
}
