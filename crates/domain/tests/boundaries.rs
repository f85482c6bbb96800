//! Both sides of every threshold of every rule, for each sex and age step: once generated from the
//! tables and compared with the independent reading, once written by hand from the standards' text.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::type_complexity)]

mod common;
#[path = "common/oracle.rs"]
mod oracle;
#[path = "common/oracle_more.rs"]
mod oracle_more;

use chrono::{Days, Months, NaiveDate};
use common::{
    Row, STOP_DAY, classes, day, from_milli, judged, milli, pupil, resident, row_of, set, table,
};
use domain::catalogue::Catalogue;
use domain::check::Subject;
use domain::facts::Sex;
use oracle::Oracle;

/// Both readings agree, and the class of the rule changes between the two sides.
fn check_sides(oracle: &Oracle, rule: &str, below: &Row, at: &Row) {
    let cat = Catalogue::builtin();
    let of_rule = |row: &Row| {
        let ours = judged(cat, row);
        assert_eq!(ours, oracle.classify(row), "{rule}");
        ours.into_iter().filter(|class| class.0 == rule).collect::<Vec<_>>()
    };
    let (below_classes, at_classes) = (of_rule(below), of_rule(at));
    assert_ne!(below_classes, at_classes, "{rule}: {below:?} and {at:?}");
}

fn agree(oracle: &Oracle, row: &Row) {
    assert_eq!(judged(Catalogue::builtin(), row), oracle.classify(row), "{row:?}");
}

fn born(months: u32) -> NaiveDate {
    day(STOP_DAY) - Months::new(months)
}

const SEXES: [&str; 2] = ["M", "F"];

/// A height of one metre makes the weight in kg the BMI.
fn with_bmi(kind: &str, sex: &str, birth: NaiveDate, bmi_milli: i64) -> Row {
    row_of(kind, sex, birth, &[("height_cm", "100"), ("weight_kg", &from_milli(bmi_milli))])
}

#[test]
fn each_step_of_adult_bmi_has_two_sides() {
    let oracle = Oracle::new();
    for limit in ["18.5", "24.0", "28.0"] {
        let limit = milli(limit);
        for sex in SEXES {
            let of = |bmi| with_bmi("resident", sex, born(12 * 40), bmi);
            check_sides(&oracle, "adult_bmi", &of(limit - 100), &of(limit));
            // 0.05 below rounds up to the limit, 0.06 below does not.
            check_sides(&oracle, "adult_bmi", &of(limit - 60), &of(limit - 50));
        }
    }
}

#[test]
fn each_half_year_of_pupil_weight_has_two_sides() {
    let oracle = Oracle::new();
    let rows = table("wst586_2018_bmi_overweight_obesity.csv");
    assert_eq!(rows.len(), 50);
    for row in rows {
        let months = u32::try_from(milli(&row["age_half_year"]) * 12 / 1000).unwrap();
        for column in ["overweight_ge", "obesity_ge"] {
            let limit = milli(&row[column]);
            // On the day of the half year, and on the last day before the next.
            for birth in [born(months), born(months + 6) + Days::new(1)] {
                let of = |bmi| with_bmi("student", &row["sex"], birth, bmi);
                check_sides(&oracle, "pupil_weight", &of(limit - 100), &of(limit));
                check_sides(&oracle, "pupil_weight", &of(limit - 60), &of(limit - 50));
            }
        }
    }
}

#[test]
fn pupils_of_every_age_and_bmi_agree_with_the_second_reading() {
    let oracle = Oracle::new();
    for sex in SEXES {
        for months in 60..=240 {
            for bmi in (12_000..=30_000).step_by(700) {
                agree(&oracle, &with_bmi("student", sex, born(months), bmi));
                agree(&oracle, &with_bmi("student", sex, born(months) + Days::new(1), bmi));
            }
        }
    }
}

