//! A finding's follow-up (随访任务): what has been done about it, what may be said next, and where it stands. Pure. Not
//! which findings ask for one (`basis`), not its number on paper (`number`), and not how a step is kept (`protocol`, `store`).
//!
//! The chain is told, referred, arrived, diagnosed, treated, in chronic care, controlled; or cleared; or lost after
//! `TRIES_MIN` tries. Steps name those that were seen: two that did not know of each other stand side by side, and until
//! somebody says more, the less finished one counts.

pub mod basis;
pub mod followed;
mod lines;
pub mod number;
mod order;
mod stand;

pub use basis::{Basis, DOCTOR_RULE, Line, bases, line_key, shared_rules, task_rule};
pub use followed::{Deadline, Followed, SaidStep, TellWithin};
pub use lines::{Lines, SaidOf};
pub use number::{print_task_number, read_task_number, task_number};
pub use stand::{Stand, Step, said_of, stand, stand_before, tries};

use crate::followup::level_due;
use crate::rule::Level;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Tries that did not reach somebody before they may be called lost (the indicator 失访率 counts people lost after three or
/// more attempts).
pub const TRIES_MIN: usize = 3;
/// Longest words of a step, characters.
pub const TEXT_CHARS_MAX: usize = 200;
/// Steps about one finding, at most.
pub const STEPS_MAX: usize = 100;

/// What a step says. Numbers are for ever; on paper each is one digit (`Act::code`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Act {
    Told = 1,
    Referred = 2,
    Arrived = 3,
    Diagnosed = 4,
    Treated = 5,
    InCare = 6,
    Controlled = 7,
    /// Looked at again and well, or something else.
    Cleared = 8,
    NotReached = 9,
    Lost = 10,
    /// Said by mistake: the steps it names are withdrawn.
    Withdrawn = 11,
}

impl Act {
    pub const ALL: [Act; 11] = [
        Act::Told,
        Act::Referred,
        Act::Arrived,
        Act::Diagnosed,
        Act::Treated,
        Act::InCare,
        Act::Controlled,
        Act::Cleared,
        Act::NotReached,
        Act::Lost,
        Act::Withdrawn,
    ];

    pub fn of_number(number: u32) -> Option<Act> {
        Act::ALL.into_iter().find(|act| u32::from(*act as u8) == number)
    }

    pub fn word(self) -> &'static str {
        match self {
            Act::Told => "told",
            Act::Referred => "referred",
            Act::Arrived => "arrived",
            Act::Diagnosed => "diagnosed",
            Act::Treated => "treated",
            Act::InCare => "in_care",
            Act::Controlled => "controlled",
            Act::Cleared => "cleared",
            Act::NotReached => "not_reached",
            Act::Lost => "lost",
            Act::Withdrawn => "withdrawn",
        }
    }

    pub fn of_word(word: &str) -> Option<Act> {
        Act::ALL.into_iter().find(|act| act.word() == word)
    }

    /// What is written on a list that comes back; none for what is never said on paper.
    pub fn code(self) -> Option<char> {
        match self {
            Act::Withdrawn => None,
            Act::Lost => Some('0'),
            other => char::from_digit(u32::from(other as u8), 10),
        }
    }

    pub fn of_code(code: &str) -> Option<Act> {
        let mut chars = code.chars();
        let first = chars.next().filter(|_| chars.next().is_none())?;
        Act::ALL.into_iter().find(|act| act.code() == Some(first))
    }

    pub fn zh(self) -> &'static str {
        match self {
            Act::Told => "已告知",
            Act::Referred => "已转诊",
            Act::Arrived => "已到诊",
            Act::Diagnosed => "已明确诊断",
            Act::Treated => "已治疗",
            Act::InCare => "已纳入慢病管理",
            Act::Controlled => "已控制",
            Act::Cleared => "复查正常或排除",
            Act::NotReached => "未联系上",
            Act::Lost => "失访",
            Act::Withdrawn => "撤回",
        }
    }
}

/// How somebody was reached. Numbers are for ever, and are the codes on paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Way {
    Face = 1,
    Phone = 2,
    Home = 3,
    Message = 4,
    School = 5,
}

impl Way {
    pub const ALL: [Way; 5] = [Way::Face, Way::Phone, Way::Home, Way::Message, Way::School];

    pub fn of_number(number: u32) -> Option<Way> {
        Way::ALL.into_iter().find(|way| u32::from(*way as u8) == number)
    }

    pub fn zh(self) -> &'static str {
        match self {
            Way::Face => "当面",
            Way::Phone => "电话",
            Way::Home => "上门",
            Way::Message => "微信短信",
            Way::School => "学校转告",
        }
    }

    /// By its code or its word.
    pub fn read(text: &str) -> Option<Way> {
        Way::ALL.into_iter().find(|way| way.zh() == text || (*way as u8).to_string() == text)
    }
}

