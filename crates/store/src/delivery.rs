//! What was said of one person's reports: printed, handed over, taken back. Not who may say it, nor what is said to whom.

use crate::directory::operators;
use crate::error::StoreError;
use crate::open::Store;
use crate::project::{canonical, conclusions_of, deliveries_of, group_of, read_person_id};
use crate::tx::bits;
use chrono::NaiveDate;
use domain::ids::{OperatorId, PersonId, RoundId};
use ledger::Reference;
use protocol::convert::day_date;
use protocol::fact::DeliveryFact;
use std::collections::BTreeMap;

/// One thing said of a report.
#[derive(Debug, Clone, PartialEq)]
pub struct DeliveryView {
    pub reference: Reference,
    pub day: Option<NaiveDate>,
    pub operator: OperatorId,
    /// Their name, where known; else the id.
    pub operator_name: String,
    /// The signature it speaks of, as `ConclusionView` names it.
    pub conclusion: Option<Reference>,
    pub fact: DeliveryFact,
    /// Nothing stands in its place.
    pub stands: bool,
}

impl Store {
    /// Of whose reports anything was said in a round, by the ids they have now.
    pub fn delivered_people(&self, round: RoundId) -> Result<Vec<PersonId>, StoreError> {
        let sql = "SELECT DISTINCT person FROM delivery WHERE round = $1 ORDER BY person";
        self.read(|tx| {
            let named = tx.rows(sql, &[bits(round.0).into()], |row| read_person_id(row, 0))?;
            let mut people = Vec::with_capacity(named.len());
            for person in named {
                people.push(canonical(tx, person)?);
            }
            people.sort_unstable();
            people.dedup();
            Ok(people)
        })
    }

    /// By version, then by day.
    pub fn deliveries(
        &self,
        round: RoundId,
        person: PersonId,
    ) -> Result<Vec<DeliveryView>, StoreError> {
        self.read(|tx| {
            let group = group_of(tx, canonical(tx, person)?)?;
            let concluded = conclusions_of(tx, round.0, &group)?;
            let all = deliveries_of(tx, round.0, &group, &concluded)?;
            if all.is_empty() {
                return Ok(Vec::new());
            }
            let names: BTreeMap<u64, String> =
                operators(tx)?.into_iter().map(|o| (o.id.0, o.name)).collect();
            let view = all.into_iter().map(|one| {
                let operator = one.header.operator;
                let name = names.get(&operator).cloned();
                DeliveryView {
                    reference: one.reference,
                    day: one.header.day.and_then(day_date),
                    operator: OperatorId(operator),
                    operator_name: name.unwrap_or_else(|| format!("{operator:016x}")),
                    conclusion: one.conclusion,
                    stands: one.stands,
                    fact: one.fact,
                }
            });
            Ok(view.collect())
        })
    }
}
