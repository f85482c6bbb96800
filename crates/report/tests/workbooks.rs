//! The results workbook read back: what stands in which cell, as what kind of cell.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail loudly"
)]

mod common;

use calamine::{Data, DataType, Reader, Xlsx, open_workbook_from_rs};
use common::*;
use report::{Export, Format, Options};
use std::io::Cursor;

/// A sheet as its heading and rows.
struct Sheet {
    headings: Vec<String>,
    rows: Vec<Vec<Data>>,
}

impl Sheet {
    fn cell(&self, name: &str, heading: &str) -> &Data {
        let col = |heading: &str| {
            let col = self.headings.iter().position(|h| h == heading);
            col.unwrap_or_else(|| panic!("no column {heading} in {:?}", self.headings))
        };
        let is_named = |row: &&Vec<Data>| row[col("姓名")].get_string() == Some(name);
        &self.rows.iter().find(is_named).unwrap()[col(heading)]
    }
}

fn sheet(bytes: Vec<u8>, name: &str) -> Sheet {
    let mut workbook: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    let range = workbook.worksheet_range(name).unwrap();
    let mut rows = range.rows().map(<[Data]>::to_vec);
    let headings = rows.next().unwrap().iter().map(ToString::to_string).collect();
    Sheet { headings, rows: rows.collect() }
}

fn results(options: &Options) -> Sheet {
    sheet(make(Export::Results, Format::Xlsx, &facts(), options), "体检结果")
}

#[test]
fn one_row_a_person_one_column_an_item() {
    let sheet = results(&full());
    assert_eq!(sheet.rows.len(), 15);
    let text = |data: &str| Data::String(data.to_owned());
    let table = [
        ("张伟", "单位", text("慕隆村")),
        ("张伟", "组/班级", text("2组")),
        ("张伟", "性别", text("男")),
        ("张伟", "年龄", Data::Float(66.0)),
        ("张伟", "身份证号", text(FULL_ID)),
        ("张伟", "名单", text("名单内")),
        ("张伟", "身高 cm", Data::Float(170.0)),
        ("张伟", "体重 kg", Data::Float(62.5)),
        ("张伟", "BMI kg/m²", Data::Float(21.6)),
        ("张伟", "收缩压1 mmHg", Data::Float(112.0)),
        ("张伟", "血糖 mmol/L", Data::Float(5.2)),
        ("张伟", "尿蛋白", text("阴性")),
        ("张伟", "最高级别", Data::Empty),
        ("张伟", "异常", Data::Empty),
        ("张伟", "检查者", text("周医生")),
        ("李秀英", "最高级别", text("A 立即")),
        ("李秀英", "尿蛋白", text("3+")),
        ("王强", "收缩压1 mmHg", text("152 / 158 待核对")),
        ("王强", "提示", text("待核对：收缩压1")),
        ("刘洋", "血糖 mmol/L", text("拒检")),
        ("刘洋", "Hb g/L", text("待回报")),
        ("刘洋", "心电图", text("设备故障")),
        ("刘洋", "尿糖", Data::Empty),
        ("㐂", "姓名", text("㐂")),
        ("𠮷小明", "姓名", text("𠮷小明")),
        ("阿依古丽·买买提", "姓名", text("阿依古丽·买买提")),
        ("陈静", "B超描述", text(&long_text())),
        ("赵无号", "身份证号", Data::Empty),
        ("赵无号", "年龄", Data::Empty),
        ("孙外", "名单", text("外区")),
        ("周邻", "名单", text("本区他村")),
        ("吴未来", "状态", text("已登记")),
        ("吴未来", "体检日期", Data::Empty),
        ("郑小雨", "组/班级", text("五年级 1班")),
        ("郑小雨", "右眼", Data::Float(4.4)),
        (FORMULA_NAME, "备注", text(FORMULA_NOTE)),
        (FORMULA_NAME, "组/班级", text("@SUM(1+1)")),
    ];
    for (name, heading, expected) in table {
        assert_eq!(sheet.cell(name, heading), &expected, "{name} {heading}");
    }
}

#[test]
fn pressures_stand_in_pairs_and_bmi_beside_the_weight() {
    let headings = results(&full()).headings;
    let start = |first: &str| headings.iter().position(|h| h == first).unwrap();
    let from = start("收缩压1 mmHg");
    let pairs = ["收缩压1 mmHg", "舒张压1 mmHg", "收缩压2 mmHg", "舒张压2 mmHg"];
    assert_eq!(headings[from..from + 4], pairs);
    assert_eq!(headings[start("体重 kg") + 1], "BMI kg/m²");
}

#[test]
fn everything_found_stands_in_words_the_gravest_first() {
    let sheet = results(&full());
    let words = sheet.cell("李秀英", "异常").to_string();
    let levels: Vec<char> = words.split('；').filter_map(|w| w.chars().next()).collect();
    assert!(levels.len() >= 12, "{words}");
    assert!(levels.is_sorted(), "{words}");
    assert!(words.contains("A 血压明显升高（收缩压≥180或舒张压≥110）"), "{words}");
    assert!(words.contains("B 心电图：科室检查异常（待医生定级）"), "{words}");
}

