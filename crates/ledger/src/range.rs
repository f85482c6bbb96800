//! A range: entries of one stream from a position both sides have, up to a seal. Not whether it
//! fits a replica's own copy: that is `place`.

use crate::body::{body_hash, check_body};
use crate::chain::{Chain, Head};
use crate::codec::{DecodeProblem, Reader, Writer};
use crate::key::{SEQ_MAX, StreamKey};
use crate::seal::{Seal, verify_seal};
use crate::signature::{SignatureProblem, read_signature, write_signature};
use std::fmt;

/// Body bytes in one range, at most: what may lie between two seals, and one largest body more.
pub const RANGE_BYTES_MAX: usize = 131_072;

/// Entries of the stream `key` after `after`, ending at the position `seal` speaks of.
#[derive(Clone, PartialEq, Eq)]
pub struct Range {
    pub key: StreamKey,
    pub after: Head,
    pub bodies: Vec<Vec<u8>>,
    pub seal: Seal,
}

impl fmt::Debug for Range {
    // Bodies are about people: only how many and how large is shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, bytes) = (self.bodies.len(), self.body_bytes());
        write!(
            f,
            "Range({} {}..{} {count} bodies {bytes} bytes)",
            self.key, self.after.seq, self.seal.seq
        )
    }
}

/// Why a range proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RangeProblem {
    #[error("the range holds no entry")]
    Empty,
    #[error("the range or one of its bodies is larger than allowed")]
    TooLarge,
    #[error("the range does not end at its seal")]
    NotAtSeal,
    #[error("the bodies do not lead from the start to the sealed chain")]
    BadChain,
    #[error("the seal is not this writer's")]
    BadSeal,
}

impl Range {
    /// SHA-256 of each body.
    pub fn body_hashes(&self) -> Vec<[u8; 32]> {
        self.bodies.iter().map(|body| body_hash(body)).collect()
    }

    /// The sum of the bodies' lengths.
    pub fn body_bytes(&self) -> usize {
        self.bodies.iter().map(Vec::len).sum()
    }

    /// `R`, version 1, unit, writer, then as in a batch: start, chain and signature of the seal,
    /// bodies.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::document(b'R', 1);
        writer.stream_key(&self.key);
        write_range(&mut writer, self, None);
        writer.done()
    }

    /// Reads what [`Range::encode`] wrote, and nothing else. Does not verify.
    pub fn decode(bytes: &[u8]) -> Result<Range, DecodeProblem> {
        let mut reader = Reader::document(bytes, b'R', 1)?;
        let key = reader.stream_key()?;
        // No range has more bodies than bytes.
        let range = read_range(&mut reader, key, None, RANGE_BYTES_MAX)?;
        reader.end()?;
        Ok(range)
    }
}

/// Checks all that can be checked without the receiver's copy: sizes, that the bodies lead from
/// `after` to the sealed chain, and that the writer's device signed it. Answers the head the range
/// leads to.
pub fn verify_range(range: &Range, device_public_key: &[u8; 32]) -> Result<Head, RangeProblem> {
    verify_hashed_range(range, &range.body_hashes(), device_public_key)
}

/// [`verify_range`] for who has hashed the bodies already: `hashes` are [`Range::body_hashes`].
pub fn verify_hashed_range(
    range: &Range,
    hashes: &[[u8; 32]],
    device_public_key: &[u8; 32],
) -> Result<Head, RangeProblem> {
    check_size(range)?;
    check_end(range)?;
    check_chain(range, hashes)?;
    check_seal(range, device_public_key)?;
    Ok(range.seal.head())
}

pub(crate) fn check_size(range: &Range) -> Result<(), RangeProblem> {
    if range.bodies.is_empty() {
        return Err(RangeProblem::Empty);
    }
    let fits = range.body_bytes() <= RANGE_BYTES_MAX
        && range.bodies.iter().all(|body| check_body(body).is_ok());
    if fits { Ok(()) } else { Err(RangeProblem::TooLarge) }
}

pub(crate) fn check_end(range: &Range) -> Result<(), RangeProblem> {
    let end = range.after.seq.checked_add(range.bodies.len() as u64);
    let fits =
        range.seal.key == range.key && end == Some(range.seal.seq) && range.seal.seq <= SEQ_MAX;
    if fits { Ok(()) } else { Err(RangeProblem::NotAtSeal) }
}

