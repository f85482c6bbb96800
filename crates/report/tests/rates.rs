//! Who is in the denominator of a rate, and why somebody is not: people of whom the rule says neither yes nor no, whom it is not for,
//! and who counts as examined. Not the numbers of a whole round (`tests/tests/every_rate.rs`).
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;

use common::{FINE, OTHER_VILLAGE, VILLAGE, facts, pupil, resident, today};
use domain::catalogue::Catalogue;
use domain::facts::{CheckupFacts, ExpectedFacts, ExportFacts, PersonKind, Sex};
use domain::ids::UnitCode;
use domain::rule::Level;
use report::{FollowFacts, FoundLine, GraveList, Summary, SummaryKind, summary};

fn summed(kind: SummaryKind, checkups: Vec<CheckupFacts>, expected: &[ExpectedFacts]) -> Summary {
    let facts = ExportFacts { checkups, ..facts() };
    let (follow, unit) = (FollowFacts::none(today()), ("单位".to_owned(), VILLAGE.to_owned()));
    summary(kind, &facts, expected, &follow, unit, false, Catalogue::builtin()).unwrap()
}

/// Numerator, denominator and who was left out, of everybody.
fn rate(of: &Summary, key: &str) -> String {
    let at = of.indicators.iter().position(|one| one.key == key).unwrap();
    let [found, measured, _, out] = of.rates[at][0].cells();
    format!("{found}/{measured} {out}")
}

fn of_pupil(birth: &str, key: &str, cells: &[(&str, &str)]) -> String {
    let one = pupil(8, "向小", Sex::M, birth, "").has(cells).done();
    rate(&summed(SummaryKind::School, vec![one], &[]), key)
}

fn of_resident(birth: &str, key: &str, cells: &[(&str, &str)]) -> String {
    let one = resident(8, "向老", Sex::F, birth, "").has(cells).done();
    rate(&summed(SummaryKind::Village, vec![one], &[]), key)
}

const YES: &str = "1/1 0";
const NO: &str = "0/1 0";
const NOT_MEASURED: &str = "0/0 未查 1";
const CANNOT_SAY: &str = "0/0 不能判定 1";
const OTHER_AGE: &str = "0/0 年龄不在标准内 1";
/// Ten years old.
const TEN: &str = "2016-05-05";

/// Everything step 1 of gbt16133_2014_scoliosis_rule.csv asks, straight.
const STRAIGHT: [(&str, &str); 12] = [
    ("spine_shoulders", "equal"),
    ("spine_scapulae", "equal"),
    ("spine_waist", "equal"),
    ("spine_iliac", "equal"),
    ("spine_line", "straight"),
    ("spine_bend_back_height", "none"),
    ("spine_bend_rib_hump", "none"),
    ("spine_bend_muscle", "none"),
    ("atr_thoracic_deg", "2"),
    ("atr_thoracolumbar_side", "none"),
    ("atr_lumbar_deg", "0"),
    ("spine_sagittal", "normal"),
];

#[test]
fn a_spine_that_is_not_screened_to_the_end_is_in_no_denominator() {
    let of = |cells: &[(&str, &str)]| {
        let one = pupil(8, "向小", Sex::M, TEN, "").has(cells).done();
        let said = summed(SummaryKind::School, vec![one], &[]);
        ["pupil_scoliosis", "pupil_posture"].map(|key| rate(&said, key))
    };
    let both = |word: &str| [word, word].map(str::to_owned);
    // The control: seen to the end and straight.
    assert_eq!(of(&STRAIGHT), both(NO));
    assert_eq!(of(&STRAIGHT[..1]), both(NOT_MEASURED), "one look is no screening");
    assert_eq!(of(&STRAIGHT[1..]), both(NOT_MEASURED), "one look is missing");
    let [shoulders, first] = [("spine_shoulders", "unequal"), ("atr_thoracic_deg", "8")];
    let unfinished = [&STRAIGHT[1..8], &STRAIGHT[9..], &[shoulders, first]].concat();
    assert_eq!(of(&unfinished), both(CANNOT_SAY));
    let after = |degrees| {
        ["thoracic", "thoracolumbar", "lumbar"].map(|segment| {
            let key = match segment {
                "thoracic" => "atr_thoracic_after_deg",
                "lumbar" => "atr_lumbar_after_deg",
                _ => "atr_thoracolumbar_after_deg",
            };
            (key, degrees)
        })
    };
    let posture = [&unfinished[..], &after("2")].concat();
    assert_eq!(of(&posture), [NO, YES].map(str::to_owned));
    // Decided though not everything was seen.
    let decided = [&[shoulders, first][..], &after("2")].concat();
    assert_eq!(of(&decided), [NO, YES].map(str::to_owned));
    let bent = [&unfinished[..], &after("7")].concat();
    assert_eq!(of(&bent), [YES, NO].map(str::to_owned));
}

