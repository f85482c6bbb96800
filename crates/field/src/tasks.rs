//! 随访 on this device: the doing is `office`'s; here it meets this device's store, clock, units and rights.

use crate::home::{Acting, Home};
use chrono::NaiveDate;
use domain::ids::{RoundId, UnitCode};
use office::{
    PersonChains, ReferralOrder, ReferralsIssued, SheetBack, SheetHeld, SheetIssued, SheetOrder,
    StepDraft, StepOrder, StepRecorded, TaskList, TaskWant,
};
use protocol::{Code, Failure, Header};
use std::path::Path;
use store::Round;

impl Home {
    /// The follow-ups of a unit and all below it.
    pub fn tasks(&self, round: &str, unit: &str, want: &TaskWant) -> Result<TaskList, Failure> {
        let round = self.whole_round(round)?;
        let unit = office::unit_named(&self.store, unit)?;
        office::task_list(&self.store, round.id, &unit, want, self.follow_up_day(&round))
    }

    /// The same of all units of this device.
    pub(crate) fn tasks_everywhere(
        &self,
        round: &str,
        want: &TaskWant,
    ) -> Result<TaskList, Failure> {
        let round = self.whole_round(round)?;
        let units = self.units_on_top()?;
        office::task_list_of(&self.store, round.id, &units, want, self.follow_up_day(&round))
    }

    /// This device's units of which none lies below another.
    pub(crate) fn units_on_top(&self) -> Result<Vec<UnitCode>, Failure> {
        let scope = self.scope()?;
        let is_on_top =
            |unit: &&UnitCode| !scope.iter().any(|other| other != *unit && other.covers(unit));
        Ok(scope.iter().filter(is_on_top).cloned().collect())
    }

    /// One person's follow-ups.
    pub fn task_chains(&self, round: &str, person: &str) -> Result<PersonChains, Failure> {
        let round = self.whole_round(round)?;
        let person = office::person_named(&self.store, person)?;
        office::chains(&self.store, round.id, person, self.follow_up_day(&round))
    }

    /// Those of the person whom a number on paper means.
    pub fn task_chains_of(&self, number: &str) -> Result<PersonChains, Failure> {
        let task = office::task_numbered(&self.store, number)?;
        let round = self.whole_round(&task.round.to_string())?;
        office::chains(&self.store, round.id, task.person, self.follow_up_day(&round))
    }

    /// Says a step, as the operator whom the order names.
    pub fn record_step(
        &mut self,
        order: &StepOrder,
        draft: &StepDraft,
    ) -> Result<StepRecorded, Failure> {
        let header = self.following(order.operator.as_deref())?;
        let may_write = self.may_write(&header)?;
        let today = self.host.today();
        office::record_step(&mut self.store, &header, order, draft, today, &may_write)
    }

    /// Writes the 随访单 of a unit; that it went out is recorded.
    pub fn issue_task_sheet(
        &mut self,
        order: &SheetOrder,
        out: &Path,
    ) -> Result<SheetIssued, Failure> {
        self.refuse_dropped(&order.unit)?;
        let header = self.following(order.operator.as_deref())?;
        let may_write = self.may_write(&header)?;
        let (moment, today) = (self.moment(), self.host.today());
        let today_of = move |round: &Round| today.max(round.from);
        let when = (&moment, &today_of as office::TodayOf);
        office::issue_sheet(&mut self.store, &header, order, when, out, &may_write)
    }

    /// The same in memory, for a screen.
    pub(crate) fn task_sheet_bytes(
        &mut self,
        order: &SheetOrder,
    ) -> Result<(Vec<u8>, u32), Failure> {
        self.refuse_dropped(&order.unit)?;
        let header = self.following(order.operator.as_deref())?;
        let may_write = self.may_write(&header)?;
        let (moment, today) = (self.moment(), self.host.today());
        let today_of = move |round: &Round| today.max(round.from);
        let when = (&moment, &today_of as office::TodayOf);
        office::issue_sheet_bytes(&mut self.store, &header, order, when, &may_write)
    }

    /// Writes the 转诊单 of a unit or of people; that they went out is recorded.
    pub fn issue_referrals(
        &mut self,
        order: &ReferralOrder,
        out: &Path,
    ) -> Result<ReferralsIssued, Failure> {
        if let Some(unit) = &order.unit {
            self.refuse_dropped(unit)?;
        }
        let header = self.following(order.operator.as_deref())?;
        let may_write = self.may_write(&header)?;
        let today = self.host.today();
        let today_of = move |round: &Round| today.max(round.from);
        office::issue_referrals(&mut self.store, &header, order, &today_of, out, &may_write)
    }

    /// The same in memory, for a screen.
    pub(crate) fn referral_bytes(&mut self, order: &ReferralOrder) -> Result<Vec<u8>, Failure> {
        if let Some(unit) = &order.unit {
            self.refuse_dropped(unit)?;
        }
        let header = self.following(order.operator.as_deref())?;
        let may_write = self.may_write(&header)?;
        let today = self.host.today();
        let today_of = move |round: &Round| today.max(round.from);
        let made =
            office::issue_referral_bytes(&mut self.store, &header, order, &today_of, &may_write)?;
        Ok(made.0)
    }

    /// Takes a 随访单 in that came back as a file.
    pub fn import_task_sheet(
        &mut self,
        operator: Option<&str>,
        file: &Path,
    ) -> Result<SheetBack, Failure> {
        let bytes = std::fs::read(file).map_err(|_| Failure::new(Code::FileUnreadable))?;
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        self.take_task_sheet(operator, (name, &bytes))
    }

    pub(crate) fn take_task_sheet(
        &mut self,
        operator: Option<&str>,
        file: (&str, &[u8]),
    ) -> Result<SheetBack, Failure> {
        let header = self.following(operator)?;
        let may_write = self.may_write(&header)?;
        let rounds = self.store.rounds().map_err(crate::home::failed)?;
        let today = self.host.today();
        let last = |of: RoundId| {
            let round = rounds.iter().find(|round| round.id == of);
            round.map_or(today, |round| office::last_day(today, round))
        };
        office::take_sheet(&mut self.store, &header, file, &last, &may_write)
    }

    /// Rows that came back and were not taken.
    pub fn held_task_rows(&self) -> Result<Vec<SheetHeld>, Failure> {
        office::held_rows(&self.store)
    }

    pub fn drop_held_task_row(&mut self, operator: Option<&str>, id: &str) -> Result<(), Failure> {
        office::drop_held_row(&mut self.store, operator, id)
    }

    fn following(&self, operator: Option<&str>) -> Result<Header, Failure> {
        let operator = office::following(&self.store, operator)?;
        let acting = Acting { operator: Some(operator), ..Acting::default() };
        Ok(self.header(&acting, None))
    }

    /// Today as this device's clock tells it, but not before the round: follow-ups go on when it is over, and field clocks
    /// say 1970.
    pub(crate) fn follow_up_day(&self, round: &Round) -> NaiveDate {
        self.host.today().max(round.from)
    }
}
