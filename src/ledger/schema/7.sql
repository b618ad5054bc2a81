-- Version 7: findings: which there are, so that the same one is not raised twice; all that was said of one stands in the entries.

CREATE TABLE findings (
    year   INTEGER NOT NULL,
    number INTEGER NOT NULL,
    key    TEXT    NOT NULL UNIQUE,
    count  INTEGER NOT NULL,
    total  INTEGER NOT NULL,
    entry  INTEGER NOT NULL REFERENCES entries (n),
    PRIMARY KEY (year, number)
) STRICT;

-- The register is read from these entries alone, among millions of others.
CREATE INDEX entries_of_findings ON entries (n) WHERE kind IN ('finding_raised', 'finding_changed');
