//! Cells of an `.xlsx`, streamed by calamine. The package is unpacked once beforehand into nothing,
//! only to count: what a zip says of its own size is a claim.

use super::build::Builder;
use super::{Cell, Form, Merge, Workbook, day_of_serial};
use crate::error::IntakeError;
use crate::limits::{INFLATED_BYTES_MAX, ZIP_PARTS_MAX};
use calamine::{Data, Dimensions, Reader, SheetType, Xlsx, XlsxError};
use chrono::NaiveDate;
use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use zip::ZipArchive;

pub(super) fn read(bytes: &[u8]) -> Result<Workbook, IntakeError> {
    measure(bytes)?;
    // calamine adds up cell references without checking; an absurd one is a broken file.
    catch_unwind(AssertUnwindSafe(|| read_cells(bytes))).unwrap_or(Err(IntakeError::Broken))
}

fn read_cells(bytes: &[u8]) -> Result<Workbook, IntakeError> {
    let mut xlsx = Xlsx::new(Cursor::new(bytes)).map_err(of_calamine)?;
    let mut builder = Builder::default();
    for sheet in xlsx.sheets_metadata().to_vec() {
        if sheet.typ != SheetType::WorkSheet {
            continue;
        }
        builder.open_sheet(&sheet.name)?;
        let mut reader = xlsx.worksheet_cells_reader(&sheet.name).map_err(of_calamine)?;
        while let Some(cell) = reader.next_cell().map_err(of_calamine)? {
            let (row, column) = cell.get_position();
            builder.put(row.saturating_add(1), column, cell_of(cell.get_value().clone().into()))?;
        }
        drop(reader);
        for area in xlsx.merge_cells_by_sheet_name(&sheet.name).unwrap_or_default() {
            builder.merge(Merge::of(&area));
        }
        builder.close_sheet();
    }
    let days_from_1904 = xlsx.has_1904_epoch();
    Ok(Workbook { form: Form::Xlsx, days_from_1904, sheets: builder.finish() })
}

fn of_calamine(problem: XlsxError) -> IntakeError {
    match problem {
        XlsxError::Password => IntakeError::PasswordProtected,
        _ => IntakeError::Broken,
    }
}

impl Merge {
    pub(super) fn of(area: &Dimensions) -> Merge {
        Merge {
            first_row: area.start.0.saturating_add(1),
            last_row: area.end.0.saturating_add(1),
            first_column: area.start.1,
            last_column: area.end.1,
        }
    }
}

/// A number shown as a date is a date, if it can be one: a time of day or an ID number in a cell
/// formatted as a date stays a number.
pub(super) fn cell_of(data: Data) -> Cell {
    match data {
        Data::Empty => Cell::Empty,
        Data::String(text) => Cell::Text(text),
        Data::Int(number) => Cell::Number(number as f64),
        Data::Float(number) => Cell::Number(number),
        Data::Bool(yes) => Cell::Bool(yes),
        Data::Error(_) => Cell::Error,
        Data::DateTime(moment) => {
            let number = moment.as_f64();
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            let date = NaiveDate::from_ymd_opt(year.into(), month.into(), day.into());
            match date {
                Some(date) if moment.is_datetime() && day_of_serial(number, false).is_some() => {
                    Cell::Date(date)
                }
                _ => Cell::Number(number),
            }
        }
        Data::DateTimeIso(text) => {
            let day = text.get(..10).and_then(|day| day.parse::<NaiveDate>().ok());
            day.map_or(Cell::Text(text), Cell::Date)
        }
        Data::DurationIso(text) => Cell::Text(text),
    }
}

/// Unpacks every XML part and counts.
fn measure(bytes: &[u8]) -> Result<(), IntakeError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| IntakeError::Broken)?;
    if archive.len() > ZIP_PARTS_MAX {
        return Err(IntakeError::Inflates);
    }
    let mut left = INFLATED_BYTES_MAX;
    let (mut is_package, mut has_sheets) = (false, false);
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|_| IntakeError::Broken)?;
        let name = part.name().map_err(|_| IntakeError::Broken)?.to_lowercase();
        is_package |= name == "[content_types].xml";
        has_sheets |= name.contains("worksheets/") && name.ends_with(".xml");
        if !name.ends_with(".xml") && !name.ends_with(".rels") {
            continue;
        }
        let (head, inflated) = inflate(part, left)?;
        left -= inflated;
        if name.ends_with("sharedstrings.xml") && declared_texts(&head) > inflated / 5 + 1 {
            // Room is made for that many; each takes at least five bytes (`<si/>`).
            return Err(IntakeError::Inflates);
        }
    }
    if is_package && has_sheets { Ok(()) } else { Err(IntakeError::NotAWorkbook) }
}

/// The first bytes of a part and how many there are; stops beyond `left`.
fn inflate(mut part: impl Read, left: u64) -> Result<(Vec<u8>, u64), IntakeError> {
    let mut head = Vec::new();
    let mut buffer = vec![0_u8; 64 * 1024];
    let mut inflated = 0_u64;
    loop {
        let count = part.read(&mut buffer).map_err(|_| IntakeError::Broken)?;
        if count == 0 {
            return Ok((head, inflated));
        }
        if head.is_empty() {
            head.extend_from_slice(&buffer[..count.min(2_048)]);
        }
        inflated += count as u64;
        if inflated > left {
            return Err(IntakeError::Inflates);
        }
    }
}

/// `uniqueCount` of the shared texts; 0 where it is not said.
fn declared_texts(head: &[u8]) -> u64 {
    let head = String::from_utf8_lossy(head);
    let Some((_, rest)) = head.split_once("uniqueCount=") else { return 0 };
    let digits: String = rest.chars().skip(1).take_while(char::is_ascii_digit).collect();
    if digits.is_empty() { 0 } else { digits.parse().unwrap_or(u64::MAX) }
}
