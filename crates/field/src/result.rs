//! Putting a result right: amend (a newer value naming what it replaces), void (withdraw with a reason),
//! choose (which of two stands). Nothing is ever overwritten: each is a new entry.

use crate::home::{Acting, Home, failed};
use crate::measurement::value_of;
use crate::record_plan::StationShare;
use chrono::NaiveDate;
use domain::catalogue::{Catalogue, Item};
use domain::check::{Band, Subject, check};
use domain::facts::CurrentValue;
use domain::ids::{ExaminerId, ItemCode, PersonId, RoundId, StationCode, UnitCode};
use domain::rule::judge_current;
use protocol::fact::{EntryReference, SawFact, VoidFact};
use protocol::{Code, Entry, Fact, Failure};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Which result, and why it changes.
#[derive(Debug, Clone, Default)]
pub struct ResultChange {
    pub round: String,
    /// A person's id, ID number, 学籍号 or any text that finds exactly one.
    pub person: String,
    /// The item's key.
    pub item: String,
    pub reason: String,
    pub operator: Option<String>,
    pub examiner: Option<String>,
    /// The item's values that were shown to whoever changes it; empty = nothing was shown, whatever stands is meant.
    pub saw: Vec<ledger::Reference>,
    /// An unusual value is meant: whoever types it has been asked.
    pub confirmed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Amended {
    pub person: String,
    pub item: String,
    /// The entry written.
    pub entry: String,
    /// Values this one replaces or withdraws.
    pub replaced: u32,
}

type Standing = BTreeMap<ItemCode, Vec<(CurrentValue, ledger::Reference)>>;

struct Target<'a> {
    person: PersonId,
    round: RoundId,
    item: &'a Item,
    station: StationCode,
    standing: Standing,
    unit: UnitCode,
    day: NaiveDate,
}

impl Home {
    /// A newer value that names every current one of the item. An unusual one is refused until it is confirmed.
    pub fn amend_result(&mut self, change: &ResultChange, text: &str) -> Result<Amended, Failure> {
        let target = self.target(change)?;
        let value = value_of(target.item, text)
            .map_err(|_| Failure::at(Code::ValueInvalid, &target.item.key))?;
        self.write_value(change, target, value)
    }

    /// Which of the current values stands: restated by an entry that names them all.
    pub fn choose_result(&mut self, change: &ResultChange, text: &str) -> Result<Amended, Failure> {
        let target = self.target(change)?;
        let value = value_of(target.item, text)
            .map_err(|_| Failure::at(Code::ValueInvalid, &target.item.key))?;
        let current = target.standing.get(&target.item.code).map(Vec::as_slice).unwrap_or_default();
        if current.len() < 2 {
            return Err(Failure::new(Code::NothingToChange));
        }
        if !current.iter().any(|(v, _)| v.value == value) {
            return Err(Failure::new(Code::ResultUnknown));
        }
        self.write_value(change, target, value)
    }

    /// Withdraws the item's current values. Undoing it is recording anew.
    pub fn void_result(&mut self, change: &ResultChange) -> Result<Amended, Failure> {
        let target = self.target(change)?;
        let saw = saw(&target);
        let acting = self.acting(change, &target)?;
        let fact = VoidFact { saw: saw.clone(), reason: change.reason.clone() };
        let entry =
            Entry { header: self.header(&acting, Some(target.person)), fact: Fact::Void(fact) };
        self.append_change(target, entry, saw.len())
    }

    fn write_value(
        &mut self,
        change: &ResultChange,
        target: Target<'_>,
        value: domain::value::Value,
    ) -> Result<Amended, Failure> {
        let catalogue = &*self.store.in_force(target.round).map_err(failed)?;
        let view = self.store.person(target.person).map_err(failed)?;
        let view = view.ok_or(Failure::new(Code::PersonUnknown))?;
        let subject = Subject {
            kind: view.kind_in(target.round),
            sex: view.details.sex,
            birth: view.details.birth,
            day: target.day,
        };
        let unusual = match check(catalogue, &subject, target.item, &value) {
            Band::Fine => false,
            Band::Unusual if change.confirmed => true,
            Band::Unusual => return Err(Failure::at(Code::ValueUnusual, &target.item.key)),
            Band::Impossible => return Err(Failure::at(Code::ValueInvalid, &target.item.key)),
        };
        let value = CurrentValue { value, unusual };
        let mut after: BTreeMap<ItemCode, Vec<CurrentValue>> = BTreeMap::new();
        for (item, values) in &target.standing {
            after.insert(*item, values.iter().map(|(v, _)| v.clone()).collect());
        }
        after.insert(target.item.code, vec![value.clone()]);
        let findings = judge_current(catalogue, &subject, &after);
        let share = StationShare {
            station: target.station,
            results: vec![(target.item.code, value)],
            findings: findings
                .into_iter()
                .filter(|f| f.level.is_finding() && f.item == Some(target.item.code))
                .collect(),
        };
        let saw = saw(&target);
        let replaced = saw.len();
        let acting = self.acting(change, &target)?;
        let entry =
            self.save_entry(catalogue, &acting, target.person, &share, saw, &change.reason)?;
        self.append_change(target, entry, replaced)
    }

