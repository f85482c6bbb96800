//! What is abnormal: every class that the catalogue's rules give for one person's results. The
//! numbers stand in the reference tables; here is only how a rule is read. Words say what was seen,
//! never a diagnosis. Not here: what is plausible (`check`), when it is due (`followup`).

mod change;
mod printed;
mod readings;
mod reference;
mod unjudged;

pub use change::{ClassChange, ClassMove, changes, moves};
pub use printed::{names_itself, printed_value, unit_of};
pub use reference::{Interval, Mark, interval, mark};
pub use unjudged::unjudged;

use crate::catalogue::{Catalogue, Class, Condition, Measure, Rule, Selector, Shows, Slot};
use crate::check::{Subject, is_possible};
use crate::facts::CurrentValue;
use crate::ids::ItemCode;
use crate::value::{Decimal, Value};
pub(crate) use readings::Readings;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How pressing a finding is. A = act now, B = refer and follow up, C = advise and put on the report,
/// N = class recorded, no finding. Ordered N < C < B < A.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Level {
    N,
    C,
    B,
    A,
}

impl Level {
    pub const ALL: [Level; 4] = [Level::N, Level::C, Level::B, Level::A];

    pub fn key(self) -> &'static str {
        match self {
            Level::N => "N",
            Level::C => "C",
            Level::B => "B",
            Level::A => "A",
        }
    }

    /// 0 none, 1 C, 2 B, 3 A: as entries and columns write a level.
    pub fn number(self) -> u8 {
        match self {
            Level::N => 0,
            Level::C => 1,
            Level::B => 2,
            Level::A => 3,
        }
    }

    pub fn parse(text: &str) -> Option<Level> {
        Level::ALL.into_iter().find(|level| level.key() == text)
    }

    /// A, B and C are findings; N is a class only.
    pub fn is_finding(self) -> bool {
        match self {
            Level::N => false,
            Level::C | Level::B | Level::A => true,
        }
    }
}

/// One class that a rule gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    pub rule: String,
    pub code: String,
    pub level: Level,
    /// The item the class rests on.
    pub item: Option<ItemCode>,
    /// The value as people read it: `152/94`, `7.2`, `28.3`, `2+`.
    pub value: String,
    /// The level stands when a repeat after quiet rest confirms it; until then it stays open at it.
    pub after_recheck: bool,
    /// Days until the first follow-up is due.
    pub due_days: Option<u16>,
}

/// Every class the rules give for one value per item, most severe first. Values outside the hard
/// limits count as not there; a rule that needs a sex, a birth date or a value that is missing is
/// silent.
pub fn judge(
    cat: &Catalogue,
    subject: &Subject,
    values: &BTreeMap<ItemCode, Value>,
) -> Vec<Judgement> {
    let one = |(item, value): (&ItemCode, _)| (*item, vec![Measured::plain(value)]);
    judge_measured(cat, subject, &values.iter().map(one).collect())
}

/// As `judge` where an item may have several current values (a conflict that a person has not yet
/// decided): all of them are judged and the worst class of each slot counts.
pub fn judge_current(
    cat: &Catalogue,
    subject: &Subject,
    values: &BTreeMap<ItemCode, Vec<CurrentValue>>,
) -> Vec<Judgement> {
    let current = values.iter().map(|(item, values)| {
        let each = values.iter().map(|current| Measured::plain(&current.value));
        (*item, each.collect())
    });
    judge_measured(cat, subject, &current.collect())
}

/// Items to be shown as abnormal: what a class of level C or worse rests on; of a pressure all readings.
pub fn abnormal_items(cat: &Catalogue, judgements: &[Judgement]) -> BTreeSet<ItemCode> {
    let findings = judgements.iter().filter(|judgement| judgement.level.is_finding());
    findings.flat_map(|judgement| items_of(cat, judgement)).collect()
}

/// Whether a class is no normal result: a finding, or one at level N that its rule marks (脊柱前凸体征, 白细胞高于参考区间).
/// A version before the marks is read by those in use; every class it has is named there.
pub fn is_remarkable(cat: &Catalogue, judgement: &Judgement) -> bool {
    judgement.level.is_finding() || is_marked_at_n(cat, &judgement.rule, &judgement.code)
}

