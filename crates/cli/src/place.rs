//! Commands that a device's folder and a server's folder both have.

use crate::args::{Export, FileFormat, HeldCommand, IdentifierChoice, Place, RosterCommand, What};
use crate::device::PROBLEM_LINES_MAX;
use crate::say::Said;
use crate::{central, device};
use field::{ExportOrder, RosterOrder};
use protocol::{Code, Failure};
use serde_json::json;

/// A device or a server, opened.
pub enum Opened {
    Device(Box<field::Home>),
    Server(Box<server::console::Console>),
}

pub fn open(place: &Place) -> Result<Opened, Failure> {
    let key_file = place.key_file.as_deref();
    match (&place.home, &place.data) {
        (Some(home), None) => Ok(Opened::Device(Box::new(device::open(home, key_file)?))),
        (None, Some(data)) => Ok(Opened::Server(Box::new(central::open(data, key_file)?))),
        (None, None) | (Some(_), Some(_)) => Err(Failure::new(Code::UsageInvalid)),
    }
}

pub fn held(command: &HeldCommand) -> Result<Said, Failure> {
    match command {
        HeldCommand::List(place) => {
            let held = match open(place)? {
                Opened::Device(home) => home.held()?,
                Opened::Server(console) => console.held()?,
            };
            let lines = held.iter().map(|h| format!("{} {} {}", h.entry, h.unit, h.text)).collect();
            Said::of(&json!({ "held": held }), lines)
        }
        HeldCommand::Resolve { place, entry, apply, discard: _, note } => {
            match open(place)? {
                Opened::Device(home) => home.resolve_held()?,
                Opened::Server(mut console) => console.resolve_held(entry, *apply, note)?,
            }
            let line = if *apply {
                "已采用这条记录"
            } else {
                "这条记录不采用，原文保留"
            };
            Said::of(&json!({ "entry": entry, "applied": apply }), vec![line.to_owned()])
        }
    }
}

pub fn roster(command: &RosterCommand) -> Result<Said, Failure> {
    let RosterCommand::Import { place, round, unit, files } = command;
    let order = RosterOrder { round: round.clone(), unit: unit.clone(), files: files.clone() };
    let imported = match open(place)? {
        Opened::Device(mut home) => home.import_roster(&order)?,
        Opened::Server(mut console) => console.import_roster(&order)?,
    };
    let mut lines = vec![format!(
        "{} 个文件，{} 行：新列入 {} 人，已在册 {} 行，名单上有而本次没有列出 {} 人（不会删除）",
        imported.files,
        imported.rows,
        imported.accepted,
        imported.merged,
        imported.no_longer_listed
    )];
    for difference in imported.differences.iter().take(PROBLEM_LINES_MAX) {
        let place = match (&difference.sheet, difference.row) {
            (Some(sheet), Some(row)) => format!("（{sheet} 第 {row} 行）"),
            (None, _) | (_, None) => String::new(),
        };
        lines.push(format!("  {}：{}{place}", difference.what.zh(), difference.name));
    }
    for problem in imported.problems.iter().take(PROBLEM_LINES_MAX) {
        lines.push(format!(
            "  {} 第 {} 行 {}：{}",
            problem.sheet,
            problem.row,
            problem.column,
            problem.code.zh()
        ));
    }
    if let Some(workbook) = &imported.problem_workbook {
        lines.push(format!("问题清单（可发回报送单位）：{}", workbook.display()));
    }
    Said::of(&imported, lines)
}

pub fn export(export: &Export) -> Result<Said, Failure> {
    let what = match export.what {
        What::Template => return crate::template::export(export),
        What::Results => field::Export::Results,
        What::Findings => field::Export::Findings,
        What::Coverage => field::Export::Coverage,
        What::Brief => field::Export::Brief,
    };
    let format = match export.format {
        FileFormat::Xlsx => field::Format::Xlsx,
        FileFormat::Csv => field::Format::Csv,
        FileFormat::Txt => field::Format::Txt,
    };
    if export.name.is_some() {
        return Err(Failure::new(Code::UsageInvalid));
    }
    let identifiers = identifiers(export)?;
    let order = ExportOrder {
        what,
        format,
        round: export.round.clone(),
        unit: export.unit.clone(),
        identifiers,
    };
    let exported = match open(&export.place)? {
        Opened::Device(home) => home.export(&order, &export.out)?,
        Opened::Server(console) => console.export(&order, &export.out)?,
    };
    let line = format!("已导出 {} 人：{}", exported.people, exported.file.display());
    Said::of(&exported, vec![line])
}

/// Whole ID numbers need a purpose.
pub fn identifiers(export: &Export) -> Result<field::Identifiers, Failure> {
    chosen_identifiers(export.identifiers, &export.purpose)
}

/// The same of another command.
pub fn chosen_identifiers(
    chosen: IdentifierChoice,
    purpose: &str,
) -> Result<field::Identifiers, Failure> {
    Ok(match chosen {
        IdentifierChoice::Masked => field::Identifiers::Masked,
        IdentifierChoice::Full if purpose.trim().is_empty() => {
            return Err(Failure::new(Code::PurposeMissing));
        }
        IdentifierChoice::Full => field::Identifiers::Full { purpose: purpose.trim().to_owned() },
    })
}

pub fn verify(place: &Place) -> Result<Said, Failure> {
    let mut progress = |step: &str| eprintln!("{step}");
    let verified = match open(place)? {
        Opened::Device(home) => home.verify(&mut progress)?,
        Opened::Server(console) => console.verify(&mut progress)?,
    };
    let mut lines = vec![if verified.ok {
        format!("核对通过：{} 条记录一致", verified.entries)
    } else {
        Code::VerifyFailed.zh().to_owned()
    }];
    lines.extend(verified.problems.iter().map(|p| format!("  {p}")));
    let mut said = Said::of(&verified, lines)?;
    said.ok = verified.ok;
    Ok(said)
}
