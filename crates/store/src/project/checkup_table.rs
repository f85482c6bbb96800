//! Checkups as they lie in the database: what one is made of is read, then its row and its share of the
//! sums are swapped, once per run. Not how it is made (`checkup`).

use super::checkup::{CheckupRow, Input, Listed, Registered, masks};
use super::details::{Rank, Source};
use super::item_set::ItemSet;
use super::packed::{
    pack_examiners, pack_judgements, pack_results, unpack_examiners, unpack_judgements,
    unpack_results,
};
use super::people::{canonical, group_of, known_of};
use super::said::said_with;
use super::share::{Band, Masks};
use super::work::Work;
use crate::error::StoreError;
use crate::stream::array;
use crate::tx::{Row, Sql, Tx, bits, unbits};
use domain::catalogue::Catalogue;
use domain::facts::Standing;
use domain::ids::{PersonId, UnitCode};
use domain::rule::worst_level;
use protocol::convert::{day_date, day_number, kind_number, kind_of};
use std::collections::BTreeSet;

impl<'w> Work<'w> {
    /// A round whose version or levels changed: all its checkups are judged again.
    pub(super) fn settle_rounds(&mut self) -> Result<(), StoreError> {
        for (round, before) in std::mem::take(&mut self.rounds) {
            if self.rules(round)? == before {
                continue;
            }
            let sql = "SELECT person FROM checkup WHERE round = $1";
            let people =
                self.tx.rows(sql, &[bits(round).into()], |row| super::people::id(row, 0))?;
            self.checkups.extend(people.into_iter().map(|person| (round, person)));
        }
        Ok(())
    }

    pub(super) fn settle_checkups(&mut self) -> Result<(), StoreError> {
        let mut due: BTreeSet<(u64, PersonId)> = BTreeSet::new();
        for (round, person) in std::mem::take(&mut self.checkups) {
            let canon = canonical(self.tx, person)?;
            due.insert((round, canon));
            if canon != person {
                // No longer the name of its group: what it had stands at the canonical id now.
                self.swap(round, person, None)?;
                self.settle_conclusion(round, person, None)?;
                self.settle_consent(round, person, false)?;
                self.settle_confirmations(round, person, None)?;
                self.settle_tasks(round, person, None)?;
            }
        }
        for (round, canon) in due {
            let input = self.input(round, canon)?;
            let row = CheckupRow::of(&input);
            self.settle_conclusion(round, canon, row.as_ref().map(|row| (&input, row)))?;
            self.settle_consent(round, canon, true)?;
            self.settle_confirmations(round, canon, Some(&input))?;
            self.settle_tasks(round, canon, row.as_ref().map(|row| (&input, row)))?;
            self.swap(round, canon, row)?;
        }
        Ok(())
    }

    pub(super) fn input(&mut self, round: u64, canon: PersonId) -> Result<Input<'w>, StoreError> {
        let group = group_of(self.tx, canon)?;
        let rules = self.rules(round)?;
        let mut listings = Vec::new();
        let mut registrations = Vec::new();
        for person in &group {
            let person = person.0.as_bytes().into();
            let sql = "SELECT l.day, w.writer, l.seq, l.hash8, l.row_no, u.unit, l.kind
                       FROM listing l JOIN writer w ON w.writer_no = l.writer_no
                       JOIN unit_key u ON u.unit_no = l.unit_no
                       WHERE l.person = $1 AND l.round = $2 AND l.is_withdrawn = 0";
            listings.extend(self.tx.rows(sql, &[person, bits(round).into()], read_listed)?);
            let sql = "SELECT t.day, w.writer, t.seq, t.hash8, 0, u.unit, t.kind, t.round,
                           t.home_unit, t.home_text
                       FROM told t JOIN writer w ON w.writer_no = t.writer_no
                       JOIN unit_key u ON u.unit_no = t.unit_no
                       WHERE t.person = $1 AND t.source = 1";
            let read = |row: &dyn Row| read_registered(row, round);
            registrations.extend(self.tx.rows(sql, &[person], read)?);
        }
        Ok(Input {
            catalogue: self.catalogue,
            judged_by: rules.judging(),
            known: known_of(self.tx, canon)?.unwrap_or_default(),
            said: said_with(self.tx, &group, round, &self.fresh)?,
            listings,
            registrations,
            rules,
        })
    }

    /// Puts the new row in the old one's place, with what it gives to the sums.
    fn swap(
        &mut self,
        round: u64,
        person: PersonId,
        after: Option<CheckupRow>,
    ) -> Result<(), StoreError> {
        let before = find_row(self.tx, self.catalogue, round, person)?;
        if before == after {
            return Ok(());
        }
        for (row, sign) in [(&before, -1), (&after, 1)] {
            if let Some(row) = row {
                self.give(round, row, sign);
            }
        }
        let key = [person.0.as_bytes().into(), bits(round).into()];
        match &after {
            Some(row) => put_row(self.tx, self.catalogue, round, person, row),
            None => {
                let sql = "DELETE FROM checkup WHERE person = $1 AND round = $2";
                self.tx.exec(sql, &key)?;
                Ok(())
            }
        }
    }

    fn give(&mut self, round: u64, row: &CheckupRow, sign: i64) {
        let share = row.share(self.catalogue);
        self.tallies.entry(row.tally_key(round)).or_default().add(&share, sign);
        for (unit, standing) in &row.places {
            let change = self.coverage.entry((round, unit.0.clone())).or_default();
            change[usize::from(standing_number(*standing)) + 1] += sign;
        }
    }
}

