//! What was said in a unit's own stream of whom to call there: a row of the directory each. Which stands is read off them (`unit_contact`).

use super::place::Stored;
use super::work::Work;
use crate::error::StoreError;
use crate::stream::array;
use crate::tx::{Sql, Tx, bits, unbits};
use domain::ids::UnitCode;
use ledger::{Reference, WriterId};
use prost::Message;
use protocol::Kind;
use protocol::fact::ContactFact;
use std::collections::BTreeMap;

/// One thing said, with the places of the entry: equal bodies are one.
pub(crate) struct ContactAt {
    pub references: Vec<Reference>,
    pub fact: ContactFact,
}

impl Work<'_> {
    /// Puts the row in, or takes it out. The unit is the stream's: nobody speaks of another's.
    pub(super) fn place_contact(
        &mut self,
        one: &Stored,
        fact: &ContactFact,
        put: bool,
    ) -> Result<(), StoreError> {
        let (kind, id) = ((Kind::Contact as u32).into(), Sql::Text(""));
        let place = [
            one.unit_no.into(),
            one.writer_no.into(),
            bits(one.seq).into(),
            bits(one.hash8).into(),
        ];
        let [unit_no, writer_no, seq, hash8] = place;
        if !put {
            let sql = "DELETE FROM directory WHERE kind = $1 AND id = $2 AND unit_no = $3
                       AND writer_no = $4 AND seq = $5 AND hash8 = $6";
            self.tx.exec(sql, &[kind, id, unit_no, writer_no, seq, hash8])?;
            return Ok(());
        }
        let payload = fact.encode_to_vec();
        let policy = one.entry.header.policy.into();
        self.tx.exec(
            "INSERT INTO directory (kind, id, unit_no, writer_no, seq, hash8, policy, payload)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
            &[kind, id, unit_no, writer_no, seq, hash8, policy, Sql::Blob(&payload)],
        )?;
        Ok(())
    }
}

/// Everything said of every unit, in an order that does not depend on where it was said.
pub(crate) fn contacts_said(tx: &dyn Tx) -> Result<BTreeMap<UnitCode, Vec<ContactAt>>, StoreError> {
    let sql = "SELECT u.unit, w.writer, d.seq, d.hash8, d.payload FROM directory d
               JOIN unit_key u ON u.unit_no = d.unit_no
               JOIN writer w ON w.writer_no = d.writer_no
               WHERE d.kind = $1 ORDER BY u.unit";
    let rows = tx.rows(sql, &[(Kind::Contact as u32).into()], |row| {
        let hash8 = unbits(row.int(3)?);
        let reference = Reference {
            writer: WriterId(array(row.blob(1)?)?),
            seq: unbits(row.int(2)?),
            hash8: hash8.to_be_bytes(),
        };
        Ok((UnitCode(row.text(0)?.to_owned()), hash8, reference, row.blob(4)?.to_vec()))
    })?;
    let mut by_unit: BTreeMap<UnitCode, BTreeMap<u64, ContactAt>> = BTreeMap::new();
    for (unit, hash8, reference, payload) in rows {
        let Ok(fact) = ContactFact::decode(payload.as_slice()) else { continue };
        let of = by_unit.entry(unit).or_default();
        let one = of.entry(hash8).or_insert(ContactAt { references: Vec::new(), fact });
        one.references.push(reference);
    }
    let sorted = |(unit, said): (UnitCode, BTreeMap<u64, ContactAt>)| {
        let mut said: Vec<ContactAt> = said.into_values().collect();
        said.iter_mut().for_each(|one| one.references.sort_unstable());
        (unit, said)
    };
    Ok(by_unit.into_iter().map(sorted).collect())
}
