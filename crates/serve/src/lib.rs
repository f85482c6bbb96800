//! Serving, and no word of what: the bounded accept loop (TLS, then axum's routes), the places and turns of who calls, bodies
//! within limits, answers as HTTP, connections to a store, certificates under a CA of our own.
//!
//! The server and a hub serve with this. It knows nothing of health, accounts or streams.

mod accept;
pub mod body;
mod certificate;
mod challenges;
mod files;
mod gate;
mod limits;
pub mod page;
mod pool;
pub mod reply;
mod stall;
mod turns;

pub use accept::{Serving, stop_signal};
pub use certificate::{
    CertificateError, Credential, is_good, make_ca, make_hub_leaf, make_key, make_leaf,
    server_config,
};
pub use challenges::Challenges;
pub use files::{Files, load_files, media_type};
pub use gate::Visitor;
pub use limits::Limits;
pub use pool::{Opening, Pool, compute};
pub use turns::{Tries, Turn, Turns};
