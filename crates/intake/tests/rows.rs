//! What becomes of the cells of a row: headings found wherever they are, every style of writing
//! read, nobody with a name left out, and each thing wrong said once.
#![allow(clippy::unwrap_used)]

mod common;

use common::{built, code, counts, opened, problem_counts, read_given, today, units};
use domain::facts::{RosterRow, Sex};
use intake::{
    Cell, Form, Merge, Merged, ProblemCode, RosterReading, Row, Sheet, Workbook, merge_within,
    read_roster,
};
use std::collections::BTreeMap;

const MULONG: &str = "431302105205";
/// Valid: 傅丹丹 of the samples, F, 1999-01-07, and 王瑞, M, 1992-05-05.
const ID_F: &str = "431399199901070349";
const ID_M: &str = "431399199205050678";

fn of(rows: &[&[&str]]) -> RosterReading {
    read_given("1.xlsx", &built("Sheet1", rows), MULONG)
}

fn facts(reading: &RosterReading) -> Vec<RosterRow> {
    reading.rows().map(|row| row.row_facts.clone()).collect()
}

fn merged(rows: &[&[&str]]) -> Merged {
    merge_within(of(rows).rows().cloned())
}

#[test]
fn the_header_is_found_under_any_number_of_titles() {
    for titles in [0_usize, 2, 5] {
        let mut rows: Vec<&[&str]> = Vec::new();
        let title: &[&str] = &["水洞底镇健康体检花名册"];
        let blank: &[&str] = &[""];
        rows.extend((0..titles).map(|at| if at % 2 == 0 { title } else { blank }));
        rows.extend([
            &["序号", "姓 名", "身份证\n号码"][..],
            &["1", "傅丹丹", ID_F],
            &["2", "王瑞", ID_M],
        ]);
        let reading = of(&rows);
        assert_eq!(facts(&reading).len(), 2, "header on row {}", titles + 1);
        assert_eq!(reading.rows().next().unwrap().row as usize, titles + 2);
        assert_eq!(problem_counts(&reading), counts([]));
    }
}

#[test]
fn a_header_of_two_rows_is_one_header() {
    let reading = of(&[
        &["序号", "姓名", "证件信息", "", "联系方式", "", "备注"],
        &["", "", "身份证号", "出生日期", "电话", "住址", ""],
        &["1", "傅丹丹", ID_F, "1999-01-07", "13812345678", "慕隆村3组", "慢病"],
    ]);
    let row = &facts(&reading)[0];
    assert_eq!(row.details.id_number.as_deref(), Some(ID_F));
    assert_eq!(row.details.phone.as_deref(), Some("13812345678"));
    assert_eq!((row.group.as_deref(), row.note.as_deref()), (Some("3组"), Some("慢病")));
    // The other way round: what spans both rows stands in the upper one.
    let reading = of(&[
        &["", "基本情况", "", "", "备注"],
        &["序号", "姓名", "身份证号", "出生日期", ""],
        &["1", "傅丹丹", ID_F, "1999-01-07", "慢病"],
    ]);
    assert_eq!(facts(&reading)[0].note.as_deref(), Some("慢病"));
}

#[test]
fn people_side_by_side_are_all_read() {
    let reading = of(&[
        &["序号", "姓名", "身份证号", "序号", "姓名", "身份证号"],
        &["1", "傅丹丹", ID_F, "3", "王瑞", ID_M],
        &["2", "王阳", "431399200804065295", "", "", ""],
    ]);
    let names: Vec<_> = facts(&reading).into_iter().map(|row| row.details.name).collect();
    assert_eq!(names, ["傅丹丹", "王瑞", "王阳"]);
    assert_eq!(problem_counts(&reading), counts([]));
    assert_eq!((reading.sheets[0].people, reading.sheets[0].skipped_blank), (3, 0));
}

