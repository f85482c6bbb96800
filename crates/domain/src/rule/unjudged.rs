//! Numbers of which no table says anything for this very person (a pupil's glucose, a pressure beside no height, an age after the
//! last row), and which lie beyond what every row of every table calls usual, whoever it is for. Nobody is told that such a
//! number is fine, and no class is made of it: that is a doctor's to judge.

use super::readings::Readings;
use super::{Measured, interval, is_for, is_marked_class, items_of};
use crate::catalogue::{
    Catalogue, Class, Compare, Condition, Limit, Measure, Reference, Rule, When,
};
use crate::check::{Subject, is_possible};
use crate::facts::{CurrentValue, PersonKind};
use crate::ids::ItemCode;
use crate::range::{CRITICAL_VALUES, takes};
use crate::rule::Judgement;
use crate::value::{Decimal, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Distance vision falls with the years, and the resident's form (resident_form.md, 脏器功能) writes it down without asking whether it is
/// abnormal: only pupils' tables read it, and their limit would name nearly everybody past fifty.
const ONLY_PUPILS: [&str; 4] =
    ["vision_right", "vision_left", "vision_corrected_right", "vision_corrected_left"];

/// Their one table is adults' (lab_reference_intervals_adult.csv, 18 and over; its note names WS/T 779 for children, which is not
/// there): a healthy child lies outside it.
const ONLY_ADULTS: [&str; 8] = [
    "wbc_10e9_l",
    "rbc_10e12_l",
    "hct_l_l",
    "plt_10e9_l",
    "mch_pg",
    "mchc_g_l",
    "neutrophils_10e9_l",
    "lymphocytes_10e9_l",
];
/// Likewise, and a high one is not a child's usual.
const ONLY_ADULTS_LOW: [&str; 3] = ["creatinine_umol_l", "glucose_mmol_l", "glucose2_mmol_l"];
const ADULT_MONTHS: i32 = 18 * 12;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    High,
    Low,
}

impl Side {
    const BOTH: [Side; 2] = [Side::High, Side::Low];

    fn is_of(self, compare: Compare) -> bool {
        match compare {
            Compare::AtLeast | Compare::Above => self == Side::High,
            Compare::AtMost | Compare::Below => self == Side::Low,
        }
    }
}

/// By item, recorded or computed (BMI), in the order of codes. `is_said`: a laboratory's own range says something of the value.
pub fn unjudged(
    cat: &Catalogue,
    subject: &Subject,
    results: &BTreeMap<ItemCode, Vec<CurrentValue>>,
    judgements: &[Judgement],
    is_said: &dyn Fn(ItemCode, &Value) -> bool,
) -> BTreeMap<ItemCode, Decimal> {
    let judged: BTreeSet<ItemCode> =
        judgements.iter().flat_map(|judgement| items_of(cat, judgement)).collect();
    let mut found = BTreeMap::new();
    for values in each_at_a_time(cat, results) {
        let measured = values.iter().map(|(item, value)| (*item, Measured::plain(value)));
        let one =
            Looked { cat, subject, readings: Readings::new(cat, subject, measured.collect()) };
        let is_open = |(item, number): &(ItemCode, Decimal)| {
            let is_theirs = judged.contains(item) || is_said(*item, &Value::Number(*number));
            !is_theirs
                && Side::BOTH
                    .into_iter()
                    .any(|side| is_asked(cat, subject, *item, side) && one.is_open(*item, side))
        };
        found.extend(one.numbers(&values).into_iter().filter(is_open));
    }
    found
}

fn is_asked(cat: &Catalogue, subject: &Subject, item: ItemCode, side: Side) -> bool {
    let key = cat.item(item).map(|item| item.key.as_str()).unwrap_or_default();
    let is_pupil = subject.kind == PersonKind::Pupil;
    let is_child = subject.age_months().map_or(is_pupil, |months| months < ADULT_MONTHS);
    let is_adults =
        ONLY_ADULTS.contains(&key) || (ONLY_ADULTS_LOW.contains(&key) && side == Side::Low);
    (is_pupil || !ONLY_PUPILS.contains(&key)) && !(is_child && is_adults)
}

