//! The tables on a sheet: where a header lies under its titles, which column is which, where the
//! table ends. A sheet may hold several tables one below the other (a village each, or the header
//! repeated on each printed page) and people side by side to save paper.

use super::heading::{Kind, kind_of};
use super::totals::is_totals;
use crate::limits::{TABLES_MAX, TITLE_CELLS_MAX};
use crate::words::squeezed;
use crate::workbook::{Cell, Row, Sheet};
use std::collections::BTreeMap;
use std::sync::Arc;

/// `姓名`, `学生姓名`
const LONE_HEADING_CHARS_MAX: usize = 4;

/// One column with its heading, blanks out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    pub index: usize,
    pub heading: Arc<str>,
}

/// The columns of one person in a row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Columns {
    by_kind: BTreeMap<Kind, Vec<Column>>,
}

impl Columns {
    pub(super) fn has(&self, kind: Kind) -> bool {
        self.by_kind.contains_key(&kind)
    }

    pub(super) fn all(&self, kind: Kind) -> &[Column] {
        self.by_kind.get(&kind).map_or(&[], Vec::as_slice)
    }

    pub(super) fn first(&self, kind: Kind) -> Option<&Column> {
        self.all(kind).first()
    }

    fn add(&mut self, kind: Kind, index: usize, heading: &str) {
        let column = Column { index, heading: Arc::from(heading) };
        self.by_kind.entry(kind).or_default().push(column);
    }
}

/// A header with what stands above it and the rows below it.
pub(super) struct Table<'a> {
    /// Text above the header, one entry a cell, the nearest row first.
    pub titles: Vec<String>,
    /// One entry for each person side by side; at least one, each with a name column.
    pub blocks: Vec<Columns>,
    /// The number of the header's last row.
    pub header_row: u32,
    pub rows: &'a [Row],
}

/// The tables of a sheet in order; none where no header is found.
pub(super) fn tables_of(sheet: &Sheet) -> Vec<Table<'_>> {
    let rows = &sheet.rows;
    let mut headers = Vec::new();
    let mut at = 0;
    while at < rows.len() && headers.len() < TABLES_MAX {
        match header_at(rows, at) {
            Some((blocks, below)) => {
                headers.push((at, below, blocks));
                at = below;
            }
            None => at += 1,
        }
    }
    let mut tables = Vec::new();
    let starts: Vec<usize> = headers.iter().map(|(at, ..)| *at).collect();
    let mut titles_from = 0;
    for (index, (at, below, blocks)) in headers.into_iter().enumerate() {
        let next_header = starts.get(index + 1).copied();
        let end = next_header
            .map_or(rows.len(), |next| titles_above(&rows[below..next], &blocks) + below);
        let above = rows[titles_from..at].iter().rev().flat_map(texts_of);
        let titles = above.take(TITLE_CELLS_MAX).collect();
        let header_row = rows[below - 1].number;
        tables.push(Table { titles, blocks, header_row, rows: &rows[below..end] });
        titles_from = end;
    }
    tables
}

/// The header whose names' heading is in row `at`, and the first row below it.
fn header_at(rows: &[Row], at: usize) -> Option<(Vec<Columns>, usize)> {
    let own = kinds_of(&rows[at]);
    if !own.iter().any(|(_, kind, _)| *kind == Kind::Name) {
        return None;
    }
    // Where only the name's heading is known, it has to be one beyond doubt.
    let is_short = own.iter().all(|(_, _, text)| text.chars().count() <= LONE_HEADING_CHARS_MAX);
    if own.len() == 1 && !is_short {
        return None;
    }
    let mut headings: BTreeMap<usize, (Kind, String)> =
        own.into_iter().map(|(index, kind, text)| (index, (kind, text))).collect();
    // A heading merged over both rows of a two-row header stands in the upper one.
    if let Some(above) = at.checked_sub(1).map(|above| &rows[above]) {
        let is_adjacent = above.number + 1 == rows[at].number;
        for (index, kind, text) in kinds_of(above).into_iter().filter(|_| is_adjacent) {
            if rows[at].cell(index).is_empty() {
                headings.entry(index).or_insert((kind, text));
            }
        }
    }
    let mut below = at + 1;
    if let Some(sub) = rows.get(below).filter(|sub| is_sub_header(sub, &headings)) {
        for (index, kind, text) in kinds_of(sub) {
            headings.insert(index, (kind, text));
        }
        below += 1;
    }
    Some((blocks_of(headings), below))
}

