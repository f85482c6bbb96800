//! Rows of a table that are no people: totals, and notes below the list.

use crate::words::squeezed;
use crate::workbook::Row;

/// A row is a totals row when its first or second filled cell says so.
const CELLS_LOOKED_AT: usize = 2;

pub(super) fn is_totals(row: &Row) -> bool {
    let mut filled = row.cells.iter().filter(|cell| !cell.is_empty()).take(CELLS_LOOKED_AT);
    filled.any(|cell| says_totals(&squeezed(&cell.text())))
}

fn says_totals(text: &str) -> bool {
    let words = ["合计", "总计", "小计", "共计", "总人数", "总数", "累计", "本页", "人数合计"];
    let is_count = |rest: &str| {
        let digits = rest.chars().take_while(char::is_ascii_digit).count();
        digits > 0 && rest.chars().nth(digits).is_some_and(|unit| matches!(unit, '人' | '名'))
    };
    words.iter().any(|word| text.starts_with(word))
        || text.strip_prefix('共').is_some_and(is_count)
        || (text.ends_with("合计") || text.ends_with("小计")) && text.chars().count() <= 12
}

/// Text that stands where a name would, but is a remark, a signature line or an instruction.
pub(super) fn is_remark(name: &str) -> bool {
    let starts = ["注", "说明", "备注", "填表", "制表", "审核", "联系人", "负责人", "单位", "填报"];
    let is_labelled = name.contains([':', '：', '。']) || name == "姓名";
    is_labelled
        || name.chars().count() > 20
        || (starts.iter().any(|start| name.starts_with(start)) && name.chars().count() > 4)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workbook::Cell;

    #[test]
    fn totals_are_told_from_people() {
        let check = |cells: &[&str], expect: bool| {
            let cells = cells.iter().map(|text| match *text {
                "" => Cell::Empty,
                text => Cell::Text(text.to_owned()),
            });
            let row = Row { number: 9, cells: cells.collect(), written: None };
            assert_eq!(is_totals(&row), expect, "{row:?}");
        };
        check(&["合计", "313人"], true);
        check(&["", "合 计", "", "12"], true);
        check(&["总计：", ""], true);
        check(&["共 313 人"], true);
        check(&["一组小计", "20"], true);
        check(&["12", "王合", "男"], false);
        check(&["3", "共建国", "男"], false);
        check(&["", "李总", "女"], false);
    }
}
