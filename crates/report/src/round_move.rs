//! Whom a move of a round to another catalogue version concerns, as a workbook for the coordinator. Not what changes
//! (`domain::rule::moves`), nor whether names are masked: that was decided before they came here.

use crate::ReportError;
use rust_xlsxwriter::{Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder};
use rust_xlsxwriter::{Workbook, XlsxError};

/// One class of one person that comes, goes or changes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MoveRow {
    pub unit: String,
    pub name: String,
    pub id_number: String,
    /// 新增, 不再提出, 级别或期限变.
    pub what: String,
    pub finding: String,
    pub value: String,
    pub before: String,
    pub after: String,
    /// 已总检 where a doctor has signed: that stands.
    pub conclusion: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MoveSheet {
    pub round: String,
    pub from: u32,
    pub to: u32,
    /// `2026-11-26 09:12`.
    pub made_at: String,
    /// Printed where names are in full.
    pub purpose: String,
    pub rows: Vec<MoveRow>,
}

pub const MOVE_HEADINGS: [&str; 9] =
    ["单位", "姓名", "证件号码", "变化", "异常", "数值", "原来", "改后", "总检"];
const PAPER_A4: u8 = 9;
const HEADER_GREY: u32 = 0x00E8_E8E8;
const WIDTHS_CHARS: [f64; 9] = [22.0, 10.0, 21.0, 12.0, 30.0, 12.0, 14.0, 14.0, 9.0];

impl MoveRow {
    fn cells(&self) -> [&str; 9] {
        [
            &self.unit,
            &self.name,
            &self.id_number,
            &self.what,
            &self.finding,
            &self.value,
            &self.before,
            &self.after,
            &self.conclusion,
        ]
    }
}

pub fn move_workbook(sheet: &MoveSheet) -> Result<Vec<u8>, ReportError> {
    let mut workbook = Workbook::new();
    let made = ExcelDateTime::parse_from_str(&sheet.made_at)
        .or_else(|_| ExcelDateTime::from_ymd(2000, 1, 1))?;
    let properties = DocProperties::new().set_title("判定标准改版影响名单");
    workbook.set_properties(&properties.set_author("健康快车").set_creation_datetime(&made));
    write(&mut workbook, sheet)?;
    Ok(workbook.save_to_buffer()?)
}

fn write(workbook: &mut Workbook, sheet: &MoveSheet) -> Result<(), XlsxError> {
    let page = workbook.add_worksheet();
    page.set_name("改版影响")?;
    let title = Format::new().set_bold().set_font_size(14.0);
    let (from, to) = (sheet.from, sheet.to);
    let words = format!("{}　判定标准由第 {from} 版改为第 {to} 版会有的变化", sheet.round);
    page.write_string_with_format(0, 0, words, &title)?;
    let purpose = match sheet.purpose.as_str() {
        "" => "姓名、证件号码已遮盖".to_owned(),
        purpose => format!("含完整身份信息，用途：{purpose}"),
    };
    let about = format!("共 {} 条；异常是筛查提示，不是诊断。{purpose}", sheet.rows.len());
    page.write_string_with_format(1, 0, about, &Format::new())?;
    let cell = Format::new()
        .set_border(FormatBorder::Thin)
        .set_text_wrap()
        .set_align(FormatAlign::VerticalCenter)
        .set_num_format("@");
    let heading = cell.clone().set_bold().set_background_color(Color::RGB(HEADER_GREY));
    let header_row = 2;
    for (col, (name, width)) in (0..).zip(MOVE_HEADINGS.iter().zip(WIDTHS_CHARS)) {
        page.set_column_width(col, width)?;
        page.write_string_with_format(header_row, col, *name, &heading)?;
    }
    for (row, one) in (header_row + 1..).zip(&sheet.rows) {
        for (col, value) in (0..).zip(one.cells()) {
            page.write_string_with_format(row, col, value, &cell)?;
        }
    }
    page.set_freeze_panes(header_row + 1, 2)?;
    page.set_repeat_rows(header_row, header_row)?;
    page.set_paper_size(PAPER_A4)
        .set_landscape()
        .set_print_fit_to_pages(1, 0)
        .set_footer("&C第 &P 页 / 共 &N 页");
    Ok(())
}
