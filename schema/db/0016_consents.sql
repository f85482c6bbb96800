-- Consents (知情同意): what families of pupils say on their slips, and what of it stands.

-- The consents that are applied, by where each stands first. What one says is read from its entry.
CREATE TABLE consent (
    round     BIGINT NOT NULL,
    person    BLOB NOT NULL CHECK (length(person) = 16),
    unit_no   INTEGER NOT NULL,
    writer_no INTEGER NOT NULL,
    seq       BIGINT NOT NULL,
    hash8     BIGINT NOT NULL,
    PRIMARY KEY (round, person, unit_no, writer_no, seq, hash8)
) WITHOUT ROWID;

CREATE INDEX consent_person ON consent (person, round);

-- What stands about a person, at the canonical id; no row = nobody said anything. Of several the strictest.
CREATE TABLE consented (
    round    BIGINT NOT NULL,
    person   BLOB NOT NULL CHECK (length(person) = 16),
    answer   INTEGER NOT NULL CHECK (answer IN (1, 2, 3)),  -- 1 the slip is here, 2 it refuses everything, 3 no slip
    stations TEXT NOT NULL,                                 -- codes of stations refused, with commas
    items    TEXT NOT NULL,                                 -- codes of single items refused, with commas
    differs  INTEGER NOT NULL CHECK (differs IN (0, 1)),    -- two people said otherwise unaware of each other
    PRIMARY KEY (round, person)
) WITHOUT ROWID;
