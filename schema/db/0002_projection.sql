-- What the entries say, as tables: the same for the same entries and catalogue, whatever order they came in.
-- Nothing here is a source: every row can be made anew from `entry` (project::rebuild).
-- person = 16 bytes; round, operator, examiner and hash8 = 64 bits kept in a signed column; day = days since
-- 2000-01-01; unit = a unit's key as text; masks of items = bit n stands for the item of code n.

-- 1. Said by one entry each, and gone while that entry is held.

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
    PRIMARY KEY (kind, id, unit_no, writer_no, seq)
) WITHOUT ROWID;

-- Holds and their lifting. The entry spoken of may not have come yet: its writer is named, not numbered.
-- Held while the greatest decision about it is 0 or 2.
CREATE TABLE hold (
    unit_no      INTEGER NOT NULL,
    writer       BLOB NOT NULL CHECK (length(writer) = 16),
    seq          BIGINT NOT NULL,
    hash8        BIGINT NOT NULL,
    by_writer_no INTEGER NOT NULL,
    by_seq       BIGINT NOT NULL,
    decision     INTEGER NOT NULL CHECK (decision IN (0, 1, 2)),  -- 0 held, 1 applied, 2 left out for good
    words        TEXT NOT NULL,                                   -- the reason, or the note of the decision
    PRIMARY KEY (unit_no, writer, seq, hash8, by_writer_no, by_seq)
) WITHOUT ROWID;

-- Rows taken off a roster.
CREATE TABLE withdrawal (
    unit_no      INTEGER NOT NULL,
    writer       BLOB NOT NULL CHECK (length(writer) = 16),
    seq          BIGINT NOT NULL,
    hash8        BIGINT NOT NULL,
    row_no       INTEGER NOT NULL,
    by_writer_no INTEGER NOT NULL,
    by_seq       BIGINT NOT NULL,
    PRIMARY KEY (unit_no, writer, seq, hash8, row_no, by_writer_no, by_seq)
) WITHOUT ROWID;

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
    PRIMARY KEY (person, round, unit_no, writer_no, seq, row_no)
) WITHOUT ROWID;

CREATE INDEX listing_unit ON listing (round, unit_no);

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
    PRIMARY KEY (person, unit_no, writer_no, seq)
) WITHOUT ROWID;

CREATE INDEX told_unit ON told (unit_no, round) WHERE source = 1;

-- 2. Derived from all rows above about one person.

-- own_*: what this id's own facts say; ids with the same three are one person, named by the smallest (canon).
-- The other columns are the whole group's, at the canonical id alone, and null at the others.
CREATE TABLE person (
    person             BLOB PRIMARY KEY CHECK (length(person) = 16),
    canon              BLOB NOT NULL CHECK (length(canon) = 16),
    own_id_number      TEXT,               -- valid and not merely proposed
    own_name           TEXT NOT NULL,
    own_birth          INTEGER,
    kind               INTEGER,
    name               TEXT,
    sex                INTEGER,            -- 1 male, 2 female, null unknown
    birth              INTEGER,
    id_number          TEXT,
    student_no         TEXT,
    phone              TEXT,
    phone_owner        TEXT,
    address            TEXT,
    proposed           INTEGER,            -- mask of the details that only a proposal gives
    name_key           TEXT,               -- the name without spaces and dots
    pinyin             TEXT,
    initials           TEXT,
    id_number_reversed TEXT,
    student_reversed   TEXT,
    phone_reversed     TEXT
);

CREATE INDEX person_canon ON person (canon) WHERE canon <> person;
CREATE INDEX person_own_id ON person (own_id_number) WHERE own_id_number IS NOT NULL;
CREATE INDEX person_id ON person (id_number) WHERE id_number IS NOT NULL;
CREATE INDEX person_id_reversed ON person (id_number_reversed) WHERE id_number_reversed IS NOT NULL;
CREATE INDEX person_student ON person (student_no) WHERE student_no IS NOT NULL;
CREATE INDEX person_student_reversed ON person (student_reversed) WHERE student_reversed IS NOT NULL;
CREATE INDEX person_phone ON person (phone) WHERE phone IS NOT NULL;
CREATE INDEX person_phone_reversed ON person (phone_reversed) WHERE phone_reversed IS NOT NULL;
CREATE INDEX person_name ON person (name_key) WHERE name_key IS NOT NULL;
CREATE INDEX person_pinyin ON person (pinyin) WHERE pinyin IS NOT NULL;
CREATE INDEX person_initials ON person (initials) WHERE initials IS NOT NULL;

-- Any two characters of a name, in their order: first * 2^21 + second.
CREATE TABLE name_gram (
    gram   BIGINT NOT NULL,
    person BLOB NOT NULL,
    PRIMARY KEY (gram, person)
) WITHOUT ROWID;

-- 3. Derived from all entries about one person in one round.

-- unit, sex, band, the masks, judgements and places are also what the row gave to tally and coverage.
CREATE TABLE checkup (
    person     BLOB NOT NULL CHECK (length(person) = 16),  -- canonical
    round      BIGINT NOT NULL,
    unit       TEXT NOT NULL,              -- counts the person: where listed, else where examined
    stop       TEXT NOT NULL,              -- where examined first, else where registered; empty = the unit
    day        INTEGER,
    kind       INTEGER NOT NULL,
    sex        INTEGER NOT NULL,           -- 0 unknown, 1 male, 2 female
    band       INTEGER NOT NULL,           -- of age; project::share::Band
    standing   INTEGER NOT NULL,           -- 0 listed, 1 other village, 2 outside
    present    BIGINT NOT NULL,            -- items with a value found out
    abnormal   BIGINT NOT NULL,
    conflict   BIGINT NOT NULL,            -- items with current values that differ
    unusual    BIGINT NOT NULL,
    worst      INTEGER NOT NULL,           -- 0 none, 1 C, 2 B, 3 A
    results    BLOB NOT NULL,              -- project::packed
    judgements BLOB NOT NULL,
    examiners  BLOB NOT NULL,
    places     TEXT NOT NULL,              -- where examined or listed, and as what; '=' = the unit alone
    PRIMARY KEY (person, round)
) WITHOUT ROWID;

CREATE INDEX checkup_unit ON checkup (round, unit);

-- Judgements of level A to C: the list a coordinator works from, unit by unit, level by level.
CREATE TABLE finding (
    round  BIGINT NOT NULL,
    unit   TEXT NOT NULL,
    level  INTEGER NOT NULL CHECK (level BETWEEN 1 AND 3),
    person BLOB NOT NULL CHECK (length(person) = 16),
    rule   TEXT NOT NULL,
    code   TEXT NOT NULL,
    day    INTEGER,
    PRIMARY KEY (round, unit, level, person, rule, code)
) WITHOUT ROWID;

-- 4. Sums, kept in step with the checkups.

-- One row a unit, sex and age band: for each item and class how many (project::share).
CREATE TABLE tally (
    round  BIGINT NOT NULL,
    unit   TEXT NOT NULL,
    sex    INTEGER NOT NULL,
    band   INTEGER NOT NULL,
    people BIGINT NOT NULL,                -- with at least one value found out
    cells  BLOB NOT NULL,
    PRIMARY KEY (round, unit, sex, band)
) WITHOUT ROWID;

CREATE TABLE coverage (
    round                  BIGINT NOT NULL,
    unit                   TEXT NOT NULL,
    expected               BIGINT NOT NULL,
    examined_listed        BIGINT NOT NULL,
    examined_other_village BIGINT NOT NULL,
    examined_outside       BIGINT NOT NULL,
    PRIMARY KEY (round, unit)
) WITHOUT ROWID;