#[test]
fn each_limit_of_a_single_number_has_two_sides() {
    let oracle = Oracle::new();
    // rule, item, limit, step, answers
    let fasting: &[(&str, &str)] = &[("fasting", "yes")];
    let diabetic: &[(&str, &str)] = &[("fasting", "yes"), ("known_diabetes", "yes")];
    let random: &[(&str, &str)] = &[("fasting", "unknown")];
    // A repeat after a first reading that was too low.
    let low: &[(&str, &str)] = &[("fasting", "yes"), ("glucose_mmol_l", "2.5")];
    let low_diabetic: &[(&str, &str)] =
        &[("fasting", "yes"), ("glucose_mmol_l", "3.5"), ("known_diabetes", "yes")];
    let rows: &[(&str, &str, &str, &str, &[(&str, &str)])] = &[
        ("glucose_fasting", "glucose_mmol_l", "2.81", "0.01", fasting),
        ("glucose_fasting", "glucose_mmol_l", "3.91", "0.01", diabetic),
        ("glucose_fasting", "glucose2_mmol_l", "2.81", "0.01", low),
        ("glucose_fasting", "glucose2_mmol_l", "3.91", "0.01", low_diabetic),
        ("glucose_fasting", "glucose2_mmol_l", "16.7", "0.01", low),
        ("glucose_fasting", "glucose_mmol_l", "6.1", "0.01", fasting),
        ("glucose_fasting", "glucose_mmol_l", "7.0", "0.01", fasting),
        ("glucose_fasting", "glucose_mmol_l", "16.7", "0.01", fasting),
        ("glucose_random", "glucose_mmol_l", "2.81", "0.01", random),
        ("glucose_random", "glucose_mmol_l", "11.1", "0.01", random),
        ("glucose_random", "glucose_mmol_l", "16.7", "0.01", random),
        ("lipids", "tc_mmol_l", "5.2", "0.01", &[]),
        ("lipids", "tc_mmol_l", "6.2", "0.01", &[]),
        ("lipids", "ldl_mmol_l", "3.4", "0.01", &[]),
        ("lipids", "ldl_mmol_l", "4.1", "0.01", &[]),
        ("lipids", "hdl_mmol_l", "1.0", "0.01", &[]),
        ("lipids", "tg_mmol_l", "1.7", "0.01", &[]),
        ("lipids", "tg_mmol_l", "2.3", "0.01", &[]),
        ("lipids", "tg_mmol_l", "5.6", "0.01", &[]),
        ("anaemia", "hb_g_l", "60.1", "0.1", &[]),
    ];
    for (rule, item, limit, step, answers) in rows {
        for sex in SEXES {
            let of = |value: i64| {
                let value = from_milli(value);
                let cells: Vec<(&str, &str)> =
                    answers.iter().copied().chain([(*item, value.as_str())]).collect();
                row_of("resident", sex, born(12 * 50), &cells)
            };
            let limit = milli(limit);
            check_sides(&oracle, rule, &of(limit - milli(step)), &of(limit));
        }
    }
    for (sex, limit) in [("M", "90"), ("F", "85")] {
        let of = |waist: i64| {
            row_of("resident", sex, born(12 * 50), &[("waist_cm", &from_milli(waist))])
        };
        check_sides(&oracle, "adult_waist", &of(milli(limit) - 100), &of(milli(limit)));
    }
}

#[test]
fn each_grade_of_adult_pressure_has_two_sides_on_either_part() {
    let oracle = Oracle::new();
    let of = |sbp: i32, dbp: i32, sex: &str, pregnant: &str| {
        let (sbp, dbp) = (sbp.to_string(), dbp.to_string());
        let cells: [(&str, &str); 3] =
            [("sbp1_mmhg", &sbp), ("dbp1_mmhg", &dbp), ("pregnant", pregnant)];
        row_of("resident", sex, born(12 * 30), &cells)
    };
    // In pregnancy from 140/90 to below 180/110 it is one class, whichever grade it would be.
    for (sbp, dbp) in [(120, 80), (140, 90), (180, 110)] {
        let of = |sbp, dbp| of(sbp, dbp, "F", "yes");
        check_sides(&oracle, "adult_bp", &of(sbp - 1, 60), &of(sbp, 60));
        check_sides(&oracle, "adult_bp", &of(110, dbp - 1), &of(110, dbp));
    }
    for (sbp, dbp) in [(120, 80), (140, 90), (160, 100), (180, 110)] {
        let of = |sbp, dbp| of(sbp, dbp, "M", "no");
        check_sides(&oracle, "adult_bp", &of(sbp - 1, 60), &of(sbp, 60));
        check_sides(&oracle, "adult_bp", &of(110, dbp - 1), &of(110, dbp));
        check_sides(&oracle, "adult_bp", &of(150, 90), &of(150, 89));
    }
}