/// The same of a class, at the level of its row.
fn is_marked_class(cat: &Catalogue, rule: &str, code: &str) -> bool {
    cat.level(rule, code).is_some_and(|row| row.level.is_finding())
        || is_marked_at_n(cat, rule, code)
}

fn is_marked_at_n(cat: &Catalogue, rule: &str, code: &str) -> bool {
    let marked = |cat: &Catalogue| {
        let classes = cat.rule(rule).map(|rule| rule.classes.as_slice());
        let mut named = classes.into_iter().flatten().filter(|class| class.code == code);
        named.find_map(|class| class.abnormal)
    };
    marked(cat).or_else(|| marked(Catalogue::builtin())).unwrap_or_default()
}

/// What a class rests on; of a pressure all readings of both arms.
pub fn items_of(cat: &Catalogue, judgement: &Judgement) -> BTreeSet<ItemCode> {
    let mut items: BTreeSet<ItemCode> = judgement.item.into_iter().collect();
    let rule = cat.rule(&judgement.rule).filter(|rule| rule.shows == Shows::Pressure);
    items.extend(rule.into_iter().flat_map(mean_readings));
    items
}

pub fn is_abnormal_item(cat: &Catalogue, judgements: &[Judgement], item: ItemCode) -> bool {
    abnormal_items(cat, judgements).contains(&item)
}

/// The worst level among them.
pub fn worst_level(judgements: &[Judgement]) -> Option<Level> {
    judgements.iter().map(|judgement| judgement.level).max()
}

/// Systolic and diastolic.
const PARTS_OF_ARM: usize = 2;
/// Heights and weights beyond this are no body's; it keeps the arithmetic within its bounds.
const BMI_INPUT_MAX: Decimal = Decimal::new(100_000, 0);

/// Body mass index in kg/m2, rounded half up to 0.1 (WS/T 586-2018 4.3.1) before any comparison.
pub fn bmi(height_cm: Decimal, weight_kg: Decimal) -> Option<Decimal> {
    let fits = |value: Decimal| value > Decimal::new(0, 0) && value <= BMI_INPUT_MAX;
    if !fits(height_cm) || !fits(weight_kg) {
        return None;
    }
    // Both in millionths: weight / (height / 100)^2 = weight * 10^4 * 10^6 / height^2.
    let height = i128::from(height_cm.rescaled(6)?.mantissa);
    let weight = i128::from(weight_kg.rescaled(6)?.mantissa);
    Decimal::ratio_half_up(weight * 10_i128.pow(10), height * height, 1)
}

/// The range that the laboratory printed beside a result. Where there is one it stands alone: an end it does not name is
/// no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct OwnRange {
    pub low: Option<Decimal>,
    pub high: Option<Decimal>,
    /// The lower end itself lies outside, as in `>1.04`.
    pub is_low_open: bool,
    /// The upper end itself lies outside, as in `<5.2`.
    pub is_high_open: bool,
}

impl OwnRange {
    /// Both ends lie within.
    pub fn closed(low: Option<Decimal>, high: Option<Decimal>) -> OwnRange {
        OwnRange { low, high, is_low_open: false, is_high_open: false }
    }
}

/// A current value, with the laboratory's own range where it came with one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measured<'a> {
    pub value: &'a Value,
    pub own: Option<OwnRange>,
    /// What stands as its repeat was taken before it (`repeats`): it decides nothing of this one.
    pub is_unrepeated: bool,
}

