//! Cells of a template that are worked out from what was recorded: one choice of several, teeth of one kind, a class of a rule, the
//! scores of the 65+, a part of a code. Not what a template may say (`template`), nor its rows (`template_table`).

use crate::template::{Of, TemplateColumn};
use domain::catalogue::Catalogue;
use domain::derived::{constitutions, parts, self_care_points};
use domain::facts::CheckupFacts;
use domain::grammar::{Marked, Teeth, codes_of};
use domain::ids::ItemCode;
use domain::value::Value;
use std::collections::BTreeMap;

/// What the teeth are counted in, and what is made of the answers of 老年人生活自理能力评估 and of 中医体质辨识, as items.
const CHART: &str = "tooth_chart";
const SELF_CARE: &str = "elder_selfcare";
const TCM: &str = "tcm_balanced";
/// The class word of a rule that was asked and found nothing.
pub(crate) const NONE: &str = "none";
/// The six letters of a tooth: permanent in capitals.
pub(crate) const TEETH: [&str; 6] = ["D", "M", "F", "d", "m", "f"];

/// The words that a column of this kind may give a code; none = it has no codes.
pub(crate) fn words_of(of: &Of, catalogue: &Catalogue) -> Option<Vec<String>> {
    match of {
        Of::Has(_, _) => Some(vec!["yes".to_owned(), "no".to_owned()]),
        Of::Constitution(_) => Some(["yes", "tends", "no"].map(str::to_owned).into()),
        Of::Class(rule) => {
            let rule = catalogue.rule(rule)?;
            let codes = rule.classes.iter().map(|class| class.code.clone());
            Some(codes.chain([NONE.to_owned()]).collect())
        }
        Of::Field(_)
        | Of::Item(_)
        | Of::Mean(_)
        | Of::Text(_)
        | Of::Teeth(_)
        | Of::SelfCare
        | Of::ConstitutionPoints(_) => None,
    }
}

/// The items that a column of this kind is worked out from: none of them may have two values. Not of a class: what either value
/// is judged to be is told.
pub(crate) fn worked_from(of: &Of, catalogue: &Catalogue) -> Vec<ItemCode> {
    let item = |key| catalogue.item_by_key(key).map(|item| item.code);
    let made_of = |key| item(key).map(|item| parts(catalogue, item)).unwrap_or_default();
    match of {
        Of::Has(item, _) => vec![*item],
        Of::Teeth(_) => item(CHART).into_iter().collect(),
        Of::SelfCare => made_of(SELF_CARE),
        Of::Constitution(_) | Of::ConstitutionPoints(_) => made_of(TCM),
        Of::Class(_) | Of::Field(_) | Of::Item(_) | Of::Mean(_) | Of::Text(_) => Vec::new(),
    }
}

/// What stands there before codes are put in: empty where nothing is known. `values`: what stands of each item, where it is one.
pub(crate) fn worked_out(
    column: &TemplateColumn,
    checkup: &CheckupFacts,
    values: &BTreeMap<ItemCode, Value>,
    catalogue: &Catalogue,
) -> Option<String> {
    match &column.of {
        Of::Has(item, choice) => {
            let has = match values.get(item)? {
                Value::Choice(code) => code == choice,
                Value::Text(text) => codes_of(text).contains(choice),
                Value::Number(_) | Value::Absent(_) => return None,
            };
            Some(if has { "yes" } else { "no" }.to_owned())
        }
        Of::Teeth(letter) => {
            let chart = catalogue.item_by_key(CHART)?;
            let Value::Text(text) = values.get(&chart.code)? else { return None };
            let teeth = Teeth::read(text)?;
            let of = |marked: Marked| match letter.to_ascii_lowercase() {
                'd' => marked.decayed,
                'm' => marked.missing,
                _ => marked.filled,
            };
            let marked =
                if letter.is_ascii_uppercase() { teeth.permanent() } else { teeth.primary() };
            Some(of(marked).to_string())
        }
        Of::Class(rule) => class(column, rule, checkup, catalogue),
        Of::SelfCare => self_care_points(catalogue, values).map(|points| points.to_string()),
        Of::Constitution(name) | Of::ConstitutionPoints(name) => {
            let all = constitutions(catalogue, values)?;
            let one = all.into_iter().find(|one| one.name_zh == *name)?;
            if let Of::ConstitutionPoints(_) = column.of {
                return Some(one.points.to_string());
            }
            let word = one.verdict.key();
            let is_coded = column.field_codes.contains_key(word);
            Some(if is_coded { word } else { one.verdict.zh(name) }.to_owned())
        }
        Of::Field(_) | Of::Item(_) | Of::Mean(_) | Of::Text(_) => None,
    }
}

/// The classes of a rule that stand: their codes where the template has one, else their words; `none` where what it reads was
/// recorded and none stands.
fn class(
    column: &TemplateColumn,
    rule: &str,
    checkup: &CheckupFacts,
    catalogue: &Catalogue,
) -> Option<String> {
    let found: Vec<String> = checkup
        .judgements
        .iter()
        .filter(|judgement| judgement.rule == *rule)
        .map(|judgement| match column.field_codes.get(&judgement.code) {
            Some(code) => code.clone(),
            None => {
                let row = catalogue.level(&judgement.rule, &judgement.code);
                row.map_or_else(|| judgement.code.clone(), |row| row.name_zh.clone())
            }
        })
        .collect();
    if !found.is_empty() {
        return Some(found.join("；"));
    }
    let rests_on = &catalogue.rule(rule)?.rests_on;
    let is_there = |item: &ItemCode| {
        checkup.results.get(item).into_iter().flatten().any(|one| one.value.is_present())
    };
    rests_on.iter().any(is_there).then(|| NONE.to_owned())
}
