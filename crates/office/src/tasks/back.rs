//! 随访单 back as a file: each row in which somebody wrote becomes a step, or is held with its reason. A row that says what stands
//! already changes nothing, so a file may come in twice. Held rows are this replica's own list until somebody has looked at them.

use super::{Shown, StepDraft, append, following, plan, task_numbered, view_of, written_at};
use crate::roster::intake_code;
use crate::said_day::refuse_day;
use crate::{MayWrite, failed, own_units, refuse_elsewhere};
use chrono::NaiveDate;
use domain::ids::{OperatorId, RoundId, UnitCode};
use domain::task::Act;
use intake::{FollowUpReturned, read_follow_up, read_workbook};
use protocol::{Code, Failure, Header};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use store::{HeldTaskRow, Store, TaskView};

/// Why a row is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reason {
    /// The number is none of those known here, or was changed.
    Number,
    /// The name beside it is another's.
    Name,
    /// The same number twice in one file, saying otherwise.
    Repeated,
    /// Something newer was said meanwhile.
    Stale,
    /// No day, or one to come.
    Day,
    /// Outside the units of the account that brought it in.
    Elsewhere,
    /// As recording the step by hand would be refused.
    Refused(Code),
}

impl Reason {
    fn word(self) -> &'static str {
        match self {
            Reason::Number => "number",
            Reason::Name => "name",
            Reason::Repeated => "repeated",
            Reason::Stale => "stale",
            Reason::Day => "day",
            Reason::Elsewhere => "elsewhere",
            Reason::Refused(code) => code.word(),
        }
    }
}

fn reason_zh(word: &str) -> &'static str {
    match word {
        "number" => "编号不对，或本机没有这条随访。请核对编号，没有的先同步再导入。",
        "name" => "编号和姓名对不上。请核对是不是填错了行。",
        "repeated" => "同一编号在这份文件里填了两次，说法不一样。请问清楚后逐条录入。",
        "stale" => "这张单发出以后已有更新的随访。请在个人页面核对后再录入。",
        "day" => "没有日期、日期看不懂，或日期还没有到。请问清楚后逐条录入。",
        "elsewhere" => {
            "导入的账号不管这个人所在的单位，没有采用。请由管这个单位的账号再导入一次，或请协调员给导入的账号加上这个单位。"
        }
        word => word.parse::<Code>().map_or("这一行没有采用。请在个人页面核对。", Code::zh),
    }
}

/// What is written in a row: the step that somebody meant.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SheetCells {
    pub name: String,
    /// As it was read: `2026-09-20`, or as it stands.
    pub day: String,
    pub way: String,
    pub result: String,
    pub next: String,
    pub note: String,
    pub told: String,
    pub at: String,
    pub is_read_back: bool,
    /// The account that brought it in; 0 = kept by an earlier program.
    #[serde(rename = "by")]
    pub brought_by: u64,
}

/// A row that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SheetHeld {
    /// To name it when somebody has looked at it.
    pub id: String,
    pub file: String,
    pub row: u32,
    pub number: String,
    pub reason: String,
    pub text: &'static str,
    /// Empty for a row held by an earlier program.
    pub cells: SheetCells,
    /// Whose number it is, where it is known here.
    pub person: Option<String>,
}

/// What came of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct SheetBack {
    /// Rows with a number.
    pub rows: usize,
    /// Nobody wrote in them.
    pub blank: usize,
    /// Steps written.
    pub taken: usize,
    /// Rows that say what stands already.
    pub known: usize,
    pub held: Vec<SheetHeld>,
}

/// The last day that a row of a round may say.
pub type LastDay<'a> = &'a dyn Fn(RoundId) -> NaiveDate;

/// Takes a file in, as the operator named. `last`: a row of a later day is one to come.
pub fn take_sheet(
    store: &mut Store,
    header: &Header,
    (name, bytes): (&str, &[u8]),
    last: LastDay,
    may_write: MayWrite,
) -> Result<SheetBack, Failure> {
    let workbook = read_workbook(name, bytes).map_err(|e| Failure::new(intake_code(e)))?;
    let rows = read_follow_up(&workbook).ok_or(Failure::new(Code::TaskSheetInvalid))?;
    let mut back = SheetBack { rows: rows.len(), ..SheetBack::default() };
    let twice = told_twice(&rows);
    let mut held = Vec::new();
    for row in &rows {
        if row.is_blank() {
            back.blank += 1;
            continue;
        }
        let taken = match twice.contains(&digits(&row.number)) {
            true => Err(Reason::Repeated),
            false => take_row(store, header, row, last, may_write)?,
        };
        match taken {
            Ok(true) => back.taken += 1,
            Ok(false) => back.known += 1,
            Err(reason) => held.push(held_row(name, row, (reason, header.operator))),
        }
    }
    store.hold_task_rows(&held).map_err(failed)?;
    drop_answered(store)?;
    back.held = held.into_iter().map(|one| shown(store, one)).collect();
    Ok(back)
}