#[test]
fn eyes_that_the_rule_says_nothing_of_are_in_no_denominator() {
    let eyes = [("vision_right", "5.0"), ("vision_left", "5.1")];
    let lenses = [&eyes[..], &[("glasses", "orthok")]].concat();
    for key in ["pupil_low_vision", "pupil_low_vision_mild"] {
        assert_eq!(of_pupil(TEN, key, &eyes), NO);
        assert_eq!(of_pupil(TEN, key, &lenses), CANNOT_SAY);
        assert_eq!(of_pupil("2021-05-05", key, &eyes), OTHER_AGE, "pupils' eyes from six years");
    }
    assert_eq!(of_pupil(TEN, "pupil_myopia", &lenses), YES);
    let spheres = [("refraction_right_sphere_d", "-2.0"), ("refraction_left_sphere_d", "-2.0")];
    let cylinders = [("refraction_right_cylinder_d", "0"), ("refraction_left_cylinder_d", "0")];
    assert_eq!(of_pupil(TEN, "pupil_myopia", &spheres), NOT_MEASURED);
    let refraction = [&spheres[..], &cylinders].concat();
    assert_eq!(of_pupil(TEN, "pupil_myopia", &refraction), NOT_MEASURED, "no vision");
    assert_eq!(of_pupil(TEN, "pupil_myopia", &[&eyes[..], &refraction].concat()), NO);
    let low = [("vision_right", "4.6"), ("vision_left", "4.7")];
    assert_eq!(of_pupil(TEN, "pupil_myopia", &[&low[..], &refraction].concat()), YES);
}

#[test]
fn adults_rates_are_of_adults_and_pupils_of_the_ages_of_their_table() {
    let body = [("height_cm", "160"), ("weight_kg", "60"), ("waist_cm", "70")];
    let pressure = [("sbp1_mmhg", "118"), ("dbp1_mmhg", "76"), ("creatinine_umol_l", "60")];
    let all = [&body[..], &pressure].concat();
    let keys = [
        "adult_bp_raised",
        "adult_bp_marked",
        "adult_bp_high_normal",
        "adult_overweight",
        "adult_obese",
        "adult_central_obesity",
        "adult_egfr",
    ];
    for (birth, wanted) in [("1970-01-01", NO), ("2012-01-01", OTHER_AGE)] {
        let one = resident(8, "向老", Sex::F, birth, "").has(&all).done();
        let said = summed(SummaryKind::Village, vec![one], &[]);
        keys.iter().for_each(|key| assert_eq!(rate(&said, key), wanted, "{key} {birth}"));
    }
    // The row 18.0 of the table ends below 18.5; it begins at 6.0.
    for (birth, wanted) in
        [(TEN, NO), ("2008-03-15", NO), ("2008-03-14", OTHER_AGE), ("2020-10-01", OTHER_AGE)]
    {
        let one = pupil(8, "向小", Sex::M, birth, "");
        let one = one.has(&[("height_cm", "160"), ("weight_kg", "45")]).done();
        let said = summed(SummaryKind::School, vec![one], &[]);
        for key in ["pupil_overweight", "pupil_obese"] {
            assert_eq!(rate(&said, key), wanted, "{key} {birth}");
        }
    }
}

