//! Between what a number of one person is usual: the first limit of every class that judges such a person, within the reference
//! interval where there is one. Where a table goes by a group (the height group of a pupil's pressure, the group of a haemoglobin) it is
//! the group that the values lead to.

use super::Direction;
use crate::catalogue::{
    Catalogue, Class, Compare, Condition, Limit, Measure, Rule, Selector, When,
};
use crate::check::{Subject, is_possible};
use crate::facts::CurrentValue;
use crate::ids::ItemCode;
use crate::rule::{Judgement, Measured, Readings, is_open_to};
use crate::value::{Decimal, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Where life is in danger begins here; what lies before it is not therefore usual, so it is nobody's range.
pub(crate) const CRITICAL_VALUES: &str = "critical_values_screening.csv";

/// The choice of an item that says nobody knows.
const UNKNOWN: &str = "unknown";
/// What the groups of tables go by.
const HEIGHT: &str = "height_cm";
const PREGNANT: &str = "pregnant";

/// Where no class of level C or worse begins; open where nothing limits it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Range {
    /// The lowest value that is not abnormal, and whether the limit itself is (`<=` limits).
    pub from: Option<(Decimal, bool)>,
    /// The highest value that is not abnormal or the lowest that is, and whether the limit itself is (`>=` limits).
    pub to: Option<(Decimal, bool)>,
}

impl Range {
    /// Whether anything limits it.
    pub fn is_open(&self) -> bool {
        self.from.is_none() && self.to.is_none()
    }

    pub fn contains(&self, number: Decimal) -> bool {
        self.side(number).is_none()
    }

    /// Which way a number lies out of it; `None` = within.
    pub fn side(&self, number: Decimal) -> Option<Direction> {
        let is_below =
            |(from, itself): (Decimal, bool)| number < from || (itself && number == from);
        let is_above = |(to, itself): (Decimal, bool)| number > to || (itself && number == to);
        if self.from.is_some_and(is_below) {
            return Some(Direction::Low);
        }
        self.to.is_some_and(is_above).then_some(Direction::High)
    }

    /// Ends no further than where a class begins.
    pub(super) fn narrow(&mut self, (compare, number): (Compare, Decimal)) {
        match compare {
            Compare::AtLeast | Compare::Above => {
                let found = (number, compare == Compare::AtLeast);
                let lower = |known: (Decimal, bool)| {
                    let is_lower = (found.0, !found.1) < (known.0, !known.1);
                    if is_lower { found } else { known }
                };
                self.to = Some(self.to.map_or(found, lower));
            }
            Compare::Below | Compare::AtMost => {
                let found = (number, compare == Compare::AtMost);
                self.from = Some(self.from.map_or(found, |known| known.max(found)));
            }
        }
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((from, is_abnormal_itself)) = self.from {
            let sign = if is_abnormal_itself { ">" } else { "≥" };
            write!(f, "{sign}{from}")?;
            if self.to.is_some() {
                f.write_str(" 且 ")?;
            }
        }
        if let Some((to, is_abnormal_itself)) = self.to {
            let sign = if is_abnormal_itself { "<" } else { "≤" };
            write!(f, "{sign}{to}")?;
        }
        Ok(())
    }
}

/// The range of an item for one person, by every rule that judges such a person, with the answers and the measures a rule depends on
/// (空腹, 身高) read from `values`, within the reference interval where there is one. Empty where no table says: critical values say only
/// where danger begins.
pub fn reference(
    cat: &Catalogue,
    subject: &Subject,
    item: ItemCode,
    values: &BTreeMap<ItemCode, Value>,
) -> Range {
    reference_by(&readings(cat, subject, values), cat, subject, item, values)
}

