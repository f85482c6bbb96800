//! A roster out of a workbook: every sheet, every table, every person with a name, and whatever is
//! wrong as data. Nothing is guessed and nobody with a name is left out silently.

mod group;
mod heading;
mod location;
mod merge;
mod person;
mod place;
mod problem;
mod sheet;
mod table;
mod totals;

pub use heading::REASON_HEADING;
pub use merge::{Merged, merge_within};
pub use problem::{ProblemCode, RosterProblem};

use heading::Kind;

use crate::workbook::{Sheet, Workbook};
use chrono::NaiveDate;
use domain::facts::{PersonKind, RosterRow};
use domain::ids::UnitCode;
use domain::unit::UnitTree;
use std::sync::Arc;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterReading {
    pub file: Arc<str>,
    pub sheets: Vec<SheetReading>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetReading {
    pub sheet: Arc<str>,
    pub unit: UnitFound,
    /// Empty where the sheet's unit is ambiguous or unknown.
    pub rows: Vec<ReadRow>,
    pub problems: Vec<RosterProblem>,
    /// People read, whether or not their unit was found.
    pub people: u32,
    pub skipped_blank: u32,
    pub skipped_totals: u32,
    /// Remarks, signature lines, headings between the people.
    pub skipped_remarks: u32,
}

/// Which unit a sheet belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnitFound {
    Given(UnitCode),
    Found(UnitCode),
    /// Several, each row by its own column, address or heading.
    ByRow(Vec<UnitCode>),
    /// What the words could mean; a township among them says that no place of that name lies in it.
    Ambiguous(Vec<UnitCode>),
    None,
}

/// One person as listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadRow {
    pub file: Arc<str>,
    pub sheet: Arc<str>,
    /// As the spreadsheet shows it, from 1.
    pub row: u32,
    /// The name's heading and cell, for what is found out about the person later.
    pub name_heading: Arc<str>,
    pub name_cell: String,
    pub unit: UnitCode,
    pub kind: PersonKind,
    pub row_facts: RosterRow,
}

impl ReadRow {
    /// A problem about this person, marked at the name.
    pub fn problem(&self, code: ProblemCode) -> RosterProblem {
        RosterProblem {
            file: Arc::clone(&self.file),
            sheet: Arc::clone(&self.sheet),
            row: self.row,
            column: Arc::clone(&self.name_heading),
            cell: self.name_cell.clone(),
            code,
        }
    }
}

impl RosterReading {
    pub fn rows(&self) -> impl Iterator<Item = &ReadRow> {
        self.sheets.iter().flat_map(|sheet| &sheet.rows)
    }

    pub fn problems(&self) -> impl Iterator<Item = &RosterProblem> {
        self.sheets.iter().flat_map(|sheet| &sheet.problems)
    }
}

/// Reads every sheet. `given`: the unit of all rows if it is a village or school, the place to look
/// in if it is a township; a code that is not in `units` is no unit. `today`: no birth is later.
pub fn read_roster(
    file_name: &str,
    workbook: &Workbook,
    units: &UnitTree,
    given: Option<&UnitCode>,
    today: NaiveDate,
) -> RosterReading {
    let file: Arc<str> = Arc::from(file_name);
    let source = sheet::Source { file: &file, workbook, units, given, today };
    let mut sheets: Vec<SheetReading> =
        workbook.sheets.iter().map(|sheet| source.read(sheet)).collect();
    let is_empty = |sheet: &Sheet| sheet.rows.is_empty();
    if workbook.sheets.iter().all(is_empty) {
        let name = workbook.sheets.first().map_or("", |sheet| sheet.name.as_str());
        let mut reading = SheetReading::named(name);
        reading.problems.push(RosterProblem {
            file: Arc::clone(&file),
            sheet: Arc::clone(&reading.sheet),
            row: 0,
            column: Arc::from(""),
            cell: String::new(),
            code: ProblemCode::EmptyFile,
        });
        sheets = vec![reading];
    }
    RosterReading { file, sheets }
}

impl SheetReading {
    fn named(name: &str) -> SheetReading {
        SheetReading {
            sheet: Arc::from(name),
            unit: UnitFound::None,
            rows: Vec::new(),
            problems: Vec::new(),
            people: 0,
            skipped_blank: 0,
            skipped_totals: 0,
            skipped_remarks: 0,
        }
    }
}

/// What a sheet needs to be written again.
pub(crate) struct SheetShape {
    /// The last row of each header, from 1.
    pub header_rows: Vec<u32>,
    /// Columns whose long numbers must stay text.
    pub text_columns: Vec<usize>,
    pub reason_column: Option<usize>,
}

pub(crate) fn shape_of(sheet: &Sheet) -> SheetShape {
    let tables = table::tables_of(sheet);
    let blocks = || tables.iter().flat_map(|table| &table.blocks);
    let of =
        |kind: Kind| blocks().flat_map(move |block| block.all(kind)).map(|column| column.index);
    let text = [Kind::IdNumber, Kind::StudentNo, Kind::Phone, Kind::GuardianPhone];
    SheetShape {
        header_rows: tables.iter().map(|table| table.header_row).collect(),
        text_columns: text.into_iter().flat_map(of).collect(),
        reason_column: of(Kind::Reason).next(),
    }
}
