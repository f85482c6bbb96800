//! The database of a replica, device or server: entries and streams kept for ever (core), and the tables
//! projected from them (`project`). Always encrypted, always synced before it says 已保存.
//!
//! Not what a fact means (`domain`), not how streams are proven (`ledger`), not how they travel (`sync`).

mod append;
mod certificate;
mod connection;
mod enrolment;
mod error;
mod hold;
mod key;
mod migrate;
mod open;
mod progress;
pub mod project;
mod random;
mod replica;
mod setting;
mod stream;
mod tx;

pub use append::Own;
pub use enrolment::{CODE_TRIES_MAX, CODE_VALID_MS, EnrolAsk, Enrolled, Heard};
pub use error::StoreError;
pub use hold::{HeldItem, HoldReason};
pub use key::Key;
pub use open::{Role, Store};
pub use progress::Counts;
pub use setting::{
    Setting, set_setting, set_setting_number, setting, setting_array, setting_number, setting_text,
};
pub use tx::{Row, Sql, Tx, bits, unbits};
