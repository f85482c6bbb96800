//! Conclusions about one checkup as they stand: who signed what over which values, and what has changed since. Not who
//! may sign, nor what is said to whom.

use crate::directory::{in_force, operators};
use crate::error::StoreError;
use crate::open::Store;
use crate::project::{
    Since, StandingValues, canonical, conclusions_of, group_of, judged_at, said_of, seen_then,
    since, standing_conclusions,
};
use crate::stop::checkup;
use crate::tube::strayed;
use crate::tx::{Sql, Tx, bits};
use chrono::NaiveDate;
use domain::conclusion::{ConclusionState, Results};
use domain::ids::{ItemCode, OperatorId, PersonId, RoundId, UnitCode};
use domain::rule::Judgement;
use ledger::Reference;
use protocol::convert::day_date;
use protocol::fact::ConclusionFact;
use std::collections::{BTreeMap, BTreeSet};

/// One signature ever given.
#[derive(Debug, Clone, PartialEq)]
pub struct ConclusionView {
    pub reference: Reference,
    pub day: Option<NaiveDate>,
    pub operator: OperatorId,
    /// The doctor's name, where known; else the id.
    pub doctor: String,
    pub fact: ConclusionFact,
    /// No other stands in its place.
    pub is_standing: bool,
    /// Current values as they were for the doctor, as far as they are here.
    pub then: Results,
}

/// Everything about one checkup that a doctor signs over, and what was signed before.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Conclusions {
    pub state: ConclusionState,
    /// In the order of versions.
    pub all: Vec<ConclusionView>,
    /// Every applied save and void about the checkup: what a signature given now is over.
    pub seen: Vec<Reference>,
    pub results: Results,
    pub judgements: Vec<Judgement>,
    /// The catalogue version that judged.
    pub version: u32,
    /// Items with other values than when the one that stands was signed; empty where none or several stand.
    pub changed: BTreeSet<ItemCode>,
    /// Entries it was signed over that are not here yet.
    pub missing: usize,
    /// The rules propose something else than what it answers.
    pub is_judged_otherwise: bool,
    /// Tubes whose results stand here though their codes are bound to somebody else by now.
    pub strayed: Vec<String>,
}

impl Conclusions {
    /// The one that stands alone and concludes something.
    pub fn standing(&self) -> Option<&ConclusionView> {
        let mut standing = self.all.iter().filter(|one| one.is_standing);
        let only = standing.next().filter(|_| standing.next().is_none());
        only.filter(|one| !one.fact.withdrawn)
    }
}

/// Checkups counted at a unit, by how they stand to their conclusion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ConclusionCounts {
    pub signed: u64,
    pub look_again: u64,
    pub conflict: u64,
}

/// Of those who count at a unit or were examined there.
const COUNTS: &str = "SELECT d.state, count(*) FROM concluded d
     JOIN checkup c ON c.round = d.round AND c.person = d.person
     WHERE d.round = $1 AND (c.unit = $2 OR c.stop = $2) GROUP BY d.state";
const STATE: &str = "SELECT state FROM concluded WHERE round = $1 AND person = $2";

impl Store {
    pub fn conclusions(&self, round: RoundId, person: PersonId) -> Result<Conclusions, StoreError> {
        self.read(|tx| {
            let canon = canonical(tx, person)?;
            let group = group_of(tx, canon)?;
            let said = said_of(tx, &group, round.0)?;
            let force = in_force(tx, round)?;
            let checkup = checkup(tx, &force, round, canon)?;
            let judgements = checkup.map(|checkup| checkup.judgements).unwrap_or_default();
            let values = StandingValues::of(self.catalogue(), &said);
            let strayed = strayed(tx, round, &group, &said, &values)?;
            let results = values.results();
            let all = conclusions_of(tx, round.0, &group)?;
            let standing = standing_conclusions(&all);
            let since = match standing.as_slice() {
                [only] if !only.fact.withdrawn => {
                    let judged_at =
                        |version| judged_at(tx, self.catalogue(), (round.0, canon), version);
                    since(self.catalogue(), only, &said, &results, &judgements, &judged_at)?
                }
                [] | [_, ..] => Since::default(),
            };
            let names: BTreeMap<u64, String> =
                operators(tx)?.into_iter().map(|o| (o.id.0, o.name)).collect();
            let at: BTreeSet<Reference> = standing.iter().map(|one| one.reference).collect();
            let views = all.iter().map(|one| {
                let operator = one.header.operator;
                let name = names.get(&operator).cloned();
                ConclusionView {
                    reference: one.reference,
                    day: one.header.day.and_then(day_date),
                    operator: OperatorId(operator),
                    doctor: name.unwrap_or_else(|| format!("{operator:016x}")),
                    is_standing: at.contains(&one.reference),
                    then: seen_then(self.catalogue(), &one.fact, &said).0,
                    fact: one.fact.clone(),
                }
            });
            Ok(Conclusions {
                strayed,
                state: conclusion_state(tx, round, canon)?,
                all: views.collect(),
                seen: said.iter().filter(|s| s.is_applied).map(|s| s.reference).collect(),
                results,
                judgements,
                version: force.version,
                changed: since.changed,
                missing: since.missing,
                is_judged_otherwise: since.is_judged_otherwise,
            })
        })
    }

    /// How the checkups of a unit stand to their conclusions.
    pub fn conclusion_counts(
        &self,
        round: RoundId,
        unit: &UnitCode,
    ) -> Result<ConclusionCounts, StoreError> {
        self.read(|tx| {
            let params = [bits(round.0).into(), Sql::Text(&unit.0)];
            let mut counts = ConclusionCounts::default();
            for (state, people) in tx.rows(COUNTS, &params, |row| Ok((row.int(0)?, row.int(1)?)))? {
                let people = u64::try_from(people).unwrap_or(0);
                match state_of(state)? {
                    ConclusionState::None => {}
                    ConclusionState::Signed => counts.signed = people,
                    ConclusionState::LookAgain => counts.look_again = people,
                    ConclusionState::Conflict => counts.conflict = people,
                }
            }
            Ok(counts)
        })
    }
}

/// A checkup's state, by the canonical id.
pub(crate) fn conclusion_state(
    tx: &dyn Tx,
    round: RoundId,
    canon: PersonId,
) -> Result<ConclusionState, StoreError> {
    match tx.int(STATE, &[bits(round.0).into(), canon.0.as_bytes().into()])? {
        None => Ok(ConclusionState::None),
        Some(number) => state_of(number),
    }
}

fn state_of(number: i64) -> Result<ConclusionState, StoreError> {
    ConclusionState::of_number(number).ok_or(StoreError::Stored("concluded"))
}
