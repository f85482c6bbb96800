//! What a doctor signs about one person's checkup (总检). The header names person, round, day and, as operator, the
//! doctor. Not which of several stands: those that no other names (`store`), and not what may be signed
//! (`domain::conclusion`).

use crate::entry::EntryError;
use crate::fact::EntryReference;
use domain::conclusion::{Added, Answer, Answered, Conclusion, Graded};
use domain::ids::ItemCode;
use domain::rule::Level;
use prost::Message;

/// What was said of one finding. Numbers are for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum AnswerKind {
    Accepted = 1,
    Reworded = 2,
    Rejected = 3,
    /// Nobody proposed it: the doctor's own.
    Added = 4,
}

impl AnswerKind {
    pub fn of(number: u32) -> Option<AnswerKind> {
        [AnswerKind::Accepted, AnswerKind::Reworded, AnswerKind::Rejected, AnswerKind::Added]
            .into_iter()
            .find(|kind| *kind as u32 == number)
    }
}

/// One signature.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct ConclusionFact {
    /// The catalogue version whose findings were answered.
    #[prost(uint32, tag = "1")]
    pub catalogue: u32,
    #[prost(message, repeated, tag = "2")]
    pub findings: Vec<ConcludedFact>,
    #[prost(string, tag = "3")]
    pub advice: String,
    /// Every applied save and void about the checkup that the doctor had before them: it is signed over these.
    #[prost(message, repeated, tag = "4")]
    pub seen: Vec<EntryReference>,
    /// Every earlier conclusion about the checkup known then: this one stands in their place.
    #[prost(message, repeated, tag = "5")]
    pub saw: Vec<EntryReference>,
    /// Why an earlier conclusion changes.
    #[prost(string, tag = "6")]
    pub reason: String,
    /// Nothing is concluded: the earlier ones are withdrawn, with the reason.
    #[prost(bool, tag = "7")]
    pub withdrawn: bool,
    /// 1, and one more than the highest of those it stands in place of.
    #[prost(uint32, tag = "8")]
    pub version: u32,
}

/// One finding with what was said of it.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct ConcludedFact {
    /// As in `FindingFact`; empty for a finding of the doctor's own.
    #[prost(string, tag = "1")]
    pub rule: String,
    #[prost(string, tag = "2")]
    pub code: String,
    /// 1 C, 2 B, 3 A.
    #[prost(uint32, tag = "3")]
    pub level: u32,
    /// An `AnswerKind`.
    #[prost(uint32, tag = "4")]
    pub answer: u32,
    /// The words, of `Reworded` and `Added`.
    #[prost(string, tag = "5")]
    pub text: String,
    /// Why, of `Rejected`.
    #[prost(string, tag = "6")]
    pub reason: String,
    /// The value as it was printed.
    #[prost(string, tag = "7")]
    pub value: String,
    #[prost(uint32, optional, tag = "8")]
    pub due_days: Option<u32>,
    /// What to do, and where to go: of `Added`, and of a finding that the doctor graded.
    #[prost(string, tag = "9")]
    pub action: String,
    /// As `level`, of `Reworded`: the doctor's level for what is left to them; 0 = not graded.
    #[prost(uint32, tag = "10")]
    pub graded_level: u32,
    #[prost(uint32, optional, tag = "11")]
    pub graded_due_days: Option<u32>,
    /// The item that the finding rests on; 0 = not said, as before it was written.
    #[prost(uint32, tag = "12")]
    pub item: u32,
}

impl ConclusionFact {
    /// The findings and the advice; what else is signed stays empty.
    pub fn of(conclusion: &Conclusion) -> ConclusionFact {
        let answered = conclusion.findings.iter().map(ConcludedFact::of_answered);
        let added = conclusion.added.iter().map(ConcludedFact::of_added);
        ConclusionFact {
            findings: answered.chain(added).collect(),
            advice: conclusion.advice.trim().to_owned(),
            ..ConclusionFact::default()
        }
    }

