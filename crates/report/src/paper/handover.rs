//! 送检交接单: the tubes that leave a stop for the laboratory, counted by type, each by its code to be ticked on arrival, and
//! signed by both sides. Nobody's name is on it: a laboratory needs the code.

use super::face::{Fonts, Weight};
use super::part::Part;
use super::table::{Column, Row, Table, Width};
use super::{PaperError, mm, pdf};

/// The tubes of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandoverKind {
    pub name: String,
    /// Sorted.
    pub codes: Vec<String>,
}

/// Everything on the paper.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Handover {
    pub round: String,
    pub unit: String,
    pub unit_code: String,
    pub day: String,
    /// Civil time, as the device's clock says.
    pub made_at: String,
    pub device: String,
    pub kinds: Vec<HandoverKind>,
    /// Tubes of the day that are not sent: their samples are no good.
    pub spoilt: u32,
}

const SIZE: f32 = 9.0;
const HEADING: f32 = 11.0;
/// Codes side by side: one of 32 characters still fits by wrapping.
const CODES_IN_A_ROW: usize = 4;

/// A page, or more where there are many tubes.
pub fn handover(fonts: &Fonts, sheet: &Handover) -> Result<Vec<u8>, PaperError> {
    pdf::write(fonts, "送检交接单", &pages(fonts, sheet))
}

fn pages(fonts: &Fonts, sheet: &Handover) -> Vec<super::sheet::Page> {
    let footer = format!("打印：{}　设备：{}", sheet.made_at, sheet.device);
    let mut part = Part::a4(fonts, (&sheet.round, "不含姓名"), &footer);
    part.title("送检交接单", 16.0);
    let all: usize = sheet.kinds.iter().map(|kind| kind.codes.len()).sum();
    let about = format!("{}（{}）　{}　共 {all} 支", sheet.unit, sheet.unit_code, sheet.day);
    part.paragraph_within(&about, 11.0, Weight::Bold, part.width());
    if sheet.spoilt > 0 {
        let spoilt = format!("另有 {} 支标本不合格，已登记需重采，不送", sheet.spoilt);
        part.paragraph_within(&spoilt, 10.0, Weight::Regular, part.width());
    }
    counts(&mut part, sheet, all);
    signatures(&mut part);
    for kind in sheet.kinds.iter().filter(|kind| !kind.codes.is_empty()) {
        codes(&mut part, kind);
    }
    part.done()
}

fn counts(part: &mut Part, sheet: &Handover, all: usize) {
    let columns = vec![
        Column::new("管型", Width::Share(1.4)),
        Column::right("送出（支）", Width::Share(1.0)),
        Column::right("收到（支）", Width::Share(1.0)),
        Column::new("不符的条码和处理", Width::Share(3.0)),
    ];
    let mut table = Table::new(SIZE, columns);
    for kind in &sheet.kinds {
        let count = kind.codes.len().to_string();
        table.rows.push(Row::new(vec![kind.name.clone(), count, String::new(), String::new()]));
    }
    if sheet.kinds.is_empty() {
        table.rows.push(Row::section("这一天没有绑定采血管"));
    }
    let total = vec!["合计".to_owned(), all.to_string(), String::new(), String::new()];
    table.rows.push(Row::bold(total));
    part.table_under(("清点", HEADING), &table);
}

fn codes(part: &mut Part, kind: &HandoverKind) {
    let heading = format!("{}　{} 支（收到一支勾一支）", kind.name, kind.codes.len());
    let columns = (0..CODES_IN_A_ROW).map(|_| Column::new("条码", Width::Share(1.0))).collect();
    let mut table = Table::new(SIZE, columns);
    for codes in kind.codes.chunks(CODES_IN_A_ROW) {
        let mut cells: Vec<String> = codes.iter().map(|code| format!("□ {code}")).collect();
        cells.resize(CODES_IN_A_ROW, String::new());
        table.rows.push(Row::new(cells));
    }
    part.table_under((&heading, HEADING), &table);
}

/// Who gives and who takes, with the time of both.
fn signatures(part: &mut Part) {
    for (first, second) in [("送出人签名：", "送出时间："), ("接收人签名：", "接收时间：")]
    {
        let height = mm(11.0);
        part.keep(height);
        part.space(mm(4.0));
        let (left, width, y) = (part.left(), part.width(), part.y());
        let half = width / 2.0;
        for (x, word) in [(left, first), (left + half, second)] {
            let page = part.page();
            page.text(x, y, 10.0, Weight::Regular, word);
            page.line((x + 10.0 * 6.0, y + 13.0), (x + half - mm(6.0), y + 13.0), 0.5);
        }
        part.space(height - mm(4.0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paper::sheet::collisions;
    use crate::paper::test_fonts;

    fn sheet(tubes: usize, code: impl Fn(usize) -> String) -> Handover {
        let kind = |name: &str| HandoverKind {
            name: name.to_owned(),
            codes: (0..tubes).map(&code).collect(),
        };
        Handover {
            round: "2026年第四轮".to_owned(),
            unit: "万宝镇石塘铺社区居民委员会".to_owned(),
            unit_code: "431302100001".to_owned(),
            day: "2026-09-14".to_owned(),
            made_at: "2026-09-14 17:30".to_owned(),
            device: "采血一号".to_owned(),
            kinds: ["生化管", "血常规管", "尿样管"].map(kind).to_vec(),
            spoilt: 2,
        }
    }

    #[test]
    fn a_usual_day_is_few_pages_and_the_longest_codes_lie_over_nothing() {
        let fonts = test_fonts();
        let usual = pages(&fonts, &sheet(120, |at| format!("B260914{at:04}")));
        assert!(usual.len() <= 4, "{} pages", usual.len());
        let longest = pages(&fonts, &sheet(9, |at| format!("{:0>32}", at)));
        for page in usual.iter().chain(&longest).chain(&pages(&fonts, &Handover::default())) {
            assert_eq!(collisions(&fonts, page), Vec::<String>::new());
        }
    }
}
