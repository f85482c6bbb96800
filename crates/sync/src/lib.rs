//! Runs ledger plans over a carrier, both ends: the asking (`drive`, on a device) and the answering
//! (`answer`, on a server and later on a hub) go through `ledger::Replica`, so they follow the same rules.
//!
//! Plain blocking functions: what runs them puts them on a thread of their own. Not what an entry means
//! (`domain`, `store`), not how streams are proven (`ledger`), not accounts and limits (`server`).

pub mod answer;
mod batch;
mod carrier;
mod carry;
mod compare;
mod device_clock;
mod drive;
mod enrol;
mod gather;
mod heal;
mod https;
mod hub;
mod mend;
mod pace;
mod present;
mod pull;
mod retry;
mod sealed_file;
mod signed;
mod tls;
mod turns;
mod verdict;
mod vouch;
mod wire;

pub use batch::{BatchProblem, decode_batch, encode_batch, inflate};
pub use carrier::{Carrier, CarrierError, Traffic};
pub use device_clock::DeviceClock;
pub use drive::{Outcome, Refused, Seen, Start, Stopped, SyncError, SyncReport, run};
pub use enrol::{Enrolled, enrol, read_enrolled};
pub use gather::Lacking;
pub use https::{Https, HttpsLimits};
pub use hub::{HubAddress, ToHub};
pub use pace::{Pace, Turn};
pub use present::{Presenting, present};
pub use retry::{Ended, Next, Ran, Retry};
pub use sealed_file::{
    CARRY_BATCHES_MAX, Carried, CarryError, CarryHead, CarryProblem, CarryReader, carry_recipient,
    write_carry,
};
pub use signed::{ANSWER_SIGNATURE_BYTES, read_signed, signed};
pub use tls::CaPin;
pub use verdict::PushVerdict;
pub use vouch::{Swapped, ask_line, ask_vouchers, swap_vouchers};
