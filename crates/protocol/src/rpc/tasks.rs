//! 随访 on a screen: what is to be followed up at a unit, one person's chains, a step said, and lists that go out and come back. Not what
//! may be said: that is `domain::task`.

commands_types! {
    #[derive(Eq)]
    pub struct TasksAsk {
        /// due overdue done lost gone, or untold = level A of whom nobody has said yet that they were told; none = all.
        pub which: Option<String>,
        /// An account; empty = nobody has said a step yet; none = whoever.
        pub owner: Option<String>,
        /// Another unit of this device's; empty = all of them; none = today's stop.
        pub unit: Option<String>,
        /// Another round; none = today's.
        pub round: Option<String>,
    }

    /// What another round has still to be done.
    #[derive(Eq)]
    pub struct TasksElsewhere {
        pub round: String,
        pub name: String,
        pub open: u32,
        /// Of them, level A of whom nobody has said that they were told.
        pub untold: u32,
    }

    /// How many under each heading.
    #[derive(Copy, Eq)]
    pub struct TaskCounts {
        pub due: u32,
        pub overdue: u32,
        pub done: u32,
        pub lost: u32,
        pub gone: u32,
        /// Among all of them, those of which two people say otherwise.
        pub differs: u32,
    }

    /// Of one unit, or of whoever said the last steps.
    #[derive(Eq)]
    pub struct TaskCountRow {
        pub key: String,
        /// Empty = nobody yet.
        pub name: String,
        pub counts: TaskCounts,
        pub states: TaskStates,
    }

    /// How many stand where in the chain; a finding that does not stand any more is none of them.
    #[derive(Copy, Eq)]
    pub struct TaskStates {
        pub open: u32,
        pub told: u32,
        pub referred: u32,
        pub arrived: u32,
        pub diagnosed: u32,
        pub treated: u32,
        pub in_care: u32,
        pub controlled: u32,
        pub cleared: u32,
        pub lost: u32,
    }

    /// One finding to be followed up. The phone in full: it is there to be called.
    #[derive(Eq)]
    pub struct TaskListRow {
        pub number: String,
        pub person: String,
        pub name: String,
        /// What tells the person from others of the name: sex, birth date, the end of the ID number.
        pub who: String,
        pub phone: String,
        pub group: String,
        /// B A.
        pub level: String,
        pub state: String,
        /// due overdue done lost gone.
        pub bucket: String,
        pub bucket_zh: String,
        pub due: Option<String>,
        pub differs: bool,
        pub owner: String,
        pub seen: String,
        pub action: String,
    }

    /// A row that came back on a list and was not taken.
    #[derive(Eq)]
    pub struct TaskHeldRow {
        pub id: String,
        pub file: String,
        pub row: u32,
        pub number: String,
        pub text: String,
        /// Whose number it is, where it is known here.
        pub person: Option<String>,
        pub cells: TaskHeldCells,
    }

    /// What is written in a held row; all empty where an earlier program held it.
    #[derive(Eq)]
    pub struct TaskHeldCells {
        pub name: String,
        pub day: String,
        pub way: String,
        pub result: String,
        pub next: String,
        pub note: String,
        pub told: String,
        pub at: String,
        pub is_read_back: bool,
    }

    pub struct TasksView {
        pub unit: String,
        /// Of which a 随访单 is made; none = several units that have no one above them here.
        pub sheet_unit: Option<String>,
        pub today: String,
        /// Who works here may say a step.
        pub may_record: bool,
        pub all: TaskCounts,
        pub units: Vec<TaskCountRow>,
        /// What is overdue and untouched is its unit's: a row with the unit's code and name.
        pub owners: Vec<TaskCountRow>,
        pub rows: Vec<TaskListRow>,
        /// Rows that found no room.
        pub left_out: u32,
        pub held: Vec<TaskHeldRow>,
        /// The last round first; of the same units.
        pub elsewhere: Vec<TasksElsewhere>,
    }

    /// By person, or by a number on paper.
    #[derive(Eq)]
    pub struct TaskChainsAsk {
        pub person: Option<String>,
        pub number: Option<String>,
    }

    #[derive(Eq)]
    pub struct TaskStep {
        /// To name it where it is put right.
        pub entry: String,
        pub day: Option<String>,
        pub by: String,
        pub act: String,
        /// What was said, in words: 已转诊 区人民医院 电话 下次 2026-10-01.
        pub words: String,
        /// Why it stands in another's place.
        pub reason: String,
        pub stands: bool,
        /// No later step has seen it.
        pub is_head: bool,
        /// It leads nowhere since a step before it was put right.
        #[serde(default)]
        pub is_idle: bool,
        /// The same in its parts, to be put right: digit on paper, way's digit, and so on.
        pub code: String,
        pub way: String,
        pub told: String,
        /// 14:05.
        pub at: String,
        pub read_back: bool,
        pub place: String,
        pub next: Option<String>,
        pub note: String,
        /// What may be said in its place; none where something stands in its place already.
        pub may: Vec<TaskAct>,
        /// Whatever is said in its place has to say who was told, when, and read back.
        pub awaits_answer: bool,
    }

    /// An act that may be said next.
    #[derive(Eq)]
    pub struct TaskAct {
        pub act: String,
        /// The digit on paper.
        pub code: String,
        pub name: String,
    }

    #[derive(Eq)]
    pub struct TaskChain {
        pub number: String,
        /// Empty for today's.
        pub round: String,
        pub level: String,
        /// Findings in words, each with its value.
        pub lines: Vec<String>,
        pub action: String,
        pub state: String,
        pub bucket: String,
        pub bucket_zh: String,
        pub day: Option<String>,
        pub due: Option<String>,
        pub differs: bool,
        /// A level A of which it is not known who was told, when, and read back.
        pub awaits_answer: bool,
        pub steps: Vec<TaskStep>,
        pub may: Vec<TaskAct>,
    }

    #[derive(Eq)]
    pub struct TaskChainsView {
        pub person: String,
        pub name: String,
        pub who: String,
        pub phone: String,
        pub today: String,
        pub may_record: bool,
        pub chains: Vec<TaskChain>,
    }

    #[derive(Eq)]
    pub struct TaskRecordAsk {
        pub number: String,
        /// An act's word or its digit on paper.
        pub act: String,
        /// 1 face to face, 2 by phone, 3 at home, 4 by message, 5 through the school; empty = not said.
        pub way: String,
        pub day: String,
        /// Empty = none.
        pub next: String,
        pub told: String,
        /// 14:05.
        pub at: String,
        pub read_back: bool,
        pub place: String,
        pub note: String,
        /// Steps in whose place it stands.
        pub replaces: Vec<String>,
        pub reason: String,
        /// Also where a step of a later day stands: somebody has seen it.
        pub anyway: bool,
    }

    #[derive(Eq)]
    pub struct TaskRecorded {
        /// False: the same stood already.
        pub is_new: bool,
        pub state: String,
        pub due: Option<String>,
        pub name: String,
    }

    #[derive(Eq)]
    pub struct TaskSheetAsk {
        /// To be filled in, or for paper.
        pub is_workbook: bool,
        /// As `TasksView::sheet_unit` has it; none = today's stop.
        pub unit: Option<String>,
        /// Another round; none = today's.
        pub round: Option<String>,
    }

    #[derive(Eq)]
    pub struct ReferralsAsk {
        /// As `TasksView::sheet_unit` has it; none = today's stop.
        pub unit: Option<String>,
        /// Only this person's, wherever they are counted.
        pub person: Option<String>,
        /// Another round; none = today's.
        pub round: Option<String>,
    }

    #[derive(Eq)]
    pub struct TaskSheetBack {
        pub rows: u32,
        pub blank: u32,
        pub taken: u32,
        pub known: u32,
        pub held: u32,
    }

    #[derive(Eq)]
    pub struct TaskHeldAsk { pub id: String }
}
