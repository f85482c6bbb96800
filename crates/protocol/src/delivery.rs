//! A final report that was printed, or handed over (发放). The header names person, round, day and, as operator, whoever says
//! it. Not who holds which version after all of them (`domain::delivery`).

use crate::fact::EntryReference;
use domain::delivery::DeliveryAct;
use ledger::Reference;
use prost::Message;

/// One thing said of one person's report.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct DeliveryFact {
    /// A `domain::delivery::DeliveryAct`.
    #[prost(uint32, tag = "1")]
    pub act: u32,
    /// The signature (总检) that makes the report what it is.
    #[prost(message, optional, tag = "2")]
    pub conclusion: Option<EntryReference>,
    /// The version that stood on the paper, from 1.
    #[prost(uint32, tag = "3")]
    pub version: u32,
    /// Who took it: 本人, 家属, 班主任, a name.
    #[prost(string, tag = "4")]
    pub taken_by: String,
    /// In whose place this stands.
    #[prost(message, repeated, tag = "5")]
    pub replaces: Vec<EntryReference>,
    /// Why it does.
    #[prost(string, tag = "6")]
    pub reason: String,
}

impl DeliveryFact {
    pub fn act(&self) -> Option<DeliveryAct> {
        DeliveryAct::of_number(self.act)
    }

    /// Says which report, or what it takes back and why.
    pub fn is_whole(&self) -> bool {
        let mut named = self.conclusion.iter().chain(&self.replaces);
        let are_whole = named.all(|one| Reference::try_from(one).is_ok());
        let says = match self.act() {
            None => false,
            Some(DeliveryAct::Withdrawn) => !self.replaces.is_empty(),
            Some(DeliveryAct::Printed | DeliveryAct::Received) => {
                self.conclusion.is_some() && self.version > 0
            }
        };
        let is_excused = self.replaces.is_empty() || !self.reason.trim().is_empty();
        are_whole && says && is_excused
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_without_what_it_needs_is_not_whole() {
        let one = EntryReference { writer: vec![1; 16], seq: 3, hash8: 9 };
        let whole = DeliveryFact {
            act: 2,
            conclusion: Some(one.clone()),
            version: 1,
            taken_by: "本人".to_owned(),
            ..DeliveryFact::default()
        };
        let check = |change: &dyn Fn(&mut DeliveryFact), expected: bool| {
            let mut fact = whole.clone();
            change(&mut fact);
            assert_eq!(fact.is_whole(), expected, "{fact:?}");
        };
        check(&|_| {}, true);
        check(&|fact| fact.act = 0, false);
        check(&|fact| fact.act = 4, false);
        check(&|fact| fact.version = 0, false);
        check(&|fact| fact.conclusion = None, false);
        check(
            &|fact| fact.conclusion = Some(EntryReference { writer: vec![1], ..one.clone() }),
            false,
        );
        check(&|fact| fact.act = 3, false);
        let withdraws = |fact: &mut DeliveryFact, reason: &str| {
            fact.act = 3;
            fact.replaces = vec![one.clone()];
            fact.reason = reason.to_owned();
        };
        check(&|fact| withdraws(fact, "记错人"), true);
        check(&|fact| withdraws(fact, " "), false);
    }
}
