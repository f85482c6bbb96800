//! Of which current values no repeat was taken: what stands as their repeat knows nothing of them. A laboratory's glucose that came after a
//! finger-stick was repeated is not the one that was repeated. Pure. What it means is the rules' (`domain::rule::Measured`).

use super::current::{Said, Standing, ValueGiven, places};
use domain::catalogue::Catalogue;
use domain::ids::ItemCode;
use domain::rule::repeats;
use ledger::Reference;
use protocol::fact::SawFact;
use std::collections::{BTreeMap, BTreeSet};

/// The current values, as (saying, item), whose item has a repeat standing that is not of them. No clock is asked: a repeat is of what
/// lies in the same entry, of what its entry names, and of what its writer had written before, a laboratory's report but by name.
pub(crate) fn unrepeated(
    catalogue: &Catalogue,
    standing: &Standing,
    said: &[Said],
) -> BTreeSet<(usize, ItemCode)> {
    let mut found = BTreeSet::new();
    for (item, later) in repeats(catalogue) {
        let is_number = |given: &&ValueGiven| given.value.value.number().is_some();
        let repeats: Vec<&ValueGiven> =
            standing.current().filter(|g| later.contains(&g.item)).filter(is_number).collect();
        let mut firsts = standing.current().filter(|g| g.item == item).filter(is_number).peekable();
        if repeats.is_empty() || firsts.peek().is_none() {
            continue;
        }
        let places = places(said);
        let look = Look { said, standing, places: &places, repeats: &repeats };
        for first in firsts {
            if !look.is_repeated(first.said, item, &mut BTreeSet::new()) {
                found.insert((first.said, item));
            }
        }
    }
    found
}

struct Look<'a> {
    said: &'a [Said],
    standing: &'a Standing,
    places: &'a BTreeMap<Reference, usize>,
    /// What stands as the repeat.
    repeats: &'a [&'a ValueGiven],
}

impl Look<'_> {
    /// A repeat is of this value, or of the reading that it puts right. Of one that was chosen, of the one chosen.
    fn is_repeated(&self, at: usize, item: ItemCode, seen: &mut BTreeSet<usize>) -> bool {
        if !seen.insert(at) {
            return false;
        }
        let mut repeats = self.repeats.iter();
        if repeats.any(|repeat| self.knows(repeat.said, repeat.item, at, &mut BTreeSet::new())) {
            return true;
        }
        let before = self.named(at, Some(item));
        let value = |at: usize| {
            let mut values = self.standing.values.iter();
            values.find(|v| v.said == at && v.item == item).map(|v| &v.value.value)
        };
        let chosen: Vec<usize> =
            before.iter().copied().filter(|one| value(*one) == value(at)).collect();
        let of = if chosen.is_empty() { before } else { chosen };
        !of.is_empty() && of.into_iter().all(|one| self.is_repeated(one, item, seen))
    }

    /// Whoever took the repeat knew of `first`. A repeat that was itself put right knows what the one before it did.
    fn knows(&self, at: usize, item: ItemCode, first: usize, seen: &mut BTreeSet<usize>) -> bool {
        if at == first || self.named(at, None).contains(&first) {
            return true;
        }
        if !seen.insert(at) {
            return false;
        }
        let gives =
            |one: &usize| self.said[*one].results().iter().any(|r| r.item == u32::from(item.0));
        let before: Vec<usize> = self.named(at, Some(item)).into_iter().filter(gives).collect();
        if !before.is_empty() {
            return before.into_iter().any(|one| self.knows(one, item, first, seen));
        }
        let (own, other) = (&self.said[at], &self.said[first]);
        let (a, b) = (&own.reference, &other.reference);
        // A laboratory's report is shown to nobody who copies a paper in after it.
        let is_before = own.unit == other.unit && a.writer == b.writer && b.seq < a.seq;
        is_before && other.lab().is_none()
    }

    /// The sayings that one names, for an item or at all.
    fn named(&self, at: usize, item: Option<ItemCode>) -> Vec<usize> {
        let is_of = |saw: &&SawFact| item.is_none_or(|item| saw.items.contains(&u32::from(item.0)));
        let named = self.said[at].saw().iter().filter(is_of);
        let place = |saw: &SawFact| {
            let reference = Reference::try_from(saw.entry.as_ref()?).ok()?;
            self.places.get(&reference).copied()
        };
        named.filter_map(place).collect()
    }
}
