//! Final reports that were printed or handed over: what was said of each, and which of it still stands. Who holds which
//! version after that is `domain::delivery`'s.

use super::about::{About, AboutTable, facts_about};
use super::conclusion::{Concluded, references};
use super::place::Stored;
use super::work::Work;
use crate::error::StoreError;
use crate::tx::Tx;
use domain::ids::PersonId;
use ledger::Reference;
use protocol::fact::DeliveryFact;
use protocol::{Fact, Header};
use std::collections::{BTreeMap, BTreeSet};

/// One thing said of a report, read from its entry.
#[derive(Debug, Clone)]
pub(crate) struct DeliveryAt {
    pub reference: Reference,
    pub header: Header,
    pub fact: DeliveryFact,
    /// The signature it speaks of, by the name it has here.
    pub conclusion: Option<Reference>,
    /// Nothing stands in its place.
    pub stands: bool,
}

impl Work<'_> {
    /// Puts the row in, or takes it out. Nothing of the checkup follows from it.
    pub(super) fn place_delivery(&mut self, one: &Stored, put: bool) -> Result<(), StoreError> {
        self.place_about(AboutTable::Delivery, one, put)?;
        Ok(())
    }
}

/// Everything said of one person's reports of a round, by version, then by day.
pub(crate) fn deliveries_of(
    tx: &dyn Tx,
    round: u64,
    group: &[PersonId],
    concluded: &[Concluded],
) -> Result<Vec<DeliveryAt>, StoreError> {
    let found = facts_about(tx, AboutTable::Delivery, round, group)?;
    let mut named: BTreeSet<Reference> = BTreeSet::new();
    for About { fact, .. } in &found {
        if let Fact::Delivery(fact) = fact {
            named.extend(references(&fact.replaces));
        }
    }
    let first: BTreeMap<Reference, Reference> =
        concluded.iter().flat_map(|one| one.also.iter().map(|at| (*at, one.reference))).collect();
    let mut all: Vec<DeliveryAt> = found
        .into_iter()
        .filter_map(|About { reference, also, header, fact }| {
            let Fact::Delivery(fact) = fact else { return None };
            let of = fact.conclusion.as_ref().and_then(|of| Reference::try_from(of).ok());
            let conclusion = of.map(|of| first.get(&of).copied().unwrap_or(of));
            let is_named = std::iter::once(&reference).chain(&also).any(|at| named.contains(at));
            Some(DeliveryAt { reference, header, fact, conclusion, stands: !is_named })
        })
        .collect();
    all.sort_by_key(|one| (one.fact.version, one.header.day, one.reference));
    Ok(all)
}
