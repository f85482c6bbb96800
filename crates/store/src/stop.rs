//! Everyone of one stop in a round: who is listed there and who was examined there though not listed, each with the
//! checkup as it stands. For class lists, coverage and the end of the day. Not counts: those are `tally`'s.

use crate::conclusion::conclusion_state;
use crate::directory::in_force;
use crate::error::StoreError;
use crate::open::Store;
use crate::project::{
    CheckupRow, ROW_COLUMNS, Rank, consent_of, known_of, read_person_id, read_rank, read_row,
};
use crate::spelling::Spellings;
use crate::tx::{Sql, Tx, bits};
use chrono::NaiveDate;
use domain::catalogue::Catalogue;
use domain::conclusion::ConclusionState;
use domain::consent::{Consent, closed};
use domain::facts::{CheckupState, CurrentValue, PersonDetails, PersonKind, Standing};
use domain::ids::{ItemCode, PersonId, RoundId, UnitCode};
use domain::rule::{Judgement, Level};
use domain::state::state;
use protocol::convert::kind_of;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Every row that lists somebody at the unit, with the rank by which a newer one is told from an older.
const LISTED: &str =
    "SELECT l.day, w.writer, l.seq, l.hash8, l.row_no, p.canon, l.group_name, l.grade, l.note, l.kind
     FROM listing l JOIN writer w ON w.writer_no = l.writer_no
     JOIN unit_key u ON u.unit_no = l.unit_no JOIN person p ON p.person = l.person
     WHERE l.round = $1 AND u.unit = $2 AND l.is_withdrawn = 0";
/// Of `checkup c`: it counts at the unit $2, or began there, or something of it was found out there. `places` is what coverage counts
/// by: whoever came to another stop first is of this one too.
pub(crate) const OF_UNIT: &str = "(c.unit = $2 OR c.stop = $2
     OR instr(char(10) || c.places, char(10) || $2 || ' ') > 0)";
/// Examined, registered or bled at the unit, wherever listed and wherever first.
const HERE: &str = "SELECT c.person FROM checkup c WHERE c.round = $1 AND {of_unit}
     UNION SELECT p.canon FROM unit_key u JOIN told t ON t.unit_no = u.unit_no AND t.round = $1 AND t.source = 1
     JOIN person p ON p.person = t.person WHERE u.unit = $2
     UNION SELECT p.canon FROM unit_key u JOIN tube t ON t.unit_no = u.unit_no AND t.round = $1 AND t.act = 1
     JOIN person p ON p.person = t.person WHERE u.unit = $2";
/// People here of whom an item has current values that differ.
const CONFLICTS: &str = "SELECT count(*) FROM checkup c WHERE c.round = $1 AND c.conflict <> 0
     AND {of_unit}";
/// Checkups here with a finding of level A: the index of `checkup` says which, and of no other a row is read.
const GRAVE: &str = "SELECT {columns}, c.person FROM checkup c
     WHERE c.round = $1 AND c.worst = $3 AND {of_unit} ORDER BY c.person";
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
    /// As what the checkup counts at the unit asked about; none while nothing was found out, or nothing at this unit.
    pub counts_as: Option<Standing>,
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
    /// At the unit that counts it.
    pub standing: Standing,
    pub state: CheckupState,
    pub conclusion: ConclusionState,
    /// Current values by item; those that differ are a conflict.
    pub results: BTreeMap<ItemCode, Vec<CurrentValue>>,
    pub judgements: Vec<Judgement>,
}

/// A checkup with a finding of level A: what a repeat that is owed is told by, and no more.
#[derive(Debug, Clone, PartialEq)]
pub struct GraveCheckup {
    pub person: PersonId,
    /// As whom they were examined.
    pub kind: PersonKind,
    pub day: Option<NaiveDate>,
    /// Current values by item; those that differ are a conflict.
    pub results: BTreeMap<ItemCode, Vec<CurrentValue>>,
    pub judgements: Vec<Judgement>,
}

