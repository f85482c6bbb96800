//! Which dictated results wait for their examiner's word, and what an entry that confirms names. Not who may confirm what is whose
//! (`domain::confirm`), nor what is said to whom.

use crate::directory::people_at_work;
use crate::error::StoreError;
use crate::open::Store;
use crate::project::{canonical, group_of, read_person_id, said_of};
use crate::stop::OF_UNIT;
use crate::stream::array;
use crate::tx::{Row, Sql, Tx, bits, unbits};
use domain::confirm::PeopleAtWork;
use domain::ids::{ExaminerId, OperatorId, PersonId, RoundId, StationCode, UnitCode};
use ledger::{Reference, WriterId};
use std::collections::BTreeMap;

/// A save that nobody who examined stands behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unconfirmed {
    /// By the canonical id.
    pub person: PersonId,
    pub station: StationCode,
    /// The save.
    pub reference: Reference,
    /// Who typed; `None` = practice without an account.
    pub operator: Option<OperatorId>,
    /// Who examined, where the save says so.
    pub examiner: Option<ExaminerId>,
}

const COLUMNS: &str = "n.person, n.station, n.writer, n.seq, n.hash8, n.operator, n.examiner";

impl Store {
    /// Of whoever counts at a unit or was examined there, by person and station.
    pub fn unconfirmed(
        &self,
        round: RoundId,
        unit: &UnitCode,
    ) -> Result<Vec<Unconfirmed>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM unconfirmed n
             JOIN checkup c ON c.round = n.round AND c.person = n.person
             WHERE n.round = $1 AND {OF_UNIT}
             ORDER BY n.person, n.station, n.writer, n.seq"
        );
        self.read(|tx| waiting(tx, &sql, &[bits(round.0).into(), Sql::Text(&unit.0)]))
    }

    /// Who examined, as the entry that gave a value says; `None` where it names nobody, or is not about this checkup.
    pub fn examiner_of(
        &self,
        round: RoundId,
        person: PersonId,
        entry: &Reference,
    ) -> Result<Option<ExaminerId>, StoreError> {
        self.read(|tx| {
            let group = group_of(tx, canonical(tx, person)?)?;
            let said = said_of(tx, &group, round.0)?;
            let found = said.iter().find(|one| one.reference == *entry || one.also.contains(entry));
            let examiner = found.map(|one| one.header.examiner).filter(|id| *id != 0);
            Ok(examiner.map(ExaminerId))
        })
    }

    /// Whose word is whose.
    pub fn people_at_work(&self) -> Result<PeopleAtWork, StoreError> {
        self.read(people_at_work)
    }
}

/// Stations of each person of a round at which something waits.
pub(crate) fn unconfirmed_stations(
    tx: &dyn Tx,
    round: RoundId,
) -> Result<BTreeMap<PersonId, Vec<StationCode>>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM unconfirmed n WHERE n.round = $1 ORDER BY n.person, n.station"
    );
    let mut stations: BTreeMap<PersonId, Vec<StationCode>> = BTreeMap::new();
    for one in waiting(tx, &sql, &[bits(round.0).into()])? {
        let of_person = stations.entry(one.person).or_default();
        if !of_person.contains(&one.station) {
            of_person.push(one.station);
        }
    }
    Ok(stations)
}

fn waiting(tx: &dyn Tx, sql: &str, params: &[Sql]) -> Result<Vec<Unconfirmed>, StoreError> {
    let people = people_at_work(tx)?;
    let mut all = tx.rows(sql, params, read)?;
    all.retain(|one| !one.operator.is_some_and(|typed| people.is_examiner(typed, one.examiner)));
    Ok(all)
}

fn read(row: &dyn Row) -> Result<Unconfirmed, StoreError> {
    let station = u16::try_from(row.int(1)?).map_err(|_| StoreError::Stored("unconfirmed"))?;
    let known = |id: i64| Some(unbits(id)).filter(|id| *id != 0);
    Ok(Unconfirmed {
        person: read_person_id(row, 0)?,
        station: StationCode(station),
        reference: Reference {
            writer: WriterId(array(row.blob(2)?)?),
            seq: unbits(row.int(3)?),
            hash8: unbits(row.int(4)?).to_be_bytes(),
        },
        operator: known(row.int(5)?).map(OperatorId),
        examiner: known(row.int(6)?).map(ExaminerId),
    })
}
