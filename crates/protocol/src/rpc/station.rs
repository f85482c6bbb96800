//! Station forms: what is asked, what the values mean, saving, drafts, putting right.

use super::confirm::WordState;
use super::people::PersonRow;

commands_types! {
    #[derive(Eq)]
    pub struct Choice {
        pub code: u16,
        pub key: String,
        pub zh: String,
        /// Where several may be chosen, this one stands alone (无症状).
        pub exclusive: bool,
    }

    /// `Several`: keys of choices with commas. `Date`: a year, month or day. `Teeth`: `16=D,55=f`, 0 = all sound.
    #[derive(Copy, Eq)]
    pub enum InputKind { Number, Choice, Several, Text, Date, Teeth }

    /// The answer that opens an item: one of these choices, or any value where none is named.
    #[derive(Eq)]
    pub struct ShownIf { pub item: String, pub keys: Vec<String> }

    /// An item as a form draws it.
    #[derive(Eq)]
    pub struct ItemForm {
        pub item: String,
        pub name: String,
        pub short: String,
        pub unit: String,
        pub kind: InputKind,
        /// Computed, never typed.
        pub is_derived: bool,
        pub decimals: u8,
        /// Beyond it is impossible; for colour only, the verdict is the host's.
        pub hard_min: Option<String>,
        pub hard_max: Option<String>,
        pub chars_max: u16,
        pub choices: Vec<Choice>,
        /// The item that is typed right after this one (systolic -> diastolic).
        pub pair: Option<String>,
        /// A hidden question is not asked, and its value not saved.
        pub shown_if: Option<ShownIf>,
        /// What to say or do at the question; empty where it speaks for itself.
        pub hint: String,
        /// Words that may be put together from the phrase book.
        pub has_phrases: bool,
    }

    #[derive(Eq)]
    pub struct StationForm {
        pub station: String,
        pub name: String,
        pub items: Vec<String>,
        /// A digit chooses and goes on to the next question.
        pub digit_goes_on: bool,
        /// Tubes are bound here.
        pub draws_tubes: bool,
        /// Items whose values a laboratory gives back for a tube drawn here: nobody has to fill them in at the station.
        pub from_tubes: Vec<String>,
    }

    #[derive(Eq)]
    pub struct PackageForm {
        pub is_pupil: bool,
        pub name: String,
        pub mandatory: Vec<String>,
        pub optional: Vec<String>,
    }

    /// A phrase that words may be put together from; `〔 〕` is a blank.
    #[derive(Eq)]
    pub struct PhraseForm {
        pub phrase: String,
        pub items: Vec<String>,
        pub text: String,
        /// Every way in which letters find it, with a space between them.
        pub initials: String,
        /// A B C, or empty where no level goes with it.
        pub level: String,
        /// Nothing abnormal.
        pub is_normal: bool,
        /// What to do at once; empty where nothing is.
        pub hint: String,
    }

    #[derive(Eq)]
    pub struct PhraseBook { pub phrases: Vec<PhraseForm> }

    #[derive(Eq)]
    pub struct AbsentWord { pub reason: String, pub zh: String }

    /// What teams call a table of these stations together.
    #[derive(Eq)]
    pub struct TableName { pub stations: Vec<String>, pub name: String }

    pub struct Forms {
        pub version: u32,
        pub items: Vec<ItemForm>,
        pub stations: Vec<StationForm>,
        pub packages: Vec<PackageForm>,
        pub absent: Vec<AbsentWord>,
        pub tables: Vec<TableName>,
    }

    /// A reading that is to be taken again on the spot, and nobody has.
    #[derive(Eq)]
    pub struct RepeatOwed {
        /// The items that it fills.
        pub items: Vec<String>,
        /// Where it is taken.
        pub station: String,
        /// What to do.
        pub text: String,
        /// What to ask at once, and what to do where it is answered with yes.
        pub urgent: String,
        /// The shortest rest before it, minutes; 0 = at once.
        pub rest_min: u32,
        /// On the button that leads there.
        pub go: String,
        /// Of the person by `{name}`, and from when on it is taken by `{until}`.
        pub wait: String,
        /// In the list of those who wait: when it was measured by `{at}`, from when on it is taken by `{until}`.
        pub since: String,
        /// There, while it is not to be taken yet: how long still by `{n}`, minutes; empty where it is taken at once.
        pub left: String,
        /// There, once it may be taken: when it was measured by `{at}`.
        pub ready: String,
        /// What others may do meanwhile; empty where it is taken at once.
        pub meanwhile: String,
    }

    /// One value with where it is from.
    #[derive(Eq)]
    pub struct ValueCell {
        /// As printed: 128, 1+, 未见异常, 拒检.
        pub text: String,
        /// The reason's key where there is no value.
        pub absent: Option<String>,
        pub unusual: bool,
        pub current: bool,
        /// Another current value differs: a person has to decide.
        pub conflict: bool,
        pub held: bool,
        /// 高 低 阳 or empty: by the findings that rest on it.
        pub arrow: String,
        /// The range that marks it, in words: the laboratory's own where it says something of the value, else ours; empty where
        /// there is none.
        pub range: String,
        /// The laboratory's own; empty where it printed none.
        pub range_own: String,
        /// Ours; empty where no table has one.
        pub range_ours: String,
        pub round: String,
        pub day: Option<String>,
        pub unit_label: String,
        pub station: String,
        pub operator: String,
        pub examiner: String,
        /// Whether the examiner stands behind it, and by whose account where they confirmed it.
        pub word: WordState,
        pub confirmed_by: String,
        /// `09:12` in China as the writing device's clock told it; empty where it told none.
        pub at: String,
        /// The device that wrote it, by name: of values that stand against each other, where its enrolment is known here; else empty.
        pub device: String,
        /// The entry, for amend, void, choose.
        pub entry: String,
    }

    #[derive(Eq)]
    pub struct FindingRow {
        pub rule: String,
        pub code: String,
        /// N C B A.
        pub level: String,
        pub text: String,
        /// Item keys it rests on.
        pub item: Option<String>,
        pub value: String,
        pub round: String,
        pub due_days: Option<u32>,
    }

    #[derive(Eq)]
    pub struct FormAsk { pub person: String, pub station: String }

    /// One item of one person's form.
    #[derive(Eq)]
    pub struct FormItem {
        pub item: String,
        pub is_mandatory: bool,
        /// Current values in this round; two are a conflict.
        pub current: Vec<ValueCell>,
        /// The last earlier round's value, to stand beside the field.
        pub last: Option<ValueCell>,
    }

    /// Choices that recorded values make certain, for whoever decides: nothing is written by themselves.
    #[derive(Eq)]
    pub struct Proposal {
        pub item: String,
        /// Keys of the choices.
        pub choices: Vec<String>,
        /// What they are made of: 吸烟状况：吸烟.
        pub because: Vec<String>,
    }

    pub struct FormView {
        pub row: PersonRow,
        pub station: String,
        pub items: Vec<FormItem>,
        /// Of items of this form.
        pub proposed: Vec<Proposal>,
        /// Names of items that the family refused: not in `items`.
        pub refused: Vec<String>,
        /// What was seen when the form opened; goes back with `save`.
        pub saw: Vec<String>,
        pub draft: Option<Draft>,
        /// A repeat that is still owed: 静坐后复测.
        pub recheck: Option<RepeatOwed>,
        pub still: Option<Box<StillGrave>>,
    }

    /// What was typed into one field.
    #[derive(Eq)]
    pub struct Typed {
        pub item: String,
        pub text: String,
        /// The reason's key where there is no value.
        pub absent: Option<String>,
        /// An unusual value that was asked about and confirmed.
        pub confirmed: bool,
    }

    pub struct JudgeAsk { pub person: String, pub station: String, pub values: Vec<Typed> }

    #[derive(Copy, Eq)]
    pub enum BandWord { Empty, Fine, Unusual, Impossible }

    #[derive(Eq)]
    pub struct ItemVerdict {
        pub item: String,
        pub band: BandWord,
        /// What is odd, in words; empty where fine.
        pub text: String,
        /// A likely slip: the value to take with one key (165 for 1.65 m). Never applied by itself.
        pub suggestion: Option<String>,
        /// The class in words as one leaves the field: 血压 2 级.
        pub class_text: String,
        pub level: String,
    }

    /// What was grave is so after its repeat: nothing is measured again, somebody is called.
    #[derive(Eq)]
    pub struct StillGrave {
        /// What to do.
        pub text: String,
        /// What to ask at once.
        pub urgent: String,
    }

    pub struct Judged {
        pub items: Vec<ItemVerdict>,
        /// Values computed from what was typed: BMI, spherical equivalent, DMFT.
        pub derived: Vec<Typed>,
        /// 静坐后复测 and why.
        pub recheck: Option<RepeatOwed>,
        pub still: Option<StillGrave>,
    }

    pub struct SaveAsk {
        pub person: String,
        pub station: String,
        pub values: Vec<Typed>,
        pub saw: Vec<String>,
        /// For this person only; none = the day's choice.
        pub examiner: Option<String>,
        /// Made by the screen before the first try: a second press changes nothing.
        pub save_id: String,
    }

    pub struct Saved {
        /// The time on this device's clock.
        pub saved_at: String,
        /// Values written; 0 where nothing had changed.
        pub results: u32,
        pub findings: Vec<FindingRow>,
        pub recheck: Option<RepeatOwed>,
        /// What a person has to look at, in words: a value typed to a question that is not asked, which was not saved,
        /// and a value that stands against an answer.
        pub open: Vec<String>,
        pub row: PersonRow,
        /// The entry written; empty where nothing was.
        pub entry: String,
        /// Items refused, with why; nothing was saved where this is not empty.
        pub refused: Vec<ItemVerdict>,
    }

    /// A form not saved yet. Kept encrypted in the database; offered after a crash or a lock.
    #[derive(Eq)]
    pub struct Draft {
        pub person: String,
        pub station: String,
        pub values: Vec<Typed>,
        /// The item the cursor was in.
        pub focus: Option<String>,
        /// When last touched; the host fills it in.
        pub at: String,
        /// Masked, for the list; the host fills it in.
        pub name: String,
        /// What its writer had seen: a value that came since is no more replaced by it than by a form open all the while.
        #[serde(default)]
        pub saw: Vec<String>,
        /// Day and stop it was begun at, in words, where they are not today's: it is not saved as of today's. The host fills it in.
        #[serde(default)]
        pub other_stop: String,
    }

    /// Somebody of today's stop who owes a repeat of a reading taken today.
    #[derive(Eq)]
    pub struct OwedRow {
        pub row: PersonRow,
        /// When the reading was taken, as the clock of the device that wrote it told; empty where it told none.
        pub at: String,
        pub repeat: RepeatOwed,
    }

    /// What was begun and is not ended: forms not saved, repeats not taken.
    pub struct Drafts {
        pub drafts: Vec<Draft>,
        /// Whose they are, each once: two people of one masked name are told apart by these. Nobody who is not on the device.
        pub people: Vec<PersonRow>,
        /// Who was measured on this device and owes the repeat, first who was measured first; at a hall's browser those of its
        /// stations. None before a day is confirmed.
        pub owed: Vec<OwedRow>,
    }

    #[derive(Eq)]
    pub struct ChangeAsk {
        pub person: String,
        pub item: String,
        /// The new value (`amend`), or the one that stands (`choose`); empty for `void`.
        pub text: String,
        pub reason: String,
        /// The item's values as they were shown (`ValueCell::entry`): where others stand by now, nothing is changed. Empty where
        /// nothing was shown.
        #[serde(default)]
        pub saw: Vec<String>,
        /// An unusual new value is meant; without it `amend` refuses one (`value_unusual`).
        #[serde(default)]
        pub confirmed: bool,
    }

    #[derive(Eq)]
    pub struct Changed { pub entry: String, pub replaced: u32 }
}
