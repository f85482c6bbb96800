//! Everyone of one stop in a round: who is listed there and who was examined there though not listed, each with the
//! checkup as it stands. For class lists, coverage and the end of the day. Not counts: those are `tally`'s.

use crate::conclusion::conclusion_state;
use crate::directory::in_force;
use crate::error::StoreError;
use crate::open::Store;
use crate::project::{CheckupRow, ROW_COLUMNS, consent_of, known_of, read_person_id, read_row};
use crate::tx::{Sql, Tx, bits};
use chrono::NaiveDate;
use domain::catalogue::Catalogue;
use domain::conclusion::ConclusionState;
use domain::consent::{Consent, closed};
use domain::facts::{CheckupState, CurrentValue, PersonDetails, PersonKind, Standing};
use domain::ids::{ItemCode, PersonId, RoundId, UnitCode};
use domain::rule::Judgement;
use domain::state::state;
use protocol::convert::kind_of;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Listed at the unit, by canonical id, in the order of ids.
const LISTED: &str = "SELECT p.canon, l.group_name, l.grade, l.note, l.kind FROM listing l
     JOIN unit_key u ON u.unit_no = l.unit_no JOIN person p ON p.person = l.person
     WHERE l.round = $1 AND u.unit = $2 AND l.is_withdrawn = 0";
/// Examined or registered at the unit, wherever listed.
const HERE: &str = "SELECT c.person FROM checkup c WHERE c.round = $1
     AND (c.unit = $2 OR c.stop = $2)";
/// People here of whom an item has current values that differ.
const CONFLICTS: &str = "SELECT count(*) FROM checkup c WHERE c.round = $1
     AND (c.unit = $2 OR c.stop = $2) AND c.conflict <> 0";
const CHECKUP: &str = "SELECT {columns} FROM checkup c WHERE c.round = $1 AND c.person = $2";

/// Someone at a stop.
#[derive(Debug, Clone, PartialEq)]
pub struct StopPerson {
    pub person: PersonId,
    /// In full: who shows it masks it.
    pub details: PersonDetails,
    pub kind: PersonKind,
    /// On the unit's roster of the round.
    pub is_listed: bool,
    pub group: Option<String>,
    pub grade: Option<String>,
    pub note: Option<String>,
    /// What the family agreed to; none for a resident, who needs no slip.
    pub consent: Option<Consent>,
    /// None while nobody was registered or examined.
    pub checkup: Option<StopCheckup>,
    /// In force in the round: what is asked, and by what it is judged.
    pub catalogue: Arc<Catalogue>,
}

/// A checkup as a list needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct StopCheckup {
    pub stop: UnitCode,
    /// As whom they were examined.
    pub kind: PersonKind,
    pub day: Option<NaiveDate>,
    pub standing: Standing,
    pub state: CheckupState,
    pub conclusion: ConclusionState,
    /// Current values by item; those that differ are a conflict.
    pub results: BTreeMap<ItemCode, Vec<CurrentValue>>,
    pub judgements: Vec<Judgement>,
}

impl Store {
    /// Everyone listed or examined at `unit` in `round`; `wanted` looks at (grade, group) of who is listed before
    /// anything else is read, so that one class is cheap.
    pub fn stop_people(
        &self,
        round: RoundId,
        unit: &UnitCode,
        wanted: &dyn Fn(Option<&str>, Option<&str>) -> bool,
    ) -> Result<Vec<StopPerson>, StoreError> {
        self.read(|tx| {
            let params = [bits(round.0).into(), Sql::Text(&unit.0)];
            let catalogue = in_force(tx, round)?;
            let text = |text: Option<&str>| text.map(str::to_owned);
            let listed = tx.rows(LISTED, &params, |row| {
                let place =
                    (text(row.opt_text(1)?), text(row.opt_text(2)?), text(row.opt_text(3)?));
                let kind = u32::try_from(row.int(4)?).map_err(|_| StoreError::Stored("kind"))?;
                Ok((read_person_id(row, 0)?, kind_of(kind), place))
            })?;
            let mut seen: BTreeSet<PersonId> = BTreeSet::new();
            let mut people = Vec::new();
            for (person, kind, (group, grade, note)) in listed {
                let is_wanted = wanted(grade.as_deref(), group.as_deref());
                if seen.insert(person) && is_wanted {
                    let one = stop_person(tx, &catalogue, round, person, Some(kind))?;
                    people.push(StopPerson { is_listed: true, group, grade, note, ..one });
                }
            }
            let here = tx.rows(HERE, &params, |row| read_person_id(row, 0))?;
            for person in here.into_iter().filter(|person| !seen.contains(person)) {
                if wanted(None, None) {
                    people.push(stop_person(tx, &catalogue, round, person, None)?);
                }
            }
            Ok(people)
        })
    }

