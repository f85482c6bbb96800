//! The workbook that goes back to the office: its own cells again, those with a problem marked by
//! colour, and beside each row what is wrong in words. It holds what the office sent and may be sent
//! in again as it is; nothing of it is a formula.

use crate::error::IntakeError;
use crate::limits::COLUMNS_MAX;
use crate::roster::{ProblemCode, REASON_HEADING, RosterProblem, SheetShape, shape_of};
use crate::workbook::{Cell, Merge, Row, Sheet, Workbook};
use rust_xlsxwriter::{
    Color, ExcelDateTime, Format, FormatAlign, FormatBorder, Worksheet, XlsxError,
};
use std::collections::{BTreeMap, BTreeSet};

/// Excel's own limits.
const SHEET_NAME_CHARS_MAX: usize = 31;
const TEXT_CHARS_MAX: usize = 32_767;
const ROWS_MAX: u32 = 1_048_576;

/// Light red behind a cell, dark red for the words: Excel's own "bad" style.
const MARK_BACKGROUND: u32 = 0xFFC7CE;
const MARK_TEXT: u32 = 0x9C0006;
const REASON_WIDTH_CHARS: f64 = 60.0;
const WIDTH_CHARS_MAX: f64 = 40.0;

/// One workbook for all files, a sheet for each of theirs. `problems` are those of `read_roster` and
/// `merge_within`; of other files' they are left out.
pub fn problem_workbook(
    files: &[(&str, &Workbook)],
    problems: &[RosterProblem],
) -> Result<Vec<u8>, IntakeError> {
    let mut out = rust_xlsxwriter::Workbook::new();
    let formats = Formats::new();
    let mut names = BTreeSet::new();
    for (file, workbook) in files {
        for sheet in &workbook.sheets {
            let own =
                problems.iter().filter(|one| *one.file == **file && *one.sheet == *sheet.name);
            let marks = Marks::of(own);
            let name = free_name(&sheet.name, &mut names);
            let page = out.add_worksheet();
            page.set_name(name).map_err(|_| IntakeError::Unwritable)?;
            write_sheet(page, sheet, &marks, &formats).map_err(|_| IntakeError::Unwritable)?;
        }
    }
    if names.is_empty() {
        return Err(IntakeError::Empty);
    }
    out.save_to_buffer().map_err(|_| IntakeError::Unwritable)
}

struct Formats {
    plain: Format,
    text: Format,
    date: Format,
    marked: Format,
    marked_date: Format,
    heading: Format,
    reason: Format,
}

impl Formats {
    fn new() -> Formats {
        let plain = Format::new();
        let date = Format::new().set_num_format("yyyy-mm-dd");
        let marked = Format::new()
            .set_background_color(Color::RGB(MARK_BACKGROUND))
            .set_font_color(Color::RGB(MARK_TEXT))
            .set_border(FormatBorder::Thin);
        let reason = Format::new()
            .set_font_color(Color::RGB(MARK_TEXT))
            .set_text_wrap()
            .set_align(FormatAlign::Top);
        Formats {
            text: Format::new().set_num_format("@"),
            marked_date: marked.clone().set_num_format("yyyy-mm-dd"),
            // What is typed over a marked cell stays text: a long number keeps its digits.
            marked: marked.set_num_format("@"),
            heading: Format::new().set_bold().set_font_color(Color::RGB(MARK_TEXT)),
            plain,
            date,
            reason,
        }
    }
}

/// The problems of one sheet by row, and the cells to mark.
struct Marks {
    reasons: BTreeMap<u32, Vec<ProblemCode>>,
    cells: BTreeSet<(u32, usize)>,
}

impl Marks {
    fn of<'a>(problems: impl Iterator<Item = &'a RosterProblem>) -> Marks {
        let mut marks = Marks { reasons: BTreeMap::new(), cells: BTreeSet::new() };
        for problem in problems {
            let codes = marks.reasons.entry(problem.row).or_default();
            if !codes.contains(&problem.code) {
                codes.push(problem.code);
            }
            if let Some(column) = column_of(&problem.cell) {
                marks.cells.insert((problem.row, column));
            }
        }
        marks
    }
}

