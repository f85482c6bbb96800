//! Tallies and coverage: the changes of one run, added to their rows once. A row of nothing is no row, so that
//! the tables are equal however they were reached.

use super::share::{Counts, TallyKey};
use super::work::Work;
use crate::error::StoreError;
use crate::tx::{Sql, Tx, bits};

impl Work<'_> {
    pub(super) fn settle_sums(&mut self) -> Result<(), StoreError> {
        for ((round, unit), change) in std::mem::take(&mut self.coverage) {
            if change != [0; 4] {
                add_coverage(self.tx, round, &unit, change)?;
            }
        }
        for (key, change) in std::mem::take(&mut self.tallies) {
            if !change.is_zero() {
                add_tally(self.tx, &key, &change)?;
            }
        }
        Ok(())
    }
}

fn add_coverage(tx: &dyn Tx, round: u64, unit: &str, change: [i64; 4]) -> Result<(), StoreError> {
    let key = [bits(round).into(), unit.into()];
    let sql = "SELECT expected, examined_listed, examined_other_village, examined_outside
               FROM coverage WHERE round = $1 AND unit = $2";
    let before =
        tx.first(sql, &key, |row| Ok([row.int(0)?, row.int(1)?, row.int(2)?, row.int(3)?]))?;
    let mut sum = before.unwrap_or_default();
    for (sum, change) in sum.iter_mut().zip(change) {
        *sum += change;
    }
    if sum == [0; 4] {
        tx.exec("DELETE FROM coverage WHERE round = $1 AND unit = $2", &key)?;
        return Ok(());
    }
    let [round, unit] = key;
    let [expected, listed, other_village, outside] = sum.map(Sql::Int);
    tx.exec(
        "INSERT INTO coverage (round, unit, expected, examined_listed, examined_other_village,
             examined_outside)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (round, unit) DO UPDATE SET expected = excluded.expected,
             examined_listed = excluded.examined_listed,
             examined_other_village = excluded.examined_other_village,
             examined_outside = excluded.examined_outside",
        &[round, unit, expected, listed, other_village, outside],
    )?;
    Ok(())
}

fn add_tally(tx: &dyn Tx, key: &TallyKey, change: &Counts) -> Result<(), StoreError> {
    let params = [bits(key.round).into(), Sql::Text(&key.unit), key.sex.into(), key.band.0.into()];
    let place = "WHERE round = $1 AND unit = $2 AND sex = $3 AND band = $4";
    let before = tx.first(&format!("SELECT people, cells FROM tally {place}"), &params, |row| {
        Counts::unpack(row.int(0)?, row.blob(1)?)
    })?;
    let mut sum = before.unwrap_or_default();
    sum.add(change, 1);
    if sum.is_zero() {
        tx.exec(&format!("DELETE FROM tally {place}"), &params)?;
        return Ok(());
    }
    let cells = sum.pack();
    let [round, unit, sex, band] = params;
    tx.exec(
        "INSERT INTO tally (round, unit, sex, band, people, cells) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (round, unit, sex, band) DO UPDATE SET people = excluded.people,
             cells = excluded.cells",
        &[round, unit, sex, band, sum.people.into(), Sql::Blob(&cells)],
    )?;
    Ok(())
}
