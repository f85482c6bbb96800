//! 发放 over a store: who holds which version of their report, that one was printed, that somebody signed for it. The same on a
//! device and the server. Not whether a report is final (`may_print`), nor the list on paper (`receipt`).

use crate::left_out::{LeftOut, refuse_if_all, unless_left_out};
use crate::may_print::{MayPrint, may_print};
use crate::person_report::examined;
use crate::said_day::{last_day, refuse_day};
use crate::{MayWrite, failed, person_named, unit_named};
use chrono::NaiveDate;
use domain::delivery::{DeliveryAct, HandState, hand_state};
use domain::facts::PersonKind;
use domain::ids::{OperatorId, PersonId, UnitCode};
use domain::order::reading_order;
use domain::role::Role;
use ledger::Reference;
use protocol::convert::day_number;
use protocol::fact::{DeliveryFact, EntryReference};
use protocol::{Code, Entry, Fact, Failure, Header};
use serde::Serialize;
use std::collections::BTreeSet;
use store::{ConclusionView, DeliveryView, Round, StopPerson, Store, name_order};

/// Characters of whoever took a report, and of a reason.
const TEXT_CHARS_MAX: usize = 60;

/// Whose papers, and what is said of them.
#[derive(Debug, Clone, Default)]
pub struct HandOrder {
    /// A round's id or unique name.
    pub round: String,
    /// A village or a school.
    pub unit: String,
    /// Ids, ID numbers or texts that find exactly one.
    pub people: Vec<String>,
    /// Everybody at the unit whose final report was printed and is not in their hand.
    pub all: bool,
    /// Of `all`, not these.
    pub except: Vec<String>,
    /// 本人, 家属, 班主任, a name.
    pub taken_by: String,
    /// Why, where something is taken back.
    pub reason: String,
    /// Account or id.
    pub operator: Option<String>,
    /// `2026-09-20`; none = today.
    pub day: Option<String>,
}

/// How one person stands to their report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HandLine {
    pub person: String,
    pub name: String,
    pub grade: String,
    pub group: String,
    /// The report's number.
    pub number: String,
    pub state: &'static str,
    pub state_zh: &'static str,
    /// The version that is final now.
    pub version: Option<u32>,
    /// It left a printer, as somebody recorded.
    pub printed: bool,
    /// The newest version somebody signed for.
    pub holds: Option<u32>,
    pub received_on: String,
    pub taken_by: String,
    /// Who recorded it.
    pub by: String,
    #[serde(skip)]
    pub(crate) is_due: bool,
}

/// A unit's people in the order in which their reports are printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HandList {
    pub examined: usize,
    pub not_final: usize,
    pub not_given: usize,
    pub given: usize,
    pub holds_old: usize,
    pub lines: Vec<HandLine>,
}

/// What was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Handed {
    pub recorded: usize,
    /// Recorded before: nothing was written.
    pub known: usize,
    /// Not recorded: outside the account's units. Their rows are those of the unit's list.
    pub left_out: Vec<LeftOut>,
}

/// One report that goes to a printer.
pub(crate) struct Print {
    pub stop: UnitCode,
    pub person: PersonId,
    pub conclusion: Reference,
    pub version: u32,
}

/// The operator with this account or id, whose role has to allow it.
pub fn delivering(store: &Store, named: Option<&str>) -> Result<OperatorId, Failure> {
    let refused = || Failure::new(Code::DeliveryRole);
    let named = named.ok_or_else(refused)?;
    let operators = store.operators().map_err(failed)?;
    let found = operators.iter().find(|o| o.account == named || o.id.to_string() == named);
    let operator = found.ok_or(Failure::new(Code::OperatorUnknown))?;
    match Role::of_word(operator.role.trim()) {
        Some(role) if role.may_deliver() => Ok(operator.id),
        Some(_) | None => Err(refused()),
    }
}

/// Everybody examined at a unit, and which version each holds.
pub fn hand_list(store: &Store, round: &Round, unit: &UnitCode) -> Result<HandList, Failure> {
    let people = examined(store, round.id, unit)?;
    let lines: Vec<HandLine> = people
        .iter()
        .map(|one| Ok(Standing::of(store, round, one)?.line(round, one)))
        .collect::<Result<_, Failure>>()?;
    let count = |states: &[HandState]| {
        lines.iter().filter(|line| states.iter().any(|s| s.word() == line.state)).count()
    };
    Ok(HandList {
        examined: lines.len(),
        not_final: count(&[HandState::NotFinal, HandState::HoldsOldNotFinal]),
        not_given: count(&[HandState::NotGiven]),
        given: count(&[HandState::Given]),
        holds_old: count(&[HandState::HoldsOld, HandState::HoldsOldNotFinal]),
        lines,
    })
}

