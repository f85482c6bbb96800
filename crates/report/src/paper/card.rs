//! 学生卡: a card for each pupil's seat with name, class, number in the class's list and a QR, to be cut apart; a class begins on
//! a page of its own, so that its stack goes to its teacher. Not labels (`label`), and no ID number in any form.

use super::codes::{QR_QUIET_MODULES, qr};
use super::face::{Fonts, Weight};
use super::label::spaced;
use super::lines::{fitting_size, wrap_within};
use super::sheet::{Align, Page};
use super::{PaperError, mm, pdf};

/// What stands on every page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardSheet {
    pub round: String,
    /// The school.
    pub unit: String,
}

/// Whom a card is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatCard {
    /// Whole: the card lies on the person's own seat.
    pub name: String,
    /// 女; empty where it is not known.
    pub sex: String,
    /// 四年级 2班.
    pub class: String,
    /// From 1, in the class's list.
    pub number: u32,
    /// `domain::label_code`.
    pub code: String,
}

const PAGE_MM: (f32, f32) = (210.0, 297.0);
const MARGIN_MM: f32 = 10.0;
const HEAD_MM: f32 = 8.0;
const COLUMNS: usize = 2;
const ROWS: usize = 5;
/// Room between a card's edge and what is on it, millimetres.
const EDGE_MM: f32 = 4.0;
const QR_MM: f32 = 34.0;

/// Ten cards a page, in the order given.
pub fn seat_cards(
    fonts: &Fonts,
    sheet: &CardSheet,
    cards: &[SeatCard],
) -> Result<Vec<u8>, PaperError> {
    pdf::write(fonts, "学生卡", &pages(fonts, sheet, cards)?)
}

fn pages(fonts: &Fonts, sheet: &CardSheet, cards: &[SeatCard]) -> Result<Vec<Page>, PaperError> {
    let mut pages = Vec::new();
    for class in cards.chunk_by(|a, b| a.class == b.class) {
        let of = class.len().div_ceil(COLUMNS * ROWS);
        for (at, some) in class.chunks(COLUMNS * ROWS).enumerate() {
            let first = some.first().map_or("", |card| card.class.as_str());
            let head = format!(
                "{}　{}　{first}　共 {} 人　{}/{of}",
                sheet.round,
                sheet.unit,
                class.len(),
                at + 1
            );
            pages.push(page(fonts, sheet, &head, some)?);
        }
    }
    Ok(pages)
}

fn page(
    fonts: &Fonts,
    sheet: &CardSheet,
    head: &str,
    cards: &[SeatCard],
) -> Result<Page, PaperError> {
    let (width, height) = (mm(PAGE_MM.0), mm(PAGE_MM.1));
    let mut page = Page::new(width, height);
    let room = width - 2.0 * mm(MARGIN_MM);
    let size = fitting_size(fonts, head, (9.0, 5.0), Weight::Regular, room, 1);
    for line in wrap_within(fonts, head, size, Weight::Regular, room, 1) {
        page.text(mm(MARGIN_MM), mm(MARGIN_MM * 0.6), size, Weight::Regular, &line);
    }
    let card_width = room / 2.0;
    let top = mm(MARGIN_MM + HEAD_MM);
    let card_height = (height - top - mm(MARGIN_MM)) / 5.0;
    for (row, some) in cards.chunks(COLUMNS).enumerate() {
        for (column, card) in some.iter().enumerate() {
            let x = mm(MARGIN_MM) + card_width * if column == 0 { 0.0 } else { 1.0 };
            let y = top + card_height * f32::from(u16::try_from(row).unwrap_or(0));
            page.frame(x, y, card_width, card_height, 0.4);
            put_card(fonts, &mut page, sheet, card, (x, y, card_width, card_height))?;
        }
    }
    Ok(page)
}

fn put_card(
    fonts: &Fonts,
    page: &mut Page,
    sheet: &CardSheet,
    card: &SeatCard,
    (x, y, width, height): (f32, f32, f32, f32),
) -> Result<(), PaperError> {
    let edge = mm(EDGE_MM);
    let rows = qr(&card.code)?;
    let of_qr = f32::from(u16::try_from(rows.len()).unwrap_or(21));
    let quiet = mm(QR_MM) * f32::from(u16::try_from(QR_QUIET_MODULES).unwrap_or(4)) / of_qr;
    let left = x + width - edge - mm(QR_MM);
    page.modules(left, y + edge, mm(QR_MM), mm(QR_MM), rows);
    let figures = 6.5;
    let below = (left - quiet, mm(QR_MM) + quiet + edge);
    let code = spaced(&card.code);
    let size = fitting_size(fonts, &code, (figures, 4.5), Weight::Regular, below.1, 1);
    let code_top = y + edge + mm(QR_MM) + quiet * 0.6;
    page.aligned(fonts, below, code_top, (size, Weight::Regular), Align::Centre, &code);

    let words = left - quiet - x - edge;
    let about = format!("{} 号　{}", card.number, card.sex);
    let lines: [(&str, f32, Weight, usize); 4] = [
        (&sheet.unit, 9.0, Weight::Regular, 2),
        (&card.class, 14.0, Weight::Bold, 2),
        (&card.name, 20.0, Weight::Bold, 2),
        (about.trim_end(), 12.0, Weight::Regular, 1),
    ];
    let mut at = y + edge;
    for (text, largest, weight, lines_max) in lines {
        let size = fitting_size(fonts, text, (largest, 5.0), weight, words, lines_max);
        for line in wrap_within(fonts, text, size, weight, words, lines_max) {
            at = page.text(x + edge, at, size, weight, &line);
        }
        at += mm(1.0);
    }
    debug_assert!(at <= y + height);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paper::sheet::collisions;
    use crate::paper::test_fonts;

    fn card(name: &str, class: &str, number: u32) -> SeatCard {
        SeatCard {
            name: name.to_owned(),
            sex: "女".to_owned(),
            class: class.to_owned(),
            number,
            code: "JK0123456789012345".to_owned(),
        }
    }

    #[test]
    fn each_class_has_its_own_pages_and_nothing_runs_into_anything() {
        let fonts = test_fonts();
        let sheet = CardSheet {
            round: "第四轮".to_owned(),
            unit: "水洞底镇 第一完全中心希望小学（仙女寨教学点）".to_owned(),
        };
        let long = "阿卜杜热西提·阿卜杜克热木·买买提吐尔逊";
        let mut cards: Vec<SeatCard> = (1..=12).map(|n| card("李四", "四年级 2班", n)).collect();
        cards.extend((1..=3).map(|n| card(long, "五年级 第十一教学班", n)));
        let pages = pages(&fonts, &sheet, &cards).unwrap();
        assert_eq!(pages.len(), 3, "ten and two, and the other class by itself");
        for page in &pages {
            assert_eq!(collisions(&fonts, page), Vec::<String>::new());
        }
    }
}
