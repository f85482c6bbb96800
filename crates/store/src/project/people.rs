//! A person from everything said about the id, and ids that are one person: the same valid ID number, name
//! and birth date; the smallest id names them. A merely proposed ID number makes nobody one.

use super::details::{Field, Known, Rank, Source, Statement, name_key, usable_id_number};
use super::search_key::grams;
use super::shown::{NAME_KEY, Shown, shown};
use super::work::Work;
use crate::error::StoreError;
use crate::stream::array;
use crate::tx::{Row, Sql, Tx, unbits};
use domain::ids::PersonId;
use prost::Message;
use protocol::fact::DetailsFact;
use std::collections::{BTreeMap, BTreeSet};

/// What makes ids one person: ID number, name key, birth day.
type MergeKey = (String, String, Option<i64>);

/// An id's own row.
struct Own {
    canon: PersonId,
    id_number: Option<String>,
    name: String,
    birth: Option<i64>,
}

impl Own {
    fn of(person: PersonId, known: &Known) -> Own {
        let confirmed = !known.is_proposed(Field::IdNumber);
        let id_number = known.details.id_number.as_deref().filter(|_| confirmed);
        Own {
            canon: person,
            id_number: id_number.and_then(usable_id_number).map(|id| id.as_str().to_owned()),
            name: name_key(&known.details.name),
            birth: known.details.birth_day.map(i64::from),
        }
    }

    fn key(&self) -> Option<MergeKey> {
        Some((self.id_number.clone()?, self.name.clone(), self.birth))
    }
}

/// The id that names a person's group; the id itself while nothing is known of it.
pub(crate) fn canonical(tx: &dyn Tx, person: PersonId) -> Result<PersonId, StoreError> {
    let sql = "SELECT canon FROM person WHERE person = $1";
    let found = tx.first(sql, &[person.0.as_bytes().into()], |row| id(row, 0))?;
    Ok(found.unwrap_or(person))
}

/// Every id of a canonical id's group, itself among them.
pub(crate) fn group_of(tx: &dyn Tx, canon: PersonId) -> Result<Vec<PersonId>, StoreError> {
    let sql = "SELECT person FROM person WHERE canon = $1 AND canon <> person ORDER BY person";
    let mut group = vec![canon];
    group.extend(tx.rows(sql, &[canon.0.as_bytes().into()], |row| id(row, 0))?);
    Ok(group)
}

/// What is known of a group, by its canonical id.
pub(crate) fn known_of(tx: &dyn Tx, canon: PersonId) -> Result<Option<Known>, StoreError> {
    shown(tx, canon)?.map(Shown::known).transpose()
}

pub(crate) fn id(row: &dyn Row, column: usize) -> Result<PersonId, StoreError> {
    Ok(PersonId(uuid::Uuid::from_bytes(array(row.blob(column)?)?)))
}

/// People settled together: what is known of them is kept in memory meanwhile.
const PEOPLE_AT_ONCE_MAX: usize = 4_096;

