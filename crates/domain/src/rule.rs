//! What is abnormal.

use crate::catalogue::Catalogue;
use crate::check::Subject;
use crate::facts::CurrentValue;
use crate::ids::ItemCode;
use crate::value::{Decimal, Value};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Level { N, C, B, A }

impl Level {
    pub const ALL: [Level; 4] = [Level::N, Level::C, Level::B, Level::A];
    pub fn key(self) -> &'static str { match self { Level::N => "N", Level::C => "C", Level::B => "B", Level::A => "A" } }
    pub fn parse(text: &str) -> Option<Level> { Level::ALL.into_iter().find(|level| level.key() == text) }
    pub fn is_finding(self) -> bool { self >= Level::C }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    pub rule: String,
    pub code: String,
    pub level: Level,
    /// The item the class rests on.
    pub item: Option<ItemCode>,
    pub value: String,
    pub after_recheck: bool,
    pub due_days: Option<u16>,
}

pub fn judge(_cat: &Catalogue, _subject: &Subject, _values: &BTreeMap<ItemCode, Value>) -> Vec<Judgement> { Vec::new() }
pub fn judge_current(_cat: &Catalogue, _subject: &Subject, _values: &BTreeMap<ItemCode, Vec<CurrentValue>>) -> Vec<Judgement> { Vec::new() }
/// Items to be shown as abnormal: those that a class of level C or worse rests on.
pub fn abnormal_items(_cat: &Catalogue, _judgements: &[Judgement]) -> BTreeSet<ItemCode> { BTreeSet::new() }
pub fn is_abnormal_item(cat: &Catalogue, judgements: &[Judgement], item: ItemCode) -> bool { abnormal_items(cat, judgements).contains(&item) }
/// The worst level among them.
pub fn worst_level(judgements: &[Judgement]) -> Option<Level> { judgements.iter().map(|j| j.level).max() }
/// kg/m2, rounded half up to 0.1 (WS/T 586-2018 4.3.1).
pub fn bmi(_height_cm: Decimal, _weight_kg: Decimal) -> Option<Decimal> { None }
