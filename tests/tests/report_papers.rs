//! Reports at their longest through the real program: a person with more than twelve findings, the longest advice and a table
//! over three pages, read back by pdftotext, the same from device and server.
#![allow(clippy::unwrap_used)]

use domain::catalogue::{Catalogue, ItemKind};
use domain::conclusion::ADVICE_CHARS_MAX;
use serde_json::Value;
use std::path::Path;
use stories::cast::VILLAGE;
use stories::printed::words;
use stories::program::Words;
use stories::samples::Sheet;
use stories::stage::{MEASURED, Stage, people};

const DOCTOR: &str = "zhao6";
/// Values far out, of levels A, B and C.
const FAR_OUT: [(&str, &str); 20] = [
    ("height_cm", "150"),
    ("weight_kg", "80"),
    ("waist_cm", "110"),
    ("sbp1_mmhg", "190"),
    ("dbp1_mmhg", "112"),
    ("fasting", "yes"),
    ("known_hypertension", "no"),
    ("known_diabetes", "no"),
    ("glucose_mmol_l", "17.5"),
    ("tc_mmol_l", "7.0"),
    ("tg_mmol_l", "6.0"),
    ("hdl_mmol_l", "0.8"),
    ("ldl_mmol_l", "5.0"),
    ("hb_g_l", "75"),
    ("urine_protein", "3+"),
    ("urine_glucose", "3+"),
    ("urine_blood", "3+"),
    ("uric_acid_umol_l", "600"),
    ("wbc_10e9_l", "6.1"),
    ("plt_10e9_l", "210"),
];
/// What makes the table long: questions and texts of the whole form, by the beginning of their keys.
const LONG: [&str; 14] = [
    "tcm_q",
    "selfcare_",
    "lips",
    "throat",
    "hearing",
    "movement",
    "skin",
    "sclera",
    "barrel",
    "medicine",
    "hospital",
    "homebed",
    "vaccine",
    "breath_sounds",
];

/// A row of one person with these values; every heading is there.
fn sheet(row: usize) -> Sheet {
    let catalogue = Catalogue::builtin();
    let mut one = people();
    one.rows = vec![one.rows[row].clone()];
    let first = one.column("exam_date") + 1;
    one.rows[0][first..].iter_mut().for_each(String::clear);
    let mut put = |key: &str, text: &str| {
        if !one.headings.iter().any(|heading| heading == key) {
            one.headings.push(key.to_owned());
            one.rows[0].push(String::new());
        }
        one.set(0, key, text);
    };
    FAR_OUT.iter().for_each(|(key, text)| put(key, text));
    let is_long = |key: &str| LONG.iter().any(|begin| key.starts_with(begin));
    for item in catalogue.items.iter().filter(|item| is_long(&item.key)) {
        if item.derived || item.shown_if.is_some() || item.sex.is_some() {
            continue;
        }
        match &item.kind {
            ItemKind::Choice { .. } => put(&item.key, &item.choices()[0].key),
            ItemKind::Text { .. } if !item.key.ends_with("_day") => put(&item.key, "按医生说的"),
            _ => {}
        }
    }
    one
}

fn report(stage: &Stage, words: Words, row: usize, out: &Path) -> Value {
    let id = people().cell(row, "id_number").to_owned();
    let words = words.with("--round", &stage.round).with("--unit", VILLAGE);
    words.with("--which", "final").with("--person", id).with("--out", out).ask().answer()
}

#[test]
fn twelve_findings_the_longest_advice_and_a_table_over_three_pages_are_all_on_the_paper() {
    let stage = Stage::new();
    let add = stage.of_server("operator add").with("--account", DOCTOR).with("--name", "赵六");
    add.with("--role", "doctor").ask().answer();
    stage.of_device("sync").ask().answer();
    let row = MEASURED;
    let file = sheet(row).write(stage.folder.path(), "long.csv");
    let recorded = stage.record(&file).ask().answer();
    assert_eq!(recorded["people"], 1, "{recorded}");
    let advice: String =
        (0..ADVICE_CHARS_MAX / 10).map(|at| format!("第{at:03}条少盐多动。")).collect();
    assert_eq!(advice.chars().count(), ADVICE_CHARS_MAX);
    let sign = stage.of_device("conclude sign").with("--round", &stage.round);
    let sign = sign.with("--person", people().cell(row, "id_number")).with("--operator", DOCTOR);
    let signed = sign.with("--day", "2026-09-20").with("--advice", &advice).and("--accept-rest");
    signed.ask().answer();
    stage.of_device("sync").ask().answer();

    let (here, there) = (stage.path("here.pdf"), stage.path("there.pdf"));
    let made = report(&stage, stage.of_device("report person"), row, &here);
    assert_eq!((made["people"].as_u64(), made["signed"].as_u64()), (Some(1), Some(1)));
    report(&stage, stage.of_server("report person"), row, &there);
    assert!(std::fs::read(&here).unwrap() == std::fs::read(&there).unwrap(), "not the same paper");
    let text = words(&here);
    let close = text.replace([' ', '\n', '\u{c}'], "");
    let missing: Vec<usize> =
        (0..ADVICE_CHARS_MAX / 10).filter(|at| !close.contains(&format!("第{at:03}条"))).collect();
    assert_eq!(missing, Vec::<usize>::new(), "advice that is not on the paper");
    let table = text.split('\u{c}').filter(|page| page.replace(' ', "").contains("参考范围"));
    assert!(table.count() >= 3, "the table is not over three pages");
    let shown = stage.of_device("conclude show").with("--round", &stage.round);
    let shown = shown.with("--person", people().cell(row, "id_number")).ask().answer();
    let findings = shown["proposed"].as_array().unwrap();
    assert!(findings.len() >= 12, "{} findings", findings.len());
    for one in findings {
        let (rule, code) = (one["rule"].as_str().unwrap(), one["code"].as_str().unwrap());
        let level = Catalogue::builtin().level(rule, code).unwrap();
        let mut rest = level.said_to_person().replace(' ', "");
        // A cell breaks its words over lines, with the other cells of the row between.
        rest.truncate(rest.char_indices().nth(4).map_or(rest.len(), |(at, _)| at));
        assert!(close.contains(&rest), "{rest}");
    }
    for part in ["什么时候：还没有看过的，现在就去", "带上：本报告", "总检医生：赵六"]
    {
        assert!(close.contains(part), "{part}");
    }
    assert!(!close.contains("静坐后复测"), "words between staff");
}
