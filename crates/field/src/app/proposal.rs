//! What recorded values make certain of a coded field that a doctor fills in (危险因素控制 of the residents' form): offered where
//! the field is empty, taken by a press, never written by itself. Only what the form's own words name: who smokes (戒烟) and
//! whose body mass index is above the usual (减体重). How much drinking, which diet, how little exercise ask for a choice the
//! form gives no limit for: the doctor's.

use domain::asked::Answers;
use domain::catalogue::{Catalogue, print_value};
use domain::rule::Judgement;
use protocol::rpc::station::Proposal;

/// The field, and the choices this speaks of.
const FIELD: &str = "risk_control";
const QUIT: &str = "smoking";
const LIGHTER: &str = "weight";
/// The classes of a body above the usual weight.
const HEAVY: [(&str, &str); 2] = [("adult_bmi", "overweight"), ("adult_bmi", "obese")];

/// Nothing where the field has an answer already.
pub(super) fn proposed(answers: &Answers, findings: &[Judgement]) -> Vec<Proposal> {
    let catalogue = Catalogue::builtin();
    let Some(field) = catalogue.item_by_key(FIELD) else { return Vec::new() };
    if answers.contains_key(&field.code) {
        return Vec::new();
    }
    let (mut choices, mut because) = (Vec::new(), Vec::new());
    let smoking = catalogue.item_by_key("smoking");
    let told = smoking.and_then(|item| Some((item, answers.get(&item.code)?)));
    if let Some((item, value)) = told
        && item.choice("smokes").is_some_and(|choice| *value == choice_value(choice.code))
    {
        choices.push(QUIT.to_owned());
        because.push(format!("{}：{}", item.name_zh, print_value(item, value)));
    }
    let is_heavy = |one: &&Judgement| HEAVY.contains(&(one.rule.as_str(), one.code.as_str()));
    if let Some(heavy) = findings.iter().find(is_heavy) {
        let name = catalogue.level(&heavy.rule, &heavy.code).map(|row| row.name_zh.as_str());
        choices.push(LIGHTER.to_owned());
        because.push(format!("{} {}", name.unwrap_or_default(), heavy.value));
    }
    if choices.is_empty() {
        return Vec::new();
    }
    vec![Proposal { item: FIELD.to_owned(), choices, because }]
}

fn choice_value(code: u16) -> domain::value::Value {
    domain::value::Value::Choice(code)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;
    use chrono::NaiveDate;
    use domain::catalogue::parse_value;
    use domain::check::Subject;
    use domain::facts::{PersonKind, Sex};
    use domain::rule::judge;

    fn choices(cells: &[(&str, &str)]) -> Vec<String> {
        let catalogue = Catalogue::builtin();
        let subject = Subject {
            kind: PersonKind::Resident,
            sex: Some(Sex::F),
            birth: NaiveDate::from_ymd_opt(1970, 1, 1),
            day: NaiveDate::from_ymd_opt(2026, 9, 1).unwrap(),
        };
        let values = cells.iter().map(|(key, text)| {
            let item = catalogue.item_by_key(key).unwrap();
            (item.code, parse_value(item, text).unwrap())
        });
        let answers: Answers = values.collect();
        let all = proposed(&answers, &judge(catalogue, &subject, &answers));
        all.into_iter().flat_map(|one| one.choices).collect()
    }

    #[test]
    fn only_what_is_certain_is_proposed_and_only_while_nobody_has_chosen() {
        let check = |cells: &[(&str, &str)], expected: &[&str]| {
            assert_eq!(choices(cells), expected, "{cells:?}");
        };
        check(&[("smoking", "吸烟")], &["smoking"]);
        check(&[("smoking", "已戒烟")], &[]);
        check(&[("smoking", "从不吸烟")], &[]);
        // Body mass index 24.0 is above the usual, 23.9 is not (WS/T 428-2013).
        check(&[("height_cm", "100"), ("weight_kg", "24")], &["weight"]);
        check(&[("height_cm", "100"), ("weight_kg", "23.9")], &[]);
        check(&[("height_cm", "100"), ("weight_kg", "28")], &["weight"]);
        check(&[("drinking_frequency", "每天"), ("exercise_frequency", "不锻炼")], &[]);
        let both = [("smoking", "吸烟"), ("height_cm", "100"), ("weight_kg", "24")];
        check(&both, &["smoking", "weight"]);
        check(&[both[0], both[1], both[2], ("risk_control", "锻炼")], &[]);
        check(&[both[0], both[1], both[2], ("risk_control", "拒检")], &[]);
    }
}
