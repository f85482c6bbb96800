//! 知情同意 at the server: the doing is `office`'s. Every unit may be written to.

use super::Console;
use crate::data::failed;
use domain::ids::RoundId;
use office::{ConsentFileBack, ConsentList, ConsentOrder, Moment};
use protocol::convert::day_number;
use protocol::{Code, Failure, Header};

impl Console {
    /// The slips of a school's pupils as they stand.
    pub fn consents(&self, round: &str, unit: &str) -> Result<ConsentList, Failure> {
        let round = self.store.round(round).map_err(failed)?;
        let round = round.ok_or(Failure::new(Code::RoundUnknown))?;
        let unit = office::unit_named(&self.store, unit)?;
        office::consent_list(&self.store, RoundId(round.id.0), &unit)
    }

    /// Takes a school's list of slips in.
    pub fn import_consents(&mut self, order: &ConsentOrder) -> Result<ConsentFileBack, Failure> {
        let bytes = std::fs::read(&order.file).map_err(|_| Failure::new(Code::FileUnreadable))?;
        let name = order.file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let round = self.store.round(&order.round).map_err(failed)?;
        let round = round.ok_or(Failure::new(Code::RoundUnknown))?;
        let unit = office::unit_named(&self.store, &order.unit)?;
        let operator = match order.operator.as_deref() {
            None => 0,
            Some(named) => self.recorder_named(named)?.id.0,
        };
        let today = Moment::at(crate::host::unix_ms()).today;
        let day = today.max(round.from).min(round.to);
        let header = Header { day: Some(day_number(day)), operator, ..self.header(round.id.0)? };
        let (file, may_write) = ((name, bytes.as_slice()), self.may_write(&header)?);
        let back = office::take_consents(&mut self.store, &unit, &header, file, &may_write)?;
        self.seal()?;
        Ok(back)
    }
}
