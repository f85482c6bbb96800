//! The words for putting a result right. Only parsing.

use super::HomeOnly;
use clap::{Args, Subcommand};

/// Which result, and why it changes.
#[derive(Debug, Args)]
pub struct Change {
    #[command(flatten)]
    pub home: HomeOnly,
    #[arg(long)]
    pub round: String,
    /// A person's id, ID number, 学籍号 or any text that finds exactly one
    #[arg(long)]
    pub person: String,
    /// The item's key, such as sbp1_mmhg
    #[arg(long)]
    pub item: String,
    #[arg(long, default_value = "")]
    pub reason: String,
    #[arg(long)]
    pub operator: Option<String>,
    #[arg(long)]
    pub examiner: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum ResultCommand {
    /// A newer value that names what it replaces
    Amend {
        #[command(flatten)]
        change: Change,
        #[arg(long)]
        value: String,
    },
    /// Withdraw, with a reason
    Void {
        #[command(flatten)]
        change: Change,
    },
    /// Which of two values stands
    Choose {
        #[command(flatten)]
        change: Change,
        #[arg(long)]
        value: String,
    },
}
