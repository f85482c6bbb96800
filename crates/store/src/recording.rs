//! Whom a row recorded at a station means: by ID number, else by name, birth date and unit where that is one
//! person, else nobody known. Deciding is pure; around it candidates are looked up by index.

use crate::error::StoreError;
use crate::open::Store;
use crate::placement::{placements_of, registrations_of};
use crate::project::{canonical, group_of, known_of, name_key, names_alike, read_person_id};
use crate::tx::Tx;
use domain::facts::PersonDetails;
use domain::ids::{PersonId, RoundId, UnitCode};
use protocol::convert::day_number;

/// Whom details mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PersonMatch {
    ByIdNumber(PersonId),
    /// `missing_id`: nobody knew this person's ID number and the row has one.
    ByNameBirthUnit {
        person: PersonId,
        missing_id: bool,
    },
    /// Several people fit: a person has to say which.
    Ambiguous(Vec<PersonId>),
    None,
}

/// Someone whom details may mean.
#[derive(Debug, Clone)]
struct Candidate {
    person: PersonId,
    details: PersonDetails,
    /// On the unit's roster of the round, or registered there or as at home there.
    is_of_unit: bool,
}

impl Store {
    pub fn match_person(
        &self,
        round: RoundId,
        unit: &UnitCode,
        details: &PersonDetails,
    ) -> Result<PersonMatch, StoreError> {
        self.read(|tx| {
            let found = candidates(tx, round, unit, details)?;
            Ok(decide(details, &found))
        })
    }
}

/// An ID number with a name that is quite another does not count: family members hand in each other's cards.
fn decide(details: &PersonDetails, candidates: &[Candidate]) -> PersonMatch {
    if details.id_number.is_some() {
        let same: Vec<&Candidate> = candidates
            .iter()
            .filter(|c| c.details.id_number == details.id_number)
            .filter(|c| names_alike(&c.details.name, &details.name))
            .collect();
        let here: Vec<&Candidate> = same.iter().copied().filter(|c| c.is_of_unit).collect();
        match (same.as_slice(), here.as_slice()) {
            ([], _) => {}
            ([only], _) | (_, [only]) => return PersonMatch::ByIdNumber(only.person),
            (several, _) => return ambiguous(several),
        }
    }
    let compatible = |c: &&Candidate| {
        c.is_of_unit
            && name_key(&c.details.name) == name_key(&details.name)
            && details.birth.is_some()
            && c.details.birth == details.birth
            && (c.details.id_number.is_none() || details.id_number.is_none())
    };
    let same: Vec<&Candidate> = candidates.iter().filter(compatible).collect();
    match same.as_slice() {
        [] => PersonMatch::None,
        [only] => PersonMatch::ByNameBirthUnit {
            person: only.person,
            missing_id: only.details.id_number.is_none() && details.id_number.is_some(),
        },
        several => ambiguous(several),
    }
}

fn ambiguous(candidates: &[&Candidate]) -> PersonMatch {
    PersonMatch::Ambiguous(candidates.iter().map(|candidate| candidate.person).collect())
}

fn candidates(
    tx: &dyn Tx,
    round: RoundId,
    unit: &UnitCode,
    details: &PersonDetails,
) -> Result<Vec<Candidate>, StoreError> {
    let mut people: Vec<PersonId> = Vec::new();
    if let Some(id_number) = &details.id_number {
        people.extend(people_of_id_number(tx, id_number)?);
    }
    if let Some(birth) = details.birth {
        people.extend(people_of_name(tx, &details.name, day_number(birth))?);
    }
    people.sort();
    people.dedup();
    people.into_iter().map(|person| candidate(tx, round, unit, person)).collect()
}

fn candidate(
    tx: &dyn Tx,
    round: RoundId,
    unit: &UnitCode,
    person: PersonId,
) -> Result<Candidate, StoreError> {
    let group = group_of(tx, person)?;
    let known = known_of(tx, person)?.unwrap_or_default();
    let listed = placements_of(tx, &group, Some(round))?;
    let is_of_unit = listed.iter().any(|p| p.unit == *unit)
        || registrations_of(tx, &group)?.iter().any(|p| p.unit == *unit)
        || is_registered_at(tx, &group, unit)?;
    Ok(Candidate { person, details: PersonDetails::from(&known.details), is_of_unit })
}

/// Registered at this stop, wherever at home.
fn is_registered_at(tx: &dyn Tx, group: &[PersonId], unit: &UnitCode) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM told t JOIN unit_key u ON u.unit_no = t.unit_no
               WHERE t.person = $1 AND t.source = 1 AND u.unit = $2 LIMIT 1";
    for person in group {
        let params = [person.0.as_bytes().into(), unit.0.as_str().into()];
        if tx.int(sql, &params)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Canonical ids with this ID number, confirmed or proposed.
pub(crate) fn people_of_id_number(
    tx: &dyn Tx,
    id_number: &str,
) -> Result<Vec<PersonId>, StoreError> {
    let sql = "SELECT person FROM person WHERE id_number = $1";
    let mut people = tx.rows(sql, &[id_number.into()], |row| read_person_id(row, 0))?;
    // A number that only a member of the group says, while the group shows another.
    let own = "SELECT person FROM person WHERE own_id_number = $1";
    for person in tx.rows(own, &[id_number.into()], |row| read_person_id(row, 0))? {
        people.push(canonical(tx, person)?);
    }
    people.sort();
    people.dedup();
    Ok(people)
}

fn people_of_name(tx: &dyn Tx, name: &str, birth: i32) -> Result<Vec<PersonId>, StoreError> {
    let sql = "SELECT person FROM person WHERE name_key = $1 AND birth = $2";
    let key = name_key(name);
    tx.rows(sql, &[key.as_str().into(), birth.into()], |row| read_person_id(row, 0))
}
