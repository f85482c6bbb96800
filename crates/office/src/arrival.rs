//! 送检 over a store: what a stop handed to a laboratory on a day, what arrived of it, and what does not agree. The same on a device
//! and the server. A tube that is missing stays awaited: whether it is drawn again (需重采) somebody says (`tube`).

use crate::failed;
use chrono::{NaiveDate, NaiveTime};
use domain::arrival::{Counted, TubeWay};
use domain::catalogue::Catalogue;
use domain::ids::{RoundId, UnitCode};
use domain::tube::{TubeKind, read_code, tube_kinds};
use protocol::arrival::ARRIVED_MAX;
use protocol::convert::{day_date, day_number};
use protocol::fact::{ArrivalFact, ArrivalKindFact, EntryReference};
use protocol::{Code, Entry, Fact, Failure, Header};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use store::{ArrivalView, Store, Tube};

/// Characters of whoever received tubes, and of a reason.
const TEXT_CHARS_MAX: usize = 60;

/// What somebody says arrived.
#[derive(Debug, Clone, Default)]
pub struct ArrivalOrder {
    /// The day on the list: the tubes were drawn then, `2026-09-14`.
    pub day: String,
    /// The day they arrived; none = the day they were drawn.
    pub on: Option<String>,
    /// 16:40; empty where nobody said.
    pub at: String,
    pub received_by: String,
    /// Every kind that is not counted arrived as listed, less what is missing.
    pub all: bool,
    /// A kind's key or name, and how many.
    pub counts: Vec<(String, u32)>,
    /// Codes on the list that were not there.
    pub missing: Vec<String>,
    /// Why, where a count of this day is there already.
    pub reason: String,
    /// The counts of this day were said by mistake.
    pub withdraw: bool,
}

/// One kind of a day's tubes, as handed over and as counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ArrivalKind {
    pub kind: String,
    pub tube: String,
    /// On the list as it is now, with those it was counted against that are no good since.
    pub sent: u32,
    /// On the list as it was counted against.
    pub listed: Option<u32>,
    pub arrived: Option<u32>,
    /// Of what was listed: too many, above zero, or too few.
    pub difference: Option<i64>,
    /// Too few without a code that says which.
    pub unnamed: u32,
    /// Arrived and on no list.
    pub unlisted: u32,
    /// Bound since it was counted, or known here since.
    pub since: u32,
}

/// A tube that did not arrive as listed, and what has become of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MissingTube {
    pub code: String,
    pub tube: String,
    /// None where its binding is not known here.
    pub person: Option<String>,
    pub state_zh: &'static str,
    /// Nobody has decided: neither reported nor to be drawn again.
    pub open: bool,
}

/// One day's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HandoverDay {
    pub day: String,
    pub kinds: Vec<ArrivalKind>,
    /// Not sent: their samples are no good.
    pub spoilt: u32,
    /// Empty where nobody has counted.
    pub arrived_on: String,
    pub at: String,
    pub received_by: String,
    /// Several counts stand that do not know of each other: the first is shown, and one more, with a reason, settles it.
    pub several: bool,
    pub missing: Vec<MissingTube>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ArrivalSaid {
    /// False where the same was said before: nothing was written.
    pub new: bool,
    /// Counts this one replaces.
    pub replaced: usize,
    /// The day as it stands now; none where nothing is handed over that day.
    pub day: Option<HandoverDay>,
}

/// What a stop hands over on a day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SentOfDay {
    /// By the kind's number, sorted.
    pub codes: BTreeMap<u32, BTreeSet<String>>,
    /// Codes whose samples are no good.
    pub spoilt: BTreeSet<String>,
}

impl SentOfDay {
    /// A count that is corrected stands against the list it was counted against: what was on that was handed over, and what has become of
    /// it since, 需重采 too, takes it off no list.
    fn remember(&mut self, standing: &[&ArrivalView]) {
        for kind in standing.iter().flat_map(|one| &one.fact.kinds) {
            let codes = self.codes.entry(kind.kind).or_default();
            let stays =
                |code: &&String| self.spoilt.contains(*code) || kind.missing.contains(*code);
            codes.extend(kind.codes.iter().filter(stays).cloned());
            if codes.is_empty() {
                self.codes.remove(&kind.kind);
            }
        }
    }
}

