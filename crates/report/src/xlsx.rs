//! Tables as workbooks: one sheet with the table, one that explains it (说明), both ready to print
//! on A4. Not what stands in them.
//!
//! Sheets are built in memory. The library's constant-memory mode would write every cell in clear
//! into a temporary file, and personal data rests on a disk only encrypted.

use crate::look::{self, Look, Printed, Wrap};
use crate::table::{Cell, Column, Marked, Table, lines_in};
use crate::{Export, Identifiers, Input, ReportError, guide_sheet};
use chrono::{Datelike, NaiveDate, NaiveDateTime};
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, IgnoreError, Workbook, Worksheet, XlsxError,
};

/// A cell takes about 250 bytes until the workbook is written: this is 1 GB, and 100,000 people with
/// 40 columns. Far below the 1,048,576 rows of a sheet for every table with at least four columns.
const TABLE_CELLS_MAX: usize = 4_000_000;
/// Characters (UTF-16 units) a cell holds; more is cut, with a mark.
const CELL_UNITS_MAX: usize = 32_767;
const CUT_MARK: &str = "……（以下超出单元格长度）";
/// A row grows with its wrapped texts up to this many lines; the rest is in the cell, not in sight.
const ROW_LINES_MAX: u32 = 12;
const LINE_HEIGHT_PT: f64 = 15.0;
const HEADER_LINES_MAX: u32 = 3;
const PAPER_A4: u8 = 9;
/// Characters of a user's words in a page header or footer; the whole line holds 255.
const MARGIN_TEXT_CHARS_MAX: usize = 60;

/// The workbook of one table.
pub fn write(input: &Input, what: Export, table: Table) -> Result<Vec<u8>, ReportError> {
    let mut workbook = workbook(input, &table.title)?;
    let mut look = Look::default();
    write_table(workbook.add_worksheet(), &mut look, input, what, table)?;
    guide_sheet::write(workbook.add_worksheet(), &mut look, input, what)?;
    Ok(workbook.save_to_buffer()?)
}

/// An empty workbook whose properties depend on the facts alone.
pub fn workbook(input: &Input, title: &str) -> Result<Workbook, XlsxError> {
    let mut workbook = Workbook::new();
    let properties = DocProperties::new()
        .set_title(title)
        .set_author("健康快车")
        .set_creation_datetime(&made_at(input)?);
    workbook.set_properties(&properties);
    Ok(workbook)
}

/// 截至 as the time of making: there is no clock here. A text that is no time gives today's midnight.
fn made_at(input: &Input) -> Result<ExcelDateTime, XlsxError> {
    let at = NaiveDateTime::parse_from_str(&input.facts.as_of, "%Y-%m-%d %H:%M").ok();
    let (hour, minute) =
        at.map_or((0, 0), |at| (chrono::Timelike::hour(&at), chrono::Timelike::minute(&at)));
    let date = excel_date(at.map_or(input.facts.today, |at| at.date()))?;
    date.and_hms(u16::try_from(hour).unwrap_or(0), u8::try_from(minute).unwrap_or(0), 0)
}

fn excel_date(day: NaiveDate) -> Result<ExcelDateTime, XlsxError> {
    let year = u16::try_from(day.year()).unwrap_or(0);
    let month = u8::try_from(day.month()).unwrap_or(0);
    ExcelDateTime::from_ymd(year, month, u8::try_from(day.day()).unwrap_or(0))
}