/// The same, by what is known already.
pub(super) fn reference_by(
    readings: &Readings,
    cat: &Catalogue,
    subject: &Subject,
    item: ItemCode,
    values: &BTreeMap<ItemCode, Value>,
) -> Range {
    let mut range = Range::default();
    let is_when = |when: &When| holds(when, values);
    if let Some(interval) = crate::rule::interval(cat, subject, item, &is_when, None) {
        range.from = interval.low.map(|low| (low, false));
        range.to = interval.high.map(|high| (high, false));
    }
    let rules = cat.rules.iter().filter(|rule| crate::rule::is_for(rule, subject));
    for rule in rules.filter(|rule| rule.when.as_ref().is_none_or(|when| holds(when, values))) {
        limits(cat, readings, rule, item).for_each(|end| range.narrow(end));
    }
    range
}

/// What is known of a person when a limit is read: one possible value of each item.
pub(super) fn readings<'a>(
    cat: &'a Catalogue,
    subject: &'a Subject,
    values: &'a BTreeMap<ItemCode, Value>,
) -> Readings<'a> {
    let is_one = |(code, value): &(&ItemCode, &Value)| {
        value.is_present() && cat.item(**code).is_some_and(|item| is_possible(item, value))
    };
    let possible = values.iter().filter(is_one);
    Readings::new(cat, subject, possible.map(|(code, v)| (*code, Measured::plain(v))).collect())
}

/// The first limit of each finding class that reads the item, and no other condition of it: what lies behind the
/// first one is only how far the class goes.
fn limits<'c>(
    cat: &'c Catalogue,
    readings: &'c Readings,
    rule: &'c Rule,
    item: ItemCode,
) -> impl Iterator<Item = (Compare, Decimal)> {
    let is_finding = |code: &str| cat.level(&rule.key, code).is_some_and(|l| l.level.is_finding());
    // A class that also asks for an answer (a known diabetic) is not everybody's limit.
    let is_plain = |conditions: &[Condition]| {
        conditions.iter().all(|condition| matches!(condition, Condition::Number { .. }))
    };
    let about = move |class: &&Class| {
        [&class.all, &class.any]
            .into_iter()
            .any(|all| all.iter().any(|one| reads(one, item).is_some()))
    };
    let classes = rule.classes.iter().filter(about).filter(move |class| {
        class.on
            && is_finding(&class.code)
            && is_plain(&class.all)
            && is_plain(&class.any)
            && is_open_to(class, readings)
    });
    let is_usual = |(_, limit): &(Compare, &Limit)| limit.table != CRITICAL_VALUES;
    let first = move |conditions: &'c [Condition]| {
        conditions.iter().filter_map(|one| reads(one, item)).find(is_usual)
    };
    let found = classes.filter_map(move |class| first(&class.all).or_else(|| first(&class.any)));
    found.filter_map(|(compare, limit)| Some((compare, readings.limit(limit)?)))
}

/// Where the class of a finding begins, of those limits that the number by itself passes: a mean of several may pass what one of them
/// does not. Critical values among them.
pub(super) fn passed<'a>(
    readings: &'a Readings,
    finding: &Judgement,
    (item, number): (ItemCode, Decimal),
) -> impl Iterator<Item = (Compare, Decimal)> + use<'a> {
    let rule = readings.catalogue().rule(&finding.rule);
    let classes = rule.map(|rule| rule.classes.as_slice()).unwrap_or_default();
    let code = finding.code.clone();
    // Two classes of one code (of a pupil and of one who is grown) are of two ages.
    let classes = classes.iter().filter(move |class| class.code == code);
    let classes = classes.filter(|class| class.on && is_open_to(class, readings));
    let first = move |conditions: &'a [Condition]| {
        conditions.iter().find_map(|one| {
            let (compare, limit) = reads(one, item)?;
            Some((compare, readings.limit(limit)?))
        })
    };
    let found = classes.filter_map(move |class| first(&class.all).or_else(|| first(&class.any)));
    found.filter(move |(compare, limit)| compare.holds(number, *limit))
}

/// The limit of a condition on the item's own number.
fn reads(condition: &Condition, item: ItemCode) -> Option<(Compare, &Limit)> {
    match condition {
        Condition::Number { measure, compare, limit } if takes(measure, item) => {
            Some((*compare, limit))
        }
        Condition::Number { .. }
        | Condition::Choice { .. }
        | Condition::Phrase { .. }
        | Condition::Ungraded { .. } => None,
    }
}

