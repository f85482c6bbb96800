//! Pages as lists of marks, before they become PDF: so that page numbers are known, and a test can see where each text
//! stands. Points from the top left corner.

use super::face::{Fonts, Weight};

#[derive(Debug, Clone, PartialEq)]
pub enum Mark {
    Text {
        x: f32,
        baseline: f32,
        size: f32,
        weight: Weight,
        text: String,
    },
    /// Filled with a grey (0 black, 255 white) and edged by a line of some width, where given.
    Box {
        x: f32,
        y: f32,
        width: f32,
        height: f32,
        fill: Option<u8>,
        line: Option<f32>,
    },
    Line {
        from: (f32, f32),
        to: (f32, f32),
        width: f32,
    },
    /// A code: rows of modules, dark = true, stretched over the place.
    Modules {
        x: f32,
        y: f32,
        width: f32,
        height: f32,
        rows: Vec<Vec<bool>>,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    pub width: f32,
    pub height: f32,
    pub marks: Vec<Mark>,
}

/// How much of a line's height is above the baseline of its text, in ems of the text.
const ASCENT_EM: f32 = 0.86;
/// Height of a line of text, in ems.
pub const LINE_EM: f32 = 1.4;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    Left,
    Centre,
    Right,
}

impl Page {
    pub fn new(width: f32, height: f32) -> Page {
        Page { width, height, marks: Vec::new() }
    }

    /// A line of text whose top is at `y`; answers where the next begins.
    pub fn text(&mut self, x: f32, y: f32, size: f32, weight: Weight, text: &str) -> f32 {
        let height = size * LINE_EM;
        let baseline = y + (height - size) / 2.0 + size * ASCENT_EM;
        if !text.is_empty() {
            self.marks.push(Mark::Text { x, baseline, size, weight, text: text.to_owned() });
        }
        y + height
    }

    /// The same within a width.
    pub fn aligned(
        &mut self,
        fonts: &Fonts,
        (x, width): (f32, f32),
        y: f32,
        (size, weight): (f32, Weight),
        align: Align,
        text: &str,
    ) -> f32 {
        let free = width - fonts.width(text, size, weight);
        let shift = match align {
            Align::Left => 0.0,
            Align::Centre => free / 2.0,
            Align::Right => free,
        };
        self.text(x + shift, y, size, weight, text)
    }

    pub fn frame(&mut self, x: f32, y: f32, width: f32, height: f32, line: f32) {
        self.marks.push(Mark::Box { x, y, width, height, fill: None, line: Some(line) });
    }

    pub fn shade(&mut self, x: f32, y: f32, width: f32, height: f32, grey: u8) {
        self.marks.push(Mark::Box { x, y, width, height, fill: Some(grey), line: None });
    }

    pub fn line(&mut self, from: (f32, f32), to: (f32, f32), width: f32) {
        self.marks.push(Mark::Line { from, to, width });
    }

    pub fn modules(&mut self, x: f32, y: f32, width: f32, height: f32, rows: Vec<Vec<bool>>) {
        self.marks.push(Mark::Modules { x, y, width, height, rows });
    }
}

/// Texts that run over a page's edge or into one another. For tests of a layout.
#[cfg(test)]
pub(super) fn collisions(fonts: &Fonts, page: &Page) -> Vec<String> {
    let place = |mark: &Mark| match mark {
        Mark::Text { x, baseline, size, weight, text } => {
            let width = fonts.width(text, *size, *weight);
            Some((*x, baseline - size * ASCENT_EM, x + width, baseline + size * 0.12, text.clone()))
        }
        Mark::Modules { x, y, width, height, .. } => {
            Some((*x, *y, x + width, y + height, "a code".to_owned()))
        }
        Mark::Box { .. } | Mark::Line { .. } => None,
    };
    let places: Vec<_> = page.marks.iter().filter_map(place).collect();
    let mut wrong = Vec::new();
    for (at, a) in places.iter().enumerate() {
        if a.0 < -0.1 || a.1 < -0.1 || a.2 > page.width + 0.1 || a.3 > page.height + 0.1 {
            wrong.push(format!("over the edge: {}", a.4));
        }
        for b in &places[at + 1..] {
            let across = a.2.min(b.2) - a.0.max(b.0);
            let along = a.3.min(b.3) - a.1.max(b.1);
            if across > 0.2 && along > 0.2 {
                wrong.push(format!("{} runs into {}", a.4, b.4));
            }
        }
    }
    wrong
}
