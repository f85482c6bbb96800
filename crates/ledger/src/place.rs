//! Where a verified range lies against a replica's own copy of the stream, and how two sides whose
//! copies part find the last point in common. Not what follows from a fork: re-filing and healing.

use crate::chain::{Chain, Head};
use crate::key::Seq;
use crate::range::Range;

/// Seal points in one refusal, at most.
pub const SEAL_POINTS_MAX: usize = 64;

/// What a verified range means for the receiver's copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    /// Continues the copy: append the bodies from index `skip` on.
    Append { skip: usize },
    /// All of it is held already: nothing changes.
    Held,
    /// Starts beyond the copy's head.
    Gap,
    /// Differs from the copy at or before the head: one of the two is another branch.
    Contradicts,
}

/// Places a range that [`crate::verify_range`] has passed. `chain_at` answers the copy's own chain
/// at a position from 1 to its head; it is asked only when the range does not start at the head.
pub fn place<E>(
    range: &Range,
    head: &Head,
    mut chain_at: impl FnMut(Seq) -> Result<Option<Chain>, E>,
) -> Result<Placement, E> {
    let mut agrees = |point: Head| -> Result<bool, E> {
        if point == *head || (point.seq == 0 && point == Head::genesis(&range.key)) {
            return Ok(true);
        }
        if point.seq == 0 || point.seq >= head.seq {
            return Ok(false);
        }
        Ok(chain_at(point.seq)? == Some(point.chain))
    };
    if range.after.seq > head.seq {
        return Ok(Placement::Gap);
    }
    if !agrees(range.after)? {
        return Ok(Placement::Contradicts);
    }
    if range.seal.seq <= head.seq {
        let held = agrees(range.seal.head())?;
        return Ok(if held { Placement::Held } else { Placement::Contradicts });
    }
    // Fits in memory by the limits of a range, so the conversion cannot fail.
    let skip = usize::try_from(head.seq - range.after.seq).unwrap_or(range.bodies.len());
    let there = range.after.after(range.bodies.iter().take(skip).map(Vec::as_slice));
    Ok(if there == *head { Placement::Append { skip } } else { Placement::Contradicts })
}

/// The seal points a refusal answers: of `all` (ascending) the newest half of [`SEAL_POINTS_MAX`],
/// and the others spread evenly over what is older.
pub fn choose_seal_points(all: &[Head]) -> Vec<Head> {
    if all.len() <= SEAL_POINTS_MAX {
        return all.to_vec();
    }
    let half = SEAL_POINTS_MAX / 2;
    let (older, newest) = all.split_at(all.len() - half);
    let spread = (0..half).filter_map(|i| older.get(i * older.len() / half));
    spread.chain(newest).copied().collect()
}

/// The highest of the other side's points that one's own copy has too; `None`: only the genesis is
/// common. `chain_at` answers one's own chain at a position, `None` beyond the head.
pub fn last_common<E>(
    points: &[Head],
    mut chain_at: impl FnMut(Seq) -> Result<Option<Chain>, E>,
) -> Result<Option<Head>, E> {
    let mut newest_first: Vec<&Head> = points.iter().filter(|point| point.seq > 0).collect();
    newest_first.sort_by(|a, b| b.cmp(a));
    for point in newest_first {
        if chain_at(point.seq)? == Some(point.chain) {
            return Ok(Some(*point));
        }
    }
    Ok(None)
}
