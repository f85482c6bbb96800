-- One-time codes by which an operator's account is put on a device. As with enrolment codes, a public part finds the
-- row and of the secret part only the hash is kept.
CREATE TABLE account_code (
    code_key      TEXT PRIMARY KEY,
    secret_hash   BLOB NOT NULL CHECK (length(secret_hash) = 32),
    operator      BIGINT NOT NULL,             -- 64 bits in a signed column
    expires_at_ms BIGINT NOT NULL,
    tries         INTEGER NOT NULL DEFAULT 0,  -- wrong secrets given
    used_by       BLOB CHECK (length(used_by) = 16)  -- the device that used it
) WITHOUT ROWID;
