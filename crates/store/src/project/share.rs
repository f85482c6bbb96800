//! What one checkup gives to the tallies, and how shares are added up. Pure. A tally row is one unit, sex
//! and age band; its cells are items and classes. A checkup's share follows from its row alone, so that
//! re-projecting takes exactly the old share away and adds the new.

use super::bytes::{Packer, Unpacker};
use super::item_set::ItemSet;
use crate::error::StoreError;
use std::collections::BTreeMap;

/// Age in completed years on the stop's day: 0-6, 7-17, 18-24, then ten years each, 65 and over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Band(pub u8);

impl Band {
    /// First year of each band.
    pub const FROM_YEARS: [i32; 8] = [0, 7, 18, 25, 35, 45, 55, 65];
    /// No birth date, or no day.
    pub const UNKNOWN: Band = Band(99);

    pub fn of_age(years: Option<i32>) -> Band {
        let Some(years) = years else { return Band::UNKNOWN };
        let at = Band::FROM_YEARS.iter().rposition(|from| years >= *from);
        at.and_then(|at| u8::try_from(at).ok()).map_or(Band::UNKNOWN, Band)
    }

    /// First and last year, both included; `None` = open, or not known.
    pub fn years(self) -> (Option<i32>, Option<i32>) {
        let at = usize::from(self.0);
        let from = Band::FROM_YEARS.get(at).copied();
        (from, from.and_then(|_| Band::FROM_YEARS.get(at + 1)).map(|next| next - 1))
    }
}

/// The row of `tally` a share belongs to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TallyKey {
    pub round: u64,
    pub unit: String,
    /// 0 unknown, 1 male, 2 female.
    pub sex: u8,
    pub band: Band,
}

/// What is counted: an item's code, or a class of the catalogue's levels by its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cell {
    Item(u16),
    Class(u16),
}

/// People: with a value found out (conflicting ones left out), with an abnormal one, with values that differ.
/// For a class: `examined` is unused, `abnormal` are the people in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    pub examined: i64,
    pub abnormal: i64,
    pub conflict: i64,
}

impl Count {
    fn add(&mut self, other: Count, sign: i64) {
        self.examined += sign * other.examined;
        self.abnormal += sign * other.abnormal;
        self.conflict += sign * other.conflict;
    }
}

/// The counts of one tally row, or a change to it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    /// People with at least one value found out.
    pub people: i64,
    pub cells: BTreeMap<Cell, Count>,
}

/// The items of a checkup by what is known of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Masks {
    pub present: ItemSet,
    pub abnormal: ItemSet,
    pub conflict: ItemSet,
    pub unusual: ItemSet,
}

impl Counts {
    /// The share of one checkup: nothing while nothing is found out. An item in conflict is left out of its
    /// indicator and counted as such.
    pub fn of_checkup(masks: Masks, classes: &[u16]) -> Counts {
        let mut counts = Counts::default();
        if masks.present.is_empty() {
            return counts;
        }
        counts.people = 1;
        for item in masks.present.either(masks.conflict) {
            let is = |mask: ItemSet| i64::from(mask.contains(item));
            let decided = 1 - is(masks.conflict);
            let count = Count {
                examined: is(masks.present) * decided,
                abnormal: is(masks.present) * is(masks.abnormal) * decided,
                conflict: is(masks.conflict),
            };
            counts.cells.insert(Cell::Item(item), count);
        }
        for class in classes {
            counts.cells.entry(Cell::Class(*class)).or_default().abnormal += 1;
        }
        counts
    }

    pub fn add(&mut self, other: &Counts, sign: i64) {
        self.people += sign * other.people;
        for (cell, count) in &other.cells {
            self.cells.entry(*cell).or_default().add(*count, sign);
        }
        self.cells.retain(|_, count| *count != Count::default());
    }

    pub fn is_zero(&self) -> bool {
        self.people == 0 && self.cells.is_empty()
    }

    pub(crate) fn pack(&self) -> Vec<u8> {
        let mut packer = Packer::default();
        for (cell, count) in &self.cells {
            packer.number(match cell {
                Cell::Item(code) => u64::from(*code) << 1,
                Cell::Class(number) => u64::from(*number) << 1 | 1,
            });
            packer.signed(count.examined);
            packer.signed(count.abnormal);
            packer.signed(count.conflict);
        }
        packer.done()
    }

    pub(crate) fn unpack(people: i64, bytes: &[u8]) -> Result<Counts, StoreError> {
        let mut unpacker = Unpacker::new(bytes, "tally");
        let mut counts = Counts { people, cells: BTreeMap::new() };
        while !unpacker.is_done() {
            let number: u32 = unpacker.small()?;
            let code = u16::try_from(number >> 1).map_err(|_| unpacker.wrong())?;
            let cell = if number & 1 == 0 { Cell::Item(code) } else { Cell::Class(code) };
            let count = Count {
                examined: unpacker.signed()?,
                abnormal: unpacker.signed()?,
                conflict: unpacker.signed()?,
            };
            counts.cells.insert(cell, count);
        }
        Ok(counts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_age_has_one_band() {
        let check = |years, band| assert_eq!(Band::of_age(years), Band(band), "{years:?}");
        for (years, band) in [(0, 0), (6, 0), (7, 1), (17, 1), (18, 2), (24, 2), (25, 3), (34, 3)] {
            check(Some(years), band);
        }
        for (years, band) in [(54, 5), (55, 6), (64, 6), (65, 7), (104, 7)] {
            check(Some(years), band);
        }
        check(None, 99);
        check(Some(-1), 99);
        assert_eq!(Band(1).years(), (Some(7), Some(17)));
        assert_eq!(Band(7).years(), (Some(65), None));
        assert_eq!(Band::UNKNOWN.years(), (None, None));
    }

    #[test]
    fn taking_away_what_was_added_leaves_nothing() {
        let masks = Masks {
            present: ItemSet::of_low(0b1110),
            abnormal: ItemSet::of_low(0b0110),
            conflict: ItemSet::of_low(0b0100),
            unusual: ItemSet::default(),
        };
        let share = Counts::of_checkup(masks, &[3, 7]);
        assert_eq!(share.cells[&Cell::Item(1)], Count { examined: 1, abnormal: 1, conflict: 0 });
        assert_eq!(share.cells[&Cell::Item(2)], Count { examined: 0, abnormal: 0, conflict: 1 });
        assert_eq!(share.cells[&Cell::Item(3)], Count { examined: 1, abnormal: 0, conflict: 0 });
        let mut sum = share.clone();
        sum.add(&share, 1);
        assert_eq!(Counts::unpack(2, &sum.pack()).unwrap(), sum);
        sum.add(&share, -1);
        assert_eq!(sum, share);
        sum.add(&share, -1);
        assert!(sum.is_zero());
    }
}
