//! Bodies: their size limits, their hashes, and the one kind of body the ledger reads itself, the
//! re-filed entry. Not the application's header or payload: to the ledger those are bytes.

use crate::chain::Reference;
use crate::codec::{DecodeProblem, Reader, Writer};
use crate::key::{SEQ_MAX, Seq, WriterId};
use sha2::{Digest, Sha256};
use std::fmt;

/// Largest body in any stream, bytes.
pub const BODY_BYTES_MAX: usize = 65_536;
/// Largest body an application may append, bytes. The 64 bytes short of [`BODY_BYTES_MAX`] are kept
/// so that every fact can be re-filed: kind, writer id and position come before it (at most 25
/// bytes).
pub const FACT_BYTES_MAX: usize = BODY_BYTES_MAX - 64;
/// Kinds below this number are the ledger's; applications number theirs from here.
pub const KINDS_RESERVED_BELOW: u32 = 16;
/// A ledger's own body begins with its kind as one byte; an application's body never begins with a
/// byte below this (a protobuf message cannot: field numbers start at 1).
pub const LEADING_BYTES_RESERVED_BELOW: u8 = 8;
/// The kind of a re-filed entry.
pub const KIND_REFILED: u8 = 1;

/// SHA-256 of a body.
pub fn body_hash(body: &[u8]) -> [u8; 32] {
    Sha256::digest(body).into()
}

/// The first 8 bytes of a body's hash, as references carry them.
pub fn hash8(body: &[u8]) -> [u8; 8] {
    let hash = body_hash(body);
    let mut short = [0; 8];
    short.copy_from_slice(&hash[..8]);
    short
}

/// Why bytes cannot be a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BodyProblem {
    #[error("a body has at least one byte")]
    Empty,
    #[error("the body is larger than an entry may be")]
    TooLarge,
    #[error("the body begins with a kind that is the ledger's own")]
    Reserved,
}

/// What any stream may hold: 1 to [`FACT_BYTES_MAX`] bytes, re-filed entries up to
/// [`BODY_BYTES_MAX`].
pub fn check_body(body: &[u8]) -> Result<(), BodyProblem> {
    let bytes_max = match body.first() {
        None => return Err(BodyProblem::Empty),
        Some(&KIND_REFILED) => BODY_BYTES_MAX,
        Some(_) => FACT_BYTES_MAX,
    };
    if body.len() > bytes_max { Err(BodyProblem::TooLarge) } else { Ok(()) }
}

/// What an application may append: as [`check_body`], and no ledger kind in front.
pub fn check_new_body(body: &[u8]) -> Result<(), BodyProblem> {
    check_body(body)?;
    match body.first() {
        Some(first) if *first < LEADING_BYTES_RESERVED_BELOW => Err(BodyProblem::Reserved),
        Some(_) | None => Ok(()),
    }
}

/// An entry of another stream (of the same unit) appended again: where it stood, and its bytes.
/// The fact is the inner body; the same fact may stand in several streams and counts once.
#[derive(Clone, PartialEq, Eq)]
pub struct Refiled {
    pub writer: WriterId,
    pub seq: Seq,
    pub body: Vec<u8>,
}

impl Refiled {
    /// Reads a body as a re-filed entry; `None` when it is another kind of body.
    /// A re-filed entry inside a re-filed entry is malformed: re-filing never nests.
    pub fn decode(body: &[u8]) -> Option<Result<Refiled, DecodeProblem>> {
        match body.split_first() {
            Some((&KIND_REFILED, rest)) => Some(Refiled::decode_rest(rest)),
            Some(_) | None => None,
        }
    }

    fn decode_rest(rest: &[u8]) -> Result<Refiled, DecodeProblem> {
        let mut reader = Reader::new(rest);
        let writer = WriterId(reader.array()?);
        let seq = reader.seq()?;
        let body = reader.rest();
        match body.first() {
            None | Some(&KIND_REFILED) => Err(DecodeProblem::Body),
            Some(_) if body.len() > FACT_BYTES_MAX => Err(DecodeProblem::Body),
            Some(_) => Ok(Refiled { writer, seq, body: body.to_vec() }),
        }
    }

    /// How other entries name the fact: by where it first stood.
    pub fn reference(&self) -> Reference {
        Reference::of(self.writer, self.seq, &self.body)
    }
}

impl fmt::Debug for Refiled {
    // Bodies are about people: only their size is shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Refiled({} {} {} bytes)", self.writer, self.seq, self.body.len())
    }
}

/// The body to append when the entry at (`writer`, `seq`) is re-filed. A re-filed entry stays
/// itself when it is re-filed again, so that the fact keeps its first place and nesting never
/// grows. Layout: kind 1 (1 byte), writer (16), seq (varint), the old body to the end.
pub fn refile(writer: WriterId, seq: Seq, body: &[u8]) -> Result<Vec<u8>, BodyProblem> {
    check_body(body)?;
    if body.first() == Some(&KIND_REFILED) {
        return Ok(body.to_vec());
    }
    debug_assert!((1..=SEQ_MAX).contains(&seq));
    let mut out = Writer::with_capacity(body.len() + 25);
    out.byte(KIND_REFILED);
    out.bytes(&writer.0);
    out.varint(seq);
    out.bytes(body);
    Ok(out.done())
}

/// Which fact a body at a position is: where it stood first. A re-filed entry that cannot be read is only
/// itself.
pub fn fact_reference(writer: WriterId, seq: Seq, body: &[u8]) -> Reference {
    fact_reference_hashed(writer, seq, body, &body_hash(body))
}

/// [`fact_reference`] for who has the body's SHA-256 already.
pub fn fact_reference_hashed(
    writer: WriterId,
    seq: Seq,
    body: &[u8],
    body_hash: &[u8; 32],
) -> Reference {
    match Refiled::decode(body) {
        Some(Ok(inner)) => inner.reference(),
        Some(Err(_)) | None => {
            let [a, b, c, d, e, f, g, h, ..] = *body_hash;
            Reference { writer, seq, hash8: [a, b, c, d, e, f, g, h] }
        }
    }
}
