//! Tables as workbooks: one sheet with the table, one that explains it (说明), both ready to print
//! on A4. Not what stands in them.
//!
//! Sheets are built in memory. The library's constant-memory mode would write every cell in clear
//! into a temporary file, and personal data rests on a disk only encrypted.

use crate::guide::Line;
use crate::look::{self, Look, Printed};
use crate::table::{Align, Cell, Column, Mark, Marked, Table, width_chars};
use crate::{Identifiers, Input, ReportError};
use chrono::{Datelike, NaiveDate, NaiveDateTime};
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, IgnoreError, Workbook, Worksheet, XlsxError,
};

/// A sheet has 1,048,576 rows, the first is the heading.
const SHEET_ROWS_MAX: u32 = 1_048_575;
/// Characters (UTF-16 units) a cell holds; more is cut, with a mark.
const CELL_UNITS_MAX: usize = 32_767;
const CUT_MARK: &str = "……（以下超出单元格长度）";
/// A row grows with its wrapped texts up to this many lines; the rest is in the cell, not in sight.
const ROW_LINES_MAX: usize = 12;
const LINE_HEIGHT_PT: f64 = 15.0;
const HEADER_LINES_MAX: usize = 3;
const PAPER_A4: u8 = 9;
/// Characters of a user's words in a page header or footer; the whole line holds 255.
const MARGIN_TEXT_CHARS_MAX: usize = 60;

