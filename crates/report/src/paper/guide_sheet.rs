//! 导检单: what one person carries through the line: who, both codes, the stations in order with boxes to tick. Two on an
//! A4 page to cut apart, or one.

use super::codes::{CODE128_QUIET_MODULES, code128, qr};
use super::face::{Fonts, Weight};
use super::label::spaced;
use super::lines::{fitting_size, wrap, wrap_within};
use super::part::A4;
use super::sheet::{Align, LINE_EM, Page};
use super::{PaperError, mm, pdf};

/// One station of the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuideStation {
    pub name: String,
    /// What is done there, as people call it.
    pub items: String,
    /// Everybody gets it; else only where the round has it.
    pub is_mandatory: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuidePerson {
    /// Whole: the sheet is handed to the person.
    pub name: String,
    pub sex: String,
    pub age: String,
    /// Masked; empty where there is none.
    pub id_number: String,
    /// 村民小组, or 年级 and 班.
    pub group: String,
    /// `domain::label_code`.
    pub code: String,
    /// In the order of the line.
    pub stations: Vec<GuideStation>,
    /// Something on the list needs an empty stomach.
    pub is_fasting: bool,
}

/// What stands on every sheet of a stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuideSheet {
    pub round: String,
    pub unit: String,
    pub day: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PerPage {
    One,
    Two,
}

/// Free room at the left and right of a cell's text, points.
const PAD: f32 = 3.0;
/// Bars as wide as any office printer draws them well.
const MODULE_MM: f32 = 0.3;

/// Sizes of one sheet, points.
struct Sizes {
    title: f32,
    name: f32,
    words: f32,
    small: f32,
}

/// Sheets in the order given.
pub fn guide_sheets(
    fonts: &Fonts,
    sheet: &GuideSheet,
    people: &[GuidePerson],
    per_page: PerPage,
) -> Result<Vec<u8>, PaperError> {
    pdf::write(fonts, "导检单", &pages(fonts, sheet, people, per_page)?)
}

fn pages(
    fonts: &Fonts,
    sheet: &GuideSheet,
    people: &[GuidePerson],
    per_page: PerPage,
) -> Result<Vec<Page>, PaperError> {
    let edge = mm(12.0);
    let width = A4.0 - 2.0 * edge;
    let (of_page, height, sizes) = match per_page {
        PerPage::One => {
            let sizes = Sizes { title: 20.0, name: 24.0, words: 12.0, small: 10.5 };
            (1, A4.1 - 2.0 * edge, sizes)
        }
        PerPage::Two => {
            let sizes = Sizes { title: 14.0, name: 18.0, words: 9.5, small: 8.5 };
            (2, A4.1 / 2.0 - 2.0 * mm(8.0), sizes)
        }
    };
    let mut pages = Vec::new();
    for pair in people.chunks(of_page) {
        let mut page = Page::new(A4.0, A4.1);
        for (at, person) in pair.iter().enumerate() {
            let top = match (per_page, at) {
                (PerPage::One, _) => edge,
                (PerPage::Two, 0) => mm(8.0),
                (PerPage::Two, _) => A4.1 / 2.0 + mm(8.0),
            };
            draw(fonts, &mut page, sheet, person, (edge, top), (width, height), &sizes)?;
        }
        if per_page == PerPage::Two {
            cut_line(&mut page);
        }
        pages.push(page);
    }
    Ok(pages)
}

/// Where the page is cut, in dashes.
fn cut_line(page: &mut Page) {
    let y = A4.1 / 2.0;
    let mut x = mm(6.0);
    while x < A4.0 - mm(6.0) {
        page.line((x, y), (x + mm(2.0), y), 0.4);
        x += mm(4.0);
    }
}

fn draw(
    fonts: &Fonts,
    page: &mut Page,
    sheet: &GuideSheet,
    person: &GuidePerson,
    (x, top): (f32, f32),
    (width, height): (f32, f32),
    sizes: &Sizes,
) -> Result<(), PaperError> {
    let qr_size = sizes.title * 5.2;
    let (qr_left, bars_left) = draw_codes(fonts, page, &person.code, (x + width, top), sizes)?;
    // Words at the left: the title's room ends at the QR, the person's at the bars.
    let y = draw_title(fonts, page, sheet, (x, top), qr_left - mm(3.0) - x, sizes);
    let y = draw_person(fonts, page, person, (x, y), bars_left - x, sizes);
    let y = y.max(top + qr_size) + sizes.small * 0.6;
    let notes = notes(person);
    let notes_height = f32::from(u16::try_from(notes.len()).unwrap_or(3)) * sizes.small * LINE_EM;
    let bottom = top + height;
    let room = bottom - notes_height - sizes.small * 0.5 - y;
    stations(fonts, page, person, (x, y), (width, room), sizes);
    let mut y = bottom - notes_height;
    for note in notes {
        y = one_line(fonts, page, &note, (x, y), width, sizes.small);
    }
    Ok(())
}

