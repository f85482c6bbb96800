//! Which streams a scope covers: the units named, and those below them. Not who has which scope.

use domain::ids::UnitCode;
use domain::unit::UnitTree;
use ledger::UnitKey;
use std::collections::BTreeSet;

/// Each unit named and every village and school below it.
pub fn units_below(tree: &UnitTree, named: &[String]) -> BTreeSet<UnitKey> {
    let ancestors: Vec<UnitCode> = named.iter().cloned().map(UnitCode).collect();
    let below = tree.iter().filter(|unit| ancestors.iter().any(|a| a.covers(&unit.code)));
    let codes = below.map(|unit| unit.code.0.as_str()).chain(named.iter().map(String::as_str));
    codes.filter_map(|code| UnitKey::try_new(code).ok()).collect()
}