#[test]
fn a_laboratorys_rate_is_of_the_ages_of_its_table_or_of_who_has_a_range_of_their_own() {
    let cells = |value: &'static str| [("alt_u_l", value), ("creatinine_umol_l", value)];
    let check = |birth: &str, value: &'static str, own: &[&str], wanted: [&str; 2]| {
        let mut one = resident(8, "向老", Sex::F, birth, "").has(&cells(value)).done();
        for key in own {
            let item = Catalogue::builtin().item_by_key(key).unwrap().code;
            one.own_ranges.insert(item, "7-40".to_owned());
        }
        let said = summed(SummaryKind::Village, vec![one], &[]);
        let told = ["adult_alt", "adult_creatinine"].map(|key| rate(&said, key));
        assert_eq!(told, wanted.map(str::to_owned), "{birth} {value} {own:?}");
    };
    // 20 to 79 years.
    check("1970-01-01", "38", &[], [NO, NO]);
    check("1970-01-01", "300", &[], [YES, YES]);
    check("1940-01-01", "300", &[], [OTHER_AGE, OTHER_AGE]);
    check("2008-01-01", "38", &[], [OTHER_AGE, OTHER_AGE]);
    check("1940-01-01", "38", &["alt_u_l"], [NO, OTHER_AGE]);
}

#[test]
fn who_does_not_know_of_a_disease_is_neither_new_nor_known() {
    let raised = [("sbp1_mmhg", "150"), ("dbp1_mmhg", "95")];
    for (answer, wanted) in [("no", YES), ("yes", NO), ("unknown", CANNOT_SAY)] {
        let cells = [&raised[..], &[("known_hypertension", answer)]].concat();
        assert_eq!(of_resident("1970-01-01", "adult_bp_new", &cells), wanted, "{answer}");
    }
    assert_eq!(of_resident("1970-01-01", "adult_bp_new", &raised), NOT_MEASURED);
}

/// A pressure is raised from 140/90 whoever it is of; 空腹血糖受损 is not said of who is known to have diabetes.
#[test]
fn who_is_known_to_be_ill_counts_among_the_raised() {
    let check = |birth: &str, key: &str, known: &str, cells: &[(&str, &str)], wanted: &str| {
        for answer in ["yes", "no"] {
            let cells = [cells, &[(known, answer)]].concat();
            let wanted = if answer == "no" && key == "adult_ifg" { YES } else { wanted };
            assert_eq!(of_resident(birth, key, &cells), wanted, "{key} {birth} {answer}");
        }
    };
    let pressure = |birth: &str, sbp: &str, key: &str, wanted: &str| {
        let cells = [("sbp1_mmhg", sbp), ("dbp1_mmhg", "85")];
        check(birth, key, "known_hypertension", &cells, wanted);
    };
    for birth in ["1980-01-01", "1950-01-01"] {
        for (sbp, raised, high_normal) in [
            ("118", NO, YES),
            ("139", NO, YES),
            ("145", YES, NO),
            ("155", YES, NO),
            ("182", YES, NO),
        ] {
            pressure(birth, sbp, "adult_bp_raised", raised);
            pressure(birth, sbp, "adult_bp_high_normal", high_normal);
        }
    }
    let fasting = [("glucose_mmol_l", "7.2"), ("fasting", "yes")];
    check("1980-01-01", "adult_glucose_raised", "known_diabetes", &fasting, YES);
    let random = [("glucose_mmol_l", "12"), ("fasting", "no")];
    check("1980-01-01", "adult_glucose_raised", "known_diabetes", &random, YES);
    let impaired = [("glucose_mmol_l", "6.5"), ("fasting", "yes")];
    check("1980-01-01", "adult_ifg", "known_diabetes", &impaired, NO);
}

