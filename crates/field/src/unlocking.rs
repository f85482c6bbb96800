//! Slots from the command line: who can open this device, the key by a password, and a new slot where every password
//! is forgotten but the organisation kept its recovery key.

use crate::home::Home;
use crate::host::Host;
use crate::recovery_copy::{self, RECOVERY_FILE, Unopened};
use crate::slots::{self, Slots, Worker};
use crate::tries::Tries;
use protocol::{Code, Failure};
use serde::Serialize;
use std::path::Path;
use std::sync::Arc;
use store::Key;

/// One operator's slot as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SlotRow {
    pub account: String,
    pub name: String,
    /// Seconds until a try counts again.
    pub wait_s: u32,
}

/// Who can open the device of this folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SlotsShown {
    pub slots: Vec<SlotRow>,
    /// The organisation's recovery key opens it too.
    pub recovery: bool,
}

/// Reads the slots; a device whose key is kept elsewhere has none.
pub fn slots(folder: &Path, host: &dyn Host) -> Result<SlotsShown, Failure> {
    let Some(slots) = Slots::load_kept(folder)? else {
        return Ok(SlotsShown { slots: Vec::new(), recovery: false });
    };
    let tries = Tries::load_at(folder, host.unix_ms());
    let row = |worker: Worker| SlotRow {
        wait_s: tries.wait_s(&worker.slot, host.unix_ms()),
        account: worker.account,
        name: worker.name,
    };
    Ok(SlotsShown {
        slots: slots.workers().into_iter().map(row).collect(),
        recovery: slots.has_recovery(),
    })
}

/// The key for one account's password, with the same counting of wrong ones as on the screen.
pub fn unlock(
    folder: &Path,
    account: &str,
    password: &str,
    host: &dyn Host,
) -> Result<Key, Failure> {
    let slots = Slots::load_kept(folder)?.ok_or(Failure::new(Code::SlotUnknown))?;
    let worker = slots.workers().into_iter().find(|worker| worker.account == account);
    let worker = worker.ok_or(Failure::new(Code::SlotUnknown))?;
    open_counted(folder, &slots, &worker.slot, password, host).map(|(key, _)| key)
}

/// Opens a slot; a wrong password is counted, and while the wait lasts none is tried.
pub(crate) fn open_counted(
    folder: &Path,
    slots: &Slots,
    slot: &str,
    password: &str,
    host: &dyn Host,
) -> Result<(Key, Worker), Failure> {
    let now_ms = host.unix_ms();
    let mut tries = Tries::load_at(folder, now_ms);
    let wait_s = tries.wait_s(slot, now_ms);
    if wait_s > 0 {
        return Err(Failure::at(Code::PasswordWait, format!("{wait_s} 秒")));
    }
    let opened = slots.open(slot, password);
    match &opened {
        Ok(_) => tries.right(slot),
        Err(failure) if failure.code == Code::PasswordWrong => tries.wrong(slot, now_ms),
        Err(_) => return opened,
    }
    tries.save(folder);
    opened
}

/// A new password for an account by the organisation's recovery key; the old slots stay. Where neither slots file can be read any
/// more, the key is that of the copy beside the store, and whoever worked here gets a new password each in the same way.
pub fn recover(
    folder: &Path,
    identity: &str,
    account: &str,
    password: &str,
    host: Arc<dyn Host>,
) -> Result<SlotsShown, Failure> {
    if !store::exists(folder) {
        return Err(Failure::new(Code::DatabaseMissing));
    }
    let (mut slots, key) = recovered(folder, identity)?;
    // The right key of another device would make a slot that opens nothing.
    let home = Home::open(folder, &key, host.clone())?;
    let known = slots.workers().into_iter().find(|worker| worker.account == account);
    let worker = match known {
        Some(worker) => worker,
        None => Worker::of_directory(&home, account)?,
    };
    slots.put(&worker, password, &key, &*host)?;
    slots.save(folder)?;
    self::slots(folder, &*host)
}

/// The slots that are left, and the key.
fn recovered(folder: &Path, identity: &str) -> Result<(Slots, Key), Failure> {
    let gone = slots::missing(folder);
    let mut kept = match gone.is_empty() {
        true => Slots::load(folder)?.unwrap_or_default(),
        false => Slots::new(),
    };
    if let Some(opened) = kept.recover(identity) {
        return Ok((kept, opened.map_err(unopened)?));
    }
    let nothing_left = |copy: &str| match gone.is_empty() {
        true => Failure::new(Code::RecoveryAbsent),
        false => {
            Failure::at(Code::RecoveryLost, format!("{}、{RECOVERY_FILE} {copy}", gone.join("、")))
        }
    };
    let Some(sealed) = recovery_copy::load(folder) else {
        return Err(nothing_left("不在"));
    };
    match recovery_copy::open(identity, &sealed) {
        Ok(key) => {
            kept.take_recovery(sealed);
            Ok((kept, key))
        }
        Err(Unopened::Damaged) => Err(nothing_left("已损坏")),
        Err(other) => Err(unopened(other)),
    }
}

fn unopened(why: Unopened) -> Failure {
    match why {
        Unopened::NoIdentity => Failure::new(Code::BackupIdentityInvalid),
        Unopened::OtherKey | Unopened::Damaged => Failure::new(Code::BackupIdentityWrong),
    }
}
