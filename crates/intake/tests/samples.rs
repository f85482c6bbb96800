//! The two sample rosters, counted exactly.
//!
//! The expected numbers come from a short openpyxl script that shares no code with this crate:
//! rows from 4 (residents) or 3 (students); a first cell 合计 is a totals row; no name is a blank row;
//! the ID cell is `id_missing` when None, `id_stored_as_number` when not a str, else NFKC, blanks
//! out, upper case and then length 18, `\d{17}[\dX]`, datetime.date and the check digit in that
//! order; a usable number's 17th digit is compared with the sex column and its date with the birth
//! column; a row is a repetition when its usable number and name, or else its name, birth date and
//! sheet were there before with at most one usable number between the two.
#![allow(clippy::unwrap_used)]

mod common;

use common::{code, counts, opened, problem_counts, read, sample, today, units};
use domain::facts::PersonKind;
use domain::identity::IdNumber;
use intake::{ProblemCode, RosterReading, UnitFound, merge_within};
use std::collections::BTreeSet;

fn usable_ids(reading: &RosterReading, sheet: usize) -> usize {
    let rows = reading.sheets[sheet].rows.iter();
    rows.filter(|row| row.row_facts.details.id_number.is_some()).count()
}

#[test]
fn the_sample_residents_are_read_with_exact_counts() {
    let reading = read("residents.xlsx", &sample("residents.xlsx"));
    let check = |at: usize, name: &str, unit: &str, people: u32, ids: usize, blank: u32| {
        let sheet = &reading.sheets[at];
        assert_eq!(&*sheet.sheet, name);
        assert_eq!(sheet.unit, UnitFound::Found(code(unit)), "{name}");
        assert_eq!((sheet.people, sheet.rows.len()), (people, people as usize), "{name}");
        assert_eq!(usable_ids(&reading, at), ids, "{name}");
        let skipped = (sheet.skipped_blank, sheet.skipped_totals, sheet.skipped_remarks);
        assert_eq!(skipped, (blank, 1, 0), "{name}");
    };
    assert_eq!(reading.sheets.len(), 3);
    check(0, "慕隆村", "431302105205", 317, 301, 1);
    check(1, "新庄村", "431302204207", 403, 385, 3);
    check(2, "同安村", "431302100224", 371, 352, 3);

    let by_sheet = |at: usize| {
        let mut one = reading.clone();
        one.sheets = vec![reading.sheets[at].clone()];
        problem_counts(&one)
    };
    let of_sheet = |check: usize, missing, number, length, sex| {
        counts([
            ("id_check_digit", check),
            ("id_missing", missing),
            ("id_stored_as_number", number),
            ("id_wrong_length", length),
            ("sex_contradicts_id", sex),
        ])
    };
    assert_eq!(by_sheet(0), of_sheet(6, 2, 1, 7, 1));
    assert_eq!(by_sheet(1), of_sheet(6, 1, 5, 6, 1));
    assert_eq!(by_sheet(2), of_sheet(5, 5, 4, 5, 1));
}

#[test]
fn the_sample_residents_merge_to_the_totals_their_office_wrote() {
    let reading = read("residents.xlsx", &sample("residents.xlsx"));
    let merged = merge_within(reading.rows().cloned());
    assert_eq!((merged.rows.len(), merged.merged), (1078, 13));
    assert!(merged.problems.iter().all(|problem| problem.code == ProblemCode::Duplicate));
    // 合计: 313人, 400人, 365人
    for (unit, people) in [("431302105205", 313), ("431302204207", 400), ("431302100224", 365)] {
        let of_unit = merged.rows.iter().filter(|row| row.unit == code(unit)).count();
        assert_eq!(of_unit, people, "{unit}");
    }
    // 12 repetitions by ID number; the 13th brings the number its first row lacked.
    let ids = merged.rows.iter().filter(|row| row.row_facts.details.id_number.is_some()).count();
    assert_eq!(ids, 1038 - 12);
    let notes = |word: &str| {
        merged.rows.iter().filter(|row| row.row_facts.note.as_deref() == Some(word)).count()
    };
    let kept = [notes("慢病"), notes("行动不便"), notes("低保"), notes("外出务工"), notes("重复")];
    assert_eq!(kept, [76, 75, 64, 67, 0]);
}

