//! 签收单 as a workbook: one row for each person in the order in which the reports are printed, with room for whoever takes the
//! report. Names, no ID numbers, nothing found. The same on paper: `paper::receipt`.

use crate::ReportError;
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, XlsxError,
};

pub const RECEIPT_HEADINGS: [&str; 10] = [
    "序号",
    "姓名",
    "组（班）",
    "报告编号",
    "本次版本",
    "现状",
    "手里的版本",
    "领取人签字",
    "与本人关系",
    "日期",
];
const WIDTHS_CHARS: [f64; 10] = [5.0, 10.0, 12.0, 19.0, 9.0, 19.0, 24.0, 16.0, 11.0, 12.0];
const PAPER_A4: u8 = 9;
const HEADER_GREY: u32 = 0x00E8_E8E8;
const LAST_COLUMN: u16 = 9;

/// One person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReceiptRow {
    pub name: String,
    pub group: String,
    pub number: String,
    /// 第 2 版; empty where nothing is final.
    pub version: String,
    pub state: String,
    /// The version somebody signed for, when and who; empty where none.
    pub held: String,
    /// The older paper is to be taken back.
    pub is_exchange: bool,
    /// A report is to be given.
    pub is_due: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReceiptSheet {
    pub round: String,
    pub unit: String,
    pub unit_code: String,
    /// Civil time, `2026-09-20 17:30`.
    pub made_at: String,
    pub rows: Vec<ReceiptRow>,
}

impl ReceiptRow {
    /// In the order of the headings; what is written by hand stays empty, or has a dash where nothing is to be given.
    pub fn cells(&self, number: usize) -> [String; 10] {
        let hand = if self.is_due { "" } else { "—" };
        let state = if self.is_exchange {
            format!("{}（请收回旧版）", self.state)
        } else {
            self.state.clone()
        };
        [
            number.to_string(),
            self.name.clone(),
            self.group.clone(),
            self.number.clone(),
            self.version.clone(),
            state,
            self.held.clone(),
            hand.to_owned(),
            hand.to_owned(),
            hand.to_owned(),
        ]
    }
}

impl ReceiptSheet {
    /// What stands above the table.
    pub fn about(&self) -> String {
        let due = self.rows.iter().filter(|row| row.is_due).count();
        let old = self.rows.iter().filter(|row| row.is_exchange).count();
        format!(
            "{}（{}）　共 {} 人，要发 {due} 人，其中收回旧版换新版 {old} 人",
            self.unit,
            self.unit_code,
            self.rows.len()
        )
    }
}

/// Ready to print on A4 lying on its side.
pub fn receipt_workbook(sheet: &ReceiptSheet) -> Result<Vec<u8>, ReportError> {
    let mut workbook = Workbook::new();
    let made = ExcelDateTime::parse_from_str(&sheet.made_at)
        .or_else(|_| ExcelDateTime::from_ymd(2000, 1, 1))?;
    workbook.set_properties(
        &DocProperties::new()
            .set_title("体检报告签收单")
            .set_author("健康快车")
            .set_creation_datetime(&made),
    );
    write(&mut workbook, sheet)?;
    Ok(workbook.save_to_buffer()?)
}

fn write(workbook: &mut Workbook, sheet: &ReceiptSheet) -> Result<(), XlsxError> {
    let page = workbook.add_worksheet();
    page.set_name("签收单")?;
    let title = Format::new().set_bold().set_font_size(14.0);
    page.write_string_with_format(0, 0, format!("体检报告签收单　{}", sheet.round), &title)?;
    page.write_string_with_format(1, 0, sheet.about(), &Format::new())?;
    let cell = Format::new()
        .set_border(FormatBorder::Thin)
        .set_text_wrap()
        .set_align(FormatAlign::VerticalCenter)
        .set_num_format("@");
    let heading = cell.clone().set_bold().set_background_color(Color::RGB(HEADER_GREY));
    let header_row = 2;
    for (col, (name, width)) in (0..).zip(RECEIPT_HEADINGS.iter().zip(WIDTHS_CHARS)) {
        page.set_column_width(col, width)?;
        page.write_string_with_format(header_row, col, *name, &heading)?;
    }
    let mut last = header_row;
    for (at, (row, one)) in (header_row + 1..).zip(&sheet.rows).enumerate() {
        for (col, value) in (0..).zip(one.cells(at + 1)) {
            page.write_string_with_format(row, col, value, &cell)?;
        }
        page.set_row_height(row, 27.0)?;
        last = row;
    }
    page.set_freeze_panes(header_row + 1, 2)?;
    page.set_print_area(0, 0, last, LAST_COLUMN)?;
    page.set_repeat_rows(header_row, header_row)?;
    page.set_paper_size(PAPER_A4)
        .set_landscape()
        .set_print_fit_to_pages(1, 0)
        .set_margins(0.4, 0.4, 0.6, 0.6, 0.3, 0.3)
        .set_header(format!("&R{}", sheet.made_at.replace('&', "&&")))
        .set_footer("&L含姓名，用后收回&C第 &P 页 / 共 &N 页");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_has_what_stands_signs_for_nothing_and_an_older_paper_is_taken_back() {
        let row = ReceiptRow {
            name: "张小华".to_owned(),
            version: "第 2 版".to_owned(),
            state: "旧版在手，待换发".to_owned(),
            held: "第 1 版　2026-09-20".to_owned(),
            is_exchange: true,
            is_due: true,
            ..ReceiptRow::default()
        };
        let cells = row.cells(1);
        assert!(cells[5].contains("请收回旧版") && cells[7].is_empty());
        let given = ReceiptRow { is_exchange: false, is_due: false, ..row.clone() };
        let cells = given.cells(1);
        assert!(!cells[5].contains("收回") && cells[7] == "—");
        let sheet = ReceiptSheet {
            made_at: "2026-09-20 17:30".to_owned(),
            rows: vec![row, given],
            ..ReceiptSheet::default()
        };
        assert!(sheet.about().contains("共 2 人，要发 1 人，其中收回旧版换新版 1 人"));
        assert_eq!(receipt_workbook(&sheet).unwrap(), receipt_workbook(&sheet).unwrap());
    }
}
