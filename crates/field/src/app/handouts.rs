//! 发放 on a screen: today's stop, its final reports and the 签收单 as files, and that somebody signed. Thin: who holds what is
//! `office`'s.

use super::Opened;
use super::print::PDF;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use office::{HandLine, HandOrder, ReportOrder, SheetFormat, Which};
use protocol::Failure;
use protocol::rpc::handouts::{
    HandoutDone, HandoutPrintAsk, HandoutReceivedAsk, HandoutRow, HandoutSheetAsk, HandoutsView,
};
use protocol::rpc::work::FileOut;

impl Opened {
    pub(super) fn handouts(&self) -> Result<HandoutsView, Failure> {
        let today = self.today()?;
        let list = self.home.hand_list(&today.choice.round, &today.unit.0)?;
        let units = self.home.store().units().map_err(crate::home::failed)?;
        let unit = units.get(&today.unit);
        let operator = self.delivering_operator();
        Ok(HandoutsView {
            unit: unit.map_or_else(|| today.unit.0.clone(), |unit| unit.name.clone()),
            may_record: office::delivering(self.home.store(), operator.as_deref()).is_ok(),
            not_final: count(list.not_final),
            not_given: count(list.not_given),
            given: count(list.given),
            holds_old: count(list.holds_old),
            rows: list.lines.into_iter().map(row).collect(),
        })
    }

    pub(super) fn handout_print(&mut self, ask: &HandoutPrintAsk) -> Result<FileOut, Failure> {
        if let ([person], true) = (ask.people.as_slice(), ask.preview) {
            return self.person_paper_print(person);
        }
        let today = self.today()?;
        let order = ReportOrder {
            round: today.choice.round.clone(),
            unit: today.unit.0.clone(),
            which: if ask.due { Which::Due } else { Which::Final },
            people: ask.people.clone(),
        };
        let operator = self.delivering_operator();
        let (bytes, _) = self.home.print_people_bytes(operator.as_deref(), &order)?;
        Ok(FileOut {
            name: format!("reports-{}-{}.pdf", order.unit, today.choice.day),
            media_type: PDF.to_owned(),
            content: BASE64.encode(&bytes),
        })
    }

    pub(super) fn handout_sheet(&self, ask: &HandoutSheetAsk) -> Result<FileOut, Failure> {
        let today = self.today()?;
        let format = if ask.is_workbook { SheetFormat::Xlsx } else { SheetFormat::Pdf };
        let bytes = self.home.receipt_bytes(&today.choice.round, &today.unit.0, format)?;
        let media_type = if ask.is_workbook { super::day::XLSX } else { PDF };
        Ok(FileOut {
            name: format!("receipts-{}-{}.{}", today.unit.0, today.choice.day, format.word()),
            media_type: media_type.to_owned(),
            content: BASE64.encode(&bytes),
        })
    }

    pub(super) fn handout_taken(
        &mut self,
        ask: &HandoutReceivedAsk,
    ) -> Result<HandoutDone, Failure> {
        let today = self.today()?;
        let order = HandOrder {
            round: today.choice.round.clone(),
            unit: today.unit.0.clone(),
            people: ask.people.clone(),
            taken_by: ask.taken_by.clone(),
            operator: self.delivering_operator(),
            ..HandOrder::default()
        };
        let done = self.home.record_received(&order)?;
        Ok(HandoutDone { recorded: count(done.recorded), known: count(done.known) })
    }

    pub(super) fn delivering_operator(&self) -> Option<String> {
        Some(self.worker.as_ref()?.operator?.to_string())
    }
}

fn row(line: HandLine) -> HandoutRow {
    HandoutRow {
        person: line.person,
        name: line.name,
        group: format!("{}{}", line.grade, line.group),
        state: line.state.to_owned(),
        state_zh: line.state_zh.to_owned(),
        version: line.version,
        printed: line.printed,
        holds: line.holds,
        received_on: line.received_on,
        taken_by: line.taken_by,
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
