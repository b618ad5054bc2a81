-- Version 1 of the ledger: what happened (append-only, chained), and the state that follows from it.
-- Every row of state names the last entry that wrote it, so that a row which does not follow from the entries can be named.

CREATE TABLE entries (
    n    INTEGER PRIMARY KEY,
    at   INTEGER NOT NULL,
    kind TEXT    NOT NULL,
    body TEXT    NOT NULL,
    prev TEXT    NOT NULL,
    hash TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TRIGGER entries_grow_by_one BEFORE INSERT ON entries
    WHEN NEW.n <> (SELECT COALESCE(MAX(n), 0) + 1 FROM entries)
    BEGIN SELECT RAISE(ABORT, 'entries are numbered without a gap'); END;
CREATE TRIGGER entries_never_change BEFORE UPDATE ON entries
    BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;
CREATE TRIGGER entries_never_go BEFORE DELETE ON entries
    BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;

-- The bytes of messages, by content; the entry that queues a message holds its SHA-256.
CREATE TABLE blobs (
    sha256 TEXT PRIMARY KEY,
    bytes  BLOB NOT NULL
) STRICT;

CREATE TRIGGER blobs_never_change BEFORE UPDATE ON blobs
    BEGIN SELECT RAISE(ABORT, 'messages are frozen'); END;
CREATE TRIGGER blobs_never_go BEFORE DELETE ON blobs
    BEGIN SELECT RAISE(ABORT, 'messages are frozen'); END;

CREATE TABLE definitions (
    stem         TEXT PRIMARY KEY,
    digest       TEXT    NOT NULL,
    since        INTEGER,
    activated_at INTEGER NOT NULL,
    changed_at   INTEGER,
    entry        INTEGER NOT NULL REFERENCES entries (n)
) STRICT;

CREATE TABLE editions (
    id          INTEGER PRIMARY KEY,
    definition  TEXT    NOT NULL,
    audience    TEXT    NOT NULL,
    period      TEXT    NOT NULL,
    revision    INTEGER NOT NULL,
    status      TEXT    NOT NULL CHECK (status IN ('claimed', 'issued', 'failed', 'missed')),
    due_at      INTEGER NOT NULL,
    trigger     TEXT    NOT NULL,
    by_account  TEXT    NOT NULL,
    fence       INTEGER NOT NULL,
    claimer     TEXT    NOT NULL,
    lease_until INTEGER NOT NULL,
    failures    INTEGER NOT NULL,
    reason      TEXT    NOT NULL,
    at          INTEGER NOT NULL,
    entry       INTEGER NOT NULL REFERENCES entries (n)
) STRICT;

-- The one rule that makes a second edition impossible, across restarts and daemons.
CREATE UNIQUE INDEX editions_once ON editions (definition, audience, period, revision);

CREATE TABLE records (
    edition        INTEGER PRIMARY KEY REFERENCES editions (id),
    issued_at      INTEGER NOT NULL,
    owner          TEXT    NOT NULL,
    manifest       TEXT    NOT NULL,
    figures_digest TEXT    NOT NULL,
    log_head       TEXT    NOT NULL,
    entry          INTEGER NOT NULL REFERENCES entries (n)
) STRICT;

CREATE TABLE files (
    edition    INTEGER NOT NULL REFERENCES records (edition),
    position   INTEGER NOT NULL,
    name       TEXT    NOT NULL,
    media_type TEXT    NOT NULL,
    sha256     TEXT    NOT NULL,
    bytes      INTEGER NOT NULL,
    entry      INTEGER NOT NULL REFERENCES entries (n),
    PRIMARY KEY (edition, position),
    UNIQUE (edition, name)
) STRICT;

CREATE TABLE dispatches (
    id          INTEGER PRIMARY KEY,
    edition     INTEGER NOT NULL REFERENCES editions (id),
    purpose     TEXT    NOT NULL CHECK (purpose IN ('edition', 'notice')),
    sender      TEXT    NOT NULL,
    recipient   TEXT    NOT NULL,
    message_id  TEXT    NOT NULL UNIQUE,
    message     TEXT    NOT NULL REFERENCES blobs (sha256),
    formats     TEXT    NOT NULL,
    on_unknown  TEXT    NOT NULL CHECK (on_unknown IN ('resend', 'hold')),
    stage       TEXT    NOT NULL
        CHECK (stage IN ('queued', 'attempting', 'dot', 'sent', 'refused', 'held', 'cancelled')),
    attempts    INTEGER NOT NULL,
    unknowns    INTEGER NOT NULL,
    first_at    INTEGER,
    not_before  INTEGER NOT NULL,
    process     TEXT    NOT NULL,
    lease_until INTEGER NOT NULL,
    words       TEXT    NOT NULL,
    entry       INTEGER NOT NULL REFERENCES entries (n)
) STRICT;

CREATE INDEX dispatches_of_edition ON dispatches (edition);
-- Not a partial index: SQLite would not see that `stage = 'queued'` lies within its condition, and read the whole table.
CREATE INDEX dispatches_by_stage ON dispatches (stage, not_before);

CREATE TABLE attempts (
    dispatch INTEGER NOT NULL REFERENCES dispatches (id),
    number   INTEGER NOT NULL,
    began_at INTEGER NOT NULL,
    dot_at   INTEGER,
    ended_at INTEGER,
    outcome  TEXT    NOT NULL,
    words    TEXT    NOT NULL,
    entry    INTEGER NOT NULL REFERENCES entries (n),
    PRIMARY KEY (dispatch, number)
) STRICT;
