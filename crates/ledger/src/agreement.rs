//! A signing key as a key to seal to: the X25519 pair of an Ed25519 pair (RFC 7748, the birational map of section 4.1). Who
//! has a server's public key, and every enrolled device has, can seal something that this server alone opens.
//! Not the sealing itself.
//!
//! One secret for both uses is safe: Thormarker, On using the same key pair for Ed25519 and an X25519 based KEM
//! (<https://eprint.iacr.org/2021/509>).

use crate::signature::SigningKey;
use ed25519_dalek::VerifyingKey;

/// The X25519 public key of a public signing key; `None` where that is no point of the curve, or a weak one.
pub fn agreement_public(public_key: &[u8; 32]) -> Option<[u8; 32]> {
    let key = VerifyingKey::from_bytes(public_key).ok().filter(|key| !key.is_weak())?;
    Some(key.to_montgomery().to_bytes())
}

/// The X25519 secret of a signing key, not clamped yet. Whoever holds it wipes it.
pub fn agreement_secret(key: &SigningKey) -> [u8; 32] {
    key.to_scalar_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature::public_key;

    #[test]
    fn a_key_that_is_no_point_or_a_weak_one_seals_nothing() {
        assert!(agreement_public(&public_key(&SigningKey::from_bytes(&[1; 32]))).is_some());
        // The neutral element, and a y that no x belongs to.
        let mut neutral = [0; 32];
        neutral[0] = 1;
        assert_eq!(agreement_public(&neutral), None);
        let mut none = [0; 32];
        none[0] = 2;
        assert_eq!(agreement_public(&none), None);
    }
}
