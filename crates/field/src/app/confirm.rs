//! 检查者确认 on a screen: what waits at today's stop, and the word of whoever works here.

use super::{Opened, Today, person_id};
use crate::home::failed;
use office::{ConfirmLine, ConfirmOrder, ConfirmSave};
use protocol::Failure;
use protocol::rpc::confirm::{ConfirmAsk, ConfirmDone, ConfirmRow, ConfirmView};
use store::Unconfirmed;

impl Opened {
    /// Whoever works here first: what they examined, and what waits for others.
    pub(super) fn confirm_list(&self) -> Result<ConfirmView, Failure> {
        let today = self.today()?;
        let operator = self.worker.as_ref().and_then(|worker| worker.operator);
        let store = self.home.store();
        let list = office::confirm_list(store, today.round.id, &today.unit, operator)?;
        let (mut mine, mut others) = (Vec::new(), Vec::new());
        for line in list.lines {
            let row = self.confirm_row(&today, &line)?;
            if line.mine { mine.push(row) } else { others.push(row) }
        }
        Ok(ConfirmView { mine, others })
    }

    fn confirm_row(&self, today: &Today, line: &ConfirmLine) -> Result<ConfirmRow, Failure> {
        Ok(ConfirmRow {
            row: self.row(person_id(&line.person)?, Some(today))?,
            station: line.station.clone(),
            entry: line.entry.clone(),
            values: line.values.clone(),
            day: line.day.clone(),
            at: line.at.clone(),
            typed_by: line.typed_by.clone(),
            examiner: line.examiner.clone(),
            has_no_account: line.has_no_account,
        })
    }

    pub(super) fn confirm(&mut self, ask: &ConfirmAsk) -> Result<ConfirmDone, Failure> {
        let today = self.today()?;
        let operator = self.worker.as_ref().and_then(|worker| worker.operator);
        let saves: Vec<ConfirmSave> =
            ask.saves.iter().map(|said| ConfirmSave { entry: said.entry.clone() }).collect();
        let named = operator.map(|operator| operator.to_string());
        let order = ConfirmOrder {
            round: today.choice.round.clone(),
            unit: today.unit.0.clone(),
            operator: named,
            day: Some(today.day),
        };
        let done = self.home.confirm(&order, &saves)?;
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Ok(ConfirmDone { confirmed: count(done.confirmed), moved: count(done.moved) })
    }

    /// What waits at today's stop.
    pub(super) fn unconfirmed(&self, today: &Today) -> Result<Vec<Unconfirmed>, Failure> {
        self.home.store().unconfirmed(today.round.id, &today.unit).map_err(failed)
    }
}
