//! Tallies recounted from the checkups, coverage from roster entries and checkups: a slow count that shares
//! nothing with the adding and taking away it checks.

use crate::error::StoreError;
use crate::project::{
    CheckupRow, Counts, ROW_COLUMNS, TallyKey, canonical, person_of_row, read_row,
};
use crate::stream::array;
use crate::tally::read_tally;
use crate::tx::{Tx, bits, unbits};
use crate::verify::{PROBLEMS_MAX, VerifyProblem};
use domain::catalogue::Catalogue;
use domain::facts::Standing;
use domain::ids::PersonId;
use ledger::Refiled;
use protocol::fact::EntryReference;
use protocol::{Entry, Fact, Kind};
use std::collections::{BTreeMap, BTreeSet};

type CoverageCounts = BTreeMap<(u64, String), [i64; 4]>;

pub(crate) fn sums(tx: &dyn Tx, catalogue: &Catalogue) -> Result<Vec<VerifyProblem>, StoreError> {
    let mut problems = Vec::new();
    let mut tallies: BTreeMap<TallyKey, Counts> = BTreeMap::new();
    let mut coverage: CoverageCounts = CoverageCounts::new();
    let sql = format!("SELECT {ROW_COLUMNS}, hex(c.person), c.round FROM checkup c");
    tx.each(&sql, &[], &mut |row| {
        let round = unbits(row.int(16)?);
        match read_row(catalogue, row) {
            Ok(checkup) => count(catalogue, round, &checkup, &mut tallies, &mut coverage),
            Err(StoreError::Stored(_)) => {
                let key = format!("{} {round:016x}", row.text(15)?);
                problems.push(VerifyProblem::Unreadable { table: "checkup", key });
            }
            Err(error) => return Err(error),
        }
        Ok(())
    })?;
    for (round, unit, people) in expected(tx)? {
        coverage.entry((round, unit)).or_default()[0] = people;
    }
    compare_tallies(tx, tallies, &mut problems)?;
    compare_coverage(tx, coverage, &mut problems)?;
    problems.truncate(PROBLEMS_MAX);
    Ok(problems)
}

fn count(
    catalogue: &Catalogue,
    round: u64,
    row: &CheckupRow,
    tallies: &mut BTreeMap<TallyKey, Counts>,
    coverage: &mut CoverageCounts,
) {
    let share = row.share(catalogue);
    if !share.is_zero() {
        tallies.entry(row.tally_key(round)).or_default().add(&share, 1);
    }
    for (unit, standing) in &row.places {
        let counts = coverage.entry((round, unit.0.clone())).or_default();
        match standing {
            Standing::Listed => counts[1] += 1,
            Standing::OtherVillage => counts[2] += 1,
            Standing::Outside => counts[3] += 1,
        }
    }
}

/// Which roster row: unit, writer, seq, hash, row.
type RowPlace = (i64, [u8; 16], u64, u64, u32);

/// Hears of an entry: unit number, unit, writer, seq, hash, the entry.
type Visit<'v> = dyn FnMut(i64, &str, [u8; 16], u64, u64, Entry) -> Result<(), StoreError> + 'v;

/// Rows of one kind of entry that are not held, with their places.
fn each_applied(tx: &dyn Tx, kind: Kind, visit: &mut Visit) -> Result<(), StoreError> {
    let sql = "SELECT e.unit_no, u.unit, w.writer, e.seq, e.hash8, e.body
               FROM entry e JOIN unit_key u ON u.unit_no = e.unit_no
               JOIN writer w ON w.writer_no = e.writer_no WHERE e.kind = $1";
    tx.each(sql, &[(kind as u32).into()], &mut |row| {
        let Ok(entry) = Entry::decode(row.blob(5)?) else { return Ok(()) };
        let (unit_no, mut writer) = (row.int(0)?, array(row.blob(2)?)?);
        let (mut seq, mut hash8) = (unbits(row.int(3)?), unbits(row.int(4)?));
        if let Some(Ok(refiled)) = Refiled::decode(row.blob(5)?) {
            let at = refiled.reference();
            (writer, seq, hash8) = (at.writer.0, at.seq, u64::from_be_bytes(at.hash8));
        }
        let held = "SELECT max(decision) FROM hold
                    WHERE unit_no = $1 AND writer = $2 AND seq = $3 AND hash8 = $4";
        let params = [unit_no.into(), (&writer).into(), bits(seq).into(), bits(hash8).into()];
        if matches!(tx.int(held, &params)?, Some(0 | 2)) {
            return Ok(());
        }
        visit(unit_no, row.text(1)?, writer, seq, hash8, entry)
    })
}

