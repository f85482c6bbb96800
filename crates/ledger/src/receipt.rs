//! What a receiver answers to a push: a digest of exactly what it accepted, signed. Not the
//! transport's success: only a receipt for this batch, with the digest the sender computes too,
//! means 已上传.

use crate::chain::Chain;
use crate::codec::Writer;
use crate::key::{Seq, StreamKey};
use crate::signature::{SignatureProblem, SigningKey, sign, to_sign, verify};
use sha2::{Digest, Sha256};

/// SHA-256 over the accepted positions, sorted, each once: the same on both sides whatever the
/// order.
pub fn accepted_digest<'a>(
    accepted: impl IntoIterator<Item = (&'a StreamKey, Seq, Chain)>,
) -> [u8; 32] {
    let mut sorted: Vec<_> = accepted.into_iter().collect();
    sorted.sort();
    sorted.dedup();
    let mut writer = Writer::tagged("hx-accepted-1");
    writer.count(sorted.len());
    for (key, seq, chain) in sorted {
        writer.stream_key(key);
        writer.varint(seq);
        writer.bytes(&chain.0);
    }
    Sha256::digest(writer.done()).into()
}

/// SHA-256 of a batch as it went over the wire: it tells an answer to this batch from one to
/// another.
pub fn batch_digest(sent: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(b"hx-batch-1\0").chain_update(sent).finalize().into()
}

/// What the receiver signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// Which life of which server.
    pub instance: [u8; 16],
    /// [`batch_digest`] of what arrived.
    pub batch: [u8; 32],
    /// [`accepted_digest`] of what was accepted.
    pub accepted: [u8; 32],
}

impl Receipt {
    fn bytes_to_sign(&self) -> Vec<u8> {
        let mut writer = to_sign("hx-receipt-1");
        writer.bytes(&self.instance);
        writer.bytes(&self.batch);
        writer.bytes(&self.accepted);
        writer.done()
    }
}

/// Signs a receipt with the server's key.
pub fn sign_receipt(receipt: &Receipt, server_key: &SigningKey) -> [u8; 64] {
    sign(&receipt.bytes_to_sign(), server_key)
}

/// True only when the server signed exactly this receipt.
pub fn verify_receipt(
    receipt: &Receipt,
    signature: &[u8; 64],
    server_public_key: &[u8; 32],
) -> Result<(), SignatureProblem> {
    verify(&receipt.bytes_to_sign(), signature, server_public_key)
}
