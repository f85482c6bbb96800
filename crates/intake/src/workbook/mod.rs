//! A workbook as read: sheets of cells, nothing interpreted. Not a spreadsheet model: no formulas,
//! no styles; a formula's cell holds its last result.

mod build;
mod cfb;
mod sniff;
mod text;
mod xls;
mod xlsx;

pub use sniff::read_workbook;
pub(crate) use sniff::sheet_name_of;
pub(crate) use text::decode as decode_text;

use chrono::NaiveDate;
use std::borrow::Cow;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Xlsx,
    Xls,
    /// Text in columns. A cell's type is gone: everything is text.
    Csv,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Workbook {
    pub form: Form,
    /// Day numbers count from 1904 (old Excel for Mac) instead of 1900.
    pub days_from_1904: bool,
    pub sheets: Vec<Sheet>,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sheet {
    pub name: String,
    /// Rows with something in them, ascending by number.
    pub rows: Vec<Row>,
    pub merged: Vec<Merge>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// As the spreadsheet shows it, from 1. In a text file the record's number.
    pub number: u32,
    /// From column A to the last one with something in it.
    pub cells: Vec<Cell>,
    /// Cells of a text file's record, the empty ones at its end too; a spreadsheet has no end of a row.
    pub written: Option<usize>,
}

/// Merged cells; rows from 1, columns from 0, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merge {
    pub first_row: u32,
    pub last_row: u32,
    pub first_column: u32,
    pub last_column: u32,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub enum Cell {
    #[default]
    Empty,
    Text(String),
    /// Exact to 15 significant digits, as spreadsheets keep them.
    Number(f64),
    Date(NaiveDate),
    Bool(bool),
    /// `#REF!` and its like.
    Error,
}

impl Workbook {
    /// What stands in a cell named like `D12` of a sheet; `None` where there is no such row with anything in it.
    pub fn text_at(&self, sheet: &str, cell: &str) -> Option<Cow<'_, str>> {
        let (column, number) = place_of(cell)?;
        let rows = self.sheets.iter().find(|one| one.name == sheet)?.rows.iter();
        let row = rows.into_iter().find(|row| row.number == number)?;
        Some(row.cell(column).text())
    }

    /// Puts a cell right before the workbook is read as a roster. False where there is no such row: none is added.
    pub fn put_right(&mut self, sheet: &str, cell: &str, text: &str) -> bool {
        let Some((column, number)) = place_of(cell) else { return false };
        let sheets = self.sheets.iter_mut().filter(|one| one.name == sheet);
        let row = sheets.flat_map(|sheet| sheet.rows.iter_mut()).find(|row| row.number == number);
        let Some(row) = row else { return false };
        if row.cells.len() <= column {
            row.cells.resize(column + 1, Cell::Empty);
        }
        let text = text.trim();
        row.cells[column] = if text.is_empty() { Cell::Empty } else { Cell::Text(text.to_owned()) };
        true
    }
}

/// Without what the arithmetic of a spreadsheet leaves behind the digits it keeps: of 5.6000000000000005 it shows 5.6.
fn as_shown(number: f64) -> String {
    let kept = format!("{number:.*e}", DIGITS_KEPT - 1).parse::<f64>();
    format!("{}", kept.unwrap_or(number))
}

/// Significant digits of a number that spreadsheets keep.
const DIGITS_KEPT: usize = 15;

/// Columns a spreadsheet can have (Excel's XFD).
const COLUMNS_MAX: usize = 16_384;

/// Column from 0 and row from 1 of a cell's name such as `D12`.
fn place_of(cell: &str) -> Option<(usize, u32)> {
    let digits = cell.find(|c: char| c.is_ascii_digit())?;
    let (letters, number) = cell.split_at_checked(digits)?;
    let mut column = 0_usize;
    for letter in letters.bytes() {
        let digit = usize::from(letter.is_ascii_uppercase().then(|| letter - b'A')?);
        column = column * 26 + digit + 1;
        if column > COLUMNS_MAX {
            return None;
        }
    }
    Some((column.checked_sub(1)?, number.parse().ok()?))
}

impl Row {
    pub fn cell(&self, column: usize) -> &Cell {
        self.cells.get(column).unwrap_or(&Cell::Empty)
    }
}

impl Cell {
    pub fn is_empty(&self) -> bool {
        matches!(self, Cell::Empty)
    }

