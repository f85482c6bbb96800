//! What has been done about a finding (随访), and lists of it that went out on paper. The header names person, round, day and,
//! as operator, whoever says it. Not where a finding stands after its steps, nor what may be said (`domain::task`).

use crate::convert::day_date;
use crate::entry::EntryError;
use crate::fact::EntryReference;
use domain::task::{Act, SaidOf, Step, Wanted, Way};
use ledger::Reference;
use prost::Message;
use std::collections::BTreeSet;

/// One step about one finding.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct StepFact {
    /// The rule behind the finding, as in `FindingFact`; `doctor` for what a doctor added.
    #[prost(string, tag = "1")]
    pub rule: String,
    /// A `domain::task::Act`.
    #[prost(uint32, tag = "2")]
    pub act: u32,
    /// Every step about this finding known then, whether it still stands or not.
    #[prost(message, repeated, tag = "3")]
    pub saw: Vec<EntryReference>,
    /// Of those, the ones in whose place this stands.
    #[prost(message, repeated, tag = "4")]
    pub replaces: Vec<EntryReference>,
    /// Why it stands in their place.
    #[prost(string, tag = "5")]
    pub reason: String,
    /// A `domain::task::Way`; 0 where it was not said.
    #[prost(uint32, tag = "6")]
    pub way: u32,
    /// Who was told: 本人, 家属, a name.
    #[prost(string, tag = "7")]
    pub told: String,
    /// At what time, `14:05`.
    #[prost(string, tag = "8")]
    pub at: String,
    /// Whoever was told said it again.
    #[prost(bool, tag = "9")]
    pub read_back: bool,
    /// Where to, for a referral.
    #[prost(string, tag = "10")]
    pub place: String,
    /// When the next contact is wanted: days since 2000-01-01.
    #[prost(sint32, optional, tag = "11")]
    pub next_day: Option<i32>,
    /// Why nobody was reached, or what is worth saying.
    #[prost(string, tag = "12")]
    pub note: String,
    /// The lines that stood when it was said; none: an entry of a program that did not name them.
    #[prost(message, optional, tag = "13")]
    pub of: Option<SaidOfFact>,
}

/// Lines, as `domain::task::Line::key` names them.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct SaidOfFact {
    /// Of level A.
    #[prost(string, repeated, tag = "1")]
    pub lines: Vec<String>,
    /// Of level B.
    #[prost(string, repeated, tag = "2")]
    pub minor: Vec<String>,
    /// Those of level B are named too: an entry of before says nothing of them.
    #[prost(bool, tag = "3")]
    pub names_minor: bool,
}

impl SaidOfFact {
    fn said_of(&self) -> SaidOf {
        let minor = self.names_minor.then(|| self.minor.iter().cloned().collect());
        SaidOf { grave: self.lines.iter().cloned().collect(), minor }
    }
}

impl From<&SaidOf> for SaidOfFact {
    fn from(of: &SaidOf) -> SaidOfFact {
        SaidOfFact {
            lines: of.grave.iter().cloned().collect(),
            minor: of.minor.iter().flatten().cloned().collect(),
            names_minor: of.minor.is_some(),
        }
    }
}

impl StepFact {
    /// `wanted` in bytes; what it has seen and replaces stays empty.
    pub fn of(rule: &str, way: Option<Way>, wanted: &Wanted) -> StepFact {
        let text = |text: &str| text.trim().to_owned();
        StepFact {
            rule: rule.to_owned(),
            act: u32::from(wanted.act as u8),
            way: way.map_or(0, |way| u32::from(way as u8)),
            told: text(&wanted.told),
            at: text(&wanted.at),
            read_back: wanted.read_back,
            place: text(&wanted.place),
            next_day: wanted.next.map(crate::convert::day_number),
            note: text(&wanted.note),
            ..StepFact::default()
        }
    }

    pub fn act(&self) -> Option<Act> {
        Act::of_number(self.act)
    }

    /// Said of these lines, and of no other.
    pub fn said_of(self, lines: &SaidOf) -> StepFact {
        StepFact { of: Some(SaidOfFact::from(lines)), ..self }
    }

