//! What a round would see if it moved from one catalogue version to another: the classes that come and go, counted over
//! the checkups there are. Nothing is changed by looking. Not here: who decides (a round moves on purpose).

use super::{Judgement, Level, judge_current};
use crate::catalogue::Catalogue;
use crate::check::Subject;
use crate::facts::CurrentValue;
use crate::ids::ItemCode;
use std::collections::{BTreeMap, BTreeSet};

/// A class at a level that one version gives and the other does not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClassChange {
    pub rule: String,
    pub code: String,
    pub level: Level,
    /// The newer version gives it; else only the older one did.
    pub appears: bool,
}

/// A class of one checkup that two versions give otherwise.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClassMove {
    pub rule: String,
    pub code: String,
    pub item: Option<ItemCode>,
    /// Level and days until due; `None`: not given.
    pub before: Option<(Level, Option<u16>)>,
    pub after: Option<(Level, Option<u16>)>,
}

/// What comes, goes, or changes its level or days between two judgements of one checkup, by rule and class.
pub fn moves(before: &[Judgement], after: &[Judgement]) -> Vec<ClassMove> {
    type Key = (String, String, Option<ItemCode>);
    let by_class = |all: &[Judgement]| -> BTreeMap<Key, (Level, Option<u16>)> {
        let one = |j: &Judgement| ((j.rule.clone(), j.code.clone(), j.item), (j.level, j.due_days));
        all.iter().map(one).collect()
    };
    let (old, new) = (by_class(before), by_class(after));
    let keys: BTreeSet<&Key> = old.keys().chain(new.keys()).collect();
    let moved =
        keys.into_iter().filter(|key| old.get(*key) != new.get(*key)).map(|key| ClassMove {
            rule: key.0.clone(),
            code: key.1.clone(),
            item: key.2,
            before: old.get(key).copied(),
            after: new.get(key).copied(),
        });
    moved.collect()
}

/// How many checkups each class comes to or goes from. `checkups`: whom the values are of, and the current values.
pub fn changes<'a>(
    before: &Catalogue,
    after: &Catalogue,
    checkups: impl IntoIterator<Item = (Subject, &'a BTreeMap<ItemCode, Vec<CurrentValue>>)>,
) -> BTreeMap<ClassChange, u32> {
    type Class = (String, String, Level);
    let class = |one: Judgement| (one.rule, one.code, one.level);
    let mut counted: BTreeMap<ClassChange, u32> = BTreeMap::new();
    for (subject, values) in checkups {
        let of = |cat: &Catalogue| -> BTreeSet<Class> {
            judge_current(cat, &subject, values).into_iter().map(class).collect()
        };
        let (old, new) = (of(before), of(after));
        for (rule, code, level) in old.symmetric_difference(&new).cloned() {
            let appears = new.contains(&(rule.clone(), code.clone(), level));
            *counted.entry(ClassChange { rule, code, level, appears }).or_default() += 1;
        }
    }
    counted
}
