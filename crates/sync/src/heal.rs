//! Streams of which the two sides hold different branches: after a restore of either side, of a copied device, or of
//! a neighbour whose work this side carries. First the last point in common, then the suffix beyond it is put
//! where it counts, and only then the other branch takes its place.
//!
//! Own streams: this side asks for the other branch, and its replica, shown its own seal there, becomes a new
//! writer. Others': the server is given the suffix and re-files it; this side follows when it holds that.
//! Not the re-filing itself: that is the replica's (`ledger::Replica::accept`, `follow`).

use crate::answer::POINTS_OF_MAX;
use crate::batch::decode_batch;
use crate::carrier::{Carrier, CarrierError};
use crate::compare::ask_points;
use crate::drive::{Run, SyncError};
use crate::gather::{Lacking, gather};
use crate::verdict::{PushVerdict, judge};
use crate::wire::wanted;
use ledger::{Head, Limits, Refusal, Replica, Seq, StreamKey, last_common};
use protocol::PROTOCOL_VERSION;
use protocol::call::PullRequest;
use std::collections::BTreeSet;

/// Batches of one branch offered in one pass, at most.
const OFFERS_MAX: usize = 1_024;

/// True for the words of a refusal that says: there is another branch here.
pub fn is_parted_word(word: &str) -> bool {
    let genesis = || Some(Head { seq: 0, chain: ledger::Chain([0; 32]) });
    matches!(
        Refusal::from_word(word, genesis(), Vec::new()),
        Some(Refusal::NotAfterYourHead { .. } | Refusal::OwnAhead { .. })
    )
}

/// Does what can be done now about each stream. True when anything was done: go over both sides again.
pub fn reconcile<R: Replica, C: Carrier>(
    run: &mut Run<'_, R, C>,
    parted: &[StreamKey],
) -> Result<bool, SyncError<R::Error>> {
    let mut was_moved = false;
    for some in parted.chunks(POINTS_OF_MAX) {
        let points = ask_points(run, some)?;
        for key in some {
            let of_stream = points.iter().filter(|(of, _)| of == key).map(|(_, point)| *point);
            let of_stream: Vec<Head> = of_stream.collect();
            let common = last_common(&of_stream, |seq| run.replica.chain_at(key, seq));
            let common = common.map_err(SyncError::Replica)?.map_or(0, |head| head.seq);
            // Own lives: this side can re-file its branch itself, also where it may not pull what the server makes of it.
            was_moved |= if run.lives.contains(&key.writer) && meet_own(run, key, common)? {
                true
            } else if key.writer == run.own {
                // A revoked device is not given the other branch: the server files this one again.
                run.outcome.revoked && offer(run, key, common)?
            } else {
                let common = run.offered.get(key).map_or(common, |offered| common.max(*offered));
                let is_followed = run.replica.follow(key, common).map_err(SyncError::Replica)?;
                is_followed || offer(run, key, common)?
            };
        }
    }
    Ok(was_moved)
}

/// Asks for the other branch of an own stream. What comes is sealed by the own key or proves nothing; where it
/// does, the replica becomes a new writer in accepting it.
fn meet_own<R: Replica, C: Carrier>(
    run: &mut Run<'_, R, C>,
    key: &StreamKey,
    common: Seq,
) -> Result<bool, SyncError<R::Error>> {
    let bytes_max = u32::try_from(run.outcome.pace.raw_bytes()).unwrap_or(u32::MAX);
    let wanted = vec![wanted(key, common)];
    let request = PullRequest { protocol: PROTOCOL_VERSION, wanted, bytes_max };
    let bytes = match run.carrier.pull(&request) {
        Ok(bytes) => bytes,
        Err(error @ (CarrierError::AnswerUnknown | CarrierError::TimedOut)) => {
            run.bear(error)?;
            return Ok(true);
        }
        Err(error) => return Err(error.into()),
    };
    let Ok(batch) = decode_batch(&bytes, &Limits::default()) else {
        run.bear(CarrierError::AnswerUnknown)?;
        return Ok(true);
    };
    let of_stream: Vec<_> = batch.ranges.into_iter().filter(|range| range.key == *key).collect();
    let answers =
        run.replica.accept(&of_stream, &batch.certificates).map_err(SyncError::Replica)?;
    let taken = answers.iter().flatten().map(|taken| u64::from(taken.new_entries)).sum::<u64>();
    run.outcome.report.pulled += taken;
    Ok(taken > 0 || run.replica.own_writer().map_err(SyncError::Replica)? != run.own)
}

/// Gives the server the branch here: it refuses it as a stream and keeps each fact in its own. True when the whole
/// branch was given: what it has made of it comes with the next pull.
fn offer<R: Replica, C: Carrier>(
    run: &mut Run<'_, R, C>,
    key: &StreamKey,
    common: Seq,
) -> Result<bool, SyncError<R::Error>> {
    if run.offered.contains_key(key) {
        // Given in this run already, and not all of it came back: the other side will not re-file it.
        return Ok(false);
    }
    let (mut after, mut same) = (common, common);
    let unproven = BTreeSet::from([key.writer]);
    let mut was_given = false;
    for _ in 0..OFFERS_MAX {
        let lacking = [Lacking { key: key.clone(), after }];
        let pace = run.outcome.pace;
        let Some(batch) = gather(run.replica, &lacking, &unproven, pace)? else { break };
        run.outcome.report.batches += 1;
        let answer = match run.carrier.push(&batch.bytes) {
            Ok(answer) => answer,
            Err(error @ (CarrierError::AnswerUnknown | CarrierError::TimedOut)) => {
                run.bear(error)?;
                return Ok(true);
            }
            Err(error) => return Err(error.into()),
        };
        let root = &run.start.server_public_key;
        let Some(verdicts) = judge(&batch.bytes, &batch.ranges, &answer, root) else {
            run.bear(CarrierError::AnswerUnknown)?;
            return Ok(true);
        };
        was_given = true;
        for (range, verdict) in batch.ranges.iter().zip(verdicts) {
            match verdict {
                PushVerdict::Taken(_) => same = same.max(range.seal.seq),
                PushVerdict::Refused(_) => {}
            }
        }
        after = batch.ranges.last().map_or(after, |range| range.seal.seq);
    }
    run.offered.insert(key.clone(), same);
    Ok(was_given)
}
