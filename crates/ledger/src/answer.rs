//! What the server says to a question, signed as a whole and for that question: no bit of it can be changed, no part
//! cut off, and no answer to another question put in its place. Not what the answer says, nor how it travels.

use crate::signature::{SignatureProblem, SigningKey, sign, to_sign, verify};
use sha2::{Digest, Sha256};

/// SHA-256 of a question as it went over the wire, and of the call it was put to.
pub fn asked_digest(call: &str, asked: &[u8]) -> [u8; 32] {
    let tagged = Sha256::new().chain_update(b"hx-asked-1\0").chain_update(call).chain_update([0]);
    tagged.chain_update(asked).finalize().into()
}

/// SHA-256 of an answer's bytes.
pub fn said_digest(said: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(b"hx-said-1\0").chain_update(said).finalize().into()
}

/// What the server signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// [`asked_digest`] of what was asked.
    pub asked: [u8; 32],
    /// [`said_digest`] of what is said to it.
    pub said: [u8; 32],
}

impl Answer {
    fn bytes_to_sign(&self) -> Vec<u8> {
        let mut writer = to_sign("hx-answer-1");
        writer.bytes(&self.asked);
        writer.bytes(&self.said);
        writer.done()
    }
}

/// Signs with the server's key.
pub fn sign_answer(answer: &Answer, server_key: &SigningKey) -> [u8; 64] {
    sign(&answer.bytes_to_sign(), server_key)
}

/// True only when the server's key signed exactly this.
pub fn verify_answer(
    answer: &Answer,
    signature: &[u8; 64],
    server_public_key: &[u8; 32],
) -> Result<(), SignatureProblem> {
    verify(&answer.bytes_to_sign(), signature, server_public_key)
}
