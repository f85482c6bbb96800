//! The catalogue.

mod text;
pub use text::{ValueProblem, parse_value, print_value};

use crate::facts::PersonKind;
use crate::ids::{ItemCode, StationCode};
use crate::rule::Level;
use crate::value::Decimal;
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogue {
    pub version: u32,
    pub items: Vec<Item>,
    pub stations: Vec<Station>,
    pub packages: Vec<Package>,
    pub rules: Vec<Rule>,
    pub levels: Vec<LevelRow>,
}

impl Catalogue {
    pub fn builtin() -> &'static Catalogue {
        static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
        CATALOGUE.get_or_init(|| Catalogue { version: 1, items: Vec::new(), stations: Vec::new(), packages: Vec::new(), rules: Vec::new(), levels: Vec::new() })
    }
    pub fn item(&self, code: ItemCode) -> Option<&Item> { self.items.iter().find(|item| item.code == code) }
    pub fn item_by_key(&self, key: &str) -> Option<&Item> { self.items.iter().find(|item| item.key == key) }
    pub fn station(&self, code: StationCode) -> Option<&Station> { self.stations.iter().find(|station| station.code == code) }
    pub fn station_by_key(&self, key: &str) -> Option<&Station> { self.stations.iter().find(|station| station.key == key) }
    pub fn package(&self, kind: PersonKind) -> &Package { self.packages.iter().find(|package| package.kind == kind).unwrap_or(&self.packages[0]) }
    pub fn rule(&self, key: &str) -> Option<&Rule> { self.rules.iter().find(|rule| rule.key == key) }
    pub fn level(&self, rule: &str, code: &str) -> Option<&LevelRow> { self.levels.iter().find(|row| row.rule == rule && row.code == code) }
}

/// One thing examined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub code: ItemCode,
    pub key: String,
    pub name_zh: String,
    pub short_zh: String,
    /// Empty where there is none.
    pub unit_zh: String,
    pub kind: ItemKind,
    /// Computed from other items (BMI), never recorded.
    pub derived: bool,
    pub source: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemKind {
    Number { decimals: u8, decimals_shown: u8, hard_min: Option<Decimal>, hard_max: Option<Decimal> },
    Choice { choices: Vec<Choice> },
    Text { chars_max: u16 },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice { pub code: u16, pub key: String, pub zh: String }

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Station { pub code: StationCode, pub key: String, pub name_zh: String, pub items: Vec<ItemCode> }

/// `items` are the mandatory ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    pub key: String,
    pub kind: PersonKind,
    pub name_zh: String,
    pub items: Vec<ItemCode>,
    pub optional: Vec<ItemCode>,
    pub stations: Vec<StationCode>,
    /// Asked at registration; does not make a checkup 检查中.
    pub registration: Vec<ItemCode>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule { pub key: String, pub name_zh: String, pub on: bool, pub kinds: Vec<PersonKind>, pub tables: Vec<String>, pub source: String, pub year: u16, pub status: String }

/// One row of finding_levels.csv (本区设置).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelRow {
    pub rule: String,
    pub code: String,
    pub name_zh: String,
    pub level: Level,
    pub after_recheck: bool,
    pub due_days: Option<u16>,
    pub action_zh: String,
}
