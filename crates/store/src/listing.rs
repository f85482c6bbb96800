//! The act of listing people: an office's rows become entries of a unit's roster. What each row means is decided
//! first, purely (`listing_plan`); then what is new or changed is appended. Nobody leaves by absence.

use crate::directory::rounds;
use crate::error::StoreError;
use crate::listing_plan::{Candidate, OnList, Outcome, Plan, plan};
use crate::open::Store;
use crate::placement::placements_of;
use crate::project::{canonical, group_of, known_of, read_person_id};
use crate::recording::people_of_id_number;
use crate::tx::{Tx, bits};
use domain::facts::{PersonKind, RosterRow};
use domain::ids::{PersonId, RoundId, UnitCode};
use ledger::Reference;
use prost::Message;
use protocol::fact::{RosterFact, RosterRowFact};
use protocol::failure::Code;
use protocol::{Entry, Fact, Header};
use std::collections::BTreeSet;

/// Bytes of one roster entry's payload at most: an entry holds 64 KiB, its header and its columns on the wire
/// need room.
const ROSTER_BYTES_MAX: usize = 48 * 1024;

/// One row as read from an office's file.
#[derive(Debug, Clone, PartialEq)]
pub struct ListRow {
    pub row: RosterRow,
    pub kind: PersonKind,
    /// The row's number in its file, for problems.
    pub source_row: u32,
}

/// What listing came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listed {
    /// People new to the unit's roster of the round.
    pub accepted: u32,
    /// Rows found to be someone already on it, before or by an earlier row.
    pub merged: u32,
    /// Of these, people of whom a row says something new.
    pub changed: u32,
    /// True when the unit had people on its roster before: then the rows are a newer file's.
    pub had_list: bool,
    /// Rows, counted from 0, of people new to the roster.
    pub new_rows: Vec<usize>,
    /// Rows that say something new of someone on it.
    pub changed_rows: Vec<usize>,
    /// People on the roster whom no row names. They stay on it.
    pub no_longer_listed: Vec<PersonId>,
    pub problems: Vec<ListProblem>,
    /// The entries written.
    pub entries: Vec<Reference>,
}

/// Something a person should look at; the row was listed all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ListProblem {
    pub source_row: u32,
    /// `id_number_of_other_name`: someone with quite another name has this ID number.
    /// `listed_elsewhere`: another unit's roster of the round has this person too.
    pub code: &'static str,
}

impl Store {
    /// Lists people of one unit. `header` is a template (operator, day, policy, clock); `seed` gives 16 random
    /// bytes for each entry. One transaction: all rows or none.
    pub fn list_people<E: From<StoreError>>(
        &mut self,
        round: RoundId,
        unit: &UnitCode,
        rows: &[ListRow],
        header: &Header,
        seed: &mut dyn FnMut() -> Result<[u8; 16], E>,
    ) -> Result<Listed, E> {
        let own = self.own();
        let mut no_seed: Option<E> = None;
        let done = self.write(|tx| {
            let plan = plan(rows, candidates(tx, round, unit, rows)?);
            let facts = facts(rows, &plan, &mut || {
                seed().map_err(|error| {
                    no_seed = Some(error);
                    StoreError::Refused(Code::Internal)
                })
            })?;
            let header = Header { round: round.0, person: Vec::new(), ..header.clone() };
            let entries = facts
                .into_iter()
                .map(|fact| Entry { header: header.clone(), fact: Fact::Roster(fact) });
            let entries: Vec<Entry> = entries.collect();
            Ok(Listed { entries: own.append(tx, unit, &entries)?, ..plan.listed() })
        });
        match (done, no_seed) {
            (Err(_), Some(error)) => Err(error),
            (done, _) => done.map_err(E::from),
        }
    }
}