/// Where a finding stands. In the order of the chain, the less finished first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskState {
    Open,
    Told,
    Referred,
    Arrived,
    Diagnosed,
    Lost,
    Treated,
    InCare,
    Controlled,
    Cleared,
}

impl TaskState {
    pub const ALL: [TaskState; 10] = [
        TaskState::Open,
        TaskState::Told,
        TaskState::Referred,
        TaskState::Arrived,
        TaskState::Diagnosed,
        TaskState::Lost,
        TaskState::Treated,
        TaskState::InCare,
        TaskState::Controlled,
        TaskState::Cleared,
    ];

    /// As a table keeps it.
    pub fn number(self) -> u8 {
        match self {
            TaskState::Open => 0,
            TaskState::Told => 1,
            TaskState::Referred => 2,
            TaskState::Arrived => 3,
            TaskState::Diagnosed => 4,
            TaskState::Lost => 5,
            TaskState::Treated => 6,
            TaskState::InCare => 7,
            TaskState::Controlled => 8,
            TaskState::Cleared => 9,
        }
    }

    pub fn of_number(number: i64) -> Option<TaskState> {
        TaskState::ALL.into_iter().find(|state| i64::from(state.number()) == number)
    }

    pub fn zh(self) -> &'static str {
        match self {
            TaskState::Open => "待告知",
            TaskState::Told => Act::Told.zh(),
            TaskState::Referred => Act::Referred.zh(),
            TaskState::Arrived => Act::Arrived.zh(),
            TaskState::Diagnosed => Act::Diagnosed.zh(),
            TaskState::Lost => Act::Lost.zh(),
            TaskState::Treated => Act::Treated.zh(),
            TaskState::InCare => Act::InCare.zh(),
            TaskState::Controlled => Act::Controlled.zh(),
            TaskState::Cleared => Act::Cleared.zh(),
        }
    }

    pub(crate) fn is_done(self) -> bool {
        match self {
            TaskState::Treated | TaskState::InCare | TaskState::Controlled | TaskState::Cleared => {
                true
            }
            TaskState::Open
            | TaskState::Told
            | TaskState::Referred
            | TaskState::Arrived
            | TaskState::Diagnosed
            | TaskState::Lost => false,
        }
    }
}

/// Under which heading a list has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bucket {
    /// Still to be done, its day not yet past.
    Due,
    Overdue,
    Done,
    Lost,
    /// The finding does not stand any more; what was done about it stays to be seen.
    Gone,
}

impl Bucket {
    pub const ALL: [Bucket; 5] =
        [Bucket::Due, Bucket::Overdue, Bucket::Done, Bucket::Lost, Bucket::Gone];

    pub fn word(self) -> &'static str {
        match self {
            Bucket::Due => "due",
            Bucket::Overdue => "overdue",
            Bucket::Done => "done",
            Bucket::Lost => "lost",
            Bucket::Gone => "gone",
        }
    }

    pub fn of_word(word: &str) -> Option<Bucket> {
        Bucket::ALL.into_iter().find(|bucket| bucket.word() == word)
    }

    pub fn zh(self) -> &'static str {
        match self {
            Bucket::Due => "待随访",
            Bucket::Overdue => "已超期",
            Bucket::Done => "已完成",
            Bucket::Lost => "失访",
            Bucket::Gone => "依据已撤",
        }
    }
}

/// What a step leads to from a state; `None` = it may not be said there.
pub fn leads(from: TaskState, act: Act, tries: usize) -> Option<TaskState> {
    use TaskState::{
        Arrived, Cleared, Controlled, Diagnosed, InCare, Lost, Open, Referred, Told, Treated,
    };
    match (act, from) {
        // Another contact changes nothing about how far it has come.
        (Act::Told, Open | Lost) => Some(Told),
        (Act::Told, Told | Referred | Arrived | Diagnosed) => Some(from),
        (Act::Referred, Open | Told | Referred | Lost) => Some(Referred),
        // On to another hospital.
        (Act::Referred, Arrived | Diagnosed) => Some(from),
        (Act::Arrived, Open | Told | Referred | Arrived | Lost) => Some(Arrived),
        (Act::Diagnosed, Open | Told | Referred | Arrived | Diagnosed | Lost) => Some(Diagnosed),
        (Act::Treated, Open | Told | Referred | Arrived | Diagnosed | Treated | Lost) => {
            Some(Treated)
        }
        // Controlled once is not controlled for good.
        (Act::InCare, Cleared) | (Act::Controlled, Cleared) => None,
        (Act::InCare, _) => Some(InCare),
        (Act::Controlled, _) => Some(Controlled),
        (Act::Cleared, Open | Told | Referred | Arrived | Diagnosed | Lost) => Some(Cleared),
        (Act::NotReached, Open | Told | Referred | Arrived | Diagnosed | Lost) => Some(from),
        (Act::Lost, Open | Told | Referred | Arrived | Diagnosed) if tries >= TRIES_MIN => {
            Some(Lost)
        }
        (
            Act::Told
            | Act::Referred
            | Act::Arrived
            | Act::Diagnosed
            | Act::Treated
            | Act::Cleared
            | Act::NotReached
            | Act::Lost
            | Act::Withdrawn,
            _,
        ) => None,
    }
}

