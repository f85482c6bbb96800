//! Where cells from any kind of file come together, counted against the limits. Cells may come in
//! any order; blank text is no cell.

use super::{Cell, Merge, Row, Sheet};
use crate::error::{IntakeError, Limit};
use crate::limits::{CELLS_MAX, COLUMNS_MAX, MERGES_MAX, ROWS_MAX, SHEETS_MAX, TEXT_BYTES_MAX};
use crate::words::is_blank;
use std::collections::BTreeMap;

#[derive(Default)]
pub(super) struct Builder {
    sheets: Vec<Sheet>,
    name: String,
    rows: BTreeMap<u32, Vec<Cell>>,
    written: BTreeMap<u32, usize>,
    merged: Vec<Merge>,
    rows_kept: usize,
    cells_kept: usize,
    text_bytes_kept: usize,
}

impl Builder {
    pub(super) fn open_sheet(&mut self, name: &str) -> Result<(), IntakeError> {
        if self.sheets.len() >= SHEETS_MAX {
            return Err(IntakeError::TooLarge(Limit::Sheets));
        }
        self.name = name.to_owned();
        Ok(())
    }

    /// `row` from 1, `column` from 0.
    pub(super) fn put(&mut self, row: u32, column: u32, cell: Cell) -> Result<(), IntakeError> {
        match &cell {
            Cell::Empty => return Ok(()),
            Cell::Text(text) if is_blank(text) => return Ok(()),
            Cell::Text(text) => self.text_bytes_kept += text.len(),
            Cell::Number(_) | Cell::Date(_) | Cell::Bool(_) | Cell::Error => {}
        }
        if self.text_bytes_kept > TEXT_BYTES_MAX {
            return Err(IntakeError::TooLarge(Limit::TextBytes));
        }
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if column >= COLUMNS_MAX {
            return Err(IntakeError::TooLarge(Limit::Columns));
        }
        let cells = self.rows.entry(row).or_insert_with(|| {
            self.rows_kept += 1;
            Vec::new()
        });
        if column >= cells.len() {
            self.cells_kept += column + 1 - cells.len();
            cells.resize(column + 1, Cell::Empty);
        }
        cells[column] = cell;
        if self.rows_kept > ROWS_MAX {
            return Err(IntakeError::TooLarge(Limit::Rows));
        }
        if self.cells_kept > CELLS_MAX {
            return Err(IntakeError::TooLarge(Limit::Cells));
        }
        Ok(())
    }

    /// How many cells a record of a text file has, the empty ones too. Told of a row with something in it.
    pub(super) fn ends_after(&mut self, row: u32, cells: usize) {
        if self.rows.contains_key(&row) {
            self.written.insert(row, cells);
        }
    }

    /// Merges beyond the limit are left out: they only repeat a value downwards.
    pub(super) fn merge(&mut self, merge: Merge) {
        if self.merged.len() < MERGES_MAX {
            self.merged.push(merge);
        }
    }

    pub(super) fn close_sheet(&mut self) {
        let rows = std::mem::take(&mut self.rows);
        let written = std::mem::take(&mut self.written);
        let row = |(number, cells)| Row { number, cells, written: written.get(&number).copied() };
        self.sheets.push(Sheet {
            name: std::mem::take(&mut self.name),
            rows: rows.into_iter().map(row).collect(),
            merged: std::mem::take(&mut self.merged),
        });
    }

    pub(super) fn finish(self) -> Vec<Sheet> {
        self.sheets
    }
}
