//! Exports: what a store holds, as workbooks, lists and the brief. The tables are `report`'s.

use crate::{Moment, failed};
use domain::ids::UnitCode;
use protocol::{Code, Failure};
use report::{Export, Format, Identifiers, Options, ReportError};
use serde::Serialize;
use std::path::{Path, PathBuf};
use store::Store;

/// What to export.
#[derive(Debug, Clone)]
pub struct ExportOrder {
    pub what: Export,
    pub format: Format,
    /// A round's id or unique name.
    pub round: String,
    /// A unit and all below it; none = everything the store holds.
    pub unit: Option<String>,
    pub identifiers: Identifiers,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exported {
    pub file: PathBuf,
    pub bytes: u64,
    pub people: u32,
}

/// Writes one report to `out`.
pub fn export(
    store: &Store,
    order: &ExportOrder,
    moment: &Moment,
    out: &Path,
) -> Result<Exported, Failure> {
    let (bytes, people) = export_bytes(store, order, moment)?;
    write_file(out, &bytes)?;
    Ok(Exported { file: out.to_owned(), bytes: bytes.len() as u64, people })
}

/// One report in memory, and how many people it is about.
pub fn export_bytes(
    store: &Store,
    order: &ExportOrder,
    moment: &Moment,
) -> Result<(Vec<u8>, u32), Failure> {
    let round = store.round(&order.round).map_err(failed)?;
    let round = round.ok_or(Failure::new(Code::RoundUnknown))?;
    let unit = order.unit.clone().map(UnitCode);
    if let Some(unit) = &unit
        && store.units().map_err(failed)?.get(unit).is_none()
    {
        return Err(Failure::new(Code::UnitUnknown));
    }
    let mut facts = store
        .export_facts(round.id, unit.as_ref(), moment.as_of.clone(), moment.today)
        .map_err(failed)?;
    if order.what == Export::Results {
        let people = facts.checkups.iter().map(|checkup| checkup.person).collect();
        let mut ranges = store.own_ranges(round.id, &people).map_err(failed)?;
        for checkup in &mut facts.checkups {
            checkup.own_ranges = ranges.remove(&checkup.person).unwrap_or_default();
        }
    }
    let options = Options { identifiers: order.identifiers.clone(), made_by: None };
    let bytes = report::export(order.what, order.format, &facts, &round.in_force(), &options)
        .map_err(|e| Failure::new(report_code(&e)))?;
    Ok((bytes, u32::try_from(facts.checkups.len()).unwrap_or(u32::MAX)))
}

fn report_code(error: &ReportError) -> Code {
    match error {
        ReportError::WrongFormat { .. } => Code::ExportUnsupported,
        ReportError::PurposeMissing => Code::PurposeMissing,
        ReportError::TooManyRows { .. } => Code::WorkbookTooLarge,
        ReportError::Workbook(_) | ReportError::Csv(_) | ReportError::Unwritten => Code::Internal,
    }
}

/// Writes beside, syncs and renames, so that a full disk never leaves half a file under the wanted name.
pub fn write_file(out: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::StorageFull => Failure::new(Code::DiskFull),
        _ => Failure::new(Code::FileUnwritable),
    };
    if let Some(dir) = out.parent().filter(|d| !d.as_os_str().is_empty()) {
        std::fs::create_dir_all(dir).map_err(failed)?;
    }
    let mut beside = out.as_os_str().to_owned();
    beside.push(".part");
    let beside = PathBuf::from(beside);
    let written = std::fs::File::create(&beside)
        .and_then(|mut file| {
            std::io::Write::write_all(&mut file, bytes).and_then(|()| file.sync_all())
        })
        .and_then(|()| std::fs::rename(&beside, out));
    if written.is_err() {
        let _ = std::fs::remove_file(&beside); // nothing worth keeping; the cause is told below
    }
    written.map_err(failed)
}
