//! Finding people by whatever is at hand: ID number (whole, its beginning or its tail), 学籍号, name (any two
//! characters), pinyin, initials, phone, a label's code. Only indexed look-ups: nothing here reads a table through.

use crate::error::StoreError;
use crate::open::Store;
use crate::placement::{placements_of, registrations_of};
use crate::project::{
    Known, SHOWN_COLUMNS, SHOWN_COLUMNS_COUNT, gram, group_of, name_key, read_known,
    read_person_id, reversed,
};
use crate::tx::{Sql, Tx};
use domain::facts::{PersonDetails, PersonKind};
use domain::identity::to_half_width;
use domain::ids::{PersonId, RoundId, UnitCode};
use domain::label_code::read_label_code;
use protocol::convert::kind_of;
use std::collections::BTreeSet;

/// Characters of a search text beyond this are not looked at.
const TEXT_CHARS_MAX: usize = 64;
/// Shortest beginning or tail of a number that is searched: fewer digits fit everyone.
const NUMBER_CHARS_MIN: usize = 3;
/// Rows of one index looked through for a name of three or more characters.
const NAME_ROWS_MAX: usize = 500;

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
            let found = find_known(tx, text, limit)?;
            found.into_iter().map(|(person, known)| found_person(tx, person, known)).collect()
        })
    }
}

fn found_person(tx: &dyn Tx, person: PersonId, known: Known) -> Result<FoundPerson, StoreError> {
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

/// People found so far, each once, up to a limit. Only canonical ids have what is searched.
struct Hits<'a> {
    tx: &'a dyn Tx,
    limit: usize,
    found: Vec<(PersonId, Known)>,
}

impl Hits<'_> {
    /// Adds what tables and a condition on them find.
    fn look(&mut self, from: &str, params: &[Sql]) -> Result<(), StoreError> {
        self.look_among(from, params, self.limit, &|_| true)
    }

    fn look_among(
        &mut self,
        from: &str,
        params: &[Sql],
        rows_max: usize,
        fits: &dyn Fn(&Known) -> bool,
    ) -> Result<(), StoreError> {
        if self.found.len() >= self.limit {
            return Ok(());
        }
        let sql = format!("SELECT {SHOWN_COLUMNS}, p.person FROM {from} LIMIT {rows_max}");
        let rows = self.tx.rows(&sql, params, |row| {
            Ok((read_person_id(row, SHOWN_COLUMNS_COUNT)?, read_known(row)?))
        })?;
        for (person, known) in rows.into_iter().filter(|(_, known)| fits(known)) {
            let is_known = self.found.iter().any(|(other, _)| *other == person);
            if self.found.len() < self.limit && !is_known {
                self.found.push((person, known));
            }
        }
        Ok(())
    }

    /// People whose column is exactly this.
    fn exact(&mut self, column: &str, text: &str) -> Result<(), StoreError> {
        self.look(&format!("person p WHERE {column} = $1"), &[Sql::Text(text)])
    }

    /// People of whose ids one begins with these bytes: a label stays good when its person is found to be another.
    fn label(&mut self, first: [u8; 6]) -> Result<(), StoreError> {
        let bound = |rest: u8| -> Vec<u8> {
            first.iter().copied().chain(std::iter::repeat_n(rest, 10)).collect()
        };
        let (from, to) = (bound(0), bound(u8::MAX));
        self.look(OF_LABEL, &[Sql::Blob(&from), Sql::Blob(&to)])
    }

    /// People whose column begins with this.
    fn prefix(&mut self, column: &str, text: &str) -> Result<(), StoreError> {
        let end = format!("{text}{}", char::MAX);
        let from = format!("person p WHERE {column} >= $1 AND {column} < $2");
        self.look(&from, &[Sql::Text(text), Sql::Text(&end)])
    }

    /// People whose name has these two characters in this order.
    fn two_characters(&mut self, first: char, second: char) -> Result<(), StoreError> {
        self.look(NAME_GRAM, &[gram(first, second).into()])
    }

    /// People whose name holds these three or more characters together. The last two are looked up: given
    /// names are rarer than surnames.
    fn within_name(&mut self, key: &str) -> Result<(), StoreError> {
        let last: Vec<char> = key.chars().rev().take(2).collect();
        let [second, first] = last.as_slice() else { return Ok(()) };
        let is_within = |known: &Known| name_key(&known.details.name).contains(key);
        self.look_among(NAME_GRAM, &[gram(*first, *second).into()], NAME_ROWS_MAX, &is_within)
    }
}

/// The parameters are the first and the last id a label may mean.
const OF_LABEL: &str = "person p WHERE p.person IN
     (SELECT l.canon FROM person l WHERE l.person BETWEEN $1 AND $2)";
/// The parameter is a pair of characters.
const NAME_GRAM: &str = "name_gram g JOIN person p ON p.person = g.person WHERE g.gram = $1";

/// Whom a text finds, by canonical ids.
fn find_known(tx: &dyn Tx, text: &str, limit: usize) -> Result<Vec<(PersonId, Known)>, StoreError> {
    let text: String = to_half_width(text).chars().take(TEXT_CHARS_MAX).collect();
    let key = name_key(&text);
    let mut hits = Hits { tx, limit, found: Vec::new() };
    if key.is_empty() || limit == 0 {
        return Ok(hits.found);
    }
    if let Some(first) = read_label_code(&text) {
        hits.label(first)?;
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
