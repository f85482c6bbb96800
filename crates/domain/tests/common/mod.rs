//! What the tests of this crate share: people made up on the spot, and the reference tables read a
//! second time, with none of the crate's own code, so that the two readings can disagree.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

use chrono::NaiveDate;
use domain::catalogue::{Catalogue, parse_value};
use domain::check::{Band, Subject, check};
use domain::facts::{PersonKind, Sex};
use domain::ids::ItemCode;
use domain::rule::{Judgement, judge};
use domain::value::Value;
use std::collections::{BTreeMap, BTreeSet};

pub fn day(text: &str) -> NaiveDate {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").unwrap()
}

/// The stop's day of the sample measurements.
pub const STOP_DAY: &str = "2026-09-14";

pub fn resident(sex: Sex) -> Subject {
    Subject {
        kind: PersonKind::Resident,
        sex: Some(sex),
        birth: Some(day("1976-01-01")),
        day: day(STOP_DAY),
    }
}

/// A pupil of so many completed months, and `days` more.
pub fn pupil(sex: Sex, months: u32, days: u64) -> Subject {
    let birth = day(STOP_DAY) - chrono::Months::new(months) - chrono::Days::new(days);
    Subject { kind: PersonKind::Pupil, sex: Some(sex), birth: Some(birth), day: day(STOP_DAY) }
}

pub fn values(cat: &Catalogue, cells: &[(&str, &str)]) -> BTreeMap<ItemCode, Value> {
    let value = |(key, text): &(&str, &str)| {
        let item = cat.item_by_key(key).unwrap();
        (item.code, parse_value(item, text).unwrap())
    };
    cells.iter().map(value).collect()
}

/// Every class the catalogue gives, as `rule/code`.
pub fn classes(subject: &Subject, cells: &[(&str, &str)]) -> BTreeSet<String> {
    let cat = Catalogue::builtin();
    names(&judge(cat, subject, &values(cat, cells)))
}

pub fn names(judgements: &[Judgement]) -> BTreeSet<String> {
    judgements.iter().map(|one| format!("{}/{}", one.rule, one.code)).collect()
}

pub fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// One row of a CSV by column name.
pub type Row = BTreeMap<String, String>;

/// The rows of a CSV file; lines that start with # are metadata.
pub fn csv_rows(text: &str) -> Vec<Row> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let row = |record: csv::StringRecord| {
        header.iter().cloned().zip(record.iter().map(str::to_owned)).collect()
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}

pub fn repository_file(path: &str) -> String {
    let full = format!("{}/../../{path}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(full).unwrap()
}

pub fn table(name: &str) -> Vec<Row> {
    csv_rows(&repository_file(&format!("schema/catalogue/tables/{name}")))
}

/// A decimal in thousandths.
pub fn milli(text: &str) -> i64 {
    let (whole, places) = text.split_once('.').unwrap_or((text, ""));
    let padded = format!("{places:0<3}");
    assert!(padded.len() == 3, "more than thousandths");
    whole.parse::<i64>().unwrap() * 1000 + padded.parse::<i64>().unwrap()
}

/// Thousandths back to text.
pub fn from_milli(milli: i64) -> String {
    format!("{}.{:03}", milli / 1000, milli % 1000)
        .trim_end_matches('0')
        .trim_end_matches('.')
        .to_owned()
}

/// What the catalogue says of a row of measurements, as the stations would have recorded it: an
/// impossible value is refused, the row's other values are kept. Gives rule, code and level.
pub fn judged(cat: &Catalogue, row: &Row) -> BTreeSet<(String, String, String)> {
    let date = |column: &str| row.get(column).filter(|cell| !cell.is_empty()).map(|cell| day(cell));
    let subject = Subject {
        kind: if row["kind"] == "resident" { PersonKind::Resident } else { PersonKind::Pupil },
        sex: match row["sex"].as_str() {
            "M" => Some(Sex::M),
            "F" => Some(Sex::F),
            _ => None,
        },
        birth: date("birth"),
        day: date("exam_date").unwrap(),
    };
    let mut values = BTreeMap::new();
    for (column, cell) in row.iter().filter(|(_, cell)| !cell.is_empty()) {
        let Some(item) = cat.item_by_key(column) else {
            continue;
        };
        let value = parse_value(item, cell).unwrap();
        if check(cat, &subject, item, &value) != Band::Impossible {
            values.insert(item.code, value);
        }
    }
    let judgements = judge(cat, &subject, &values);
    let class = |one: Judgement| (one.rule, one.code, one.level.key().to_owned());
    judgements.into_iter().map(class).collect()
}

/// A row of measurements made up.
pub fn row_of(kind: &str, sex: &str, birth: NaiveDate, cells: &[(&str, &str)]) -> Row {
    let birth = birth.to_string();
    let fixed = [("kind", kind), ("sex", sex), ("birth", &birth), ("exam_date", STOP_DAY)];
    let all = fixed.iter().chain(cells);
    all.map(|(column, cell)| ((*column).to_owned(), (*cell).to_owned())).collect()
}
