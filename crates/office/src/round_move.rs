//! What moving a round to another catalogue version would change, told before anything moves: per class, per unit, and whom
//! it concerns as a list. Nothing is written to the store here; who moves it is the server's console.

use crate::{Moment, failed, write_file};
use domain::catalogue::{Catalogue, RoundSetting, UnpaidProblem};
use domain::conclusion::ConclusionState;
use domain::identity::{mask_id, mask_name};
use domain::ids::UnitCode;
use domain::rule::{ClassMove, Judgement, Level, moves};
use protocol::{Code, Failure};
use report::{Identifiers, MoveRow, MoveSheet, move_workbook};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use store::{Round, Store, Supposed};

/// Rows a workbook takes; a round with more is looked at unit by unit.
const ROWS_MAX: usize = 1_000_000;

/// A version a round can stand at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VersionRow {
    pub version: u32,
    /// The round stands here.
    pub stands: bool,
    /// It has stood here before: it may go back.
    pub stood: bool,
}

/// Where a round stands, and where it could.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoundVersion {
    pub round: String,
    pub name: String,
    pub version: u32,
    /// This program has its tables.
    pub known: bool,
    pub versions: Vec<VersionRow>,
}

/// How many people a class comes to, goes from, or changes level or days of.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ClassRow {
    pub rule: String,
    pub code: String,
    pub name: String,
    pub come: usize,
    pub gone: usize,
    pub changed: usize,
}

/// Checkups of one unit that are judged otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnitRow {
    pub unit: UnitCode,
    pub label: String,
    pub checkups: usize,
}

/// What a move would change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoundMove {
    pub round: String,
    pub name: String,
    pub from: u32,
    pub to: u32,
    /// Checkups of the round, and those judged otherwise.
    pub checkups: usize,
    pub otherwise: usize,
    pub classes: Vec<ClassRow>,
    pub units: Vec<UnitRow>,
    /// People with a finding of A or B more, or less.
    pub grave_come: usize,
    pub grave_gone: usize,
    /// Of those judged otherwise, signed: their conclusion stands.
    pub signed: usize,
    /// True once it was moved.
    pub moved: bool,
}

/// Where a round stands.
pub fn round_version(store: &Store, named: &str) -> Result<RoundVersion, Failure> {
    let round = whole(store, named)?;
    let version = round.setting.version();
    let stood = store.round_versions(round.id).map_err(failed)?;
    let here = Catalogue::RELEASED.into_iter().chain([Catalogue::builtin().version]);
    let all: BTreeSet<u32> = here.chain([version]).collect();
    let row =
        |one: u32| VersionRow { version: one, stands: one == version, stood: stood.contains(&one) };
    Ok(RoundVersion {
        round: round.id.to_string(),
        name: round.name.clone(),
        version,
        known: round.setting.is_known(),
        versions: all.into_iter().map(row).collect(),
    })
}

/// What a move to `to` would change. A version this program has no tables of is refused, and an older one at which the round
/// never stood: a round begins at the newest there is, and goes back only from a mistake.
pub fn round_move(store: &Store, named: &str, to: u32) -> Result<RoundMove, Failure> {
    let (round, supposed, checkups) = looked_at(store, named, to)?;
    told(store, &round, to, &supposed, checkups)
}

/// What becomes of a round's checkups, told in numbers.
pub(crate) fn told(
    store: &Store,
    round: &Round,
    to: u32,
    supposed: &[Supposed],
    checkups: usize,
) -> Result<RoundMove, Failure> {
    let units = store.units().map_err(failed)?;
    let mut classes: BTreeMap<(String, String), ClassRow> = BTreeMap::new();
    let mut at: BTreeMap<UnitCode, usize> = BTreeMap::new();
    let (mut grave_come, mut grave_gone, mut signed) = (0, 0, 0);
    for one in supposed {
        *at.entry(one.unit.clone()).or_default() += 1;
        signed += usize::from(one.conclusion == ConclusionState::Signed);
        let (before, after) = (grave(&one.before), grave(&one.after));
        grave_come += usize::from(!after.is_subset(&before));
        grave_gone += usize::from(!before.is_subset(&after));
        for moved in moves(&one.before, &one.after) {
            let key = (moved.rule.clone(), moved.code.clone());
            let row = classes.entry(key).or_insert_with(|| ClassRow {
                rule: moved.rule.clone(),
                code: moved.code.clone(),
                name: class_name(&moved.rule, &moved.code),
                ..ClassRow::default()
            });
            match (moved.before, moved.after) {
                (None, _) => row.come += 1,
                (Some(_), None) => row.gone += 1,
                (Some(_), Some(_)) => row.changed += 1,
            }
        }
    }
    let unit =
        |(unit, checkups): (UnitCode, usize)| UnitRow { label: units.label(&unit), unit, checkups };
    Ok(RoundMove {
        round: round.id.to_string(),
        name: round.name.clone(),
        from: round.setting.version(),
        to,
        checkups,
        otherwise: supposed.len(),
        classes: classes.into_values().collect(),
        units: at.into_iter().map(unit).collect(),
        grave_come,
        grave_gone,
        signed,
        moved: false,
    })
}