fn write_sheet(
    page: &mut Worksheet,
    sheet: &Sheet,
    marks: &Marks,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let shape = shape_of(sheet);
    let reason_column = reason_column(sheet, &shape);
    for merge in sheet.merged.iter().filter(|merge| is_kept(merge, reason_column)) {
        // Overlapping merges of a damaged file are left out; the cells are written all the same.
        let (first, last) = (merge.first_row - 1, merge.last_row - 1);
        let (left, right) = (column_number(merge.first_column), column_number(merge.last_column));
        let _ = page.merge_range(first, left, last, right, "", &formats.plain);
    }
    for row in sheet.rows.iter().filter(|row| row.number <= ROWS_MAX) {
        write_row(page, row, &shape, reason_column, marks, formats)?;
    }
    let reason_at = u16::try_from(reason_column).unwrap_or(u16::MAX);
    for header in &shape.header_rows {
        page.write_string_with_format(header - 1, reason_at, REASON_HEADING, &formats.heading)?;
    }
    // What is about the whole sheet stands at its top, but not over the reasons' own heading.
    let top = if shape.header_rows.first() == Some(&1) { 2 } else { 1 };
    let mut sentences: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
    for (row, codes) in &marks.reasons {
        let row = if *row == 0 { top } else { *row };
        sentences.entry(row).or_default().extend(codes.iter().map(|code| code.zh()));
    }
    for (row, sentences) in sentences {
        let text = sentences.join("\n");
        page.write_string_with_format(row - 1, reason_at, text, &formats.reason)?;
    }
    for (column, width) in widths(sheet, reason_column) {
        page.set_column_width(column, width)?;
    }
    page.set_column_width(reason_at, REASON_WIDTH_CHARS)?;
    if let Some(header) = shape.header_rows.first() {
        page.set_freeze_panes(*header, 0)?;
    }
    Ok(())
}

fn write_row(
    page: &mut Worksheet,
    row: &Row,
    shape: &SheetShape,
    reason_column: usize,
    marks: &Marks,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let at = row.number - 1;
    for (index, cell) in row.cells.iter().enumerate().filter(|(index, _)| *index != reason_column) {
        let column = u16::try_from(index).unwrap_or(u16::MAX);
        let is_marked = marks.cells.contains(&(row.number, index));
        let format = match (is_marked, cell) {
            (true, Cell::Date(_)) => &formats.marked_date,
            (true, _) => &formats.marked,
            (false, Cell::Date(_)) => &formats.date,
            (false, _) if shape.text_columns.contains(&index) => &formats.text,
            (false, _) => &formats.plain,
        };
        match cell {
            Cell::Empty => page.write_blank(at, column, format)?,
            Cell::Text(text) => page.write_string_with_format(at, column, cut(text), format)?,
            // A number that lost its digits stays a number: as text it might pass for a valid one.
            Cell::Number(number) => page.write_number_with_format(at, column, *number, format)?,
            Cell::Bool(yes) => page.write_boolean_with_format(at, column, *yes, format)?,
            Cell::Error => page.write_string_with_format(at, column, "（公式错误）", format)?,
            Cell::Date(date) => match ExcelDateTime::parse_from_str(&date.to_string()) {
                Ok(day) => page.write_datetime_with_format(at, column, &day, format)?,
                Err(_) => page.write_string_with_format(at, column, date.to_string(), format)?,
            },
        };
    }
    // A missing cell behind the row's last one.
    let beyond = marks.cells.range((row.number, row.cells.len())..(row.number + 1, 0));
    for (_, index) in beyond.filter(|(_, index)| *index != reason_column) {
        page.write_blank(at, u16::try_from(*index).unwrap_or(u16::MAX), &formats.marked)?;
    }
    Ok(())
}

