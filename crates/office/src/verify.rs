//! Data checked against itself: integrity, chains, projection, tallies.

use crate::failed;
use protocol::Failure;
use serde::Serialize;
use store::Store;

/// What a check found. `ok` only when nothing is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verified {
    pub ok: bool,
    pub entries: u64,
    /// What is wrong, in words without personal data.
    pub problems: Vec<String>,
}

/// Checks everything; `progress` hears each step's name.
pub fn verify(store: &Store, progress: &mut dyn FnMut(&str)) -> Result<Verified, Failure> {
    let problems = store.verify(progress).map_err(failed)?;
    let counts = store.counts().map_err(failed)?;
    Ok(Verified {
        ok: problems.is_empty(),
        entries: u64::try_from(counts.entries).unwrap_or(0),
        problems: problems.iter().map(ToString::to_string).collect(),
    })
}
