//! Labels, one a page of a roll: who it is in words, and the code as bars and as a QR; for a tube its kind and bars alone.

use super::codes::{CODE128_QUIET_MODULES, QR_QUIET_MODULES, code128, qr};
use super::face::{Fonts, Weight};
use super::lines::{fitting_size, wrap_within};
use super::sheet::{Align, Page};
use super::{PaperError, mm, pdf};

/// Size of a label, millimetres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LabelSize {
    pub width_mm: f32,
    pub height_mm: f32,
}

impl LabelSize {
    /// The usual label of a small thermal printer.
    pub const USUAL: LabelSize = LabelSize { width_mm: 50.0, height_mm: 30.0 };
}

/// Who a label is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelPerson {
    /// Whole: the label is the person's.
    pub name: String,
    /// 女 68岁; what is unknown is left out.
    pub about: String,
    /// The last four of the ID number; empty where there is none.
    pub id_tail: String,
    pub group: String,
    /// `domain::label_code`.
    pub code: String,
}

/// Bars as narrow as a printer of 203 dots an inch draws them well: two dots.
const MODULE_MM: f32 = 0.25;
/// The narrowest that is still read: two dots of 300 an inch, less a little.
const MODULE_MIN_MM: f32 = 0.165;
const EDGE_MM: f32 = 1.2;

/// One page a label.
pub fn labels(
    fonts: &Fonts,
    size: LabelSize,
    people: &[LabelPerson],
) -> Result<Vec<u8>, PaperError> {
    let pages: Result<Vec<Page>, PaperError> =
        people.iter().map(|person| label(fonts, size, person)).collect();
    pdf::write(fonts, "体检标签", &pages?)
}

fn label(fonts: &Fonts, size: LabelSize, person: &LabelPerson) -> Result<Page, PaperError> {
    let (width, height) = (mm(size.width_mm), mm(size.height_mm));
    let mut page = Page::new(width, height);
    let (bars, bars_width) = bars(size, &person.code)?;
    let edge = mm(EDGE_MM);
    // From the bottom: the code in figures, the bars; above them words at the left, the QR at the right.
    let figures = mm(size.height_mm * 0.075).clamp(5.5, 9.0);
    let figures_top = height - edge - figures * 1.3;
    page.aligned(
        fonts,
        (0.0, width),
        figures_top - figures * 0.05,
        (figures, Weight::Regular),
        Align::Centre,
        &spaced(&person.code),
    );
    let bars_height = height * 0.27;
    let bars_top = figures_top - bars_height;
    page.modules((width - bars_width) / 2.0, bars_top, bars_width, bars_height, vec![bars]);

    let rows = qr(&person.code)?;
    let of_qr = f32::from(u16::try_from(rows.len()).unwrap_or(25));
    let qr_quiet = f32::from(u16::try_from(QR_QUIET_MODULES).unwrap_or(4));
    let qr_room = (bars_top - edge).min(width * 0.36);
    let qr_size = qr_room * of_qr / (of_qr + qr_quiet);
    let qr_left = width - edge - qr_size;
    page.modules(qr_left, edge, qr_size, qr_size, rows);

    let words_width = qr_left - qr_room * qr_quiet / (of_qr + qr_quiet) - edge;
    let room = bars_top - edge - mm(0.8);
    words(fonts, &mut page, person, (edge, edge * 0.6), (words_width, room));
    Ok(page)
}

/// A code's bars and how wide they may stand on a label of this size, points.
fn bars(size: LabelSize, code: &str) -> Result<(Vec<bool>, f32), PaperError> {
    let bars = code128(code)?;
    let modules = f32::from(u16::try_from(bars.len()).map_err(|_| PaperError::Code)?);
    let quiet = f32::from(2 * u16::try_from(CODE128_QUIET_MODULES).unwrap_or(10));
    let module_mm = (size.width_mm / (modules + quiet)).min(MODULE_MM);
    if module_mm < MODULE_MIN_MM || size.height_mm < 20.0 {
        return Err(PaperError::LabelTooSmall);
    }
    Ok((bars, mm(module_mm) * modules))
}

/// A tube that has no code of a laboratory's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TubeLabel {
    /// 生化管.
    pub kind: String,
    /// As it will be scanned and bound; nobody's yet.
    pub code: String,
}

/// One page a tube. Nobody's name is on it: whose it is, is bound when blood is drawn.
pub fn tube_labels(
    fonts: &Fonts,
    size: LabelSize,
    tubes: &[TubeLabel],
) -> Result<Vec<u8>, PaperError> {
    let pages: Result<Vec<Page>, PaperError> =
        tubes.iter().map(|tube| tube_label(fonts, size, tube)).collect();
    pdf::write(fonts, "采血管标签", &pages?)
}