/// Numbers of which one file says two things. The same said twice is once.
fn told_twice(rows: &[FollowUpReturned]) -> BTreeSet<String> {
    let written: Vec<&FollowUpReturned> = rows.iter().filter(|row| !row.is_blank()).collect();
    let says = |row: &FollowUpReturned| {
        let written = [&row.day, &row.way, &row.result, &row.next, &row.note];
        (written.map(String::clone), [&row.told, &row.at, &row.read_back].map(String::clone))
    };
    let otherwise = |row: &&&FollowUpReturned| {
        let same = |other: &&&FollowUpReturned| digits(&other.number) == digits(&row.number);
        written.iter().filter(same).any(|other| says(other) != says(row))
    };
    written.iter().filter(otherwise).map(|row| digits(&row.number)).collect()
}

fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}

/// True where a step was written, false where it stood already; else why not. A failure is of the store.
fn take_row(
    store: &mut Store,
    header: &Header,
    row: &FollowUpReturned,
    last: LastDay,
    may_write: MayWrite,
) -> Result<Result<bool, Reason>, Failure> {
    let Ok(task) = task_numbered(store, &row.number) else { return Ok(Err(Reason::Number)) };
    let person = store.person(task.person).map_err(failed)?;
    let name = person.map(|person| person.details.name).unwrap_or_default();
    if !row.name.is_empty() && row.name != name {
        return Ok(Err(Reason::Name));
    }
    let Ok(day) = row.day.parse::<NaiveDate>() else { return Ok(Err(Reason::Day)) };
    let stop = store.checkup_stop(task.round, task.person).map_err(failed)?;
    let Some((stop, found)) = stop else { return Ok(Err(Reason::Refused(Code::TaskGone))) };
    let to_come = |failure: Failure| failure.code == Code::DayToCome;
    if refuse_day(day, found, last(task.round)).is_err_and(to_come) {
        return Ok(Err(Reason::Day));
    }
    let unit = match written_at(stop, &task, may_write) {
        Ok(unit) => unit,
        Err(failure) => {
            let is_narrow = failure.code == Code::OutOfScope
                && refuse_elsewhere(store, Some(OperatorId(header.operator)), &task.unit).is_err();
            let reason = if is_narrow { Reason::Elsewhere } else { Reason::Refused(failure.code) };
            return Ok(Err(reason));
        }
    };
    if row.is_read_back().is_none() {
        return Ok(Err(Reason::Refused(Code::TaskInvalid)));
    }
    let view = view_of(store, &task)?;
    let fact = match plan(&view, &drafted(&cells(row)), day, Shown::Paper) {
        Ok(None) => return Ok(Ok(false)),
        // Nothing was written since, so it is the row itself that is wrong.
        Err(failure) if failure.code != Code::TaskBackward => {
            return Ok(Err(Reason::Refused(failure.code)));
        }
        Err(_) => return Ok(Err(Reason::Stale)),
        Ok(Some(_)) if is_stale(&view, day) => return Ok(Err(Reason::Stale)),
        Ok(Some(fact)) => fact,
    };
    append(store, header, &task, &unit, day, fact)?;
    Ok(Ok(true))
}

/// A step of a later day stands.
pub(super) fn is_stale(view: &TaskView, day: NaiveDate) -> bool {
    view.steps.iter().any(|step| step.stands && step.day.is_some_and(|said| said > day))
}

fn drafted(row: &SheetCells) -> StepDraft {
    let act = Act::of_code(&row.result);
    StepDraft {
        act: row.result.clone(),
        way: row.way.clone(),
        place: if act == Some(Act::Referred) { row.note.clone() } else { String::new() },
        next: (!row.next.is_empty()).then(|| row.next.clone()),
        told: row.told.clone(),
        at: row.at.clone(),
        read_back: row.is_read_back,
        note: if act == Some(Act::Referred) { String::new() } else { row.note.clone() },
        ..StepDraft::default()
    }
}