#[test]
fn masked_by_default_and_in_full_only_when_asked() {
    let masked = results(&Options::default());
    let col = masked.headings.iter().position(|h| h == "身份证号").unwrap();
    assert_eq!(masked.rows[0][col], Data::String("431399********0415".to_owned()));
    let holds = |sheet: &Sheet, wanted: &str| {
        sheet.rows.iter().flatten().any(|cell| cell.to_string().contains(wanted))
    };
    for secret in [FULL_ID, "李秀英", "13987654321"] {
        assert!(!holds(&masked, secret), "masked");
        assert!(holds(&results(&full()), secret), "the same search finds it in full");
    }
}

#[test]
fn no_cell_is_a_formula() {
    let bytes = make(Export::Results, Format::Xlsx, &facts(), &full());
    let mut workbook: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    for name in workbook.sheet_names() {
        assert!(workbook.worksheet_formula(&name).unwrap().is_empty(), "{name}");
    }
}

#[test]
fn the_second_sheet_says_of_what_and_by_which_settings() {
    let guide = |options: &Options| {
        let bytes = make(Export::Results, Format::Xlsx, &facts(), options);
        let sheet = sheet(bytes, "说明");
        sheet.rows.iter().flatten().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    let open = guide(&full());
    for said in [
        "第四轮（2026-09-01 至 2026-12-31）",
        "2026-09-14 17:30",
        &format!("项目与阈值目录第 {} 版", domain::catalogue::Catalogue::builtin().version),
        "用途：随访名单 & 核对",
        "区协调员",
        "本区设置，由 刘主任 确认",
        "WS/T 428-2013 成人体重判定",
        "血压升高（160-179/100-109），待复查",
    ] {
        assert!(open.contains(said), "{said}");
    }
    assert!(guide(&Options::default()).contains("已脱敏"));
    let mut unconfirmed = facts();
    unconfirmed.round.levels_confirmed_by = None;
    let bytes = make(Export::Results, Format::Xlsx, &unconfirmed, &full());
    let said = sheet(bytes, "说明").rows.iter().flatten().any(|c| c.to_string().contains("尚未经"));
    assert!(said);
}

#[test]
fn findings_come_with_what_to_do_and_until_when() {
    let sheet = sheet(make(Export::Findings, Format::Xlsx, &facts(), &full()), "异常发现");
    assert_eq!(sheet.cell("李秀英", "级别"), &Data::String("A 立即".to_owned()));
    // 152 and 158 over 96: the worse reading is grade 1, due within 28 days of 2026-09-14.
    assert_eq!(sheet.cell("王强", "异常发现").to_string(), "血压升高（140-159/90-99），待复查");
    assert_eq!(sheet.cell("王强", "处理").to_string(), "四周内非同日复测三次");
    let due = sheet.cell("王强", "随访期限").day();
    assert_eq!(due, "2026-10-12");
}

/// A date cell as its day.
trait AsDay {
    fn day(&self) -> String;
}

impl AsDay for Data {
    fn day(&self) -> String {
        let Data::DateTime(at) = self else { panic!("{self:?} is no date") };
        let (year, month, day, ..) = at.to_ymd_hms_milli();
        format!("{year:04}-{month:02}-{day:02}")
    }
}

#[test]
fn with_nobody_there_is_a_workbook_with_its_heading() {
    for what in [Export::Results, Export::Findings, Export::Coverage, Export::Brief] {
        let bytes = make(what, Format::Xlsx, &nobody(), &Options::default());
        let mut workbook: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes)).unwrap();
        let first = workbook.sheet_names()[0].clone();
        assert!(!workbook.worksheet_range(&first).unwrap().is_empty(), "{what:?}");
    }
}

#[test]
fn a_text_longer_than_a_cell_is_cut_with_a_word() {
    let mut facts = facts();
    facts.checkups.truncate(1);
    facts.checkups[0].note = Some("𠮷".repeat(20_000));
    let sheet = sheet(make(Export::Results, Format::Xlsx, &facts, &full()), "体检结果");
    let note = sheet.cell("张伟", "备注").to_string();
    assert!(note.ends_with("……（以下超出单元格长度）"));
    assert!(note.encode_utf16().count() <= 32_767);
}

#[test]
fn odd_characters_and_days_cost_nobody_the_workbook() {
    let sheet = sheet(make(Export::Results, Format::Xlsx, &odd(), &full()), "体检结果");
    let note = sheet.cell("张伟", "备注").to_string();
    assert!(note.starts_with('甲') && note.contains("戊 <&>"), "{note}");
    assert!(note.contains("丙\u{fffd}丁"), "no character that Excel refuses: {note}");
    assert_eq!(sheet.cell("张伟", "体检日期").to_string(), "1600-01-01");
    assert_eq!(sheet.cell("李秀英", "最高级别").to_string(), "A 立即");
}
