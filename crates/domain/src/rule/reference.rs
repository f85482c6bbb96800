//! The interval a number is printed beside, and the arrow it gets: the laboratory's own where it printed one, else the
//! reference interval for adults by sex and age. An arrow is no class and no finding.

use super::OwnRange;
use crate::catalogue::{Catalogue, Limit, When};
use crate::check::Subject;
use crate::ids::ItemCode;
use crate::range::Direction;
use crate::value::Decimal;
use std::fmt;

/// What a number lies in or out of; at least one end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    pub low: Option<Decimal>,
    pub high: Option<Decimal>,
    /// The end itself lies outside: only where a laboratory printed `>` or `<`.
    pub is_low_open: bool,
    pub is_high_open: bool,
    /// Printed by the laboratory, not taken from lab_reference_intervals_adult.csv.
    pub is_own: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// ↓
    Low,
    Within,
    /// ↑
    High,
}

/// `None` where the laboratory printed no range and no verified row fits the person. `is_when`: whether the answer is there with which
/// an interval holds (that of a glucose: fasting).
pub fn interval(
    cat: &Catalogue,
    subject: &Subject,
    item: ItemCode,
    is_when: &dyn Fn(&When) -> bool,
    own: Option<OwnRange>,
) -> Option<Interval> {
    let (range, is_own) = match own {
        Some(range) => (range, true),
        None => {
            let reference = cat.references.iter().find(|reference| reference.item == item)?;
            if !reference.when.as_ref().is_none_or(is_when) {
                return None;
            }
            let end = |limit: &Option<Limit>| {
                limit.as_ref().and_then(|limit| limit.get(&subject.row_key(limit)))
            };
            (OwnRange::closed(end(&reference.low), end(&reference.high)), false)
        }
    };
    let OwnRange { low, high, is_low_open, is_high_open } = range;
    (low.is_some() || high.is_some()).then_some(Interval {
        low,
        high,
        is_low_open,
        is_high_open,
        is_own,
    })
}

/// An end lies within unless it is open.
pub fn mark(interval: &Interval, number: Decimal) -> Mark {
    if interval.low.is_some_and(|low| number < low || (interval.is_low_open && number == low)) {
        return Mark::Low;
    }
    if interval.high.is_some_and(|high| number > high || (interval.is_high_open && number == high))
    {
        return Mark::High;
    }
    Mark::Within
}

impl OwnRange {
    /// Which way a number lies out of it; `None` = within.
    pub fn side(&self, number: Decimal) -> Option<Direction> {
        let OwnRange { low, high, is_low_open, is_high_open } = *self;
        match mark(&Interval { low, high, is_low_open, is_high_open, is_own: true }, number) {
            Mark::Low => Some(Direction::Low),
            Mark::High => Some(Direction::High),
            Mark::Within => None,
        }
    }
}

/// `3.9-6.1`, `<5.2`, `≥1.04`: as laboratories print it.
impl fmt::Display for OwnRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (above, below) =
            (if self.is_low_open { ">" } else { "≥" }, if self.is_high_open { "<" } else { "≤" });
        match (self.low, self.high) {
            (Some(low), Some(high)) if !self.is_low_open && !self.is_high_open => {
                write!(f, "{low}-{high}")
            }
            (Some(low), Some(high)) => write!(f, "{above}{low} 且 {below}{high}"),
            (Some(low), None) => write!(f, "{above}{low}"),
            (None, Some(high)) => write!(f, "{below}{high}"),
            (None, None) => Ok(()),
        }
    }
}
