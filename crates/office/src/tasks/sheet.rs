//! 随访单 out: what a village doctor or a school follows up, on paper or as a workbook. That it went out is an entry of its own: who
//! took how many rows for what, and the file's digest; nobody's name is in it.

use super::list::{OpenElsewhere, TaskWant, open_elsewhere, task_list};
use super::referral::unsure_tasks;
use crate::{MayWrite, Moment, failed, system_fonts, write_file};
use chrono::NaiveDate;
use domain::order::reading_order;
use protocol::convert::day_number;
use protocol::fact::IssueFact;
use protocol::{Code, Entry, Fact, Failure, Header};
use report::{FollowUpRow, FollowUpSheet, follow_up_workbook};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use store::{Round, Store};

/// What a list goes out for, and nothing else.
pub const PURPOSE: &str = "随访";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SheetFormat {
    Xlsx,
    Pdf,
}

impl SheetFormat {
    pub fn word(self) -> &'static str {
        match self {
            SheetFormat::Xlsx => "xlsx",
            SheetFormat::Pdf => "pdf",
        }
    }

    /// By the name of the file.
    pub fn of_file(path: &Path) -> Result<SheetFormat, Failure> {
        let end = path.extension().and_then(|end| end.to_str()).unwrap_or_default();
        match end.to_ascii_lowercase().as_str() {
            "xlsx" => Ok(SheetFormat::Xlsx),
            "pdf" => Ok(SheetFormat::Pdf),
            _ => Err(Failure::new(Code::ExportUnsupported)),
        }
    }
}

/// Whose list.
#[derive(Debug, Clone)]
pub struct SheetOrder {
    /// A round's id or unique name; none = the latest.
    pub round: Option<String>,
    /// A village, a school, or all below a township.
    pub unit: String,
    /// Account or id of whoever takes it out.
    pub operator: Option<String>,
    pub format: SheetFormat,
}

/// What went out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SheetIssued {
    pub file: PathBuf,
    pub bytes: u64,
    pub rows: u32,
    pub purpose: &'static str,
    /// What is still to be done of other rounds, and is not on it.
    pub elsewhere: Vec<OpenElsewhere>,
}

/// Today for the round's follow-ups, given a clock: never before the round.
pub type TodayOf<'a> = &'a dyn Fn(&Round) -> NaiveDate;

/// Writes the list of everything still to be done at a unit, and says in an entry that it went out. `header` names whoever
/// takes it. The entry is written first: what left without being recorded would be worse than a record of what did not leave.
pub fn issue_sheet(
    store: &mut Store,
    header: &Header,
    order: &SheetOrder,
    (moment, today_of): (&Moment, TodayOf),
    out: &Path,
    may_write: MayWrite,
) -> Result<SheetIssued, Failure> {
    let (bytes, rows) = issue_sheet_bytes(store, header, order, (moment, today_of), may_write)?;
    write_file(out, &bytes)?;
    let round = round_of(store, order.round.as_deref())?;
    let unit = crate::unit_named(store, &order.unit)?;
    Ok(SheetIssued {
        file: out.to_owned(),
        bytes: bytes.len() as u64,
        rows,
        purpose: PURPOSE,
        elsewhere: open_elsewhere(store, round.id, &[unit], today_of(&round))?,
    })
}

