//! Who can open this device: the random database key, wrapped once per operator under a key stretched from their
//! password, and once for the organisation's recovery key. Two copies of one small file, replaced one after the
//! other, so that a cut leaves a whole one, and the second of these wraps in a file of its own too (`recovery_copy`). Names of staff
//! stand in it; nobody's health does.
//!
//! Not who may do what (accounts are the server's), and not how often a wrong password may be tried (`tries`).

use crate::hex::{hex, unhex};
use crate::home::{Home, failed};
use crate::host::{Host, StretchCost};
use crate::recovery_copy::{self, Unopened};
use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use domain::ids::OperatorId;
use protocol::{Code, Failure};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use store::Key;
use zeroize::Zeroizing;

/// The two copies, in the order they are written.
pub const SLOTS_FILES: [&str; 2] = ["slots.json", "slots.copy.json"];
/// Says that this folder had slots: what tells a device whose slots files are gone from one whose key is kept elsewhere.
pub const SLOTS_MARK: &str = "slots.mark";
/// A slots file is never larger, bytes.
const FILE_BYTES_MAX: u64 = 256 << 10;
/// Operators of one device.
pub const SLOTS_MAX: usize = 64;
const FORMAT: u32 = 1;

/// Somebody who works here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worker {
    /// Opaque name of the slot; empty for a device opened by a key file.
    pub slot: String,
    pub account: String,
    pub name: String,
    pub operator: Option<OperatorId>,
}

impl Worker {
    /// An operator the server told of, by account.
    pub(crate) fn of_directory(home: &Home, account: &str) -> Result<Worker, Failure> {
        let operators = home.store().operators().map_err(failed)?;
        let found = operators.into_iter().find(|operator| operator.account == account);
        let operator = found.ok_or(Failure::new(Code::OperatorUnknown))?;
        Ok(Worker {
            slot: String::new(),
            account: operator.account,
            name: operator.name,
            operator: Some(operator.id),
        })
    }
}

/// The slots of a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slots {
    format: u32,
    /// Raised with every change: the copy with the greater one is the newer.
    generation: u64,
    slots: Vec<Slot>,
    /// The database key for the organisation's recovery key: an age file, armoured.
    recovery: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Slot {
    slot: String,
    account: String,
    name: String,
    operator: Option<u64>,
    cost: StretchCost,
    salt: String,
    nonce: String,
    sealed: String,
}

impl Slots {
    /// What both copies say; `None` where this device has no slots (its key is kept elsewhere, or it is new). Where
    /// neither copy can be read the key is lost to passwords, and that is said.
    pub fn load(folder: &Path) -> Result<Option<Slots>, Failure> {
        let copies: Vec<_> = SLOTS_FILES.iter().map(|name| read(&folder.join(name))).collect();
        let newest = copies.iter().flatten().flatten().max_by_key(|slots| slots.generation);
        match newest {
            Some(newest) => Ok(Some(newest.clone())),
            None if copies.iter().all(Option::is_none) => Ok(None),
            None => Err(Failure::new(Code::KeyLost)),
        }
    }

    /// The same for whoever wants to come in: where there is a database and there were slots, and neither copy is left, the key is
    /// lost to passwords too.
    pub fn load_kept(folder: &Path) -> Result<Option<Slots>, Failure> {
        let slots = Slots::load(folder)?;
        let is_marked = folder.join(SLOTS_MARK).exists();
        if slots.is_none() && is_marked && store::exists(folder) {
            return Err(Failure::new(Code::KeyLost));
        }
        if slots.is_some() && !is_marked {
            set_mark(folder);
        }
        Ok(slots)
    }

    pub fn new() -> Slots {
        Slots { format: FORMAT, generation: 0, slots: Vec::new(), recovery: None }
    }

    pub fn workers(&self) -> Vec<Worker> {
        self.slots.iter().map(Slot::worker).collect()
    }

    pub fn has_recovery(&self) -> bool {
        self.recovery.is_some()
    }

    /// Adds an operator, or gives one who is here a new password. The old file stays until the new one is whole.
    pub fn put(
        &mut self,
        worker: &Worker,
        password: &str,
        key: &Key,
        host: &dyn Host,
    ) -> Result<Worker, Failure> {
        check_password(password, &worker.account)?;
        let slot = Slot::seal(worker, password, key, host)?;
        let worker = slot.worker();
        self.slots.retain(|kept| kept.account != slot.account);
        if self.slots.len() >= SLOTS_MAX {
            return Err(Failure::new(Code::SlotsFull));
        }
        self.slots.push(slot);
        Ok(worker)
    }

    /// Wraps the key for the organisation's recovery key (`age1...`).
    pub fn put_recovery(&mut self, recipient: &str, key: &Key) -> Result<(), Failure> {
        self.recovery = Some(recovery_copy::seal(recipient, key)?);
        Ok(())
    }

