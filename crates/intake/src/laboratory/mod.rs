//! Laboratories' files in: a table (.xlsx, .xls, .csv), read by the columns that were told of that laboratory once, or HL7
//! v2 ORU^R01. Bytes to reports, one a tube, in the laboratory's own words. Not whose tube it is, nor what a value means:
//! that needs the register. A file whose columns do not lie as told is no report at all.

mod hl7;
mod look;
mod table;

pub use look::{Column, Looked, look_laboratory};

use crate::error::IntakeError;
use chrono::NaiveDate;
use domain::identity::normalize;
use domain::tube::read_code;
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

    /// Whether a text stands in place of a value: the sample is no good.
    pub fn is_rejection(&self, value: &str) -> bool {
        self.rejected.iter().any(|word| value.contains(word.as_str()))
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
    /// The day the sample was taken, or else the result given, as the file has it: `20260914`. Of several the last. Empty where it says
    /// nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub day: String,
    /// Of several days the first: one code may stand for tubes of two rounds. Empty where there is one day or none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub first_day: String,
}

impl Report {
    pub fn day(&self) -> Option<NaiveDate> {
        read_day(&self.day)
    }

    pub fn first_day(&self) -> Option<NaiveDate> {
        read_day(&self.first_day).or_else(|| self.day())
    }

    /// Whether the laboratory may still say otherwise of this line. Of a report kept by an earlier program nobody knows which
    /// lines those were.
    pub fn is_open(&self, line: &Line) -> bool {
        line.is_preliminary
            || (self.is_preliminary && self.lines.iter().all(|line| !line.is_preliminary))
    }
}

fn read_day(day: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(day.get(..8)?, "%Y%m%d").ok()
}

#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Line {
    pub analyte: String,
    pub value: String,
    pub unit: String,
    pub range: String,
    /// The sample is no good: there will be no value.
    pub is_rejected: bool,
    /// The laboratory may still say otherwise.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_preliminary: bool,
    /// How certain it is; counts within one file only.
    #[serde(skip)]
    pub state: LineState,
}

/// How certain a line is (OBX-11). A table's lines are final.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum LineState {
    Preliminary,
    #[default]
    Final,
    Corrected,
    /// There will be none.
    NoResult,
    /// What was said before is taken back.
    Withdrawn,
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
        ReadFile { reports: hl7::read(bytes, mapping)?, headings: Vec::new() }
    } else {
        let book = crate::read_workbook(name, bytes).map_err(FileFault::Unreadable)?;
        table::read(&book, mapping)?
    };
    if read.reports.is_empty() {
        return Err(FileFault::Empty);
    }
    Ok(ReadFile { reports: joined(read.reports), ..read })
}

/// Lines of one tube together, wherever in the file they stand. The same line twice is one; what is final replaces what was
/// preliminary, and what is corrected or taken back what was said before.
fn joined(reports: Vec<Report>) -> Vec<Report> {
    let mut all: Vec<Joining> = Vec::new();
    // Found by name, not looked for: a file may have as many tubes as lines.
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for Report { code, row, lines, day, .. } in reports {
        // ab1234 and AB1234 are one tube, as it is looked for.
        let key = read_code(&code).unwrap_or_else(|| code.clone());
        let at = *places.entry(key).or_insert(all.len());
        if at == all.len() {
            all.push(Joining { code, row, ..Joining::default() });
        }
        all[at].days.extend(Some(day).filter(|day| !day.is_empty()));
        lines.into_iter().for_each(|line| all[at].take(line));
    }
    let report = |joining: Joining| {
        let marked = |line: Line| {
            let is_preliminary = line.state == LineState::Preliminary;
            Line { is_preliminary, ..line }
        };
        let lines: Vec<Line> = joining.lines.into_iter().flatten().map(marked).collect();
        let is_preliminary = lines.iter().any(|line| line.is_preliminary);
        let (code, row, mut days) = (joining.code, joining.row, joining.days);
        let day = days.pop_last().unwrap_or_default();
        let first_day = days.pop_first().unwrap_or_default();
        Report { code, row, lines, is_preliminary, day, first_day }
    };
    all.into_iter().map(report).collect()
}

