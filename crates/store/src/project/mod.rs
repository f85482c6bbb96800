//! From entries to tables, by the same code on tablet, hub and server: what an entry says alone (`place`), what
//! follows for people (`people`), rosters (`expected`) and checkups (`checkup`), and the sums (`sums`).
//!
//! The tables are equal for the same entries and catalogue in whatever order and batches they came. So
//! nothing here asks what came first: rows of one entry depend on it and on its holds, everything else is
//! made whole from those rows. Not who may write what: `hold` judged that.

mod about;
mod arrival;
mod bytes;
mod checkup;
mod checkup_table;
mod conclusion;
mod confirmation;
mod consent;
mod contact;
mod current;
mod delivery;
mod details;
mod directory;
mod expected;
mod item_set;
mod judged;
mod laboratory;
mod packed;
mod people;
mod place;
mod place_roster;
mod repeated;
mod said;
mod search_key;
mod share;
mod shown;
mod sums;
mod suppose;
mod task;
mod there;
mod tube;
mod work;

pub use details::Field;
pub use item_set::ItemSet;
pub use packed::Results;
pub use share::{Band, Cell, Count, Counts, Masks, TallyKey};

pub(crate) use arrival::arrivals_of;
pub(crate) use checkup::CheckupRow;
pub(crate) use checkup_table::{ROW_COLUMNS, read_rank, read_row, stop_of};
pub(crate) use conclusion::{
    Since, conclusions_of, seen_then, since, standing as standing_conclusions,
};
pub(crate) use confirmation::{ConfirmedAt, confirmed_of, dictated_at};
pub(crate) use consent::{ConsentAt, consent_of, consents_of, standing as standing_consents};
pub(crate) use contact::{ContactAt, contacts_said};
pub(crate) use current::{Said, Saying, Standing as StandingValues};
pub(crate) use delivery::deliveries_of;
pub(crate) use details::{Known, Rank, name_key, names_alike};
pub(crate) use directory::{policies_of, round_setting, setting_of, standing_fact, standing_facts};
pub(crate) use laboratory::{ToldAt, told_of_laboratories};
pub(crate) use people::{canonical, group_of, id as read_person_id, known_of};
pub(crate) use place_roster::person_of_row;
pub(crate) use repeated::unrepeated;
pub(crate) use said::said_of;
pub use search_key::name_order;
pub(crate) use search_key::{gram, reversed};
pub(crate) use shown::{SHOWN_COLUMNS, SHOWN_COLUMNS_COUNT, read_known};
pub(crate) use suppose::{judged_at, supposed};
pub(crate) use task::{StepAt, lines_of, steps_of, tasks_made};
pub(crate) use there::There;

use crate::error::StoreError;
use crate::tx::Tx;
use domain::catalogue::Catalogue;
use domain::ids::PersonId;
use ledger::{Seq, UnitKey, WriterId};
use work::Work;

/// Raised whenever the same entries would be projected otherwise: the next opening rebuilds.
pub const VERSION: u32 = 15;

/// The projection's tables, sums last.
pub(crate) const TABLES: [&str; 24] = [
    "directory",
    "hold",
    "withdrawal",
    "listing",
    "told",
    "tube",
    "tube_seen",
    "arrival",
    "conclusion",
    "concluded",
    "consent",
    "consented",
    "step",
    "issue",
    "confirmation",
    "unconfirmed",
    "delivery",
    "task",
    "task_number",
    "person",
    "name_gram",
    "checkup",
    "tally",
    "coverage",
];

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
    /// Round and person, where the header names both: how the index of checkups has it.
    pub about: Option<(u64, PersonId)>,
    /// A save or a void that this version reads.
    pub is_of_checkup: bool,
}

/// Projects entries just appended.
pub fn apply<'a>(
    tx: &'a dyn Tx,
    catalogue: &'a Catalogue,
    new: &'a [Applied<'a>],
) -> Result<(), StoreError> {
    let mut work = Work::new(tx, catalogue);
    work.take(new)?;
    work.settle()
}

/// Projects every entry anew. Readers see the old tables until the transaction commits.
pub fn rebuild(tx: &dyn Tx, catalogue: &Catalogue) -> Result<(), StoreError> {
    for table in TABLES {
        tx.exec(&format!("DELETE FROM {table}"), &[])?;
    }
    project_all(tx, catalogue)
}

/// Projects every entry into tables that are empty.
pub(crate) fn project_all(tx: &dyn Tx, catalogue: &Catalogue) -> Result<(), StoreError> {
    let mut work = Work::new(tx, catalogue);
    work.take_all()?;
    work.settle()
}
