//! The words of tubes and laboratories. Only parsing.

use super::{HomeOnly, Place};
use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum LabCommand {
    /// Bind a tube's own barcode to a person (on a device, at 采血)
    Bind(Bind),
    /// Say that a tube's sample is no good: 需重采
    Spoil {
        #[command(flatten)]
        home: HomeOnly,
        #[arg(long)]
        round: String,
        #[arg(long)]
        code: String,
        #[arg(long)]
        reason: String,
    },
    /// Take in a laboratory's results (.xlsx, .xls, .csv, or HL7 v2 ORU^R01)
    Import {
        #[command(flatten)]
        place: Place,
        /// Without it of each tube the one in which its code is bound
        #[arg(long)]
        round: Option<String>,
        /// Without it the only one known here
        #[arg(long, value_name = "NAME")]
        laboratory: Option<String>,
        /// How this laboratory's files are read (JSON); remembered
        #[arg(long, value_name = "FILE")]
        mapping: Option<PathBuf>,
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Reports that could not be applied, with their reasons
    List {
        #[command(flatten)]
        place: Place,
        /// Without it every round
        #[arg(long)]
        round: Option<String>,
    },
    /// Decide about one of them
    Resolve {
        #[command(flatten)]
        place: Place,
        #[arg(long)]
        round: Option<String>,
        /// As the list shows it
        id: String,
        /// The tube it is really of
        #[arg(long, required_unless_present_any = ["discard", "accept"])]
        code: Option<String>,
        /// Leave it out
        #[arg(long, conflicts_with_all = ["code", "accept"])]
        discard: bool,
        /// A value that was corrected before stands again: the laboratory has changed it back
        #[arg(long, conflicts_with = "code")]
        accept: bool,
    },
    /// Record what arrived of a stop's tubes at the laboratory, as counted and signed on the 送检交接单
    Arrive(Arrive),
    /// What a stop handed over by day, and what arrived of it
    Arrivals {
        #[command(flatten)]
        place: Place,
        #[arg(long)]
        round: String,
        #[arg(long, value_name = "CODE")]
        unit: String,
    },
    /// Tubes of a stop: not drawn, awaited, reported, to be drawn again
    States {
        #[command(flatten)]
        place: Place,
        #[arg(long)]
        round: String,
        #[arg(long, value_name = "CODE")]
        unit: String,
    },
}

#[derive(Debug, Args)]
pub struct Bind {
    #[command(flatten)]
    pub home: HomeOnly,
    #[arg(long)]
    pub round: String,
    /// The stop
    #[arg(long, value_name = "UNIT")]
    pub unit: String,
    /// A person's id, ID number, label or any text that finds exactly one
    #[arg(long)]
    pub person: String,
    /// As scanned off the tube
    #[arg(long)]
    pub code: String,
    /// serum, blood_count or urine, or the Chinese name
    #[arg(long)]
    pub tube: String,
    /// Why it is bound anew
    #[arg(long, default_value = "")]
    pub reason: String,
    #[arg(long, value_name = "DATE")]
    pub day: Option<String>,
    #[arg(long)]
    pub operator: Option<String>,
    #[arg(long)]
    pub examiner: Option<String>,
}

#[derive(Debug, Args)]
pub struct Arrive {
    #[command(flatten)]
    pub place: Place,
    #[arg(long)]
    pub round: String,
    /// The stop
    #[arg(long, value_name = "CODE")]
    pub unit: String,
    /// The day on the list: the tubes were drawn then
    #[arg(long, value_name = "DATE")]
    pub day: String,
    /// The day they arrived; without it the same
    #[arg(long, value_name = "DATE")]
    pub on: Option<String>,
    /// At what time, 16:40
    #[arg(long, value_name = "TIME", default_value = "")]
    pub at: String,
    /// Who counted and signed
    #[arg(long, value_name = "NAME", default_value = "")]
    pub received_by: String,
    /// Every kind that is not counted arrived as listed, less what is missing
    #[arg(long)]
    pub all: bool,
    /// How many of a kind, 生化管=12 or serum=12; again for each kind
    #[arg(long = "count", value_name = "KIND=N")]
    pub counts: Vec<String>,
    /// A code on the list that was not there; again for each
    #[arg(long, value_name = "CODE")]
    pub missing: Vec<String>,
    /// Why, where this day was recorded before
    #[arg(long, default_value = "")]
    pub reason: String,
    /// What was recorded of this day was a mistake
    #[arg(long, requires = "reason", conflicts_with_all = ["all", "counts", "missing"])]
    pub withdraw: bool,
    #[arg(long)]
    pub operator: Option<String>,
}