impl Work<'_> {
    /// Some at a time, as if they had come in batches.
    pub(super) fn settle_people(&mut self) -> Result<(), StoreError> {
        let mut touched = std::mem::take(&mut self.people).into_iter();
        loop {
            let some: Vec<PersonId> = touched.by_ref().take(PEOPLE_AT_ONCE_MAX).collect();
            if some.is_empty() {
                break;
            }
            self.settle_some(some)?;
        }
        for person in std::mem::take(&mut self.registered) {
            let canon = canonical(self.tx, person)?;
            self.touch_checkups(canon)?;
        }
        Ok(())
    }

    fn settle_some(&mut self, people: Vec<PersonId>) -> Result<(), StoreError> {
        let mut keys: BTreeSet<MergeKey> = BTreeSet::new();
        let mut groups: BTreeSet<PersonId> = BTreeSet::new();
        let mut moved: Vec<BTreeSet<PersonId>> = Vec::new();
        let mut fresh: BTreeMap<PersonId, Known> = BTreeMap::new();
        for person in people {
            let before = own_row(self.tx, person)?;
            let statements = statements(self.tx, person)?;
            let known = (!statements.is_empty()).then(|| Known::of(statements));
            let after = known.as_ref().map(|known| Own::of(person, known));
            groups.insert(person);
            groups.extend(before.as_ref().map(|own| own.canon));
            let old_key = before.as_ref().and_then(Own::key);
            let new_key = after.as_ref().and_then(Own::key);
            self.put_own(person, before.as_ref(), after.as_ref())?;
            if let Some(own) = before.filter(|own| own.canon != person && old_key != new_key) {
                self.set_canon(person, person)?;
                moved.push(BTreeSet::from([person, own.canon]));
            }
            if old_key != new_key {
                keys.extend(old_key);
            }
            keys.extend(new_key);
            fresh.extend(known.map(|known| (person, known)));
        }
        for key in keys {
            moved.extend(self.regroup(&key)?);
        }
        for group in &moved {
            groups.extend(group);
        }
        for person in groups {
            self.show(person, fresh.get(&person))?;
        }
        for group in moved {
            self.touch_moved(&group)?;
        }
        Ok(())
    }

    /// An id's own columns. A new id names itself until it is grouped.
    fn put_own(
        &self,
        person: PersonId,
        before: Option<&Own>,
        after: Option<&Own>,
    ) -> Result<(), StoreError> {
        let id = person.0.as_bytes();
        let Some(own) = after else {
            if before.is_some() {
                self.delete_grams(person)?;
                self.tx.exec("DELETE FROM person WHERE person = $1", &[id.into()])?;
            }
            return Ok(());
        };
        let params = [
            id.into(),
            own.id_number.as_deref().into(),
            own.name.as_str().into(),
            own.birth.into(),
        ];
        let sql = match before {
            None => {
                "INSERT INTO person (person, canon, own_id_number, own_name, own_birth)
                 VALUES ($1, $1, $2, $3, $4)"
            }
            Some(old)
                if (&old.id_number, &old.name, old.birth)
                    == (&own.id_number, &own.name, own.birth) =>
            {
                return Ok(());
            }
            Some(_) => {
                "UPDATE person SET own_id_number = $2, own_name = $3, own_birth = $4
                 WHERE person = $1"
            }
        };
        self.tx.exec(sql, &params)?;
        Ok(())
    }

    /// Names everyone of one key by the smallest id; who was named otherwise before.
    fn regroup(&self, key: &MergeKey) -> Result<Vec<BTreeSet<PersonId>>, StoreError> {
        let (id_number, name, birth) = key;
        let sql = "SELECT person, canon FROM person WHERE own_id_number = $1 AND own_name = $2
                   AND coalesce(own_birth, -1000000) = coalesce($3, -1000000) ORDER BY person";
        let params = [id_number.into(), name.into(), (*birth).into()];
        let members = self.tx.rows(sql, &params, |row| Ok((id(row, 0)?, id(row, 1)?)))?;
        let Some((canon, _)) = members.first().copied() else { return Ok(Vec::new()) };
        let mut moved = Vec::new();
        for (person, old) in members.into_iter().filter(|(_, old)| *old != canon) {
            self.set_canon(person, canon)?;
            moved.push(BTreeSet::from([person, old, canon]));
        }
        Ok(moved)
    }

    fn set_canon(&self, person: PersonId, canon: PersonId) -> Result<(), StoreError> {
        let sql = "UPDATE person SET canon = $2 WHERE person = $1";
        self.tx.exec(sql, &[person.0.as_bytes().into(), canon.0.as_bytes().into()])?;
        Ok(())
    }

    /// What a group shows stands at its canonical id; other ids show nothing.
    fn show(&mut self, person: PersonId, own: Option<&Known>) -> Result<(), StoreError> {
        let Some(before) = shown(self.tx, person)? else {
            // Nothing is said of it any more: a checkup it has loses its subject.
            return self.touch_checkups(person);
        };
        let after = if canonical(self.tx, person)? == person {
            let group = group_of(self.tx, person)?;
            match own {
                Some(known) if group.len() == 1 => Shown::of(known),
                Some(_) | None => {
                    let mut all = Vec::new();
                    for member in group {
                        all.extend(statements(self.tx, member)?);
                    }
                    Shown::of(&Known::of(all))
                }
            }
        } else {
            Shown::default()
        };
        if before == after {
            return Ok(());
        }
        if before.texts[NAME_KEY] != after.texts[NAME_KEY] {
            self.delete_grams(person)?;
            for gram in after.texts[NAME_KEY].as_deref().map(grams).unwrap_or_default() {
                let sql = "INSERT INTO name_gram (gram, person) VALUES ($1, $2)";
                self.tx.exec(sql, &[gram.into(), person.0.as_bytes().into()])?;
            }
        }
        self.put_shown(person, &after)?;
        if before.judged_by() == after.judged_by() {
            return Ok(());
        }
        self.touch_checkups(person)
    }

    fn put_shown(&self, person: PersonId, shown: &Shown) -> Result<(), StoreError> {
        let mut params: Vec<Sql> = vec![
            person.0.as_bytes().into(),
            shown.kind.into(),
            shown.sex.into(),
            shown.birth.into(),
            shown.proposed.into(),
        ];
        params.extend(shown.texts.iter().map(|text| Sql::from(text.as_deref())));
        self.tx.exec(
            "UPDATE person SET kind = $2, sex = $3, birth = $4, proposed = $5, name = $6,
                 id_number = $7, student_no = $8, phone = $9, phone_owner = $10, address = $11,
                 name_key = $12, pinyin = $13, initials = $14, id_number_reversed = $15,
                 student_reversed = $16, phone_reversed = $17
             WHERE person = $1",
            &params,
        )?;
        Ok(())
    }

    fn delete_grams(&self, person: PersonId) -> Result<(), StoreError> {
        let sql = "SELECT name_key FROM person WHERE person = $1";
        let id = person.0.as_bytes();
        let key =
            self.tx.first(sql, &[id.into()], |row| Ok(row.opt_text(0)?.map(str::to_owned)))?;
        for gram in key.flatten().as_deref().map(grams).unwrap_or_default() {
            let sql = "DELETE FROM name_gram WHERE gram = $1 AND person = $2";
            self.tx.exec(sql, &[gram.into(), id.into()])?;
        }
        Ok(())
    }

    fn touch_checkups(&mut self, person: PersonId) -> Result<(), StoreError> {
        let sql = "SELECT round FROM checkup WHERE person = $1";
        let rounds = self.tx.rows(sql, &[person.0.as_bytes().into()], |row| row.int(0))?;
        self.checkups.extend(rounds.into_iter().map(|round| (unbits(round), person)));
        Ok(())
    }

    /// Ids that joined or left a group: each round of any of them is made anew for all of them.
    fn touch_moved(&mut self, group: &BTreeSet<PersonId>) -> Result<(), StoreError> {
        let mut rounds: BTreeSet<u64> = BTreeSet::new();
        for person in group {
            let sql = "SELECT round FROM checkup WHERE person = $1
                       UNION SELECT round FROM listing WHERE person = $1
                       UNION SELECT round FROM consent WHERE person = $1";
            let found = self.tx.rows(sql, &[person.0.as_bytes().into()], |row| row.int(0))?;
            rounds.extend(found.into_iter().map(unbits));
        }
        for round in rounds {
            self.listed.extend(group.iter().map(|person| (round, *person)));
            self.checkups.extend(group.iter().map(|person| (round, *person)));
        }
        Ok(())
    }
}

