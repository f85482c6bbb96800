//! The follow-ups of a unit: counted by heading, by unit and by whoever said the last step, and as rows. Names and phones, no ID
//! numbers.

use super::chain::lines_words;
use crate::failed;
use chrono::NaiveDate;
use domain::facts::PersonDetails;
use domain::ids::{OperatorId, RoundId, UnitCode};
use domain::rule::Level;
use domain::task::{Bucket, TaskState, print_task_number};
use domain::unit::UnitTree;
use protocol::{Code, Failure};
use serde::Serialize;
use std::collections::BTreeMap;
use store::{PersonView, Store, TaskRow, TaskView, UnitContacts};

/// Rows of one list, at most: more is somebody's whole district.
pub const ROWS_MAX: usize = 2_000;

/// Which rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaskWant {
    /// None = all headings.
    pub bucket: Option<Bucket>,
    /// Whose it is: the unit's doctor where one is named, else whose last step it was: an account or a name; a unit's code or name = what is overdue there and nobody has touched; empty
    /// = nobody has said one yet, and it is not overdue. None = whoever.
    pub owner: Option<String>,
    /// Only what is still to be done: due or overdue.
    pub is_open: bool,
    /// Only level A at 待告知: whom somebody has to tell now (`Store::untold`).
    pub is_untold: bool,
}

/// Among the headings' words, `TaskWant::is_untold`.
const UNTOLD: &str = "untold";

impl TaskWant {
    /// `which`: a heading's word, or `untold`.
    pub fn read(which: Option<&str>, owner: Option<&str>) -> Result<TaskWant, Failure> {
        let read = |word: &str| Bucket::of_word(word).ok_or(Failure::new(Code::UsageInvalid));
        let is_untold = which == Some(UNTOLD);
        let bucket = which.filter(|_| !is_untold).map(read).transpose()?;
        Ok(TaskWant { bucket, owner: owner.map(str::to_owned), is_open: false, is_untold })
    }
}

/// How many under each heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct TaskCount {
    pub due: u32,
    pub overdue: u32,
    pub done: u32,
    pub lost: u32,
    pub gone: u32,
    /// Among all of them, those of which two people say otherwise.
    pub differs: u32,
}

impl TaskCount {
    fn add(&mut self, bucket: Bucket, differs: bool) {
        let count = match bucket {
            Bucket::Due => &mut self.due,
            Bucket::Overdue => &mut self.overdue,
            Bucket::Done => &mut self.done,
            Bucket::Lost => &mut self.lost,
            Bucket::Gone => &mut self.gone,
        };
        *count += 1;
        self.differs += u32::from(differs);
    }
}

/// How many stand where in the chain. What does not stand any more is none of them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
pub struct StateCount(BTreeMap<TaskState, u32>);

impl StateCount {
    pub fn of(&self, state: TaskState) -> u32 {
        self.0.get(&state).copied().unwrap_or(0)
    }

    /// `已告知 3`, in the order of the chain; what nobody stands at is left out.
    pub fn words(&self) -> Vec<String> {
        let there = TaskState::ALL.into_iter().filter(|state| self.of(*state) > 0);
        there.map(|state| format!("{} {}", state.zh(), self.of(state))).collect()
    }

    fn add(&mut self, task: &TaskRow) {
        if task.has_basis {
            *self.0.entry(task.state).or_default() += 1;
        }
    }
}

/// Of one unit, or of one person who follows up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OwnerCount {
    /// The unit's code, or the operator's account; empty = nobody yet.
    pub key: String,
    pub name: String,
    #[serde(flatten)]
    pub count: TaskCount,
    pub states: StateCount,
}

/// One finding to be followed up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TaskLine {
    pub number: String,
    pub person: String,
    pub name: String,
    /// What tells the person from others of the name.
    pub who: String,
    pub phone: String,
    pub phone_owner: String,
    pub grade: String,
    pub group: String,
    pub unit: String,
    pub unit_name: String,
    pub level: &'static str,
    pub state: TaskState,
    pub state_zh: &'static str,
    pub bucket: Bucket,
    pub bucket_zh: &'static str,
    pub due: Option<String>,
    pub differs: bool,
    pub tries: u32,
    /// The unit's doctor, else whoever said the last step.
    pub owner: String,
    /// What was seen, in words.
    pub seen: String,
    /// What to do.
    pub action: String,
}

