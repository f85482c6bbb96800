//! 随访 over a store: what is to be done about findings, how far each has come, and the step that somebody says next. The same on
//! a device and the server. What may be said is `domain::task`'s.

mod back;
mod chain;
mod list;
mod referral;
mod sheet;

pub use back::{
    SheetBack, SheetCells, SheetHeld, drop_held_row, held_rows, readable_row, take_sheet,
};
pub use chain::{Chain, ChainLine, ChainStep, PersonChains, chains, unanswered};
pub use list::{
    IssueRow, OpenElsewhere, OwnerCount, StateCount, TaskCount, TaskLine, TaskList, TaskWant,
    task_list, task_list_of,
};

pub use referral::{ReferralOrder, ReferralsIssued, issue_referral_bytes, issue_referrals};
pub use sheet::{SheetFormat, SheetIssued, SheetOrder, TodayOf, issue_sheet, issue_sheet_bytes};

use crate::said_day::{last_day, refuse_day};
use crate::{MayWrite, failed, parse_reference};
use chrono::NaiveDate;
use domain::ids::{OperatorId, UnitCode};
use domain::role::Role;
use domain::rule::Level;
use domain::task::{
    Act, Lines, Refusal, SaidOf, Stand, TRIES_MIN, Wanted, Way, check, print_task_number,
    read_task_number, said_of, stand, stand_before, tries,
};
use ledger::Reference;
use protocol::convert::day_number;
use protocol::fact::{EntryReference, StepFact};
use protocol::{Code, Entry, Fact, Failure, Header};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use store::{Store, TaskRow, TaskView};

/// A step to be said.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StepDraft {
    /// A word or a result code of `domain::task::Act`.
    pub act: String,
    /// A word or a code of `domain::task::Way`; empty = not said.
    pub way: String,
    pub told: String,
    /// `14:05`.
    pub at: String,
    pub read_back: bool,
    pub place: String,
    /// `2026-10-01`.
    pub next: Option<String>,
    pub note: String,
    /// Steps in whose place this one stands, as `ChainStep::entry` names them.
    pub replaces: Vec<String>,
    /// Why, where it replaces or withdraws.
    pub reason: String,
    /// Also where a step of a later day stands: somebody has seen it.
    pub anyway: bool,
}

