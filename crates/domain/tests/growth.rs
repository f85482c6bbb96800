//! Pupils: nutrition and height by half year and year, eyes, teeth, spine; how an age is read where sources differ.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::type_complexity)]

mod common;
#[path = "common/oracle.rs"]
mod oracle;
#[path = "common/oracle_more.rs"]
mod oracle_more;

use chrono::{Days, Months, NaiveDate};
use common::{
    Row, STOP_DAY, classes, day, from_milli, judged, milli, names, pupil, row_of, set, table,
    values,
};
use domain::catalogue::{Catalogue, Sources};
use domain::facts::Sex;
use domain::rule::judge;
use oracle::{Class, Oracle};
use std::collections::BTreeSet;

fn born(months: u32) -> NaiveDate {
    day(STOP_DAY) - Months::new(months)
}

fn agree(oracle: &Oracle, row: &Row) -> BTreeSet<Class> {
    let ours = judged(Catalogue::builtin(), row);
    assert_eq!(ours, oracle.classify(row), "{row:?}");
    ours
}

fn code_of(classes: &BTreeSet<Class>, rule: &str) -> String {
    classes.iter().find(|class| class.0 == rule).map_or(String::new(), |class| class.1.clone())
}

/// The first day of the half year, and the last before the next; the last row's ends at 18 years and a half.
fn births(half_years_milli: i64) -> [NaiveDate; 2] {
    let months = u32::try_from(half_years_milli * 12 / 1000).unwrap();
    let end = if half_years_milli == 17_500 { months + 12 } else { months + 6 };
    [born(months), born(end) + Days::new(1)]
}

#[test]
fn each_half_year_of_stunting_has_two_sides() {
    let oracle = Oracle::new();
    let rows = table("wst456_2014_stunting_height.csv");
    assert_eq!(rows.len(), 48);
    for row in rows {
        let limit = milli(&row["height_le_cm"]);
        for birth in births(milli(&row["age_half_year"])) {
            let of = |height: i64| {
                let height = from_milli(height);
                let row = row_of("student", &row["sex"], birth, &[("height_cm", &height)]);
                code_of(&agree(&oracle, &row), "pupil_nutrition")
            };
            assert_eq!((of(limit).as_str(), of(limit + 100).as_str()), ("stunted", ""), "{row:?}");
        }
    }
}

#[test]
fn each_half_year_of_wasting_has_its_sides_in_those_not_stunted() {
    let oracle = Oracle::new();
    let rows = table("wst456_2014_wasting_bmi.csv");
    assert_eq!(rows.len(), 48);
    for row in rows {
        for birth in births(milli(&row["age_half_year"])) {
            // Two metres make nobody stunted and four kilograms one unit of the index.
            let of = |height: &str, bmi: i64| {
                let weight = from_milli(bmi * if height == "200" { 4 } else { 1 });
                let cells = [("height_cm", height), ("weight_kg", weight.as_str())];
                let row = row_of("student", &row["sex"], birth, &cells);
                code_of(&agree(&oracle, &row), "pupil_nutrition")
            };
            let (severe, mild) = (milli(&row["moderate_severe_le"]), milli(&row["mild_max"]));
            assert_eq!(of("200", severe), "wasting_moderate_severe", "{row:?}");
            // 0.04 above rounds down to the limit, 0.05 does not.
            assert_eq!(of("200", severe + 40), "wasting_moderate_severe");
            assert_eq!(of("200", severe + 50), "wasting_mild");
            assert_eq!(of("200", mild + 40), "wasting_mild");
            assert_eq!(of("200", mild + 50), "");
            assert_eq!(of("100", severe), "stunted", "stunting is screened first");
        }
    }
}

