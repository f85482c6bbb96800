//! 总检 on a screen: a person with what the rules propose, what a doctor says of it, the list of those with nothing
//! abnormal.

use super::people::{PersonRow, PersonWhole};

commands_types! {
    #[derive(Copy, Eq)]
    pub enum AnswerWord { Accept, Reword, Reject }

    /// A finding that the rules propose, with what is behind it.
    #[derive(Eq)]
    pub struct ProposedFinding {
        pub rule: String,
        pub code: String,
        /// The key of the item it rests on; empty where there is none.
        pub item: String,
        /// C B A.
        pub level: String,
        pub text: String,
        pub value: String,
        pub action: String,
        pub due: Option<String>,
        /// The rule, its standard and year.
        pub standard: String,
        /// The tables its numbers stand in.
        pub tables: Vec<String>,
        /// What the conclusion that stands says of it.
        pub answer: Option<AnswerWord>,
        /// Its words, or why it was rejected.
        pub said: String,
        /// How grave it is the doctor says, with other words for it.
        pub is_left_to_the_doctor: bool,
        /// What the conclusion that stands says of that.
        pub graded: Option<OwnFinding>,
        /// What that conclusion says of another value than the one here.
        pub earlier: Option<EarlierAnswer>,
        /// What was seen, in words for the person.
        pub seen_by_person: String,
        /// What the person is to do, as the table says; empty where it says nothing.
        pub to_person: String,
    }

    /// A rejection, or a grading down, of an earlier value: no answer to the value that stands now.
    #[derive(Eq)]
    pub struct EarlierAnswer {
        /// With its unit, as it was signed.
        pub value: String,
        pub answer: AnswerWord,
        /// Its words, or why it was rejected.
        pub said: String,
        /// The level it was graded at; empty = not graded.
        pub level: String,
    }

    /// A finding of the doctor's own.
    #[derive(Eq)]
    pub struct OwnFinding {
        /// C B A.
        pub level: String,
        pub text: String,
        /// Days until the first follow-up; none = as usual at this level.
        pub due_days: Option<u32>,
        /// What to do, and where to go.
        pub action: String,
    }

    /// What is usual at a level: days until the first follow-up; none = no follow-up.
    #[derive(Eq)]
    pub struct LevelDays { pub level: String, pub due_days: Option<u32> }

    /// One version ever signed.
    #[derive(Eq)]
    pub struct SignedVersion {
        pub version: u32,
        pub day: Option<String>,
        pub doctor: String,
        pub stands: bool,
        pub withdrawn: bool,
        pub reason: String,
        /// As they go onto the report.
        pub findings: Vec<String>,
        pub rejected: Vec<String>,
        pub advice: String,
    }

    pub struct ConclusionView {
        pub whole: PersonWhole,
        /// 未总检 已总检 需再看 总检不一致.
        pub state: String,
        /// What was looked at: given back with the signature.
        pub mark: String,
        /// Who works here now is a doctor.
        pub may_sign: bool,
        pub proposed: Vec<ProposedFinding>,
        pub added: Vec<OwnFinding>,
        /// Of A, B and C.
        pub usual_days: Vec<LevelDays>,
        pub advice: String,
        /// What is otherwise than when it was signed.
        pub changed: Vec<String>,
        /// What may be somebody else's: a tube whose code is not of this person by now.
        pub unsure: Vec<String>,
        /// Mandatory items without a result, with the reason where there is one.
        pub open: Vec<String>,
        /// Every version, the newest last.
        pub signed: Vec<SignedVersion>,
    }

    #[derive(Eq)]
    pub struct AnswerSaid {
        pub rule: String,
        pub code: String,
        /// As the proposed finding has it: several may have one code.
        pub item: String,
        pub answer: AnswerWord,
        /// The words, where reworded; the reason, where rejected.
        pub text: String,
        /// C B A where the level is left to the doctor and it is reworded; empty = not graded.
        pub level: String,
        pub due_days: Option<u32>,
        pub action: String,
    }

    #[derive(Eq)]
    pub struct ConcludeAsk {
        pub person: String,
        /// As the view told it: refused where anything has changed since.
        pub mark: String,
        pub answers: Vec<AnswerSaid>,
        pub added: Vec<OwnFinding>,
        pub advice: String,
        /// Why an earlier version changes.
        pub reason: String,
    }

    #[derive(Eq)]
    pub struct ConclusionSigned {
        pub version: u32,
        /// False: the same stood already.
        pub new: bool,
        pub findings: u32,
        pub rejected: u32,
    }

    /// Someone with nothing abnormal.
    #[derive(Eq)]
    pub struct NormalRow {
        pub row: PersonRow,
        /// All their values, in words.
        pub values: Vec<String>,
        /// Values there are in all.
        pub of: u32,
    }

    #[derive(Eq)]
    pub struct ConcludeRow {
        pub row: PersonRow,
        /// As the checkup's: 检查中 待回报 待总检 需再看 ...
        pub state: String,
    }

    pub struct ConcludeListView {
        /// Of the list of normals: given back when it is signed.
        pub mark: String,
        pub may_sign: bool,
        pub normal: Vec<NormalRow>,
        /// To be concluded one by one: to be looked at again first, then by level.
        pub one_by_one: Vec<ConcludeRow>,
        pub signed: u32,
        pub look_again: u32,
        pub conflict: u32,
        /// Saves at the stop that wait for their examiner's word.
        pub unconfirmed: u32,
    }

    #[derive(Eq)]
    pub struct ConcludeAllAsk { pub mark: String }

    #[derive(Eq)]
    pub struct ConcludedAll {
        pub signed: u32,
        /// By name: examined outside the account's units, and left out.
        pub left_out: Vec<String>,
    }
}
