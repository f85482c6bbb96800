//! What is plausible. Three bands: fine, unusual (asked again, then kept with a mark) and impossible
//! (outside what a body or an instrument can give: refused, while the row's other values are kept).
//! A check never says what a value means: that is `rule`.

use crate::asked::is_closed;
use crate::catalogue::{AgeKey, Catalogue, Item, ItemKind, Limit, RowKey, Selector, Usual};
use crate::facts::{PersonKind, Sex};
use crate::grammar::Grammar;
use crate::identity::{age_months, age_years};
use crate::ids::ItemCode;
use crate::phrase::has_blank;
use crate::rule::bmi;
use crate::slip::otherwise;
use crate::value::{Decimal, Value};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Band {
    Fine,
    Unusual,
    Impossible,
}

/// Whom a value is for, on the stop's day. What is not known is `None`, never guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject {
    pub kind: PersonKind,
    pub sex: Option<Sex>,
    pub birth: Option<NaiveDate>,
    pub day: NaiveDate,
}

impl Subject {
    /// Completed months; `None` without a birth date, and where it lies after the day.
    pub fn age_months(&self) -> Option<i32> {
        let months = age_months(self.birth?, self.day);
        (months >= 0).then_some(months)
    }

    /// The age as a table reads it, in tenths of a year.
    pub fn age_tenths(&self, key: AgeKey) -> Option<i32> {
        Some(key.tenths(self.age_months()?))
    }

    /// What is known of the row a limit stands in, by sex and age.
    pub fn row_key(&self, limit: &Limit) -> RowKey {
        let mut key = RowKey::default();
        for selector in &limit.selectors {
            match selector {
                Selector::Sex => key.sex = self.sex,
                Selector::Age(age) => key.age_tenths = self.age_tenths(*age),
                Selector::AgeBand => key.age_tenths = self.age_months().and_then(|m| limit.band(m)),
                Selector::HeightGroup | Selector::AnaemiaGroup => {}
            }
        }
        key
    }

    /// Whose bands of the usual ask: pupils' for pupils and for residents known to be under age.
    fn asked_as(&self, cat: &Catalogue) -> PersonKind {
        let years = self.birth.map(|birth| age_years(birth, self.day));
        match self.kind {
            PersonKind::Resident if years.is_some_and(|years| years < cat.adult_from_years) => {
                PersonKind::Pupil
            }
            PersonKind::Resident => PersonKind::Resident,
            PersonKind::Pupil => PersonKind::Pupil,
        }
    }
}

/// Something to ask about. `code` is stable; the sentence is made at the edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct CheckProblem {
    pub item: ItemCode,
    pub code: &'static str,
    pub band: Band,
}

/// The systolic reading is not above the diastolic one.
pub const SBP_NOT_ABOVE_DBP: &str = "sbp_not_above_dbp";
/// The pulse pressure lies outside plausibility_other.csv.
pub const PULSE_PRESSURE: &str = "pulse_pressure";
/// Height and weight together give an unusual BMI.
pub const BMI_UNUSUAL: &str = "bmi_unusual";
/// A pregnancy of someone recorded as a man.
pub const PREGNANT_MAN: &str = "pregnant_man";

/// A value where another answer says that there is none: cigarettes of somebody who never smoked.
pub const CLOSED_BY_ANSWER: &str = "closed_by_answer";
/// A value of an item that is asked of the other sex alone, or a choice that only that sex has.
pub const OTHER_SEX: &str = "other_sex";

/// A value that would be a finding had anything opened its measuring: an angle after the motion test, and no sign and no first angle.
pub const NOTHING_OPENED_IT: &str = "nothing_opened_it";

/// The band of one value by itself.
pub fn check(cat: &Catalogue, subject: &Subject, item: &Item, value: &Value) -> Band {
    if !is_possible(item, value) {
        return Band::Impossible;
    }
    match value {
        Value::Number(number) if !is_usual(cat, subject, item, *number) => Band::Unusual,
        Value::Number(_) | Value::Choice(_) | Value::Text(_) | Value::Absent(_) => Band::Fine,
    }
}

/// Within the hard limits of its item, and of its kind. A choice that a newer catalogue may know is
/// refused on entry; what is stored keeps it.
pub fn is_possible(item: &Item, value: &Value) -> bool {
    match (value, &item.kind) {
        (Value::Absent(_), _) => true,
        (Value::Number(number), ItemKind::Number { hard_min, hard_max, .. }) => {
            hard_min.is_none_or(|min| *number >= min) && hard_max.is_none_or(|max| *number <= max)
        }
        (Value::Choice(code), ItemKind::Choice { choices }) => {
            choices.iter().any(|choice| choice.code == *code)
        }
        (Value::Text(text), ItemKind::Text { chars_max }) => {
            let is_filled = item.grammar != Grammar::Free || !has_blank(text);
            text.chars().count() <= usize::from(*chars_max) && item.grammar.holds(text) && is_filled
        }
        (Value::Number(_) | Value::Choice(_) | Value::Text(_), _) => false,
    }
}

