//! The state of a checkup: read off its results each time, never stored.

use crate::catalogue::Package;
use crate::conclusion::ConclusionState;
use crate::facts::{CheckupState, CurrentValue};
use crate::ids::ItemCode;
use crate::value::{AbsentReason, Value};
use std::collections::{BTreeMap, BTreeSet};

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
