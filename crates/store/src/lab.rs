//! Laboratories: how their files are read, as entries say it, and what this replica keeps for itself: which files were taken in, and
//! what could not be applied and waits for somebody.

use crate::error::StoreError;
use crate::open::Store;
use crate::project::{ToldAt, told_of_laboratories};
use crate::stream::array;
use crate::tx::{Sql, Tx, bits, unbits};
use domain::ids::{RoundId, UnitCode};
use ledger::Reference;
use std::collections::BTreeSet;

/// A laboratory with how its files are read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Laboratory {
    pub name: String,
    /// JSON; none where two that did not know of each other said otherwise: somebody has to say again.
    pub mapping: Option<String>,
    /// The entries that stand; none where this replica was told before such a thing was an entry.
    pub told_in: Vec<Reference>,
    /// The units in whose streams they lie.
    pub units: BTreeSet<UnitCode>,
}

impl Laboratory {
    /// Two that did not know of each other said otherwise.
    pub fn is_told_twice(&self) -> bool {
        self.mapping.is_none() && !self.told_in.is_empty()
    }

    fn of(name: &str, standing: Vec<ToldAt>) -> Laboratory {
        let only = match standing.as_slice() {
            [only] => Some(only.fact.mapping.clone()),
            [] | [_, ..] => None,
        };
        let mut all = Laboratory { name: name.to_owned(), mapping: only, ..Laboratory::default() };
        for told in standing {
            all.told_in.extend(told.references);
            all.units.extend(told.units);
        }
        all
    }
}

/// A report, or a whole file, that was not applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldReport {
    /// SHA-256 of what it is: the same report again is the same row.
    pub id: [u8; 32],
    pub laboratory: String,
    pub file: String,
    /// From 1; 0 = the file as a whole.
    pub row: u32,
    pub code: String,
    /// A reason's word.
    pub reason: String,
    /// JSON; empty for a whole file.
    pub report: String,
}

impl Store {
    /// Every laboratory that was spoken of, by name. What this replica alone was told, by an earlier program, counts where no
    /// entry speaks of the laboratory.
    pub fn laboratories(&self) -> Result<Vec<Laboratory>, StoreError> {
        self.read(|tx| {
            let told = told_of_laboratories(tx)?;
            let mut all: Vec<Laboratory> =
                tx.rows("SELECT name, mapping FROM laboratory", &[], |row| {
                    let (name, mapping) = (row.text(0)?.to_owned(), Some(row.text(1)?.to_owned()));
                    Ok(Laboratory { name, mapping, ..Laboratory::default() })
                })?;
            all.retain(|own| !told.contains_key(&own.name));
            all.extend(told.into_iter().map(|(name, standing)| Laboratory::of(&name, standing)));
            all.sort_by(|a, b| a.name.cmp(&b.name));
            Ok(all)
        })
    }

    /// A unit of these whose stream may be written to here: its bodies have not left.
    pub fn first_open(&self, units: &[UnitCode]) -> Result<Option<UnitCode>, StoreError> {
        self.read(|tx| {
            for unit in units {
                let sql = "SELECT 1 FROM unit_key u JOIN dropped d ON d.unit_no = u.unit_no
                           WHERE u.unit = $1 LIMIT 1";
                if tx.int(sql, &[Sql::Text(&unit.0)])?.is_none() {
                    return Ok(Some(unit.clone()));
                }
            }
            Ok(None)
        })
    }

    pub fn has_lab_file(&self, round: RoundId, hash: &[u8; 32]) -> Result<bool, StoreError> {
        self.read(|tx| {
            let sql = "SELECT 1 FROM lab_file WHERE hash = $1 AND round = $2";
            Ok(tx.int(sql, &[Sql::Blob(hash), bits(round.0).into()])?.is_some())
        })
    }

    /// What waits in a round, or in every round, file by file.
    pub fn held_reports(
        &self,
        round: Option<RoundId>,
    ) -> Result<Vec<(RoundId, HeldReport)>, StoreError> {
        self.read(|tx| {
            let all =
                "SELECT id, laboratory, file, row_no, code, reason, report, round FROM lab_held";
            let order = "ORDER BY file, row_no, code, id";
            let (sql, params) = match round {
                Some(round) => {
                    (format!("{all} WHERE round = $1 {order}"), vec![bits(round.0).into()])
                }
                None => (format!("{all} {order}"), Vec::new()),
            };
            tx.rows(&sql, &params, |row| {
                let text = |column| row.text(column).map(str::to_owned);
                let held = HeldReport {
                    id: array(row.blob(0)?)?,
                    laboratory: text(1)?,
                    file: text(2)?,
                    row: u32::try_from(row.int(3)?).map_err(|_| StoreError::Stored("lab_held"))?,
                    code: text(4)?,
                    reason: text(5)?,
                    report: text(6)?,
                };
                Ok((RoundId(unbits(row.int(7)?)), held))
            })
        })
    }
}

/// Notes a file as taken in.
pub fn note_lab_file(tx: &dyn Tx, round: RoundId, hash: &[u8; 32]) -> Result<(), StoreError> {
    let sql = "INSERT INTO lab_file (hash, round) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    tx.exec(sql, &[Sql::Blob(hash), bits(round.0).into()])?;
    Ok(())
}

/// Keeps what was not applied; the same again has its newest reason, and the lines that are why.
pub fn put_held_report(tx: &dyn Tx, round: RoundId, held: &HeldReport) -> Result<(), StoreError> {
    tx.exec(
        "INSERT INTO lab_held (id, round, laboratory, file, row_no, code, reason, report)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (id) DO UPDATE SET reason = excluded.reason, report = excluded.report",
        &[
            Sql::Blob(&held.id),
            bits(round.0).into(),
            Sql::Text(&held.laboratory),
            Sql::Text(&held.file),
            held.row.into(),
            Sql::Text(&held.code),
            Sql::Text(&held.reason),
            Sql::Text(&held.report),
        ],
    )?;
    Ok(())
}

pub fn drop_held_report(tx: &dyn Tx, id: &[u8; 32]) -> Result<(), StoreError> {
    tx.exec("DELETE FROM lab_held WHERE id = $1", &[Sql::Blob(id)])?;
    Ok(())
}