fn held_row(file: &str, row: &FollowUpReturned, (reason, by): (Reason, u64)) -> HeldTaskRow {
    let mut hash = Sha256::new();
    for text in [&row.number, &row.day, &row.way, &row.result, &row.next, &row.note] {
        hash.update(text.as_bytes());
        hash.update([0]);
    }
    // Of rows that came without these columns, the id is as it was.
    for text in [&row.told, &row.at, &row.read_back].into_iter().filter(|text| !text.is_empty()) {
        hash.update(text.as_bytes());
        hash.update([1]);
    }
    HeldTaskRow {
        id: hash.finalize().into(),
        file: file.to_owned(),
        row: row.row,
        number: row.number.clone(),
        reason: reason.word().to_owned(),
        cells: serde_json::to_string(&SheetCells { brought_by: by, ..cells(row) })
            .unwrap_or_default(),
    }
}

fn cells(row: &FollowUpReturned) -> SheetCells {
    SheetCells {
        name: row.name.clone(),
        day: row.day.clone(),
        way: row.way.clone(),
        result: row.result.clone(),
        next: row.next.clone(),
        note: row.note.clone(),
        told: row.told.clone(),
        at: row.at.clone(),
        is_read_back: row.is_read_back() == Some(true),
        brought_by: 0,
    }
}

fn shown_id(id: &[u8; 32]) -> String {
    id.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

fn shown(store: &Store, one: HeldTaskRow) -> SheetHeld {
    let task = task_numbered(store, &one.number).ok();
    SheetHeld {
        id: shown_id(&one.id),
        cells: serde_json::from_str(&one.cells).unwrap_or_default(),
        person: task.map(|task| task.person.0.to_string()),
        file: one.file,
        row: one.row,
        number: one.number,
        text: reason_zh(&one.reason),
        reason: one.reason,
    }
}

/// Rows that came back and were not taken, and whose follow-up has not been given the same answer since: by another account, by
/// hand, or on another device.
pub fn held_rows(store: &Store) -> Result<Vec<SheetHeld>, Failure> {
    let mut rows = store.held_task_rows().map_err(failed)?;
    rows.retain(|one| !is_answered(store, one));
    Ok(rows.into_iter().map(|one| shown(store, one)).collect())
}

/// Those that say what stands by now go.
fn drop_answered(store: &mut Store) -> Result<(), Failure> {
    for one in store.held_task_rows().map_err(failed)? {
        if is_answered(store, &one) {
            store.drop_task_row(&one.id).map_err(failed)?;
        }
    }
    Ok(())
}

/// The step that somebody meant stands. Not of a row that says something of another's name, nor of one that nobody can read.
fn is_answered(store: &Store, held: &HeldTaskRow) -> bool {
    let Ok(cells) = serde_json::from_str::<SheetCells>(&held.cells) else { return false };
    let (Ok(task), Ok(day)) = (task_numbered(store, &held.number), cells.day.parse()) else {
        return false;
    };
    let name = store.person(task.person).ok().flatten().map(|person| person.details.name);
    if !cells.name.is_empty() && name.as_ref() != Some(&cells.name) {
        return false;
    }
    let view = view_of(store, &task);
    view.is_ok_and(|view| matches!(plan(&view, &drafted(&cells), day, Shown::Paper), Ok(None)))
}

/// The same as an account may read it: a row whose number is nobody's here may be about anybody, so what is written in it is shown to
/// an account with units of its own only where it brought the row in. That the row is there is not hidden: it is to be asked about.
pub fn readable_row(held: SheetHeld, own: Option<&[UnitCode]>, by: OperatorId) -> SheetHeld {
    if own.is_none() || held.person.is_some() || held.cells.brought_by == by.0 {
        return held;
    }
    SheetHeld { cells: SheetCells::default(), ..held }
}

/// Somebody has looked at one, and it is off the list.
pub fn drop_held_row(store: &mut Store, operator: Option<&str>, id: &str) -> Result<(), Failure> {
    let operator = following(store, operator)?;
    let rows = store.held_task_rows().map_err(failed)?;
    let found = rows.into_iter().find(|row| shown_id(&row.id) == id);
    let found = found.ok_or(Failure::new(Code::HeldUnknown))?;
    let Some(own) = own_units(store, Some(operator))? else {
        store.drop_task_row(&found.id).map_err(failed)?;
        return Ok(());
    };
    // An account with units of its own: what it sees of these rows is its to put away, no other's.
    let is_own = match task_numbered(store, &found.number) {
        Ok(task) => {
            let telling = store.units_telling(task.person).map_err(failed)?;
            telling.iter().any(|unit| own.iter().any(|own| own.covers(unit)))
        }
        Err(_) => shown(store, found.clone()).cells.brought_by == operator.0,
    };
    if !is_own {
        return Err(Failure::new(Code::OutOfScope));
    }
    store.drop_task_row(&found.id).map_err(failed)?;
    Ok(())
}