/// followup.md section 1, of those who are in care: satisfied below 140/90, from 65 years below 150/90; fasting below 7.0.
#[test]
fn who_is_known_to_be_ill_has_limits_of_their_own_on_both_sides() {
    let oracle = Oracle::new();
    let bp = |years: u32, sbp: i32, dbp: i32| {
        let (sbp, dbp) = (sbp.to_string(), dbp.to_string());
        let cells = [("sbp1_mmhg", &*sbp), ("dbp1_mmhg", &*dbp), ("known_hypertension", "yes")];
        row_of("resident", "M", born(12 * years), &cells)
    };
    for (years, steps) in [(64, [(120, 80), (140, 90)]), (65, [(140, 90), (150, 90)])] {
        for (sbp, dbp) in steps {
            check_sides(&oracle, "adult_bp", &bp(years, sbp - 1, 60), &bp(years, sbp, 60));
            check_sides(&oracle, "adult_bp", &bp(years, 110, dbp - 1), &bp(years, 110, dbp));
        }
    }
    check_sides(&oracle, "adult_bp", &bp(64, 145, 85), &bp(65, 145, 85));
    check_sides(&oracle, "adult_bp", &bp(70, 179, 109), &bp(70, 180, 109));
    let glucose = |glucose: &str, fasting: &str| {
        let cells = [("glucose_mmol_l", glucose), ("fasting", fasting), ("known_diabetes", "yes")];
        row_of("resident", "M", born(12 * 50), &cells)
    };
    for (rule, fasting, below, from) in [
        ("glucose_fasting", "yes", "6.09", "6.1"),
        ("glucose_fasting", "yes", "6.99", "7"),
        ("glucose_fasting", "yes", "16.69", "16.7"),
        ("glucose_random", "no", "11.09", "11.1"),
        ("glucose_random", "no", "16.69", "16.7"),
    ] {
        check_sides(&oracle, rule, &glucose(below, fasting), &glucose(from, fasting));
    }
}

#[test]
fn each_anaemia_group_has_two_sides_at_each_limit_and_age_step() {
    let oracle = Oracle::new();
    // group's sex, first and last month, pregnant, mild below, moderate below, severe below
    let groups: &[(&str, u32, u32, &str, i64, i64, i64)] = &[
        ("M", 6, 59, "no", 110, 100, 70),
        ("F", 60, 143, "no", 115, 110, 80),
        ("M", 144, 179, "no", 120, 110, 80),
        ("F", 180, 900, "no", 120, 110, 80),
        ("F", 180, 500, "yes", 110, 100, 70),
        ("M", 180, 900, "no", 130, 110, 80),
    ];
    for (sex, first, last, pregnant, mild, moderate, severe) in groups {
        for limit in [mild, moderate, severe] {
            // The last day before the next month is still in the group.
            for birth in [born(*first), born(last + 1) + Days::new(1)] {
                for kind in ["resident", "student"] {
                    let of = |hb: i64| {
                        let hb = from_milli(hb);
                        row_of(kind, sex, birth, &[("hb_g_l", &hb), ("pregnant", pregnant)])
                    };
                    check_sides(&oracle, "anaemia", &of(limit * 1000 - 100), &of(limit * 1000));
                }
            }
        }
    }
}

/// The least height of a height group; of the lowest group its greatest.
fn group_height(oracle: &Oracle, sex: &str, age: &str, group: &str) -> i64 {
    let rows = &oracle.tables["wst610_2018_height_percentiles.csv"];
    let row = rows.iter().find(|row| row["sex"] == sex && row["age_year"] == age).unwrap();
    match group {
        "lt_p5" => milli(&row["p5"]) - 100,
        group => milli(&row[group]),
    }
}

