//! By when somebody is asked to go, as a paper for them says it. An A is at once, whatever day its follow-up has; no day is asked for
//! that is past when the paper goes out.

/// By when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ByWhen<'a> {
    Now,
    /// The day is past.
    Soon,
    /// A civil date, as 2026-09-28.
    Day(&'a str),
    /// Nobody said.
    Open,
}

/// `today`: the day on which the paper goes out; empty = not told. Days as 2026-09-28, which stand in order as texts do.
pub(super) fn by_when<'a>(level: &str, due: &'a str, today: &str) -> ByWhen<'a> {
    match level {
        "A" => ByWhen::Now,
        _ if due.is_empty() => ByWhen::Open,
        _ if due < today => ByWhen::Soon,
        _ => ByWhen::Day(due),
    }
}

impl ByWhen<'_> {
    /// As a cell of a table.
    pub(super) fn cell(self) -> String {
        match self {
            ByWhen::Now => "现在就去".to_owned(),
            ByWhen::Soon => "尽快".to_owned(),
            ByWhen::Day(day) => day.to_owned(),
            ByWhen::Open => String::new(),
        }
    }

    /// As a sentence for the person; none where nobody said.
    pub(super) fn words(self) -> Option<String> {
        match self {
            ByWhen::Now => Some("什么时候：还没有看过的，现在就去".to_owned()),
            ByWhen::Soon => Some("什么时候：尽快".to_owned()),
            ByWhen::Day(day) => Some(format!("什么时候：{day} 前")),
            ByWhen::Open => None,
        }
    }

    /// What comes before a verb: 请于 2026-09-28 前 or 请尽快; a day is written by hand where nobody said.
    pub(super) fn asked(self) -> String {
        match self {
            ByWhen::Now => "请马上".to_owned(),
            ByWhen::Soon => "请尽快".to_owned(),
            ByWhen::Day(day) => format!("请于 {day} 前"),
            ByWhen::Open => "请于 ____年__月__日 前".to_owned(),
        }
    }
}
