//! A part of a document that flows over pages of one size: headings, paragraphs, tables, with a header and a footer and
//! its own page numbers (第 n 页 共 m 页). A file may have many parts: one for each person.

use super::face::{Fonts, Weight};
use super::lines::wrap;
use super::mm;
use super::sheet::{Align, LINE_EM, Page};
use super::table::{Row, Table};

/// A4, points.
pub const A4: (f32, f32) = (595.28, 841.89);
/// Space at the left and right of a cell's text, points.
const CELL_PAD: f32 = 3.0;
const HAIR: f32 = 0.5;
const SMALL: f32 = 8.5;

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
            footer: footer.to_owned(),
        };
        part.turn();
        part
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

    /// A heading that never stands alone at a page's end.
    pub fn heading(&mut self, text: &str, size: f32) {
        self.keep(size * LINE_EM * 3.5);
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
        let titles: Vec<String> = table.columns.iter().map(|c| c.title.clone()).collect();
        let head = Row { shade: Some(225), ..Row::bold(titles) };
        let head_height = self.height_of(table, &head, &widths);
        let first = table.rows.first().map_or(0.0, |row| self.height_of(table, row, &widths));
        self.keep(head_height + first.min(table.size * LINE_EM * 4.0));
        self.row(table, &head, &widths, None);
        for (at, row) in table.rows.iter().enumerate() {
            // A section's name stands over its first row, never alone at a page's foot.
            if let Some(first) = table.rows.get(at + 1).filter(|_| row.is_whole) {
                let both = self.height_of(table, row, &widths)
                    + self.height_of(table, first, &widths).min(table.size * LINE_EM * 4.0);
                if both > self.room() {
                    self.turn();
                    self.row(table, &head, &widths, None);
                }
            }
            self.row(table, row, &widths, Some(&head));
        }
    }

    fn height_of(&self, table: &Table, row: &Row, widths: &[f32]) -> f32 {
        let lines = self.cells(table, row, widths).iter().map(Vec::len).max().unwrap_or(1);
        rows_height(lines.max(1), table.size * LINE_EM) + 2.0 * table.pad
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

    /// One row; what does not fit a page goes on with the headings on the next.
    fn row(&mut self, table: &Table, row: &Row, widths: &[f32], head: Option<&Row>) {
        let cells = self.cells(table, row, widths);
        let line_height = table.size * LINE_EM;
        let all = cells.iter().map(Vec::len).max().unwrap_or(1).max(1);
        let mut from = 0;
        while from < all {
            let wanted = rows_height(all - from, line_height) + 2.0 * table.pad;
            // A row of some lines is not torn; one as tall as half a page may be.
            let may_tear = wanted > (self.bottom - self.top) / 2.0;
            let fit = fitting(self.room() - 2.0 * table.pad, line_height);
            if wanted > self.room() && (!may_tear || fit < 3) {
                self.turn();
                if let Some(head) = head {
                    self.row(table, head, widths, None);
                }
                if rows_height(1, line_height) > self.room() {
                    return;
                }
            }
            let fit = fitting(self.room() - 2.0 * table.pad, line_height).max(1);
            let to = all.min(from + fit);
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
        let height = rows_height(lines.len(), table.size * LINE_EM) + 2.0 * table.pad;
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
        let count = self.pages.len();
        let (left, width, fonts) = (self.left, self.right - self.left, self.fonts);
        for (at, page) in self.pages.iter_mut().enumerate() {
            let place = (left, width);
            let head_y = mm(9.0);
            page.text(left, head_y, SMALL, Weight::Regular, &self.header.0);
            let right = &self.header.1;
            page.aligned(fonts, place, head_y, (SMALL, Weight::Regular), Align::Right, right);
            page.line((left, mm(15.0)), (left + width, mm(15.0)), HAIR);
            let foot_y = self.size.1 - mm(13.0);
            page.text(left, foot_y, SMALL, Weight::Regular, &self.footer);
            let number = format!("第 {} 页 共 {count} 页", at + 1);
            page.aligned(fonts, place, foot_y, (SMALL, Weight::Regular), Align::Right, &number);
        }
        self.pages
    }
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
