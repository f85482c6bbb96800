//! What is known of one person when a rule is read: one value per item, the measures made of them,
//! and the rows of tables they lead to.

use crate::catalogue::AgeKey;
use crate::catalogue::{Catalogue, Condition, Limit, Measure, Selector, When, print_value};
use crate::check::Subject;
use crate::ids::ItemCode;
use crate::value::{DECIMAL_SCALE_MAX, Decimal, Value};
use std::collections::BTreeMap;

pub struct Readings<'a> {
    cat: &'a Catalogue,
    subject: &'a Subject,
    values: BTreeMap<ItemCode, &'a Value>,
}

impl<'a> Readings<'a> {
    /// `values`: possible values only.
    pub fn new(
        cat: &'a Catalogue,
        subject: &'a Subject,
        values: BTreeMap<ItemCode, &'a Value>,
    ) -> Readings<'a> {
        Readings { cat, subject, values }
    }

    pub fn is_when(&self, when: &When) -> bool {
        let answered = self.choice(when.item).is_some_and(|choice| when.choices.contains(&choice));
        answered != when.negated
    }

    pub fn is_rounded_age(&self, from_years: i32) -> bool {
        let age = self.subject.age_tenths(AgeKey::YearsRounded);
        age.is_some_and(|age| age >= from_years * 10)
    }

    /// The item and the value that make a condition hold.
    pub fn holds(&self, condition: &Condition) -> Option<(ItemCode, String)> {
        match condition {
            Condition::Number { measure, compare, limit } => {
                let (item, value) = self.measure(measure)?;
                let holds = compare.holds(value, self.limit(limit)?);
                holds.then(|| (item, self.print(item, &Value::Number(value))))
            }
            Condition::Choice { item, choices } => {
                let choice = self.choice(*item).filter(|choice| choices.contains(choice))?;
                Some((*item, self.print(*item, &Value::Choice(choice))))
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
        }
    }

    /// The limit of the row that the person leads to.
    pub fn limit(&self, limit: &Limit) -> Option<Decimal> {
        let mut key = self.subject.row_key(limit);
        for selector in &limit.selectors {
            match selector {
                Selector::Sex | Selector::Age(_) => {}
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
        let age_tenths = self.subject.age_tenths(AgeKey::YearsRounded)?;
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
        self.values.get(&item).and_then(|value| value.number())
    }

    fn choice(&self, item: ItemCode) -> Option<u16> {
        match self.values.get(&item)? {
            Value::Choice(code) => Some(*code),
            Value::Number(_) | Value::Text(_) | Value::Absent(_) => None,
        }
    }

    fn print(&self, item: ItemCode, value: &Value) -> String {
        self.cat.item(item).map(|item| print_value(item, value)).unwrap_or_default()
    }
}
