//! One spelling of a grade in each unit: a class that one roster calls 初一 and another 七年级 is one class, called as the roster said that came
//! last. What is stored stays as it was written; only what is read for lists and reports has it.

use crate::error::StoreError;
use crate::project::{Rank, read_rank};
use crate::tx::{Sql, Tx, bits};
use domain::class::same_grade;
use domain::ids::{RoundId, UnitCode};
use std::collections::BTreeMap;

const GRADES: &str = "SELECT l.day, w.writer, l.seq, l.hash8, l.row_no, u.unit, l.grade
     FROM listing l JOIN writer w ON w.writer_no = l.writer_no JOIN unit_key u ON u.unit_no = l.unit_no
     WHERE l.round = $1 AND u.unit >= $2 AND u.unit < $3 AND l.is_withdrawn = 0 AND l.grade IS NOT NULL";

/// By the unit and the grade's one word.
#[derive(Default)]
pub(crate) struct Spellings(BTreeMap<UnitCode, BTreeMap<String, (Rank, String)>>);

impl Spellings {
    /// Of every roster of a round in these units: from the first, up to the end.
    pub fn read(
        tx: &dyn Tx,
        round: RoundId,
        (first, end): (&str, &str),
    ) -> Result<Spellings, StoreError> {
        let mut all = Spellings::default();
        let params = [bits(round.0).into(), Sql::Text(first), Sql::Text(end)];
        tx.each(GRADES, &params, &mut |row| {
            let rank = read_rank(row)?;
            all.say(&UnitCode(row.text(5)?.to_owned()), rank, row.text(6)?);
            Ok(())
        })?;
        Ok(all)
    }

    pub fn say(&mut self, unit: &UnitCode, rank: Rank, grade: &str) {
        let of_unit = self.0.entry(unit.clone()).or_default();
        let known = of_unit.entry(same_grade(grade)).or_insert_with(|| (rank, grade.to_owned()));
        if known.0 < rank {
            *known = (rank, grade.to_owned());
        }
    }

    pub fn of(&self, unit: &UnitCode, grade: Option<String>) -> Option<String> {
        let grade = grade?;
        let known = self.0.get(unit).and_then(|of_unit| of_unit.get(&same_grade(&grade)));
        Some(known.map_or(grade, |(_, spelled)| spelled.clone()))
    }
}
