//! The laboratory: both sides of every interval for each sex and age band, the critical limits, eGFR, and a laboratory's own
//! range that wins.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;
#[path = "common/oracle.rs"]
mod oracle;
#[path = "common/oracle_more.rs"]
mod oracle_more;

use chrono::{Days, Months};
use common::{
    Row, STOP_DAY, classes, day, from_milli, judged, milli, pupil, resident, row_of, set, table,
};
use domain::catalogue::Catalogue;
use domain::check::Subject;
use domain::facts::Sex;
use domain::lab::read_range;
use domain::rule::{Mark, Measured, OwnRange, interval, judge_measured, mark};
use domain::tube::{TubeState, state_words};
use domain::value::{Decimal, Value};
use oracle::Oracle;
use std::collections::{BTreeMap, BTreeSet};

fn born(months: u32) -> chrono::NaiveDate {
    day(STOP_DAY) - Months::new(months)
}

fn agree(oracle: &Oracle, row: &Row) -> BTreeSet<(String, String, String)> {
    let ours = judged(Catalogue::builtin(), row);
    assert_eq!(ours, oracle.classify(row), "{row:?}");
    ours
}

/// Analyte of the table, item of the catalogue, one step of the item in thousandths.
const ITEMS: [(&str, &str, i64); 22] = [
    ("WBC", "wbc_10e9_l", 10),
    ("RBC", "rbc_10e12_l", 10),
    ("Hb", "hb_g_l", 100),
    ("HCT", "hct_l_l", 1),
    ("PLT", "plt_10e9_l", 1000),
    ("MCV", "mcv_fl", 100),
    ("MCH", "mch_pg", 100),
    ("MCHC", "mchc_g_l", 1000),
    ("NEUT#", "neutrophils_10e9_l", 10),
    ("LYMPH#", "lymphocytes_10e9_l", 10),
    ("ALT", "alt_u_l", 100),
    ("AST", "ast_u_l", 100),
    ("GGT", "ggt_u_l", 100),
    ("TP", "total_protein_g_l", 100),
    ("ALB", "albumin_g_l", 100),
    ("TBIL", "tbil_umol_l", 100),
    ("DBIL", "dbil_umol_l", 100),
    ("creatinine", "creatinine_umol_l", 100),
    ("urea", "urea_mmol_l", 10),
    ("K", "potassium_mmol_l", 10),
    ("Na", "sodium_mmol_l", 100),
    ("Cl", "chloride_mmol_l", 100),
];

#[test]
fn each_row_of_the_intervals_has_two_sides_in_its_first_and_last_year_or_is_off() {
    let oracle = Oracle::new();
    let mut off = Vec::new();
    let mut judged_rows = 0;
    for row in table("lab_reference_intervals_adult.csv") {
        let Some((_, item, step)) = ITEMS.iter().find(|(analyte, _, _)| *analyte == row["analyte"])
        else {
            continue;
        };
        let first: u32 = row["age_min"].parse().unwrap();
        let last: u32 = row["age_max"].parse().unwrap_or(99);
        let recalled = row["status"].contains("memory");
        let sexes = if row["sex"].is_empty() { vec!["M", "F"] } else { vec![row["sex"].as_str()] };
        for (column, outside) in [("low", -step), ("high", *step)] {
            if row[column].is_empty() {
                continue;
            }
            let limit = milli(&row[column]);
            for sex in &sexes {
                for birth in [born(first * 12), born((last + 1) * 12) + Days::new(1)] {
                    let of = |value: i64| {
                        let value = from_milli(value);
                        agree(&oracle, &row_of("resident", sex, birth, &[(item, &value)]))
                    };
                    let (within, beyond) = (of(limit), of(limit + outside));
                    let named = |classes: &BTreeSet<(String, String, String)>| {
                        let end = format!("_{column}");
                        classes.iter().any(|(_, code, _)| code.ends_with(&end))
                    };
                    assert!(!named(&within), "{row:?} {sex}");
                    if recalled {
                        assert!(!named(&beyond), "{row:?} {sex} is from memory");
                    } else if named(&beyond) {
                        judged_rows += 1;
                    }
                }
            }
        }
        if recalled {
            off.push(format!("{} {}", row["analyte"], row["sex"]));
        }
    }
    assert!(judged_rows > 80, "{judged_rows}");
    assert_eq!(
        off,
        ["MCV ", "GGT M", "GGT F", "TBIL M", "TBIL F", "urea M", "urea F"],
        "what its own row calls memory"
    );
}

