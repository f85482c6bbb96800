//! A unit's phone and doctor on this device: the doing is `office`'s; here it meets this device's store, units and rights.

use crate::home::{Acting, Home};
use domain::ids::UnitCode;
use office::ContactOrder;
use protocol::Failure;

impl Home {
    /// Says whom to call about a village or a school, as the operator named: an account or its id.
    pub fn set_contact(
        &mut self,
        operator: Option<&str>,
        order: &ContactOrder,
    ) -> Result<UnitCode, Failure> {
        let operator = office::setting_contacts(&self.store, operator)?;
        let acting = Acting { operator: Some(operator), ..Acting::default() };
        let header = self.header(&acting, None);
        let may_write = self.may_write(&header)?;
        office::set_contact(&mut self.store, &header, order, &may_write)
    }
}
