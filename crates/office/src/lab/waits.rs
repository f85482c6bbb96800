//! What waits, as it is listed: why, every line that waits with it, and which of them would be an A. Reads, decides nothing.

use super::line::{Left, LeftLine, value_told};
use super::reason::LabReason;
use super::told::{known, read_mapping};
use super::{HeldLineOfLab, HeldRowOfLab};
use crate::failed;
use chrono::NaiveDate;
use domain::catalogue::{Catalogue, Item, ItemKind};
use domain::check::Subject;
use domain::facts::{PersonKind, Sex};
use domain::identity::to_half_width;
use domain::ids::{ItemCode, RoundId};
use domain::lab::{factor, times};
use domain::rule::{Current, Level, Measured, OwnRange, judge_measured};
use domain::value::{Decimal, Value};
use intake::laboratory::{Analyte, Line, Mapping, Report};
use protocol::Failure;
use std::collections::BTreeSet;
use store::{HeldReport, Store};

/// Said of a line that waits because of another one.
const WITH: &str = "和它一起等，也没有采用";
/// Said of a line whose value would be an A.
const URGENT: &str = "数值够得上 A 级";
/// Said of the report that has one.
const URGENT_STEP: &str = "其中有够得上 A 级的数值，现在就与检验科核对是谁的，不要等";

/// What waits now, the newest round first.
pub(super) fn rows(store: &Store, named: Option<RoundId>) -> Result<Vec<HeldRowOfLab>, Failure> {
    let mut rounds = store.rounds().map_err(failed)?;
    rounds.reverse();
    let place = |id: RoundId| rounds.iter().position(|round| round.id == id);
    let name = |id: RoundId| place(id).map(|at| rounds[at].name.clone()).unwrap_or_default();
    let mut held = store.held_reports(named).map_err(failed)?;
    held.sort_by_key(|(round, _)| place(*round).unwrap_or(usize::MAX));
    held.into_iter().map(|(round, held)| row(store, (round, name(round)), held)).collect()
}

/// How a row is called.
pub(super) fn short(id: &[u8; 32]) -> String {
    id[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

fn row(
    store: &Store,
    (round, round_name): (RoundId, String),
    held: HeldReport,
) -> Result<HeldRowOfLab, Failure> {
    let reason = named(&held.reason);
    let kept = serde_json::from_str::<Left>(&held.report).unwrap_or_default();
    let report = serde_json::from_str::<Report>(&held.report).ok();
    let mapping = mapping(store, &held.laboratory)?;
    let urgent = match (&mapping, &report) {
        (Some(mapping), Some(report)) => {
            urgent(&*store.in_force(round).map_err(failed)?, mapping, report)
        }
        (Some(_) | None, _) => BTreeSet::new(),
    };
    let why = reason.map(LabReason::zh).unwrap_or_default();
    let mut text = match kept.is_part && reason.is_some_and(LabReason::is_of_lines) {
        true => format!("其余结果已收下，这几行没有：{why}"),
        false => why.to_owned(),
    };
    let of_lines = kept.left.iter().filter_map(|line| named(&line.reason));
    let is_columns = reason.into_iter().chain(of_lines).any(LabReason::is_columns);
    let with = report.iter().flat_map(|report| waiting(reason, &kept, report, mapping.as_ref()));
    let lines = lines(&held.reason, &kept, &with.collect::<Vec<_>>(), &urgent);
    if lines.iter().any(|line| line.text.ends_with(URGENT)) {
        text = format!("{text}。{URGENT_STEP}");
    }
    Ok(HeldRowOfLab {
        id: short(&held.id),
        round: round_name,
        lines,
        laboratory: held.laboratory,
        file: held.file,
        row: held.row,
        code: held.code,
        text,
        is_columns,
        can_accept: reason.is_some_and(LabReason::can_accept),
        reason: held.reason,
    })
}

fn named(word: &str) -> Option<LabReason> {
    LabReason::ALL.iter().copied().find(|reason| reason.word() == word)
}

/// None where two said otherwise of its laboratory: then nobody knows what a line is.
fn mapping(store: &Store, laboratory: &str) -> Result<Option<Mapping>, Failure> {
    known(store, laboratory)?.mapping.as_deref().map(read_mapping).transpose()
}

/// Lines that wait though nothing is wrong with them: their report waits whole. Not those that the laboratory's mapping leaves out.
fn waiting<'r>(
    reason: Option<LabReason>,
    kept: &Left,
    report: &'r Report,
    mapping: Option<&Mapping>,
) -> Vec<&'r Line> {
    if kept.is_part || reason.is_none_or(LabReason::is_of_lines) {
        return Vec::new();
    }
    let is_asked = |line: &Line| mapping.is_none_or(|of| !of.ignore.contains(&line.analyte));
    let is_told = |line: &Line| kept.left.iter().any(|left| left.is_of(line));
    report.lines.iter().filter(|line| is_asked(line) && !is_told(line)).collect()
}

