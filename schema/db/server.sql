-- What only a server has: enrolment codes, tokens, and when it last heard from whom.

-- A one-time code is a public part that finds the row and a secret part of which only the hash is kept.
CREATE TABLE enrol_code (
    code_key      TEXT PRIMARY KEY,
    secret_hash   BLOB NOT NULL CHECK (length(secret_hash) = 32),
    units         TEXT NOT NULL,               -- unit keys, a line each
    expires_at_ms BIGINT NOT NULL,
    tries         INTEGER NOT NULL DEFAULT 0,  -- wrong secrets given
    used_by       BLOB CHECK (length(used_by) = 16)  -- hash of the device and key that used it
) WITHOUT ROWID;

CREATE TABLE device_token (
    device        BLOB PRIMARY KEY CHECK (length(device) = 16),
    token_hash    BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32)
) WITHOUT ROWID;

CREATE TABLE device_heard (
    device          BLOB PRIMARY KEY CHECK (length(device) = 16),
    heard_at_ms     BIGINT NOT NULL,  -- the server's clock
    clock_offset_ms BIGINT NOT NULL,  -- the device's clock minus the server's, as claimed
    unsent          BIGINT NOT NULL CHECK (unsent >= 0)
) WITHOUT ROWID;
