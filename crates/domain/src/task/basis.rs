//! Which findings ask for a follow-up: those of levels A and B, one task for each rule (a follow-up names checkup and rule,
//! not a row), and one for everything a doctor added. C goes onto the report alone. Pure.

use crate::catalogue::{Catalogue, Rule, Shows};
use crate::conclusion::{Added, Answer, Answered, Conclusion, usual_due_days};
use crate::ids::ItemCode;
use crate::phrase::with_department;
use crate::rule::{Judgement, Level, names_itself, printed_value};
use crate::where_to::place_written;
use std::collections::{BTreeMap, BTreeSet};

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
    /// What the value is of: the item it rests on; of a pressure 血压, which no single reading is; empty where the value says it itself
    /// (`eGFR 56.11`).
    pub item_zh: String,
    /// The same; none for a doctor's own and for what rests on several.
    pub item: Option<ItemCode>,
    /// The class of the rule; empty for a doctor's own.
    pub code: String,
    /// What was seen, in words for the person.
    pub said: String,
    /// Where to go: as a doctor wrote it, else as the table says; empty where neither says anything.
    pub place: String,
    /// Days within which something is to be done about it.
    pub due_days: Option<u16>,
    /// By which a step names it: of a rule the class, and the item where the rule gives that class to several; of a doctor's own the
    /// text. The same as long as the class is: another value of it is no other line.
    pub key: String,
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

impl Basis {
    /// Its lines of level A, by which steps name them.
    pub fn grave(&self) -> BTreeSet<String> {
        let grave = self.lines.iter().filter(|line| line.level == Level::A);
        grave.map(|line| line.key.clone()).collect()
    }

    /// Its lines of level B by the same names, but for those that are of level A besides.
    pub fn minor(&self) -> BTreeSet<String> {
        let minor = self.lines.iter().filter(|line| line.level == Level::B);
        let minor: BTreeSet<String> = minor.map(|line| line.key.clone()).collect();
        minor.difference(&self.grave()).cloned().collect()
    }
}

/// Rules that judge one value by an answer (空腹 or not) share one follow-up, under the first of them: an answer that comes after the
/// value changes which of them judges, not what was done about it.
pub fn task_rule(rule: &str) -> &str {
    let catalogue: &'static Catalogue = Catalogue::builtin();
    shared_rules(catalogue, rule).first().map_or(rule, |first| first.key.as_str())
}

/// Every rule whose follow-up is this one's, itself among them; none where it is alone.
pub fn shared_rules<'c>(catalogue: &'c Catalogue, rule: &str) -> Vec<&'c Rule> {
    let answer = |rule: &'c Rule| rule.when.as_ref().map(|when| (when.item, &when.choices));
    let Some(own) = catalogue.rule(rule).and_then(answer) else { return Vec::new() };
    catalogue.rules.iter().filter(|other| answer(other) == Some(own)).collect()
}

