//! 检查者确认 at the server: the doing is `office`'s.

use super::Console;
use domain::ids::OperatorId;
use office::{ConfirmList, ConfirmOrder, ConfirmSave, Confirmed, Moment};
use protocol::convert::day_number;
use protocol::{Code, Failure, Header};
use store::Round;

impl Console {
    /// What waits for an examiner's word at a unit.
    pub fn confirm_list(&self, order: &ConfirmOrder) -> Result<ConfirmList, Failure> {
        let unit = office::unit_named(&self.store, &order.unit)?;
        let operator = order.operator.as_deref();
        let operator = operator.map(|who| office::confirming(&self.store, Some(who)));
        let operator: Option<OperatorId> = operator.transpose()?;
        office::confirm_list(&self.store, self.confirmed_round(order)?.id, &unit, operator)
    }

    /// Says that whoever is named examined and stands behind these saves.
    pub fn confirm(
        &mut self,
        order: &ConfirmOrder,
        saves: &[ConfirmSave],
    ) -> Result<Confirmed, Failure> {
        let unit = office::unit_named(&self.store, &order.unit)?;
        let round = self.confirmed_round(order)?;
        let today = Moment::at(crate::host::unix_ms()).today.max(round.from).min(round.to);
        let operator = office::confirming(&self.store, order.operator.as_deref())?;
        let header = Header {
            round: round.id.0,
            day: Some(day_number(order.day.unwrap_or(today))),
            operator: operator.0,
            ..self.header(0)?
        };
        let may_write = self.may_write(&header)?;
        let done = office::confirm(&mut self.store, &header, &unit, saves, &may_write)?;
        self.seal()?;
        Ok(done)
    }

    fn confirmed_round(&self, order: &ConfirmOrder) -> Result<Round, Failure> {
        let round = self.store.round(&order.round).map_err(super::failed)?;
        round.ok_or(Failure::new(Code::RoundUnknown))
    }
}