fn lines(
    reason: &str,
    kept: &Left,
    waiting: &[&Line],
    urgent: &BTreeSet<&str>,
) -> Vec<HeldLineOfLab> {
    let line = |analyte: &str, cell: &str, why: &str| {
        let urgent = if urgent.contains(analyte) { URGENT } else { "" };
        let between = if why.is_empty() || urgent.is_empty() { "" } else { "；" };
        let text = format!("{why}{between}{urgent}");
        HeldLineOfLab { analyte: analyte.to_owned(), cell: cell.to_owned(), text }
    };
    let of_left = kept.left.iter().map(|left| {
        let why = match left.reason == reason {
            true => "",
            false => named(&left.reason).map(LabReason::zh).unwrap_or_default(),
        };
        line(&left.analyte, &left.cell, why)
    });
    // Where no line is why, the report says it of all of them.
    let with = if kept.left.is_empty() { "" } else { WITH };
    let others = waiting.iter().map(|one| line(&one.analyte, &LeftLine::cell_of(one), with));
    of_left.chain(others).collect()
}

/// The numbers in a cell that is no value: of `>33.3` and `7.1~7.3` they say which side it lies on, and more decimals than an item keeps
/// change nothing of that. For the mark of an A alone; nothing of them is taken.
fn leaning(item: &Item, told: &Analyte, line: &Line) -> Vec<Value> {
    let ItemKind::Number { .. } = item.kind else { return Vec::new() };
    let unit = if line.unit.is_empty() { told.unit.as_deref() } else { Some(&*line.unit) };
    let Some(factor) = factor(&item.unit_zh, unit.unwrap_or_default()) else { return Vec::new() };
    let plain = to_half_width(&line.value);
    let numbers = plain.split(|c: char| !c.is_ascii_digit() && c != '.').filter_map(Decimal::parse);
    let kept = |number: Decimal| {
        let number = times(number, factor)?;
        let unit = 10_i128.checked_pow(u32::from(number.scale))?;
        Decimal::ratio_half_up(i128::from(number.mantissa), unit, item.decimals())
    };
    numbers.filter_map(kept).map(Value::Number).collect()
}

/// Analytes whose value would be an A of a man, a woman or a pupil: whose it is, nobody knows yet. What has no number, or none that a
/// declared factor converts, is none of them.
fn urgent<'r>(catalogue: &Catalogue, mapping: &Mapping, report: &'r Report) -> BTreeSet<&'r str> {
    let mut read: Vec<(&str, ItemCode, Value, Option<OwnRange>)> = Vec::new();
    for line in report.lines.iter().filter(|line| !line.is_rejected) {
        let Some((told, item)) = item_of(catalogue, mapping, line) else { continue };
        match value_told(item, told, line) {
            Ok((value, own)) => read.push((&line.analyte, item.code, value, own)),
            Err(_) => {
                let leans = leaning(item, told, line).into_iter();
                read.extend(leans.map(|value| (line.analyte.as_str(), item.code, value, None)));
            }
        }
    }
    let mut current = Current::new();
    for (_, item, value, own) in &read {
        let measured = Measured { value, own: *own, is_unrepeated: true };
        current.entry(*item).or_default().push(measured);
    }
    let is_a = |item: ItemCode| move |(level, of)| level == Level::A && of == Some(item);
    let judged: Vec<(Level, Option<ItemCode>)> = anybody()
        .iter()
        .flat_map(|subject| judge_measured(catalogue, subject, &current))
        .map(|judgement| (judgement.level, judgement.item))
        .collect();
    let is_urgent = |item: ItemCode| judged.iter().copied().any(is_a(item));
    read.iter().filter(|(_, item, ..)| is_urgent(*item)).map(|(analyte, ..)| *analyte).collect()
}

fn item_of<'c, 'm>(
    catalogue: &'c Catalogue,
    mapping: &'m Mapping,
    line: &Line,
) -> Option<(&'m Analyte, &'c Item)> {
    let told =
        mapping.analyte(&line.analyte).filter(|_| !mapping.ignore.contains(&line.analyte))?;
    Some((told, catalogue.item_by_key(&told.item)?))
}

/// A grown man and a grown woman, a boy and a girl at school.
fn anybody() -> Vec<Subject> {
    let day = |year| NaiveDate::from_ymd_opt(year, 9, 1).unwrap_or_default();
    let kinds = [(PersonKind::Resident, 1970), (PersonKind::Pupil, 2015)];
    let of = |(kind, born)| {
        [Sex::M, Sex::F].map(|sex| Subject {
            kind,
            sex: Some(sex),
            birth: Some(day(born)),
            day: day(2026),
        })
    };
    kinds.into_iter().flat_map(of).collect()
}
