-- Own entries whose bytes are gone or changed and that nobody else was found to have. What is known of them; the
-- entries after them were filed again.
CREATE TABLE damaged (
    unit_no INTEGER NOT NULL,
    writer  BLOB NOT NULL CHECK (length(writer) = 16),
    seq     BIGINT NOT NULL CHECK (seq > 0),
    hash8   BIGINT,                      -- as it was when written; NULL where the row is gone
    kind    BIGINT,
    person  BLOB,
    round   BIGINT,
    PRIMARY KEY (unit_no, writer, seq)
) WITHOUT ROWID;
