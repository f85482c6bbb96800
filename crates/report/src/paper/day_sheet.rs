//! 日结单: what a day at a stop came to, on one A4 page that is signed and kept. Nobody is named whole, and each device's
//! work is proven by its count and digest.

use super::codes::long_qr;
use super::face::{Fonts, Weight};
use super::part::Part;
use super::table::{Column, Row, Table, Width};
use super::{PaperError, mm, pdf};

/// People at one station.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StationLine {
    pub name: String,
    pub people: u32,
    pub results: u32,
}

/// Who left before everything was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftEarly {
    /// Masked.
    pub name: String,
    pub group: String,
    /// Stations with something mandatory not done.
    pub missing: String,
}

/// A level A finding of the day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenFinding {
    /// Masked.
    pub name: String,
    pub group: String,
    pub finding: String,
    pub action: String,
}

/// Where one device's work in this unit stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamLine {
    pub device: String,
    /// Beginning of the writer's id.
    pub writer: String,
    pub entries: u64,
    /// Beginning of the head's chain: the same only for the same entries in the same order.
    pub digest: String,
}

/// Everything on the page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DaySheet {
    pub round: String,
    pub unit: String,
    pub unit_code: String,
    pub day: String,
    /// Civil time, as the device's clock says.
    pub made_at: String,
    pub device: String,
    /// Examined on the day.
    pub people: u32,
    pub stations: Vec<StationLine>,
    pub left_early: Vec<LeftEarly>,
    pub open_a: Vec<OpenFinding>,
    pub drafts: u32,
    /// People with two values of one item.
    pub conflicts: u32,
    pub unsent: u64,
    /// Brought to the server by another device, by the server's signed word; not among `unsent`.
    pub carried: u64,
    pub streams: Vec<StreamLine>,
    /// Over all streams of the unit.
    pub unit_digest: String,
    /// The same lines for a scanner; empty = no code.
    pub code: String,
}

/// Rows shown of each list, so that it stays one page; how many more there are is said.
const OPEN_A_ROWS_MAX: usize = 4;
const LEFT_ROWS_MAX: usize = 6;
const STREAM_ROWS_MAX: usize = 8;
const STATION_ROWS_MAX: usize = 16;
const SIZE: f32 = 8.0;
const HEADING: f32 = 9.5;
/// Side of the code at the top right, mm: 85 modules of a third of a millimetre at most.
const CODE_MM: f32 = 28.0;

/// One page.
pub fn day_sheet(fonts: &Fonts, day: &DaySheet) -> Result<Vec<u8>, PaperError> {
    pdf::write(fonts, "日结单", &pages(fonts, day)?)
}

fn pages(fonts: &Fonts, day: &DaySheet) -> Result<Vec<super::sheet::Page>, PaperError> {
    let footer = format!("打印：{}　设备：{}", day.made_at, day.device);
    let mut part = Part::a4(fonts, (&day.round, "姓名已脱敏"), &footer);
    let top = part.y();
    let beside = if day.code.is_empty() { part.width() } else { draw_code(&mut part, &day.code)? };
    part.title("健康快车日结单", 16.0);
    let about =
        format!("{}（{}）　{}　本日到站 {} 人", day.unit, day.unit_code, day.day, day.people);
    part.paragraph_within(&about, 11.0, Weight::Bold, beside);
    let carried = match day.carried {
        0 => String::new(),
        carried => format!("（另有 {carried} 条已由别的设备带到服务器）"),
    };
    let rest = format!(
        "提前离开 {} 人　A 级异常 {} 人次　未保存草稿 {} 份　数值矛盾 {} 人　待上传 {} 条{carried}",
        day.left_early.len(),
        day.open_a.len(),
        day.drafts,
        day.conflicts,
        day.unsent
    );
    part.paragraph_within(&rest, 10.0, Weight::Regular, beside);
    if !day.code.is_empty() {
        part.space((top + mm(CODE_MM) - HEADING - part.y()).max(0.0));
    }
    stations(&mut part, day);
    open_a(&mut part, day);
    left_early(&mut part, day);
    streams(&mut part, day);
    signatures(&mut part);
    Ok(part.done())
}

