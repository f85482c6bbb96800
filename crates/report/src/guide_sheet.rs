//! The sheet 说明: the lines of `guide` on paper. Not what they say.

use crate::guide::{self, Line};
use crate::look::{self, Look};
use crate::table::{Align, Cell, Column, Marked, lines_in};
use crate::xlsx::{lines_of, row_height_pt, set_page, write_cell};
use crate::{Export, Input, ReportError};
use rust_xlsxwriter::{Worksheet, XlsxError};

const WIDTHS_CHARS: [f64; 5] = [18.0, 44.0, 12.0, 12.0, 48.0];
const LAST_COL: u16 = 4;

pub fn write(
    sheet: &mut Worksheet,
    look: &mut Look,
    input: &Input,
    what: Export,
) -> Result<(), ReportError> {
    sheet.set_name("说明")?;
    for (col, width) in (0..).zip(WIDTHS_CHARS) {
        sheet.set_column_width(col, width)?;
    }
    let mut row: u32 = 0;
    for line in guide::lines(input, what) {
        // A free row above each heading but the first.
        row += u32::from(row > 0 && matches!(line, Line::Heading(_)));
        write_line(sheet, look, row, line)?;
        row += 1;
    }
    sheet.set_print_area(0, 0, row.saturating_sub(1), LAST_COL)?;
    set_page(sheet, input, what, &input.title("说明"));
    sheet.set_landscape();
    sheet.set_print_fit_to_pages(1, 0);
    Ok(())
}

fn write_line(
    sheet: &mut Worksheet,
    look: &mut Look,
    row: u32,
    line: Line,
) -> Result<(), XlsxError> {
    let across_chars: f64 = WIDTHS_CHARS[1..].iter().sum();
    let lines = match line {
        Line::Heading(text) => {
            sheet.write_string_with_format(row, 0, text, &look::heading())?;
            1
        }
        Line::Fact(label, text) => {
            sheet.write_string_with_format(row, 0, label, &look::paragraph())?;
            sheet.merge_range(row, 1, row, LAST_COL, &text, &look::paragraph())?;
            lines_in(&text, across_chars)
        }
        Line::Mark(word, mark, means) => {
            let word = Marked { cell: Cell::text(word), mark };
            write_cell(sheet, look, (row, 0), &column(0), &word)?;
            sheet.merge_range(row, 1, row, LAST_COL, means, &look::boxed_paragraph())?;
            lines_in(means, across_chars)
        }
        Line::Headings(headings) => {
            for (col, heading) in (0..).zip(headings) {
                sheet.write_string_with_format(row, col, heading, &look::header())?;
            }
            1
        }
        Line::Row(cells) => {
            let mut lines = 1;
            for (col, marked) in (0..).zip(&cells) {
                write_cell(sheet, look, (row, col), &column(col), marked)?;
                lines = lines.max(lines_of(&column(col), &marked.cell));
            }
            lines
        }
    };
    sheet.set_row_height(row, row_height_pt(lines))?;
    Ok(())
}

/// Words on both sides, figures between them.
fn column(col: u16) -> Column {
    let width_chars = WIDTHS_CHARS[usize::from(col)];
    let align = if col == 2 || col == 3 { Align::Center } else { Align::Left };
    Column { align, ..Column::wrapping("", width_chars) }
}
