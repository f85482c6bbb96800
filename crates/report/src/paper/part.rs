//! A part of a document that flows over pages of one size: headings, paragraphs, tables, with a header and a footer and
//! its own page numbers (第 n 页 共 m 页). A file may have many parts: one for each person.

use super::face::{Fonts, Weight};
use super::lines::{cut, wrap};
use super::mm;
use super::sheet::{Align, LINE_EM, Page};
use super::table::{Row, Table};

/// A4, points.
pub const A4: (f32, f32) = (595.28, 841.89);
/// Space at the left and right of a cell's text, points.
const CELL_PAD: f32 = 3.0;
const HAIR: f32 = 0.5;
const SMALL: f32 = 8.5;
/// So many lines of what is torn stand together at least.
const LINES_MIN: usize = 3;
/// What sums of heights may differ by, points: what was found to fit must not turn the page a step later.
const SLACK: f32 = 0.005;

pub struct Part<'a> {
    fonts: &'a Fonts,
    size: (f32, f32),
    pages: Vec<Page>,
    left: f32,
    right: f32,
    top: f32,
    bottom: f32,
    /// Where the next thing begins.
    y: f32,
    header: (String, String),
    /// Whose pages these are; empty where nobody's.
    name: String,
    footer: String,
}

impl<'a> Part<'a> {
    /// An A4 part; the header's two sides and the footer stand on every page.
    pub fn a4(fonts: &'a Fonts, header: (&str, &str), footer: &str) -> Part<'a> {
        Part::of(fonts, A4, mm(18.0), header, footer)
    }

    /// The same lying on its side, for tables with many columns.
    pub fn a4_wide(fonts: &'a Fonts, header: (&str, &str), footer: &str) -> Part<'a> {
        Part::of(fonts, (A4.1, A4.0), mm(10.0), header, footer)
    }

    fn of(
        fonts: &'a Fonts,
        size: (f32, f32),
        edge: f32,
        header: (&str, &str),
        footer: &str,
    ) -> Part<'a> {
        let mut part = Part {
            fonts,
            size,
            pages: Vec::new(),
            left: edge,
            right: size.0 - edge,
            top: mm(20.0),
            bottom: size.1 - mm(18.0),
            y: 0.0,
            header: (header.0.to_owned(), header.1.to_owned()),
            name: String::new(),
            footer: footer.to_owned(),
        };
        part.turn();
        part
    }

    /// Whose pages these are: said in the header from the second page on, so that loose sheets are told apart.
    pub fn belongs_to(&mut self, name: &str) {
        name.trim().clone_into(&mut self.name);
    }

    pub fn width(&self) -> f32 {
        self.right - self.left
    }

    pub fn left(&self) -> f32 {
        self.left
    }

    pub fn y(&self) -> f32 {
        self.y
    }

    /// What is left of the page, points.
    pub fn room(&self) -> f32 {
        self.bottom - self.y
    }

    pub fn page(&mut self) -> &mut Page {
        if self.pages.is_empty() {
            self.turn();
        }
        let last = self.pages.len() - 1;
        &mut self.pages[last]
    }

    /// Begins a new page.
    pub fn turn(&mut self) {
        self.pages.push(Page::new(self.size.0, self.size.1));
        self.y = self.top;
    }

    pub fn space(&mut self, points: f32) {
        self.y += points;
    }

    /// A new page where less than so much is left.
    pub fn keep(&mut self, points: f32) {
        if self.room() < points && self.y > self.top {
            self.turn();
        }
    }

    pub fn title(&mut self, text: &str, size: f32) {
        let (left, width, fonts) = (self.left, self.width(), self.fonts);
        for line in wrap(fonts, text, size, Weight::Bold, width) {
            self.keep(size * LINE_EM);
            let y = self.y;
            let place = (left, width);
            self.y =
                self.page().aligned(fonts, place, y, (size, Weight::Bold), Align::Centre, &line);
        }
    }

    /// A heading over words, never alone at a page's end. Over a table: `table_under`.
    pub fn heading(&mut self, text: &str, size: f32) {
        self.heading_over(text, size, 0.0);
    }

    /// A heading over a table, on one page with the table's first row.
    pub fn table_under(&mut self, (text, size): (&str, f32), table: &Table) {
        self.heading_over(text, size, self.start_of(table));
        self.table(table);
    }

    /// A heading over a paragraph whose last lines stay on one page with what follows them, `tail` points high.
    pub fn paragraph_under(
        &mut self,
        (text, size): (&str, f32),
        words: &str,
        words_size: f32,
        tail: f32,
    ) {
        let lines = wrap(self.fonts, words, words_size, Weight::Regular, self.width());
        let line_height = words_size * LINE_EM;
        // Where only one line would stay behind, all go along.
        let bound = if lines.len() <= LINES_MIN + 1 { lines.len() } else { LINES_MIN };
        let asked = rows_height(bound, line_height) + tail;
        self.heading_over(text, size, if bound == lines.len() { asked } else { 0.0 });
        let from = lines.len() - bound;
        for (at, line) in lines.iter().enumerate() {
            self.keep(if at == from { asked } else { line_height });
            let (left, y) = (self.left, self.y);
            self.y = self.page().text(left, y, words_size, Weight::Regular, line);
        }
    }

    fn heading_over(&mut self, text: &str, size: f32, under: f32) {
        let lines = wrap(self.fonts, text, size, Weight::Bold, self.width()).len();
        let own = size * 0.65 + rows_height(lines, size * LINE_EM);
        self.keep((size * LINE_EM * 3.5).max(own + under + SLACK));
        self.space(size * 0.5);
        self.paragraph(text, size, Weight::Bold);
        self.space(size * 0.15);
    }

    pub fn paragraph(&mut self, text: &str, size: f32, weight: Weight) {
        self.paragraph_within(text, size, weight, self.width());
    }

    /// A paragraph beside something that stands at the right.
    pub fn paragraph_within(&mut self, text: &str, size: f32, weight: Weight, width: f32) {
        let left = self.left;
        for line in wrap(self.fonts, text, size, weight, width) {
            self.keep(size * LINE_EM);
            let y = self.y;
            self.y = self.page().text(left, y, size, weight, &line);
        }
    }

    /// A paragraph in a frame; it stays on one page where it fits one.
    pub fn framed(&mut self, lines: &[(String, Weight)], size: f32, shade: Option<u8>) {
        let (left, width) = (self.left, self.width());
        let pad = size * 0.6;
        let mut set = Vec::new();
        for (text, weight) in lines {
            let wrapped = wrap(self.fonts, text, size, *weight, width - 2.0 * pad);
            set.extend(wrapped.into_iter().map(|line| (line, *weight)));
        }
        let line_height = size * LINE_EM;
        let mut from = 0;
        while from < set.len() {
            let wanted = rows_height(set.len() - from, line_height) + 2.0 * pad;
            let is_short = wanted <= self.bottom - self.top || self.room() < size * LINE_EM * 5.0;
            if wanted > self.room() && self.y > self.top && is_short {
                self.turn();
            }
            let fit = fitting(self.room() - 2.0 * pad, line_height).max(1);
            let to = set.len().min(from + fit);
            let height = rows_height(to - from, line_height) + 2.0 * pad;
            let y = self.y;
            let page = self.page();
            if let Some(grey) = shade {
                page.shade(left, y, width, height, grey);
            }
            page.frame(left, y, width, height, HAIR * 2.0);
            let mut at = y + pad;
            for (line, weight) in &set[from..to] {
                at = page.text(left + pad, at, size, *weight, line);
            }
            self.y = y + height;
            from = to;
            if from < set.len() {
                self.turn();
            }
        }
        self.space(pad);
    }

    /// A table with its headings on each page.
    pub fn table(&mut self, table: &Table) {
        let widths = table.widths(self.width());
        let head = table.head();
        let fresh = self.bottom - self.top - self.height_of(table, &head, &widths);
        self.keep(self.start_of(table));
        self.row(table, &head, &widths, None, 0.0);
        let count = table.rows.len();
        for (at, row) in table.rows.iter().enumerate() {
            // A section's name stands over its first row, never alone at a page's foot, and the last rows over what
            // follows. The others see to themselves.
            if row.is_whole || at + 2 >= count {
                let asked = self.asked(table, &widths, at);
                if asked > self.room() + SLACK && asked <= fresh {
                    self.turn();
                    self.row(table, &head, &widths, None, 0.0);
                }
            }
            let tail = if at + 1 == count { table.tail } else { 0.0 };
            self.row(table, row, &widths, Some(&head), tail);
        }
    }

    /// What a table asks of the page it begins on: its headings and its first row.
    fn start_of(&self, table: &Table) -> f32 {
        let widths = table.widths(self.width());
        self.height_of(table, &table.head(), &widths) + self.asked(table, &widths, 0)
    }

    /// What a row asks of the page it begins on: a section's name its first row too, the last two rows each other and
    /// what follows the table.
    fn asked(&self, table: &Table, widths: &[f32], at: usize) -> f32 {
        let Some(row) = table.rows.get(at) else { return table.tail };
        let own = self.height_of(table, row, widths);
        let half = (self.bottom - self.top) / 2.0;
        let begins = if own > half { lines_height(table, LINES_MIN) } else { own };
        match table.rows.len() - at {
            1 if own > half => begins,
            1 => own + table.tail,
            _ if row.is_whole => own + self.asked(table, widths, at + 1),
            2 if table.tail > 0.0 => {
                let both = own + self.asked(table, widths, at + 1);
                if both > half { begins } else { both }
            }
            _ => begins,
        }
    }

    fn height_of(&self, table: &Table, row: &Row, widths: &[f32]) -> f32 {
        let lines = self.cells(table, row, widths).iter().map(Vec::len).max().unwrap_or(1);
        lines_height(table, lines.max(1))
    }

    /// Each cell's lines.
    fn cells(&self, table: &Table, row: &Row, widths: &[f32]) -> Vec<Vec<String>> {
        let set = |text: &String, width: f32| {
            wrap(self.fonts, text, table.size, row.weight, width - 2.0 * CELL_PAD)
        };
        if row.is_whole {
            return row.cells.iter().take(1).map(|text| set(text, self.width())).collect();
        }
        row.cells.iter().zip(widths).map(|(text, width)| set(text, *width)).collect()
    }

    /// One row; what does not fit a page goes on with the headings on the next. Its last lines stay with `tail` points
    /// of what follows.
    fn row(&mut self, table: &Table, row: &Row, widths: &[f32], head: Option<&Row>, tail: f32) {
        let cells = self.cells(table, row, widths);
        let line_height = table.size * LINE_EM;
        let all = cells.iter().map(Vec::len).max().unwrap_or(1).max(1);
        let mut from = 0;
        while from < all {
            let wanted = lines_height(table, all - from);
            // A row of some lines is not torn; one as tall as half a page may be.
            let may_tear = wanted > (self.bottom - self.top) / 2.0;
            let fit = fitting(self.room() - 2.0 * table.pad, line_height);
            if wanted + tail > self.room() + SLACK && (!may_tear || fit < LINES_MIN) {
                self.turn();
                if let Some(head) = head {
                    self.row(table, head, widths, None, 0.0);
                }
                if rows_height(1, line_height) > self.room() {
                    return;
                }
            }
            let fit = fitting(self.room() - 2.0 * table.pad, line_height).max(1);
            let mut to = all.min(from + fit);
            let is_short =
                tail > 0.0 && lines_height(table, to - from) + tail > self.room() + SLACK;
            if to == all && is_short && to - from > LINES_MIN {
                to -= LINES_MIN;
            }
            self.piece(table, row, widths, &cells, from..to);
            from = to;
        }
    }

    fn piece(
        &mut self,
        table: &Table,
        row: &Row,
        widths: &[f32],
        cells: &[Vec<String>],
        lines: std::ops::Range<usize>,
    ) {
        let (left, whole, fonts, y) = (self.left, self.width(), self.fonts, self.y);
        let height = lines_height(table, lines.len());
        let page = self.page();
        if let Some(grey) = row.shade {
            page.shade(left, y, whole, height, grey);
        }
        let mut x = left;
        for (at, cell) in cells.iter().enumerate() {
            let width = if row.is_whole { whole } else { widths[at] };
            page.frame(x, y, width, height, HAIR);
            let align = if row.is_whole { Align::Left } else { table.columns[at].align };
            let mut line_y = y + table.pad;
            for line in cell.iter().skip(lines.start).take(lines.len()) {
                let place = (x + CELL_PAD, width - 2.0 * CELL_PAD);
                line_y = page.aligned(fonts, place, line_y, (table.size, row.weight), align, line);
            }
            x += width;
        }
        self.y = y + height;
    }

    /// The pages with header, footer and numbers.
    pub fn done(mut self) -> Vec<Page> {
        let mut pages = std::mem::take(&mut self.pages);
        let count = pages.len();
        let (place, fonts) = ((self.left, self.width()), self.fonts);
        for (at, page) in pages.iter_mut().enumerate() {
            let (left, width) = place;
            let head_y = mm(9.0);
            let (words, right) = self.running_head(at);
            page.text(left, head_y, SMALL, Weight::Regular, &words);
            page.aligned(fonts, place, head_y, (SMALL, Weight::Regular), Align::Right, &right);
            page.line((left, mm(15.0)), (left + width, mm(15.0)), HAIR);
            let foot_y = self.size.1 - mm(13.0);
            page.text(left, foot_y, SMALL, Weight::Regular, &self.footer);
            let number = format!("第 {} 页 共 {count} 页", at + 1);
            page.aligned(fonts, place, foot_y, (SMALL, Weight::Regular), Align::Right, &number);
        }
        pages
    }

    /// The header's two sides on a page. The first page names the person itself, larger.
    fn running_head(&self, at: usize) -> (String, String) {
        let (words, number) = &self.header;
        if at == 0 || self.name.is_empty() {
            return (words.clone(), number.clone());
        }
        let cut = |text: &str, width: f32| cut(self.fonts, text, SMALL, Weight::Regular, width);
        let wide = |text: &str| self.fonts.width(text, SMALL, Weight::Regular);
        // A blank stands on each side of the name. It is what tells sheets apart: with a long left side it keeps half.
        let free = self.width() - wide(number) - 2.0 * SMALL;
        let name = cut(&self.name, (free - wide(words)).max(free / 2.0));
        if name.is_empty() {
            return (words.clone(), number.clone());
        }
        (cut(words, free - wide(&name)), format!("{name}　{number}"))
    }
}

/// A row of so many lines.
fn lines_height(table: &Table, lines: usize) -> f32 {
    rows_height(lines, table.size * LINE_EM) + 2.0 * table.pad
}

fn rows_height(lines: usize, line_height: f32) -> f32 {
    f32::from(u16::try_from(lines).unwrap_or(u16::MAX)) * line_height
}

/// How many lines fit a room.
fn fitting(room: f32, line_height: f32) -> usize {
    let mut lines = 0;
    while rows_height(lines + 1, line_height) <= room + 0.01 {
        lines += 1;
    }
    lines
}

#[cfg(test)]
mod tests;
