//! The conclusion (总检): what a doctor says of each finding the rules propose, what they add, and what has to be the
//! same for a signature still to stand. Pure. Not who may sign, and not how it is kept (`protocol`, `store`).

mod holds;

use crate::asked::answers;
use crate::catalogue::{Catalogue, print_value};
use crate::check::Subject;
use crate::facts::{CurrentValue, is_conflict};
use crate::ids::ItemCode;
use crate::lab::PrintedRange;
use crate::range::direction_of_value;
use crate::rule::{Judgement, Level, is_remarkable, unjudged};
use crate::value::{AbsentReason, Value};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Longest words of a finding, and longest reason, characters.
pub const TEXT_CHARS_MAX: usize = 200;
/// Longest advice, characters.
pub const ADVICE_CHARS_MAX: usize = 4_000;
/// Findings that a doctor may add to one conclusion.
pub const ADDED_MAX: usize = 20;
/// Longest time to a follow-up that a doctor may set, days: a year.
pub const DUE_DAYS_MAX: u16 = 365;
/// What a finding is called whose level followup.md leaves to the doctor: rule and code of its row in finding_levels.csv (待医生定级).
const LEFT_TO_THE_DOCTOR: (&str, &str) = ("department", "abnormal_unspecified");

/// Days until the first follow-up where nobody names any: A at once, B 14 (followup.md section 2, "B: follow up 14 d", a design and no
/// standard; decision 028). C goes onto the report alone.
pub fn usual_due_days(level: Level) -> Option<u16> {
    match level {
        Level::A => Some(0),
        Level::B => Some(14),
        Level::C | Level::N => None,
    }
}

/// How grave it is the doctor says, in other words for it.
pub fn is_left_to_the_doctor(rule: &str, code: &str) -> bool {
    (rule, code) == LEFT_TO_THE_DOCTOR
}

/// Current values by item.
pub type Results = BTreeMap<ItemCode, Vec<CurrentValue>>;

/// How a checkup stands to its conclusion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConclusionState {
    /// 未总检
    #[default]
    None,
    /// 已总检: signed, and nothing has changed since.
    Signed,
    /// 需再看: signed, and results or what they mean are others now.
    LookAgain,
    /// 总检不一致: two doctors signed without knowing of each other.
    Conflict,
}

impl ConclusionState {
    pub const ALL: [ConclusionState; 4] = [
        ConclusionState::None,
        ConclusionState::Signed,
        ConclusionState::LookAgain,
        ConclusionState::Conflict,
    ];

    pub fn zh(self) -> &'static str {
        match self {
            ConclusionState::None => "未总检",
            ConclusionState::Signed => "已总检",
            ConclusionState::LookAgain => "需再看",
            ConclusionState::Conflict => "总检不一致",
        }
    }

    /// As a table keeps it; 0 is kept as no row.
    pub fn number(self) -> u8 {
        match self {
            ConclusionState::None => 0,
            ConclusionState::Signed => 1,
            ConclusionState::LookAgain => 2,
            ConclusionState::Conflict => 3,
        }
    }

    pub fn of_number(number: i64) -> Option<ConclusionState> {
        ConclusionState::ALL.into_iter().find(|state| i64::from(state.number()) == number)
    }
}

/// What a doctor says of a finding that the rules propose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    Accepted,
    /// The same finding in other words.
    Reworded(String),
    /// It does not go onto the report, for this reason.
    Rejected(String),
}

/// How grave a doctor finds what the rules leave to them, and what follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graded {
    /// A, B or C.
    pub level: Level,
    /// None = no follow-up is named.
    pub due_days: Option<u16>,
    /// What to do, and where to go; may be empty.
    pub action: String,
}

/// A proposed finding with its answer, as it was when somebody signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    pub rule: String,
    pub code: String,
    /// The item it rests on: two departments give one class. None where it was signed before that was written, or rests on none.
    pub item: Option<ItemCode>,
    pub level: Level,
    /// As people read it: `152/94`.
    pub value: String,
    /// Days until the first follow-up is due, as the round set them then.
    pub due_days: Option<u16>,
    pub answer: Answer,
    /// In place of the level, the days and what to do, where `is_left_to_the_doctor` and it is reworded.
    pub graded: Option<Graded>,
}

