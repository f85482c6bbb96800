//! What one measured row becomes: results by station, refusals and marks. Pure: values in, values out.

use crate::measurement::{MeasuredRow, RowProblem, value_of};
use chrono::NaiveDate;
use domain::catalogue::{Catalogue, Station};
use domain::check::{Band, Subject, check, check_together};
use domain::facts::{CurrentValue, PersonDetails};
use domain::ids::{ItemCode, StationCode};
use domain::rule::{Judgement, judge_current};
use domain::value::Value;
use std::collections::{BTreeMap, BTreeSet};
use store::GivenOnce;

/// One station's share of a row, ready to be written as one entry.
#[derive(Debug, Clone, PartialEq)]
pub struct StationShare {
    pub station: StationCode,
    pub results: Vec<(ItemCode, CurrentValue)>,
    /// Findings that rest on these results, as they are shown at the station.
    pub findings: Vec<Judgement>,
}

/// What a row becomes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RowPlan {
    pub shares: Vec<StationShare>,
    pub problems: Vec<RowProblem>,
}

/// Plans a row against what stands already. A value equal to a standing one is not written again; another
/// one is written beside it (nobody saw the first) and told as a conflict. What the family refused (`closed`) is told and not
/// written.
pub fn plan_row(
    catalogue: &Catalogue,
    row: &MeasuredRow,
    known: &PersonDetails,
    only: Option<StationCode>,
    standing: &BTreeMap<ItemCode, Vec<CurrentValue>>,
    once: &GivenOnce,
    closed: &BTreeSet<ItemCode>,
) -> RowPlan {
    let subject = Subject {
        kind: row.kind,
        sex: known.sex.or(row.details.sex),
        birth: known.birth.or(row.details.birth),
        day: row.day,
    };
    let mut plan = RowPlan::default();
    let values = accepted_values(catalogue, row, &subject, only, &mut plan.problems);
    tell_contradictions(catalogue, row, &subject, &values, &mut plan.problems);

    let mut all = standing.clone();
    let mut fresh: BTreeMap<ItemCode, CurrentValue> = BTreeMap::new();
    for (item, value) in values {
        if closed.contains(&item) {
            plan.problems.push(tell(catalogue, row, item, "consent_refused"));
            continue;
        }
        let there = all.entry(item).or_default();
        if there.iter().any(|v| v.value == value.value) {
            continue;
        }
        // The file of the morning again, ten rows longer: what somebody put right or withdrew since does not come back.
        let is_old =
            |(old, day): &(Value, Option<NaiveDate>)| *old == value.value && *day == Some(row.day);
        if once.get(&item).into_iter().flatten().any(is_old) {
            plan.problems.push(tell(catalogue, row, item, "older_value"));
            continue;
        }
        if !there.is_empty() {
            plan.problems.push(tell(catalogue, row, item, "conflicts"));
        }
        there.push(value.clone());
        fresh.insert(item, value);
    }
    let judgements = judge_current(catalogue, &subject, &all);
    for station in &catalogue.stations {
        if only.is_none_or(|code| code == station.code) {
            plan.shares.extend(share_of(station, &fresh, &judgements));
        }
    }
    plan
}

fn share_of(
    station: &Station,
    fresh: &BTreeMap<ItemCode, CurrentValue>,
    judgements: &[Judgement],
) -> Option<StationShare> {
    let results: Vec<_> = station
        .items
        .iter()
        .filter_map(|item| fresh.get(item).map(|value| (*item, value.clone())))
        .collect();
    if results.is_empty() {
        return None;
    }
    let rests_here = |j: &&Judgement| j.item.is_some_and(|item| station.items.contains(&item));
    let findings = judgements.iter().filter(|j| j.level.is_finding()).filter(rests_here);
    Some(StationShare { station: station.code, results, findings: findings.cloned().collect() })
}

/// Reads and checks each text: the unreadable and the impossible are refused and told, one by one.
fn accepted_values(
    catalogue: &Catalogue,
    row: &MeasuredRow,
    subject: &Subject,
    only: Option<StationCode>,
    problems: &mut Vec<RowProblem>,
) -> BTreeMap<ItemCode, CurrentValue> {
    let station = only.and_then(|code| catalogue.station(code));
    let mut values = BTreeMap::new();
    for (code, text) in &row.texts {
        let Some(item) = catalogue.item(*code) else { continue };
        if station.is_some_and(|s| !s.items.contains(code)) {
            continue;
        }
        let value = match value_of(item, text) {
            Ok(value) => value,
            Err(problem) => {
                problems.push(RowProblem::new(row.row, &item.key, problem));
                continue;
            }
        };
        let unusual = match check(catalogue, subject, item, &value) {
            Band::Fine => false,
            Band::Unusual => {
                problems.push(RowProblem::new(row.row, &item.key, "unusual"));
                true
            }
            Band::Impossible => {
                problems.push(RowProblem::new(row.row, &item.key, "impossible"));
                continue;
            }
        };
        values.insert(*code, CurrentValue { value, unusual });
    }
    values
}

fn tell_contradictions(
    catalogue: &Catalogue,
    row: &MeasuredRow,
    subject: &Subject,
    values: &BTreeMap<ItemCode, CurrentValue>,
    problems: &mut Vec<RowProblem>,
) {
    let plain: BTreeMap<ItemCode, Value> =
        values.iter().map(|(item, v)| (*item, v.value.clone())).collect();
    for problem in check_together(catalogue, subject, &plain) {
        problems.push(tell(catalogue, row, problem.item, "together_unusual"));
    }
}

fn tell(
    catalogue: &Catalogue,
    row: &MeasuredRow,
    item: ItemCode,
    code: &'static str,
) -> RowProblem {
    let column = catalogue.item(item).map(|i| i.key.as_str()).unwrap_or_default();
    RowProblem::new(row.row, column, code)
}