impl<'a> Measured<'a> {
    /// Without a range of its own; a repeat decides of it.
    pub fn plain(value: &'a Value) -> Measured<'a> {
        Measured { value, own: None, is_unrepeated: false }
    }
}

/// Items whose reading is settled by a repeat, each with the items that are its repeat.
pub fn repeats(cat: &Catalogue) -> BTreeMap<ItemCode, BTreeSet<ItemCode>> {
    let mut repeats: BTreeMap<ItemCode, BTreeSet<ItemCode>> = BTreeMap::new();
    for measure in cat.rules.iter().flat_map(measures) {
        let Measure::Last(items) = measure else { continue };
        for (at, item) in items.iter().enumerate() {
            let later = items.iter().skip(at + 1).copied();
            repeats.entry(*item).or_default().extend(later);
        }
    }
    repeats.retain(|_, later| !later.is_empty());
    repeats
}

/// The current values of each item that has any.
pub type Current<'a> = BTreeMap<ItemCode, Vec<Measured<'a>>>;

/// As `judge_current`, with the ranges that laboratories printed: they win over the reference intervals.
pub fn judge_measured(cat: &Catalogue, subject: &Subject, current: &Current) -> Vec<Judgement> {
    let current = extremes(cat, current);
    let mut judgements = Vec::new();
    for rule in cat.rules.iter().filter(|rule| is_for(rule, subject)) {
        let mut given: Vec<Given> = Vec::new();
        for slot in &rule.slots {
            if !slot.reads.iter().any(|item| current.contains_key(item)) {
                continue;
            }
            let all = combinations(&slot.reads, &current).into_iter();
            let classes = all.filter_map(|values| {
                judge_slot(cat, rule, slot, &Readings::new(cat, subject, values))
            });
            given.extend(classes.max_by_key(Given::rank));
        }
        given.sort_by_key(|given| given.class);
        judgements.extend(given.into_iter().map(|given| given.judgement));
    }
    judged_once(cat, &mut judgements);
    judgements.sort_by_key(|judgement| std::cmp::Reverse(judgement.level));
    judgements
}

/// Rules that share an answer (空腹 or not) judge a value once: where the answer is in conflict each of them gives a class, and the
/// worst counts, of equals the first rule's.
pub fn judged_once(cat: &Catalogue, judgements: &mut Vec<Judgement>) {
    let has_answer = |one: &&Judgement| cat.rule(&one.rule).is_some_and(|rule| rule.when.is_some());
    if judgements.iter().filter(has_answer).count() < 2 {
        return;
    }
    let all = judgements.clone();
    let shares = |one: &Judgement, other: &Judgement| {
        one.rule != other.rule
            && one.item == other.item
            && crate::task::shared_rules(cat, &one.rule).iter().any(|rule| rule.key == other.rule)
    };
    let mut at = 0;
    judgements.retain(|one| {
        let is_outdone = all.iter().enumerate().any(|(place, other)| {
            shares(one, other)
                && (other.level > one.level || (other.level == one.level && place < at))
        });
        at += 1;
        !is_outdone
    });
}

/// A class given, with its place among the classes of its rule.
struct Given {
    class: usize,
    judgement: Judgement,
}

impl Given {
    fn rank(&self) -> (Level, usize) {
        (self.judgement.level, self.class)
    }
}

/// Whether the class of a rule can be said, or said to be absent, of such a person: the rule is for them, and the tables have
/// a row for their sex and age. What values are there is not asked.
pub fn speaks_of(cat: &Catalogue, subject: &Subject, rule: &str, code: &str) -> bool {
    let Some(rule) = cat.rule(rule).filter(|rule| is_for(rule, subject)) else { return false };
    let has_row = |condition: &Condition| match condition {
        Condition::Number { measure, limit, .. } => {
            let is_by_value = limit
                .selectors
                .iter()
                .any(|one| matches!(one, Selector::HeightGroup | Selector::AnaemiaGroup));
            (is_by_value || limit.is_own_only() || limit.get(&subject.row_key(limit)).is_some())
                && is_computed_for(cat, subject, measure)
        }
        Condition::Choice { .. } | Condition::Phrase { .. } | Condition::Ungraded { .. } => true,
    };
    let is_old_enough = |class: &Class| {
        class.from_age.is_none_or(|(key, from)| {
            subject.age_tenths(key).is_some_and(|age| age >= from.saturating_mul(10))
        })
    };
    let mut named = rule.classes.iter().filter(|class| class.on && class.code == code);
    named.any(|class| is_old_enough(class) && class.all.iter().chain(&class.any).all(has_row))
}

/// eGFR is of adults whose sex is known (CKD-EPI 2021); everything else is made of values alone.
fn is_computed_for(cat: &Catalogue, subject: &Subject, measure: &Measure) -> bool {
    let Measure::Egfr { .. } = measure else { return true };
    let (Some(kidney), Some(sex)) = (&cat.kidney, subject.sex) else { return false };
    let any_value = Decimal::new(100, 0);
    subject.age_months().is_some_and(|months| kidney.egfr(sex, months, any_value).is_some())
}

pub(crate) fn is_for(rule: &Rule, subject: &Subject) -> bool {
    let months = subject.age_months();
    let fits = |audience: &crate::catalogue::Audience| {
        audience.kind == subject.kind
            && months.map_or(audience.age_unknown, |months| {
                audience.from_months.is_none_or(|from| months >= from)
                    && audience.below_months.is_none_or(|below| months < below)
            })
    };
    rule.on && rule.audiences.iter().any(fits)
}

/// What can be possible, of several values only those that can be the worst: of numbers the lowest
/// and the highest (each class is the worse the further a number lies to one side), of choices each
/// one. An absence counts only where there is nothing else. So combinations stay few.
fn extremes<'a>(cat: &Catalogue, current: &Current<'a>) -> Current<'a> {
    let mut kept: Current = BTreeMap::new();
    for (code, values) in current {
        let Some(item) = cat.item(*code) else {
            continue;
        };
        let present = values.iter().copied().filter(|measured| measured.value.is_present());
        let mut possible: Vec<Measured> = Vec::new();
        for value in present.filter(|measured| is_possible(item, measured.value)) {
            if !possible.contains(&value) {
                possible.push(value);
            }
        }
        // With ranges of their own each has its own limits, and one that no repeat is of is judged without: none can stand for another.
        let comparable = |one: &Measured| {
            one.own.is_none() && !one.is_unrepeated && one.value.number().is_some()
        };
        if possible.len() > 2 && possible.iter().all(comparable) {
            possible.sort_by_key(|measured| measured.value.number());
            possible = vec![possible[0], possible[possible.len() - 1]];
        }
        if !possible.is_empty() {
            kept.insert(*code, possible);
        }
    }
    kept
}

