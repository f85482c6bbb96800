//! A draft of a conclusion, and what it comes to beside what stands. Somebody who signs once more and names nothing takes nothing
//! back: a rejection, a rewording, a finding of the doctor's own and their advice go on until they are said otherwise.

use domain::catalogue::Catalogue;
use domain::conclusion::{
    Added, Answer, Answered, Conclusion, Graded, named, proposed, usual_due_days,
};
use domain::facts::differing;
use domain::rule::{Judgement, Level, printed_value};
use protocol::{Code, Failure};
use serde::{Deserialize, Serialize};
use store::Conclusions;

/// What is said of one proposed finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DraftWord {
    Accept,
    Reword,
    Reject,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DraftAnswer {
    pub rule: String,
    pub code: String,
    /// The item's key, as `ProposedRow` has it; may be empty where one proposed finding has the code.
    #[serde(default)]
    pub item: String,
    pub answer: DraftWord,
    /// The words, where reworded; the reason, where rejected.
    #[serde(default)]
    pub text: String,
    /// A, B or C, where the level is left to the doctor and it is reworded; empty = not graded.
    #[serde(default)]
    pub level: String,
    /// With `level`; none = as usual at that level.
    #[serde(default)]
    pub due_days: Option<u16>,
    /// With `level`: what to do, and where to go.
    #[serde(default)]
    pub action: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DraftAdded {
    /// A, B or C.
    pub level: String,
    pub text: String,
    /// None = as usual at this level (`domain::conclusion::usual_due_days`).
    #[serde(default)]
    pub due_days: Option<u16>,
    /// What to do, and where to go.
    #[serde(default)]
    pub action: String,
}

/// A conclusion before it is signed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    #[serde(default)]
    pub answers: Vec<DraftAnswer>,
    /// What no answer names stays as it was answered where that still holds, and else is accepted.
    #[serde(default)]
    pub accept_rest: bool,
    /// All findings of the doctor's own; none = those that stand, where `accept_rest`.
    #[serde(default)]
    pub added: Option<Vec<DraftAdded>>,
    /// None = the one that stands, where `accept_rest`.
    #[serde(default)]
    pub advice: Option<String>,
    /// Needed where something was signed before.
    #[serde(default)]
    pub reason: String,
    /// As `Review` told it; none = signed over whatever is here now.
    #[serde(default)]
    pub mark: Option<String>,
}

/// The conclusion that is signed by it.
pub(super) fn said(conclusions: &Conclusions, draft: &Draft) -> Result<Conclusion, Failure> {
    let stands = if draft.accept_rest { stands(conclusions) } else { Vec::new() };
    let judgements = &conclusions.judgements;
    let mut conclusion =
        Conclusion { findings: answered(judgements, draft)?, ..Conclusion::default() };
    if draft.accept_rest {
        for judgement in proposed(judgements) {
            let is_its = |one: &Answered| one.of(judgements) == Some(judgement);
            if !conclusion.findings.iter().any(is_its) {
                conclusion.findings.push(went_on(conclusions, &stands, judgement));
            }
        }
    }
    let place =
        |one: &Answered| one.of(judgements).and_then(|of| judgements.iter().position(|j| j == of));
    conclusion.findings.sort_by_key(place);
    conclusion.added = match &draft.added {
        Some(added) => added.iter().map(of_their_own).collect::<Result<_, _>>()?,
        None => once(stands.iter().flat_map(|one| one.added.clone())),
    };
    conclusion.advice = match &draft.advice {
        Some(advice) => advice.clone(),
        None => {
            once(stands.iter().map(|one| one.advice.clone()).filter(|advice| !advice.is_empty()))
                .join("\n")
        }
    };
    Ok(conclusion)
}

/// What stands, carried over what is here now: as it would be signed by somebody who has nothing to change. None where nothing stands.
pub(crate) fn gone_on(conclusions: &Conclusions) -> Option<Conclusion> {
    if stands(conclusions).is_empty() {
        return None;
    }
    said(conclusions, &Draft { accept_rest: true, ..Draft::default() }).ok()
}

/// What stands: of two that differ both, and of one withdrawn nothing.
fn stands(conclusions: &Conclusions) -> Vec<Conclusion> {
    let standing = conclusions.all.iter().filter(|one| one.is_standing && !one.fact.withdrawn);
    standing.filter_map(|view| view.fact.conclusion().ok()).collect()
}

fn once<T: PartialEq>(all: impl Iterator<Item = T>) -> Vec<T> {
    all.fold(Vec::new(), |mut kept, one| {
        if !kept.contains(&one) {
            kept.push(one);
        }
        kept
    })
}

/// As it was answered where one answer stands and holds of what is here now; else accepted.
fn went_on(conclusions: &Conclusions, stands: &[Conclusion], judgement: &Judgement) -> Answered {
    let (cat, differing) = (Catalogue::builtin(), differing(&conclusions.results));
    let accepted = answer_of(judgement, Answer::Accepted, None);
    let [only] = stands else { return accepted };
    let is_its = |one: &&Answered| one.of(&conclusions.judgements) == Some(judgement);
    let stood = only.findings.iter().find(is_its);
    let stood = stood.filter(|one| one.holds_of(cat, judgement, &differing));
    stood.map_or(accepted, |one| answer_of(judgement, one.answer.clone(), one.graded.clone()))
}

fn answer_of(judgement: &Judgement, answer: Answer, graded: Option<Graded>) -> Answered {
    Answered {
        rule: judgement.rule.clone(),
        code: judgement.code.clone(),
        item: judgement.item,
        level: judgement.level,
        value: printed_value(Catalogue::builtin(), judgement),
        due_days: judgement.due_days,
        answer,
        graded,
    }
}

/// What the draft says of proposed findings.
fn answered(judgements: &[Judgement], draft: &Draft) -> Result<Vec<Answered>, Failure> {
    let of = |said: &DraftAnswer| {
        let judgement = answered_by(judgements, said);
        let judgement = judgement.ok_or(Failure::new(Code::ConclusionFinding))?;
        let answer = match said.answer {
            DraftWord::Accept => Answer::Accepted,
            DraftWord::Reword => Answer::Reworded(said.text.clone()),
            DraftWord::Reject => Answer::Rejected(said.text.clone()),
        };
        Ok(answer_of(judgement, answer, graded(said)?))
    };
    draft.answers.iter().map(of).collect()
}

fn of_their_own(added: &DraftAdded) -> Result<Added, Failure> {
    let level = Level::parse(added.level.trim()).ok_or(Failure::new(Code::ConclusionInvalid))?;
    Ok(Added {
        level,
        text: added.text.clone(),
        due_days: added.due_days.or(usual_due_days(level)),
        action: added.action.clone(),
    })
}

/// The finding that an answer is about; none where no proposed one is called so, or no item is named and several are.
fn answered_by<'j>(judgements: &'j [Judgement], said: &DraftAnswer) -> Option<&'j Judgement> {
    let item = match said.item.trim() {
        "" => None,
        key => Some(Catalogue::builtin().item_by_key(key)?.code),
    };
    named(judgements, (&said.rule, &said.code, item))
}

/// How the doctor graded what is left to them; none where they did not.
fn graded(said: &DraftAnswer) -> Result<Option<Graded>, Failure> {
    if said.level.trim().is_empty() {
        return Ok(None);
    }
    let level = Level::parse(said.level.trim()).ok_or(Failure::new(Code::ConclusionInvalid))?;
    let due_days = said.due_days.or(usual_due_days(level));
    Ok(Some(Graded { level, due_days, action: said.action.clone() }))
}