    /// What was signed. `Invalid` where an answer, a level or an item is none that can be, or one lacks its words.
    pub fn conclusion(&self) -> Result<Conclusion, EntryError> {
        let mut conclusion = Conclusion { advice: self.advice.clone(), ..Conclusion::default() };
        for one in &self.findings {
            let level = level(one.level).ok_or(EntryError::Invalid)?;
            let days = |days: Option<u32>| days.and_then(|days| u16::try_from(days).ok());
            let due_days = days(one.due_days);
            let said = |text: &String| {
                let is_said = !text.trim().is_empty();
                is_said.then(|| text.clone()).ok_or(EntryError::Invalid)
            };
            let answer = match AnswerKind::of(one.answer).ok_or(EntryError::Invalid)? {
                AnswerKind::Accepted => Answer::Accepted,
                AnswerKind::Reworded => Answer::Reworded(said(&one.text)?),
                AnswerKind::Rejected => Answer::Rejected(said(&one.reason)?),
                AnswerKind::Added => {
                    let (text, action) = (said(&one.text)?, one.action.clone());
                    conclusion.added.push(Added { level, text, due_days, action });
                    continue;
                }
            };
            let graded = match one.graded_level {
                0 => None,
                number => Some(Graded {
                    level: self::level(number).ok_or(EntryError::Invalid)?,
                    due_days: days(one.graded_due_days),
                    action: one.action.clone(),
                }),
            };
            conclusion.findings.push(Answered {
                rule: one.rule.clone(),
                code: one.code.clone(),
                item: item(one.item)?,
                level,
                value: one.value.clone(),
                due_days,
                answer,
                graded,
            });
        }
        Ok(conclusion)
    }
}

impl ConcludedFact {
    fn of_answered(one: &Answered) -> ConcludedFact {
        let (answer, text, reason) = match &one.answer {
            Answer::Accepted => (AnswerKind::Accepted, "", ""),
            Answer::Reworded(text) => (AnswerKind::Reworded, text.trim(), ""),
            Answer::Rejected(reason) => (AnswerKind::Rejected, "", reason.trim()),
        };
        let graded = one.graded.as_ref();
        ConcludedFact {
            rule: one.rule.clone(),
            code: one.code.clone(),
            level: u32::from(one.level.number()),
            answer: answer as u32,
            text: text.to_owned(),
            reason: reason.to_owned(),
            value: one.value.clone(),
            due_days: one.due_days.map(u32::from),
            action: graded.map(|one| one.action.trim().to_owned()).unwrap_or_default(),
            graded_level: graded.map_or(0, |one| u32::from(one.level.number())),
            graded_due_days: graded.and_then(|one| one.due_days).map(u32::from),
            item: one.item.map_or(0, |item| u32::from(item.0)),
        }
    }

    fn of_added(one: &Added) -> ConcludedFact {
        ConcludedFact {
            level: u32::from(one.level.number()),
            answer: AnswerKind::Added as u32,
            text: one.text.trim().to_owned(),
            due_days: one.due_days.map(u32::from),
            action: one.action.trim().to_owned(),
            ..ConcludedFact::default()
        }
    }
}

fn item(number: u32) -> Result<Option<ItemCode>, EntryError> {
    let code = u16::try_from(number).map_err(|_| EntryError::Invalid)?;
    Ok(Some(ItemCode(code)).filter(|_| code != 0))
}

/// A finding's level; N is none.
fn level(number: u32) -> Option<Level> {
    Level::ALL.into_iter().find(|l| l.is_finding() && u32::from(l.number()) == number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_signed_is_read_again_and_an_answer_nobody_knows_is_refused() {
        let one = |answer| Answered {
            rule: "adult_bp".to_owned(),
            code: "grade2".to_owned(),
            item: None,
            level: Level::B,
            value: "166/102".to_owned(),
            due_days: Some(14),
            answer,
            graded: None,
        };
        let graded = Graded { level: Level::A, due_days: Some(0), action: "县医院".to_owned() };
        let open = Answered {
            item: Some(ItemCode(u16::MAX)),
            graded: Some(graded),
            ..one(Answer::Reworded("心电图异常".to_owned()))
        };
        let signed = Conclusion {
            findings: vec![
                one(Answer::Accepted),
                one(Answer::Reworded("血压偏高".to_owned())),
                one(Answer::Rejected("袖带不合".to_owned())),
                open,
            ],
            added: vec![Added {
                level: Level::B,
                text: "腹部包块".to_owned(),
                due_days: Some(7),
                action: "县医院外科".to_owned(),
            }],
            advice: "低盐饮食".to_owned(),
        };
        let fact = ConclusionFact::of(&signed);
        assert_eq!(fact.conclusion(), Ok(signed));
        let check = |change: &dyn Fn(&mut ConcludedFact)| {
            let mut other = fact.clone();
            other.findings.iter_mut().for_each(change);
            assert_eq!(other.conclusion(), Err(EntryError::Invalid));
        };
        check(&|one| one.answer = 5);
        check(&|one| one.level = 0);
        check(&|one| one.level = 4);
        check(&|one| one.graded_level = 4);
        check(&|one| one.item = 65_536);
        check(&|one| one.text.clear());
        check(&|one| one.reason.clear());
    }
}
