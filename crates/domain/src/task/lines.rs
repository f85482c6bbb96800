//! The lines of a finding by which steps name what they were said of, and whether a step was said of one. Pure. Not what a line says
//! (`basis`), nor what follows (`stand`).

use super::Step;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// The lines of a finding, by `Line::key`, each with the day on which it was there; none where that is not known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lines {
    /// Of level A.
    pub grave: BTreeMap<String, Option<NaiveDate>>,
    /// Of level B, and not of level A besides.
    pub minor: BTreeMap<String, Option<NaiveDate>>,
}

/// What a step was said of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SaidOf {
    /// Lines of level A.
    pub grave: BTreeSet<String>,
    /// Lines of level B; none: an entry of a program that named those of level A alone.
    pub minor: Option<BTreeSet<String>>,
}

impl SaidOf {
    /// All of them together; lines of level B only where each names them.
    pub(super) fn all(said: &[&SaidOf]) -> SaidOf {
        let minor: Option<Vec<&BTreeSet<String>>> =
            said.iter().map(|one| one.minor.as_ref()).collect();
        SaidOf {
            grave: said.iter().flat_map(|one| &one.grave).cloned().collect(),
            minor: minor.map(|all| all.into_iter().flatten().cloned().collect()),
        }
    }

    /// Some line of these is not among those of `other`, at the same level or a graver one.
    pub fn has_more_than(&self, other: &SaidOf) -> bool {
        let is_known = |line: &String| {
            let minor = other.minor.as_ref();
            other.grave.contains(line) || minor.is_none_or(|minor| minor.contains(line))
        };
        !self.grave.is_subset(&other.grave) || !self.minor.iter().flatten().all(is_known)
    }
}

impl Lines {
    /// As they were known to whoever said something of these.
    pub fn only(&self, said: &SaidOf) -> Lines {
        let there = |line: &String| {
            let known = self.grave.get(line).or_else(|| self.minor.get(line));
            (line.clone(), known.copied().flatten())
        };
        let minor = said.minor.iter().flatten().filter(|line| !said.grave.contains(*line));
        Lines { grave: said.grave.iter().map(there).collect(), minor: minor.map(there).collect() }
    }

    /// What was there on a day, as far as is known.
    pub fn by(&self, day: NaiveDate) -> SaidOf {
        let there = |lines: &BTreeMap<String, Option<NaiveDate>>| -> BTreeSet<String> {
            let there = lines.iter().filter(|(_, there)| there.is_none_or(|there| there <= day));
            there.map(|(line, _)| line.clone()).collect()
        };
        SaidOf { grave: there(&self.grave), minor: Some(there(&self.minor)) }
    }

    /// All of them.
    pub fn now(&self) -> SaidOf {
        let all = |lines: &BTreeMap<String, Option<NaiveDate>>| lines.keys().cloned().collect();
        SaidOf { grave: all(&self.grave), minor: Some(all(&self.minor)) }
    }

    /// Of level B, those that none of these steps was said of.
    pub(super) fn not_named<R>(&self, steps: &[&Step<R>]) -> BTreeMap<String, Option<NaiveDate>> {
        let is_named = |line: &String| steps.iter().any(|step| self.is_named(line, step));
        let left = self.minor.iter().filter(|(line, _)| !is_named(line));
        left.map(|(line, there)| (line.clone(), *there)).collect()
    }

    /// A step of a program that named no line of level B was said of what was there on its day.
    pub(super) fn is_named<R>(&self, line: &str, step: &Step<R>) -> bool {
        let of = step.of.as_ref();
        if of.is_some_and(|of| of.grave.contains(line)) {
            return true;
        }
        if let Some(minor) = of.and_then(|of| of.minor.as_ref()) {
            return minor.contains(line);
        }
        let there = self.minor.get(line).or_else(|| self.grave.get(line)).copied().flatten();
        there.zip(step.day).is_none_or(|(there, day)| there <= day)
    }
}
