//! What a judgement carries, what silence means, conflicts, states, standing and due dates.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::type_complexity)]

mod common;

use common::{classes, day, names, pupil, resident, set, values};
use domain::catalogue::{Catalogue, parse_value};
use domain::check::Subject;
use domain::conclusion::ConclusionState;
use domain::facts::{CheckupState, CurrentValue, PersonKind, Sex, Standing};
use domain::followup::{follow_up_due, judgement_due};
use domain::ids::{ItemCode, UnitCode};
use domain::range::{Direction, direction_of_value};
use domain::rule::{
    Judgement, Level, abnormal_items, is_abnormal_item, judge, judge_current, worst_level,
};
use domain::standing::standing;
use domain::state::state;
use domain::value::Value;
use std::collections::{BTreeMap, BTreeSet};

fn judged(subject: &Subject, cells: &[(&str, &str)]) -> Vec<Judgement> {
    let cat = Catalogue::builtin();
    judge(cat, subject, &values(cat, cells))
}

#[test]
fn a_judgement_says_what_was_seen() {
    // cells, rule, code, level, item, value, after_recheck, due_days
    type Expected =
        (&'static str, &'static str, Level, &'static str, &'static str, bool, Option<u16>);
    let rows: [(&[(&str, &str)], Expected); 11] = [
        (
            &[("sbp1_mmhg", "151"), ("dbp1_mmhg", "94"), ("sbp2_mmhg", "152"), ("dbp2_mmhg", "93")],
            ("adult_bp", "grade1", Level::B, "sbp1_mmhg", "152/94", false, Some(28)),
        ),
        (
            &[("sbp1_mmhg", "165"), ("dbp1_mmhg", "94"), ("pregnant", "yes")],
            ("adult_bp", "pregnant_raised", Level::B, "sbp1_mmhg", "165/94", false, Some(14)),
        ),
        (
            &[
                ("sbp1_mmhg", "150"),
                ("dbp1_mmhg", "90"),
                ("sbp2_mmhg", "182"),
                ("dbp2_mmhg", "108"),
            ],
            ("adult_bp", "grade3", Level::A, "sbp2_mmhg", "182/108", true, Some(14)),
        ),
        (
            &[("dbp2_mmhg", "112")],
            ("adult_bp", "grade3", Level::A, "dbp2_mmhg", "-/112", true, Some(14)),
        ),
        (
            &[("height_cm", "158.2"), ("weight_kg", "70.8")],
            ("adult_bmi", "obese", Level::C, "bmi_kg_m2", "28.3", false, None),
        ),
        (
            &[("glucose_mmol_l", "7.2"), ("fasting", "yes")],
            ("glucose_fasting", "raised", Level::B, "glucose_mmol_l", "7.2", false, Some(14)),
        ),
        (
            &[("glucose_mmol_l", "2.8")],
            ("glucose_random", "hypoglycaemia", Level::A, "glucose_mmol_l", "2.8", true, Some(1)),
        ),
        (&[("hb_g_l", "60")], ("anaemia", "critical", Level::A, "hb_g_l", "60", false, Some(1))),
        (
            &[("urine_protein", "++")],
            ("urine", "protein_marked", Level::B, "urine_protein", "2+", false, Some(14)),
        ),
        (
            &[("ultrasound", "异常")],
            ("department", "abnormal_unspecified", Level::B, "ultrasound", "异常", false, Some(14)),
        ),
        (
            &[("waist_cm", "90")],
            ("adult_waist", "central_obesity", Level::C, "waist_cm", "90.0", false, None),
        ),
    ];
    for (cells, (rule, code, level, item, value, after_recheck, due_days)) in rows {
        let seen = judged(&resident(Sex::M), cells);
        let expected = Judgement {
            rule: rule.to_owned(),
            code: code.to_owned(),
            level,
            item: Catalogue::builtin().item_by_key(item).map(|item| item.code),
            value: value.to_owned(),
            after_recheck,
            due_days,
        };
        assert_eq!(seen.first(), Some(&expected), "{cells:?}");
    }
    let worse_eye =
        judged(&pupil(Sex::F, 120, 0), &[("vision_right", "4.8"), ("vision_left", "4.6")]);
    assert_eq!(worse_eye[0].value, "4.6");
    let left = Catalogue::builtin().item_by_key("vision_left").unwrap().code;
    assert_eq!(worse_eye[0].item, Some(left));
}

