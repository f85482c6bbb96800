//! Exports as texts that can be compared, all made at the moment of the story.

use crate::samples::Sheet;
use crate::steady::AFTERNOON_MS;
use crate::team::{said, text};
use field::{Export, ExportOrder, Format, Identifiers};
use std::path::Path;
use store::Store;

/// One report of a replica, with whole identifiers. `folder`: where files may lie.
pub fn of(
    store: &Store,
    round: &str,
    what: Export,
    format: Format,
    unit: Option<&str>,
    folder: &Path,
) -> String {
    let order = ExportOrder {
        what,
        format,
        round: round.to_owned(),
        unit: unit.map(str::to_owned),
        identifiers: Identifiers::Full { purpose: "核对".to_owned() },
    };
    let file = folder.join("export");
    said(office::export(store, &order, &office::Moment::at(AFTERNOON_MS), &file));
    text(&file)
}

/// The lines of a report, without what it says of devices heard: only the server hears them.
pub fn lines_but_devices_heard(report: &str) -> Vec<String> {
    let before = |line: &str| match line.split_once("今日尚未回传的设备") {
        Some((before, _)) => before.to_owned(),
        None => line.to_owned(),
    };
    report.lines().map(before).collect()
}

/// 应检, 实检(名单内), 本区他村, 外区 of a unit in a coverage CSV.
pub fn coverage(csv: &str, unit: &str) -> [u32; 4] {
    let sheet = Sheet::parse(csv);
    let column = sheet.column("单位代码");
    let row = sheet.rows.iter().position(|row| row[column] == unit).unwrap();
    let headings = ["应检", "实检(名单内)", "本区他村", "外区"];
    headings.map(|heading| sheet.cell(row, heading).parse().unwrap())
}