#[test]
fn an_id_number_is_read_however_it_is_typed_and_otherwise_named_by_what_is_wrong() {
    let check = |cell: &str, expect: Result<&str, &str>| {
        let reading =
            of(&[&["姓名", "身份证号码", "出生日期", "性别"], &["甲一", cell, "1950-01-01", "男"]]);
        let row = &facts(&reading)[0];
        let problems = problem_counts(&reading);
        match expect {
            Ok(id) => {
                assert_eq!(row.details.id_number.as_deref(), Some(id), "{cell}");
                assert!(problems.keys().all(|word| word.ends_with("contradicts_id")), "{cell}");
            }
            Err(word) => {
                assert_eq!(row.details.id_number, None, "{cell}");
                assert_eq!(row.details.birth.unwrap().to_string(), "1950-01-01", "{cell}");
                assert_eq!(
                    problems,
                    counts([(
                        ProblemCode::ALL.iter().find(|code| code.word() == word).unwrap().word(),
                        1
                    )]),
                    "{cell}"
                );
            }
        }
    };
    check(ID_F, Ok(ID_F));
    check("431399 19990107 0349", Ok(ID_F));
    check("４３１３９９１９９９０１０７０３４９", Ok(ID_F));
    check("'431399199901070349", Ok(ID_F));
    check("43139919750903378x", Ok("43139919750903378X"));
    check("43139919750903378Ｘ", Ok("43139919750903378X"));
    check("110105491231002", Ok("11010519491231002X"));
    check("#110105491231002", Ok("11010519491231002X"));
    check("", Err("id_missing"));
    check("无", Err("id_missing"));
    check("43139919990107034", Err("id_wrong_length"));
    check("431399199901070348", Err("id_check_digit"));
    check("43139919990107O349", Err("id_digits"));
    check("431399199902300341", Err("id_date"));
    check("E12345678", Err("id_other_document"));
    check("#431399199901070349", Err("id_stored_as_number"));
    check("4.31399E+17", Err("id_stored_as_number"));
    check("4.31399195205023E+017", Err("id_stored_as_number"));
    // Its check digit fits, by chance as once in eleven: still a number.
    let fitting = "431399195003147000";
    assert!(domain::identity::IdNumber::parse(fitting, today()).is_ok(), "control");
    check(&format!("#{fitting}"), Err("id_stored_as_number"));
}

#[test]
fn a_birth_date_is_read_in_every_style() {
    let serial = "#31638";
    for cell in [
        "1986-08-14",
        "19860814",
        "1986.8.14",
        "1986/08/14",
        "1986年8月14日",
        "１９８６．８．１４",
        "1986-08-14 00:00:00",
        "#19860814",
        serial,
    ] {
        let reading = of(&[&["姓名", "出生年月日", "性别"], &["甲一", cell, "男"]]);
        let birth = facts(&reading)[0].details.birth;
        assert_eq!(birth.map(|day| day.to_string()).as_deref(), Some("1986-08-14"), "{cell}");
        assert_eq!(problem_counts(&reading), counts([("id_missing", 1)]), "{cell}");
    }
    let check = |cell: &str, word: &'static str| {
        let reading = of(&[&["姓名", "出生年月日", "性别"], &["甲一", cell, "男"]]);
        assert_eq!(facts(&reading)[0].details.birth, None, "{cell}");
        let expect = counts([("birth_missing", 1), ("id_missing", 1), (word, 1)]);
        assert_eq!(problem_counts(&reading), expect, "{cell}");
    };
    check("属虎", "birth_unreadable");
    check("1986", "birth_unreadable");
    check("86.8.14", "birth_unreadable");
    check("#1958.8", "birth_unreadable");
    check("2031-01-01", "birth_implausible");
    check("1880-01-01", "birth_implausible");
}

#[test]
fn the_id_number_stands_over_the_columns_and_the_contradiction_is_said() {
    let reading =
        of(&[&["姓名", "性别", "身份证号", "出生日期"], &["傅丹丹", "男", ID_F, "1999-02-07"]]);
    let row = &facts(&reading)[0];
    assert_eq!(row.details.sex, Some(Sex::F));
    assert_eq!(row.details.birth.unwrap().to_string(), "1999-01-07");
    let expect = counts([("birth_contradicts_id", 1), ("sex_contradicts_id", 1)]);
    assert_eq!(problem_counts(&reading), expect);
    let cells: BTreeMap<_, _> =
        reading.problems().map(|problem| (problem.code.word(), problem.cell.clone())).collect();
    assert_eq!(cells["birth_contradicts_id"], "D2");
    assert_eq!(cells["sex_contradicts_id"], "B2");
    // A column left empty contradicts nothing.
    let reading = of(&[&["姓名", "性别", "身份证号", "出生日期"], &["傅丹丹", "", ID_F, ""]]);
    assert_eq!(problem_counts(&reading), counts([]));
}

