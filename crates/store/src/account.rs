//! One-time codes by which an operator's account is put on a device: made by a coordinator, used once by an enrolled
//! device. Passwords are not the server's: each device wraps its own key with them.

use crate::directory::Operator;
use crate::enrolment::{
    CODE_KEY_CHARS, CODE_SECRET_CHARS, CODE_TRIES_MAX, is_equal, random_chars, secret_hash,
    split_code,
};
use crate::error::StoreError;
use crate::open::Store;
use crate::stream::array;
use crate::tx::{Sql, Tx, bits, unbits};
use domain::ids::OperatorId;
use protocol::failure::Code;

/// How long an account code lives: a coordinator hands it over before the team leaves.
pub const ACCOUNT_CODE_VALID_MS: i64 = 24 * 3_600_000;

struct CodeRow {
    secret_hash: [u8; 32],
    operator: u64,
    expires_at_ms: i64,
    tries: i64,
    used_by: Option<Vec<u8>>,
}

impl Store {
    /// Makes a code for an operator: `XXXX-XXXX-XXXX`, shown once. Server only.
    pub fn new_account_code(
        &mut self,
        operator: OperatorId,
        expires_at_ms: i64,
    ) -> Result<String, StoreError> {
        if !self.is_server() {
            return Err(StoreError::Refused(Code::ServerRefused));
        }
        self.write(|tx| {
            // Codes nobody can use any more only make room.
            let sql = "DELETE FROM account_code WHERE expires_at_ms < $1 AND used_by IS NULL";
            tx.exec(sql, &[(expires_at_ms - 100 * ACCOUNT_CODE_VALID_MS).into()])?;
            let secret = random_chars::<CODE_SECRET_CHARS>()?;
            let mut key = random_chars::<CODE_KEY_CHARS>()?;
            while find(tx, &key)?.is_some() {
                key = random_chars::<CODE_KEY_CHARS>()?;
            }
            tx.exec(
                "INSERT INTO account_code (code_key, secret_hash, operator, expires_at_ms)
                 VALUES ($1, $2, $3, $4)",
                &[
                    key.as_str().into(),
                    Sql::Blob(&secret_hash(&key, &secret)),
                    bits(operator.0).into(),
                    expires_at_ms.into(),
                ],
            )?;
            Ok(format!("{key}-{}-{}", &secret[..4], &secret[4..]))
        })
    }

    /// Whom a code is for, and the code used up by this device; or why not. The same device may ask again while the
    /// code is valid: its answer was lost.
    pub fn redeem_account_code(
        &mut self,
        code: &str,
        device: &[u8; 16],
        now_ms: i64,
    ) -> Result<Result<Operator, Code>, StoreError> {
        let redeemed = self.write(|tx| redeem(tx, code, device, now_ms))?;
        let id = match redeemed {
            Ok(id) => id,
            Err(code) => return Ok(Err(code)),
        };
        let operators = self.operators()?;
        Ok(operators.into_iter().find(|known| known.id == id).ok_or(Code::OperatorUnknown))
    }
}

fn redeem(
    tx: &dyn Tx,
    code: &str,
    device: &[u8; 16],
    now_ms: i64,
) -> Result<Result<OperatorId, Code>, StoreError> {
    let Some((key, secret)) = split_code(code) else { return Ok(Err(Code::CodeInvalid)) };
    let Some(row) = find(tx, &key)? else { return Ok(Err(Code::CodeInvalid)) };
    if row.tries >= CODE_TRIES_MAX || now_ms >= row.expires_at_ms {
        return Ok(Err(Code::CodeExpired));
    }
    if !is_equal(&row.secret_hash, &secret_hash(&key, &secret)) {
        let sql = "UPDATE account_code SET tries = tries + 1 WHERE code_key = $1";
        tx.exec(sql, &[key.as_str().into()])?;
        return Ok(Err(Code::CodeInvalid));
    }
    if row.used_by.is_some_and(|used_by| used_by != device) {
        return Ok(Err(Code::CodeUsed));
    }
    let sql = "UPDATE account_code SET used_by = $2 WHERE code_key = $1";
    tx.exec(sql, &[key.as_str().into(), device.into()])?;
    Ok(Ok(OperatorId(row.operator)))
}

fn find(tx: &dyn Tx, key: &str) -> Result<Option<CodeRow>, StoreError> {
    let sql = "SELECT secret_hash, operator, expires_at_ms, tries, used_by FROM account_code
               WHERE code_key = $1";
    tx.first(sql, &[key.into()], |row| {
        Ok(CodeRow {
            secret_hash: array(row.blob(0)?)?,
            operator: unbits(row.int(1)?),
            expires_at_ms: row.int(2)?,
            tries: row.int(3)?,
            used_by: row.opt_blob(4)?.map(<[u8]>::to_vec),
        })
    })
}
