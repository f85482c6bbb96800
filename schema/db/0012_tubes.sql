-- Tubes and what laboratories report of them.

-- What entries say of tubes. Those stand that no other names (tube_seen).
CREATE TABLE tube (
    round     BIGINT NOT NULL,
    code      TEXT NOT NULL,
    unit_no   INTEGER NOT NULL,
    writer_no INTEGER NOT NULL,
    seq       BIGINT NOT NULL,
    hash8     BIGINT NOT NULL,
    person    BLOB NOT NULL CHECK (length(person) = 16),
    kind      BIGINT NOT NULL,             -- schema/laboratory/tubes.json
    act       INTEGER NOT NULL CHECK (act IN (1, 2, 3)),  -- 1 bound, 2 no good, 3 nobody's
    day       INTEGER,
    reason    TEXT NOT NULL,
    PRIMARY KEY (round, code, unit_no, writer_no, seq, hash8)
) WITHOUT ROWID;

CREATE INDEX tube_person ON tube (person, round);

CREATE INDEX tube_unit ON tube (unit_no, round);

-- Entries about a tube that another has seen and replaces.
CREATE TABLE tube_seen (
    round        BIGINT NOT NULL,
    code         TEXT NOT NULL,
    writer       BLOB NOT NULL CHECK (length(writer) = 16),
    seq          BIGINT NOT NULL,
    hash8        BIGINT NOT NULL,
    by_unit_no   INTEGER NOT NULL,
    by_writer_no INTEGER NOT NULL,
    by_seq       BIGINT NOT NULL,
    by_hash8     BIGINT NOT NULL,
    PRIMARY KEY (round, code, writer, seq, hash8, by_unit_no, by_writer_no, by_seq, by_hash8)
) WITHOUT ROWID;

-- How a laboratory's files are read, as it was told here last. This replica's own.
CREATE TABLE laboratory (
    name    TEXT PRIMARY KEY,
    mapping TEXT NOT NULL                  -- intake::laboratory::Mapping as JSON
) WITHOUT ROWID;

-- Files of laboratories already taken in here.
CREATE TABLE lab_file (
    hash  BLOB NOT NULL CHECK (length(hash) = 32),
    round BIGINT NOT NULL,
    PRIMARY KEY (hash, round)
) WITHOUT ROWID;

-- Reports, or whole files, that were not applied, until somebody resolves them. This replica's own.
CREATE TABLE lab_held (
    id         BLOB PRIMARY KEY CHECK (length(id) = 32),
    round      BIGINT NOT NULL,
    laboratory TEXT NOT NULL,
    file       TEXT NOT NULL,
    row_no     BIGINT NOT NULL,            -- in the file, from 1; 0 = the file as a whole
    code       TEXT NOT NULL,              -- as the file has it
    reason     TEXT NOT NULL,
    report     TEXT NOT NULL               -- intake::laboratory::Report as JSON; empty for a whole file
) WITHOUT ROWID;