    /// The database key by the organisation's recovery key (`AGE-SECRET-KEY-1...`), where it is wrapped for one.
    pub(crate) fn recover(&self, identity: &str) -> Option<Result<Key, Unopened>> {
        self.recovery.as_deref().map(|sealed| recovery_copy::open(identity, sealed))
    }

    /// The key as it lies wrapped in the file of its own: what was opened there is kept here too.
    pub(crate) fn take_recovery(&mut self, sealed: String) {
        self.recovery = Some(sealed);
    }

    /// Makes the copy beside the store where a program that knew of none wrote these slots. Best effort: a full disk must not keep
    /// anybody from their work.
    pub(crate) fn copy_recovery(&self, folder: &Path) {
        if let Some(sealed) = &self.recovery {
            let _ = recovery_copy::keep(folder, sealed);
        }
    }

    /// The database key and who it was opened for. A wrong password is told apart from a damaged file by the seal: the
    /// file has its own check.
    pub fn open(&self, slot: &str, password: &str) -> Result<(Key, Worker), Failure> {
        let slot = self.slots.iter().find(|kept| kept.slot == slot);
        let slot = slot.ok_or(Failure::new(Code::SlotUnknown))?;
        Ok((slot.open(password)?, slot.worker()))
    }

    /// Takes an operator off this device. The last one stays.
    pub fn remove(&mut self, slot: &str) -> Result<(), Failure> {
        if self.slots.len() <= 1 {
            return Err(Failure::new(Code::SlotLast));
        }
        self.slots.retain(|kept| kept.slot != slot);
        Ok(())
    }

    /// Writes both copies, one after the other: at any cut one of them is whole. Before them the key wrapped for the organisation, in
    /// the file of its own.
    pub fn save(&mut self, folder: &Path) -> Result<(), Failure> {
        if let Some(sealed) = &self.recovery {
            recovery_copy::keep(folder, sealed).map_err(unwritten)?;
        }
        self.generation = self.generation.saturating_add(1);
        let body = serde_json::to_string(self).map_err(|_| Failure::new(Code::Internal))?;
        let text = format!("{}\n{body}\n", checksum(&body));
        for name in SLOTS_FILES {
            write_whole(folder, name, text.as_bytes()).map_err(unwritten)?;
        }
        set_mark(folder);
        Ok(())
    }
}

fn unwritten(error: std::io::Error) -> Failure {
    match error.kind() {
        std::io::ErrorKind::StorageFull => Failure::new(Code::DiskFull),
        _ => Failure::new(Code::StorageFailed),
    }
}

/// What is wrong with each of the two copies, by the file's name; empty where one of them can be read.
pub(crate) fn missing(folder: &Path) -> Vec<String> {
    let copies = SLOTS_FILES.map(|name| (name, read(&folder.join(name))));
    if copies.iter().any(|(_, copy)| matches!(copy, Some(Some(_)))) {
        return Vec::new();
    }
    let said = |(name, copy): (&str, Option<Option<Slots>>)| match copy {
        Some(_) => format!("{name} 已损坏"),
        None => format!("{name} 不在"),
    };
    copies.map(said).into()
}

/// Best effort: without it only the sentence at the door is a poorer one.
fn set_mark(folder: &Path) {
    if !folder.join(SLOTS_MARK).exists() {
        let _ = write_whole(folder, SLOTS_MARK, b"");
    }
}

impl Default for Slots {
    fn default() -> Slots {
        Slots::new()
    }
}

impl Slot {
    fn worker(&self) -> Worker {
        Worker {
            slot: self.slot.clone(),
            account: self.account.clone(),
            name: self.name.clone(),
            operator: self.operator.map(OperatorId),
        }
    }

    fn seal(worker: &Worker, password: &str, key: &Key, host: &dyn Host) -> Result<Slot, Failure> {
        let (mut salt, mut nonce) = ([0_u8; 16], [0_u8; 24]);
        host.random(&mut salt)?;
        host.random(&mut nonce)?;
        let mut slot = Slot {
            slot: hex(&host.random_16()?),
            account: worker.account.clone(),
            name: worker.name.clone(),
            operator: worker.operator.map(|operator| operator.0),
            cost: host.stretch_cost(),
            salt: hex(&salt),
            nonce: hex(&nonce),
            sealed: String::new(),
        };
        let sealed = slot
            .cipher(password)?
            .encrypt(XNonce::from_slice(&nonce), slot.payload(key.expose()))
            .map_err(|_| Failure::new(Code::Internal))?;
        slot.sealed = hex(&sealed);
        Ok(slot)
    }

