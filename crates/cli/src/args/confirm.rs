//! The words of 检查者确认. Only parsing.

use super::Place;
use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub enum ConfirmCommand {
    /// What was typed for an examiner at a stop and waits for their word
    List {
        #[command(flatten)]
        of: ConfirmOf,
        /// Whose are told apart; without it nobody's are
        #[arg(long, value_name = "ACCOUNT")]
        operator: Option<String>,
    },
    /// Confirm what was looked at
    Sign {
        #[command(flatten)]
        of: ConfirmOf,
        /// The examiner's own account
        #[arg(long, value_name = "ACCOUNT")]
        operator: String,
        /// Saves as the list named them
        #[arg(long = "entry", value_name = "ENTRY", required = true)]
        entries: Vec<String>,
        /// Without it today
        #[arg(long, value_name = "DATE")]
        day: Option<String>,
    },
}

/// Which stop.
#[derive(Debug, Args)]
pub struct ConfirmOf {
    #[command(flatten)]
    pub place: Place,
    #[arg(long)]
    pub round: String,
    #[arg(long, value_name = "CODE")]
    pub unit: String,
}
