//! What the tests of rosters share: the sample files, a day, counts by code, and rosters built cell
//! by cell.
#![allow(dead_code, clippy::unwrap_used)]

use chrono::NaiveDate;
use domain::ids::UnitCode;
use domain::unit::{Unit, UnitKind, UnitTree};
use intake::{RosterReading, Workbook, read_roster, read_workbook};
use std::collections::BTreeMap;

pub fn sample(name: &str) -> Vec<u8> {
    let path = format!("{}/../../tests/samples/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).unwrap()
}

/// The day the samples were measured.
pub fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 9, 14).unwrap()
}

pub fn code(text: &str) -> UnitCode {
    UnitCode(text.to_owned())
}

/// The district with the samples' school in 双江乡 and one that bears a village's name.
pub fn units() -> UnitTree {
    let school = |unit: &str, name: &str| Unit {
        code: code(unit),
        kind: UnitKind::School,
        name: name.to_owned(),
        parent: code(unit).township(),
        health_record_code: None,
    };
    UnitTree::with(vec![
        school("431302204S01", "示例乡中心学校"),
        school("431302105S01", "慕隆村小学"),
    ])
}

/// How often each problem occurs, by its word.
pub fn problem_counts(reading: &RosterReading) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for problem in reading.problems() {
        *counts.entry(problem.code.word()).or_insert(0) += 1;
    }
    counts
}

pub fn counts<const N: usize>(expect: [(&'static str, usize); N]) -> BTreeMap<&'static str, usize> {
    BTreeMap::from(expect)
}

/// A workbook of one sheet from text cells; `#` before a number makes it a numeric cell.
pub fn built(sheet_name: &str, rows: &[&[&str]]) -> Vec<u8> {
    built_sheets(&[(sheet_name, rows)])
}

pub fn built_sheets(sheets: &[(&str, &[&[&str]])]) -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    for (name, rows) in sheets {
        let sheet = workbook.add_worksheet();
        sheet.set_name(*name).unwrap();
        for (row, cells) in (0_u32..).zip(*rows) {
            for (column, cell) in (0_u16..).zip(*cells) {
                match cell.strip_prefix('#').and_then(|number| number.parse::<f64>().ok()) {
                    Some(number) => sheet.write_number(row, column, number).unwrap(),
                    None if cell.is_empty() => sheet,
                    None => sheet.write_string(row, column, *cell).unwrap(),
                };
            }
        }
    }
    workbook.save_to_buffer().unwrap()
}

pub fn opened(file_name: &str, bytes: &[u8]) -> Workbook {
    read_workbook(file_name, bytes).unwrap()
}

pub fn read(file_name: &str, bytes: &[u8]) -> RosterReading {
    read_roster(file_name, &opened(file_name, bytes), &units(), None, today())
}

pub fn read_given(file_name: &str, bytes: &[u8], unit: &str) -> RosterReading {
    read_roster(file_name, &opened(file_name, bytes), &units(), Some(&code(unit)), today())
}

/// Names with their units, in order.
pub fn listed(reading: &RosterReading) -> Vec<(String, String)> {
    let of = |row: &intake::ReadRow| (row.row_facts.details.name.clone(), row.unit.0.clone());
    reading.rows().map(of).collect()
}
