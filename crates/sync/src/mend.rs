//! Own entries damaged on this side's disk: asked of the other side before anything is sealed or compared, so that they
//! hold up nothing. What it has, neighbours' copies among it, takes their place; what it has not is left behind.
//! Not the finding and the filing again: that is the replica's.

use crate::batch::decode_batch;
use crate::carrier::{Carrier, CarrierError};
use crate::drive::{Run, SyncError};
use crate::wire::wanted;
use ledger::{Limits, Range, Replica, StreamKey};
use protocol::PROTOCOL_VERSION;
use protocol::call::PullRequest;

/// Batches asked for one stream, at most.
const ASKED_MAX: usize = 1_024;

pub fn mend<R: Replica, C: Carrier>(run: &mut Run<'_, R, C>) -> Result<(), SyncError<R::Error>> {
    let damaged = run.replica.damaged().map_err(SyncError::Replica)?;
    if damaged.is_empty() {
        return Ok(());
    }
    for (key, mut after) in damaged {
        for _ in 0..ASKED_MAX {
            let ranges = ask(run, &key, after)?;
            let Some(last) = ranges.last().filter(|last| last.seal.seq > after) else { break };
            after = last.seal.seq;
            run.replica.repair(&ranges).map_err(SyncError::Replica)?;
        }
    }
    run.replica.abandon().map_err(SyncError::Replica)
}

/// What the other side has of a stream after a position. Who cannot be asked leaves it to the next run.
fn ask<R: Replica, C: Carrier>(
    run: &mut Run<'_, R, C>,
    key: &StreamKey,
    after: u64,
) -> Result<Vec<Range>, SyncError<R::Error>> {
    let bytes_max = u32::try_from(run.outcome.pace.raw_bytes()).unwrap_or(u32::MAX);
    let wanted = vec![wanted(key, after)];
    let request = PullRequest { protocol: PROTOCOL_VERSION, wanted, bytes_max };
    loop {
        let batch = run.carrier.pull(&request).and_then(|bytes| {
            decode_batch(&bytes, &Limits::default()).map_err(|_| CarrierError::AnswerUnknown)
        });
        match batch {
            Ok(batch) => {
                return Ok(batch.ranges.into_iter().filter(|range| range.key == *key).collect());
            }
            Err(error @ (CarrierError::AnswerUnknown | CarrierError::TimedOut)) => {
                run.bear(error)?;
            }
            Err(error) => return Err(error.into()),
        }
    }
}