fn put_row(
    tx: &dyn Tx,
    catalogue: &Catalogue,
    round: u64,
    person: PersonId,
    row: &CheckupRow,
) -> Result<(), StoreError> {
    let results = pack_results(&row.results);
    let judgements = pack_judgements(catalogue, &row.judgements);
    let examiners = pack_examiners(&row.examiners);
    let worst = worst_level(&row.judgements).map_or(0, |level| level.number());
    let places = places_text(row);
    let stop = if row.stop == row.unit { "" } else { row.stop.0.as_str() };
    tx.exec(
        include_str!("../../../../schema/db/query/checkup_put.sql"),
        &[
            person.0.as_bytes().into(),
            bits(round).into(),
            Sql::Text(&row.unit.0),
            Sql::Text(stop),
            row.day.map(day_number).into(),
            kind_number(row.kind).into(),
            row.sex.into(),
            row.band.0.into(),
            standing_number(row.standing).into(),
            bits(row.masks.present.low()).into(),
            bits(row.masks.abnormal.low()).into(),
            // Marked, so that those with a conflict can be counted: a row with such items is not read off this column.
            bits(row.masks.conflict.marked_low()).into(),
            bits(row.masks.unusual.low()).into(),
            worst.into(),
            Sql::Blob(&results),
            Sql::Blob(&judgements),
            Sql::Blob(&examiners),
            Sql::Text(&places),
        ],
    )?;
    Ok(())
}

fn find_row(
    tx: &dyn Tx,
    catalogue: &Catalogue,
    round: u64,
    person: PersonId,
) -> Result<Option<CheckupRow>, StoreError> {
    let sql = format!("SELECT {ROW_COLUMNS} FROM checkup c WHERE c.person = $1 AND c.round = $2");
    let params = [person.0.as_bytes().into(), bits(round).into()];
    tx.first(&sql, &params, |row| read_row(catalogue, row))
}

/// What `read_row` reads, of `checkup c`.
pub(crate) const ROW_COLUMNS: &str = "c.unit, c.stop, c.day, c.kind, c.sex, c.band, c.standing, \
     c.present, c.abnormal, c.conflict, c.unusual, c.results, c.judgements, c.examiners, c.places";