    /// One checkup as it stands; `None` while nobody was registered or examined.
    pub fn stop_checkup(
        &self,
        round: RoundId,
        person: PersonId,
    ) -> Result<Option<StopCheckup>, StoreError> {
        self.read(|tx| {
            let canon = crate::project::canonical(tx, person)?;
            checkup(tx, &*in_force(tx, round)?, round, canon)
        })
    }

    /// How many people listed or examined at `unit` have an item whose current values differ.
    pub fn conflict_count(&self, round: RoundId, unit: &UnitCode) -> Result<u64, StoreError> {
        self.read(|tx| {
            let params = [bits(round.0).into(), Sql::Text(&unit.0)];
            let count = tx.int(CONFLICTS, &params)?;
            Ok(u64::try_from(count.unwrap_or(0)).unwrap_or(0))
        })
    }

    /// How many people a unit's roster of a round has.
    pub fn listed_count(&self, round: RoundId, unit: &UnitCode) -> Result<u32, StoreError> {
        let counts = self.coverage(round, Some(unit))?;
        Ok(counts.iter().find(|count| count.unit == *unit).map_or(0, |count| count.expected))
    }
}

fn stop_person(
    tx: &dyn Tx,
    catalogue: &Arc<Catalogue>,
    round: RoundId,
    person: PersonId,
    listed: Option<PersonKind>,
) -> Result<StopPerson, StoreError> {
    let known = known_of(tx, person)?.unwrap_or_default();
    let checkup = checkup(tx, catalogue, round, person)?;
    // As they were examined in this round, else as its list has them: another round may have said otherwise.
    let examined = checkup.as_ref().map(|checkup| checkup.kind);
    let kind = examined.or(listed).unwrap_or_else(|| kind_of(known.kind));
    let consent = consent_of(tx, round.0, person)?.of_kind(kind);
    Ok(StopPerson {
        person,
        details: PersonDetails::from(&known.details),
        kind,
        consent,
        is_listed: false,
        group: None,
        grade: None,
        note: None,
        checkup,
        catalogue: catalogue.clone(),
    })
}

/// `catalogue`: the one in force in the round.
pub(crate) fn checkup(
    tx: &dyn Tx,
    catalogue: &Catalogue,
    round: RoundId,
    person: PersonId,
) -> Result<Option<StopCheckup>, StoreError> {
    let params = [bits(round.0).into(), person.0.as_bytes().into()];
    let sql = CHECKUP.replace("{columns}", ROW_COLUMNS);
    let row = tx.first(&sql, &params, |row| read_row(Catalogue::builtin(), row))?;
    let Some(row) = row else { return Ok(None) };
    let consent = consent_of(tx, round.0, person)?.of_kind(row.kind);
    let conclusion = conclusion_state(tx, round, person)?;
    Ok(Some(stop_checkup(catalogue, row, conclusion, consent.as_ref())))
}

fn stop_checkup(
    catalogue: &Catalogue,
    row: CheckupRow,
    conclusion: ConclusionState,
    consent: Option<&Consent>,
) -> StopCheckup {
    let closed = closed(catalogue, consent);
    StopCheckup {
        stop: row.stop,
        kind: row.kind,
        day: row.day,
        standing: row.standing,
        state: state(catalogue.package(row.kind), &row.results, &closed, conclusion, false),
        conclusion,
        results: row.results,
        judgements: row.judgements,
    }
}
