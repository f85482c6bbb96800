//! Where a problem is: the heading a person looks for and the cell to mark.

use super::heading::Kind;
use super::table::Columns;
use crate::workbook::{Row, column_letters};
use std::sync::Arc;

/// Heading and cell to mark. Where the sheet has no such column: the usual heading and the name's cell.
pub(super) fn location(
    row: &Row,
    columns: &Columns,
    kind: Kind,
    index: Option<usize>,
) -> (Arc<str>, String) {
    let own =
        columns.all(kind).iter().find(|column| index.is_none_or(|index| column.index == index));
    let marked = own.or_else(|| columns.first(Kind::Name));
    let heading = match own {
        Some(column) => Arc::clone(&column.heading),
        None => Arc::from(usual_heading(kind)),
    };
    let cell = marked.map(|column| format!("{}{}", column_letters(column.index), row.number));
    (heading, cell.unwrap_or_default())
}

fn usual_heading(kind: Kind) -> &'static str {
    match kind {
        Kind::Serial => "序号",
        Kind::Name => "姓名",
        Kind::Sex => "性别",
        Kind::IdNumber => "身份证号码",
        Kind::Birth => "出生日期",
        Kind::Phone => "联系电话",
        Kind::Guardian => "监护人",
        Kind::GuardianPhone => "监护人电话",
        Kind::Address => "家庭住址",
        Kind::Group => "村民小组",
        Kind::Town => "乡镇",
        Kind::Village => "村",
        Kind::School => "学校",
        Kind::Grade => "年级",
        Kind::Class => "班级",
        Kind::StudentNo => "学籍号",
        Kind::Note => "备注",
        Kind::Condition => "慢病",
        Kind::Reason => super::REASON_HEADING,
    }
}
