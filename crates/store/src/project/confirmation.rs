//! What examiners confirmed of results that were typed for them, and which saves still wait for it. A save waits while a value of it is current and no
//! confirmation names it: a later value is another save, and waits again. Whether whoever typed it examined themselves is
//! read off the directory by whoever asks, since accounts may come after saves.

use super::about::{About, AboutTable, facts_about};
use super::checkup::Input;
use super::current::{Said, Saying, Standing};
use super::people::group_of;
use super::place::Stored;
use super::work::Work;
use crate::error::StoreError;
use crate::tx::{Sql, Tx, bits};
use domain::catalogue::Catalogue;
use domain::ids::{OperatorId, PersonId, StationCode};
use ledger::Reference;
use protocol::Fact;
use std::collections::{BTreeMap, BTreeSet};

/// Who confirmed a save. Of several the first by reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ConfirmedAt {
    pub operator: OperatorId,
}

impl Work<'_> {
    /// Puts the row of one confirmation in, or takes it out. Its checkup is settled afterwards.
    pub(super) fn place_confirmation(&mut self, one: &Stored, put: bool) -> Result<(), StoreError> {
        self.place_about(AboutTable::Confirmation, one, put)?;
        Ok(())
    }

    /// The saves of a checkup that no confirmation names; none at an id that is no longer its group's.
    pub(super) fn settle_confirmations(
        &mut self,
        round: u64,
        canon: PersonId,
        made: Option<&Input>,
    ) -> Result<(), StoreError> {
        let said = made.map(|input| input.said.as_slice()).unwrap_or_default();
        let is_here = said.iter().any(|one| dictated_at(self.catalogue, one).is_some());
        // Also where none is dictated now: an id that was joined to this one may have had one, and be apart again.
        let sql = "DELETE FROM unconfirmed WHERE round = $1 AND person = $2";
        self.tx.exec(sql, &[bits(round).into(), canon.0.as_bytes().into()])?;
        if !is_here {
            return Ok(());
        }
        let confirmed = confirmed_of(self.tx, round, &group_of(self.tx, canon)?)?;
        for (station, one) in waiting(self.catalogue, said, &confirmed) {
            self.tx.exec(
                "INSERT INTO unconfirmed
                     (round, person, station, writer, seq, hash8, operator, examiner)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
                &[
                    bits(round).into(),
                    canon.0.as_bytes().into(),
                    i64::from(station.0).into(),
                    Sql::Blob(&one.reference.writer.0),
                    bits(one.reference.seq).into(),
                    bits(u64::from_be_bytes(one.reference.hash8)).into(),
                    bits(one.header.operator).into(),
                    bits(one.header.examiner).into(),
                ],
            )?;
        }
        Ok(())
    }
}

/// The station of dictated findings that a save is of. What a laboratory reported nobody dictated.
pub(crate) fn dictated_at(catalogue: &Catalogue, said: &Said) -> Option<StationCode> {
    let Saying::Save(save) = &said.saying else { return None };
    let station = u16::try_from(said.header.station).ok().map(StationCode)?;
    (save.lab.is_none() && catalogue.is_dictated(station)).then_some(station)
}

/// Applied saves with a current value that is one, which no confirmation names.
fn waiting<'s>(
    catalogue: &Catalogue,
    said: &'s [Said],
    confirmed: &BTreeMap<Reference, ConfirmedAt>,
) -> Vec<(StationCode, &'s Said)> {
    let values = Standing::of(catalogue, said);
    let given: BTreeSet<usize> =
        values.current().filter(|one| one.value.value.is_present()).map(|one| one.said).collect();
    let waits = given.into_iter().filter_map(|at| {
        let one = said.get(at)?;
        let station = dictated_at(catalogue, one)?;
        one.confirmed(confirmed).is_none().then_some((station, one))
    });
    waits.collect()
}

impl Said {
    /// Who confirmed it, by any name it has.
    pub(crate) fn confirmed(
        &self,
        confirmed: &BTreeMap<Reference, ConfirmedAt>,
    ) -> Option<ConfirmedAt> {
        let mut names = std::iter::once(&self.reference).chain(&self.also);
        names.find_map(|at| confirmed.get(at)).copied()
    }
}

/// Every save about one person in a round that an applied confirmation names, whichever of the person's ids it names.
pub(crate) fn confirmed_of(
    tx: &dyn Tx,
    round: u64,
    group: &[PersonId],
) -> Result<BTreeMap<Reference, ConfirmedAt>, StoreError> {
    let mut confirmed = BTreeMap::new();
    for About { header, fact, .. } in facts_about(tx, AboutTable::Confirmation, round, group)? {
        let Fact::Confirmation(fact) = fact else { continue };
        for save in &fact.saves {
            let Ok(reference) = Reference::try_from(save) else { continue };
            let by = ConfirmedAt { operator: OperatorId(header.operator) };
            confirmed.entry(reference).or_insert(by);
        }
    }
    Ok(confirmed)
}
