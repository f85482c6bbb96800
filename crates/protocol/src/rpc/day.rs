//! The start of a day: where, which stations, who examines; the late roster; ready to leave?

commands_types! {
    /// A unit a person may choose.
    #[derive(Eq)]
    pub struct UnitRow {
        pub unit: String,
        /// 水洞底镇 慕隆村.
        pub label: String,
        pub is_school: bool,
        /// People on the roster of the round chosen.
        pub listed: u32,
    }

    #[derive(Eq)]
    pub struct RoundRow {
        pub round: String,
        pub name: String,
        pub from: String,
        pub to: String,
    }

    #[derive(Eq)]
    pub struct ExaminerRow {
        pub examiner: String,
        pub name: String,
        pub title: String,
    }

    /// A station this device serves today, and who examines there.
    #[derive(Eq)]
    pub struct StationChoice {
        /// The station's key, or `conclude`: 总检 is done here.
        pub station: String,
        pub examiner: Option<String>,
    }

    /// A table of the stop's line: one station, or several at one table.
    #[derive(Eq)]
    pub struct LineTableRow {
        /// Station keys, in the order in which they are done there.
        pub stations: Vec<String>,
        /// Not there today. Whoever was not at it is unexamined there all the same.
        pub is_away: bool,
    }

    /// Today as a person confirmed it.
    #[derive(Eq)]
    pub struct DayChoice {
        pub round: String,
        pub unit: String,
        /// The stop's day: ages and due dates go by it, never by the clock.
        pub day: String,
        pub stations: Vec<StationChoice>,
        /// The stop's line as its team arranges it, on this device; empty = the line that is given, else the catalogue's order. An
        /// older program's day has none.
        #[serde(default)]
        pub line: Vec<LineTableRow>,
    }

    /// A line that another device arranged: the one that opened the hall, or the one whose browser this is.
    #[derive(Eq)]
    pub struct GivenLine {
        /// Of this stop, and of no other.
        pub round: String,
        pub unit: String,
        pub line: Vec<LineTableRow>,
    }

    /// What a place of the line is called at this stop, where the forms do not say so.
    #[derive(Eq)]
    pub struct PlaceName { pub station: String, pub name: String }

    pub struct DayView {
        /// None until somebody confirmed the day.
        pub choice: Option<DayChoice>,
        /// What this device proposes: the last stop, the clock's date within the round.
        pub proposal: Option<DayChoice>,
        pub rounds: Vec<RoundRow>,
        pub units: Vec<UnitRow>,
        pub examiners: Vec<ExaminerRow>,
        /// Followed where the day has no line of its own.
        pub given: Option<GivenLine>,
        pub names: Vec<PlaceName>,
        /// Whoever works here may register people and record results; else they look, and say what was done about findings.
        pub may_record: bool,
    }

    #[derive(Copy, Eq)]
    pub enum CheckState { Good, Note, Bad }

    /// One line of a list to go through.
    #[derive(Eq)]
    pub struct Check {
        /// roster, catalogue, clock, disk, unsent, sync, held, open_a, drafts, left_early ...
        pub key: String,
        pub state: CheckState,
        /// What is.
        pub text: String,
        /// What to do; empty where nothing.
        pub step: String,
    }

    pub struct Checks { pub checks: Vec<Check> }

    /// A file as the screen hands it over.
    pub struct FileIn {
        pub name: String,
        /// Base64 of its bytes.
        pub content: String,
    }

    pub struct RosterAsk {
        pub round: String,
        /// None = as the file says.
        pub unit: Option<String>,
        pub files: Vec<FileIn>,
        /// Cells put right on the screen; the files are read with them.
        pub corrections: Vec<RosterCorrection>,
    }

    /// What belongs in a cell that a problem was told of.
    pub struct RosterCorrection {
        /// As the problem names file, sheet and cell.
        pub file: String,
        pub sheet: String,
        pub cell: String,
        pub text: String,
    }

    #[derive(Eq)]
    pub struct RosterProblem {
        pub file: String,
        pub sheet: String,
        pub row: u32,
        /// Name and birth date in that row; empty where it is nobody's.
        pub who: String,
        pub column: String,
        pub code: String,
        /// In words.
        pub text: String,
        /// The cell to put right, such as `D12`, and what stands there; none where that is not done in a cell.
        pub cell: Option<String>,
        pub there: Option<String>,
    }

    pub struct RosterAnswer {
        pub files: u32,
        pub rows: u32,
        pub accepted: u32,
        pub merged: u32,
        pub no_longer_listed: u32,
        pub problems: Vec<RosterProblem>,
        /// The workbook for the office, with cells marked.
        pub problem_workbook: Option<super::work::FileOut>,
    }
}