/// Every way to take one value of each of the items.
fn combinations<'a>(
    items: &[ItemCode],
    current: &Current<'a>,
) -> Vec<BTreeMap<ItemCode, Measured<'a>>> {
    let mut all: Vec<BTreeMap<ItemCode, Measured>> = vec![BTreeMap::new()];
    for item in items {
        let Some(values) = current.get(item) else {
            continue;
        };
        let with = |value: Measured<'a>| {
            let item = *item;
            all.iter().map(move |before| {
                let mut taken = before.clone();
                taken.insert(item, value);
                taken
            })
        };
        all = values.iter().flat_map(|value| with(*value).collect::<Vec<_>>()).collect();
    }
    all
}

/// Of a slot the last class that holds.
fn judge_slot(cat: &Catalogue, rule: &Rule, slot: &Slot, readings: &Readings) -> Option<Given> {
    if !rule.when.as_ref().is_none_or(|when| readings.is_when(when)) {
        return None;
    }
    for at in slot.classes.iter().rev().copied() {
        let Some(class) = rule.classes.get(at).filter(|class| class.on) else {
            continue;
        };
        let Some((item, value)) = basis(class, readings) else {
            continue;
        };
        let Some(row) = cat.level(&rule.key, &class.code) else {
            continue;
        };
        let value = match rule.shows {
            Shows::Measure => value,
            Shows::Pressure => pressure(rule, readings, item),
        };
        let judgement = Judgement {
            rule: rule.key.clone(),
            code: class.code.clone(),
            level: row.level,
            item: Some(item),
            value,
            after_recheck: row.after_recheck,
            due_days: row.due_days,
        };
        return Some(Given { class: at, judgement });
    }
    None
}

/// The item and value a class rests on, if it holds.
fn basis(class: &Class, readings: &Readings) -> Option<(ItemCode, String)> {
    if !is_open_to(class, readings) {
        return None;
    }
    let all: Option<Vec<(ItemCode, String)>> =
        class.all.iter().map(|condition| readings.holds(condition)).collect();
    let first_of_all = all?.into_iter().next();
    if class.any.is_empty() {
        return first_of_all;
    }
    let first_of_any = class.any.iter().find_map(|condition| readings.holds(condition))?;
    if class.rests_on_all { first_of_all } else { Some(first_of_any) }
}