#[test]
fn each_year_of_height_has_two_sides_at_each_level() {
    let oracle = Oracle::new();
    let rows = table("wst612_2018_height_level.csv");
    assert_eq!(rows.len(), 24);
    let steps = [
        ("minus_2sd", "lower", "lower_middle"),
        ("minus_1sd", "lower_middle", "middle"),
        ("plus_1sd", "middle", "upper_middle"),
        ("plus_2sd", "upper_middle", "upper"),
    ];
    for row in rows {
        let years: u32 = row["age_year"].parse().unwrap();
        for birth in [born(years * 12), born(years * 12 + 12) + Days::new(1)] {
            for (column, below, from) in steps {
                let of = |height: i64| {
                    let height = from_milli(height);
                    let row = row_of("student", &row["sex"], birth, &[("height_cm", &height)]);
                    code_of(&agree(&oracle, &row), "pupil_height")
                };
                let limit = milli(&row[column]);
                assert_eq!((of(limit - 10), of(limit)), (below.to_owned(), from.to_owned()));
            }
        }
    }
}

/// What was recalled judges nobody: high waist, and the simplified pressure of children.
#[test]
fn waist_and_simplified_pressure_of_children_are_there_and_off() {
    let cat = Catalogue::builtin();
    for (rule, table) in [
        ("pupil_waist", "wst611_2018_waist_p75_p90.csv"),
        ("child_bp_simplified", "cn_htn_guideline_2018_child_bp_simplified.csv"),
    ] {
        let found = cat.rule(rule).unwrap();
        assert!(!found.on && found.classes.iter().all(|class| !class.on), "{rule}");
        let status = &cat.table(table).unwrap().status;
        assert!(status.contains("memory"), "{table}");
    }
    assert_eq!(classes(&pupil(Sex::M, 126, 0), &[("waist_cm", "120")]), set(&[]));
    let small = pupil(Sex::M, 60, 0);
    assert_eq!(classes(&small, &[("sbp1_mmhg", "150"), ("dbp1_mmhg", "95")]), set(&[]));
    // Switched on, it would not load: a rule from memory is refused.
    let mut sources = Sources::builtin();
    sources.rules = sources
        .rules
        .replace("\"waist_high\", \"on\": false", "\"waist_high\", \"on\": true")
        .into();
    let on = "\"name_zh\": \"学生腰围\", \"on\": true";
    sources.rules = sources.rules.replace("\"name_zh\": \"学生腰围\", \"on\": false", on).into();
    assert!(Catalogue::load(&sources).is_err());
}

/// The catalogue with one age setting changed.
fn with_age(key: &str, from: &str, to: &str) -> Catalogue {
    let mut sources = Sources::builtin();
    let line = |how: &str| format!("\"key\": \"{key}\", \"is\": \"{how}\"");
    assert_eq!(sources.rules.matches(&line(from)).count(), 1);
    sources.rules = sources.rules.replace(&line(from), &line(to)).into();
    Catalogue::load(&sources).unwrap()
}

