//! One checkup as it stands: current values with what stands behind each, and where it was taken. Not how it
//! is made (`project`).

use crate::error::StoreError;
use crate::open::Store;
use crate::project::{Said, StandingValues, canonical, group_of, said_of, stop_of};
use crate::tx::{Tx, bits};
use chrono::NaiveDate;
use domain::facts::CurrentValue;
use domain::ids::{ItemCode, PersonId, RoundId, UnitCode};
use domain::value::Value;
use ledger::Reference;
use protocol::convert::day_date;
use std::collections::BTreeMap;

/// Current values by item, each with the entry that gave it.
pub type Current = BTreeMap<ItemCode, Vec<(CurrentValue, Reference)>>;

/// Values that stand no more, by item, each with its day.
pub type GivenOnce = BTreeMap<ItemCode, Vec<(Value, Option<NaiveDate>)>>;

/// Unit of the stream and confirmed day of entries.
pub type WrittenAt = BTreeMap<Reference, (UnitCode, Option<NaiveDate>)>;

impl Store {
    /// What a save must name in `saw` where it replaces: every current value, with its entry.
    pub fn current(&self, round: RoundId, person: PersonId) -> Result<Current, StoreError> {
        self.read(|tx| {
            let said = said_about(tx, round, person)?;
            let values = StandingValues::of(self.catalogue(), &said);
            let mut current = Current::new();
            for given in values.current() {
                let behind = (given.value.clone(), said[given.said].reference);
                current.entry(given.item).or_default().push(behind);
            }
            Ok(current)
        })
    }

    /// Values that stood once and were put right or withdrawn since, each with the day it was taken.
    pub fn given_once(&self, round: RoundId, person: PersonId) -> Result<GivenOnce, StoreError> {
        self.read(|tx| {
            let said = said_about(tx, round, person)?;
            let mut once = GivenOnce::new();
            for given in StandingValues::of(self.catalogue(), &said).values {
                let behind = &said[given.said];
                if !given.is_current && behind.is_applied {
                    let day = behind.header.day.and_then(day_date);
                    once.entry(given.item).or_default().push((given.value.value, day));
                }
            }
            Ok(once)
        })
    }

    /// Where and when each entry of a checkup was written, by its reference.
    pub fn written_at(&self, round: RoundId, person: PersonId) -> Result<WrittenAt, StoreError> {
        self.read(|tx| {
            let said = said_about(tx, round, person)?;
            let at = said
                .iter()
                .map(|one| (one.reference, (one.unit.clone(), one.header.day.and_then(day_date))));
            Ok(at.collect())
        })
    }

    /// The stop of a checkup and its confirmed day; `None` while nothing was recorded.
    pub fn checkup_stop(
        &self,
        round: RoundId,
        person: PersonId,
    ) -> Result<Option<(UnitCode, NaiveDate)>, StoreError> {
        self.read(|tx| {
            let canon = canonical(tx, person)?;
            let sql = "SELECT unit, stop, day FROM checkup WHERE person = $1 AND round = $2";
            let params = [canon.0.as_bytes().into(), bits(round.0).into()];
            let found = tx.first(sql, &params, |row| {
                let unit = UnitCode(row.text(0)?.to_owned());
                Ok((stop_of(row.text(1)?, &unit), row.opt_int(2)?))
            })?;
            Ok(found.and_then(|(stop, day)| Some((stop, day_date(i32::try_from(day?).ok()?)?))))
        })
    }
}

/// Saves and voids about a person's checkup, whichever of the person's ids they name.
pub(crate) fn said_about(
    tx: &dyn Tx,
    round: RoundId,
    person: PersonId,
) -> Result<Vec<Said>, StoreError> {
    let canon = canonical(tx, person)?;
    said_of(tx, &group_of(tx, canon)?, round.0)
}
