//! 应检 and 实检 by unit, and how far what had to be examined is answered, with a row for each township and one for the district. Not who counts as
//! examined: the counts come in.

use crate::Input;
use crate::table::{Align, Cell, Column, Mark, Marked, Table};
use domain::facts::{CoverageFacts, UnitFacts};
use domain::ids::UnitCode;
use domain::state::Answered;
use std::collections::BTreeMap;

/// What is counted of one unit or of several.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// 应检
    pub expected: u64,
    /// 实检(名单内)
    pub listed: u64,
    /// 本区他村
    pub other_village: u64,
    /// 外区
    pub outside: u64,
    pub answered: AnsweredCounts,
}

/// People examined by how far their mandatory items are answered: each is in one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AnsweredCounts {
    /// 有未检
    pub missing: u64,
    /// 需重采
    pub redraw: u64,
    /// 待回报
    pub awaited: u64,
    /// 已回报
    pub reported: u64,
}

impl AnsweredCounts {
    pub fn add(&mut self, answered: Answered) {
        match answered {
            Answered::NotExamined => {}
            Answered::Missing => self.missing += 1,
            Answered::Redraw => self.redraw += 1,
            Answered::Awaited => self.awaited += 1,
            Answered::Reported => self.reported += 1,
        }
    }

    fn and(self, other: AnsweredCounts) -> AnsweredCounts {
        AnsweredCounts {
            missing: self.missing + other.missing,
            redraw: self.redraw + other.redraw,
            awaited: self.awaited + other.awaited,
            reported: self.reported + other.reported,
        }
    }
}

impl Counts {
    pub fn of(facts: &CoverageFacts) -> Counts {
        Counts {
            expected: u64::from(facts.expected),
            listed: u64::from(facts.examined_listed),
            other_village: u64::from(facts.examined_other_village),
            outside: u64::from(facts.examined_outside),
            answered: AnsweredCounts::default(),
        }
    }

    /// With the people the unit counts.
    fn answered(self, answered: AnsweredCounts) -> Counts {
        Counts { answered, ..self }
    }

    pub fn sum(counts: impl IntoIterator<Item = Counts>) -> Counts {
        counts.into_iter().fold(Counts::default(), |sum, one| Counts {
            expected: sum.expected + one.expected,
            listed: sum.listed + one.listed,
            other_village: sum.other_village + one.other_village,
            outside: sum.outside + one.outside,
            answered: sum.answered.and(one.answered),
        })
    }

    /// 合计: everyone examined, on the list or not.
    pub fn examined(self) -> u64 {
        self.listed + self.other_village + self.outside
    }
}

/// A township and its units, in order of their codes.
pub struct Township<'a> {
    pub name: String,
    pub units: Vec<&'a CoverageFacts>,
}

/// What groups units: the township's code, or the unit's own where it lies in none.
pub fn township_code(unit: &UnitCode) -> UnitCode {
    unit.township().unwrap_or_else(|| unit.clone())
}

fn township_name(unit: &UnitFacts) -> String {
    if unit.township.is_empty() { unit.name.clone() } else { unit.township.clone() }
}

pub fn townships<'a>(input: &Input<'a>) -> Vec<Township<'a>> {
    let mut coverage: Vec<&CoverageFacts> = input.facts.coverage.iter().collect();
    coverage.sort_by(|a, b| a.unit.code.cmp(&b.unit.code));
    coverage
        .chunk_by(|a, b| township_code(&a.unit.code) == township_code(&b.unit.code))
        .map(|units| Township { name: township_name(&units[0].unit), units: units.to_vec() })
        .collect()
}

pub fn table<'a>(input: &'a Input<'a>) -> Table<'a> {
    let mut answered: BTreeMap<&UnitCode, AnsweredCounts> = BTreeMap::new();
    for checkup in &input.facts.checkups {
        answered.entry(&checkup.unit).or_default().add(checkup.answered);
    }
    let counts = |unit: &CoverageFacts| {
        let of = answered.get(&unit.unit.code).copied().unwrap_or_default();
        Counts::of(unit).answered(of)
    };
    let mut rows: Vec<Vec<Marked>> = Vec::new();
    for township in townships(input) {
        for facts in &township.units {
            let unit = &facts.unit;
            rows.push(row(&township.name, &unit.name, &unit.code.0, counts(facts), Mark::Plain));
        }
        let sum = Counts::sum(township.units.iter().map(|unit| counts(unit)));
        rows.push(row(&township.name, "小计", "", sum, Mark::Subtotal));
    }
    let total = Counts::sum(input.facts.coverage.iter().map(counts));
    rows.push(row("全区", "合计", "", total, Mark::Total));
    Table {
        name: "受检情况",
        title: input.title("受检情况"),
        columns: vec![
            Column::new("乡镇", 18.0, Align::Left),
            Column::new("单位", 24.0, Align::Left),
            Column::new("单位代码", 15.0, Align::Center),
            Column::new("应检", 9.0, Align::Right),
            Column::new("实检(名单内)", 13.0, Align::Right),
            Column::new("受检率", 9.0, Align::Right),
            Column::new("本区他村", 10.0, Align::Right),
            Column::new("外区", 9.0, Align::Right),
            Column::new("合计人次", 9.0, Align::Right),
            Column::new("名单内未检", 10.0, Align::Right),
            Column::new("有未检项目", 10.0, Align::Right),
            Column::new("需重采", 8.0, Align::Right),
            Column::new("待回报", 8.0, Align::Right),
            Column::new("已回报", 8.0, Align::Right),
        ],
        frozen_columns: 2,
        rows: Box::new(rows.into_iter()),
    }
}

fn row(township: &str, unit: &str, code: &str, counts: Counts, mark: Mark) -> Vec<Marked> {
    [
        Cell::text(township),
        Cell::text(unit),
        Cell::code(code),
        Cell::Count(counts.expected),
        Cell::Count(counts.listed),
        Cell::share(counts.listed, counts.expected),
        Cell::Count(counts.other_village),
        Cell::Count(counts.outside),
        Cell::Count(counts.examined()),
        Cell::Count(counts.expected.saturating_sub(counts.listed)),
        Cell::Count(counts.answered.missing),
        Cell::Count(counts.answered.redraw),
        Cell::Count(counts.answered.awaited),
        Cell::Count(counts.answered.reported),
    ]
    .map(|cell| Marked { cell, mark })
    .into()
}
