//! Cells of an `.xls` (Excel 5 to 2003, WPS `.et`). calamine reads them; here the container is
//! looked through first, because calamine lays a sheet out as a full rectangle and trusts the sizes
//! it is told. What is not bounded by a count of its own is one long text named by many cells: the
//! file's size alone bounds it.

use super::build::Builder;
use super::cfb::{Container, u16_at, u32_at};
use super::{Form, Merge, Workbook, xlsx};
use crate::error::{IntakeError, Limit};
use crate::limits::{SHEETS_MAX, XLS_AREA_CELLS_MAX};
use calamine::{Reader, SheetType, Xls, XlsError};
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

pub(super) fn read(bytes: &[u8]) -> Result<Workbook, IntakeError> {
    let container = Container::open(bytes)?;
    if container.has("EncryptedPackage") {
        return Err(IntakeError::PasswordProtected);
    }
    let stream = match container.stream("Workbook")? {
        Some(stream) => stream,
        None => container.stream("Book")?.ok_or(IntakeError::NotAWorkbook)?,
    };
    measure(&stream)?;
    // A record cut short makes calamine index out of bounds; that is a broken file, not our end.
    catch_unwind(AssertUnwindSafe(|| read_cells(bytes))).unwrap_or(Err(IntakeError::Broken))
}

fn read_cells(bytes: &[u8]) -> Result<Workbook, IntakeError> {
    let mut xls = Xls::new(Cursor::new(bytes)).map_err(|problem| match problem {
        XlsError::Password => IntakeError::PasswordProtected,
        _ => IntakeError::Broken,
    })?;
    let mut builder = Builder::default();
    for sheet in xls.sheets_metadata().to_vec() {
        if sheet.typ != SheetType::WorkSheet {
            continue;
        }
        builder.open_sheet(&sheet.name)?;
        let range = xls.worksheet_range(&sheet.name).map_err(|_| IntakeError::Broken)?;
        let (first_row, first_column) = range.start().unwrap_or((0, 0));
        for (row, column, data) in range.used_cells() {
            let row = first_row.saturating_add(u32::try_from(row).unwrap_or(u32::MAX));
            let column = first_column.saturating_add(u32::try_from(column).unwrap_or(u32::MAX));
            builder.put(row.saturating_add(1), column, xlsx::cell_of(data.clone()))?;
        }
        for area in xls.merge_cells_by_sheet_name(&sheet.name).unwrap_or_default() {
            builder.merge(Merge::of(&area));
        }
        builder.close_sheet();
    }
    let days_from_1904 = xls.has_1904_epoch();
    Ok(Workbook { form: Form::Xls, days_from_1904, sheets: builder.finish() })
}

/// Rows and columns a sheet's records reach.
#[derive(Default)]
struct Reach {
    first: Option<(u16, u16)>,
    last: (u16, u16),
}

impl Reach {
    fn include(&mut self, row: u16, column: u16) {
        let (first_row, first_column) = self.first.unwrap_or((row, column));
        self.first = Some((first_row.min(row), first_column.min(column)));
        self.last = (self.last.0.max(row), self.last.1.max(column));
    }

    fn area(&self) -> u64 {
        let Some((row, column)) = self.first else { return 0 };
        (u64::from(self.last.0 - row) + 1) * (u64::from(self.last.1 - column) + 1)
    }
}

/// Dimensions (MS-XLS 2.4.90): first row, the row after the last, the same of columns. Room is made for all of it before
/// any cell is read, and what ends before it begins would count as four thousand million rows.
fn measure_dimensions(record: &[u8]) -> Result<(), IntakeError> {
    // Excel 5 says rows in two bytes.
    let (rows, columns) = if record.len() == 10 {
        ((u16_at(record, 0).map(u32::from), u16_at(record, 2).map(u32::from)), 4)
    } else {
        ((u32_at(record, 0), u32_at(record, 4)), 8)
    };
    let (Some(first_row), Some(end_row)) = rows else { return Ok(()) };
    let (Some(first), Some(end)) = (u16_at(record, columns), u16_at(record, columns + 2)) else {
        return Ok(());
    };
    if end_row == 0 || end == 0 {
        return Ok(());
    }
    // A sheet has at most 65,536 rows.
    if end_row > 65_536 || first_row >= end_row {
        return Err(IntakeError::Inflates);
    }
    // A first column beyond 255 or the last is taken for 0 by who reads it.
    let first = if first > 0xff || first > end { 0 } else { first };
    let columns = u64::from(end - first).max(1);
    if u64::from(end_row - first_row) * columns > XLS_AREA_CELLS_MAX {
        return Err(IntakeError::TooLarge(Limit::Cells));
    }
    Ok(())
}

/// Walks the records (MS-XLS 2.3) without reading them and adds up the rectangles they span.
fn measure(stream: &[u8]) -> Result<(), IntakeError> {
    let (mut at, mut area, mut sheets) = (0_usize, 0_u64, 0_usize);
    let mut reach = Reach::default();
    while let (Some(kind), Some(length)) = (u16_at(stream, at), u16_at(stream, at + 2)) {
        let end = at + 4 + usize::from(length);
        let record = stream.get(at + 4..end).ok_or(IntakeError::Broken)?;
        match kind {
            // BOF: the next sheet begins
            0x0809 => area += std::mem::take(&mut reach).area(),
            // BoundSheet8: where the sheet's records begin
            0x0085 => {
                sheets += 1;
                let begin = u32_at(record, 0).map_or(usize::MAX, |begin| begin as usize);
                if begin >= stream.len() {
                    return Err(IntakeError::Broken);
                }
            }
            0x0200 => measure_dimensions(record)?,
            // Number, Label, RString, BoolErr, Rk, LabelSst, Formula, MulRk
            0x0203 | 0x0204 | 0x00D6 | 0x0205 | 0x027E | 0x00FD | 0x0006 | 0x00BD => {
                let (Some(row), Some(column)) = (u16_at(record, 0), u16_at(record, 2)) else {
                    return Err(IntakeError::Broken);
                };
                reach.include(row, column);
                if kind == 0x00BD && record.len() >= 6 {
                    reach.include(row, u16_at(record, record.len() - 2).unwrap_or(column));
                }
            }
            _ => {}
        }
        at = end;
    }
    if sheets > SHEETS_MAX {
        return Err(IntakeError::TooLarge(Limit::Sheets));
    }
    if area + reach.area() > XLS_AREA_CELLS_MAX {
        return Err(IntakeError::TooLarge(Limit::Cells));
    }
    Ok(())
}
