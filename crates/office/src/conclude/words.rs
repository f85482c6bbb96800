//! Conclusions in words: findings as they go onto a report, and what one version changes against another.

use domain::catalogue::Catalogue;
use domain::conclusion::{Added, Answer, Answered, Conclusion, change_words, changed};
use domain::consent::rests_on_closed;
use domain::ids::ItemCode;
use domain::phrase::with_department;
use domain::rule::{Judgement, Level, unit_of};
use domain::where_to::place_written;
use ledger::Reference;
use report::paper::ReportFinding;
use std::collections::BTreeSet;
use store::{ConclusionView, Conclusions};

/// What was seen, in the doctor's words where there are any.
pub(super) fn finding_words(one: &Answered) -> String {
    if let Answer::Reworded(text) = &one.answer {
        return text.clone();
    }
    let level = Catalogue::builtin().level(&one.rule, &one.code);
    let said = level.map_or(&one.code, |row| &row.name_zh);
    with_department(Catalogue::builtin(), &one.rule, one.item, said)
}

fn is_kept(one: &&Answered) -> bool {
    match one.answer {
        Answer::Accepted | Answer::Reworded(_) => true,
        Answer::Rejected(_) => false,
    }
}

/// The value as it was signed. Before what is computed had its own unit, an eGFR was signed in the creatinine's: a paper does not say
/// that again.
fn value_words(one: &Answered) -> String {
    let catalogue = Catalogue::builtin();
    let item = one.item.and_then(|code| catalogue.item(code));
    let of_item = item.map(|item| item.unit_zh.as_str()).unwrap_or_default();
    let judgement = Judgement {
        rule: one.rule.clone(),
        code: one.code.clone(),
        level: one.level,
        item: one.item,
        value: one.value.clone(),
        after_recheck: false,
        due_days: one.due_days,
    };
    let unit = unit_of(catalogue, &judgement);
    match one.value.strip_suffix(of_item).filter(|_| !of_item.is_empty() && unit != of_item) {
        Some(bare) => format!("{} {unit}", bare.trim()),
        None => one.value.clone(),
    }
}

/// The same in the words for the person.
fn person_words(one: &Answered) -> String {
    match &one.answer {
        Answer::Reworded(text) => text.clone(),
        Answer::Accepted | Answer::Rejected(_) => {
            let level = Catalogue::builtin().level(&one.rule, &one.code);
            let said = level.map_or(one.code.as_str(), |row| row.said_to_person());
            with_department(Catalogue::builtin(), &one.rule, one.item, said)
        }
    }
}

/// Where somebody goes at once, as finding_levels.csv has it for every A of its own: a doctor who names no place means no other.
const AT_ONCE_ZH: &str = "最近的医院，不舒服或自己去不了时打120";

/// A line for each finding that stands: level, words for staff or for the person, value.
pub(super) fn lines(conclusion: &Conclusion) -> Vec<String> {
    lines_by(conclusion, finding_words)
}

fn lines_by(conclusion: &Conclusion, words: fn(&Answered) -> String) -> Vec<String> {
    let answered = conclusion.findings.iter().filter(is_kept).map(|one| {
        let action = one.graded.as_ref().map_or("", |graded| graded.action.as_str());
        let level = one.shown_level().key();
        format!("{level} {} {}　{action}", words(one), value_words(one)).trim().to_owned()
    });
    let added = conclusion
        .added
        .iter()
        .map(|one| format!("{} {}　{}", one.level.key(), one.text, one.action).trim().to_owned());
    answered.chain(added).collect()
}

/// The findings of a report as a doctor concluded them, the gravest first. `day`: due dates are counted from it.
pub fn concluded_findings(conclusion: &Conclusion, day: chrono::NaiveDate) -> Vec<ReportFinding> {
    let due = |days: Option<u16>| {
        let days = chrono::Days::new(u64::from(days?));
        Some(day.checked_add_days(days)?.to_string())
    };
    let answered = |one: &Answered| {
        let catalogue = Catalogue::builtin();
        let level = catalogue.level(&one.rule, &one.code);
        let days = one.graded.as_ref().map_or(one.due_days, |graded| graded.due_days);
        let (action, place) = match &one.graded {
            Some(graded) => what_and_where(&graded.action),
            None => (level.map(|row| row.to_person_zh.clone()).unwrap_or_default(), String::new()),
        };
        let of_table = || level.map(|row| row.where_zh.clone()).unwrap_or_default();
        ReportFinding {
            level: one.shown_level().key(),
            seen: person_words(one),
            values: value_words(one),
            action,
            place: if place.is_empty() { of_table() } else { place },
            due: due(days).unwrap_or_default(),
        }
    };
    let added = |one: &Added| {
        let (action, place) = what_and_where(&one.action);
        let is_nowhere = place.is_empty() && one.level == Level::A;
        let place = if is_nowhere { AT_ONCE_ZH.to_owned() } else { place };
        ReportFinding {
            level: one.level.key(),
            seen: one.text.clone(),
            values: String::new(),
            action,
            place,
            due: due(one.due_days).unwrap_or_default(),
        }
    };
    let kept = conclusion.findings.iter().filter(is_kept).map(answered);
    let mut all: Vec<ReportFinding> = kept.chain(conclusion.added.iter().map(added)).collect();
    let rank = |level: &str| std::cmp::Reverse(Level::parse(level));
    all.sort_by_key(|finding| rank(finding.level));
    all
}

