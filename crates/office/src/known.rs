//! What somebody was known to have before this checkup, for their report: answers, not something that was examined, and so neither
//! fine nor found. Words are the catalogue's own.

use domain::catalogue::{Asks, Catalogue, Item, print_value};
use domain::grammar::Grammar;
use domain::ids::ItemCode;
use domain::value::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Answers that say there is nothing, or that nobody knows.
const NOTHING: [&str; 3] = ["none", "no", "unknown"];
/// What the names of those asked at registration begin with.
const KNOWN_ZH: &str = "是否已知";

/// 高血压, 心脏疾病（心绞痛）. Nothing of `closed`.
pub(crate) fn known_words(
    catalogue: &Catalogue,
    values: &BTreeMap<ItemCode, Value>,
    closed: &BTreeSet<ItemCode>,
) -> Vec<String> {
    let items = catalogue.items.iter().filter(|item| item.asks == Some(Asks::Disease));
    let items = items.filter(|item| !closed.contains(&item.code));
    items.filter_map(|item| words_of(item, values.get(&item.code)?)).collect()
}

fn words_of(item: &Item, value: &Value) -> Option<String> {
    let name = item.name_zh.trim_start_matches(KNOWN_ZH);
    let is_something = |word: &str| {
        let choice = item.choices().iter().find(|choice| choice.zh == word);
        choice.is_none_or(|choice| !NOTHING.contains(&choice.key.as_str()))
    };
    let said = print_value(item, value);
    match (value, &item.grammar) {
        (Value::Choice(_), _) => is_something(&said).then(|| name.to_owned()),
        (Value::Text(_), Grammar::Several(_)) => {
            (!said.is_empty() && is_something(&said)).then(|| format!("{name}（{said}）"))
        }
        (Value::Text(_) | Value::Number(_) | Value::Absent(_), _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::catalogue::parse_value;

    #[test]
    fn what_was_known_is_told_in_the_catalogues_words_and_nothing_is_not() {
        let catalogue = Catalogue::builtin();
        let check = |answers: &[(&str, &str)], wanted: &[&str]| {
            let value = |(key, text): &(&str, &str)| {
                let item = catalogue.item_by_key(key).unwrap();
                (item.code, parse_value(item, text).unwrap())
            };
            let values = answers.iter().map(value).collect();
            assert_eq!(known_words(catalogue, &values, &BTreeSet::new()), wanted, "{answers:?}");
        };
        check(&[("known_diabetes", "是"), ("known_hypertension", "是")], &["高血压", "糖尿病"]);
        check(&[("known_diabetes", "否"), ("known_hypertension", "不详")], &[]);
        check(&[("heart_disease", "心绞痛")], &["心脏疾病（心绞痛）"]);
        check(&[("heart_disease", "未发现"), ("nervous_disease", "未发现")], &[]);
        check(&[("nervous_disease", "有"), ("known_diabetes", "是")], &["糖尿病", "神经系统疾病"]);
        let item = catalogue.item_by_key("known_diabetes").unwrap();
        let yes = BTreeMap::from([(item.code, parse_value(item, "是").unwrap())]);
        assert!(known_words(catalogue, &yes, &BTreeSet::from([item.code])).is_empty());
    }
}