/// The tubes bound at a stop on a day: those that are sent, and those that are not.
pub fn sent_on(
    store: &Store,
    round: RoundId,
    unit: &UnitCode,
    day: NaiveDate,
) -> Result<SentOfDay, Failure> {
    let tubes = store.tubes_of_unit(round, unit).map_err(failed)?;
    Ok(sent_of(tubes.iter().filter(|tube| tube.day == Some(day))))
}

fn sent_of<'a>(tubes: impl Iterator<Item = &'a Tube>) -> SentOfDay {
    let mut sent = SentOfDay::default();
    for tube in tubes {
        if tube.is_spoilt {
            sent.spoilt.insert(tube.code.clone());
        } else {
            sent.codes.entry(tube.kind).or_default().insert(tube.code.clone());
        }
    }
    sent
}

/// Days on which a stop handed tubes over or somebody counted some, the newest first.
pub fn handover_days(
    store: &Store,
    round: RoundId,
    unit: &UnitCode,
) -> Result<Vec<HandoverDay>, Failure> {
    let tubes = store.tubes_of_unit(round, unit).map_err(failed)?;
    let counts = store.arrivals(round, unit).map_err(failed)?;
    let stands = |one: &&ArrivalView| one.stands && !one.fact.withdrawn;
    let mut days: BTreeSet<NaiveDate> = tubes.iter().filter_map(|tube| tube.day).collect();
    days.extend(counts.iter().filter(stands).map(|one| one.day));
    let day = |day: NaiveDate| {
        let of: Vec<&Tube> = tubes.iter().filter(|tube| tube.day == Some(day)).collect();
        let counts: Vec<&ArrivalView> =
            counts.iter().filter(stands).filter(|one| one.day == day).collect();
        day_of(day, &of, &counts)
    };
    let all = days.into_iter().rev().map(day);
    // A day whose tubes are all no good, and that nobody counted, has no list.
    Ok(all.filter(|day| !day.kinds.is_empty() || !day.arrived_on.is_empty()).collect())
}

fn day_of(day: NaiveDate, tubes: &[&Tube], counts: &[&ArrivalView]) -> HandoverDay {
    let mut sent = sent_of(tubes.iter().copied());
    sent.remember(counts);
    let count = counts.first().copied();
    let mut kinds = Vec::new();
    let mut missing = Vec::new();
    for kind in tube_kinds(Catalogue::builtin()) {
        let now = sent.codes.get(&kind.code).cloned().unwrap_or_default();
        let of = count.and_then(|one| one.fact.kinds.iter().find(|k| k.kind == kind.code));
        if now.is_empty() && of.is_none() {
            continue;
        }
        let counted = of.map(counted_of);
        let known: BTreeSet<&String> = of.iter().flat_map(|of| &of.codes).collect();
        let since = now.iter().filter(|code| !known.contains(code)).count();
        for code in of.iter().flat_map(|of| &of.missing) {
            missing.push(missing_of(&kind, code, tubes));
        }
        kinds.push(ArrivalKind {
            tube: kind.name_zh.clone(),
            sent: number(now.len()),
            listed: counted.map(|counted| counted.sent),
            arrived: counted.map(|counted| counted.arrived),
            difference: counted.map(Counted::difference),
            unnamed: counted.map_or(0, Counted::unnamed),
            unlisted: counted.map_or(0, Counted::unlisted),
            since: if count.is_some() { number(since) } else { 0 },
            kind: kind.key,
        });
    }
    let arrived_on = count.and_then(|one| day_date(one.fact.arrived_day));
    HandoverDay {
        day: day.to_string(),
        kinds,
        spoilt: number(sent.spoilt.len()),
        arrived_on: arrived_on.map(|day| day.to_string()).unwrap_or_default(),
        at: count.map(|one| one.fact.at.clone()).unwrap_or_default(),
        received_by: count.map(|one| one.fact.received_by.clone()).unwrap_or_default(),
        several: counts.iter().any(|other| !count.is_some_and(|one| agree(one, other))),
        missing,
    }
}

/// Both say the same, whoever wrote it down.
fn agree(one: &ArrivalView, other: &ArrivalView) -> bool {
    let plain = |view: &ArrivalView| ArrivalFact {
        replaces: Vec::new(),
        reason: String::new(),
        ..view.fact.clone()
    };
    plain(one) == plain(other)
}

