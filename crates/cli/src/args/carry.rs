//! The words of carrying work to the server by hand, and of proving that a day's work arrived. Only parsing.

use super::{DataOnly, HomeOnly};
use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum CarryCommand {
    /// Write what the server is not known to have into a file that it alone opens (on a device)
    Export {
        #[command(flatten)]
        home: HomeOnly,
        /// A file, or a folder in which the file gets a name of its own
        #[arg(long, value_name = "FILE|DIR")]
        out: PathBuf,
        /// Also what the server is said to have: for one that was put back
        #[arg(long)]
        all: bool,
    },
    /// Take such files in (on the server, also while it runs)
    Import {
        #[command(flatten)]
        data: DataOnly,
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
}

/// Which day's work at which stop.
#[derive(Debug, Args)]
pub struct ProofOf {
    #[command(flatten)]
    pub data: DataOnly,
    #[arg(long, value_name = "CODE")]
    pub unit: String,
    #[arg(long, value_name = "DATE")]
    pub date: String,
    /// The lines of the 日结单, scanned or typed: a file with them, or the text itself; without it what is here is listed
    #[arg(long, value_name = "FILE|TEXT")]
    pub sheet: Vec<String>,
}
