//! Giving a server back what this side carries for others, so that many devices at once do not all give the same:
//! a little at a time, in an order of each device's own, and heads compared again before each. What somebody
//! else is seen to be giving is left to them; the next run finds whether they did.
//!
//! Own streams are given before, and whole (`drive`). Nothing here waits or draws by chance.

use crate::carrier::Carrier;
use crate::compare::{Comparison, compare};
use crate::drive::{Queue, Run, SyncError, lacking, push_one};
use crate::gather::{Lacking, gather};
use ledger::{Replica, Seq, StreamKey, WriterId};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// Body bytes given for each stream in a group: about one range.
const GROUP_STREAM_BYTES: usize = 64 << 10;

/// Where a stream stands in a carrier's order: its own, and the same each time.
pub fn place_in_order(carrier: &WriterId, key: &StreamKey) -> [u8; 32] {
    let hash = Sha256::new().chain_update(b"hx-carry-1\0").chain_update(carrier.0);
    hash.chain_update(key.writer.0).chain_update(key.unit.as_str()).finalize().into()
}

/// Gives what the other side lacks of others' streams. Answers the comparison to pull by.
pub fn carry_all<R: Replica, C: Carrier>(
    run: &mut Run<'_, R, C>,
    mut comparison: Comparison,
) -> Result<Comparison, SyncError<R::Error>> {
    let mut queue = Queue::default();
    let mut left: BTreeSet<StreamKey> = BTreeSet::new();
    // How many streams one group may have. While nobody else is at work there is no need to go slowly.
    let mut width = 1_usize;
    loop {
        let waiting = waiting(run, &comparison, &queue, &left);
        let group: Vec<Lacking> = waiting.iter().take(width).cloned().collect();
        if group.is_empty() {
            return Ok(comparison);
        }
        queue.begin(&group);
        let pace = run.outcome.pace.at_most(width.saturating_mul(GROUP_STREAM_BYTES));
        let Some(batch) = gather(run.replica, &queue.lacking, &queue.unproven, pace)? else {
            // Nothing of these is sealed here: they hold up no others.
            left.extend(group.into_iter().map(|stream| stream.key));
            continue;
        };
        run.outcome.report.batches += 1;
        push_one(run, &mut queue, &batch)?;
        comparison = compare(run, false)?;
        let moved = given_by_others(&waiting, &queue.known, &comparison);
        width = if moved.is_empty() { width.saturating_mul(2) } else { 1 };
        left.extend(moved);
    }
}

/// What the other side still lacks of others' streams, in this carrier's order. What it has proven to have taken
/// in this run is not given again, whatever it says of its heads.
fn waiting<R: Replica, C: Carrier>(
    run: &Run<'_, R, C>,
    comparison: &Comparison,
    queue: &Queue,
    left: &BTreeSet<StreamKey>,
) -> Vec<Lacking> {
    let mut waiting = lacking(run, comparison);
    waiting.retain(|stream| !run.lives.contains(&stream.key.writer) && !left.contains(&stream.key));
    for stream in &mut waiting {
        let proven = queue.known.get(&stream.key).copied().unwrap_or(0);
        stream.after = stream.after.max(proven);
    }
    waiting.retain(|stream| comparison.my_seq(&stream.key) > stream.after);
    let own = run.own;
    waiting.sort_by_cached_key(|stream| {
        (run.turn(&stream.key.unit), place_in_order(&own, &stream.key))
    });
    waiting
}

/// Streams that stand further than this side was seen to bring them.
fn given_by_others(
    waiting: &[Lacking],
    known: &BTreeMap<StreamKey, Seq>,
    comparison: &Comparison,
) -> Vec<StreamKey> {
    let moved = waiting.iter().filter(|stream| {
        let proven = known.get(&stream.key).copied().unwrap_or(0);
        comparison.their_seq(&stream.key) > stream.after.max(proven)
    });
    moved.map(|stream| stream.key.clone()).collect()
}
