//! The workbook that goes back to the office: its cells again, marks and reasons, and nothing that
//! would change what is read when it comes in once more.
#![allow(clippy::unwrap_used)]

mod common;

use common::{built, listed, opened, problem_counts, read, read_given, sample, today, units};
use intake::{
    Cell, RosterProblem, Workbook, merge_within, problem_workbook, read_roster, read_workbook,
};
use std::io::{Cursor, Read};

fn returned(name: &str, bytes: &[u8]) -> (Workbook, Vec<RosterProblem>, Vec<u8>) {
    let workbook = opened(name, bytes);
    let reading = read_roster(name, &workbook, &units(), None, today());
    let merged = merge_within(reading.rows().cloned());
    let problems: Vec<_> = reading.problems().cloned().chain(merged.problems).collect();
    let back = problem_workbook(&[(name, &workbook)], &problems).unwrap();
    (workbook, problems, back)
}

/// One part of a package as text.
fn part(bytes: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[test]
fn the_returned_workbook_has_the_offices_cells_and_the_reasons_beside_them() {
    let (original, problems, back) = returned("residents.xlsx", &sample("residents.xlsx"));
    let back = read_workbook("back.xlsx", &back).unwrap();
    assert_eq!(back.sheets.len(), original.sheets.len());
    for (was, is) in original.sheets.iter().zip(&back.sheets) {
        assert_eq!(was.name, is.name);
        for row in &was.rows {
            let again = is.rows.iter().find(|again| again.number == row.number).unwrap();
            for (column, cell) in row.cells.iter().enumerate() {
                assert_eq!(again.cell(column), cell, "{} row {}", was.name, row.number);
            }
        }
        // The header is on row 3, nine columns wide: the reasons stand in the tenth.
        assert_eq!(is.rows[2].cell(9), &Cell::Text("问题说明".to_owned()));
        let reasons =
            is.rows.iter().filter(|row| row.number > 3 && !row.cell(9).is_empty()).count();
        let mut wrong: Vec<u32> =
            problems.iter().filter(|problem| *problem.sheet == *was.name).map(|p| p.row).collect();
        wrong.dedup();
        wrong.sort_unstable();
        wrong.dedup();
        assert_eq!(reasons, wrong.len(), "{}", was.name);
    }
    let row = |number: u32| back.sheets[0].rows.iter().find(|row| row.number == number).unwrap();
    let reason = |number: u32| row(number).cell(9).text().into_owned();
    assert!(reason(34).contains("位数不对"), "{}", reason(34));
    assert!(reason(129).contains("末几位已丢失"), "{}", reason(129));
    assert!(reason(27).contains("同一人"), "{}", reason(27));
    assert_eq!(reason(4), "");
}

#[test]
fn it_comes_in_again_as_it_went_out() {
    let bytes = sample("residents.xlsx");
    let (_, _, back) = returned("residents.xlsx", &bytes);
    let (first, second) = (read("residents.xlsx", &bytes), read("back.xlsx", &back));
    assert_eq!(listed(&first), listed(&second));
    assert_eq!(problem_counts(&first), problem_counts(&second));
    let facts = |reading: &intake::RosterReading| {
        reading.rows().map(|row| (row.row, row.row_facts.clone())).collect::<Vec<_>>()
    };
    assert_eq!(facts(&first), facts(&second));
    // And once more: the reasons' column is used again, not added again.
    let (_, _, third) = returned("back.xlsx", &back);
    let third = read_workbook("third.xlsx", &third).unwrap();
    assert!(third.sheets.iter().flat_map(|sheet| &sheet.rows).all(|row| row.cells.len() <= 10));
}

#[test]
fn marked_cells_are_coloured_and_long_numbers_stay_text() {
    let bytes = built(
        "慕隆村",
        &[
            &["水洞底镇慕隆村花名册"],
            &["姓名", "身份证号码", "出生日期"],
            &["甲一", "431399199901070348", "1999-01-07"],
            &["傅丹丹", "431399199901070349", "1999-01-07"],
            &["乙二", "#431399199205050678", "1992-05-05"],
            &["丙三"],
        ],
    );
    let (_, problems, back) = returned("1.xlsx", &bytes);
    let marked: Vec<_> = problems.iter().map(|problem| problem.cell.as_str()).collect();
    assert_eq!(marked, ["B3", "A3", "B5", "A5", "B6", "C6", "A6"]);
    let styles = part(&back, "xl/styles.xml");
    assert!(styles.contains("FFFFC7CE"), "the colour of a mark");
    let sheet = part(&back, "xl/worksheets/sheet1.xml");
    let style = |cell: &str| {
        let (_, rest) =
            sheet.split_once(&format!("<c r=\"{cell}\"")).unwrap_or_else(|| panic!("{cell}"));
        rest[..rest.find('>').unwrap()].to_owned()
    };
    let of = |cell: &str| {
        style(cell)
            .split_whitespace()
            .find(|word| word.starts_with("s="))
            .map(|word| word.trim_end_matches('/').to_owned())
    };
    assert_eq!(of("B3"), of("B6"), "a wrong number and a missing one are marked alike");
    assert_ne!(of("B3"), of("B4"), "control: a right one is not");
    assert!(style("B4").contains("t=\"s\""), "a right number is a text cell");
    assert!(!style("B5").contains("t=\"s\""), "a number that lost its digits stays one");
    assert!(sheet.contains("<pane "), "the header stays in sight");
    assert!(sheet.contains("<mergeCell") || !sheet.contains("mergeCells"));
}

#[test]
fn nothing_an_office_wrote_becomes_a_formula() {
    let bytes = built("慕隆村", &[&["姓名", "备注"], &["甲一", "=1+1"], &["乙二", "@SUM(A1)"]]);
    let (_, _, back) = returned("1.xlsx", &bytes);
    assert!(!part(&back, "xl/worksheets/sheet1.xml").contains("<f>"));
    let again = read_workbook("back.xlsx", &back).unwrap();
    assert_eq!(again.sheets[0].rows[1].cell(1), &Cell::Text("=1+1".to_owned()));
}

#[test]
fn several_files_go_back_in_one_workbook_whatever_their_sheets_are_called() {
    let bytes = built("Sheet1", &[&["姓名", "身份证号"], &["甲一", "4313"]]);
    let names = ["1.xlsx", "2.xlsx"];
    let workbooks: Vec<Workbook> = names.iter().map(|name| opened(name, &bytes)).collect();
    let problems: Vec<RosterProblem> = names
        .iter()
        .flat_map(|name| {
            read_given(name, &bytes, "431302105205").problems().cloned().collect::<Vec<_>>()
        })
        .collect();
    let files: Vec<(&str, &Workbook)> = names.iter().copied().zip(&workbooks).collect();
    let back = read_workbook(
        "back.xlsx",
        &problem_workbook(&files, &problems[..problems.len() / 2]).unwrap(),
    )
    .unwrap();
    let reason = |at: usize| back.sheets[at].rows[1].cell(2).is_empty();
    assert_eq!(
        back.sheets.iter().map(|sheet| sheet.name.as_str()).collect::<Vec<_>>(),
        ["Sheet1", "Sheet1(2)"]
    );
    assert_eq!((reason(0), reason(1)), (false, true), "each file's problems stay with it");
}

#[test]
fn a_sheet_that_was_not_taken_says_why_at_its_top() {
    let bytes = built("南阳村", &[&["姓名", "出生日期"], &["甲一", "1950-01-01"]]);
    let (_, _, back) = returned("1.xlsx", &bytes);
    let back = read_workbook("back.xlsx", &back).unwrap();
    assert_eq!(back.sheets[0].rows[0].cell(2).text(), "问题说明");
    let top = back.sheets[0].rows[1].cell(2).text().into_owned();
    assert!(top.contains("不止一个单位"), "{top}");
}