#[test]
fn every_sample_resident_has_birth_sex_and_mostly_phone_and_group() {
    let reading = read("residents.xlsx", &sample("residents.xlsx"));
    let rows: Vec<_> = reading.rows().collect();
    let with = |has: &dyn Fn(&domain::facts::RosterRow) -> bool| {
        rows.iter().filter(|row| has(&row.row_facts)).count()
    };
    assert_eq!(with(&|row| row.details.birth.is_some()), 1091);
    assert_eq!(with(&|row| row.details.sex.is_some()), 1091);
    assert_eq!(with(&|row| row.details.phone.is_some()), 962);
    assert_eq!(with(&|row| row.group.is_some()), 1091 - 13);
    assert_eq!(with(&|row| row.details.name.contains([' ', '\u{3000}'])), 0);
    assert!(rows.iter().all(|row| row.kind == PersonKind::Resident));
    let first = &rows[0].row_facts;
    assert_eq!(first.details.name, "傅丹丹");
    assert_eq!(first.details.birth.unwrap().to_string(), "1999-01-07");
    assert_eq!(first.group.as_deref(), Some("1组"));
    assert_eq!(first.details.address.as_deref(), Some("慕隆村1组"));
}

#[test]
fn the_sample_pupils_are_read_with_exact_counts() {
    let reading = read("students.xlsx", &sample("students.xlsx"));
    assert_eq!(reading.sheets.len(), 24);
    for sheet in &reading.sheets {
        assert_eq!(sheet.unit, UnitFound::Found(code("431302204S01")), "{}", sheet.sheet);
        assert_eq!((sheet.people, sheet.rows.len()), (45, 45), "{}", sheet.sheet);
        let classes: BTreeSet<String> = sheet
            .rows
            .iter()
            .map(|row| {
                format!(
                    "{}{}",
                    row.row_facts.grade.clone().unwrap(),
                    row.row_facts.group.clone().unwrap()
                )
            })
            .collect();
        // Sheets are named 一年级1班, 高一2班
        assert_eq!(classes, BTreeSet::from([sheet.sheet.to_string()]));
    }
    let ids: usize = (0..24).map(|sheet| usable_ids(&reading, sheet)).sum();
    assert_eq!(ids, 1035);
    let expect = counts([
        ("id_check_digit", 12),
        ("id_missing", 13),
        ("id_stored_as_number", 5),
        ("id_wrong_length", 15),
    ]);
    assert_eq!(problem_counts(&reading), expect);
    let rows: Vec<_> = reading.rows().collect();
    assert!(rows.iter().all(|row| row.kind == PersonKind::Pupil));
    assert!(rows.iter().all(|row| row.row_facts.details.phone.is_some()));
    assert!(rows.iter().all(|row| row.row_facts.details.phone_owner.is_some()));
    let numbered = rows.iter().filter(|row| row.row_facts.details.student_no.is_some()).count();
    assert_eq!(numbered, 1030);
    let merged = merge_within(reading.rows().cloned());
    assert_eq!((merged.rows.len(), merged.merged, merged.problems.len()), (1080, 0, 0));
}

/// Control: the counts above are of the files, not of the code. The same ID cells read as text
/// instead of by their type would give numbers away as wrong check digits or, once in eleven, as
/// somebody else's valid number.
#[test]
fn without_the_rule_for_numeric_cells_the_counts_would_differ() {
    let workbook = opened("residents.xlsx", &sample("residents.xlsx"));
    let numeric: Vec<String> = workbook
        .sheets
        .iter()
        .flat_map(|sheet| sheet.rows.iter().skip(3))
        .map(|row| row.cell(3))
        .filter(|cell| matches!(cell, intake::Cell::Number(_)))
        .map(|cell| cell.text().into_owned())
        .collect();
    assert_eq!(numeric.len(), 10);
    assert!(numeric.iter().all(|text| text.len() == 18));
    let misread = numeric.iter().filter(|text| {
        IdNumber::parse(text, today()).err() != Some(domain::identity::IdProblem::Length)
    });
    assert_eq!(misread.count(), 10);
    assert!(units().get(&code("431302105205")).is_some());
}
