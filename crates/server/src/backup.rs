//! Making a backup, also while the server runs: a copy of one moment under a key of its own, proven, sealed to
//! keys that are not on this server, and only then counted (已备份). Not where the file is carried to: as long as
//! it lies on the same disk it protects from mistakes alone.

use crate::announced;
use crate::archive::{self, ArchiveHead};
use crate::data::{self, failed, io_failure};
use crate::host::unix_ms;
use crate::workspace::Workspace;
use ledger::{BackedUp, Replica, own_digest};
use office::Moment;
use protocol::{Code, Failure};
use serde::Serialize;
use std::fs;
use std::path::{Path, PathBuf};
use store::{Key, Store};

/// What is to be backed up, and to whom it is sealed.
#[derive(Debug, Clone, Default)]
pub struct BackupOrder {
    pub data: PathBuf,
    pub key_file: Option<PathBuf>,
    pub out: PathBuf,
    /// Public keys, `age1...`.
    pub recipients: Vec<String>,
    /// Public keys, a line each.
    pub recipients_file: Option<PathBuf>,
}

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BackupMade {
    pub file: PathBuf,
    /// Civil time in China by the server's clock.
    pub made_at: String,
    /// Entries in it: those that are 已备份 now.
    pub entries: u64,
    pub streams: usize,
    pub bytes: u64,
    pub recipients: usize,
}

/// A new pair of keys for backups. The file goes away from the server; the answer stays on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyMade {
    pub file: PathBuf,
    pub recipient: String,
}

pub fn backup_keygen(out: &Path) -> Result<KeyMade, Failure> {
    Ok(KeyMade { file: out.to_owned(), recipient: archive::make_identity(out)? })
}

/// Makes a backup; `progress` hears each step's name.
pub fn backup(order: &BackupOrder, progress: &mut dyn FnMut(&str)) -> Result<BackupMade, Failure> {
    let recipients = archive::recipients(&order.recipients, order.recipients_file.as_deref())?;
    let (mut store, _) = data::open(&order.data, order.key_file.as_deref())?;
    refuse_other_files(&order.data, &order.out)?;
    store.seal_own().map_err(failed)?;
    let at_ms = unix_ms();
    let workspace = Workspace::beside(&order.out)?;
    let folder = workspace.folder("copy")?;
    let key = Key::generate().map_err(failed)?;
    progress("复制数据库");
    store.copy_to(&folder, &key, &mut |_, _| {}).map_err(failed)?;
    let backup = BackedUp { at_ms, ..prove(&folder, &key, progress)? };
    let entries = backup.heads.values().map(|head| head.seq).sum();
    let database = folder.join("health.db");
    let length = fs::metadata(&database).map_err(|e| io_failure(&e, Code::FileUnwritable))?.len();
    let head = ArchiveHead {
        key: key.expose().to_vec(),
        made_at_ms: at_ms,
        database_bytes: length,
        heads_digest: own_digest(&backup.heads).to_vec(),
        entries,
    };
    progress("加密备份");
    let sealed = workspace.file("sealed");
    archive::seal(&sealed, &recipients, &head, &database)?;
    let bytes = fs::metadata(&sealed).map_err(|e| io_failure(&e, Code::FileUnwritable))?.len();
    workspace.hand_over(&sealed)?;
    let server = store.public_key().map_err(failed)?;
    announced::keep(&order.out, &server, &backup.heads)?;
    // Counted last, and by what was read from the copy: the live database has gone on since.
    store.note_backup(&backup).map_err(failed)?;
    Ok(BackupMade {
        file: order.out.clone(),
        made_at: Moment::at(at_ms).as_of,
        entries,
        streams: backup.heads.len(),
        bytes,
        recipients: recipients.len(),
    })
}

/// Only an older backup is replaced. Nothing in the server's own folder is looked at, let alone replaced.
fn refuse_other_files(data: &Path, out: &Path) -> Result<(), Failure> {
    let folder = out.parent().filter(|parent| !parent.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new(".")).canonicalize().ok();
    if folder.is_some() && folder == data.canonicalize().ok() {
        return Err(Failure::at(Code::UsageInvalid, "--out"));
    }
    if out.is_dir() {
        return Err(Failure::new(Code::FileUnwritable));
    }
    if out.exists() && !archive::is_sealed(out) {
        return Err(Failure::new(Code::FileExists));
    }
    Ok(())
}

/// Opens the copy as a server would, checks it, and reads its heads. Nobody can do so once it is sealed.
fn prove(folder: &Path, key: &Key, progress: &mut dyn FnMut(&str)) -> Result<BackedUp, Failure> {
    let copy = Store::open(folder, key).map_err(|error| match failed(error).code {
        code @ (Code::DiskFull | Code::StorageFailed) => Failure::new(code),
        _ => Failure::new(Code::BackupUnproven),
    })?;
    if !copy.verify_ledger(progress).map_err(failed)?.is_empty() {
        return Err(Failure::new(Code::BackupUnproven));
    }
    let heads = copy.heads(None).map_err(failed)?;
    copy.close().map_err(failed)?;
    Ok(BackedUp { at_ms: 0, heads })
}
