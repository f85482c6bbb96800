//! Laboratories' results taken in at the server: the doing is `office`'s. Every unit may be written to.

use super::Console;
use crate::data::failed;
use office::{
    ArrivalOrder, ArrivalSaid, HandoverDay, HeldRowOfLab, LabDecision, LabImported, LabOrder,
    Moment, StrayedTube, TubeCount,
};
use protocol::{Code, Failure, Header};

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

    pub fn lab_strayed(&self, round: Option<&str>) -> Result<Vec<StrayedTube>, Failure> {
        office::lab_strayed(&self.store, round)
    }

    pub fn resolve_lab(
        &mut self,
        round: Option<&str>,
        id: &str,
        decision: LabDecision,
    ) -> Result<LabImported, Failure> {
        let header = self.header(0)?;
        let imported = office::resolve_lab(&mut self.store, round, id, decision, None, &header)?;
        self.seal()?;
        Ok(imported)
    }

    /// Records what arrived of a stop's tubes of a day.
    pub fn record_arrival(
        &mut self,
        round: &str,
        unit: &str,
        order: &ArrivalOrder,
        operator: Option<&str>,
    ) -> Result<ArrivalSaid, Failure> {
        let id = self.round_id(round)?;
        let unit = office::unit_named(&self.store, unit)?;
        let mut header = Header { round: id.0, ..self.header(0)? };
        if let Some(named) = operator {
            let operators = self.store.operators().map_err(failed)?;
            let found = operators.iter().find(|o| o.account == named || o.id.to_string() == named);
            header.operator = found.ok_or(Failure::new(Code::OperatorUnknown))?.id.0;
            self.may_write(&header)?(&unit)?;
        }
        office::refuse_retired(&self.store, &unit)?;
        let today = Moment::at(crate::host::unix_ms()).today;
        let said = office::record_arrival(&mut self.store, &unit, &header, order, today)?;
        self.seal()?;
        Ok(said)
    }

    /// What a stop handed over by day, and what arrived of it.
    pub fn handover_days(&self, round: &str, unit: &str) -> Result<Vec<HandoverDay>, Failure> {
        let round = self.round_id(round)?;
        office::handover_days(&self.store, round, &office::unit_named(&self.store, unit)?)
    }

    fn round_id(&self, named: &str) -> Result<domain::ids::RoundId, Failure> {
        let round = self.store.round(named).map_err(failed)?;
        Ok(round.ok_or(Failure::new(Code::RoundUnknown))?.id)
    }

    /// 未检, 待回报, 已回报, 需重采 of each kind of tube at a stop.
    pub fn tube_counts(&self, round: &str, unit: &str) -> Result<Vec<TubeCount>, Failure> {
        let round = self.round_id(round)?;
        let unit = office::unit_named(&self.store, unit)?;
        let today = Moment::at(crate::host::unix_ms()).today;
        office::tube_counts(&self.store, round, &unit, today)
    }
}
