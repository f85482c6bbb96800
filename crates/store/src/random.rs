//! The store's only randomness: from the operating system, for ids, keys and one-time codes.

use crate::error::StoreError;

pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], StoreError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| StoreError::Io("random"))?;
    Ok(bytes)
}

/// Draws 16 random bytes: what an id that a store takes while it runs is made of.
pub type Draw = fn() -> Result<[u8; 16], StoreError>;

/// From the operating system.
pub(crate) const SYSTEM: Draw = bytes::<16>;

/// 16 random bytes shaped as a UUID v4.
pub(crate) fn uuid_v4() -> Result<[u8; 16], StoreError> {
    uuid_v4_of(SYSTEM)
}

pub(crate) fn uuid_v4_of(draw: Draw) -> Result<[u8; 16], StoreError> {
    Ok(*uuid::Builder::from_random_bytes(draw()?).as_uuid().as_bytes())
}
