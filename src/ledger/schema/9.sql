-- Version 9: alerts: mails at once about what rules found. Each stands among the editions, with a status of its own, because every
-- message belongs to one of those; the table is made anew, for its statuses were a closed list.

CREATE TABLE editions_then (
    id          INTEGER PRIMARY KEY,
    definition  TEXT    NOT NULL,
    audience    TEXT    NOT NULL,
    period      TEXT    NOT NULL,
    revision    INTEGER NOT NULL,
    status      TEXT    NOT NULL CHECK (status IN ('claimed', 'issued', 'failed', 'missed', 'alert')),
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
INSERT INTO editions_then SELECT * FROM editions;
DROP TABLE editions;
ALTER TABLE editions_then RENAME TO editions;
CREATE UNIQUE INDEX editions_once ON editions (definition, audience, period, revision);

-- How far rules have looked is read from the newest of these entries, and who was alerted of what from the newest of the others.
CREATE INDEX entries_of_watching ON entries (n) WHERE kind = 'watched';
CREATE INDEX entries_of_alerts ON entries (n) WHERE kind = 'alerted';