#[test]
fn levels_and_the_list_by_name_are_what_a_doctor_made_of_the_findings() {
    let marked = [("sbp1_mmhg", "190"), ("dbp1_mmhg", "95")];
    let one = resident(8, "向老", Sex::F, "1970-01-01", "").has(&marked).done();
    let own = FoundLine {
        level: Level::B,
        seen: "腹部包块".to_owned(),
        value: String::new(),
        action: "请到医院做超声".to_owned(),
        due: None,
    };
    let check = |lines: &[FoundLine], wanted: [&str; 2]| {
        let facts = ExportFacts { checkups: vec![one.clone()], ..facts() };
        let mut follow = FollowFacts::none(today());
        follow.found.insert(one.person, lines.to_vec());
        let unit = ("单位".to_owned(), VILLAGE.to_owned());
        let village = SummaryKind::Village;
        let said = summary(village, &facts, &[], &follow, unit, false, Catalogue::builtin());
        let told = ["adult_a", "adult_b"].map(|key| rate(said.as_ref().unwrap(), key));
        assert_eq!(told, wanted.map(str::to_owned));
        let list = GraveList::of(&facts, &follow, PersonKind::Resident, "用途");
        let seen: Vec<&str> = list.rows.iter().map(|row| row[6].as_str()).collect();
        assert_eq!(seen, lines.iter().map(|line| line.seen.as_str()).collect::<Vec<_>>());
    };
    // The rule's A was rejected and the doctor added a B; control: nobody did anything about the A.
    check(std::slice::from_ref(&own), [NO, YES]);
    check(&[FoundLine { level: Level::A, ..own.clone() }, own.clone()], [YES, NO]);
    check(&[], [NO, NO]);
}

#[test]
fn an_impaired_fasting_glucose_is_of_those_who_fasted() {
    let born = "1970-01-01";
    let glucose = |text: &'static str| ("glucose_mmol_l", text);
    for (cells, wanted) in [
        (&[glucose("6.5"), ("fasting", "yes")][..], YES),
        (&[glucose("5.0"), ("fasting", "yes")], NO),
        (&[glucose("6.5"), ("fasting", "no")], CANNOT_SAY),
        (&[glucose("6.5")], CANNOT_SAY),
        (&[("fasting", "yes")], NOT_MEASURED),
        (&[glucose("6.5"), ("fasting", "yes"), ("fasting", "no")], "0/0 两值待定 1"),
    ] {
        assert_eq!(of_resident(born, "adult_ifg", cells), wanted, "{cells:?}");
    }
}

#[test]
fn the_other_arm_counts_in_the_rates_of_pressure() {
    let other = [("sbp_other_mmhg", "192"), ("dbp_other_mmhg", "116")];
    let usual = [("sbp1_mmhg", "118"), ("dbp1_mmhg", "76")];
    let both = [&usual[..], &other].concat();
    assert_eq!(of_resident("1970-01-01", "adult_bp_marked", &both), YES);
    assert_eq!(of_resident("1970-01-01", "adult_bp_marked", &other), YES);
    assert_eq!(of_resident("1970-01-01", "adult_bp_marked", &usual), NO);
}

#[test]
fn whoever_was_only_asked_or_only_marked_absent_is_not_examined() {
    let absent: Vec<(&str, &str)> = FINE.iter().map(|(key, _)| (*key, "未测")).collect();
    let people = vec![
        resident(1, "向一", Sex::F, "1970-01-01", "").has(FINE).done(),
        resident(2, "向二", Sex::F, "1970-01-01", "").has(&absent).done(),
        resident(3, "向三", Sex::F, "1970-01-01", "").has(&[("known_hypertension", "no")]).done(),
    ];
    let said = summed(SummaryKind::Village, people, &[]);
    let examined = said.overview.iter().find(|(name, _)| name == "实检人数").unwrap();
    assert_eq!((examined.1.as_str(), said.groups[0].people), ("1", 1));
}

#[test]
fn somebody_on_two_lists_is_examined_on_both() {
    let one = resident(1, "向一", Sex::F, "1970-01-01", "").has(FINE).done();
    let listed = |unit: &str, person: &CheckupFacts| ExpectedFacts {
        person: person.person,
        kind: PersonKind::Resident,
        unit: UnitCode(unit.to_owned()),
        grade: None,
        sex: Some(Sex::F),
        birth: person.details.birth,
    };
    let absent = resident(2, "向二", Sex::F, "1970-01-01", "").done();
    let lists = [listed(VILLAGE, &one), listed(OTHER_VILLAGE, &one), listed(VILLAGE, &absent)];
    let said = summed(SummaryKind::Village, vec![one], &lists);
    assert_eq!(rate(&said, "coverage"), "2/3 0");
}

