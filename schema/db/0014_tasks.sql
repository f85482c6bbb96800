-- Follow-ups (随访): what was done about findings, where each stands, lists that went out, rows that came back and were not taken.

-- The steps that are applied, by where each stands first. What one says is read from its entry.
CREATE TABLE step (
    round     BIGINT NOT NULL,
    person    BLOB NOT NULL CHECK (length(person) = 16),
    unit_no   INTEGER NOT NULL,
    writer_no INTEGER NOT NULL,
    seq       BIGINT NOT NULL,
    hash8     BIGINT NOT NULL,
    PRIMARY KEY (round, person, unit_no, writer_no, seq, hash8)
) WITHOUT ROWID;

-- Where each finding of levels A and B stands, at the canonical id: one row for each rule (doctor = a doctor's own).
CREATE TABLE task (
    round     BIGINT NOT NULL,
    person    BLOB NOT NULL CHECK (length(person) = 16),
    rule      TEXT NOT NULL,
    unit      TEXT NOT NULL,             -- counts the person: where listed, else where examined
    level     INTEGER NOT NULL CHECK (level BETWEEN 0 AND 3),
    state     INTEGER NOT NULL,          -- domain::task::TaskState
    due       INTEGER,                   -- days since 2000-01-01; null = nothing more is due, or nobody said when
    differs   INTEGER NOT NULL CHECK (differs IN (0, 1)),    -- two people said otherwise unaware of each other
    has_basis INTEGER NOT NULL CHECK (has_basis IN (0, 1)),  -- the finding still stands
    tries     INTEGER NOT NULL,          -- that reached nobody
    steps     INTEGER NOT NULL,          -- that stand
    operator  BIGINT NOT NULL,           -- who said the last of them; 0 = nobody yet
    PRIMARY KEY (round, person, rule)
) WITHOUT ROWID;

CREATE INDEX task_unit ON task (round, unit);

-- The number on paper, for each id of the person: a list printed before two ids became one still finds its rows.
CREATE TABLE task_number (
    number BIGINT NOT NULL,
    round  BIGINT NOT NULL,
    person BLOB NOT NULL CHECK (length(person) = 16),
    rule   TEXT NOT NULL,
    PRIMARY KEY (number, round, person, rule)
) WITHOUT ROWID;

CREATE INDEX task_number_person ON task_number (round, person);

-- Lists (随访单) that went out.
CREATE TABLE issue (
    round     BIGINT NOT NULL,
    unit      TEXT NOT NULL,
    unit_no   INTEGER NOT NULL,
    writer_no INTEGER NOT NULL,
    seq       BIGINT NOT NULL,
    hash8     BIGINT NOT NULL,
    day       INTEGER,
    operator  BIGINT NOT NULL,
    purpose   TEXT NOT NULL,
    format    TEXT NOT NULL,
    people    BIGINT NOT NULL,           -- rows of the list
    PRIMARY KEY (round, unit, unit_no, writer_no, seq, hash8)
) WITHOUT ROWID;

-- Rows of lists that came back and were not taken, until somebody looks at them. This replica's own.
CREATE TABLE task_held (
    id     BLOB PRIMARY KEY CHECK (length(id) = 32),
    file   TEXT NOT NULL,
    row_no BIGINT NOT NULL,              -- in the file, from 1; 0 = the file as a whole
    number TEXT NOT NULL,                -- as the row has it
    reason TEXT NOT NULL                 -- a reason's word
) WITHOUT ROWID;