fn write_table(
    sheet: &mut Worksheet,
    look: &mut Look,
    input: &Input,
    what: Export,
    table: Table,
) -> Result<(), ReportError> {
    sheet.set_name(table.name)?;
    let columns = &table.columns;
    for (col, column) in (0..).zip(columns) {
        sheet.set_column_width(col, column.width_chars)?;
        sheet.write_string_with_format(0, col, &column.heading, &look::header())?;
    }
    sheet.set_row_height(0, row_height_pt(header_lines(columns)))?;
    let mut row: u32 = 0;
    let rows_max = TABLE_CELLS_MAX / columns.len().max(1);
    for cells in table.rows {
        row += 1;
        if usize::try_from(row).is_ok_and(|rows| rows > rows_max) {
            return Err(ReportError::TooManyRows { rows_max });
        }
        let mut lines = 1;
        for ((col, column), marked) in (0..).zip(columns).zip(&cells) {
            write_cell(sheet, look, (row, col), column, marked)?;
            lines = lines.max(lines_of(column, &marked.cell));
        }
        sheet.set_row_height(row, row_height_pt(lines))?;
    }
    let last_col = u16::try_from(columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
    sheet.set_freeze_panes(1, table.frozen_columns)?;
    sheet.autofilter(0, 0, row, last_col)?;
    sheet.ignore_error_range(0, 0, row, last_col, IgnoreError::NumberStoredAsText)?;
    sheet.set_print_area(0, 0, row, last_col)?;
    sheet.set_repeat_rows(0, 0)?;
    set_page(sheet, input, what, &table.title);
    sheet.set_landscape();
    sheet.set_print_fit_to_pages(1, 0);
    Ok(())
}

/// A4, narrow margins, what and as of when above, whose and which page below.
pub fn set_page(sheet: &mut Worksheet, input: &Input, what: Export, title: &str) {
    let facts = input.facts;
    let people = match &input.options.identifiers {
        Identifiers::Masked => "姓名、证件号已脱敏".to_owned(),
        Identifiers::Full { purpose } => format!("含完整身份信息，仅限：{}", margin_text(purpose)),
    };
    let mut footer = String::new();
    if what.shows_people() {
        footer.push_str(&format!("&L{people}"));
    }
    footer.push_str("&C第 &P 页 / 共 &N 页");
    if let Some(name) = &input.options.made_by {
        footer.push_str(&format!("&R导出：{}", margin_text(name)));
    }
    sheet
        .set_paper_size(PAPER_A4)
        .set_margins(0.4, 0.4, 0.6, 0.6, 0.3, 0.3)
        .set_print_center_horizontally(true)
        .set_header(format!("&L{}&R截至 {}", margin_text(title), margin_text(&facts.as_of)))
        .set_footer(footer);
}

/// A user's words as they may stand in a page header: `&` starts a code there.
fn margin_text(text: &str) -> String {
    text.chars().take(MARGIN_TEXT_CHARS_MAX).collect::<String>().replace('&', "&&")
}

/// Lines a cell takes in its column.
pub fn lines_of(column: &Column, cell: &Cell) -> u32 {
    match cell {
        Cell::Text(text) if column.wraps => lines_in(text, column.width_chars),
        Cell::Text(_) | Cell::Code(_) | Cell::Number(_) | Cell::Count(_) => 1,
        Cell::Share(_) | Cell::Day(_) | Cell::Empty => 1,
    }
}

/// A heading goes on in the next line at its spaces (收缩压1 mmHg), else anywhere.
fn header_lines(columns: &[Column]) -> u32 {
    let lines = columns.iter().map(|column| {
        column.heading.split(' ').map(|word| lines_in(word, column.width_chars + 1.5)).sum()
    });
    lines.max().unwrap_or(1).min(HEADER_LINES_MAX)
}

pub fn row_height_pt(lines: u32) -> f64 {
    LINE_HEIGHT_PT * f64::from(lines.min(ROW_LINES_MAX)) + 3.0
}

pub fn write_cell(
    sheet: &mut Worksheet,
    look: &mut Look,
    (row, col): (u32, u16),
    column: &Column,
    marked: &Marked,
) -> Result<(), XlsxError> {
    let wrap = match lines_of(column, &marked.cell) {
        _ if !column.wraps => Wrap::No,
        0..=ROW_LINES_MAX => Wrap::Fits,
        _ => Wrap::IsCut,
    };
    let format = look.of(marked.mark, column.align, wrap, printed(&marked.cell));
    match &marked.cell {
        Cell::Empty => sheet.write_blank(row, col, format)?,
        Cell::Text(text) | Cell::Code(text) => write_text(sheet, (row, col), text, format)?,
        Cell::Number(number) | Cell::Share(number) => {
            // At most 12 digits: the nearest float prints as the same digits again.
            let nearest: f64 = number.to_string().parse().unwrap_or(f64::NAN);
            sheet.write_number_with_format(row, col, nearest, format)?
        }
        Cell::Count(count) => sheet.write_number_with_format(row, col, *count as f64, format)?,
        Cell::Day(day) => match excel_date(*day) {
            Ok(date) => sheet.write_datetime_with_format(row, col, &date, format)?,
            // Before 1900 a spreadsheet has no dates: one odd day does not cost the workbook.
            Err(_) => write_text(sheet, (row, col), &day.to_string(), format)?,
        },
    };
    Ok(())
}

fn printed(cell: &Cell) -> Printed {
    match cell {
        Cell::Empty | Cell::Text(_) => Printed::General,
        Cell::Code(_) => Printed::Verbatim,
        Cell::Number(number) => Printed::Decimals(number.scale),
        Cell::Count(_) => Printed::Decimals(0),
        Cell::Share(_) => Printed::Percent,
        Cell::Day(_) => Printed::Day,
    }
}

/// Always a text cell: a formula is never made from what somebody typed.
fn write_text<'s>(
    sheet: &'s mut Worksheet,
    (row, col): (u32, u16),
    text: &str,
    format: &Format,
) -> Result<&'s mut Worksheet, XlsxError> {
    // XML has no such characters, and Excel refuses the whole workbook for one of them.
    const NO_XML: [char; 2] = ['\u{FFFE}', '\u{FFFF}'];
    if text.contains(NO_XML) {
        return write_text(sheet, (row, col), &text.replace(NO_XML, "\u{FFFD}"), format);
    }
    // No text has more UTF-16 units than UTF-8 bytes.
    if text.len() <= CELL_UNITS_MAX || text.encode_utf16().count() <= CELL_UNITS_MAX {
        return sheet.write_string_with_format(row, col, text, format);
    }
    let mut units_left = CELL_UNITS_MAX - CUT_MARK.encode_utf16().count();
    let fits = |c: &char| {
        let fits = c.len_utf16() <= units_left;
        units_left = units_left.saturating_sub(c.len_utf16());
        fits
    };
    let cut: String = text.chars().take_while(fits).chain(CUT_MARK.chars()).collect();
    sheet.write_string_with_format(row, col, cut, format)
}
