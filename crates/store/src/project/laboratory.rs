//! How laboratories' files are read: what was said of each, and which of it still stands. Few rows: read when asked.

use crate::error::StoreError;
use crate::stream::array;
use crate::tx::{Tx, unbits};
use domain::ids::UnitCode;
use ledger::{Reference, WriterId};
use prost::Message;
use protocol::Kind;
use protocol::fact::LaboratoryFact;
use std::collections::{BTreeMap, BTreeSet};

/// One thing said, wherever copies of it stand.
#[derive(Debug, Clone)]
pub(crate) struct ToldAt {
    pub references: Vec<Reference>,
    pub units: BTreeSet<UnitCode>,
    pub fact: LaboratoryFact,
}

/// What stands of each laboratory, by its name: what another names does not, and equal mappings are one.
pub(crate) fn told_of_laboratories(
    tx: &dyn Tx,
) -> Result<BTreeMap<String, Vec<ToldAt>>, StoreError> {
    let sql = "SELECT d.payload, w.writer, d.seq, d.hash8, u.unit FROM directory d
               JOIN writer w ON w.writer_no = d.writer_no
               JOIN unit_key u ON u.unit_no = d.unit_no WHERE d.kind = $1";
    let rows = tx.rows(sql, &[(Kind::Laboratory as u32).into()], |row| {
        let hash8 = unbits(row.int(3)?).to_be_bytes();
        let writer = WriterId(array(row.blob(1)?)?);
        let reference = Reference { writer, seq: unbits(row.int(2)?), hash8 };
        Ok((row.blob(0)?.to_vec(), reference, UnitCode(row.text(4)?.to_owned())))
    })?;
    let mut by_payload: BTreeMap<Vec<u8>, ToldAt> = BTreeMap::new();
    let mut named: BTreeSet<Reference> = BTreeSet::new();
    for (payload, reference, unit) in rows {
        let Ok(fact) = LaboratoryFact::decode(payload.as_slice()) else { continue };
        named.extend(fact.replaces.iter().filter_map(|one| Reference::try_from(one).ok()));
        let none = || ToldAt { references: Vec::new(), units: BTreeSet::new(), fact };
        let told = by_payload.entry(payload).or_insert_with(none);
        told.references.push(reference);
        told.units.insert(unit);
    }
    let mut standing: BTreeMap<String, Vec<ToldAt>> = BTreeMap::new();
    for told in by_payload.into_values() {
        if told.references.iter().any(|reference| named.contains(reference)) {
            continue;
        }
        let all = standing.entry(told.fact.name.clone()).or_default();
        match all.iter_mut().find(|known| known.fact.mapping == told.fact.mapping) {
            Some(known) => {
                known.references.extend(told.references);
                known.units.extend(told.units);
            }
            None => all.push(told),
        }
    }
    Ok(standing)
}
