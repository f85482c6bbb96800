//! 检查者确认 on a screen: what was typed for an examiner and waits for their word.

use super::people::PersonRow;

commands_types! {
    /// Whether the examiner stands behind a value.
    #[derive(Copy, Eq, Default)]
    pub enum WordState {
        /// No dictated finding.
        #[default]
        NotAsked,
        /// Whoever examined typed it.
        Own,
        Awaited,
        Confirmed,
    }

    /// One save that waits.
    #[derive(Eq)]
    pub struct ConfirmRow {
        pub row: PersonRow,
        /// The station's key.
        pub station: String,
        /// The save: given back when it is confirmed.
        pub entry: String,
        /// Its values that stand, in words.
        pub values: Vec<String>,
        pub day: String,
        /// `2026-09-14 09:12` as the writing device's clock told it; empty where it told none.
        pub at: String,
        pub typed_by: String,
        /// Who examined; empty where the save names nobody.
        pub examiner: String,
        /// The examiner has no account that is known to be theirs.
        pub has_no_account: bool,
    }

    #[derive(Eq)]
    pub struct ConfirmView {
        /// Of whoever works here.
        pub mine: Vec<ConfirmRow>,
        /// Of others.
        pub others: Vec<ConfirmRow>,
    }

    #[derive(Eq)]
    pub struct ConfirmSaid {
        pub person: String,
        pub entry: String,
    }

    /// What was looked at.
    #[derive(Eq)]
    pub struct ConfirmAsk { pub saves: Vec<ConfirmSaid> }

    #[derive(Eq)]
    pub struct ConfirmDone {
        pub confirmed: u32,
        /// Amended, withdrawn or confirmed by now: nothing was written about them.
        pub moved: u32,
    }
}
