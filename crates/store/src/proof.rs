//! What proves a unit's work on paper: each writer's count and chain as they stand here, and the digest over all. The
//! same on another replica exactly when it holds the same entries. Not the comparison (`sync`, by the same digests).

use crate::certificate::{certificates, own_ids};
use crate::enrolment::enrolment_in;
use crate::error::StoreError;
use crate::open::Store;
use crate::stream::{array, heads_in};
use chrono::NaiveDate;
use domain::ids::UnitCode;
use ledger::{Head, UnitKey, WriterId, unit_digest};
use protocol::Entry;
use protocol::convert::day_number;
use std::collections::BTreeMap;

const OF_UNIT: &str = "SELECT w.writer, e.body FROM unit_key u
    JOIN entry e ON e.unit_no = u.unit_no
    JOIN writer w ON w.writer_no = e.writer_no WHERE u.unit = $1";

/// One writer's stream in a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamProof {
    pub writer: WriterId,
    /// What people call the device; `None` for the server and for a device not known here.
    pub device: Option<String>,
    pub head: Head,
}

/// A unit's streams by writer, and [`ledger::unit_digest`] over them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitProof {
    pub streams: Vec<StreamProof>,
    pub digest: [u8; 16],
}

impl Store {
    /// Entries of a unit that say they are of this day, by writer. Reads each entry's header.
    pub fn unit_day_counts(
        &self,
        unit: &UnitCode,
        day: NaiveDate,
    ) -> Result<BTreeMap<WriterId, u64>, StoreError> {
        let wanted = day_number(day);
        self.read(|tx| {
            let rows = tx.rows(OF_UNIT, &[unit.0.as_str().into()], |row| {
                let is_of_day = Entry::decode_header(row.blob(1)?)
                    .is_ok_and(|header| header.day == Some(wanted));
                Ok((WriterId(array(row.blob(0)?)?), is_of_day))
            })?;
            let mut counts = BTreeMap::new();
            for (writer, _) in rows.into_iter().filter(|(_, is_of_day)| *is_of_day) {
                *counts.entry(writer).or_insert(0) += 1;
            }
            Ok(counts)
        })
    }

    /// What people call this device, where its server told.
    pub fn device_name(&self) -> Result<Option<String>, StoreError> {
        self.read(|tx| Ok(enrolment_in(tx, &own_ids(tx)?.0)?.map(|fact| fact.name)))
    }

    /// Where the streams of a unit stand here, those let go included.
    pub fn unit_proof(&self, unit: &UnitCode) -> Result<UnitProof, StoreError> {
        let key = UnitKey::try_new(&unit.0).map_err(|_| StoreError::Stored("unit"))?;
        self.read(|tx| {
            let heads = heads_in(tx, &key)?;
            let digest = unit_digest(&heads);
            let mut streams = Vec::new();
            for (key, head) in heads {
                let device = match certificates(tx, &key.writer)? {
                    Some((device, _)) => enrolment_in(tx, &device.device)?.map(|fact| fact.name),
                    None => None,
                };
                streams.push(StreamProof { writer: key.writer, device, head });
            }
            Ok(UnitProof { streams, digest })
        })
    }
}
