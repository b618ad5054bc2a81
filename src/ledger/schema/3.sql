-- Version 3: which daemon leads; and what the owner of a definition was told of its file.

-- One row; no part of what happened, so no entry stands behind it.
CREATE TABLE leader (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    process     TEXT    NOT NULL,
    fence       INTEGER NOT NULL,
    since       INTEGER NOT NULL,
    renewed_at  INTEGER NOT NULL,
    lease_until INTEGER NOT NULL
) STRICT;

-- SHA-256 of the wrong text that was told; empty: that it is mended.
CREATE TABLE tellings (
    definition TEXT    PRIMARY KEY,
    sha256     TEXT    NOT NULL,
    entry      INTEGER NOT NULL REFERENCES entries (n)
) STRICT;
