//! Screen to host: every command once, with what it asks and what it answers. The shell's one `rpc` command, the
//! browser's host and the hub answer the same list; the TypeScript of it is generated (`cargo xtask codegen`).
//!
//! Not what a command does (that is `field::app`), and not the sync calls (`call`). Texts on this boundary are what
//! people read or typed: dates `YYYY-MM-DD`, times `YYYY-MM-DD HH:MM` in China's civil time, ids opaque,
//! ID numbers and phones masked unless a field says otherwise, values as printed by the catalogue.

/// Types of this boundary all derive the same.
macro_rules! commands_types {
    ($($(#[$meta:meta])* pub $what:tt $name:ident $body:tt)*) => {
        $(
            #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
            #[serde(rename_all = "snake_case")]
            #[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(export))]
            $(#[$meta])*
            pub $what $name $body
        )*
    };
}

pub mod conclusion;
pub mod confirm;
pub mod consent;
pub mod contact;
pub mod day;
pub mod hall;
pub mod handouts;
pub mod lab;
pub mod people;
pub mod session;
pub mod station;
pub mod stop;
pub mod summary;
pub mod tasks;
#[cfg(feature = "typescript")]
mod typescript;
pub mod work;

use conclusion::*;
use confirm::*;
use consent::*;
use contact::*;
use day::*;
use hall::*;
use handouts::*;
use lab::*;
use people::*;
use session::*;
use station::*;
use stop::*;
use summary::*;
use tasks::*;
use work::*;

/// No more of it than this in one request, bytes of JSON: a roster workbook in Base64 is the largest.
pub const RPC_BYTES_MAX: usize = 24 << 20;

macro_rules! commands {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $ask:ty => $answer:ty;)*) => {
        /// A command and what it asks.
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(tag = "command", content = "ask", rename_all = "snake_case")]
        pub enum Command { $($(#[$doc])* $name($ask),)* }

        impl Command {
            /// Every command's word, in the order of the list.
            pub const WORDS: &'static [&'static str] = &[$($word,)*];

            /// The word on the wire: the same as serde's tag.
            pub fn word(&self) -> &'static str {
                match self { $(Command::$name(_) => $word,)* }
            }
        }

        /// What a command answers when it went well.
        #[derive(Debug, Clone, PartialEq, serde::Serialize)]
        #[serde(untagged)]
        pub enum Answer { $($name($answer),)* }

        /// The TypeScript map from a command's word to its two types.
        #[cfg(feature = "typescript")]
        pub fn typescript_commands(config: &ts_rs::Config) -> String {
            let mut text = String::from("export interface Commands {\n");
            $(
                text.push_str(&format!(
                    "  {}: {{ ask: {}; answer: {} }};\n",
                    $word,
                    <$ask as ts_rs::TS>::name(config),
                    <$answer as ts_rs::TS>::name(config)
                ));
            )*
            text.push_str("}\n");
            text
        }

        /// The declarations of every type that a command needs, each once, by name.
        #[cfg(feature = "typescript")]
        pub fn typescript_types(config: &ts_rs::Config) -> Vec<String> {
            let mut all = typescript::Declared::new(config);
            $(
                all.add::<$ask>();
                all.add::<$answer>();
            )*
            all.texts()
        }
    };
}

commands! {
    /// Where the app stands; the first call of every screen.
    State = "state", Nothing => AppState;
    /// Registers this device at the server by a one-time code and makes the first operator's key slot.
    Enrol = "enrol", EnrolAsk => AppState;
    /// Opens the database with one operator's password.
    Unlock = "unlock", UnlockAsk => AppState;
    /// Saves nothing, closes the database, drops the key.
    Lock = "lock", Nothing => AppState;
    /// Adds a colleague's account on this device by a one-time code from the server (online once).
    AccountAdd = "account_add", AccountAsk => AppState;
    PasswordChange = "password_change", PasswordAsk => Nothing;
    /// Stations, items, choices, packages and words: asked once after start.
    Forms = "forms", Nothing => Forms;
    /// The phrase book: asked once where a form first needs it.
    Phrases = "phrases", Nothing => PhraseBook;

    /// Today's stop, stations and examiners as set, and what can be chosen.
    Day = "day", Nothing => DayView;
    DaySet = "day_set", DayChoice => DayView;
    /// Is this device ready to leave?
    Ready = "ready", Nothing => Checks;
    RosterImport = "roster_import", RosterAsk => RosterAnswer;

    Find = "find", FindAsk => Found;
    /// A person whole: card, all results, rounds side by side, every value ever.
    Person = "person", PersonAsk => PersonWhole;
    /// What an ID number says, and who may be the same person, before registering.
    RegisterCheck = "register_check", RegisterAsk => RegisterHints;
    Register = "register", RegisterAsk => Registered;
    /// The next card laid on the reader, where there is one.
    CardRead = "card_read", Nothing => CardSeen;

    /// One station's form for one person.
    Form = "form", FormAsk => FormView;
    /// What the values typed so far mean: bands, likely slips, classes in words.
    Judge = "judge", JudgeAsk => Judged;
    /// 已保存 is this answer, and nothing before it.
    Save = "save", SaveAsk => Saved;
    DraftPut = "draft_put", Draft => Nothing;
    DraftDrop = "draft_drop", FormAsk => Nothing;
    Drafts = "drafts", Nothing => Drafts;
    Amend = "amend", ChangeAsk => Changed;
    /// Which of two current values stands.
    Choose = "choose", ChangeAsk => Changed;
    Void = "void", ChangeAsk => Changed;

    /// A person with what the rules propose and what was signed before.
    Conclusion = "conclusion", PersonAsk => ConclusionView;
    /// 总检: signed by whoever works here, who has to be a doctor.
    Conclude = "conclude", ConcludeAsk => ConclusionSigned;
    /// Who has nothing abnormal, and who is to be concluded one by one.
    ConcludeList = "conclude_list", Nothing => ConcludeListView;
    /// Results typed for an examiner that wait for their word.
    ConfirmList = "confirm_list", Nothing => ConfirmView;
    /// 检查者确认: said by whoever works here, who has to be who examined.
    Confirm = "confirm", ConfirmAsk => ConfirmDone;
    ConcludeAll = "conclude_all", ConcludeAllAsk => ConcludedAll;
    /// What is to be followed up at today's stop.
    Tasks = "tasks", TasksAsk => TasksView;
    /// Everything ever done about one person's findings.
    TaskChains = "task_chains", TaskChainsAsk => TaskChainsView;
    /// What has been done about one finding, said by whoever works here.
    TaskRecord = "task_record", TaskRecordAsk => TaskRecorded;
    /// The 随访单 of today's stop; that it went out is recorded.
    TaskSheet = "task_sheet", TaskSheetAsk => FileOut;
    /// 转诊单 of a unit or of one person; that they went out is recorded.
    Referrals = "referrals", ReferralsAsk => FileOut;
    /// A 随访单 that came back.
    TaskSheetIn = "task_sheet_in", FileIn => TaskSheetBack;
    /// A row that was not taken has been looked at.
    TaskHeldDrop = "task_held_drop", TaskHeldAsk => Nothing;
    /// Who of today's stop has which version of their report.
    Handouts = "handouts", HandoutsAsk => HandoutsView;
    /// Final reports as PDF; that they were printed is recorded.
    HandoutPrint = "handout_print", HandoutPrintAsk => HandoutPrinted;
    /// The 签收单 of today's stop.
    HandoutSheet = "handout_sheet", HandoutSheetAsk => FileOut;
    /// What one person's report would be if it were printed now.
    PersonPaper = "person_paper", PersonAsk => PersonPaper;
    /// Rates of a unit that this device holds.
    Summary = "summary", SummaryAsk => SummaryView;
    HandoutReceived = "handout_received", HandoutReceivedAsk => HandoutDone;
    /// Whom to call about each unit, and who follows up there.
    Contacts = "contacts", Nothing => ContactsView;
    ContactSet = "contact_set", ContactSetAsk => ContactRow;
    /// A person's tubes by kind.
    Tubes = "tubes", TubesAsk => Tubes;
    TubeBind = "tube_bind", TubeBindAsk => TubeSaid;
    TubeSpoil = "tube_spoil", TubeSpoilAsk => TubeSaid;
    /// What today's stop handed over by day, and what arrived of it.
    Arrivals = "arrivals", Nothing => ArrivalsView;
    Arrive = "arrive", ArriveAsk => Arrived;
    /// Which laboratories are known, what waits of their files, and the stop's tubes by state.
    Lab = "lab", Nothing => LabView;
    LabLook = "lab_look", LabLookAsk => LabLook;
    LabImport = "lab_import", LabImportAsk => LabDone;
    LabResolve = "lab_resolve", LabResolveAsk => LabDone;

    /// A class in order, for one station.
    ClassList = "class_list", ClassAsk => ClassRows;
    /// 知情同意: a class with what each slip says.
    Consent = "consent", ConsentAsk => ConsentView;
    ConsentSave = "consent_save", ConsentSaveAsk => ConsentSaved;
    /// The school's list of slips that came back.
    ConsentImport = "consent_import", FileIn => ConsentFileBack;
    Coverage = "coverage", CoverageAsk => CoverageView;
    /// What this person still misses before leaving.
    CheckOut = "check_out", PersonAsk => CheckOutView;
    /// 收工: all green, or the list of what to do.
    DayEnd = "day_end", Nothing => DayEndView;

    SyncState = "sync_state", Nothing => SyncState;
    /// Starts a sync in the background where none runs.
    Sync = "sync", Nothing => SyncState;
    /// What the server is not known to have, as a file that it alone opens: 存到U盘.
    Carry = "carry", Nothing => CarryOut;
    /// Answers when anything came in since the mark last told, of whoever saved it, or after a while all the same.
    Watch = "watch", WatchAsk => Watched;
    Held = "held", Nothing => HeldRows;

    /// What this device is to a hall, and who has come; asked every second while it is shown.
    HubState = "hub_state", Nothing => HubView;
    /// 开大厅: answers other devices and browsers from here on.
    HubStart = "hub_start", Nothing => HubView;
    HubStop = "hub_stop", Nothing => HubView;
    /// Works with another device's hub, until told to leave it.
    HubJoin = "hub_join", HubJoinAsk => HubView;
    HubLeave = "hub_leave", Nothing => HubView;

    /// A workbook, a guide sheet, labels or the day's sheet as bytes.
    Print = "print", PrintAsk => FileOut;
}
