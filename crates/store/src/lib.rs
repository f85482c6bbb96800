//! The database of a replica, device or server: entries and streams kept for ever (core), and the tables
//! projected from them (`project`). Always encrypted, always synced before it says 已保存.
//!
//! Not what a fact means (`domain`), not how streams are proven (`ledger`), not how they travel (`sync`).

mod account;
mod append;
mod backup;
mod certificate;
mod checkup;
mod conclusion;
mod confirmation;
mod connection;
mod consent;
mod damage;
mod delivery;
mod directory;
mod dropped;
mod enrolment;
mod error;
mod export;
mod held;
mod hold;
mod key;
mod lab;
mod listing;
mod listing_plan;
mod migrate;
mod open;
mod person;
mod placement;
mod policy;
mod progress;
pub mod project;
mod proof;
mod random;
mod recording;
mod refile;
mod replica;
mod revoke;
mod search;
mod setting;
mod shown;
mod stop;
mod stream;
mod suppose;
mod tally;
mod task;
mod told_in;
mod tube;
mod tx;
mod unit_contact;
mod unproven;
mod verify;
mod verify_beside;
mod verify_stream;
mod verify_sums;
mod voucher;

pub use account::ACCOUNT_CODE_VALID_MS;
pub use append::Own;
pub use checkup::Current;
pub use conclusion::{ConclusionCounts, ConclusionView, Conclusions};
pub use confirmation::Unconfirmed;
pub use consent::SlipView;
pub use delivery::DeliveryView;
pub use directory::{Device, Examiner, Operator, Round};
pub use dropped::Dropped;
pub use enrolment::{CODE_TRIES_MAX, CODE_VALID_MS, EnrolAsk, Enrolled, Heard};
pub use error::StoreError;
pub use held::HeldItem;
pub use hold::HoldReason;
pub use key::Key;
pub use lab::{HeldReport, Laboratory, drop_held_report, note_lab_file, put_held_report};
pub use listing::{ListProblem, ListRow, Listed};
pub use open::{Role, Store, exists};
pub use person::{CheckupView, PersonView, ValueView};
pub use placement::Placement;
pub use policy::POLICY_LEAD_MAX;
pub use progress::{Counts, Level, Levels};
pub use proof::{StreamProof, UnitProof};
#[doc(hidden)]
pub use random::Draw;
pub use recording::PersonMatch;
pub use search::FoundPerson;
pub use setting::{
    Setting, set_setting, set_setting_number, setting, setting_array, setting_number, setting_text,
};
pub use shown::{Shown, WaitingDevice};
pub use stop::{StopCheckup, StopPerson};
pub use suppose::Supposed;
pub use tally::Coverage;
pub use task::{HeldTaskRow, Issued, StepView, TaskRow, TaskView};
pub use tube::{GivenByLab, Tube};
pub use tx::{Row, Sql, Tx, bits, unbits};
pub use unit_contact::{UnitContact, UnitContacts};
pub use verify::{RowWrong, StreamWrong, VerifyProblem};
pub use voucher::{VOUCHERS_MAX, voucher_mark};