/// Which follow-up, and when.
#[derive(Debug, Clone, Default)]
pub struct StepOrder {
    /// The number on paper.
    pub task: String,
    /// Account or id.
    pub operator: Option<String>,
    /// `2026-09-20`; none = today.
    pub day: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StepRecorded {
    pub number: String,
    /// False where the same stood already: nothing was written.
    pub new: bool,
    pub state: domain::task::TaskState,
    pub state_zh: &'static str,
    pub due: Option<String>,
    pub differs: bool,
}

/// The operator with this account or id, whose role has to allow it.
pub fn following(store: &Store, named: Option<&str>) -> Result<OperatorId, Failure> {
    let named = named.ok_or(Failure::new(Code::TaskRole))?;
    let operators = store.operators().map_err(failed)?;
    let found = operators.iter().find(|o| o.account == named || o.id.to_string() == named);
    let operator = found.ok_or(Failure::new(Code::OperatorUnknown))?;
    match Role::of_word(operator.role.trim()) {
        Some(role) if role.may_follow_up() => Ok(operator.id),
        Some(_) | None => Err(Failure::new(Code::TaskRole)),
    }
}

/// The one follow-up that a number on paper means.
pub fn task_numbered(store: &Store, number: &str) -> Result<TaskRow, Failure> {
    let unknown = || Failure::new(Code::TaskUnknown);
    let number = read_task_number(number).ok_or_else(unknown)?;
    let found = store.tasks_numbered(number).map_err(failed)?;
    match <[TaskRow; 1]>::try_from(found) {
        Ok([only]) => Ok(only),
        Err(_) => Err(unknown()),
    }
}

/// Says a step. `header` names whoever says it; round, person and day come from the order.
pub fn record_step(
    store: &mut Store,
    header: &Header,
    order: &StepOrder,
    draft: &StepDraft,
    today: NaiveDate,
    may_write: MayWrite,
) -> Result<StepRecorded, Failure> {
    let task = task_numbered(store, &order.task)?;
    if header.operator == 0 {
        return Err(Failure::new(Code::TaskRole));
    }
    let stop = store.checkup_stop(task.round, task.person).map_err(failed)?;
    let (stop, found) = stop.ok_or(Failure::new(Code::TaskGone))?;
    let unit = written_at(stop, &task, may_write)?;
    let view = view_of(store, &task)?;
    let day = match &order.day {
        Some(day) => {
            let day = read_day(day)?;
            let round = store.round(&task.round.to_string()).map_err(failed)?;
            let round = round.ok_or(Failure::new(Code::RoundUnknown))?;
            match refuse_day(day, found, last_day(today, &round)) {
                Err(failure) if failure.code == Code::DayTooEarly => {
                    return Err(Failure::new(Code::TaskDayWrong));
                }
                may => may.map(|()| day)?,
            }
        }
        // A clock that fell back says nothing before the finding.
        None => today.max(found),
    };
    // Keyed from a paper of an earlier day: what came since was not on it.
    let shown = if order.day.is_some() && day < today { Shown::Paper } else { Shown::Screen };
    let Some(fact) = plan(&view, draft, day, shown)? else {
        return recorded(store, &task, false);
    };
    // Told once: whoever keys a paper does not see what has been said since it was written.
    if !draft.anyway && draft.replaces.is_empty() && back::is_stale(&view, day) {
        return Err(Failure::new(Code::TaskStale));
    }
    append(store, header, &task, &unit, day, fact)?;
    recorded(store, &task, true)
}

/// Where a step is written: in the stream of the checkup's stop; where that is another's, in that of the unit whose list has the
/// follow-up. A step is found by round and person, whichever it lies in.
fn written_at(stop: UnitCode, task: &TaskRow, may_write: MayWrite) -> Result<UnitCode, Failure> {
    match may_write(&stop) {
        Err(failure) if failure.code == Code::OutOfScope && may_write(&task.unit).is_ok() => {
            Ok(task.unit.clone())
        }
        may => may.map(|()| stop),
    }
}

fn append(
    store: &mut Store,
    header: &Header,
    task: &TaskRow,
    unit: &UnitCode,
    day: NaiveDate,
    fact: StepFact,
) -> Result<(), Failure> {
    let header = Header {
        person: task.person.0.as_bytes().to_vec(),
        round: task.round.0,
        day: Some(day_number(day)),
        worst_level: u32::from(task.level.number()),
        ..header.clone()
    };
    store.append(unit, &[Entry { header, fact: Fact::Step(fact) }]).map_err(failed)?;
    Ok(())
}

fn view_of(store: &Store, task: &TaskRow) -> Result<TaskView, Failure> {
    let views = store.person_tasks(task.round, task.person).map_err(failed)?;
    let view = views.into_iter().find(|view| view.rule == task.rule);
    view.ok_or(Failure::new(Code::TaskUnknown))
}

fn recorded(store: &Store, task: &TaskRow, new: bool) -> Result<StepRecorded, Failure> {
    let view = view_of(store, task)?;
    Ok(StepRecorded {
        number: print_task_number(task.number()),
        new,
        state: view.stand.state,
        state_zh: view.stand.state.zh(),
        due: view.due.map(|due| due.to_string()),
        differs: view.stand.differs,
    })
}

/// A level A that nobody was told of, for all that is known.
fn awaits_answer(view: &TaskView) -> bool {
    view.level == Level::A && !view.stand.is_answered
}

/// Days on which somebody was tried and not reached: three calls of one morning are one try.
fn tried_on(view: &TaskView) -> usize {
    let tried =
        view.steps.iter().filter(|step| step.stands && step.fact.act() == Some(Act::NotReached));
    tried.filter_map(|step| step.day).collect::<BTreeSet<_>>().len()
}

/// Where whoever says a step reads what it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// As it stands now.
    Screen,
    /// On a list that was filled in on the step's day: what came later was not on it.
    Paper,
}

impl Shown {
    fn lines(self, view: &TaskView, day: NaiveDate) -> SaidOf {
        match self {
            Shown::Screen => view.lines.now(),
            Shown::Paper => view.lines.by(day),
        }
    }
}

/// What a draft says, and how somebody was reached.
fn wanted(draft: &StepDraft, day: NaiveDate) -> Result<(Wanted, Option<Way>), Failure> {
    let invalid = || Failure::new(Code::TaskInvalid);
    let act = draft.act.trim();
    let act = Act::of_word(act).or_else(|| Act::of_code(act)).ok_or_else(invalid)?;
    let way = match draft.way.trim() {
        "" => None,
        way => Some(Way::read(way).ok_or_else(invalid)?),
    };
    let next = draft.next.as_deref().map(str::trim).filter(|next| !next.is_empty());
    let wanted = Wanted {
        act,
        day,
        next: next.map(read_day).transpose()?,
        told: draft.told.clone(),
        at: draft.at.clone(),
        read_back: draft.read_back,
        place: draft.place.clone(),
        note: draft.note.clone(),
    };
    Ok((wanted, way))
}

