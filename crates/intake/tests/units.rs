//! Which unit a sheet's people belong to, and what happens where the words do not say.
#![allow(clippy::unwrap_used)]

mod common;

use common::{built, built_sheets, code, counts, listed, problem_counts, read, read_given};
use domain::facts::PersonKind;
use domain::ids::UnitCode;
use intake::{RosterReading, UnitFound};

const MULONG: &str = "431302105205";
const XINZHUANG: &str = "431302204207";
/// 南阳村 in 黄泥塘街道 and in 大埠桥街道.
const NANYANG: [&str; 2] = ["431302003201", "431302007213"];
const HEADER: [&str; 3] = ["姓名", "性别", "出生日期"];
const PERSON: [&str; 3] = ["傅丹丹", "女", "1999-01-07"];

fn unit_of(reading: &RosterReading) -> &UnitFound {
    &reading.sheets[0].unit
}

fn found(unit: &str) -> UnitFound {
    UnitFound::Found(code(unit))
}

#[test]
fn the_unit_is_found_wherever_it_is_named() {
    let check = |file: &str, sheet: &str, title: &str, expect: UnitFound| {
        let reading = read(file, &built(sheet, &[&[title], &HEADER, &PERSON]));
        assert_eq!(*unit_of(&reading), expect, "{file} / {sheet} / {title}");
        let is_taken = !matches!(expect, UnitFound::Ambiguous(_) | UnitFound::None);
        assert_eq!(reading.rows().count(), usize::from(is_taken), "{file} / {sheet} / {title}");
        assert_eq!(reading.sheets[0].people, 1);
    };
    let nanyang = UnitFound::Ambiguous(NANYANG.map(code).to_vec());
    check("1.xlsx", "Sheet1", "水洞底镇慕隆村“健康快车”体检花名册", found(MULONG));
    check("1.xlsx", "Sheet1", "水洞底镇 慕隆 村体检花名册", found(MULONG));
    check("1.xlsx", "慕隆村", "体检花名册", found(MULONG));
    check("1.xlsx", "慕隆", "体检花名册", found(MULONG));
    check("1.xlsx", "慕隆村", "水洞底镇体检花名册", found(MULONG));
    check("水洞底镇慕隆村(1).xlsx", "Sheet1", "体检花名册", found(MULONG));
    // 南阳村 exists twice
    check("1.xlsx", "Sheet1", "南阳村体检花名册", nanyang.clone());
    check("1.xlsx", "南阳村", "体检花名册", nanyang.clone());
    check("南阳村.xlsx", "Sheet1", "体检花名册", nanyang);
    check("1.xlsx", "南阳村", "黄泥塘街道体检花名册", found(NANYANG[0]));
    check("1.xlsx", "Sheet1", "大埠桥街道南阳村体检花名册", found(NANYANG[1]));
    check("大埠桥街道花名册.xlsx", "南阳村", "体检花名册", found(NANYANG[1]));
    // 方石 is a community and a village
    check("1.xlsx", "Sheet1", "方石村花名册", found("431302204211"));
    check("1.xlsx", "Sheet1", "方石社区居委会花名册", found("431302005012"));
    // A copied sheet whose title was forgotten
    let both = UnitFound::Ambiguous(vec![code(MULONG), code(XINZHUANG)]);
    check("1.xlsx", "新庄村", "慕隆村花名册", both);
    check("1.xlsx", "Sheet1", "体检花名册", UnitFound::None);
    check("1.xlsx", "Sheet1", "水洞底镇花名册", UnitFound::None);
}

#[test]
fn a_village_named_with_a_township_it_is_not_in_is_no_unit_for_certain() {
    for (sheet, title) in [("Sheet1", "水洞底镇新庄村花名册"), ("新庄村", "水洞底镇花名册")]
    {
        let reading = read("1.xlsx", &built(sheet, &[&[title], &HEADER, &PERSON]));
        assert!(matches!(unit_of(&reading), UnitFound::Ambiguous(_)), "{title}");
        assert_eq!(reading.rows().count(), 0);
    }
}

