//! Every row of every verified table says something: another number in it makes another catalogue, in a class, a scale, an
//! interval or a band that is on. What is read elsewhere, or by nothing, stands in a list with its reason.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{Row, milli, table};
use domain::catalogue::{Catalogue, Condition, Limit, RowKey, Sources};
use domain::facts::Sex;
use std::collections::BTreeSet;

/// Tables that are present and off.
const OFF: [(&str, &str); 2] = [
    ("wst611_2018_waist_p75_p90.csv", "UNVERIFIED: recalled"),
    ("cn_htn_guideline_2018_child_bp_simplified.csv", "SINGLE SOURCE and recalled"),
];

/// Rows that no class, scale, interval or band reads: table, the beginning of the row, why.
const ELSEWHERE: &[(&str, &str, &str)] = &[
    (
        "gbt16133_2014_scoliosis_rule.csv",
        "",
        "steps in words: their numbers are rows of limits_in_words.csv; the steps are the classes of pupil_spine and derived::spine_result",
    ),
    (
        "wst663_2020_myopia_screening.csv",
        "",
        "rules in words: their numbers are rows of limits_in_words.csv; degrees and pre-myopia are off",
    ),
    ("vision_levels.csv", "", "a band is read by its best line; decimals are read by slip::likely"),
    ("glucose_diabetes.csv", "OGTT_2h", "nobody drinks glucose at a stop: there is no item"),
    (
        "glucose_diabetes.csv",
        "FPG,低血糖(非糖尿病)",
        "the critical value 2.8 is read, at or below, as finding_levels.csv says",
    ),
    ("glucose_diabetes.csv", "HbA1c", "recalled: off"),
    (
        "critical_values_screening.csv",
        "abdomen",
        "words: the phrases that lead to department/acute_abdomen",
    ),
    ("critical_values_screening.csv", "eye", "words: the choices of eye_signs"),
    ("critical_values_screening.csv", "ENT", "words: the choices of ent_signs"),
    ("tcm_constitution_33.csv", "", "read whole by derived: scales.rs holds its test vectors"),
    (
        "finding_levels.csv",
        "",
        "no numbers of medicine: every row belongs to a class (catalogue.rs)",
    ),
    ("egfr_ckdepi.csv", "CKD-EPI 2009", "recalled: off"),
    ("egfr_ckdepi.csv", "CKD-EPI 2021,F,,", "vectors of the equation: laboratory.rs"),
    ("egfr_ckdepi.csv", "CKD-EPI 2021,M,,", "vectors of the equation: laboratory.rs"),
    ("glucose_diabetes.csv", "FPG,正常", "what lies below the first class"),
    (
        "lab_reference_intervals_adult.csv",
        "urate",
        "the limit of uric_acid.csv judges; a second arrow would contradict it",
    ),
    ("lipids_2023.csv", "LDL-C,合适", "what lies below the first class"),
    ("lipids_2023.csv", "LDL-C,理想", "what lies below the first class"),
    ("lipids_2023.csv", "TC,合适", "what lies below the first class"),
    ("lipids_2023.csv", "TG,合适", "what lies below the first class"),
    ("lipids_2023.csv", "non-HDL-C,合适", "what lies below the first class"),
    ("lipids_2023.csv", "non-HDL-C,理想", "what lies below the first class"),
    (
        "plausibility_other.csv",
        "age ",
        "read by grade::is_usual_age, both ends of every grade in its test",
    ),
    ("uric_acid.csv", "旧版", "SETTING: off until a round chooses it"),
];

/// Tables of a row for each sex and age: a row is read where a limit that is on has its key.
const BY_AGE: [&str; 6] = [
    "plausibility_student_height_weight.csv",
    "wst456_2014_stunting_height.csv",
    "wst456_2014_wasting_bmi.csv",
    "wst586_2018_bmi_overweight_obesity.csv",
    "wst610_2018_bp_p90_p95.csv",
    "wst612_2018_height_level.csv",
];

/// The rows of such a table whose key no limit has.
fn silent_by_age(cat: &Catalogue, name: &str, rows: &[Row]) -> Vec<String> {
    let on = cat.rules.iter().filter(|rule| rule.on).flat_map(|rule| &rule.classes);
    let conditions =
        on.filter(|class| class.on).flat_map(|class| class.all.iter().chain(&class.any));
    let of_classes = conditions.filter_map(|condition| match condition {
        Condition::Number { limit, .. } => Some(limit),
        Condition::Choice { .. } | Condition::Phrase { .. } | Condition::Ungraded { .. } => None,
    });
    let bands = cat.items.iter().flat_map(|item| &item.usual);
    let of_bands = bands.flat_map(|band| band.min.iter().chain(&band.max));
    let limits: Vec<&Limit> =
        of_classes.chain(of_bands).filter(|limit| limit.table == name).collect();
    let key = |row: &Row| RowKey {
        sex: row.get("sex").map(|sex| if sex == "M" { Sex::M } else { Sex::F }),
        age_tenths: ["age_half_year", "age_year"]
            .iter()
            .find_map(|column| row.get(*column))
            .map(|age| i32::try_from(milli(age) / 100).unwrap()),
        group: row.get("height_group").cloned(),
    };
    let is_silent = |row: &&Row| limits.iter().all(|limit| limit.get(&key(row)).is_none());
    rows.iter().filter(is_silent).map(|row| format!("{name}: {row:?}")).collect()
}

