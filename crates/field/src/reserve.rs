//! The reserve: a file of nothing beside the database, which keeps room for handing over when the disk is full. It
//! is given up for the time of a sync and made again after it. What room there is otherwise is
//! nobody's concern here.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::Path;

const RESERVE_FILE: &str = "reserve.space";
const NEW_FILE: &str = "reserve.space.new";
const PROBE_FILE: &str = "reserve.probe";
/// Marks, seals and what a server answered for some hundred thousand entries, in the log and in the database.
const RESERVE_BYTES: usize = 8 << 20;
/// With less room than this the disk counts as full: a sync could not be written down.
const ROOM_BYTES: usize = 1 << 20;

/// What becomes of a reserve for which there is not enough room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Short {
    /// None is made: the room is others'.
    None,
    /// It takes what there is: it gave that up before.
    Kept,
}

/// Makes the reserve where there is no whole one. Where that is not possible now, the next time will do.
pub(crate) fn make(folder: &Path, short: Short) {
    let reserve = folder.join(RESERVE_FILE);
    let bytes = fs::metadata(&reserve).map_or(0, |found| found.len());
    if bytes >= RESERVE_BYTES as u64 {
        return;
    }
    let new = folder.join(NEW_FILE);
    let is_made = match fill(&new, RESERVE_BYTES) {
        Ok(()) => true,
        Err(error) => is_full(&error) && short == Short::Kept && bytes == 0,
    };
    if !is_made || fs::rename(&new, &reserve).is_err() {
        let _ = fs::remove_file(&new);
    }
}

/// Gives the reserve up. True where there was one.
pub(crate) fn release(folder: &Path) -> bool {
    fs::remove_file(folder.join(RESERVE_FILE)).is_ok()
}

/// True where a sync could not be written down. Found out by writing: what a disk says of itself leaves out
/// quotas.
pub(crate) fn is_disk_full(folder: &Path) -> bool {
    let probe = folder.join(PROBE_FILE);
    let wrote = fill(&probe, ROOM_BYTES);
    let _ = fs::remove_file(&probe);
    wrote.is_err_and(|error| is_full(&error))
}

fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded)
}

/// Really written, with bytes that no file system folds into fewer.
fn fill(path: &Path, bytes: usize) -> io::Result<()> {
    let mut file = File::create(path)?;
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut piece = [0_u8; 4096];
    for _ in 0..bytes / piece.len() {
        for eight in piece.chunks_exact_mut(8) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            eight.copy_from_slice(&state.to_le_bytes());
        }
        file.write_all(&piece)?;
    }
    file.sync_all()
}
