//! Fills one batch from what has to be pushed. Reading only: what was sent counts once it is proven.

use crate::batch::encode_batch;
use crate::drive::SyncError;
use crate::pace::Pace;
use ledger::{
    BODIES_MAX, Batch, CERTIFICATES_MAX, RANGES_MAX, Range, Replica, Seq, StreamKey, WriterId,
};
use protocol::call::BODY_BYTES_MAX;
use std::collections::{BTreeMap, BTreeSet};

/// A stream of which the other side lacks what comes after `after`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lacking {
    pub key: StreamKey,
    pub after: Seq,
}

/// A batch ready to go.
pub struct Gathered {
    pub ranges: Vec<Range>,
    /// Bytes before compression.
    pub raw: usize,
    /// What goes over the wire.
    pub bytes: Vec<u8>,
}

/// The first ranges of `lacking`, in its order, as many as the pace asks for; `None`: nothing is sealed there.
pub fn gather<R: Replica>(
    replica: &R,
    lacking: &[Lacking],
    unproven: &BTreeSet<WriterId>,
    pace: Pace,
) -> Result<Option<Gathered>, SyncError<R::Error>> {
    let mut ranges = collect(replica, lacking, pace.raw_bytes())?;
    while !ranges.is_empty() {
        let gathered = pack(replica, ranges, unproven)?;
        let fits = gathered.bytes.len() <= BODY_BYTES_MAX.min(pace.aim_bytes() * 2);
        if fits || gathered.ranges.len() == 1 {
            return Ok(Some(gathered));
        }
        // Less was saved by compression than before: half as many ranges, from the front.
        ranges = gathered.ranges;
        ranges.truncate(ranges.len() / 2);
    }
    Ok(None)
}

fn collect<R: Replica>(
    replica: &R,
    lacking: &[Lacking],
    raw_max: usize,
) -> Result<Vec<Range>, SyncError<R::Error>> {
    let (mut ranges, mut raw, mut bodies) = (Vec::new(), 0, 0);
    for stream in lacking {
        let mut after = stream.after;
        while raw < raw_max && ranges.len() < RANGES_MAX {
            let found = replica.sealed_range(&stream.key, after, raw_max - raw);
            let Some(range) = found.map_err(SyncError::Replica)? else { break };
            let (more_raw, more_bodies) = (range.body_bytes(), range.bodies.len());
            // A range may be larger than asked for, but only the first may be larger than the aim.
            let is_over = raw + more_raw > raw_max || bodies + more_bodies > BODIES_MAX;
            if is_over && !ranges.is_empty() {
                return Ok(ranges);
            }
            (raw, bodies, after) = (raw + more_raw, bodies + more_bodies, range.seal.seq);
            ranges.push(range);
        }
        if raw >= raw_max || ranges.len() >= RANGES_MAX {
            break;
        }
    }
    Ok(ranges)
}

/// Adds the certificates of streams that begin here (who lacks a stream may lack its writer too), and of
/// writers the other side said it does not know.
fn pack<R: Replica>(
    replica: &R,
    mut ranges: Vec<Range>,
    unproven: &BTreeSet<WriterId>,
) -> Result<Gathered, SyncError<R::Error>> {
    let mut certificates = BTreeMap::new();
    let mut covered = 0;
    for range in &ranges {
        let writer = range.key.writer;
        let is_asked = range.after.seq == 0 || unproven.contains(&writer);
        if is_asked && !certificates.contains_key(&writer) {
            if certificates.len() == CERTIFICATES_MAX {
                break;
            }
            if let Some(pair) = replica.certificates(&writer).map_err(SyncError::Replica)? {
                certificates.insert(writer, pair);
            }
        }
        covered += 1;
    }
    ranges.truncate(covered);
    let batch = Batch { ranges, certificates: certificates.into_values().collect() };
    let bytes = encode_batch(&batch).map_err(|_| SyncError::Compression)?;
    let raw = batch.ranges.iter().map(Range::body_bytes).sum();
    Ok(Gathered { ranges: batch.ranges, raw, bytes })
}
