//! One person's follow-ups: each finding with every step ever said about it, and what may be said next.

use super::stand_without;
use crate::{failed, print_reference};
use chrono::NaiveDate;
use domain::ids::{PersonId, RoundId};
use domain::rule::Level;
use domain::task::{
    Act, Bucket, Line, Stand, TaskState, Way, bucket, leads, print_task_number, task_number,
};
use ledger::Reference;
use protocol::convert::day_date;
use protocol::{Code, Failure};
use serde::Serialize;
use std::collections::BTreeSet;
use store::{StepView, Store, TaskView};

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChainLine {
    pub level: &'static str,
    /// What was seen, in words for the person.
    pub seen: String,
    /// What the class is called, for whoever is of the trade; empty where the words say it.
    pub class: String,
    pub value: String,
    pub action: String,
    /// Where to go; empty = not said.
    pub place: String,
    /// Of it nobody knows who was told; and of another of the same chain it is known, or the chain had ended before it came.
    pub awaits_answer: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChainStep {
    /// To name it where it is put right.
    pub entry: String,
    pub day: Option<String>,
    pub by: String,
    pub act: &'static str,
    pub act_zh: &'static str,
    /// The code on paper; empty = not said.
    pub way: String,
    pub way_zh: &'static str,
    pub told: String,
    pub at: String,
    pub read_back: bool,
    pub place: String,
    pub next: Option<String>,
    pub note: String,
    /// Why it stands in another's place.
    pub reason: String,
    pub stands: bool,
    /// It leads nowhere since a step before it was put right.
    pub is_idle: bool,
    /// No later step has seen it: where two are so and differ, somebody has to decide.
    pub is_head: bool,
    /// Acts that may be said in its place; none where something stands in its place already.
    pub may: Vec<&'static str>,
    /// Whatever is said in its place has to say who was told, when, and read back.
    pub awaits_answer: bool,
}

impl ChainStep {
    /// What was done, in one line: where, by what way, who was told and when, read back, the next day, the note.
    pub fn words_zh(&self) -> String {
        let told = match (self.told.as_str(), self.at.as_str()) {
            ("", _) => String::new(),
            (told, at) => format!("告知{told} {at}"),
        };
        let words = [
            self.act_zh.to_owned(),
            self.place.clone(),
            self.way_zh.to_owned(),
            told.trim().to_owned(),
            if self.read_back { "已复述".to_owned() } else { String::new() },
            self.next.as_ref().map(|next| format!("下次 {next}")).unwrap_or_default(),
            self.note.clone(),
        ];
        let said: Vec<String> = words.into_iter().filter(|word| !word.is_empty()).collect();
        said.join("　")
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Chain {
    pub number: String,
    /// The name of its round where that is not the one asked for.
    pub round: String,
    pub rule: String,
    pub level: &'static str,
    pub lines: Vec<ChainLine>,
    pub state: TaskState,
    pub state_zh: &'static str,
    pub bucket: Bucket,
    pub bucket_zh: &'static str,
    /// The day of the finding.
    pub day: Option<String>,
    pub due: Option<String>,
    pub differs: bool,
    /// A level A of which it is not known who was told, when, and read back.
    pub awaits_answer: bool,
    pub tries: usize,
    pub steps: Vec<ChainStep>,
    /// Acts that may be said next.
    pub may: Vec<&'static str>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PersonChains {
    pub person: String,
    pub name: String,
    /// What tells the person from others of the name.
    pub who: String,
    pub phone: String,
    pub phone_owner: String,
    pub chains: Vec<Chain>,
}

/// Everything about one person's follow-ups in a round, and what is still to be done of others.
pub fn chains(
    store: &Store,
    round: RoundId,
    person: PersonId,
    today: NaiveDate,
) -> Result<PersonChains, Failure> {
    let view = store.person(person).map_err(failed)?.ok_or(Failure::new(Code::PersonUnknown))?;
    let tasks = store.person_tasks(round, view.person).map_err(failed)?;
    let mut chains: Vec<Chain> =
        tasks.iter().map(|task| chain(round, view.person, task, today)).collect();
    // What another round left to be done is still to be done.
    for other in store.rounds().map_err(failed)?.into_iter().rev().filter(|one| one.id != round) {
        let tasks = store.person_tasks(other.id, view.person).map_err(failed)?;
        let all = tasks.iter().map(|task| chain(other.id, view.person, task, today));
        let open = all.filter(|one| matches!(one.bucket, Bucket::Due | Bucket::Overdue));
        chains.extend(open.map(|one| Chain { round: other.name.clone(), ..one }));
    }
    chains.sort_by_key(|chain| std::cmp::Reverse(Level::parse(chain.level)));
    Ok(PersonChains {
        person: view.person.0.to_string(),
        who: view.details.apart_zh(),
        name: view.details.name,
        phone: view.details.phone.unwrap_or_default(),
        phone_owner: view.details.phone_owner.unwrap_or_default(),
        chains,
    })
}

fn chain(round: RoundId, person: PersonId, task: &TaskView, today: NaiveDate) -> Chain {
    let stand = &task.stand;
    let basis = task.basis.as_ref();
    let bucket = bucket(stand.state, basis.is_some(), task.due, today);
    let has_answer = stand.unanswered.len() < task.lines.grave.len();
    let lines = basis.into_iter().flat_map(|basis| &basis.lines).map(|line| ChainLine {
        level: line.level.key(),
        seen: line.said.clone(),
        class: class_words(line).to_owned(),
        value: own_value(line).to_owned(),
        action: line.action.clone(),
        place: line.place.clone(),
        awaits_answer: (has_answer && awaits_answer(task, line)) || is_fresh(task, line),
    });
    Chain {
        round: String::new(),
        number: print_task_number(task_number(round, person, &task.rule)),
        rule: task.rule.clone(),
        level: task.level.key(),
        lines: lines.collect(),
        state: stand.state,
        state_zh: stand.state.zh(),
        bucket,
        bucket_zh: bucket.zh(),
        day: task.day.map(|day| day.to_string()),
        due: task.due.map(|due| due.to_string()),
        differs: stand.differs,
        awaits_answer: basis.is_some() && !stand.is_answered,
        tries: stand.tries,
        steps: in_place(&task.steps).into_iter().map(|one| step(task, one)).collect(),
        may: may_follow(task, stand),
    }
}

/// A step that stands in another's place right behind it; the others in the order in which they can be told.
fn in_place(steps: &[StepView]) -> Vec<&StepView> {
    let mut placed: Vec<&StepView> = Vec::with_capacity(steps.len());
    for one in steps {
        let names = |known: &&StepView| {
            let named =
                one.fact.replaces.iter().filter_map(|named| Reference::try_from(named).ok());
            named.into_iter().any(|named| named == known.reference)
        };
        match placed.iter().rposition(names) {
            Some(at) => placed.insert(at + 1, one),
            None => placed.push(one),
        }
    }
    placed
}

/// Acts that may be said of it where it stands so.
fn may_follow(task: &TaskView, stand: &Stand<Reference>) -> Vec<&'static str> {
    let may = Act::ALL.into_iter().filter(|act| {
        let is_first = matches!(act, Act::Told | Act::NotReached | Act::Lost);
        task.basis.is_some()
            && (stand.is_answered || is_first)
            && leads(stand.state, *act, stand.tries).is_some()
    });
    may.map(Act::word).collect()
}

fn step(task: &TaskView, one: &StepView) -> ChainStep {
    let without = one.stands.then(|| stand_without(task, &BTreeSet::from([one.reference])));
    let fact = &one.fact;
    let act = fact.act();
    ChainStep {
        entry: print_reference(&one.reference),
        day: one.day.map(|day| day.to_string()),
        by: one.operator_name.clone(),
        act: act.map_or("", Act::word),
        act_zh: act.map_or("", Act::zh),
        way: Way::of_number(fact.way).map_or_else(String::new, |way| (way as u8).to_string()),
        way_zh: Way::of_number(fact.way).map_or("", Way::zh),
        told: fact.told.clone(),
        at: fact.at.clone(),
        read_back: fact.read_back,
        place: fact.place.clone(),
        next: fact.next_day.and_then(day_date).map(|day| day.to_string()),
        note: fact.note.clone(),
        reason: fact.reason.clone(),
        stands: one.stands,
        is_head: one.is_head,
        is_idle: task.stand.idle.contains(&one.reference),
        may: without.as_ref().map(|stand| may_follow(task, stand)).unwrap_or_default(),
        awaits_answer: without.is_some_and(|stand| !stand.is_answered),
    }
}

/// What of somebody's findings of level A is not answered, each with what to do: 血压明显升高（184/112 mmHg）：立即处置. Empty where
/// nothing is, or where nobody was examined.
pub fn unanswered(store: &Store, round: RoundId, person: PersonId) -> Result<Vec<String>, Failure> {
    let tasks = store.person_tasks(round, person).map_err(failed)?;
    let open = tasks.iter().filter(|task| task.is_unanswered());
    let lines = open.flat_map(|task| {
        let lines = task.basis.iter().flat_map(|basis| &basis.lines);
        lines.filter(|line| awaits_answer(task, line))
    });
    let words = |line: &Line| {
        // For those who stand at the form, as they had it before them.
        let seen = with_value(&line.seen, line);
        if line.action.is_empty() { seen } else { format!("{seen}：{}", line.action) }
    };
    Ok(lines.map(words).collect())
}

/// One of level A of which it is not known who was told, when, and read back.
fn awaits_answer(task: &TaskView, line: &Line) -> bool {
    line.level == Level::A && task.stand.unanswered.contains(&line.key)
}

/// One of level B that came after the follow-up had ended.
fn is_fresh(task: &TaskView, line: &Line) -> bool {
    let stand = &task.stand;
    line.level == Level::B && stand.state == TaskState::Open && stand.fresh.contains(&line.key)
}

/// What a village doctor reads out to the person: what was seen, and no name of a class (中度贫血).
fn seen_words(line: &Line) -> String {
    with_value(&line.said, line)
}

fn with_value(words: &str, line: &Line) -> String {
    match own_value(line) {
        "" => words.to_owned(),
        _ => format!("{words}（{}）", value_words(line)),
    }
}

/// What the class is called, where the words for the person say it otherwise.
fn class_words(line: &Line) -> &str {
    if line.said.starts_with(&line.seen) { "" } else { &line.seen }
}

/// A sign's value is the name of its class.
fn own_value(line: &Line) -> &str {
    if line.value == line.seen { "" } else { &line.value }
}

/// The value with its item's name.
pub(super) fn value_words(line: &Line) -> String {
    format!("{} {}", line.item_zh, line.value).trim().to_owned()
}

/// What was seen and what to do, in one line each.
pub(super) fn lines_words(task: &TaskView) -> (String, String) {
    let lines = task.basis.iter().flat_map(|basis| &basis.lines);
    let mut seen = Vec::new();
    let mut actions: Vec<String> = Vec::new();
    for line in lines {
        seen.push(seen_words(line));
        if !line.action.is_empty() && !actions.contains(&line.action) {
            actions.push(line.action.clone());
        }
    }
    (seen.join("；"), actions.join("；"))
}
