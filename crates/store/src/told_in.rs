//! In whose streams something is said of a person. A hub carries other teams' work home: who looks at a device has to know whether
//! somebody is of its units at all. Which units those are is the caller's.

use crate::directory::rounds;
use crate::error::StoreError;
use crate::open::Store;
use crate::project::{canonical, group_of};
use crate::tx::{Sql, Tx, bits};
use domain::ids::{PersonId, UnitCode};
use std::collections::BTreeSet;

impl Store {
    /// Units of which this replica holds any stream.
    pub fn units_held(&self) -> Result<Vec<UnitCode>, StoreError> {
        self.read(|tx| {
            let sql = "SELECT u.unit FROM unit_key u
                       WHERE u.unit_no IN (SELECT unit_no FROM stream) ORDER BY u.unit";
            tx.rows(sql, &[], |row| Ok(UnitCode(row.text(0)?.to_owned())))
        })
    }

    /// Units in whose streams a roster, a registration, a correction or a result tells of a person.
    pub fn units_telling(&self, id: PersonId) -> Result<BTreeSet<UnitCode>, StoreError> {
        self.read(|tx| {
            let mut found = BTreeSet::new();
            for person in group_of(tx, canonical(tx, id)?)? {
                let person = || Sql::Blob(person.0.as_bytes());
                let lists = "SELECT unit_no FROM listing WHERE person = $1
                             UNION SELECT unit_no FROM told WHERE person = $1";
                found.extend(units(tx, lists, &[person()])?);
                // By the index of a checkup's entries, which begins with the round.
                let entries = "SELECT unit_no FROM entry WHERE round = $1 AND person = $2";
                for round in rounds(tx)? {
                    found.extend(units(tx, entries, &[bits(round.id.0).into(), person()])?);
                }
            }
            Ok(found)
        })
    }
}

fn units(tx: &dyn Tx, of: &str, params: &[Sql]) -> Result<Vec<UnitCode>, StoreError> {
    let sql = format!("SELECT DISTINCT u.unit FROM unit_key u WHERE u.unit_no IN ({of})");
    tx.rows(&sql, params, |row| Ok(UnitCode(row.text(0)?.to_owned())))
}