fn missing_of(kind: &TubeKind, code: &str, tubes: &[&Tube]) -> MissingTube {
    let of: Vec<&&Tube> = tubes.iter().filter(|tube| tube.code == code).collect();
    let open = of.iter().any(|tube| !tube.is_spoilt && !tube.is_reported);
    let state_zh = if open {
        TubeWay::Undecided.zh()
    } else if of.iter().any(|tube| tube.is_reported) {
        domain::tube::TubeState::Reported.zh()
    } else {
        domain::tube::TubeState::Redraw.zh()
    };
    let person = of.first().map(|tube| tube.person.0.to_string());
    MissingTube { code: code.to_owned(), tube: kind.name_zh.clone(), person, state_zh, open }
}

fn counted_of(kind: &ArrivalKindFact) -> Counted {
    Counted {
        sent: number(kind.codes.len()),
        arrived: kind.arrived,
        missing: number(kind.missing.len()),
    }
}

/// Records what arrived. `header` says round and who acts; `today` bounds the day.
pub fn record_arrival(
    store: &mut Store,
    unit: &UnitCode,
    header: &Header,
    order: &ArrivalOrder,
    today: NaiveDate,
) -> Result<ArrivalSaid, Failure> {
    let round = RoundId(header.round);
    let wrong = |_| Failure::at(Code::ArrivalDay, "--day");
    let day: NaiveDate = order.day.parse().map_err(wrong)?;
    let header = Header { day: Some(day_number(day)), person: Vec::new(), ..header.clone() };
    let counts = store.arrivals(round, unit).map_err(failed)?;
    let mut here = counts.into_iter().filter(|one| one.stands && one.day == day);
    let here: Vec<ArrivalView> = here.by_ref().collect();
    let standing: Vec<&ArrivalView> = here.iter().filter(|one| !one.fact.withdrawn).collect();
    let mut fact = if order.withdraw {
        if standing.is_empty() {
            return Err(Failure::new(Code::ArrivalUnknown));
        }
        ArrivalFact { withdrawn: true, ..ArrivalFact::default() }
    } else {
        let mut sent = sent_on(store, round, unit, day)?;
        sent.remember(&standing);
        count_of(&sent, day, today, order)?
    };
    let is_same = |one: &&ArrivalView| {
        ArrivalFact { replaces: Vec::new(), reason: String::new(), ..one.fact.clone() } == fact
    };
    if !order.withdraw && !standing.is_empty() && standing.iter().all(is_same) {
        return said(store, (round, unit, day), false, 0);
    }
    let reason = order.reason.trim();
    if reason.chars().count() > TEXT_CHARS_MAX {
        return Err(Failure::at(Code::UsageInvalid, "--reason"));
    }
    if !standing.is_empty() && reason.is_empty() {
        let code = if order.withdraw { Code::ReasonMissing } else { Code::ArrivalTaken };
        return Err(Failure::new(code));
    }
    if !standing.is_empty() {
        fact.replaces = here.iter().map(|one| EntryReference::from(&one.reference)).collect();
        fact.reason = reason.to_owned();
    }
    if !fact.is_whole() {
        return Err(Failure::new(Code::Internal));
    }
    let replaced = fact.replaces.len();
    let entry = Entry { header, fact: Fact::Arrival(fact) };
    store.append_all(&[(unit.clone(), entry)]).map_err(failed)?;
    said(store, (round, unit, day), true, replaced)
}

fn said(
    store: &Store,
    (round, unit, day): (RoundId, &UnitCode, NaiveDate),
    new: bool,
    replaced: usize,
) -> Result<ArrivalSaid, Failure> {
    let days = handover_days(store, round, unit)?;
    let day = days.into_iter().find(|one| one.day == day.to_string());
    Ok(ArrivalSaid { new, replaced, day })
}

