//! The words of what goes out: workbooks, paper, reports. Only parsing.

use super::{HomeOnly, Place};
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum What {
    Results,
    Findings,
    Coverage,
    Brief,
    /// By a template: its name, or a file ending in .json
    Template,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum FileFormat {
    Xlsx,
    Csv,
    Txt,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum IdentifierChoice {
    Masked,
    Full,
}

#[derive(Debug, Args)]
pub struct Export {
    pub what: What,
    /// The template
    pub name: Option<String>,
    #[command(flatten)]
    pub place: Place,
    #[arg(long)]
    pub round: String,
    #[arg(long, value_name = "CODE")]
    pub unit: Option<String>,
    #[arg(long)]
    pub format: FileFormat,
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Whole ID numbers need a purpose
    #[arg(long, value_enum, default_value = "masked")]
    pub identifiers: IdentifierChoice,
    #[arg(long, default_value = "")]
    pub purpose: String,
}

/// Which stop, and where the file goes.
#[derive(Debug, Args)]
pub struct PrintOf {
    #[command(flatten)]
    pub home: HomeOnly,
    #[arg(long)]
    pub round: String,
    #[arg(long, value_name = "CODE")]
    pub unit: String,
    /// Without it today, within the round
    #[arg(long, value_name = "DATE")]
    pub day: Option<String>,
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

#[derive(Debug, Subcommand)]
pub enum PrintCommand {
    /// 日结单: what the day came to, one A4 page
    DaySheet(PrintOf),
    /// 送检交接单: the day's tubes by type, each code to be ticked by the laboratory
    Handover(PrintOf),
    /// 导检单: a sheet for each person with codes and stations to tick
    Guide {
        #[command(flatten)]
        of: PrintOf,
        /// Only these people: an id, ID number or a text that finds exactly one; without it the roster
        #[arg(long = "person", value_name = "TEXT")]
        people: Vec<String>,
        /// Sheets on an A4 page: 1 or 2
        #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=2))]
        per_page: u8,
    },
    /// 学生卡: a card with a QR for each pupil's seat, by class, ten on an A4 page
    SeatCards {
        #[command(flatten)]
        of: PrintOf,
        /// Only these people; without it the roster
        #[arg(long = "person", value_name = "TEXT")]
        people: Vec<String>,
    },
    /// Labels for tubes that carry no laboratory's code, one a page: new codes each time, nobody's until they are bound
    TubeLabels {
        #[command(flatten)]
        of: PrintOf,
        /// So many of each kind of tube that somebody has to give
        #[arg(long, value_name = "N")]
        sets: u32,
        /// Only this kind, also one that is taken beside: 便样管
        #[arg(long, value_name = "KIND")]
        tube: Option<String>,
        /// Width and height in mm
        #[arg(long, value_name = "WxH", default_value = "50x30")]
        size: String,
    },
    /// Labels with both codes, one a page
    Labels {
        #[command(flatten)]
        of: PrintOf,
        /// Only these people; without it the roster
        #[arg(long = "person", value_name = "TEXT")]
        people: Vec<String>,
        /// Width and height in mm
        #[arg(long, value_name = "WxH", default_value = "50x30")]
        size: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum ReportCommand {
    /// A report for each person examined at a unit: final where a doctor has signed, else a preview
    Person {
        #[command(flatten)]
        of: ReportOf,
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// all, final (signed), due (signed, and nobody has that version in hand)
        #[arg(long, value_name = "WORD", default_value = "all")]
        which: String,
        /// Only these people: an id, ID number or a text that finds exactly one
        #[arg(long = "person", value_name = "TEXT")]
        people: Vec<String>,
        /// The account of whoever prints: that the final ones were printed is recorded. Without it it is not
        #[arg(long, value_name = "ACCOUNT")]
        operator: Option<String>,
    },
    /// 汇总: rates with numerator, denominator and who was left out, as .xlsx or .pdf; small cells hidden
    Summary {
        #[command(flatten)]
        of: ReportOf,
        /// school; district (schools of a district or township); village; township
        #[arg(long, value_name = "WORD")]
        kind: String,
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Show numbers below 5 too: only for health staff
        #[arg(long)]
        show_small: bool,
        /// In a workbook with --show-small: adds a sheet with the names of who has a finding of level A or B, for this purpose
        #[arg(long, requires = "show_small")]
        purpose: Option<String>,
    },
    /// 签收单: who is to sign for which version, in the order of the reports, as .pdf or .xlsx
    Receipts {
        #[command(flatten)]
        of: ReportOf,
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Who holds which version
    Holders {
        #[command(flatten)]
        of: ReportOf,
    },
    /// Record that people signed for the version that is final now
    Received {
        #[command(flatten)]
        of: ReportOf,
        #[command(flatten)]
        said: DeliverySaid,
        /// These people: an id, ID number or a text that finds exactly one
        #[arg(long = "person", value_name = "TEXT", required_unless_present = "all")]
        people: Vec<String>,
        /// Everybody whose final report was printed and is not in their hand
        #[arg(long, conflicts_with = "people")]
        all: bool,
        /// Of all, not these
        #[arg(long, value_name = "TEXT", requires = "all")]
        except: Vec<String>,
        /// Who took it
        #[arg(long, value_name = "TEXT", default_value = "本人")]
        taken_by: String,
    },
    /// What was recorded of the newest version these people hold was a mistake
    NotReceived {
        #[command(flatten)]
        of: ReportOf,
        #[command(flatten)]
        said: DeliverySaid,
        #[arg(long = "person", value_name = "TEXT", required = true)]
        people: Vec<String>,
        #[arg(long)]
        reason: String,
    },
}

/// Whose reports.
#[derive(Debug, Args)]
pub struct ReportOf {
    #[command(flatten)]
    pub place: Place,
    #[arg(long)]
    pub round: String,
    #[arg(long, value_name = "CODE")]
    pub unit: String,
}

/// Who says it, and of which day.
#[derive(Debug, Args)]
pub struct DeliverySaid {
    /// The account of whoever records it
    #[arg(long, value_name = "ACCOUNT")]
    pub operator: String,
    /// Without it today
    #[arg(long, value_name = "DATE")]
    pub day: Option<String>,
}
