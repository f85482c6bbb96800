//! What an examiner says of results that somebody else typed: they are what was dictated (检查者确认). The header names person,
//! round, day, station and, as operator, whoever says it. Not whose results they are (`domain::confirm`).

use crate::fact::EntryReference;
use ledger::Reference;
use prost::Message;

/// Saves of one person that one examiner stands behind. A later value is another save, and not among them.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct ConfirmationFact {
    #[prost(message, repeated, tag = "1")]
    pub saves: Vec<EntryReference>,
}

impl ConfirmationFact {
    /// Says of which saves.
    pub fn is_whole(&self) -> bool {
        let is_whole = |one: &EntryReference| Reference::try_from(one).is_ok();
        !self.saves.is_empty() && self.saves.iter().all(is_whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_confirmation_of_nothing_or_of_no_entry_is_not_whole() {
        let one = |bytes: usize| EntryReference { writer: vec![1; bytes], seq: 3, hash8: 9 };
        let check = |saves: Vec<EntryReference>, expected: bool| {
            assert_eq!(ConfirmationFact { saves }.is_whole(), expected);
        };
        check(vec![one(16)], true);
        check(vec![one(16), one(16)], true);
        check(Vec::new(), false);
        check(vec![one(16), one(1)], false);
    }
}