#[test]
fn each_cell_of_pupil_pressure_has_two_sides() {
    let oracle = Oracle::new();
    let rows = table("wst610_2018_bp_p90_p95.csv");
    assert_eq!(rows.len(), 176);
    let at_once = [("sbp_p90", "sbp_p95", 120, true), ("dbp_p90", "dbp_p95", 80, false)];
    for row in rows {
        let height = group_height(&oracle, &row["sex"], &row["age_year"], &row["height_group"]);
        let years: u32 = row["age_year"].parse().unwrap();
        // Rounded half up: from half a year before the birthday until half a year after it.
        for birth in [born(years * 12 - 6), born(years * 12 + 6) + Days::new(1)] {
            // The least height of the group and, but for the lowest group, which ends there, 0.1 cm more.
            let more = if row["height_group"] == "lt_p5" { height - 100 } else { height + 100 };
            for height in [height, more] {
                let of = |sbp: i64, dbp: i64| {
                    let cells = [
                        ("height_cm", from_milli(height)),
                        ("sbp1_mmhg", sbp.to_string()),
                        ("dbp1_mmhg", dbp.to_string()),
                    ];
                    let cells: Vec<(&str, &str)> =
                        cells.iter().map(|(k, v)| (*k, v.as_str())).collect();
                    row_of("student", &row["sex"], birth, &cells)
                };
                for (p90, p95, whole, systolic) in at_once {
                    let of = |part: i64| if systolic { of(part, 50) } else { of(95, part) };
                    let p95 = milli(&row[p95]) / 1000;
                    check_sides(&oracle, "pupil_bp", &of(p95 - 1), &of(p95));
                    // High normal begins at P90 or at 120/80, whichever is lower.
                    let from = whole.min(milli(&row[p90]) / 1000);
                    if from < p95 {
                        check_sides(&oracle, "pupil_bp", &of(from - 1), &of(from));
                    }
                }
            }
        }
    }
}

#[test]
fn pupils_of_every_age_height_and_pressure_agree_with_the_second_reading() {
    let oracle = Oracle::new();
    for sex in SEXES {
        for months in (76..=226).step_by(2) {
            for height in (1050..=1950).step_by(37) {
                for (sbp, dbp) in [("112", "70"), ("121", "76"), ("128", "81"), ("140", "60")] {
                    let height = from_milli(height * 100);
                    let cells =
                        [("height_cm", height.as_str()), ("sbp2_mmhg", sbp), ("dbp2_mmhg", dbp)];
                    agree(&oracle, &row_of("student", sex, born(months), &cells));
                }
            }
        }
    }
}

#[test]
fn each_line_of_the_vision_chart_is_banded_by_the_worse_eye() {
    let oracle = Oracle::new();
    for tenths in 0..=60 {
        let worse = from_milli(tenths * 100);
        for cells in [
            [("vision_right", worse.as_str()), ("vision_left", "5.3")],
            [("vision_right", "5.3"), ("vision_left", &worse)],
        ] {
            agree(&oracle, &row_of("student", "F", born(120), &cells));
        }
    }
}