pub(crate) fn check_chain(range: &Range, hashes: &[[u8; 32]]) -> Result<(), RangeProblem> {
    let starts = range.after.seq > 0 || range.after == Head::genesis(&range.key);
    let is_whole = hashes.len() == range.bodies.len();
    let end = range.after.after_hashed(hashes);
    if starts && is_whole && end == range.seal.head() {
        Ok(())
    } else {
        Err(RangeProblem::BadChain)
    }
}

pub(crate) fn check_seal(range: &Range, device_public_key: &[u8; 32]) -> Result<(), RangeProblem> {
    verify_seal(&range.seal, device_public_key).map_err(|SignatureProblem| RangeProblem::BadSeal)
}

/// Where a range starts, on the wire.
const START_GENESIS: u8 = 0;
const START_HEAD: u8 = 1;
const START_PREVIOUS: u8 = 2;

/// Start (0 genesis; 1 seq and chain; 2 where the range before it in the batch ended), sealed
/// chain, algorithm, signature, count of bodies, their lengths, their bytes. The sealed seq follows
/// from the count. `previous` is where the range before it in the batch ended, when it is of the
/// same stream.
pub(crate) fn write_range(writer: &mut Writer, range: &Range, previous: Option<Head>) {
    if previous == Some(range.after) {
        writer.byte(START_PREVIOUS);
    } else if range.after.seq == 0 {
        writer.byte(START_GENESIS);
    } else {
        writer.byte(START_HEAD);
        writer.varint(range.after.seq);
        writer.bytes(&range.after.chain.0);
    }
    writer.bytes(&range.seal.chain.0);
    write_signature(writer, &range.seal.signature);
    writer.count(range.bodies.len());
    range.bodies.iter().for_each(|body| writer.count(body.len()));
    range.bodies.iter().for_each(|body| writer.bytes(body));
}

pub(crate) fn read_range(
    reader: &mut Reader,
    key: StreamKey,
    previous: Option<Head>,
    bodies_max: usize,
) -> Result<Range, DecodeProblem> {
    let after = read_start(reader, &key, previous)?;
    let chain = Chain(reader.array()?);
    let signature = read_signature(reader)?;
    let bodies = read_bodies(reader, bodies_max)?;
    let seq = after.seq + bodies.len() as u64;
    if seq > SEQ_MAX {
        return Err(DecodeProblem::Number);
    }
    let seal = Seal { key: key.clone(), seq, chain, signature };
    Ok(Range { key, after, bodies, seal })
}

fn read_start(
    reader: &mut Reader,
    key: &StreamKey,
    previous: Option<Head>,
) -> Result<Head, DecodeProblem> {
    match (reader.byte()?, previous) {
        (START_GENESIS, _) => Ok(Head::genesis(key)),
        (START_HEAD, _) => {
            let head = Head { seq: reader.seq()?, chain: Chain(reader.array()?) };
            // What can be said shorter is said shorter: one batch, one encoding.
            if previous == Some(head) { Err(DecodeProblem::Canonical) } else { Ok(head) }
        }
        (START_PREVIOUS, Some(head)) => Ok(head),
        (_, _) => Err(DecodeProblem::Canonical),
    }
}

fn read_bodies(reader: &mut Reader, bodies_max: usize) -> Result<Vec<Vec<u8>>, DecodeProblem> {
    // Each body takes a byte of length and a byte of its own at least.
    let count = reader.count(bodies_max, 2)?;
    if count == 0 {
        return Err(DecodeProblem::Body);
    }
    let mut lengths = Vec::with_capacity(count);
    let mut bytes = 0usize;
    for _ in 0..count {
        // Length 0 is kept free: it will mean "erased, its hash follows".
        let length = usize::try_from(reader.varint()?).map_err(|_| DecodeProblem::Limit)?;
        bytes = bytes.saturating_add(length);
        if length == 0 {
            return Err(DecodeProblem::Body);
        }
        if bytes > RANGE_BYTES_MAX {
            return Err(DecodeProblem::Limit);
        }
        lengths.push(length);
    }
    let mut bodies = Vec::with_capacity(count);
    for length in lengths {
        let body = reader.take(length)?;
        check_body(body).map_err(|_| DecodeProblem::Body)?;
        bodies.push(body.to_vec());
    }
    Ok(bodies)
}