#[test]
fn an_ambiguous_sheet_gives_nobody_and_says_so_while_the_others_are_read() {
    let bytes = built_sheets(&[
        ("南阳村", &[&HEADER, &PERSON, &["王瑞", "男", "1992-05-05"]]),
        ("慕隆村", &[&HEADER, &PERSON]),
    ]);
    let reading = read("1.xlsx", &bytes);
    assert_eq!(listed(&reading), [("傅丹丹".to_owned(), MULONG.to_owned())]);
    let problems: Vec<_> = reading.sheets[0].problems.iter().filter(|p| p.row == 0).collect();
    assert_eq!(problems.len(), 1);
    assert_eq!((problems[0].code.word(), &*problems[0].sheet), ("unit_ambiguous", "南阳村"));
}

#[test]
fn a_given_unit_stands_over_everything_and_a_given_township_narrows() {
    let rows: &[&[&str]] = &[&["南阳村花名册"], &HEADER, &PERSON];
    let reading = read_given("1.xlsx", &built("Sheet1", rows), XINZHUANG);
    assert_eq!(*unit_of(&reading), UnitFound::Given(code(XINZHUANG)));
    assert_eq!(reading.rows().count(), 1);
    let reading = read_given("1.xlsx", &built("Sheet1", rows), "431302007");
    assert_eq!(*unit_of(&reading), found(NANYANG[1]));
    // Not a code of any unit: nothing is taken, whatever the cells say, and it is said.
    let rows: &[&[&str]] = &[&["村", "姓名", "出生日期"], &["慕隆村", "甲一", "1950-01-01"]];
    let reading = read_given("1.xlsx", &built("慕隆村", rows), "431302999999");
    assert_eq!((unit_of(&reading), reading.rows().count()), (&UnitFound::None, 0));
    assert_eq!(problem_counts(&reading).get("unit_not_found"), Some(&1));
}

#[test]
fn two_villages_on_one_sheet_are_told_apart_by_their_column() {
    let bytes = built(
        "Sheet1",
        &[
            &["娄星区健康体检花名册"],
            &["乡镇", "村（社区）", "姓名", "出生日期"],
            &["水洞底镇", "慕隆村", "甲一", "1950-01-01"],
            &["双江乡", "新庄村", "乙二", "1950-01-02"],
            &["同上", "同上", "丙三", "1950-01-03"],
            &["大埠桥街道", "南阳村", "丁四", "1950-01-04"],
            &["水洞底", "慕隆", "戊五", "1950-01-05"],
            &["", "桃花源村", "己六", "1950-01-06"],
        ],
    );
    let reading = read("1.xlsx", &bytes);
    let units: Vec<UnitCode> = reading.rows().map(|row| row.unit.clone()).collect();
    assert_eq!(units, [MULONG, XINZHUANG, XINZHUANG, NANYANG[1], MULONG].map(code));
    let mut expect = [MULONG, XINZHUANG, NANYANG[1]].map(code).to_vec();
    expect.sort();
    assert_eq!(*unit_of(&reading), UnitFound::ByRow(expect));
    // The sixth is known to nobody, and said.
    let missing: Vec<_> =
        reading.problems().filter(|p| p.code.word() == "unit_not_found").collect();
    assert_eq!((missing.len(), missing[0].row, missing[0].cell.as_str()), (1, 8, "B8"));
}

#[test]
fn one_ambiguous_row_keeps_the_whole_sheet_out() {
    let bytes = built(
        "Sheet1",
        &[
            &["村", "姓名", "出生日期"],
            &["慕隆村", "甲一", "1950-01-01"],
            &["南阳村", "乙二", "1950-01-02"],
        ],
    );
    let reading = read("1.xlsx", &bytes);
    assert_eq!(reading.rows().count(), 0);
    assert!(matches!(unit_of(&reading), UnitFound::Ambiguous(_)));
    let rows: Vec<u32> = reading
        .problems()
        .filter(|problem| problem.code.word() == "unit_ambiguous")
        .map(|problem| problem.row)
        .collect();
    assert_eq!(rows, [0, 3], "the sheet, and where it comes from");
}

