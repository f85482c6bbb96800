//! The central server: lets devices in, takes what they push, gives what they may hold, and what a
//! coordinator does at its folder (`console`).
//!
//! It keeps no rule of its own: what an entry means is `domain`'s and `store`'s, how streams are proven is
//! `ledger`'s, how both sides compare is `sync`'s. Here are sockets, limits, accounts and certificates.
//! No personal data in any line it prints.

mod access;
mod announced;
mod archive;
mod backup;
pub mod console;
mod data;
mod host;
mod hub_certificate;
mod page;
mod present;
mod reply;
mod restore;
mod routes;
mod serving;
mod workspace;

pub use ::serve::Limits;
pub use announced::RangeAtRisk;
pub use backup::{BackupMade, BackupOrder, KeyMade, backup, backup_keygen};
pub use data::{Made, init};
pub use page::{Answering, PageOrder, serve_page_until_stopped};
pub use restore::{RestoreOrder, Restored, restore};
pub use serving::{Serving, serve_until_stopped};
