//! Storage: the SQLite file: its tables, how it is opened, and what its errors mean to the caller.

use crate::audit_log::LogError;
use crate::seal::SealError;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension};
use std::path::Path;
use std::time::Duration;

/// Version of the file's form. Any other one is refused: there is no log of an older one outside of this project.
pub(super) const FORMAT: i64 = 2;

/// Marks the file as a Quarterday log, for `file` and for us: "QdLg".
const APPLICATION_ID: i64 = 0x5164_4c67;

/// How long a writer waits for another one before it says that the log is in use.
const PATIENCE: Duration = Duration::from_secs(5);

/// `records` are the leaves of the log's tree, `manifests` what each batch stored. Hot, warm and cold columns lie in
/// tables of their own, so that a report reads only the bytes that it needs. `firsts`, `id_runs` and `id_keys`
/// are derived.
const SCHEMA: &str = "
CREATE TABLE meta (name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE records (number INTEGER PRIMARY KEY, leaf BLOB NOT NULL, body BLOB NOT NULL) STRICT;
CREATE TABLE manifests (batch INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;
CREATE TABLE segments (
    id INTEGER PRIMARY KEY, batch INTEGER NOT NULL, day INTEGER NOT NULL, part INTEGER NOT NULL,
    events INTEGER NOT NULL, earliest INTEGER NOT NULL, latest INTEGER NOT NULL,
    UNIQUE (batch, day, part)) STRICT;
CREATE INDEX segments_by_day ON segments (day);
CREATE TABLE hot (segment INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;
CREATE TABLE warm (segment INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;
CREATE TABLE cold (segment INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;
CREATE TABLE dictionaries (
    kind INTEGER NOT NULL, first INTEGER NOT NULL, batch INTEGER NOT NULL, body BLOB NOT NULL,
    UNIQUE (kind, first)) STRICT;
CREATE INDEX dictionaries_by_batch ON dictionaries (batch);
CREATE TABLE quarantine (
    id INTEGER PRIMARY KEY, batch INTEGER NOT NULL, line INTEGER NOT NULL, reason TEXT NOT NULL, raw TEXT NOT NULL,
    around INTEGER) STRICT;
CREATE TABLE firsts (kind INTEGER NOT NULL, batch INTEGER NOT NULL, body BLOB NOT NULL, UNIQUE (kind, batch)) STRICT;
CREATE TABLE id_runs (
    run INTEGER PRIMARY KEY, batch INTEGER NOT NULL, keys INTEGER NOT NULL, filter BLOB NOT NULL) STRICT;
CREATE TABLE id_keys (place INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;
";

/// Makes a new file. Error: there is one already.
pub(super) fn create(path: &Path) -> Result<Connection, LogError> {
    create_file(path)?;
    open(path)
}

fn create_file(path: &Path) -> Result<(), LogError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    // What people did is for the owner's eyes; the files that SQLite puts beside it take over the mode.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(|error| LogError::Storage(format!("{}: {error}", path.display())))
}

/// Copies the database into a new file, all of it as it stands now: readers and writers are not held up. What the copy
/// cannot say by itself (that it is whole) is for the caller to verify.
pub(super) fn copy(db: &Connection, path: &Path) -> Result<(), LogError> {
    let mut copied = create_file(path).and_then(|()| connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE))?;
    let backup = rusqlite::backup::Backup::new(db, &mut copied).map_err(sql)?;
    // In one step: of a database in WAL mode that is one snapshot, and nobody waits for it.
    match backup.step(-1).map_err(sql)? {
        rusqlite::backup::StepResult::Done => Ok(()),
        _ => Err(LogError::Busy("it is being written".to_owned())),
    }
}

/// Opens a file that is there, for reading and adding. One that was made but never filled (the program was killed just
/// then) is filled now.
pub(super) fn open(path: &Path) -> Result<Connection, LogError> {
    let db = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    if is_blank(&db)? {
        // Larger pages than usual: most of the file is blobs of many pages each.
        db.pragma_update(None, "page_size", 8192).map_err(sql)?;
        set_up(&db)?;
        let tx = rusqlite::Transaction::new_unchecked(&db, rusqlite::TransactionBehavior::Immediate).map_err(sql)?;
        // Another process may have done it since.
        if is_blank(&tx)? {
            tx.execute_batch(SCHEMA).map_err(sql)?;
            tx.pragma_update(None, "application_id", APPLICATION_ID).map_err(sql)?;
            tx.execute("INSERT INTO meta VALUES ('format', ?1)", [FORMAT]).map_err(sql)?;
        }
        tx.commit().map_err(sql)?;
    }
    check_format(&db)?;
    set_up(&db)?;
    Ok(db)
}

fn is_blank(db: &Connection) -> Result<bool, LogError> {
    let id: i64 = db.pragma_query_value(None, "application_id", |row| row.get(0)).map_err(sql)?;
    let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0)).map_err(sql)?;
    Ok(id == 0 && tables == 0)
}

/// Whether a reader cannot read before a writer has undone what a killed program was about to write: SQLite then refuses
/// even to look.
fn is_half_written(path: &Path) -> bool {
    let looked = try_connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY);
    looked.is_err_and(|error| error.sqlite_error_code() == Some(ErrorCode::ReadOnly))
}

/// Opens a file that is there, for reading only. One that was made but never filled, or only in half (the program was
/// killed just then), is filled first, as [`open`] does: an empty log is a log.
pub(super) fn open_read_only(path: &Path) -> Result<Connection, LogError> {
    if is_half_written(path) {
        drop(open(path)?);
    }
    let mut db = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    if is_blank(&db)? {
        drop(open(path)?);
        db = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    }
    check_format(&db)?;
    Ok(db)
}

fn connect(path: &Path, how: OpenFlags) -> Result<Connection, LogError> {
    try_connect(path, how).map_err(|error| match sql(error) {
        LogError::Storage(words) => LogError::Storage(format!("{}: {words}", path.display())),
        other => other,
    })
}

fn try_connect(path: &Path, how: OpenFlags) -> Result<Connection, rusqlite::Error> {
    let db = Connection::open_with_flags(path, how | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    db.busy_timeout(PATIENCE)?;
    db.pragma_update(None, "cache_size", -16_384)?;
    // Nothing in the file is trusted: no function or virtual table may be called from its schema.
    db.pragma_update(None, "trusted_schema", false)?;
    Ok(db)
}

fn set_up(db: &Connection) -> Result<(), LogError> {
    // SQLite refuses this at once while another process does the same, whatever its patience is elsewhere.
    const PAUSE: Duration = Duration::from_millis(10);
    let mut left = PATIENCE.as_millis() / PAUSE.as_millis();
    let mode: String = loop {
        match db.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0)) {
            Err(error) if left > 0 && error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy) => {
                left -= 1;
                std::thread::sleep(PAUSE);
            }
            done => break done.map_err(sql)?,
        }
    };
    if mode != "wal" {
        return Err(LogError::Storage(format!("the file system does not allow write-ahead logging ({mode})")));
    }
    db.pragma_update(None, "synchronous", "FULL").map_err(sql)?;
    db.pragma_update(None, "journal_size_limit", 64 << 20).map_err(sql)
}