/// QR at the far right, the bars beside it with their quiet zones; answers where the room of either begins.
fn draw_codes(
    fonts: &Fonts,
    page: &mut Page,
    code: &str,
    (right, top): (f32, f32),
    sizes: &Sizes,
) -> Result<(f32, f32), PaperError> {
    let qr_size = sizes.title * 5.2;
    let qr_left = right - qr_size;
    page.modules(qr_left, top, qr_size, qr_size, qr(code)?);
    let bars = code128(code)?;
    let module = mm(MODULE_MM);
    let quiet = f32::from(u16::try_from(CODE128_QUIET_MODULES).unwrap_or(10)) * module;
    let width = f32::from(u16::try_from(bars.len()).unwrap_or(u16::MAX)) * module;
    let height = sizes.title * 2.0;
    let left = qr_left - quiet - width;
    let bars_top = top + qr_size - height - sizes.small * LINE_EM;
    page.modules(left, bars_top, width, height, vec![bars]);
    let style = (sizes.small, Weight::Regular);
    page.aligned(fonts, (left, width), bars_top + height, style, Align::Centre, &spaced(code));
    Ok((qr_left, left - quiet))
}

fn draw_title(
    fonts: &Fonts,
    page: &mut Page,
    sheet: &GuideSheet,
    (x, y): (f32, f32),
    width: f32,
    sizes: &Sizes,
) -> f32 {
    let y = page.text(x, y, sizes.title, Weight::Bold, "健康体检导检单");
    let of = format!("{}　{}　{}", sheet.round, sheet.unit, sheet.day);
    one_line(fonts, page, &of, (x, y), width, sizes.small)
}

fn draw_person(
    fonts: &Fonts,
    page: &mut Page,
    person: &GuidePerson,
    (x, y): (f32, f32),
    width: f32,
    sizes: &Sizes,
) -> f32 {
    let size = fitting_size(fonts, &person.name, (sizes.name, 9.0), Weight::Bold, width, 1);
    for line in wrap_within(fonts, &person.name, size, Weight::Bold, width, 1) {
        page.text(x, y, size, Weight::Bold, &line);
    }
    let mut y = y + sizes.name * LINE_EM * 0.95;
    let about = [person.sex.as_str(), person.age.as_str(), person.group.as_str()];
    let about =
        about.iter().filter(|text| !text.is_empty()).copied().collect::<Vec<_>>().join("　");
    let id = if person.id_number.is_empty() {
        "证件号：未登记".to_owned()
    } else {
        format!("证件号：{}", person.id_number)
    };
    for text in [about, id] {
        y = one_line(fonts, page, &text, (x, y), width, sizes.words);
    }
    y
}

/// A text in one line, smaller where it has to be; answers where the next line of the wanted size begins.
fn one_line(
    fonts: &Fonts,
    page: &mut Page,
    text: &str,
    (x, y): (f32, f32),
    width: f32,
    wanted: f32,
) -> f32 {
    let size = fitting_size(fonts, text, (wanted, 6.0), Weight::Regular, width, 1);
    for line in wrap_within(fonts, text, size, Weight::Regular, width, 1) {
        page.text(x, y, size, Weight::Regular, &line);
    }
    y + wanted * LINE_EM
}

fn notes(person: &GuidePerson) -> Vec<String> {
    let mut notes = Vec::new();
    if person.is_fasting {
        notes.push("采血须空腹。已经进食的请先告诉采血人员，其他项目照常检查。".to_owned());
    }
    notes.push(
        "请按顺序到各工位检查，每做完一处由工作人员打勾签名。标“按需”的，本站点有才做。".to_owned(),
    );
    notes.push("全部做完后请把本单交回登记处，核对没有漏项再离开。".to_owned());
    notes
}

/// The list with boxes to tick, as large as its room allows.
fn stations(
    fonts: &Fonts,
    page: &mut Page,
    person: &GuidePerson,
    (x, y): (f32, f32),
    (width, room): (f32, f32),
    sizes: &Sizes,
) {
    let box_width = sizes.words * 3.0;
    let (sign_width, name_width) = (width * 0.2, width * 0.19);
    let items_width = width - box_width - sign_width - name_width;
    let columns = [box_width, name_width, items_width, sign_width];
    let count = f32::from(u16::try_from(person.stations.len() + 1).unwrap_or(u16::MAX));
    let row = (room / count).min(sizes.words * 2.6);
    let size = sizes.words.min(row / LINE_EM);
    let mut at = x;
    page.shade(x, y, width, row, 228);
    for (column, title) in columns.into_iter().zip(["完成", "工位", "检查内容", "检查者签名"])
    {
        page.frame(at, y, column, row, 0.5);
        let line_y = y + (row - size * LINE_EM) / 2.0;
        let place = (at + PAD, column - 2.0 * PAD);
        page.aligned(fonts, place, line_y, (size, Weight::Bold), Align::Centre, title);
        at += column;
    }
    for (number, station) in person.stations.iter().enumerate() {
        let top = y + row * f32::from(u16::try_from(number + 1).unwrap_or(u16::MAX));
        let mut at = x;
        let cells = [String::new(), named(station), station.items.clone(), String::new()];
        for (column, text) in columns.into_iter().zip(cells) {
            page.frame(at, top, column, row, 0.5);
            let place = (at + PAD, top);
            cell(fonts, page, &text, place, (column - 2.0 * PAD, row), sizes.words);
            at += column;
        }
        let tick = (row * 0.6).min(sizes.words * 1.3);
        page.frame(x + (box_width - tick) / 2.0, top + (row - tick) / 2.0, tick, tick, 1.0);
    }
}

