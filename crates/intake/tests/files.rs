//! Files as they arrive: every kind read, every wrong kind refused by its own name, everything
//! bounded. `files/three_people.xls` was written by a spreadsheet program (BIFF8), `files/locked.xlsx`
//! is a real xlsx under a password.
#![allow(clippy::unwrap_used)]

mod common;

use common::{built, built_sheets, counts, listed, problem_counts, read, sample};
use intake::{Cell, Form, IntakeError, Limit, ProblemCode, limits, read_workbook};
use std::io::{Cursor, Write};

const HEADER: [&str; 4] = ["姓名", "性别", "身份证号码", "出生日期"];
const PERSON: [&str; 4] = ["傅丹丹", "女", "431399199901070349", "1999-01-07"];
const CSV: &str = "水洞底镇慕隆村花名册,,,\n姓名,性别,身份证号码,出生日期\n傅丹丹,女,431399199901070349,1999-01-07\n";

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/files/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn refused(name: &str, bytes: &[u8]) -> IntakeError {
    match read_workbook(name, bytes) {
        Err(problem) => problem,
        Ok(workbook) => panic!("{name} was read as {:?}", workbook.form),
    }
}

/// A package of the parts given, deflated.
fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn one_roster_reads_the_same_in_every_form() {
    let one = [("傅丹丹".to_owned(), "431302105205".to_owned())];
    let check = |name: &str, bytes: &[u8]| {
        let reading = read(name, bytes);
        assert_eq!(listed(&reading), one, "{name}");
        assert_eq!(problem_counts(&reading), counts([]), "{name}");
    };
    check("a.xlsx", &built("慕隆村", &[&["水洞底镇慕隆村花名册"], &HEADER, &PERSON]));
    check("utf8.csv", CSV.as_bytes());
    check("utf8_bom.csv", format!("\u{feff}{CSV}").as_bytes());
    let (gbk, ..) = encoding_rs::GBK.encode(CSV);
    assert!(std::str::from_utf8(&gbk).is_err(), "control: GBK is not UTF-8");
    check("gbk.csv", &gbk);
    check("gbk.txt", CSV.replace(',', "\t").as_bytes());
    check("semicolon.csv", CSV.replace(',', ";").as_bytes());
    check("crlf.csv", CSV.replace('\n', "\r\n").as_bytes());
    let utf16: Vec<u8> = std::iter::once(0xfeff)
        .chain(CSV.replace(',', "\t").encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    check("unicode.txt", &utf16);
}

#[test]
fn an_xls_is_read_with_its_types() {
    let workbook = read_workbook("three_people.xls", &fixture("three_people.xls")).unwrap();
    assert_eq!(workbook.form, Form::Xls);
    let sheet = &workbook.sheets[0];
    assert_eq!((sheet.name.as_str(), sheet.rows.len(), sheet.merged.len()), ("慕隆村", 6, 1));
    assert!(matches!(sheet.rows[3].cell(3), Cell::Number(_)));
    assert!(matches!(sheet.rows[3].cell(4), Cell::Date(_)));
    let reading = read("three_people.xls", &fixture("three_people.xls"));
    assert_eq!(listed(&reading).len(), 3);
    let groups: Vec<_> = reading.rows().map(|row| row.row_facts.group.clone().unwrap()).collect();
    assert_eq!(groups, ["1组", "2组", "2组"]);
    assert_eq!(problem_counts(&reading), counts([("id_stored_as_number", 1)]));
}

#[test]
fn the_extension_is_not_believed() {
    let xlsx = built("慕隆村", &[&["水洞底镇慕隆村花名册"], &HEADER, &PERSON]);
    for (name, bytes) in [
        ("a.csv", xlsx.clone()),
        ("a.xls", xlsx),
        ("b.xlsx", CSV.as_bytes().to_vec()),
        ("c.xlsx", fixture("three_people.xls")),
    ] {
        assert!(!listed(&read(name, &bytes)).is_empty(), "{name}");
    }
}

#[test]
fn every_wrong_file_is_refused_by_its_own_name() {
    let xlsx = built("慕隆村", &[&HEADER, &PERSON]);
    let xls = fixture("three_people.xls");
    let check = |name: &str, bytes: &[u8], expect: IntakeError| {
        assert_eq!(refused(name, bytes), expect, "{name}");
    };
    check("empty.xlsx", b"", IntakeError::Empty);
    check("blank.csv", " \r\n\r\n".as_bytes(), IntakeError::Empty);
    check("truncated.xlsx", &xlsx[..xlsx.len() / 2], IntakeError::Broken);
    check("truncated.xls", &xls[..xls.len() / 2], IntakeError::Broken);
    check("header_only.xls", &xls[..600], IntakeError::Broken);
    check("locked.xlsx", &fixture("locked.xlsx"), IntakeError::PasswordProtected);
    check(
        "page.xls",
        "<html><table><tr><td>姓名</td></tr></table></html>".as_bytes(),
        IntakeError::WebPage,
    );
    check("excel4.xls", b"\x09\x04\x06\x00\x00\x04\x10\x00\x00\x00", IntakeError::OldExcel);
    check("picture.xlsx", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", IntakeError::NotAWorkbook);
    check("scan.pdf", b"%PDF-1.7\n1 0 obj\n", IntakeError::NotAWorkbook);
    check(
        "letter.docx",
        &package(&[("[Content_Types].xml", b"<a/>"), ("word/document.xml", b"<a/>")]),
        IntakeError::NotAWorkbook,
    );
    let hollow = [("[Content_Types].xml", &b"<a/>"[..]), ("xl/worksheets/sheet1.xml", b"<a/>")];
    check("hollow.xlsx", &package(&hollow), IntakeError::Broken);
    let cut = "姓名,性别\n傅".as_bytes();
    check("cut.csv", &cut[..cut.len() - 1], IntakeError::Broken);
}

#[test]
fn an_xls_under_a_password_says_so() {
    // FILEPASS (0x002F) in place of CODEPAGE: what an encrypted workbook's stream begins with.
    let mut bytes = fixture("three_people.xls");
    let at = bytes.windows(6).position(|six| six == [0x42, 0, 2, 0, 0xb0, 4]).unwrap();
    bytes[at] = 0x2f;
    assert_eq!(refused("locked.xls", &bytes), IntakeError::PasswordProtected);
}

#[test]
fn a_damaged_xls_is_refused_or_read_but_never_takes_the_program_with_it() {
    let whole = fixture("three_people.xls");
    // Every 7th byte of the container's tables and every 31st of the rest, turned over.
    let places = (0..1536).step_by(7).chain((1536..whole.len()).step_by(31));
    let mut broken = 0;
    for at in places {
        let mut bytes = whole.clone();
        bytes[at] ^= 0xff;
        broken += usize::from(read_workbook("damaged.xls", &bytes).is_err());
    }
    assert!(broken > 20, "control: {broken} of the changes are noticed");
}

#[test]
fn a_container_whose_directory_goes_in_a_circle_is_broken() {
    let mut bytes = fixture("three_people.xls");
    let directory = u32::from_le_bytes(bytes[48..52].try_into().unwrap());
    let fat = u32::from_le_bytes(bytes[76..80].try_into().unwrap());
    let at = (fat as usize + 1) * 512 + directory as usize * 4;
    bytes[at..at + 4].copy_from_slice(&directory.to_le_bytes());
    assert_eq!(refused("circle.xls", &bytes), IntakeError::Broken);
}

#[test]
fn what_unpacks_to_too_much_is_not_unpacked() {
    let bomb = vec![b' '; usize::try_from(limits::INFLATED_BYTES_MAX).unwrap() + 1];
    let bytes = package(&[("[Content_Types].xml", b"<a/>"), ("xl/worksheets/sheet1.xml", &bomb)]);
    assert!(bytes.len() < 1024 * 1024, "control: it is small packed");
    assert_eq!(refused("bomb.xlsx", &bytes), IntakeError::Inflates);
    let liar = br#"<sst uniqueCount="4000000000"><si><t>a</t></si></sst>"#;
    let bytes = package(&[
        ("[Content_Types].xml", b"<a/>"),
        ("xl/worksheets/sheet1.xml", b"<a/>"),
        ("xl/sharedStrings.xml", liar),
    ]);
    assert_eq!(refused("liar.xlsx", &bytes), IntakeError::Inflates);
}

#[test]
fn what_is_larger_than_any_roster_is_refused_by_its_limit() {
    let check = |bytes: &[u8], limit: Limit| {
        assert_eq!(refused("large", bytes), IntakeError::TooLarge(limit));
    };
    check(&vec![b'a'; limits::FILE_BYTES_MAX + 1], Limit::FileBytes);
    check("姓名,".repeat(100_000).as_bytes(), Limit::Columns);
    let wide: Vec<&str> = vec!["姓名"; limits::COLUMNS_MAX + 1];
    check(&built("宽", &[&wide]), Limit::Columns);
    check("姓名\n".repeat(limits::ROWS_MAX + 1).as_bytes(), Limit::Rows);
    let just: Vec<&str> = vec!["姓名"; limits::COLUMNS_MAX];
    assert!(read_workbook("just.xlsx", &built("宽", &[&just])).is_ok(), "control");
    let far = "a,".repeat(limits::COLUMNS_MAX - 1) + "a\n";
    let rows = limits::CELLS_MAX / limits::COLUMNS_MAX + 1;
    check(far.repeat(rows).as_bytes(), Limit::Cells);
    let names: Vec<String> = (0..=limits::SHEETS_MAX).map(|at| format!("表{at}")).collect();
    let sheets: Vec<(&str, &[&[&str]])> =
        names.iter().map(|name| (name.as_str(), &[][..])).collect();
    check(&built_sheets(&sheets), Limit::Sheets);
}

#[test]
fn an_old_sheet_that_says_it_is_larger_than_it_can_be_is_refused_before_room_is_made() {
    // The record Dimensions of the sample: rows 0 to 6, columns 0 to 6, each "to" being one more than the last.
    let sample = fixture("three_people.xls");
    let said = b"\x00\x02\x0e\x00\x00\x00\x00\x00\x06\x00\x00\x00\x00\x00\x06\x00";
    let at = sample.windows(said.len()).position(|bytes| bytes == said).unwrap() + 4;
    let check = |first_row: u32, end_row: u32, end_column: u16, expect: Option<IntakeError>| {
        let mut changed = sample.clone();
        changed[at..at + 4].copy_from_slice(&first_row.to_le_bytes());
        changed[at + 4..at + 8].copy_from_slice(&end_row.to_le_bytes());
        changed[at + 10..at + 12].copy_from_slice(&end_column.to_le_bytes());
        assert_eq!(read_workbook("a.xls", &changed).err(), expect, "{first_row} {end_row}");
    };
    check(0xff00_0000, 6, 6, Some(IntakeError::Inflates));
    check(7, 6, 6, Some(IntakeError::Inflates));
    check(0, 65_537, 6, Some(IntakeError::Inflates));
    check(0, 65_536, 256, Some(IntakeError::TooLarge(Limit::Cells)));
    // Control: as large as a sheet of a few columns can be, and as it was.
    check(0, 65_536, 20, None);
    check(0, 6, 6, None);
}

#[test]
fn a_lone_cell_in_the_last_row_costs_nothing() {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name("慕隆村").unwrap();
    for (column, (heading, cell)) in (0_u16..).zip(HEADER.iter().zip(PERSON)) {
        sheet.write_string(0, column, *heading).unwrap();
        sheet.write_string(1, column, cell).unwrap();
    }
    sheet.write_string(1_048_575, 0, "慕隆村委会").unwrap();
    let reading = read("a.xlsx", &workbook.save_to_buffer().unwrap());
    assert_eq!(listed(&reading).len(), 1);
}

#[test]
fn an_empty_workbook_says_that_it_is_empty() {
    let reading = read("empty.xlsx", &built_sheets(&[("Sheet1", &[]), ("Sheet2", &[])]));
    let problems: Vec<_> = reading.problems().map(|problem| problem.code).collect();
    assert_eq!(problems, [ProblemCode::EmptyFile]);
    assert_eq!(reading.rows().count(), 0);
}

#[test]
fn a_csv_written_out_of_a_spreadsheet_does_not_pass_numbers_off_as_ids() {
    // A spreadsheet writes a number out with 15 digits, or rounded; the second fits its check digit.
    let text = "姓名,身份证号码,出生日期\n\
        甲,4.31399E+17,1999/1/7\n\
        乙,431399195003147000,1950/3/14\n\
        丙,\"=\"\"431399199901070349\"\"\",1999/1/7 0:00\n\
        丁,'431399199205050678,1992/5/5\n";
    let spoiled = "431399195003147000";
    let parsed = domain::identity::IdNumber::parse(spoiled, common::today());
    assert!(parsed.is_ok(), "control: the check digit does not tell");
    let reading = common::read_given("out.csv", text.as_bytes(), "431302105205");
    assert_eq!(problem_counts(&reading).get("id_stored_as_number"), Some(&2));
    let ids = reading.rows().map(|row| row.row_facts.details.id_number.is_some());
    assert_eq!(ids.collect::<Vec<_>>(), [false, false, true, true]);
}

#[test]
fn five_thousand_people_are_read_in_no_time_worth_mentioning() {
    let bytes = sample("residents.xlsx");
    let started = std::time::Instant::now();
    assert_eq!(read("residents.xlsx", &bytes).rows().count(), 1091);
    let rows: Vec<[String; 5]> = (0..5_000)
        .map(|at| {
            [
                format!("人{at}"),
                "男".into(),
                String::new(),
                "1970-01-01".into(),
                format!("慕隆村{at}组"),
            ]
        })
        .collect();
    let cells: Vec<Vec<&str>> =
        rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
    let mut all: Vec<&[&str]> = vec![&["姓名", "性别", "身份证号码", "出生日期", "家庭住址"]];
    all.extend(cells.iter().map(Vec::as_slice));
    let bytes = built("Sheet1", &all);
    let made = started.elapsed();
    let reading = read("a.xlsx", &bytes);
    assert_eq!(reading.rows().count(), 5_000);
    // 2 s are promised of an optimised build; this guards against something quadratic.
    let elapsed = started.elapsed().saturating_sub(made);
    assert!(elapsed.as_secs() < 20, "{elapsed:?}");
    println!("5,000 rows: {elapsed:?}");
}