/// One possible value of each item, and of an item with several each of them in turn.
fn each_at_a_time<'v>(
    cat: &Catalogue,
    results: &'v BTreeMap<ItemCode, Vec<CurrentValue>>,
) -> Vec<BTreeMap<ItemCode, &'v Value>> {
    let possible = |item: &ItemCode, values: &'v [CurrentValue]| -> Vec<&'v Value> {
        let item = cat.item(*item);
        let values = values.iter().map(|current| &current.value);
        values.filter(|value| item.is_some_and(|item| is_possible(item, value))).collect()
    };
    let all: BTreeMap<ItemCode, Vec<&Value>> =
        results.iter().map(|(item, values)| (*item, possible(item, values))).collect();
    let first: BTreeMap<ItemCode, &Value> =
        all.iter().filter_map(|(item, values)| Some((*item, *values.first()?))).collect();
    let others = all.iter().flat_map(|(item, values)| {
        let with = |value: &&'v Value| {
            let mut other = first.clone();
            other.insert(*item, *value);
            other
        };
        values.iter().skip(1).map(with).collect::<Vec<_>>()
    });
    std::iter::once(first.clone()).chain(others).collect()
}

struct Looked<'a> {
    cat: &'a Catalogue,
    subject: &'a Subject,
    readings: Readings<'a>,
}

impl<'a> Looked<'a> {
    /// The numbers recorded, and those that a measure makes of several.
    fn numbers(&self, values: &BTreeMap<ItemCode, &Value>) -> BTreeMap<ItemCode, Decimal> {
        let recorded = values.iter().filter_map(|(item, value)| Some((*item, value.number()?)));
        let of_body = self.measures().filter_map(|measure| match measure {
            Measure::Bmi { .. } => self.readings.measure(measure),
            _ => None,
        });
        of_body.chain(recorded).collect()
    }

