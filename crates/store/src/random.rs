//! The store's only randomness: from the operating system, for ids, keys and one-time codes.

use crate::error::StoreError;

pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], StoreError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| StoreError::Io("random"))?;
    Ok(bytes)
}

/// 16 random bytes shaped as a UUID v4.
pub(crate) fn uuid_v4() -> Result<[u8; 16], StoreError> {
    Ok(*uuid::Builder::from_random_bytes(bytes()?).as_uuid().as_bytes())
}
