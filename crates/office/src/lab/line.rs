//! One line of a laboratory's report as a result: its value in the item's unit, the range beside it, and what is to be asked about it.
//! Not whether the report is taken (`plan`).

use super::LabDoubt;
use super::reason::LabReason;
use domain::catalogue::{Catalogue, Item, ItemKind, parse_value};
use domain::check::{Band, Subject, check};
use domain::facts::CurrentValue;
use domain::identity::to_half_width;
use domain::lab::{factor, read_range, times, units};
use domain::rule::OwnRange;
use domain::slip::likely;
use domain::value::{Decimal, Value};
use intake::laboratory::{Analyte, Line, Report};
use serde::{Deserialize, Serialize};

/// One result of a report, in the item's unit.
pub(super) struct Found<'a> {
    pub item: &'a Item,
    pub value: CurrentValue,
    pub own: Option<OwnRange>,
    /// The line as printed: value, unit and range.
    pub line: Line,
}

/// A line that was not taken, as the laboratory has it. For the screen and the list of what waits; in no log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LeftLine {
    pub analyte: String,
    /// Value and unit as printed.
    pub cell: String,
    /// A reason's word.
    pub reason: String,
}

impl LeftLine {
    pub fn of(line: &Line, reason: LabReason) -> LeftLine {
        let (analyte, reason) = (line.analyte.clone(), reason.word().to_owned());
        LeftLine { analyte, cell: LeftLine::cell_of(line), reason }
    }

    pub fn is_of(&self, line: &Line) -> bool {
        self.analyte == line.analyte && self.cell == LeftLine::cell_of(line)
    }

    pub fn cell_of(line: &Line) -> String {
        format!("{} {}", line.value, line.unit).trim().to_owned()
    }
}

/// A report as it waits: as it was read, and which of its lines are why.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Left {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<LeftLine>,
    /// Its other lines were taken.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_part: bool,
    /// Whoever brought it said which round it is of.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_round_named: bool,
}

pub(super) fn said(line: &Line) -> String {
    format!("{} {} {}", line.value, line.unit, line.range).trim().to_owned()
}

/// As `value`, in the unit that is printed, else in the one that was told of the analyte.
pub(super) fn value_told(
    item: &Item,
    told: &Analyte,
    line: &Line,
) -> Result<(Value, Option<OwnRange>), LabReason> {
    let unit = if line.unit.is_empty() { told.unit.as_deref() } else { Some(&*line.unit) };
    value(item, line, unit.unwrap_or_default())
}

/// A printed value in the item's unit, with the range in the same. Arrows and H or L behind a number are marks, no part
/// of it.
fn value(item: &Item, line: &Line, unit: &str) -> Result<(Value, Option<OwnRange>), LabReason> {
    let unreadable = LabReason::ValueUnreadable;
    if !matches!(item.kind, ItemKind::Number { .. }) {
        // A bare number is the form's own code of an answer (1 阴性), or a titre: a laboratory means the other.
        if to_half_width(&line.value).trim().chars().all(|c| c.is_ascii_digit()) {
            return Err(unreadable);
        }
        let value = parse_value(item, &line.value).map_err(|_| unreadable)?;
        return if value.is_present() { Ok((value, None)) } else { Err(unreadable) };
    }
    let number = number(line).ok_or(unreadable)?;
    let factor = factor(&item.unit_zh, unit).ok_or(LabReason::UnitUndeclared)?;
    let kept = times(number, factor).and_then(|n| n.trimmed().rescaled(item.decimals()));
    let kept = kept.ok_or(unreadable)?.trimmed();
    // Ends turned round are no range: the value is taken, ours stands, and the import names the line (`doubts`).
    let own = read_range(without_unit(&line.range, unit)).unwrap_or_default();
    let end = |end: Option<Decimal>| match end {
        None => Ok(None),
        Some(end) => times(end, factor).map(Some).ok_or(unreadable),
    };
    let own = match own {
        Some(own) => Some(OwnRange { low: end(own.low)?, high: end(own.high)?, ..own }),
        None => None,
    };
    Ok((Value::Number(kept), own))
}

/// The number as printed.
fn number(line: &Line) -> Option<Decimal> {
    let plain = to_half_width(&line.value);
    Decimal::parse(plain.trim_end_matches(['↑', '↓', 'H', 'L', ' ']).trim())
}

/// `3.9-6.1 mmol/L` of a result in mmol/L.
fn without_unit<'a>(range: &'a str, unit: &str) -> &'a str {
    let range = range.trim();
    let bare = range.strip_suffix(unit.trim()).filter(|_| !unit.trim().is_empty());
    bare.unwrap_or(range).trim_end()
}

/// A line of the report that somebody should look at again.
pub(super) fn doubt(report: &Report, line: &Line, kind: &'static str, text: String) -> LabDoubt {
    let (code, analyte) = (report.code.clone(), line.analyte.clone());
    LabDoubt { row: report.row, code, analyte, kind, text }
}

/// Lines whose range is nonsense: its ends are turned round.
pub(super) fn turned(report: &Report) -> impl Iterator<Item = LabDoubt> + '_ {
    let is_turned = |line: &&Line| read_range(without_unit(&line.range, &line.unit)).is_err();
    let lines = report.lines.iter().filter(is_turned);
    lines.map(|line| doubt(report, line, LabDoubt::RANGE_TURNED, line.range.clone()))
}

/// A value that is taken and seldom true, with what was perhaps meant: the same number in another declared unit, or with its point
/// elsewhere. Never applied.
pub(super) fn unusual(cat: &Catalogue, subject: &Subject, found: &Found) -> String {
    let printed = format!("{} {}", found.line.value, found.line.unit).trim().to_owned();
    let taken = found.value.value.number();
    let Some((number, taken)) = number(&found.line).zip(taken) else { return printed };
    let unit = &found.item.unit_zh;
    let is_fine =
        |number: Decimal| check(cat, subject, found.item, &Value::Number(number)) == Band::Fine;
    let in_unit = |said: &&str| times(number, factor(unit, said)?).filter(|n| *n != taken);
    let other = units(unit).into_iter().find_map(|said| {
        let meant = in_unit(&said).filter(|meant| is_fine(*meant))?;
        Some(format!("{printed}，要是 {number} {said} 就是 {meant} {unit}"))
    });
    let slipped = || {
        let meant = likely(cat, subject, found.item, taken)?;
        Some(format!("{printed}，会不会是 {meant} {unit}"))
    };
    other.or_else(slipped).unwrap_or(printed)
}
