//! Facts to bytes: the stop's results workbook, findings, coverage and the 简报, as XLSX, CSV or TXT.
//! Pure: no clock, no file, no socket, no randomness; the same input gives the same bytes. Not where
//! facts are collected (a store does that) nor where anything is judged (`domain::rule` did that).

mod brief;
mod brief_sheet;
mod brief_text;
mod computed;
mod coverage;
mod csv_out;
mod findings;
mod follow;
mod follow_up;
mod grave_list;
mod guide;
mod guide_sheet;
mod indicator;
mod list_sheet;
mod look;
pub mod paper;
mod receipt;
mod results;
mod round_move;
mod small;
mod summary;
mod summary_sheet;
mod table;
mod template;
mod template_cell;
mod template_table;
mod words;
mod xlsx;

pub use follow_up::{FollowUpRow, FollowUpSheet, HEADINGS, follow_up_workbook, legend};
pub use receipt::{RECEIPT_HEADINGS, ReceiptRow, ReceiptSheet, receipt_workbook};
pub use round_move::{MOVE_HEADINGS, MoveRow, MoveSheet, move_workbook};

pub use follow::{FollowFacts, FoundLine};
pub use grave_list::{GRAVE_HEADINGS, GraveList};
pub use indicator::{Indicator, IndicatorsWrong};
pub use summary::{
    HIDDEN, PROBLEMS_HEADING, Rate, SMALL_BELOW, Summary, SummaryGroup, SummaryKind, summary,
};
pub use summary_sheet::{SUMMARY_HEADINGS, summary_workbook};
pub use template::{Template, TemplateWrong, builtin_template, read_template, template_names};
pub use template_table::{Concluded, ConcludedFacts, TemplateRows, template_rows};

use domain::catalogue::Catalogue;
use domain::facts::{ExportFacts, UnitFacts};
use domain::ids::UnitCode;
use std::collections::BTreeMap;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Export {
    /// One row a person, one column an item.
    Results,
    /// One row a finding (level A, B or C), the gravest first.
    Findings,
    /// 应检 and 实检 by unit, township and district.
    Coverage,
    /// 简报: one page for today and so far.
    Brief,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Xlsx,
    Csv,
    Txt,
}

/// Whether names and ID numbers are printed in full.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Identifiers {
    #[default]
    Masked,
    /// In full, for a purpose that is printed on every page.
    Full { purpose: String },
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    pub identifiers: Identifiers,
    /// Who exports, as printed.
    pub made_by: Option<String>,
}

/// Why there is no report. Never carries a name, a number or a value.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    #[error("{what:?} is not made as {format:?}")]
    WrongFormat { what: Export, format: Format },
    #[error("full identifiers need a purpose")]
    PurposeMissing,
    /// A CSV of the same has no such limit; workbooks township by township stay below it.
    #[error("a workbook of this table holds at most {rows_max} rows")]
    TooManyRows { rows_max: usize },
    #[error("the workbook was not made")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    #[error("the table was not written")]
    Csv(#[from] csv::Error),
    #[error("the table was not written to its end")]
    Unwritten,
}

/// Which formats an export is made in.
pub fn formats(what: Export) -> &'static [Format] {
    match what {
        Export::Results | Export::Findings | Export::Coverage => &[Format::Xlsx, Format::Csv],
        Export::Brief => &[Format::Xlsx, Format::Txt],
    }
}

/// Makes one report.
pub fn export(
    what: Export,
    format: Format,
    facts: &ExportFacts,
    catalogue: &Catalogue,
    options: &Options,
) -> Result<Vec<u8>, ReportError> {
    if let Identifiers::Full { purpose } = &options.identifiers
        && purpose.trim().is_empty()
    {
        return Err(ReportError::PurposeMissing);
    }
    let input = Input::new(facts, catalogue, options);
    let workbook = |table| xlsx::write(&input, what, table);
    match (what, format) {
        (Export::Results, Format::Xlsx) => workbook(results::table(&input)),
        (Export::Results, Format::Csv) => csv_out::write(results::table(&input)),
        (Export::Findings, Format::Xlsx) => workbook(findings::table(&input)),
        (Export::Findings, Format::Csv) => csv_out::write(findings::plain_table(&input)),
        (Export::Coverage, Format::Xlsx) => workbook(coverage::table(&input)),
        (Export::Coverage, Format::Csv) => csv_out::write(coverage::table(&input)),
        (Export::Brief, Format::Xlsx) => brief_sheet::write(&input),
        (Export::Brief, Format::Txt) => Ok(brief_text::write(&input).into_bytes()),
        (Export::Results | Export::Findings | Export::Coverage, Format::Txt)
        | (Export::Brief, Format::Csv) => Err(ReportError::WrongFormat { what, format }),
    }
}

impl Export {
    /// Whether single people stand in it, named or masked.
    fn shows_people(self) -> bool {
        match self {
            Export::Results | Export::Findings => true,
            Export::Coverage | Export::Brief => false,
        }
    }
}

/// What every report is made of.
struct Input<'a> {
    facts: &'a ExportFacts,
    catalogue: &'a Catalogue,
    options: &'a Options,
    /// The export's units with their places in its order.
    units: BTreeMap<&'a UnitCode, (usize, &'a UnitFacts)>,
    /// How many units have a name.
    namesakes: BTreeMap<&'a str, usize>,
}

impl<'a> Input<'a> {
    fn new(facts: &'a ExportFacts, catalogue: &'a Catalogue, options: &'a Options) -> Input<'a> {
        let units: BTreeMap<_, _> =
            facts.units.iter().enumerate().map(|(at, unit)| (&unit.code, (at, unit))).collect();
        let mut namesakes = BTreeMap::new();
        for (_, unit) in units.values() {
            *namesakes.entry(unit.name.as_str()).or_default() += 1;
        }
        Input { facts, catalogue, options, units, namesakes }
    }
}
