//! One person of one row: cells to facts, with what is wrong on the way. What the ID number says of
//! birth and sex stands over the columns; without a usable one the columns stand.

use super::group;
use super::heading::Kind;
use super::problem::ProblemCode;
use super::table::{Column, Columns};
use crate::words::{name_of, squeezed, tidied};
use crate::workbook::{Cell, Form, Row, day_of_serial};
use chrono::NaiveDate;
use domain::class::{self, Class};
use domain::facts::{PersonDetails, RosterRow, Sex};
use domain::identity::{self, IdNumber, IdProblem, age_years};
use domain::roster::{numeric_cell_is_never_an_id, parse_date, parse_sex};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Older than anyone: a birth date before it is a slip of the pen.
const AGE_YEARS_MAX: i32 = 130;
/// A birth date has six digits at least (1958.8.3); fewer in a person's columns are a count.
const DATA_DIGITS_MIN: usize = 6;
/// Answers that mean an empty cell.
const NOTHING: [&str; 10] = ["无", "/", "-", "—", "--", "暂无", "没有", "未办", "不详", "无证"];
/// What a cell repeats of the one above.
const SAME_AS_ABOVE: [&str; 6] = ["同上", "上同", "〃", "″", "\"", "''"];

/// A problem and the column it is about; `None` where the sheet has no such column.
pub(super) type Found = (ProblemCode, Kind, Option<usize>);

/// What reading needs besides the row.
pub(super) struct Reading<'a> {
    pub columns: &'a Columns,
    pub form: Form,
    pub days_from_1904: bool,
    pub today: NaiveDate,
    /// Texts of merged cells and of cells marked as the same, by column.
    pub carried: &'a BTreeMap<usize, String>,
}

/// What a row says, before it is known which unit it belongs to.
pub(super) struct Person {
    pub row: RosterRow,
    pub problems: Vec<Found>,
}

