//! What was done about a unit's findings and reports, from the store to `report`'s facts: the steps that stand, and who signed for a
//! report. The counting is `report`'s.

use crate::failed;
use crate::round_levels::tell_within;
use domain::delivery::DeliveryAct;
use domain::followup::level_due;
use domain::ids::{PersonId, UnitCode};
use domain::task::{Followed, Line, SaidStep};
use protocol::Failure;
use report::{FollowFacts, FoundLine};
use std::collections::{BTreeMap, BTreeSet};
use store::{Round, Store, TaskView};

/// Of `examined`, wherever they are listed. `today`: due and overdue are told by it.
pub(crate) fn follow_facts(
    store: &Store,
    round: &Round,
    examined: &BTreeSet<PersonId>,
    today: chrono::NaiveDate,
) -> Result<FollowFacts, Failure> {
    let everywhere = UnitCode(String::new());
    let rows = store.tasks(round.id, &everywhere).map_err(failed)?;
    let people: BTreeSet<PersonId> =
        rows.iter().map(|row| row.person).filter(|person| examined.contains(person)).collect();
    let (mut tasks, mut found) = (BTreeMap::new(), BTreeMap::new());
    for person in people {
        let views = store.person_tasks(round.id, person).map_err(failed)?;
        tasks.insert(person, views.iter().map(followed).collect());
        found.insert(person, views.iter().flat_map(found_lines).collect());
    }
    let mut received = BTreeMap::new();
    let delivered = store.delivered_people(round.id).map_err(failed)?;
    for person in delivered.into_iter().filter(|person| examined.contains(person)) {
        let said = store.deliveries(round.id, person).map_err(failed)?;
        let signed =
            said.iter().filter(|one| one.stands && one.fact.act() == Some(DeliveryAct::Received));
        let days: Vec<_> = signed.map(|one| one.day).collect();
        if !days.is_empty() {
            received.insert(person, days.into_iter().flatten().min());
        }
    }
    Ok(FollowFacts { today, within: tell_within(round), tasks, found, received })
}

/// What stands of a follow-up, a line for each finding.
fn found_lines(view: &TaskView) -> Vec<FoundLine> {
    let Some(basis) = &view.basis else { return Vec::new() };
    let due = |line: &Line| level_due(line.level, line.due_days, view.day?);
    let line = |line: &Line| FoundLine {
        level: line.level,
        seen: line.seen.clone(),
        value: line.value.clone(),
        action: line.action.clone(),
        due: due(line),
    };
    basis.lines.iter().map(line).collect()
}

fn followed(view: &TaskView) -> Followed {
    let step = |one: &store::StepView| {
        let said = view.said.iter().find(|said| said.id == one.reference)?;
        let (act, next, is_answer) = (said.act, said.next, said.is_answer);
        let of = said.of.clone().map(|of| of.grave);
        one.stands.then_some(SaidStep { act, day: one.day, next, is_answer, of })
    };
    Followed {
        rule: view.rule.clone(),
        level: view.level,
        has_basis: view.basis.is_some(),
        day: view.day,
        there: view.there,
        grave: view.lines.grave.clone(),
        due_days: view.basis.as_ref().and_then(|basis| basis.due_days),
        state: view.stand.state,
        since: view.stand.since.or(view.stand.reopened),
        said: view.steps.iter().filter_map(step).collect(),
    }
}
