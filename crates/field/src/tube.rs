//! Tubes and laboratories on this device: the doing is `office`'s; here it meets this device's store, clock and rights.

use crate::home::{Acting, Home};
use domain::ids::{PersonId, UnitCode};
use office::{
    ArrivalOrder, ArrivalSaid, HandoverDay, HeldRowOfLab, LabDecision, LabImported, LabOrder,
    StrayedTube, TubeBound, TubeCount,
};
use protocol::{Code, Failure};

/// A tube in the hand of whoever draws blood.
#[derive(Debug, Clone, Default)]
pub struct TubeOrder {
    pub round: String,
    /// The stop.
    pub unit: String,
    /// A person's id, ID number, label or any text that finds exactly one.
    pub person: String,
    /// As scanned off the tube.
    pub code: String,
    /// A kind's key or name.
    pub tube: String,
    /// Needed where the code is bound otherwise already.
    pub reason: String,
    /// `2026-09-14`; none = today by this device's clock, within the round.
    pub day: Option<String>,
    pub operator: Option<String>,
    pub examiner: Option<String>,
}

impl Home {
    pub fn bind_tube(&mut self, order: &TubeOrder) -> Result<TubeBound, Failure> {
        let unit = UnitCode(order.unit.clone());
        let round = self.whole_round(&order.round)?;
        let day = match &order.day {
            Some(day) => day.parse().map_err(|_| Failure::at(Code::ValueInvalid, "--day"))?,
            None => self.today_in(&round),
        };
        let person = self.person_named(&order.person)?;
        let acting = Acting {
            round: Some(round.id),
            day: Some(day),
            operator: self.recorder(order.operator.as_deref())?,
            examiner: self.examiner(order.examiner.as_deref())?,
            station: None,
        };
        let tube = (order.code.as_str(), order.tube.as_str());
        self.bind_at(&unit, &acting, person, tube, &order.reason)
    }

    /// Binds a code, with its kind's key or name, at a stop.
    pub(crate) fn bind_at(
        &mut self,
        unit: &UnitCode,
        acting: &Acting,
        person: PersonId,
        tube: (&str, &str),
        reason: &str,
    ) -> Result<TubeBound, Failure> {
        if !self.scope_of(acting.operator)?.iter().any(|scope| scope.covers(unit)) {
            return Err(Failure::new(Code::OutOfScope));
        }
        self.refuse_barred(unit)?;
        let header = self.header(acting, Some(person));
        office::bind_tube(&mut self.store, unit, &header, tube, reason)
    }

    /// 需重采: the sample is no good.
    pub fn spoil_tube(
        &mut self,
        round: &str,
        code: &str,
        reason: &str,
    ) -> Result<TubeBound, Failure> {
        let round = self.whole_round(round)?;
        let day = Some(self.today_in(&round));
        let acting = Acting { round: Some(round.id), day, ..Acting::default() };
        let header = self.header(&acting, None);
        office::spoil_tube(&mut self.store, &header, code, reason)
    }

    /// Records what arrived of a stop's tubes of a day.
    pub fn record_arrival(
        &mut self,
        round: &str,
        unit: &str,
        order: &ArrivalOrder,
        operator: Option<&str>,
    ) -> Result<ArrivalSaid, Failure> {
        let round = self.whole_round(round)?;
        let unit = office::unit_named(&self.store, unit)?;
        let operator = self.recorder(operator)?;
        let acting = Acting { round: Some(round.id), operator, ..Acting::default() };
        self.arrive_at(&unit, &acting, order)
    }

    pub(crate) fn arrive_at(
        &mut self,
        unit: &UnitCode,
        acting: &Acting,
        order: &ArrivalOrder,
    ) -> Result<ArrivalSaid, Failure> {
        if !self.scope_of(acting.operator)?.iter().any(|scope| scope.covers(unit)) {
            return Err(Failure::new(Code::OutOfScope));
        }
        self.refuse_barred(unit)?;
        let header = self.header(acting, None);
        let today = self.host.today();
        office::record_arrival(&mut self.store, unit, &header, order, today)
    }

    /// What a stop handed over by day, and what arrived of it.
    pub fn handover_days(&self, round: &str, unit: &str) -> Result<Vec<HandoverDay>, Failure> {
        let round = self.whole_round(round)?;
        office::handover_days(&self.store, round.id, &office::unit_named(&self.store, unit)?)
    }

    pub fn import_lab(&mut self, order: &LabOrder) -> Result<LabImported, Failure> {
        let scope = self.scope()?;
        let header = self.header(&Acting::default(), None);
        office::import_lab(&mut self.store, order, Some(&scope), &header)
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
        let scope = self.scope()?;
        let header = self.header(&Acting::default(), None);
        office::resolve_lab(&mut self.store, round, id, decision, Some(&scope), &header)
    }

    /// 未检, 待回报, 已回报, 需重采 of each kind of tube at a stop.
    pub fn tube_counts(&self, round: &str, unit: &str) -> Result<Vec<TubeCount>, Failure> {
        let round = self.whole_round(round)?;
        let unit = office::unit_named(&self.store, unit)?;
        office::tube_counts(&self.store, round.id, &unit, self.today_in(&round))
    }
}
