//! The words for rounds and what is set of them. Only parsing.

use super::{DataOnly, IdentifierChoice};
use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum RoundCommand {
    Create {
        #[command(flatten)]
        data: DataOnly,
        #[arg(long)]
        name: String,
        #[arg(long, value_name = "DATE")]
        from: String,
        #[arg(long, value_name = "DATE")]
        to: String,
        /// Who confirmed levels and follow-up days (本区设置)
        #[arg(long, default_value = "")]
        levels_confirmed_by: String,
        /// The version of the tables that judge it; without it this program's
        #[arg(long, value_name = "N")]
        version: Option<u32>,
    },
    List(DataOnly),
    /// Where the round stands; with --to what a move would change, and with --yes the move
    Version(RoundVersion),
    /// What the round does not pay for; shown, or set anew
    Paid(RoundPaid),
    /// Levels and days that the round sets itself; shown, what others would change, and with --yes set
    Levels(RoundLevels),
}

/// A round's own levels and days (本区设置). Without --yes nothing is written.
#[derive(Debug, Args)]
pub struct RoundLevels {
    #[command(flatten)]
    pub data: DataOnly,
    #[arg(long)]
    pub round: String,
    /// A class's level, and days until the first follow-up: adult_bp/grade1=B:14. Beside those set before
    #[arg(long, value_name = "RULE/CODE=LEVEL:DAYS,...", value_delimiter = ',')]
    pub level: Vec<String>,
    /// Days within which somebody is to be told: A=0,B=7
    #[arg(long, value_name = "LEVEL=DAYS,...", value_delimiter = ',')]
    pub tell: Vec<String>,
    /// First back to the catalogue's levels and the design's days
    #[arg(long)]
    pub catalogue: bool,
    /// Who confirmed them, by name; needed with --yes
    #[arg(long, value_name = "NAME", default_value = "")]
    pub confirmed_by: String,
    /// Set them
    #[arg(long, requires = "confirmed_by")]
    pub yes: bool,
}

/// Where a round stands, and a move. Without --yes nothing is written.
#[derive(Debug, Args)]
pub struct RoundVersion {
    #[command(flatten)]
    pub data: DataOnly,
    #[arg(long)]
    pub round: String,
    /// What moving to this version would change
    #[arg(long, value_name = "N")]
    pub to: Option<u32>,
    /// Move it
    #[arg(long, requires = "to")]
    pub yes: bool,
    /// Whom it concerns, as a workbook (.xlsx)
    #[arg(long, value_name = "FILE", requires = "to")]
    pub out: Option<PathBuf>,
    /// Whole names and ID numbers need a purpose
    #[arg(long, value_enum, default_value = "masked")]
    pub identifiers: IdentifierChoice,
    #[arg(long, default_value = "")]
    pub purpose: String,
}

#[derive(Debug, Args)]
pub struct RoundPaid {
    #[command(flatten)]
    pub data: DataOnly,
    #[arg(long)]
    pub round: String,
    /// Packages added by age or answer, stations, items: all that is not paid for, by key or name
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    pub unpaid: Vec<String>,
    /// It pays for everything again
    #[arg(long, conflicts_with = "unpaid")]
    pub everything: bool,
}
