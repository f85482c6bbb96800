//! The pulling half of a run: asks for what this side lacks until nothing is missing or nothing moves.
//! What a received range deserves is the replica's to say.

use crate::batch::decode_batch;
use crate::carrier::{Carrier, CarrierError};
use crate::compare::Comparison;
use crate::drive::{FAILURES_MAX, Run, SyncError};
use crate::pace::Turn;
use crate::wire::wanted;
use ledger::{Batch, Limits, Range, Replica, Seq, Step, StreamKey, UnitKey};
use protocol::PROTOCOL_VERSION;
use protocol::call::{PullRequest, WANTED_MAX};
use std::collections::BTreeMap;

/// Pulls in one run, at most. Each brings entries or is the last.
const ROUNDS_MAX: usize = 100_000;

/// A stream this side lacks the end of.
struct Missing {
    key: StreamKey,
    after: Seq,
    /// How far the other side said it is.
    until: Seq,
}

/// Takes everything in scope that the other side has and this one lacks.
pub fn pull_all<R: Replica, C: Carrier>(
    run: &mut Run<'_, R, C>,
    comparison: &Comparison,
) -> Result<(), SyncError<R::Error>> {
    let mut missing = missing(run, comparison)?;
    for _ in 0..ROUNDS_MAX {
        missing.retain(|stream| stream.after < stream.until);
        if missing.is_empty() {
            break;
        }
        let Some((batch, sizes)) = pull_one(run, &missing)? else { continue };
        let was_moved = take(run, &mut missing, batch)?;
        run.outcome.pace = run.outcome.pace.after(sizes);
        if !was_moved {
            break;
        }
        run.patience = FAILURES_MAX;
    }
    Ok(())
}

fn missing<R: Replica, C: Carrier>(
    run: &Run<'_, R, C>,
    comparison: &Comparison,
) -> Result<Vec<Missing>, SyncError<R::Error>> {
    let mut missing: Vec<Missing> = comparison
        .steps
        .iter()
        .filter_map(|step| match step {
            Step::Pull { key, after } => {
                let until = comparison.their_seq(key);
                Some(Missing { key: key.clone(), after: *after, until })
            }
            Step::Push { .. } | Step::Fork { .. } | Step::OwnAhead { .. } => None,
        })
        .collect();
    // What was let go and is wanted back stands in the heads as if it were here: it comes from where the copy ends.
    for (key, after, stood) in run.replica.returning().map_err(SyncError::Replica)? {
        let until = stood.max(comparison.their_seq(&key));
        missing.retain(|stream| stream.key != key);
        missing.push(Missing { key, after, until });
    }
    missing.sort_by_key(|stream| run.turn(&stream.key.unit));
    Ok(missing)
}

/// One call. `None`: nothing readable came; try again while patience lasts.
fn pull_one<R: Replica, C: Carrier>(
    run: &mut Run<'_, R, C>,
    missing: &[Missing],
) -> Result<Option<(Batch, Turn)>, SyncError<R::Error>> {
    let streams = missing.iter().take(WANTED_MAX);
    let bytes_max = u32::try_from(run.outcome.pace.raw_bytes()).unwrap_or(u32::MAX);
    let request = PullRequest {
        protocol: PROTOCOL_VERSION,
        wanted: streams.map(|stream| wanted(&stream.key, stream.after)).collect(),
        bytes_max,
    };
    run.outcome.report.batches += 1;
    let bytes = match run.carrier.pull(&request) {
        Ok(bytes) => bytes,
        Err(CarrierError::TimedOut) => {
            run.outcome.pace = run.outcome.pace.after(Turn::TimedOut);
            run.bear(CarrierError::TimedOut)?;
            return Ok(None);
        }
        Err(CarrierError::AnswerUnknown) => {
            run.outcome.pace = run.outcome.pace.after(Turn::Cut);
            run.bear(CarrierError::AnswerUnknown)?;
            return Ok(None);
        }
        Err(error) => return Err(error.into()),
    };
    let Ok(batch) = decode_batch(&bytes, &Limits::default()) else {
        run.bear(CarrierError::AnswerUnknown)?;
        return Ok(None);
    };
    let raw = batch.ranges.iter().map(Range::body_bytes).sum();
    Ok(Some((batch, Turn::Sent { raw, sent: bytes.len() })))
}

/// Gives the replica what was asked for, unit by unit. True when anything moved.
fn take<R: Replica, C: Carrier>(
    run: &mut Run<'_, R, C>,
    missing: &mut Vec<Missing>,
    batch: Batch,
) -> Result<bool, SyncError<R::Error>> {
    let mut was_moved = false;
    for (_, ranges) in by_unit(batch.ranges) {
        let asked: Vec<Range> = ranges
            .into_iter()
            .filter(|range| missing.iter().any(|stream| stream.key == range.key))
            .collect();
        if asked.is_empty() {
            continue;
        }
        let answers =
            run.replica.accept(&asked, &batch.certificates).map_err(SyncError::Replica)?;
        for (range, answer) in asked.iter().zip(answers) {
            match answer {
                Ok(accepted) => {
                    was_moved |= accepted.new_entries > 0;
                    run.outcome.report.pulled += u64::from(accepted.new_entries);
                    run.outcome.server_heads.insert(range.key.clone(), accepted.head);
                    for stream in missing.iter_mut().filter(|stream| stream.key == range.key) {
                        stream.after = accepted.head.seq;
                    }
                }
                Err(refusal) => {
                    // The rest of this stream builds on what was refused.
                    let before = missing.len();
                    missing.retain(|stream| stream.key != range.key);
                    was_moved |= missing.len() < before;
                    if missing.len() < before {
                        run.refuse(range.key.clone(), refusal.word());
                    }
                }
            }
        }
    }
    Ok(was_moved)
}

/// Ranges by unit, in the order received within each: a unit is taken in one transaction.
pub fn by_unit(ranges: Vec<Range>) -> BTreeMap<UnitKey, Vec<Range>> {
    let mut units: BTreeMap<UnitKey, Vec<Range>> = BTreeMap::new();
    for range in ranges {
        units.entry(range.key.unit.clone()).or_default().push(range);
    }
    units
}