/// The code at the top right; answers how much width is left beside it.
fn draw_code(part: &mut Part, code: &str) -> Result<f32, PaperError> {
    let (size, top) = (mm(CODE_MM), part.y() - mm(2.0));
    let left = part.left() + part.width() - size;
    part.page().modules(left, top, size, size, long_qr(code)?);
    Ok(part.width() - size - mm(3.0))
}

/// Stations side by side in two halves.
fn stations(part: &mut Part, day: &DaySheet) {
    let column = |title: &str| Column::right(title, Width::Share(1.0));
    let columns = || [Column::new("工位", Width::Share(2.2)), column("人数"), column("结果数")];
    let mut table = Table::new(SIZE, columns().into_iter().chain(columns()).collect());
    let shown = &day.stations[..day.stations.len().min(STATION_ROWS_MAX)];
    let half = shown.len().div_ceil(2);
    for at in 0..half {
        let mut cells = Vec::new();
        for station in [shown.get(at), shown.get(at + half)] {
            match station {
                Some(line) => {
                    cells.extend([
                        line.name.clone(),
                        line.people.to_string(),
                        line.results.to_string(),
                    ]);
                }
                None => cells.extend([String::new(), String::new(), String::new()]),
            }
        }
        table.rows.push(Row::new(cells));
    }
    if shown.is_empty() {
        table.rows.push(Row::section("本日没有记录"));
    }
    part.table_under(("各工位", HEADING), &table);
}

fn open_a(part: &mut Part, day: &DaySheet) {
    let columns = vec![
        Column::new("姓名", Width::Points(mm(16.0))),
        Column::new("组 / 班", Width::Points(mm(28.0))),
        Column::new("发现", Width::Share(1.2)),
        Column::new("处理", Width::Share(1.2)),
        Column::new("确认人", Width::Points(mm(20.0))),
    ];
    let mut table = Table::new(SIZE, columns);
    for one in day.open_a.iter().take(OPEN_A_ROWS_MAX) {
        // So much is two lines.
        let mut cells = vec![
            short(&one.name, 4),
            short(&one.group, 16),
            short(&one.finding, 34),
            short(&one.action, 34),
        ];
        cells.push(String::new());
        table.rows.push(Row::new(cells));
    }
    rest(&mut table, day.open_a.len(), OPEN_A_ROWS_MAX, "没有 A 级异常");
    part.table_under(
        ("A 级异常（本站全部，须逐一确认：已复测、已告知、已安排处置）", HEADING),
        &table,
    );
}

fn left_early(part: &mut Part, day: &DaySheet) {
    let columns = vec![
        Column::new("姓名", Width::Points(mm(16.0))),
        Column::new("组 / 班", Width::Points(mm(34.0))),
        Column::new("还缺的工位", Width::Share(1.0)),
    ];
    let mut table = Table::new(SIZE, columns);
    for one in day.left_early.iter().take(LEFT_ROWS_MAX) {
        let cells = vec![short(&one.name, 4), short(&one.group, 10), short(&one.missing, 36)];
        table.rows.push(Row::new(cells));
    }
    rest(&mut table, day.left_early.len(), LEFT_ROWS_MAX, "没有人提前离开");
    part.table_under(("提前离开（必检项目没有做完）", HEADING), &table);
}

fn streams(part: &mut Part, day: &DaySheet) {
    let columns = vec![
        Column::new("设备", Width::Share(1.0)),
        Column::new("写入编号", Width::Points(mm(32.0))),
        Column::right("条数", Width::Points(mm(16.0))),
        Column::new("摘要", Width::Points(mm(60.0))),
    ];
    let mut table = Table::new(SIZE, columns);
    for stream in day.streams.iter().take(STREAM_ROWS_MAX) {
        let cells = vec![
            short(&stream.device, 18),
            stream.writer.clone(),
            stream.entries.to_string(),
            stream.digest.clone(),
        ];
        table.rows.push(Row::new(cells));
    }
    rest(&mut table, day.streams.len(), STREAM_ROWS_MAX, "本单位还没有记录");
    let all: u64 = day.streams.iter().map(|stream| stream.entries).sum();
    let total =
        vec!["本单位合计".to_owned(), String::new(), all.to_string(), day.unit_digest.clone()];
    table.rows.push(Row::bold(total));
    part.table_under(("记录条数与摘要（与服务器核对用）", HEADING), &table);
}

