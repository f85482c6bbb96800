//! The 简报 as one A4 page of a workbook: the figures by township, the remarks, the paragraph. Not
//! the figures themselves (`brief`).

use crate::brief::{Figures, Found, TownshipFigures, figures};
use crate::brief_text::{paragraph, remarks, title};
use crate::look::{self, Look};
use crate::table::{Align, Cell, Column, Mark, Marked, lines_in};
use crate::{Export, Input, ReportError, xlsx};
use rust_xlsxwriter::{Worksheet, XlsxError};

const TODAY: [&str; 5] = ["实检", "血压升高", "血糖升高", "A类", "B类"];
const SO_FAR: [&str; 10] = [
    "应检",
    "实检(名单内)",
    "受检率",
    "名单外",
    "测血压",
    "血压升高",
    "测血糖",
    "血糖升高",
    "A类",
    "B类",
];
const TOWNSHIP_WIDTH_CHARS: f64 = 18.0;
const FIGURE_WIDTH_CHARS: f64 = 9.0;
/// The last column: the township and both groups of figures.
const LAST_COL: u16 = 15;
const PARAGRAPH_LINE_PT: f64 = 16.0;

pub fn write(input: &Input) -> Result<Vec<u8>, ReportError> {
    let figures = figures(input);
    let title = title(input);
    let mut workbook = xlsx::workbook(input, &title)?;
    let sheet = workbook.add_worksheet();
    sheet.set_name("简报")?;
    sheet.set_column_width(0, TOWNSHIP_WIDTH_CHARS)?;
    sheet.set_column_range_width(1, LAST_COL, FIGURE_WIDTH_CHARS)?;
    write_top(sheet, input, &title)?;
    write_headings(sheet)?;
    let mut look = Look::default();
    let mut row = 5;
    for line in &figures.townships {
        write_line(sheet, &mut look, row, line, Mark::Plain)?;
        row += 1;
    }
    write_line(sheet, &mut look, row, &figures.total, Mark::Total)?;
    row = write_words(sheet, input, &figures, row + 2)?;
    sheet.set_print_area(0, 0, row, LAST_COL)?;
    xlsx::set_page(sheet, input, Export::Brief, &title);
    sheet.set_landscape();
    sheet.set_print_fit_to_pages(1, 1);
    Ok(workbook.save_to_buffer()?)
}

fn write_top(sheet: &mut Worksheet, input: &Input, title: &str) -> Result<(), XlsxError> {
    let facts = input.facts;
    let subtitle = format!("截至 {}　　今日：{}", facts.as_of, facts.today);
    sheet.set_row_height(0, 30)?;
    sheet.merge_range(0, 0, 0, LAST_COL, title, &look::title())?;
    sheet.merge_range(1, 0, 1, LAST_COL, &subtitle, &look::subtitle())?;
    Ok(())
}

fn write_headings(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    let header = look::header();
    sheet.merge_range(3, 0, 4, 0, "乡镇", &header)?;
    sheet.merge_range(3, 1, 3, 5, "今日", &header)?;
    sheet.merge_range(3, 6, 3, LAST_COL, "累计", &header)?;
    for (col, heading) in (1..).zip(TODAY.iter().chain(&SO_FAR)) {
        sheet.write_string_with_format(4, col, *heading, &header)?;
    }
    sheet.set_row_height(4, 34)?;
    Ok(())
}

fn write_line(
    sheet: &mut Worksheet,
    look: &mut Look,
    row: u32,
    line: &TownshipFigures,
    mark: Mark,
) -> Result<(), XlsxError> {
    let counts = line.counts;
    let Found { examined, bp_raised, glucose_raised, level_a, level_b, .. } = line.today;
    let so_far = line.so_far;
    let today = [examined, bp_raised, glucose_raised, level_a, level_b].map(Cell::Count);
    let township = Column::new("", TOWNSHIP_WIDTH_CHARS, Align::Left);
    let figure = Column::new("", FIGURE_WIDTH_CHARS, Align::Right);
    let mut cells = vec![Cell::text(line.name.as_str())];
    cells.extend(today);
    cells.extend([
        Cell::Count(counts.expected),
        Cell::Count(counts.listed),
        Cell::share(counts.listed, counts.expected),
        Cell::Count(counts.other_village + counts.outside),
        Cell::Count(so_far.bp_measured),
        Cell::Count(so_far.bp_raised),
        Cell::Count(so_far.glucose_measured),
        Cell::Count(so_far.glucose_raised),
        Cell::Count(so_far.level_a),
        Cell::Count(so_far.level_b),
    ]);
    for (col, cell) in (0..).zip(cells) {
        let column = if col == 0 { &township } else { &figure };
        xlsx::write_cell(sheet, look, (row, col), column, &Marked { cell, mark })?;
    }
    sheet.set_row_height(row, 20)?;
    Ok(())
}

/// The remarks and the paragraph below the figures; returns the last row.
fn write_words(
    sheet: &mut Worksheet,
    input: &Input,
    figures: &Figures,
    mut row: u32,
) -> Result<u32, XlsxError> {
    let mut across = |row: u32, text: &str| -> Result<(), XlsxError> {
        let width = TOWNSHIP_WIDTH_CHARS + FIGURE_WIDTH_CHARS * f64::from(LAST_COL);
        let lines = lines_in(text, width);
        sheet.merge_range(row, 0, row, LAST_COL, text, &look::paragraph())?;
        sheet.set_row_height(row, PARAGRAPH_LINE_PT * f64::from(lines) + 2.0)?;
        Ok(())
    };
    for remark in remarks(input, figures) {
        across(row, &remark)?;
        row += 1;
    }
    row += 2;
    across(row, &paragraph(input, figures))?;
    sheet.write_string_with_format(row - 1, 0, "可转发文字", &look::heading())?;
    Ok(row)
}