#[test]
fn one_person_is_of_one_age_in_every_rate() {
    // 17 on the round's first day, 18 on the day of the examination.
    let birth = "2008-09-10";
    let one = resident(1, "向一", Sex::F, birth, "").has(FINE).done();
    let away = resident(2, "向二", Sex::F, birth, "").done();
    let listed = |one: &CheckupFacts| ExpectedFacts {
        person: one.person,
        kind: PersonKind::Resident,
        unit: UnitCode(VILLAGE.to_owned()),
        grade: None,
        sex: Some(Sex::F),
        birth: one.details.birth,
    };
    let lists = [listed(&one), listed(&away)];
    let said = summed(SummaryKind::Village, vec![one], &lists);
    let bands: Vec<(String, [String; 2])> = said
        .groups
        .iter()
        .enumerate()
        .filter(|(_, group)| group.name.contains('岁') && !group.name.contains('　'))
        .map(|(at, group)| {
            let of = |key: &str| {
                let row = said.indicators.iter().position(|one| one.key == key).unwrap();
                let [found, measured, ..] = said.rates[row][at].cells();
                format!("{found}/{measured}")
            };
            (group.name.clone(), ["coverage", "adult_bp_raised"].map(of))
        })
        .collect();
    // The control: who was not examined is of their age on the first day.
    let expected = [("18岁以下", ["0/1", "0/0"]), ("18–34岁", ["1/1", "0/1"])];
    let expected = expected.map(|(name, cells)| (name.to_owned(), cells.map(str::to_owned)));
    assert_eq!(bands, expected);
}

#[test]
fn what_is_hidden_or_of_too_few_people_is_not_ranked_and_that_it_is_not_is_said() {
    let one = |n: u64, cells: &[(&str, &str)]| {
        resident(n, "向老", Sex::F, "1970-01-01", "").has(cells).done()
    };
    let summed = |people: u64, hides: bool| {
        // Two with a raised pressure, all others too heavy.
        let person = |n: u64| {
            let sbp = if n < 2 { "152" } else { "118" };
            let weight = if n < 2 { "55" } else { "90" };
            let cells = [("sbp1_mmhg", sbp), ("dbp1_mmhg", "76"), ("height_cm", "160")];
            one(100 + n, &[&cells[..], &[("weight_kg", weight)]].concat())
        };
        let facts = ExportFacts { checkups: (0..people).map(person).collect(), ..facts() };
        let (follow, unit) = (FollowFacts::none(today()), ("单位".to_owned(), VILLAGE.to_owned()));
        let catalogue = Catalogue::builtin();
        summary(SummaryKind::Village, &facts, &[], &follow, unit, hides, catalogue).unwrap()
    };
    let of_all = |of: &Summary| of.problems[0].1.join("；");
    let is_hidden = |of: &Summary| {
        let hidden = |at: &usize| of.indicators[*at].is_problem && of.rates[*at][0].is_hidden;
        (0..of.indicators.len()).filter(hidden).count()
    };
    let left = summed(40, true);
    let hidden = is_hidden(&left);
    assert!(hidden > 0, "2 of 40 is not told");
    let said = of_all(&left);
    assert!(said.contains(&format!("有 {hidden} 项为保护个人不显示人数，没有排列")), "{said}");
    assert!(!said.contains("（2/40）"), "{said}");
    // The control: inside nothing is hidden, and the most frequent comes first.
    let inside = of_all(&summed(40, false));
    assert!(inside.contains("（38/40）") && inside.contains("（2/40）"), "{inside}");
    assert!(inside.find("（38/40）") < inside.find("（2/40）"), "{inside}");
    assert!(!inside.contains("项为保护") && !inside.contains("不到"), "{inside}");
    // Of 29 nothing is ranked, of 30 it is.
    let few = of_all(&summed(29, false));
    assert!(few.starts_with("有") && few.contains("检查不到 30 人，没有排列"), "{few}");
    assert!(of_all(&summed(30, false)).contains("（28/30）"));
    assert!(report::PROBLEMS_HEADING.contains("检查不到 30 人的不排列"));
}