/// What the order says, against the list of that day.
fn count_of(
    sent: &SentOfDay,
    day: NaiveDate,
    today: NaiveDate,
    order: &ArrivalOrder,
) -> Result<ArrivalFact, Failure> {
    if sent.codes.is_empty() {
        return Err(Failure::new(Code::ArrivalNothingSent));
    }
    let on = match order.on.as_deref().map(str::trim).filter(|on| !on.is_empty()) {
        Some(on) => on.parse().map_err(|_| Failure::at(Code::ArrivalDay, "--on"))?,
        None => day,
    };
    // A device's clock may lie behind the day as somebody confirmed it.
    if on < day || on > today.max(day) {
        return Err(Failure::new(Code::ArrivalDay));
    }
    let at = order.at.trim();
    let is_time = at.len() == 5 && NaiveTime::parse_from_str(at, "%H:%M").is_ok();
    if !at.is_empty() && !is_time {
        return Err(Failure::at(Code::ArrivalDay, "--at"));
    }
    let received_by = order.received_by.trim();
    if received_by.is_empty() || received_by.chars().count() > TEXT_CHARS_MAX {
        return Err(Failure::new(Code::ArrivalReceiver));
    }
    Ok(ArrivalFact {
        arrived_day: day_number(on),
        at: at.to_owned(),
        received_by: received_by.to_owned(),
        kinds: kinds_of(sent, order)?,
        ..ArrivalFact::default()
    })
}

fn kinds_of(sent: &SentOfDay, order: &ArrivalOrder) -> Result<Vec<ArrivalKindFact>, Failure> {
    let mut missing: BTreeSet<String> = BTreeSet::new();
    for typed in &order.missing {
        let code = read_code(typed).ok_or(Failure::new(Code::TubeCodeInvalid))?;
        if !sent.codes.values().any(|codes| codes.contains(&code)) {
            return Err(Failure::at(Code::ArrivalCodeUnknown, code));
        }
        missing.insert(code);
    }
    let kinds = tube_kinds(Catalogue::builtin());
    let mut counted: BTreeMap<u32, u32> = BTreeMap::new();
    for (named, arrived) in &order.counts {
        let kind = kinds.iter().find(|k| k.key == *named || k.name_zh == *named);
        let kind = kind.ok_or(Failure::new(Code::TubeKindUnknown))?;
        if *arrived > ARRIVED_MAX || counted.insert(kind.code, *arrived).is_some() {
            return Err(Failure::at(Code::ArrivalUncounted, &kind.name_zh));
        }
    }
    let mut told = Vec::new();
    for kind in &kinds {
        let codes = sent.codes.get(&kind.code).cloned().unwrap_or_default();
        let lost: Vec<String> = codes.intersection(&missing).cloned().collect();
        let arrived = match counted.get(&kind.code) {
            Some(arrived) => *arrived,
            None if codes.is_empty() => continue,
            None if order.all => number(codes.len() - lost.len()),
            None => return Err(Failure::at(Code::ArrivalUncounted, &kind.name_zh)),
        };
        // None came, and none was sent: nothing is said.
        if arrived == 0 && codes.is_empty() {
            continue;
        }
        let codes = codes.into_iter().collect();
        told.push(ArrivalKindFact { kind: kind.code, arrived, codes, missing: lost });
    }
    Ok(told)
}

/// How far tubes are on their way, by the counts of the stops they were drawn at.
#[derive(Debug, Default)]
pub(crate) struct Ways {
    counts: BTreeMap<UnitCode, Vec<ArrivalView>>,
}

impl Ways {
    /// Of a tube that is awaited. Where several counts stand, the one that says least good counts.
    pub fn of(&mut self, store: &Store, round: RoundId, tube: &Tube) -> Result<TubeWay, Failure> {
        if !self.counts.contains_key(&tube.unit) {
            let counts = store.arrivals(round, &tube.unit).map_err(failed)?;
            let stands = |one: &ArrivalView| one.stands && !one.fact.withdrawn;
            self.counts.insert(tube.unit.clone(), counts.into_iter().filter(stands).collect());
        }
        let counts = self.counts.get(&tube.unit).into_iter().flatten();
        let of_day = counts.filter(|one| Some(one.day) == tube.day);
        let kinds = of_day.flat_map(|one| &one.fact.kinds);
        let listed = kinds.filter(|kind| kind.kind == tube.kind && kind.codes.contains(&tube.code));
        let way = listed.map(|kind| counted_of(kind).way(kind.missing.contains(&tube.code))).max();
        Ok(way.unwrap_or(TubeWay::OnTheWay))
    }
}

fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
