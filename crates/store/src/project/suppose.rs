//! What another catalogue version, or other levels, would say of checkups as they stand: made by the code that projects them, and written
//! nowhere. Not who moves a round, nor what changes are called.

use super::checkup::CheckupRow;
use super::checkup_table::{ROW_COLUMNS, read_row};
use super::people::id;
use super::work::Work;
use crate::error::StoreError;
use crate::tx::{Tx, bits};
use domain::catalogue::{Catalogue, RoundSetting};
use domain::ids::PersonId;
use domain::rule::Judgement;

/// Every checkup of a round as it stands, and what it would be if the round were set so, by canonical id.
pub(crate) fn supposed(
    tx: &dyn Tx,
    catalogue: &Catalogue,
    round: u64,
    setting: &RoundSetting,
) -> Result<Vec<(PersonId, CheckupRow, Vec<Judgement>)>, StoreError> {
    let sql = format!(
        "SELECT {ROW_COLUMNS}, c.person FROM checkup c WHERE c.round = $1 ORDER BY c.unit, c.person"
    );
    let rows =
        tx.rows(&sql, &[bits(round).into()], |row| Ok((id(row, 15)?, read_row(catalogue, row)?)))?;
    let mut work = Work::new(tx, catalogue);
    work.suppose(round, setting);
    let mut all = Vec::with_capacity(rows.len());
    for (person, row) in rows {
        let made = CheckupRow::of(&work.input(round, person)?);
        let judgements = made.map(|made| made.judgements).unwrap_or_default();
        all.push((person, row, judgements));
    }
    Ok(all)
}

/// What `version` says of one checkup; `None` where the round stands there, or the version is not known here.
pub(crate) fn judged_at(
    tx: &dyn Tx,
    catalogue: &Catalogue,
    (round, canon): (u64, PersonId),
    version: u32,
) -> Result<Option<Vec<Judgement>>, StoreError> {
    Ok(Work::new(tx, catalogue).input(round, canon)?.judged_at(version))
}
