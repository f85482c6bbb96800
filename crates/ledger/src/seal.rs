//! Seals: a writer's signature over its stream's head, and the rule where seals are set and kept.
//! Not what lies between them: that is a range.
//!
//! A writer seals when it hands over and before its unsealed bytes would pass [`SEAL_EVERY_BYTES`].
//! So two kept seals are never further apart than one range may be long, on every replica.

use crate::chain::{Chain, Head};
use crate::codec::{DecodeProblem, Reader, Writer};
use crate::key::{Seq, StreamKey};
use crate::signature::{
    SignatureProblem, SigningKey, read_signature, sign, to_sign, verify, write_signature,
};

/// Body bytes a writer appends at most between two seals (a single larger body stands alone).
pub const SEAL_EVERY_BYTES: usize = 65_536;

/// "The stream `key` reads `chain` at `seq`", signed by the device that writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    pub key: StreamKey,
    pub seq: Seq,
    pub chain: Chain,
    pub signature: [u8; 64],
}

impl Seal {
    /// The head the seal speaks of.
    pub fn head(&self) -> Head {
        Head { seq: self.seq, chain: self.chain }
    }

    /// `S`, version 1, unit, writer, seq, chain, algorithm, signature.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::document(b'S', 1);
        writer.stream_key(&self.key);
        writer.varint(self.seq);
        writer.bytes(&self.chain.0);
        write_signature(&mut writer, &self.signature);
        writer.done()
    }

    /// Reads what [`Seal::encode`] wrote, and nothing else. Does not verify.
    pub fn decode(bytes: &[u8]) -> Result<Seal, DecodeProblem> {
        let mut reader = Reader::document(bytes, b'S', 1)?;
        let seal = Seal {
            key: reader.stream_key()?,
            seq: reader.seq()?,
            chain: Chain(reader.array()?),
            signature: read_signature(&mut reader)?,
        };
        reader.end()?;
        Ok(seal)
    }
}

fn seal_bytes(key: &StreamKey, head: &Head) -> Vec<u8> {
    let mut writer = to_sign("hx-seal-1");
    writer.stream_key(key);
    writer.varint(head.seq);
    writer.bytes(&head.chain.0);
    writer.done()
}

/// Seals a head with the device's key.
pub fn sign_seal(key: &StreamKey, head: &Head, device_key: &SigningKey) -> Seal {
    let signature = sign(&seal_bytes(key, head), device_key);
    Seal { key: key.clone(), seq: head.seq, chain: head.chain, signature }
}

/// True seals only: made by the holder of this device key, for exactly this position.
pub fn verify_seal(seal: &Seal, device_public_key: &[u8; 32]) -> Result<(), SignatureProblem> {
    verify(&seal_bytes(&seal.key, &seal.head()), &seal.signature, device_public_key)
}

/// True when the writer must seal its head before it appends the next body.
pub fn seal_is_due(unsealed_bytes: usize, next_body_bytes: usize) -> bool {
    unsealed_bytes > 0 && unsealed_bytes.saturating_add(next_body_bytes) > SEAL_EVERY_BYTES
}

/// True when the seal before a new one may be dropped: the stretch from the seal before *it* to the
/// new one, in body bytes, still fits one range. Holds on writers and on carriers alike.
pub fn previous_seal_is_spare(bytes_since_last_but_one: usize) -> bool {
    bytes_since_last_but_one <= SEAL_EVERY_BYTES
}
