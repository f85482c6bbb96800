//! 总检 on this device: the doing is `office`'s; here it meets this device's store, clock, units and rights.

use crate::home::{Acting, Home};
use chrono::NaiveDate;
use domain::ids::{OperatorId, UnitCode};
use office::{ConcludeOrder, Draft, NormalList, NormalsSigned, Review, Signed};
use protocol::{Code, Failure, Header};
use std::collections::BTreeMap;

impl Home {
    /// What there is to conclude about one person.
    pub fn review(&self, round: &str, person: &str) -> Result<Review, Failure> {
        let order =
            ConcludeOrder { round: round.into(), person: person.into(), ..Default::default() };
        let person = order.person(&self.store)?;
        office::review(&self.store, order.round(&self.store)?.id, person)
    }

    pub fn conclude(&mut self, order: &ConcludeOrder, draft: &Draft) -> Result<Signed, Failure> {
        let header = self.signing(order)?;
        let may_write = self.may_write(&header)?;
        office::sign(&mut self.store, &header, draft, &may_write)
    }

    pub fn withdraw_conclusion(
        &mut self,
        order: &ConcludeOrder,
        reason: &str,
    ) -> Result<Signed, Failure> {
        let header = self.signing(order)?;
        let may_write = self.may_write(&header)?;
        office::withdraw(&mut self.store, &header, reason, &may_write)
    }

    /// People of a stop with nothing abnormal.
    pub fn normals(&self, round: &str, unit: &str) -> Result<NormalList, Failure> {
        office::normals(&self.store, self.round(round)?, &office::unit_named(&self.store, unit)?)
    }

    /// Signs about them. Nobody is named in the order.
    pub fn conclude_normals(
        &mut self,
        order: &ConcludeOrder,
        unit: &str,
        mark: &str,
    ) -> Result<NormalsSigned, Failure> {
        let unit = office::unit_named(&self.store, unit)?;
        let header = self.signing_header(order)?;
        let may_write = self.may_write(&header)?;
        let last = self.last_day(order)?;
        let list = (&unit, mark);
        office::sign_normals(&mut self.store, &header, (order, last), list, &may_write)
    }

    fn signing(&self, order: &ConcludeOrder) -> Result<Header, Failure> {
        order.about(&self.store, self.signing_header(order)?, self.last_day(order)?)
    }

    fn last_day(&self, order: &ConcludeOrder) -> Result<NaiveDate, Failure> {
        Ok(office::last_day(self.host.today(), &order.round(&self.store)?))
    }

    fn signing_header(&self, order: &ConcludeOrder) -> Result<Header, Failure> {
        let today = self.today_in(&order.round(&self.store)?);
        let header = self.header(&Acting::default(), None);
        order.header(&self.store, header, today)
    }

    /// Within this device's units and those of whoever the header says acts, where new work is taken.
    pub(crate) fn may_write(
        &self,
        header: &Header,
    ) -> Result<impl Fn(&UnitCode) -> Result<(), Failure> + use<>, Failure> {
        let scope = self.scope_of(acting_in(header))?;
        let barred: BTreeMap<UnitCode, Failure> = self.barred()?;
        Ok(move |unit: &UnitCode| {
            if !scope.iter().any(|scope| scope.covers(unit)) {
                return Err(Failure::new(Code::OutOfScope));
            }
            barred.get(unit).cloned().map_or(Ok(()), Err)
        })
    }
}

/// Whom a header names as acting.
pub(crate) fn acting_in(header: &Header) -> Option<OperatorId> {
    (header.operator != 0).then_some(OperatorId(header.operator))
}