fn is_usual(cat: &Catalogue, subject: &Subject, item: &Item, number: Decimal) -> bool {
    let kind = subject.asked_as(cat);
    let bands = item.usual.iter().filter(|band| band.kind.is_none_or(|of| of == kind));
    bands.into_iter().all(|band| is_within(subject, band, number))
        && item.step.is_none_or(|step| is_multiple(number, step))
        && otherwise(cat, item, number).is_none()
}

/// A whole number of steps; what cannot be told at one scale is none.
fn is_multiple(number: Decimal, step: Decimal) -> bool {
    let scale = number.scale.max(step.scale);
    let parts = number.rescaled(scale).zip(step.rescaled(scale));
    parts.is_some_and(|(number, step)| number.mantissa % step.mantissa == 0)
}

/// Within the widest band of the rows that fit what is known; where no row fits nothing is asked.
fn is_within(subject: &Subject, band: &Usual, number: Decimal) -> bool {
    let lowest = band.min.as_ref().and_then(|min| min.possible(&subject.row_key(min)).min());
    let highest = band.max.as_ref().and_then(|max| max.possible(&subject.row_key(max)).max());
    band.also_fine.contains(&number)
        || (lowest.is_none_or(|min| number >= min) && highest.is_none_or(|max| number <= max))
}

/// Systolic and diastolic parts of one reading.
const PRESSURES: [(&str, &str); 3] =
    [("sbp1_mmhg", "dbp1_mmhg"), ("sbp2_mmhg", "dbp2_mmhg"), ("sbp_other_mmhg", "dbp_other_mmhg")];
/// A choice that only one sex has: item, choice, whose it is not.
const OF_ONE_SEX: (&str, &str, Sex) = ("rectal_exam", "prostate", Sex::F);

/// What several values of one person say about each other. All of it is asked, nothing refused.
pub fn check_together(
    cat: &Catalogue,
    subject: &Subject,
    values: &BTreeMap<ItemCode, Value>,
) -> Vec<CheckProblem> {
    let number = |key: &str| {
        let item = cat.item_by_key(key)?;
        let value = values.get(&item.code).filter(|value| is_possible(item, value))?;
        Some((item, value.number()?))
    };
    let mut problems = Vec::new();
    let mut ask = |item: ItemCode, code: &'static str| {
        problems.push(CheckProblem { item, code, band: Band::Unusual });
    };
    for (sbp, dbp) in PRESSURES {
        if let (Some((_, sbp)), Some((item, dbp))) = (number(sbp), number(dbp)) {
            if sbp <= dbp {
                ask(item.code, SBP_NOT_ABOVE_DBP);
            } else if !is_usual_pulse_pressure(cat, sbp, dbp) {
                ask(item.code, PULSE_PRESSURE);
            }
        }
    }
    if let (Some((_, height)), Some((weight_item, weight))) =
        (number("height_cm"), number("weight_kg"))
    {
        let bmi_item = cat.item_by_key("bmi_kg_m2");
        let unusual = |item: &Item, bmi: Decimal| !is_usual(cat, subject, item, bmi);
        if bmi_item.zip(bmi(height, weight)).is_some_and(|(item, bmi)| unusual(item, bmi)) {
            ask(weight_item.code, BMI_UNUSUAL);
        }
    }
    let pregnant = cat.item_by_key("pregnant").filter(|item| {
        let yes = item.choice("yes").map(|choice| Value::Choice(choice.code));
        yes.is_some() && yes.as_ref() == values.get(&item.code)
    });
    if let Some(item) = pregnant.filter(|_| subject.sex == Some(Sex::M)) {
        ask(item.code, PREGNANT_MAN);
    }
    problems.extend(contradictions(cat, subject, values));
    let unopened = crate::rule::unopened(cat, subject, values).into_iter();
    problems.extend(unopened.map(|item| CheckProblem {
        item,
        code: NOTHING_OPENED_IT,
        band: Band::Unusual,
    }));
    problems
}

/// Values that the person's sex or another answer rules out.
fn contradictions(
    cat: &Catalogue,
    subject: &Subject,
    values: &BTreeMap<ItemCode, Value>,
) -> Vec<CheckProblem> {
    let (key, choice, not_of) = OF_ONE_SEX;
    let mut problems = Vec::new();
    for (code, value) in values.iter().filter(|(_, value)| value.is_present()) {
        let Some(item) = cat.item(*code) else { continue };
        let mut ask = |code: &'static str| {
            problems.push(CheckProblem { item: item.code, code, band: Band::Unusual });
        };
        if is_closed(item, values) {
            ask(CLOSED_BY_ANSWER);
        }
        let is_choice = || item.choice(choice).is_some_and(|one| *value == Value::Choice(one.code));
        let is_others = item.sex.is_some() && subject.sex.is_some() && item.sex != subject.sex;
        if is_others || (item.key == key && subject.sex == Some(not_of) && is_choice()) {
            ask(OTHER_SEX);
        }
    }
    problems
}

fn is_usual_pulse_pressure(cat: &Catalogue, sbp: Decimal, dbp: Decimal) -> bool {
    let limit = |limit: &Option<Limit>| limit.as_ref()?.get(&RowKey::default());
    let (min, max) = (limit(&cat.pulse_pressure.min), limit(&cat.pulse_pressure.max));
    sbp.minus(dbp).is_none_or(|difference| {
        min.is_none_or(|min| difference >= min) && max.is_none_or(|max| difference <= max)
    })
}
