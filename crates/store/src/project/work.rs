//! One run of the projection: entries are taken one by one, then everything they touch is settled once.
//! Not the rules of any table: those are next to it.

use super::Applied;
use super::directory::{RoundRules, round_rules};
use super::place::Stored;
use super::said::Fresh;
use super::share::{Counts, TallyKey};
use crate::error::StoreError;
use crate::refile::{locate, locate_at_server};
use crate::stream::{array, writer_no};
use crate::tx::{Tx, bits, unbits};
use domain::catalogue::{Catalogue, RoundSetting};
use domain::ids::{PersonId, UnitCode};
use ledger::{Reference, Refiled, WriterId};
use protocol::Entry;
use protocol::fact::Kind;
use std::collections::{BTreeMap, BTreeSet};

/// Which fact: its unit here, and where it stood first (writer, seq, hash8), wherever a copy of it lies.
pub(super) type FactPlace = (i64, [u8; 16], u64, u64);

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
    /// Rounds spoken of, with their version and levels as they were before.
    pub rounds: BTreeMap<u64, RoundRules>,
    /// Changes to coverage: expected, listed, other village, outside.
    pub coverage: BTreeMap<(u64, String), [i64; 4]>,
    pub tallies: BTreeMap<TallyKey, Counts>,
    /// Entries of this run by (round, person): what they say is not read from the table again.
    pub fresh: Fresh<'a>,
    has_holds: Option<bool>,
    /// Whether anything was ever concluded here, where it was looked up.
    pub has_conclusions: Option<bool>,
    /// Whether any consent was ever said here, where it was looked up.
    pub has_consents: Option<bool>,
    /// Whether anything is to be followed up here, where it was looked up.
    pub has_tasks: Option<bool>,
    units: BTreeMap<i64, UnitCode>,
    rules: BTreeMap<u64, RoundRules>,
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
            fresh: BTreeMap::new(),
            has_holds: None,
            has_conclusions: None,
            has_consents: None,
            has_tasks: None,
            units: BTreeMap::new(),
            rules: BTreeMap::new(),
        }
    }

    /// Takes entries just appended. Holds first: what they hold may be among the others (taken out and put back, which changes nothing), or
    /// here already.
    pub fn take(&mut self, new: &'a [Applied<'a>]) -> Result<(), StoreError> {
        let mut stored: Vec<Stored> = Vec::new();
        for applied in new {
            if let Some(about) = applied.about {
                self.fresh.entry(about).or_default().push(applied);
                if applied.is_of_checkup {
                    // Held or not, it leaves no row of its own.
                    self.checkups.insert(about);
                    continue;
                }
            }
            stored.extend(Stored::of_applied(self.tx, applied)?);
        }
        let mut spoken_of: BTreeSet<FactPlace> = BTreeSet::new();
        for one in stored.iter().filter(|one| one.is_decision()) {
            if let Some(target) = self.place_decision(one)? {
                spoken_of.insert(target);
            }
        }
        for target in &spoken_of {
            self.replace(target)?;
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
                let Some(one) = Stored::of_row(tx, row)? else { return Ok(()) };
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
    fn replace(&mut self, fact: &FactPlace) -> Result<(), StoreError> {
        let Some(one) = self.find(fact)?.filter(|one| !one.is_decision()) else { return Ok(()) };
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

    /// The version a round stands at and the levels it sets itself, as they stand now.
    pub fn rules(&mut self, round: u64) -> Result<RoundRules, StoreError> {
        if let Some(rules) = self.rules.get(&round) {
            return Ok(rules.clone());
        }
        let rules = round_rules(self.tx, round)?;
        self.rules.insert(round, rules.clone());
        Ok(rules)
    }

    /// Judges a round otherwise than it stands, to look what that would say. Nothing may be settled after.
    pub fn suppose(&mut self, round: u64, setting: &RoundSetting) {
        let rules = RoundRules { version: setting.version(), levels: setting.levels.clone() };
        self.rules.insert(round, rules);
    }

    /// A fact, if any copy of it is here.
    pub fn find(&self, fact: &FactPlace) -> Result<Option<Stored>, StoreError> {
        let (unit_no, writer, seq, hash8) = *fact;
        let reference = Reference { writer: WriterId(writer), seq, hash8: hash8.to_be_bytes() };
        // A copy in a server's stream says what the server alone may say, the first place or another may not.
        let at = match locate_at_server(self.tx, unit_no, &reference)? {
            Some(at) => Some(at),
            None => locate(self.tx, unit_no, &reference)?,
        };
        let Some((writer_no, seq)) = at else { return Ok(None) };
        let sql =
            format!("{SELECT_ENTRY} WHERE e.unit_no = $1 AND e.writer_no = $2 AND e.seq = $3");
        let params = [unit_no.into(), writer_no.into(), bits(seq).into()];
        let found = self.tx.first(&sql, &params, |row| Stored::of_row(self.tx, row))?;
        Ok(found.flatten())
    }
}

/// An entry with its writer: the columns that `Stored::of_row` reads.
pub(super) const SELECT_ENTRY: &str =
    "SELECT e.unit_no, e.writer_no, w.writer, w.is_server, e.seq, e.hash8, e.body
     FROM entry e JOIN writer w ON w.writer_no = e.writer_no";

impl Stored {
    fn of_applied(tx: &dyn Tx, applied: &Applied) -> Result<Option<Stored>, StoreError> {
        let Ok(entry) = Entry::decode(applied.body) else { return Ok(None) };
        let lies = Stored {
            unit_no: applied.unit_no,
            writer_no: applied.writer_no,
            writer: applied.writer.0,
            is_server: applied.is_server,
            seq: applied.seq,
            hash8: u64::from_be_bytes(applied.hash8),
            entry,
        };
        lies.at_first_place(tx, applied.body).map(Some)
    }

    /// A fact appended again counts where it stood first, so that all its copies are one.
    fn at_first_place(self, tx: &dyn Tx, body: &[u8]) -> Result<Stored, StoreError> {
        let Some(Ok(refiled)) = Refiled::decode(body) else { return Ok(self) };
        let reference = refiled.reference();
        Ok(Stored {
            writer_no: writer_no(tx, &reference.writer)?,
            writer: reference.writer.0,
            seq: reference.seq,
            hash8: u64::from_be_bytes(reference.hash8),
            ..self
        })
    }

    /// An entry of the table; `None` where this version cannot read it: it waits.
    pub(super) fn of_row(
        tx: &dyn Tx,
        row: &dyn crate::tx::Row,
    ) -> Result<Option<Stored>, StoreError> {
        let Ok(entry) = Entry::decode(row.blob(6)?) else { return Ok(None) };
        let lies = Stored {
            unit_no: row.int(0)?,
            writer_no: row.int(1)?,
            writer: array(row.blob(2)?)?,
            is_server: row.int(3)? != 0,
            seq: unbits(row.int(4)?),
            hash8: unbits(row.int(5)?),
            entry,
        };
        lies.at_first_place(tx, row.blob(6)?).map(Some)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::append::Own;
    use crate::key::Key;
    use crate::open::{Role, Store};
    use crate::refile::change_writer;
    use ledger::{StreamKey, UnitKey, refile};
    use protocol::fact::RoundFact;
    use protocol::{Fact, Header};

    #[test]
    fn what_the_server_alone_may_say_is_read_from_its_own_copy_and_not_from_a_devices() {
        let folder = tempfile::tempdir().unwrap();
        let mut server = Store::create(folder.path(), &Key::new([6; 32]), Role::Server).unwrap();
        let catalogue = server.catalogue();
        let unit = UnitKey::try_new("431302").unwrap();
        let fact = RoundFact { id: 7, name: "第四轮".to_owned(), ..RoundFact::default() };
        let body = Entry { header: Header::default(), fact: Fact::Round(fact) }.encode();
        let lost = WriterId([3; 16]);
        let copy = refile(lost, 4, &body).unwrap();
        let own = server.own();
        let seen = server.write(|tx| {
            // A device's copy came first, and has the lower number than the server's present life.
            writer_no(tx, &WriterId([1; 16]))?;
            let own = change_writer(tx, &own)?;
            for writer in [WriterId([1; 16]), own.writer] {
                let key = StreamKey::new(unit.clone(), writer);
                Own { writer, catalogue, draw: crate::random::SYSTEM }.insert_refiled(
                    tx,
                    &key,
                    std::slice::from_ref(&copy),
                )?;
            }
            let of = Reference::of(lost, 4, &body);
            let unit_no = crate::stream::unit_no(tx, &unit)?;
            let place = (unit_no, of.writer.0, of.seq, u64::from_be_bytes(of.hash8));
            let found = Work::new(tx, catalogue).find(&place)?.map(|one| one.is_server);
            // Control: looked for anywhere, it is the device's that is found.
            let (anywhere, _) = locate(tx, unit_no, &of)?.unwrap();
            Ok((found, anywhere == writer_no(tx, &own.writer)?))
        });
        assert_eq!(seen, Ok((Some(true), false)));
    }
}
