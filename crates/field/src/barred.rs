//! Units at which nothing new is recorded here: retired ones, and those whose closed stop has left this device. Said with
//! what to do instead. Not what becomes of work done there before: that is sent and counted as ever.

use crate::home::{Home, failed};
use domain::ids::UnitCode;
use protocol::{Code, Failure};
use std::collections::BTreeMap;

impl Home {
    /// Every such unit, with the refusal a person reads.
    pub(crate) fn barred(&self) -> Result<BTreeMap<UnitCode, Failure>, Failure> {
        let mut barred = BTreeMap::new();
        for unit in self.store.dropped_units().map_err(failed)? {
            barred.insert(UnitCode(unit.to_string()), Failure::new(Code::StopClosed));
        }
        for unit in self.store.retired_units().map_err(failed)?.into_keys() {
            if let Err(refusal) = office::refuse_retired(&self.store, &unit) {
                barred.insert(unit, refusal);
            }
        }
        Ok(barred)
    }

    pub(crate) fn refuse_barred(&self, unit: &UnitCode) -> Result<(), Failure> {
        self.barred()?.remove(unit).map_or(Ok(()), Err)
    }
}