/// When something has to be done next: the day that was agreed; else, while it is open, the finding's own day plus its
/// `due_days`. A level A that nobody has answered is due on its own day (finding_levels.csv: A = act now).
pub fn due<R>(
    level: Level,
    stand: &Stand<R>,
    day: Option<NaiveDate>,
    due_days: Option<u16>,
) -> Option<NaiveDate> {
    if !stand.is_answered && !stand.is_given_up {
        return day;
    }
    let after = |day: Option<NaiveDate>| level_due(level, due_days, day?);
    let is_agreed =
        stand.next.is_some() && !matches!(stand.state, TaskState::Open | TaskState::Lost);
    if !stand.fresh.is_empty() && !is_agreed {
        // What came after it had ended has its own days, and what was agreed stands beside.
        return [stand.next, after(stand.since.max(day))].into_iter().flatten().min();
    }
    if stand.next.is_some() || stand.state.is_done() || stand.state == TaskState::Lost {
        return stand.next;
    }
    after(day)
}

/// The heading. `due`: as `due` gave it.
pub fn bucket(
    state: TaskState,
    has_basis: bool,
    due: Option<NaiveDate>,
    today: NaiveDate,
) -> Bucket {
    match (has_basis, due) {
        (false, _) => Bucket::Gone,
        (true, None) if state.is_done() => Bucket::Done,
        (true, None) if state == TaskState::Lost => Bucket::Lost,
        (true, Some(due)) if due < today => Bucket::Overdue,
        (true, Some(_) | None) => Bucket::Due,
    }
}

/// What somebody wants to say next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub act: Act,
    pub day: NaiveDate,
    pub next: Option<NaiveDate>,
    /// Who was told.
    pub told: String,
    /// At what time, `14:05`.
    pub at: String,
    pub read_back: bool,
    /// Where to, for a referral.
    pub place: String,
    /// Why, where nobody was reached or somebody is lost; else what is worth saying.
    pub note: String,
}

impl Wanted {
    /// Says who was told, when, and that it was read back.
    pub fn is_answer(&self) -> bool {
        self.act == Act::Told && self.read_back && !self.told.trim().is_empty() && is_time(&self.at)
    }
}

/// Why a step cannot be said as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The finding does not stand any more.
    Gone,
    /// Level A: first who was told, when, and read back.
    NotAnswered,
    /// A referral without a place.
    PlaceMissing,
    /// Nobody reached, or lost, without saying why.
    ReasonMissing,
    /// Lost before `TRIES_MIN` tries.
    TriesMissing,
    /// It has come further already, or is closed.
    Backward,
    /// Before the finding, or a next day that is not after the step's own.
    DayWrong,
    /// Beyond `TEXT_CHARS_MAX`, or `STEPS_MAX`; or a time that is none.
    TooLong,
}

/// Whether `wanted` may be said of a finding seen on `seen`.
pub fn check<R>(
    level: Level,
    has_basis: bool,
    seen: Option<NaiveDate>,
    stand: &Stand<R>,
    wanted: &Wanted,
) -> Result<(), Refusal> {
    let is_short = |text: &String| text.chars().count() <= TEXT_CHARS_MAX;
    let texts = [&wanted.told, &wanted.place, &wanted.note];
    let is_at = wanted.at.trim().is_empty() || is_time(&wanted.at);
    if !texts.into_iter().all(is_short) || !is_at || stand.standing.len() >= STEPS_MAX {
        return Err(Refusal::TooLong);
    }
    if !has_basis {
        return Err(Refusal::Gone);
    }
    if seen.is_some_and(|seen| wanted.day < seen)
        || wanted.next.is_some_and(|next| next <= wanted.day)
    {
        return Err(Refusal::DayWrong);
    }
    let is_excused = matches!(wanted.act, Act::NotReached | Act::Lost);
    if level == Level::A && !stand.is_answered && !is_excused && !wanted.is_answer() {
        return Err(Refusal::NotAnswered);
    }
    match wanted.act {
        Act::Referred if wanted.place.trim().is_empty() => return Err(Refusal::PlaceMissing),
        Act::NotReached | Act::Lost if wanted.note.trim().is_empty() => {
            return Err(Refusal::ReasonMissing);
        }
        Act::Lost if stand.tries < TRIES_MIN => return Err(Refusal::TriesMissing),
        _ => {}
    }
    leads(stand.state, wanted.act, stand.tries).map(|_| ()).ok_or(Refusal::Backward)
}

/// `14:05`.
fn is_time(text: &str) -> bool {
    chrono::NaiveTime::parse_from_str(text.trim(), "%H:%M").is_ok()
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_anew;
