-- The ledger as it lies on every replica: streams, entries, seals, certificates, settings.
-- One text for SQLite and PostgreSQL: the PostgreSQL side writes BYTEA for BLOB and leaves WITHOUT ROWID out.
-- Numbers of units and writers are local to this database; nothing outside it may hold one.

CREATE TABLE migration (
    number INTEGER PRIMARY KEY,
    name   TEXT NOT NULL,
    hash   BLOB NOT NULL CHECK (length(hash) = 32)  -- SHA-256 of the text applied
);

CREATE TABLE setting (
    key   TEXT PRIMARY KEY,
    value BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE writer (
    writer_no INTEGER PRIMARY KEY,
    writer    BLOB NOT NULL UNIQUE CHECK (length(writer) = 16),
    is_server INTEGER NOT NULL DEFAULT 0 CHECK (is_server IN (0, 1))  -- its device key is the server's own
);

CREATE TABLE unit_key (
    unit_no INTEGER PRIMARY KEY,
    unit    TEXT NOT NULL UNIQUE CHECK (length(unit) BETWEEN 1 AND 24)
);

CREATE TABLE certificate (
    writer_no INTEGER PRIMARY KEY,
    device    BLOB NOT NULL,  -- ledger::DeviceCertificate as bytes
    writer    BLOB NOT NULL   -- ledger::WriterCertificate as bytes
);

CREATE TABLE stream (
    unit_no      INTEGER NOT NULL,
    writer_no    INTEGER NOT NULL,
    seq          BIGINT NOT NULL CHECK (seq >= 0),
    chain        BLOB NOT NULL CHECK (length(chain) = 32),
    bytes        BIGINT NOT NULL CHECK (bytes >= 0),         -- of all bodies up to seq
    sealed_seq   BIGINT NOT NULL CHECK (sealed_seq BETWEEN 0 AND seq),
    sealed_bytes BIGINT NOT NULL CHECK (sealed_bytes BETWEEN 0 AND bytes),
    policy       BIGINT NOT NULL DEFAULT 0,                  -- the highest an entry has named
    PRIMARY KEY (unit_no, writer_no)
) WITHOUT ROWID;

-- A reference names writer and seq, not the unit: the writer's streams, then the entry.
CREATE INDEX stream_writer ON stream (writer_no);

CREATE TABLE seal (
    unit_no   INTEGER NOT NULL,
    writer_no INTEGER NOT NULL,
    seq       BIGINT NOT NULL CHECK (seq > 0),
    chain     BLOB NOT NULL CHECK (length(chain) = 32),
    bytes     BIGINT NOT NULL CHECK (bytes > 0),             -- of all bodies up to seq
    signature BLOB NOT NULL CHECK (length(signature) = 64),
    PRIMARY KEY (unit_no, writer_no, seq)
) WITHOUT ROWID;

-- The facts, byte for byte as they came. kind, person and round are copied out of the header so that a
-- checkup can be projected anew without reading the others; null where the header names none or cannot be read.
CREATE TABLE entry (
    unit_no   INTEGER NOT NULL,
    writer_no INTEGER NOT NULL,
    seq       BIGINT NOT NULL CHECK (seq > 0),
    hash8     BIGINT NOT NULL,                               -- first 8 bytes of the body's SHA-256, big-endian
    kind      BIGINT,
    person    BLOB CHECK (length(person) = 16),
    round     BIGINT,
    body      BLOB NOT NULL CHECK (length(body) <= 65536),
    PRIMARY KEY (unit_no, writer_no, seq)
) WITHOUT ROWID;

CREATE INDEX entry_checkup ON entry (round, person) WHERE person IS NOT NULL;