/// Records that people signed for what they have in the hand: the version that is final now or, where that was never printed, the
/// one printed before it. `header` names whoever says it.
pub fn record_received(
    store: &mut Store,
    header: &Header,
    order: &HandOrder,
    today: NaiveDate,
    may_write: MayWrite,
) -> Result<Handed, Failure> {
    let taken_by = short(&order.taken_by)?;
    let (round, people) = named(store, order)?;
    let mut handed = Handed { recorded: 0, known: 0, left_out: Vec::new() };
    let mut work = Vec::new();
    for (at, one) in &people {
        let standing = Standing::of(store, &round, one)?;
        if order.all && !(standing.state.is_due() && standing.is_printed()) {
            continue;
        }
        let Some((conclusion, version)) = standing.signed_for() else {
            return Err(Failure::new(Code::ReportNotFinal));
        };
        if standing.state == HandState::Given {
            handed.known += 1;
            continue;
        }
        let fact = DeliveryFact {
            act: DeliveryAct::Received as u32,
            conclusion: Some(EntryReference::from(&conclusion)),
            version,
            taken_by: taken_by.clone(),
            ..DeliveryFact::default()
        };
        let when = (order.day.as_deref(), standing.signed_on(conclusion), today);
        let stop = stop_of(one)?;
        let decided = may_write(stop).and_then(|()| entry(header, &round, one, when, fact));
        match unless_left_out(decided)? {
            Ok(entry) => work.push(entry),
            Err(code) => handed.left_out.push(LeftOut::of(*at, one, code)),
        }
    }
    refuse_if_all(&handed.left_out, work.len() + handed.known)?;
    handed.recorded = work.len();
    append(store, &work, may_write)?;
    Ok(handed)
}

/// Takes back what was said by mistake of the newest version each holds, with the reason.
pub fn withdraw_received(
    store: &mut Store,
    header: &Header,
    order: &HandOrder,
    today: NaiveDate,
    may_write: MayWrite,
) -> Result<Handed, Failure> {
    let reason = short(&order.reason)?;
    if reason.is_empty() {
        return Err(Failure::new(Code::ReasonMissing));
    }
    if order.all || order.people.is_empty() {
        return Err(Failure::new(Code::PersonUnknown));
    }
    let (round, people) = named(store, order)?;
    let mut work = Vec::new();
    for (_, one) in &people {
        let standing = Standing::of(store, &round, one)?;
        let held = standing.held().ok_or(Failure::new(Code::NothingToChange))?;
        let fact = DeliveryFact {
            act: DeliveryAct::Withdrawn as u32,
            replaces: vec![EntryReference::from(&held.reference)],
            reason: reason.clone(),
            ..DeliveryFact::default()
        };
        let when = (order.day.as_deref(), held.day, today);
        work.push(entry(header, &round, one, when, fact)?);
    }
    append(store, &work, may_write)?;
    Ok(Handed { recorded: work.len(), known: 0, left_out: Vec::new() })
}

/// Records that final reports went to a printer; what was recorded before is not recorded again.
pub(crate) fn record_printed(
    store: &mut Store,
    header: &Header,
    prints: &[Print],
    may_write: MayWrite,
) -> Result<usize, Failure> {
    let mut work = Vec::new();
    for print in prints {
        let round = domain::ids::RoundId(header.round);
        if is_recorded(store, round, (print.person, print.conclusion))? {
            continue;
        }
        let fact = DeliveryFact {
            act: DeliveryAct::Printed as u32,
            conclusion: Some(EntryReference::from(&print.conclusion)),
            version: print.version,
            ..DeliveryFact::default()
        };
        let header = Header { person: print.person.0.as_bytes().to_vec(), ..header.clone() };
        work.push((print.stop.clone(), Entry { header, fact: Fact::Delivery(fact) }));
    }
    append(store, &work, may_write)?;
    Ok(work.len())
}

