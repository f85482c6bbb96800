//! 签收单: who is to sign for which version of their report, in the order in which the reports are printed, on paper or as a
//! workbook. Names, no ID numbers and nothing found. Not who holds what (`delivery`).

use crate::delivery::{HandLine, hand_list};
use crate::{Moment, SheetFormat, failed, system_fonts, unit_named, write_file};
use protocol::{Code, Failure};
use report::{ReceiptRow, ReceiptSheet, receipt_workbook};
use serde::Serialize;
use std::path::{Path, PathBuf};
use store::Store;

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReceiptsMade {
    pub file: PathBuf,
    pub bytes: u64,
    pub people: usize,
    /// Of them, to be given a report.
    pub due: usize,
    /// Of them, those who hold an older version than the one that stands.
    pub holds_old: usize,
}

/// Writes the list of a unit; its format is the file's.
pub fn receipts(
    store: &Store,
    (round, unit): (&str, &str),
    moment: &Moment,
    out: &Path,
) -> Result<ReceiptsMade, Failure> {
    let format = SheetFormat::of_file(out)?;
    let (bytes, made) = receipt_bytes(store, (round, unit), moment, format)?;
    write_file(out, &bytes)?;
    Ok(ReceiptsMade { file: out.to_owned(), ..made })
}

/// The same in memory, for a screen.
pub fn receipt_bytes(
    store: &Store,
    (round, unit): (&str, &str),
    moment: &Moment,
    format: SheetFormat,
) -> Result<(Vec<u8>, ReceiptsMade), Failure> {
    let round = store.round(round).map_err(failed)?;
    let round = round.ok_or(Failure::new(Code::RoundUnknown))?;
    let unit = unit_named(store, unit)?;
    let list = hand_list(store, &round, &unit)?;
    let units = store.units().map_err(failed)?;
    let sheet = ReceiptSheet {
        round: round.name.clone(),
        unit: units.label(&unit),
        unit_code: unit.0.clone(),
        made_at: moment.as_of.clone(),
        rows: list.lines.iter().map(row).collect(),
    };
    let bytes = match format {
        SheetFormat::Xlsx => receipt_workbook(&sheet).map_err(|_| Failure::new(Code::Internal))?,
        SheetFormat::Pdf => report::paper::receipt_sheet(&system_fonts()?, &sheet)
            .map_err(|_| Failure::new(Code::Internal))?,
    };
    let made = ReceiptsMade {
        file: PathBuf::new(),
        bytes: bytes.len() as u64,
        people: list.examined,
        due: list.lines.iter().filter(|line| line.is_due).count(),
        holds_old: list.holds_old,
    };
    Ok((bytes, made))
}

fn row(line: &HandLine) -> ReceiptRow {
    let held = match line.holds {
        None => String::new(),
        Some(version) => {
            let day = if line.received_on.is_empty() {
                String::new()
            } else {
                format!("　{}", line.received_on)
            };
            let by = if line.taken_by.is_empty() {
                String::new()
            } else {
                format!("　{}", line.taken_by)
            };
            format!("第 {version} 版{day}{by}")
        }
    };
    ReceiptRow {
        name: line.name.clone(),
        group: format!("{}{}", line.grade, line.group),
        number: line.number.clone(),
        version: line.version.map(|version| format!("第 {version} 版")).unwrap_or_default(),
        state: line.state_zh.to_owned(),
        held,
        // An old paper is taken back when the new one is given.
        is_exchange: line.state == domain::delivery::HandState::HoldsOld.word(),
        is_due: line.is_due,
    }
}
