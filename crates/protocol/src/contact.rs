//! Whom to call about a unit, said in the unit's own stream by whoever works there; the header names, as operator, whoever says it. Not
//! which of several stands: those that no other names (`store`).

use crate::fact::EntryReference;
use domain::contact::{is_doctor_name, is_phone};
use ledger::Reference;
use prost::Message;

/// Phone and doctor of the unit whose stream it is in, both as they are to stand.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct ContactFact {
    /// Empty = none.
    #[prost(string, tag = "1")]
    pub phone: String,
    /// The village's or school's doctor by name, where they have no account.
    #[prost(string, tag = "2")]
    pub doctor: String,
    /// Their account; 0 = none.
    #[prost(fixed64, tag = "3")]
    pub doctor_operator: u64,
    /// What was said of the unit before, as whoever says this saw it: this stands in its place.
    #[prost(message, repeated, tag = "4")]
    pub saw: Vec<EntryReference>,
}

impl ContactFact {
    /// A phone and a name as they may stand on paper, and whole references.
    pub fn is_whole(&self) -> bool {
        let has_phone = self.phone.is_empty() || is_phone(&self.phone);
        let has_name =
            self.doctor.is_empty() || (self.doctor_operator == 0 && is_doctor_name(&self.doctor));
        has_phone && has_name && self.saw.iter().all(|one| Reference::try_from(one).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_without_what_paper_needs_is_not_whole() {
        let whole = ContactFact {
            phone: "0738-8310000".to_owned(),
            doctor: "丙某".to_owned(),
            ..ContactFact::default()
        };
        let check = |change: &dyn Fn(&mut ContactFact), expected: bool| {
            let mut fact = whole.clone();
            change(&mut fact);
            assert_eq!(fact.is_whole(), expected, "{fact:?}");
        };
        check(&|_| {}, true);
        check(&|fact| *fact = ContactFact::default(), true);
        check(&|fact| fact.phone = "请问村里".to_owned(), false);
        check(&|fact| fact.doctor = "sun9".to_owned(), false);
        check(&|fact| fact.doctor_operator = 7, false);
        let one = EntryReference { writer: vec![1; 16], seq: 3, hash8: 9 };
        check(&|fact| fact.saw = vec![one.clone()], true);
        check(&|fact| fact.saw = vec![EntryReference { writer: vec![1], ..one.clone() }], false);
    }
}
