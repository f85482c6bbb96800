//! Consents as they stand: what holds of one person, and who said what when. Not what a refusal closes (`domain::consent`).

use crate::error::StoreError;
use crate::open::Store;
use crate::project::{ConsentAt, canonical, consent_of, consents_of, group_of, standing_consents};
use chrono::NaiveDate;
use domain::consent::Consent;
use domain::ids::{OperatorId, PersonId, RoundId};
use ledger::Reference;
use protocol::convert::day_date;
use protocol::fact::ConsentSource;

/// One slip that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlipView {
    pub reference: Reference,
    pub day: Option<NaiveDate>,
    /// Nobody named = 0.
    pub operator: OperatorId,
    pub is_of_file: bool,
    pub says: Consent,
}

impl Store {
    /// What holds of one person in a round. Whether the person needs a slip at all is the caller's to ask.
    pub fn consent(&self, round: RoundId, person: PersonId) -> Result<Consent, StoreError> {
        self.read(|tx| consent_of(tx, round.0, canonical(tx, person)?))
    }

    /// The slips that stand about one person; several where two people said otherwise unaware of each other.
    pub fn slips(&self, round: RoundId, person: PersonId) -> Result<Vec<SlipView>, StoreError> {
        self.read(|tx| {
            let group = group_of(tx, canonical(tx, person)?)?;
            let all = consents_of(tx, round.0, &group)?;
            let view = |one: &&ConsentAt| {
                Some(SlipView {
                    reference: one.reference,
                    day: one.header.day.and_then(day_date),
                    operator: OperatorId(one.header.operator),
                    is_of_file: one.fact.source == ConsentSource::File as u32,
                    says: one.says()?,
                })
            };
            Ok(standing_consents(&all).iter().filter_map(view).collect())
        })
    }
}
