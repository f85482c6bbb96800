//! A set of items as bits: bit n stands for the item of code n. Not what is in it (`checkup::masks`).

use domain::catalogue::ITEM_CODE_MAX;

const WORDS: usize = (ITEM_CODE_MAX as usize + 1) / 64;

/// Items by their codes, 0 to `ITEM_CODE_MAX`. A code beyond belongs to a newer catalogue and is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ItemSet([u64; WORDS]);

impl ItemSet {
    /// The items below 64, as a column keeps them.
    pub fn of_low(bits: u64) -> ItemSet {
        let mut set = ItemSet::default();
        set.0[0] = bits;
        set
    }

    pub fn low(self) -> u64 {
        self.0[0]
    }

    /// `low`, with bit 0 (no item has code 0) where there are items from 64 up: zero only for an empty set.
    pub fn marked_low(self) -> u64 {
        self.0[0] | u64::from(self.0.iter().skip(1).any(|word| *word != 0))
    }

    pub fn insert(&mut self, code: u16) {
        if let Some(word) = self.0.get_mut(usize::from(code / 64)) {
            *word |= 1 << (code % 64);
        }
    }

    pub fn contains(self, code: u16) -> bool {
        self.0.get(usize::from(code / 64)).is_some_and(|word| word >> (code % 64) & 1 == 1)
    }

    pub fn is_empty(self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// The codes of either set, ascending.
    pub fn either(self, other: ItemSet) -> impl Iterator<Item = u16> {
        (0..=ITEM_CODE_MAX).filter(move |code| self.contains(*code) || other.contains(*code))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_the_catalogue_has_its_bit_and_one_beyond_has_none() {
        let mut set = ItemSet::default();
        assert!(set.is_empty());
        for code in [0, 1, 63, 64, 383, ITEM_CODE_MAX, ITEM_CODE_MAX + 1] {
            set.insert(code);
            assert_eq!(set.contains(code), code <= ITEM_CODE_MAX, "{code}");
        }
        let codes: Vec<u16> = ItemSet::of_low(0b100).either(set).collect();
        assert_eq!(codes, [0, 1, 2, 63, 64, 383, ITEM_CODE_MAX]);
        assert_eq!(set.low(), 1 << 63 | 0b11);
    }

    #[test]
    fn the_mark_says_that_there_are_items_no_column_has_room_for() {
        let check = |code: Option<u16>, marked: u64| {
            let mut set = ItemSet::default();
            code.into_iter().for_each(|code| set.insert(code));
            assert_eq!(set.marked_low(), marked, "{code:?}");
        };
        check(None, 0);
        check(Some(5), 1 << 5);
        check(Some(64), 1);
        check(Some(383), 1);
        let items = &domain::catalogue::Catalogue::builtin().items;
        assert!(items.iter().all(|item| item.code.0 > 0), "bit 0 is the mark's");
    }
}
