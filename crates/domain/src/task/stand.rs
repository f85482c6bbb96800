//! Where a finding stands after its steps: how far it has come, and whether each of its lines of level A is answered. Pure. Not what a
//! step leads to (`task::leads`), nor which steps come behind which (`order`).

use super::order::{self, Order};
use super::{Act, TaskState, leads};
use crate::rule::Level;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// One step as it stands among the others. `R` names a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step<R> {
    pub id: R,
    pub act: Act,
    /// When the next contact is wanted.
    pub next: Option<NaiveDate>,
    /// It answers a finding of level A: who was told, when, and read back.
    pub is_answer: bool,
    /// The lines of level A that it was said of (`Line::key`); none: an entry of a program that did not name them. As an answer that one
    /// is of all there are.
    pub of: Option<BTreeSet<String>>,
    /// Steps that were known to whoever said this.
    pub saw: BTreeSet<R>,
    /// Steps in whose place this stands.
    pub replaces: BTreeSet<R>,
}

/// Where a finding stands after its steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stand<R> {
    pub state: TaskState,
    /// Two people said otherwise without knowing of each other.
    pub differs: bool,
    /// Steps that no other stands in place of.
    pub standing: BTreeSet<R>,
    /// Of those, the ones no later one has seen.
    pub heads: BTreeSet<R>,
    /// Of those, the ones that lead nowhere from where the steps before them have come since one was put right.
    pub idle: BTreeSet<R>,
    /// Tries that reached nobody.
    pub tries: usize,
    /// Who was told, when, and read back is known, of every line of level A.
    pub is_answered: bool,
    /// Of lines of level A that are named, those of which it is not known.
    pub unanswered: BTreeSet<String>,
    pub next: Option<NaiveDate>,
}

/// Where a finding at `level` stands after all its steps, in whatever order they are given. `grave`: its lines of level A as they stand
/// now (`Basis::grave`); where none is named, one answer is of whatever there is.
pub fn stand<R: Ord + Copy>(level: Level, grave: &BTreeSet<String>, steps: &[Step<R>]) -> Stand<R> {
    stand_of(Asked::of(level, grave), steps, &Order::of(steps, &BTreeSet::new()))
}

/// Where it stood when these steps were said: without them, and without what was said after them. Whatever stands in their place has
/// to be possible from there, and is said of what they were said of.
pub fn stand_before<R: Ord + Copy>(
    level: Level,
    grave: &BTreeSet<String>,
    steps: &[Step<R>],
    of: &BTreeSet<R>,
) -> Stand<R> {
    let mut without = order::after(steps, of);
    without.extend(of.iter().copied());
    let then = said_of(steps, of);
    let asked = match &then {
        // At that time there was none of level A.
        Some(then) if then.is_empty() => Asked::Nothing,
        Some(then) => Asked::of(level, then),
        None => Asked::of(level, grave),
    };
    stand_of(asked, steps, &Order::of(steps, &without))
}

/// The lines of level A that these steps were said of, all together. None where one of them does not name them.
pub fn said_of<R: Ord + Copy>(steps: &[Step<R>], of: &BTreeSet<R>) -> Option<BTreeSet<String>> {
    let named = steps.iter().filter(|step| of.contains(&step.id));
    let lines: Option<Vec<&BTreeSet<String>>> = named.map(|step| step.of.as_ref()).collect();
    Some(lines?.into_iter().flatten().cloned().collect())
}

/// What has to be known before a finding is answered.
#[derive(Clone, Copy)]
enum Asked<'a> {
    Nothing,
    /// Its lines are not known any more.
    AnyAnswer,
    Lines(&'a BTreeSet<String>),
}

