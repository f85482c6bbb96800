//! Tubes: bound to a person at 采血, said to be no good, counted by state. What is drawn and not yet reported stands as
//! 待回报 in the checkup, so that nobody is sent back to a station that has done its work; a sample that is no good takes
//! that back. Built on entries alone: a tube bound anew names what it replaces.

use crate::arrival::Ways;
use crate::failed;
use chrono::NaiveDate;
use domain::arrival::TubeWay;
use domain::asked::answers;
use domain::catalogue::Catalogue;
use domain::check::Subject;
use domain::facts::{CurrentValue, PersonKind};
use domain::identity::{IdNumber, IdProblem, normalize, student_no};
use domain::ids::{ItemCode, PersonId, RoundId, UnitCode};
use domain::tube::{Drawn, TubeKind, TubeState, read_code, state_words, tube_kinds, tube_state};
use domain::value::{AbsentReason, Value};
use ledger::Reference;
use protocol::fact::{EntryReference, ResultFact, SaveFact, SawFact, TubeAct, TubeFact, VoidFact};
use protocol::{Code, Entry, Fact, Failure, Header};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use store::{Store, Tube};

/// Items named of a tube that was sent back in part.
const NAMES_MAX: usize = 3;

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
    /// Reported, and not all of it.
    pub is_partly: bool,
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
    /// Of those reported: a result that the package asks for is still missing.
    pub partly: u32,
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
    if is_of_person(store, &code)? {
        return Err(Failure::new(Code::TubeCodeOfPerson));
    }
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

/// Characters of the shortest number that a person's card carries: an ID number as issued before 1999.
const CARD_CHARS_MIN: usize = 15;
const ID_CHARS: usize = 18;
/// JK and 16 digits: a label of ours, misread too.
const LABEL_CHARS: usize = 18;

/// Whether a code is a person's and no tube's: an ID number, a 学籍号, a label or guide sheet of ours, or the number of somebody who is
/// known here. Of 15 digits that are nobody's here nothing is said: a laboratory may use them.
fn is_of_person(store: &Store, code: &str) -> Result<bool, Failure> {
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_label = |rest: &str| code.len() == LABEL_CHARS && is_digits(rest);
    // Whose number it is, and of what age, does not matter here.
    let problem = IdNumber::parse(code, NaiveDate::default()).err();
    let is_whole = matches!(problem, None | Some(IdProblem::Future | IdProblem::Age));
    let is_id = || code.len() == ID_CHARS && is_whole;
    if code.strip_prefix("JK").is_some_and(is_label) || student_no(code).is_some() || is_id() {
        return Ok(true);
    }
    if code.len() < CARD_CHARS_MIN {
        return Ok(false);
    }
    let found = store.find(code, 2).map_err(failed)?;
    let is_own =
        |number: &Option<String>| number.as_deref().is_some_and(|number| same_number(number, code));
    Ok(found.iter().any(|one| is_own(&one.details.id_number) || is_own(&one.details.student_no)))
}

/// An ID number of 15 digits is its 18 without the century and the check character.
fn same_number(number: &str, code: &str) -> bool {
    let number = normalize(number);
    let short = || Some(format!("{}{}", number.get(..6)?, number.get(8..ID_CHARS - 1)?));
    number == code || (code.len() == CARD_CHARS_MIN && short().as_deref() == Some(code))
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
    let items = kind.items.iter().copied().collect();
    withdrawn(store, round, header, tube, (&items, |_, _| true), reason)
}

/// The same of these items alone, which the laboratory sent back. A tube that has its results is waited for no more, but where it was
/// drawn later: then what is awaited is of that one, and the laboratory says again what it said of the first.
pub(crate) fn awaited_no_more(
    store: &Store,
    round: RoundId,
    header: &Header,
    tube: &Tube,
    items: &BTreeSet<ItemCode>,
    reason: &str,
) -> Result<Option<(UnitCode, Entry)>, Failure> {
    let may_answer = |other: &Tube, of: &Reference| !other.is_reported || is_later(other, tube, of);
    withdrawn(store, round, header, tube, (items, may_answer), reason)
}

