//! The install mark: a file beside the database that says which installation this is and how often it has handed
//! over. A database put back from a copy, or carried to another machine, no longer agrees with it; then
//! what is written from here goes under a new writer id. A false alarm costs one id.
//!
//! A copy of the whole folder takes the file along and is not seen here: the first handshake shows that one.

use crate::home::failed;
use crate::host::Host;
use protocol::{Code, Failure};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use store::{Setting, Store};

const MARK_FILE: &str = "install.mark";
/// 16 bytes of id, 8 of count.
type Mark = [u8; 24];

/// File and database are compared and changed by one opening at a time: a hub hands over while a browser of its hall opens
/// the same store, and what stands in between would look like a copy.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn path(folder: &Path) -> PathBuf {
    folder.join(MARK_FILE)
}

/// Compares file and database; where they differ the store begins anew as another writer.
pub(crate) fn check(folder: &Path, store: &mut Store, host: &dyn Host) -> Result<(), Failure> {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let kept: Option<Mark> = store.setting_array(Setting::Mark).map_err(failed)?;
    let found: Option<Mark> = fs::read(path(folder)).ok().and_then(|b| b.try_into().ok());
    if kept.is_some() && kept == found {
        return Ok(());
    }
    // Neither: an installation that has none yet.
    let is_new = kept.is_none() && found.is_none();
    if !is_new {
        store.begin_anew().map_err(failed)?;
    }
    let mut mark: Mark = [0; 24];
    mark[..16].copy_from_slice(&host.random_16()?);
    put(folder, store, &mark)
}

/// Counts one hand-over, before anything is handed over.
pub(crate) fn raise(folder: &Path, store: &mut Store) -> Result<(), Failure> {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let kept: Option<Mark> = store.setting_array(Setting::Mark).map_err(failed)?;
    let Some(mut mark) = kept else { return Ok(()) };
    let mut count = [0; 8];
    count.copy_from_slice(&mark[16..]);
    let count = u64::from_be_bytes(count).saturating_add(1);
    mark[16..].copy_from_slice(&count.to_be_bytes());
    put(folder, store, &mark)
}

/// The file first: a cut in between leaves it ahead, which is noticed.
fn put(folder: &Path, store: &mut Store, mark: &Mark) -> Result<(), Failure> {
    let write = || -> std::io::Result<()> {
        let beside = folder.join("install.mark.new");
        let mut file = fs::File::create(&beside)?;
        file.write_all(mark)?;
        file.sync_all()?;
        fs::rename(&beside, path(folder))?;
        // The name too: after a power loss the older mark would have this device begin anew for nothing. Windows has no
        // such call and needs none.
        if cfg!(unix) { fs::File::open(folder)?.sync_all() } else { Ok(()) }
    };
    write().map_err(|error| {
        let is_full = error.kind() == std::io::ErrorKind::StorageFull;
        Failure::new(if is_full { Code::DiskFull } else { Code::FileUnwritable })
    })?;
    store.set_setting(Setting::Mark, mark).map_err(failed)
}