#[test]
fn the_most_severe_stands_first_and_classes_without_finding_are_kept() {
    let seen = judged(
        &resident(Sex::F),
        &[
            ("height_cm", "160"),
            ("weight_kg", "55"),
            ("waist_cm", "86"),
            ("sbp1_mmhg", "182"),
            ("dbp1_mmhg", "80"),
            ("hb_g_l", "100"),
        ],
    );
    let levels: Vec<Level> = seen.iter().map(|one| one.level).collect();
    assert_eq!(levels, [Level::A, Level::B, Level::C, Level::N, Level::N]);
    assert_eq!(worst_level(&seen), Some(Level::A));
    assert!(names(&seen).is_superset(&set(&["adult_bmi/normal", "adult_bp/isolated_systolic"])));
    assert_eq!(worst_level(&[]), None);
}

#[test]
fn departments_are_findings_one_by_one() {
    let abnormal =
        [("ecg", "异常"), ("ultrasound", "正常"), ("internal", "异常"), ("dental", "拒检")];
    let seen = judged(&pupil(Sex::M, 120, 0), &abnormal);
    assert_eq!(seen.len(), 2);
    assert_ne!(seen[0].item, seen[1].item);
}

#[test]
fn a_rule_without_what_it_needs_is_silent_not_wrong() {
    let no_sex = Subject { sex: None, ..resident(Sex::M) };
    let no_birth = Subject { birth: None, ..resident(Sex::F) };
    let child = Subject { birth: Some(day("2012-01-01")), ..resident(Sex::M) };
    let not_yet_born = Subject { birth: Some(day("2030-01-01")), ..pupil(Sex::M, 100, 0) };
    let pupil_no_sex = Subject { sex: None, ..pupil(Sex::M, 120, 0) };
    let pupil_no_birth = Subject { birth: None, ..pupil(Sex::M, 120, 0) };
    let high =
        [("sbp1_mmhg", "185"), ("dbp1_mmhg", "80"), ("height_cm", "140"), ("weight_kg", "60")];
    let blood = [("hb_g_l", "75"), ("waist_cm", "95")];
    let critical = [("hb_g_l", "55")];
    let rows: [(&Subject, &[(&str, &str)], &[&str]); 13] = [
        (&no_sex, &high, &["adult_bp/grade3", "adult_bp/isolated_systolic", "adult_bmi/obese"]),
        (&no_sex, &blood, &[]),
        (&no_sex, &critical, &["anaemia/critical"]),
        // The limits of adults are the same at every age: an A is not lost with a birth date.
        (&no_birth, &high, &["adult_bp/grade3", "adult_bp/isolated_systolic", "adult_bmi/obese"]),
        (&no_birth, &blood, &["adult_waist/central_obesity"]),
        (&no_birth, &critical, &["anaemia/critical"]),
        // The tables for adults begin at 18; below, those for children hold at a village's stop too.
        (
            &child,
            &high,
            &[
                "pupil_bp/bp_p95",
                "pupil_weight/obese",
                "pupil_nutrition/stunted",
                "pupil_height/lower",
                "critical_bp/critical",
            ],
        ),
        (&child, &[("glucose_mmol_l", "16.7")], &["glucose_random/critical"]),
        // Danger is not lost with a sex or a birth date.
        (&pupil_no_sex, &high, &["critical_bp/critical"]),
        (&pupil_no_birth, &high, &["critical_bp/critical"]),
        (&not_yet_born, &high, &["critical_bp/critical"]),
        (&pupil_no_birth, &[("vision_left", "4.9")], &["pupil_vision/low_mild"]),
        (&pupil(Sex::M, 71, 0), &[("vision_left", "4.9")], &[]),
    ];
    for (subject, cells, expected) in rows {
        assert_eq!(classes(subject, cells), set(expected), "{subject:?} {cells:?}");
    }
}

#[test]
fn rules_are_for_their_kind_of_person() {
    let both = [
        ("glucose_mmol_l", "7.5"),
        ("fasting", "yes"),
        ("tc_mmol_l", "5.3"),
        ("vision_left", "4.0"),
        ("waist_cm", "99"),
    ];
    let grown =
        set(&["glucose_fasting/raised", "lipids/tc_borderline", "adult_waist/central_obesity"]);
    assert_eq!(classes(&resident(Sex::M), &both), grown);
    let school = set(&["lipids/tc_borderline", "pupil_vision/low_severe"]);
    assert_eq!(classes(&pupil(Sex::M, 120, 0), &both), school);
}

