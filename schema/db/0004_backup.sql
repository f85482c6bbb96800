-- What the last verified backup of the server holds (已备份). On a server as it made the backup, on a device as its
-- server told. Units and writers by their own names: a device may hear of streams it does not hold yet.

CREATE TABLE backup_head (
    unit   TEXT NOT NULL CHECK (length(unit) BETWEEN 1 AND 24),
    writer BLOB NOT NULL CHECK (length(writer) = 16),
    seq    BIGINT NOT NULL CHECK (seq > 0),
    chain  BLOB NOT NULL CHECK (length(chain) = 32),  -- as read from the backup
    PRIMARY KEY (unit, writer)
) WITHOUT ROWID;