fn check_format(db: &Connection) -> Result<(), LogError> {
    let id: i64 = db.pragma_query_value(None, "application_id", |row| row.get(0)).map_err(sql)?;
    if id != APPLICATION_ID {
        return Err(LogError::Refused("the file is no Quarterday log".to_owned()));
    }
    let format: Option<i64> =
        db.query_row("SELECT value FROM meta WHERE name = 'format'", [], |row| row.get(0)).optional().map_err(sql)?;
    match format {
        Some(FORMAT) => Ok(()),
        Some(newer) if newer > FORMAT => Err(LogError::Refused(format!(
            "the log has format {newer}, and this program knows formats up to {FORMAT}: use a newer quarterday"
        ))),
        _ => Err(LogError::Damaged("its format is not given".to_owned())),
    }
}

/// What an error of SQLite means.
pub(super) fn sql(error: rusqlite::Error) -> LogError {
    match &error {
        rusqlite::Error::SqliteFailure(failure, _) => match failure.code {
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => LogError::Busy(error.to_string()),
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => LogError::Damaged(error.to_string()),
            _ => LogError::Storage(error.to_string()),
        },
        rusqlite::Error::InvalidColumnType(..)
        | rusqlite::Error::FromSqlConversionFailure(..)
        | rusqlite::Error::IntegralValueOutOfRange(..)
        | rusqlite::Error::Utf8Error(..)
        | rusqlite::Error::QueryReturnedNoRows => LogError::Damaged(error.to_string()),
        _ => LogError::Storage(error.to_string()),
    }
}

