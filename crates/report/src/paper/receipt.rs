//! 签收单 on paper, A4 lying on its side: the same rows as the workbook, with room for a signature. No ID numbers.

use super::face::{Fonts, Weight};
use super::part::Part;
use super::table::{Column, Row, Table, Width};
use super::{PaperError, mm, pdf};
use crate::receipt::{RECEIPT_HEADINGS, ReceiptSheet};

const SIZE: f32 = 9.0;
/// Points; 0 = a share of what is left.
const WIDTHS: [f32; 10] = [26.0, 60.0, 68.0, 144.0, 48.0, 92.0, 0.0, 92.0, 54.0, 62.0];

/// Lists one after another, each on pages of its own; nobody examined is a page that says so.
pub fn receipt_sheets(fonts: &Fonts, sheets: &[ReceiptSheet]) -> Result<Vec<u8>, PaperError> {
    let all: Vec<_> = sheets.iter().flat_map(|sheet| pages(fonts, sheet)).collect();
    pdf::write(fonts, "体检报告签收单", &all)
}

fn pages(fonts: &Fonts, sheet: &ReceiptSheet) -> Vec<super::sheet::Page> {
    let footer = format!("打印：{}", sheet.made_at);
    let mut part = Part::a4_wide(fonts, (&sheet.round, "含姓名，用后收回"), &footer);
    part.title("体检报告签收单", 16.0);
    part.paragraph_within(&sheet.about(), 11.0, Weight::Bold, part.width());
    let how = "领到报告的人签字；代领的写明与本人的关系。旧版在手的，收回旧版再发新版。";
    part.paragraph_within(how, 9.0, Weight::Regular, part.width());
    part.space(mm(1.5));
    let column = |(name, width): (&&str, f32)| match width {
        0.0 => Column::new(name, Width::Share(1.0)),
        width => Column::new(name, Width::Points(width)),
    };
    let columns = RECEIPT_HEADINGS.iter().zip(WIDTHS).map(column).collect();
    let mut table = Table::new(SIZE, columns);
    // Room for a signature.
    table.pad = SIZE * 0.8;
    for (at, row) in sheet.rows.iter().enumerate() {
        let cells = row.cells(at + 1).to_vec();
        table.rows.push(if row.is_exchange { Row::bold(cells) } else { Row::new(cells) });
    }
    if sheet.rows.is_empty() {
        table.rows.push(Row::section("没有人检查过"));
    }
    part.table(&table);
    part.done()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paper::sheet::{Mark, collisions};
    use crate::paper::test_fonts;
    use crate::receipt::ReceiptRow;

    /// As `office::person_report::report_number` makes one: the label's code and four hexadecimal digits of the round.
    const WIDEST: &str = "JK0888888888888888-dddd";

    #[test]
    fn long_names_and_many_rows_lie_over_nothing() {
        let fonts = test_fonts();
        let row = ReceiptRow {
            name: "阿依古丽·买买提".to_owned(),
            group: "石塘铺第十二村民小组".to_owned(),
            number: WIDEST.to_owned(),
            version: "第 12 版".to_owned(),
            state: "旧版在手，新版未签发".to_owned(),
            held: "第 11 版　2026-09-28　家属（监护人）代领".to_owned(),
            is_exchange: true,
            is_due: true,
        };
        let check = |rows: Vec<ReceiptRow>| {
            let sheet = ReceiptSheet {
                round: "2026年第四轮".to_owned(),
                unit: "万宝镇石塘铺社区居民委员会".to_owned(),
                unit_code: "431302100001".to_owned(),
                made_at: "2026-09-20 17:30".to_owned(),
                rows,
            };
            for page in &pages(&fonts, &sheet) {
                assert_eq!(collisions(&fonts, page), Vec::<String>::new());
            }
        };
        check(Vec::new());
        check(vec![row; 60]);
    }

    #[test]
    fn a_report_number_stands_in_one_line() {
        let fonts = test_fonts();
        let of = |weight: Weight| {
            let row = ReceiptRow {
                number: WIDEST.to_owned(),
                is_exchange: weight == Weight::Bold,
                ..ReceiptRow::default()
            };
            let sheet = ReceiptSheet { rows: vec![row], ..ReceiptSheet::default() };
            let pages = pages(&fonts, &sheet);
            let is_whole = |mark: &Mark| matches!(mark, Mark::Text { text, .. } if text == WIDEST);
            pages[0].marks.iter().filter(|mark| is_whole(mark)).count()
        };
        assert_eq!([Weight::Regular, Weight::Bold].map(of), [1, 1]);
    }
}
