-- Tubes counted where they arrived (送检清点), by where each entry stands first. What one says is read from its entry.
CREATE TABLE arrival (
    round     BIGINT NOT NULL,
    unit_no   INTEGER NOT NULL,
    day       INTEGER NOT NULL,  -- the day the tubes were drawn on
    writer_no INTEGER NOT NULL,
    seq       BIGINT NOT NULL,
    hash8     BIGINT NOT NULL,
    PRIMARY KEY (round, unit_no, day, writer_no, seq, hash8)
) WITHOUT ROWID;
