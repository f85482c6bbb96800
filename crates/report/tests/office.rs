//! Workbooks read by programs that share no code with what wrote them: openpyxl, and LibreOffice,
//! whose CSV has to equal ours cell by cell. Both have to be there: a skipped check guards nothing.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail loudly"
)]

mod common;

use common::*;
use report::{Export, Format, Options};
use rust_xlsxwriter::Workbook;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const PYTHON: &str = "/usr/bin/python3";
const PYTHON_MISSING: &str =
    "this test needs /usr/bin/python3 with openpyxl: apt-get install python3-openpyxl";
const SOFFICE_MISSING: &str = "this test needs soffice: apt-get install libreoffice-calc-nogui";

fn check_with_openpyxl(workbook: &Path, arguments: &[&str]) -> Output {
    let openpyxl = Command::new(PYTHON).args(["-c", "import openpyxl"]).output();
    assert!(openpyxl.is_ok_and(|output| output.status.success()), "{PYTHON_MISSING}");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/check_workbook.py");
    Command::new(PYTHON).arg(script).arg(workbook).args(arguments).output().expect(PYTHON_MISSING)
}

fn write(dir: &Path, bytes: &[u8]) -> PathBuf {
    let file = dir.join("report.xlsx");
    std::fs::write(&file, bytes).unwrap();
    file
}

/// Rows and columns of our own CSV of the same table, heading and all.
fn csv_rows(
    what: Export,
    options: &Options,
    facts: &domain::facts::ExportFacts,
) -> Vec<Vec<String>> {
    let text = make_text(what, Format::Csv, facts, options);
    read_csv(text.strip_prefix('\u{feff}').unwrap())
}

fn read_csv(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let cells = |record: csv::StringRecord| record.iter().map(str::to_owned).collect();
    reader.records().map(|record| cells(record.unwrap())).collect()
}

#[test]
fn openpyxl_finds_text_cells_a_frozen_pane_a_filter_and_a_print_area() {
    let dir = tempfile::tempdir().unwrap();
    let table = [
        (Export::Results, facts(), "D2", &["身份证号"][..]),
        (Export::Results, odd(), "D2", &["身份证号"][..]),
        (Export::Results, nobody(), "D2", &["身份证号"][..]),
        (Export::Coverage, facts(), "C2", &["单位代码"][..]),
    ];
    for (what, facts, freeze, code_columns) in table {
        let file = write(dir.path(), &make(what, Format::Xlsx, &facts, &full()));
        let ours = csv_rows(what, &full(), &facts);
        let (rows, columns) = (ours.len().to_string(), ours[0].len().to_string());
        let mut arguments = vec!["--rows", &rows, "--columns", &columns, "--freeze", freeze];
        arguments.extend(code_columns.iter().flat_map(|name| ["--code-column", name]));
        let output = check_with_openpyxl(&file, &arguments);
        assert!(output.status.success(), "{what:?}: {}", said(&output));
    }
}

#[test]
fn openpyxl_checks_the_work_list_too() {
    let dir = tempfile::tempdir().unwrap();
    let file = write(dir.path(), &make(Export::Findings, Format::Xlsx, &facts(), &full()));
    let rows = csv_rows(Export::Findings, &full(), &facts()).len().to_string();
    let arguments = ["--rows", &rows, "--columns", "15", "--freeze", "C2"];
    let codes = ["--code-column", "身份证号", "--code-column", "电话"];
    // Nobody with a finding has a phone here, so that column is found empty: the check sees that.
    let output = check_with_openpyxl(&file, &[&arguments[..], &codes[..]].concat());
    assert_eq!(said(&output).trim(), "column 电话 is empty");
}

/// The control: what a careless workbook would be is seen.
#[test]
fn openpyxl_sees_a_number_for_an_id_and_a_missing_pane_and_a_formula() {
    let dir = tempfile::tempdir().unwrap();
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write_string(0, 0, "身份证号").unwrap();
    sheet.write_number(1, 0, 431_399_196_003_070_415_u64 as f64).unwrap();
    sheet.write_formula(2, 0, "=1+1").unwrap();
    let file = write(dir.path(), &workbook.save_to_buffer().unwrap());
    let arguments =
        ["--rows", "3", "--columns", "1", "--freeze", "E2", "--code-column", "身份证号"];
    let output = check_with_openpyxl(&file, &arguments);
    assert!(!output.status.success());
    for fault in ["frozen pane", "filter", "print area", "A2 is n", "A3 is a formula", "footer"] {
        assert!(said(&output).contains(fault), "{fault}\nin\n{}", said(&output));
    }
}

fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("{}{}", text(&output.stdout), text(&output.stderr))
}

/// The first sheet as LibreOffice shows it. Its own profile, so that nothing else running matters.
fn convert_with_soffice(dir: &Path, workbook: &Path) -> Vec<Vec<String>> {
    let profile = format!("-env:UserInstallation=file://{}/profile", dir.display());
    // Comma, quotation mark, UTF-8; the rest as preset: the first sheet, cells as they are shown.
    let filter = "csv:Text - txt - csv (StarCalc):44,34,76";
    let output = Command::new("soffice")
        .args([profile.as_str(), "--headless", "--convert-to", filter, "--outdir"])
        .arg(dir)
        .arg(workbook)
        .output()
        .expect(SOFFICE_MISSING);
    let converted = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|extension| extension == "csv"));
    let converted = converted.unwrap_or_else(|| panic!("{SOFFICE_MISSING}\n{}", said(&output)));
    let text = std::fs::read_to_string(converted).unwrap();
    read_csv(text.strip_prefix('\u{feff}').unwrap_or(&text))
}

/// Our CSV guards against formulas with a `'`, a workbook has no need to.
fn unguarded(rows: Vec<Vec<String>>) -> Vec<Vec<String>> {
    let plain = |cell: String| match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@']) => rest.to_owned(),
        Some(_) | None => cell,
    };
    rows.into_iter().map(|row| row.into_iter().map(plain).collect()).collect()
}

#[test]
fn libreoffice_shows_every_value_as_the_csv_has_it() {
    for what in [Export::Results, Export::Coverage] {
        for options in [Options::default(), full()] {
            let dir = tempfile::tempdir().unwrap();
            let file = write(dir.path(), &make(what, Format::Xlsx, &facts(), &options));
            let theirs = convert_with_soffice(dir.path(), &file);
            let ours = unguarded(csv_rows(what, &options, &facts()));
            assert_eq!(theirs.len(), ours.len(), "{what:?}");
            for (row, (theirs, ours)) in theirs.iter().zip(&ours).enumerate() {
                assert_eq!(theirs, ours, "{what:?} row {row}");
            }
        }
    }
}