impl Answered {
    /// The one of the proposed findings that this answers. What names no item answers only where one finding has its code.
    pub fn of<'j>(&self, judgements: &'j [Judgement]) -> Option<&'j Judgement> {
        named(judgements, (&self.rule, &self.code, self.item))
    }

    /// The doctor's where they graded it, else as it was proposed.
    pub fn shown_level(&self) -> Level {
        self.graded.as_ref().map_or(self.level, |graded| graded.level)
    }
}

/// A finding of the doctor's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    /// A, B or C.
    pub level: Level,
    pub text: String,
    /// The doctor's own; none = not said (`usual_due_days`).
    pub due_days: Option<u16>,
    /// What to do, and where to go; may be empty.
    pub action: String,
}

/// What is signed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Conclusion {
    /// Every proposed finding, each once.
    pub findings: Vec<Answered>,
    pub added: Vec<Added>,
    pub advice: String,
}

/// Why a conclusion cannot be signed as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// A proposed finding has no answer.
    Unanswered,
    /// An answer to what is not proposed, or a second one.
    NotProposed,
    /// Rejected without a reason.
    ReasonMissing,
    /// Other words, or an own finding, without words.
    TextMissing,
    /// Beyond `TEXT_CHARS_MAX`, `ADVICE_CHARS_MAX`, `ADDED_MAX` or `DUE_DAYS_MAX`.
    TooLong,
    /// An own finding, or one that the doctor grades, at no level of A, B and C.
    LevelMissing,
    /// A level set where a table sets it, or without other words.
    LevelNotTheirs,
}

/// The findings that a doctor is asked about: levels A, B and C.
pub fn proposed(judgements: &[Judgement]) -> impl Iterator<Item = &Judgement> {
    judgements.iter().filter(|judgement| judgement.level.is_finding())
}

/// Rule, code and item: what tells one finding of a checkup from another.
pub type FindingName<'a> = (&'a str, &'a str, Option<ItemCode>);

/// The proposed finding of this name. Without an item only where there is one such: an answer to one is not one to another.
pub fn named<'j>(
    judgements: &'j [Judgement],
    (rule, code, item): FindingName,
) -> Option<&'j Judgement> {
    let mut same = proposed(judgements).filter(|j| j.rule == rule && j.code == code);
    if item.is_some() {
        return same.find(|j| j.item == item);
    }
    let first = same.next()?;
    same.next().is_none().then_some(first)
}

fn name_of(judgement: &Judgement) -> FindingName<'_> {
    (&judgement.rule, &judgement.code, judgement.item)
}

/// Whether it can be signed over these judgements.
pub fn check(judgements: &[Judgement], conclusion: &Conclusion) -> Result<(), Refusal> {
    let said = |text: &str, missing: Refusal| {
        let text = text.trim();
        let fits = text.chars().count() <= TEXT_CHARS_MAX;
        if text.is_empty() { Err(missing) } else { fits.then_some(()).ok_or(Refusal::TooLong) }
    };
    let mut seen: BTreeSet<FindingName> = BTreeSet::new();
    for one in &conclusion.findings {
        let of = one.of(judgements).ok_or(Refusal::NotProposed)?;
        if !seen.insert(name_of(of)) {
            return Err(Refusal::NotProposed);
        }
        match &one.answer {
            Answer::Accepted => {}
            Answer::Reworded(text) => said(text, Refusal::TextMissing)?,
            Answer::Rejected(reason) => said(reason, Refusal::ReasonMissing)?,
        }
        if let Some(graded) = &one.graded {
            let is_reworded = matches!(one.answer, Answer::Reworded(_));
            if !is_reworded || !is_left_to_the_doctor(&one.rule, &one.code) {
                return Err(Refusal::LevelNotTheirs);
            }
            check_follow(graded.level, graded.due_days, &graded.action)?;
        }
    }
    if proposed(judgements).any(|j| !seen.contains(&name_of(j))) {
        return Err(Refusal::Unanswered);
    }
    for added in &conclusion.added {
        said(&added.text, Refusal::TextMissing)?;
        check_follow(added.level, added.due_days, &added.action)?;
    }
    let is_long = conclusion.advice.chars().count() > ADVICE_CHARS_MAX;
    if is_long || conclusion.added.len() > ADDED_MAX {
        return Err(Refusal::TooLong);
    }
    Ok(())
}

