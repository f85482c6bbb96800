//! How marked cells look in a workbook. Not what they hold. Colours are always beside a word, and
//! each mark also differs in weight or slant, so that a black-and-white print tells them apart.

use crate::table::{Align, Mark};
use domain::rule::Level;
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, FormatPattern};
use std::collections::BTreeMap;

/// On every Chinese Windows since Vista; others fall back to a font of the same widths.
const FONT: &str = "微软雅黑";
const FONT_SIZE_PT: f64 = 10.0;
const HEADER_FONT_SIZE_PT: f64 = 9.0;
const BORDER: u32 = 0x00BF_BFBF;

/// How a cell's content is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Printed {
    General,
    /// Stays text when edited.
    Verbatim,
    Decimals(u8),
    Percent,
    Day,
}

/// Whether a text goes on in the next line, and whether its row is high enough for all of it: what
/// is cut has to show its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Wrap {
    No,
    Fits,
    IsCut,
}

impl Printed {
    fn pattern(self) -> &'static str {
        const DECIMALS: [&str; 7] = ["0", "0.0", "0.00", "0.000", "0.0000", "0.00000", "0.000000"];
        match self {
            Printed::General => "General",
            Printed::Verbatim => "@",
            Printed::Decimals(places) => DECIMALS.get(usize::from(places)).unwrap_or(&"General"),
            Printed::Percent => "0.0%",
            Printed::Day => "yyyy-mm-dd",
        }
    }
}

/// Formats, each made once.
#[derive(Default)]
pub struct Look {
    made: BTreeMap<(Mark, Align, Wrap, Printed), Format>,
}

impl Look {
    pub fn of(&mut self, mark: Mark, align: Align, wrap: Wrap, printed: Printed) -> &Format {
        self.made.entry((mark, align, wrap, printed)).or_insert_with(|| {
            let format = marked(bordered(body()), mark)
                .set_align(horizontal(align))
                .set_num_format(printed.pattern());
            match wrap {
                Wrap::No => format.set_align(FormatAlign::VerticalCenter),
                Wrap::Fits => format.set_align(FormatAlign::VerticalCenter).set_text_wrap(),
                Wrap::IsCut => format.set_align(FormatAlign::Top).set_text_wrap(),
            }
        })
    }
}

fn horizontal(align: Align) -> FormatAlign {
    match align {
        Align::Left => FormatAlign::Left,
        Align::Center => FormatAlign::Center,
        Align::Right => FormatAlign::Right,
    }
}

/// Plain text without a border: notes, paragraphs.
pub fn body() -> Format {
    Format::new().set_font_name(FONT).set_font_size(FONT_SIZE_PT)
}

pub fn paragraph() -> Format {
    body().set_text_wrap().set_align(FormatAlign::VerticalCenter).set_align(FormatAlign::Left)
}

/// A paragraph beside a marked cell.
pub fn boxed_paragraph() -> Format {
    bordered(paragraph())
}

pub fn title() -> Format {
    body()
        .set_font_size(16)
        .set_bold()
        .set_align(FormatAlign::Center)
        .set_align(FormatAlign::VerticalCenter)
}

pub fn subtitle() -> Format {
    body().set_font_color(0x0059_5959_u32).set_align(FormatAlign::Center)
}

pub fn heading() -> Format {
    body().set_font_size(11).set_bold().set_font_color(0x001F_4E78_u32)
}

/// The row of column headings.
pub fn header() -> Format {
    filled(bordered(body()), 0x001F_4E78)
        .set_font_size(HEADER_FONT_SIZE_PT)
        .set_bold()
        .set_font_color(0x00FF_FFFF_u32)
        .set_align(FormatAlign::Center)
        .set_align(FormatAlign::VerticalCenter)
        .set_text_wrap()
}

fn bordered(format: Format) -> Format {
    format.set_border(FormatBorder::Thin).set_border_color(BORDER)
}

fn filled(format: Format, rgb: u32) -> Format {
    format.set_pattern(FormatPattern::Solid).set_background_color(rgb)
}

fn marked(format: Format, mark: Mark) -> Format {
    match mark {
        Mark::Plain => format,
        Mark::Finding(Level::A) => {
            filled(format, 0x00FF_C7CE).set_bold().set_font_color(0x009C_0006_u32)
        }
        Mark::Finding(Level::B) => {
            filled(format, 0x00FF_DDB3).set_bold().set_font_color(0x007F_3F00_u32)
        }
        Mark::Finding(Level::C) => {
            filled(format, 0x00FF_F5CC).set_bold().set_font_color(0x0066_5200_u32)
        }
        Mark::Finding(Level::N) => format,
        Mark::Absent => format.set_italic().set_font_color(0x0073_7373_u32),
        Mark::Conflict => {
            filled(format, 0x00E4_DFEC).set_bold().set_italic().set_font_color(0x0040_3151_u32)
        }
        Mark::Subtotal => filled(format, 0x00EE_F3F8).set_bold(),
        Mark::Total => filled(format, 0x00D0_DEEC).set_bold(),
    }
}
