//! The saves and voids about one checkup, read from the entries. Equal bodies are one fact.

use super::Applied;
use super::current::{Said, Saying};
use super::work::{FactPlace, has_holds, is_held};
use crate::error::StoreError;
use crate::stream::array;
use crate::tx::{Sql, Tx, bits, unbits};
use domain::ids::{PersonId, UnitCode};
use ledger::{Reference, Refiled, WriterId};
use protocol::{Entry, Fact, Kind};
use std::collections::BTreeMap;

/// Entries of one run by (round, person).
pub(super) type Fresh<'a> = BTreeMap<(u64, PersonId), Vec<&'a Applied<'a>>>;

/// Bodies, each with its places: the reference, the unit, and whether it is applied there.
type ByBody = BTreeMap<Vec<u8>, Vec<(Reference, UnitCode, bool)>>;

/// Everything said about a person's checkup, for all ids of the person's group. In the order of references.
pub(crate) fn said_of(
    tx: &dyn Tx,
    group: &[PersonId],
    round: u64,
) -> Result<Vec<Said>, StoreError> {
    said_with(tx, group, round, &BTreeMap::new())
}

/// The same in a run that has just put `fresh` into the table: where that is all there is, nothing is read back.
pub(super) fn said_with(
    tx: &dyn Tx,
    group: &[PersonId],
    round: u64,
    fresh: &Fresh,
) -> Result<Vec<Said>, StoreError> {
    let sql = "SELECT e.unit_no, u.unit, w.writer, e.seq, e.hash8, e.kind, e.body FROM entry e
               JOIN writer w ON w.writer_no = e.writer_no
               JOIN unit_key u ON u.unit_no = e.unit_no
               WHERE e.round = $1 AND e.person = $2 AND e.person IS NOT NULL";
    let holds = has_holds(tx)?;
    let mut by_body = ByBody::new();
    for person in group {
        let params = [bits(round).into(), person.0.as_bytes().into()];
        if let Some(all) = fresh.get(&(round, *person))
            && is_all(tx, all, &params)?
        {
            for applied in all.iter().filter(|applied| applied.is_of_checkup) {
                let writer = applied.writer.0;
                let hash8 = u64::from_be_bytes(applied.hash8);
                let lies = (applied.unit_no, writer, applied.seq, hash8);
                let unit = applied.unit.as_str();
                add(tx, &mut by_body, holds, lies, (unit, applied.body))?;
            }
            continue;
        }
        tx.each(sql, &params, &mut |row| {
            let kind = row.opt_int(5)?;
            if kind != Some(i64::from(Kind::Save as u32))
                && kind != Some(i64::from(Kind::Void as u32))
            {
                return Ok(());
            }
            let writer: [u8; 16] = array(row.blob(2)?)?;
            let lies = (row.int(0)?, writer, unbits(row.int(3)?), unbits(row.int(4)?));
            add(tx, &mut by_body, holds, lies, (row.text(1)?, row.blob(6)?))
        })?;
    }
    let mut said: Vec<Said> = by_body.into_iter().filter_map(|(b, p)| one_said(&b, p)).collect();
    said.sort_by_key(|one| one.reference);
    Ok(said)
}

/// True when these are all entries about this person in this round.
fn is_all(tx: &dyn Tx, fresh: &[&Applied], about: &[Sql]) -> Result<bool, StoreError> {
    // Answered by the index alone.
    let sql = "SELECT unit_no, writer_no, seq FROM entry
               WHERE round = $1 AND person = $2 AND person IS NOT NULL";
    let mut is_all = true;
    tx.each(sql, about, &mut |row| {
        let (unit_no, writer_no, seq) = (row.int(0)?, row.int(1)?, unbits(row.int(2)?));
        is_all &= fresh.iter().any(|applied| {
            applied.seq == seq && applied.unit_no == unit_no && applied.writer_no == writer_no
        });
        Ok(())
    })?;
    Ok(is_all)
}

/// Puts what lies at a place to its equals.
fn add(
    tx: &dyn Tx,
    by_body: &mut ByBody,
    holds: bool,
    (unit_no, writer, seq, hash8): FactPlace,
    (unit, body): (&str, &[u8]),
) -> Result<(), StoreError> {
    let (body, seq, hash8, writer) = match Refiled::decode(body) {
        // Appended again: it counts as what it was, where it stood first.
        Some(Ok(refiled)) => {
            let at = refiled.reference();
            (refiled.body, at.seq, u64::from_be_bytes(at.hash8), at.writer.0)
        }
        Some(Err(_)) | None => (body.to_vec(), seq, hash8, writer),
    };
    let held = holds && is_held(tx, unit_no, &writer, seq, hash8)?;
    let reference = Reference { writer: WriterId(writer), seq, hash8: hash8.to_be_bytes() };
    let unit = UnitCode(unit.to_owned());
    let places = by_body.entry(body).or_default();
    if !places.iter().any(|(known, at, _)| *known == reference && *at == unit) {
        places.push((reference, unit, !held));
    }
    Ok(())
}

/// Applied where it is applied at any of its places; named by the first of those.
fn one_said(body: &[u8], mut places: Vec<(Reference, UnitCode, bool)>) -> Option<Said> {
    let entry = Entry::decode(body).ok()?;
    let saying = match entry.fact {
        Fact::Save(save) => Saying::Save(save),
        Fact::Void(void) => Saying::Void(void),
        Fact::Unit(_)
        | Fact::Round(_)
        | Fact::Operator(_)
        | Fact::Examiner(_)
        | Fact::Enrolment(_)
        | Fact::Stop(_)
        | Fact::Retirement(_)
        | Fact::Held(_)
        | Fact::Lifted(_)
        | Fact::Roster(_)
        | Fact::Withdrawal(_)
        | Fact::Registration(_)
        | Fact::Correction(_)
        | Fact::Tube(_)
        | Fact::Conclusion(_)
        | Fact::Consent(_)
        | Fact::Step(_)
        | Fact::Issue(_)
        | Fact::Arrival(_)
        | Fact::Confirmation(_)
        | Fact::Delivery(_)
        | Fact::Laboratory(_)
        | Fact::Contact(_) => return None,
    };
    places.sort_by(|a, b| (!a.2, a.0, &a.1).cmp(&(!b.2, b.0, &b.1)));
    let mut places = places.into_iter();
    let (reference, unit, is_applied) = places.next()?;
    let also = places.map(|(reference, _, _)| reference).collect();
    Some(Said { reference, also, unit, is_applied, header: entry.header, saying })
}
