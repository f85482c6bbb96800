//! What a round's checkups would be if it stood at another catalogue version or set other levels, and where it has stood. Read and never
//! written; moving it is the server's, by the round's fact.

use crate::conclusion::conclusion_state;
use crate::error::StoreError;
use crate::open::Store;
use crate::project::{known_of, policies_of, setting_of, supposed};
use domain::catalogue::RoundSetting;
use domain::conclusion::ConclusionState;
use domain::facts::PersonDetails;
use domain::ids::{PersonId, RoundId, UnitCode};
use domain::rule::Judgement;
use prost::Message;
use protocol::Kind;
use protocol::fact::RoundFact;
use std::collections::BTreeSet;

/// A checkup of which another version says something else.
#[derive(Debug, Clone, PartialEq)]
pub struct Supposed {
    pub person: PersonId,
    /// In full: who shows it masks it.
    pub details: PersonDetails,
    /// Counts the person.
    pub unit: UnitCode,
    pub conclusion: ConclusionState,
    pub before: Vec<Judgement>,
    pub after: Vec<Judgement>,
}

impl Store {
    /// Checkups that would be judged otherwise if the round were set so, by unit, and how many checkups there are. What it says is
    /// what the projection will hold: the same code makes both.
    pub fn suppose(
        &self,
        round: RoundId,
        setting: &RoundSetting,
    ) -> Result<(Vec<Supposed>, usize), StoreError> {
        self.read(|tx| {
            let all = supposed(tx, self.catalogue(), round.0, setting)?;
            let count = all.len();
            let mut changed = Vec::new();
            for (person, row, after) in all.into_iter().filter(|(_, row, a)| row.judgements != *a) {
                let known = known_of(tx, person)?.unwrap_or_default();
                changed.push(Supposed {
                    person,
                    details: PersonDetails::from(&known.details),
                    unit: row.unit,
                    conclusion: conclusion_state(tx, round, person)?,
                    before: row.judgements,
                    after,
                });
            }
            Ok((changed, count))
        })
    }

    /// Every version a round has stood at.
    pub fn round_versions(&self, round: RoundId) -> Result<BTreeSet<u32>, StoreError> {
        let said = self.read(|tx| policies_of(tx, Kind::Round, &round.to_string()))?;
        let facts = said.iter().filter_map(|(_, fact)| RoundFact::decode(fact.as_slice()).ok());
        Ok(facts.map(|fact| setting_of(&fact).version()).collect())
    }
}
