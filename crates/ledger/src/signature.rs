//! Ed25519 (RFC 8032) over tagged bytes. Not key keeping: keys come as arguments.
//!
//! What is signed is `tag || 0 || algorithm || payload`: the tag keeps a signature made for one
//! purpose from serving another, the algorithm byte lets a later one come without ambiguity.

use crate::codec::{DecodeProblem, Reader, Writer};
use ed25519_dalek::{Signature, Signer, VerifyingKey};

pub use ed25519_dalek::SigningKey;

/// The one algorithm so far: Ed25519.
pub(crate) const ALGORITHM_ED25519: u8 = 1;

/// The signature does not fit the bytes and the key. Nothing more is known, and nothing more is
/// said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not fit")]
pub struct SignatureProblem;

/// The public half of a signing key.
pub fn public_key(key: &SigningKey) -> [u8; 32] {
    key.verifying_key().to_bytes()
}

/// Starts bytes to sign.
pub(crate) fn to_sign(tag: &str) -> Writer {
    let mut writer = Writer::tagged(tag);
    writer.byte(ALGORITHM_ED25519);
    writer
}

pub(crate) fn sign(message: &[u8], key: &SigningKey) -> [u8; 64] {
    key.sign(message).to_bytes()
}

/// Strict: weak keys and signatures in more than one form are refused.
pub(crate) fn verify(
    message: &[u8],
    signature: &[u8; 64],
    public_key: &[u8; 32],
) -> Result<(), SignatureProblem> {
    let key = VerifyingKey::from_bytes(public_key).map_err(|_| SignatureProblem)?;
    key.verify_strict(message, &Signature::from_bytes(signature)).map_err(|_| SignatureProblem)
}

/// A signature on the wire: the algorithm, then its 64 bytes.
pub(crate) fn write_signature(writer: &mut Writer, signature: &[u8; 64]) {
    writer.byte(ALGORITHM_ED25519);
    writer.bytes(signature);
}

pub(crate) fn read_signature(reader: &mut Reader) -> Result<[u8; 64], DecodeProblem> {
    match reader.byte()? {
        ALGORITHM_ED25519 => reader.array(),
        other => Err(DecodeProblem::Algorithm(other)),
    }
}
