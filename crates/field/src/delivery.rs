//! 发放 on this device: the doing is `office`'s; here it meets this device's store, clock, units and rights.

use crate::conclude::acting_in;
use crate::home::{Acting, Home};
use office::{HandList, HandOrder, Handed, ReceiptsMade, ReportOrder, Reported, SheetFormat};
use protocol::{Failure, Header};
use std::path::Path;

impl Home {
    /// Individual reports of a unit, and that the final ones were printed.
    pub fn print_people(
        &mut self,
        operator: &str,
        order: &ReportOrder,
        out: &Path,
    ) -> Result<Reported, Failure> {
        self.refuse_dropped(&order.unit)?;
        let header = self.delivering(Some(operator))?;
        let unit = office::unit_named(&self.store, &order.unit)?;
        // Of who has no final report yet nothing is written that `may_write` would be asked about.
        office::refuse_elsewhere(&self.store, acting_in(&header), &unit)?;
        let (may_write, moment) = (self.may_write(&header)?, self.moment());
        office::print_people(&mut self.store, &header, order, &moment, out, &may_write)
    }

    /// The same in memory, for a screen.
    pub(crate) fn print_people_bytes(
        &mut self,
        operator: Option<&str>,
        order: &ReportOrder,
    ) -> Result<(Vec<u8>, Reported), Failure> {
        self.refuse_dropped(&order.unit)?;
        let header = self.delivering(operator)?;
        let (may_write, moment) = (self.may_write(&header)?, self.moment());
        office::print_bytes(&mut self.store, &header, order, &moment, &may_write)
    }

    /// Who of a unit holds which version.
    pub fn hand_list(&self, round: &str, unit: &str) -> Result<HandList, Failure> {
        self.refuse_dropped(unit)?;
        let unit = office::unit_named(&self.store, unit)?;
        office::hand_list(&self.store, &self.whole_round(round)?, &unit)
    }

    /// 签收单.
    pub fn receipts(&self, round: &str, unit: &str, out: &Path) -> Result<ReceiptsMade, Failure> {
        self.refuse_dropped(unit)?;
        office::receipts(&self.store, (round, unit), &self.moment(), out)
    }

    /// The same in memory, for a screen.
    pub(crate) fn receipt_bytes(
        &self,
        round: &str,
        unit: &str,
        format: SheetFormat,
    ) -> Result<Vec<u8>, Failure> {
        self.refuse_dropped(unit)?;
        let made = office::receipt_bytes(&self.store, (round, unit), &self.moment(), format)?;
        Ok(made.0)
    }

    /// Records that people have their report in hand.
    pub fn record_received(&mut self, order: &HandOrder) -> Result<Handed, Failure> {
        let header = self.delivering(order.operator.as_deref())?;
        let (may_write, today) = (self.may_write(&header)?, self.host.today());
        office::record_received(&mut self.store, &header, order, today, &may_write)
    }

    /// Takes such a record back.
    pub fn withdraw_received(&mut self, order: &HandOrder) -> Result<Handed, Failure> {
        let header = self.delivering(order.operator.as_deref())?;
        let (may_write, today) = (self.may_write(&header)?, self.host.today());
        office::withdraw_received(&mut self.store, &header, order, today, &may_write)
    }

    fn delivering(&self, operator: Option<&str>) -> Result<Header, Failure> {
        let operator = office::delivering(&self.store, operator)?;
        let acting = Acting { operator: Some(operator), ..Acting::default() };
        Ok(self.header(&acting, None))
    }
}
