-- Final reports that were printed or handed over (发放).

-- What is said of them, by where each entry stands first. What one says is read from its entry.
CREATE TABLE delivery (
    round     BIGINT NOT NULL,
    person    BLOB NOT NULL CHECK (length(person) = 16),
    unit_no   INTEGER NOT NULL,
    writer_no INTEGER NOT NULL,
    seq       BIGINT NOT NULL,
    hash8     BIGINT NOT NULL,
    PRIMARY KEY (round, person, unit_no, writer_no, seq, hash8)
) WITHOUT ROWID;
