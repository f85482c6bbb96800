//! Whom a move of a round to another catalogue version concerns, as a workbook for the coordinator. Not what changes
//! (`domain::rule::moves`), nor whether names are masked: that was decided before they came here.

use crate::ReportError;
use crate::list_sheet::{ListSheet, list_workbook};

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
    let (from, to) = (sheet.from, sheet.to);
    let purpose = match sheet.purpose.as_str() {
        "" => "姓名、证件号码已遮盖".to_owned(),
        purpose => format!("含完整身份信息，用途：{purpose}"),
    };
    let list = ListSheet {
        name: "改版影响".to_owned(),
        title: format!("{}　判定标准由第 {from} 版改为第 {to} 版会有的变化", sheet.round),
        about: vec![format!("共 {} 条；异常是筛查提示，不是诊断。{purpose}", sheet.rows.len())],
        columns: MOVE_HEADINGS.into_iter().zip(WIDTHS_CHARS).collect(),
        header_right: sheet.made_at.clone(),
        footer_left: "用后收回",
        ..ListSheet::default()
    };
    let rows = sheet.rows.iter().map(MoveRow::cells);
    list_workbook("判定标准改版影响名单", &sheet.made_at, std::iter::once((list, rows)))
}
