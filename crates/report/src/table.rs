//! A report as a table: headings and rows of typed cells, each with a mark. Not how a cell looks on
//! paper (`xlsx`) nor how it is quoted (`csv_out`): both write the same tables.

use chrono::NaiveDate;
use domain::rule::Level;
use domain::value::Decimal;

/// One cell's content. Numbers stay numbers; everything else is text and is written as text.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Empty,
    Text(String),
    /// Digits that are no number (ID number, unit code, phone): text that stays text when edited.
    Code(String),
    Number(Decimal),
    Count(u64),
    /// A part of one, printed in per cent with one decimal.
    Share(Decimal),
    Day(NaiveDate),
}

impl Cell {
    pub fn text(text: impl Into<String>) -> Cell {
        let text = text.into();
        if text.is_empty() { Cell::Empty } else { Cell::Text(text) }
    }

    pub fn code(code: impl Into<String>) -> Cell {
        let code = code.into();
        if code.is_empty() { Cell::Empty } else { Cell::Code(code) }
    }

    pub fn text_or_empty(text: Option<&str>) -> Cell {
        text.map_or(Cell::Empty, Cell::text)
    }

    /// `part / whole` as a share; `—` where there is no whole. One rounding only, to a tenth of a
    /// per cent, so that a workbook and a CSV of the same figures agree.
    pub fn share(part: u64, whole: u64) -> Cell {
        share(part, whole).map_or_else(|| Cell::text(NO_SHARE), Cell::Share)
    }
}

/// What stands in a table where a rate has no denominator.
pub const NO_SHARE: &str = "—";

/// `part / whole` to three places (a tenth of a per cent), half up; `None` when `whole` is 0.
pub fn share(part: u64, whole: u64) -> Option<Decimal> {
    Decimal::ratio_half_up(i128::from(part), i128::from(whole), 3)
}

/// A share (three places) in words: `37.4%`.
pub fn percent(share: Decimal) -> String {
    let tenths = share.round_half_up(3).mantissa;
    format!("{}%", Decimal::new(tenths, 1))
}

/// Why a cell looks different. Always beside a word somewhere: never colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    Plain,
    /// A result a finding of this level rests on, or the level itself.
    Finding(Level),
    /// No value, but a reason.
    Absent,
    /// Several current values: a person has to decide.
    Conflict,
    /// A township's row.
    Subtotal,
    /// The district's row.
    Total,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Marked {
    pub cell: Cell,
    pub mark: Mark,
}

impl From<Cell> for Marked {
    fn from(cell: Cell) -> Marked {
        Marked { cell, mark: Mark::Plain }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Align {
    Left,
    Center,
    Right,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    pub heading: String,
    /// In widths of a digit; a Chinese character takes two.
    pub width_chars: f64,
    pub align: Align,
    /// Long text goes on in the next line and makes the row higher.
    pub wraps: bool,
}

impl Column {
    pub fn new(heading: impl Into<String>, width_chars: f64, align: Align) -> Column {
        Column { heading: heading.into(), width_chars, align, wraps: false }
    }

    pub fn wrapping(heading: impl Into<String>, width_chars: f64) -> Column {
        Column { heading: heading.into(), width_chars, align: Align::Left, wraps: true }
    }
}

/// A table whose rows are made one at a time, so that only what is written is in memory.
pub struct Table<'a> {
    /// The sheet's name, at most 31 characters.
    pub name: &'static str,
    /// What the printed page says at its top.
    pub title: String,
    pub columns: Vec<Column>,
    /// Columns that stay in sight when the sheet is moved sideways.
    pub frozen_columns: u16,
    pub rows: Box<dyn Iterator<Item = Vec<Marked>> + 'a>,
}

/// How many digit widths (7 px) a text of 10 pt takes on one line: ASCII at most one, a Chinese
/// character 13.3 px.
pub fn width_chars(text: &str) -> f64 {
    text.chars().map(|c| if c.is_ascii() { 1.0 } else { 1.91 }).sum()
}

/// Lines a text takes in a column, rather one too many than one too few.
pub fn lines_in(text: &str, column_width_chars: f64) -> u32 {
    let width = (column_width_chars - 0.5).max(2.0);
    // A quotient of a text of at most 32,767 characters is far below what fits.
    text.lines().map(|line| ((width_chars(line) / width).ceil() as u32).max(1)).sum()
}