#[test]
fn each_critical_limit_has_two_sides_at_any_age() {
    let oracle = Oracle::new();
    // item, limit in thousandths, step to the side that is not critical, code
    let rows: [(&str, i64, i64, &str); 15] = [
        ("pulse_per_min", 45_000, 1000, "slow_critical"),
        ("pulse_per_min", 150_000, -1000, "fast_critical"),
        ("heart_rate_per_min", 45_000, 1000, "slow_critical"),
        ("heart_rate_per_min", 150_000, -1000, "fast_critical"),
        ("plt_10e9_l", 30_000, 1000, "plt_low_critical"),
        ("wbc_10e9_l", 1000, 10, "wbc_low_critical"),
        ("wbc_10e9_l", 30_000, -10, "wbc_high_critical"),
        ("potassium_mmol_l", 2500, 10, "potassium_low_critical"),
        ("potassium_mmol_l", 6500, -10, "potassium_high_critical"),
        ("sodium_mmol_l", 120_000, 100, "sodium_low_critical"),
        ("sodium_mmol_l", 160_000, -100, "sodium_high_critical"),
        ("creatinine_umol_l", 707_000, -100, "creatinine_critical"),
        ("alt_u_l", 600_000, -100, "alt_critical"),
        ("ast_u_l", 600_000, -100, "ast_critical"),
        ("tbil_umol_l", 171_000, -100, "tbil_critical"),
    ];
    for (item, limit, step, code) in rows {
        for (kind, months) in [("resident", 600), ("resident", 85 * 12), ("student", 126)] {
            let of = |value: i64| {
                let value = from_milli(value);
                agree(&oracle, &row_of(kind, "F", born(months), &[(item, &value)]))
            };
            let has = |classes: BTreeSet<(String, String, String)>| {
                classes.iter().any(|(_, named, level)| named == code && level == "A")
            };
            assert!(has(of(limit)), "{item} {code}");
            assert!(!has(of(limit + step)), "{item} {code}");
        }
    }
}

#[test]
fn uric_acid_is_high_above_its_limit_not_at_it() {
    let of = |value: &str| classes(&resident(Sex::F), &[("uric_acid_umol_l", value)]);
    assert_eq!(of("420"), set(&[]));
    assert_eq!(of("420.1"), set(&["uric_acid/uric_acid_high"]));
}

#[test]
fn egfr_is_that_of_the_tables_test_vectors() {
    let kidney = Catalogue::builtin().kidney.as_ref().unwrap();
    let mut checked = 0;
    for row in table("egfr_ckdepi.csv") {
        if row["kind"] != "test vector" || row["equation"] != "CKD-EPI 2021" {
            continue;
        }
        let sex = if row["sex"] == "M" { Sex::M } else { Sex::F };
        let years: i32 = row["tv_age"].parse().unwrap();
        let creatinine = Decimal::parse(&row["tv_scr_umol"]).unwrap();
        let egfr = kidney.egfr(sex, years * 12, creatinine).unwrap();
        assert_eq!(egfr.to_string(), row["tv_egfr"], "{row:?}");
        checked += 1;
    }
    assert_eq!(checked, 6);
    assert_eq!(kidney.egfr(Sex::M, 18 * 12 - 1, Decimal::new(80, 0)), None, "for adults");
    assert_eq!(kidney.egfr(Sex::M, 600, Decimal::new(0, 0)), None);
}

/// Whole numbers here, floats there: the same hundredth for every creatinine a body gives.
#[test]
fn egfr_in_whole_numbers_is_that_in_floats() {
    let oracle = Oracle::new();
    let kidney = Catalogue::builtin().kidney.as_ref().unwrap();
    for (sex, name) in [(Sex::M, "M"), (Sex::F, "F")] {
        for years in (18..100).step_by(9) {
            for tenths in (100..15_000).step_by(37) {
                let ours = kidney.egfr(sex, years * 12, Decimal::new(tenths, 1)).unwrap();
                let theirs = oracle.egfr(name, i64::from(years), tenths * 100);
                assert_eq!(ours, Decimal::new(theirs, 2), "{name} {years} {tenths}");
            }
        }
    }
}

#[test]
fn each_stage_of_egfr_has_two_sides() {
    let oracle = Oracle::new();
    let kidney = Catalogue::builtin().kidney.as_ref().unwrap();
    for (sex, name) in [(Sex::M, "M"), (Sex::F, "F")] {
        for years in [18, 45, 79, 80, 95] {
            for stage in [90, 60, 45, 30, 15] {
                // The lowest creatinine of the worse stage.
                let below = |tenths: &i64| {
                    let egfr = kidney.egfr(sex, years * 12, Decimal::new(*tenths, 1)).unwrap();
                    egfr < Decimal::new(stage, 0)
                };
                let worse = (100..20_000).find(below).unwrap();
                let months = u32::try_from(years).unwrap() * 12;
                let stage_of = |tenths: i64| {
                    let cell = from_milli(tenths * 100);
                    let row =
                        row_of("resident", name, born(months), &[("creatinine_umol_l", &cell)]);
                    let all = agree(&oracle, &row);
                    all.into_iter().find(|class| class.1.starts_with("egfr")).unwrap().1
                };
                assert_ne!(stage_of(worse), stage_of(worse - 1), "{name} {years} {stage}");
            }
        }
    }
}

