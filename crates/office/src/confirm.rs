//! 检查者确认 over a store: what was typed for an examiner and waits for their word, and the entry by which they give it. The same on a
//! device and the server. Whoever confirms names what they looked at entry by entry, so that nothing they did not see is
//! confirmed with it. Not whose word is whose (`domain::confirm`).

use crate::{MayWrite, failed, print_reference};
use chrono::NaiveDate;
use domain::catalogue::{Catalogue, print_value};
use domain::ids::{OperatorId, PersonId, RoundId, StationCode, UnitCode};
use domain::order::reading_order;
use ledger::Reference;
use protocol::fact::{ConfirmationFact, EntryReference};
use protocol::{Code, Entry, Fact, Failure, Header};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use store::{PersonView, Store, Unconfirmed};

/// Saves that one call may confirm: a school's day at five stations.
const SAVES_MAX: usize = 5_000;

/// Where and when, and who says it.
#[derive(Debug, Clone, Default)]
pub struct ConfirmOrder {
    /// A round's id or unique name.
    pub round: String,
    pub unit: String,
    /// Account or id.
    pub operator: Option<String>,
    /// None = today.
    pub day: Option<NaiveDate>,
}

/// One save that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConfirmLine {
    pub person: String,
    pub name: String,
    pub grade: String,
    pub group: String,
    /// The station's key.
    pub station: String,
    pub station_zh: String,
    /// The save, as `confirm` takes it.
    pub entry: String,
    /// Its values that stand: `B超描述：脂肪肝（轻度）`.
    pub values: Vec<String>,
    pub day: String,
    /// Civil time in China as the writing device's clock told it; empty where it told none.
    pub at: String,
    /// Who typed.
    pub typed_by: String,
    /// Who examined; empty where the save names nobody.
    pub examiner: String,
    /// Nobody can say so yet: the examiner has no account that is known to be theirs.
    pub has_no_account: bool,
    /// Whoever asks is who examined.
    pub mine: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConfirmList {
    /// Of whoever asks.
    pub mine: usize,
    /// Whoever asks first; in each part in the order of the stop's lists.
    pub lines: Vec<ConfirmLine>,
}

/// A save that somebody looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmSave {
    /// As the list named it.
    pub entry: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Confirmed {
    pub confirmed: usize,
    /// Amended, withdrawn or confirmed by now: nothing was written about them.
    pub moved: usize,
}

/// What waits at a unit. `operator`: whoever asks.
pub fn confirm_list(
    store: &Store,
    round: RoundId,
    unit: &UnitCode,
    operator: Option<OperatorId>,
) -> Result<ConfirmList, Failure> {
    let people = store.people_at_work().map_err(failed)?;
    let mut views: BTreeMap<PersonId, PersonView> = BTreeMap::new();
    let mut lines = Vec::new();
    for one in store.unconfirmed(round, unit).map_err(failed)? {
        if let std::collections::btree_map::Entry::Vacant(place) = views.entry(one.person) {
            let Some(view) = store.person(one.person).map_err(failed)? else { continue };
            place.insert(view);
        }
        let Some(view) = views.get(&one.person) else { continue };
        let line = ConfirmLine {
            mine: operator.is_some_and(|who| people.is_examiner(who, one.examiner)),
            has_no_account: one.examiner.is_some_and(|who| people.account_of(who).is_none()),
            ..line(&one, view, round)
        };
        lines.push(line);
    }
    let place = |line: &ConfirmLine| {
        let order = |text: &str| reading_order(Some(text).filter(|text| !text.is_empty()));
        (!line.mine, order(&line.grade), order(&line.group), line.name.clone(), line.person.clone())
    };
    lines.sort_by_key(place);
    Ok(ConfirmList { mine: lines.iter().filter(|line| line.mine).count(), lines })
}