/// The same in memory, and how many rows it has.
pub fn issue_sheet_bytes(
    store: &mut Store,
    header: &Header,
    order: &SheetOrder,
    (moment, today_of): (&Moment, TodayOf),
    may_write: MayWrite,
) -> Result<(Vec<u8>, u32), Failure> {
    let round = round_of(store, order.round.as_deref())?;
    let today = today_of(&round);
    let unit = crate::unit_named(store, &order.unit)?;
    may_write(&unit)?;
    let open = TaskWant { is_open: true, ..TaskWant::default() };
    let list = task_list(store, round.id, &unit, &open, today)?;
    if list.left_out > 0 {
        return Err(Failure::new(Code::WorkbookTooLarge));
    }
    let mut unsure = BTreeSet::new();
    let people: BTreeSet<&str> = list.rows.iter().map(|line| line.person.as_str()).collect();
    for person in people {
        let person = crate::person_named(store, person)?;
        unsure.extend(unsure_tasks(store, &round, person)?);
    }
    let units = store.units().map_err(failed)?;
    let operators = store.operators().map_err(failed)?;
    let by = operators.iter().find(|operator| operator.id.0 == header.operator);
    let mut open = list.rows;
    let mut worst: BTreeMap<String, (bool, Option<String>)> = BTreeMap::new();
    for line in &open {
        let own = (line.level != "A", line.due.clone());
        let known = worst.entry(line.person.clone()).or_insert_with(|| own.clone());
        *known = own.min(known.clone());
    }
    // As they are visited: group by group, the worst first within one.
    open.sort_by_cached_key(|line| {
        let words = |text: &str| reading_order(Some(text).filter(|text| !text.is_empty()));
        let (grade, group) = (words(&line.grade), words(&line.group));
        // Whoever is called is called once: their rows stand together, where the worst of them would.
        let worst = worst.get(&line.person).cloned();
        let own = (line.level != "A", line.due.clone(), line.number.clone());
        (line.unit.clone(), grade, group, worst, line.person.clone(), own)
    });
    let sheet = FollowUpSheet {
        round: round.name,
        unit: units.get(&unit).map(|unit| unit.name.clone()).unwrap_or_default(),
        unit_code: unit.0.clone(),
        made_at: moment.as_of.clone(),
        purpose: PURPOSE.to_owned(),
        by: by.map(|operator| operator.name.clone()).unwrap_or_default(),
        rows: open.iter().map(|line| row(line, unsure.contains(&line.number))).collect(),
    };
    let bytes = match order.format {
        SheetFormat::Xlsx => {
            follow_up_workbook(&sheet).map_err(|_| Failure::new(Code::Internal))?
        }
        SheetFormat::Pdf => report::paper::follow_up_sheet(&system_fonts()?, &sheet)
            .map_err(|_| Failure::new(Code::Internal))?,
    };
    let rows = u32::try_from(sheet.rows.len()).unwrap_or(u32::MAX);
    let fact = IssueFact {
        unit: unit.0.clone(),
        purpose: PURPOSE.to_owned(),
        format: order.format.word().to_owned(),
        rows,
        digest: Sha256::digest(&bytes).to_vec(),
    };
    let header = Header { round: round.id.0, day: Some(day_number(today)), ..header.clone() };
    store.append(&unit, &[Entry { header, fact: Fact::Issue(fact) }]).map_err(failed)?;
    Ok((bytes, rows))
}

/// The round named; none named = the latest.
fn round_of(store: &Store, named: Option<&str>) -> Result<Round, Failure> {
    let round = match named {
        Some(named) => store.round(named).map_err(failed)?,
        None => store.rounds().map_err(failed)?.pop(),
    };
    round.ok_or(Failure::new(Code::RoundUnknown))
}

/// `is_unsure`: it rests on a tube that is somebody else's by now.
fn row(line: &super::TaskLine, is_unsure: bool) -> FollowUpRow {
    let phone = match (line.phone.as_str(), line.phone_owner.as_str()) {
        ("", _) => String::new(),
        (phone, "") => phone.to_owned(),
        (phone, owner) => format!("{phone}（{owner}）"),
    };
    FollowUpRow {
        number: line.number.clone(),
        name: line.name.clone(),
        phone,
        unit: line.unit_name.clone(),
        group: format!("{}{}", line.grade, line.group),
        level: line.level.to_owned(),
        seen: if is_unsure { format!("待核对：{}", line.seen) } else { line.seen.clone() },
        action: line.action.clone(),
        due: line.due.clone().unwrap_or_default(),
        state: if line.differs {
            format!("{}（有不一致）", line.state_zh)
        } else {
            line.state_zh.to_owned()
        },
    }
}
