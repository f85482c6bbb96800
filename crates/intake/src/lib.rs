//! Files from offices in, the same files back with their problems marked. A roster (.xlsx, .xls,
//! .csv as really sent) becomes rows with problems as data. Pure: bytes in, values out; no store, no
//! clock, no file. Who is new to the register and what is written is decided by whoever calls.
//!
//! ```text
//! bytes -> read_workbook -> Workbook -> read_roster -> RosterReading -> merge_within -> Merged
//!                              \--------- problem_workbook <- problems ---/
//! ```

mod consent;
pub mod error;
mod follow_up;
pub mod laboratory;
pub mod limits;
mod returned;
pub mod roster;
mod words;
pub mod workbook;

pub use consent::{ConsentReturned, read_consents};
pub use error::{IntakeError, Limit};
pub use follow_up::{FollowUpReturned, read_follow_up};
pub use returned::problem_workbook;
pub use roster::{
    Merged, ProblemCode, ReadRow, RosterProblem, RosterReading, SheetReading, UnitFound,
    merge_within, read_roster,
};
pub use workbook::{Cell, Form, Merge, Row, Sheet, Workbook, read_workbook};
