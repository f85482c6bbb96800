//! 检查者确认 on this device: the doing is `office`'s; here it meets this device's store, clock, units and rights.

use crate::home::{Acting, Home};
use office::{ConfirmList, ConfirmOrder, ConfirmSave, Confirmed};
use protocol::Failure;

impl Home {
    /// What waits for an examiner's word at a unit.
    pub fn confirm_list(&self, order: &ConfirmOrder) -> Result<ConfirmList, Failure> {
        let unit = office::unit_named(&self.store, &order.unit)?;
        let operator = self.operator(order.operator.as_deref())?;
        office::confirm_list(&self.store, self.round(&order.round)?, &unit, operator)
    }

    /// Says that whoever is named examined and stands behind these saves.
    pub fn confirm(
        &mut self,
        order: &ConfirmOrder,
        saves: &[ConfirmSave],
    ) -> Result<Confirmed, Failure> {
        let unit = office::unit_named(&self.store, &order.unit)?;
        let round = self.whole_round(&order.round)?;
        let acting = Acting {
            round: Some(round.id),
            day: Some(order.day.unwrap_or_else(|| self.today_in(&round))),
            operator: Some(office::confirming(&self.store, order.operator.as_deref())?),
            ..Acting::default()
        };
        let header = self.header(&acting, None);
        let may_write = self.may_write(&header)?;
        office::confirm(&mut self.store, &header, &unit, saves, &may_write)
    }
}