#[test]
fn how_an_age_is_read_is_a_setting() {
    let of = |cat: &Catalogue, months, cells: &[(&str, &str)], rule: &str| {
        let judged = judge(cat, &pupil(Sex::M, months, 0), &values(cat, cells));
        let of_rule = judged.into_iter().filter(|one| one.rule == rule).collect::<Vec<_>>();
        names(&of_rule)
    };
    let cat = Catalogue::builtin();
    // WS/T 610: 6 years and 6 months is 7 when rounded and not judged when completed; 17.5 years are 18 or 17.
    let high = [("height_cm", "120"), ("sbp1_mmhg", "150"), ("dbp1_mmhg", "70")];
    let floored = with_age("wst610", "years_rounded", "years");
    assert_eq!(of(cat, 78, &high, "pupil_bp"), set(&["pupil_bp/bp_p95"]));
    assert_eq!(of(&floored, 78, &high, "pupil_bp"), set(&[]));
    let no_height = [("sbp1_mmhg", "140"), ("dbp1_mmhg", "70")];
    assert_eq!(of(cat, 210, &no_height, "pupil_bp"), set(&["pupil_bp/bp_p95"]));
    assert_eq!(of(&floored, 215, &no_height, "pupil_bp"), set(&[]), "17: the height is needed");
    assert_eq!(of(&floored, 216, &no_height, "pupil_bp"), set(&["pupil_bp/bp_p95"]));
    // At 8 years and 6 months the row is that of 9 when rounded, of 8 when completed.
    let row = |years: &str| {
        let rows = table("wst610_2018_bp_p90_p95.csv");
        let found = rows.iter().find(|row| {
            row["sex"] == "M" && row["age_year"] == years && row["height_group"] == "p95"
        });
        found.unwrap()["sbp_p95"].clone()
    };
    assert_ne!(row("8"), row("9"));
    let tall = [("height_cm", "150"), ("sbp1_mmhg", &row("8")), ("dbp1_mmhg", "50")];
    assert_eq!(of(&floored, 102, &tall, "pupil_bp"), set(&["pupil_bp/bp_p95"]));
    assert_eq!(of(cat, 102, &tall, "pupil_bp"), set(&["pupil_bp/bp_high_normal"]));
    // WS/T 456: 18.0 belongs to the last row, or to none.
    let short = [("height_cm", "157.1")];
    let ends = with_age("wst456", "half_years_to_18", "half_years");
    assert_eq!(of(cat, 216, &short, "pupil_nutrition"), set(&["pupil_nutrition/stunted"]));
    assert_eq!(of(&ends, 216, &short, "pupil_nutrition"), set(&[]));
    assert_eq!(of(&ends, 215, &short, "pupil_nutrition"), set(&["pupil_nutrition/stunted"]));
    // WS/T 612: 7 years and 6 months by the row of 7, or of 8.
    let height = [("height_cm", "119.49")];
    let rounded = with_age("wst612", "years", "years_rounded");
    assert_eq!(of(cat, 90, &height, "pupil_height"), set(&["pupil_height/middle"]));
    assert_eq!(of(&rounded, 90, &height, "pupil_height"), set(&["pupil_height/lower_middle"]));
    // What a setting may not be is refused.
    let mut sources = Sources::builtin();
    sources.rules = sources
        .rules
        .replace("\"wst456\", \"is\": \"half_years_to_18\"", "\"wst456\", \"is\": \"years\"")
        .into();
    assert!(Catalogue::load(&sources).is_err());
}

#[test]
fn screening_myopia_needs_sight_and_refraction_of_both_eyes() {
    let oracle = Oracle::new();
    let of = |cells: &[(&str, &str)]| {
        let row = row_of("student", "F", born(126), cells);
        code_of(&agree(&oracle, &row), "pupil_myopia")
    };
    let eyes = |right: [&'static str; 3], left: [&'static str; 3]| {
        vec![
            ("vision_right", right[0]),
            ("refraction_right_sphere_d", right[1]),
            ("refraction_right_cylinder_d", right[2]),
            ("vision_left", left[0]),
            ("refraction_left_sphere_d", left[1]),
            ("refraction_left_cylinder_d", left[2]),
        ]
    };
    let sound = ["5.0", "0", "0"];
    for (eye, expected) in [
        (["4.9", "-0.5", "-0.25"], "myopia"),
        (["4.9", "-0.75", "0.25"], "myopia"),
        (["4.9", "-0.5", "0"], ""),
        (["4.9", "-0.25", "-0.5"], ""),
        (["5.0", "-3", "0"], ""),
    ] {
        assert_eq!(of(&eyes(eye, sound)), expected, "{eye:?}");
        assert_eq!(of(&eyes(sound, eye)), expected, "{eye:?}");
    }
    let mut one_eye = eyes(["4.9", "-2", "0"], sound);
    one_eye.truncate(4);
    assert_eq!(of(&one_eye), "", "both have to be evaluable");
    assert_eq!(of(&[("glasses", "orthok")]), "myopia");
    assert_eq!(of(&[("glasses", "frame")]), "");
}

#[test]
fn a_marked_tooth_is_caries_and_a_sound_chart_is_not() {
    let of = |chart: &str| classes(&pupil(Sex::M, 100, 0), &[("tooth_chart", chart)]);
    assert_eq!(of("0"), set(&[]));
    for chart in ["16=D", "55=f", "36=F,74=d"] {
        assert_eq!(of(chart), set(&["pupil_caries/caries"]), "{chart}");
    }
}