/// A list that went out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IssueRow {
    pub unit: String,
    pub day: Option<String>,
    pub by: String,
    pub purpose: String,
    pub format: String,
    pub rows: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TaskList {
    pub today: String,
    pub all: TaskCount,
    pub units: Vec<OwnerCount>,
    pub owners: Vec<OwnerCount>,
    pub rows: Vec<TaskLine>,
    /// Rows beyond `ROWS_MAX`.
    pub left_out: usize,
    pub issued: Vec<IssueRow>,
    /// What is still to be done of other rounds, the last first: a new round ends nothing.
    pub elsewhere: Vec<OpenElsewhere>,
}

/// What another round has still to be done at the same units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OpenElsewhere {
    pub round: String,
    pub name: String,
    pub open: u32,
    /// Of them, level A of whom nobody has said that they were told.
    pub untold: u32,
}

impl OpenElsewhere {
    /// `第四轮还有 13 条没做完，其中紧急未通知 4 条`.
    pub fn words(&self) -> String {
        let untold = match self.untold {
            0 => String::new(),
            untold => format!("，其中紧急未通知 {untold} 条"),
        };
        format!("{}还有 {} 条没做完{untold}", self.name, self.open)
    }
}

/// Of every round but this one, at units of which none lies below another.
pub fn open_elsewhere(
    store: &Store,
    round: RoundId,
    of_units: &[UnitCode],
    today: NaiveDate,
) -> Result<Vec<OpenElsewhere>, Failure> {
    let mut elsewhere = Vec::new();
    for other in store.rounds().map_err(failed)?.into_iter().rev().filter(|one| one.id != round) {
        let (mut open, mut untold) = (0, 0);
        for unit in of_units {
            for task in store.tasks(other.id, unit).map_err(failed)? {
                if matches!(task.bucket(today), Bucket::Due | Bucket::Overdue) {
                    open += 1;
                    untold += u32::from(is_untold(&task));
                }
            }
        }
        if open > 0 {
            let round = other.id.to_string();
            elsewhere.push(OpenElsewhere { round, name: other.name, open, untold });
        }
    }
    Ok(elsewhere)
}

/// The follow-ups of a unit and all below it.
pub fn task_list(
    store: &Store,
    round: RoundId,
    unit: &UnitCode,
    want: &TaskWant,
    today: NaiveDate,
) -> Result<TaskList, Failure> {
    task_list_of(store, round, std::slice::from_ref(unit), want, today)
}

/// The same of several units, of which none lies below another.
pub fn task_list_of(
    store: &Store,
    round: RoundId,
    of_units: &[UnitCode],
    want: &TaskWant,
    today: NaiveDate,
) -> Result<TaskList, Failure> {
    let mut tasks = Vec::new();
    for unit in of_units {
        tasks.extend(store.tasks(round, unit).map_err(failed)?);
    }
    let units = store.units().map_err(failed)?;
    let names: BTreeMap<OperatorId, (String, String)> = store
        .operators()
        .map_err(failed)?
        .into_iter()
        .map(|operator| (operator.id, (operator.account, operator.name)))
        .collect();
    let contacts = store.unit_contacts().map_err(failed)?;
    let owner_of =
        |task: &TaskRow, bucket: Bucket| owner_of(&contacts, (&units, &names), task, bucket);
    let mut all = TaskCount::default();
    let mut by_unit: BTreeMap<String, (TaskCount, StateCount)> = BTreeMap::new();
    let mut by_owner: BTreeMap<(String, String), (TaskCount, StateCount)> = BTreeMap::new();
    let mut wanted = Vec::new();
    for task in tasks {
        let bucket = task.bucket(today);
        let owner = owner_of(&task, bucket);
        all.add(bucket, task.differs);
        let of_unit = by_unit.entry(task.unit.0.clone()).or_default();
        for (count, states) in [of_unit, by_owner.entry(owner.clone()).or_default()] {
            count.add(bucket, task.differs);
            states.add(&task);
        }
        let is_owner = |named: &String| *named == owner.0 || *named == owner.1;
        let is_wanted = want.bucket.is_none_or(|wanted| wanted == bucket)
            && want.owner.as_ref().is_none_or(is_owner)
            && (!want.is_open || matches!(bucket, Bucket::Due | Bucket::Overdue))
            && (!want.is_untold || is_untold(&task));
        if is_wanted {
            wanted.push((task, owner.1));
        }
    }
    let left_out = wanted.len().saturating_sub(ROWS_MAX);
    wanted.truncate(ROWS_MAX);
    let mut rows = Vec::with_capacity(wanted.len());
    for (task, owner) in wanted {
        rows.push(task_line(store, &units, &task, owner, today)?);
    }
    let count = |(key, (count, states)): (String, (TaskCount, StateCount))| OwnerCount {
        name: unit_name(&units, &key),
        key,
        count,
        states,
    };
    Ok(TaskList {
        today: today.to_string(),
        all,
        units: by_unit.into_iter().map(count).collect(),
        owners: by_owner
            .into_iter()
            .map(|((key, name), (count, states))| OwnerCount { key, name, count, states })
            .collect(),
        rows,
        left_out,
        issued: issued(store, round, of_units, &names)?,
        elsewhere: open_elsewhere(store, round, of_units, today)?,
    })
}

