//! Tubes counted where they arrived (送检清点): the header names round and, as its day, the day the tubes were drawn. Not which of
//! several counts stands: those that no other names (`store`).

use crate::fact::EntryReference;
use ledger::Reference;
use prost::Message;
use std::collections::BTreeSet;

/// No more tubes of a kind than this in one count.
pub const ARRIVED_MAX: u32 = 10_000;

/// What arrived of one stop's day.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct ArrivalFact {
    /// Days since 2000-01-01.
    #[prost(sint32, tag = "1")]
    pub arrived_day: i32,
    /// At what time, 16:40; empty where nobody said.
    #[prost(string, tag = "2")]
    pub at: String,
    /// Who counted and signed.
    #[prost(string, tag = "3")]
    pub received_by: String,
    #[prost(message, repeated, tag = "4")]
    pub kinds: Vec<ArrivalKindFact>,
    /// Counts in whose place this one stands.
    #[prost(message, repeated, tag = "5")]
    pub replaces: Vec<EntryReference>,
    /// Why it does.
    #[prost(string, tag = "6")]
    pub reason: String,
    /// What it replaces was said by mistake, and nothing stands in its place.
    #[prost(bool, tag = "7")]
    pub withdrawn: bool,
}

/// The tubes of one kind.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct ArrivalKindFact {
    /// `domain::tube::TubeKind::code`.
    #[prost(uint32, tag = "1")]
    pub kind: u32,
    /// As counted.
    #[prost(uint32, tag = "2")]
    pub arrived: u32,
    /// What was handed over, as whoever says this saw the list.
    #[prost(string, repeated, tag = "3")]
    pub codes: Vec<String>,
    /// Of those the ones that were not there.
    #[prost(string, repeated, tag = "4")]
    pub missing: Vec<String>,
}

impl ArrivalFact {
    /// Says what arrived and who took it, of codes as labels carry them, each once; or takes back a count and says why.
    pub fn is_whole(&self) -> bool {
        let are_whole = self.replaces.iter().all(|one| Reference::try_from(one).is_ok());
        let is_excused = self.replaces.is_empty() || !self.reason.trim().is_empty();
        let says = if self.withdrawn {
            !self.replaces.is_empty()
        } else {
            !self.kinds.is_empty() && !self.received_by.trim().is_empty() && self.is_a_count()
        };
        are_whole && is_excused && says
    }

    fn is_a_count(&self) -> bool {
        let mut kinds = BTreeSet::new();
        self.kinds.iter().all(|kind| {
            // One code bound as two kinds by two devices unaware stands under both.
            let mut codes = BTreeSet::new();
            let is_code = |code: &String| domain::tube::read_code(code).as_ref() == Some(code);
            let are_new = kind.codes.iter().all(|code| is_code(code) && codes.insert(code));
            let missing: BTreeSet<&String> = kind.missing.iter().collect();
            let are_listed = missing.iter().all(|code| kind.codes.contains(code));
            let is_each_once = missing.len() == kind.missing.len();
            let is_bounded = kind.arrived <= ARRIVED_MAX;
            kinds.insert(kind.kind) && are_new && are_listed && is_each_once && is_bounded
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_code_under_two_kinds_is_a_count_and_twice_under_one_is_none() {
        let kind = |kind: u32, codes: &[&str]| ArrivalKindFact {
            kind,
            arrived: 1,
            codes: codes.iter().map(|code| (*code).to_owned()).collect(),
            missing: Vec::new(),
        };
        let check = |kinds: &[ArrivalKindFact], expected: bool| {
            let received_by = "检验科".to_owned();
            let kinds = kinds.to_vec();
            let fact = ArrivalFact { received_by, kinds, ..ArrivalFact::default() };
            assert_eq!(fact.is_whole(), expected, "{fact:?}");
        };
        check(&[kind(1, &["B0001"]), kind(2, &["B0001"])], true);
        // Controls: twice under one kind, and one kind twice.
        check(&[kind(1, &["B0001", "B0001"])], false);
        check(&[kind(1, &["B0001"]), kind(1, &["B0001"])], false);
    }

    #[test]
    fn a_count_without_what_it_needs_is_not_whole() {
        let one = EntryReference { writer: vec![1; 16], seq: 3, hash8: 9 };
        let kind = ArrivalKindFact {
            kind: 1,
            arrived: 1,
            codes: vec!["B0001".to_owned(), "B0002".to_owned()],
            missing: vec!["B0002".to_owned()],
        };
        let whole = ArrivalFact {
            arrived_day: 9_753,
            received_by: "检验科".to_owned(),
            kinds: vec![kind.clone()],
            ..ArrivalFact::default()
        };
        let check = |change: &dyn Fn(&mut ArrivalFact), expected: bool| {
            let mut fact = whole.clone();
            change(&mut fact);
            assert_eq!(fact.is_whole(), expected, "{fact:?}");
        };
        check(&|_| {}, true);
        check(&|fact| fact.kinds[0].arrived = 5, true);
        check(&|fact| fact.kinds[0].arrived = ARRIVED_MAX + 1, false);
        check(&|fact| fact.kinds.clear(), false);
        check(&|fact| fact.received_by = " ".to_owned(), false);
        check(&|fact| fact.kinds.push(kind.clone()), false);
        check(&|fact| fact.kinds[0].codes[0] = "张三0001".to_owned(), false);
        check(&|fact| fact.kinds[0].codes[0] = "B0002".to_owned(), false);
        check(&|fact| fact.kinds[0].missing[0] = "B0003".to_owned(), false);
        check(&|fact| fact.kinds[0].missing.push("B0002".to_owned()), false);
        check(&|fact| fact.replaces = vec![one.clone()], false);
        let amends = |fact: &mut ArrivalFact| {
            fact.replaces = vec![one.clone()];
            fact.reason = "数错".to_owned();
        };
        check(&amends, true);
        let takes_back = |fact: &mut ArrivalFact, replaces: &[EntryReference]| {
            *fact = ArrivalFact {
                withdrawn: true,
                reason: "记错单位".to_owned(),
                replaces: replaces.to_vec(),
                ..ArrivalFact::default()
            };
        };
        check(&|fact| takes_back(fact, std::slice::from_ref(&one)), true);
        check(&|fact| takes_back(fact, &[]), false);
    }
}