impl<'a> Asked<'a> {
    fn of(level: Level, grave: &'a BTreeSet<String>) -> Asked<'a> {
        match level {
            Level::A if grave.is_empty() => Asked::AnyAnswer,
            Level::A => Asked::Lines(grave),
            Level::B | Level::C | Level::N => Asked::Nothing,
        }
    }

    /// What is asked and not among what `steps` were said of; none where all of it is.
    fn left<'s, R: 's>(self, steps: impl Iterator<Item = &'s Step<R>>) -> Option<BTreeSet<String>> {
        let mut steps = steps.peekable();
        match self {
            Asked::Nothing => None,
            Asked::AnyAnswer => steps.peek().is_none().then(BTreeSet::new),
            Asked::Lines(lines) => {
                let mut left = lines.clone();
                for step in steps {
                    match &step.of {
                        Some(of) => left.retain(|line| !of.contains(line)),
                        None => left.clear(),
                    }
                }
                (!left.is_empty()).then_some(left)
            }
        }
    }
}

fn stand_of<R: Ord + Copy>(asked: Asked<'_>, steps: &[Step<R>], order: &Order<'_, R>) -> Stand<R> {
    let standing = &order.standing;
    let heads = order.heads();
    let mut known = BTreeMap::new();
    for id in standing.keys() {
        at(*id, order, &mut known);
    }
    let ends: Vec<At> = heads.iter().filter_map(|head| known.get(head).copied()).collect();
    let states: BTreeSet<TaskState> = ends.iter().map(|end| end.state).collect();
    let answers = || standing.values().copied().filter(|step| step.is_answer);
    let left = asked.left(answers());
    let told = states.first().copied().unwrap_or(TaskState::Open);
    // Nobody is lost for what was found after they were given up.
    let given_up = standing.values().copied().filter(|step| step.act == Act::Lost);
    let is_lost = told == TaskState::Lost && asked.left(answers().chain(given_up)).is_none();
    // A level A stays open until it is answered, whatever else is said of it.
    let is_open = left.is_some() && !is_lost;
    Stand {
        state: if is_open { TaskState::Open } else { told },
        differs: states.len() > 1 || is_put_right_otherwise(steps, standing),
        tries: standing.values().filter(|step| step.act == Act::NotReached).count(),
        is_answered: left.is_none(),
        unanswered: left.unwrap_or_default(),
        next: ends.iter().filter_map(|end| end.next).min(),
        standing: standing.keys().copied().collect(),
        idle: known.iter().filter(|(_, at)| at.is_idle).map(|(id, _)| *id).collect(),
        heads,
    }
}

/// Two people put one step right in different words without knowing of each other.
fn is_put_right_otherwise<R: Ord + Copy>(
    steps: &[Step<R>],
    standing: &BTreeMap<R, &Step<R>>,
) -> bool {
    let replaced = steps.iter().flat_map(|step| &step.replaces);
    let mut acts = replaced.map(|one| {
        let by = standing.values().filter(|step| step.replaces.contains(one));
        by.map(|step| step.act).collect::<BTreeSet<Act>>()
    });
    acts.any(|acts| acts.len() > 1)
}

/// How far it had come with one step.
#[derive(Clone, Copy)]
struct At {
    state: TaskState,
    next: Option<NaiveDate>,
    /// It leads nowhere from there.
    is_idle: bool,
}

fn at<R: Ord + Copy>(id: R, order: &Order<'_, R>, known: &mut BTreeMap<R, At>) -> At {
    const BEFORE: At = At { state: TaskState::Open, next: None, is_idle: false };
    if let Some(at) = known.get(&id) {
        return *at;
    }
    let Some(step) = order.standing.get(&id) else { return BEFORE };
    // Nobody's steps go round in a circle; bytes from elsewhere may: each is asked once.
    known.insert(id, BEFORE);
    let before: Vec<At> =
        order.right_before(id).into_iter().map(|one| at(one, order, known)).collect();
    let from = before.iter().map(|at| at.state).min().unwrap_or(TaskState::Open);
    let seen = || {
        let before = order.before.get(&id).into_iter().flatten();
        before.filter_map(|one| order.standing.get(one).copied())
    };
    // What had ended goes on from the start for a line of level A that none of those steps was said of.
    let is_anew = from.is_done() && step.of.as_ref().is_some_and(|of| is_new(of, seen()));
    let from = if is_anew { TaskState::Open } else { from };
    let tries = seen().filter(|step| step.act == Act::NotReached).count();
    let led = leads(from, step.act, tries);
    let state = led.unwrap_or(from);
    let earlier = before.iter().filter_map(|at| at.next).min();
    let is_end = state.is_done() || state == TaskState::Lost;
    let next = step.next.or(if is_end { None } else { earlier });
    let made = At { state, next, is_idle: led.is_none() };
    known.insert(id, made);
    made
}

/// Some line of these is none that `steps` were said of. An answer that names none is of all.
fn is_new<'s, R: 's>(of: &BTreeSet<String>, steps: impl Iterator<Item = &'s Step<R>>) -> bool {
    let mut left = of.clone();
    for step in steps {
        match &step.of {
            Some(said) => left.retain(|line| !said.contains(line)),
            None if step.is_answer => return false,
            None => {}
        }
    }
    !left.is_empty()
}
