//! Restoring a server from a backup: into an empty folder, and only after everything in it was checked. Not what
//! the restored server then does about devices that saw more than the backup holds.

use crate::announced::{self, RangeAtRisk};
use crate::archive::{self, ArchiveHead};
use crate::data::{self, CA_FILE, KEY_FILE, failed};
use crate::workspace::Workspace;
use ledger::{BackedUp, Replica, own_digest};
use office::Moment;
use protocol::{Code, Failure};
use serde::Serialize;
use std::fs;
use std::path::{Path, PathBuf};
use store::{Key, Role, Setting, Store};

/// What is restored, and where to.
#[derive(Debug, Clone, Default)]
pub struct RestoreOrder {
    /// An empty folder, or one that is not there yet.
    pub data: PathBuf,
    pub from: PathBuf,
    /// The private half of a key the backup was sealed to.
    pub identity: PathBuf,
    /// Where the new folder's database key is, or is put; without it the key lies in the folder.
    pub key_file: Option<PathBuf>,
    /// Restore although entries that were 已备份 are not in it: a person has read which.
    pub accept_loss: bool,
}

/// What was restored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Restored {
    pub data: PathBuf,
    pub key_file: PathBuf,
    /// When the backup was made: civil time in China by the clock of the server it was made on.
    pub made_at: String,
    pub entries: u64,
    /// The new life of this server, 32 hex digits.
    pub instance: String,
    /// What was 已备份 and is not in this backup. Devices that still hold it give it back.
    pub at_risk: Vec<RangeAtRisk>,
}

/// Restores; `progress` hears each step's name. On any failure the folder is as it was.
pub fn restore(order: &RestoreOrder, progress: &mut dyn FnMut(&str)) -> Result<Restored, Failure> {
    refuse_unless_empty(&order.data)?;
    let identities = archive::identities(&order.identity)?;
    let (key, is_new_key) = match order.key_file.as_deref().filter(|path| path.exists()) {
        Some(path) => (data::read_key(path)?, false),
        None => (Key::generate().map_err(failed)?, true),
    };
    let workspace = Workspace::beside(&order.data)?;
    progress("解密备份");
    let taken = workspace.folder("taken")?;
    let head = archive::unseal(&order.from, &identities, &taken.join("health.db"))?;
    let (backup, copy) = prove(&taken, &head, progress)?;
    let at_risk = at_risk(&order.from, &copy, order.accept_loss)?;
    if !at_risk.is_empty() && !order.accept_loss {
        return Err(announced::refusal(&at_risk));
    }
    progress("写入新目录");
    let ready = workspace.folder("ready")?;
    copy.copy_to(&ready, &key, &mut |_, _| {}).map_err(failed)?;
    drop(copy);
    let mut store = Store::open(&ready, &key).map_err(failed)?;
    if store.heads(None).map_err(failed)? != backup.heads {
        return Err(Failure::new(Code::BackupBroken));
    }
    store.become_restored(&backup).map_err(failed)?;
    let instance = store.device().map_err(failed)?;
    let ca = data::text(&store, Setting::CaPem)?;
    store.close().map_err(failed)?;
    data::write_ca(&ready.join(CA_FILE), &ca)?;
    let key_file = order.key_file.clone().unwrap_or_else(|| order.data.join(KEY_FILE));
    if is_new_key {
        let path = order.key_file.clone().unwrap_or_else(|| ready.join(KEY_FILE));
        data::write_key(&path, &key)?;
    }
    let handed_over = workspace.hand_over(&ready);
    if let (Err(_), true, Some(path)) = (&handed_over, is_new_key, &order.key_file) {
        // A key to nothing; the cause is told.
        let _ = fs::remove_file(path);
    }
    handed_over?;
    Ok(Restored {
        data: order.data.clone(),
        key_file,
        made_at: Moment::at(head.made_at_ms).as_of,
        entries: head.entries,
        instance: instance.iter().map(|byte| format!("{byte:02x}")).collect(),
        at_risk,
    })
}

/// What was announced as 已备份 and this copy does not hold, with an equal chain. Where the announcement cannot be
/// read nothing can be named, and only who accepts that goes on.
fn at_risk(from: &Path, copy: &Store, accept_loss: bool) -> Result<Vec<RangeAtRisk>, Failure> {
    let server = copy.public_key().map_err(failed)?;
    let announced = match announced::kept(from, &server) {
        Err(_) if accept_loss => return Ok(Vec::new()),
        kept => kept?,
    };
    let held = copy.heads(None).map_err(failed)?;
    let mut at_risk = Vec::new();
    for (key, head) in announced {
        if copy.chain_at(&key, head.seq).map_err(failed)? == Some(head.chain) {
            continue;
        }
        let has = held.get(&key).map_or(0, |held| held.seq);
        // As far as it goes it may be another branch: then all of it is at risk.
        let from = if has < head.seq { has + 1 } else { 1 };
        let (unit, writer) = (key.unit.to_string(), key.writer.to_string());
        at_risk.push(RangeAtRisk { unit, writer, from, to: head.seq });
    }
    Ok(at_risk)
}

fn refuse_unless_empty(folder: &Path) -> Result<(), Failure> {
    let Ok(mut inside) = fs::read_dir(folder) else {
        // Not there yet, or no folder.
        return if folder.exists() {
            Err(Failure::new(Code::RestoreFolderNotEmpty))
        } else {
            Ok(())
        };
    };
    if inside.next().is_some() { Err(Failure::new(Code::RestoreFolderNotEmpty)) } else { Ok(()) }
}

/// Everything is looked at: file, ledger, projection, sums, and that it is what was sealed.
fn prove(
    folder: &Path,
    head: &ArchiveHead,
    progress: &mut dyn FnMut(&str),
) -> Result<(BackedUp, Store), Failure> {
    let broken = || Failure::new(Code::BackupBroken);
    let key: [u8; 32] = head.key.as_slice().try_into().map_err(|_| broken())?;
    let copy = Store::open(folder, &Key::new(key)).map_err(|error| match failed(error).code {
        // What the disk refuses says nothing of the backup.
        code @ (Code::DatabaseNewer | Code::DiskFull | Code::StorageFailed) => Failure::new(code),
        _ => broken(),
    })?;
    let is_server = match copy.role() {
        Role::Server => true,
        Role::Device => false,
    };
    if !is_server || !copy.verify(progress).map_err(failed)?.is_empty() {
        return Err(broken());
    }
    let heads = copy.heads(None).map_err(failed)?;
    if own_digest(&heads).as_slice() != head.heads_digest {
        return Err(broken());
    }
    Ok((BackedUp { at_ms: head.made_at_ms, heads }, copy))
}