/// Only what judges anybody: rules and classes that are on, and no table's own text.
fn judging(mut cat: Catalogue) -> Catalogue {
    cat.tables = Vec::new();
    cat.rules.retain(|rule| rule.on);
    for rule in &mut cat.rules {
        rule.classes.retain(|class| class.on);
    }
    cat
}

fn is_number(cell: &str) -> bool {
    let digits = cell.strip_prefix('-').unwrap_or(cell);
    let plain = |c: char| c.is_ascii_digit() || c == '.';
    !digits.is_empty() && digits.chars().all(plain) && digits.chars().any(|c| c != '.')
}

/// The row with each of its numbers another one: 18.5 becomes 18.57, 119 becomes 1197.
fn changed(line: &str) -> Option<String> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
    let record = reader.records().next()?.unwrap();
    let mut is_changed = false;
    let cells: Vec<String> = record
        .iter()
        .map(|cell| {
            let is = is_number(cell);
            is_changed |= is;
            if is { format!("{cell}7") } else { cell.to_owned() }
        })
        .collect();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&cells).unwrap();
    let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
    is_changed.then(|| text.trim_end().to_owned())
}

/// Rows of a table that nothing which is on reads.
fn silent(sources: &Sources, at: usize, now: &Catalogue) -> Vec<String> {
    let (name, text) = &sources.tables[at];
    let lines: Vec<&str> = text.lines().collect();
    let heading = lines.iter().position(|line| !line.starts_with('#')).unwrap();
    let mut silent = Vec::new();
    for (row, line) in lines.iter().enumerate().skip(heading + 1) {
        let is_named = ELSEWHERE.iter().any(|(of, from, _)| of == name && line.starts_with(from));
        // What says of itself that it was recalled may stand and be off.
        if line.is_empty() || is_named || line.contains("memory") {
            continue;
        }
        let is_read = changed(line).is_some_and(|changed| {
            let mut other: Vec<&str> = lines.clone();
            other[row] = &changed;
            let mut sources = sources.clone();
            sources.tables[at].1 = format!("{}\n", other.join("\n")).into();
            // A table that no longer loads was read.
            !Catalogue::load(&sources).is_ok_and(|cat| judging(cat) == *now)
        });
        if !is_read {
            silent.push(format!("{name}: {line}"));
        }
    }
    silent
}

#[test]
fn every_row_of_every_verified_table_is_read_or_stands_in_a_list_with_its_reason() {
    let sources = Sources::builtin();
    let now = judging(Catalogue::load(&sources).unwrap());
    let is_off = |name: &str| OFF.iter().any(|(off, _)| *off == name) || BY_AGE.contains(&name);
    let tables: Vec<usize> =
        (0..sources.tables.len()).filter(|at| !is_off(sources.tables[*at].0)).collect();
    let found = std::thread::scope(|scope| {
        let halves = [0, 1].map(|half| {
            let (sources, now) = (&sources, &now);
            let own: Vec<usize> = tables.iter().copied().filter(|at| at % 2 == half).collect();
            scope.spawn(move || {
                own.into_iter().flat_map(|at| silent(sources, at, now)).collect::<Vec<_>>()
            })
        });
        halves.into_iter().flat_map(|half| half.join().unwrap()).collect::<BTreeSet<String>>()
    });
    assert_eq!(found, BTreeSet::new());
    for name in BY_AGE {
        assert_eq!(silent_by_age(Catalogue::builtin(), name, &table(name)), [] as [&str; 0]);
    }
}

/// The control: a row that nothing reads is named.
#[test]
fn a_row_that_nothing_reads_is_named() {
    let mut sources = Sources::builtin();
    let at = sources.tables.iter().position(|(name, _)| *name == "uric_acid.csv").unwrap();
    let text = sources.tables[at].1.trim_end().to_owned();
    let columns = text.lines().rfind(|line| !line.starts_with('#')).unwrap().matches(',').count();
    let new = format!("新的分级{}500", ",".repeat(columns));
    sources.tables[at].1 = format!("{text}\n{new}\n").into();
    let now = judging(Catalogue::load(&sources).unwrap());
    let found = silent(&sources, at, &now);
    assert!(found.iter().any(|row| row.ends_with(&new)), "{found:?}");
    // Of a table by age: a year that no limit has.
    let name = "wst612_2018_height_level.csv";
    let mut rows = table(name);
    rows[0].insert("age_year".to_owned(), "99".to_owned());
    assert_eq!(silent_by_age(Catalogue::builtin(), name, &rows).len(), 1);
}

/// A reason for a row that is gone, or a table that is on again, is no reason.
#[test]
fn every_reason_has_its_row() {
    let sources = Sources::builtin();
    for (table, from, why) in ELSEWHERE {
        let (_, text) = sources.tables.iter().find(|(name, _)| name == table).unwrap();
        let mut rows = text.lines().filter(|line| !line.starts_with('#'));
        assert!(rows.any(|line| line.starts_with(from)) && !why.is_empty(), "{table} {from}");
    }
    for (table, _) in OFF {
        let is_used = |rule: &&domain::catalogue::Rule| {
            rule.on && rule.tables.iter().any(|name| name == table)
        };
        assert!(!Catalogue::builtin().rules.iter().any(|rule| is_used(&rule)), "{table}");
    }
}
