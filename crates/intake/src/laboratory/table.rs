//! A laboratory's table: the row of headings found below titles, then a line an analyte or a line a tube. Whether the cells
//! lie under their headings is looked at before anything is believed.

use super::{FileFault, Line, LineState, Mapping, ReadFile, Report};
use crate::workbook::{Row, Workbook};
use domain::identity::{normalize, to_half_width};
use domain::tube::read_code;
use domain::value::Decimal;
use std::collections::BTreeMap;

/// Titles and letterheads above the headings, rows.
const TITLE_ROWS_MAX: usize = 30;

type Places = BTreeMap<String, usize>;

pub(super) fn read(book: &Workbook, mapping: &Mapping) -> Result<ReadFile, FileFault> {
    let mut found = ReadFile::default();
    let mut is_headed = false;
    for sheet in &book.sheets {
        let top = sheet.rows.iter().take(TITLE_ROWS_MAX);
        let heading =
            top.into_iter().position(|row| places(row).contains_key(&key(&mapping.barcode)));
        let Some(heading) = heading else {
            // Words beside the tables may be left out. A table under headings of its own holds results that nobody would miss.
            if sheet.rows.iter().any(has_numbers) {
                return Err(FileFault::HeadingsMissing);
            }
            continue;
        };
        is_headed = true;
        let at = places(&sheet.rows[heading]);
        let cells = sheet.rows[heading].cells.iter().filter(|cell| !cell.is_empty());
        for text in cells.map(|cell| cell.text().trim().to_owned()) {
            if !found.headings.contains(&text) {
                found.headings.push(text);
            }
        }
        for wanted in wanted(mapping) {
            match columns_of(&sheet.rows[heading], wanted) {
                0 => return Err(FileFault::HeadingsMissing),
                1 => {}
                // Which of them is meant nobody can tell.
                _ => return Err(FileFault::ColumnsShifted),
            }
        }
        let last = at.values().copied().max().unwrap_or(0);
        for row in &sheet.rows[heading + 1..] {
            // A total, a signature: no line of the table.
            if row.cells.iter().filter(|cell| !cell.is_empty()).count() < 2 {
                continue;
            }
            // A program that writes text writes its empty cells too: a record that ends early has lost one, and what stands
            // behind that one has moved up.
            let is_short = row.written.is_some_and(|cells| cells <= last);
            if is_short || row.cells.iter().skip(last + 1).any(|cell| !cell.is_empty()) {
                return Err(FileFault::ColumnsShifted);
            }
            found.reports.push(report(row, &at, mapping)?);
        }
    }
    if is_headed { Ok(found) } else { Err(FileFault::HeadingsMissing) }
}

/// Headings are compared without spaces, half width.
fn key(text: &str) -> String {
    normalize(text)
}

fn places(row: &Row) -> Places {
    let cells = row.cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty());
    cells.map(|(at, cell)| (key(&cell.text()), at)).collect()
}

/// In how many columns of the headings this one stands.
fn columns_of(headings: &Row, wanted: &str) -> usize {
    let wanted = key(wanted);
    headings.cells.iter().filter(|cell| !cell.is_empty() && key(&cell.text()) == wanted).count()
}

/// A number beside something else, as a line of results has it.
fn has_numbers(row: &Row) -> bool {
    let filled = || row.cells.iter().filter(|cell| !cell.is_empty());
    let is_number = |text: &str| Decimal::parse(&to_half_width(text.trim())).is_some();
    filled().count() > 1 && filled().any(|cell| is_number(&cell.text()))
}

fn wanted(mapping: &Mapping) -> Vec<&str> {
    let mut wanted: Vec<&str> = mapping.columns.keys().map(String::as_str).collect();
    if let Some(rows) = &mapping.rows {
        wanted.extend([rows.analyte.as_str(), rows.value.as_str()]);
        wanted.extend(rows.unit.as_deref());
        wanted.extend(rows.range.as_deref());
    }
    wanted
}

/// Digits shown in powers of ten (2.02609E+11) or with a point behind them (202609140001.0): no tube, and no other column either.
fn is_number_of_a_code(text: &str) -> bool {
    const DIGITS_MIN: usize = 8;
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let upper = text.to_ascii_uppercase();
    if let Some((number, power)) = upper.split_once("E+") {
        let parts = number.split_once('.');
        return parts.is_some_and(|(a, b)| a.len() == 1 && is_digits(a) && is_digits(b))
            && is_digits(power);
    }
    let whole = upper.split_once('.').filter(|(_, rest)| rest.bytes().all(|byte| byte == b'0'));
    whole.is_some_and(|(digits, rest)| {
        digits.len() >= DIGITS_MIN && is_digits(digits) && !rest.is_empty()
    })
}

fn report(row: &Row, at: &Places, mapping: &Mapping) -> Result<Report, FileFault> {
    let cell = |heading: &str| -> String {
        let place = at.get(&key(heading));
        place.map(|place| to_half_width(row.cell(*place).text().trim())).unwrap_or_default()
    };
    let code = cell(&mapping.barcode);
    // Words, or nothing, where a tube's code has to stand: another column lies there. A code that a spreadsheet made a number of is
    // one that was lost: its line waits for itself, under what is written.
    if read_code(&code).is_none() && !is_number_of_a_code(&code) {
        return Err(FileFault::ColumnsShifted);
    }
    let line = |analyte: String, value: String, unit: String, range: String| {
        let is_rejected = mapping.is_rejection(&value);
        let state = LineState::Final;
        Line { analyte, value, unit, range, is_rejected, state, is_preliminary: false }
    };
    let lines = match &mapping.rows {
        Some(rows) => {
            let (analyte, value) = (cell(&rows.analyte), cell(&rows.value));
            let unit = rows.unit.as_deref().map(cell).unwrap_or_default();
            let range = rows.range.as_deref().map(cell).unwrap_or_default();
            let is_number = |text: &str| Decimal::parse(text).is_some();
            if is_number(&analyte) || (is_number(&unit) && !is_number(&value)) {
                return Err(FileFault::ColumnsShifted);
            }
            vec![line(analyte, value, unit, range)]
        }
        None => {
            let cells = mapping.columns.keys().map(|heading| (heading.clone(), cell(heading)));
            let given = cells.filter(|(_, value)| !value.is_empty());
            given.map(|(name, value)| line(name, value, String::new(), String::new())).collect()
        }
    };
    let (day, first_day) = (String::new(), String::new());
    Ok(Report { code, row: row.number, lines, is_preliminary: false, day, first_day })
}
