//! 知情同意 on the screens: a class with what each slip says, what is ticked, what the school's list brought.

use super::people::PersonRow;

commands_types! {
    /// A class; none = only the list of classes.
    #[derive(Eq)]
    pub struct ConsentAsk { pub grade: Option<String>, pub group: Option<String>, pub list: bool }

    #[derive(Eq)]
    pub struct ConsentClass {
        pub grade: Option<String>,
        pub group: Option<String>,
        pub people: u32,
        /// Slips that have not come back.
        pub missing: u32,
    }

    #[derive(Copy, Eq)]
    pub enum ConsentWord { Given, Refused, Missing }

    #[derive(Eq)]
    pub struct ConsentRow {
        pub row: PersonRow,
        pub answer: ConsentWord,
        /// In words: 同意，除采血、口腔.
        pub text: String,
        /// Keys of stations refused whole.
        pub stations: Vec<String>,
        /// Keys of single items refused.
        pub items: Vec<String>,
        /// Two slips say otherwise: the stricter holds until a person decides.
        pub differs: bool,
        /// What each says that stands: 2026-09-14 甲某 登记：同意.
        pub said: Vec<String>,
        /// The entries shown: what is said next replaces these.
        pub saw: Vec<String>,
        /// Items that have a value all the same, by name: it is kept, not printed, and a person decides.
        pub in_spite: Vec<String>,
    }

    #[derive(Eq)]
    pub struct ConsentGroup { pub station: String, pub name: String }

    pub struct ConsentView {
        pub classes: Vec<ConsentClass>,
        pub rows: Vec<ConsentRow>,
        /// What a family may refuse as a whole: the stations that pupils come to.
        pub groups: Vec<ConsentGroup>,
    }

    /// One slip as it is ticked.
    #[derive(Eq)]
    pub struct ConsentSlip {
        pub person: String,
        pub answer: ConsentWord,
        pub stations: Vec<String>,
        pub items: Vec<String>,
        pub saw: Vec<String>,
    }

    #[derive(Eq)]
    pub struct ConsentSaveAsk { pub slips: Vec<ConsentSlip> }

    /// Known: said like that already, nothing was written.
    #[derive(Eq)]
    pub struct ConsentSaved { pub saved: u32, pub known: u32 }

    #[derive(Eq)]
    pub struct ConsentProblem { pub sheet: String, pub row: u32, pub text: String }

    #[derive(Eq)]
    pub struct ConsentFileBack {
        pub rows: u32,
        /// Without an answer: nothing was written.
        pub blank: u32,
        /// People whose slip is known now and was not, or said otherwise.
        pub taken: u32,
        pub known: u32,
        /// People whose refusal a row of their whole class would have taken back: what stands of them stays.
        pub kept: u32,
        /// Rows that were not taken.
        pub problems: Vec<ConsentProblem>,
    }
}
