//! Tables that wrap Chinese text in their cells, go on over pages with their headings again, and split a row that is
//! taller than a page. Drawn by `part`.

use super::face::Weight;
use super::sheet::Align;

/// How wide a column is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Width {
    /// Exactly so many points.
    Points(f32),
    /// A share of what the others leave.
    Share(f32),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    pub title: String,
    pub width: Width,
    pub align: Align,
}

impl Column {
    pub fn new(title: &str, width: Width) -> Column {
        Column { title: title.to_owned(), width, align: Align::Left }
    }

    pub fn centred(title: &str, width: Width) -> Column {
        Column { align: Align::Centre, ..Column::new(title, width) }
    }

    pub fn right(title: &str, width: Width) -> Column {
        Column { align: Align::Right, ..Column::new(title, width) }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub cells: Vec<String>,
    pub weight: Weight,
    /// A grey behind it.
    pub shade: Option<u8>,
    /// One text over all columns: a section's name.
    pub is_whole: bool,
}

impl Row {
    pub fn new(cells: Vec<String>) -> Row {
        Row { cells, weight: Weight::Regular, shade: None, is_whole: false }
    }

    pub fn bold(cells: Vec<String>) -> Row {
        Row { weight: Weight::Bold, ..Row::new(cells) }
    }

    /// A section's name over the whole width.
    pub fn section(text: &str) -> Row {
        Row { is_whole: true, shade: Some(235), ..Row::bold(vec![text.to_owned()]) }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
    pub size: f32,
    /// Free room above and below a cell's text, points.
    pub pad: f32,
    /// How much what follows the table needs on the page of its last rows, points: a signature that must not stand
    /// alone.
    pub tail: f32,
}

impl Table {
    pub fn new(size: f32, columns: Vec<Column>) -> Table {
        Table { columns, rows: Vec::new(), size, pad: size * 0.2, tail: 0.0 }
    }

    /// The columns' titles as a row.
    pub fn head(&self) -> Row {
        let titles = self.columns.iter().map(|column| column.title.clone()).collect();
        Row { shade: Some(225), ..Row::bold(titles) }
    }

    /// The width of each column in so much room.
    pub fn widths(&self, room: f32) -> Vec<f32> {
        let fixed: f32 = self.columns.iter().map(|c| points(c.width)).sum();
        let shares: f32 = self.columns.iter().map(|c| share(c.width)).sum();
        let free = (room - fixed).max(0.0);
        let width = |column: &Column| match column.width {
            Width::Points(points) => points,
            Width::Share(share) => free * share / shares,
        };
        self.columns.iter().map(width).collect()
    }
}

fn points(width: Width) -> f32 {
    match width {
        Width::Points(points) => points,
        Width::Share(_) => 0.0,
    }
}

fn share(width: Width) -> f32 {
    match width {
        Width::Points(_) => 0.0,
        Width::Share(share) => share,
    }
}
