//! Rows of rosters and their withdrawals: what a roster's entry lists, and which of its rows were taken off it,
//! before or after it came. Not who counts as expected (`expected`).

use super::place::{Stored, encode, fact_place, is_whole};
use super::work::Work;
use crate::error::StoreError;
use crate::tx::{Sql, bits};
use domain::identity::person_id_of_row;
use domain::ids::PersonId;
use protocol::Fact;
use protocol::convert::person_id;
use protocol::fact::{EntryReference, RosterFact, RosterRowFact, WithdrawalFact};

impl Work<'_> {
    pub(super) fn place_roster(
        &mut self,
        one: &Stored,
        roster: &RosterFact,
        put: bool,
    ) -> Result<(), StoreError> {
        if one.round() == 0 {
            return Ok(());
        }
        let withdrawn = if put { self.withdrawn_rows(one)? } else { Vec::new() };
        for (row_no, row) in (0_u32..).zip(&roster.rows) {
            let Some(person) = person_of_row(roster, row_no, row) else { continue };
            self.people.insert(person);
            self.listed.insert((one.round(), person));
            if put {
                self.insert_listing(one, person, row_no, row, withdrawn.contains(&row_no))?;
            } else {
                self.delete_listing(one, person, row_no)?;
            }
        }
        Ok(())
    }

    fn insert_listing(
        &mut self,
        one: &Stored,
        person: PersonId,
        row_no: u32,
        row: &RosterRowFact,
        is_withdrawn: bool,
    ) -> Result<(), StoreError> {
        let details = encode(&row.details);
        self.tx.exec(
            "INSERT INTO listing (person, round, unit_no, writer_no, seq, row_no, hash8, day, kind,
                 group_name, grade, note, details, is_withdrawn, is_counted)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0)
             ON CONFLICT DO NOTHING",
            &[
                person.0.as_bytes().into(),
                bits(one.round()).into(),
                one.unit_no.into(),
                one.writer_no.into(),
                bits(one.seq).into(),
                row_no.into(),
                bits(one.hash8).into(),
                one.day().into(),
                row.kind.into(),
                row.group.as_deref().into(),
                row.grade.as_deref().into(),
                row.note.as_deref().into(),
                Sql::Blob(&details),
                is_withdrawn.into(),
            ],
        )?;
        Ok(())
    }

    /// A row that counted its person as expected takes that away with it.
    fn delete_listing(
        &mut self,
        one: &Stored,
        person: PersonId,
        row_no: u32,
    ) -> Result<(), StoreError> {
        let key = [
            person.0.as_bytes().into(),
            bits(one.round()).into(),
            one.unit_no.into(),
            one.writer_no.into(),
            bits(one.seq).into(),
            row_no.into(),
            bits(one.hash8).into(),
        ];
        let place = "WHERE person = $1 AND round = $2 AND unit_no = $3 AND writer_no = $4
                     AND seq = $5 AND row_no = $6 AND hash8 = $7";
        let counted = self.tx.int(&format!("SELECT is_counted FROM listing {place}"), &key)?;
        if counted == Some(1) {
            let unit = self.unit(one.unit_no)?;
            self.coverage.entry((one.round(), unit.0)).or_default()[0] -= 1;
        }
        self.tx.exec(&format!("DELETE FROM listing {place}"), &key)?;
        Ok(())
    }

    /// Rows of this roster entry that a withdrawal names, whether it came before or comes later.
    fn withdrawn_rows(&self, one: &Stored) -> Result<Vec<u32>, StoreError> {
        let sql = "SELECT DISTINCT row_no FROM withdrawal
                   WHERE unit_no = $1 AND writer = $2 AND seq = $3 AND hash8 = $4";
        let params = [
            one.unit_no.into(),
            (&one.writer).into(),
            bits(one.seq).into(),
            bits(one.hash8).into(),
        ];
        self.tx.rows(sql, &params, |row| {
            u32::try_from(row.int(0)?).map_err(|_| StoreError::Stored("withdrawal"))
        })
    }

    pub(super) fn place_withdrawal(
        &mut self,
        one: &Stored,
        withdrawal: &WithdrawalFact,
        put: bool,
    ) -> Result<(), StoreError> {
        let Some(target) = withdrawal.listing.as_ref().filter(is_whole) else {
            return Ok(());
        };
        let key = [
            one.unit_no.into(),
            Sql::Blob(&target.writer),
            bits(target.seq).into(),
            bits(target.hash8).into(),
            withdrawal.row.into(),
            one.writer_no.into(),
            bits(one.seq).into(),
        ];
        let sql = if put {
            "INSERT INTO withdrawal (unit_no, writer, seq, hash8, row_no, by_writer_no, by_seq)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING"
        } else {
            "DELETE FROM withdrawal WHERE unit_no = $1 AND writer = $2 AND seq = $3 AND hash8 = $4
             AND row_no = $5 AND by_writer_no = $6 AND by_seq = $7"
        };
        self.tx.exec(sql, &key)?;
        self.mark_withdrawn(one, target, withdrawal.row)
    }

    /// Marks the roster's row as its withdrawals stand now, if the roster is here.
    fn mark_withdrawn(
        &mut self,
        one: &Stored,
        target: &EntryReference,
        row_no: u32,
    ) -> Result<(), StoreError> {
        let Some(target) = fact_place(one.unit_no, target) else { return Ok(()) };
        let Some(listed) = self.find(&target)? else { return Ok(()) };
        let Fact::Roster(roster) = &listed.entry.fact else { return Ok(()) };
        let row = usize::try_from(row_no).ok().and_then(|at| roster.rows.get(at));
        let person = row.and_then(|row| person_of_row(roster, row_no, row));
        let Some(person) = person else { return Ok(()) };
        let is_withdrawn = self.withdrawn_rows(&listed)?.contains(&row_no);
        self.tx.exec(
            "UPDATE listing SET is_withdrawn = $7 WHERE person = $1 AND round = $2 AND unit_no = $3
             AND writer_no = $4 AND seq = $5 AND row_no = $6 AND hash8 = $8",
            &[
                person.0.as_bytes().into(),
                bits(listed.round()).into(),
                listed.unit_no.into(),
                listed.writer_no.into(),
                bits(listed.seq).into(),
                row_no.into(),
                is_withdrawn.into(),
                bits(listed.hash8).into(),
            ],
        )?;
        self.listed.insert((listed.round(), person));
        Ok(())
    }
}

/// Whom a roster's row is about: the id it names, else the one its seed and row give.
pub(crate) fn person_of_row(
    roster: &RosterFact,
    row_no: u32,
    row: &RosterRowFact,
) -> Option<PersonId> {
    if !row.person.is_empty() {
        return person_id(&row.person);
    }
    let seed: &[u8; 16] = roster.seed.as_slice().try_into().ok()?;
    Some(person_id_of_row(seed, row_no))
}
