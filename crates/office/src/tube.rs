//! Tubes: bound to a person at 采血, said to be no good, counted by state. What is drawn and not yet reported stands as
//! 待回报 in the checkup, so that nobody is sent back to a station that has done its work; a sample that is no good takes
//! that back. Built on entries alone: a tube bound anew names what it replaces.

use crate::arrival::Ways;
use crate::failed;
use domain::arrival::TubeWay;
use domain::asked::answers;
use domain::catalogue::Catalogue;
use domain::check::Subject;
use domain::facts::{CurrentValue, PersonKind};
use domain::ids::{ItemCode, PersonId, RoundId, UnitCode};
use domain::tube::{Drawn, TubeKind, TubeState, read_code, state_words, tube_kinds, tube_state};
use domain::value::{AbsentReason, Value};
use protocol::fact::{EntryReference, ResultFact, SaveFact, SawFact, TubeAct, TubeFact, VoidFact};
use protocol::{Code, Entry, Fact, Failure, Header};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use store::{Store, Tube};

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TubeBound {
    pub person: String,
    pub code: String,
    pub tube: String,
    /// False where the same was bound already: nothing was written.
    pub new: bool,
    /// Bindings this one replaces.
    pub replaced: usize,
}

/// One kind of tube of one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TubeOfPerson {
    /// The kind's key.
    pub kind: String,
    pub tube: String,
    /// The code of the station that draws it.
    pub station: u32,
    pub state: TubeState,
    /// With how many results are there, where only a part is.
    pub state_zh: String,
    /// Codes that stand, in their order.
    pub codes: Vec<String>,
    /// How far what is awaited has come; none where nothing is.
    pub way: Option<TubeWay>,
    pub way_zh: &'static str,
}

/// People of a stop by the state of one kind of tube.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TubeCount {
    pub tube: String,
    pub not_drawn: u32,
    pub awaited: u32,
    /// Of those awaited: 在途.
    pub on_the_way: u32,
    /// 已送达.
    pub arrived: u32,
    /// 清点不符.
    pub undecided: u32,
    pub reported: u32,
    pub redraw: u32,
}

/// Binds a code to a person. `header` says person, round, day and who acts; `reason` is needed where the code is bound
/// otherwise already.
pub fn bind_tube(
    store: &mut Store,
    unit: &UnitCode,
    header: &Header,
    (code, kind): (&str, &str),
    reason: &str,
) -> Result<TubeBound, Failure> {
    let catalogue = Catalogue::builtin();
    let code = read_code(code).ok_or(Failure::new(Code::TubeCodeInvalid))?;
    let kinds = tube_kinds(catalogue);
    let kind = kinds.into_iter().find(|k| k.key == kind || k.name_zh == kind);
    let kind = kind.ok_or(Failure::new(Code::TubeKindUnknown))?;
    let person = protocol::convert::person_id(&header.person);
    let person = person.ok_or(Failure::new(Code::PersonUnknown))?;
    let view = store.person(person).map_err(failed)?.ok_or(Failure::new(Code::PersonUnknown))?;
    let round = RoundId(header.round);
    if is_refused(store, round, view.person, view.kind_at(round, unit), &kind)? {
        return Err(Failure::new(Code::ConsentRefused));
    }
    let here = store.tubes_of_code(round, &code).map_err(failed)?;
    let bound = |new, replaced| TubeBound {
        person: view.person.0.to_string(),
        code: code.clone(),
        tube: kind.name_zh.clone(),
        new,
        replaced,
    };
    let is_same = |t: &Tube| t.person == view.person && t.kind == kind.code && !t.is_spoilt;
    if !here.is_empty() && here.iter().all(is_same) {
        return Ok(bound(false, 0));
    }
    if here.iter().any(|tube| tube.is_reported) {
        return Err(Failure::new(Code::TubeReported));
    }
    if !here.is_empty() && reason.trim().is_empty() {
        return Err(Failure::new(Code::TubeTaken));
    }
    let mut work =
        vec![(unit.clone(), tube_entry(header, &code, kind.code, TubeAct::Bound, &here, reason))];
    for tube in here.iter().filter(|tube| !is_same(tube)) {
        work.extend(no_longer_awaited(store, round, header, tube, reason)?);
    }
    let day = header.day.and_then(protocol::convert::day_date).unwrap_or_default();
    let (sex, birth) = (view.details.sex, view.details.birth);
    let subject = Subject { kind: view.kind_at(round, unit), sex, birth, day };
    if let Some(entry) = awaited(store, round, header, &subject, &kind, view.person)? {
        work.push((unit.clone(), entry));
    }
    let replaced = here.len();
    store.append_all(&work).map_err(failed)?;
    Ok(bound(true, replaced))
}

