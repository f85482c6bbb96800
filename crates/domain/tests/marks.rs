//! What is recorded as abnormal is never called normal: every choice that its item marks, every class without a level that
//! its rule marks, and the danger that a table names for everybody. Generated over the catalogue, so that a new item has to
//! say which of its choices are abnormal.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{classes, day, names, pupil, repository_file, resident, set};
use domain::catalogue::{Catalogue, Item, parse_value};
use domain::check::Subject;
use domain::conclusion::{Results, is_normal};
use domain::facts::{CurrentValue, Sex};
use domain::range::{Direction, direction_of_value, is_within};
use domain::rule::{Judgement, Level, is_remarkable, judge_current, unjudged};
use domain::value::Value;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

fn cat() -> &'static Catalogue {
    Catalogue::builtin()
}

/// Somebody of whom nothing is out of the way.
fn well(subject: &Subject) -> &'static [(&'static str, &'static str)] {
    match subject.kind {
        domain::facts::PersonKind::Resident => &[("sbp1_mmhg", "116"), ("dbp1_mmhg", "74")],
        domain::facts::PersonKind::Pupil => &[("vision_right", "5.1"), ("vision_left", "5.1")],
    }
}

fn results(cells: &[(&str, Value)]) -> Results {
    let mut results = Results::new();
    for (key, value) in cells {
        let current = CurrentValue { value: value.clone(), unusual: false };
        results.entry(cat().item_by_key(key).unwrap().code).or_default().push(current);
    }
    results
}

fn seen(subject: &Subject, more: &[(&str, Value)]) -> (bool, Vec<Judgement>) {
    let read = |(key, text): &(&'static str, &'static str)| {
        (*key, parse_value(cat().item_by_key(key).unwrap(), text).unwrap())
    };
    let mut cells: Vec<(&str, Value)> = well(subject).iter().map(read).collect();
    cells.extend(more.iter().cloned());
    let results = results(&cells);
    let judgements = judge_current(cat(), subject, &results);
    (is_normal(cat(), subject, &results, &BTreeMap::new(), &judgements), judgements)
}

fn value_of(item: &Item, key: &str) -> Value {
    parse_value(item, key).unwrap()
}

