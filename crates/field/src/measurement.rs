//! A measurements file (CSV) read into rows: who, where, when, and one text per item. Pure: no matching,
//! no store. What cannot be read is a problem with its row and column, never a dropped value.

use chrono::NaiveDate;
use domain::catalogue::{Catalogue, Item};
use domain::facts::{PersonDetails, PersonKind};
use domain::identity::{self, IdNumber};
use domain::ids::ItemCode;
use domain::roster::{parse_date, parse_sex};
use protocol::{Code, Failure};
use serde::Serialize;
use std::borrow::Cow;

/// Rows of one file; a stop has a few hundred people, a district's history comes in several files.
pub const MEASUREMENT_ROWS_MAX: usize = 100_000;
/// Characters of one cell.
const CELL_CHARS_MAX: usize = 4_000;

/// Something in a row that was not taken as it stands. No names, numbers or values in here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowProblem {
    /// 1-based line of the file, the header being line 1.
    pub row: u32,
    pub column: String,
    pub code: &'static str,
    /// What it means, in words.
    pub text: Cow<'static, str>,
}

/// The words for each code of `RowProblem`.
pub fn problem_zh(code: &str) -> &'static str {
    match code {
        "id_invalid" => "身份证号码不对，已按姓名和出生日期登记",
        "name_missing" => "没有姓名，也没有可用的身份证号码，未记录",
        "birth_invalid" => "出生日期读不出",
        "sex_invalid" => "性别读不出",
        "birth_contradicts_id" => "出生日期与身份证号码不符，以身份证号码为准",
        "sex_contradicts_id" => "性别与身份证号码不符，以身份证号码为准",
        "day_invalid" => "体检日期读不出，未记录",
        "person_ambiguous" => "找到多个符合的人，未记录，请用身份证号码指明",
        "unit_unclear" => "站点不明确，未记录，请用 --unit 指明站点",
        "value_unreadable" => "数值读不出，该项未记录",
        "impossible" => "数值不可能，该项未记录，请重新测量",
        "consent_refused" => "家长不同意这一项，未记录",
        "unusual" => "数值少见，已记录并标记，请核对",
        "kind_unknown" => "类别不认识（应为 resident 或 student），未记录，请改正后重新导入",
        "day_outside_round" => "体检日期不在本轮次的起止日期内，已记录，请核对日期",
        "together_unusual" => "两项数值互相矛盾或少见，已记录，请核对",
        "id_number_proposed" => "名单上没有身份证号码，已按本次所报补上，待确认",
        "older_value" => "与当天已更正或已撤回的旧值相同，未记录；确是重新测的，请打开本人录入",
        "conflicts" => "已有另一数值，两个都保留，请核对后选定",
        _ => "请核对",
    }
}

impl RowProblem {
    pub fn new(row: u32, column: impl Into<String>, code: &'static str) -> RowProblem {
        RowProblem { row, column: column.into(), code, text: problem_zh(code).into() }
    }
}

/// One line of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct MeasuredRow {
    pub row: u32,
    pub kind: PersonKind,
    /// The home unit as told: a code, or school/grade/class in words.
    pub unit_text: String,
    pub details: PersonDetails,
    pub day: NaiveDate,
    /// The items that have a text, in the file's order.
    pub texts: Vec<(ItemCode, String)>,
}

/// Everything a file says.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Measurements {
    pub rows: Vec<MeasuredRow>,
    pub problems: Vec<RowProblem>,
}

struct Columns {
    kind: Option<usize>,
    unit: Option<usize>,
    id_number: Option<usize>,
    name: Option<usize>,
    sex: Option<usize>,
    birth: Option<usize>,
    day: Option<usize>,
    items: Vec<(usize, ItemCode, String)>,
}

/// Reads a file whose columns are `kind,unit,id_number,name,sex,birth,exam_date` and item keys, in any
/// order. Columns unknown or there twice are refused: they would lose a column of results. Nobody is measured
/// before they are born: ID numbers are held against the row's own day, never against a device's clock.
pub fn read(catalogue: &Catalogue, bytes: &[u8]) -> Result<Measurements, Failure> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().flexible(false).from_reader(bytes);
    let columns = columns(catalogue, reader.headers().map_err(|_| invalid(1))?)?;
    let mut out = Measurements::default();
    for (index, record) in reader.records().enumerate() {
        let row = u32::try_from(index + 2).unwrap_or(u32::MAX);
        if index >= MEASUREMENT_ROWS_MAX {
            return Err(Failure::new(Code::WorkbookTooLarge));
        }
        let record = record.map_err(|_| invalid(row))?;
        if let Some(measured) = read_row(&columns, &record, row, &mut out.problems) {
            out.rows.push(measured);
        }
    }
    Ok(out)
}

fn invalid(row: u32) -> Failure {
    Failure::at(Code::MeasurementsInvalid, format!("第 {row} 行"))
}

