//! What a catalogue must be true of: every item, rule and class has its source, nothing recalled
//! from memory classifies anyone, and items, stations, packages, rules and levels name each other.

use super::load::{CatalogueError, LEVELS_TABLE};
use super::table::is_unverified;
use super::{Catalogue, Choice, Class, Condition, Item, ItemKind, Rule, Station};
use crate::grammar::Grammar;
use std::collections::BTreeSet;

/// Items fit the masks of a packed checkup.
pub const ITEM_CODE_MAX: u16 = 511;

impl Catalogue {
    /// Checks the whole; `load` calls it.
    pub fn validate(&self) -> Result<(), CatalogueError> {
        let mut codes = BTreeSet::new();
        let mut keys = BTreeSet::new();
        for item in &self.items {
            let broken =
                |what: &str| CatalogueError::new("items.json", format!("{}: {what}", item.key));
            if !codes.insert(item.code) || !keys.insert(&item.key) {
                return Err(broken("is there twice"));
            }
            if item.code.0 == 0 || item.code.0 > ITEM_CODE_MAX {
                return Err(broken("code out of range"));
            }
            check_item(item).map_err(broken)?;
            self.check_places(item).map_err(broken)?;
        }
        for rule in &self.rules {
            self.check_rule(rule)?;
        }
        self.check_phrases()?;
        for row in &self.levels {
            let rule = self.rule(&row.rule);
            if !rule.is_some_and(|rule| rule.classes.iter().any(|class| class.code == row.code)) {
                let problem = format!("{} {} belongs to no rule", row.rule, row.code);
                return Err(CatalogueError::new(LEVELS_TABLE, problem));
            }
        }
        Ok(())
    }

    /// An item is recorded somewhere, belongs to a package, and stands beside the item that opens it.
    fn check_places(&self, item: &Item) -> Result<(), &'static str> {
        let of = |station: &&Station| station.items.contains(&item.code);
        let stations: Vec<&Station> = self.stations.iter().filter(of).collect();
        if stations.is_empty() != item.derived {
            return Err("needs a station, a derived item none");
        }
        let mut is_packed = false;
        for package in &self.packages {
            let named = package.items.iter().chain(&package.optional);
            match named.filter(|code| **code == item.code).count() {
                0 => {}
                1 => is_packed = true,
                _ => return Err("is twice in a package"),
            }
        }
        if is_packed == item.derived {
            return Err("needs a package, a derived item none");
        }
        let Some(on) = &item.shown_if else { return Ok(()) };
        let place = |station: &Station, code| station.items.iter().position(|one| *one == code);
        let is_before = |station: &&Station| {
            place(station, on.item).is_some_and(|gate| Some(gate) < place(station, item.code))
        };
        if !stations.iter().all(is_before) {
            return Err("needs to stand after the item that opens it");
        }
        let gate = self.item(on.item).ok_or("is opened by no item")?;
        if on.choices.is_empty() && matches!(gate.kind, ItemKind::Choice { .. }) {
            return Err("names no choice that opens it");
        }
        Ok(())
    }

    fn check_rule(&self, rule: &Rule) -> Result<(), CatalogueError> {
        let broken =
            |what: String| CatalogueError::new("rules.json", format!("{}: {what}", rule.key));
        if rule.standard.is_empty() || rule.status.is_empty() || rule.year == 0 {
            return Err(broken("a source is missing".to_owned()));
        }
        if self.rules.iter().filter(|other| other.key == rule.key).count() != 1 {
            return Err(broken("is there twice".to_owned()));
        }
        if rule.classes.is_empty() || rule.audiences.is_empty() {
            return Err(broken("is for nobody or gives no class".to_owned()));
        }
        for class in &rule.classes {
            let on = rule.on && class.on;
            if class.status.is_empty() {
                return Err(broken(format!("{} has no status", class.code)));
            }
            if on && class_is_unverified(class) {
                return Err(broken(format!("{} is from memory and must be off", class.code)));
            }
            if on && class.all.is_empty() && class.any.is_empty() {
                return Err(broken(format!("{} has no condition", class.code)));
            }
            if on && self.level(&rule.key, &class.code).is_none() {
                return Err(broken(format!("{} has no level", class.code)));
            }
        }
        Ok(())
    }
}

fn check_item(item: &Item) -> Result<(), &'static str> {
    if item.source.is_empty() {
        return Err("has no source");
    }
    match &item.kind {
        ItemKind::Number { hard_min, hard_max, decimals, decimals_shown } => {
            if !item.derived && (hard_min.is_none() || hard_max.is_none() || hard_min >= hard_max) {
                return Err("needs hard limits");
            }
            if decimals_shown > decimals || *decimals > crate::value::DECIMAL_SCALE_MAX {
                return Err("has wrong decimals");
            }
        }
        ItemKind::Choice { choices } => {
            check_choices(choices)?;
            if choices.iter().any(|choice| choice.exclusive) {
                return Err("excludes where one is chosen anyway");
            }
        }
        ItemKind::Text { chars_max } if *chars_max == 0 => return Err("has no length"),
        ItemKind::Text { .. } => {
            if let Grammar::Several(choices) = &item.grammar {
                check_choices(choices)?;
            }
        }
    }
    Ok(())
}

fn check_choices(choices: &[Choice]) -> Result<(), &'static str> {
    let codes: BTreeSet<u16> = choices.iter().map(|choice| choice.code).collect();
    let mut words = choices.iter().flat_map(|choice| &choice.words);
    let mut seen = BTreeSet::new();
    if choices.is_empty() || codes.len() != choices.len() || codes.contains(&0) {
        return Err("has wrong choices");
    }
    if !words.all(|word| seen.insert(word)) {
        return Err("has one word for two choices");
    }
    Ok(())
}

fn class_is_unverified(class: &Class) -> bool {
    let limits = class.all.iter().chain(&class.any).any(|condition| match condition {
        Condition::Number { limit, .. } => limit.unverified,
        Condition::Choice { .. } | Condition::Phrase { .. } | Condition::Ungraded { .. } => false,
    });
    limits || is_unverified(&class.status)
}
