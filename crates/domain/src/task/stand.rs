//! Where a finding stands after its steps: how far it has come, whether each of its lines of level A is answered, and whether what ended
//! it was said of each of its lines. Pure. Not what a step leads to (`task::leads`), nor which steps come behind which (`order`).

use super::lines::{Lines, SaidOf};
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
    /// The day that whoever said it gave.
    pub day: Option<NaiveDate>,
    /// When the next contact is wanted.
    pub next: Option<NaiveDate>,
    /// It answers a finding of level A: who was told, when, and read back.
    pub is_answer: bool,
    /// What it was said of; none: an entry of a program that did not name it. As an answer that one is of all there is.
    pub of: Option<SaidOf>,
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
    /// Tries that reached nobody since somebody was reached, or given up, last; of lines of level A, of the one that was tried least.
    pub tries: usize,
    /// Who was told, when, and read back is known, of every line of level A.
    pub is_answered: bool,
    /// Of lines of level A that are named, those of which it is not known.
    pub unanswered: BTreeSet<String>,
    /// Somebody was given up, and of each line of level A that is so or answered.
    pub is_given_up: bool,
    /// Lines of level B that no step that ended it was said of.
    pub fresh: BTreeSet<String>,
    /// The day on which the first of these was there.
    pub since: Option<NaiveDate>,
    /// Where it has ended again: the day on which the first was there of what it was open for, last.
    pub reopened: Option<NaiveDate>,
    pub next: Option<NaiveDate>,
}

/// Where a finding at `level` stands after all its steps, in whatever order they are given. `lines`: as they stand now; where none of
/// level A is named, one answer is of whatever there is.
pub fn stand<R: Ord + Copy>(level: Level, lines: &Lines, steps: &[Step<R>]) -> Stand<R> {
    stand_of(level, lines, steps, &Order::of(steps, &BTreeSet::new()))
}

/// Where it stood when these steps were said: without them, and without what was said after them. Whatever stands in their place has
/// to be possible from there, and is said of what they were said of.
pub fn stand_before<R: Ord + Copy>(
    level: Level,
    lines: &Lines,
    steps: &[Step<R>],
    of: &BTreeSet<R>,
) -> Stand<R> {
    let mut without = order::after(steps, of);
    without.extend(of.iter().copied());
    let order = Order::of(steps, &without);
    match said_of(steps, of) {
        // At that time there was none of level A.
        Some(then) if then.grave.is_empty() => {
            stand_of(level.min(Level::B), &lines.only(&then), steps, &order)
        }
        Some(then) => stand_of(level, &lines.only(&then), steps, &order),
        None => stand_of(level, lines, steps, &order),
    }
}

/// What these steps were said of, all together. None where one of them does not name it.
pub fn said_of<R: Ord + Copy>(steps: &[Step<R>], of: &BTreeSet<R>) -> Option<SaidOf> {
    let named = steps.iter().filter(|step| of.contains(&step.id));
    let said: Option<Vec<&SaidOf>> = named.map(|step| step.of.as_ref()).collect();
    Some(SaidOf::all(&said?))
}

/// Tries that count for whoever is given up now, for these lines (`Stand::tries`).
pub fn tries<R: Ord + Copy>(lines: &Lines, steps: &[Step<R>], of: &SaidOf) -> usize {
    let order = Order::of(steps, &BTreeSet::new());
    let known = known_of(lines, &order);
    tries_among(&order.standing.keys().copied().collect(), &order, &known, &of.grave)
}

/// What of level A is asked and not among what `steps` were said of; none where all of it is.
fn left<'s, R: 's>(
    level: Level,
    lines: &Lines,
    steps: impl Iterator<Item = &'s Step<R>>,
) -> Option<BTreeSet<String>> {
    let mut steps = steps.peekable();
    match level {
        Level::B | Level::C | Level::N => None,
        // Its lines are not known any more.
        Level::A if lines.grave.is_empty() => steps.peek().is_none().then(BTreeSet::new),
        Level::A => {
            let mut left: BTreeSet<String> = lines.grave.keys().cloned().collect();
            for step in steps {
                match &step.of {
                    Some(of) => left.retain(|line| !of.grave.contains(line)),
                    None => left.clear(),
                }
            }
            (!left.is_empty()).then_some(left)
        }
    }
}