/// The lower row of a two-row header: headings only, and none under the name's.
fn is_sub_header(row: &Row, above: &BTreeMap<usize, (Kind, String)>) -> bool {
    let name = above.iter().find(|(_, (kind, _))| *kind == Kind::Name);
    let is_under_name = name.is_some_and(|(index, _)| !row.cell(*index).is_empty());
    let is_text = |cell: &Cell| matches!(cell, Cell::Text(_) | Cell::Empty);
    !is_under_name && row.cells.iter().all(is_text) && !kinds_of(row).is_empty()
}

fn blocks_of(headings: BTreeMap<usize, (Kind, String)>) -> Vec<Columns> {
    let mut blocks = vec![Columns::default()];
    let mut pending_serial: Option<(usize, String)> = None;
    for (index, (kind, text)) in headings {
        let has_name = blocks.last().is_some_and(|block| block.has(Kind::Name));
        if kind == Kind::Serial && has_name {
            pending_serial = Some((index, text));
            continue;
        }
        if kind == Kind::Name && has_name {
            blocks.push(Columns::default());
        }
        if let Some(block) = blocks.last_mut() {
            if let Some((serial, heading)) = pending_serial.take().filter(|_| kind == Kind::Name) {
                block.add(Kind::Serial, serial, &heading);
            }
            block.add(kind, index, &text);
        }
    }
    blocks
}

/// Column, kind and heading of every heading in a row.
fn kinds_of(row: &Row) -> Vec<(usize, Kind, String)> {
    let mut kinds = Vec::new();
    for (index, cell) in row.cells.iter().enumerate() {
        if let Cell::Text(text) = cell
            && let Some(kind) = kind_of(text)
        {
            kinds.push((index, kind, squeezed(text)));
        }
    }
    kinds
}

/// Of the rows between one header and the next, where the titles of the next begin.
fn titles_above(rows: &[Row], columns: &[Columns]) -> usize {
    let is_title = |row: &Row| {
        let filled = row.cells.iter().filter(|cell| !cell.is_empty()).count();
        let is_text = row.cells.iter().all(|cell| matches!(cell, Cell::Text(_) | Cell::Empty));
        let is_numbered = columns.iter().any(|block| {
            block.first(Kind::Serial).is_some_and(|column| {
                let serial = squeezed(&row.cell(column.index).text());
                !serial.is_empty() && serial.chars().all(|char| char.is_ascii_digit())
            })
        });
        filled <= 2 && is_text && !is_numbered && !is_totals(row) && !is_person_like(row, columns)
    };
    rows.len() - rows.iter().rev().take_while(|row| is_title(row)).count()
}

/// Two cells of a title row may lie in any columns, a person's lie in the name's and one of the data.
fn is_person_like(row: &Row, columns: &[Columns]) -> bool {
    columns.iter().any(|block| {
        let filled = |kind: Kind| block.all(kind).iter().any(|c| !row.cell(c.index).is_empty());
        let is_name = block.first(Kind::Name).is_some_and(|column| {
            let text = squeezed(&row.cell(column.index).text());
            (1..=6).contains(&text.chars().count())
        });
        is_name || filled(Kind::IdNumber) || filled(Kind::Birth)
    })
}

fn texts_of(row: &Row) -> Vec<String> {
    row.cells.iter().filter(|cell| !cell.is_empty()).map(|cell| cell.text().into_owned()).collect()
}