/// A text in the middle of a row, as large as the row allows; the smallest is cut where it does not fit, and marked.
fn cell(
    fonts: &Fonts,
    page: &mut Page,
    text: &str,
    (x, top): (f32, f32),
    (width, row): (f32, f32),
    wanted: f32,
) {
    let lines = |size: f32| wrap(fonts, text, size, Weight::Regular, width).len();
    let tall = |lines: usize, size: f32| {
        f32::from(u16::try_from(lines).unwrap_or(u16::MAX)) * size * LINE_EM
    };
    let mut size = wanted.min(row / LINE_EM);
    while size > 6.0 && tall(lines(size), size) > row {
        size -= 0.5;
    }
    let lines_max = if tall(2, size) <= row { 2 } else { 1 };
    let lines = wrap_within(fonts, text, size, Weight::Regular, width, lines_max);
    let mut y = top + (row - tall(lines.len(), size)) / 2.0;
    for line in lines {
        y = page.text(x, y, size, Weight::Regular, &line);
    }
}

fn named(station: &GuideStation) -> String {
    if station.is_mandatory {
        station.name.clone()
    } else {
        format!("{}（按需）", station.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paper::sheet::{Mark, collisions};
    use crate::paper::test_fonts;

    fn person(name: &str, group: &str, items: &str) -> GuidePerson {
        let station = |number: u16| GuideStation {
            name: format!("中医体质辨识{number}"),
            items: items.to_owned(),
            is_mandatory: number.is_multiple_of(2),
        };
        GuidePerson {
            name: name.to_owned(),
            sex: "女".to_owned(),
            age: "102岁".to_owned(),
            id_number: "431399********034X".to_owned(),
            group: group.to_owned(),
            code: "JK0123456789012345".to_owned(),
            stations: (1..=15).map(station).collect(),
            is_fasting: true,
        }
    }

    #[test]
    fn the_longest_words_run_into_nothing_on_one_or_two_a_page() {
        let fonts = test_fonts();
        let sheet = GuideSheet {
            round: "2026年度娄星区健康快车第四轮免费健康体检暨慢性病早筛早治行动".to_owned(),
            unit: "万宝镇石塘铺社区居民委员会第二联合党支部所辖片区".to_owned(),
            day: "2026-09-14".to_owned(),
        };
        let items = "空腹血糖、总胆固醇、甘油三酯、高密度脂蛋白胆固醇、低密度脂蛋白胆固醇、血红蛋白、血清肌酐";
        let long = person(
            "阿卜杜热西提·阿卜杜克热木·买买提吐尔逊",
            "第一百二十三村民小组（大塘冲片区）",
            items,
        );
        let short = person("李四", "1组", "身高");
        for per_page in [PerPage::One, PerPage::Two] {
            let people = [long.clone(), short.clone(), long.clone()];
            for page in pages(&fonts, &sheet, &people, per_page).unwrap() {
                assert_eq!(collisions(&fonts, &page), Vec::<String>::new(), "{per_page:?}");
            }
        }
    }

    #[test]
    fn control_texts_over_one_another_are_found() {
        let fonts = test_fonts();
        let mut page = Page::new(100.0, 100.0);
        page.text(10.0, 10.0, 12.0, Weight::Regular, "血压");
        page.text(20.0, 12.0, 12.0, Weight::Regular, "视力");
        page.text(90.0, 50.0, 12.0, Weight::Regular, "内科");
        assert_eq!(collisions(&fonts, &page).len(), 2);
    }

    #[test]
    fn two_a_page_are_half_as_many_pages_and_each_has_its_boxes() {
        let fonts = test_fonts();
        let sheet =
            GuideSheet { round: "轮".to_owned(), unit: "村".to_owned(), day: "日".to_owned() };
        let people = vec![person("李四", "1组", "身高"); 5];
        let check = |per_page: PerPage, expected: usize| {
            let pages = pages(&fonts, &sheet, &people, per_page).unwrap();
            assert_eq!(pages.len(), expected);
            let ticks = |mark: &&Mark| matches!(mark, Mark::Box { line: Some(1.0), .. });
            let boxes: usize =
                pages.iter().map(|page| page.marks.iter().filter(ticks).count()).sum();
            assert_eq!(boxes, 5 * 15);
        };
        check(PerPage::One, 5);
        check(PerPage::Two, 3);
    }
}
