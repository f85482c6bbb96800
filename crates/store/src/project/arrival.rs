//! Tubes counted where they arrived: what was said of a stop's days, and which of it still stands. What a count means for a tube
//! is `domain::arrival`'s.

use super::about::body_at;
use super::place::Stored;
use super::work::Work;
use crate::error::StoreError;
use crate::stream::array;
use crate::tx::{Tx, bits, unbits};
use ledger::{Reference, WriterId};
use protocol::fact::ArrivalFact;
use protocol::{Entry, Fact, Header};
use std::collections::{BTreeMap, BTreeSet};

/// One count, read from its entry.
#[derive(Debug, Clone)]
pub(crate) struct ArrivalAt {
    pub reference: Reference,
    /// Its day is the one the tubes were drawn on.
    pub header: Header,
    pub fact: ArrivalFact,
    /// Nothing stands in its place.
    pub stands: bool,
}

impl Work<'_> {
    /// Puts the row of one count in, or takes it out. Nothing of a checkup follows from it.
    pub(super) fn place_arrival(&mut self, one: &Stored, put: bool) -> Result<(), StoreError> {
        let Some(day) = one.day().filter(|_| one.round() != 0) else { return Ok(()) };
        let key = [
            bits(one.round()).into(),
            one.unit_no.into(),
            day.into(),
            one.writer_no.into(),
            bits(one.seq).into(),
            bits(one.hash8).into(),
        ];
        let sql = if put {
            "INSERT INTO arrival (round, unit_no, day, writer_no, seq, hash8)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING"
        } else {
            "DELETE FROM arrival WHERE round = $1 AND unit_no = $2 AND day = $3
             AND writer_no = $4 AND seq = $5 AND hash8 = $6"
        };
        self.tx.exec(sql, &key)?;
        Ok(())
    }
}

/// Every applied count of a unit's stop in a round, by the day the tubes were drawn on.
pub(crate) fn arrivals_of(
    tx: &dyn Tx,
    round: u64,
    unit_no: i64,
) -> Result<Vec<ArrivalAt>, StoreError> {
    let sql = "SELECT w.writer, a.seq, a.hash8 FROM arrival a
               JOIN writer w ON w.writer_no = a.writer_no WHERE a.round = $1 AND a.unit_no = $2";
    let places = tx.rows(sql, &[bits(round).into(), unit_no.into()], |row| {
        let writer = WriterId(array(row.blob(0)?)?);
        let hash8 = unbits(row.int(2)?).to_be_bytes();
        Ok(Reference { writer, seq: unbits(row.int(1)?), hash8 })
    })?;
    // Equal bodies are one count, named by the first of its places.
    let mut by_body: BTreeMap<Vec<u8>, Vec<Reference>> = BTreeMap::new();
    for reference in places {
        let Some(body) = body_at(tx, unit_no, &reference)? else { continue };
        let Ok(entry) = Entry::decode(&body) else { continue };
        by_body.entry(entry.encode()).or_default().push(reference);
    }
    let mut found: Vec<(Vec<Reference>, Header, ArrivalFact)> = Vec::new();
    for (body, mut references) in by_body {
        let Ok(Entry { header, fact: Fact::Arrival(fact) }) = Entry::decode(&body) else {
            continue;
        };
        references.sort_unstable();
        found.push((references, header, fact));
    }
    let named: BTreeSet<Reference> = found
        .iter()
        .flat_map(|(_, _, fact)| &fact.replaces)
        .filter_map(|one| Reference::try_from(one).ok())
        .collect();
    let mut all: Vec<ArrivalAt> = Vec::new();
    for (references, header, fact) in found {
        let stands = !references.iter().any(|one| named.contains(one));
        let Some(reference) = references.first().copied() else { continue };
        all.push(ArrivalAt { reference, header, fact, stands });
    }
    all.sort_by_key(|one| (one.header.day, one.reference));
    Ok(all)
}