impl Reading<'_> {
    /// The person's name as it is kept; empty where the row has none.
    pub(super) fn name(&self, row: &Row) -> String {
        let cell = self.columns.first(Kind::Name).map_or(&Cell::Empty, |c| row.cell(c.index));
        match cell {
            Cell::Text(text) => name_of(text),
            Cell::Empty | Cell::Number(_) | Cell::Date(_) | Cell::Bool(_) | Cell::Error => {
                String::new()
            }
        }
    }

    /// True when the row holds something that only a person's row would.
    pub(super) fn looks_like_data(&self, row: &Row) -> bool {
        let kinds =
            [Kind::IdNumber, Kind::Birth, Kind::StudentNo, Kind::Phone, Kind::GuardianPhone];
        let cells =
            kinds.iter().flat_map(|kind| self.columns.all(*kind)).map(|c| row.cell(c.index));
        let has_digits = |cell: &Cell| {
            let text = squeezed(&cell.text());
            text.chars().filter(char::is_ascii_digit).count() >= DATA_DIGITS_MIN
        };
        cells.into_iter().any(has_digits)
    }

    pub(super) fn person(&self, row: &Row, name: String) -> Person {
        let mut problems = Vec::new();
        let id = self.id_number(row, &mut problems);
        let usable = id.as_ref().ok();
        let birth = self.birth(row, &id, &mut problems);
        let sex = self.sex(row, usable, &mut problems);
        let (phone, phone_owner) = self.phone(row, &mut problems);
        let student_no = self.student_no(row, &mut problems);
        let address = self.kept(row, Kind::Address);
        let from_column =
            self.kept(row, Kind::Group).and_then(|text| group::of_cell(&squeezed(&text)));
        let in_address = || group::in_address(&squeezed(address.as_deref().unwrap_or_default()));
        let details = PersonDetails {
            name,
            sex,
            birth,
            id_number: usable.map(|id| id.as_str().to_owned()),
            student_no,
            phone,
            phone_owner,
            address: address.clone(),
        };
        let group = from_column.or_else(in_address);
        Person { row: RosterRow { details, group, grade: None, note: self.note(row) }, problems }
    }

    /// Grade and class of a pupil's row from its columns.
    pub(super) fn class(&self, row: &Row) -> Class {
        let text =
            |kind: Kind| self.kept(row, kind).map(|text| squeezed(&text)).unwrap_or_default();
        class::of_cells(&text(Kind::Grade), &text(Kind::Class))
    }

    /// The cells of a kind as text, in order, empty ones and words for nothing left out.
    fn texts<'r>(&self, row: &'r Row, kind: Kind) -> Vec<(usize, &'r Cell, Cow<'r, str>)> {
        let columns = self.columns.all(kind).iter();
        let cells = columns.map(|Column { index, .. }| (*index, row.cell(*index)));
        cells
            .map(|(index, cell)| (index, cell, cell.text()))
            .filter(|(_, cell, text)| **cell == Cell::Error || !says_nothing(text))
            .collect()
    }

    /// The first text of a kind that may be carried down from above, tidied.
    pub(super) fn kept(&self, row: &Row, kind: Kind) -> Option<String> {
        self.columns.all(kind).iter().find_map(|column| {
            let own = tidied(&row.cell(column.index).text());
            let is_ditto = is_same_as_above(&own);
            let text = match self.carried.get(&column.index) {
                Some(carried) if own.is_empty() || is_ditto => carried.clone(),
                Some(_) | None if is_ditto => String::new(),
                Some(_) | None => own,
            };
            (!says_nothing(&text)).then_some(text)
        })
    }

    fn id_number(
        &self,
        row: &Row,
        problems: &mut Vec<Found>,
    ) -> Result<IdNumber, Option<NaiveDate>> {
        let mut first_problem = None;
        for (index, cell, text) in self.texts(row, Kind::IdNumber) {
            match self.read_id(cell, &text) {
                Ok(id) => return Ok(id),
                Err((code, birth)) => {
                    first_problem.get_or_insert((code, index, birth));
                }
            }
        }
        let column = self.columns.first(Kind::IdNumber).map(|column| column.index);
        let (code, index, birth) = match first_problem {
            Some((code, index, birth)) => (code, Some(index), birth),
            None => (ProblemCode::IdMissing, column, None),
        };
        problems.push((code, Kind::IdNumber, index));
        Err(birth)
    }

    /// A valid number, or what is wrong and the birth date that is still certain: a number that
    /// lost its last digits keeps its first fifteen.
    fn read_id(
        &self,
        cell: &Cell,
        text: &str,
    ) -> Result<IdNumber, (ProblemCode, Option<NaiveDate>)> {
        let plain = identity::normalize(text);
        let digits = plain.chars().filter(char::is_ascii_digit).count();
        let is_numeric = match cell {
            Cell::Number(_) => true,
            Cell::Error => return Err((ProblemCode::CellError, None)),
            Cell::Empty | Cell::Date(_) | Cell::Bool(_) => {
                return Err((ProblemCode::IdDigits, None));
            }
            // Written out of a spreadsheet a number is `4.31399E+17` or ends in zeros.
            Cell::Text(_) => {
                is_scientific(&plain) || self.form == Form::Csv && ends_as_a_number(&plain)
            }
        };
        if is_scientific(&plain) || numeric_cell_is_never_an_id(is_numeric, digits) {
            let birth = plain.get(6..14).and_then(parse_date);
            let birth = birth.filter(|birth| digits == 18 && self.is_plausible(*birth));
            return Err((ProblemCode::IdStoredAsNumber, birth));
        }
        IdNumber::parse(&plain, self.today).map_err(|problem| (code_of(problem, &plain), None))
    }

    fn birth(
        &self,
        row: &Row,
        id: &Result<IdNumber, Option<NaiveDate>>,
        problems: &mut Vec<Found>,
    ) -> Option<NaiveDate> {
        let mut written = None;
        let mut column = self.columns.first(Kind::Birth).map(|column| column.index);
        for (index, cell, text) in self.texts(row, Kind::Birth) {
            column = Some(index);
            let problem = match self.read_date(cell, &text) {
                Some(date) if self.is_plausible(date) => {
                    written = Some(date);
                    break;
                }
                Some(_) => ProblemCode::BirthImplausible,
                None if *cell == Cell::Error => ProblemCode::CellError,
                None => ProblemCode::BirthUnreadable,
            };
            problems.push((problem, Kind::Birth, column));
        }
        match (id, written) {
            (Ok(id), Some(written)) if written != id.birth() => {
                problems.push((ProblemCode::BirthContradictsId, Kind::Birth, column));
                Some(id.birth())
            }
            (Ok(id), _) => Some(id.birth()),
            (Err(_), Some(written)) => Some(written),
            (Err(Some(certain)), None) => Some(*certain),
            (Err(None), None) => {
                problems.push((ProblemCode::BirthMissing, Kind::Birth, column));
                None
            }
        }
    }

    fn read_date(&self, cell: &Cell, text: &str) -> Option<NaiveDate> {
        match cell {
            Cell::Date(date) => Some(*date),
            // 19670101, or a day number in a cell that lost its date format
            Cell::Number(number) => match number.fract() == 0.0 && text.len() == 8 {
                true => parse_date(text),
                false if text.len() <= 5 => day_of_serial(*number, self.days_from_1904),
                false => None,
            },
            Cell::Text(_) => parse_date(text),
            Cell::Empty | Cell::Bool(_) | Cell::Error => None,
        }
    }

    fn is_plausible(&self, birth: NaiveDate) -> bool {
        birth <= self.today && age_years(birth, self.today) <= AGE_YEARS_MAX
    }

    fn sex(&self, row: &Row, id: Option<&IdNumber>, problems: &mut Vec<Found>) -> Option<Sex> {
        let mut written = None;
        let mut column = self.columns.first(Kind::Sex).map(|column| column.index);
        if let Some((index, cell, text)) = self.texts(row, Kind::Sex).into_iter().next() {
            column = Some(index);
            written = parse_sex(&text);
            if written.is_none() {
                let is_error = *cell == Cell::Error;
                let code =
                    if is_error { ProblemCode::CellError } else { ProblemCode::SexUnreadable };
                problems.push((code, Kind::Sex, column));
            }
        } else if id.is_none() {
            problems.push((ProblemCode::SexMissing, Kind::Sex, column));
        }
        let Some(id) = id else { return written };
        if written.is_some_and(|written| written != id.sex()) {
            problems.push((ProblemCode::SexContradictsId, Kind::Sex, column));
        }
        Some(id.sex())
    }

    /// The own phone, else the guardian's with the guardian's name.
    fn phone(&self, row: &Row, problems: &mut Vec<Found>) -> (Option<String>, Option<String>) {
        for kind in [Kind::Phone, Kind::GuardianPhone] {
            for (index, cell, text) in self.texts(row, kind) {
                let several = text.split(['/', '、', ',', '，', ';', '；', '\n']);
                let found = identity::phone(&text)
                    .or_else(|| several.into_iter().find_map(identity::phone));
                let Some(phone) = found else {
                    let is_error = *cell == Cell::Error;
                    let code = if is_error {
                        ProblemCode::CellError
                    } else {
                        ProblemCode::PhoneUnreadable
                    };
                    problems.push((code, kind, Some(index)));
                    continue;
                };
                let is_guardians =
                    kind == Kind::GuardianPhone || !self.columns.has(Kind::GuardianPhone);
                let owner = self.kept(row, Kind::Guardian).filter(|_| is_guardians);
                return (Some(phone), owner.map(|owner| name_of(&owner)));
            }
        }
        (None, None)
    }

    fn student_no(&self, row: &Row, problems: &mut Vec<Found>) -> Option<String> {
        let (index, _, text) = self.texts(row, Kind::StudentNo).into_iter().next()?;
        let found = identity::student_no(&text);
        if found.is_none() {
            problems.push((ProblemCode::StudentNoUnreadable, Kind::StudentNo, Some(index)));
        }
        found
    }

    /// 备注 as written, then what a 慢病 column says.
    fn note(&self, row: &Row) -> Option<String> {
        let mut notes: Vec<String> = Vec::new();
        for (_, _, text) in self.texts(row, Kind::Note) {
            notes.push(tidied(&text));
        }
        for column in self.columns.all(Kind::Condition) {
            let text = tidied(&row.cell(column.index).text());
            let is_yes = matches!(text.as_str(), "是" | "有" | "√" | "✓" | "1");
            let is_no =
                matches!(text.as_str(), "否" | "0" | "×" | "健康" | "正常") || says_nothing(&text);
            match (is_yes, is_no) {
                (true, _) => notes.push(plain_heading(&column.heading).to_owned()),
                (false, true) => {}
                (false, false) => notes.push(text),
            }
        }
        notes.dedup();
        (!notes.is_empty()).then(|| notes.join("；"))
    }
}

