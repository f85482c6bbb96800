-- Conclusions (总检): which entries are one, and how each checkup stands to those about it.

-- The conclusions that are applied, by where each stands first. What one says is read from its entry.
CREATE TABLE conclusion (
    round     BIGINT NOT NULL,
    person    BLOB NOT NULL CHECK (length(person) = 16),
    unit_no   INTEGER NOT NULL,
    writer_no INTEGER NOT NULL,
    seq       BIGINT NOT NULL,
    hash8     BIGINT NOT NULL,
    PRIMARY KEY (round, person, unit_no, writer_no, seq, hash8)
) WITHOUT ROWID;

-- A checkup's state, at the canonical id; no row = nothing is concluded.
CREATE TABLE concluded (
    round  BIGINT NOT NULL,
    person BLOB NOT NULL CHECK (length(person) = 16),
    state  INTEGER NOT NULL CHECK (state IN (1, 2, 3)),  -- 1 signed, 2 to be looked at again, 3 two that differ
    PRIMARY KEY (round, person)
) WITHOUT ROWID;