impl StopPerson {
    /// Theirs to conclude and to print at this unit: listed there or come there first. Of whoever came to another stop first, that stop
    /// does so.
    pub fn is_first_of(&self, unit: &UnitCode) -> bool {
        self.is_listed || self.checkup.as_ref().is_some_and(|checkup| checkup.stop == *unit)
    }
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
        let mut people = Vec::new();
        self.each_at_stop(round, unit, wanted, &mut |one| people.push(one))?;
        Ok(people)
    }

    /// The same, one at a time: what is only counted is not kept, and thousands with all their results are many megabytes.
    pub fn each_at_stop(
        &self,
        round: RoundId,
        unit: &UnitCode,
        wanted: &dyn Fn(Option<&str>, Option<&str>) -> bool,
        each: &mut dyn FnMut(StopPerson),
    ) -> Result<(), StoreError> {
        self.read(|tx| {
            let params = [bits(round.0).into(), Sql::Text(&unit.0)];
            let catalogue = in_force(tx, round)?;
            let listed = listed(tx, unit, &params)?;
            for (person, (_, place)) in &listed {
                if wanted(place.grade.as_deref(), place.group.as_deref()) {
                    let one =
                        stop_person(tx, &catalogue, (round, unit), *person, Some(place.kind))?;
                    let ListPlace { group, grade, note, .. } = place.clone();
                    each(StopPerson { is_listed: true, group, grade, note, ..one });
                }
            }
            let sql = HERE.replace("{of_unit}", OF_UNIT);
            let here = tx.rows(&sql, &params, |row| read_person_id(row, 0))?;
            for person in here.into_iter().filter(|person| !listed.contains_key(person)) {
                if wanted(None, None) {
                    each(stop_person(tx, &catalogue, (round, unit), person, None)?);
                }
            }
            Ok(())
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

    /// The checkups at `unit` with a finding of level A, wherever their people are listed: one query, whoever else is here.
    pub fn grave_checkups(
        &self,
        round: RoundId,
        unit: &UnitCode,
    ) -> Result<Vec<GraveCheckup>, StoreError> {
        let columns = GRAVE.replace("{columns}", ROW_COLUMNS);
        let sql = columns.replace("{of_unit}", OF_UNIT);
        let params = [bits(round.0).into(), Sql::Text(&unit.0), Level::A.number().into()];
        self.read(|tx| {
            tx.rows(&sql, &params, |row| {
                let CheckupRow { kind, day, results, judgements, .. } =
                    read_row(Catalogue::builtin(), row)?;
                let person = read_person_id(row, 15)?;
                Ok(GraveCheckup { person, kind, day, results, judgements })
            })
        })
    }

    /// How many people listed or examined at `unit` have an item whose current values differ.
    pub fn conflict_count(&self, round: RoundId, unit: &UnitCode) -> Result<u64, StoreError> {
        self.read(|tx| {
            let params = [bits(round.0).into(), Sql::Text(&unit.0)];
            let count = tx.int(&CONFLICTS.replace("{of_unit}", OF_UNIT), &params)?;
            Ok(u64::try_from(count.unwrap_or(0)).unwrap_or(0))
        })
    }

    /// How many people a unit's roster of a round has.
    pub fn listed_count(&self, round: RoundId, unit: &UnitCode) -> Result<u32, StoreError> {
        let counts = self.coverage(round, Some(unit))?;
        Ok(counts.iter().find(|count| count.unit == *unit).map_or(0, |count| count.expected))
    }
}

/// What a row of the unit's roster says of somebody's place.
#[derive(Clone)]
struct ListPlace {
    group: Option<String>,
    grade: Option<String>,
    note: Option<String>,
    kind: PersonKind,
}

/// Who is listed, each where the row said last has them: a newer roster's class stands, as in `placements_of`.
fn listed(
    tx: &dyn Tx,
    unit: &UnitCode,
    params: &[Sql],
) -> Result<BTreeMap<PersonId, (Rank, ListPlace)>, StoreError> {
    let mut listed: BTreeMap<PersonId, (Rank, ListPlace)> = BTreeMap::new();
    tx.each(LISTED, params, &mut |row| {
        let (rank, person) = (read_rank(row)?, read_person_id(row, 5)?);
        if listed.get(&person).is_none_or(|(known, _)| *known < rank) {
            let text = |column| Ok::<_, StoreError>(row.opt_text(column)?.map(str::to_owned));
            let kind = u32::try_from(row.int(9)?).map_err(|_| StoreError::Stored("kind"))?;
            let kind = kind_of(kind);
            let place = ListPlace { group: text(6)?, grade: text(7)?, note: text(8)?, kind };
            listed.insert(person, (rank, place));
        }
        Ok(())
    })?;
    let mut spelled = Spellings::default();
    for (rank, place) in listed.values() {
        place.grade.iter().for_each(|grade| spelled.say(unit, *rank, grade));
    }
    for (_, place) in listed.values_mut() {
        place.grade = spelled.of(unit, place.grade.take());
    }
    Ok(listed)
}

fn stop_person(
    tx: &dyn Tx,
    catalogue: &Arc<Catalogue>,
    (round, unit): (RoundId, &UnitCode),
    person: PersonId,
    listed: Option<PersonKind>,
) -> Result<StopPerson, StoreError> {
    let known = known_of(tx, person)?.unwrap_or_default();
    let row = checkup_row(tx, round, person)?;
    let at = row.as_ref().and_then(|row| row.places.iter().find(|(place, _)| place == unit));
    let counts_as = at.map(|(_, standing)| *standing);
    let checkup = row.map(|row| checkup_of(tx, catalogue, round, person, row)).transpose()?;
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
        counts_as,
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
    let row = checkup_row(tx, round, person)?;
    row.map(|row| checkup_of(tx, catalogue, round, person, row)).transpose()
}

fn checkup_row(
    tx: &dyn Tx,
    round: RoundId,
    person: PersonId,
) -> Result<Option<CheckupRow>, StoreError> {
    let params = [bits(round.0).into(), person.0.as_bytes().into()];
    let sql = CHECKUP.replace("{columns}", ROW_COLUMNS);
    tx.first(&sql, &params, |row| read_row(Catalogue::builtin(), row))
}

fn checkup_of(
    tx: &dyn Tx,
    catalogue: &Catalogue,
    round: RoundId,
    person: PersonId,
    row: CheckupRow,
) -> Result<StopCheckup, StoreError> {
    let consent = consent_of(tx, round.0, person)?.of_kind(row.kind);
    let conclusion = conclusion_state(tx, round, person)?;
    Ok(stop_checkup(catalogue, row, conclusion, consent.as_ref()))
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