/// The column that held the reasons when the file came back once before, else the first free one.
fn reason_column(sheet: &Sheet, shape: &SheetShape) -> usize {
    let of_cells = sheet.rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let of_merges = sheet.merged.iter().map(|merge| merge.last_column as usize + 1);
    let free = of_merges.filter(|column| *column < COLUMNS_MAX).chain([of_cells]).max();
    shape.reason_column.unwrap_or(free.unwrap_or(of_cells))
}

fn is_kept(merge: &Merge, reason_column: usize) -> bool {
    let is_area = merge.last_row > merge.first_row || merge.last_column > merge.first_column;
    is_area
        && merge.first_row >= 1
        && merge.first_row <= merge.last_row
        && merge.first_column <= merge.last_column
        && merge.last_row <= ROWS_MAX
        && (merge.last_column as usize) < reason_column
}

fn column_number(column: u32) -> u16 {
    u16::try_from(column).unwrap_or(u16::MAX)
}

fn widths(sheet: &Sheet, reason_column: usize) -> BTreeMap<u16, f64> {
    let mut widths = BTreeMap::new();
    for row in &sheet.rows {
        let filled = row.cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty());
        let is_title = filled.clone().count() <= 2;
        for (index, cell) in filled.filter(|(index, _)| !is_title && *index != reason_column) {
            let text = cell.text();
            let wide = |char: char| if char.is_ascii() { 1.1 } else { 2.1 };
            let width: f64 = text.lines().map(|l| l.chars().map(wide).sum()).fold(0.0, f64::max);
            let known = widths.entry(u16::try_from(index).unwrap_or(u16::MAX)).or_insert(6.0_f64);
            *known = known.max(width + 1.0).min(WIDTH_CHARS_MAX);
        }
    }
    widths
}

fn cut(text: &str) -> &str {
    text.char_indices().nth(TEXT_CHARS_MAX).map_or(text, |(at, _)| &text[..at])
}

/// `D12` to 3.
fn column_of(cell: &str) -> Option<usize> {
    let letters = cell.bytes().take_while(u8::is_ascii_uppercase);
    let column = letters.fold(0_usize, |column, letter| {
        column.saturating_mul(26).saturating_add(usize::from(letter - b'A') + 1)
    });
    column.checked_sub(1).filter(|column| *column < COLUMNS_MAX)
}

/// A name Excel takes and no other sheet has.
fn free_name(name: &str, taken: &mut BTreeSet<String>) -> String {
    let is_allowed = |char: &char| !matches!(char, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'');
    let plain: String = name.chars().filter(is_allowed).filter(|char| !char.is_control()).collect();
    let plain = if plain.trim().is_empty() { "花名册".to_owned() } else { plain };
    let mut number = 1_u32;
    loop {
        let tail = if number == 1 { String::new() } else { format!("({number})") };
        let kept = SHEET_NAME_CHARS_MAX - tail.chars().count();
        let wanted: String = plain.chars().take(kept).chain(tail.chars()).collect();
        if taken.insert(wanted.to_lowercase()) {
            return wanted;
        }
        number += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cells_column_is_found_again() {
        let check =
            |cell: &str, expect: Option<usize>| assert_eq!(column_of(cell), expect, "{cell}");
        check("A1", Some(0));
        check("D12", Some(3));
        check("AB7", Some(27));
        check("", None);
        check("ZZZZZZ1", None);
    }

    #[test]
    fn sheet_names_are_ones_excel_takes_and_differ() {
        let mut taken = BTreeSet::new();
        assert_eq!(free_name("慕隆村", &mut taken), "慕隆村");
        assert_eq!(free_name("慕隆村", &mut taken), "慕隆村(2)");
        assert_eq!(free_name("一/二:三", &mut taken), "一二三");
        assert_eq!(free_name("'", &mut taken), "花名册");
        let long = "很".repeat(40);
        assert_eq!(free_name(&long, &mut taken).chars().count(), 31);
        assert_eq!(free_name(&long, &mut taken).chars().count(), 31);
    }
}
