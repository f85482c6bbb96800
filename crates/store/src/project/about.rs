//! Facts about one checkup of which a table says only where they lie: conclusions, consents, steps of follow-ups, what
//! examiners confirmed, and reports that were given out. What one says is read from its entry. Not what any of them means.

use super::place::Stored;
use super::work::Work;
use crate::error::StoreError;
use crate::refile::locate;
use crate::stream::array;
use crate::tx::{Sql, Tx, bits, unbits};
use domain::ids::PersonId;
use ledger::{Reference, WriterId};
use protocol::{Entry, Fact, Header};

/// The tables that say where.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum AboutTable {
    Conclusion,
    Consent,
    Step,
    Confirmation,
    Delivery,
}

/// One fact, read from its entry.
pub(super) struct About {
    pub reference: Reference,
    /// Where else equal bytes stand.
    pub also: Vec<Reference>,
    pub header: Header,
    pub fact: Fact,
}

impl AboutTable {
    fn name(self) -> &'static str {
        match self {
            AboutTable::Conclusion => "conclusion",
            AboutTable::Consent => "consent",
            AboutTable::Step => "step",
            AboutTable::Confirmation => "confirmation",
            AboutTable::Delivery => "delivery",
        }
    }
}

impl Work<'_> {
    /// Puts the row of one fact in, or takes it out. False where it is about no checkup. What the row changes of its checkup is
    /// the caller's to settle.
    pub(super) fn place_about(
        &mut self,
        table: AboutTable,
        one: &Stored,
        put: bool,
    ) -> Result<bool, StoreError> {
        let Some(person) = one.person().filter(|_| one.round() != 0) else { return Ok(false) };
        let key = [
            bits(one.round()).into(),
            person.0.as_bytes().into(),
            one.unit_no.into(),
            one.writer_no.into(),
            bits(one.seq).into(),
            bits(one.hash8).into(),
        ];
        let name = table.name();
        let sql = if put {
            format!(
                "INSERT INTO {name} (round, person, unit_no, writer_no, seq, hash8)
                 VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING"
            )
        } else {
            format!(
                "DELETE FROM {name} WHERE round = $1 AND person = $2 AND unit_no = $3
                 AND writer_no = $4 AND seq = $5 AND hash8 = $6"
            )
        };
        self.tx.exec(&sql, &key)?;
        if table != AboutTable::Delivery {
            self.checkups.insert((one.round(), person));
        }
        Ok(true)
    }
}

/// Every applied fact of a table about one checkup, whichever of the person's ids it names, in the order of references.
pub(super) fn facts_about(
    tx: &dyn Tx,
    table: AboutTable,
    round: u64,
    group: &[PersonId],
) -> Result<Vec<About>, StoreError> {
    let sql = format!(
        "SELECT c.unit_no, w.writer, c.seq, c.hash8 FROM {} c
         JOIN writer w ON w.writer_no = c.writer_no WHERE c.round = $1 AND c.person = $2",
        table.name()
    );
    let mut found: Vec<(Vec<u8>, About)> = Vec::new();
    for person in group {
        let params = [bits(round).into(), person.0.as_bytes().into()];
        let places = tx.rows(&sql, &params, |row| {
            let writer = WriterId(array(row.blob(1)?)?);
            let hash8 = unbits(row.int(3)?).to_be_bytes();
            let reference = Reference { writer, seq: unbits(row.int(2)?), hash8 };
            Ok((row.int(0)?, reference))
        })?;
        for (unit_no, reference) in places {
            let Some(body) = body_at(tx, unit_no, &reference)? else { continue };
            let Ok(Entry { header, fact }) = Entry::decode(&body) else { continue };
            let plain = Entry { header: header.clone(), fact: fact.clone() };
            found.push((plain.encode(), About { reference, also: Vec::new(), header, fact }));
        }
    }
    // Equal bodies are one fact, named by the first of its places.
    found.sort_by(|a, b| (&a.0, a.1.reference).cmp(&(&b.0, b.1.reference)));
    let mut all: Vec<(Vec<u8>, About)> = Vec::new();
    for (body, one) in found {
        match all.last_mut() {
            Some((same, first)) if *same == body => first.also.push(one.reference),
            Some(_) | None => all.push((body, one)),
        }
    }
    let mut all: Vec<About> = all.into_iter().map(|(_, one)| one).collect();
    all.sort_by_key(|one| one.reference);
    Ok(all)
}

pub(super) fn body_at(
    tx: &dyn Tx,
    unit_no: i64,
    reference: &Reference,
) -> Result<Option<Vec<u8>>, StoreError> {
    let Some((writer_no, seq)) = locate(tx, unit_no, reference)? else { return Ok(None) };
    let sql = "SELECT body FROM entry WHERE unit_no = $1 AND writer_no = $2 AND seq = $3";
    let params: [Sql; 3] = [unit_no.into(), writer_no.into(), bits(seq).into()];
    tx.first(sql, &params, |row| Ok(row.blob(0)?.to_vec()))
}