/// Bytes of the log that cannot be read: says which.
pub(super) fn damaged(place: impl std::fmt::Display) -> impl FnOnce(SealError) -> LogError {
    move |error| LogError::Damaged(format!("{place}: {error}"))
}

/// Compresses bytes of which the reader is told the length.
pub(super) fn compress(bytes: &[u8]) -> Result<Vec<u8>, LogError> {
    let mut out = crate::seal::bytes::Writer::new();
    out.number(bytes.len() as u64);
    let packed = zstd::bulk::compress(bytes, 3).map_err(|error| LogError::Storage(format!("compression: {error}")))?;
    out.raw(&packed);
    Ok(out.finish())
}

/// Undoes [`compress`], without trust in the length that is given.
pub(super) fn decompress(bytes: &[u8]) -> Result<Vec<u8>, SealError> {
    use std::io::Read;
    let malformed = |error: std::io::Error| SealError::Malformed(format!("compressed block: {error}"));
    let mut from = crate::seal::bytes::Reader::new(bytes);
    let length = from.number()?;
    let packed = from.raw(from.left())?;
    let mut out = Vec::with_capacity(usize::try_from(length).unwrap_or(0).min(packed.len().saturating_mul(16)));
    let decoder = zstd::stream::read::Decoder::with_buffer(packed).map_err(malformed)?;
    decoder.take(length.saturating_add(1)).read_to_end(&mut out).map_err(malformed)?;
    if out.len() as u64 == length { Ok(out) } else { Err(SealError::Malformed("a block of another length".to_owned())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compressed_bytes_come_back_and_damaged_ones_do_not_panic() {
        let bytes: Vec<u8> = (0..20_000u32).flat_map(|n| (n % 251).to_le_bytes()).collect();
        let packed = compress(&bytes).unwrap();
        assert!(packed.len() < bytes.len() / 10);
        assert_eq!(decompress(&packed).unwrap(), bytes);
        for at in 0..packed.len().min(400) {
            let mut flipped = packed.clone();
            flipped[at] ^= 0x41;
            let _ = decompress(&flipped);
        }
        assert!(decompress(&packed[..packed.len() / 2]).is_err());
        assert!(decompress(&[]).is_err());
    }

    #[test]
    fn what_a_killed_program_was_about_to_write_is_undone_for_readers_too() {
        let dir = tempfile::tempdir().unwrap();
        let (path, copy) = (dir.path().join("log"), dir.path().join("copy"));
        let db = Connection::open(&path).unwrap();
        // As while a log is made, before it has write-ahead logging; so much that some of it is in the file already.
        db.execute_batch("PRAGMA page_size = 8192; CREATE TABLE t (x); DROP TABLE t; PRAGMA cache_size = 1; BEGIN;")
            .unwrap();
        db.execute_batch("CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(200000)); INSERT INTO t SELECT x FROM t;")
            .unwrap();
        std::fs::copy(&path, &copy).unwrap();
        std::fs::copy(dir.path().join("log-journal"), dir.path().join("copy-journal")).unwrap();
        assert!(is_half_written(&copy), "the copy is what a killed program leaves");
        let records: i64 =
            open_read_only(&copy).unwrap().query_row("SELECT count(*) FROM records", [], |row| row.get(0)).unwrap();
        assert_eq!(records, 0);
    }

    #[test]
    fn only_a_log_of_a_known_format_is_opened() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("log");
        drop(create(&path).unwrap());
        assert!(create(&path).is_err());
        let db = open(&path).unwrap();
        db.execute("UPDATE meta SET value = 9", []).unwrap();
        drop(db);
        assert!(matches!(open(&path), Err(LogError::Refused(words)) if words.contains("format 9")));
        let other = dir.path().join("other");
        drop(Connection::open(&other).unwrap().execute_batch("CREATE TABLE t (x)"));
        assert!(matches!(open(&other), Err(LogError::Refused(_))));
        std::fs::write(&other, vec![b'x'; 9000]).unwrap();
        assert!(matches!(open(&other), Err(LogError::Damaged(_))));
        assert!(matches!(open_read_only(&dir.path().join("none")), Err(LogError::Storage(_))));
        let blank = dir.path().join("blank");
        std::fs::write(&blank, b"").unwrap();
        open(&blank).unwrap();
    }
}
