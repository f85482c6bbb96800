//! Findings as tables, level A first: a work list in words (`table`) and the plain one other
//! programs read (`plain_table`). Not the rules: what is a finding, and at which level, comes in.

use crate::Input;
use crate::table::{Align, Cell, Column, Mark, Marked, Table};
use crate::words;
use domain::catalogue::Shows;
use domain::facts::{CheckupFacts, Sex};
use domain::rule::Judgement;
use domain::value::Decimal;

/// The columns of the findings CSV, a contract with whoever reads it.
const PLAIN_HEADINGS: [&str; 9] =
    ["id_number", "name", "unit", "item", "rule", "code", "level", "value", "text"];

/// The findings of everyone, level by level, within a level unit by unit.
fn sorted<'a>(input: &Input<'a>) -> Vec<(&'a CheckupFacts, &'a Judgement)> {
    let mut found: Vec<(&CheckupFacts, &Judgement)> = input
        .checkups_by_unit()
        .into_iter()
        .flat_map(|checkup| words::findings(checkup).into_iter().map(move |found| (checkup, found)))
        .collect();
    found.sort_by_key(|(_, judgement)| std::cmp::Reverse(judgement.level));
    found
}

/// `unit` is the unit's code, `item` and `code` are keys, `text` the words of the table of levels.
pub fn plain_table<'a>(input: &'a Input<'a>) -> Table<'a> {
    let row = move |(checkup, judgement): (&CheckupFacts, &Judgement)| -> Vec<Marked> {
        let item = input.finding_item(judgement).map_or("", |item| item.key.as_str());
        [
            Cell::code(input.id_number(checkup)),
            Cell::text(input.name(checkup)),
            Cell::code(checkup.unit.0.clone()),
            Cell::text(item),
            Cell::text(judgement.rule.as_str()),
            Cell::text(judgement.code.as_str()),
            Cell::text(judgement.level.key()),
            Cell::text(input.free_text(&judgement.value)),
            Cell::text(input.class_words(judgement)),
        ]
        .map(Marked::from)
        .into()
    };
    Table {
        name: "异常发现",
        title: String::new(),
        columns: PLAIN_HEADINGS.iter().map(|name| Column::new(*name, 12.0, Align::Left)).collect(),
        frozen_columns: 0,
        rows: Box::new(sorted(input).into_iter().map(row)),
    }
}

pub fn table<'a>(input: &'a Input<'a>) -> Table<'a> {
    Table {
        name: "异常发现",
        title: input.title("异常发现"),
        columns: vec![
            Column::new("级别", 8.0, Align::Center),
            Column::wrapping("姓名", 10.0),
            Column::new("性别", 5.0, Align::Center),
            Column::new("年龄", 5.0, Align::Center),
            Column::new("身份证号", 20.0, Align::Center),
            Column::new("电话", 13.0, Align::Center),
            Column::wrapping("单位", 17.0),
            Column::wrapping("组/班级", 11.0),
            Column::new("名单", 9.0, Align::Center),
            Column::new("体检日期", 11.0, Align::Center),
            Column::wrapping("项目", 19.0),
            Column { align: Align::Center, ..Column::wrapping("结果", 10.0) },
            Column::wrapping("异常发现", 34.0),
            Column::wrapping("处理", 36.0),
            Column::new("随访期限", 11.0, Align::Center),
        ],
        frozen_columns: 2,
        rows: Box::new(sorted(input).into_iter().map(move |(c, j)| row(input, c, j))),
    }
}

fn row(input: &Input, checkup: &CheckupFacts, judgement: &Judgement) -> Vec<Marked> {
    let mark = Mark::Finding(judgement.level);
    let level_row = input.catalogue.level(&judgement.rule, &judgement.code);
    let due = due_days(judgement).and_then(|days| checkup.day?.checked_add_days(days));
    vec![
        Marked { cell: Cell::text(words::level(judgement.level)), mark },
        Cell::text(input.name(checkup)).into(),
        Cell::text_or_empty(checkup.details.sex.map(Sex::zh)).into(),
        words::age(checkup).into(),
        Cell::code(input.id_number(checkup)).into(),
        Cell::code(input.phone(checkup)).into(),
        Cell::text(input.unit_label(&checkup.unit)).into(),
        words::group(checkup).into(),
        Cell::text(words::standing(checkup.standing)).into(),
        words::day(checkup.day).into(),
        Cell::text(item_words(input, judgement)).into(),
        Marked { cell: value_cell(input, judgement), mark },
        Cell::text(input.class_words(judgement)).into(),
        Cell::text_or_empty(level_row.map(|row| row.action_zh.as_str())).into(),
        words::day(due).into(),
    ]
}

/// What was examined: a pressure is one thing, though the class rests on one reading of it.
fn item_words(input: &Input, judgement: &Judgement) -> String {
    let shows = input.catalogue.rule(&judgement.rule).map(|rule| rule.shows);
    match (shows, input.finding_item(judgement)) {
        (Some(Shows::Pressure), _) => "血压".to_owned(),
        (Some(Shows::Measure) | None, Some(item)) => item.name_zh.clone(),
        (Some(Shows::Measure) | None, None) => String::new(),
    }
}

/// The days the finding itself carries: the round's setting when it was found.
fn due_days(judgement: &Judgement) -> Option<chrono::Days> {
    judgement.due_days.map(|days| chrono::Days::new(u64::from(days)))
}

/// A finding's value is kept as words (`152/96`, `2+`); where it is one number it is written as one.
fn value_cell(input: &Input, judgement: &Judgement) -> Cell {
    Decimal::parse(&judgement.value)
        .map_or_else(|| Cell::text(input.free_text(&judgement.value)), Cell::Number)
}