    /// As it stands among others. `named`: how a reference is called here, so that one fact at two places has one name.
    pub fn step(
        &self,
        id: Reference,
        day: Option<chrono::NaiveDate>,
        named: &dyn Fn(Reference) -> Reference,
    ) -> Result<Step<Reference>, EntryError> {
        let act = self.act().ok_or(EntryError::Invalid)?;
        let all = |list: &[EntryReference]| -> BTreeSet<Reference> {
            list.iter().filter_map(|one| Reference::try_from(one).ok()).map(named).collect()
        };
        let wanted = Wanted {
            act,
            day: day.unwrap_or_default(),
            next: None,
            told: self.told.clone(),
            at: self.at.clone(),
            read_back: self.read_back,
            place: String::new(),
            note: String::new(),
        };
        Ok(Step {
            id,
            act,
            day,
            next: self.next_day.and_then(day_date),
            is_answer: wanted.is_answer(),
            of: self.of.as_ref().map(SaidOfFact::said_of),
            saw: all(&self.saw),
            replaces: all(&self.replaces),
        })
    }

    /// Says something that its act needs, names what it replaces, and why.
    pub fn is_whole(&self) -> bool {
        let mut named = self.saw.iter().chain(&self.replaces);
        let are_whole = named.all(|one| Reference::try_from(one).is_ok());
        let says = match self.act() {
            None => false,
            Some(Act::Withdrawn) => !self.replaces.is_empty(),
            Some(_) => true,
        };
        let is_excused = self.replaces.is_empty() || !self.reason.trim().is_empty();
        !self.rule.is_empty() && are_whole && says && is_excused
    }
}

/// A list of follow-ups (随访单) or slips (转诊单) went out: for what, how many rows, and the file's digest. Nobody's name is in it.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct IssueFact {
    /// The unit whose list it is, and all below it.
    #[prost(string, tag = "1")]
    pub unit: String,
    /// What for: 随访 or 转诊.
    #[prost(string, tag = "2")]
    pub purpose: String,
    /// `xlsx` or `pdf`.
    #[prost(string, tag = "3")]
    pub format: String,
    #[prost(uint32, tag = "4")]
    pub rows: u32,
    /// SHA-256 of the file.
    #[prost(bytes = "vec", tag = "5")]
    pub digest: Vec<u8>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_without_what_it_needs_is_not_whole() {
        let one = EntryReference { writer: vec![1; 16], seq: 3, hash8: 9 };
        let step = StepFact { rule: "adult_bp".to_owned(), act: 1, ..StepFact::default() };
        let check = |change: &dyn Fn(&mut StepFact), expected: bool| {
            let mut step = step.clone();
            change(&mut step);
            assert_eq!(step.is_whole(), expected, "{step:?}");
        };
        check(&|_| {}, true);
        check(&|step| step.rule.clear(), false);
        check(&|step| step.act = 0, false);
        check(&|step| step.act = 12, false);
        check(&|step| step.act = 11, false);
        check(&|step| step.replaces = vec![one.clone()], false);
        let replaces = |step: &mut StepFact| {
            step.replaces = vec![one.clone()];
            step.reason = "记错".to_owned();
        };
        check(&replaces, true);
        check(
            &|step| {
                replaces(step);
                step.act = 11;
            },
            true,
        );
        check(&|step| step.saw = vec![EntryReference { writer: vec![1], ..one.clone() }], false);
    }

    #[test]
    fn what_is_wanted_is_written_and_an_answer_is_read_again() {
        let wanted = Wanted {
            act: Act::Told,
            day: chrono::NaiveDate::default(),
            next: None,
            told: " 本人 ".to_owned(),
            at: "09:40".to_owned(),
            read_back: true,
            place: String::new(),
            note: String::new(),
        };
        let fact = StepFact::of("adult_bp", Some(Way::Face), &wanted);
        assert_eq!((fact.told.as_str(), fact.way, fact.act), ("本人", 1, 1));
        let id = Reference { writer: ledger::WriterId([1; 16]), seq: 1, hash8: [0; 8] };
        let is_answer = |fact: &StepFact| fact.step(id, None, &|same| same).map(|s| s.is_answer);
        assert_eq!(is_answer(&fact), Ok(true));
        let of = |fact: &StepFact| fact.step(id, None, &|same| same).map(|step| step.of);
        let named = |line: &str| BTreeSet::from([line.to_owned()]);
        for minor in [None, Some(BTreeSet::new()), Some(named("grade2"))] {
            for grave in [BTreeSet::new(), named("eye_glaucoma")] {
                let lines = SaidOf { grave, minor: minor.clone() };
                assert_eq!(of(&fact.clone().said_of(&lines)), Ok(Some(lines)));
            }
        }
        assert_eq!(of(&fact), Ok(None), "control: not named is not none");
        assert_eq!(is_answer(&StepFact { read_back: false, ..fact }), Ok(false));
        assert_eq!(is_answer(&StepFact::default()), Err(EntryError::Invalid));
    }
}
