-- Holds name the stream that says them: what is said of an entry may lie in the district's stream too.

DROP TABLE hold;

-- Holds and their lifting. The entry spoken of may not have come yet: its writer is named, not numbered.
-- Held while the greatest decision about it is 0 or 2.
CREATE TABLE hold (
    unit_no      INTEGER NOT NULL,                                -- of the entry spoken of
    writer       BLOB NOT NULL CHECK (length(writer) = 16),
    seq          BIGINT NOT NULL,
    hash8        BIGINT NOT NULL,
    by_unit_no   INTEGER NOT NULL,                                -- of the stream that says so
    by_writer_no INTEGER NOT NULL,
    by_seq       BIGINT NOT NULL,
    decision     INTEGER NOT NULL CHECK (decision IN (0, 1, 2)),  -- 0 held, 1 applied, 2 left out for good
    words        TEXT NOT NULL,                                   -- the reason, or the note of the decision
    PRIMARY KEY (unit_no, writer, seq, hash8, by_unit_no, by_writer_no, by_seq)
) WITHOUT ROWID;