fn tube_label(fonts: &Fonts, size: LabelSize, tube: &TubeLabel) -> Result<Page, PaperError> {
    let (width, height) = (mm(size.width_mm), mm(size.height_mm));
    let mut page = Page::new(width, height);
    let (bars, bars_width) = bars(size, &tube.code)?;
    let edge = mm(EDGE_MM);
    let kind = (height * 0.17).clamp(8.0, 16.0);
    let across = (edge, width - 2.0 * edge);
    let kind = fitting_size(fonts, &tube.kind, (kind, 5.0), Weight::Bold, across.1, 1);
    let bars_top =
        page.aligned(fonts, across, edge, (kind, Weight::Bold), Align::Centre, &tube.kind);
    let figures = mm(size.height_mm * 0.09).clamp(5.5, 10.0);
    let figures_top = height - edge - figures * 1.4;
    let left = (width - bars_width) / 2.0;
    page.modules(left, bars_top, bars_width, figures_top - bars_top, vec![bars]);
    page.aligned(
        fonts,
        (0.0, width),
        figures_top,
        (figures, Weight::Regular),
        Align::Centre,
        &tube.code,
    );
    Ok(page)
}

fn words(
    fonts: &Fonts,
    page: &mut Page,
    person: &LabelPerson,
    (x, y): (f32, f32),
    (width, room): (f32, f32),
) {
    let below =
        [person.about.as_str(), &tail(&person.id_tail), person.group.as_str()].map(str::to_owned);
    let below: Vec<String> = below.into_iter().filter(|line| !line.is_empty()).collect();
    let small = (room / 6.5).clamp(5.0, 9.0);
    let count = f32::from(u16::try_from(below.len()).unwrap_or(3));
    let name_room = room - count * small * 1.4;
    // The name is what is read from afar: as large as one or two lines of it may be.
    let largest = (name_room / 1.4).min(16.0);
    let one_line = fitting_size(fonts, &person.name, (largest, 5.0), Weight::Bold, width, 1);
    let two_lines =
        fitting_size(fonts, &person.name, ((largest / 2.0).max(5.0), 5.0), Weight::Bold, width, 2);
    let (size, lines_max) = if one_line >= two_lines { (one_line, 1) } else { (two_lines, 2) };
    let mut at = y;
    for line in wrap_within(fonts, &person.name, size, Weight::Bold, width, lines_max) {
        at = page.text(x, at, size, Weight::Bold, &line);
    }
    for line in below {
        let size = fitting_size(fonts, &line, (small, 4.5), Weight::Regular, width, 1);
        for line in wrap_within(fonts, &line, size, Weight::Regular, width, 1) {
            page.text(x, at, size, Weight::Regular, &line);
        }
        at += small * 1.4;
    }
}

fn tail(id_tail: &str) -> String {
    if id_tail.is_empty() { String::new() } else { format!("证件尾号 {id_tail}") }
}

/// In groups, so that a person can read it out.
pub(super) fn spaced(code: &str) -> String {
    let (mark, digits) = code.split_at_checked(2).unwrap_or(("", code));
    let digits: Vec<char> = digits.chars().collect();
    let groups: Vec<String> = digits.chunks(4).map(|group| group.iter().collect()).collect();
    format!("{mark} {}", groups.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paper::sheet::collisions;
    use crate::paper::test_fonts;

    fn person(name: &str) -> LabelPerson {
        LabelPerson {
            name: name.to_owned(),
            about: "女 68岁".to_owned(),
            id_tail: "034X".to_owned(),
            group: "第十二村民小组".to_owned(),
            code: "JK0123456789012345".to_owned(),
        }
    }

    #[test]
    fn nothing_on_a_label_runs_into_anything_at_any_usual_size() {
        let fonts = test_fonts();
        let check = |width_mm: f32, height_mm: f32, name: &str| {
            let page = label(&fonts, LabelSize { width_mm, height_mm }, &person(name)).unwrap();
            assert_eq!(collisions(&fonts, &page), Vec::<String>::new(), "{width_mm}x{height_mm}");
        };
        for (width, height) in [(50.0, 30.0), (40.0, 30.0), (60.0, 40.0), (70.0, 50.0)] {
            check(width, height, "李四");
            check(width, height, "阿依古丽·买买提");
            check(width, height, "阿卜杜热西提·阿卜杜克热木·买买提吐尔逊");
        }
    }

    #[test]
    fn a_tubes_label_says_its_kind_and_its_code_and_nothing_runs_into_anything() {
        let fonts = test_fonts();
        let tube =
            TubeLabel { kind: "血常规管".to_owned(), code: "T00123456789012".to_owned() };
        for (width_mm, height_mm) in [(50.0, 30.0), (40.0, 20.0), (60.0, 40.0)] {
            let page = tube_label(&fonts, LabelSize { width_mm, height_mm }, &tube).unwrap();
            assert_eq!(collisions(&fonts, &page), Vec::<String>::new(), "{width_mm}x{height_mm}");
        }
        let small = LabelSize { width_mm: 20.0, height_mm: 20.0 };
        assert_eq!(tube_label(&fonts, small, &tube), Err(PaperError::LabelTooSmall));
    }

    #[test]
    fn a_label_too_small_for_its_code_is_refused() {
        let fonts = test_fonts();
        let size = LabelSize { width_mm: 25.0, height_mm: 20.0 };
        assert_eq!(label(&fonts, size, &person("李四")), Err(PaperError::LabelTooSmall));
    }
}