    fn measures(&self) -> impl Iterator<Item = &'a Measure> {
        let classes = self.cat.rules.iter().flat_map(|rule| &rule.classes);
        classes.flat_map(conditions).filter_map(|condition| match condition {
            Condition::Number { measure, .. } => Some(measure),
            Condition::Choice { .. } | Condition::Phrase { .. } | Condition::Ungraded { .. } => {
                None
            }
        })
    }

    /// Beyond every row on this side, and no table has this person's row there.
    fn is_open(&self, item: ItemCode, side: Side) -> bool {
        !self.is_told(item, side) && self.is_beyond_all(item, side)
    }

    /// The rules whose answer (空腹) fits, whoever they are for, with their classes on this side of the item.
    fn rules(
        &self,
        item: ItemCode,
        side: Side,
    ) -> impl Iterator<Item = (&'a Rule, Vec<&'a Class>)> {
        let fits =
            |rule: &&Rule| rule.on && rule.when.as_ref().is_none_or(|w| self.readings.is_when(w));
        let rules = self.cat.rules.iter().filter(fits);
        rules.filter_map(move |rule| {
            // What most classes fail comes first: this is asked of every number of everybody.
            let is_about = |class: &&Class| {
                class.on && deciding(class).any(|one| reads(one, item, side).is_some())
            };
            let is_marked = |class: &&Class| is_marked_class(self.cat, &rule.key, &class.code);
            let classes = rule.classes.iter().filter(is_about).filter(|class| is_plain(class));
            let classes = classes
                .filter(is_marked)
                .filter(|class| deciding(class).any(|condition| self.is_on(condition, item, side)));
            let classes: Vec<&Class> = classes.collect();
            (!classes.is_empty()).then_some((rule, classes))
        })
    }

    /// Whether a condition reads the item, and it is the item that stands for what is read (of both eyes the worse).
    fn is_on(&self, condition: &Condition, item: ItemCode, side: Side) -> bool {
        let Some(measure) = reads(condition, item, side) else { return false };
        let is_mean = matches!(measure, Measure::MeanWhole(_));
        self.readings.measure(measure).is_some_and(|(of, _)| is_mean || of == item)
    }

    fn is_told(&self, item: ItemCode, side: Side) -> bool {
        let is_when = |when: &When| self.readings.is_when(when);
        let interval = interval(self.cat, self.subject, item, &is_when, None);
        let end = interval.and_then(|interval| match side {
            Side::High => interval.high,
            Side::Low => interval.low,
        });
        end.is_some()
            || self.rules(item, side).filter(|(rule, _)| is_for(rule, self.subject)).any(
                |(_, classes)| classes.into_iter().any(|class| self.has_rows(class, item, side)),
            )
    }

    /// Whether the class can be given of this person: old enough, and a row for each limit that it needs.
    fn has_rows(&self, class: &Class, item: ItemCode, side: Side) -> bool {
        let has_row = |condition: &Condition| match condition {
            Condition::Number { limit, .. } => self.readings.limit(limit).is_some(),
            Condition::Choice { .. } | Condition::Phrase { .. } | Condition::Ungraded { .. } => {
                true
            }
        };
        let old_enough =
            class.from_age.is_none_or(|(key, from)| self.readings.is_of_age(key, from));
        let mut any = class.any.iter().filter(|condition| self.is_on(condition, item, side));
        old_enough
            && class.needs.iter().all(|measure| self.readings.has(measure))
            && class.all.iter().all(has_row)
            && (!class.needs_rows || class.any.iter().all(has_row))
            && (class.any.is_empty() || any.any(has_row))
    }

    fn is_beyond_all(&self, item: ItemCode, side: Side) -> bool {
        let mut is_read = false;
        for (_, classes) in self.rules(item, side) {
            is_read = true;
            if !classes.into_iter().any(|class| self.is_beyond(class, item, side)) {
                return false;
            }
        }
        if is_read {
            return true;
        }
        // No class reads it: only the interval that it is printed beside.
        let holds = |reference: &&Reference| {
            reference.when.as_ref().is_none_or(|w| self.readings.is_when(w))
        };
        let mut references = self.cat.references.iter().filter(|one| one.item == item);
        let reference = references.find(holds);
        let (limit, compare) = match side {
            Side::High => (reference.and_then(|one| one.high.as_ref()), Compare::Above),
            Side::Low => (reference.and_then(|one| one.low.as_ref()), Compare::Below),
        };
        let number = self.readings.measure(&Measure::Item(item)).map(|(_, number)| number);
        number.zip(limit).is_some_and(|(number, limit)| is_beyond_rows(number, compare, limit))
    }

    /// Whether the class would be given in every row.
    fn is_beyond(&self, class: &Class, item: ItemCode, side: Side) -> bool {
        let holds = |condition: &Condition| {
            let Condition::Number { measure, compare, limit } = condition else { return false };
            let number = self.readings.measure(measure).map(|(_, number)| number);
            number.is_some_and(|number| is_beyond_rows(number, *compare, limit))
        };
        let mut any = class.any.iter().filter(|condition| self.is_on(condition, item, side));
        class.all.iter().all(holds) && (class.any.is_empty() || any.any(holds))
    }
}

fn is_beyond_rows(number: Decimal, compare: Compare, limit: &Limit) -> bool {
    let mut rows = limit.rows().peekable();
    rows.peek().is_some() && rows.all(|(_, row)| compare.holds(number, row))
}

/// The measure on this side that takes a number of the item's own.
fn reads(condition: &Condition, item: ItemCode, side: Side) -> Option<&Measure> {
    match condition {
        Condition::Number { measure, compare, .. } if side.is_of(*compare) => {
            takes(measure, item).then_some(measure)
        }
        Condition::Number { .. }
        | Condition::Choice { .. }
        | Condition::Phrase { .. }
        | Condition::Ungraded { .. } => None,
    }
}

/// The conditions that say which way a value is abnormal: of those that all have to hold the first, what follows narrows it (单纯舒张期:
/// the systolic part below its limit is not low).
fn deciding(class: &Class) -> impl Iterator<Item = &Condition> {
    class.all.first().into_iter().chain(&class.any)
}

fn conditions(class: &Class) -> impl Iterator<Item = &Condition> {
    class.all.iter().chain(&class.any)
}

/// Asks for numbers alone, and not for danger: that is judged of everybody.
fn is_plain(class: &Class) -> bool {
    conditions(class).all(|condition| match condition {
        Condition::Number { limit, .. } => limit.table != CRITICAL_VALUES,
        Condition::Choice { .. } | Condition::Phrase { .. } | Condition::Ungraded { .. } => false,
    })
}
