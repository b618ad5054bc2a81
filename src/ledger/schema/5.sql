-- Version 5: legal holds, and editions whose files and messages were removed by retention.

CREATE TABLE holds (
    id          INTEGER PRIMARY KEY,
    report      TEXT,
    from_day    TEXT,
    to_day      TEXT,
    reason      TEXT    NOT NULL,
    by_account  TEXT    NOT NULL,
    at          INTEGER NOT NULL,
    released_at INTEGER,
    released_by TEXT    NOT NULL,
    released_why TEXT   NOT NULL,
    entry       INTEGER NOT NULL REFERENCES entries (n)
) STRICT;

CREATE TABLE retirements (
    edition    INTEGER PRIMARY KEY REFERENCES records (edition),
    at         INTEGER NOT NULL,
    policy     TEXT    NOT NULL,
    by_account TEXT    NOT NULL,
    reason     TEXT    NOT NULL,
    entry      INTEGER NOT NULL REFERENCES entries (n)
) STRICT;

CREATE INDEX dispatches_of_message ON dispatches (message);

-- A message stays frozen, but that all of it may go when the edition that it belongs to is retired.
DROP TRIGGER blobs_never_change;
CREATE TRIGGER blobs_never_change BEFORE UPDATE ON blobs
    WHEN NEW.sha256 <> OLD.sha256 OR length(NEW.bytes) > 0
        OR EXISTS (SELECT 1 FROM dispatches d
                   WHERE d.message = OLD.sha256 AND d.edition NOT IN (SELECT edition FROM retirements))
    BEGIN SELECT RAISE(ABORT, 'messages are frozen'); END;