    fn open(&self, password: &str) -> Result<Key, Failure> {
        let damaged = || Failure::new(Code::KeyLost);
        let nonce = unhex(&self.nonce).filter(|nonce| nonce.len() == 24).ok_or_else(damaged)?;
        let sealed = unhex(&self.sealed).ok_or_else(damaged)?;
        let opened = self
            .cipher(password)?
            .decrypt(XNonce::from_slice(&nonce), self.payload(&sealed))
            .map_err(|_| Failure::new(Code::PasswordWrong))?;
        let opened = Zeroizing::new(opened);
        let bytes: [u8; 32] = opened.as_slice().try_into().map_err(|_| damaged())?;
        Ok(Key::new(bytes))
    }

    /// A slot is good for one account of one device's file: moved under another name it does not open.
    fn payload<'a>(&'a self, message: &'a [u8]) -> Payload<'a, 'a> {
        Payload { msg: message, aad: self.account.as_bytes() }
    }

    fn cipher(&self, password: &str) -> Result<XChaCha20Poly1305, Failure> {
        let salt = unhex(&self.salt).ok_or(Failure::new(Code::KeyLost))?;
        let cost = self.cost.bounded().ok_or(Failure::new(Code::KeyLost))?;
        let params = Params::new(cost.memory_kib, cost.passes, 1, Some(32))
            .map_err(|_| Failure::new(Code::KeyLost))?;
        let mut stretched = Zeroizing::new([0_u8; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(normalize(password).as_bytes(), &salt, stretched.as_mut_slice())
            .map_err(|_| Failure::new(Code::Internal))?;
        Ok(XChaCha20Poly1305::new(stretched.as_slice().into()))
    }
}

/// One stretching at a cost, for measuring how long it takes here.
pub(crate) fn stretch_once(cost: StretchCost) {
    if let Ok(params) = Params::new(cost.memory_kib, cost.passes, 1, Some(32)) {
        let mut out = Zeroizing::new([0_u8; 32]);
        let _ = Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into(
            b"how long",
            &[0; 16],
            out.as_mut_slice(),
        );
    }
}

/// Full-width characters typed with a Chinese keyboard mean the same password.
fn normalize(password: &str) -> Zeroizing<String> {
    Zeroizing::new(domain::identity::to_half_width(password))
}

/// Passwords that everybody tries first, one a line.
const BLOCKLIST: &str = include_str!("../../../schema/passwords/blocklist.txt");
/// Characters of a password.
pub const PASSWORD_CHARS_MIN: usize = 10;

/// Ten characters or more, not everybody's, not the account's, not a row of keys.
pub fn check_password(password: &str, account: &str) -> Result<(), Failure> {
    let plain = Zeroizing::new(normalize(password).to_lowercase());
    let count = plain.chars().count();
    let distinct: std::collections::BTreeSet<char> = plain.chars().collect();
    let step = |pair: &[u32], by: i64| i64::from(pair[1]) - i64::from(pair[0]) == by;
    let codes: Zeroizing<Vec<u32>> = Zeroizing::new(plain.chars().map(u32::from).collect());
    let is_row = [1, -1].iter().any(|by| codes.windows(2).all(|pair| step(pair, *by)));
    let account = account.to_lowercase();
    let is_account = account.chars().count() >= 4 && plain.contains(&account);
    let is_common = BLOCKLIST.lines().any(|word| !word.starts_with('#') && word == plain.as_str());
    if count < PASSWORD_CHARS_MIN || distinct.len() < 5 || is_row || is_account || is_common {
        return Err(Failure::new(Code::PasswordWeak));
    }
    Ok(())
}

/// A copy as it lies there: `None` = no file; `Some(None)` = a file that cannot be read.
fn read(path: &Path) -> Option<Option<Slots>> {
    let meta = fs::metadata(path).ok()?;
    let text = (meta.len() <= FILE_BYTES_MAX).then(|| fs::read_to_string(path).ok()).flatten();
    Some(text.and_then(|text| {
        let (sum, body) = text.split_once('\n')?;
        let body = body.trim_end_matches('\n');
        let slots: Slots = serde_json::from_str(body).ok()?;
        (checksum(body) == sum && slots.format == FORMAT).then_some(slots)
    }))
}

/// Tells a damaged file from a whole one; not a seal: who can write here can write both.
fn checksum(body: &str) -> String {
    use sha2::Digest;
    hex(&sha2::Sha256::digest(body.as_bytes())[..16])
}

/// Beside, synced, renamed, and the folder synced: the old content or the new one, never half.
pub(crate) fn write_whole(folder: &Path, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    let beside: PathBuf = folder.join(format!("{name}.new"));
    let mut file = fs::File::create(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&beside, folder.join(name))?;
    sync_folder(folder)
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

/// Other systems have no handle of a folder to sync; the rename is theirs to keep.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> std::io::Result<()> {
    Ok(())
}
