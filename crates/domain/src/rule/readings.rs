//! What is known of one person when a rule is read: one value per item, the measures made of them,
//! and the rows of tables they lead to.

use crate::catalogue::AgeKey;
use crate::catalogue::{Catalogue, Condition, Limit, Measure, OwnEnd, Selector, When, print_value};
use crate::check::Subject;
use crate::derived::spherical_equivalent;
use crate::grammar::{Teeth, codes_of};
use crate::ids::ItemCode;
use crate::rule::Measured;
use crate::value::{DECIMAL_SCALE_MAX, Decimal, Value};
use std::collections::BTreeMap;

/// The setting by which the height groups of WS/T 610 read an age.
const HEIGHT_GROUP_AGE: &str = "wst610";

pub struct Readings<'a> {
    cat: &'a Catalogue,
    subject: &'a Subject,
    values: BTreeMap<ItemCode, Measured<'a>>,
}

impl<'a> Readings<'a> {
    /// `values`: possible values only.
    pub fn new(
        cat: &'a Catalogue,
        subject: &'a Subject,
        values: BTreeMap<ItemCode, Measured<'a>>,
    ) -> Readings<'a> {
        Readings { cat, subject, values }
    }

    pub fn catalogue(&self) -> &'a Catalogue {
        self.cat
    }

    pub fn is_when(&self, when: &When) -> bool {
        let answered = self.choice(when.item).is_some_and(|choice| when.choices.contains(&choice));
        answered != when.negated
    }

    pub fn is_of_age(&self, key: AgeKey, from_years: i32) -> bool {
        self.subject.age_tenths(key).is_some_and(|age| age >= from_years * 10)
    }

    pub fn has(&self, measure: &Measure) -> bool {
        self.measure(measure).is_some()
    }

    /// The item and the value that make a condition hold.
    pub fn holds(&self, condition: &Condition) -> Option<(ItemCode, String)> {
        match condition {
            Condition::Number { measure, compare, limit } => {
                let (item, value) = self.measure(measure)?;
                let (limit, is_open) = self.limit_for(measure, limit)?;
                let holds = compare.holds(value, limit) || (is_open && value == limit);
                holds.then(|| (item, self.print_measure(measure, item, value)))
            }
            Condition::Choice { item, choices } => {
                let value = self.values.get(item)?.value;
                let named = match value {
                    Value::Choice(code) => choices.contains(code),
                    Value::Text(text) => codes_of(text).iter().any(|code| choices.contains(code)),
                    Value::Number(_) | Value::Absent(_) => false,
                };
                named.then(|| (*item, self.print(*item, value)))
            }
            Condition::Phrase { item, class } => {
                let clause = self.cat.clause_of(*item, self.words(*item), class)?;
                Some((*item, clause.to_owned()))
            }
            Condition::Ungraded { item } => {
                let words = self.words(*item);
                self.cat.is_ungraded(*item, words).then(|| (*item, words.to_owned()))
            }
        }
    }

    /// A measure, with the item it stands on.
    pub fn measure(&self, measure: &Measure) -> Option<(ItemCode, Decimal)> {
        match measure {
            Measure::Item(item) => Some((*item, self.number(*item)?)),
            Measure::Bmi { item, height, weight } => {
                Some((*item, super::bmi(self.number(*height)?, self.number(*weight)?)?))
            }
            Measure::MeanWhole(items) => self.mean_whole(items),
            Measure::Lowest(items) => {
                let numbers = items.iter().filter_map(|item| Some((*item, self.number(*item)?)));
                numbers.min_by_key(|(_, number)| *number)
            }
            Measure::Highest(items) => {
                let numbers = items.iter().filter_map(|item| Some((*item, self.number(*item)?)));
                numbers.max_by_key(|(_, number)| *number)
            }
            Measure::Last(items) => {
                let mut last_first =
                    items.iter().rev().filter_map(|item| Some((*item, self.number(*item)?)));
                let last = last_first.next()?;
                let is_unrepeated = |(item, _): &(ItemCode, Decimal)| {
                    self.values.get(item).is_some_and(|measured| measured.is_unrepeated)
                };
                let beside = last_first.filter(is_unrepeated);
                std::iter::once(last).chain(beside).min_by_key(|(_, number)| *number)
            }
            Measure::SphericalEquivalent { item, sphere, cylinder } => {
                let (sphere, cylinder) = (self.number(*sphere)?, self.number(*cylinder)?);
                Some((*item, spherical_equivalent(sphere, cylinder)?))
            }
            Measure::Difference { from, less, .. } => {
                Some((*from, self.number(*from)?.minus(self.number(*less)?)?))
            }
            Measure::Egfr { creatinine, .. } => {
                let kidney = self.cat.kidney.as_ref()?;
                let (sex, months) = (self.subject.sex?, self.subject.age_months()?);
                Some((*creatinine, kidney.egfr(sex, months, self.number(*creatinine)?)?))
            }
            Measure::Teeth { item, chart, permanent } => {
                let Value::Text(text) = self.values.get(chart)?.value else { return None };
                let teeth = Teeth::read(text)?;
                let count = if *permanent { teeth.permanent() } else { teeth.primary() };
                Some((*item, Decimal::new(i64::from(count.sum()), 0)))
            }
            Measure::SelfCare { items, .. } => {
                let answers: Option<Vec<&str>> =
                    items.iter().map(|item| self.choice_key(*item)).collect();
                let points = self.cat.scales.as_ref()?.self_care_points(&answers?)?;
                Some((*items.first()?, Decimal::new(i64::from(points), 0)))
            }
        }
    }

    /// The limit a measure is compared with: an end of the laboratory's own range where it printed one and the limit is such
    /// an end, else the table's. Of the laboratory's, also whether the end itself lies outside.
    fn limit_for(&self, measure: &Measure, limit: &Limit) -> Option<(Decimal, bool)> {
        let own = match (limit.own, measure) {
            (Some(end), Measure::Item(item)) => {
                self.values.get(item).and_then(|measured| measured.own).map(|range| (end, range))
            }
            _ => None,
        };
        match own {
            Some((OwnEnd::Low, range)) => Some((range.low?, range.is_low_open)),
            Some((OwnEnd::High, range)) => Some((range.high?, range.is_high_open)),
            None => Some((self.limit(limit)?, false)),
        }
    }

    /// The limit of the row that the person leads to.
    pub fn limit(&self, limit: &Limit) -> Option<Decimal> {
        let mut key = self.subject.row_key(limit);
        for selector in &limit.selectors {
            match selector {
                Selector::Sex | Selector::Age(_) | Selector::AgeBand => {}
                Selector::HeightGroup => key.group = Some(self.height_group()?),
                Selector::AnaemiaGroup => key.group = Some(self.anaemia_group()?),
            }
        }
        limit.get(&key)
    }

    fn mean_whole(&self, items: &[ItemCode]) -> Option<(ItemCode, Decimal)> {
        let taken: Vec<(ItemCode, Decimal)> =
            items.iter().filter_map(|item| Some((*item, self.number(*item)?))).collect();
        let mut sum = 0_i128;
        for (_, number) in &taken {
            sum += i128::from(number.rescaled(DECIMAL_SCALE_MAX)?.mantissa);
        }
        let count = i128::try_from(taken.len()).ok()?;
        let unit = 10_i128.pow(u32::from(DECIMAL_SCALE_MAX));
        let mean = Decimal::ratio_half_up(sum, count * unit, 0)?;
        taken.first().map(|(item, _)| (*item, mean))
    }

    fn height_group(&self) -> Option<String> {
        let height = self.number(self.cat.item_by_key("height_cm")?.code)?;
        let key = self.cat.age_setting(HEIGHT_GROUP_AGE).unwrap_or(AgeKey::YearsRounded);
        let age_tenths = self.subject.age_tenths(key)?;
        self.cat.groups.height(self.subject.sex?, age_tenths, height)
    }

    fn anaemia_group(&self) -> Option<String> {
        let item = self.cat.item_by_key("pregnant")?;
        let yes = item.choice("yes").map(|choice| choice.code);
        let pregnant = yes.is_some() && self.choice(item.code) == yes;
        let months = self.subject.age_months();
        self.cat.groups.anaemia(self.subject.sex, months, pregnant).map(str::to_owned)
    }

    fn number(&self, item: ItemCode) -> Option<Decimal> {
        self.values.get(&item).and_then(|measured| measured.value.number())
    }

    fn choice(&self, item: ItemCode) -> Option<u16> {
        match self.values.get(&item)?.value {
            Value::Choice(code) => Some(*code),
            Value::Number(_) | Value::Text(_) | Value::Absent(_) => None,
        }
    }

    /// What was written; nothing where nothing was.
    fn words(&self, item: ItemCode) -> &'a str {
        match self.values.get(&item).map(|measured| measured.value) {
            Some(Value::Text(text)) => text,
            Some(Value::Number(_) | Value::Choice(_) | Value::Absent(_)) | None => "",
        }
    }

    fn choice_key(&self, item: ItemCode) -> Option<&'a str> {
        let code = self.choice(item)?;
        let choices = self.cat.item(item)?.choices();
        choices.iter().find(|choice| choice.code == code).map(|choice| choice.key.as_str())
    }

    /// A number that is not the item's own says its name: `eGFR 56.11`.
    fn print_measure(&self, measure: &Measure, item: ItemCode, value: Decimal) -> String {
        match measure.label() {
            Some(label) => format!("{label} {value}"),
            None => self.print(item, &Value::Number(value)),
        }
    }

    fn print(&self, item: ItemCode, value: &Value) -> String {
        self.cat.item(item).map(|item| print_value(item, value)).unwrap_or_default()
    }
}