/// What is not shown, or that there is nothing.
fn rest(table: &mut Table, all: usize, shown_max: usize, none: &str) {
    if all == 0 {
        table.rows.push(Row { weight: Weight::Regular, shade: None, ..Row::section(none) });
    } else if all > shown_max {
        let text = format!("另有 {} 行未列出，见“收工”名单", all - shown_max);
        table.rows.push(Row { weight: Weight::Regular, shade: None, ..Row::section(&text) });
    }
}

fn signatures(part: &mut Part) {
    let height = mm(13.0);
    part.keep(height);
    part.space(mm(4.0));
    let (left, width, y) = (part.left(), part.width(), part.y());
    let third = width / 3.0;
    for (at, word) in ["队长签名：", "核对人签名：", "日期："].iter().enumerate() {
        let x = left + third * f32::from(u16::try_from(at).unwrap_or(0));
        let page = part.page();
        page.text(x, y, 10.0, Weight::Regular, word);
        let from = x + 10.0 * 6.0;
        page.line((from, y + 13.0), (x + third - mm(4.0), y + 13.0), 0.5);
    }
    part.space(height - mm(4.0));
}

/// At most so many characters; what is cut off is marked.
fn short(text: &str, chars_max: usize) -> String {
    if text.chars().count() <= chars_max {
        return text.to_owned();
    }
    let kept: String = text.chars().take(chars_max.saturating_sub(1)).collect();
    format!("{kept}…")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paper::sheet::collisions;
    use crate::paper::test_fonts;

    /// The fullest page there can be.
    fn full() -> DaySheet {
        let long =
            "肝功能肾功能血脂血糖血常规尿常规腹部彩超心电图胸部正位片中医体质辨识生活自理能力评估"
                .to_owned();
        let station = |at: u32| StationLine {
            name: format!("问诊与生活方式调查{at}"),
            people: 1_000,
            results: 12_345,
        };
        let left =
            |_| LeftEarly { name: "欧*".to_owned(), group: long.clone(), missing: long.clone() };
        let finding = |_| OpenFinding {
            name: "欧*".to_owned(),
            group: long.clone(),
            finding: long.clone(),
            action: long.clone(),
        };
        let stream = |_| StreamLine {
            device: long.clone(),
            writer: "0123456789abcdef".to_owned(),
            entries: 123_456,
            digest: "0123456789abcdef0123456789abcdef".to_owned(),
        };
        DaySheet {
            round: "2026年第四轮".to_owned(),
            unit: "万宝镇石塘铺社区居民委员会".to_owned(),
            unit_code: "431302100001".to_owned(),
            day: "2026-09-14".to_owned(),
            made_at: "2026-09-14 17:30".to_owned(),
            device: "血压一号".to_owned(),
            people: 175,
            stations: (0..16).map(station).collect(),
            left_early: (0..40).map(left).collect(),
            open_a: (0..40).map(finding).collect(),
            drafts: 2,
            conflicts: 1,
            unsent: 999,
            carried: 999,
            streams: (0..20).map(stream).collect(),
            unit_digest: "0123456789abcdef0123456789abcdef".to_owned(),
            // As long as it gets: twelve lines.
            code: "JKRJ1 0123456789ABCDEF:123456:0123456789ABCDEF:01234567 ".repeat(13),
        }
    }

    #[test]
    fn the_fullest_and_the_emptiest_day_are_one_page_each_with_nothing_over_anything() {
        let fonts = test_fonts();
        for day in [full(), DaySheet::default()] {
            let pages = pages(&fonts, &day).unwrap();
            assert_eq!(pages.len(), 1);
            assert_eq!(collisions(&fonts, &pages[0]), Vec::<String>::new());
        }
    }

    #[test]
    fn control_without_its_limits_the_list_would_take_more_pages() {
        let fonts = test_fonts();
        let mut part = Part::a4(&fonts, ("", ""), "");
        let mut table = Table::new(SIZE, vec![Column::new("姓名", Width::Share(1.0))]);
        table.rows = (0..100).map(|_| Row::new(vec!["欧*".to_owned()])).collect();
        part.table(&table);
        assert!(part.done().len() > 1);
    }
}