fn with_own(subject: &Subject, key: &str, text: &str, low: &str, high: &str) -> BTreeSet<String> {
    with_range(subject, key, text, OwnRange::closed(Decimal::parse(low), Decimal::parse(high)))
}

fn with_range(subject: &Subject, key: &str, text: &str, own: OwnRange) -> BTreeSet<String> {
    let cat = Catalogue::builtin();
    let item = cat.item_by_key(key).unwrap().code;
    let value = Value::Number(Decimal::parse(text).unwrap());
    let measured = vec![Measured { own: Some(own), ..Measured::plain(&value) }];
    let judged = judge_measured(cat, subject, &BTreeMap::from([(item, measured)]));
    common::names(&judged)
}

#[test]
fn a_tumour_marker_is_a_finding_by_the_printed_range_alone_and_by_no_number_of_ours() {
    let who = [resident(Sex::M), resident(Sex::F)];
    for (key, class) in
        [("cea_ng_ml", "tumour_sign/cea_high"), ("afp_ng_ml", "tumour_sign/afp_high")]
    {
        let check = |text: &str, printed: Option<&str>, expected: &[&str]| {
            for one in &who {
                let found = match printed {
                    None => classes(one, &[(key, text)]),
                    Some(range) => with_range(one, key, text, read_range(range).unwrap().unwrap()),
                };
                assert_eq!(found, set(expected), "{key} {text} {printed:?}");
            }
        };
        // Without a range nothing is said, however high.
        check("9999", None, &[]);
        check("5.01", Some("0-5"), &[class]);
        check("5", Some("0-5"), &[]);
        check("5", Some("<5"), &[class]);
        check("4.99", Some("<5"), &[]);
        // Below is no sign of anything, and a range without an upper end no limit.
        check("0.1", Some("0.5-5"), &[]);
        check("9999", Some(">0.5"), &[]);
        let level = Catalogue::builtin()
            .levels
            .iter()
            .find(|one| class.ends_with(&format!("/{}", one.code)));
        let level = level.unwrap();
        assert_eq!((level.level.key(), level.due_days), ("B", Some(14)), "as followup.md has it");
    }
}

#[test]
fn the_laboratorys_own_range_wins() {
    let man = resident(Sex::M);
    let high = set(&["liver/alt_high"]);
    // The table says 9-50.
    assert_eq!(classes(&man, &[("alt_u_l", "55")]), high);
    assert_eq!(with_own(&man, "alt_u_l", "55", "9", "60"), set(&[]));
    assert_eq!(with_own(&man, "alt_u_l", "45", "5", "40"), high);
    assert_eq!(with_own(&man, "alt_u_l", "40", "5", "40"), set(&[]), "the end itself is within");
    // Unless it was printed as `<40` or `>4`.
    let printed = |text: &str| read_range(text).unwrap().unwrap();
    assert_eq!(with_range(&man, "alt_u_l", "40", printed("<40")), high);
    assert_eq!(with_range(&man, "alt_u_l", "39.9", printed("<40")), set(&[]));
    assert_eq!(with_range(&man, "alt_u_l", "40", printed("≤40")), set(&[]));
    let few = |range| with_range(&man, "wbc_10e9_l", "4", printed(range)).len();
    assert_eq!((few(">4"), few("≥4")), (1, 0));
    // An end that the laboratory does not print is no limit.
    assert_eq!(with_own(&man, "wbc_10e9_l", "20", "4", ""), set(&[]));
    // Where no row of ours fits, theirs does: a pupil, someone of 85, and what is from memory here.
    assert_eq!(classes(&pupil(Sex::M, 126, 0), &[("alt_u_l", "55")]), set(&[]));
    assert_eq!(with_own(&pupil(Sex::M, 126, 0), "alt_u_l", "55", "7", "30"), high);
    // A critical limit is no interval: it stays.
    assert_eq!(with_own(&man, "alt_u_l", "600", "9", "700"), set(&["liver/alt_critical"]));
    // Of two values each has its own range.
    let cat = Catalogue::builtin();
    let item = cat.item_by_key("alt_u_l").unwrap().code;
    let values = [45, 55].map(|n| Value::Number(Decimal::new(n, 0)));
    let own = |high| Some(OwnRange::closed(None, Some(Decimal::new(high, 0))));
    let judge = |first, second| {
        let both = vec![
            Measured { own: first, ..Measured::plain(&values[0]) },
            Measured { own: second, ..Measured::plain(&values[1]) },
        ];
        common::names(&judge_measured(cat, &man, &BTreeMap::from([(item, both)])))
    };
    assert_eq!(judge(own(50), own(60)), set(&[]));
    assert_eq!(judge(own(40), own(60)), high);
}