/// The tasks of a checkup: `judgements` as they stand, `concluded` the conclusions that stand. A finding that a doctor
/// rejected is none, as long as nobody else says otherwise and its level and value are those they looked at.
/// `differing`: items of which two values stand.
pub fn bases(
    cat: &Catalogue,
    judgements: &[Judgement],
    concluded: &[Conclusion],
    differing: &BTreeSet<ItemCode>,
) -> Vec<Basis> {
    let mut found: BTreeMap<String, Basis> = BTreeMap::new();
    for judgement in judgements {
        let holds = |one: &Answered| one.holds_of(cat, judgement, differing);
        let answered = answer_of(judgement, judgements, concluded).filter(|one| holds(one));
        let answer = answered.map(|one| &one.answer);
        let graded = answered.and_then(|one| one.graded.as_ref());
        let level = graded.map_or(judgement.level, |graded| graded.level);
        if !is_task(level) || matches!(answer, Some(Answer::Rejected(_))) {
            continue;
        }
        let row = cat.level(&judgement.rule, &judgement.code);
        let of_department =
            |said: &str| with_department(cat, &judgement.rule, judgement.item, said);
        let seen = match answer {
            Some(Answer::Reworded(text)) => text.clone(),
            Some(Answer::Accepted | Answer::Rejected(_)) | None => {
                row.map_or_else(|| judgement.code.clone(), |row| of_department(&row.name_zh))
            }
        };
        let said = match answer {
            Some(Answer::Reworded(text)) => text.clone(),
            Some(Answer::Accepted | Answer::Rejected(_)) | None => {
                row.map_or_else(|| seen.clone(), |row| of_department(row.said_to_person()))
            }
        };
        let due_days = match graded {
            Some(graded) => graded.due_days.or(usual_due_days(level)),
            None => judgement.due_days,
        };
        let line = Line {
            level,
            due_days,
            seen,
            value: printed_value(cat, judgement),
            action: match graded {
                Some(graded) => graded.action.clone(),
                None => row.map(|row| row.action_zh.clone()).unwrap_or_default(),
            },
            item_zh: shown_zh(cat, judgement),
            item: judgement.item,
            code: judgement.code.clone(),
            said,
            place: match graded.map_or("", |graded| place_written(&graded.action)) {
                "" => row.map(|row| row.where_zh.clone()).unwrap_or_default(),
                written => written.to_owned(),
            },
            key: line_key(cat, judgement),
        };
        add(&mut found, task_rule(&judgement.rule), line);
    }
    for added in concluded.iter().flat_map(|one| &one.added).filter(|a| is_task(a.level)) {
        add(&mut found, DOCTOR_RULE, added_line(added));
    }
    found.into_values().collect()
}

/// A doctor's own finding.
fn added_line(added: &Added) -> Line {
    Line {
        level: added.level,
        // Signatures given before days could be said have none.
        due_days: added.due_days.or(usual_due_days(added.level)),
        seen: added.text.clone(),
        value: String::new(),
        action: added.action.clone(),
        item_zh: String::new(),
        item: None,
        code: String::new(),
        said: added.text.clone(),
        place: place_written(&added.action).to_owned(),
        key: added.text.trim().to_owned(),
    }
}

/// What the shown value is of. A pressure is the pair that was judged: the mean, or the repeat after rest.
fn shown_zh(cat: &Catalogue, judgement: &Judgement) -> String {
    let shows = cat.rule(&judgement.rule).map(|rule| rule.shows);
    let item = judgement.item.and_then(|code| cat.item(code));
    match (shows, item.filter(|_| !names_itself(cat, judgement))) {
        (Some(Shows::Pressure), _) => "血压".to_owned(),
        (Some(Shows::Measure) | None, Some(item)) => item.name_zh.clone(),
        (Some(Shows::Measure) | None, None) => String::new(),
    }
}

fn is_task(level: Level) -> bool {
    match level {
        Level::A | Level::B => true,
        Level::C | Level::N => false,
    }
}

/// By which a step names the line of a judgement (`Line::key`).
pub fn line_key(cat: &Catalogue, judgement: &Judgement) -> String {
    let classes = cat.rule(&judgement.rule).map(|rule| rule.classes.as_slice());
    let same = classes.into_iter().flatten().filter(|class| class.code == judgement.code);
    match judgement.item {
        Some(item) if same.count() > 1 => format!("{}#{}", judgement.code, item.0),
        Some(_) | None => judgement.code.clone(),
    }
}

/// What the one conclusion that stands says of it. Where two stand apart, nothing is taken away.
fn answer_of<'a>(
    judgement: &Judgement,
    all: &[Judgement],
    concluded: &'a [Conclusion],
) -> Option<&'a Answered> {
    let [only] = concluded else { return None };
    let same = |one: &&Answered| {
        one.level == judgement.level && one.of(all).is_some_and(|of| of == judgement)
    };
    only.findings.iter().find(same)
}