fn stand_of<R: Ord + Copy>(
    level: Level,
    lines: &Lines,
    steps: &[Step<R>],
    order: &Order<'_, R>,
) -> Stand<R> {
    let standing = &order.standing;
    let heads = order.heads();
    let known = known_of(lines, order);
    let ends: Vec<At> = heads.iter().filter_map(|head| known.get(head).copied()).collect();
    let states: BTreeSet<TaskState> = ends.iter().map(|end| end.state).collect();
    let answers = || standing.values().copied().filter(|step| step.is_answer);
    let unanswered = left(level, lines, answers());
    let told = states.first().copied().unwrap_or(TaskState::Open);
    // Nobody is lost for what was found after they were given up.
    let moves = |step: &&Step<R>| known.get(&step.id).is_some_and(|at| !at.is_idle);
    let given_up = standing.values().copied().filter(|step| step.act == Act::Lost).filter(moves);
    let is_left = left(level, lines, answers().chain(given_up)).is_some();
    let enders: Vec<&Step<R>> =
        standing.values().copied().filter(|step| ends_it(step.act)).filter(moves).collect();
    let is_ended = !enders.is_empty();
    let fresh = if is_ended { lines.not_named(&enders) } else { Default::default() };
    // Whoever tries about a B that came since has not found them again for the A.
    let is_at_end = told == TaskState::Lost || (told == TaskState::Open && !fresh.is_empty());
    let is_given_up = is_at_end && !is_left;
    // A level A stays open until it is answered, whatever else is said of it; and what had ended is open for what came since.
    let is_open = match told == TaskState::Lost {
        true => !is_given_up || !fresh.is_empty(),
        false => unanswered.is_some() || (told.is_done() && !fresh.is_empty()),
    };
    let grave = match level {
        Level::A => lines.grave.keys().cloned().collect(),
        Level::B | Level::C | Level::N => BTreeSet::new(),
    };
    let state = if is_open { TaskState::Open } else { told };
    let all: BTreeSet<R> = standing.keys().copied().collect();
    // Of whoever is lost, those that they were given up after.
    let lost = || {
        standing.values().filter(|step| step.act == Act::Lost).filter_map(|step| {
            Some(tries_among(order.before.get(&step.id)?, order, &known, &grave))
        })
    };
    let tries = match state {
        TaskState::Lost => lost().max().unwrap_or_default(),
        TaskState::Open
        | TaskState::Told
        | TaskState::Referred
        | TaskState::Arrived
        | TaskState::Diagnosed
        | TaskState::Treated
        | TaskState::InCare
        | TaskState::Controlled
        | TaskState::Cleared => tries_among(&all, order, &known, &grave),
    };
    Stand {
        state,
        differs: states.len() > 1 || is_put_right_otherwise(steps, standing),
        tries,
        is_answered: unanswered.is_none(),
        unanswered: unanswered.unwrap_or_default(),
        is_given_up,
        since: fresh.values().copied().flatten().min(),
        reopened: reopened(lines, &enders),
        fresh: fresh.into_keys().collect(),
        next: ends.iter().filter_map(|end| end.next).min(),
        standing: all,
        idle: known.iter().filter(|(_, at)| at.is_idle).map(|(id, _)| *id).collect(),
        heads,
    }
}

/// Of the lines that an earlier end was not said of, and a later one was: the day of the first that the last such end was said of.
fn reopened<R>(lines: &Lines, enders: &[&Step<R>]) -> Option<NaiveDate> {
    let mut ends: Vec<&Step<R>> = enders.to_vec();
    ends.sort_by_key(|step| step.day);
    let all = lines.grave.iter().chain(&lines.minor);
    let ended = all.filter_map(|(line, there)| {
        let at = ends.iter().position(|step| lines.is_named(line, step))?;
        (at > 0).then_some((at, (*there)?))
    });
    let ended: Vec<(usize, NaiveDate)> = ended.collect();
    let last = ended.iter().map(|(at, _)| *at).max()?;
    ended.iter().filter(|(at, _)| *at == last).map(|(_, there)| *there).min()
}

/// An act that ends a follow-up, being given up among them.
fn ends_it(act: Act) -> bool {
    match act {
        Act::Treated | Act::InCare | Act::Controlled | Act::Cleared | Act::Lost => true,
        Act::Told
        | Act::Referred
        | Act::Arrived
        | Act::Diagnosed
        | Act::NotReached
        | Act::Withdrawn => false,
    }
}

