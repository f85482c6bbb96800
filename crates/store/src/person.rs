//! A person whole: details, rosters, every value ever given with who, where and when, and what stands. Not
//! changing any of it.

use crate::directory::{examiners, operators, people_at_work, rounds};
use crate::error::StoreError;
use crate::open::Store;
use crate::placement::{Placement, placements_of, registrations_of};
use crate::project::{
    CheckupRow, ConfirmedAt, ROW_COLUMNS, Said, StandingValues, canonical, confirmed_of,
    dictated_at, group_of, known_of, read_row, said_of, unrepeated,
};
use crate::tx::{Tx, unbits};
use chrono::NaiveDate;
use domain::catalogue::Catalogue;
use domain::confirm::{PeopleAtWork, Word};
use domain::facts::{PersonDetails, PersonKind, Standing};
use domain::ids::{ExaminerId, ItemCode, OperatorId, PersonId, RoundId, StationCode, UnitCode};
use domain::lab::PrintedRange;
use domain::rule::Judgement;
use domain::value::Value;
use ledger::Reference;
use protocol::convert::{day_date, kind_of};
use std::collections::{BTreeMap, BTreeSet};

/// Everything held here about one person.
#[derive(Debug, Clone, PartialEq)]
pub struct PersonView {
    /// The canonical id.
    pub person: PersonId,
    /// Other ids that are the same person.
    pub also: Vec<PersonId>,
    /// In full: who shows it masks it.
    pub details: PersonDetails,
    /// True where nobody has confirmed the ID number yet.
    pub id_number_is_proposed: bool,
    /// As told last, in whatever round; in one round it is `kind_in`.
    pub kind: PersonKind,
    /// Roster rows that stand, the last said first.
    pub listings: Vec<Placement>,
    /// What registrations at stops say.
    pub registrations: Vec<Placement>,
    pub checkups: Vec<CheckupView>,
    /// Every value ever given, round by round.
    pub values: Vec<ValueView>,
    /// Findings that stand, level A first within a round.
    pub findings: Vec<(RoundId, Judgement)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckupView {
    pub round: RoundId,
    /// As whom they were examined.
    pub kind: PersonKind,
    pub unit: UnitCode,
    pub stop: UnitCode,
    pub day: Option<NaiveDate>,
    pub standing: Standing,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ValueView {
    pub round: RoundId,
    pub item: ItemCode,
    pub value: Value,
    pub unusual: bool,
    pub current: bool,
    /// Current values of the item differ: a person has to decide.
    pub conflict: bool,
    /// Held by the server: counts for nothing until lifted.
    pub held: bool,
    pub day: Option<NaiveDate>,
    pub unit: UnitCode,
    pub station: Option<StationCode>,
    /// Account and name, where known; else the id.
    pub operator: Option<String>,
    /// Name, where known; else the id.
    pub examiner: Option<String>,
    /// What the writing device's clock claimed, ms since 1970 UTC: to tell two values apart, never for their order.
    pub clock_ms: Option<i64>,
    /// The range that its laboratory printed beside it.
    pub own: Option<PrintedRange>,
    /// Whether whoever examined stands behind it.
    pub word: Word,
    /// The laboratory that reported it; empty for what was examined here.
    pub laboratory: String,
    /// What stands as its repeat was taken before it.
    pub is_unrepeated: bool,
    /// The entry that gave it.
    pub reference: Reference,
}

impl PersonView {
    /// Pupil or resident in a round: as examined, else as its lists and then its stops say, else as told last.
    pub fn kind_in(&self, round: RoundId) -> PersonKind {
        let examined = self.checkups.iter().find(|one| one.round == round).map(|one| one.kind);
        let said = |all: &[Placement]| all.iter().find(|p| p.round == round).map(|p| p.kind);
        examined
            .or_else(|| said(&self.listings))
            .or_else(|| said(&self.registrations))
            .unwrap_or(self.kind)
    }

    /// The same at a unit: of whoever nobody has examined yet that unit's own list speaks, as in `Store::stop_people`.
    pub fn kind_at(&self, round: RoundId, unit: &UnitCode) -> PersonKind {
        let is_examined = self.checkups.iter().any(|one| one.round == round);
        let here = self.listings.iter().find(|one| one.round == round && one.unit == *unit);
        here.filter(|_| !is_examined).map_or_else(|| self.kind_in(round), |one| one.kind)
    }
}

impl Store {
    /// Pupil or resident in a round (`PersonView::kind_in`), without everything else that is known.
    pub fn kind_in(&self, round: RoundId, id: PersonId) -> Result<PersonKind, StoreError> {
        self.read(|tx| {
            let person = canonical(tx, id)?;
            let rows = checkup_rows(tx, self, person)?;
            if let Some(row) = rows.get(&round) {
                return Ok(row.kind);
            }
            let group = group_of(tx, person)?;
            let mut said = placements_of(tx, &group, Some(round))?;
            let told = registrations_of(tx, &group)?;
            said.extend(told.into_iter().filter(|one| one.round == round));
            let known = || Ok::<_, StoreError>(known_of(tx, person)?.unwrap_or_default().kind);
            match said.first() {
                Some(said) => Ok(said.kind),
                None => Ok(kind_of(known()?)),
            }
        })
    }

    /// Someone by any of their ids; `None` where nothing is known and nothing was recorded.
    pub fn person(&self, id: PersonId) -> Result<Option<PersonView>, StoreError> {
        self.read(|tx| {
            let person = canonical(tx, id)?;
            let group = group_of(tx, person)?;
            let known = known_of(tx, person)?;
            let rows = checkup_rows(tx, self, person)?;
            if known.is_none() && rows.is_empty() {
                return Ok(None);
            }
            let known = known.unwrap_or_default();
            let values = self.values(tx, &group, &rows)?;
            Ok(Some(PersonView {
                person,
                also: group[1..].to_vec(),
                details: PersonDetails::from(&known.details),
                id_number_is_proposed: known.is_proposed(crate::project::Field::IdNumber),
                kind: kind_of(known.kind),
                listings: placements_of(tx, &group, None)?,
                registrations: registrations_of(tx, &group)?,
                checkups: rows.iter().map(|(round, row)| checkup_view(*round, row)).collect(),
                values,
                findings: rows.iter().flat_map(|(round, row)| findings(*round, row)).collect(),
            }))
        })
    }

    fn values(
        &self,
        tx: &dyn Tx,
        group: &[PersonId],
        rows: &BTreeMap<RoundId, CheckupRow>,
    ) -> Result<Vec<ValueView>, StoreError> {
        let names = Names::read(tx)?;
        // A round may hold nothing but held or withdrawn values: it has no checkup then.
        let mut known_rounds: BTreeSet<RoundId> = rows.keys().copied().collect();
        known_rounds.extend(rounds(tx)?.into_iter().map(|round| round.id));
        let mut views = Vec::new();
        for round in known_rounds {
            let said = said_of(tx, group, round.0)?;
            let confirmed = confirmed_of(tx, round.0, group)?;
            let conflict = rows.get(&round).map(|row| row.masks.conflict).unwrap_or_default();
            let standing = StandingValues::of(self.catalogue(), &said);
            let unrepeated = unrepeated(self.catalogue(), &standing, &said);
            for given in standing.values {
                let is_conflict = conflict.contains(given.item.0);
                let behind = &said[given.said];
                let is_present = given.value.value.is_present();
                let word = names.word(self.catalogue(), behind, &confirmed);
                views.push(ValueView {
                    round,
                    item: given.item,
                    value: given.value.value,
                    unusual: given.value.unusual,
                    current: given.is_current,
                    conflict: given.is_current && is_conflict,
                    own: behind.printed_range(given.item),
                    is_unrepeated: given.is_current
                        && unrepeated.contains(&(given.said, given.item)),
                    word: if is_present { word } else { Word::NotAsked },
                    ..names.behind(behind)
                });
            }
        }
        Ok(views)
    }
}

fn checkup_view(round: RoundId, row: &CheckupRow) -> CheckupView {
    CheckupView {
        round,
        kind: row.kind,
        unit: row.unit.clone(),
        stop: row.stop.clone(),
        day: row.day,
        standing: row.standing,
    }
}

fn findings(round: RoundId, row: &CheckupRow) -> Vec<(RoundId, Judgement)> {
    let findings = row.judgements.iter().filter(|judgement| judgement.level.is_finding());
    findings.map(|judgement| (round, judgement.clone())).collect()
}

fn checkup_rows(
    tx: &dyn Tx,
    store: &Store,
    person: PersonId,
) -> Result<BTreeMap<RoundId, CheckupRow>, StoreError> {
    let sql = format!("SELECT {ROW_COLUMNS}, c.round FROM checkup c WHERE c.person = $1");
    let rows = tx.rows(&sql, &[person.0.as_bytes().into()], |row| {
        Ok((RoundId(unbits(row.int(15)?)), read_row(store.catalogue(), row)?))
    })?;
    Ok(rows.into_iter().collect())
}

/// Names of who acted, by id.
struct Names {
    operators: BTreeMap<u64, String>,
    examiners: BTreeMap<u64, String>,
    people: PeopleAtWork,
}

impl Names {
    fn read(tx: &dyn Tx) -> Result<Names, StoreError> {
        let operators = operators(tx)?.into_iter().map(|o| (o.id.0, o.name));
        let examiners = examiners(tx)?.into_iter().map(|e| (e.id.0, e.name));
        Ok(Names {
            operators: operators.collect(),
            examiners: examiners.collect(),
            people: people_at_work(tx)?,
        })
    }

    /// Whether whoever examined stands behind a save.
    fn word(
        &self,
        catalogue: &Catalogue,
        said: &Said,
        confirmed: &BTreeMap<Reference, ConfirmedAt>,
    ) -> Word {
        if dictated_at(catalogue, said).is_none() {
            return Word::NotAsked;
        }
        let header = &said.header;
        let examiner = Some(header.examiner).filter(|id| *id != 0).map(ExaminerId);
        if self.people.is_examiner(OperatorId(header.operator), examiner) {
            return Word::Own;
        }
        match said.confirmed(confirmed) {
            None => Word::Awaited,
            Some(by) => {
                let name = self.operators.get(&by.operator.0).cloned();
                Word::Confirmed(name.unwrap_or_else(|| by.operator.to_string()))
            }
        }
    }

    /// Who, where and when; the value itself is still to be filled in.
    fn behind(&self, said: &Said) -> ValueView {
        let header = &said.header;
        let name = |names: &BTreeMap<u64, String>, id: u64| {
            (id != 0).then(|| names.get(&id).cloned().unwrap_or_else(|| format!("{id:016x}")))
        };
        ValueView {
            round: RoundId(header.round),
            item: ItemCode(0),
            value: Value::Text(String::new()),
            unusual: false,
            current: false,
            conflict: false,
            held: !said.is_applied,
            day: header.day.and_then(day_date),
            unit: said.unit.clone(),
            station: u16::try_from(header.station).ok().filter(|s| *s != 0).map(StationCode),
            operator: name(&self.operators, header.operator),
            examiner: name(&self.examiners, header.examiner),
            clock_ms: header.clock.map(|clock| clock.unix_ms),
            own: None,
            word: Word::NotAsked,
            laboratory: said.lab().map(|lab| lab.laboratory.clone()).unwrap_or_default(),
            is_unrepeated: false,
            reference: said.reference,
        }
    }
}