fn is_untold(task: &TaskRow) -> bool {
    task.level == Level::A && task.state == TaskState::Open && task.has_basis
}

/// Whose a follow-up is: key and name.
fn owner_of(
    contacts: &UnitContacts,
    (units, names): (&UnitTree, &BTreeMap<OperatorId, (String, String)>),
    task: &TaskRow,
    bucket: Bucket,
) -> (String, String) {
    // Where a village or school has its doctor, whatever is found of its people is theirs.
    if let Some(doctor) = contacts.doctor(&task.unit) {
        return doctor;
    }
    match task.operator {
        // Nobody's is what nobody looks for: what is late is its unit's.
        None if bucket == Bucket::Overdue => (task.unit.0.clone(), unit_name(units, &task.unit.0)),
        None => (String::new(), String::new()),
        Some(id) => names.get(&id).cloned().unwrap_or((id.to_string(), id.to_string())),
    }
}

fn issued(
    store: &Store,
    round: RoundId,
    of_units: &[UnitCode],
    names: &BTreeMap<OperatorId, (String, String)>,
) -> Result<Vec<IssueRow>, Failure> {
    let mut rows = Vec::new();
    for unit in of_units {
        rows.extend(store.issued(round, unit).map_err(failed)?);
    }
    let row = |one: store::Issued| IssueRow {
        unit: one.unit.0,
        day: one.day.map(|day| day.to_string()),
        by: names.get(&one.operator).map_or_else(|| one.operator.to_string(), |n| n.1.clone()),
        purpose: one.purpose,
        format: one.format,
        rows: one.rows,
    };
    Ok(rows.into_iter().map(row).collect())
}

fn unit_name(units: &UnitTree, code: &str) -> String {
    let unit = units.get(&UnitCode(code.to_owned()));
    unit.map_or_else(|| code.to_owned(), |unit| unit.name.clone())
}

/// One row with everything a list needs.
pub(super) fn task_line(
    store: &Store,
    units: &UnitTree,
    task: &TaskRow,
    owner: String,
    today: NaiveDate,
) -> Result<TaskLine, Failure> {
    let view = store.person(task.person).map_err(failed)?;
    let chains = store.person_tasks(task.round, task.person).map_err(failed)?;
    let chain = chains.iter().find(|chain| chain.rule == task.rule);
    Ok(line_of(units, task, owner, today, view.as_ref(), chain))
}

fn line_of(
    units: &UnitTree,
    task: &TaskRow,
    owner: String,
    today: NaiveDate,
    view: Option<&PersonView>,
    chain: Option<&TaskView>,
) -> TaskLine {
    let details = view.map(|view| &view.details);
    let text = |text: Option<&String>| text.cloned().unwrap_or_default();
    let placed = view.and_then(|view| {
        let of_round = |p: &&store::Placement| p.round == task.round && p.unit == task.unit;
        view.listings.iter().find(of_round).or_else(|| view.registrations.first())
    });
    let (seen, action) = chain.map(lines_words).unwrap_or_default();
    let bucket = task.bucket(today);
    TaskLine {
        number: print_task_number(task.number()),
        person: task.person.0.to_string(),
        name: details.map(|d| d.name.clone()).unwrap_or_default(),
        who: details.map(PersonDetails::apart_zh).unwrap_or_default(),
        phone: text(details.and_then(|d| d.phone.as_ref())),
        phone_owner: text(details.and_then(|d| d.phone_owner.as_ref())),
        grade: text(placed.and_then(|p| p.grade.as_ref())),
        group: text(placed.and_then(|p| p.group.as_ref())),
        unit: task.unit.0.clone(),
        unit_name: unit_name(units, &task.unit.0),
        level: task.level.key(),
        state: task.state,
        state_zh: task.state.zh(),
        bucket,
        bucket_zh: bucket.zh(),
        due: task.due.map(|due| due.to_string()),
        differs: task.differs,
        tries: task.tries,
        owner,
        seen,
        action,
    }
}
