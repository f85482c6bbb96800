//! Sync state, held entries, files out.

use super::summary::SummaryFileAsk;

commands_types! {
    #[derive(Copy, Eq)]
    pub enum SyncPhase { Idle, Running, Offline, Failed }

    /// Always visible: 本机已存, 待上传, 需处理, 上次同步.
    #[derive(Eq)]
    pub struct SyncState {
        pub phase: SyncPhase,
        pub saved: u64,
        pub unsent: u64,
        /// Brought to the server by another device, by the server's signed word; no longer in `unsent`, and not yet in `uploaded`.
        pub carried: u64,
        /// On the server, others' too, by its signed answers; what it lost and nobody brought back is not among them.
        pub uploaded: u64,
        pub backed_up: u64,
        /// Held entries nobody decided about, and conflicts at this stop.
        pub attention: u64,
        /// Of these the people at this stop with values that contradict each other.
        pub conflicts: u64,
        /// People of today's round seen here with a level A of whom nobody has said yet that they were told; none before a day is set.
        pub urgent: u64,
        /// Who it is, where it is one.
        pub urgent_person: Option<String>,
        pub synced_at: Option<String>,
        /// Another number whenever the line that another device gave is another; 0 = none was given.
        pub line: u32,
        /// The sentence of the last failure or healing, with a next step.
        pub sentence: Option<String>,
        /// A sentence to show once, on whichever screen: what a sync healed. Given to `sync_state` alone, and once.
        pub notice: Option<String>,
    }

    /// A file for the server, to be carried there by hand.
    #[derive(Eq)]
    pub struct CarryOut {
        pub entries: u64,
        /// What was put into the file and what to do with it; to be shown once it is written.
        pub sentence: String,
        /// None: the server has everything.
        pub file: Option<FileOut>,
    }

    #[derive(Eq)]
    pub struct WatchAsk {
        /// The mark last told; 0 = none yet, answered at once.
        pub since: u64,
    }

    /// How far the store is: another number says that something came in, not what.
    #[derive(Eq)]
    pub struct Watched {
        pub mark: u64,
        /// This device's clock, `YYYY-MM-DD HH:MM`: a page that stays open over midnight has the new day from here.
        pub clock: String,
    }

    #[derive(Eq)]
    pub struct HeldRow {
        pub entry: String,
        pub unit_label: String,
        pub day: Option<String>,
        pub station: String,
        /// Why, in words.
        pub reason: String,
        /// What to do.
        pub step: String,
        pub decided: Option<bool>,
    }

    pub struct HeldRows { pub rows: Vec<HeldRow> }

    #[derive(Copy, Eq)]
    pub enum PrintKind {
        /// Workbooks.
        Results, Findings, CoverageSheet, Brief,
        /// PDF, A4.
        GuideSheet, DaySheet, Handover, SeatCards,
        /// PDF, one label a page.
        Labels, TubeLabels,
        /// PDF or workbook, as `summary` says.
        Summary,
    }

    #[derive(Eq)]
    pub struct PrintAsk {
        pub kind: PrintKind,
        /// Guide sheet and labels: these people; empty = the stop's roster.
        pub people: Vec<String>,
        /// Whole ID numbers, with this purpose; none = masked.
        pub purpose: Option<String>,
        /// Of labels for tubes so many of each kind; 0 for all else.
        #[serde(default)]
        pub sets: u32,
        /// Which summary; none for all else.
        #[serde(default)]
        pub summary: Option<SummaryFileAsk>,
    }

    #[derive(Eq)]
    pub struct FileOut {
        /// Without anything personal.
        pub name: String,
        pub media_type: String,
        /// Base64.
        pub content: String,
    }
}
