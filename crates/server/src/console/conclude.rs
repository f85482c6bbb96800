//! 总检 at the server: the doing is `office`'s. Every unit may be written to, by a doctor's account, within the account's own units where it has some.

use super::Console;
use chrono::NaiveDate;
use office::{ConcludeOrder, Draft, Moment, NormalList, NormalsSigned, Review, Signed};
use protocol::{Failure, Header};

impl Console {
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
        let signed = office::sign(&mut self.store, &header, draft, &may_write)?;
        self.seal()?;
        Ok(signed)
    }

    pub fn withdraw_conclusion(
        &mut self,
        order: &ConcludeOrder,
        reason: &str,
    ) -> Result<Signed, Failure> {
        let header = self.signing(order)?;
        let may_write = self.may_write(&header)?;
        let signed = office::withdraw(&mut self.store, &header, reason, &may_write)?;
        self.seal()?;
        Ok(signed)
    }

    /// People of a stop with nothing abnormal.
    pub fn normals(&self, round: &str, unit: &str) -> Result<NormalList, Failure> {
        let order = ConcludeOrder { round: round.into(), ..Default::default() };
        let round = order.round(&self.store)?.id;
        office::normals(&self.store, round, &office::unit_named(&self.store, unit)?)
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
        let (store, list) = (&mut self.store, (&unit, mark));
        let signed = office::sign_normals(store, &header, (order, last), list, &may_write)?;
        self.seal()?;
        Ok(signed)
    }

    fn signing(&self, order: &ConcludeOrder) -> Result<Header, Failure> {
        order.about(&self.store, self.signing_header(order)?, self.last_day(order)?)
    }

    fn last_day(&self, order: &ConcludeOrder) -> Result<NaiveDate, Failure> {
        let today = Moment::at(crate::host::unix_ms()).today;
        Ok(office::last_day(today, &order.round(&self.store)?))
    }

    fn signing_header(&self, order: &ConcludeOrder) -> Result<Header, Failure> {
        let today = Moment::at(crate::host::unix_ms()).today;
        order.header(&self.store, self.header(0)?, today)
    }
}