/// Rows written from the text of the standards and of finding_levels.csv, not from the tables' files.
#[test]
fn key_classes_are_as_the_standards_say() {
    fn check(subject: Subject, cells: &[(&str, &str)], expected: &[&str]) {
        // Heights here are chosen for the index: what they say of stature is another rule's.
        let mut given = classes(&subject, cells);
        given.retain(|name| {
            !name.starts_with("pupil_height") && !name.starts_with("pupil_nutrition/stunted")
        });
        assert_eq!(given, set(expected), "{cells:?}");
    }
    let man = || resident(Sex::M);
    let woman = || resident(Sex::F);
    check(man(), &[("height_cm", "170"), ("weight_kg", "80.92")], &["adult_bmi/obese"]);
    check(man(), &[("height_cm", "170"), ("weight_kg", "80.7")], &["adult_bmi/overweight"]);
    // 28.253... rounds to 28.3; 27.95 rounds half up to 28.0.
    check(man(), &[("height_cm", "100"), ("weight_kg", "27.95")], &["adult_bmi/obese"]);
    check(man(), &[("height_cm", "100"), ("weight_kg", "27.94")], &["adult_bmi/overweight"]);
    check(man(), &[("waist_cm", "89.9")], &[]);
    check(woman(), &[("waist_cm", "85")], &["adult_waist/central_obesity"]);
    check(man(), &bp("119", "79"), &["adult_bp/normal"]);
    check(man(), &bp("120", "79"), &["adult_bp/high_normal"]);
    check(man(), &bp("152", "84"), &["adult_bp/grade1", "adult_bp/isolated_systolic"]);
    check(man(), &bp("152", "94"), &["adult_bp/grade1"]);
    check(man(), &bp("138", "110"), &["adult_bp/grade3", "adult_bp/isolated_diastolic"]);
    check(man(), &bp("139", "90"), &["adult_bp/grade1", "adult_bp/isolated_diastolic"]);
    check(man(), &bp("140", "90"), &["adult_bp/grade1"]);
    let mother = |sbp, dbp, said| [bp(sbp, dbp).as_slice(), &[("pregnant", said)]].concat();
    check(woman(), &mother("139", "89", "yes"), &["adult_bp/high_normal"]);
    check(woman(), &mother("140", "90", "yes"), &["adult_bp/pregnant_raised"]);
    check(woman(), &mother("179", "109", "yes"), &["adult_bp/pregnant_raised"]);
    check(woman(), &mother("180", "109", "yes"), &["adult_bp/grade3"]);
    let known =
        |sbp, dbp, said| [bp(sbp, dbp).as_slice(), &[("known_hypertension", said)]].concat();
    check(man(), &known("119", "79", "yes"), &["adult_bp/normal"]);
    check(man(), &known("139", "89", "yes"), &["adult_bp/known_high_normal"]);
    check(man(), &known("145", "92", "yes"), &["adult_bp/known_raised"]);
    check(man(), &known("179", "109", "yes"), &["adult_bp/known_raised"]);
    check(man(), &known("180", "100", "yes"), &["adult_bp/grade3"]);
    check(man(), &known("145", "92", "no"), &["adult_bp/grade1"]);
    check(man(), &known("139", "89", "unknown"), &["adult_bp/high_normal"]);
    // The other arm alone, in who is known.
    let arm = [("sbp_other_mmhg", "150"), ("dbp_other_mmhg", "80"), ("known_hypertension", "yes")];
    check(
        man(),
        &[known("118", "76", "yes").as_slice(), &arm].concat(),
        &["adult_bp/known_raised"],
    );
    // What is 180/110 after the rest is so, whatever the first reading makes of the mean.
    check(man(), &four("150", "90", "182", "112"), &["adult_bp/grade3"]);
    check(man(), &four("150", "90", "179", "109"), &["adult_bp/grade2"]);
    check(man(), &four("185", "112", "165", "100"), &["adult_bp/grade2"]);
    // The control: who is not, or of whom it is not known, has the grade.
    check(woman(), &mother("140", "90", "no"), &["adult_bp/grade1"]);
    check(woman(), &mother("165", "95", "unknown"), &["adult_bp/grade2"]);
    // One part alone gives a class when it is high_normal or worse; normal needs both.
    check(man(), &[("sbp1_mmhg", "119")], &[]);
    check(man(), &[("sbp1_mmhg", "165")], &["adult_bp/grade2"]);
    check(man(), &[("dbp1_mmhg", "85")], &["adult_bp/high_normal"]);
    // (139 + 140) / 2 rounds half up to 140.
    check(
        man(),
        &four("139", "80", "140", "80"),
        &["adult_bp/grade1", "adult_bp/isolated_systolic"],
    );
    check(man(), &[("glucose_mmol_l", "7"), ("fasting", "yes")], &["glucose_fasting/raised"]);
    check(man(), &[("glucose_mmol_l", "7"), ("fasting", "unknown")], &[]);
    check(man(), &[("glucose_mmol_l", "11.1")], &["glucose_random/raised"]);
    check(man(), &[("glucose_mmol_l", "2.8")], &["glucose_random/hypoglycaemia"]);
    let sugar = |value, fasting, known| {
        [("glucose_mmol_l", value), ("fasting", fasting), ("known_diabetes", known)]
    };
    check(man(), &sugar("6.1", "yes", "yes"), &["glucose_fasting/known_satisfied"]);
    check(man(), &sugar("7.0", "yes", "yes"), &["glucose_fasting/known_raised"]);
    check(man(), &sugar("11.1", "no", "yes"), &["glucose_random/known_raised"]);
    check(man(), &sugar("6.1", "yes", "no"), &["glucose_fasting/ifg"]);
    check(man(), &sugar("7.0", "yes", "unknown"), &["glucose_fasting/raised"]);
    check(
        man(),
        &[("glucose_mmol_l", "3.9"), ("known_diabetes", "yes")],
        &["glucose_random/hypoglycaemia_diabetic"],
    );
    check(man(), &[("glucose_mmol_l", "3.9"), ("known_diabetes", "unknown")], &[]);
    // What a repeat on the spot says: too low stands while it confirms it, and it alone may find it; too high stands.
    let twice = |first, then| [("glucose_mmol_l", first), ("glucose2_mmol_l", then)];
    for (first, then, classes) in [
        ("2.8", "2.8", "glucose_random/hypoglycaemia"),
        ("2.8", "2.81", ""),
        ("5.2", "2.8", "glucose_random/hypoglycaemia"),
        ("16.7", "6.0", "glucose_random/critical"),
        ("16.69", "16.69", "glucose_random/raised"),
        ("2.5", "16.7", "glucose_random/critical"),
        ("11.1", "11.0", "glucose_random/raised"),
        ("11.0", "11.09", ""),
    ] {
        let classes: Vec<&str> = [classes].into_iter().filter(|class| !class.is_empty()).collect();
        check(man(), &twice(first, then), &classes);
    }
    check(
        man(),
        &[
            ("tc_mmol_l", "6.2"),
            ("ldl_mmol_l", "3.4"),
            ("hdl_mmol_l", "0.99"),
            ("tg_mmol_l", "5.6"),
        ],
        // 6.2 less 0.99 is 5.21 of the other lipoproteins, from 4.9 on high.
        &[
            "lipids/tc_high",
            "lipids/ldl_borderline",
            "lipids/hdl_low",
            "lipids/tg_pancreatitis",
            "lipids/non_hdl_high",
        ],
    );
    check(woman(), &[("hb_g_l", "119")], &["anaemia/mild"]);
    check(woman(), &[("hb_g_l", "119"), ("pregnant", "yes")], &[]);
    check(man(), &[("hb_g_l", "60")], &["anaemia/critical"]);
    check(man(), &[("urine_protein", "±"), ("urine_glucose", "+")], &["urine/glucose_positive"]);
    check(man(), &[("urine_protein", "3+")], &["urine/protein_marked"]);
    check(man(), &[("ecg", "异常"), ("dental", "正常")], &["department/abnormal_unspecified"]);
    // WS/T 586: a girl of 13.0 is overweight from 22.2 (a known wrong copy says 22.6).
    check(
        pupil(Sex::F, 156, 0),
        &[("height_cm", "100"), ("weight_kg", "22.2")],
        &["pupil_weight/overweight"],
    );
    check(pupil(Sex::F, 156, 0), &[("height_cm", "100"), ("weight_kg", "22.1")], &[]);
    // WS/T 610: a girl of 15 in the group P5 has P95 at 122 (a known wrong copy says 121).
    let girl = |sbp| [("height_cm", "150"), ("sbp1_mmhg", sbp), ("dbp1_mmhg", "60")];
    check(pupil(Sex::F, 180, 0), &girl("121"), &["pupil_bp/bp_high_normal"]);
    check(pupil(Sex::F, 180, 0), &girl("122"), &["pupil_bp/bp_p95"]);
    check(
        pupil(Sex::M, 126, 0),
        &[("vision_right", "5.0"), ("vision_left", "4.5")],
        &["pupil_vision/low_severe"],
    );
    check(pupil(Sex::M, 126, 0), &[("vision_right", "4.9")], &["pupil_vision/low_mild"]);
}

