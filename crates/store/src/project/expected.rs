//! 应检: who is expected where. A person counts once for each unit whose roster of the round has them,
//! however many rows and ids say so; one row of them carries the count.

use super::people::{canonical, group_of, id};
use super::work::Work;
use crate::error::StoreError;
use crate::stream::array;
use crate::tx::{Row, bits, unbits};
use domain::ids::PersonId;
use std::collections::{BTreeMap, BTreeSet};

/// A roster row of one person in one round.
struct ListingRow {
    person: PersonId,
    unit_no: i64,
    writer_no: i64,
    writer: [u8; 16],
    seq: u64,
    hash8: i64,
    row_no: i64,
    is_withdrawn: bool,
    is_counted: bool,
}

impl ListingRow {
    fn read(row: &dyn Row) -> Result<ListingRow, StoreError> {
        Ok(ListingRow {
            person: id(row, 0)?,
            unit_no: row.int(1)?,
            writer_no: row.int(2)?,
            writer: array(row.blob(3)?)?,
            seq: unbits(row.int(4)?),
            row_no: row.int(5)?,
            is_withdrawn: row.int(6)? != 0,
            is_counted: row.int(7)? != 0,
            hash8: row.int(8)?,
        })
    }

    /// Which of several rows counts: any rule would do that does not ask what came first.
    fn order(&self) -> ([u8; 16], u64, i64, i64, PersonId) {
        (self.writer, self.seq, self.hash8, self.row_no, self.person)
    }
}

impl Work<'_> {
    pub(super) fn settle_expected(&mut self) -> Result<(), StoreError> {
        let mut due: BTreeSet<(u64, PersonId)> = BTreeSet::new();
        for (round, person) in std::mem::take(&mut self.listed) {
            due.insert((round, canonical(self.tx, person)?));
        }
        for (round, canon) in due {
            self.count_expected(round, canon)?;
            let sql = "SELECT 1 FROM checkup WHERE person = $1 AND round = $2";
            let params = [canon.0.as_bytes().into(), bits(round).into()];
            if self.tx.int(sql, &params)?.is_some() {
                self.checkups.insert((round, canon));
            }
        }
        Ok(())
    }

    fn count_expected(&mut self, round: u64, canon: PersonId) -> Result<(), StoreError> {
        let sql = "SELECT l.person, l.unit_no, l.writer_no, w.writer, l.seq, l.row_no,
                       l.is_withdrawn, l.is_counted, l.hash8
                   FROM listing l JOIN writer w ON w.writer_no = l.writer_no
                   WHERE l.person = $1 AND l.round = $2";
        let mut rows: Vec<ListingRow> = Vec::new();
        for person in group_of(self.tx, canon)? {
            let params = [person.0.as_bytes().into(), bits(round).into()];
            rows.extend(self.tx.rows(sql, &params, ListingRow::read)?);
        }
        rows.sort_by_key(ListingRow::order);
        let mut counted: BTreeMap<i64, usize> = BTreeMap::new();
        for (at, row) in rows.iter().enumerate().filter(|(_, row)| !row.is_withdrawn) {
            counted.entry(row.unit_no).or_insert(at);
        }
        for (at, row) in rows.iter().enumerate() {
            let counts = counted.get(&row.unit_no) == Some(&at);
            if counts != row.is_counted {
                self.set_counted(round, row, counts)?;
            }
        }
        Ok(())
    }

    fn set_counted(
        &mut self,
        round: u64,
        row: &ListingRow,
        counts: bool,
    ) -> Result<(), StoreError> {
        self.tx.exec(
            "UPDATE listing SET is_counted = $7 WHERE person = $1 AND round = $2 AND unit_no = $3
             AND writer_no = $4 AND seq = $5 AND row_no = $6 AND hash8 = $8",
            &[
                row.person.0.as_bytes().into(),
                bits(round).into(),
                row.unit_no.into(),
                row.writer_no.into(),
                bits(row.seq).into(),
                row.row_no.into(),
                counts.into(),
                row.hash8.into(),
            ],
        )?;
        let unit = self.unit(row.unit_no)?;
        self.coverage.entry((round, unit.0)).or_default()[0] += if counts { 1 } else { -1 };
        Ok(())
    }
}