#[test]
fn a_row_of_another_village_than_the_title_goes_to_its_own_and_is_said() {
    let bytes = built(
        "Sheet1",
        &[
            &["水洞底镇慕隆村花名册"],
            &["村", "姓名", "出生日期"],
            &["慕隆村", "甲一", "1950-01-01"],
            &["双江乡新庄村", "乙二", "1950-01-02"],
            &["", "丙三", "1950-01-03"],
        ],
    );
    let reading = read("1.xlsx", &bytes);
    let units: Vec<UnitCode> = reading.rows().map(|row| row.unit.clone()).collect();
    assert_eq!(units, [MULONG, XINZHUANG, MULONG].map(code));
    assert_eq!(problem_counts(&reading).get("unit_contradicts_title"), Some(&1));
}

#[test]
fn addresses_name_the_unit_where_nothing_else_does() {
    let header: &[&str] = &["姓名", "出生日期", "家庭住址"];
    let bytes = built(
        "Sheet1",
        &[
            header,
            &["甲一", "1950-01-01", "水洞底镇慕隆村3组"],
            &["乙二", "1950-01-02", "慕隆村老屋组"],
        ],
    );
    let reading = read("1.xlsx", &bytes);
    assert_eq!(*unit_of(&reading), found(MULONG));
    let groups: Vec<_> = reading.rows().map(|row| row.row_facts.group.clone().unwrap()).collect();
    assert_eq!(groups, ["3组", "老屋组"]);
    // With a title, an address elsewhere moves nobody.
    let bytes = built("慕隆村", &[header, &["甲一", "1950-01-01", "双江乡新庄村3组"]]);
    assert_eq!(*unit_of(&read("1.xlsx", &bytes)), found(MULONG));
}

#[test]
fn tables_below_each_other_belong_each_to_its_own_title() {
    let bytes = built(
        "Sheet1",
        &[
            &["水洞底镇慕隆村花名册"],
            &["姓名", "出生日期"],
            &["甲一", "1950-01-01"],
            &["合计", "1人"],
            &[""],
            &["双江乡新庄村花名册"],
            &["姓名", "出生日期"],
            &["乙二", "1950-01-02"],
            &["姓名", "出生日期"],
            &["丙三", "1950-01-03"],
        ],
    );
    let reading = read("1.xlsx", &bytes);
    let units: Vec<UnitCode> = reading.rows().map(|row| row.unit.clone()).collect();
    assert_eq!(units, [MULONG, XINZHUANG, XINZHUANG].map(code));
    assert_eq!(reading.sheets[0].skipped_totals, 1);
}

#[test]
fn a_row_between_the_people_names_the_village_or_group_of_those_below() {
    let bytes = built(
        "Sheet1",
        &[
            &["娄星区花名册"],
            &["姓名", "出生日期"],
            &["慕隆村"],
            &["第一组"],
            &["甲一", "1950-01-01"],
            &["第二村民小组"],
            &["乙二", "1950-01-02"],
            &["新庄村"],
            &["丙三", "1950-01-03"],
        ],
    );
    let reading = read("1.xlsx", &bytes);
    let seen: Vec<_> =
        reading.rows().map(|row| (row.unit.0.as_str(), row.row_facts.group.as_deref())).collect();
    assert_eq!(seen, [(MULONG, Some("1组")), (MULONG, Some("2组")), (XINZHUANG, None)]);
}

