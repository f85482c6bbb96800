//! A hall's browsers: tablets and phones that take part through a laptop, paired by a code and each with an operator of
//! their own. Not the devices that sync with it (they are not browsers), and not the accept loop (`serve`).

mod laptop;
mod page;
mod pairing;
mod seats;

pub use laptop::{pairing_address, print_fingerprint, reached_at};
pub use page::{HallPage, router};
pub use seats::{Hall, PairingCode, SEATS_MAX, SeatShown};