/// The rows that have to be written, as roster entries of bounded size.
fn facts(
    rows: &[ListRow],
    plan: &Plan,
    seed: &mut dyn FnMut() -> Result<[u8; 16], StoreError>,
) -> Result<Vec<RosterFact>, StoreError> {
    let mut facts: Vec<RosterFact> = Vec::new();
    let mut bytes = 0;
    for (at, outcome) in plan.outcomes.iter().enumerate() {
        let person = match outcome {
            Outcome::New => None,
            Outcome::Known(person) | Outcome::Changed(person) => Some(*person),
            Outcome::Unchanged | Outcome::SameAsRow(_) => continue,
        };
        let row = plan.said.get(&at).unwrap_or(&rows[at].row);
        // Ids are one person by name, number and birth date: a row that changes one of them is said of each id, else it parts them.
        let also = plan.also.get(&at).map(Vec::as_slice).unwrap_or_default();
        for person in std::iter::once(person).chain(also.iter().copied().map(Some)) {
            let row = RosterRowFact::of(row, rows[at].kind, person);
            let row_bytes = row_bytes(&row);
            if facts.is_empty() || bytes + row_bytes > ROSTER_BYTES_MAX {
                facts.push(RosterFact { seed: seed()?.to_vec(), rows: Vec::new() });
                bytes = 0;
            }
            bytes += row_bytes;
            if let Some(fact) = facts.last_mut() {
                fact.rows.push(row);
            }
        }
    }
    Ok(facts)
}

/// No fewer bytes than the row takes on the wire, where rows are columns.
fn row_bytes(row: &RosterRowFact) -> usize {
    let details = row.details.as_ref().map_or(0, Message::encoded_len);
    let text = |text: &Option<String>| text.as_ref().map_or(0, |text| text.len() + 4);
    details + text(&row.group) + text(&row.grade) + text(&row.note) + row.person.len() + 16
}

/// Everyone a row may mean: on the unit's rosters (of any round), registered at the unit or as at home there,
/// or with an ID number that a row has.
fn candidates(
    tx: &dyn Tx,
    round: RoundId,
    unit: &UnitCode,
    rows: &[ListRow],
) -> Result<Vec<Candidate>, StoreError> {
    let mut ids: BTreeSet<PersonId> = BTreeSet::new();
    let mut known_rounds: BTreeSet<RoundId> = rounds(tx)?.into_iter().map(|r| r.id).collect();
    known_rounds.insert(round);
    let mut of_unit: BTreeSet<PersonId> = BTreeSet::new();
    for other in known_rounds {
        let sql = "SELECT DISTINCT l.person FROM unit_key u JOIN listing l ON l.unit_no = u.unit_no
                   WHERE u.unit = $1 AND l.round = $2 AND l.is_withdrawn = 0";
        let params = [unit.0.as_str().into(), bits(other.0).into()];
        of_unit.extend(tx.rows(sql, &params, |row| read_person_id(row, 0))?);
    }
    let sql = "SELECT DISTINCT t.person FROM unit_key u JOIN told t ON t.unit_no = u.unit_no
               WHERE u.unit = $1 AND t.source = 1";
    of_unit.extend(tx.rows(sql, &[unit.0.as_str().into()], |row| read_person_id(row, 0))?);
    let of_unit = of_unit.into_iter().map(|id| canonical(tx, id));
    let of_unit: BTreeSet<PersonId> = of_unit.collect::<Result<_, _>>()?;
    ids.extend(&of_unit);
    for id_number in rows.iter().filter_map(|row| row.row.details.id_number.as_deref()) {
        ids.extend(people_of_id_number(tx, id_number)?);
    }
    let candidates =
        ids.into_iter().map(|person| candidate(tx, round, unit, person, of_unit.contains(&person)));
    candidates.collect()
}

fn candidate(
    tx: &dyn Tx,
    round: RoundId,
    unit: &UnitCode,
    person: PersonId,
    is_of_unit: bool,
) -> Result<Candidate, StoreError> {
    let group = group_of(tx, person)?;
    let placements = placements_of(tx, &group, Some(round))?;
    let is_elsewhere = placements.iter().any(|placement| placement.unit != *unit);
    let here = placements.into_iter().find(|placement| placement.unit == *unit);
    Ok(Candidate {
        person: Some(person),
        also: group.into_iter().filter(|id| *id != person).collect(),
        known: known_of(tx, person)?.unwrap_or_default(),
        on_list: here.map(|place| OnList {
            group: place.group,
            grade: place.grade,
            note: place.note,
            kind: place.kind,
        }),
        is_of_unit,
        is_elsewhere,
        row: None,
    })
}
