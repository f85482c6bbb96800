//! How a server lets devices in: one-time codes, tokens, certificates, and when each was last heard
//! from. Only hashes of codes and tokens are kept. No clock: every time is an argument, ms since
//! 1970 UTC by the server's clock.

use crate::certificate::server_public_key;
use crate::error::StoreError;
use crate::open::{Role, Store};
use crate::policy;
use crate::project::standing_fact;
use crate::random;
use crate::shown::lift_bar;
use crate::stream::array;
use crate::tx::{Row, Sql, Tx};
use ledger::{CERTIFICATE_UNITS_MAX, DeviceCertificate, UnitKey};
use prost::Message;
use protocol::Kind;
use protocol::fact::EnrolmentFact;
use protocol::failure::Code;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Wrong secrets after which a code is void.
pub const CODE_TRIES_MAX: i64 = 5;
/// How long a code lives where nobody says otherwise: 15 minutes.
pub const CODE_VALID_MS: i64 = 15 * 60 * 1000;
/// Characters that are not taken for one another when read aloud or from paper: no I, L, O, U.
const CODE_ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// The part that finds the code, and the part that proves it: 40 bits against `CODE_TRIES_MAX`
/// tries.
pub(crate) const CODE_KEY_CHARS: usize = 4;
pub(crate) const CODE_SECRET_CHARS: usize = 8;
/// Longest name of a device, characters.
const NAME_CHARS_MAX: usize = 64;

/// A device let in: what it is told, once.
pub struct Enrolled {
    pub certificate: DeviceCertificate,
    /// 64 hex digits. Only its hash stays here.
    pub token: String,
    pub units: Vec<UnitKey>,
    pub policy: u32,
}

/// When a device last called, and what it claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    pub heard_at_ms: i64,
    /// The device's clock minus the server's.
    pub clock_offset_ms: i64,
    /// Entries it had not yet sent.
    pub unsent: i64,
}

/// What a device asks with.
#[derive(Debug, Clone, Copy)]
pub struct EnrolAsk<'a> {
    pub code: &'a str,
    pub device: [u8; 16],
    pub public_key: [u8; 32],
    pub name: &'a str,
}

impl Store {
    /// Makes a one-time code for a device that may hold these units. Answers it as
    /// `XXXX-XXXX-XXXX`; it is shown once and cannot be shown again.
    pub fn new_enrol_code(
        &mut self,
        units: &[UnitKey],
        expires_at_ms: i64,
    ) -> Result<String, StoreError> {
        if units.is_empty() || units.len() > CERTIFICATE_UNITS_MAX {
            return Err(StoreError::Refused(Code::UnitUnknown));
        }
        let units: Vec<&str> = units.iter().map(UnitKey::as_str).collect();
        let units = units.join("\n");
        self.write(|tx| {
            // Codes nobody can use any more only make room.
            let sql = "DELETE FROM enrol_code WHERE expires_at_ms < $1 AND used_by IS NULL";
            tx.exec(sql, &[(expires_at_ms - 100 * CODE_VALID_MS).into()])?;
            let secret = random_chars::<CODE_SECRET_CHARS>()?;
            let key = free_code_key(tx)?;
            tx.exec(
                "INSERT INTO enrol_code (code_key, secret_hash, units, expires_at_ms)
                 VALUES ($1, $2, $3, $4)",
                &[
                    key.as_str().into(),
                    Sql::Blob(&secret_hash(&key, &secret)),
                    units.as_str().into(),
                    expires_at_ms.into(),
                ],
            )?;
            Ok(format!("{key}-{}-{}", &secret[..4], &secret[4..]))
        })
    }

    /// Lets a device in by its code: certificate, token, and an enrolment entry in the district's
    /// stream, in one transaction. `Err` inside is the refusal; a wrong secret is counted. The same
    /// device with the same key may ask again with the same code while it is valid (its answer was
    /// lost) and gets a new token.
    pub fn enrol_device(
        &mut self,
        ask: &EnrolAsk,
        now_ms: i64,
    ) -> Result<Result<Enrolled, Code>, StoreError> {
        if !self.is_server() {
            return Err(StoreError::Refused(Code::ServerRefused));
        }
        let own = self.own();
        self.write(|tx| {
            let units = match redeem(tx, ask, now_ms)? {
                Ok(units) => units,
                Err(code) => return Ok(Err(code)),
            };
            // A device id is one key's for ever: with another key it is somebody else's device.
            let known = enrolment_in(tx, &ask.device)?;
            let is_known = known.is_some();
            if let Some(known) = &known
                && DeviceCertificate::decode(&known.certificate)
                    .is_ok_and(|certificate| certificate.public_key != ask.public_key)
            {
                return Ok(Err(Code::CodeInvalid));
            }
            let name: String = ask.name.chars().take(NAME_CHARS_MAX).collect();
            let is_lost = policy::has_lost_versions(tx)?;
            let same = |known: &EnrolmentFact| {
                !known.revoked && policy::is_same_scope(known, &units) && !is_lost
            };
            let said = known.filter(same);
            let (certificate, policy) = match said {
                // Asked again, nothing new is to be said.
                Some(known) if known.name == name => {
                    let certificate = DeviceCertificate::decode(&known.certificate);
                    let certificate = certificate.map_err(|_| StoreError::Stored("certificate"))?;
                    (certificate, policy::policy_now(tx, true)?)
                }
                same => {
                    // Other units than it had are a change of policy, as for any device at work.
                    let policy = match (is_known, same) {
                        (true, None) => policy::raise_policy(tx)?,
                        (true, Some(_)) | (false, _) => policy::policy_now(tx, true)?,
                    };
                    let who = (ask.device, ask.public_key, name);
                    (policy::certify_device(tx, &own, who, &units, policy)?, policy)
                }
            };
            lift_bar(tx, &ask.device)?;
            let token = put_token(tx, &ask.device)?;
            Ok(Ok(Enrolled { certificate, token, units, policy }))
        })
    }