/// Whether it is recorded that the version with this signature was printed.
pub(crate) fn is_recorded(
    store: &Store,
    round: domain::ids::RoundId,
    (person, conclusion): (PersonId, Reference),
) -> Result<bool, Failure> {
    let said = store.deliveries(round, person).map_err(failed)?;
    Ok(said.iter().any(|one| {
        one.stands && is(one, DeliveryAct::Printed) && one.conclusion == Some(conclusion)
    }))
}

/// Everything about one person's papers.
pub(crate) struct Standing {
    pub state: HandState,
    /// The report that is final now.
    pub current: Option<(Reference, u32)>,
    said: Vec<DeliveryView>,
    /// When each signature was given.
    signed: Vec<(Reference, NaiveDate)>,
}

impl Standing {
    pub fn of(store: &Store, round: &Round, one: &StopPerson) -> Result<Standing, Failure> {
        let conclusions = store.conclusions(round.id, one.person).map_err(failed)?;
        let said = store.deliveries(round.id, one.person).map_err(failed)?;
        let current = match may_print(&conclusions, one.consent.as_ref()) {
            MayPrint::Final(view) => Some((view.reference, view.fact.version)),
            MayPrint::Held | MayPrint::Preview(_) => None,
        };
        let received: Vec<Reference> =
            said.iter().filter(|o| is_received(o)).filter_map(|o| o.conclusion).collect();
        let state = hand_state(current.as_ref().map(|(of, _)| of), &received);
        let dated = |view: &ConclusionView| Some((view.reference, view.day?));
        let signed = conclusions.all.iter().filter_map(dated).collect();
        Ok(Standing { state, current, said, signed })
    }

    /// The first day on which this version can have been in a hand: it was signed, and printed where that is known.
    fn signed_on(&self, of: Reference) -> Option<NaiveDate> {
        let signed = self.signed.iter().filter(|(signed, _)| *signed == of).map(|(_, day)| *day);
        let is_print = |one: &&DeliveryView| {
            one.stands && is(one, DeliveryAct::Printed) && one.conclusion == Some(of)
        };
        let printed = self.said.iter().filter(is_print).filter_map(|one| one.day).min();
        signed.chain(printed).max()
    }

    /// The signature of the newest version in a hand that is not the one that stands: what a 更正版 is compared with.
    pub fn held_before(&self) -> Option<Reference> {
        let is_old = |one: &&DeliveryView| {
            is_received(one) && one.conclusion != self.current.map(|(of, _)| of)
        };
        self.said.iter().rev().find(is_old)?.conclusion
    }

    /// The receipt of the newest version in a hand.
    fn held(&self) -> Option<&DeliveryView> {
        self.said.iter().rev().find(|one| is_received(one))
    }

    /// What somebody who signs has: a paper that never left a printer cannot be signed for while an earlier one did and was never told
    /// of. Where nothing is known of any print, the one that stands.
    fn signed_for(&self) -> Option<(Reference, u32)> {
        if self.is_printed() {
            return self.current;
        }
        let printed =
            self.said.iter().rev().find(|one| one.stands && is(one, DeliveryAct::Printed));
        let old = printed.and_then(|one| Some((one.conclusion?, one.fact.version)));
        let is_told = |of: Reference| {
            self.said.iter().any(|one| is_received(one) && one.conclusion == Some(of))
        };
        old.filter(|(of, _)| !is_told(*of)).or(self.current)
    }

    fn is_printed(&self) -> bool {
        let is_current =
            |one: &DeliveryView| self.current.is_some_and(|(of, _)| one.conclusion == Some(of));
        self.said.iter().any(|one| one.stands && is(one, DeliveryAct::Printed) && is_current(one))
    }

    pub fn line(&self, round: &Round, one: &StopPerson) -> HandLine {
        let held = self.held();
        let text = |text: Option<&String>| text.cloned().unwrap_or_default();
        HandLine {
            person: one.person.0.to_string(),
            name: one.details.name.clone(),
            grade: text(one.grade.as_ref()),
            group: text(one.group.as_ref()),
            number: crate::person_report::report_number(one.person, round.id),
            state: self.state.word(),
            state_zh: self.state.zh(),
            version: self.current.map(|(_, version)| version),
            printed: self.is_printed(),
            holds: held.map(|one| one.fact.version),
            received_on: held
                .and_then(|one| one.day)
                .map(|day| day.to_string())
                .unwrap_or_default(),
            taken_by: held.map(|one| one.fact.taken_by.clone()).unwrap_or_default(),
            by: held.map(|one| one.operator_name.clone()).unwrap_or_default(),
            is_due: self.state.is_due(),
        }
    }
}