/// Says that a tube's sample is no good: what was awaited of it is open again.
pub fn spoil_tube(
    store: &mut Store,
    header: &Header,
    code: &str,
    reason: &str,
) -> Result<TubeBound, Failure> {
    if reason.trim().is_empty() {
        return Err(Failure::new(Code::ReasonMissing));
    }
    let code = read_code(code).ok_or(Failure::new(Code::TubeCodeInvalid))?;
    let here = store.tubes_of_code(RoundId(header.round), &code).map_err(failed)?;
    let work = spoil_entries(store, header, &here, reason)?;
    let tube = here.first().ok_or(Failure::new(Code::TubeUnknown))?;
    store.append_all(&work).map_err(failed)?;
    let kinds = tube_kinds(Catalogue::builtin());
    let name = kinds.into_iter().find(|k| k.code == tube.kind).map(|k| k.name_zh);
    Ok(TubeBound {
        person: tube.person.0.to_string(),
        code,
        tube: name.unwrap_or_default(),
        new: !work.is_empty(),
        replaced: here.len(),
    })
}

/// The entries of that. None where it is said already.
pub(crate) fn spoil_entries(
    store: &Store,
    header: &Header,
    here: &[Tube],
    reason: &str,
) -> Result<Vec<(UnitCode, Entry)>, Failure> {
    let tube = here.first().ok_or(Failure::new(Code::TubeUnknown))?;
    if here.iter().any(|other| other.person != tube.person) {
        return Err(Failure::new(Code::TubeUnknown));
    }
    if here.iter().any(|tube| tube.is_reported) {
        return Err(Failure::new(Code::TubeReported));
    }
    if here.iter().all(|tube| tube.is_spoilt) {
        return Ok(Vec::new());
    }
    let header = of_tube(header, tube);
    let entry = tube_entry(&header, &tube.code, tube.kind, TubeAct::Spoilt, here, reason);
    let mut work = vec![(tube.unit.clone(), entry)];
    work.extend(no_longer_awaited(store, RoundId(header.round), &header, tube, reason)?);
    Ok(work)
}

/// The header of an entry about a tube's person, on the day it was drawn.
pub(crate) fn of_tube(header: &Header, tube: &Tube) -> Header {
    Header {
        person: tube.person.0.as_bytes().to_vec(),
        day: tube.day.map(protocol::convert::day_number).or(header.day),
        ..header.clone()
    }
}

fn tube_entry(
    header: &Header,
    code: &str,
    kind: u32,
    act: TubeAct,
    saw: &[Tube],
    reason: &str,
) -> Entry {
    let fact = TubeFact {
        code: code.to_owned(),
        kind,
        act: act as u32,
        saw: saw.iter().map(|tube| EntryReference::from(&tube.reference)).collect(),
        reason: reason.trim().to_owned(),
    };
    Entry { header: header.clone(), fact: Fact::Tube(fact) }
}

/// 待回报 for what the person has to have of this kind of tube and what nobody has answered.
fn awaited(
    store: &Store,
    round: RoundId,
    header: &Header,
    subject: &Subject,
    kind: &TubeKind,
    person: PersonId,
) -> Result<Option<Entry>, Failure> {
    let catalogue = &*store.in_force(round).map_err(failed)?;
    let current = store.current(round, person).map_err(failed)?;
    let plain: BTreeMap<ItemCode, Vec<CurrentValue>> = current
        .iter()
        .map(|(item, values)| (*item, values.iter().map(|(value, _)| value.clone()).collect()))
        .collect();
    let packages = catalogue.packages_of(subject, &answers(&plain));
    let closed = closed_of(store, round, person, subject.kind)?;
    let is_due = |item: &&ItemCode| {
        !closed.contains(item)
            && packages.iter().any(|package| package.items.contains(item))
            && plain.get(item).is_none_or(Vec::is_empty)
    };
    let absent = Value::Absent(AbsentReason::Awaited);
    let due = kind.items.iter().filter(is_due);
    let results: Result<Vec<ResultFact>, _> =
        due.map(|item| ResultFact::of(item.0, &absent, 0, false)).collect();
    let results = results.map_err(|_| Failure::new(Code::Internal))?;
    if results.is_empty() {
        return Ok(None);
    }
    let header = Header { station: station_of(kind), ..header.clone() };
    let version = catalogue.version_of_save(kind.items.iter().copied());
    let fact = SaveFact { catalogue: version, results, ..SaveFact::default() };
    Ok(Some(Entry { header, fact: Fact::Save(fact) }))
}

