//! What a report may not call fine and no finding covers: choices marked abnormal, values beyond the interval they are printed
//! beside, classes without a level, numbers that no table judges of this person. So that nobody is told that nothing was found. Not the findings (`person_report`).

use domain::asked::answers;
use domain::catalogue::{Catalogue, Item, print_value};
use domain::check::Subject;
use domain::facts::CurrentValue;
use domain::ids::ItemCode;
use domain::lab::PrintedRange;
use domain::range::{Direction, out_by_itself};
use domain::rule::{Judgement, abnormal_items, is_remarkable, items_of, printed_value, unjudged};
use domain::value::Value;
use std::collections::{BTreeMap, BTreeSet};

/// `听力：异常`, `尿素：11.9 mmol/L ↑`, `脊柱前凸体征：前凸`, in the order of the catalogue, classes first. Nothing of `closed`, and
/// nothing that a finding rests on.
pub(crate) fn ungraded<'v>(
    catalogue: &Catalogue,
    subject: &Subject,
    results: &BTreeMap<ItemCode, Vec<CurrentValue>>,
    judgements: &[Judgement],
    closed: &BTreeSet<ItemCode>,
    own: &dyn Fn(ItemCode, &Value) -> Option<&'v PrintedRange>,
) -> Vec<String> {
    let mut told = abnormal_items(catalogue, judgements);
    let mut words = Vec::new();
    for class in judgements.iter().filter(|class| is_remarkable(catalogue, class)) {
        let items = items_of(catalogue, class);
        if class.level.is_finding() || items.iter().any(|item| told.contains(item)) {
            continue;
        }
        let name = Catalogue::builtin().level(&class.rule, &class.code).map(|row| &row.name_zh);
        let value = printed_value(catalogue, class);
        words.extend(name.map(|name| format!("{name}：{value}")));
        told.extend(items);
    }
    let answers = answers(results);
    let is_open = |item: &&Item| !closed.contains(&item.code) && !told.contains(&item.code);
    for item in catalogue.items.iter().filter(is_open) {
        for current in results.get(&item.code).into_iter().flatten() {
            let value = &current.value;
            let printed = own(item.code, value);
            let way = out_by_itself(catalogue, subject, item.code, value, &answers, printed);
            words.extend(way.map(|way| said(item, value, way)));
        }
    }
    words
}

/// `空腹血糖：12.0 mmol/L`: numbers that no table judges of this person, and that are usual by none. Nothing of `closed`.
pub(crate) fn without_standard<'v>(
    catalogue: &Catalogue,
    subject: &Subject,
    results: &BTreeMap<ItemCode, Vec<CurrentValue>>,
    judgements: &[Judgement],
    closed: &BTreeSet<ItemCode>,
    own: &dyn Fn(ItemCode, &Value) -> Option<&'v PrintedRange>,
) -> BTreeMap<ItemCode, String> {
    let is_said = |code: ItemCode, value: &Value| {
        let says = |own: &PrintedRange| own.says(catalogue.item(code)?, value);
        own(code, value).and_then(says).is_some()
    };
    let found = unjudged(catalogue, subject, results, judgements, &is_said).into_iter();
    let words = |(code, number): (ItemCode, _)| {
        let item = catalogue.item(code).filter(|_| !closed.contains(&code))?;
        let value = format!("{} {}", print_value(item, &Value::Number(number)), item.unit_zh);
        Some((code, format!("{}：{}", item.name_zh, value.trim())))
    };
    found.filter_map(words).collect()
}

fn said(item: &Item, value: &Value, way: Direction) -> String {
    let arrow = match way {
        Direction::High => " ↑",
        Direction::Low => " ↓",
        Direction::Positive => "",
    };
    let value = format!("{} {}", print_value(item, value), item.unit_zh);
    format!("{}：{}{arrow}", item.name_zh, value.trim())
}
