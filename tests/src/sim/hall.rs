//! Two devices in a hall, without the server: each takes what the other holds of the units it may have. There is no
//! carrier for this yet; what is given and taken goes through the same plan, ranges and checks.

use super::holder::{DISTRICT, Holder, unit};
use super::mortal::{Fate, Mortal};
use ledger::{Replica, Seq, Step, StreamKey, UnitKey, plan};
use std::collections::BTreeSet;

/// Bytes of one range handed over.
const RANGE_BYTES: usize = 64 << 10;

/// `taker` takes what verifies.
pub fn carry<G: Replica, T: Replica<Error = G::Error>>(
    giver: &mut G,
    taker: &mut T,
    units: &BTreeSet<UnitKey>,
) -> Result<(), G::Error> {
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

/// Both ways, as two devices of a team meet: first each has the newer of what either knew of policies, then each gives what
/// the other may have as it knows it, which to a revoked one is nothing.
pub fn exchange<H: Holder>(
    (one, n): (&mut Mortal<H>, u8),
    (other, m): (&mut Mortal<H>, u8),
) -> Result<(), Fate<H::Error>> {
    let district = BTreeSet::from([unit(DISTRICT)]);
    carry(one, other, &district)?;
    carry(other, one, &district)?;
    let for_one = other.inner.units_of(n);
    let for_other = one.inner.units_of(m);
    carry(other, one, &for_one)?;
    carry(one, other, &for_other)
}

fn take<G: Replica, T: Replica<Error = G::Error>>(
    giver: &G,
    taker: &mut T,
    key: &StreamKey,
    mut after: Seq,
) -> Result<(), G::Error> {
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