#[test]
fn the_spine_is_judged_by_what_is_left_after_the_motion_test() {
    let oracle = Oracle::new();
    let after = |degrees: [&'static str; 3]| {
        vec![
            ("atr_thoracic_after_deg", degrees[0]),
            ("atr_thoracolumbar_after_deg", degrees[1]),
            ("atr_lumbar_after_deg", degrees[2]),
        ]
    };
    let of = |cells: &[(&str, &str)]| {
        let row = row_of("student", "M", born(150), cells);
        let all = agree(&oracle, &row);
        let mut codes: Vec<String> =
            all.into_iter().filter(|class| class.0 == "pupil_spine").map(|class| class.1).collect();
        codes.sort();
        codes.join(" ")
    };
    let signs: [(&str, &str); 9] = [
        ("spine_shoulders", "unequal"),
        ("spine_scapulae", "unequal"),
        ("spine_waist", "unequal"),
        ("spine_iliac", "unequal"),
        ("spine_line", "bent"),
        ("spine_bend_back_height", "present"),
        ("spine_bend_rib_hump", "present"),
        ("spine_bend_muscle", "present"),
        ("atr_lumbar_deg", "5"),
    ];
    for sign in signs {
        assert_eq!(of(&[sign]), "unfinished", "{sign:?} without a re-measure is not negative");
        let with = |degrees| of(&[vec![sign], after(degrees)].concat());
        assert_eq!(with(["4.9", "0", "0"]), "posture");
        assert_eq!(with(["0", "5", "0"]), "scoliosis_1");
        assert_eq!(with(["0", "0", "6.9"]), "scoliosis_1");
        assert_eq!(with(["7", "0", "0"]), "scoliosis_2");
        assert_eq!(with(["9.9", "0", "0"]), "scoliosis_2");
        assert_eq!(with(["0", "10", "0"]), "scoliosis_3");
    }
    assert_eq!(of(&[("spine_line", "bent"), ("atr_thoracic_after_deg", "3")]), "unfinished");
    assert_eq!(of(&[("atr_thoracic_deg", "4.9"), ("spine_shoulders", "equal")]), "");
    assert_eq!(of(&after(["8", "8", "8"])), "", "nobody was asked to re-measure");
    assert_eq!(of(&[("spine_sagittal", "normal")]), "");
    for (prone, code) in
        [("gone", "sagittal_posture"), ("lordosis", "lordosis"), ("kyphosis", "kyphosis")]
    {
        assert_eq!(of(&[("spine_sagittal", "kyphosis"), ("spine_prone_test", prone)]), code);
    }
}

/// The control: each of these changes is noticed.
#[test]
fn a_moved_limit_of_growth_is_noticed() {
    let oracle = Oracle::new();
    for (name, from, to, cells) in [
        (
            "wst456_2014_stunting_height.csv",
            "M,10.5,127.0",
            "M,10.5,127.1",
            [("height_cm", "127.1"), ("weight_kg", "60")],
        ),
        (
            "wst456_2014_wasting_bmi.csv",
            "M,10.5,14.0,14.1,14.6",
            "M,10.5,14.0,14.1,14.7",
            [("height_cm", "200"), ("weight_kg", "58.8")],
        ),
        (
            "wst612_2018_height_level.csv",
            "M,10,126.79,133.77",
            "M,10,126.79,133.78",
            [("height_cm", "133.77"), ("weight_kg", "60")],
        ),
    ] {
        let mut sources = Sources::builtin();
        let (_, text) = sources.tables.iter_mut().find(|(table, _)| *table == name).unwrap();
        assert_eq!(text.matches(from).count(), 1, "{name}: {from}");
        *text = text.replace(from, to).into();
        let row = row_of("student", "M", born(126), &cells);
        assert_eq!(judged(Catalogue::builtin(), &row), oracle.classify(&row), "{row:?}");
        assert_ne!(
            judged(&Catalogue::load(&sources).unwrap(), &row),
            oracle.classify(&row),
            "{to}"
        );
    }
}