fn check_follow(level: Level, due_days: Option<u16>, action: &str) -> Result<(), Refusal> {
    if !level.is_finding() {
        return Err(Refusal::LevelMissing);
    }
    let is_long = action.trim().chars().count() > TEXT_CHARS_MAX;
    if is_long || due_days.is_some_and(|days| days > DUE_DAYS_MAX) {
        return Err(Refusal::TooLong);
    }
    Ok(())
}

/// Items whose values are others now: late, amended, withdrawn, a second one beside the first. The same of two devices is one value.
pub fn changed(then: &Results, now: &Results) -> BTreeSet<ItemCode> {
    let values = |results: &Results, item: &ItemCode| -> BTreeSet<String> {
        let all = results.get(item).into_iter().flatten();
        all.map(|current| format!("{:?}", current.value)).collect()
    };
    let items = then.keys().chain(now.keys()).copied();
    items.filter(|item| values(then, item) != values(now, item)).collect()
}

/// Whether the rules propose now what was answered, at the same levels: another birth date, or another setting of the
/// round, changes findings without changing a value.
pub fn is_answered<'a>(
    judgements: &[Judgement],
    answered: impl Iterator<Item = (FindingName<'a>, Level)>,
) -> bool {
    let now: BTreeSet<(FindingName, Level)> =
        proposed(judgements).map(|j| (name_of(j), j.level)).collect();
    let then: Option<BTreeSet<(FindingName, Level)>> =
        answered.map(|(name, level)| Some((name_of(named(judgements, name)?), level))).collect();
    then.is_some_and(|then| now == then)
}

/// Nothing to say but that all is well: no finding, no marked class or choice, no value beyond its range (also one of two whose mean is
/// usual: an arrow is looked at) or beyond everybody's where none is this person's (`rule::unjudged`), none awaited, none in conflict. Such people may be signed as a list. `own`: the ranges that laboratories printed beside current values. That everything was
/// examined is asked elsewhere (`state`).
pub fn is_normal(
    cat: &Catalogue,
    subject: &Subject,
    results: &Results,
    own: &BTreeMap<ItemCode, Vec<PrintedRange>>,
    judgements: &[Judgement],
) -> bool {
    let answers = answers(results);
    let is_well = |(code, values): (&ItemCode, &Vec<CurrentValue>)| {
        let printed = own.get(code).map(Vec::as_slice).unwrap_or_default();
        let is_fine = |current: &CurrentValue| {
            let way = |own| {
                let (value, judged) = (&current.value, judgements.iter());
                direction_of_value(cat, subject, *code, value, &answers, own, judged)
            };
            let is_out = match printed {
                [] => way(None).is_some(),
                [_, ..] => printed.iter().any(|own| way(Some(own)).is_some()),
            };
            current.value != Value::Absent(AbsentReason::Awaited) && !is_out
        };
        !is_conflict(values) && values.iter().all(is_fine)
    };
    let is_examined = results.values().flatten().any(|current| current.value.is_present());
    let is_plain = judgements.iter().all(|judgement| !is_remarkable(cat, judgement));
    let is_said = |code: ItemCode, value: &Value| {
        let says = |own: &PrintedRange| own.says(cat.item(code)?, value);
        own.get(&code).is_some_and(|own| own.iter().any(|own| says(own).is_some()))
    };
    is_examined
        && is_plain
        && results.iter().all(is_well)
        && unjudged(cat, subject, results, judgements, &is_said).is_empty()
}

/// What the change of one item is called on a report: `空腹血糖：5.2 → 7.2`.
pub fn change_words(cat: &Catalogue, item: ItemCode, then: &Results, now: &Results) -> String {
    let Some(item) = cat.item(item) else { return String::new() };
    let text = |results: &Results| {
        let values: BTreeSet<String> = results
            .get(&item.code)
            .into_iter()
            .flatten()
            .map(|current| print_value(item, &current.value))
            .collect();
        values.into_iter().collect::<Vec<_>>().join(" / ")
    };
    let (before, after) = (text(then), text(now));
    match (before.is_empty(), after.is_empty()) {
        (true, _) => format!("{}：补报 {after}", item.name_zh),
        (false, true) => format!("{}：撤回 {before}", item.name_zh),
        (false, false) => format!("{}：{before} → {after}", item.name_zh),
    }
}

