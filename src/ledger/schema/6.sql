-- Version 6: who is not sent an edition that was issued, and why; by which role of the directory an address was found; and to
-- what a message may be cut down if a server finds it too large.

CREATE TABLE unsent (
    edition   INTEGER NOT NULL REFERENCES records (edition),
    position  INTEGER NOT NULL,
    recipient TEXT    NOT NULL,
    why       TEXT    NOT NULL,
    entry     INTEGER NOT NULL REFERENCES entries (n),
    PRIMARY KEY (edition, position)
) STRICT;

ALTER TABLE dispatches ADD COLUMN via TEXT NOT NULL DEFAULT '';

-- The forms of a message that has several, from the largest (0) to the smallest.
CREATE TABLE forms (
    dispatch INTEGER NOT NULL REFERENCES dispatches (id),
    position INTEGER NOT NULL,
    message  TEXT    NOT NULL REFERENCES blobs (sha256),
    bytes    INTEGER NOT NULL,
    formats  TEXT    NOT NULL,
    left_out TEXT    NOT NULL,
    entry    INTEGER NOT NULL REFERENCES entries (n),
    PRIMARY KEY (dispatch, position)
) STRICT;

CREATE INDEX forms_of_message ON forms (message);

-- Every frozen message with the edition that it belongs to.
CREATE VIEW frozen (message, edition) AS
    SELECT message, edition FROM dispatches
    UNION SELECT f.message, d.edition FROM forms f JOIN dispatches d ON d.id = f.dispatch;

DROP TRIGGER blobs_never_change;
CREATE TRIGGER blobs_never_change BEFORE UPDATE ON blobs
    WHEN NEW.sha256 <> OLD.sha256 OR length(NEW.bytes) > 0
        OR NOT EXISTS (SELECT 1 FROM frozen f WHERE f.message = OLD.sha256)
        OR EXISTS (SELECT 1 FROM frozen f
                   WHERE f.message = OLD.sha256 AND f.edition NOT IN (SELECT edition FROM retirements))
    BEGIN SELECT RAISE(ABORT, 'messages are frozen'); END;
