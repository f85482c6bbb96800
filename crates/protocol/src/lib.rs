//! What crosses a boundary: the byte encoding of entries and facts, the sync calls, failure codes.
//!
//! Not how anything is stored, sent or shown. Encoding is protobuf (prost) with numbered fields:
//! newer versions add fields, older ones skip them, and bodies travel byte for byte, so a field
//! unknown here survives. Field numbers and kinds are never re-used.

pub mod arrival;
pub mod call;
pub mod conclusion;
pub mod confirmation;
mod consent;
mod contact;
pub mod convert;
pub mod delivery;
pub mod entry;
pub mod fact;
pub mod failure;
mod id_parts;
pub mod laboratory;
pub mod roster;
pub mod rpc;
pub mod save;
pub mod step;
pub mod tube;

pub use entry::{Body, Clock, Entry, EntryError, Header};
pub use fact::{Fact, Kind};
pub use failure::{Code, Failure};

/// The version of the calls. A server refuses a newer one by name. From 2 on answers are signed, and a device believes
/// no other.
pub const PROTOCOL_VERSION: u32 = 2;