/// The workbook of one table.
pub fn write(input: &Input, table: Table, guide: Vec<Line>) -> Result<Vec<u8>, ReportError> {
    let mut workbook = workbook(input, &table.title)?;
    let mut look = Look::default();
    write_table(workbook.add_worksheet(), &mut look, input, table)?;
    write_guide(workbook.add_worksheet(), &mut look, input, guide)?;
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
    table: Table,
) -> Result<(), ReportError> {
    sheet.set_name(table.name)?;
    let columns = &table.columns;
    for (col, column) in (0..).zip(columns) {
        sheet.set_column_width(col, f64::from(column.width_chars))?;
        sheet.write_string_with_format(0, col, &column.heading, &look::header())?;
    }
    sheet.set_row_height(0, row_height_pt(header_lines(columns)))?;
    let mut row: u32 = 0;
    for cells in table.rows {
        if row == SHEET_ROWS_MAX {
            return Err(ReportError::TooManyRows { rows_max: SHEET_ROWS_MAX });
        }
        row += 1;
        let mut lines = 1;
        for ((col, column), marked) in (0..).zip(columns).zip(&cells) {
            write_cell(sheet, look, (row, col), column, marked)?;
            lines = lines.max(lines_of(column, &marked.cell));
        }
        sheet.set_row_height(row, row_height_pt(lines.min(ROW_LINES_MAX)))?;
    }
    let last_col = u16::try_from(columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
    sheet.set_freeze_panes(1, table.frozen_columns)?;
    sheet.autofilter(0, 0, row, last_col)?;
    sheet.ignore_error_range(0, 0, row, last_col, IgnoreError::NumberStoredAsText)?;
    sheet.set_print_area(0, 0, row, last_col)?;
    sheet.set_repeat_rows(0, 0)?;
    set_page(sheet, input, &table.title);
    sheet.set_landscape();
    sheet.set_print_fit_to_pages(1, 0);
    Ok(())
}

/// A4, narrow margins, what and as of when above, whose and which page below.
pub fn set_page(sheet: &mut Worksheet, input: &Input, title: &str) {
    let facts = input.facts;
    let purpose = match &input.options.identifiers {
        Identifiers::Masked => "姓名、证件号已脱敏".to_owned(),
        Identifiers::Full { purpose } => format!("含完整身份信息，仅限：{}", margin_text(purpose)),
    };
    let made_by = input.options.made_by.as_deref().map(margin_text);
    let made_by = made_by.map_or(String::new(), |name| format!("导出：{name}"));
    sheet
        .set_paper_size(PAPER_A4)
        .set_margins(0.4, 0.4, 0.6, 0.6, 0.3, 0.3)
        .set_print_center_horizontally(true)
        .set_header(format!("&L{}&R截至 {}", margin_text(title), margin_text(&facts.as_of)))
        .set_footer(format!("&L{purpose}&C第 &P 页 / 共 &N 页&R{made_by}"));
}

/// A user's words as they may stand in a page header: `&` starts a code there.
fn margin_text(text: &str) -> String {
    text.chars().take(MARGIN_TEXT_CHARS_MAX).collect::<String>().replace('&', "&&")
}

/// Lines a cell takes in its column. A column holds about one character less than its width.
fn lines_of(column: &Column, cell: &Cell) -> usize {
    match cell {
        Cell::Text(text) if column.wraps => {
            let width = usize::from(column.width_chars).saturating_sub(2).max(2);
            text.lines().map(|line| width_chars(line).div_ceil(width).max(1)).sum()
        }
        Cell::Text(_) | Cell::Code(_) | Cell::Number(_) | Cell::Count(_) => 1,
        Cell::Share(_) | Cell::Day(_) | Cell::Empty => 1,
    }
}

fn header_lines(columns: &[Column]) -> usize {
    let lines = columns.iter().map(|column| {
        let width = usize::from(column.width_chars).saturating_sub(1).max(1);
        column.heading.split(' ').map(|word| width_chars(word).div_ceil(width).max(1)).sum()
    });
    lines.max().unwrap_or(1).min(HEADER_LINES_MAX)
}

fn row_height_pt(lines: usize) -> f64 {
    LINE_HEIGHT_PT * f64::from(u32::try_from(lines).unwrap_or(1)) + 3.0
}

pub fn write_cell(
    sheet: &mut Worksheet,
    look: &mut Look,
    (row, col): (u32, u16),
    column: &Column,
    marked: &Marked,
) -> Result<(), XlsxError> {
    let format = look.of(marked.mark, column.align, column.wraps, printed(&marked.cell));
    match &marked.cell {
        Cell::Empty => sheet.write_blank(row, col, format)?,
        Cell::Text(text) | Cell::Code(text) => write_text(sheet, (row, col), text, format)?,
        Cell::Number(number) | Cell::Share(number) => {
            // At most 12 digits: the nearest float prints as the same digits again.
            let nearest: f64 = number.to_string().parse().unwrap_or(f64::NAN);
            sheet.write_number_with_format(row, col, nearest, format)?
        }
        Cell::Count(count) => sheet.write_number_with_format(row, col, *count as f64, format)?,
        Cell::Day(day) => sheet.write_datetime_with_format(row, col, &excel_date(*day)?, format)?,
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

/// The sheet 说明: what the workbook shows, from which settings.
fn write_guide(
    sheet: &mut Worksheet,
    look: &mut Look,
    input: &Input,
    lines: Vec<Line>,
) -> Result<(), ReportError> {
    let columns = [
        Column::wrapping("", 18),
        Column::wrapping("", 40),
        Column::new("", 12, Align::Center),
        Column::new("", 12, Align::Center),
        Column::wrapping("", 46),
    ];
    sheet.set_name("说明")?;
    for (col, column) in (0..).zip(&columns) {
        sheet.set_column_width(col, f64::from(column.width_chars))?;
    }
    let last_col = 4;
    let mut row: u32 = 0;
    for line in lines {
        match line {
            Line::Heading(text) => {
                row += u32::from(row > 0);
                sheet.write_string_with_format(row, 0, &text, &look::heading())?;
            }
            Line::Fact(label, text) => {
                sheet.write_string_with_format(row, 0, label, &look::body())?;
                let across = Column::wrapping("", 40 + 12 + 12 + 46);
                let lines = lines_of(&across, &Cell::text(text.as_str())).min(ROW_LINES_MAX);
                sheet.merge_range(row, 1, row, last_col, &text, &look::paragraph())?;
                sheet.set_row_height(row, row_height_pt(lines))?;
            }
            Line::Headings(headings) => {
                for (col, heading) in (0..).zip(headings) {
                    sheet.write_string_with_format(row, col, heading, &look::header())?;
                }
            }
            Line::Row(cells, mark) => {
                let mut lines = 1;
                for ((col, column), cell) in (0..).zip(&columns).zip(cells) {
                    lines = lines.max(lines_of(column, &cell));
                    // Only the first cell has the colour: the others are words to read.
                    let mark = if col == 0 { mark } else { Mark::Plain };
                    write_cell(sheet, look, (row, col), column, &Marked { cell, mark })?;
                }
                sheet.set_row_height(row, row_height_pt(lines.min(ROW_LINES_MAX)))?;
            }
        }
        row += 1;
    }
    sheet.set_print_area(0, 0, row.saturating_sub(1), last_col)?;
    set_page(sheet, input, "说明");
    sheet.set_landscape();
    sheet.set_print_fit_to_pages(1, 0);
    Ok(())
}
