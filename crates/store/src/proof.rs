//! What proves a unit's work on paper: each writer's count and chain as they stand here, and the digest over all. The
//! same on another replica exactly when it holds the same entries. Not the comparison (`sync`, by the same digests).

use crate::certificate::{certificates, own_ids};
use crate::enrolment::enrolment_in;
use crate::error::StoreError;
use crate::open::Store;
use crate::stream::heads_in;
use domain::ids::UnitCode;
use ledger::{Head, UnitKey, WriterId, unit_digest};

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
