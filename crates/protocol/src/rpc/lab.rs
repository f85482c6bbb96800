//! Tubes at 采血 and laboratories' files, between screen and host. Not how a file is read, nor what a report becomes: that
//! is `intake` and `office`.

commands_types! {
    #[derive(Eq)]
    pub struct TubesAsk { pub person: String }

    /// One kind of tube that somebody has to give, or has given.
    #[derive(Eq)]
    pub struct TubeRow {
        /// The kind's key.
        pub kind: String,
        /// 生化管.
        pub name: String,
        /// The key of the station that draws it.
        pub station: String,
        pub state: TubeStateWord,
        /// 待回报.
        pub state_zh: String,
        /// Codes bound to this person, in their order.
        pub codes: Vec<String>,
        /// 在途, 已送达, 清点不符; empty unless it is awaited.
        pub way_zh: String,
    }

    #[derive(Copy, Eq)]
    pub enum TubeStateWord { NotDrawn, Awaited, Reported, Redraw }

    #[derive(Eq)]
    pub struct Tubes { pub tubes: Vec<TubeRow> }

    /// The tube with this code holds this person's sample.
    #[derive(Eq)]
    pub struct TubeBindAsk {
        pub person: String,
        /// As scanned off the tube.
        pub code: String,
        /// The kind's key.
        pub kind: String,
        /// Needed where the code is bound otherwise already; else empty.
        pub reason: String,
    }

    /// The sample is no good: a new one has to be taken.
    #[derive(Eq)]
    pub struct TubeSpoilAsk {
        pub person: String,
        pub code: String,
        pub reason: String,
    }

    #[derive(Eq)]
    pub struct TubeSaid {
        /// False where the same was said before: nothing was written.
        pub is_new: bool,
        pub tubes: Vec<TubeRow>,
    }

    /// People of today's stop by the state of one kind of tube.
    #[derive(Eq)]
    pub struct TubeStates {
        pub name: String,
        pub not_drawn: u32,
        pub awaited: u32,
        /// Of those awaited: 在途, 已送达, 清点不符.
        pub on_the_way: u32,
        pub arrived: u32,
        pub undecided: u32,
        pub reported: u32,
        /// Of those reported: 部分回报.
        pub partly: u32,
        pub redraw: u32,
    }

    /// One kind of a day's tubes, as handed over and as counted on arrival.
    #[derive(Eq)]
    pub struct ArrivalKindRow {
        /// The kind's key.
        pub kind: String,
        /// 生化管.
        pub name: String,
        /// On the list as it is now.
        pub sent: u32,
        /// On the list as it was counted against; none where nobody counted.
        pub listed: Option<u32>,
        pub arrived: Option<u32>,
        /// Too few without a code that says which.
        pub unnamed: u32,
        /// Arrived and on no list.
        pub unlisted: u32,
        /// Bound since it was counted: still 在途.
        pub since: u32,
    }

    /// A tube that did not arrive as listed.
    #[derive(Eq)]
    pub struct MissingTubeRow {
        pub code: String,
        pub name: String,
        /// Whose; none where that is not known, or not seen, here.
        pub person: Option<String>,
        /// 清点不符, 已回报, 需重采.
        pub state_zh: String,
        /// Nobody has decided about it.
        pub is_open: bool,
    }

    /// What today's stop handed over on a day, and what arrived of it.
    #[derive(Eq)]
    pub struct HandoverDayRow {
        pub day: String,
        pub kinds: Vec<ArrivalKindRow>,
        /// Empty where nobody has recorded it.
        pub arrived_on: String,
        /// 16:40; may be empty.
        pub at: String,
        pub received_by: String,
        /// Two records do not agree.
        pub is_several: bool,
        pub missing: Vec<MissingTubeRow>,
    }

    #[derive(Eq)]
    pub struct ArrivalsView {
        /// The newest first.
        pub days: Vec<HandoverDayRow>,
    }

    #[derive(Eq)]
    pub struct ArriveCount {
        /// The kind's key.
        pub kind: String,
        pub arrived: u32,
    }

    #[derive(Eq)]
    pub struct ArriveAsk {
        /// The day on the list.
        pub day: String,
        pub on: String,
        /// 16:40, or empty.
        pub at: String,
        pub received_by: String,
        pub counts: Vec<ArriveCount>,
        /// Codes on the list that were not there.
        pub missing: Vec<String>,
        /// Needed where it was recorded before; else empty.
        pub reason: String,
        /// What was recorded of this day was a mistake: the rest says nothing then.
        pub is_withdrawal: bool,
    }

    #[derive(Eq)]
    pub struct Arrived {
        /// False where the same was said before: nothing was written.
        pub is_new: bool,
        pub days: Vec<HandoverDayRow>,
    }

    /// A report, or a whole file, that waits for somebody.
    #[derive(Eq)]
    pub struct LabHeldRow {
        pub id: String,
        /// The round it waits in; empty where that is today's.
        pub round_label: String,
        pub laboratory: String,
        pub file: String,
        /// From 1; 0 = the file as a whole.
        pub row: u32,
        /// The tube's code as reported.
        pub code: String,
        /// Why it waits, and what to do.
        pub text: String,
        /// Somebody has to say again which column, or which item, is what.
        pub is_columns: bool,
        /// It may be taken as it is: a value that was corrected before stands again.
        pub can_accept: bool,
        /// The lines of it that are why.
        pub lines: Vec<LabHeldLine>,
    }

    /// A line that was not taken, as the laboratory wrote it: for whoever decides, and nowhere else.
    #[derive(Eq)]
    pub struct LabHeldLine {
        pub analyte: String,
        /// Value and unit.
        pub cell: String,
        /// Why, where its report does not say so already.
        pub text: String,
    }

    #[derive(Eq)]
    pub struct LabStrayedRow {
        /// Empty for today's round.
        pub round_label: String,
        pub person: String,
        pub name: String,
        pub code: String,
        /// What it is, and what to do.
        pub text: String,
    }

    #[derive(Eq)]
    pub struct LabView {
        /// Names of laboratories whose files can be read here.
        pub laboratories: Vec<String>,
        pub held: Vec<LabHeldRow>,
        /// Tubes whose results stand with somebody whom their code is not of by now.
        pub strayed: Vec<LabStrayedRow>,
        pub states: Vec<TubeStates>,
    }

    pub struct LabLookAsk {
        /// Empty where it has no name yet.
        pub laboratory: String,
        pub file: super::day::FileIn,
    }

    /// A column of a laboratory's file. Its cells are people's: they go to the screen and nowhere else.
    #[derive(Eq)]
    pub struct LabColumn {
        pub heading: String,
        /// A few cells below it.
        pub samples: Vec<String>,
        /// Every text in it once; empty where there are too many to be analytes.
        pub distinct: Vec<String>,
    }

    /// An item that a laboratory may report.
    #[derive(Eq)]
    pub struct LabItemRow {
        pub item: String,
        pub name: String,
        /// 生化管.
        pub tube: String,
        /// Units that are declared for it, its own first; none where it is an answer.
        pub units: Vec<String>,
    }

    #[derive(Eq)]
    pub struct LabLook {
        pub is_hl7: bool,
        /// Of HL7 one, of the codes in OBX-3.
        pub columns: Vec<LabColumn>,
        pub items: Vec<LabItemRow>,
        /// How this laboratory's files are read till now, JSON; empty where nobody has said, or two said otherwise.
        pub mapping: String,
        /// Two said otherwise: every heading is to be said anew.
        pub is_told_twice: bool,
    }

    pub struct LabImportAsk {
        /// None = the only one known here.
        pub laboratory: Option<String>,
        /// How its files are read, where that is told anew: JSON in Base64.
        pub mapping: Option<super::day::FileIn>,
        pub file: super::day::FileIn,
    }

    /// Somebody whom these results bring a finding of level A. The phone in full: it is there to be called.
    #[derive(Eq)]
    pub struct LabAlarmRow {
        pub person: String,
        pub name: String,
        pub phone: String,
        /// What was found, each with what to do.
        pub found: Vec<String>,
    }

    /// What became of a file, or of one report decided about.
    #[derive(Eq)]
    pub struct LabDone {
        pub reports: u32,
        pub applied: u32,
        pub results: u32,
        pub amended: u32,
        pub unchanged: u32,
        pub redraw: u32,
        /// The very same file was taken in before.
        pub is_known_file: bool,
        /// Results taken whose printed range is nonsense: `第 3 行 B0001 ALT`.
        pub doubts: Vec<String>,
        /// Results taken that are seldom true, each with what was perhaps meant.
        pub unusual: Vec<String>,
        /// Results not written: the family refused the item.
        pub refused: Vec<String>,
        /// To be told at once: nobody has answered these findings yet.
        pub alarms: Vec<LabAlarmRow>,
        pub view: LabView,
    }

    #[derive(Eq)]
    pub struct LabResolveAsk {
        pub id: String,
        /// The tube it is of; none = it is left out.
        pub code: Option<String>,
        /// Taken as it is, of the code it came with (`LabHeldRow::can_accept`).
        pub is_accepted: bool,
    }
}
