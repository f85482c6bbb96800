//! The stop as a whole: class lists, coverage, check-out, the end of the day.

use super::day::Check;
use super::people::PersonRow;
use super::station::{RepeatOwed, ValueCell};

commands_types! {
    #[derive(Eq)]
    pub struct ClassAsk {
        pub grade: Option<String>,
        pub group: Option<String>,
        pub station: String,
    }

    #[derive(Eq)]
    pub struct ClassKey { pub grade: Option<String>, pub group: Option<String>, pub people: u32, pub done: u32 }

    pub struct ClassRow {
        pub row: PersonRow,
        /// Values of the columns shown (`ClassRows.columns`), in their order; an item not answered is empty.
        pub values: Vec<Option<ValueCell>>,
        /// Items to be answered before this station is done, shown or not: an absence is written for these.
        pub open: Vec<String>,
        /// Every mandatory item of the station is answered.
        pub is_done: bool,
        /// A repeat that is still owed, of this station: 静坐后复测.
        pub recheck: Option<String>,
        pub has_draft: bool,
        /// 未交回, 同意，除口腔 ...; empty where everything is agreed to, or where nobody is asked.
        pub consent: String,
    }

    pub struct ClassRows {
        pub classes: Vec<ClassKey>,
        /// The items that stand as columns while it is walked: the station's first questions, of those the round pays for.
        pub columns: Vec<String>,
        pub rows: Vec<ClassRow>,
    }

    #[derive(Eq)]
    pub struct CoverageAsk {
        /// A group or class whose missing people are listed; none = only the table.
        pub grade: Option<String>,
        pub group: Option<String>,
        pub list: bool,
    }

    /// 应检 已检 未检 of a group or class.
    #[derive(Eq)]
    pub struct CoverageRow {
        pub grade: Option<String>,
        pub group: Option<String>,
        pub listed: u32,
        pub examined: u32,
        /// Everything mandatory answered.
        pub complete: u32,
        pub missing: u32,
        /// Pupils whose consent slip has not come back: their reports wait.
        pub no_consent: u32,
        /// (reason in words, people) of those listed and not examined, where one was given.
        pub reasons: Vec<ReasonCount>,
    }

    #[derive(Eq)]
    pub struct ReasonCount { pub reason: String, pub people: u32 }

    pub struct CoverageView {
        pub rows: Vec<CoverageRow>,
        /// 本区他村 and 外区, examined here.
        pub other_villages: u32,
        pub outside: u32,
        /// The list to call, where asked for.
        pub missing: Vec<PersonRow>,
    }

    /// A station by its key, with the names of what it still asks.
    #[derive(Eq)]
    pub struct Missing { pub station: String, pub items: Vec<String> }

    pub struct CheckOutView {
        pub row: PersonRow,
        pub missing: Vec<Missing>,
        /// A finding of level A is among `open`: who was told, at what time, and that it was read back is to be recorded.
        pub is_unanswered: bool,
        /// The first repeat still owed.
        pub recheck: Option<RepeatOwed>,
        /// Findings at level A that nobody answered, a repeat still owed, a conflict, a value that stands against an
        /// answer: in words.
        pub open: Vec<String>,
    }

    #[derive(Eq)]
    pub struct StationCount { pub station: String, pub name: String, pub people: u32, pub results: u32 }

    pub struct DayEndView {
        pub unit_label: String,
        pub day: String,
        pub people: u32,
        pub stations: Vec<StationCount>,
        /// Came and left before everything mandatory was answered.
        pub left_early: Vec<PersonRow>,
        /// Level A of which nobody knows who was told, at what time, and that it was read back.
        pub open_a: Vec<PersonRow>,
        /// Owe a repeat on the spot that nobody has taken, whenever they were measured.
        pub rechecks: Vec<PersonRow>,
        /// Two current values of one item, to be chosen from.
        pub conflicts: Vec<PersonRow>,
        /// Saves that wait for their examiner's word, of everybody at the stop.
        pub unconfirmed: u32,
        /// Forms typed on this device and at its hall's browsers that nobody saved, whoever's.
        pub drafts: u32,
        pub unsent: u64,
        /// All green, or what to do.
        pub checks: Vec<Check>,
    }
}