/// People on each unit's roster, counted from the entries.
fn expected(tx: &dyn Tx) -> Result<Vec<(u64, String, i64)>, StoreError> {
    let mut withdrawn: BTreeSet<RowPlace> = BTreeSet::new();
    each_applied(tx, Kind::Withdrawal, &mut |unit_no, _, _, _, _, entry| {
        if let Fact::Withdrawal(fact) = &entry.fact
            && let Some((writer, seq, hash8)) = fact.listing.as_ref().and_then(place)
        {
            withdrawn.insert((unit_no, writer, seq, hash8, fact.row));
        }
        Ok(())
    })?;
    let mut people: BTreeMap<(u64, String), BTreeSet<PersonId>> = BTreeMap::new();
    each_applied(tx, Kind::Roster, &mut |unit_no, unit, writer, seq, hash8, entry| {
        let Fact::Roster(roster) = &entry.fact else { return Ok(()) };
        if entry.header.round == 0 {
            return Ok(());
        }
        for (row_no, row) in (0_u32..).zip(&roster.rows) {
            let is_withdrawn = withdrawn.contains(&(unit_no, writer, seq, hash8, row_no));
            let Some(person) = person_of_row(roster, row_no, row).filter(|_| !is_withdrawn) else {
                continue;
            };
            let listed = people.entry((entry.header.round, unit.to_owned())).or_default();
            listed.insert(canonical(tx, person)?);
        }
        Ok(())
    })?;
    let counts = people.into_iter().map(|((round, unit), people)| {
        (round, unit, i64::try_from(people.len()).unwrap_or(i64::MAX))
    });
    Ok(counts.collect())
}

fn place(reference: &EntryReference) -> Option<([u8; 16], u64, u64)> {
    Some((reference.writer.as_slice().try_into().ok()?, reference.seq, reference.hash8))
}

fn compare_tallies(
    tx: &dyn Tx,
    mut counted: BTreeMap<TallyKey, Counts>,
    problems: &mut Vec<VerifyProblem>,
) -> Result<(), StoreError> {
    let wrong = |key: TallyKey| VerifyProblem::Tally {
        round: key.round,
        unit: key.unit,
        sex: key.sex,
        band: key.band.0,
    };
    let sql = "SELECT round, unit, sex, band, people, cells FROM tally";
    tx.each(sql, &[], &mut |row| {
        match read_tally(row) {
            Ok((key, kept)) => {
                if counted.remove(&key) != Some(kept) {
                    problems.push(wrong(key));
                }
            }
            Err(StoreError::Stored(_)) => {
                let key = format!("{:016x} {}", unbits(row.int(0)?), row.text(1)?);
                problems.push(VerifyProblem::Unreadable { table: "tally", key });
            }
            Err(error) => return Err(error),
        }
        Ok(())
    })?;
    problems.extend(counted.into_keys().map(wrong));
    Ok(())
}

fn compare_coverage(
    tx: &dyn Tx,
    mut counted: CoverageCounts,
    problems: &mut Vec<VerifyProblem>,
) -> Result<(), StoreError> {
    let sql = "SELECT round, unit, expected, examined_listed, examined_other_village,
                   examined_outside FROM coverage";
    let kept = tx.rows(sql, &[], |row| {
        let counts = [row.int(2)?, row.int(3)?, row.int(4)?, row.int(5)?];
        Ok(((unbits(row.int(0)?), row.text(1)?.to_owned()), counts))
    })?;
    for (key, counts) in kept {
        if counted.remove(&key) != Some(counts) {
            problems.push(VerifyProblem::Coverage { round: key.0, unit: key.1 });
        }
    }
    let missing = counted.into_iter().filter(|(_, counts)| *counts != [0; 4]);
    problems.extend(missing.map(|((round, unit), _)| VerifyProblem::Coverage { round, unit }));
    Ok(())
}
