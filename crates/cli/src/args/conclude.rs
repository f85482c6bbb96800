//! The words of 总检. Only parsing.

use super::Place;
use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum ConcludeCommand {
    /// What there is to conclude about one person: proposed findings with rule and table, what was signed before
    Show(Of),
    /// Sign about one person (a doctor's account)
    Sign(Sign),
    /// Withdraw what was signed, with the reason
    Withdraw {
        #[command(flatten)]
        of: Of,
        #[command(flatten)]
        by: By,
        #[arg(long)]
        reason: String,
    },
    /// People of a stop with nothing abnormal, to be looked through; tells the mark of the list
    List {
        #[command(flatten)]
        place: Place,
        #[arg(long)]
        round: String,
        #[arg(long, value_name = "CODE")]
        unit: String,
    },
    /// Sign about everyone of that list
    All {
        #[command(flatten)]
        place: Place,
        #[arg(long)]
        round: String,
        #[arg(long, value_name = "CODE")]
        unit: String,
        #[command(flatten)]
        by: By,
        /// As the list told it: nobody else is signed about
        #[arg(long)]
        mark: String,
    },
}

#[derive(Debug, Args)]
pub struct Of {
    #[command(flatten)]
    pub place: Place,
    #[arg(long)]
    pub round: String,
    /// A person's id, ID number, label or any text that finds exactly one
    #[arg(long)]
    pub person: String,
}

#[derive(Debug, Args)]
pub struct By {
    /// The doctor's account
    #[arg(long, value_name = "ACCOUNT")]
    pub operator: String,
    /// The day of the signature; without it today
    #[arg(long, value_name = "DATE")]
    pub day: Option<String>,
}

#[derive(Debug, Args)]
pub struct Sign {
    #[command(flatten)]
    pub of: Of,
    #[command(flatten)]
    pub by: By,
    /// Answers, own findings and advice as JSON
    #[arg(long, value_name = "FILE")]
    pub from: Option<PathBuf>,
    /// Accept every finding that is not answered otherwise; what was signed before (answers, own findings, advice) goes on
    /// where --from and --advice say nothing of it
    #[arg(long)]
    pub accept_rest: bool,
    #[arg(long)]
    pub advice: Option<String>,
    /// Why an earlier conclusion changes
    #[arg(long)]
    pub reason: Option<String>,
    /// As `show` told it: refused where anything has changed since
    #[arg(long)]
    pub mark: Option<String>,
}
