-- Version 2: which parts the periods of a divided report have.

CREATE TABLE divisions (
    definition TEXT    NOT NULL,
    period     TEXT    NOT NULL,
    by_field   TEXT    NOT NULL,
    parts      TEXT    NOT NULL,
    silent     TEXT    NOT NULL,
    entry      INTEGER NOT NULL REFERENCES entries (n),
    PRIMARY KEY (definition, period)
) STRICT;
