//! 随访单 on paper, A4 lying on its side: the same rows as the workbook, with room to write. No ID numbers.

use super::face::{Fonts, Weight};
use super::part::Part;
use super::table::{Column, Row, Table, Width};
use super::{PaperError, mm, pdf};
use crate::follow_up::{ANSWER_HEADINGS, FollowUpRow, FollowUpSheet, legend};

const SIZE: f32 = 8.0;
/// Points; 0 = a share of what is left.
const WIDTHS: [f32; 14] =
    [78.0, 40.0, 66.0, 46.0, 24.0, 0.0, 0.0, 50.0, 46.0, 54.0, 26.0, 26.0, 54.0, 86.0];

/// The village or school, on a list of several.
const UNIT_WIDTH: f32 = 44.0;

/// The columns of a level A, and what the others give up for them.
const ANSWER_WIDTHS: [f32; 3] = [44.0, 34.0, 24.0];
const NARROWED: [(usize, f32); 5] = [(2, 60.0), (7, 48.0), (9, 48.0), (12, 48.0), (13, 60.0)];

/// As many pages as it takes; nothing to follow up is a page that says so.
pub fn follow_up_sheet(fonts: &Fonts, sheet: &FollowUpSheet) -> Result<Vec<u8>, PaperError> {
    pdf::write(fonts, "随访单", &pages(fonts, sheet))
}

/// Each unit's pages by themselves: they go to another village doctor.
fn pages(fonts: &Fonts, sheet: &FollowUpSheet) -> Vec<super::sheet::Page> {
    let parts = sheet.parts();
    let parts = if parts.is_empty() { vec![&[][..]] } else { parts };
    parts.into_iter().flat_map(|part| pages_of(fonts, sheet, part)).collect()
}

fn pages_of(fonts: &Fonts, sheet: &FollowUpSheet, rows: &[FollowUpRow]) -> Vec<super::sheet::Page> {
    let purpose = format!("用途：{}　含姓名和电话，用后收回", sheet.purpose);
    let footer = format!("打印：{}　{}", sheet.made_at, sheet.by);
    let mut part = Part::a4_wide(fonts, (&sheet.round, &purpose), &footer);
    part.title("随访单", 16.0);
    let about = format!("{}（{}）　共 {} 条", sheet.title_of(rows), sheet.unit_code, rows.len());
    part.paragraph_within(&about, 11.0, Weight::Bold, part.width());
    for line in legend() {
        part.paragraph_within(&line, 9.0, Weight::Regular, part.width());
    }
    part.space(mm(1.5));
    let headings = sheet.headings();
    let mut widths = WIDTHS;
    let has_answers = headings.last() == ANSWER_HEADINGS.last();
    if has_answers {
        NARROWED.into_iter().for_each(|(at, width)| widths[at] = width);
    }
    let widths = sheet.columns(&widths, UNIT_WIDTH, &ANSWER_WIDTHS);
    let column = |(name, width): (&&str, f32)| match width {
        0.0 => Column::new(name, Width::Share(1.0)),
        width => Column::new(name, Width::Points(width)),
    };
    let mut table = Table::new(SIZE, headings.iter().zip(widths).map(column).collect());
    // Room for handwriting.
    table.pad = SIZE * 0.7;
    for row in rows {
        let mut cells: Vec<String> = sheet.cells(row).into_iter().map(str::to_owned).collect();
        cells.resize(headings.len(), String::new());
        table.rows.push(Row::new(cells));
    }
    if rows.is_empty() {
        table.rows.push(Row::section("没有要随访的"));
    }
    part.table(&table);
    part.done()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paper::sheet::collisions;
    use crate::paper::test_fonts;

    #[test]
    fn long_words_and_many_rows_lie_over_nothing() {
        let fonts = test_fonts();
        let row = |seen: &str| FollowUpRow {
            number: "1234 5678 9018".to_owned(),
            name: "阿依古丽·买买提".to_owned(),
            phone: "13800000000（监护人）".to_owned(),
            unit: "石塘铺社区居民委员会".to_owned(),
            group: "石塘铺村民小组".to_owned(),
            level: "A".to_owned(),
            seen: seen.to_owned(),
            action: "静坐后复测，仍高或有症状立即处置并转诊，两周内随访".to_owned(),
            due: "2026-09-28".to_owned(),
            state: "已纳入慢病管理".to_owned(),
        };
        let check = |rows: Vec<FollowUpRow>| {
            let sheet = FollowUpSheet {
                round: "2026年第四轮".to_owned(),
                unit: "万宝镇石塘铺社区居民委员会".to_owned(),
                unit_code: "431302100001".to_owned(),
                made_at: "2026-09-20 17:30".to_owned(),
                purpose: "随访".to_owned(),
                by: "孙八".to_owned(),
                rows,
            };
            for page in &pages(&fonts, &sheet) {
                assert_eq!(collisions(&fonts, page), Vec::<String>::new());
            }
        };
        check(Vec::new());
        check(vec![
            row("血压明显升高（收缩压≥180或舒张压≥110）（收缩压 186/112 mmHg）");
            60
        ]);
        check(vec![row(&"腹部包块，边界不清，".repeat(18)); 3]);
        let other = FollowUpRow { unit: "栗山村".to_owned(), ..row("血压升高") };
        check([vec![row(&"腹部包块，边界不清，".repeat(18)); 3], vec![other; 30]].concat());
    }
}
