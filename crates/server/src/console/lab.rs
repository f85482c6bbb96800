//! Laboratories' results taken in at the server: the doing is `office`'s. Every unit may be written to.

use super::Console;
use crate::data::failed;
use office::{HeldRowOfLab, LabImported, LabOrder, Moment, TubeCount};
use protocol::{Code, Failure};

impl Console {
    pub fn import_lab(&mut self, order: &LabOrder) -> Result<LabImported, Failure> {
        let header = self.header(0)?;
        let imported = office::import_lab(&mut self.store, order, None, &header)?;
        self.seal()?;
        Ok(imported)
    }

    pub fn lab_held(&self, round: Option<&str>) -> Result<Vec<HeldRowOfLab>, Failure> {
        office::lab_held(&self.store, round)
    }

    pub fn resolve_lab(
        &mut self,
        round: Option<&str>,
        id: &str,
        code: Option<&str>,
    ) -> Result<LabImported, Failure> {
        let header = self.header(0)?;
        let imported = office::resolve_lab(&mut self.store, round, id, code, None, &header)?;
        self.seal()?;
        Ok(imported)
    }

    /// 未检, 待回报, 已回报, 需重采 of each kind of tube at a stop.
    pub fn tube_counts(&self, round: &str, unit: &str) -> Result<Vec<TubeCount>, Failure> {
        let round = self.store.round(round).map_err(failed)?;
        let round = round.ok_or(Failure::new(Code::RoundUnknown))?;
        let unit = office::unit_named(&self.store, unit)?;
        let today = Moment::at(crate::host::unix_ms()).today;
        office::tube_counts(&self.store, round.id, &unit, today)
    }
}
