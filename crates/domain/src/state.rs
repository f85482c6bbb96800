//! The state of a checkup: read off its results each time, never stored.

use crate::catalogue::Package;
use crate::conclusion::ConclusionState;
use crate::facts::{CheckupState, CurrentValue};
use crate::ids::ItemCode;
use crate::value::{AbsentReason, Value};
use std::collections::{BTreeMap, BTreeSet};

/// How far what a person has to have is answered, the mandatory items of their kind taken together. 待回报 is no answer yet,
/// and no omission either: somebody has done their part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answered {
    /// Nothing was found out but answers to the questions of registration, and no sample was taken.
    NotExamined,
    /// 未检: an item has neither a value nor a reason, and nobody refused it.
    Missing,
    /// 需重采: a sample was no good, and what it was taken for is open again.
    Redraw,
    /// 待回报: the rest is there.
    Awaited,
    /// 已回报: every one has its result, or another reason.
    Reported,
}

/// 实检, wherever people are counted: something was found out beyond the questions of registration. A reason in place of a
/// value (未测, 拒检, 待回报), an answer given at the desk and a tube that was drawn make nobody examined.
pub fn is_examined(package: &Package, results: &BTreeMap<ItemCode, Vec<CurrentValue>>) -> bool {
    results.iter().any(|(item, values)| {
        !package.registration.contains(item) && values.iter().any(|one| one.value.is_present())
    })
}

/// What can be done something about comes first: a sample to draw again, then what was left out, then what the laboratory has.
pub fn answered(
    package: &Package,
    results: &BTreeMap<ItemCode, Vec<CurrentValue>>,
    closed: &BTreeSet<ItemCode>,
    redraw: &[ItemCode],
) -> Answered {
    let awaited = Value::Absent(AbsentReason::Awaited);
    let has_sample = results.values().flatten().any(|one| one.value == awaited);
    if !is_examined(package, results) && !has_sample && redraw.is_empty() {
        return Answered::NotExamined;
    }
    if !redraw.is_empty() {
        return Answered::Redraw;
    }
    let values = |item: &ItemCode| results.get(item).map(Vec::as_slice).unwrap_or_default();
    let is_answered = |item: &ItemCode| closed.contains(item) || !values(item).is_empty();
    if !package.items.iter().all(is_answered) {
        return Answered::Missing;
    }
    let is_awaited = |item: &ItemCode| values(item).iter().any(|one| one.value == awaited);
    if package.items.iter().any(is_awaited) { Answered::Awaited } else { Answered::Reported }
}

/// In order of progress:
/// - 已登记: nothing but questions of registration is answered;
/// - 检查中: a mandatory item has neither a value nor a reason, and nobody refused it (`closed`);
/// - 现场完成: every mandatory item is answered, but an item has two values and a person has to
///   decide between them;
/// - 待回报: a result is awaited from the laboratory;
/// - 待总检, 已总检, 报告已发;
/// - 需再看: signed, and not over what stands now.
pub fn state(
    package: &Package,
    results: &BTreeMap<ItemCode, Vec<CurrentValue>>,
    closed: &BTreeSet<ItemCode>,
    conclusion: ConclusionState,
    issued: bool,
) -> CheckupState {
    if issued {
        return CheckupState::ReportIssued;
    }
    match conclusion {
        ConclusionState::None => {}
        ConclusionState::Signed => return CheckupState::Concluded,
        ConclusionState::LookAgain | ConclusionState::Conflict => return CheckupState::LookAgain,
    }
    let answered = || results.iter().filter(|(_, values)| !values.is_empty());
    if answered().all(|(item, _)| package.registration.contains(item)) {
        return CheckupState::Registered;
    }
    let is_answered = |item: &ItemCode| {
        closed.contains(item) || results.get(item).is_some_and(|values| !values.is_empty())
    };
    if !package.items.iter().all(is_answered) {
        return CheckupState::Underway;
    }
    if answered().any(|(_, values)| values.len() > 1) {
        return CheckupState::SiteDone;
    }
    let awaited = |value: &CurrentValue| value.value == Value::Absent(AbsentReason::Awaited);
    if answered().any(|(_, values)| values.iter().any(awaited)) {
        return CheckupState::AwaitingResults;
    }
    CheckupState::AwaitingConclusion
}
