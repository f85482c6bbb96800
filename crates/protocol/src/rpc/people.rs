//! Finding, registering and seeing a person. Numbers are masked here.

use super::station::{FindingRow, ValueCell};

commands_types! {
    #[derive(Eq)]
    pub struct FindAsk {
        pub text: String,
        /// Everyone this device holds, or only today's stop first.
        pub stop_first: bool,
    }

    /// A person as a list shows them.
    #[derive(Eq)]
    pub struct PersonRow {
        pub person: String,
        pub name: String,
        /// 男 女 or empty.
        pub sex: String,
        /// Years on the stop's day.
        pub age: Option<u32>,
        pub birth: Option<String>,
        pub id_number: Option<String>,
        pub phone: Option<String>,
        pub unit_label: String,
        pub grade: Option<String>,
        pub group: Option<String>,
        pub is_pupil: bool,
        /// 名单内, 名单外, 名单外·本区, 名单外·外区.
        pub standing: String,
        /// Mandatory items answered and in all, in today's round.
        pub done: u32,
        pub of: u32,
        /// Worst level found in today's round: N C B A.
        pub worst: String,
    }

    pub struct Found {
        pub rows: Vec<PersonRow>,
        /// True where the text names exactly one person beyond doubt (a whole ID number, 学籍号 or a label's code).
        pub exact: bool,
        /// More than the list shows.
        pub more: bool,
    }

    #[derive(Eq)]
    pub struct PersonAsk { pub person: String }

    /// Progress at one station.
    #[derive(Eq)]
    pub struct StationProgress {
        pub station: String,
        pub done: u32,
        pub of: u32,
        /// An item with a reason instead of a value.
        pub absent: u32,
    }

    /// One item over the rounds, newest last.
    pub struct ItemHistory {
        pub item: String,
        pub current: Vec<ValueCell>,
        /// Every value ever, newest last.
        pub ever: Vec<ValueCell>,
    }

    pub struct PersonWhole {
        pub row: PersonRow,
        /// 已登记 检查中 现场完成 待回报 待总检 已总检 需再看 报告已发, in today's round.
        pub state: String,
        pub stations: Vec<StationProgress>,
        pub findings: Vec<FindingRow>,
        /// Of today's round at level A, in words with what to do: nobody knows who was told, at what time, and that it was read back.
        pub unanswered: Vec<String>,
        pub items: Vec<ItemHistory>,
        /// An ID number taken over and not confirmed yet.
        pub id_number_is_proposed: bool,
    }

    #[derive(Eq, Default)]
    pub struct RegisterAsk {
        pub name: String,
        pub id_number: String,
        pub student_no: String,
        /// `YYYY-MM-DD` or eight digits.
        pub birth: String,
        /// 男 女 or empty.
        pub sex: String,
        pub phone: String,
        pub is_pupil: bool,
        /// Where they live or study: a unit's code, where known.
        pub home_unit: Option<String>,
        /// As told, where no unit fits.
        pub home_text: String,
        pub grade: String,
        pub group: String,
        /// A person was shown who may be the same, and it is somebody else.
        pub is_new_for_sure: bool,
        /// A person was shown, and it is this one: what was typed and is not known of them yet is kept.
        pub same_as: Option<String>,
    }

    /// A question about one field of the form.
    #[derive(Eq)]
    pub struct FieldProblem {
        /// The field's name in the ask.
        pub field: String,
        pub code: String,
        pub text: String,
        /// False: asks; true: cannot be saved so.
        pub is_refusal: bool,
    }

    #[derive(Default)]
    pub struct RegisterHints {
        /// From the ID number.
        pub birth: Option<String>,
        pub sex: Option<String>,
        pub age: Option<u32>,
        pub problems: Vec<FieldProblem>,
        /// People who may be the same.
        pub duplicates: Vec<PersonRow>,
    }

    pub struct Registered {
        pub person: String,
        pub row: PersonRow,
    }

    /// What a card reader saw; whole, for the register form only.
    #[derive(Eq)]
    pub struct CardSeen {
        pub name: String,
        pub id_number: String,
        pub sex: String,
        pub birth: String,
        pub address: String,
    }
}
