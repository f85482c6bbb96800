//! Finding people by whatever is at hand: ID number (whole, its beginning or its tail), 学籍号, name (any two
//! characters), pinyin, initials, phone. Only indexed look-ups: nothing here reads a table through.

use crate::error::StoreError;
use crate::open::Store;
use crate::placement::{placements_of, registrations_of};
use crate::project::{gram, group_of, known_of, name_key, read_person_id, reversed};
use crate::tx::{Sql, Tx};
use domain::facts::{PersonDetails, PersonKind};
use domain::identity::to_half_width;
use domain::ids::{PersonId, RoundId, UnitCode};
use protocol::convert::kind_of;
use std::collections::BTreeSet;

/// Characters of a search text beyond this are not looked at.
const TEXT_CHARS_MAX: usize = 64;
/// Shortest beginning or tail of a number that is searched: fewer digits fit everyone.
const NUMBER_CHARS_MIN: usize = 3;
/// Rows of one index looked through for a name of three or more characters.
const NAME_ROWS_MAX: usize = 2_000;

/// Someone a search text may mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundPerson {
    pub person: PersonId,
    /// In full: who shows it masks it.
    pub details: PersonDetails,
    /// Where listed last, else where registered.
    pub unit: Option<UnitCode>,
    pub group: Option<String>,
    pub grade: Option<String>,
    pub kind: PersonKind,
    /// Rounds on whose rosters the person is.
    pub rounds: Vec<RoundId>,
}

impl Store {
    /// People whom `text` may mean, whole matches first, at most `limit`.
    pub fn find(&self, text: &str, limit: usize) -> Result<Vec<FoundPerson>, StoreError> {
        self.read(|tx| {
            let people = find_ids(tx, text, limit)?;
            people.into_iter().map(|person| found_person(tx, person)).collect()
        })
    }
}

fn found_person(tx: &dyn Tx, person: PersonId) -> Result<FoundPerson, StoreError> {
    let known = known_of(tx, person)?.unwrap_or_default();
    let group = group_of(tx, person)?;
    let placements = placements_of(tx, &group, None)?;
    let rounds: BTreeSet<RoundId> = placements.iter().map(|p| p.round).collect();
    let last = match placements.into_iter().next() {
        Some(listed) => Some(listed),
        None => registrations_of(tx, &group)?.into_iter().next(),
    };
    let (unit, group, grade) = match last {
        Some(last) => (Some(last.unit), last.group, last.grade),
        None => (None, None, None),
    };
    Ok(FoundPerson {
        person,
        kind: kind_of(known.kind),
        details: PersonDetails::from(&known.details),
        unit,
        group,
        grade,
        rounds: rounds.into_iter().collect(),
    })
}

/// People found so far, each once, up to a limit.
struct Hits<'a> {
    tx: &'a dyn Tx,
    limit: usize,
    found: Vec<PersonId>,
}

