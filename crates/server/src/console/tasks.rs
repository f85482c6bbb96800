//! 随访 at the server: the doing is `office`'s. Every unit may be written to, by an account that may follow up, within the account's own units where it has some.

use super::Console;
use chrono::NaiveDate;
use office::{
    Moment, PersonChains, ReferralOrder, ReferralsIssued, SheetBack, SheetHeld, SheetIssued,
    SheetOrder, StepDraft, StepOrder, StepRecorded, TaskList, TaskWant,
};
use protocol::{Code, Failure, Header};
use std::path::Path;
use store::Round;

impl Console {
    /// The follow-ups of a unit and all below it.
    pub fn tasks(&self, round: &str, unit: &str, want: &TaskWant) -> Result<TaskList, Failure> {
        let round = self.round_followed(round)?;
        let unit = office::unit_named(&self.store, unit)?;
        office::task_list(&self.store, round.id, &unit, want, today())
    }

    /// One person's follow-ups.
    pub fn task_chains(&self, round: &str, person: &str) -> Result<PersonChains, Failure> {
        let round = self.round_followed(round)?;
        let person = office::person_named(&self.store, person)?;
        office::chains(&self.store, round.id, person, today())
    }

    /// Those of the person whom a number on paper means.
    pub fn task_chains_of(&self, number: &str) -> Result<PersonChains, Failure> {
        let task = office::task_numbered(&self.store, number)?;
        office::chains(&self.store, task.round, task.person, today())
    }

    /// Says a step, as the operator whom the order names.
    pub fn record_step(
        &mut self,
        order: &StepOrder,
        draft: &StepDraft,
    ) -> Result<StepRecorded, Failure> {
        let header = self.following(order.operator.as_deref())?;
        let may_write = self.may_write(&header)?;
        let recorded =
            office::record_step(&mut self.store, &header, order, draft, today(), &may_write)?;
        self.seal()?;
        Ok(recorded)
    }

    /// Writes the 随访单 of a unit; that it went out is recorded.
    pub fn issue_task_sheet(
        &mut self,
        order: &SheetOrder,
        out: &Path,
    ) -> Result<SheetIssued, Failure> {
        let header = self.following(order.operator.as_deref())?;
        let may_write = self.may_write(&header)?;
        let moment = Moment::at(crate::host::unix_ms());
        let today_of = |_: &Round| moment.today;
        let when = (&moment, &today_of as office::TodayOf);
        let issued = office::issue_sheet(&mut self.store, &header, order, when, out, &may_write)?;
        self.seal()?;
        Ok(issued)
    }

    /// Writes the 转诊单 of a unit or of people; that they went out is recorded.
    pub fn issue_referrals(
        &mut self,
        order: &ReferralOrder,
        out: &Path,
    ) -> Result<ReferralsIssued, Failure> {
        let header = self.following(order.operator.as_deref())?;
        let may_write = self.may_write(&header)?;
        let today_of = |_: &Round| today();
        let issued =
            office::issue_referrals(&mut self.store, &header, order, &today_of, out, &may_write)?;
        self.seal()?;
        Ok(issued)
    }

    /// Takes a 随访单 in that came back as a file.
    pub fn import_task_sheet(
        &mut self,
        operator: Option<&str>,
        file: &Path,
    ) -> Result<SheetBack, Failure> {
        let header = self.following(operator)?;
        let may_write = self.may_write(&header)?;
        let bytes = std::fs::read(file).map_err(|_| Failure::new(Code::FileUnreadable))?;
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let file = (name, bytes.as_slice());
        let back = office::take_sheet(&mut self.store, &header, file, &|_| today(), &may_write)?;
        self.seal()?;
        Ok(back)
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
        Ok(Header { operator: operator.0, ..self.header(0)? })
    }

    fn round_followed(&self, round: &str) -> Result<Round, Failure> {
        let round = self.store.round(round).map_err(crate::data::failed)?;
        round.ok_or(Failure::new(Code::RoundUnknown))
    }
}

fn today() -> NaiveDate {
    Moment::at(crate::host::unix_ms()).today
}
