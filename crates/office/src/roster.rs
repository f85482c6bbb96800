//! Rosters in: each file is read (`intake`), each unit's people go to its list (`store`), and what the
//! office has to put right goes back to it as a workbook beside the file it sent.

use crate::export::write_file;
use crate::{Moment, failed};
use domain::ids::{RoundId, UnitCode};
use intake::{IntakeError, Merged, ProblemCode, ReadRow, RosterProblem, Workbook};
use protocol::convert::day_number;
use protocol::{Code, Failure, Header};
use serde::Serialize;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::{ListRow, Listed, Store};

/// Bytes of a file that are read at all; a larger one is no office's roster.
const FILE_BYTES_MAX: u64 = 64 << 20;

/// What to import.
#[derive(Debug, Clone, Default)]
pub struct RosterOrder {
    /// A round's id or unique name.
    pub round: String,
    /// The unit of the files, where they do not name it themselves.
    pub unit: Option<String>,
    pub files: Vec<PathBuf>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct RosterImported {
    pub files: u32,
    /// People's rows read (blanks, totals and remarks are none).
    pub rows: u32,
    /// People new to the roster.
    pub accepted: u32,
    /// Rows found to be someone already on it, in the file or before.
    pub merged: u32,
    /// Of these, rows that say something new.
    pub changed: u32,
    /// People on the roster whom the newer file does not list: told, never removed.
    pub no_longer_listed: u32,
    /// How the rows fell to units.
    pub units: Vec<UnitRows>,
    /// What a newer file of a unit says otherwise than the roster did. Empty for a unit's first file.
    pub differences: Vec<Difference>,
    pub problems: Vec<RosterProblem>,
    /// The workbook that goes back to the office.
    pub problem_workbook: Option<PathBuf>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnitRows {
    pub unit: UnitCode,
    pub rows: u32,
    pub accepted: u32,
    pub merged: u32,
    pub changed: u32,
    pub no_longer_listed: u32,
}

/// One person of whom a newer file says otherwise. For the coordinator's eyes: it names people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    pub what: DifferenceKind,
    pub unit: UnitCode,
    pub name: String,
    /// Where the newer file says so; none for people it does not list.
    pub sheet: Option<String>,
    pub row: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DifferenceKind {
    New,
    Changed,
    NoLongerListed,
}

impl DifferenceKind {
    pub fn zh(self) -> &'static str {
        match self {
            DifferenceKind::New => "新增",
            DifferenceKind::Changed => "有变动",
            DifferenceKind::NoLongerListed => "新名单未列（仍在册）",
        }
    }
}

/// A file as it came: from a disk, or handed over by a screen that keeps nothing on one.
#[derive(Clone)]
pub struct RosterFile {
    pub name: String,
    pub bytes: Vec<u8>,
    /// Cells put right since it came, before it is read.
    pub corrections: Vec<Correction>,
}

/// A cell of a file with what belongs there.
#[derive(Clone)]
pub struct Correction {
    pub sheet: String,
    /// Such as `D12`.
    pub cell: String,
    pub text: String,
}

/// The workbook for the office, in memory.
pub struct ProblemWorkbook {
    pub name: String,
    pub bytes: Vec<u8>,
    /// Which of the files it is named after.
    of_file: usize,
}

/// What rosters from memory came to.
pub struct RosterTaken {
    pub imported: RosterImported,
    pub workbook: Option<ProblemWorkbook>,
    /// For each problem what stands in its cell; `None` where no cell can be put right.
    pub in_cells: Vec<Option<String>>,
    /// For each problem whose row it is in, by name and birth date as they were read; empty where the row is nobody's.
    pub whose: Vec<String>,
}

struct ReadFile {
    /// Its place among the files given.
    at: usize,
    name: String,
    workbook: Workbook,
}

/// Imports rosters from a disk and leaves the problem workbook beside the first file that has a problem. `scope`: the
/// units this replica may write to; empty = all.
pub fn import_roster(
    store: &mut Store,
    order: &RosterOrder,
    moment: &Moment,
    scope: &[UnitCode],
    header: &Header,
    seed: &mut dyn FnMut() -> Result<[u8; 16], Failure>,
) -> Result<RosterImported, Failure> {
    let files = order.files.iter().map(|path| load_file(path));
    let files: Vec<RosterFile> = files.collect::<Result<_, _>>()?;
    let wanted = (order.round.as_str(), order.unit.as_deref());
    let taken = import_roster_files(store, wanted, &files, moment, scope, header, seed)?;
    let RosterTaken { mut imported, workbook, in_cells: _, whose: _ } = taken;
    if let Some(workbook) = workbook {
        let beside = order.files.get(workbook.of_file).cloned().unwrap_or_default();
        let out = beside.with_file_name(&workbook.name);
        write_file(&out, &workbook.bytes)?;
        imported.problem_workbook = Some(out);
    }
    Ok(imported)
}

/// Imports rosters from memory. All files are read before anything is written: one that cannot be read leaves the
/// roster as it was.
pub fn import_roster_files(
    store: &mut Store,
    (round, unit): (&str, Option<&str>),
    files: &[RosterFile],
    moment: &Moment,
    scope: &[UnitCode],
    header: &Header,
    seed: &mut dyn FnMut() -> Result<[u8; 16], Failure>,
) -> Result<RosterTaken, Failure> {
    let round = store.round(round).map_err(failed)?;
    let round = round.ok_or(Failure::new(Code::RoundUnknown))?;
    // Field clocks say 1970: nobody of a round's roster is born after it began.
    let today = moment.today.max(round.from);
    // A list speaks as of its round's beginning: over what was said in earlier rounds, under what somebody says in this one.
    let header = &Header { day: header.day.or(Some(day_number(round.from))), ..header.clone() };
    let round = round.id;
    let given = given_unit(store, unit)?;
    // Who is named is sought among the units that still work.
    let units = store.units_at_work().map_err(failed)?;
    let read = files.iter().enumerate().map(|(at, file)| read_file(at, file));
    let mut files: Vec<ReadFile> = read.collect::<Result<_, _>>()?;
    name_apart(&mut files);

    let mut imported = RosterImported { files: count(files.len()), ..RosterImported::default() };
    let mut rows = Vec::new();
    let mut name_cells = BTreeSet::new();
    let mut names = BTreeMap::new();
    for file in &files {
        let reading =
            intake::read_roster(&file.name, &file.workbook, &units, given.as_ref(), today);
        for sheet in reading.sheets {
            imported.rows += sheet.people;
            imported.problems.extend(sheet.problems);
            name_cells
                .extend(sheet.rows.iter().map(|row| (row.sheet.clone(), row.name_cell.clone())));
            names.extend(
                sheet.rows.iter().map(|row| (place(&row.file, &row.sheet, row.row), who(row))),
            );
            rows.extend(sheet.rows);
        }
    }
    let Merged { rows, merged, problems } = intake::merge_within(rows);
    imported.merged = merged;
    imported.problems.extend(problems);

    let by_unit = by_unit(rows);
    if !scope.is_empty() && by_unit.keys().any(|unit| !scope.iter().any(|s| s.covers(unit))) {
        return Err(Failure::new(Code::OutOfScope));
    }
    for (unit, rows) in by_unit {
        let (listed, problems, differences) = list_unit(store, round, &unit, &rows, header, seed)?;
        imported.add(listed);
        imported.problems.extend(problems);
        imported.differences.extend(differences);
    }
    let workbook = problem_workbook(&files, &imported.problems)?;
    let in_cells =
        imported.problems.iter().map(|problem| text_in_cell(&files, &name_cells, problem));
    let in_cells = in_cells.collect();
    let whose = imported.problems.iter().map(|problem| {
        names.get(&place(&problem.file, &problem.sheet, problem.row)).cloned().unwrap_or_default()
    });
    let whose = whose.collect();
    Ok(RosterTaken { imported, workbook, in_cells, whose })
}

fn place(file: &Arc<str>, sheet: &Arc<str>, row: u32) -> (Arc<str>, Arc<str>, u32) {
    (Arc::clone(file), Arc::clone(sheet), row)
}

/// Who stands in a row: a number alone tells an office nobody.
fn who(row: &ReadRow) -> String {
    let details = &row.row_facts.details;
    let birth = details.birth.map(|birth| birth.to_string()).unwrap_or_default();
    format!("{} {birth}", details.name).trim_end().to_owned()
}

/// What stands where a problem is marked. A mark at somebody's name for want of a column of its own is no cell to put
/// right.
fn text_in_cell(
    files: &[ReadFile],
    name_cells: &BTreeSet<(Arc<str>, String)>,
    problem: &RosterProblem,
) -> Option<String> {
    let is_at_name = name_cells.contains(&(problem.sheet.clone(), problem.cell.clone()));
    if is_at_name && !problem.column.contains('名') {
        return None;
    }
    let file = files.iter().find(|file| *file.name == *problem.file)?;
    file.workbook.text_at(&problem.sheet, &problem.cell).map(Cow::into_owned)
}

impl RosterImported {
    fn add(&mut self, unit: UnitRows) {
        self.accepted += unit.accepted;
        self.merged += unit.merged;
        self.changed += unit.changed;
        self.no_longer_listed += unit.no_longer_listed;
        self.units.push(unit);
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn given_unit(store: &Store, text: Option<&str>) -> Result<Option<UnitCode>, Failure> {
    let Some(text) = text else { return Ok(None) };
    let unit = UnitCode(text.trim().to_owned());
    if store.units().map_err(failed)?.get(&unit).is_none() {
        return Err(Failure::new(Code::UnitUnknown));
    }
    refuse_retired(store, &unit)?;
    Ok(Some(unit))
}

/// A unit that takes no new work is refused, with the one that does in its place.
pub fn refuse_retired(store: &Store, unit: &UnitCode) -> Result<(), Failure> {
    let retired = store.retired_units().map_err(failed)?;
    match retired.get(unit) {
        None => Ok(()),
        Some(None) => Err(Failure::new(Code::UnitRetired)),
        Some(Some(successor)) => {
            let label = store.units().map_err(failed)?.label(successor);
            Err(Failure::at(Code::UnitRetired, format!("接续单位：{label} {successor}")))
        }
    }
}

fn load_file(path: &Path) -> Result<RosterFile, Failure> {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let unreadable = |_| Failure::at(Code::FileUnreadable, &name);
    let meta = std::fs::metadata(path).map_err(unreadable)?;
    if meta.len() > FILE_BYTES_MAX {
        return Err(Failure::at(Code::WorkbookTooLarge, &name));
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    Ok(RosterFile { name, bytes, corrections: Vec::new() })
}

fn read_file(at: usize, file: &RosterFile) -> Result<ReadFile, Failure> {
    let name = file.name.clone();
    if file.bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(Failure::at(Code::WorkbookTooLarge, &name));
    }
    let mut workbook = intake::read_workbook(&name, &file.bytes)
        .map_err(|error| Failure::at(intake_code(error), &name))?;
    for Correction { sheet, cell, text } in &file.corrections {
        if !workbook.put_right(sheet, cell, text) {
            return Err(Failure::new(Code::RequestMalformed));
        }
    }
    Ok(ReadFile { at, name, workbook })
}

/// Files of one name from several folders: told apart by their place in the order.
fn name_apart(files: &mut [ReadFile]) {
    for at in 1..files.len() {
        let (before, rest) = files.split_at_mut(at);
        if let Some(file) = rest.first_mut()
            && before.iter().any(|earlier| earlier.name == file.name)
        {
            file.name = format!("{}（第{}个）", file.name, at + 1);
        }
    }
}

pub(crate) fn intake_code(error: IntakeError) -> Code {
    match error {
        IntakeError::PasswordProtected => Code::WorkbookEncrypted,
        IntakeError::Empty
        | IntakeError::NotAWorkbook
        | IntakeError::WebPage
        | IntakeError::OldExcel => Code::WorkbookUnknown,
        IntakeError::Broken => Code::WorkbookBroken,
        IntakeError::Inflates | IntakeError::TooLarge(_) => Code::WorkbookTooLarge,
        IntakeError::Unwritable => Code::Internal,
    }
}

fn by_unit(rows: Vec<ReadRow>) -> BTreeMap<UnitCode, Vec<ReadRow>> {
    let mut units: BTreeMap<UnitCode, Vec<ReadRow>> = BTreeMap::new();
    for row in rows {
        units.entry(row.unit.clone()).or_default().push(row);
    }
    units
}

fn list_unit(
    store: &mut Store,
    round: RoundId,
    unit: &UnitCode,
    rows: &[ReadRow],
    header: &Header,
    seed: &mut dyn FnMut() -> Result<[u8; 16], Failure>,
) -> Result<(UnitRows, Vec<RosterProblem>, Vec<Difference>), Failure> {
    let list: Vec<ListRow> = rows
        .iter()
        .enumerate()
        .map(|(at, row)| ListRow {
            row: row.row_facts.clone(),
            kind: row.kind,
            source_row: count(at),
        })
        .collect();
    let listed = store.list_people(round, unit, &list, header, seed)?;
    let problems = listed.problems.iter().filter_map(|problem| {
        let row = rows.get(problem.source_row as usize)?;
        Some(row.problem(match problem.code {
            "listed_elsewhere" => ProblemCode::ListedElsewhere,
            _ => ProblemCode::IdOfOtherName,
        }))
    });
    let problems = problems.collect();
    let differences = differences(store, unit, rows, &listed)?;
    let unit_rows = UnitRows {
        unit: unit.clone(),
        rows: count(rows.len()),
        accepted: listed.accepted,
        merged: listed.merged,
        changed: listed.changed,
        no_longer_listed: count(listed.no_longer_listed.len()),
    };
    Ok((unit_rows, problems, differences))
}

/// What the rows say otherwise than the roster did, with the names a coordinator needs.
fn differences(
    store: &Store,
    unit: &UnitCode,
    rows: &[ReadRow],
    listed: &Listed,
) -> Result<Vec<Difference>, Failure> {
    if !listed.had_list {
        return Ok(Vec::new());
    }
    let of_row = |what, at: &usize| {
        let row = rows.get(*at)?;
        Some(Difference {
            what,
            unit: unit.clone(),
            name: row.row_facts.details.name.clone(),
            sheet: Some(row.sheet.to_string()),
            row: Some(row.row),
        })
    };
    let new = listed.new_rows.iter().filter_map(|at| of_row(DifferenceKind::New, at));
    let changed = listed.changed_rows.iter().filter_map(|at| of_row(DifferenceKind::Changed, at));
    let mut found: Vec<Difference> = new.chain(changed).collect();
    for person in &listed.no_longer_listed {
        let view = store.person(*person).map_err(failed)?;
        found.push(Difference {
            what: DifferenceKind::NoLongerListed,
            unit: unit.clone(),
            name: view.map(|view| view.details.name).unwrap_or_default(),
            sheet: None,
            row: None,
        });
    }
    Ok(found)
}

/// One workbook for all files, named after the first one that has a problem: `NAME-问题清单.xlsx`.
fn problem_workbook(
    files: &[ReadFile],
    problems: &[RosterProblem],
) -> Result<Option<ProblemWorkbook>, Failure> {
    let has_problem = |file: &&ReadFile| problems.iter().any(|p| *p.file == *file.name);
    let Some(first) = files.iter().find(has_problem) else { return Ok(None) };
    let sources: Vec<(&str, &Workbook)> =
        files.iter().filter(has_problem).map(|file| (file.name.as_str(), &file.workbook)).collect();
    let bytes = intake::problem_workbook(&sources, problems)
        .map_err(|error| Failure::at(intake_code(error), &first.name))?;
    let stem = Path::new(&first.name).file_stem().map(|s| s.to_string_lossy().into_owned());
    let name = format!("{}-问题清单.xlsx", stem.unwrap_or_default());
    Ok(Some(ProblemWorkbook { name, bytes, of_file: first.at }))
}