/// student_form.md section 4: vision without glasses says nothing of whoever wears orthokeratology lenses at night.
#[test]
fn vision_is_not_judged_behind_orthokeratology_lenses() {
    let of = |glasses| {
        let cells = [("vision_right", "4.5"), ("vision_left", "5.0"), ("glasses", glasses)];
        classes(&pupil(Sex::M, 126, 0), &cells)
    };
    assert_eq!(of("orthok"), set(&["pupil_myopia/myopia"]));
    for glasses in ["frame", "contact", "none"] {
        assert_eq!(of(glasses), set(&["pupil_vision/low_severe"]), "{glasses}");
    }
}

/// followup.md sections 1 and 2, every class of both rules, and what stands beside it and is none of them.
#[test]
fn signs_of_tumour_and_tuberculosis_are_as_they_are_written_down() {
    let check = |subject: &Subject, item: &str, answer: &str, expected: &[&str]| {
        assert_eq!(classes(subject, &[(item, answer)]), set(expected), "{item} {answer}");
    };
    for subject in [resident(Sex::F), pupil(Sex::F, 150, 0)] {
        check(&subject, "fobt", "阳性", &["tumour_sign/fobt_positive"]);
        check(&subject, "fobt", "阴性", &[]);
        check(&subject, "lymph_nodes", "锁骨上", &["tumour_sign/supraclavicular_node"]);
        check(&subject, "lymph_nodes", "腋窝", &[]);
        check(&subject, "lymph_nodes", "未触及", &[]);
        check(&subject, "rectal_exam", "包块", &["tumour_sign/rectal_mass"]);
        check(&subject, "rectal_exam", "触痛", &[]);
        check(&subject, "breast", "乳腺包块", &["tumour_sign/breast_lump"]);
        check(&subject, "breast", "异常泌乳、乳腺包块", &["tumour_sign/breast_lump"]);
        check(&subject, "breast", "异常泌乳", &[]);
    }
    let child = pupil(Sex::M, 150, 0);
    check(&child, "tb_contact", "有", &["tb_suspected/tb_contact"]);
    check(&child, "tb_contact", "无", &[]);
    for symptom in ["咳嗽咳痰2周以上", "咯血或血痰", "发热", "盗汗", "胸痛", "不明原因消瘦"]
    {
        check(&child, "tb_symptoms", symptom, &["tb_suspected/tb_symptoms"]);
    }
    check(&child, "tb_symptoms", "无", &[]);
    check(&child, "tb_infection_test", "强阳性", &["tb_suspected/tb_test_strong"]);
    check(&child, "tb_infection_test", "阳性", &[]);
    // The pupils' rule alone: nobody asks a resident.
    check(&resident(Sex::M), "tb_contact", "有", &[]);
}

