//! 发放 on a screen: today's stop or another of this device's, its final reports and the 签收单 as files, and that somebody signed. Thin: who holds what is
//! `office`'s.

use super::print::PDF;
use super::{Opened, Today};
use crate::home::failed;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use domain::ids::UnitCode;
use domain::unit::UnitTree;
use office::{HandLine, HandOrder, ReportOrder, SheetFormat, Which};
use protocol::Failure;
use protocol::rpc::handouts::{
    HandoutDone, HandoutPrintAsk, HandoutPrinted, HandoutReceivedAsk, HandoutRow, HandoutSheetAsk,
    HandoutUnit, HandoutsAsk, HandoutsView,
};
use protocol::rpc::work::FileOut;
use std::collections::BTreeSet;
use store::Coverage;

impl Opened {
    pub(super) fn handouts(&self, ask: &HandoutsAsk) -> Result<HandoutsView, Failure> {
        let today = self.today()?;
        let unit = self.handout_unit(&today, ask.unit.as_deref())?;
        let list = self.home.hand_list(&today.choice.round, &unit.0)?;
        let units = self.home.store().units().map_err(failed)?;
        let operator = self.delivering_operator();
        Ok(HandoutsView {
            unit: units.get(&unit).map_or_else(|| unit.0.clone(), |unit| unit.name.clone()),
            units: self.examined_units(&today, &unit, &units)?,
            code: unit.0,
            may_record: office::delivering(self.home.store(), operator.as_deref()).is_ok(),
            not_final: count(list.not_final),
            not_given: count(list.not_given),
            given: count(list.given),
            holds_old: count(list.holds_old),
            rows: list.lines.into_iter().map(row).collect(),
        })
    }

    /// Today's stop, or the one chosen: of this device and the account.
    fn handout_unit(&self, today: &Today, chosen: Option<&str>) -> Result<UnitCode, Failure> {
        match chosen {
            Some(code) => self.own_unit(code),
            None => Ok(today.unit.clone()),
        }
    }

    /// Where somebody was examined in the round, the one shown among them.
    fn examined_units(
        &self,
        today: &Today,
        shown: &UnitCode,
        units: &UnitTree,
    ) -> Result<Vec<HandoutUnit>, Failure> {
        let scope = self.home.scope()?;
        let counts = self.home.store().coverage(today.round.id, None).map_err(failed)?;
        let is_examined = |one: &Coverage| {
            one.examined_listed + one.examined_other_village + one.examined_outside > 0
        };
        let there = counts.into_iter().filter(is_examined).map(|one| one.unit);
        let mut codes: BTreeSet<UnitCode> =
            there.filter(|unit| scope.iter().any(|own| own.covers(unit))).collect();
        codes.extend([today.unit.clone(), shown.clone()]);
        let of = |code: UnitCode| HandoutUnit { label: units.label(&code), unit: code.0 };
        Ok(codes.into_iter().map(of).collect())
    }

    pub(super) fn handout_print(
        &mut self,
        ask: &HandoutPrintAsk,
    ) -> Result<HandoutPrinted, Failure> {
        if let ([person], true) = (ask.people.as_slice(), ask.preview) {
            let file = self.person_paper_print(person)?;
            return Ok(HandoutPrinted { file, left_out: Vec::new() });
        }
        let today = self.today()?;
        let order = ReportOrder {
            round: today.choice.round.clone(),
            unit: self.handout_unit(&today, ask.unit.as_deref())?.0,
            which: if ask.due { Which::Due } else { Which::Final },
            people: ask.people.clone(),
        };
        let operator = self.delivering_operator();
        let (bytes, made) = self.home.print_people_bytes(operator.as_deref(), &order)?;
        let file = FileOut {
            name: format!("reports-{}-{}.pdf", order.unit, today.choice.day),
            media_type: PDF.to_owned(),
            content: BASE64.encode(&bytes),
        };
        let left_out = made.left_out.into_iter().map(|one| one.name).collect();
        Ok(HandoutPrinted { file, left_out })
    }

    pub(super) fn handout_sheet(&self, ask: &HandoutSheetAsk) -> Result<FileOut, Failure> {
        let today = self.today()?;
        let unit = self.handout_unit(&today, ask.unit.as_deref())?;
        let format = if ask.is_workbook { SheetFormat::Xlsx } else { SheetFormat::Pdf };
        let bytes = self.home.receipt_bytes(&today.choice.round, &unit.0, format)?;
        let media_type = if ask.is_workbook { super::day::XLSX } else { PDF };
        Ok(FileOut {
            name: format!("receipts-{}-{}.{}", unit.0, today.choice.day, format.word()),
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
            unit: self.handout_unit(&today, ask.unit.as_deref())?.0,
            people: ask.people.clone(),
            taken_by: ask.taken_by.clone(),
            operator: self.delivering_operator(),
            ..HandOrder::default()
        };
        let done = self.home.record_received(&order)?;
        Ok(HandoutDone {
            recorded: count(done.recorded),
            known: count(done.known),
            left_out: done.left_out.into_iter().map(|one| one.name).collect(),
        })
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