impl Hits<'_> {
    fn is_full(&self) -> bool {
        self.found.len() >= self.limit
    }

    fn add(&mut self, people: Vec<PersonId>) {
        for person in people {
            if !self.is_full() && !self.found.contains(&person) {
                self.found.push(person);
            }
        }
    }

    /// People whose column is exactly this.
    fn exact(&mut self, column: &str, text: &str) -> Result<(), StoreError> {
        if self.is_full() {
            return Ok(());
        }
        let sql = format!("SELECT person FROM person WHERE {column} = $1 LIMIT $2");
        let params = [Sql::Text(text), limit(self.limit)];
        self.add(self.tx.rows(&sql, &params, |row| read_person_id(row, 0))?);
        Ok(())
    }

    /// People whose column begins with this.
    fn prefix(&mut self, column: &str, text: &str) -> Result<(), StoreError> {
        if self.is_full() {
            return Ok(());
        }
        let end = format!("{text}{}", char::MAX);
        let sql =
            format!("SELECT person FROM person WHERE {column} >= $1 AND {column} < $2 LIMIT $3");
        let params = [Sql::Text(text), Sql::Text(&end), limit(self.limit)];
        self.add(self.tx.rows(&sql, &params, |row| read_person_id(row, 0))?);
        Ok(())
    }

    /// People whose name has these two characters in this order.
    fn two_characters(&mut self, first: char, second: char) -> Result<(), StoreError> {
        if self.is_full() {
            return Ok(());
        }
        let sql = "SELECT person FROM name_gram WHERE gram = $1 LIMIT $2";
        let params = [gram(first, second).into(), limit(self.limit)];
        self.add(self.tx.rows(sql, &params, |row| read_person_id(row, 0))?);
        Ok(())
    }

    /// People whose name holds these three or more characters together. The last two are looked up: given
    /// names are rarer than surnames.
    fn within_name(&mut self, key: &str) -> Result<(), StoreError> {
        let last: Vec<char> = key.chars().rev().take(2).collect();
        let [second, first] = last.as_slice() else { return Ok(()) };
        if self.is_full() {
            return Ok(());
        }
        let sql = "SELECT g.person, p.name_key FROM name_gram g
                   JOIN person p ON p.person = g.person WHERE g.gram = $1 LIMIT $2";
        let params = [gram(*first, *second).into(), limit(NAME_ROWS_MAX)];
        let rows = self.tx.rows(sql, &params, |row| {
            let is_within = row.opt_text(1)?.is_some_and(|name| name.contains(key));
            Ok((read_person_id(row, 0)?, is_within))
        })?;
        self.add(rows.into_iter().filter(|(_, within)| *within).map(|(id, _)| id).collect());
        Ok(())
    }
}

fn limit(rows: usize) -> Sql<'static> {
    Sql::Int(i64::try_from(rows).unwrap_or(i64::MAX))
}

/// The canonical ids a text finds.
fn find_ids(tx: &dyn Tx, text: &str, limit: usize) -> Result<Vec<PersonId>, StoreError> {
    let text: String = to_half_width(text).chars().take(TEXT_CHARS_MAX).collect();
    let key = name_key(&text);
    let mut hits = Hits { tx, limit, found: Vec::new() };
    if key.is_empty() || limit == 0 {
        return Ok(hits.found);
    }
    if key.chars().all(|c| c.is_ascii_alphanumeric()) {
        if key.chars().any(|c| c.is_ascii_digit()) {
            find_number(&mut hits, &key.to_uppercase())?;
        } else {
            find_spelling(&mut hits, &key)?;
        }
    }
    find_name(&mut hits, &key)?;
    Ok(hits.found)
}

fn find_number(hits: &mut Hits, number: &str) -> Result<(), StoreError> {
    let turned = reversed(number);
    hits.exact("id_number", number)?;
    hits.exact("phone", number)?;
    hits.exact("student_no", number)?;
    if number.len() < NUMBER_CHARS_MIN {
        return Ok(());
    }
    hits.prefix("id_number_reversed", &turned)?;
    hits.prefix("phone_reversed", &turned)?;
    hits.prefix("student_reversed", &turned)?;
    hits.prefix("id_number", number)?;
    hits.prefix("phone", number)?;
    hits.prefix("student_no", number)
}

/// Keyboards write ü as v or u with dots.
fn find_spelling(hits: &mut Hits, letters: &str) -> Result<(), StoreError> {
    hits.exact("pinyin", letters)?;
    hits.exact("initials", letters)?;
    hits.prefix("initials", letters)?;
    hits.prefix("pinyin", letters)
}

fn find_name(hits: &mut Hits, key: &str) -> Result<(), StoreError> {
    hits.exact("name_key", key)?;
    hits.prefix("name_key", key)?;
    let characters: Vec<char> = key.chars().collect();
    match characters.as_slice() {
        [first, second] => hits.two_characters(*first, *second),
        [] | [_] => Ok(()),
        [_, _, _, ..] => hits.within_name(key),
    }
}
