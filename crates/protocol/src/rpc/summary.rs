//! 汇总 on a screen: rates of a unit, and the same as a file. And one person's report as paper, from their own screen. Not what a rate
//! counts, nor whether a report is final.

commands_types! {
    /// Which summary; an empty unit is today's stop.
    #[derive(Eq)]
    pub struct SummaryAsk {
        pub unit: String,
        /// village school township district; empty with an empty unit.
        pub kind: String,
        /// Which of its groups, by its place in the list; 0 = everybody.
        pub group: u32,
        /// Numbers of fewer than five people: for health staff alone.
        pub shows_small: bool,
    }

    /// A unit that can be summed up here, and how.
    #[derive(Eq)]
    pub struct SummaryChoice {
        pub unit: String,
        pub kind: String,
        pub name: String,
        /// 村汇总, 学校汇总, 乡镇汇总, 区域学校汇总.
        pub kind_zh: String,
    }

    #[derive(Eq)]
    pub struct SummaryPair {
        pub left: String,
        pub right: String,
    }

    #[derive(Eq)]
    pub struct SummaryGroupRow {
        pub name: String,
        pub people: u32,
    }

    /// One rate of the group, each cell as it is printed.
    #[derive(Eq)]
    pub struct SummaryRate {
        pub heading: String,
        pub name: String,
        pub found: String,
        pub measured: String,
        pub rate: String,
        pub left_out: String,
    }

    #[derive(Eq)]
    pub struct SummaryView {
        pub title: String,
        pub unit: String,
        pub kind: String,
        pub name: String,
        pub as_of: String,
        pub note: String,
        pub choices: Vec<SummaryChoice>,
        pub overview: Vec<SummaryPair>,
        pub problems: Vec<SummaryPair>,
        pub groups: Vec<SummaryGroupRow>,
        pub rates: Vec<SummaryRate>,
        /// Rates of which nobody was examined.
        pub unmeasured: Vec<String>,
    }

    #[derive(Eq)]
    pub struct SummaryFileAsk {
        pub unit: String,
        pub kind: String,
        pub shows_small: bool,
        pub is_workbook: bool,
    }

    /// What a person's report would be if it were printed now.
    #[derive(Eq)]
    pub struct PersonPaper {
        /// The version that is final; none = a preview, or nothing.
        pub version: Option<u32>,
        /// It can be printed, as final or as a preview.
        pub may_print: bool,
        /// Why it is no final one, in words.
        pub reasons: Vec<String>,
    }
}
