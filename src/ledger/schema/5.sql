-- Version 5: who is not sent an edition that was issued, and why; by which role of the directory an address was found; and to
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
ALTER TABLE dispatches ADD COLUMN smaller TEXT NOT NULL DEFAULT '[]';