/// Items by which a class would be given, had one of the signs that open its measuring been seen.
pub(crate) fn unopened(
    cat: &Catalogue,
    subject: &Subject,
    values: &BTreeMap<ItemCode, Value>,
) -> BTreeSet<ItemCode> {
    let possible = values.iter().filter(|(code, value)| {
        value.is_present() && cat.item(**code).is_some_and(|item| is_possible(item, value))
    });
    let plain = possible.map(|(code, value)| (*code, Measured::plain(value))).collect();
    let readings = Readings::new(cat, subject, plain);
    let rules = cat.rules.iter().filter(|rule| is_for(rule, subject));
    let classes = rules.flat_map(|rule| &rule.classes);
    let opened_by_signs = classes.filter(|class| class.on && class.rests_on_all);
    let named = opened_by_signs.filter_map(|class| {
        let all: Option<Vec<_>> = class.all.iter().map(|one| readings.holds(one)).collect();
        let is_opened = class.any.iter().any(|one| readings.holds(one).is_some());
        all?.into_iter().next().filter(|_| !is_opened).map(|(item, _)| item)
    });
    named.collect()
}

/// The conditions on which a class rests: what it names, and which way that lies.
pub(crate) fn grounds(class: &Class) -> &[Condition] {
    if class.rests_on_all || class.any.is_empty() { &class.all } else { &class.any }
}

/// Whether a class may be said of such a person, whatever the values it compares.
pub(crate) fn is_open_to(class: &Class, readings: &Readings) -> bool {
    let old_enough = class.from_age.is_none_or(|(key, from)| readings.is_of_age(key, from));
    let has_needs = class.needs.iter().all(|measure| readings.has(measure));
    old_enough && has_needs && (!class.needs_rows || has_every_row(class, readings))
}

fn has_every_row(class: &Class, readings: &Readings) -> bool {
    class.all.iter().chain(&class.any).all(|condition| match condition {
        Condition::Number { limit, .. } => readings.limit(limit).is_some(),
        Condition::Choice { .. } | Condition::Phrase { .. } | Condition::Ungraded { .. } => true,
    })
}

/// `152/94`, of the arm that the class rests on; a part that is missing is a hyphen.
fn pressure(rule: &Rule, readings: &Readings, item: ItemCode) -> String {
    let print = |measure: &Measure| match readings.measure(measure) {
        Some((_, value)) => value.to_string(),
        None => "-".to_owned(),
    };
    let arm = arm_of(rule, item);
    arm.into_iter().map(print).collect::<Vec<_>>().join("/")
}

/// The systolic and the diastolic mean of the arm that an item is read on, of a second reading that decides by itself that reading's
/// two; as rules name them, the two of one arm stand together.
fn arm_of(rule: &Rule, item: ItemCode) -> Vec<&Measure> {
    let mut parts: Vec<&Measure> = Vec::new();
    for measure in measures(rule) {
        if matches!(measure, Measure::MeanWhole(_)) && !parts.contains(&measure) {
            parts.push(measure);
        }
    }
    let is_of = |arm: &&[&Measure]| arm.iter().any(|measure| measure.reads().contains(&item));
    let readings = |arm: &&[&Measure]| arm.iter().flat_map(|measure| measure.reads()).count();
    let narrowest = parts.chunks(PARTS_OF_ARM).filter(is_of).min_by_key(readings);
    narrowest.map(<[_]>::to_vec).unwrap_or_default()
}

fn measures(rule: &Rule) -> impl Iterator<Item = &Measure> {
    let conditions = rule.classes.iter().flat_map(|class| class.all.iter().chain(&class.any));
    conditions.filter_map(|condition| match condition {
        Condition::Number { measure, .. } => Some(measure),
        Condition::Choice { .. } | Condition::Phrase { .. } | Condition::Ungraded { .. } => None,
    })
}

fn mean_readings(rule: &Rule) -> Vec<ItemCode> {
    let means = measures(rule).filter(|measure| matches!(measure, Measure::MeanWhole(_)));
    means.flat_map(Measure::reads).collect()
}
