//! Laboratories' files in: a table (.xlsx, .xls, .csv), read by the columns that were told of that laboratory once, or HL7
//! v2 ORU^R01. Bytes to reports, one a tube, in the laboratory's own words. Not whose tube it is, nor what a value means:
//! that needs the register. A file whose columns do not lie as told is no report at all.

mod hl7;
mod look;
mod table;

pub use look::{Column, Looked, look_laboratory};

use crate::error::IntakeError;
use domain::identity::normalize;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How one laboratory's files are read. Headings and analytes as the laboratory writes them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// The heading of the tube's code. For HL7 not used.
    #[serde(default)]
    pub barcode: String,
    /// A line for each analyte; else one for each tube, with `columns`.
    #[serde(default)]
    pub rows: Option<RowHeadings>,
    /// Analytes by their heading, where a line is a tube.
    #[serde(default)]
    pub columns: BTreeMap<String, Analyte>,
    /// Analytes by what stands in the analyte's column, or by OBX-3's code.
    #[serde(default)]
    pub items: BTreeMap<String, Analyte>,
    /// Analytes that are not kept.
    #[serde(default)]
    pub ignore: BTreeSet<String>,
    /// Words in place of a value that mean: the sample is no good.
    #[serde(default)]
    pub rejected: Vec<String>,
    /// Of a table with a line for each tube: every other heading that stood there when this was told. One that is not
    /// among them came later, and is asked about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<BTreeSet<String>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowHeadings {
    pub analyte: String,
    pub value: String,
    #[serde(default)]
    pub unit: Option<String>,
    #[serde(default)]
    pub range: Option<String>,
}

/// Which item an analyte is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Analyte {
    /// The item's key.
    pub item: String,
    /// The unit where the file names none.
    #[serde(default)]
    pub unit: Option<String>,
}

impl Mapping {
    pub fn analyte(&self, name: &str) -> Option<&Analyte> {
        self.items.get(name).or_else(|| self.columns.get(name))
    }

    /// Of a file's headings those that nobody has spoken of: neither read, nor left out, nor there when this was told.
    pub fn unspoken<'h>(&self, headings: &'h [String]) -> Vec<&'h str> {
        if self.rows.is_some() {
            return Vec::new();
        }
        let told = self.columns.keys().chain(&self.ignore).chain(self.known.iter().flatten());
        let told: BTreeSet<String> =
            told.chain([&self.barcode]).map(|heading| normalize(heading)).collect();
        let is_new = |heading: &&str| !told.contains(&normalize(heading));
        headings.iter().map(String::as_str).filter(is_new).collect()
    }
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReadFile {
    pub reports: Vec<Report>,
    /// The headings of its tables, each once; of HL7 none.
    pub headings: Vec<String>,
}

/// What a file says of one tube.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The tube's code as the file has it.
    pub code: String,
    /// Where it begins: the row, or the segment of a message.
    pub row: u32,
    pub lines: Vec<Line>,
    /// The laboratory has not finished.
    pub is_preliminary: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Line {
    pub analyte: String,
    pub value: String,
    pub unit: String,
    pub range: String,
    /// The sample is no good: there will be no value.
    pub is_rejected: bool,
}

/// Why nothing of a file is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileFault {
    Unreadable(IntakeError),
    /// A heading that was told is not there.
    HeadingsMissing,
    /// Cells do not lie under their headings.
    ColumnsShifted,
    /// A message ends in the middle.
    Cut,
    Empty,
}

/// Reads a file. Reports come in the order of the file, each tube once.
pub fn read_laboratory(name: &str, bytes: &[u8], mapping: &Mapping) -> Result<ReadFile, FileFault> {
    let read = if hl7::is_hl7(bytes) {
        ReadFile { reports: hl7::read(bytes)?, headings: Vec::new() }
    } else {
        let book = crate::read_workbook(name, bytes).map_err(FileFault::Unreadable)?;
        table::read(&book, mapping)?
    };
    if read.reports.is_empty() {
        return Err(FileFault::Empty);
    }
    Ok(ReadFile { reports: joined(read.reports), ..read })
}

/// Lines of one tube together, wherever in the file they stand. The same line twice is one.
fn joined(reports: Vec<Report>) -> Vec<Report> {
    let mut all: Vec<Report> = Vec::new();
    // Found by name, not looked for: a file may have as many tubes as lines.
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut said: BTreeSet<(usize, Line)> = BTreeSet::new();
    for Report { code, row, lines, is_preliminary } in reports {
        let at = *places.entry(code.clone()).or_insert(all.len());
        if at == all.len() {
            all.push(Report { code, row, lines: Vec::new(), is_preliminary: false });
        }
        let known = &mut all[at];
        known.is_preliminary |= is_preliminary;
        known.lines.extend(lines.into_iter().filter(|line| said.insert((at, line.clone()))));
    }
    all
}
