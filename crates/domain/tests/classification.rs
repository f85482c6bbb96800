//! Everyone in the sample measurements is classified as an independent reading of the tables
//! classifies them, and a changed threshold would not go unnoticed.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;
#[path = "common/oracle.rs"]
mod oracle;
#[path = "common/oracle_more.rs"]
mod oracle_more;

use common::{Row, csv_rows, judged, repository_file};
use domain::catalogue::{Catalogue, Sources};
use oracle::{Class, Oracle};
use std::collections::{BTreeMap, BTreeSet};

fn sample_rows() -> Vec<Row> {
    csv_rows(&repository_file("tests/samples/measurements.csv"))
}

#[test]
fn every_sample_person_is_classified_as_the_tables_read() {
    let oracle = Oracle::new();
    let rows = sample_rows();
    assert_eq!(rows.len(), 2158);
    for (at, row) in rows.iter().enumerate() {
        let (ours, theirs) = (judged(Catalogue::builtin(), row), oracle.classify(row));
        assert_eq!(ours, theirs, "row {}", at + 2);
    }
}

/// So that the comparison above is not one of empty sets.
#[test]
fn the_samples_reach_every_class_they_can() {
    let oracle = Oracle::new();
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for row in sample_rows() {
        for (rule, code, _) in oracle.classify(&row) {
            *counts.entry(format!("{rule}/{code}")).or_default() += 1;
        }
    }
    let classes = Catalogue::builtin().levels.iter();
    let names = classes.map(|level| format!("{}/{}", level.rule, level.code));
    // Nobody of the samples has these examined: boundaries, growth, laboratory and scales have their own people.
    let not_examined = [
        "pupil_myopia",
        "pupil_caries",
        "pupil_spine",
        "blood_count",
        "liver",
        "kidney",
        "electrolytes",
        "uric_acid",
        "selfcare",
        "tumour_sign",
        "tb_suspected",
        "critical_bp",
        "critical_glucose",
        "critical_signs",
    ];
    // Nor did anybody write down what a department saw: phrases have rows of their own.
    let is_phrase =
        |name: &String| name.starts_with("department/") && !name.ends_with("/abnormal_unspecified");
    let is_examined =
        |name: &String| !is_phrase(name) && !not_examined.iter().any(|rule| name.starts_with(rule));
    let missing: Vec<String> =
        names.filter(is_examined).filter(|name| !counts.contains_key(name)).collect();
    let expected = [
        "adult_bp/pregnant_raised",
        "glucose_random/hypoglycaemia_diabetic",
        "urine/blood_marked",
        "department/abnormal_unspecified",
        "heart_rate/fast_critical",
    ];
    assert_eq!(missing, expected, "{counts:?}");
}

/// The samples' classes under a catalogue, with one cell of one table replaced.
fn with_changed_cell(name: &str, from: &str, to: &str) -> Catalogue {
    let mut sources = Sources::builtin();
    let (_, text) = sources.tables.iter_mut().find(|(table, _)| *table == name).unwrap();
    assert_eq!(text.matches(from).count(), 1, "{name}: {from} names one row");
    *text = text.replace(from, to).into();
    Catalogue::load(&sources).unwrap()
}

fn differs(cat: &Catalogue, rows: &[Row], expected: &[BTreeSet<Class>]) -> bool {
    rows.iter().zip(expected).any(|(row, expected)| judged(cat, row) != *expected)
}

/// The control of the first test: each of these changes is detected.
#[test]
fn a_changed_threshold_is_detected() {
    let oracle = Oracle::new();
    let rows = sample_rows();
    let expected: Vec<BTreeSet<Class>> = rows.iter().map(|row| oracle.classify(row)).collect();
    let changes = [
        ("adult_bmi_waist_wst428_2013.csv", "BMI,,肥胖,28.0,", "BMI,,肥胖,28.1,"),
        ("adult_bmi_waist_wst428_2013.csv", "BMI,,超重,24.0,", "BMI,,超重,23.9,"),
        ("adult_bmi_waist_wst428_2013.csv", "中心型肥胖,90,", "中心型肥胖,90.1,"),
        ("hypertension_grades_adult.csv", "(轻度),140,", "(轻度),141,"),
        ("hypertension_grades_adult.csv", "and/or,100,", "and/or,101,"),
        ("hypertension_grades_adult.csv", "期高血压,140,,and,,89", "期高血压,140,,and,,88"),
        ("glucose_diabetes.csv", "糖尿病切点,7.0,\nOGTT", "糖尿病切点,7.1,\nOGTT"),
        ("glucose_diabetes.csv", "(IFG),6.1,", "(IFG),6.0,"),
        ("glucose_diabetes.csv", "(有典型症状),11.1,", "(有典型症状),11.2,"),
        ("critical_values_screening.csv", "FPG,mmol/L,2.8,", "FPG,mmol/L,2.7,"),
        ("lipids_2023.csv", "HDL-C,降低,,1.0", "HDL-C,降低,,1.02"),
        ("lipids_2023.csv", "TG,升高,2.3,", "TG,升高,2.31,"),
        ("wst441_2013_anemia_hb.csv", "120,110-119,80-109,80\n孕妇", "120,109-119,80-108,80\n孕妇"),
        ("critical_values_screening.csv", "g/L,60,", "g/L,59,"),
        ("wst610_2018_bp_p90_p95.csv", "M,9,p50,114,", "M,9,p50,115,"),
        ("wst610_2018_bp_p90_p95.csv", "M,15,p25,125,130", "M,15,p25,125,131"),
        ("wst586_2018_bmi_overweight_obesity.csv", "M,15.5,23.1,26.9", "M,15.5,23.2,26.9"),
        ("vision_levels.csv", "4.6,0.4,中度", "4.6,0.4,重度"),
        (
            "finding_levels.csv",
            "adult_bp,grade1,血压升高（140-159/90-99），待复查,B",
            "adult_bp,grade1,血压升高（140-159/90-99），待复查,C",
        ),
    ];
    for (table, from, to) in changes {
        let changed = with_changed_cell(table, from, to);
        assert!(differs(&changed, &rows, &expected), "{table}: {from} -> {to} went unnoticed");
    }
    assert!(!differs(Catalogue::builtin(), &rows, &expected));
}