fn add(found: &mut BTreeMap<String, Basis>, rule: &str, line: Line) {
    let basis = found.entry(rule.to_owned()).or_insert_with(|| Basis {
        rule: rule.to_owned(),
        level: line.level,
        due_days: None,
        lines: Vec::new(),
    });
    basis.level = basis.level.max(line.level);
    basis.due_days = [basis.due_days, line.due_days].into_iter().flatten().min();
    // Two doctors who added the same said it once.
    if !basis.lines.contains(&line) {
        basis.lines.push(line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conclusion::Graded;

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
            item: judgement.item,
            level: judgement.level,
            value: judgement.value.clone(),
            due_days: judgement.due_days,
            answer,
            graded: None,
        }
    }

    #[test]
    fn a_and_b_make_tasks_by_rule_with_the_worst_level_and_the_soonest_day() {
        let check = |codes: &[(&str, &str)], expected: &[(&str, Level, Option<u16>, usize)]| {
            let judgements: Vec<Judgement> =
                codes.iter().map(|(rule, code)| judgement(rule, code)).collect();
            let bases = bases(Catalogue::builtin(), &judgements, &[], &BTreeSet::new());
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
    fn a_line_is_named_by_its_class_and_where_several_items_have_that_class_by_the_item_too() {
        let cat = Catalogue::builtin();
        let key = |rule: &str, code: &str, item: Option<u16>| {
            line_key(cat, &Judgement { item: item.map(ItemCode), ..judgement(rule, code) })
        };
        assert_eq!(key("critical_signs", "eye_glaucoma", Some(7)), "eye_glaucoma");
        // The first reading or its repeat: one finding, told once.
        assert_eq!(key("glucose_fasting", "hypoglycaemia", Some(1)), "hypoglycaemia");
        assert_eq!(key("glucose_fasting", "hypoglycaemia", Some(2)), "hypoglycaemia");
        // The electrocardiogram and the ultrasound are two.
        let [ecg, ultrasound] =
            [3, 4].map(|item| key("department", "abnormal_unspecified", Some(item)));
        assert_ne!(ecg, ultrasound);
        // Another value of the same class is no other line, and a B is none of these.
        let of = |codes: &[(&str, &str)]| {
            let judged: Vec<_> = codes.iter().map(|(rule, code)| judgement(rule, code)).collect();
            bases(cat, &judged, &[], &BTreeSet::new()).iter().map(Basis::grave).collect::<Vec<_>>()
        };
        let named = |one: &str| BTreeSet::from([one.to_owned()]);
        assert_eq!(of(&[("adult_bp", "grade3")]), [named("grade3")]);
        assert_eq!(of(&[("adult_bp", "grade2")]), [BTreeSet::new()]);
        let own = Added {
            level: Level::A,
            text: " 腹部包块 ".to_owned(),
            due_days: None,
            action: String::new(),
        };
        let concluded = Conclusion { added: vec![own], ..Conclusion::default() };
        assert_eq!(bases(cat, &[], &[concluded], &BTreeSet::new())[0].grave(), named("腹部包块"));
    }

    #[test]
    fn a_doctor_takes_away_rewords_and_adds_and_two_apart_take_nothing_away() {
        let grade2 = judgement("adult_bp", "grade2");
        let check = |concluded: &[Conclusion], expected: &[&str]| {
            let bases = bases(
                Catalogue::builtin(),
                std::slice::from_ref(&grade2),
                concluded,
                &BTreeSet::new(),
            );
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
        // The cuff was wrong of that value; of another since nobody has said so.
        let mut other_value = rejected.clone();
        other_value.findings[0].value = "168/104 mmHg".to_owned();
        check(&[other_value], &[own]);
        let mut other_level = rejected;
        other_level.findings[0].level = Level::A;
        check(&[other_level], &[own]);
        let add = |level, text: &str| Added {
            level,
            text: text.to_owned(),
            due_days: Some(7),
            action: String::new(),
        };
        let mut added = of(Answer::Accepted);
        added.added = vec![add(Level::B, "腹部包块"), add(Level::C, "牙石")];
        check(&[added.clone(), added], &[own, "腹部包块"]);
    }

    #[test]
    fn an_answer_about_one_department_leaves_another_with_the_same_class() {
        let item = |key: &str| Catalogue::builtin().item_by_key(key).map(|item| item.code);
        let of = |key: &str| Judgement {
            item: item(key),
            ..judgement("department", "abnormal_unspecified")
        };
        let check = |found: &[&str], rejected: Option<&str>, expected: &[&str]| {
            let judgements: Vec<Judgement> = found.iter().map(|key| of(key)).collect();
            let answer = Answer::Rejected("导联脱落".to_owned());
            let one = Answered { item: rejected.and_then(item), ..answered(&of("ecg"), answer) };
            let concluded = Conclusion { findings: vec![one], ..Conclusion::default() };
            let bases = bases(Catalogue::builtin(), &judgements, &[concluded], &BTreeSet::new());
            let left: Vec<Option<ItemCode>> =
                bases.iter().flat_map(|basis| &basis.lines).map(|line| line.item).collect();
            let expected: Vec<_> = expected.iter().map(|key| item(key)).collect();
            assert_eq!(left, expected, "{found:?} {rejected:?}");
        };
        check(&["ecg", "ultrasound"], Some("ecg"), &["ultrasound"]);
        check(&["ecg", "ultrasound"], Some("ultrasound"), &["ecg"]);
        check(&["ultrasound"], Some("ecg"), &["ultrasound"]);
        // As it was signed before items were written: what it says of two is not known, so nothing is taken away.
        check(&["ecg", "ultrasound"], None, &["ecg", "ultrasound"]);
        check(&["ecg"], None, &[]);
    }

    #[test]
    fn a_doctors_own_finding_is_due_as_they_say_and_else_by_its_level() {
        let check = |level, said: Option<u16>, expected: Option<u16>| {
            let added = Added {
                level,
                text: "腹部包块".to_owned(),
                due_days: said,
                action: "县医院外科".to_owned(),
            };
            let concluded = Conclusion { added: vec![added], ..Conclusion::default() };
            let bases = bases(Catalogue::builtin(), &[], &[concluded], &BTreeSet::new());
            let made: Vec<_> =
                bases.iter().map(|b| (b.due_days, b.lines[0].action.as_str())).collect();
            assert_eq!(made, [(expected, "县医院外科")]);
        };
        check(Level::B, None, Some(14));
        check(Level::A, None, Some(0));
        check(Level::B, Some(3), Some(3));
    }

    #[test]
    fn a_level_that_is_left_to_the_doctor_is_followed_at_the_level_they_set() {
        let open = judgement("department", "abnormal_unspecified");
        let check = |level, due_days, expected: &[(Level, Option<u16>, &str)]| {
            let graded = Graded { level, due_days, action: "心内科".to_owned() };
            let mut one = answered(&open, Answer::Reworded("心电图异常".to_owned()));
            one.graded = Some(graded);
            let concluded = Conclusion { findings: vec![one], ..Conclusion::default() };
            let bases = bases(
                Catalogue::builtin(),
                std::slice::from_ref(&open),
                &[concluded],
                &BTreeSet::new(),
            );
            let made: Vec<_> =
                bases.iter().map(|b| (b.level, b.due_days, b.lines[0].action.as_str())).collect();
            assert_eq!(made, expected);
        };
        check(Level::A, None, &[(Level::A, Some(0), "心内科")]);
        check(Level::B, Some(3), &[(Level::B, Some(3), "心内科")]);
        // On the report alone.
        check(Level::C, None, &[]);
        // The control: not graded, it stands as it was proposed.
        let plain = bases(Catalogue::builtin(), std::slice::from_ref(&open), &[], &BTreeSet::new());
        assert_eq!((plain[0].level, plain[0].due_days), (Level::B, Some(14)));
    }

    #[test]
    fn a_pair_is_of_the_pressure_and_any_other_value_of_its_item() {
        let cat = Catalogue::builtin();
        let check = |rule: &str, code: &str, item: &str, expected: &str| {
            let item = Some(cat.item_by_key(item).unwrap().code);
            let one = Judgement { item, ..judgement(rule, code) };
            let bases = bases(cat, &[one], &[], &BTreeSet::new());
            assert_eq!(bases[0].lines[0].item_zh, expected, "{rule}");
        };
        check("adult_bp", "grade3", "sbp1_mmhg", "血压");
        check("adult_bp", "grade2", "dbp2_mmhg", "血压");
        check("critical_bp", "critical", "dbp1_mmhg", "血压");
        // The control: what is one value is its item's.
        let own = cat.item_by_key("tg_mmol_l").unwrap().name_zh.clone();
        check("lipids", "tg_pancreatitis", "tg_mmol_l", &own);
    }
}