#[test]
fn nobody_with_a_name_is_left_out() {
    let reading = of(&[
        &["序号", "姓名", "性别", "身份证号", "出生日期"],
        &["1", "甲一", "男", "无", "1950-01-01"],
        &["2", "乙二", "女", "4313", "不详"],
        &["3", "丙三"],
        &["4", "", "男", ID_M, "1992-05-05"],
        &["5", "", "", "", ""],
        &["", "", "", "", ""],
        &["合计", "4人"],
        &["填表人：李某", "", "", "审核：王某"],
        &["", "注：本表一式两份，由村委会盖章后报送", "", ""],
    ]);
    let names: Vec<_> = facts(&reading).into_iter().map(|row| row.details.name).collect();
    assert_eq!(names, ["甲一", "乙二", "丙三"]);
    let expect = counts([
        ("id_missing", 2),
        ("id_wrong_length", 1),
        ("birth_missing", 2),
        ("sex_missing", 1),
        ("name_missing", 1),
    ]);
    assert_eq!(problem_counts(&reading), expect);
    let sheet = &reading.sheets[0];
    let skipped = (sheet.skipped_blank, sheet.skipped_totals, sheet.skipped_remarks);
    assert_eq!(skipped, (2, 1, 2));
}

#[test]
fn a_sheet_without_a_column_says_so_at_the_name() {
    let reading = of(&[&["序号", "姓名"], &["1", "甲一"]]);
    let seen: Vec<_> = reading
        .problems()
        .map(|problem| (problem.code.word(), problem.column.to_string(), problem.cell.clone()))
        .collect();
    let at_name = |word: &'static str, column: &str| (word, column.to_owned(), "B2".to_owned());
    assert_eq!(
        seen,
        [
            at_name("id_missing", "身份证号码"),
            at_name("birth_missing", "出生日期"),
            at_name("sex_missing", "性别"),
        ]
    );
}

#[test]
fn phones_notes_and_owners_are_kept() {
    let reading = of(&[
        &["姓名", "身份证号", "联系电话", "监护人", "监护人电话", "备注", "是否慢病"],
        &["傅丹丹", ID_F, "#13812345678", "", "", "行动不便", "是"],
        &["王瑞", ID_M, "", "王父", "138 1234 5678", "", "高血压"],
        &["甲一", "431399200804065295", "1381234567/0738-8312345", "", "", "", "否"],
        &["乙二", "43139919750903378X", "村部", "", "", "/", ""],
    ]);
    let rows = facts(&reading);
    let phone = |at: usize| rows[at].details.phone.as_deref();
    assert_eq!((phone(0), phone(1)), (Some("13812345678"), Some("13812345678")));
    assert_eq!((phone(2), phone(3)), (Some("0738-8312345"), None));
    assert_eq!(rows[1].details.phone_owner.as_deref(), Some("王父"));
    assert_eq!(rows[0].details.phone_owner, None);
    let notes: Vec<_> = rows.iter().map(|row| row.note.as_deref()).collect();
    assert_eq!(notes, [Some("行动不便；慢病"), Some("高血压"), None, None]);
    assert_eq!(problem_counts(&reading), counts([("phone_unreadable", 1)]));
}

#[test]
fn cells_merged_downwards_and_ditto_marks_count_for_the_rows_below() {
    let text = |text: &str| if text.is_empty() { Cell::Empty } else { Cell::Text(text.to_owned()) };
    let rows = [
        ["组别", "姓名", "出生日期"],
        ["3", "甲一", "1950-01-01"],
        ["", "乙二", "1950-01-02"],
        ["", "丙三", "1950-01-03"],
        ["〃", "丁四", "1950-01-04"],
        ["4组", "戊五", "1950-01-05"],
    ];
    let rows = (1_u32..).zip(rows).map(|(number, cells)| Row {
        number,
        cells: cells.map(text).to_vec(),
        written: None,
    });
    let sheet = Sheet {
        name: "慕隆村".to_owned(),
        rows: rows.collect(),
        // 甲一 and 乙二 share their group; 丙三 has none.
        merged: vec![Merge { first_row: 2, last_row: 3, first_column: 0, last_column: 0 }],
    };
    let workbook = Workbook { form: Form::Xlsx, days_from_1904: false, sheets: vec![sheet] };
    let reading = read_roster("1.xlsx", &workbook, &units(), None, today());
    let groups: Vec<_> = facts(&reading).into_iter().map(|row| row.group).collect();
    let some = |group: &str| Some(group.to_owned());
    assert_eq!(groups, [some("3组"), some("3组"), None, None, some("4组")]);
}

