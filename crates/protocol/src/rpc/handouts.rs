//! 发放 on a screen: reports printed, the 签收单, and who has which version in hand. Not whether a report is final.

use super::work::FileOut;

commands_types! {
    /// How one person stands to their report.
    #[derive(Eq)]
    pub struct HandoutRow {
        pub person: String,
        pub name: String,
        pub group: String,
        /// not_final not_given given holds_old holds_old_not_final.
        pub state: String,
        pub state_zh: String,
        /// The version that is final now.
        pub version: Option<u32>,
        /// It left a printer, as somebody recorded.
        pub printed: bool,
        /// The newest version somebody signed for.
        pub holds: Option<u32>,
        pub received_on: String,
        pub taken_by: String,
    }

    #[derive(Eq)]
    pub struct HandoutsAsk {
        /// Another village or school of this device's; none = today's stop.
        pub unit: Option<String>,
    }

    /// A village or a school where somebody was examined.
    #[derive(Eq)]
    pub struct HandoutUnit {
        pub unit: String,
        /// 水洞底镇 慕隆村.
        pub label: String,
    }

    /// The people examined at a stop in the order of their reports.
    #[derive(Eq)]
    pub struct HandoutsView {
        pub unit: String,
        /// Its code.
        pub code: String,
        /// Those one can choose from, this one among them.
        pub units: Vec<HandoutUnit>,
        pub may_record: bool,
        pub not_final: u32,
        pub not_given: u32,
        pub given: u32,
        pub holds_old: u32,
        pub rows: Vec<HandoutRow>,
    }

    /// Final reports: of these people, else of everybody.
    #[derive(Eq)]
    pub struct HandoutPrintAsk {
        pub people: Vec<String>,
        /// Only versions that nobody has in hand.
        pub due: bool,
        /// One person's, from their own screen: a preview where none is final.
        #[serde(default)]
        pub preview: bool,
        /// As in `HandoutsAsk`.
        #[serde(default)]
        pub unit: Option<String>,
    }

    #[derive(Eq)]
    pub struct HandoutSheetAsk {
        pub is_workbook: bool,
        /// As in `HandoutsAsk`.
        #[serde(default)]
        pub unit: Option<String>,
    }

    /// These people signed for the version that is final now.
    #[derive(Eq)]
    pub struct HandoutReceivedAsk {
        pub people: Vec<String>,
        /// 本人, 家属, 班主任, a name.
        pub taken_by: String,
        /// As in `HandoutsAsk`.
        #[serde(default)]
        pub unit: Option<String>,
    }

    #[derive(Eq)]
    pub struct HandoutDone {
        pub recorded: u32,
        /// Recorded before: nothing was written.
        pub known: u32,
        /// By name: examined outside the account's units, and left out.
        pub left_out: Vec<String>,
    }

    #[derive(Eq)]
    pub struct HandoutPrinted {
        pub file: FileOut,
        /// By name: their final reports are not in it, as in `HandoutDone`.
        pub left_out: Vec<String>,
    }
}
