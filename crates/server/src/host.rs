//! What the server takes from the machine beside files and sockets: its clock and its randomness. Here and
//! nowhere else in this crate.

use protocol::{Code, Failure};
use rustls::pki_types::UnixTime;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970 UTC by the system's clock. A server's must be right: certificates and codes
/// depend on it.
pub fn unix_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.ok().and_then(|d| i64::try_from(d.as_millis()).ok()).unwrap_or(0)
}

/// The same, as TLS takes it.
pub fn now() -> Result<UnixTime, Failure> {
    let ms = u64::try_from(unix_ms()).map_err(|_| Failure::new(Code::Internal))?;
    Ok(UnixTime::since_unix_epoch(Duration::from_millis(ms)))
}

/// Fills `bytes` from the operating system's generator.
pub fn fill_random(bytes: &mut [u8]) -> Result<(), Failure> {
    getrandom::fill(bytes).map_err(|_| Failure::new(Code::Internal))
}
