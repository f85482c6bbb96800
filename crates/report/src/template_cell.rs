//! Cells of a template that are worked out from what was recorded: one choice of several, teeth of one kind, a class of a rule, the
//! scores of the 65+, a part of a code. Not what a template may say (`template`), nor its rows (`template_table`).

use crate::template::{Of, TemplateColumn};
use domain::catalogue::{Catalogue, Item, Verdict};
use domain::facts::CheckupFacts;
use domain::grammar::{Marked, Teeth, codes_of};
use domain::ids::ItemCode;
use domain::value::Value;

/// The five parts of 老年人生活自理能力评估, as items.
const SELF_CARE: &str = "selfcare_";
/// The 33 questions of 中医体质辨识, as items.
const TCM: &str = "tcm_q";
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

/// What stands there before codes are put in: empty where nothing is known.
pub(crate) fn worked_out(
    column: &TemplateColumn,
    checkup: &CheckupFacts,
    catalogue: &Catalogue,
) -> Option<String> {
    let value = |item: &ItemCode| value_of(checkup, *item);
    match &column.of {
        Of::Has(item, choice) => {
            let has = match value(item)? {
                Value::Choice(code) => code == choice,
                Value::Text(text) => codes_of(text).contains(choice),
                Value::Number(_) | Value::Absent(_) => return None,
            };
            Some(if has { "yes" } else { "no" }.to_owned())
        }
        Of::Teeth(letter) => {
            let chart = catalogue.item_by_key("tooth_chart")?;
            let Value::Text(text) = value(&chart.code)? else { return None };
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
        Of::SelfCare => {
            let answers = answers(catalogue, SELF_CARE, checkup)?;
            let keys: Option<Vec<&str>> = answers
                .iter()
                .map(|(item, code)| {
                    item.choices().iter().find(|one| one.code == *code).map(|one| one.key.as_str())
                })
                .collect();
            let points = catalogue.scales.as_ref()?.self_care_points(&keys?)?;
            Some(points.to_string())
        }
        Of::Constitution(name) | Of::ConstitutionPoints(name) => {
            let answers = answers(catalogue, TCM, checkup)?;
            let codes: Vec<u16> = answers.iter().map(|(_, code)| *code).collect();
            let all = catalogue.scales.as_ref()?.constitutions(&codes.try_into().ok()?)?;
            let one = all.into_iter().find(|one| one.name_zh == *name)?;
            if let Of::ConstitutionPoints(_) = column.of {
                return Some(one.points.to_string());
            }
            let word = match one.verdict {
                Verdict::Yes => "yes",
                Verdict::Tends => "tends",
                Verdict::No => "no",
            };
            let is_coded = column.field_codes.contains_key(word);
            Some(if is_coded { word } else { one.verdict.zh(name) }.to_owned())
        }
        Of::Field(_) | Of::Item(_) | Of::Mean(_) | Of::Text(_) => None,
    }
}

/// The value that stands first; none where there is none or only a reason.
fn value_of(checkup: &CheckupFacts, item: ItemCode) -> Option<&Value> {
    let values = checkup.results.get(&item).map(Vec::as_slice).unwrap_or_default();
    values.first().map(|one| &one.value).filter(|value| value.is_present())
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

/// The answers of one questionnaire, all of them or none.
fn answers<'c>(
    catalogue: &'c Catalogue,
    prefix: &str,
    checkup: &CheckupFacts,
) -> Option<Vec<(&'c Item, u16)>> {
    let items = catalogue.items.iter().filter(|item| item.key.starts_with(prefix));
    let answer = |item: &'c Item| match value_of(checkup, item.code)? {
        Value::Choice(code) => Some((item, *code)),
        Value::Number(_) | Value::Text(_) | Value::Absent(_) => None,
    };
    items.map(answer).collect()
}
