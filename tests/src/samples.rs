//! The sample files, and the measurements as stations would hand them over: rows of one stop, columns of one
//! station, single cells changed. Only texts; what they mean is the program's business.

use crate::repository;
use std::path::{Path, PathBuf};

/// A sample file.
pub fn path(name: &str) -> PathBuf {
    repository::root().join("tests/samples").join(name)
}

/// The reference tables that ship.
pub fn tables() -> PathBuf {
    repository::root().join("schema/catalogue/tables")
}

/// A measurements file in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    pub headings: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Sheet {
    /// `measurements.csv` of the samples.
    pub fn measurements() -> Sheet {
        Sheet::read(&path("measurements.csv"))
    }

    pub fn read(path: &Path) -> Sheet {
        let bytes = std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        Sheet::parse(&String::from_utf8_lossy(&bytes))
    }

    /// A byte order mark in front is no part of the first heading.
    pub fn parse(text: &str) -> Sheet {
        let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let cells = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect();
        let headings = reader.headers().map(cells).unwrap();
        let rows = reader.records().map(|r| cells(&r.unwrap())).collect();
        Sheet { headings, rows }
    }

    pub fn column(&self, heading: &str) -> usize {
        let at = self.headings.iter().position(|h| h == heading);
        at.unwrap_or_else(|| panic!("no column {heading}"))
    }

    pub fn cell(&self, row: usize, heading: &str) -> &str {
        &self.rows[row][self.column(heading)]
    }

    pub fn set(&mut self, row: usize, heading: &str, text: &str) {
        let column = self.column(heading);
        text.clone_into(&mut self.rows[row][column]);
    }

    /// Rows whose unit is this place: a village's code, or a school's name with class behind.
    pub fn of_place(&self, place: &str) -> Sheet {
        let unit = self.column("unit");
        self.filtered(|row| row[unit].split('/').next() == Some(place))
    }

    pub fn filtered(&self, keep: impl Fn(&[String]) -> bool) -> Sheet {
        let rows = self.rows.iter().filter(|row| keep(row)).cloned().collect();
        Sheet { headings: self.headings.clone(), rows }
    }

    /// Where the person with this ID number stands.
    pub fn row_of(&self, id_number: &str) -> usize {
        let column = self.column("id_number");
        let at = self.rows.iter().position(|row| row[column] == id_number);
        at.unwrap_or_else(|| panic!("no such person in the sheet"))
    }

    /// A person's items changed; empty = not measured.
    pub fn with(&self, id_number: &str, items: &[(&str, &str)]) -> Sheet {
        let mut sheet = self.clone();
        let row = sheet.row_of(id_number);
        for (item, text) in items {
            sheet.set(row, item, text);
        }
        sheet
    }

    /// One person's row, with nothing measured but this.
    pub fn only(&self, id_number: &str, items: &[(&str, &str)]) -> Sheet {
        let column = self.column("id_number");
        let mut one = self.filtered(|row| row[column] == id_number);
        for cell in &mut one.rows[0][self.column("exam_date") + 1..] {
            cell.clear();
        }
        one.with(id_number, items)
    }

    pub fn and(mut self, other: &Sheet) -> Sheet {
        assert_eq!(self.headings, other.headings);
        self.rows.extend(other.rows.iter().cloned());
        self
    }

    pub fn to_csv(&self) -> String {
        let mut out = csv::Writer::from_writer(Vec::new());
        for row in std::iter::once(&self.headings).chain(&self.rows) {
            out.write_record(row).unwrap();
        }
        let bytes = out.into_inner().unwrap();
        String::from_utf8(bytes).unwrap()
    }

    /// Writes the sheet to a file of a folder.
    pub fn write(&self, folder: &Path, name: &str) -> PathBuf {
        let path = folder.join(name);
        std::fs::write(&path, self.to_csv()).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_written_is_the_sheet_read() {
        let sheet = Sheet::parse("\u{feff}unit,name\n1,\"a,b\"\nx/y,c\n");
        assert_eq!(Sheet::parse(&sheet.to_csv()), sheet);
        assert_eq!(sheet.of_place("x").rows, [["x/y", "c"]]);
        assert_eq!(sheet.cell(0, "name"), "a,b");
    }
}
