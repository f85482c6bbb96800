//! Tables as CSV: UTF-8 with a byte order mark (so that Excel and WPS read Chinese), comma, LF. Not
//! the workbook: no marks, no widths.

use crate::ReportError;
use crate::table::{Cell, Table, percent};
use domain::value::Decimal;

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// First characters that a spreadsheet takes for the start of a formula (OWASP, CSV injection, 2023),
/// with the full-width forms that Chinese input methods give and some readers fold.
const FORMULA_STARTS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// The text as it may stand in a CSV cell: what would be read as a formula gets a `'` in front.
/// A plain negative number stays as it is.
pub fn guard(text: &str) -> String {
    if text.starts_with(FORMULA_STARTS) && Decimal::parse(text).is_none() {
        return format!("'{text}");
    }
    text.to_owned()
}

fn print(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) | Cell::Code(text) => guard(text),
        Cell::Number(number) => number.to_string(),
        Cell::Count(count) => count.to_string(),
        Cell::Share(share) => percent(*share),
        Cell::Day(day) => day.format("%Y-%m-%d").to_string(),
    }
}

pub fn write(table: Table) -> Result<Vec<u8>, ReportError> {
    let mut writer = csv::Writer::from_writer(BOM.to_vec());
    writer.write_record(table.columns.iter().map(|column| guard(&column.heading)))?;
    for row in table.rows {
        writer.write_record(row.iter().map(|marked| print(&marked.cell)))?;
    }
    writer.into_inner().map_err(|_| ReportError::Unwritten)
}