/// Whether a tube was drawn after another. Of two devices on one day nothing says so but what is awaited: who wrote that after binding a
/// tube awaits it of that tube.
fn is_later(other: &Tube, tube: &Tube, awaited: &Reference) -> bool {
    let (here, there) = (&tube.reference, &other.reference);
    if here.writer == there.writer {
        return there.seq > here.seq;
    }
    let is_awaited_there = awaited.writer == there.writer && awaited.seq > there.seq;
    other.day > tube.day || (other.day == tube.day && is_awaited_there)
}

fn withdrawn(
    store: &Store,
    round: RoundId,
    header: &Header,
    tube: &Tube,
    (items, may_answer): (&BTreeSet<ItemCode>, impl Fn(&Tube, &Reference) -> bool),
    reason: &str,
) -> Result<Option<(UnitCode, Entry)>, Failure> {
    let others = store.tubes_of_person(round, tube.person).map_err(failed)?;
    let is_good = |t: &Tube| t.kind == tube.kind && t.code != tube.code && !t.is_spoilt;
    let is_answered =
        |of: &Reference| others.iter().any(|other| is_good(other) && may_answer(other, of));
    let current = store.current(round, tube.person).map_err(failed)?;
    let mut saw: Vec<SawFact> = Vec::new();
    for item in items {
        for (value, reference) in current.get(item).into_iter().flatten() {
            if value.value == Value::Absent(AbsentReason::Awaited) && !is_answered(reference) {
                let entry = Some(EntryReference::from(reference));
                saw.push(SawFact { entry, items: vec![u32::from(item.0)] });
            }
        }
    }
    if saw.is_empty() {
        return Ok(None);
    }
    let kinds = tube_kinds(Catalogue::builtin());
    let station = kinds.iter().find(|kind| kind.code == tube.kind).map_or(0, station_of);
    let header = Header { station, ..of_tube(header, tube) };
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
        let is_open = |item: &&&ItemCode| results.get(**item).is_none_or(Vec::is_empty);
        let mut open = due.iter().filter(is_open).peekable();
        let sent_back: Vec<ItemCode> = match of.iter().any(|tube| !tube.is_spoilt) {
            true if open.peek().is_some() => {
                let sent = store.sent_back(round, person).map_err(failed)?;
                open.map(|item| **item).filter(|item| sent.contains(item)).collect()
            }
            _ => Vec::new(),
        };
        let state = match sent_back.is_empty() {
            true => tube_state(&drawn, is_known),
            false => TubeState::Redraw,
        };
        let way = match state {
            TubeState::Awaited => worst_way(store, round, &of, ways)?,
            TubeState::NotDrawn | TubeState::Reported | TubeState::Redraw => None,
        };
        all.push(TubeOfPerson {
            station: station_of(&kind),
            kind: kind.key,
            tube: kind.name_zh,
            state,
            state_zh: words_of(catalogue, state, (answered, due.len()), &sent_back),
            is_partly: state == TubeState::Reported && answered < due.len(),
            codes: of.iter().map(|tube| tube.code.clone()).collect(),
            way,
            way_zh: way.map_or("", TubeWay::zh),
        });
    }
    Ok(all)
}

/// The state in words: of a part how much, of what was sent back what.
fn words_of(
    catalogue: &Catalogue,
    state: TubeState,
    (answered, due): (usize, usize),
    sent_back: &[ItemCode],
) -> String {
    match sent_back {
        [] => state_words(state, answered, due),
        sent => format!("{}（{}）", state.zh(), names(catalogue, sent)),
    }
}

/// 肌酐、谷丙转氨酶 of a few items, and how many of more.
fn names(catalogue: &Catalogue, items: &[ItemCode]) -> String {
    let named = items.iter().filter_map(|item| catalogue.item(*item));
    let first: Vec<&str> = named.take(NAMES_MAX).map(|item| item.name_zh.as_str()).collect();
    let more =
        if items.len() > NAMES_MAX { format!("等 {} 项", items.len()) } else { String::new() };
    format!("{}{more}", first.join("、"))
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
                    partly: none,
                    redraw: none,
                });
                counts.len() - 1
            });
            let count = &mut counts[at];
            count.partly += u32::from(tube.is_partly);
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
