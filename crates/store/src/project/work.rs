//! One run of the projection: entries are taken one by one, then everything they touch is settled once.
//! Not the rules of any table: those are next to it.

use super::Applied;
use super::place::Stored;
use super::share::{Counts, TallyKey};
use crate::error::StoreError;
use crate::stream::array;
use crate::tx::{Sql, Tx, bits, unbits};
use domain::catalogue::Catalogue;
use domain::ids::{PersonId, UnitCode};
use protocol::Entry;
use protocol::fact::{EntryReference, Kind, LevelSetting};
use std::collections::{BTreeMap, BTreeSet};

/// Where an entry lies in this database.
pub(super) type Position = (i64, i64, u64);

/// What one run has touched and not yet settled.
pub(super) struct Work<'a> {
    pub tx: &'a dyn Tx,
    pub catalogue: &'a Catalogue,
    /// People about whom something was said or unsaid.
    pub people: BTreeSet<PersonId>,
    /// People whose registrations changed: a home told in one round counts in the others too.
    pub registered: BTreeSet<PersonId>,
    /// (round, person) whose roster rows changed.
    pub listed: BTreeSet<(u64, PersonId)>,
    /// (round, person) whose checkup has to be made anew.
    pub checkups: BTreeSet<(u64, PersonId)>,
    /// Rounds spoken of, with their levels as they were before.
    pub rounds: BTreeMap<u64, Vec<LevelSetting>>,
    /// Changes to coverage: expected, listed, other village, outside.
    pub coverage: BTreeMap<(u64, String), [i64; 4]>,
    pub tallies: BTreeMap<TallyKey, Counts>,
    has_holds: Option<bool>,
    units: BTreeMap<i64, UnitCode>,
    levels: BTreeMap<u64, Vec<LevelSetting>>,
}

impl<'a> Work<'a> {
    pub fn new(tx: &'a dyn Tx, catalogue: &'a Catalogue) -> Work<'a> {
        Work {
            tx,
            catalogue,
            people: BTreeSet::new(),
            registered: BTreeSet::new(),
            listed: BTreeSet::new(),
            checkups: BTreeSet::new(),
            rounds: BTreeMap::new(),
            coverage: BTreeMap::new(),
            tallies: BTreeMap::new(),
            has_holds: None,
            units: BTreeMap::new(),
            levels: BTreeMap::new(),
        }
    }

    /// Takes entries just appended. Holds first: what they hold may be among the others, or here already.
    pub fn take(&mut self, new: &[Applied]) -> Result<(), StoreError> {
        let stored: Vec<Stored> = new.iter().filter_map(Stored::of_applied).collect();
        let mut spoken_of: BTreeSet<Position> = BTreeSet::new();
        for one in stored.iter().filter(|one| one.is_decision()) {
            if let Some(target) = self.place_decision(one)? {
                spoken_of.insert(target);
            }
        }
        let fresh: BTreeSet<Position> = stored.iter().map(Stored::position).collect();
        for position in spoken_of.difference(&fresh) {
            self.replace(*position)?;
        }
        for one in stored.iter().filter(|one| !one.is_decision()) {
            if !self.is_held(one)? {
                self.place(one, true)?;
            }
            self.touch(one);
        }
        Ok(())
    }

    /// Takes every entry there is, into empty tables. Decisions first, as in `take`.
    pub fn take_all(&mut self) -> Result<(), StoreError> {
        let decisions = format!("e.kind IN ({}, {})", Kind::Held as u32, Kind::Lifted as u32);
        for which in [decisions.clone(), format!("NOT {decisions}")] {
            let sql = format!("{SELECT_ENTRY} WHERE {which}");
            let tx = self.tx;
            tx.each(&sql, &[], &mut |row| {
                let Some(one) = Stored::of_row(row)? else { return Ok(()) };
                if one.is_decision() {
                    self.place_decision(&one)?;
                    return Ok(());
                }
                if !self.is_held(&one)? {
                    self.place(&one, true)?;
                }
                self.touch(&one);
                Ok(())
            })?;
        }
        Ok(())
    }

    /// A decision about an entry that lies here: its rows are taken out, and put back unless it is held now.
    fn replace(&mut self, position: Position) -> Result<(), StoreError> {
        let sql =
            format!("{SELECT_ENTRY} WHERE e.unit_no = $1 AND e.writer_no = $2 AND e.seq = $3");
        let params = [position.0.into(), position.1.into(), bits(position.2).into()];
        let found = self.tx.first(&sql, &params, Stored::of_row)?.flatten();
        let Some(one) = found.filter(|one| !one.is_decision()) else { return Ok(()) };
        self.place(&one, false)?;
        if !self.is_held(&one)? {
            self.place(&one, true)?;
        }
        self.touch(&one);
        Ok(())
    }

    /// Settles what was touched, each thing once: people, rosters, checkups, sums.
    pub fn settle(&mut self) -> Result<(), StoreError> {
        self.settle_rounds()?;
        self.settle_people()?;
        self.settle_expected()?;
        self.settle_checkups()?;
        self.settle_sums()
    }

    /// A save and a void leave no row of their own: their checkup is made from the entries.
    fn touch(&mut self, one: &Stored) {
        if let (true, Some(person)) = (one.is_of_checkup(), one.person())
            && one.round() != 0
        {
            self.checkups.insert((one.round(), person));
        }
    }

    /// True while the greatest decision about the entry is to hold it or to leave it out.
    pub fn is_held(&mut self, one: &Stored) -> Result<bool, StoreError> {
        self.is_held_at(one.unit_no, one.writer, one.seq, one.hash8)
    }

    pub fn is_held_at(
        &mut self,
        unit_no: i64,
        writer: [u8; 16],
        seq: u64,
        hash8: u64,
    ) -> Result<bool, StoreError> {
        let has_holds = match self.has_holds {
            Some(known) => known,
            None => *self.has_holds.insert(has_holds(self.tx)?),
        };
        Ok(has_holds && is_held(self.tx, unit_no, &writer, seq, hash8)?)
    }

    pub fn holds_changed(&mut self) {
        self.has_holds = None;
    }

    pub fn unit(&mut self, unit_no: i64) -> Result<UnitCode, StoreError> {
        if let Some(unit) = self.units.get(&unit_no) {
            return Ok(unit.clone());
        }
        let sql = "SELECT unit FROM unit_key WHERE unit_no = $1";
        let unit = self.tx.first(sql, &[unit_no.into()], |row| Ok(row.text(0)?.to_owned()))?;
        let unit = UnitCode(unit.ok_or(StoreError::Stored("unit"))?);
        self.units.insert(unit_no, unit.clone());
        Ok(unit)
    }

    pub fn writer_no(&self, writer: &[u8]) -> Result<Option<i64>, StoreError> {
        self.tx.int("SELECT writer_no FROM writer WHERE writer = $1", &[Sql::Blob(writer)])
    }

    /// The levels a round sets itself, as they stand now.
    pub fn levels(&mut self, round: u64) -> Result<Vec<LevelSetting>, StoreError> {
        if let Some(levels) = self.levels.get(&round) {
            return Ok(levels.clone());
        }
        let levels = super::directory::round_levels(self.tx, round)?;
        self.levels.insert(round, levels.clone());
        Ok(levels)
    }

    /// Where a reference of this unit lies, if its writer is known here.
    pub fn position(
        &self,
        unit_no: i64,
        reference: &EntryReference,
    ) -> Result<Option<Position>, StoreError> {
        let writer_no = self.writer_no(&reference.writer)?;
        Ok(writer_no.map(|writer_no| (unit_no, writer_no, reference.seq)))
    }
}