#[test]
fn a_school_is_found_among_the_schools_and_no_village_is_taken_for_it() {
    let header: &[&str] = &["姓名", "出生日期", "班级"];
    let check = |sheet: &str, title: &str, header: &[&str], expect: UnitFound| {
        let reading =
            read("1.xlsx", &built(sheet, &[&[title], header, &["甲一", "2015-01-01", "2"]]));
        assert_eq!(*unit_of(&reading), expect, "{title}");
    };
    check("三年级", "水洞底镇慕隆村小学学生花名册", header, found("431302105S01"));
    check("Sheet1", "慕隆村小学花名册", &HEADER, found("431302105S01"));
    check("Sheet1", "示例乡中心学校", header, found("431302204S01"));
    // A school nobody entered: the village of that name is not it.
    check("三年级", "双江乡新庄村小学学生花名册", header, UnitFound::None);
    check("Sheet1", "新庄村小学花名册", &HEADER, UnitFound::None);
    check("Sheet1", "双江乡新庄小学花名册", &HEADER, UnitFound::None);
    // Residents examined at a school
    check("慕隆村", "体检地点：示例乡中心学校", &HEADER, found(MULONG));
}

#[test]
fn pupils_have_grade_and_class_from_columns_title_or_sheet_name() {
    let check = |sheet: &str, rows: &[&[&str]], expect: (Option<&str>, Option<&str>)| {
        let reading = read("1.xlsx", &built(sheet, rows));
        let row = reading.rows().next().unwrap();
        assert_eq!(row.kind, PersonKind::Pupil);
        let seen = (row.row_facts.grade.as_deref(), row.row_facts.group.as_deref());
        assert_eq!(seen, expect, "{sheet}");
    };
    let school: &[&str] = &["示例乡中心学校学生花名册"];
    let plain: &[&str] = &["姓名", "学籍号"];
    let person: &[&str] = &["甲一", "G431399202002098596"];
    check("三年级2班", &[school, plain, person], (Some("三年级"), Some("2班")));
    check("三（2）班", &[school, plain, person], (Some("三年级"), Some("2班")));
    check(
        "七年级",
        &[school, &["姓名", "学籍号", "班级"], &["甲一", "", "3"]],
        (Some("七年级"), Some("3班")),
    );
    check(
        "全校",
        &[school, &["姓名", "年级", "班级"], &["甲一", "高二", "(4)班"]],
        (Some("高二"), Some("4班")),
    );
    check(
        "全校",
        &[school, &["姓名", "班级"], &["甲一", "五年级一班"]],
        (Some("五年级"), Some("1班")),
    );
    check(
        "全校",
        &[school, &["姓名", "年级", "班级"], &["甲一", "初中一年级", "2"]],
        (Some("初一"), Some("2班")),
    );
    check("初中二年级（1）班", &[school, plain, person], (Some("初二"), Some("1班")));
    for (cell, grade) in [("初1(2)班", "初一"), ("初２（2）班", "初二"), ("高中3（2）班", "高三")]
    {
        let rows: &[&[&str]] = &[school, &["姓名", "班级"], &["甲一", cell]];
        check("全校", rows, (Some(grade), Some("2班")));
    }
    let reading = read("1.xlsx", &built("全校", &[school, plain, person]));
    assert_eq!(problem_counts(&reading).get("class_missing"), Some(&1));
    assert_eq!(reading.rows().count(), 1, "still on the roster");
    assert_eq!(
        problem_counts(&read("1.xlsx", &built("三年级2班", &[school, plain, person])))
            .get("class_missing"),
        None
    );
}

#[test]
fn a_sheet_without_a_header_is_said_and_a_template_without_people_is_not() {
    let bytes = built_sheets(&[
        ("说明", &[&["一、请如实填写"], &["二、姓名须与身份证一致，不得漏填"]]),
        ("空白表", &[&["水洞底镇慕隆村花名册"], &HEADER]),
        ("Sheet3", &[]),
    ]);
    let reading = read("1.xlsx", &bytes);
    assert_eq!(problem_counts(&reading), counts([("header_not_found", 1)]));
    assert_eq!(reading.sheets[1].unit, found(MULONG));
}
