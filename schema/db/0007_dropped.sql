-- Streams whose bodies have left this replica, all of them being in a verified backup (已备份): where each stood. A stream
-- lies here or in `stream`; in both only while its bodies are fetched back.

CREATE TABLE dropped (
    unit_no   INTEGER NOT NULL,
    writer_no INTEGER NOT NULL,
    seq       BIGINT NOT NULL CHECK (seq > 0),
    chain     BLOB NOT NULL CHECK (length(chain) = 32),
    signature BLOB NOT NULL CHECK (length(signature) = 64),         -- the writer's seal on it
    is_wanted INTEGER NOT NULL CHECK (is_wanted IN (0, 1)),         -- to be fetched back
    PRIMARY KEY (unit_no, writer_no)
) WITHOUT ROWID;
