//! From entries to tables. (in work)

use crate::error::StoreError;
use crate::tx::Tx;
use domain::catalogue::Catalogue;
use ledger::{Seq, UnitKey, WriterId};

/// Raised whenever the same entries would be projected otherwise: the next opening rebuilds.
pub const VERSION: u32 = 1;

/// An entry that has just been put into the `entry` table, in the transaction that projects it.
#[derive(Clone, Copy)]
pub struct Applied<'a> {
    pub unit: &'a UnitKey,
    /// Local to this database.
    pub unit_no: i64,
    pub writer: WriterId,
    /// Local to this database.
    pub writer_no: i64,
    /// Proven to be a server's: only then do kinds reserved to the server count.
    pub is_server: bool,
    pub seq: Seq,
    pub hash8: [u8; 8],
    pub body: &'a [u8],
}

/// Projects entries just appended.
pub fn apply(_tx: &dyn Tx, _catalogue: &Catalogue, _new: &[Applied]) -> Result<(), StoreError> {
    Ok(())
}

/// Projects every entry anew.
pub fn rebuild(_tx: &dyn Tx, _catalogue: &Catalogue) -> Result<(), StoreError> {
    Ok(())
}
