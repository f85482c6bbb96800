//! 发放 at the server: the doing is `office`'s. Every unit may be written to, by an account that may hand reports out, within the account's own units where it has some.

use super::Console;
use office::{HandList, HandOrder, Handed, Moment, ReceiptsMade, ReportOrder, Reported};
use protocol::{Code, Failure, Header};
use std::path::Path;

impl Console {
    /// Individual reports of a unit, and that the final ones were printed.
    pub fn print_people(
        &mut self,
        operator: &str,
        order: &ReportOrder,
        out: &Path,
    ) -> Result<Reported, Failure> {
        let header = self.delivering(Some(operator))?;
        let may_write = self.may_write(&header)?;
        // Of who has no final report yet nothing is written that it would be asked about.
        may_write(&office::unit_named(&self.store, &order.unit)?)?;
        let store = &mut self.store;
        let made = office::print_people(store, &header, order, &now(), out, &may_write)?;
        self.seal()?;
        Ok(made)
    }

    /// Who of a unit holds which version.
    pub fn hand_list(&self, round: &str, unit: &str) -> Result<HandList, Failure> {
        let round = self.store.round(round).map_err(crate::data::failed)?;
        let round = round.ok_or(Failure::new(Code::RoundUnknown))?;
        office::hand_list(&self.store, &round, &office::unit_named(&self.store, unit)?)
    }

    /// 签收单.
    pub fn receipts(&self, round: &str, unit: &str, out: &Path) -> Result<ReceiptsMade, Failure> {
        office::receipts(&self.store, (round, unit), &now(), out)
    }

    /// Records that people have their report in hand.
    pub fn record_received(&mut self, order: &HandOrder) -> Result<Handed, Failure> {
        let header = self.delivering(order.operator.as_deref())?;
        let may_write = self.may_write(&header)?;
        let store = &mut self.store;
        let handed = office::record_received(store, &header, order, now().today, &may_write)?;
        self.seal()?;
        Ok(handed)
    }

    /// Takes such a record back.
    pub fn withdraw_received(&mut self, order: &HandOrder) -> Result<Handed, Failure> {
        let header = self.delivering(order.operator.as_deref())?;
        let may_write = self.may_write(&header)?;
        let store = &mut self.store;
        let handed = office::withdraw_received(store, &header, order, now().today, &may_write)?;
        self.seal()?;
        Ok(handed)
    }

    fn delivering(&self, operator: Option<&str>) -> Result<Header, Failure> {
        let operator = office::delivering(&self.store, operator)?;
        Ok(Header { operator: operator.0, ..self.header(0)? })
    }
}

fn now() -> Moment {
    Moment::at(crate::host::unix_ms())
}
