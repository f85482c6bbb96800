//! 签收单 as a workbook: one row for each person in the order in which the reports are printed, with room for whoever takes the
//! report. Names, no ID numbers, nothing found. The same on paper: `paper::receipt`.

use crate::ReportError;
use crate::list_sheet::{ListSheet, list_workbook};

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
const WIDTHS_CHARS: [f64; 10] = [5.0, 10.0, 12.0, 25.0, 9.0, 19.0, 22.0, 14.0, 10.0, 11.0];

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

/// Ready to print on A4 lying on its side; of several units a sheet each, in the order given.
pub fn receipt_workbook(sheets: &[ReceiptSheet]) -> Result<Vec<u8>, ReportError> {
    let made_at = sheets.first().map(|sheet| sheet.made_at.clone()).unwrap_or_default();
    let pages = sheets.iter().map(|sheet| {
        let rows = sheet.rows.iter().enumerate().map(|(at, row)| row.cells(at + 1));
        let name = match sheets.len() {
            1 => "签收单".to_owned(),
            // Codes are unique in a workbook, names are not.
            _ => sheet.unit_code.clone(),
        };
        (list(sheet, name), rows)
    });
    list_workbook("体检报告签收单", &made_at, pages)
}

fn list(sheet: &ReceiptSheet, name: String) -> ListSheet<'static> {
    ListSheet {
        name,
        title: format!("体检报告签收单　{}", sheet.round),
        about: vec![sheet.about()],
        columns: RECEIPT_HEADINGS.into_iter().zip(WIDTHS_CHARS).collect(),
        // Room for a signature.
        row_height_pt: 27.0,
        header_right: sheet.made_at.clone(),
        footer_left: "含姓名，用后收回",
        ..ListSheet::default()
    }
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
            unit_code: "431302105205".to_owned(),
            made_at: "2026-09-20 17:30".to_owned(),
            rows: vec![row, given],
            ..ReceiptSheet::default()
        };
        assert!(sheet.about().contains("共 2 人，要发 1 人，其中收回旧版换新版 1 人"));
        let other = ReceiptSheet { unit_code: "431302105206".to_owned(), ..sheet.clone() };
        let both = receipt_workbook(&[sheet.clone(), other]).unwrap();
        let one = receipt_workbook(std::slice::from_ref(&sheet)).unwrap();
        assert_eq!(one, receipt_workbook(std::slice::from_ref(&sheet)).unwrap());
        assert_ne!(one, both);
    }
}