/// Writes the list of whom it concerns, a row for each change; how many rows. Masked unless a purpose is given.
pub fn write_round_move(
    store: &Store,
    (named, to): (&str, u32),
    identifiers: &Identifiers,
    moment: &Moment,
    out: &Path,
) -> Result<usize, Failure> {
    if out.extension().is_none_or(|end| !end.eq_ignore_ascii_case("xlsx")) {
        return Err(Failure::new(Code::ExportUnsupported));
    }
    let purpose = match identifiers {
        Identifiers::Masked => "",
        Identifiers::Full { purpose } if purpose.trim().is_empty() => {
            return Err(Failure::new(Code::PurposeMissing));
        }
        Identifiers::Full { purpose } => purpose.trim(),
    };
    let (round, supposed, _) = looked_at(store, named, to)?;
    let units = store.units().map_err(failed)?;
    let mut rows = Vec::new();
    for one in &supposed {
        let id_number = one.details.id_number.clone().unwrap_or_default();
        let (name, id_number) = match identifiers {
            Identifiers::Masked => (mask_name(&one.details.name), mask_id(&id_number)),
            Identifiers::Full { .. } => (one.details.name.clone(), id_number),
        };
        let is_signed = one.conclusion == ConclusionState::Signed;
        for moved in moves(&one.before, &one.after) {
            rows.push(MoveRow {
                unit: units.label(&one.unit),
                name: name.clone(),
                id_number: id_number.clone(),
                finding: class_name(&moved.rule, &moved.code),
                value: value_of(one, &moved),
                before: said(moved.before),
                after: said(moved.after),
                what: what(&moved).to_owned(),
                conclusion: if is_signed { "已总检" } else { "" }.to_owned(),
            });
        }
    }
    let count = rows.len();
    if count > ROWS_MAX {
        return Err(Failure::new(Code::WorkbookTooLarge));
    }
    let sheet = MoveSheet {
        round: round.name,
        from: round.setting.version(),
        to,
        made_at: moment.as_of.clone(),
        purpose: purpose.to_owned(),
        rows,
    };
    let bytes = move_workbook(&sheet).map_err(|_| Failure::new(Code::Internal))?;
    write_file(out, &bytes)?;
    Ok(count)
}

/// What a round leaves unpaid, from the words of whoever sets it: a package added by age or answer, a station, an item; by key
/// or name. One word that cannot be refuses them all.
pub fn unpaid(round: &Round, words: &[String]) -> Result<RoundSetting, Failure> {
    let (version, levels) = (round.setting.version, round.setting.levels.clone());
    let mut setting = RoundSetting { version, levels, ..RoundSetting::default() };
    for word in words {
        setting.leave_unpaid(Catalogue::builtin(), word.trim()).map_err(|problem| {
            let why = match problem {
                UnpaidProblem::Unknown => "没有这个套餐、工位或项目",
                UnpaidProblem::IsWholePackage => "这是轮次的基本套餐，请逐项写出不付费的项目",
                UnpaidProblem::IsAlwaysAsked => {
                    "登记时要问、决定加做哪个套餐、或别的结果要靠它判断（复测、空腹），不能不问"
                }
            };
            Failure::at(Code::UnpaidInvalid, format!("{}：{why}", word.trim()))
        })?;
    }
    Ok(setting)
}

pub(crate) fn whole(store: &Store, named: &str) -> Result<Round, Failure> {
    store.round(named).map_err(failed)?.ok_or(Failure::new(Code::RoundUnknown))
}

fn looked_at(
    store: &Store,
    named: &str,
    to: u32,
) -> Result<(Round, Vec<Supposed>, usize), Failure> {
    let round = whole(store, named)?;
    if Catalogue::judging(to).is_none() {
        return Err(Failure::at(Code::VersionUnknown, to.to_string()));
    }
    let stood = store.round_versions(round.id).map_err(failed)?;
    if to < round.setting.version() && !stood.contains(&to) {
        return Err(Failure::at(Code::VersionOlder, to.to_string()));
    }
    let setting = RoundSetting { version: to, ..round.setting.clone() };
    let (supposed, checkups) = store.suppose(round.id, &setting).map_err(failed)?;
    Ok((round, supposed, checkups))
}

fn grave(all: &[Judgement]) -> BTreeSet<(&str, &str)> {
    let grave = all.iter().filter(|one| one.level >= Level::B);
    grave.map(|one| (one.rule.as_str(), one.code.as_str())).collect()
}

pub(crate) fn class_name(rule: &str, code: &str) -> String {
    let row = Catalogue::builtin().level(rule, code);
    row.map_or_else(|| code.to_owned(), |row| row.name_zh.clone())
}

fn value_of(one: &Supposed, moved: &ClassMove) -> String {
    let same =
        |j: &&Judgement| j.rule == moved.rule && j.code == moved.code && j.item == moved.item;
    let found = one.after.iter().find(same).or_else(|| one.before.iter().find(same));
    found.map(|judgement| judgement.value.clone()).unwrap_or_default()
}

fn what(moved: &ClassMove) -> &'static str {
    match (moved.before, moved.after) {
        (None, _) => "新增",
        (Some(_), None) => "不再提出",
        (Some(_), Some(_)) => "级别或期限变",
    }
}

/// `B，14 天`; empty where it is not given.
fn said(level: Option<(Level, Option<u16>)>) -> String {
    let Some((level, days)) = level else { return String::new() };
    let days = days.map(|days| format!("，{days} 天")).unwrap_or_default();
    format!("{}{days}", level.key())
}
