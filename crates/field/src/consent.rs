//! 知情同意 on this device: the doing is `office`'s; here it meets this device's store, clock, units and rights.

use crate::home::{Acting, Home};
use domain::ids::UnitCode;
use office::{ConsentFileBack, ConsentList, ConsentOrder, ConsentsSaid, TickedSlip};
use protocol::{Code, Failure};

impl Home {
    /// The slips of a school's pupils as they stand.
    pub fn consents(&self, round: &str, unit: &str) -> Result<ConsentList, Failure> {
        let unit = office::unit_named(&self.store, unit)?;
        office::consent_list(&self.store, self.round(round)?, &unit)
    }

    /// Takes a school's list of slips in.
    pub fn import_consents(&mut self, order: &ConsentOrder) -> Result<ConsentFileBack, Failure> {
        let bytes = std::fs::read(&order.file).map_err(|_| Failure::new(Code::FileUnreadable))?;
        let name = order.file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let round = self.whole_round(&order.round)?;
        let unit = office::unit_named(&self.store, &order.unit)?;
        let acting = Acting {
            round: Some(round.id),
            day: Some(self.today_in(&round)),
            operator: self.recorder(order.operator.as_deref())?,
            ..Acting::default()
        };
        self.take_consents(&unit, &acting, (name, &bytes))
    }

    pub(crate) fn take_consents(
        &mut self,
        unit: &UnitCode,
        acting: &Acting,
        file: (&str, &[u8]),
    ) -> Result<ConsentFileBack, Failure> {
        let header = self.header(acting, None);
        let may_write = self.may_write(&header)?;
        office::take_consents(&mut self.store, unit, &header, file, &may_write)
    }

    pub(crate) fn tick_consents(
        &mut self,
        unit: &UnitCode,
        acting: &Acting,
        slips: &[TickedSlip],
    ) -> Result<ConsentsSaid, Failure> {
        let header = self.header(acting, None);
        let may_write = self.may_write(&header)?;
        office::tick_consents(&mut self.store, unit, &header, slips, &may_write)
    }
}