/// The refused part of a pressure takes nothing of the rest with it.
/// critical_values_screening.csv and hypertension_grades_adult.csv name no arm; the form asks 左侧 and 右侧.
#[test]
fn either_arm_makes_the_class_and_the_worse_one_counts() {
    let cat = Catalogue::builtin();
    let check = |subject: &Subject, first: &str, other: &str, wanted: (&str, Level, &str)| {
        let (first, other) = (first.split_once('/').unwrap(), other.split_once('/').unwrap());
        let cells = [
            ("sbp1_mmhg", first.0),
            ("dbp1_mmhg", first.1),
            ("sbp_other_mmhg", other.0),
            ("dbp_other_mmhg", other.1),
            ("height_cm", "140"),
        ];
        let cells: Vec<_> = cells.into_iter().filter(|(_, text)| !text.is_empty()).collect();
        let seen = judged(subject, &cells);
        let (class, level, value) = wanted;
        let (rule, code) = class.split_once(':').unwrap();
        let of: Vec<&Judgement> = seen.iter().filter(|one| one.rule == rule).collect();
        assert_eq!(of.len(), 1, "{cells:?} {of:?}");
        assert_eq!((of[0].code.as_str(), of[0].level), (code, level), "{cells:?}");
        assert_eq!(of[0].value, value, "{cells:?}");
    };
    let man = resident(Sex::M);
    let (child, unborn) = (pupil(Sex::M, 120, 0), Subject { birth: None, ..pupil(Sex::F, 120, 0) });
    check(&man, "118/76", "192/116", ("adult_bp:grade3", Level::A, "192/116"));
    check(&man, "192/116", "118/76", ("adult_bp:grade3", Level::A, "192/116"));
    check(&man, "118/76", "118/110", ("adult_bp:grade3", Level::A, "118/110"));
    check(&man, "165/90", "182/100", ("adult_bp:grade3", Level::A, "182/100"));
    check(&man, "118/76", "179/109", ("adult_bp:grade2", Level::B, "179/109"));
    check(&man, "/", "150/", ("adult_bp:grade1", Level::B, "150/-"));
    check(&man, "118/76", "126/70", ("adult_bp:high_normal", Level::C, "126/70"));
    // The control: two usual arms are usual.
    check(&man, "118/76", "116/74", ("adult_bp:normal", Level::N, "118/76"));
    check(&unborn, "118/76", "180/80", ("critical_bp:critical", Level::A, "180/80"));
    check(&child, "90/60", "192/116", ("critical_bp:critical", Level::A, "192/116"));
    check(&child, "90/60", "192/116", ("pupil_bp:bp_p95", Level::B, "192/116"));
    // A repeat of the first arm does not take back what the other one showed: an A that is open stays so.
    let repeated = [
        ("sbp1_mmhg", "118"),
        ("dbp1_mmhg", "76"),
        ("sbp_other_mmhg", "192"),
        ("sbp2_mmhg", "120"),
        ("dbp2_mmhg", "78"),
    ];
    assert_eq!(worst_level(&judged(&man, &repeated)), Some(Level::A));
    // Arrows: of the arm that makes the class, and of the other where its own value is beyond what is usual.
    let arrows = |first: &str| {
        let cells = [("sbp1_mmhg", first), ("sbp_other_mmhg", "192")];
        let seen = judged(&man, &cells);
        cells.map(|(key, text)| {
            let item = cat.item_by_key(key).unwrap();
            let value = parse_value(item, text).unwrap();
            let answers = std::collections::BTreeMap::new();
            direction_of_value(cat, &man, item.code, &value, &answers, None, seen.iter())
        })
    };
    let mother = [("sbp1_mmhg", "150"), ("pregnant", "yes")];
    let seen = judged(&resident(Sex::F), &mother);
    let way = seen.iter().find(|one| one.code == "pregnant_raised");
    let way = way.and_then(|one| domain::range::direction(cat, one));
    assert_eq!(way, Some(Direction::High), "the answer only narrows whose pressure it is");
    let known: [&[(&str, &str)]; 3] = [
        &[("sbp1_mmhg", "150"), ("known_hypertension", "yes")],
        &[("glucose_mmol_l", "7.5"), ("fasting", "yes"), ("known_diabetes", "yes")],
        &[("glucose_mmol_l", "12"), ("known_diabetes", "yes")],
    ];
    for cells in known {
        let seen = judged(&resident(Sex::M), cells);
        let one = seen.iter().find(|one| one.code == "known_raised").unwrap();
        assert_eq!(domain::range::direction(cat, one), Some(Direction::High), "{cells:?}");
    }
    assert_eq!(arrows("118"), [None, Some(Direction::High)]);
    assert_eq!(arrows("150"), [Some(Direction::High), Some(Direction::High)]);
}