/// Whether a number of the item's own is read.
pub(crate) fn takes(measure: &Measure, item: ItemCode) -> bool {
    match measure {
        Measure::Item(of) => *of == item,
        Measure::Bmi { item: of, .. } => *of == item,
        Measure::SphericalEquivalent { item: of, .. } | Measure::Teeth { item: of, .. } => {
            *of == item
        }
        Measure::MeanWhole(items)
        | Measure::Lowest(items)
        | Measure::Highest(items)
        | Measure::Last(items) => items.contains(&item),
        // Not the item's own number.
        Measure::Difference { .. } | Measure::Egfr { .. } | Measure::SelfCare { .. } => false,
    }
}

/// Whether every answer that the item's limits depend on is there: 空腹 yes or no, of a glucose. A rule judges without it, as
/// the table of levels says; between what a value would be fine nobody can say. An answer that only takes somebody out of the one rule
/// there is (角膜塑形镜) need not be there: without it that rule's limits are theirs.
pub(super) fn is_answered(
    readings: &Readings,
    cat: &Catalogue,
    subject: &Subject,
    item: ItemCode,
    values: &BTreeMap<ItemCode, Value>,
) -> bool {
    let asking = cat.rules.iter().filter(|rule| rule.when.is_some());
    let rules = asking.filter(|rule| crate::rule::is_for(rule, subject));
    let asks = rules.filter(|rule| limits(cat, readings, rule, item).next().is_some());
    let asks: Vec<&When> = asks.filter_map(|rule| rule.when.as_ref()).collect();
    let is_only = asks.windows(2).all(|two| two[0] == two[1]);
    asks.iter().all(|when| match values.get(&when.item) {
        Some(Value::Choice(code)) => cat
            .item(when.item)
            .is_some_and(|asked| asked.choice(UNKNOWN).is_none_or(|unknown| unknown.code != *code)),
        Some(Value::Number(_) | Value::Text(_) | Value::Absent(_)) | None => {
            is_only && when.negated
        }
    })
}

pub(super) fn holds(when: &When, values: &BTreeMap<ItemCode, Value>) -> bool {
    let is_one = match values.get(&when.item) {
        Some(Value::Choice(code)) => when.choices.contains(code),
        Some(Value::Number(_) | Value::Text(_) | Value::Absent(_)) | None => false,
    };
    is_one != when.negated
}

/// Of the results, what the item's range depends on: the answers (空腹) and the measures (身高) that its limits are found by. All that
/// `direction_of_value` asks of a list's cell.
pub fn answers_of(
    cat: &Catalogue,
    item: ItemCode,
    results: &BTreeMap<ItemCode, Vec<CurrentValue>>,
) -> BTreeMap<ItemCode, Value> {
    let of_item = cat.references.iter().filter(|reference| reference.item == item);
    let mut asked: BTreeSet<ItemCode> =
        of_item.filter_map(|reference| reference.when.as_ref()).map(|when| when.item).collect();
    let code = |key: &str| cat.item_by_key(key).map(|item| item.code);
    for rule in &cat.rules {
        let is_about = |class: &&Class| {
            class.on && class.all.iter().chain(&class.any).any(|one| reads(one, item).is_some())
        };
        for class in rule.classes.iter().filter(is_about) {
            asked.extend(rule.when.as_ref().map(|when| when.item));
            asked.extend(class.needs.iter().flat_map(Measure::reads));
            for condition in class.all.iter().chain(&class.any) {
                let Condition::Number { limit, .. } = condition else { continue };
                asked.extend(limit.selectors.iter().filter_map(|selector| match selector {
                    Selector::HeightGroup => code(HEIGHT),
                    Selector::AnaemiaGroup => code(PREGNANT),
                    Selector::Sex | Selector::Age(_) | Selector::AgeBand => None,
                }));
            }
        }
    }
    let said = |item| Some((item, results.get(&item)?.first()?.value.clone()));
    asked.into_iter().filter_map(said).collect()
}