#[test]
fn the_same_person_twice_is_one_and_completes_the_first() {
    let header: &[&str] = &["姓名", "性别", "身份证号", "出生日期", "联系电话", "备注"];
    let check = |rows: [&[&str]; 2], people: usize, words: &[&str]| {
        let merged = merged(&[header, rows[0], rows[1]]);
        assert_eq!(merged.rows.len(), people, "{rows:?}");
        assert_eq!(merged.merged as usize, 2 - people, "{rows:?}");
        let seen: Vec<_> = merged.problems.iter().map(|problem| problem.code.word()).collect();
        assert_eq!(seen, words, "{rows:?}");
        merged
    };
    // By ID number and name
    let one = check(
        [&["傅丹丹", "女", ID_F, "1999-01-07"], &["傅 丹丹", "", ID_F, "", "13812345678", "重复"]],
        1,
        &["duplicate"],
    );
    let row = &one.rows[0].row_facts;
    assert_eq!((row.details.phone.as_deref(), row.note.as_deref()), (Some("13812345678"), None));
    assert_eq!((one.problems[0].row, one.problems[0].cell.as_str()), (3, "A3"));
    // By name and birth date, the later row bringing the number
    let one =
        check([&["傅丹丹", "男", "", "1999-01-07"], &["傅丹丹", "", ID_F, ""]], 1, &["duplicate"]);
    assert_eq!(one.rows[0].row_facts.details.id_number.as_deref(), Some(ID_F));
    assert_eq!(one.rows[0].row_facts.details.sex, Some(Sex::F));
    check(
        [&["甲一", "男", "", "1950-01-01"], &["甲一", "男", "", "1950-01-01"]],
        1,
        &["duplicate"],
    );
    // Two people
    check([&["甲一", "男", "", "1950-01-01"], &["甲一", "男", "", "1950-01-02"]], 2, &[]);
    check([&["傅丹丹", "女", ID_F, ""], &["王瑞", "女", ID_F, ""]], 2, &["same_id_other_name"]);
    let other_id = "431399199901070365";
    assert!(domain::identity::IdNumber::parse(other_id, today()).is_ok(), "control");
    check(
        [&["傅丹丹", "女", ID_F, ""], &["傅丹丹", "女", other_id, ""]],
        2,
        &["perhaps_same_person"],
    );
    // Names without anything else are never taken for one person
    check([&["甲一"], &["甲一"]], 2, &[]);
}

#[test]
fn the_same_person_in_two_villages_stays_in_the_first_and_is_said() {
    let rows: &[&[&str]] = &[&["姓名", "身份证号"], &["傅丹丹", ID_F]];
    let bytes = built("Sheet1", rows);
    let first = read_given("1.xlsx", &bytes, MULONG);
    let second = read_given("2.xlsx", &bytes, "431302204207");
    let merged = merge_within(first.rows().chain(second.rows()).cloned());
    assert_eq!((merged.rows.len(), merged.rows[0].unit.clone()), (1, code(MULONG)));
    assert_eq!(merged.problems[0].code, ProblemCode::DuplicateInOtherUnit);
    assert_eq!(&*merged.problems[0].file, "2.xlsx");
    // By name and birth date alone two villages have two people.
    let bytes = built("Sheet1", &[&["姓名", "出生日期"], &["甲一", "1950-01-01"]]);
    let first = read_given("1.xlsx", &bytes, MULONG);
    let second = read_given("2.xlsx", &bytes, "431302204207");
    assert_eq!(merge_within(first.rows().chain(second.rows()).cloned()).rows.len(), 2);
}

#[test]
fn an_age_that_the_grade_does_not_have_is_said_and_the_pupil_is_taken() {
    // plausibility_other.csv: grade 5 has 9 to 14; on 2026-09-14.
    let check = |grade: &str, birth: &str, wanted: usize| {
        let rows: &[&[&str]] = &[&["姓名", "性别", "出生日期"], &["张三", "男", birth]];
        let reading = read_given("1.xlsx", &built(grade, rows), "431302105S01");
        let said = problem_counts(&reading).get("age_of_grade").copied().unwrap_or_default();
        assert_eq!((said, reading.rows().count()), (wanted, 1), "{grade} {birth}");
    };
    check("五年级1班", "2012-09-14", 0);
    check("五年级1班", "2012-08-13", 1);
    check("五年级1班", "2017-09-14", 0);
    check("五年级1班", "2017-10-15", 1);
    check("九年级1班", "2012-08-13", 0);
}

#[test]
fn a_problem_is_plain_data_without_any_value() {
    let reading = of(&[&["姓名", "身份证号", "性别"], &["秘密人", "431399199901070348", "女"]]);
    let json = serde_json::to_string(&reading.problems().collect::<Vec<_>>()).unwrap();
    assert!(
        json.contains(
            r#""sheet":"Sheet1","row":2,"column":"身份证号","cell":"B2","code":"id_check_digit""#
        ),
        "{json}"
    );
    assert!(!json.contains("秘密") && !json.contains("070348"), "{json}");
    let back: Vec<intake::RosterProblem> = serde_json::from_str(&json).unwrap();
    assert_eq!(back.len(), 2);
    assert_eq!(opened("1.xlsx", &built("a", &[&["姓名"]])).sheets.len(), 1);
}
