//! Which steps stand, and which comes behind which. A step comes behind all it has seen; one that stands in another's place comes where
//! that one was said, and what was said after that one comes behind it. Pure. Not what a step leads to (`task::leads`).

use super::{Act, Step};
use std::collections::{BTreeMap, BTreeSet};

/// The steps that stand, each with those that come before it.
pub(super) struct Order<'a, R> {
    pub standing: BTreeMap<R, &'a Step<R>>,
    pub before: BTreeMap<R, BTreeSet<R>>,
}

impl<'a, R: Ord + Copy> Order<'a, R> {
    /// `steps`: every one ever said; `without`: as if these stood no more.
    pub fn of(steps: &'a [Step<R>], without: &BTreeSet<R>) -> Order<'a, R> {
        let places = Places::of(steps);
        let replaced: BTreeSet<R> =
            steps.iter().flat_map(|step| step.replaces.iter().copied()).collect();
        let stands = |step: &&Step<R>| {
            step.act != Act::Withdrawn
                && !replaced.contains(&step.id)
                && !without.contains(&step.id)
        };
        let standing: BTreeMap<R, &Step<R>> =
            steps.iter().filter(stands).map(|step| (step.id, step)).collect();
        let before_of = |step: &Step<R>| {
            let known = standing.keys().copied().filter(|other| *other != step.id);
            let before = known.filter(|other| {
                let is_beside = step.saw.contains(other) && !places.is_after(*other, step.id);
                places.is_after(step.id, *other) || is_beside
            });
            before.collect()
        };
        let before = standing.iter().map(|(id, step)| (*id, before_of(step))).collect();
        Order { standing, before }
    }

    /// Those right before a step: nothing stands between.
    pub fn right_before(&self, id: R) -> BTreeSet<R> {
        let Some(all) = self.before.get(&id) else { return BTreeSet::new() };
        let is_between = |one: &&R| {
            let mut others = all.iter().filter(|other| other != one);
            others.any(|other| self.before.get(other).is_some_and(|before| before.contains(*one)))
        };
        all.iter().filter(|one| !is_between(one)).copied().collect()
    }

    /// Steps behind which none stands.
    pub fn heads(&self) -> BTreeSet<R> {
        let seen: BTreeSet<R> = self.before.values().flatten().copied().collect();
        self.standing.keys().copied().filter(|id| !seen.contains(id)).collect()
    }
}

/// Steps that come behind any of these.
pub(super) fn after<R: Ord + Copy>(steps: &[Step<R>], of: &BTreeSet<R>) -> BTreeSet<R> {
    let places = Places::of(steps);
    let ids = steps.iter().map(|step| step.id);
    ids.filter(|id| of.iter().any(|one| places.is_after(*id, *one))).collect()
}

/// Where each step was said: its own place, or of one that stands in others' places, theirs.
struct Places<R> {
    /// The steps first said there.
    roots: BTreeMap<R, BTreeSet<R>>,
    /// What those had seen.
    saw: BTreeMap<R, BTreeSet<R>>,
}

impl<R: Ord + Copy> Places<R> {
    fn of(steps: &[Step<R>]) -> Places<R> {
        let by_id: BTreeMap<R, &Step<R>> = steps.iter().map(|step| (step.id, step)).collect();
        let mut places = Places { roots: BTreeMap::new(), saw: BTreeMap::new() };
        for step in steps {
            let roots = roots(step.id, &by_id);
            let saw = roots.iter().filter_map(|root| by_id.get(root));
            places.saw.insert(step.id, saw.flat_map(|root| root.saw.iter().copied()).collect());
            places.roots.insert(step.id, roots);
        }
        places
    }

    /// Was `one` said where `other` had been seen?
    fn is_after(&self, one: R, other: R) -> bool {
        let (Some(saw), Some(roots)) = (self.saw.get(&one), self.roots.get(&other)) else {
            return false;
        };
        one != other && !saw.is_disjoint(roots)
    }
}

/// The steps in whose place one stands that stand in nobody's; itself where it is such a one. Bytes from elsewhere may go round in a
/// circle: each is looked at once.
fn roots<R: Ord + Copy>(id: R, by_id: &BTreeMap<R, &Step<R>>) -> BTreeSet<R> {
    let (mut roots, mut seen, mut ahead) = (BTreeSet::new(), BTreeSet::new(), vec![id]);
    while let Some(at) = ahead.pop() {
        if !seen.insert(at) {
            continue;
        }
        match by_id.get(&at) {
            Some(step) if !step.replaces.is_empty() => ahead.extend(&step.replaces),
            Some(_) | None => drop(roots.insert(at)),
        }
    }
    roots
}