/// lipids_2023.csv: non-HDL-C 4.1 and 4.9, of TC less HDL-C.
#[test]
fn non_hdl_cholesterol_has_two_sides_at_both_limits() {
    let of = |tc, hdl| {
        let all = classes(&resident(Sex::M), &[("tc_mmol_l", tc), ("hdl_mmol_l", hdl)]);
        all.into_iter().filter(|name| name.contains("non_hdl")).collect::<Vec<_>>()
    };
    assert_eq!(of("5.09", "1"), [] as [&str; 0]);
    assert_eq!(of("5.1", "1"), ["lipids/non_hdl_borderline"]);
    assert_eq!(of("5.89", "1"), ["lipids/non_hdl_borderline"]);
    assert_eq!(of("5.9", "1"), ["lipids/non_hdl_high"]);
    let alone = classes(&resident(Sex::M), &[("tc_mmol_l", "9.9")]);
    assert!(!alone.iter().any(|name| name.contains("non_hdl")), "one part is no difference");
}

fn bp<'a>(sbp: &'a str, dbp: &'a str) -> [(&'static str, &'a str); 2] {
    [("sbp1_mmhg", sbp), ("dbp1_mmhg", dbp)]
}

fn four<'a>(
    sbp1: &'a str,
    dbp1: &'a str,
    sbp2: &'a str,
    dbp2: &'a str,
) -> [(&'static str, &'a str); 4] {
    [("sbp1_mmhg", sbp1), ("dbp1_mmhg", dbp1), ("sbp2_mmhg", sbp2), ("dbp2_mmhg", dbp2)]
}