/// What the family refused.
pub(crate) fn closed_of(
    store: &Store,
    round: RoundId,
    person: PersonId,
    kind: PersonKind,
) -> Result<BTreeSet<ItemCode>, Failure> {
    let consent = store.consent(round, person).map_err(failed)?.of_kind(kind);
    Ok(domain::consent::closed(Catalogue::builtin(), consent.as_ref()))
}

/// Everything that is examined in a kind of tube is refused: it is not drawn.
fn is_refused(
    store: &Store,
    round: RoundId,
    person: PersonId,
    kind: PersonKind,
    tube: &TubeKind,
) -> Result<bool, Failure> {
    let closed = closed_of(store, round, person, kind)?;
    Ok(!closed.is_empty() && tube.items.iter().all(|item| closed.contains(item)))
}

/// The station that records a kind's items.
pub(crate) fn station_of(kind: &TubeKind) -> u32 {
    let first = kind.items.first();
    let stations = Catalogue::builtin().stations.iter();
    let mut of = stations.filter(|s| first.is_some_and(|item| s.items.contains(item)));
    of.next().map_or(0, |station| u32::from(station.code.0))
}

/// Withdraws what was awaited of a tube, unless another good tube of its kind is still with the laboratory.
fn no_longer_awaited(
    store: &Store,
    round: RoundId,
    header: &Header,
    tube: &Tube,
    reason: &str,
) -> Result<Option<(UnitCode, Entry)>, Failure> {
    let kinds = tube_kinds(Catalogue::builtin());
    let Some(kind) = kinds.iter().find(|kind| kind.code == tube.kind) else { return Ok(None) };
    let others = store.tubes_of_person(round, tube.person).map_err(failed)?;
    let is_good = |t: &Tube| t.kind == tube.kind && t.code != tube.code && !t.is_spoilt;
    if others.iter().any(is_good) {
        return Ok(None);
    }
    let current = store.current(round, tube.person).map_err(failed)?;
    let mut saw: Vec<SawFact> = Vec::new();
    for item in &kind.items {
        for (value, reference) in current.get(item).into_iter().flatten() {
            if value.value == Value::Absent(AbsentReason::Awaited) {
                let entry = Some(EntryReference::from(reference));
                saw.push(SawFact { entry, items: vec![u32::from(item.0)] });
            }
        }
    }
    if saw.is_empty() {
        return Ok(None);
    }
    let header = Header { station: station_of(kind), ..of_tube(header, tube) };
    let fact = VoidFact { saw, reason: reason.trim().to_owned() };
    Ok(Some((tube.unit.clone(), Entry { header, fact: Fact::Void(fact) })))
}

/// The kinds of tube that somebody has to give, each with its state, and those that were taken beside.
pub fn tubes_of(
    store: &Store,
    round: RoundId,
    subject: &Subject,
    person: PersonId,
    results: &BTreeMap<ItemCode, Vec<CurrentValue>>,
) -> Result<Vec<TubeOfPerson>, Failure> {
    tubes_with(store, round, (subject, person), results, &mut Ways::default())
}

