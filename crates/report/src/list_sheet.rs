//! A list as a workbook of one sheet or several, ready to print on A4 lying on its side: a title, a line or more about it, grey headings, boxed
//! cells of text, a page number. What stands in it is its maker's (`receipt`, `round_move`, `follow_up`).

use crate::ReportError;
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, IgnoreError, Workbook,
    Worksheet, XlsxError,
};

const PAPER_A4: u8 = 9;
const HEADER_GREY: u32 = 0x00E8_E8E8;
/// A line of the cells' letters, and what stands above and below it.
const LINE_PT: f64 = 14.5;
const PADDING_PT: f64 = 3.0;
/// Excel takes no higher row.
const ROW_MAX_PT: f64 = 400.0;
/// Characters of one text in a page's margin: the whole line holds 255.
const MARGIN_CHARS_MAX: usize = 60;

/// What a list has beside its rows.
#[derive(Default)]
pub(crate) struct ListSheet<'a> {
    /// The tab's.
    pub name: String,
    pub title: String,
    /// Under the title, a line each.
    pub about: Vec<String>,
    /// Each with its width in characters.
    pub columns: Vec<(&'a str, f64)>,
    /// Columns after a row's own cells, filled in by hand: true where what is typed stays as it is typed.
    pub by_hand: Vec<bool>,
    /// No row is lower; each is as high as its words need.
    pub row_height_pt: f64,
    pub header_left: String,
    pub header_right: String,
    pub footer_left: &'a str,
    pub footer_right: &'a str,
}

/// The workbook's bytes: the same lists give the same. `document` is the file's title in its properties, `made_at` civil time,
/// `2026-09-20 17:30`.
pub(crate) fn list_workbook<'a, I, R, C>(
    document: &str,
    made_at: &str,
    pages: impl Iterator<Item = (ListSheet<'a>, I)>,
) -> Result<Vec<u8>, ReportError>
where
    I: Iterator<Item = R>,
    R: IntoIterator<Item = C>,
    C: AsRef<str>,
{
    let mut workbook = Workbook::new();
    let made =
        ExcelDateTime::parse_from_str(made_at).or_else(|_| ExcelDateTime::from_ymd(2000, 1, 1))?;
    let properties = DocProperties::new().set_title(document).set_author("健康快车");
    workbook.set_properties(&properties.set_creation_datetime(&made));
    for (list, rows) in pages {
        write(workbook.add_worksheet(), &list, rows)?;
    }
    Ok(workbook.save_to_buffer()?)
}

fn write<R, C>(
    page: &mut Worksheet,
    list: &ListSheet,
    rows: impl Iterator<Item = R>,
) -> Result<(), XlsxError>
where
    R: IntoIterator<Item = C>,
    C: AsRef<str>,
{
    page.set_name(&list.name)?;
    let title = Format::new().set_bold().set_font_size(14.0);
    page.write_string_with_format(0, 0, &list.title, &title)?;
    let mut header_row = 1;
    for line in &list.about {
        page.write_string(header_row, 0, line)?;
        header_row += 1;
    }
    let cell = Format::new()
        .set_border(FormatBorder::Thin)
        .set_text_wrap()
        .set_align(FormatAlign::VerticalCenter);
    // Text, so that a number typed with spaces stays as it is typed.
    let text = cell.clone().set_num_format("@");
    let heading = cell.clone().set_bold().set_background_color(Color::RGB(HEADER_GREY));
    for (col, (name, width)) in (0..).zip(&list.columns) {
        page.set_column_width(col, *width)?;
        page.write_string_with_format(header_row, col, *name, &heading)?;
    }
    let column = |at: usize| u16::try_from(at).unwrap_or(u16::MAX);
    let first_by_hand = list.columns.len().saturating_sub(list.by_hand.len());
    let mut last = header_row;
    for (row, cells) in (header_row + 1..).zip(rows) {
        let mut lines = 1;
        for ((col, value), (_, width)) in (0..).zip(cells).zip(&list.columns) {
            lines = lines.max(lines_of(value.as_ref(), *width));
            page.write_string_with_format(row, col, value.as_ref(), &text)?;
        }
        for (at, is_text) in (first_by_hand..).zip(&list.by_hand) {
            page.write_blank(row, column(at), if *is_text { &text } else { &cell })?;
        }
        // Not every program works a wrapped row's height out by itself when it prints.
        let height = (f64::from(lines) * LINE_PT + PADDING_PT).min(ROW_MAX_PT);
        page.set_row_height(row, height.max(list.row_height_pt))?;
        last = row;
    }
    let last_col = column(list.columns.len().saturating_sub(1));
    page.ignore_error_range(header_row, 0, last, last_col, IgnoreError::NumberStoredAsText)?;
    page.set_freeze_panes(header_row + 1, 2)?;
    page.set_print_area(0, 0, last, last_col)?;
    page.set_repeat_rows(header_row, header_row)?;
    page.set_paper_size(PAPER_A4)
        .set_landscape()
        .set_print_fit_to_pages(1, 0)
        .set_margins(0.4, 0.4, 0.6, 0.6, 0.3, 0.3)
        .set_header(format!("&L{}&R{}", margin(&list.header_left), margin(&list.header_right)))
        .set_footer(format!(
            "&L{}&C第 &P 页 / 共 &N 页&R{}",
            margin(list.footer_left),
            margin(list.footer_right)
        ));
    Ok(())
}

/// Lines of a text in a column: a Chinese character is two wide.
fn lines_of(text: &str, width_chars: f64) -> u32 {
    let (mut lines, mut used) = (1, 0.0);
    for c in text.chars() {
        let wide = if c.is_ascii() { 1.0 } else { 2.0 };
        if c == '\n' || used + wide > width_chars {
            lines += 1;
            used = 0.0;
        }
        used += if c == '\n' { 0.0 } else { wide };
    }
    lines
}

/// A page's margin knows `&` as a command.
fn margin(text: &str) -> String {
    text.chars().take(MARGIN_CHARS_MAX).collect::<String>().replace('&', "&&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_takes_the_lines_that_its_letters_fill() {
        let check = |text: &str, width, lines| assert_eq!(lines_of(text, width), lines, "{text}");
        check("", 5.0, 1);
        check("2026-10-01", 11.0, 1);
        check("2026-10-01", 9.0, 2);
        check("血压升高，待复查", 16.0, 1);
        check("血压升高，待复查", 15.0, 2);
        check("一\n二", 10.0, 2);
    }
}