    /// The cell as a person would type it: a number without exponent (`431399197202068000`), a date
    /// as `1999-01-07`. Empty for an empty cell and an error.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Cell::Empty | Cell::Error => Cow::Borrowed(""),
            Cell::Text(text) => Cow::Borrowed(text),
            Cell::Number(number) => Cow::Owned(as_shown(*number)),
            Cell::Date(date) => Cow::Owned(date.format("%Y-%m-%d").to_string()),
            Cell::Bool(true) => Cow::Borrowed("TRUE"),
            Cell::Bool(false) => Cow::Borrowed("FALSE"),
        }
    }
}

/// The day an Excel serial number stands for, between 1900-01-01 and 9999-12-31. Excel counts a
/// 29 February 1900 that never was (serial 60); it gives `None`.
pub fn day_of_serial(serial: f64, days_from_1904: bool) -> Option<NaiveDate> {
    let serial = if days_from_1904 { serial + 1462.0 } else { serial };
    if !(1.0..2_958_466.0).contains(&serial) {
        return None;
    }
    let whole = serial.trunc() as i64;
    let days = match whole {
        60 => return None,
        1..60 => whole + 1,
        _ => whole,
    };
    NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(chrono::Days::new(days.unsigned_abs()))
}

/// `0` to `A`, `27` to `AB`.
pub fn column_letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        let digit = u8::try_from((rest - 1) % 26).unwrap_or(0);
        letters.push(char::from(b'A' + digit));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_put_right_where_a_row_is_and_nowhere_else() {
        let row = Row { number: 12, cells: vec![Cell::Text("a".to_owned())], written: None };
        let sheet = Sheet { name: "村".to_owned(), rows: vec![row], merged: Vec::new() };
        let mut book = Workbook { form: Form::Xlsx, days_from_1904: false, sheets: vec![sheet] };
        assert!(book.put_right("村", "AB12", " b "));
        assert_eq!(book.text_at("村", "AB12").as_deref(), Some("b"));
        assert_eq!(book.text_at("村", "A12").as_deref(), Some("a"));
        assert!(book.put_right("村", "A12", ""));
        assert_eq!(book.text_at("村", "A12").as_deref(), Some(""));
        for (sheet, cell) in [
            ("村", "A13"),
            ("校", "A12"),
            ("村", ""),
            ("村", "12"),
            ("村", "A"),
            ("村", "ZZZZ12"),
            ("村", "a12"),
        ] {
            assert!(!book.put_right(sheet, cell, "c"), "{sheet} {cell}");
            assert_eq!(book.text_at(sheet, cell), None, "{sheet} {cell}");
        }
        for column in [0, 25, 26, 701, 702, 16_383] {
            assert_eq!(place_of(&format!("{}7", column_letters(column))), Some((column, 7)));
        }
    }

    #[test]
    fn a_number_is_what_the_spreadsheet_shows_of_it() {
        let check = |number: f64, shown: &str| assert_eq!(Cell::Number(number).text(), shown);
        check(5.6000000000000005, "5.6");
        check(0.1 + 0.2, "0.3");
        check(20.85, "20.85");
        check(-3.0, "-3");
        // 15 digits are kept, and none is lost.
        check(431_399_197_202_068_000.0, "431399197202068000");
        check(20_260_914_101_201.0, "20260914101201");
        check(123_456_789_012_345.0, "123456789012345");
        check(0.0, "0");
    }

    #[test]
    fn serial_days_are_excels_days() {
        let check = |serial: f64, from_1904: bool, expect: Option<&str>| {
            let day = day_of_serial(serial, from_1904).map(|day| day.to_string());
            assert_eq!(day.as_deref(), expect, "serial {serial}");
        };
        check(1.0, false, Some("1900-01-01"));
        check(59.0, false, Some("1900-02-28"));
        check(60.0, false, None);
        check(61.0, false, Some("1900-03-01"));
        check(31638.0, false, Some("1986-08-14"));
        check(31638.75, false, Some("1986-08-14"));
        check(30176.0, true, Some("1986-08-14"));
        check(0.0, false, None);
        check(4.3e17, false, None);
        check(f64::NAN, false, None);
    }

    #[test]
    fn columns_are_lettered_as_spreadsheets_do() {
        let check = |column: usize, expect: &str| assert_eq!(column_letters(column), expect);
        check(0, "A");
        check(25, "Z");
        check(26, "AA");
        check(511, "SR");
        check(16383, "XFD");
    }

    #[test]
    fn a_number_is_written_out_without_exponent() {
        assert_eq!(Cell::Number(4.31399197202068e17).text(), "431399197202068000");
        assert_eq!(Cell::Number(13812345678.0).text(), "13812345678");
        assert_eq!(Cell::Number(1958.8).text(), "1958.8");
    }
}
