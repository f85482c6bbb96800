//! Units in a tree.

use crate::ids::UnitCode;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::OnceLock;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitKind { District, Township, Village, School }

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    pub code: UnitCode,
    pub kind: UnitKind,
    pub name: String,
    pub parent: Option<UnitCode>,
    pub health_record_code: Option<String>,
}

#[derive(Debug, Clone)]
pub struct UnitTree { units: BTreeMap<UnitCode, Unit> }

impl UnitTree {
    pub fn builtin() -> &'static UnitTree {
        static TREE: OnceLock<UnitTree> = OnceLock::new();
        TREE.get_or_init(|| UnitTree { units: BTreeMap::new() })
    }
    /// The builtin tree with more units (schools) in it; one of the same code replaces.
    pub fn with(extra: Vec<Unit>) -> UnitTree {
        let mut tree = UnitTree::builtin().clone();
        tree.units.extend(extra.into_iter().map(|unit| (unit.code.clone(), unit)));
        tree
    }
    /// The district itself.
    pub fn district(&self) -> Option<&Unit> { self.iter().find(|unit| unit.kind == UnitKind::District) }
    pub fn get(&self, code: &UnitCode) -> Option<&Unit> { self.units.get(code) }
    pub fn iter(&self) -> impl Iterator<Item = &Unit> { self.units.values() }
    pub fn children(&self, code: &UnitCode) -> Vec<&Unit> { self.iter().filter(|unit| unit.parent.as_ref() == Some(code)).collect() }
    pub fn is_under(&self, unit: &UnitCode, ancestor: &UnitCode) -> bool { ancestor.covers(unit) }
    pub fn find_by_names(&self, _town: Option<&str>, _name: &str) -> Vec<&Unit> { Vec::new() }
    pub fn find_in_text(&self, _text: &str) -> Vec<&Unit> { Vec::new() }
    pub fn label(&self, code: &UnitCode) -> String { code.0.clone() }
    /// The code of the next school under a township (`431302204S01`); `None` when `town` is no township or 99 are taken.
    pub fn next_school_code(&self, _town: &UnitCode) -> Option<UnitCode> { None }
}
