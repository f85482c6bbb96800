//! What was said of a stop's tubes where they arrived. Not who may say it, nor how far a tube is after it (`domain::arrival`).

use crate::error::StoreError;
use crate::open::Store;
use crate::project::arrivals_of;
use crate::tx::Sql;
use chrono::NaiveDate;
use domain::ids::{RoundId, UnitCode};
use ledger::Reference;
use protocol::convert::day_date;
use protocol::fact::ArrivalFact;

/// One count of a stop's tubes of one day.
#[derive(Debug, Clone, PartialEq)]
pub struct ArrivalView {
    pub reference: Reference,
    /// The day the tubes were drawn on.
    pub day: NaiveDate,
    pub fact: ArrivalFact,
    /// Nothing stands in its place.
    pub stands: bool,
}

impl Store {
    /// Every count of a unit's tubes in a round, by the day they were drawn on, also those that others replace.
    pub fn arrivals(
        &self,
        round: RoundId,
        unit: &UnitCode,
    ) -> Result<Vec<ArrivalView>, StoreError> {
        self.read(|tx| {
            let sql = "SELECT unit_no FROM unit_key WHERE unit = $1";
            let Some(unit_no) = tx.int(sql, &[Sql::Text(&unit.0)])? else { return Ok(Vec::new()) };
            let all = arrivals_of(tx, round.0, unit_no)?.into_iter().filter_map(|one| {
                let day = one.header.day.and_then(day_date)?;
                let (reference, fact, stands) = (one.reference, one.fact, one.stands);
                Some(ArrivalView { reference, day, fact, stands })
            });
            Ok(all.collect())
        })
    }
}
