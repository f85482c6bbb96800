-- Confirmations (检查者确认): which results that somebody typed for an examiner wait for the examiner's word.

-- The confirmations that are applied, by where each stands first. What one says is read from its entry.
CREATE TABLE confirmation (
    round     BIGINT NOT NULL,
    person    BLOB NOT NULL CHECK (length(person) = 16),
    unit_no   INTEGER NOT NULL,
    writer_no INTEGER NOT NULL,
    seq       BIGINT NOT NULL,
    hash8     BIGINT NOT NULL,
    PRIMARY KEY (round, person, unit_no, writer_no, seq, hash8)
) WITHOUT ROWID;

-- Saves with a current value at a station of dictated findings that no confirmation names, at the canonical id. Whether whoever
-- typed one is its examiner is read off the directory: it may come later.
CREATE TABLE unconfirmed (
    round    BIGINT NOT NULL,
    person   BLOB NOT NULL CHECK (length(person) = 16),
    station  INTEGER NOT NULL,
    writer   BLOB NOT NULL CHECK (length(writer) = 16),
    seq      BIGINT NOT NULL,
    hash8    BIGINT NOT NULL,
    operator BIGINT NOT NULL,  -- who typed, as the entry's header says
    examiner BIGINT NOT NULL,  -- who examined; 0 = not said
    PRIMARY KEY (round, person, station, writer, seq, hash8)
) WITHOUT ROWID;
