//! What a laboratory's file looks like, for somebody who says which column is what: the headings with a few cells below each,
//! and the different texts of a column where they are few. Not what a column means, and nothing is taken.

use super::{FileFault, Mapping, hl7};
use crate::workbook::{Row, Sheet};
use domain::value::Decimal;
use std::collections::BTreeSet;

/// Titles and letterheads above the headings, rows.
const TITLE_ROWS_MAX: usize = 30;
/// More columns than any laboratory's table has.
const COLUMNS_MAX: usize = 80;
/// Cells shown of a column.
const SAMPLES_MAX: usize = 4;
/// Different texts told of a column: a laboratory's analytes are fewer.
const DISTINCT_MAX: usize = 120;
/// Characters told of a cell.
const CELL_CHARS_MAX: usize = 40;

/// One column under its heading.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Column {
    pub heading: String,
    /// The first cells below it that are not empty.
    pub samples: Vec<String>,
    /// Every text in it once, in their order; empty where there are more than `DISTINCT_MAX`.
    pub distinct: Vec<String>,
}

/// A file's columns; of HL7 one, of the codes in OBX-3.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Looked {
    pub is_hl7: bool,
    pub columns: Vec<Column>,
}

/// Reads a file only as far as its columns. `barcode`: a heading that is known to stand in the row of headings, or empty.
pub fn look_laboratory(name: &str, bytes: &[u8], barcode: &str) -> Result<Looked, FileFault> {
    if hl7::is_hl7(bytes) {
        let reports = hl7::read(bytes, &Mapping::default())?;
        let codes = reports.iter().flat_map(|report| &report.lines).map(|line| &*line.analyte);
        let columns = vec![column("OBX-3", codes)];
        return Ok(Looked { is_hl7: true, columns });
    }
    let book = crate::read_workbook(name, bytes).map_err(FileFault::Unreadable)?;
    let headed = book.sheets.iter().filter_map(|sheet| Some((sheet, heading(sheet, barcode)?)));
    let longest = headed.max_by_key(|(sheet, at)| sheet.rows.len() - at);
    let (sheet, at) = longest.ok_or(FileFault::HeadingsMissing)?;
    let (head, below) = (&sheet.rows[at], &sheet.rows[at + 1..]);
    let columns =
        (0..head.cells.len().min(COLUMNS_MAX)).filter(|place| !head.cell(*place).is_empty());
    let columns = columns.map(|place| {
        let cells: Vec<String> =
            below.iter().map(|row| row.cell(place).text().into_owned()).collect();
        column(&head.cell(place).text(), cells.iter().map(String::as_str))
    });
    Ok(Looked { is_hl7: false, columns: columns.collect() })
}

fn column<'c>(heading: &str, cells: impl Iterator<Item = &'c str>) -> Column {
    let short = |text: &str| text.trim().chars().take(CELL_CHARS_MAX).collect::<String>();
    let mut seen = BTreeSet::new();
    let mut found = Column { heading: short(heading), ..Column::default() };
    for cell in cells.filter(|cell| !cell.trim().is_empty()) {
        if found.samples.len() < SAMPLES_MAX {
            found.samples.push(short(cell));
        }
        if seen.len() <= DISTINCT_MAX && seen.insert(cell.trim().to_owned()) {
            found.distinct.push(short(cell));
        }
    }
    if seen.len() > DISTINCT_MAX {
        found.distinct.clear();
    }
    found
}

/// The row of headings: the one with the known heading, else the first of those with the most words in them.
fn heading(sheet: &Sheet, barcode: &str) -> Option<usize> {
    let top = || sheet.rows.iter().take(TITLE_ROWS_MAX).enumerate();
    let has = |row: &Row| row.cells.iter().any(|cell| cell.text().trim() == barcode);
    let known = top().find(|(_, row)| !barcode.is_empty() && has(row));
    let words = |row: &Row| {
        let texts = row.cells.iter().filter(|cell| !cell.is_empty()).map(|cell| cell.text());
        texts.filter(|text| Decimal::parse(text.trim()).is_none()).count()
    };
    let most = top().map(|(_, row)| words(row)).max().filter(|most| *most >= 2)?;
    let found = known.or_else(|| top().find(|(_, row)| words(row) == most));
    found.map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_headings_are_found_below_titles_with_a_few_cells_of_each_column() {
        let text = "检验结果汇总,,,\n送检单位：示例,,,\n条码号,项目,结果,单位\nB0001,ALT,35,U/L\nB0001,GLU,5.6,mmol/L\nB0002,ALT,40,U/L\n";
        let looked = look_laboratory("a.csv", text.as_bytes(), "").unwrap();
        let headings: Vec<&str> = looked.columns.iter().map(|c| c.heading.as_str()).collect();
        assert_eq!(headings, ["条码号", "项目", "结果", "单位"]);
        assert_eq!(looked.columns[1].samples, ["ALT", "GLU", "ALT"]);
        assert_eq!(looked.columns[1].distinct, ["ALT", "GLU"]);
        assert!(look_laboratory("a.csv", b"1,2\n3,4\n", "").is_err(), "no words, no headings");
        assert!(look_laboratory("a.xlsx", b"PK\x03\x04 nothing", "").is_err());
    }

    #[test]
    fn a_column_of_too_many_texts_tells_a_few_cells_and_no_list() {
        let lines: String = (0..500).map(|at| format!("B{at:04},ALT\n")).collect();
        let looked =
            look_laboratory("a.csv", format!("条码,项目\n{lines}").as_bytes(), "").unwrap();
        assert_eq!(looked.columns[0].samples.len(), SAMPLES_MAX);
        assert!(looked.columns[0].distinct.is_empty());
        assert_eq!(looked.columns[1].distinct, ["ALT"]);
    }

    #[test]
    fn hl7_tells_its_codes() {
        let text = "MSH|^~\\&|LIS|L|||20260914||ORU^R01|1|P|2.5\rPID|1\rOBR|1||B0001\rOBX|1|NM|ALT^x||35|U/L||||||F\r";
        let looked = look_laboratory("a.hl7", text.as_bytes(), "").unwrap();
        assert_eq!((looked.is_hl7, looked.columns[0].distinct.join(",")), (true, "ALT".to_owned()));
    }
}