/// A doctor's words of what to do, and where to go: said once where they are a place and nothing else.
fn what_and_where(words: &str) -> (String, String) {
    match place_written(words) {
        place if place == words.trim() => (String::new(), place.to_owned()),
        place => (words.to_owned(), place.to_owned()),
    }
}

/// What is otherwise than when the conclusion that stands was signed; empty where it still stands, or none does. Values of what the
/// family refused (`closed`) are not told.
pub fn open_changes(conclusions: &Conclusions, closed: &BTreeSet<ItemCode>) -> Vec<String> {
    let Some(standing) = conclusions.standing() else { return Vec::new() };
    let items = conclusions.changed.iter().filter(|item| !closed.contains(item));
    let mut words: Vec<String> = items
        .map(|item| change_words(Catalogue::builtin(), *item, &standing.then, &conclusions.results))
        .collect();
    if conclusions.missing > 0 {
        words.push(format!("签发时看过的记录有 {} 条还没有到本机", conclusions.missing));
    }
    if words.is_empty() && conclusions.is_judged_otherwise {
        words.push("按现在的规则或个人信息，提出的异常与签发时不同".to_owned());
    }
    words
}

/// What the version that stands says otherwise than the one in the person's hand (`held`, a signature), else than the one it
/// stands in place of, for a 更正版. Empty for a first one. Nothing of what the family refused (`closed`) is told.
pub fn changes_of(
    conclusions: &Conclusions,
    held: Option<Reference>,
    closed: &BTreeSet<ItemCode>,
) -> Vec<String> {
    let Some(standing) = conclusions.standing() else { return Vec::new() };
    let is_earlier =
        |view: &&ConclusionView| !view.fact.withdrawn && view.fact.version < standing.fact.version;
    let earlier = || conclusions.all.iter().filter(is_earlier);
    let in_hand = earlier().find(|view| Some(view.reference) == held);
    let before = in_hand.or_else(|| earlier().max_by_key(|view| view.fact.version));
    let Some(before) = before else { return Vec::new() };
    let catalogue = Catalogue::builtin();
    let mut words: Vec<String> = changed(&before.then, &standing.then)
        .into_iter()
        .filter(|item| !closed.contains(item))
        .map(|item| change_words(catalogue, item, &before.then, &standing.then))
        .collect();
    let said = |view: &ConclusionView| {
        let mut said = view.fact.conclusion().unwrap_or_default();
        said.findings.retain(|f| !rests_on_closed(catalogue, &f.rule, &f.code, f.item, closed));
        said
    };
    let (old, new) = (said(before), said(standing));
    let (gone, come): (BTreeSet<String>, BTreeSet<String>) = (
        lines_by(&old, person_words).into_iter().collect(),
        lines_by(&new, person_words).into_iter().collect(),
    );
    words.extend(come.difference(&gone).map(|line| format!("需要关注的结果增加：{line}")));
    words.extend(gone.difference(&come).map(|line| format!("需要关注的结果去掉：{line}")));
    if old.advice != new.advice {
        words.push("健康指导有修改".to_owned());
    }
    words.extend(reasons(conclusions, before, standing));
    words
}

/// Why each version after the one in hand was made, the last one last.
fn reasons(
    conclusions: &Conclusions,
    before: &ConclusionView,
    standing: &ConclusionView,
) -> Vec<String> {
    let is_between = |view: &&ConclusionView| {
        let version = view.fact.version;
        version > before.fact.version && version < standing.fact.version
    };
    let mut between: Vec<&ConclusionView> = conclusions.all.iter().filter(is_between).collect();
    between.sort_by_key(|view| view.fact.version);
    if between.is_empty() {
        return vec![format!("更正原因：{}", standing.fact.reason)];
    }
    let since = format!("以上与第 {} 版相比", before.fact.version);
    let of = |view: &ConclusionView| {
        format!("第 {} 版更正原因：{}", view.fact.version, view.fact.reason)
    };
    let each = between.into_iter().chain([standing]).map(of);
    std::iter::once(since).chain(each).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_egfr_that_was_signed_in_the_creatinines_unit_is_printed_in_its_own() {
        let item = Catalogue::builtin().item_by_key("creatinine_umol_l").map(|item| item.code);
        let check = |code: &str, signed: &str, printed: &str| {
            let one = Answered {
                rule: "kidney".to_owned(),
                code: code.to_owned(),
                item,
                level: Level::B,
                value: signed.to_owned(),
                due_days: None,
                answer: Answer::Accepted,
                graded: None,
            };
            assert_eq!(value_words(&one), printed);
        };
        check("egfr_g3a", "eGFR 56.11 μmol/L", "eGFR 56.11 mL/min/1.73m²");
        check("egfr_g3a", "eGFR 56.11 mL/min/1.73m²", "eGFR 56.11 mL/min/1.73m²");
        // The control: the creatinine's own.
        check("creatinine_high", "126 μmol/L", "126 μmol/L");
    }
}