/// `是否慢病` to `慢病`.
fn plain_heading(heading: &str) -> &str {
    let heading = heading.strip_prefix("是否").unwrap_or(heading);
    heading.strip_prefix('有').unwrap_or(heading)
}

pub(super) fn is_same_as_above(text: &str) -> bool {
    SAME_AS_ABOVE.contains(&text)
}

fn says_nothing(text: &str) -> bool {
    let plain = squeezed(text);
    plain.is_empty() || NOTHING.contains(&plain.as_str())
}

fn code_of(problem: IdProblem, plain: &str) -> ProblemCode {
    match problem {
        IdProblem::Length if is_other_document(plain) => ProblemCode::IdOtherDocument,
        IdProblem::Length => ProblemCode::IdWrongLength,
        IdProblem::Digits => ProblemCode::IdDigits,
        IdProblem::Date => ProblemCode::IdDate,
        IdProblem::Future => ProblemCode::IdFuture,
        IdProblem::Age => ProblemCode::IdAge,
        IdProblem::CheckDigit => ProblemCode::IdCheckDigit,
    }
}

/// A letter or two and seven to nine digits: passports and 港澳 permits.
fn is_other_document(plain: &str) -> bool {
    let letters = plain.chars().take_while(char::is_ascii_alphabetic).count();
    let digits = plain.chars().skip(letters).filter(char::is_ascii_digit).count();
    (1..=2).contains(&letters) && (7..=9).contains(&digits) && letters + digits == plain.len()
}

/// `4.31399E+17`, from some programs `4.31399195205023E+017`.
fn is_scientific(plain: &str) -> bool {
    let Some((mantissa, exponent)) = plain.split_once("E+") else { return false };
    let is_number = |text: &str| text.chars().all(|char| char.is_ascii_digit() || char == '.');
    let is_long = exponent.parse::<u32>().is_ok_and(|exponent| (14..=18).contains(&exponent));
    !mantissa.is_empty() && is_number(mantissa) && is_long
}

/// Spreadsheets keep 15 digits; the others of a long number are written out as zeros.
fn ends_as_a_number(plain: &str) -> bool {
    plain.len() == 18 && plain.ends_with("000") && plain.bytes().all(|byte| byte.is_ascii_digit())
}