/// Items with choices in which the key `abnormal` is missing.
fn unsaid(items: &Json) -> Vec<String> {
    let of = items["items"].as_array().unwrap().iter();
    let silent = of.filter(|item| item.get("choices").is_some() && item.get("abnormal").is_none());
    silent.map(|item| item["key"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_item_with_choices_says_which_of_them_are_abnormal() {
    let text = repository_file("schema/catalogue/items.json");
    let mut items: Json = serde_json::from_str(&text).unwrap();
    assert_eq!(unsaid(&items), [] as [&str; 0]);
    // The control: a new item that does not say it.
    let new = serde_json::json!({ "key": "new_choice", "choices": [] });
    items["items"].as_array_mut().unwrap().push(new);
    assert_eq!(unsaid(&items), ["new_choice"]);
}

/// Wholly normal words that no mark may lack beside them: an item that offers one of these offers its opposite.
const NORMAL: [&str; 11] = [
    "normal", "negative", "hears", "able", "regular", "equal", "straight", "ruddy", "clear", "-",
    "0",
];

/// An item that has a normal answer has an abnormal one: a list that says nothing would mark nothing.
#[test]
fn an_item_with_a_normal_answer_marks_every_other_one() {
    // ± is no finding (note of finding_levels.csv), and the side of a rotation is judged by its degrees.
    let not_marked = ["±"];
    for item in &cat().items {
        let choices = item.choices();
        // 规律 is how medicine is taken, no state of a body.
        let is_asked = item.derived || item.key.ends_with("_adherence");
        if is_asked || !choices.iter().any(|one| NORMAL.contains(&one.key.as_str())) {
            continue;
        }
        for choice in choices {
            let is_fine =
                NORMAL.contains(&choice.key.as_str()) || not_marked.contains(&choice.key.as_str());
            assert_eq!(choice.abnormal, !is_fine, "{} {}", item.key, choice.key);
        }
    }
}

/// One row an item and abnormal choice: not in the list of normals, marked on the person's page, never called fine.
#[test]
fn no_abnormal_choice_passes_as_normal() {
    let mut rows = 0;
    for subject in [resident(Sex::F), pupil(Sex::F, 126, 0)] {
        assert!(seen(&subject, &[]).0, "the control: without it all is well");
        for item in cat().items.iter().filter(|item| !item.derived) {
            for choice in item.choices().iter().filter(|choice| choice.abnormal) {
                let value = value_of(item, &choice.key);
                let (is_well, judgements) = seen(&subject, &[(&item.key, value.clone())]);
                let (answers, classes) = (BTreeMap::new(), judgements.iter());
                let way =
                    direction_of_value(cat(), &subject, item.code, &value, &answers, None, classes);
                assert!(!is_well, "{} {}", item.key, choice.key);
                assert_eq!(way, Some(Direction::Positive), "{} {}", item.key, choice.key);
                let values = BTreeMap::from([(item.code, value)]);
                assert!(!is_within(cat(), &subject, item.code, &values, None), "{}", item.key);
                rows += 1;
            }
        }
    }
    assert!(rows > 300, "{rows}");
}

/// The control of the row above: what an item does not mark leaves a person well, unless a class says otherwise.
#[test]
fn a_choice_that_is_not_marked_leaves_a_person_well() {
    let subject = resident(Sex::F);
    for item in cat().items.iter().filter(|item| !item.derived) {
        let marks = item.choices().iter().any(|choice| choice.abnormal);
        for choice in item.choices().iter().filter(|choice| marks && !choice.abnormal) {
            let value = value_of(item, &choice.key);
            let (is_well, judgements) = seen(&subject, &[(&item.key, value)]);
            assert!(is_well, "{} {}: {judgements:?}", item.key, choice.key);
        }
    }
}

/// lab_reference_intervals_adult.csv, FPG 3.9 to 6.1: the low end holds fasting alone and is an arrow; from 6.1 on it is a class.
#[test]
fn a_fasting_glucose_below_its_interval_is_marked_and_its_person_is_not_in_the_list_of_normals() {
    let (man, fasting) = (resident(Sex::M), cat().item_by_key("fasting").unwrap());
    let check = |key: &str, text: &str, answer: &str, way: Option<Direction>, shown: &str| {
        let item = cat().item_by_key(key).unwrap();
        let (value, said) = (value_of(item, text), value_of(fasting, answer));
        let more = [(key, value.clone()), ("fasting", said.clone())];
        let (is_well, judgements) = seen(&man, &more);
        assert_eq!(is_well, way.is_none(), "{key} {text} {answer}");
        let answers = BTreeMap::from([(item.code, value.clone()), (fasting.code, said)]);
        let classes = judgements.iter();
        let found = direction_of_value(cat(), &man, item.code, &value, &answers, None, classes);
        assert_eq!(found, way, "{key} {text} {answer}");
        assert_eq!(
            is_within(cat(), &man, item.code, &answers, None),
            way.is_none(),
            "{key} {text}"
        );
        let range =
            domain::range::shown(cat(), &man, item.code, &answers, None, judgements.iter()).range;
        assert_eq!(range, shown, "{key} {text} {answer}");
        judgements.len()
    };
    let (low, high) = (Some(Direction::Low), Some(Direction::High));
    for key in ["glucose_mmol_l", "glucose2_mmol_l"] {
        assert_eq!(check(key, "2.81", "yes", low, "≥3.9 且 <6.1"), 1, "the pressure alone");
        check(key, "3.89", "yes", low, "≥3.9 且 <6.1");
        check(key, "3.9", "yes", None, "≥3.9 且 <6.1");
        check(key, "6.09", "yes", None, "≥3.9 且 <6.1");
        // One class at the high end, and no arrow of the interval's own beside it.
        assert_eq!(check(key, "6.1", "yes", high, "≥3.9 且 <6.1"), 2);
        // The control: not fasting it says nothing.
        check(key, "3.89", "no", None, "<11.1");
    }
    let (is_well, _) = seen(
        &man,
        &[("glucose_mmol_l", value_of(cat().item_by_key("glucose_mmol_l").unwrap(), "3.89"))],
    );
    assert!(is_well, "of which nobody knows is judged as random");
    // The interval is adults': a child's is not told by it.
    let low = [
        ("glucose_mmol_l", value_of(cat().item_by_key("glucose_mmol_l").unwrap(), "3.6")),
        ("fasting", value_of(fasting, "yes")),
    ];
    assert!(seen(&pupil(Sex::F, 126, 0), &low).0);
    assert!(!seen(&man, &low).0, "the control");
}

#[test]
fn of_several_answers_one_abnormal_is_enough() {
    let breast = cat().item_by_key("breast").unwrap();
    assert!(breast.is_marked(&Value::Text("2,5".to_owned())));
    assert!(!breast.is_marked(&Value::Text("1".to_owned())));
    assert!(!breast.is_marked(&Value::Text(String::new())));
    // A note beside a choice is words, and no number is a choice.
    let note = cat().item_by_key("pupil_heart_note").unwrap();
    assert!(!note.is_marked(&Value::Text("2".to_owned())));
}

#[test]
fn every_class_without_a_level_says_whether_it_is_normal() {
    let silent = |cat: &Catalogue| {
        let of = |rule: &domain::catalogue::Rule| {
            let rule = rule.clone();
            let classes = rule.classes.into_iter().filter(|class| class.on);
            classes.map(move |class| (rule.key.clone(), class)).collect::<Vec<_>>()
        };
        let all = cat.rules.iter().filter(|rule| rule.on).flat_map(of);
        let unsaid = all.filter(|(rule, class)| {
            let level = cat.level(rule, &class.code).map(|row| row.level);
            level == Some(Level::N) && class.abnormal.is_none()
        });
        unsaid.map(|(rule, class)| format!("{rule}/{}", class.code)).collect::<BTreeSet<_>>()
    };
    assert_eq!(silent(cat()), BTreeSet::new());
    // The control: the version before the marks says it of none.
    assert!(silent(Catalogue::version(2).unwrap().unwrap()).contains("pupil_spine/lordosis"));
}

#[test]
fn a_marked_class_without_a_level_is_no_normal_result() {
    let check = |subject: &Subject, cells: &[(&str, &str)], class: &str| {
        let read = |(key, text): &(&'static str, &str)| {
            (*key, value_of(cat().item_by_key(key).unwrap(), text))
        };
        let cells: Vec<(&'static str, &str)> = cells
            .iter()
            .map(|(key, text)| (cat().item_by_key(key).unwrap().key.as_str(), *text))
            .map(|(key, text)| (Box::leak(key.to_owned().into_boxed_str()) as &str, text))
            .collect();
        let cells: Vec<(&str, Value)> = cells.iter().map(read).collect();
        let (is_well, judgements) = seen(subject, &cells);
        let given = names(&judgements);
        assert!(given.contains(class), "{given:?}");
        assert!(!is_well, "{class}");
    };
    let child = pupil(Sex::F, 126, 0);
    check(&child, &[("atr_thoracic_deg", "6")], "pupil_spine/unfinished");
    let sagittal = |sign, prone| [("spine_sagittal", sign), ("spine_prone_test", prone)];
    check(&child, &sagittal("lordosis", "lordosis"), "pupil_spine/lordosis");
    check(&child, &sagittal("kyphosis", "kyphosis"), "pupil_spine/kyphosis");
    check(&resident(Sex::F), &[("wbc_10e9_l", "12")], "blood_count/wbc_high");
    check(
        &resident(Sex::F),
        &[("tc_mmol_l", "5.1"), ("hdl_mmol_l", "1.0")],
        "lipids/non_hdl_borderline",
    );
    // A grade that is no judgement of good and bad leaves it: the control.
    let (is_well, judgements) =
        seen(&child, &[("height_cm", value_of(cat().item_by_key("height_cm").unwrap(), "140"))]);
    assert!(is_well && names(&judgements).contains("pupil_height/middle"), "{judgements:?}");
}

/// A round that stands at a version before the marks is not looked at less closely.
#[test]
fn the_marks_hold_for_a_round_at_an_older_version() {
    let old = Catalogue::judging(2).unwrap();
    let class = |rule: &str, code: &str| Judgement {
        rule: rule.to_owned(),
        code: code.to_owned(),
        level: Level::N,
        item: None,
        value: String::new(),
        after_recheck: false,
        due_days: None,
    };
    assert!(is_remarkable(old, &class("pupil_spine", "kyphosis")));
    assert!(!is_remarkable(old, &class("adult_bp", "normal")));
    assert!(!is_remarkable(old, &class("no_such_rule", "at_all")));
    let heart = old.item_by_key("pupil_heart").unwrap();
    assert!(heart.is_marked(&value_of(heart, "abnormal")));
}

/// student_form.md section 2 says of each item which department's it is; the note of finding_levels.csv names 内科 外科 口腔.
#[test]
fn what_the_named_departments_record_as_abnormal_waits_for_a_doctor() {
    let internal = ["pupil_heart", "pupil_lung", "pupil_liver", "pupil_spleen"];
    let surgery = [
        "pupil_head",
        "pupil_neck",
        "pupil_chest",
        "pupil_spine",
        "pupil_limbs",
        "pupil_skin",
        "pupil_lymph_nodes",
        "pupil_genitals",
    ];
    for key in internal.iter().chain(&surgery).chain(&["gums"]) {
        let of = |answer: &str| classes(&pupil(Sex::M, 126, 0), &[(*key, answer)]);
        assert_eq!(of("abnormal"), set(&["department/abnormal_unspecified"]), "{key}");
        assert_eq!(of("normal"), set(&[]), "{key}");
    }
    // Of no department that the note names: marked, and not levelled.
    for key in ["pupil_hearing", "eye_position", "colour_vision", "pupil_smell"] {
        assert_eq!(classes(&pupil(Sex::M, 126, 0), &[(key, "abnormal")]), set(&[]), "{key}");
    }
}

/// critical_values_screening.csv names no age and no kind of person. Written by hand.
#[test]
fn danger_is_danger_at_every_age() {
    let bp = |sbp, dbp| [("sbp1_mmhg", sbp), ("dbp1_mmhg", dbp)];
    let is = |subject: &Subject, cells: &[(&str, &str)], name: &str| {
        classes(subject, cells).contains(name)
    };
    let young = Subject { birth: Some(day("2010-01-01")), ..resident(Sex::M) };
    let no_birth = Subject { birth: None, ..pupil(Sex::F, 126, 0) };
    for subject in
        [pupil(Sex::M, 78, 0), pupil(Sex::F, 160, 0), pupil(Sex::M, 18 * 12, 0), young, no_birth]
    {
        let critical = "critical_bp/critical";
        for (sbp, dbp, expected) in
            [("179", "109", false), ("180", "70", true), ("120", "110", true), ("190", "120", true)]
        {
            assert_eq!(is(&subject, &bp(sbp, dbp), critical), expected, "{sbp}/{dbp} {subject:?}");
        }
    }
    // For adults the same limits are the third grade, told once.
    let last = Subject { birth: Some(day("2008-09-14")), ..resident(Sex::M) };
    assert!(is(&last, &bp("180", "110"), "adult_bp/grade3"));
    assert!(!is(&last, &bp("180", "110"), "critical_bp/critical"));
    let eve = Subject { birth: Some(day("2008-09-15")), ..resident(Sex::M) };
    assert!(is(&eve, &bp("180", "110"), "critical_bp/critical"));

    let child = pupil(Sex::F, 126, 0);
    let sugar = |value, diabetic| [("glucose_mmol_l", value), ("known_diabetes", diabetic)];
    for (value, diabetic, expected) in [
        ("2.8", "no", "critical_glucose/hypoglycaemia"),
        ("2.81", "no", ""),
        ("2.8", "yes", "critical_glucose/hypoglycaemia"),
        ("3.9", "yes", "critical_glucose/hypoglycaemia_diabetic"),
        ("3.91", "yes", ""),
        ("3.9", "unknown", ""),
        ("7.5", "no", ""),
        ("16.69", "no", ""),
        ("16.7", "no", "critical_glucose/critical"),
    ] {
        let expected = if expected.is_empty() { set(&[]) } else { set(&[expected]) };
        assert_eq!(classes(&child, &sugar(value, diabetic)), expected, "{value} {diabetic}");
        // Fasting or not is the same to it.
        let fasting = [sugar(value, diabetic).as_slice(), &[("fasting", "yes")]].concat();
        assert_eq!(classes(&child, &fasting), expected, "{value} {diabetic}");
    }
}

#[test]
fn the_signs_of_eye_ear_nose_and_throat_are_acted_on_at_once() {
    for subject in [resident(Sex::F), pupil(Sex::M, 126, 0), pupil(Sex::M, 40, 0)] {
        for (item, sign, code) in [
            ("eye_signs", "疑似青光眼急性发作", "eye_glaucoma"),
            ("eye_signs", "突发视力下降", "eye_sight_lost"),
            ("eye_signs", "疑似流行性出血性结膜炎", "eye_conjunctivitis"),
            ("ent_signs", "喉头水肿", "ent_larynx"),
            ("ent_signs", "活动性鼻出血", "ent_nosebleed"),
            ("ent_signs", "眩晕发作", "ent_vertigo"),
        ] {
            let given = classes(&subject, &[(item, sign)]);
            assert_eq!(given, set(&[&format!("critical_signs/{code}")]), "{sign}");
            assert_eq!(cat().level("critical_signs", code).unwrap().level, Level::A);
        }
        assert_eq!(classes(&subject, &[("eye_signs", "无"), ("ent_signs", "无")]), set(&[]));
        let both = classes(&subject, &[("eye_signs", "2,4"), ("ent_signs", "3、4")]);
        assert_eq!(both.len(), 4, "{both:?}");
    }
}

/// Rows 10 to 12 of gbt16133_2014_scoliosis_rule.csv, and the grade of self-care on both sides of its first limit.
#[test]
fn the_spine_and_self_care_come_to_what_their_tables_say() {
    let made = |cells: &[(&str, &str)], key: &str| {
        let item = cat().item_by_key(key).unwrap();
        let all = domain::derived::derived(cat(), &common::values(cat(), cells));
        let value = all.into_iter().find(|(code, _)| *code == item.code).map(|(_, value)| value);
        value.map(|value| domain::catalogue::print_value(item, &value))
    };
    let straight = [
        ("spine_shoulders", "equal"),
        ("spine_scapulae", "equal"),
        ("spine_waist", "equal"),
        ("spine_iliac", "equal"),
        ("spine_line", "straight"),
        ("spine_bend_back_height", "none"),
        ("spine_bend_rib_hump", "none"),
        ("spine_bend_muscle", "none"),
        ("spine_sagittal", "normal"),
        ("atr_thoracic_side", "none"),
        ("atr_thoracolumbar_deg", "4.9"),
        ("atr_lumbar_deg", "0"),
    ];
    let after = |worst: &'static str| {
        [
            ("atr_thoracic_after_deg", "1"),
            ("atr_thoracolumbar_after_deg", worst),
            ("atr_lumbar_after_deg", "0"),
        ]
    };
    let spine = |more: &[(&str, &str)]| {
        let kept = straight.iter().filter(|(key, _)| more.iter().all(|(other, _)| other != key));
        let cells: Vec<(&str, &str)> = kept.chain(more).copied().collect();
        made(&cells, "spine_result")
    };
    let is = |text: &str| Some(text.to_owned());
    assert_eq!(spine(&[]), is("正常"));
    assert_eq!(made(&straight[1..], "spine_result"), None, "one of them was not seen");
    let high = ("atr_thoracolumbar_deg", "5");
    assert_eq!(spine(&[high]), None, "without the second measurement it is unfinished");
    let with = |worst| spine(&[&[high][..], &after(worst)].concat());
    assert_eq!(with("4.9"), is("姿势不良"));
    assert_eq!(with("5"), is("脊柱弯曲异常"));
    let sagittal = |prone| spine(&[("spine_sagittal", "kyphosis"), ("spine_prone_test", prone)]);
    assert_eq!(sagittal("gone"), is("姿势不良"));
    assert_eq!(sagittal("kyphosis"), is("脊柱弯曲异常"));
    assert_eq!(made(&[], "spine_result"), None);

    let care = |grooming: &str, toileting: &str| {
        let cells = [
            ("selfcare_eating", "independent"),
            ("selfcare_grooming", grooming),
            ("selfcare_dressing", "independent"),
            ("selfcare_toileting", toileting),
            ("selfcare_moving", "independent"),
        ];
        made(&cells, "elder_selfcare")
    };
    // 3 points, and 4.
    assert_eq!(care("moderate", "independent"), is("可自理"));
    assert_eq!(care("moderate", "mild"), is("轻度依赖"));
    assert_eq!(made(&[("selfcare_eating", "independent")], "elder_selfcare"), None);
}

#[test]
fn a_number_that_no_table_judges_of_this_person_is_told_and_is_not_normal() {
    let check = |subject: &Subject, cells: &[(&str, &str)], expected: &[&str]| {
        let cells: Vec<(&str, Value)> = cells
            .iter()
            .map(|(key, text)| (*key, parse_value(cat().item_by_key(key).unwrap(), text).unwrap()))
            .collect();
        let results = results(&cells);
        let judgements = judge_current(cat(), subject, &results);
        let found = unjudged(cat(), subject, &results, &judgements, &|_, _| false);
        let keys = found.keys().map(|code| cat().item(*code).unwrap().key.clone());
        let keys: BTreeSet<String> = keys.collect();
        assert_eq!(keys, set(expected), "{cells:?} {judgements:?}");
        let is = is_normal(cat(), subject, &results, &BTreeMap::new(), &judgements);
        let is_plain = judgements.iter().all(|one| !is_remarkable(cat(), one));
        assert_eq!(is, is_plain && expected.is_empty(), "{cells:?}");
        // Whatever a laboratory's own range speaks of is not waiting for a table.
        assert!(unjudged(cat(), subject, &results, &judgements, &|_, _| true).is_empty());
    };
    let child = pupil(Sex::M, 10 * 12, 0);
    check(&child, &[("glucose_mmol_l", "12.0")], &["glucose_mmol_l"]);
    check(&child, &[("glucose_mmol_l", "12.0"), ("fasting", "yes")], &["glucose_mmol_l"]);
    check(&child, &[("glucose_mmol_l", "5.0"), ("fasting", "yes")], &[]);
    // Danger is judged.
    check(&child, &[("glucose_mmol_l", "17.0")], &[]);
    let pressure = |sbp: &'static str, dbp: &'static str| [("sbp1_mmhg", sbp), ("dbp1_mmhg", dbp)];
    let tall = |height: &'static str, [sbp, dbp]: [(&'static str, &'static str); 2]| {
        [("height_cm", height), sbp, dbp]
    };
    let youth = pupil(Sex::M, 16 * 12, 0);
    check(&youth, &pressure("158", "100"), &["sbp1_mmhg", "dbp1_mmhg"]);
    check(&youth, &pressure("158", "70"), &["sbp1_mmhg"]);
    check(&youth, &pressure("110", "70"), &[]);
    check(&youth, &tall("170", pressure("158", "100")), &[]);
    let first_grader = pupil(Sex::F, 6 * 12 + 5, 0);
    check(&first_grader, &tall("118", pressure("150", "70")), &["sbp1_mmhg"]);
    check(&first_grader, &tall("118", pressure("100", "60")), &[]);
    let old = Subject { birth: Some(day("1944-01-01")), ..resident(Sex::M) };
    check(&old, &[("alt_u_l", "300")], &["alt_u_l"]);
    check(&old, &[("alt_u_l", "45")], &[]);
    check(&resident(Sex::M), &[("alt_u_l", "300")], &[]);
    // A healthy child lies outside adults' one table of the blood count: nothing is said of it, and nothing waits.
    let counts = [("plt_10e9_l", "390"), ("lymphocytes_10e9_l", "3.6"), ("mch_pg", "26.6")];
    let girl = pupil(Sex::F, 8 * 12, 0);
    check(&girl, &counts, &[]);
    check(&girl, &[("creatinine_umol_l", "30")], &[]);
    check(&girl, &[("creatinine_umol_l", "300")], &["creatinine_umol_l"]);
    // An adult's numbers are an adult's: nothing of what is judged waits.
    let numbers =
        [("sbp1_mmhg", "112"), ("dbp1_mmhg", "70"), ("hb_g_l", "150"), ("hdl_mmol_l", "2")];
    check(&resident(Sex::M), &numbers, &[]);
}
