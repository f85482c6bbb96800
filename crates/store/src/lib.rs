//! The database of a replica, device or server: entries and streams kept for ever (core), and the tables
//! projected from them (`project`). Always encrypted, always synced before it says 已保存.
//!
//! Not what a fact means (`domain`), not how streams are proven (`ledger`), not how they travel (`sync`).

mod connection;
mod error;
mod key;
mod migrate;
mod open;
pub mod project;
mod random;
mod setting;
mod stream;
mod tx;

pub use error::StoreError;
pub use key::Key;
pub use open::{Role, Store};
pub use setting::{
    Setting, set_setting, set_setting_number, setting, setting_array, setting_number, setting_text,
};
pub use tx::{Row, Sql, Tx, bits, unbits};
