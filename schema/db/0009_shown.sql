-- Devices that prove themselves to a server that forgot them.

-- Devices that showed their certificate because this server, restored from a backup, does not know their enrolment. They push;
-- they pull when the enrolment is back or a coordinator agrees. Empty on devices.
CREATE TABLE device_shown (
    device      BLOB PRIMARY KEY CHECK (length(device) = 16),
    certificate BLOB NOT NULL,           -- ledger/README.md, document D; signed by this server
    name        TEXT NOT NULL,           -- as the device says
    shown_at_ms BIGINT NOT NULL          -- the server's clock
) WITHOUT ROWID;

-- Devices whose token was taken away: showing a certificate does not let them in again, enrolling anew does.
CREATE TABLE device_barred (
    device BLOB PRIMARY KEY CHECK (length(device) = 16)
) WITHOUT ROWID;

-- A server's own entries lost to damage, as a device has them.
CREATE TABLE IF NOT EXISTS damaged (
    unit_no INTEGER NOT NULL,
    writer  BLOB NOT NULL CHECK (length(writer) = 16),
    seq     BIGINT NOT NULL CHECK (seq > 0),
    hash8   BIGINT,                      -- as it was when written; NULL where the row is gone
    kind    BIGINT,
    person  BLOB,
    round   BIGINT,
    PRIMARY KEY (unit_no, writer, seq)
) WITHOUT ROWID;
