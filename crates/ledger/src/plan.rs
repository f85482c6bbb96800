//! The plan: from two sets of heads, the steps that make two replicas equal. A value computed from
//! values; running it is `sync`'s, and what to do about a fork is the writer's.

use crate::chain::Head;
use crate::heads::Heads;
use crate::key::{Seq, StreamKey, UnitKey, WriterId};
use std::collections::BTreeSet;

/// One thing to do about one stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// They lack what I have after `after` (their head).
    Push { key: StreamKey, after: Seq },
    /// I lack what they have after `after` (my head).
    Pull { key: StreamKey, after: Seq },
    /// Same length, different chain: one of the copies is another branch.
    Fork { key: StreamKey },
    /// They have more of *my own* stream than I do: I was rolled back, or there are two of me. A
    /// bare head may be forged: pull the range and verify its seal before acting on it.
    OwnAhead { key: StreamKey },
}

impl Step {
    /// The stream the step is about.
    pub fn key(&self) -> &StreamKey {
        match self {
            Step::Push { key, .. }
            | Step::Pull { key, .. }
            | Step::Fork { key }
            | Step::OwnAhead { key } => key,
        }
    }
}

/// What to do, in this order: signs about own streams, own pushes, pushes of carried streams,
/// forks, pulls; within each by stream key. Putting new units before old is the caller's (a stable
/// sort keeps the rest).
///
/// `scope` limits what is pulled, nothing else. So both sets of heads must be of what was compared:
/// the units both sides were asked about, and all own streams of each. Unequal lengths say nothing
/// of equal beginnings: a range carries the point it starts after, and a receiver that lacks it
/// says so.
pub fn plan(mine: &Heads, theirs: &Heads, own: &WriterId, scope: &BTreeSet<UnitKey>) -> Vec<Step> {
    let keys: BTreeSet<&StreamKey> = mine.keys().chain(theirs.keys()).collect();
    let mut steps: Vec<Step> = keys
        .into_iter()
        .filter_map(|key| step(key, mine.get(key), theirs.get(key), own, scope))
        .collect();
    // Stable, so the order by key stays within each turn.
    steps.sort_by_key(|step| turn(step, own));
    steps
}

fn step(
    key: &StreamKey,
    mine: Option<&Head>,
    theirs: Option<&Head>,
    own: &WriterId,
    scope: &BTreeSet<UnitKey>,
) -> Option<Step> {
    let seq = |head: Option<&Head>| head.map_or(0, |head| head.seq);
    let (my_seq, their_seq) = (seq(mine), seq(theirs));
    let key = || key.clone();
    if my_seq > their_seq {
        Some(Step::Push { key: key(), after: their_seq })
    } else if my_seq == their_seq {
        (my_seq > 0 && mine != theirs).then(|| Step::Fork { key: key() })
    } else if key().writer == *own {
        Some(Step::OwnAhead { key: key() })
    } else {
        scope.contains(&key().unit).then(|| Step::Pull { key: key(), after: my_seq })
    }
}

fn turn(step: &Step, own: &WriterId) -> u8 {
    let is_own = step.key().writer == *own;
    match step {
        Step::OwnAhead { .. } => 0,
        Step::Fork { .. } if is_own => 0,
        Step::Push { .. } if is_own => 1,
        Step::Push { .. } => 2,
        Step::Fork { .. } => 3,
        Step::Pull { .. } => 4,
    }
}