fn own_row(tx: &dyn Tx, person: PersonId) -> Result<Option<Own>, StoreError> {
    let sql = "SELECT canon, own_id_number, own_name, own_birth FROM person WHERE person = $1";
    tx.first(sql, &[person.0.as_bytes().into()], |row| {
        Ok(Own {
            canon: id(row, 0)?,
            id_number: row.opt_text(1)?.map(str::to_owned),
            name: row.text(2)?.to_owned(),
            birth: row.opt_int(3)?,
        })
    })
}

/// Everything said about one id. A withdrawn roster row still says who someone is.
fn statements(tx: &dyn Tx, person: PersonId) -> Result<Vec<Statement>, StoreError> {
    let listed = "SELECT l.day, w.writer, l.seq, l.hash8, l.row_no, l.kind, l.details, 1
                  FROM listing l JOIN writer w ON w.writer_no = l.writer_no WHERE l.person = $1";
    let told = "SELECT t.day, w.writer, t.seq, t.hash8, 0, t.kind, t.details, t.source
                FROM told t JOIN writer w ON w.writer_no = t.writer_no WHERE t.person = $1";
    let params = [person.0.as_bytes().into()];
    let mut all = tx.rows(listed, &params, statement)?;
    all.extend(tx.rows(told, &params, statement)?);
    Ok(all)
}

fn statement(row: &dyn Row) -> Result<Statement, StoreError> {
    let wrong = |_| StoreError::Stored("person");
    let details = DetailsFact::decode(row.blob(6)?).map_err(|_| StoreError::Stored("person"))?;
    let source = match row.int(7)? {
        2 => Source::Corrected,
        3 => Source::Proposed,
        _ => Source::Told,
    };
    Ok(Statement {
        rank: Rank {
            source,
            day: row.opt_int(0)?,
            writer: array(row.blob(1)?)?,
            seq: unbits(row.int(2)?),
            hash8: unbits(row.int(3)?),
            row: u32::try_from(row.int(4)?).map_err(wrong)?,
        },
        details,
        kind: u32::try_from(row.int(5)?).map_err(wrong)?,
    })
}