#[test]
fn pupils_pressure_is_judged_from_seven_and_by_adult_limits_from_eighteen() {
    let high = [("height_cm", "120"), ("sbp1_mmhg", "150"), ("dbp1_mmhg", "70")];
    // 6 years and 5 months rounds to 6, 6 years and 6 months to 7.
    assert_eq!(classes(&pupil(Sex::M, 77, 30), &high), set(&[]));
    assert_eq!(classes(&pupil(Sex::M, 78, 0), &high), set(&["pupil_bp/bp_p95"]));
    // 17 years and 6 months rounds to 18: no height needed, 139 is high normal, 140 is above.
    let of = |months, sbp| {
        let cells = [("sbp1_mmhg", sbp), ("dbp1_mmhg", "70")];
        classes(&pupil(Sex::F, months, 0), &cells)
    };
    assert_eq!(of(209, "139"), set(&[]), "below 18 the height is needed");
    assert_eq!(of(210, "119"), set(&[]));
    assert_eq!(of(210, "139"), set(&["pupil_bp/bp_high_normal"]));
    assert_eq!(of(210, "140"), set(&["pupil_bp/bp_p95"]));
}

#[test]
fn pupils_weight_is_judged_from_six_and_as_an_adults_from_eighteen_and_a_half() {
    let heavy = [("height_cm", "100"), ("weight_kg", "28.0")];
    // A metre is short at any of these ages: that is another rule.
    let classes = |subject: &Subject, cells: &[(&str, &str)]| {
        let all = classes(subject, cells).into_iter();
        all.filter(|name| !name.starts_with("pupil_nutrition") && !name.starts_with("pupil_height"))
            .collect::<std::collections::BTreeSet<_>>()
    };
    let last_day_of_five = pupil(Sex::M, 71, 29);
    assert_eq!(classes(&last_day_of_five, &heavy), set(&[]));
    assert_eq!(classes(&pupil(Sex::M, 72, 0), &heavy), set(&["pupil_weight/obese"]));
    assert_eq!(classes(&pupil(Sex::M, 221, 28), &heavy), set(&["pupil_weight/obese"]));
    assert_eq!(classes(&pupil(Sex::M, 222, 0), &heavy), set(&["adult_bmi/obese"]));
}

#[test]
fn one_glucose_is_judged_once_whether_it_was_fasting_is_unanswered_answered_or_in_conflict() {
    use domain::facts::CurrentValue;
    use domain::rule::judge_current;
    use domain::value::Value;
    use std::collections::BTreeMap;
    let cat = Catalogue::builtin();
    let item = |key: &str| cat.item_by_key(key).unwrap();
    let glucose = |text: &str| Value::Number(domain::value::Decimal::parse(text).unwrap());
    let subject = Subject {
        kind: domain::facts::PersonKind::Resident,
        sex: Some(Sex::M),
        birth: Some(born(600)),
        day: day(STOP_DAY),
    };
    let answer = |key: &str| Value::Choice(item("fasting").choice(key).unwrap().code);
    let codes = |value: &str, answers: &[&str]| -> Vec<String> {
        let current = |value: Value| CurrentValue { value, unusual: false };
        let mut values =
            BTreeMap::from([(item("glucose_mmol_l").code, vec![current(glucose(value))])]);
        let said: Vec<_> = answers.iter().map(|key| current(answer(key))).collect();
        if !said.is_empty() {
            values.insert(item("fasting").code, said);
        }
        let judged = judge_current(cat, &subject, &values);
        judged.iter().map(|one| format!("{}/{}", one.rule, one.code)).collect()
    };
    for (value, fasting, random, both) in [
        ("17.5", "glucose_fasting/critical", "glucose_random/critical", "glucose_fasting/critical"),
        (
            "2.5",
            "glucose_fasting/hypoglycaemia",
            "glucose_random/hypoglycaemia",
            "glucose_fasting/hypoglycaemia",
        ),
        ("12.0", "glucose_fasting/raised", "glucose_random/raised", "glucose_fasting/raised"),
    ] {
        assert_eq!(codes(value, &[]), [random], "{value} without an answer");
        assert_eq!(codes(value, &["no"]), [random], "{value}");
        assert_eq!(codes(value, &["yes"]), [fasting], "{value}");
        assert_eq!(codes(value, &["yes", "no"]), [both], "{value}: two say otherwise, one finding");
    }
    // Control: the worse of the two counts, and nothing is lost for the other's silence.
    assert_eq!(codes("7.2", &["no"]), Vec::<String>::new());
    assert_eq!(codes("7.2", &["yes", "no"]), ["glucose_fasting/raised"]);
}
