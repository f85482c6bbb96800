//! Which findings ask for a follow-up: those of levels A and B, one task for each rule (a follow-up names checkup and rule,
//! not a row), and one for everything a doctor added. C goes onto the report alone. Pure.

use crate::catalogue::Catalogue;
use crate::conclusion::{Answer, Answered, Conclusion};
use crate::rule::{Judgement, Level};
use std::collections::BTreeMap;

/// In place of a rule, for what a doctor added to the conclusion.
pub const DOCTOR_RULE: &str = "doctor";

/// What was seen, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub level: Level,
    pub seen: String,
    /// With its unit; empty for a doctor's own.
    pub value: String,
    /// What to do.
    pub action: String,
    /// The item it rests on, for its name beside the value.
    pub item_zh: String,
}

/// What a task rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basis {
    pub rule: String,
    /// The worst of its lines.
    pub level: Level,
    /// The soonest of its lines.
    pub due_days: Option<u16>,
    pub lines: Vec<Line>,
}

/// The tasks of a checkup: `judgements` as they stand, `concluded` the conclusions that stand. A finding that a doctor
/// rejected is none, as long as nobody else says otherwise and its level is the one they looked at.
pub fn bases(cat: &Catalogue, judgements: &[Judgement], concluded: &[Conclusion]) -> Vec<Basis> {
    let mut found: BTreeMap<String, Basis> = BTreeMap::new();
    for judgement in judgements.iter().filter(|j| is_task(j.level)) {
        let answer = answer_of(judgement, concluded);
        if matches!(answer, Some(Answer::Rejected(_))) {
            continue;
        }
        let row = cat.level(&judgement.rule, &judgement.code);
        let item = judgement.item.and_then(|code| cat.item(code));
        let unit = item.map(|item| item.unit_zh.as_str()).unwrap_or_default();
        let seen = match answer {
            Some(Answer::Reworded(text)) => text.clone(),
            Some(Answer::Accepted | Answer::Rejected(_)) | None => {
                row.map_or_else(|| judgement.code.clone(), |row| row.name_zh.clone())
            }
        };
        let line = Line {
            level: judgement.level,
            seen,
            value: format!("{} {unit}", judgement.value).trim().to_owned(),
            action: row.map(|row| row.action_zh.clone()).unwrap_or_default(),
            item_zh: item.map(|item| item.name_zh.clone()).unwrap_or_default(),
        };
        add(&mut found, &judgement.rule, line, judgement.due_days);
    }
    for added in concluded.iter().flat_map(|one| &one.added).filter(|a| is_task(a.level)) {
        let line = Line {
            level: added.level,
            seen: added.text.clone(),
            value: String::new(),
            action: String::new(),
            item_zh: String::new(),
        };
        add(&mut found, DOCTOR_RULE, line, added.due_days);
    }
    found.into_values().collect()
}

fn is_task(level: Level) -> bool {
    match level {
        Level::A | Level::B => true,
        Level::C | Level::N => false,
    }
}

/// What the one conclusion that stands says of it. Where two stand apart, nothing is taken away.
fn answer_of<'a>(judgement: &Judgement, concluded: &'a [Conclusion]) -> Option<&'a Answer> {
    let [only] = concluded else { return None };
    let same = |one: &&Answered| {
        one.rule == judgement.rule && one.code == judgement.code && one.level == judgement.level
    };
    only.findings.iter().find(same).map(|one| &one.answer)
}

fn add(found: &mut BTreeMap<String, Basis>, rule: &str, line: Line, due_days: Option<u16>) {
    let basis = found.entry(rule.to_owned()).or_insert_with(|| Basis {
        rule: rule.to_owned(),
        level: line.level,
        due_days: None,
        lines: Vec::new(),
    });
    basis.level = basis.level.max(line.level);
    basis.due_days = [basis.due_days, due_days].into_iter().flatten().min();
    // Two doctors who added the same said it once.
    if !basis.lines.contains(&line) {
        basis.lines.push(line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conclusion::Added;

    fn judgement(rule: &str, code: &str) -> Judgement {
        let row = Catalogue::builtin().level(rule, code).unwrap();
        Judgement {
            rule: rule.to_owned(),
            code: code.to_owned(),
            level: row.level,
            item: None,
            value: "166/102".to_owned(),
            after_recheck: false,
            due_days: row.due_days,
        }
    }

    fn answered(judgement: &Judgement, answer: Answer) -> Answered {
        Answered {
            rule: judgement.rule.clone(),
            code: judgement.code.clone(),
            level: judgement.level,
            value: judgement.value.clone(),
            due_days: judgement.due_days,
            answer,
        }
    }

    #[test]
    fn a_and_b_make_tasks_by_rule_with_the_worst_level_and_the_soonest_day() {
        let check = |codes: &[(&str, &str)], expected: &[(&str, Level, Option<u16>, usize)]| {
            let judgements: Vec<Judgement> =
                codes.iter().map(|(rule, code)| judgement(rule, code)).collect();
            let bases = bases(Catalogue::builtin(), &judgements, &[]);
            let made: Vec<_> = bases
                .iter()
                .map(|b| (b.rule.as_str(), b.level, b.due_days, b.lines.len()))
                .collect();
            assert_eq!(made, expected, "{codes:?}");
        };
        check(&[], &[]);
        check(&[("adult_bp", "normal"), ("adult_bmi", "obese"), ("adult_bp", "high_normal")], &[]);
        check(&[("adult_bp", "grade2")], &[("adult_bp", Level::B, Some(14), 1)]);
        check(&[("adult_bp", "grade3")], &[("adult_bp", Level::A, Some(14), 1)]);
        check(
            &[("lipids", "tc_high"), ("lipids", "tg_pancreatitis"), ("lipids", "hdl_low")],
            &[("lipids", Level::B, Some(14), 2)],
        );
        check(
            &[("urine", "blood_marked"), ("adult_bp", "grade1")],
            &[("adult_bp", Level::B, Some(28), 1), ("urine", Level::B, Some(28), 1)],
        );
    }

    #[test]
    fn a_doctor_takes_away_rewords_and_adds_and_two_apart_take_nothing_away() {
        let grade2 = judgement("adult_bp", "grade2");
        let check = |concluded: &[Conclusion], expected: &[&str]| {
            let bases = bases(Catalogue::builtin(), std::slice::from_ref(&grade2), concluded);
            let seen: Vec<&str> =
                bases.iter().flat_map(|b| &b.lines).map(|l| l.seen.as_str()).collect();
            assert_eq!(seen, expected);
        };
        let own = Catalogue::builtin().level("adult_bp", "grade2").unwrap().name_zh.as_str();
        let of = |answer| Conclusion {
            findings: vec![answered(&grade2, answer)],
            ..Conclusion::default()
        };
        let rejected = of(Answer::Rejected("袖带不合".to_owned()));
        check(&[], &[own]);
        check(&[of(Answer::Accepted)], &[own]);
        check(&[of(Answer::Reworded("血压偏高".to_owned()))], &["血压偏高"]);
        check(std::slice::from_ref(&rejected), &[]);
        check(&[rejected.clone(), of(Answer::Accepted)], &[own]);
        let mut other_level = rejected;
        other_level.findings[0].level = Level::A;
        check(&[other_level], &[own]);
        let add = |level, text: &str| Added { level, text: text.to_owned(), due_days: Some(7) };
        let mut added = of(Answer::Accepted);
        added.added = vec![add(Level::B, "腹部包块"), add(Level::C, "牙石")];
        check(&[added.clone(), added], &[own, "腹部包块"]);
    }
}
