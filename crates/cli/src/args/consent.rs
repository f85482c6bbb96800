//! The words of 知情同意. Only parsing.

use super::Place;
use clap::Subcommand;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum ConsentCommand {
    /// How a school's slips stand: who has none, who refuses what, where two differ
    List {
        #[command(flatten)]
        place: Place,
        #[arg(long)]
        round: String,
        /// The school
        #[arg(long, value_name = "CODE")]
        unit: String,
    },
    /// Take in the school's list of slips that came back (.xlsx, .xls, .csv)
    Import {
        #[command(flatten)]
        place: Place,
        #[arg(long)]
        round: String,
        /// The school
        #[arg(long, value_name = "CODE")]
        unit: String,
        /// Account or id of whoever takes it in
        #[arg(long)]
        operator: Option<String>,
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}
