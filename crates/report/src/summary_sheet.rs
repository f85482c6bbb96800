//! A summary as a workbook: what is said of the whole, then a sheet for each way of taking it apart, a line for each rate of each
//! group. Nobody's name, unless health staff ask for the list of who has a finding of level A or B. The same on paper: `paper::summary`.

use crate::ReportError;
use crate::summary::{PROBLEMS_HEADING, Summary};
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet,
    XlsxError,
};

pub const SUMMARY_HEADINGS: [&str; 7] = ["类别", "指标", "分组", "分子", "分母", "率", "除外"];
const WIDTHS_CHARS: [f64; 7] = [12.0, 40.0, 18.0, 9.0, 9.0, 9.0, 34.0];
const PAPER_A4: u8 = 9;
const HEADER_GREY: u32 = 0x00E8_E8E8;

struct Look {
    title: Format,
    cell: Format,
    heading: Format,
}

/// Ready to print on A4.
pub fn summary_workbook(summary: &Summary) -> Result<Vec<u8>, ReportError> {
    let mut workbook = Workbook::new();
    let made = ExcelDateTime::parse_from_str(&summary.as_of)
        .or_else(|_| ExcelDateTime::from_ymd(2000, 1, 1))?;
    workbook.set_properties(
        &DocProperties::new()
            .set_title(summary.kind.title())
            .set_author("健康快车")
            .set_creation_datetime(&made),
    );
    let cell = Format::new()
        .set_border(FormatBorder::Thin)
        .set_text_wrap()
        .set_align(FormatAlign::VerticalCenter);
    let look = Look {
        title: Format::new().set_bold().set_font_size(14.0),
        heading: cell.clone().set_bold().set_background_color(Color::RGB(HEADER_GREY)),
        cell,
    };
    overview(workbook.add_worksheet(), summary, &look)?;
    for (name, groups) in summary.blocks() {
        rates(workbook.add_worksheet(), summary, (&name, &groups), &look)?;
    }
    if let Some(grave) = &summary.grave {
        grave.write(workbook.add_worksheet(), (&look.heading, &look.cell))?;
    }
    Ok(workbook.save_to_buffer()?)
}

fn overview(page: &mut Worksheet, summary: &Summary, look: &Look) -> Result<(), XlsxError> {
    page.set_name("概况")?;
    page.set_column_width(0, 36.0)?.set_column_width(1, 80.0)?;
    let mut row = 0;
    let title = format!("{}　{}　{}", summary.kind.title(), summary.unit, summary.round);
    page.write_string_with_format(row, 0, title, &look.title)?;
    let as_of = format!("截至 {}　{}", summary.as_of, summary.note());
    page.write_string(row + 1, 0, as_of)?;
    row += 2;
    let mut pair = |page: &mut Worksheet, left: &str, right: &str, format: &Format| {
        page.write_string_with_format(row, 0, left, format)?;
        page.write_string_with_format(row, 1, right, format)?;
        row += 1;
        Ok::<(), XlsxError>(())
    };
    for (left, right) in &summary.overview {
        pair(page, left, right, &look.cell)?;
    }
    pair(page, "主要健康问题", PROBLEMS_HEADING, &look.heading)?;
    for (name, problems) in &summary.problems {
        pair(page, name, &problems.join("；"), &look.cell)?;
    }
    pair(page, "健康指导", "", &look.heading)?;
    for (name, action) in &summary.advice {
        pair(page, name, action, &look.cell)?;
    }
    let not = summary.told().1.join("、");
    if !not.is_empty() {
        pair(page, "没有人检查的", &not, &look.cell)?;
    }
    page.set_paper_size(PAPER_A4).set_landscape().set_print_fit_to_pages(1, 0);
    Ok(())
}

fn rates(
    page: &mut Worksheet,
    summary: &Summary,
    (name, groups): (&str, &[usize]),
    look: &Look,
) -> Result<(), XlsxError> {
    page.set_name(name)?;
    for (col, (heading, width)) in (0..).zip(SUMMARY_HEADINGS.iter().zip(WIDTHS_CHARS)) {
        page.set_column_width(col, width)?;
        page.write_string_with_format(0, col, *heading, &look.heading)?;
    }
    for (row, line) in (1..).zip(lines(summary, groups)) {
        for (col, text) in (0..).zip(&line) {
            match text.parse::<u32>() {
                Ok(number) if (3..5).contains(&col) => {
                    page.write_number_with_format(row, col, number, &look.cell)?
                }
                Ok(_) | Err(_) => page.write_string_with_format(row, col, text, &look.cell)?,
            };
        }
    }
    page.set_freeze_panes(1, 2)?;
    page.set_repeat_rows(0, 0)?;
    page.set_paper_size(PAPER_A4)
        .set_landscape()
        .set_print_fit_to_pages(1, 0)
        .set_footer("&C第 &P 页 / 共 &N 页");
    Ok(())
}

/// Each rate of each group, in the order of the headings.
pub(crate) fn lines(summary: &Summary, groups: &[usize]) -> Vec<[String; 7]> {
    let (told, _) = summary.told();
    let line = |row: usize, at: usize| {
        let one = &summary.indicators[row];
        let [found, measured, rate, out] = summary.rates[row][at].cells();
        let group = summary.groups[at].name.clone();
        [one.group_zh.clone(), one.name_zh.clone(), group, found, measured, rate, out]
    };
    let of = |row: usize| groups.iter().filter(move |at| summary.is_told_of(row, **at));
    told.into_iter().flat_map(|row| of(row).map(move |at| line(row, *at))).collect()
}
