//! Who came to a stop on a day, whenever and wherever their checkup began: whoever was registered there, gave blood, or of whom
//! something was found out there that day. For the end of the day. Not whose list they are on (`stop`).

use crate::error::StoreError;
use crate::open::Store;
use crate::project::{Saying, StandingValues, canonical, group_of, read_person_id, said_of};
use crate::stop::OF_UNIT;
use crate::tx::{Sql, Tx, bits};
use chrono::NaiveDate;
use domain::ids::{ItemCode, PersonId, RoundId, UnitCode};
use protocol::convert::day_number;
use std::collections::{BTreeMap, BTreeSet};

/// What was recorded of somebody at one stop on one day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Visit {
    /// Items with an answer from there that were not withdrawn since; empty where somebody was only registered or bled.
    pub items: BTreeSet<ItemCode>,
}

/// Checkups of the unit with anything recorded. Their day says nothing of another day's visit: it is that of what is current.
const BEGUN: &str = "SELECT c.person FROM checkup c
     WHERE c.round = $1 AND c.day IS NOT NULL AND {of_unit}";
/// Registered at the unit on the day.
const REGISTERED: &str = "SELECT DISTINCT t.person FROM unit_key u
     JOIN told t ON t.unit_no = u.unit_no AND t.round = $1 AND t.source = 1
     WHERE u.unit = $2 AND t.day = $3";
/// Bled at the unit on the day.
const BLED: &str = "SELECT DISTINCT t.person FROM unit_key u
     JOIN tube t ON t.unit_no = u.unit_no AND t.round = $1 AND t.act = 1
     WHERE u.unit = $2 AND t.day = $3";

impl Store {
    /// Who came to `unit` on `day`, by canonical id. Whoever is only noted as absent did not come; putting a value right is no visit.
    pub fn visits(
        &self,
        round: RoundId,
        unit: &UnitCode,
        day: NaiveDate,
    ) -> Result<BTreeMap<PersonId, Visit>, StoreError> {
        let params = [bits(round.0).into(), Sql::Text(&unit.0), day_number(day).into()];
        self.read(|tx| {
            let mut visits: BTreeMap<PersonId, Visit> = BTreeMap::new();
            for sql in [REGISTERED, BLED] {
                for person in tx.rows(sql, &params, |row| read_person_id(row, 0))? {
                    visits.entry(canonical(tx, person)?).or_default();
                }
            }
            let sql = BEGUN.replace("{of_unit}", OF_UNIT);
            for person in tx.rows(&sql, &params[..2], |row| read_person_id(row, 0))? {
                let (visit, is_there) = self.recorded(tx, round, person, (unit, day))?;
                if is_there {
                    visits.insert(person, visit);
                } else if let Some(known) = visits.get_mut(&person) {
                    *known = visit;
                }
            }
            Ok(visits)
        })
    }

    /// What saves of the day at the unit answered, and whether anything was found out.
    fn recorded(
        &self,
        tx: &dyn Tx,
        round: RoundId,
        person: PersonId,
        (unit, day): (&UnitCode, NaiveDate),
    ) -> Result<(Visit, bool), StoreError> {
        let said = said_of(tx, &group_of(tx, person)?, round.0)?;
        let values = StandingValues::of(self.catalogue(), &said);
        let stands: BTreeSet<ItemCode> = values.current().map(|given| given.item).collect();
        let day = Some(day_number(day));
        let (mut visit, mut is_there) = (Visit::default(), false);
        for given in values.values.iter().filter(|given| stands.contains(&given.item)) {
            let one = &said[given.said];
            let is_sitting = matches!(&one.saying, Saying::Save(save) if save.reason.is_empty());
            if one.is_applied && is_sitting && one.unit == *unit && one.header.day == day {
                visit.items.insert(given.item);
                is_there |= given.value.value.is_present();
            }
        }
        Ok((visit, is_there))
    }
}