    /// The enrolment that stands for a device; `None` for one never enrolled here.
    pub fn enrolment_of(&self, device: &[u8; 16]) -> Result<Option<EnrolmentFact>, StoreError> {
        self.read(|tx| enrolment_in(tx, device))
    }

    /// The device a token belongs to.
    pub fn device_of_token(&self, token: &str) -> Result<Option<[u8; 16]>, StoreError> {
        let hash = token_hash(token);
        let sql = "SELECT device, token_hash FROM device_token WHERE token_hash = $1";
        let found = self.read(|tx| {
            tx.first(sql, &[Sql::Blob(&hash)], |row| {
                Ok((array::<16>(row.blob(0)?)?, array::<32>(row.blob(1)?)?))
            })
        })?;
        Ok(found.filter(|(_, kept)| is_equal(kept, &hash)).map(|(device, _)| device))
    }

    /// Notes that a device called.
    pub fn note_heard(&mut self, device: &[u8; 16], heard: &Heard) -> Result<(), StoreError> {
        self.write(|tx| {
            tx.exec(
                "INSERT INTO device_heard (device, heard_at_ms, clock_offset_ms, unsent)
                 VALUES ($1, $2, $3, $4)
                 ON CONFLICT (device) DO UPDATE SET heard_at_ms = excluded.heard_at_ms,
                     clock_offset_ms = excluded.clock_offset_ms, unsent = excluded.unsent",
                &[
                    device.into(),
                    heard.heard_at_ms.into(),
                    heard.clock_offset_ms.into(),
                    heard.unsent.max(0).into(),
                ],
            )?;
            Ok(())
        })
    }

    /// When each device last called. Empty on a device: only the server hears all.
    pub fn heard(&self) -> Result<BTreeMap<[u8; 16], Heard>, StoreError> {
        match self.role() {
            Role::Device => Ok(BTreeMap::new()),
            Role::Server => self.read(|tx| {
                let sql = "SELECT device, heard_at_ms, clock_offset_ms, unsent FROM device_heard";
                Ok(tx.rows(sql, &[], read_heard)?.into_iter().collect())
            }),
        }
    }

    /// The server's public key: the root of every certificate. `None` on a device that is not
    /// enrolled.
    pub fn server_public_key(&self) -> Result<Option<[u8; 32]>, StoreError> {
        self.read(server_public_key)
    }
}

pub(crate) fn enrolment_in(
    tx: &dyn Tx,
    device: &[u8; 16],
) -> Result<Option<EnrolmentFact>, StoreError> {
    let payload = standing_fact(tx, Kind::Enrolment, &policy::id_of(device))?;
    let read = |bytes: Vec<u8>| EnrolmentFact::decode(bytes.as_slice());
    payload.map(read).transpose().map_err(|_| StoreError::Stored("enrolment"))
}

fn read_heard(row: &dyn Row) -> Result<([u8; 16], Heard), StoreError> {
    let heard =
        Heard { heard_at_ms: row.int(1)?, clock_offset_ms: row.int(2)?, unsent: row.int(3)? };
    Ok((array(row.blob(0)?)?, heard))
}

struct CodeRow {
    secret_hash: [u8; 32],
    units: Vec<UnitKey>,
    expires_at_ms: i64,
    tries: i64,
    used_by: Option<Vec<u8>>,
}