/// The step that comes of a draft; `None` where the same stands already.
fn plan(
    view: &TaskView,
    draft: &StepDraft,
    day: NaiveDate,
    shown: Shown,
) -> Result<Option<StepFact>, Failure> {
    let (wanted, way) = wanted(draft, day)?;
    let replaces = draft.replaces.iter().map(|one| parse_reference(one));
    let replaces: BTreeSet<Reference> = replaces.collect::<Result<_, _>>()?;
    if !replaces.is_subset(&view.stand.standing) {
        return Err(Failure::new(Code::NothingToChange));
    }
    if !replaces.is_empty() && draft.reason.trim().is_empty() {
        return Err(Failure::new(Code::ReasonMissing));
    }
    // What stands in a step's place is said of what that one was.
    let then = (!replaces.is_empty()).then(|| said_of(&view.said, &replaces)).flatten();
    let of = then.unwrap_or_else(|| shown.lines(view, day));
    let fact = StepFact::of(&view.rule, way, &wanted);
    // A step on a screen about what has come since is another one; a paper that comes in again is the same paper.
    let asks_more = |step: &store::StepView| {
        let said = view.said.iter().find(|said| said.id == step.reference);
        let known = said.and_then(|said| said.of.as_ref());
        let is_told = wanted.is_answer() || known.is_some_and(|known| known.minor.is_some());
        shown == Shown::Screen && is_told && known.is_some_and(|known| of.has_more_than(known))
    };
    let same = |step: &store::StepView| {
        step.stands
            && step.day == Some(day)
            && StepFact {
                saw: Vec::new(),
                replaces: Vec::new(),
                reason: String::new(),
                of: None,
                ..step.fact.clone()
            } == fact
            && !asks_more(step)
    };
    if replaces.is_empty() && view.steps.iter().any(same) {
        return Ok(None);
    }
    let fact = if wanted.act == Act::Withdrawn {
        if replaces.is_empty() {
            return Err(Failure::new(Code::NothingToChange));
        }
        fact
    } else {
        let stand = stand_said(view, &of, &replaces);
        check(view.level, view.basis.is_some(), view.day, &stand, &wanted).map_err(refused)?;
        if wanted.act == Act::Lost && awaits_answer(view) && tried_on(view) < TRIES_MIN {
            return Err(Failure::new(Code::TaskTriesDays));
        }
        fact.said_of(&of)
    };
    let named = |all: &mut dyn Iterator<Item = &Reference>| all.map(EntryReference::from).collect();
    Ok(Some(StepFact {
        saw: named(&mut view.steps.iter().map(|step| &step.reference)),
        replaces: named(&mut replaces.iter()),
        reason: draft.reason.trim().to_owned(),
        ..fact
    }))
}

/// Where it stands for whoever says something of these lines: what of level B they did not see, and what nobody was called about, is not
/// theirs to say.
fn stand_said(view: &TaskView, of: &SaidOf, replaces: &BTreeSet<Reference>) -> Stand<Reference> {
    if !replaces.is_empty() {
        return stand_without(view, replaces);
    }
    let minor = view.lines.only(of).minor;
    let lines = Lines { grave: view.lines.grave.clone(), minor };
    Stand { tries: tries(&view.lines, &view.said, of), ..stand(view.level, &lines, &view.said) }
}

/// Where it stood when these steps were said, for what stands in their place; with none named, where it stands.
fn stand_without(view: &TaskView, replaces: &BTreeSet<Reference>) -> Stand<Reference> {
    match replaces.is_empty() {
        true => view.stand.clone(),
        false => stand_before(view.level, &view.lines, &view.said, replaces),
    }
}

fn read_day(text: &str) -> Result<NaiveDate, Failure> {
    text.trim().parse().map_err(|_| Failure::new(Code::TaskInvalid))
}

pub(crate) fn refused(refusal: Refusal) -> Failure {
    Failure::new(match refusal {
        Refusal::Gone => Code::TaskGone,
        Refusal::NotAnswered => Code::TaskNotAnswered,
        Refusal::PlaceMissing => Code::TaskPlaceMissing,
        Refusal::ReasonMissing => Code::ReasonMissing,
        Refusal::TriesMissing => Code::TaskTriesMissing,
        Refusal::Backward => Code::TaskBackward,
        Refusal::DayWrong => Code::TaskDayWrong,
        Refusal::TooLong => Code::TaskInvalid,
    })
}