    fn append_change(
        &mut self,
        target: Target<'_>,
        entry: Entry,
        replaced: usize,
    ) -> Result<Amended, Failure> {
        let written = self.store.append(&target.unit, &[entry]).map_err(failed)?;
        Ok(Amended {
            person: target.person.0.to_string(),
            item: target.item.key.clone(),
            entry: written.first().map(office::print_reference).unwrap_or_default(),
            replaced: u32::try_from(replaced).unwrap_or(u32::MAX),
        })
    }

    fn target(&self, change: &ResultChange) -> Result<Target<'static>, Failure> {
        if change.reason.trim().is_empty() {
            return Err(Failure::new(Code::ReasonMissing));
        }
        let catalogue = Catalogue::builtin();
        let item = catalogue.item_by_key(&change.item).filter(|i| !i.derived);
        let item = item.ok_or_else(|| Failure::at(Code::ResultUnknown, &change.item))?;
        let station = catalogue.stations.iter().find(|s| s.items.contains(&item.code));
        let round = self.round(&change.round)?;
        let person = self.person_named(&change.person)?;
        let standing = self.store.current(round, person).map_err(failed)?;
        let current = standing.get(&item.code).map(Vec::as_slice).unwrap_or_default();
        if current.is_empty() {
            return Err(Failure::at(Code::ResultUnknown, &change.item));
        }
        // Two devices that wrote the same are shown as one value, by the entry of one of them.
        let is_shown = |value: &CurrentValue| {
            let same = |(other, of): &&(CurrentValue, ledger::Reference)| {
                other.value == value.value && change.saw.contains(of)
            };
            current.iter().any(|one| same(&one))
        };
        let stands = |shown| current.iter().any(|(_, reference)| reference == shown);
        let is_as_shown =
            change.saw.iter().all(stands) && current.iter().all(|(value, _)| is_shown(value));
        if !change.saw.is_empty() && !is_as_shown {
            return Err(Failure::at(Code::ResultMoved, &change.item));
        }
        let (unit, day) = self.place_of(change, round, person, current)?;
        Ok(Target {
            person,
            round,
            item,
            station: station.map(|s| s.code).unwrap_or(StationCode(0)),
            standing,
            unit,
            day,
        })
    }

    /// Where and when what is put right was taken: a person may be examined at several stops. Of several values the first that may be
    /// written about here; what a server would hold is refused.
    fn place_of(
        &self,
        change: &ResultChange,
        round: RoundId,
        person: PersonId,
        current: &[(CurrentValue, ledger::Reference)],
    ) -> Result<(UnitCode, NaiveDate), Failure> {
        let unknown = || Failure::new(Code::ResultUnknown);
        let (_, first_day) =
            self.store.checkup_stop(round, person).map_err(failed)?.ok_or_else(unknown)?;
        let written = self.store.written_at(round, person).map_err(failed)?;
        let scope = self.scope_of(self.operator(change.operator.as_deref())?)?;
        let mut refusal = unknown();
        for (unit, day) in current.iter().filter_map(|(_, reference)| written.get(reference)) {
            let is_in_scope = scope.iter().any(|own| own.covers(unit));
            match is_in_scope.then(|| self.refuse_barred(unit)) {
                Some(Ok(())) => return Ok((unit.clone(), day.unwrap_or(first_day))),
                Some(Err(barred)) => refusal = barred,
                None => refusal = Failure::new(Code::OutOfScope),
            }
        }
        Err(refusal)
    }

    fn acting(&self, change: &ResultChange, target: &Target<'_>) -> Result<Acting, Failure> {
        let operator = self.recorder(change.operator.as_deref())?;
        office::refuse_elsewhere(&self.store, operator, &target.unit)?;
        Ok(Acting {
            round: Some(target.round),
            day: Some(target.day),
            operator,
            examiner: match change.examiner.as_deref() {
                Some(named) => self.examiner(Some(named))?,
                None => self.dictated_by(target)?,
            },
            station: Some(target.station),
        })
    }

    /// Who dictated the value that is put right: a mended line is still theirs to stand behind. Of two values nobody's.
    fn dictated_by(&self, target: &Target<'_>) -> Result<Option<ExaminerId>, Failure> {
        if !Catalogue::builtin().is_dictated(target.station) {
            return Ok(None);
        }
        let current = target.standing.get(&target.item.code).map(Vec::as_slice).unwrap_or_default();
        let mut examiners = BTreeSet::new();
        for (_, reference) in current {
            examiners.insert(
                self.store.examiner_of(target.round, target.person, reference).map_err(failed)?,
            );
        }
        let mut named = examiners.into_iter();
        Ok(named.next().flatten().filter(|_| named.next().is_none()))
    }
}

/// The current values of the item, as references.
fn saw(target: &Target<'_>) -> Vec<SawFact> {
    let current = target.standing.get(&target.item.code).map(Vec::as_slice).unwrap_or_default();
    current
        .iter()
        .map(|(_, reference)| SawFact {
            entry: Some(EntryReference::from(reference)),
            items: vec![u32::from(target.item.code.0)],
        })
        .collect()
}
