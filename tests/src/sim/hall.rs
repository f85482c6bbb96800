//! Two devices in a hall, without the server: one takes what the other holds of the units it may have. There is no
//! carrier for this yet; what is given and taken goes through the same plan, ranges and checks.

use ledger::{Replica, Seq, Step, StreamKey, UnitKey, plan};
use std::collections::BTreeSet;

/// Bytes of one range handed over.
const RANGE_BYTES: usize = 64 << 10;

/// `taker` takes what verifies.
pub fn carry<R: Replica>(
    giver: &mut R,
    taker: &mut R,
    units: &BTreeSet<UnitKey>,
) -> Result<(), R::Error> {
    giver.seal_own()?;
    taker.seal_own()?;
    let (mine, theirs) = (taker.heads(Some(units))?, giver.heads(Some(units))?);
    for step in plan(&mine, &theirs, &taker.own_writer()?, units) {
        match step {
            Step::Pull { key, after } => take(giver, taker, &key, after)?,
            // Another life of the taker's own stream: from where both are equal.
            Step::OwnAhead { key } => {
                let head = mine.get(&key).map_or(0, |head| head.seq);
                take(giver, taker, &key, head)?;
            }
            // Between two devices such a stream waits for the server.
            Step::Fork { .. } | Step::Push { .. } => {}
        }
    }
    Ok(())
}

fn take<R: Replica>(
    giver: &R,
    taker: &mut R,
    key: &StreamKey,
    mut after: Seq,
) -> Result<(), R::Error> {
    let certificates: Vec<_> = giver.certificates(&key.writer)?.into_iter().collect();
    while let Some(range) = giver.sealed_range(key, after, RANGE_BYTES)? {
        let end = range.seal.seq;
        let answers = taker.accept(&[range], &certificates)?;
        if answers.iter().any(Result::is_err) {
            break;
        }
        after = end;
    }
    Ok(())
}