/// Where a rule's numbers are from, for the doctor who asks why: the standard with its year, the tables.
pub fn source_of(cat: &Catalogue, rule: &str) -> (String, Vec<String>) {
    let Some(rule) = cat.rule(rule) else { return (String::new(), Vec::new()) };
    let title = |name: &String| match cat.table(name) {
        Some(table) if !table.title.is_empty() => format!("{name}（{}）", table.title),
        Some(_) | None => name.clone(),
    };
    let standard = format!("{}：{}（{}）", rule.name_zh, rule.standard, rule.year);
    (standard, rule.tables.iter().map(title).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::PersonKind;
    use crate::rule::{Measured, judge_current, judge_measured};
    use crate::value::Decimal;
    use chrono::NaiveDate;

    fn cat() -> &'static Catalogue {
        Catalogue::builtin()
    }

    fn subject() -> Subject {
        let day = NaiveDate::from_ymd_opt(2026, 9, 14).unwrap();
        let birth = NaiveDate::from_ymd_opt(1980, 1, 1);
        Subject { kind: PersonKind::Resident, sex: Some(crate::facts::Sex::M), birth, day }
    }

    fn results(values: &[(&str, &str)]) -> Results {
        let mut results = Results::new();
        for (key, text) in values {
            let value = match *text {
                "待回报" => Value::Absent(AbsentReason::Awaited),
                text => Value::Number(Decimal::parse(text).unwrap()),
            };
            let item = cat().item_by_key(key).unwrap().code;
            results.entry(item).or_default().push(CurrentValue { value, unusual: false });
        }
        results
    }

    fn judged(values: &[(&str, &str)]) -> Vec<Judgement> {
        judge_current(cat(), &subject(), &results(values))
    }

    const HIGH: &[(&str, &str)] = &[("sbp1_mmhg", "166"), ("dbp1_mmhg", "102")];

    fn answered(judgements: &[Judgement], answer: Answer) -> Vec<Answered> {
        let one = |j: &Judgement| Answered {
            rule: j.rule.clone(),
            code: j.code.clone(),
            item: j.item,
            level: j.level,
            value: j.value.clone(),
            due_days: j.due_days,
            answer: answer.clone(),
            graded: None,
        };
        proposed(judgements).map(one).collect()
    }

    #[test]
    fn it_is_signed_when_each_finding_is_answered_once_and_what_is_said_is_said() {
        let judgements = judged(HIGH);
        let check = |answer: Answer, change: &dyn Fn(&mut Conclusion), expected| {
            let mut conclusion =
                Conclusion { findings: answered(&judgements, answer), ..Conclusion::default() };
            change(&mut conclusion);
            assert_eq!(super::check(&judgements, &conclusion), expected);
        };
        let long = "长".repeat(TEXT_CHARS_MAX + 1);
        let own = |level, text: &str| Added {
            level,
            text: text.to_owned(),
            due_days: None,
            action: String::new(),
        };
        let graded = |level, due_days, action: &str| {
            Some(Graded { level, due_days, action: action.to_owned() })
        };
        check(Answer::Accepted, &|_| {}, Ok(()));
        check(Answer::Reworded("血压偏高，两周后再量".to_owned()), &|_| {}, Ok(()));
        check(Answer::Rejected("袖带型号不对，已换袖带复测".to_owned()), &|_| {}, Ok(()));
        check(Answer::Reworded(" ".to_owned()), &|_| {}, Err(Refusal::TextMissing));
        check(Answer::Rejected(String::new()), &|_| {}, Err(Refusal::ReasonMissing));
        check(Answer::Rejected(long.clone()), &|_| {}, Err(Refusal::TooLong));
        check(Answer::Accepted, &|c| c.findings.clear(), Err(Refusal::Unanswered));
        check(
            Answer::Accepted,
            &|c| c.findings.extend(c.findings.clone()),
            Err(Refusal::NotProposed),
        );
        check(
            Answer::Accepted,
            &|c| c.findings[0].code = "another".to_owned(),
            Err(Refusal::NotProposed),
        );
        check(Answer::Accepted, &|c| c.added.push(own(Level::B, "腹部包块")), Ok(()));
        let far = |days| Added { due_days: Some(days), ..own(Level::B, "腹部包块") };
        check(Answer::Accepted, &|c| c.added.push(far(DUE_DAYS_MAX)), Ok(()));
        check(Answer::Accepted, &|c| c.added.push(far(DUE_DAYS_MAX + 1)), Err(Refusal::TooLong));
        // The level of a finding that a table grades is not the doctor's to set.
        check(
            Answer::Reworded("血压偏高".to_owned()),
            &|c| c.findings[0].graded = graded(Level::C, None, ""),
            Err(Refusal::LevelNotTheirs),
        );
        check(Answer::Accepted, &|c| c.added.push(own(Level::B, "")), Err(Refusal::TextMissing));
        check(
            Answer::Accepted,
            &|c| c.added.push(own(Level::N, "腹部包块")),
            Err(Refusal::LevelMissing),
        );
        let advice = |chars| "长".repeat(chars);
        check(Answer::Accepted, &|c| c.advice = advice(ADVICE_CHARS_MAX), Ok(()));
        check(
            Answer::Accepted,
            &|c| c.advice = advice(ADVICE_CHARS_MAX + 1),
            Err(Refusal::TooLong),
        );
        check(
            Answer::Accepted,
            &|c| c.added = vec![own(Level::C, "见上"); ADDED_MAX + 1],
            Err(Refusal::TooLong),
        );
    }

    #[test]
    fn what_came_later_or_otherwise_is_a_change_and_the_same_twice_is_none() {
        let check = |then: &[(&str, &str)], now: &[(&str, &str)], expected: &[&str]| {
            let (then, now) = (results(then), results(now));
            let words: Vec<String> = changed(&then, &now)
                .into_iter()
                .map(|item| change_words(cat(), item, &then, &now))
                .collect();
            assert_eq!(words, expected);
        };
        let name = |key: &str| cat().item_by_key(key).unwrap().name_zh.clone();
        let glucose = name("glucose_mmol_l");
        check(&[("glucose_mmol_l", "5.2")], &[("glucose_mmol_l", "5.2")], &[]);
        check(&[("glucose_mmol_l", "5.2")], &[("glucose_mmol_l", "5.2"); 2], &[]);
        check(
            &[("glucose_mmol_l", "5.2")],
            &[("glucose_mmol_l", "7.2")],
            &[&format!("{glucose}：5.2 → 7.2")],
        );
        check(&[], &[("glucose_mmol_l", "7.2")], &[&format!("{glucose}：补报 7.2")]);
        check(&[("glucose_mmol_l", "7.2")], &[], &[&format!("{glucose}：撤回 7.2")]);
        check(
            &[("glucose_mmol_l", "5.2")],
            &[("glucose_mmol_l", "5.2"), ("glucose_mmol_l", "7.2")],
            &[&format!("{glucose}：5.2 → 5.2 / 7.2")],
        );
    }

    #[test]
    fn only_whoever_has_nothing_abnormal_can_be_signed_in_a_list() {
        let check = |values: &[(&str, &str)], expected: bool| {
            let results = results(values);
            let judgements = judge_current(cat(), &subject(), &results);
            let is = is_normal(cat(), &subject(), &results, &BTreeMap::new(), &judgements);
            assert_eq!(is, expected, "{values:?}");
        };
        const FINE: &[(&str, &str)] = &[("sbp1_mmhg", "118"), ("dbp1_mmhg", "76")];
        check(FINE, true);
        check(HIGH, false);
        check(&[], false);
        check(&[FINE[0], FINE[1], ("glucose_mmol_l", "待回报")], false);
        check(&[FINE[0], FINE[1], ("sbp1_mmhg", "120")], false);
        // Beyond its interval without any class that makes a finding of it: an arrow is enough to be looked at.
        check(&[FINE[0], FINE[1], ("urea_mmol_l", "11.9")], false);
        // By the laboratory's own range instead, where it printed one.
        let own = |key: &str, value: &str, printed: &str| {
            let results = results(&[FINE[0], FINE[1], (key, value)]);
            let ends = crate::lab::read_range(printed).unwrap();
            let range = PrintedRange { ends, words: printed.to_owned() };
            let item = cat().item_by_key(key).unwrap().code;
            // As a checkup is judged: by the range that was printed.
            let measured = results.iter().map(|(code, values)| {
                let own = ends.filter(|_| *code == item);
                (
                    *code,
                    values.iter().map(|v| Measured { own, ..Measured::plain(&v.value) }).collect(),
                )
            });
            let judgements = judge_measured(cat(), &subject(), &measured.collect());
            let own = BTreeMap::from([(item, vec![range])]);
            is_normal(cat(), &subject(), &results, &own, &judgements)
        };
        assert!(own("urea_mmol_l", "11.9", "2-12"));
        assert!(!own("urea_mmol_l", "5", "6-12"));
    }

    #[test]
    fn another_level_or_another_finding_is_not_what_was_answered() {
        let judgements = judged(HIGH);
        let same = answered(&judgements, Answer::Accepted);
        let check = |judgements: &[Judgement], answered: &[Answered], expected: bool| {
            let told =
                answered.iter().map(|a| ((a.rule.as_str(), a.code.as_str(), a.item), a.level));
            assert_eq!(is_answered(judgements, told), expected);
        };
        check(&judgements, &same, true);
        check(&judgements, &[], false);
        check(&[], &same, false);
        // Before items were written.
        let old: Vec<_> = same.iter().map(|a| Answered { item: None, ..a.clone() }).collect();
        check(&judgements, &old, true);
        let twin = Judgement { item: Some(ItemCode(u16::MAX)), ..judgements[0].clone() };
        let both = [judgements.as_slice(), &[twin]].concat();
        check(&both, &old, false);
        check(&both, &answered(&both, Answer::Accepted), true);
        let mut other = judgements.clone();
        other.iter_mut().for_each(|j| j.level = Level::A);
        check(&other, &same, false);
    }

    #[test]
    fn the_rule_behind_a_finding_is_told_with_its_standard_and_its_tables() {
        let (standard, tables) = source_of(cat(), "adult_bp");
        assert!(standard.contains("成人血压") && standard.contains("2024"), "{standard}");
        assert!(
            tables.iter().any(|t| t.starts_with("hypertension_grades_adult.csv")),
            "{tables:?}"
        );
        assert_eq!(source_of(cat(), "no_such_rule"), (String::new(), Vec::new()));
    }

    #[test]
    fn only_what_followup_leaves_to_the_doctor_is_graded_by_them_and_only_in_their_words() {
        let row = cat().level(LEFT_TO_THE_DOCTOR.0, LEFT_TO_THE_DOCTOR.1).unwrap();
        assert!(row.name_zh.contains("待医生定级"), "the row that the const names");
        let open = Judgement {
            rule: row.rule.clone(),
            code: row.code.clone(),
            level: row.level,
            item: None,
            value: String::new(),
            after_recheck: false,
            due_days: row.due_days,
        };
        let judgements = [open];
        let check = |answer: Answer, graded: Graded, expected| {
            let mut findings = answered(&judgements, answer);
            findings[0].graded = Some(graded);
            let conclusion = Conclusion { findings, ..Conclusion::default() };
            assert_eq!(super::check(&judgements, &conclusion), expected);
        };
        let at = |level| Graded { level, due_days: Some(7), action: "去县医院".to_owned() };
        let reworded = || Answer::Reworded("心电图异常".to_owned());
        for level in [Level::A, Level::B, Level::C] {
            check(reworded(), at(level), Ok(()));
        }
        check(reworded(), at(Level::N), Err(Refusal::LevelMissing));
        check(Answer::Accepted, at(Level::A), Err(Refusal::LevelNotTheirs));
        let long = Graded { action: "长".repeat(TEXT_CHARS_MAX + 1), ..at(Level::B) };
        check(reworded(), long, Err(Refusal::TooLong));
    }
}
