//! 签收单: who is to sign for which version of their report, in the order in which the reports are printed, on paper or as a
//! workbook. Names, no ID numbers and nothing found. Not who holds what (`delivery`).

use crate::delivery::{HandLine, Standing};
use crate::person_report::examined_below;
use crate::{Moment, SheetFormat, failed, system_fonts, unit_named, write_file};
use domain::delivery::HandState;
use domain::ids::UnitCode;
use protocol::{Code, Failure};
use report::{ReceiptRow, ReceiptSheet, receipt_workbook};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use store::Store;

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReceiptsMade {
    pub file: PathBuf,
    pub bytes: u64,
    /// Of a township each village and school is a list of its own.
    pub units: usize,
    pub people: usize,
    /// Of them, to be given a report.
    pub due: usize,
    /// Of them, those who hold an older version than the one that stands.
    pub holds_old: usize,
}

/// Writes the list of a village or a school, or of a township each of its villages' and schools', as its reports are printed; the format
/// is the file's.
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
    let units = store.units().map_err(failed)?;
    let mut by_unit: BTreeMap<UnitCode, Vec<HandLine>> = BTreeMap::new();
    for (of, one) in examined_below(store, &units, round.id, &unit)? {
        let line = Standing::of(store, &round, &one)?.line(&round, &one);
        by_unit.entry(of).or_default().push(line);
    }
    if by_unit.is_empty() {
        by_unit.insert(unit, Vec::new());
    }
    let sheet = |(of, lines): (&UnitCode, &Vec<HandLine>)| ReceiptSheet {
        round: round.name.clone(),
        unit: units.label(of),
        unit_code: of.0.clone(),
        made_at: moment.as_of.clone(),
        rows: lines.iter().map(row).collect(),
    };
    let sheets: Vec<ReceiptSheet> = by_unit.iter().map(sheet).collect();
    let bytes = match format {
        SheetFormat::Xlsx => receipt_workbook(&sheets).map_err(|_| Failure::new(Code::Internal))?,
        SheetFormat::Pdf => report::paper::receipt_sheets(&system_fonts()?, &sheets)
            .map_err(|_| Failure::new(Code::Internal))?,
    };
    let lines = || by_unit.values().flatten();
    let made = ReceiptsMade {
        file: PathBuf::new(),
        bytes: bytes.len() as u64,
        units: sheets.len(),
        people: lines().count(),
        due: lines().filter(|line| line.is_due).count(),
        holds_old: lines().filter(|line| holds_old(line)).count(),
    };
    Ok((bytes, made))
}

fn holds_old(line: &HandLine) -> bool {
    [HandState::HoldsOld, HandState::HoldsOldNotFinal].iter().any(|one| one.word() == line.state)
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
        is_exchange: line.state == HandState::HoldsOld.word(),
        is_due: line.is_due,
    }
}