fn line(one: &Unconfirmed, view: &PersonView, round: RoundId) -> ConfirmLine {
    let catalogue = Catalogue::builtin();
    let station = catalogue.station(one.station);
    let of_save = view.values.iter().filter(|value| value.reference == one.reference);
    let current = of_save.clone().filter(|value| value.current && value.value.is_present());
    let words = current.filter_map(|value| {
        let item = catalogue.item(value.item)?;
        let unit = item.unit_zh.as_str();
        Some(format!("{}：{}{unit}", item.name_zh, print_value(item, &value.value)))
    });
    let first = of_save.clone().next();
    let listed = view.listings.iter().find(|listed| listed.round == round);
    let text = |text: Option<&String>| text.cloned().unwrap_or_default();
    let at = first.and_then(|value| value.clock_ms).map(|ms| crate::Moment::at(ms).as_of);
    ConfirmLine {
        person: view.person.0.to_string(),
        name: view.details.name.clone(),
        grade: text(listed.and_then(|listed| listed.grade.as_ref())),
        group: text(listed.and_then(|listed| listed.group.as_ref())),
        station: station.map(|station| station.key.clone()).unwrap_or_default(),
        station_zh: station.map(|station| station.name_zh.clone()).unwrap_or_default(),
        entry: print_reference(&one.reference),
        values: words.collect(),
        day: first.and_then(|value| value.day).map(|day| day.to_string()).unwrap_or_default(),
        at: at.unwrap_or_default(),
        typed_by: text(first.and_then(|value| value.operator.as_ref())),
        examiner: text(first.and_then(|value| value.examiner.as_ref())),
        has_no_account: false,
        mine: false,
    }
}

/// Writes that whoever the header names stands behind these saves: those of them that still wait, one entry a person and
/// station, in one transaction. Refused whole where one is not theirs.
pub fn confirm(
    store: &mut Store,
    header: &Header,
    unit: &UnitCode,
    saves: &[ConfirmSave],
    may_write: MayWrite,
) -> Result<Confirmed, Failure> {
    if saves.len() > SAVES_MAX {
        return Err(Failure::at(Code::RequestMalformed, "saves"));
    }
    let round = RoundId(header.round);
    let people = store.people_at_work().map_err(failed)?;
    let waiting: BTreeMap<Reference, Unconfirmed> = store
        .unconfirmed(round, unit)
        .map_err(failed)?
        .into_iter()
        .map(|o| (o.reference, o))
        .collect();
    let mut named: BTreeSet<Reference> = BTreeSet::new();
    let mut by_place: BTreeMap<(PersonId, StationCode, u64), Vec<EntryReference>> = BTreeMap::new();
    for save in saves {
        let reference = crate::parse_reference(&save.entry)
            .map_err(|_| Failure::at(Code::RequestMalformed, "saves"))?;
        let Some(one) = waiting.get(&reference).filter(|_| named.insert(reference)) else {
            continue;
        };
        if !people.is_examiner(OperatorId(header.operator), one.examiner) {
            return Err(Failure::new(Code::ConfirmRole));
        }
        let place = (one.person, one.station, one.examiner.map_or(0, |examiner| examiner.0));
        by_place.entry(place).or_default().push(EntryReference::from(&reference));
    }
    let mut work: Vec<(UnitCode, Entry)> = Vec::with_capacity(by_place.len());
    let mut confirmed = 0;
    for ((person, station, examiner), saves) in by_place {
        let stop = store.checkup_stop(round, person).map_err(failed)?;
        let stop = stop.map_or_else(|| unit.clone(), |(stop, _)| stop);
        may_write(&stop)?;
        confirmed += saves.len();
        let header = Header {
            person: person.0.as_bytes().to_vec(),
            station: u32::from(station.0),
            examiner,
            ..header.clone()
        };
        work.push((stop, Entry { header, fact: Fact::Confirmation(ConfirmationFact { saves }) }));
    }
    store.append_all(&work).map_err(failed)?;
    Ok(Confirmed { confirmed, moved: saves.len() - confirmed })
}

/// Whoever confirms: the operator with this account or id.
pub fn confirming(store: &Store, named: Option<&str>) -> Result<OperatorId, Failure> {
    let named = named.ok_or(Failure::new(Code::ConfirmRole))?;
    let operators = store.operators().map_err(failed)?;
    let found = operators.iter().find(|o| o.account == named || o.id.to_string() == named);
    found.map(|operator| operator.id).ok_or(Failure::new(Code::OperatorUnknown))
}