fn is(one: &DeliveryView, act: DeliveryAct) -> bool {
    one.fact.act() == Some(act)
}

fn is_received(one: &DeliveryView) -> bool {
    one.stands && is(one, DeliveryAct::Received)
}

fn short(text: &str) -> Result<String, Failure> {
    let text = text.trim();
    if text.chars().count() > TEXT_CHARS_MAX {
        return Err(Failure::new(Code::ValueInvalid));
    }
    Ok(text.to_owned())
}

/// People with their places in the unit's list, from 0.
type Rows = Vec<(usize, StopPerson)>;

/// Those the order names, among the examined of its unit.
fn named(store: &Store, order: &HandOrder) -> Result<(Round, Rows), Failure> {
    let round = store.round(&order.round).map_err(failed)?;
    let round = round.ok_or(Failure::new(Code::RoundUnknown))?;
    let unit = unit_named(store, &order.unit)?;
    let people = examined(store, round.id, &unit)?;
    if order.all != order.people.is_empty() {
        return Err(Failure::new(Code::PersonUnknown));
    }
    let chosen = chosen(store, if order.all { &order.except } else { &order.people })?;
    let is_here = |id: &PersonId| people.iter().any(|one| one.person == *id);
    if !chosen.iter().all(is_here) {
        return Err(Failure::new(Code::PersonUnknown));
    }
    let is_wanted = |one: &StopPerson| chosen.contains(&one.person) != order.all;
    Ok((round, people.into_iter().enumerate().filter(|(_, one)| is_wanted(one)).collect()))
}

/// The people whom texts name, by the ids they have now.
pub(crate) fn chosen(store: &Store, texts: &[String]) -> Result<BTreeSet<PersonId>, Failure> {
    let one = |text: &String| {
        let view = store.person(person_named(store, text)?).map_err(failed)?;
        Ok(view.ok_or(Failure::new(Code::PersonUnknown))?.person)
    };
    texts.iter().map(one).collect()
}

fn stop_of(one: &StopPerson) -> Result<&UnitCode, Failure> {
    let checkup = one.checkup.as_ref().ok_or(Failure::new(Code::ReportNotFinal))?;
    Ok(&checkup.stop)
}

/// `when`: the day said, the first there can be beside the checkup's, and today.
fn entry(
    header: &Header,
    round: &Round,
    one: &StopPerson,
    when: (Option<&str>, Option<NaiveDate>, NaiveDate),
    fact: DeliveryFact,
) -> Result<(UnitCode, Entry), Failure> {
    let checkup = one.checkup.as_ref().ok_or(Failure::new(Code::ReportNotFinal))?;
    let examined_on = checkup.day.unwrap_or(round.from);
    let (day, after, today) = when;
    let first = after.map_or(examined_on, |after| after.max(examined_on));
    let wrong = || Failure::at(Code::ValueInvalid, "--day");
    let day = match day {
        Some(day) => {
            let day = day.trim().parse::<NaiveDate>().map_err(|_| wrong())?;
            refuse_day(day, first, last_day(today, round))?;
            day
        }
        // A clock that fell back says nothing before what it is about.
        None => today.max(first),
    };
    let header = Header {
        person: one.person.0.as_bytes().to_vec(),
        round: round.id.0,
        day: Some(day_number(day)),
        ..header.clone()
    };
    Ok((checkup.stop.clone(), Entry { header, fact: Fact::Delivery(fact) }))
}

/// All of it in one transaction.
fn append(
    store: &mut Store,
    work: &[(UnitCode, Entry)],
    may_write: MayWrite,
) -> Result<(), Failure> {
    for (unit, _) in work {
        may_write(unit)?;
    }
    store.append_all(work).map_err(failed)
}

/// A village's A and B first (`is_grave`), then by group; a school by class alone: reports are given out class by class.
pub(crate) fn print_order(one: &StopPerson, is_grave: bool) -> impl Ord + use<> {
    let is_first = match one.kind {
        PersonKind::Resident => is_grave,
        PersonKind::Pupil => false,
    };
    let grade = reading_order(one.grade.as_deref());
    let group = reading_order(one.group.as_deref());
    (!is_first, grade, group, name_order(&one.details.name), *one.person.0.as_bytes())
}
