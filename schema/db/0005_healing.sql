-- Facts that are appended again by another writer because another branch took their old place.

-- Where such facts lie: how a reference finds those whose own position holds another branch. The entry at
-- (unit_no, writer_no, seq) is the copy.
CREATE TABLE refiled (
    unit_no   INTEGER NOT NULL,
    of_writer BLOB NOT NULL CHECK (length(of_writer) = 16),
    of_seq    BIGINT NOT NULL CHECK (of_seq > 0),
    of_hash8  BIGINT NOT NULL,
    writer_no INTEGER NOT NULL,
    seq       BIGINT NOT NULL,
    PRIMARY KEY (unit_no, of_writer, of_seq, of_hash8, writer_no, seq)
) WITHOUT ROWID;

CREATE INDEX refiled_place ON refiled (unit_no, writer_no, seq);

-- Of the projection, what is said by one entry each: writer_no, seq and hash8 are the place the fact first had. A
-- fact appended again keeps it and has one row, and two branches of a stream have a row each. Dropping a table loses
-- nothing: the projection is made anew after every migration.

DROP TABLE directory;

-- Units, rounds, operators, examiners, enrolments: every fact about one id. Which one stands is read off
-- the rows (the last of its stream; between streams the newer policy, then the greater hash).
CREATE TABLE directory (
    kind      BIGINT NOT NULL,             -- protocol::Kind
    id        TEXT NOT NULL,
    unit_no   INTEGER NOT NULL,
    writer_no INTEGER NOT NULL,
    seq       BIGINT NOT NULL,
    hash8     BIGINT NOT NULL,
    policy    BIGINT NOT NULL,
    payload   BLOB NOT NULL,
    PRIMARY KEY (kind, id, unit_no, writer_no, seq, hash8)
) WITHOUT ROWID;

DROP TABLE listing;

-- A row of a roster.
CREATE TABLE listing (
    person       BLOB NOT NULL CHECK (length(person) = 16),
    round        BIGINT NOT NULL,
    unit_no      INTEGER NOT NULL,
    writer_no    INTEGER NOT NULL,
    seq          BIGINT NOT NULL,
    row_no       INTEGER NOT NULL,
    hash8        BIGINT NOT NULL,
    day          INTEGER,
    kind         INTEGER NOT NULL,         -- 1 resident, 2 pupil
    group_name   TEXT,
    grade        TEXT,
    note         TEXT,
    details      BLOB NOT NULL,            -- protocol DetailsFact
    is_withdrawn INTEGER NOT NULL CHECK (is_withdrawn IN (0, 1)),
    is_counted   INTEGER NOT NULL CHECK (is_counted IN (0, 1)),  -- the row that counts its person as expected
    PRIMARY KEY (person, round, unit_no, writer_no, seq, row_no, hash8)
) WITHOUT ROWID;

CREATE INDEX listing_unit ON listing (round, unit_no);

DROP TABLE told;

-- What registrations and corrections say of a person.
CREATE TABLE told (
    person     BLOB NOT NULL CHECK (length(person) = 16),
    unit_no    INTEGER NOT NULL,
    writer_no  INTEGER NOT NULL,
    seq        BIGINT NOT NULL,
    hash8      BIGINT NOT NULL,
    day        INTEGER,
    source     INTEGER NOT NULL CHECK (source IN (1, 2, 3)),  -- 1 registration, 2 correction, 3 proposed correction
    round      BIGINT NOT NULL,
    kind       INTEGER NOT NULL,           -- 1 resident, 2 pupil, 0 not said
    home_unit  TEXT NOT NULL,
    home_text  TEXT NOT NULL,
    group_name TEXT,
    grade      TEXT,
    details    BLOB NOT NULL,
    PRIMARY KEY (person, unit_no, writer_no, seq, hash8)
) WITHOUT ROWID;

CREATE INDEX told_unit ON told (unit_no, round) WHERE source = 1;