fn columns(catalogue: &Catalogue, header: &csv::StringRecord) -> Result<Columns, Failure> {
    let mut found = Columns {
        kind: None,
        unit: None,
        id_number: None,
        name: None,
        sex: None,
        birth: None,
        day: None,
        items: Vec::new(),
    };
    for (at, heading) in header.iter().enumerate() {
        let slot = match heading.trim() {
            "kind" => &mut found.kind,
            "unit" => &mut found.unit,
            "id_number" => &mut found.id_number,
            "name" => &mut found.name,
            "sex" => &mut found.sex,
            "birth" => &mut found.birth,
            "exam_date" => &mut found.day,
            key => {
                let item = catalogue.item_by_key(key).filter(|item| !item.derived);
                let item = item.ok_or_else(|| Failure::at(Code::MeasurementsInvalid, key))?;
                if found.items.iter().any(|(_, code, _)| *code == item.code) {
                    return Err(Failure::at(Code::MeasurementsInvalid, key));
                }
                found.items.push((at, item.code, key.to_owned()));
                continue;
            }
        };
        if slot.replace(at).is_some() {
            return Err(Failure::at(Code::MeasurementsInvalid, heading.trim()));
        }
    }
    if found.day.is_none() || (found.id_number.is_none() && found.name.is_none()) {
        return Err(Failure::at(Code::MeasurementsInvalid, "exam_date, id_number, name"));
    }
    Ok(found)
}

fn read_row(
    columns: &Columns,
    record: &csv::StringRecord,
    row: u32,
    problems: &mut Vec<RowProblem>,
) -> Option<MeasuredRow> {
    let cell = |at: Option<usize>| at.and_then(|i| record.get(i)).unwrap_or("").trim();
    let Some(day) = parse_date(cell(columns.day)) else {
        problems.push(RowProblem::new(row, "exam_date", "day_invalid"));
        return None;
    };
    let details = read_person(
        PersonCells {
            id_number: cell(columns.id_number),
            name: cell(columns.name),
            sex: cell(columns.sex),
            birth: cell(columns.birth),
        },
        row,
        day,
        problems,
    );
    if details.name.is_empty() && details.id_number.is_none() {
        problems.push(RowProblem::new(row, "name", "name_missing"));
        return None;
    }
    // A misspelt kind must not choose the tables: adults' limits would pass a child by.
    let kind = match cell(columns.kind) {
        "" | "resident" | "居民" => PersonKind::Resident,
        "student" | "pupil" | "学生" => PersonKind::Pupil,
        _ => {
            problems.push(RowProblem::new(row, "kind", "kind_unknown"));
            return None;
        }
    };
    let mut texts = Vec::new();
    for (at, item, key) in &columns.items {
        let text = cell(Some(*at));
        if text.chars().count() > CELL_CHARS_MAX {
            problems.push(RowProblem::new(row, key, "value_unreadable"));
        } else if !text.is_empty() {
            texts.push((*item, text.to_owned()));
        }
    }
    let unit_text = cell(columns.unit).to_owned();
    Some(MeasuredRow { row, kind, unit_text, details, day, texts })
}

struct PersonCells<'a> {
    id_number: &'a str,
    name: &'a str,
    sex: &'a str,
    birth: &'a str,
}

/// Who a row is about. The ID number is worth more than the columns beside it; a contradiction is told.
fn read_person(
    cells: PersonCells<'_>,
    row: u32,
    day: NaiveDate,
    problems: &mut Vec<RowProblem>,
) -> PersonDetails {
    let mut tell = |column: &str, code| problems.push(RowProblem::new(row, column, code));
    let told_birth = parse_date(cells.birth);
    if told_birth.is_none() && !cells.birth.is_empty() {
        tell("birth", "birth_invalid");
    }
    let told_sex = parse_sex(cells.sex);
    if told_sex.is_none() && !cells.sex.is_empty() {
        tell("sex", "sex_invalid");
    }
    let id_number = match cells.id_number {
        "" => None,
        text => match IdNumber::parse(text, day) {
            Ok(id) => Some(id),
            Err(_) => {
                tell("id_number", "id_invalid");
                None
            }
        },
    };
    if let Some(id) = &id_number {
        if told_birth.is_some_and(|b| b != id.birth()) {
            tell("birth", "birth_contradicts_id");
        }
        if told_sex.is_some_and(|s| s != id.sex()) {
            tell("sex", "sex_contradicts_id");
        }
    }
    PersonDetails {
        name: cells.name.split_whitespace().collect(),
        sex: id_number.as_ref().map(IdNumber::sex).or(told_sex),
        birth: id_number.as_ref().map(IdNumber::birth).or(told_birth),
        id_number: id_number.map(|id| id.as_str().to_owned()),
        ..PersonDetails::default()
    }
}

/// One item's text as a value, or the code of what is wrong with it.
pub fn value_of(item: &Item, text: &str) -> Result<domain::value::Value, &'static str> {
    let half_width = identity::normalize(text);
    domain::catalogue::parse_value(item, text)
        .or_else(|_| domain::catalogue::parse_value(item, &half_width))
        .map_err(|_| "value_unreadable")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_nobody_knows_is_told_and_never_taken_for_a_resident() {
        let check = |kind: &str, expected: Result<PersonKind, &str>| {
            let text = format!("kind,name,exam_date,height_cm\n{kind},张三,2026-09-14,150\n");
            let said = read(Catalogue::builtin(), text.as_bytes()).unwrap();
            let found = match said.rows.first() {
                Some(row) => Ok(row.kind),
                None => Err(said.problems[0].code),
            };
            assert_eq!(found, expected, "{kind}");
        };
        check("resident", Ok(PersonKind::Resident));
        check("", Ok(PersonKind::Resident));
        check("student", Ok(PersonKind::Pupil));
        check("学生", Ok(PersonKind::Pupil));
        check("studnet", Err("kind_unknown"));
    }
}