/// One tube's lines on their way. Each is put aside at most once.
#[derive(Default)]
struct Joining {
    code: String,
    row: u32,
    /// As the messages about it say them.
    days: BTreeSet<String>,
    /// In the file's order; none where a later one stands in its stead.
    lines: Vec<Option<Line>>,
    said: BTreeSet<Line>,
    /// By analyte the places of lines that anything final replaces, and of those that only a correction replaces.
    open: BTreeMap<String, Vec<usize>>,
    firm: BTreeMap<String, Vec<usize>>,
}

impl Joining {
    fn take(&mut self, line: Line) {
        use LineState::{Corrected, Final, NoResult, Preliminary, Withdrawn};
        if self.said.contains(&line) {
            return;
        }
        let mut replaced = Vec::new();
        if line.state != Preliminary {
            replaced.extend(self.open.remove(&line.analyte).unwrap_or_default());
        }
        if matches!(line.state, Corrected | Withdrawn) {
            replaced.extend(self.firm.remove(&line.analyte).unwrap_or_default());
        }
        for at in replaced {
            if let Some(before) = self.lines[at].take() {
                self.said.remove(&before);
            }
        }
        let places = match line.state {
            Preliminary | NoResult | Withdrawn => &mut self.open,
            Final | Corrected => &mut self.firm,
        };
        places.entry(line.analyte.clone()).or_default().push(self.lines.len());
        self.said.insert(line.clone());
        self.lines.push(Some(line));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(said: &(LineState, &str)) -> Line {
        let (state, value) = (said.0, said.1.to_owned());
        let is_rejected = matches!(state, LineState::NoResult | LineState::Withdrawn);
        Line { analyte: "ALT".to_owned(), value, state, is_rejected, ..Line::default() }
    }

    #[test]
    fn of_several_days_of_one_code_the_first_and_the_last_are_kept() {
        let check = |days: &[&str], first: &str, last: &str| {
            let report = |day: &&str| Report {
                code: "B0001".to_owned(),
                row: 1,
                lines: Vec::new(),
                is_preliminary: false,
                day: (*day).to_owned(),
                first_day: String::new(),
            };
            let joined = joined(days.iter().map(report).collect()).remove(0);
            assert_eq!((joined.first_day.as_str(), joined.day.as_str()), (first, last), "{days:?}");
        };
        check(&["20261102", "20260915", "20260920"], "20260915", "20261102");
        check(&["20260915", "", "20260915"], "", "20260915");
        check(&["", ""], "", "");
    }

    #[test]
    fn what_is_said_later_of_an_analyte_stands_where_it_is_more_certain() {
        use LineState::{Corrected, Final, NoResult, Preliminary, Withdrawn};
        let check = |said: &[(LineState, &str)], stands: &[&str], is_preliminary: bool| {
            let report = |one| Report {
                code: "B0001".to_owned(),
                row: 1,
                lines: vec![line(one)],
                is_preliminary: false,
                day: String::new(),
                first_day: String::new(),
            };
            let joined = joined(said.iter().map(report).collect());
            assert_eq!(joined.len(), 1);
            let values: Vec<&str> = joined[0].lines.iter().map(|one| &*one.value).collect();
            assert_eq!((values.as_slice(), joined[0].is_preliminary), (stands, is_preliminary));
        };
        check(&[(Preliminary, "30"), (Final, "35")], &["35"], false);
        check(&[(Final, "35"), (Corrected, "53")], &["53"], false);
        check(&[(Preliminary, "30"), (Final, "35"), (Corrected, "53")], &["53"], false);
        check(&[(Final, "35"), (Corrected, "53"), (Corrected, "35")], &["35"], false);
        check(&[(Corrected, "35"), (Corrected, "53"), (Corrected, "35")], &["35"], false);
        check(&[(NoResult, ""), (Final, "35")], &["35"], false);
        check(&[(Final, "35"), (Withdrawn, "35")], &["35"], false);
        check(&[(Final, "35"), (Final, "35")], &["35"], false);
        // Control: two that are final are two, and what is preliminary last has to wait.
        check(&[(Final, "35"), (Final, "53")], &["35", "53"], false);
        check(&[(Final, "35"), (NoResult, "")], &["35", ""], false);
        check(&[(Final, "35"), (Preliminary, "53")], &["35", "53"], true);
    }
}