#[test]
fn an_impossible_reading_is_left_out_of_the_mean() {
    let zero =
        [("sbp1_mmhg", "150"), ("dbp1_mmhg", "0"), ("sbp2_mmhg", "153"), ("dbp2_mmhg", "84")];
    let seen = judged(&resident(Sex::M), &zero);
    assert_eq!(names(&seen), set(&["adult_bp/grade1", "adult_bp/isolated_systolic"]));
    assert_eq!(seen[0].value, "152/84");
    let only_zero = [("sbp1_mmhg", "118"), ("dbp1_mmhg", "0")];
    assert_eq!(classes(&resident(Sex::M), &only_zero), set(&[]), "normal needs both parts");
}

type Current = BTreeMap<ItemCode, Vec<CurrentValue>>;

fn current(cells: &[(&str, &[&str])]) -> Current {
    let cat = Catalogue::builtin();
    let values = |(key, texts): &(&str, &[&str])| {
        let item = cat.item_by_key(key).unwrap();
        let value =
            |text: &&str| CurrentValue { value: parse_value(item, text).unwrap(), unusual: false };
        (item.code, texts.iter().map(value).collect())
    };
    cells.iter().map(values).collect()
}

#[test]
fn of_two_current_values_the_worse_counts() {
    let rows: [(&[(&str, &[&str])], &[&str]); 7] = [
        (
            &[("sbp1_mmhg", &["118", "165"]), ("dbp1_mmhg", &["70"])],
            &["adult_bp/grade2", "adult_bp/isolated_systolic"],
        ),
        (
            &[("sbp1_mmhg", &["165", "118", "120"]), ("dbp1_mmhg", &["70", "112"])],
            &["adult_bp/grade3", "adult_bp/isolated_systolic"],
        ),
        (&[("glucose_mmol_l", &["7.2"]), ("fasting", &["no", "yes"])], &["glucose_fasting/raised"]),
        (
            &[("glucose_mmol_l", &["5.0", "7.2", "6.0"]), ("fasting", &["yes"])],
            &["glucose_fasting/raised"],
        ),
        (&[("hb_g_l", &["拒检", "100"])], &["anaemia/moderate"]),
        (&[("hb_g_l", &["150", "150"])], &[]),
        (&[("urine_protein", &["-", "±", "3+"])], &["urine/protein_marked"]),
    ];
    for (cells, expected) in rows {
        let seen = judge_current(Catalogue::builtin(), &resident(Sex::F), &current(cells));
        assert_eq!(names(&seen), set(expected), "{cells:?}");
    }
}

#[test]
fn one_value_each_is_judged_alike_either_way() {
    let cat = Catalogue::builtin();
    let cells = [
        ("height_cm", "160"),
        ("weight_kg", "80"),
        ("sbp1_mmhg", "150"),
        ("dbp1_mmhg", "95"),
        ("hb_g_l", "100"),
        ("urine_glucose", "3+"),
    ];
    let singles = values(cat, &cells);
    let each: Current = singles
        .iter()
        .map(|(item, value)| (*item, vec![CurrentValue { value: value.clone(), unusual: true }]))
        .collect();
    let subject = resident(Sex::F);
    assert_eq!(judge(cat, &subject, &singles), judge_current(cat, &subject, &each));
}

/// What an older program does with an item or a choice that only a newer catalogue knows.
#[test]
fn what_the_catalogue_does_not_know_is_passed_over() {
    let cat = Catalogue::builtin();
    let mut values = values(cat, &[("hb_g_l", "55")]);
    values.insert(ItemCode(999), Value::Choice(1));
    values.insert(cat.item_by_key("ecg").unwrap().code, Value::Choice(77));
    assert_eq!(names(&judge(cat, &resident(Sex::M), &values)), set(&["anaemia/critical"]));
}

#[test]
fn abnormal_items_are_those_of_findings() {
    let cat = Catalogue::builtin();
    let code = |key: &str| cat.item_by_key(key).unwrap().code;
    let cells = [
        ("sbp1_mmhg", "150"),
        ("dbp1_mmhg", "80"),
        ("height_cm", "170"),
        ("weight_kg", "65"),
        ("hb_g_l", "100"),
    ];
    let seen = judged(&resident(Sex::M), &cells);
    let abnormal = abnormal_items(cat, &seen);
    for key in ["sbp1_mmhg", "dbp1_mmhg", "hb_g_l"] {
        assert!(abnormal.contains(&code(key)), "{key}");
    }
    for key in ["bmi_kg_m2", "height_cm", "weight_kg"] {
        assert!(!is_abnormal_item(cat, &seen, code(key)), "{key}");
    }
}