/// The units a code stands for, and the code used up by this device and key; or why not.
fn redeem(
    tx: &dyn Tx,
    ask: &EnrolAsk,
    now_ms: i64,
) -> Result<Result<Vec<UnitKey>, Code>, StoreError> {
    let Some((key, secret)) = split_code(ask.code) else { return Ok(Err(Code::CodeInvalid)) };
    let Some(row) = find_code(tx, &key)? else { return Ok(Err(Code::CodeInvalid)) };
    if row.tries >= CODE_TRIES_MAX || now_ms >= row.expires_at_ms {
        return Ok(Err(Code::CodeExpired));
    }
    if !is_equal(&row.secret_hash, &secret_hash(&key, &secret)) {
        let sql = "UPDATE enrol_code SET tries = tries + 1 WHERE code_key = $1";
        tx.exec(sql, &[key.as_str().into()])?;
        return Ok(Err(Code::CodeInvalid));
    }
    let user = user_hash(ask);
    match row.used_by {
        Some(used_by) if used_by != user => return Ok(Err(Code::CodeUsed)),
        Some(_) | None => {}
    }
    let sql = "UPDATE enrol_code SET used_by = $2 WHERE code_key = $1";
    tx.exec(sql, &[key.as_str().into(), Sql::Blob(&user)])?;
    Ok(Ok(row.units))
}

fn find_code(tx: &dyn Tx, key: &str) -> Result<Option<CodeRow>, StoreError> {
    let sql = "SELECT secret_hash, units, expires_at_ms, tries, used_by FROM enrol_code WHERE code_key = $1";
    tx.first(sql, &[key.into()], |row| {
        let units: Result<Vec<UnitKey>, _> = row.text(1)?.lines().map(UnitKey::try_new).collect();
        Ok(CodeRow {
            secret_hash: array(row.blob(0)?)?,
            units: units.map_err(|_| StoreError::Stored("unit"))?,
            expires_at_ms: row.int(2)?,
            tries: row.int(3)?,
            used_by: row.opt_blob(4)?.map(<[u8]>::to_vec),
        })
    })
}

/// The code as a person may type it: any case, blanks and dashes anywhere, O for 0, I and L for 1.
pub(crate) fn split_code(typed: &str) -> Option<(String, String)> {
    let mut chars = Vec::with_capacity(CODE_KEY_CHARS + CODE_SECRET_CHARS);
    for typed in typed.chars().filter(|c| !c.is_whitespace() && *c != '-') {
        let plain = match typed.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        if !CODE_ALPHABET.iter().any(|known| char::from(*known) == plain) {
            return None;
        }
        chars.push(plain);
        if chars.len() > CODE_KEY_CHARS + CODE_SECRET_CHARS {
            return None;
        }
    }
    if chars.len() < CODE_KEY_CHARS + CODE_SECRET_CHARS {
        return None;
    }
    let secret = chars.split_off(CODE_KEY_CHARS);
    Some((chars.into_iter().collect(), secret.into_iter().collect()))
}

fn free_code_key(tx: &dyn Tx) -> Result<String, StoreError> {
    loop {
        let key = random_chars::<CODE_KEY_CHARS>()?;
        if find_code(tx, &key)?.is_none() {
            return Ok(key);
        }
    }
}

pub(crate) fn random_chars<const N: usize>() -> Result<String, StoreError> {
    // 256 is a multiple of 32: every character is equally likely.
    let bytes = random::bytes::<N>()?;
    Ok(bytes.iter().map(|b| char::from(CODE_ALPHABET[usize::from(b % 32)])).collect())
}

pub(crate) fn secret_hash(key: &str, secret: &str) -> [u8; 32] {
    let hash = Sha256::new().chain_update(b"hx-enrol-1\0").chain_update(key);
    hash.chain_update(secret).finalize().into()
}

/// Who used a code: a device with its key, as 16 bytes.
fn user_hash(ask: &EnrolAsk) -> [u8; 16] {
    let hash = Sha256::new().chain_update(ask.device).chain_update(ask.public_key).finalize();
    let mut short = [0; 16];
    short.copy_from_slice(&hash[..16]);
    short
}

/// A new token for a device, in place of one it had.
fn put_token(tx: &dyn Tx, device: &[u8; 16]) -> Result<String, StoreError> {
    let bytes = random::bytes::<32>()?;
    let token: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
    put_token_hash(tx, device, &token_hash(&token))?;
    Ok(token)
}

pub(crate) fn put_token_hash(
    tx: &dyn Tx,
    device: &[u8; 16],
    hash: &[u8; 32],
) -> Result<(), StoreError> {
    tx.exec(
        "INSERT INTO device_token (device, token_hash) VALUES ($1, $2)
         ON CONFLICT (device) DO UPDATE SET token_hash = excluded.token_hash",
        &[device.into(), Sql::Blob(hash)],
    )?;
    Ok(())
}

fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// Compares without telling by its time where the first difference is.
pub(crate) fn is_equal(a: &[u8; 32], b: &[u8; 32]) -> bool {
    let different = a.iter().zip(b).fold(0, |different, (a, b)| different | (a ^ b));
    std::hint::black_box(different) == 0
}
