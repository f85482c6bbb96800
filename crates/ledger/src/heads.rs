//! Heads of many streams, their digests per unit, and which units differ. Not what to do about it:
//! `plan`.

use crate::chain::{Chain, Head};
use crate::codec::{DecodeProblem, Reader, Writer};
use crate::key::{StreamKey, UnitKey, WriterId};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// Heads in one encoded set, at most (about 3.3 MB); who has more sends the newest units first.
pub const HEADS_MAX: usize = 65_536;
/// Units in one encoded digest set, at most.
pub const UNITS_MAX: usize = 4_096;

/// Where each stream stands. A stream at seq 0 is the same as none.
pub type Heads = BTreeMap<StreamKey, Head>;

/// 16 bytes that are equal exactly when two replicas hold the same heads of a unit: the first of
/// SHA-256 over the heads sorted by key. Streams without entries do not count.
pub fn unit_digest<'a>(heads: impl IntoIterator<Item = (&'a StreamKey, &'a Head)>) -> [u8; 16] {
    digest("hx-unit-1", heads)
}

/// The same over all streams of one writer, whatever their units: every handshake compares it.
pub fn own_digest<'a>(heads: impl IntoIterator<Item = (&'a StreamKey, &'a Head)>) -> [u8; 16] {
    digest("hx-own-1", heads)
}

fn digest<'a>(tag: &str, heads: impl IntoIterator<Item = (&'a StreamKey, &'a Head)>) -> [u8; 16] {
    let mut sorted: Vec<_> = heads.into_iter().filter(|(_, head)| head.seq > 0).collect();
    sorted.sort();
    let mut writer = Writer::tagged(tag);
    writer.count(sorted.len());
    for (key, head) in sorted {
        writer.stream_key(key);
        writer.varint(head.seq);
        writer.bytes(&head.chain.0);
    }
    let hash = Sha256::digest(writer.done());
    let mut short = [0; 16];
    short.copy_from_slice(&hash[..16]);
    short
}

/// A digest for each unit a replica says it holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HeadsDigest(pub BTreeMap<UnitKey, [u8; 16]>);

impl HeadsDigest {
    /// The digests of all units that have entries.
    pub fn of(heads: &Heads) -> HeadsDigest {
        let mut units: BTreeMap<UnitKey, Vec<(&StreamKey, &Head)>> = BTreeMap::new();
        for (key, head) in heads.iter().filter(|(_, head)| head.seq > 0) {
            units.entry(key.unit.clone()).or_default().push((key, head));
        }
        HeadsDigest(units.into_iter().map(|(unit, heads)| (unit, unit_digest(heads))).collect())
    }

    /// The units whose digests differ, and those only one side has. The caller leaves out what one
    /// side does not hold on purpose.
    pub fn compare(&self, theirs: &HeadsDigest) -> BTreeSet<UnitKey> {
        let all = self.0.keys().chain(theirs.0.keys());
        all.filter(|unit| self.0.get(*unit) != theirs.0.get(*unit)).cloned().collect()
    }

    /// `U`, version 1, count, then each unit with its 16 bytes, sorted.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::document(b'U', 1);
        writer.count(self.0.len());
        for (unit, digest) in &self.0 {
            writer.unit(unit);
            writer.bytes(digest);
        }
        writer.done()
    }

    /// Reads what [`HeadsDigest::encode`] wrote, and nothing else.
    pub fn decode(bytes: &[u8]) -> Result<HeadsDigest, DecodeProblem> {
        let mut reader = Reader::document(bytes, b'U', 1)?;
        let count = reader.count(UNITS_MAX, 18)?;
        let mut units = BTreeMap::new();
        for _ in 0..count {
            let unit = reader.unit()?;
            ascending(units.last_key_value(), &unit)?;
            units.insert(unit, reader.array()?);
        }
        reader.end()?;
        Ok(HeadsDigest(units))
    }
}

/// `H`, version 1, units, then for each its key and streams: writer, seq, chain. All sorted;
/// streams without entries are left out.
pub fn encode_heads(heads: &Heads) -> Vec<u8> {
    let mut units: BTreeMap<&UnitKey, Vec<(&WriterId, &Head)>> = BTreeMap::new();
    for (key, head) in heads.iter().filter(|(_, head)| head.seq > 0) {
        units.entry(&key.unit).or_default().push((&key.writer, head));
    }
    let mut writer = Writer::document(b'H', 1);
    writer.count(units.len());
    for (unit, streams) in units {
        writer.unit(unit);
        writer.count(streams.len());
        for (id, head) in streams {
            writer.bytes(&id.0);
            writer.varint(head.seq);
            writer.bytes(&head.chain.0);
        }
    }
    writer.done()
}

/// Reads what [`encode_heads`] wrote, and nothing else; at most [`HEADS_MAX`] streams.
pub fn decode_heads(bytes: &[u8]) -> Result<Heads, DecodeProblem> {
    let mut reader = Reader::document(bytes, b'H', 1)?;
    let units = reader.count(HEADS_MAX, 52)?;
    let mut heads = Heads::new();
    let mut last: Option<UnitKey> = None;
    for _ in 0..units {
        let unit = reader.unit()?;
        if last.is_some_and(|last| last >= unit) {
            return Err(DecodeProblem::Canonical);
        }
        let streams = reader.count(HEADS_MAX - heads.len(), 49)?;
        if streams == 0 {
            return Err(DecodeProblem::Canonical);
        }
        for _ in 0..streams {
            let key = StreamKey { unit: unit.clone(), writer: WriterId(reader.array()?) };
            ascending(heads.last_key_value(), &key)?;
            let head = Head { seq: reader.seq()?, chain: Chain(reader.array()?) };
            heads.insert(key, head);
        }
        last = Some(unit);
    }
    reader.end()?;
    Ok(heads)
}

fn ascending<K: Ord, V>(last: Option<(&K, &V)>, next: &K) -> Result<(), DecodeProblem> {
    match last {
        Some((last, _)) if last >= next => Err(DecodeProblem::Canonical),
        Some(_) | None => Ok(()),
    }
}