#[test]
fn the_state_of_a_checkup_follows_from_its_results() {
    let cat = Catalogue::builtin();
    let package = cat.package(PersonKind::Pupil);
    let full: &[(&str, &[&str])] = &[
        ("height_cm", &["140"]),
        ("weight_kg", &["35"]),
        ("sbp1_mmhg", &["100"]),
        ("dbp1_mmhg", &["60"]),
        ("vision_right", &["5.0"]),
        ("vision_left", &["拒检"]),
    ];
    let with = |more: &[(&str, &[&str])]| current(&[full, more].concat());
    let rows = [
        (current(&[]), CheckupState::Registered),
        (current(&[("known_diabetes", &["no"])]), CheckupState::Registered),
        (current(&[("ecg", &["正常"])]), CheckupState::Underway),
        (current(&full[..5]), CheckupState::Underway),
        (with(&[]), CheckupState::AwaitingConclusion),
        (with(&[("height_cm", &["140", "141"])]), CheckupState::SiteDone),
        (with(&[("hb_g_l", &["待回报"])]), CheckupState::AwaitingResults),
        (with(&[("hb_g_l", &["130"])]), CheckupState::AwaitingConclusion),
    ];
    let none = BTreeSet::new();
    let code = |key: &&str| cat.item_by_key(key).unwrap().code;
    for (results, expected) in &rows {
        let is = state(package, results, &none, ConclusionState::None, false);
        assert_eq!(is, *expected, "{results:?}");
    }
    // What was refused is neither waited for nor in the way of the others.
    let refused: BTreeSet<ItemCode> = ["vision_right", "vision_left"].iter().map(code).collect();
    for (results, expected) in [
        (current(&full[..4]), CheckupState::AwaitingConclusion),
        (current(&full[..3]), CheckupState::Underway),
        (current(&[]), CheckupState::Registered),
    ] {
        let is = state(package, &results, &refused, ConclusionState::None, false);
        assert_eq!(is, expected, "{results:?}");
    }
    let signed = [
        (ConclusionState::Signed, false, CheckupState::Concluded),
        (ConclusionState::LookAgain, false, CheckupState::LookAgain),
        (ConclusionState::Conflict, false, CheckupState::LookAgain),
        (ConclusionState::Signed, true, CheckupState::ReportIssued),
    ];
    for (conclusion, issued, expected) in signed {
        assert_eq!(state(package, &with(&[]), &none, conclusion, issued), expected);
    }
}

#[test]
fn standing_is_to_the_roster_of_the_unit() {
    let code = |text: &str| UnitCode(text.to_owned());
    let district = code("431302");
    let (here, there, elsewhere) = (code("431302105205"), code("431302106201"), code("431321"));
    let rows: [(&[UnitCode], Option<&UnitCode>, Standing); 8] = [
        (std::slice::from_ref(&here), None, Standing::Listed),
        (std::slice::from_ref(&here), Some(&elsewhere), Standing::Listed),
        (std::slice::from_ref(&there), None, Standing::OtherVillage),
        (std::slice::from_ref(&there), Some(&elsewhere), Standing::OtherVillage),
        (&[], Some(&there), Standing::OtherVillage),
        (&[], Some(&here), Standing::OtherVillage),
        (&[], Some(&elsewhere), Standing::Outside),
        (&[], None, Standing::OtherVillage),
    ];
    for (listed, home, expected) in rows {
        assert_eq!(standing(&district, &here, listed, home), expected, "{listed:?} {home:?}");
    }
}

#[test]
fn follow_ups_are_due_from_the_stops_day() {
    let cat = Catalogue::builtin();
    let due = |rule, code| follow_up_due(cat.level(rule, code).unwrap(), day("2026-09-14"));
    assert_eq!(due("adult_bp", "grade1"), Some(day("2026-10-12")));
    assert_eq!(due("anaemia", "critical"), Some(day("2026-09-15")));
    assert_eq!(due("glucose_fasting", "ifg"), Some(day("2027-09-14")));
    assert_eq!(due("adult_bmi", "obese"), None);
    let seen = judged(&resident(Sex::M), &[("hb_g_l", "60")]);
    assert_eq!(judgement_due(&seen[0], day("2026-12-31")), Some(day("2027-01-01")));
}