pub(crate) fn read_row(catalogue: &Catalogue, row: &dyn Row) -> Result<CheckupRow, StoreError> {
    let wrong = |_| StoreError::Stored("checkup");
    let day = row.opt_int(2)?.map(i32::try_from).transpose().map_err(wrong)?;
    let kind = u32::try_from(row.int(3)?).map_err(wrong)?;
    let unit = UnitCode(row.text(0)?.to_owned());
    let standing = standing_of(row.int(6)?)?;
    let results = unpack_results(row.blob(11)?)?;
    let judgements = unpack_judgements(catalogue, row.blob(12)?)?;
    // The columns have room for codes below 64; the row says of itself what the others are.
    let is_low = results.keys().all(|item| item.0 < 64);
    let low = |bits| ItemSet::of_low(unbits(bits));
    let masks = if is_low {
        Masks {
            present: low(row.int(7)?),
            abnormal: low(row.int(8)?),
            conflict: low(row.int(9)?),
            unusual: low(row.int(10)?),
        }
    } else {
        masks(catalogue, &results, &judgements)
    };
    Ok(CheckupRow {
        stop: stop_of(row.text(1)?, &unit),
        day: day.and_then(day_date),
        kind: kind_of(kind),
        sex: u8::try_from(row.int(4)?).map_err(wrong)?,
        band: Band(u8::try_from(row.int(5)?).map_err(wrong)?),
        standing,
        masks,
        results,
        judgements,
        examiners: unpack_examiners(row.blob(13)?)?,
        places: places_of_text(row.text(14)?, &unit, standing)?,
        unit,
    })
}

/// The stop's column is empty where the stop is the unit that counts.
pub(crate) fn stop_of(column: &str, unit: &UnitCode) -> UnitCode {
    if column.is_empty() { unit.clone() } else { UnitCode(column.to_owned()) }
}

/// A checkup that counts at its unit alone, as it stands there.
const AT_UNIT: &str = "=";

/// `431302105205 0`, a line each; shorter where there is nothing more to say than the row does.
fn places_text(row: &CheckupRow) -> String {
    if let [(unit, standing)] = row.places.as_slice()
        && (unit, standing) == (&row.unit, &row.standing)
    {
        return AT_UNIT.to_owned();
    }
    let line = |(unit, s): &(UnitCode, Standing)| format!("{} {}\n", unit.0, standing_number(*s));
    row.places.iter().map(line).collect()
}

fn places_of_text(
    text: &str,
    unit: &UnitCode,
    standing: Standing,
) -> Result<Vec<(UnitCode, Standing)>, StoreError> {
    if text == AT_UNIT {
        return Ok(vec![(unit.clone(), standing)]);
    }
    let place = |line: &str| {
        let (unit, number) = line.split_once(' ').ok_or(StoreError::Stored("checkup"))?;
        let number = number.parse().map_err(|_| StoreError::Stored("checkup"))?;
        Ok((UnitCode(unit.to_owned()), standing_of(number)?))
    };
    text.lines().map(place).collect()
}

/// The rank of a roster's row or a registration: day, writer, seq, hash8, row number in columns 0 to 4.
pub(crate) fn read_rank(row: &dyn Row) -> Result<Rank, StoreError> {
    Ok(Rank {
        source: Source::Told,
        day: row.opt_int(0)?,
        writer: array(row.blob(1)?)?,
        seq: unbits(row.int(2)?),
        hash8: unbits(row.int(3)?),
        row: u32::try_from(row.int(4)?).map_err(|_| StoreError::Stored("row"))?,
    })
}

fn read_listed(row: &dyn Row) -> Result<Listed, StoreError> {
    Ok(Listed {
        rank: read_rank(row)?,
        unit: UnitCode(row.text(5)?.to_owned()),
        kind: u32::try_from(row.int(6)?).map_err(|_| StoreError::Stored("listing"))?,
    })
}

fn read_registered(row: &dyn Row, round: u64) -> Result<Registered, StoreError> {
    Ok(Registered {
        rank: read_rank(row)?,
        unit: UnitCode(row.text(5)?.to_owned()),
        kind: u32::try_from(row.int(6)?).map_err(|_| StoreError::Stored("told"))?,
        is_of_round: unbits(row.int(7)?) == round,
        home_unit: row.text(8)?.to_owned(),
        home_text: row.text(9)?.to_owned(),
    })
}

fn standing_number(standing: Standing) -> u8 {
    match standing {
        Standing::Listed => 0,
        Standing::OtherVillage => 1,
        Standing::Outside => 2,
    }
}

fn standing_of(number: i64) -> Result<Standing, StoreError> {
    match number {
        0 => Ok(Standing::Listed),
        1 => Ok(Standing::OtherVillage),
        2 => Ok(Standing::Outside),
        _ => Err(StoreError::Stored("checkup")),
    }
}