/// An entry with its writer: the columns that `Stored::of_row` reads.
pub(super) const SELECT_ENTRY: &str =
    "SELECT e.unit_no, e.writer_no, w.writer, w.is_server, e.seq, e.hash8, e.body
     FROM entry e JOIN writer w ON w.writer_no = e.writer_no";

impl<'a> Stored {
    fn of_applied(applied: &Applied<'a>) -> Option<Stored> {
        let entry = Entry::decode(applied.body).ok()?;
        Some(Stored {
            unit_no: applied.unit_no,
            writer_no: applied.writer_no,
            writer: applied.writer.0,
            is_server: applied.is_server,
            seq: applied.seq,
            hash8: u64::from_be_bytes(applied.hash8),
            entry,
        })
    }

    /// An entry of the table; `None` where this version cannot read it: it waits.
    pub(super) fn of_row(row: &dyn crate::tx::Row) -> Result<Option<Stored>, StoreError> {
        let Ok(entry) = Entry::decode(row.blob(6)?) else { return Ok(None) };
        Ok(Some(Stored {
            unit_no: row.int(0)?,
            writer_no: row.int(1)?,
            writer: array(row.blob(2)?)?,
            is_server: row.int(3)? != 0,
            seq: unbits(row.int(4)?),
            hash8: unbits(row.int(5)?),
            entry,
        }))
    }
}

pub(super) fn has_holds(tx: &dyn Tx) -> Result<bool, StoreError> {
    Ok(tx.int("SELECT 1 FROM hold LIMIT 1", &[])?.is_some())
}

pub(super) fn is_held(
    tx: &dyn Tx,
    unit_no: i64,
    writer: &[u8; 16],
    seq: u64,
    hash8: u64,
) -> Result<bool, StoreError> {
    let sql = "SELECT max(decision) FROM hold
               WHERE unit_no = $1 AND writer = $2 AND seq = $3 AND hash8 = $4";
    let params = [unit_no.into(), writer.into(), bits(seq).into(), bits(hash8).into()];
    Ok(matches!(tx.int(sql, &params)?, Some(0 | 2)))
}
