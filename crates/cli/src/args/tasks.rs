//! The words of 随访. Only parsing.

use super::Place;
use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum TasksCommand {
    /// What is to be followed up at a unit and below it: due, overdue, done, lost; by unit and by whoever said the last step
    List {
        #[command(flatten)]
        place: Place,
        #[arg(long)]
        round: String,
        #[arg(long, value_name = "CODE")]
        unit: String,
        /// due, overdue, done, lost or gone; without it all
        #[arg(long, value_name = "WORD")]
        which: Option<String>,
        /// The account of whoever said the last step
        #[arg(long, value_name = "ACCOUNT")]
        owner: Option<String>,
    },
    /// One person's chains, by person and round or by a number on paper
    Show {
        #[command(flatten)]
        place: Place,
        #[arg(long, required_unless_present = "task")]
        round: Option<String>,
        /// A person's id, ID number, label or any text that finds exactly one
        #[arg(long, required_unless_present = "task")]
        person: Option<String>,
        #[arg(long, value_name = "NUMBER", conflicts_with_all = ["round", "person"])]
        task: Option<String>,
    },
    /// Say what has been done about one finding
    Record(Box<RecordStep>),
    /// The list (随访单) of a village doctor or a school: what is due and overdue, for paper (.pdf) or to be filled in (.xlsx)
    Export {
        #[command(flatten)]
        place: Place,
        /// Without it the latest
        #[arg(long)]
        round: Option<String>,
        #[arg(long, value_name = "CODE")]
        unit: String,
        /// The account of whoever takes it out
        #[arg(long, value_name = "ACCOUNT")]
        operator: String,
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// 转诊单 of a unit, or of the people named: an A4 page for each person and place, 存根 above, 回执 below (.pdf)
    Slips {
        #[command(flatten)]
        place: Place,
        /// Without it the latest
        #[arg(long)]
        round: Option<String>,
        /// A village, a school, or a township with all below it
        #[arg(long, value_name = "CODE", required_unless_present = "people")]
        unit: Option<String>,
        /// Only these: a person's id, ID number, label or any text that finds exactly one
        #[arg(long = "person", value_name = "TEXT")]
        people: Vec<String>,
        /// The account of whoever takes them out
        #[arg(long, value_name = "ACCOUNT")]
        operator: String,
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// A list that comes back as a file
    Import {
        #[command(flatten)]
        place: Place,
        /// The account of whoever brings it in
        #[arg(long, value_name = "ACCOUNT")]
        operator: String,
        file: PathBuf,
    },
    /// Rows that came back and were not taken
    Held(Place),
    /// Somebody has looked at such a row
    Drop {
        #[command(flatten)]
        place: Place,
        /// The account of whoever has looked at it
        #[arg(long, value_name = "ACCOUNT")]
        operator: String,
        /// As `held` names it
        #[arg(long)]
        id: String,
    },
}

#[derive(Debug, Args)]
pub struct RecordStep {
    #[command(flatten)]
    pub place: Place,
    /// The number on paper
    #[arg(long, value_name = "NUMBER")]
    pub task: String,
    /// The account of whoever says it
    #[arg(long, value_name = "ACCOUNT")]
    pub operator: String,
    /// Without it today
    #[arg(long, value_name = "DATE")]
    pub day: Option<String>,
    /// told, referred, arrived, diagnosed, treated, in_care, controlled, cleared, not_reached, lost, withdrawn; or its code
    #[arg(long, value_name = "WORD")]
    pub act: String,
    /// 1 to 5 or its word: face to face, by phone, at home, by message, through the school
    #[arg(long, default_value = "")]
    pub way: String,
    /// Who was told
    #[arg(long, default_value = "")]
    pub told: String,
    /// At what time, 14:05
    #[arg(long, default_value = "", value_name = "TIME")]
    pub at: String,
    /// Whoever was told said it again
    #[arg(long)]
    pub read_back: bool,
    /// Where to, for a referral
    #[arg(long = "where", default_value = "")]
    pub place_to: String,
    /// When the next contact is wanted
    #[arg(long, value_name = "DATE")]
    pub next: Option<String>,
    /// Why nobody was reached, or what is worth saying
    #[arg(long, default_value = "")]
    pub note: String,
    /// A step in whose place this one stands, as `show` names it
    #[arg(long, value_name = "ENTRY")]
    pub replaces: Vec<String>,
    /// Why it does
    #[arg(long, default_value = "")]
    pub reason: String,
    /// Also where a step of a later day stands
    #[arg(long)]
    pub anyway: bool,
}