#[test]
fn the_interval_beside_a_number_is_the_laboratorys_or_ours() {
    let cat = Catalogue::builtin();
    let item = cat.item_by_key("creatinine_umol_l").unwrap().code;
    let subject = |years: u32| Subject { birth: Some(born(years * 12)), ..resident(Sex::F) };
    let ends = |years: u32| {
        let interval = interval(cat, &subject(years), item, &|_| true, None);
        interval.map(|one| (one.low.unwrap().to_string(), one.high.unwrap().to_string()))
    };
    assert_eq!(ends(59), Some(("41".to_owned(), "73".to_owned())));
    assert_eq!(ends(60), Some(("41".to_owned(), "81".to_owned())));
    assert_eq!((ends(19), ends(80)), (None, None), "no row: none is made up");
    let own = OwnRange::closed(None, Some(Decimal::new(90, 0)));
    let theirs = interval(cat, &subject(85), item, &|_| true, Some(own)).unwrap();
    assert!(theirs.is_own && theirs.low.is_none());
    assert_eq!(mark(&theirs, Decimal::new(90, 0)), Mark::Within);
    assert_eq!(mark(&theirs, Decimal::new(901, 1)), Mark::High);
    // Printed as `<90` the end itself is too much.
    let open = OwnRange { is_high_open: true, ..own };
    let open = interval(cat, &subject(85), item, &|_| true, Some(open)).unwrap();
    assert_eq!(mark(&open, Decimal::new(90, 0)), Mark::High);
    assert_eq!(mark(&open, Decimal::new(899, 1)), Mark::Within);
    let ours = interval(cat, &subject(50), item, &|_| true, None).unwrap();
    assert_eq!(mark(&ours, Decimal::new(409, 1)), Mark::Low);
}

/// The control: an interval and a critical limit moved by one step are noticed.
#[test]
fn a_moved_interval_is_noticed() {
    let oracle = Oracle::new();
    for (name, from, to, item, value) in [
        (
            "lab_reference_intervals_adult.csv",
            "20,59,57,97,",
            "20,59,57,98,",
            "creatinine_umol_l",
            "97.5",
        ),
        (
            "lab_reference_intervals_adult.csv",
            "K,mmol/L,,20,79,3.5,",
            "K,mmol/L,,20,79,3.6,",
            "potassium_mmol_l",
            "3.55",
        ),
        (
            "critical_values_screening.csv",
            "K,mmol/L,2.5,6.5",
            "K,mmol/L,2.5,6.4",
            "potassium_mmol_l",
            "6.45",
        ),
        (
            "egfr_ckdepi.csv",
            "CKD-EPI 2021,M,142,0.9,-0.302,-1.2,",
            "CKD-EPI 2021,M,132,0.9,-0.302,-1.2,",
            "creatinine_umol_l",
            "120",
        ),
        ("limits_in_words.csv", "G2 from,60,", "G2 from,62,", "creatinine_umol_l", "124"),
        ("uric_acid.csv", "(现行),,420", "(现行),,421", "uric_acid_umol_l", "420.5"),
    ] {
        let mut sources = domain::catalogue::Sources::builtin();
        let (_, text) = sources.tables.iter_mut().find(|(table, _)| *table == name).unwrap();
        assert_eq!(text.matches(from).count(), 1, "{name}: {from}");
        *text = text.replace(from, to).into();
        let changed = Catalogue::load(&sources).unwrap();
        let row = row_of("resident", "M", born(50 * 12), &[(item, value)]);
        assert_eq!(judged(Catalogue::builtin(), &row), oracle.classify(&row));
        assert_ne!(judged(&changed, &row), oracle.classify(&row), "{from} -> {to}");
    }
}

#[test]
fn a_tube_of_which_a_part_is_back_says_how_much() {
    let check = |state, answered, words: &str| {
        assert_eq!(state_words(state, answered, 5), words, "{answered}");
    };
    check(TubeState::Reported, 2, "部分已回报（2/5）");
    check(TubeState::Reported, 4, "部分已回报（4/5）");
    // The control: all of it, and the other states.
    check(TubeState::Reported, 5, "已回报");
    check(TubeState::Awaited, 0, "待回报");
    check(TubeState::Redraw, 0, "需重采");
    check(TubeState::NotDrawn, 2, "未检");
}