fn tubes_with(
    store: &Store,
    round: RoundId,
    (subject, person): (&Subject, PersonId),
    results: &BTreeMap<ItemCode, Vec<CurrentValue>>,
    ways: &mut Ways,
) -> Result<Vec<TubeOfPerson>, Failure> {
    let catalogue = &*store.in_force(round).map_err(failed)?;
    let tubes = store.tubes_of_person(round, person).map_err(failed)?;
    let packages = catalogue.packages_of(subject, &answers(results));
    let closed = closed_of(store, round, person, subject.kind)?;
    let mut all = Vec::new();
    for kind in tube_kinds(catalogue) {
        let of: Vec<&Tube> = tubes.iter().filter(|tube| tube.kind == kind.code).collect();
        let is_asked =
            |item: &&ItemCode| packages.iter().any(|package| package.items.contains(item));
        let mut asked = kind.items.iter().filter(is_asked).peekable();
        let is_any_asked = asked.peek().is_some();
        let due: Vec<&ItemCode> = asked.filter(|item| !closed.contains(item)).collect();
        // Nor is what the family refused since to be drawn again.
        let is_refused = is_any_asked && of.iter().all(|tube| tube.is_spoilt);
        if due.is_empty() && (of.is_empty() || is_refused) {
            continue;
        }
        let is_there = |item: &&ItemCode| {
            results.get(*item).is_some_and(|values| values.iter().any(|v| v.value.is_present()))
        };
        let is_answered = |item: &&&ItemCode| {
            let awaited = Value::Absent(AbsentReason::Awaited);
            results.get(**item).is_some_and(|values| values.iter().any(|v| v.value != awaited))
        };
        let answered = due.iter().filter(is_answered).count();
        let is_known = !due.is_empty() && due.iter().all(is_there);
        let drawn: Vec<Drawn> = of
            .iter()
            .map(|tube| Drawn { is_spoilt: tube.is_spoilt, is_reported: tube.is_reported })
            .collect();
        let state = tube_state(&drawn, is_known);
        let way = match state {
            TubeState::Awaited => worst_way(store, round, &of, ways)?,
            TubeState::NotDrawn | TubeState::Reported | TubeState::Redraw => None,
        };
        all.push(TubeOfPerson {
            station: station_of(&kind),
            kind: kind.key,
            tube: kind.name_zh,
            state,
            state_zh: state_words(state, answered, due.len()),
            codes: of.iter().map(|tube| tube.code.clone()).collect(),
            way,
            way_zh: way.map_or("", TubeWay::zh),
        });
    }
    Ok(all)
}

/// Of somebody's awaited tubes of a kind the one that is least far.
fn worst_way(
    store: &Store,
    round: RoundId,
    tubes: &[&Tube],
    ways: &mut Ways,
) -> Result<Option<TubeWay>, Failure> {
    let mut worst = None;
    for tube in tubes.iter().filter(|tube| !tube.is_spoilt) {
        worst = worst.max(Some(ways.of(store, round, tube)?));
    }
    Ok(worst)
}

/// Everyone listed or examined at a stop, by the state of each kind of tube.
pub fn tube_counts(
    store: &Store,
    round: RoundId,
    unit: &UnitCode,
    day: chrono::NaiveDate,
) -> Result<Vec<TubeCount>, Failure> {
    let mut counts: Vec<TubeCount> = Vec::new();
    let mut ways = Ways::default();
    for one in store.stop_people(round, unit, &|_, _| true).map_err(failed)? {
        let details = &one.details;
        let on = one.checkup.as_ref().and_then(|checkup| checkup.day).unwrap_or(day);
        let subject = Subject { kind: one.kind, sex: details.sex, birth: details.birth, day: on };
        let results = one.checkup.as_ref().map(|c| c.results.clone()).unwrap_or_default();
        for tube in tubes_with(store, round, (&subject, one.person), &results, &mut ways)? {
            let at = counts.iter().position(|count| count.tube == tube.tube).unwrap_or_else(|| {
                let (tube, none) = (tube.tube.clone(), 0);
                counts.push(TubeCount {
                    tube,
                    not_drawn: none,
                    awaited: none,
                    on_the_way: none,
                    arrived: none,
                    undecided: none,
                    reported: none,
                    redraw: none,
                });
                counts.len() - 1
            });
            let count = &mut counts[at];
            *match tube.state {
                TubeState::NotDrawn => &mut count.not_drawn,
                TubeState::Awaited => &mut count.awaited,
                TubeState::Reported => &mut count.reported,
                TubeState::Redraw => &mut count.redraw,
            } += 1;
            match tube.way {
                Some(TubeWay::OnTheWay) => count.on_the_way += 1,
                Some(TubeWay::Arrived) => count.arrived += 1,
                Some(TubeWay::Undecided) => count.undecided += 1,
                None => {}
            }
        }
    }
    Ok(counts)
}
