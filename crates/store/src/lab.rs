//! What this replica keeps of laboratories for itself: how their files are read, which were taken in, and what could not
//! be applied and waits for somebody. Not entries: what was applied is those.

use crate::error::StoreError;
use crate::open::Store;
use crate::stream::array;
use crate::tx::{Sql, Tx, bits};
use domain::ids::RoundId;

/// A laboratory with how its files are read, as JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Laboratory {
    pub name: String,
    pub mapping: String,
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
    pub fn laboratories(&self) -> Result<Vec<Laboratory>, StoreError> {
        self.read(|tx| {
            tx.rows("SELECT name, mapping FROM laboratory ORDER BY name", &[], |row| {
                Ok(Laboratory { name: row.text(0)?.to_owned(), mapping: row.text(1)?.to_owned() })
            })
        })
    }

    /// Remembers how a laboratory's files are read.
    pub fn put_laboratory(&mut self, one: &Laboratory) -> Result<(), StoreError> {
        self.write(|tx| {
            let sql = "INSERT INTO laboratory (name, mapping) VALUES ($1, $2)
                       ON CONFLICT (name) DO UPDATE SET mapping = excluded.mapping";
            tx.exec(sql, &[Sql::Text(&one.name), Sql::Text(&one.mapping)])?;
            Ok(())
        })
    }

    pub fn has_lab_file(&self, round: RoundId, hash: &[u8; 32]) -> Result<bool, StoreError> {
        self.read(|tx| {
            let sql = "SELECT 1 FROM lab_file WHERE hash = $1 AND round = $2";
            Ok(tx.int(sql, &[Sql::Blob(hash), bits(round.0).into()])?.is_some())
        })
    }

    /// What waits in a round, file by file.
    pub fn held_reports(&self, round: RoundId) -> Result<Vec<HeldReport>, StoreError> {
        self.read(|tx| {
            let sql = "SELECT id, laboratory, file, row_no, code, reason, report FROM lab_held
                       WHERE round = $1 ORDER BY file, row_no, code, id";
            tx.rows(sql, &[bits(round.0).into()], |row| {
                let text = |column| row.text(column).map(str::to_owned);
                Ok(HeldReport {
                    id: array(row.blob(0)?)?,
                    laboratory: text(1)?,
                    file: text(2)?,
                    row: u32::try_from(row.int(3)?).map_err(|_| StoreError::Stored("lab_held"))?,
                    code: text(4)?,
                    reason: text(5)?,
                    report: text(6)?,
                })
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

/// Keeps what was not applied; the same again has its newest reason.
pub fn put_held_report(tx: &dyn Tx, round: RoundId, held: &HeldReport) -> Result<(), StoreError> {
    tx.exec(
        "INSERT INTO lab_held (id, round, laboratory, file, row_no, code, reason, report)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (id) DO UPDATE SET reason = excluded.reason",
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
