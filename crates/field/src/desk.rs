//! What the office does, done on this device: rosters in, reports out, held entries, checks. The doing is
//! `office`'s; here it meets this device's store, clock and rights.

use crate::home::{Acting, Home, failed};
use office::{
    ExportOrder, Exported, HeldRow, Moment, ReportOrder, Reported, RosterImported, RosterOrder,
    SheetFormat, Summary, SummaryMade, SummaryOrder, TemplateExported, TemplateOrder, Verified,
};
use protocol::{Code, Failure};
use std::path::Path;

impl Home {
    pub fn export(&self, order: &ExportOrder, out: &Path) -> Result<Exported, Failure> {
        if let Some(unit) = &order.unit {
            self.refuse_dropped(unit.as_str())?;
        }
        office::export(&self.store, order, &self.moment(), out)
    }

    /// Individual reports of a unit; refused where their entries have left this device.
    pub fn report_people(&self, order: &ReportOrder, out: &Path) -> Result<Reported, Failure> {
        self.refuse_dropped(&order.unit)?;
        office::report_people(&self.store, order, &self.moment(), out)
    }

    /// A unit's checkups by a template.
    pub fn export_template(
        &self,
        order: &TemplateOrder,
        out: &Path,
    ) -> Result<TemplateExported, Failure> {
        if let Some(unit) = &order.unit {
            self.refuse_dropped(unit)?;
        }
        office::export_template(&self.store, order, &self.moment(), out)
    }

    /// A summary of a unit and all below it.
    pub fn summarise(&self, order: &SummaryOrder, out: &Path) -> Result<SummaryMade, Failure> {
        self.refuse_dropped(&order.unit)?;
        office::summarise(&self.store, order, &self.moment(), out)
    }

    /// The same as facts, for a screen.
    pub(crate) fn summary_of(&self, order: &SummaryOrder) -> Result<Summary, Failure> {
        self.refuse_dropped(&order.unit)?;
        office::summary_of(&self.store, order, &self.moment())
    }

    /// The same in memory.
    pub(crate) fn summary_bytes(
        &self,
        order: &SummaryOrder,
        format: SheetFormat,
    ) -> Result<Vec<u8>, Failure> {
        self.refuse_dropped(&order.unit)?;
        Ok(office::summary_bytes(&self.store, order, &self.moment(), format)?.0)
    }

    /// Reports in memory; that they were printed is not recorded.
    pub(crate) fn report_bytes(&self, order: &ReportOrder) -> Result<Vec<u8>, Failure> {
        self.refuse_dropped(&order.unit)?;
        Ok(office::report_bytes(&self.store, order, &self.moment())?.0)
    }

    /// What has left this device would look like nobody examined.
    pub(crate) fn refuse_dropped(&self, unit: &str) -> Result<(), Failure> {
        let dropped = self.store.dropped_units().map_err(failed)?;
        let named = domain::ids::UnitCode(unit.to_owned());
        // Of a township too: one of its villages would be missing and nothing would say so.
        let is_below = |key: &str| named.covers(&domain::ids::UnitCode(key.to_owned()));
        if dropped.iter().any(|key| is_below(key.as_str())) {
            return Err(Failure::at(Code::StopClosed, unit));
        }
        Ok(())
    }

    /// A late roster: the team lead gets it at nine in the evening.
    pub fn import_roster(&mut self, order: &RosterOrder) -> Result<RosterImported, Failure> {
        let moment = self.moment();
        let scope = self.scope()?;
        let header = self.header(&Acting::default(), None);
        let host = self.host.clone();
        let mut seed = || host.random_16();
        office::import_roster(&mut self.store, order, &moment, &scope, &header, &mut seed)
    }

    pub fn held(&self) -> Result<Vec<HeldRow>, Failure> {
        office::held(&self.store)
    }

    /// Deciding is the coordinator's, on the server: here it is refused with that sentence.
    pub fn resolve_held(&self) -> Result<(), Failure> {
        Err(Failure::new(Code::HeldElsewhere))
    }

    pub fn verify(&self, progress: &mut dyn FnMut(&str)) -> Result<Verified, Failure> {
        office::verify(&self.store, progress)
    }

    pub(crate) fn moment(&self) -> Moment {
        Moment::at(self.host.unix_ms())
    }
}
