-- What only a device has.

-- How far the server is known to hold each stream (已上传), by its own signed answers.
CREATE TABLE server_head (
    unit_no   INTEGER NOT NULL,
    writer_no INTEGER NOT NULL,
    seq       BIGINT NOT NULL CHECK (seq >= 0),
    PRIMARY KEY (unit_no, writer_no)
) WITHOUT ROWID;
