//! Which items a person is asked: the packages that fit, the sex, and what the answers so far leave open.
//! Not whether a checkup is done (`state`): that is the round's own package alone.

use crate::catalogue::{Catalogue, Item, Package, Station};
use crate::check::Subject;
use crate::class::same_grade;
use crate::facts::CurrentValue;
use crate::grammar::codes_of;
use crate::ids::ItemCode;
use crate::value::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What is known of a person's answers, one value an item.
pub type Answers = BTreeMap<ItemCode, Value>;

/// The first of the current values: enough to know what is to be asked.
pub fn answers(results: &BTreeMap<ItemCode, Vec<CurrentValue>>) -> Answers {
    let first = |(item, values): (&ItemCode, &Vec<CurrentValue>)| {
        Some((*item, values.first()?.value.clone()))
    };
    results.iter().filter_map(first).collect()
}

impl Catalogue {
    /// The packages of a person: the one of the kind first, then those the age or an answer adds.
    pub fn packages_of(&self, subject: &Subject, answers: &Answers) -> Vec<&Package> {
        let is_added = |package: &&Package| {
            let Some(adds) = &package.adds else { return false };
            if package.kind != subject.kind {
                return false;
            }
            if let Some((item, choices)) = &adds.answer {
                return matches!(answers.get(item), Some(Value::Choice(code)) if choices.contains(code));
            }
            subject.age_months().map_or(adds.age_unknown, |months| {
                adds.from_months.is_none_or(|from| months >= from)
                    && adds.below_months.is_none_or(|below| months < below)
            })
        };
        let mut packages = vec![self.package(subject.kind)];
        packages.extend(self.packages.iter().filter(is_added));
        packages
    }

    /// Every item a person may be asked: of the packages, and of the sex where an item is of one.
    pub fn asked(&self, subject: &Subject, answers: &Answers) -> BTreeSet<ItemCode> {
        let packages = self.packages_of(subject, answers);
        let named =
            packages.iter().flat_map(|package| package.items.iter().chain(&package.optional));
        let fits = |code: &&ItemCode| {
            let of = self.item(**code).and_then(|item| item.sex);
            of.is_none() || subject.sex.is_none() || of == subject.sex
        };
        named.filter(fits).copied().collect()
    }

    /// As `asked`, without what is not asked of the person's school year. Where the year is not known it is asked.
    pub fn asked_in_grade(
        &self,
        subject: &Subject,
        grade: Option<&str>,
        answers: &Answers,
    ) -> BTreeSet<ItemCode> {
        let mut asked = self.asked(subject, answers);
        let grade = grade.map(str::trim).filter(|grade| crate::grade::is_known(grade));
        asked.retain(|code| {
            let by = self.item(*code).and_then(|item| item.by_grade.as_ref());
            let (Some(by), Some(grade)) = (by, grade) else { return true };
            by.grades.iter().any(|named| same_grade(named) == same_grade(grade))
                || by.or.iter().any(|on| depends(on, answers) == Some(true))
        });
        asked
    }

    /// The stations that record one of the items, in the line's order.
    pub fn stations_of(&self, asked: &BTreeSet<ItemCode>) -> Vec<&Station> {
        let records = |station: &&Station| station.items.iter().any(|item| asked.contains(item));
        self.stations.iter().filter(records).collect()
    }
}

/// Whether the answers so far leave an item open. One that depends on an answer not given yet is not shown.
pub fn is_shown(item: &Item, answers: &Answers) -> bool {
    item.shown_if.as_ref().is_none_or(|on| matches!(depends(on, answers), Some(true)))
}

/// Whether an answer closes an item: 从不吸烟 and a number of cigarettes contradict each other.
pub fn is_closed(item: &Item, answers: &Answers) -> bool {
    item.shown_if.as_ref().is_some_and(|on| matches!(depends(on, answers), Some(false)))
}

/// Whether a question is asked now: its own gate is open and so is every gate above it. What hangs on a hidden question
/// is hidden with it.
pub fn is_asked_now(cat: &Catalogue, item: &Item, answers: &Answers) -> bool {
    let mut at = item;
    while let Some(on) = &at.shown_if {
        let Some(gate) = cat.item(on.item).filter(|_| is_shown(at, answers)) else { return false };
        at = gate;
    }
    true
}

/// The question whose answer closes an item, by itself or through the questions between.
pub fn closed_by<'c>(cat: &'c Catalogue, item: &Item, answers: &Answers) -> Option<&'c Item> {
    let on = item.shown_if.as_ref()?;
    let gate = cat.item(on.item)?;
    if is_closed(item, answers) { Some(gate) } else { closed_by(cat, gate, answers) }
}

/// `None` while nobody has answered, or the answer is why there is none.
fn depends(on: &crate::catalogue::ShownIf, answers: &Answers) -> Option<bool> {
    match answers.get(&on.item)? {
        Value::Choice(code) => Some(on.choices.is_empty() || on.choices.contains(code)),
        Value::Text(text) if on.choices.is_empty() => Some(!text.is_empty()),
        Value::Text(text) => Some(codes_of(text).iter().any(|code| on.choices.contains(code))),
        Value::Number(_) => Some(on.choices.is_empty()),
        Value::Absent(_) => None,
    }
}
