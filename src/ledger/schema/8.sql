-- Version 8: the reviews that are asked of people with an edition, and what they were told of it.

CREATE TABLE asked (
    edition  INTEGER PRIMARY KEY REFERENCES records (edition),
    asking   TEXT    NOT NULL,
    until    INTEGER NOT NULL,
    reviewed INTEGER NOT NULL CHECK (reviewed IN (0, 1)),
    entry    INTEGER NOT NULL REFERENCES entries (n)
) STRICT;

CREATE INDEX asked_open ON asked (reviewed, until);

-- The rule that makes a second telling of the same impossible, across restarts, daemons and clocks that jump.
CREATE TABLE asked_told (
    edition INTEGER NOT NULL REFERENCES asked (edition),
    what    TEXT    NOT NULL CHECK (what IN ('reminder', 'escalation')),
    number  INTEGER NOT NULL,
    entry   INTEGER NOT NULL REFERENCES entries (n),
    PRIMARY KEY (edition, what, number)
) STRICT;

CREATE TABLE asked_letters (
    dispatch INTEGER NOT NULL REFERENCES dispatches (id),
    edition  INTEGER NOT NULL REFERENCES asked (edition),
    entry    INTEGER NOT NULL REFERENCES entries (n),
    PRIMARY KEY (dispatch, edition)
) STRICT;

CREATE INDEX asked_letters_of_edition ON asked_letters (edition);