/// Of `among`, the tries since somebody was reached or given up last. Of lines of level A, of the one that was tried least: nobody is
/// given up for what they were never called about.
fn tries_among<R: Ord + Copy>(
    among: &BTreeSet<R>,
    order: &Order<'_, R>,
    known: &BTreeMap<R, At>,
    grave: &BTreeSet<String>,
) -> usize {
    let steps: Vec<&Step<R>> =
        among.iter().filter_map(|id| order.standing.get(id).copied()).collect();
    let moves = |step: &&&Step<R>| known.get(&step.id).is_none_or(|at| !at.is_idle);
    let is_before = |one: &Step<R>, other: &Step<R>| {
        order.before.get(&other.id).is_some_and(|before| before.contains(&one.id))
    };
    let since: Vec<&Step<R>> =
        steps.iter().filter(|step| step.act != Act::NotReached).filter(moves).copied().collect();
    let counts = |step: &&&Step<R>| {
        step.act == Act::NotReached && !since.iter().any(|later| is_before(step, later))
    };
    let tries: Vec<&Step<R>> = steps.iter().filter(counts).copied().collect();
    let of_line = |line: &String| {
        let is_of = |step: &&&Step<R>| step.of.as_ref().is_none_or(|of| of.grave.contains(line));
        tries.iter().filter(is_of).count()
    };
    grave.iter().map(of_line).min().unwrap_or(tries.len())
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

fn known_of<R: Ord + Copy>(lines: &Lines, order: &Order<'_, R>) -> BTreeMap<R, At> {
    let mut known = BTreeMap::new();
    for id in order.standing.keys() {
        at(*id, lines, order, &mut known);
    }
    known
}

fn at<R: Ord + Copy>(
    id: R,
    lines: &Lines,
    order: &Order<'_, R>,
    known: &mut BTreeMap<R, At>,
) -> At {
    const BEFORE: At = At { state: TaskState::Open, next: None, is_idle: false };
    if let Some(at) = known.get(&id) {
        return *at;
    }
    let Some(step) = order.standing.get(&id) else { return BEFORE };
    // Nobody's steps go round in a circle; bytes from elsewhere may: each is asked once.
    known.insert(id, BEFORE);
    let before: Vec<At> =
        order.right_before(id).into_iter().map(|one| at(one, lines, order, known)).collect();
    let from = before.iter().map(|at| at.state).min().unwrap_or(TaskState::Open);
    let earlier_steps = order.before.get(&id).cloned().unwrap_or_default();
    let seen: Vec<&Step<R>> =
        earlier_steps.iter().filter_map(|one| order.standing.get(one).copied()).collect();
    let moves = |step: &&Step<R>| known.get(&step.id).is_none_or(|at| !at.is_idle);
    // What had ended goes on from the start for a line that nothing that ended it was said of.
    let has_ended = from.is_done() || from == TaskState::Lost;
    let is_anew = has_ended
        && step.of.as_ref().is_some_and(|of| {
            let moving: Vec<&Step<R>> = seen.iter().copied().filter(moves).collect();
            is_new(of, lines, &moving)
        });
    let from = if is_anew { TaskState::Open } else { from };
    let tries = match &step.of {
        Some(of) if of.minor.is_some() => tries_among(&earlier_steps, order, known, &of.grave),
        // A program that named no line of level B counted every try there was, and wrote by that.
        Some(_) | None => seen.iter().filter(|step| step.act == Act::NotReached).count(),
    };
    let led = leads(from, step.act, tries);
    let state = led.unwrap_or(from);
    let earlier = before.iter().filter_map(|at| at.next).min();
    let is_end = state.is_done() || state == TaskState::Lost;
    let next = step.next.or(if is_end { None } else { earlier });
    let made = At { state, next, is_idle: led.is_none() };
    known.insert(id, made);
    made
}

/// Some line of these is none that `steps` answered or ended. An answer that names none is of all.
fn is_new<R: Ord + Copy>(of: &SaidOf, lines: &Lines, steps: &[&Step<R>]) -> bool {
    let settles = |step: &&&Step<R>| step.is_answer || ends_it(step.act);
    let is_settled = |line: &String| {
        let mut settling = steps.iter().filter(settles);
        settling.any(|step| step.of.as_ref().is_none_or(|of| of.grave.contains(line)))
    };
    let enders: Vec<&Step<R>> = steps.iter().filter(|step| ends_it(step.act)).copied().collect();
    let is_ended = |line: &String| enders.iter().any(|step| lines.is_named(line, step));
    !of.grave.iter().all(is_settled) || !of.minor.iter().flatten().all(is_ended)
}
