//! People with nothing abnormal, signed as a list after somebody has looked it through. The list has a mark: what is
//! signed is what was shown, or nothing.

use super::{ConcludeOrder, MayWrite, digits, entry_of, mark_of};
use crate::failed;
use crate::left_out::{LeftOut, refuse_if_all, unless_left_out};
use chrono::NaiveDate;
use domain::catalogue::{Catalogue, print_value};
use domain::check::Subject;
use domain::conclusion::{Conclusion, ConclusionState, is_normal};
use domain::facts::CheckupState;
use domain::identity::age_years;
use domain::ids::{ItemCode, PersonId, RoundId, UnitCode};
use domain::lab::PrintedRange;
use domain::order::reading_order;
use protocol::{Code, Entry, Failure, Header};
use serde::Serialize;
use std::collections::BTreeMap;
use store::{ConclusionCounts, StopPerson, Store};

/// Someone of whom everything was examined and nothing is abnormal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NormalPerson {
    pub person: String,
    pub name: String,
    pub sex: Option<domain::facts::Sex>,
    pub age: Option<i32>,
    pub grade: Option<String>,
    pub group: Option<String>,
    /// `收缩压 118`, all of them: what is signed is what was looked at.
    pub values: Vec<String>,
    /// Values there are in all.
    pub of: usize,
}

/// A stop before its normals are signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NormalList {
    /// To be given back when the list is signed.
    pub mark: String,
    /// Nobody has signed about them.
    pub normal: Vec<NormalPerson>,
    /// Examined, not signed and not on the list: to be concluded one by one.
    pub one_by_one: usize,
    pub signed: u64,
    pub look_again: u64,
    pub conflict: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NormalsSigned {
    pub signed: usize,
    /// Not signed: outside the account's units.
    pub left_out: Vec<LeftOut>,
}

/// The normals of a stop, in the order of its lists.
pub fn normals(store: &Store, round: RoundId, unit: &UnitCode) -> Result<NormalList, Failure> {
    let (normal, one_by_one) = found(store, round, unit)?;
    let ConclusionCounts { signed, look_again, conflict } =
        store.conclusion_counts(round, unit).map_err(failed)?;
    let mark = list_mark(store, round, &normal)?;
    let normal = normal.iter().map(shown).collect();
    Ok(NormalList { mark, normal, one_by_one, signed, look_again, conflict })
}

/// Signs about each of them that the account may sign about, in one transaction. `header` names round, day and the doctor. `last`: a later day is one to come.
pub fn sign_normals(
    store: &mut Store,
    header: &Header,
    (order, last): (&ConcludeOrder, NaiveDate),
    (unit, mark): (&UnitCode, &str),
    may_write: MayWrite,
) -> Result<NormalsSigned, Failure> {
    let round = RoundId(header.round);
    let (normal, _) = found(store, round, unit)?;
    if list_mark(store, round, &normal)? != mark {
        return Err(Failure::new(Code::ConclusionMoved));
    }
    let mut work: Vec<(UnitCode, Entry)> = Vec::with_capacity(normal.len());
    let mut left_out = Vec::new();
    for (at, one) in normal.iter().enumerate() {
        let stop = one.checkup.as_ref().map_or_else(|| unit.clone(), |c| c.stop.clone());
        let examined = one.checkup.as_ref().and_then(|checkup| checkup.day);
        let decided = may_write(&stop).and_then(|()| match examined {
            Some(examined) => order.dated(header, examined, last),
            None => Ok(header.clone()),
        });
        let header = match unless_left_out(decided)? {
            Ok(header) => header,
            Err(code) => {
                left_out.push(LeftOut::of(at, one, code));
                continue;
            }
        };
        let header = Header { person: one.person.0.as_bytes().to_vec(), ..header };
        let conclusions = store.conclusions(round, one.person).map_err(failed)?;
        work.push((stop, entry_of(&header, &conclusions, &Conclusion::default(), "")));
    }
    refuse_if_all(&left_out, work.len())?;
    store.append_all(&work).map_err(failed)?;
    Ok(NormalsSigned { signed: work.len(), left_out })
}

/// The normals, and how many were examined and have to be concluded one by one.
fn found(
    store: &Store,
    round: RoundId,
    unit: &UnitCode,
) -> Result<(Vec<StopPerson>, usize), Failure> {
    let mut normal = Vec::new();
    let mut one_by_one = 0;
    for one in store.stop_people(round, unit, &|_, _| true).map_err(failed)? {
        // Whoever came to another stop first is that stop's to conclude.
        let Some(checkup) = one.checkup.as_ref().filter(|_| one.is_first_of(unit)) else {
            continue;
        };
        let is_examined =
            checkup.results.values().flatten().any(|current| current.value.is_present());
        if checkup.conclusion != ConclusionState::None || !is_examined {
            continue;
        }
        // Withdrawn before: whoever did had a reason, so it is looked at by itself. So is what may be somebody else's blood.
        let is_new = || {
            let all = store.conclusions(round, one.person);
            all.map(|all| all.all.is_empty() && all.strayed.is_empty())
        };
        let is_whole = checkup.state == CheckupState::AwaitingConclusion;
        if is_whole && is_well(store, round, &one)? && is_new().map_err(failed)? {
            normal.push(one);
        } else {
            one_by_one += 1;
        }
    }
    normal.sort_by(|a, b| order(a).cmp(&order(b)));
    Ok((normal, one_by_one))
}

fn is_well(store: &Store, round: RoundId, one: &StopPerson) -> Result<bool, Failure> {
    let Some((checkup, day)) = one.checkup.as_ref().and_then(|c| Some((c, c.day?))) else {
        return Ok(false);
    };
    let details = &one.details;
    let subject = Subject { kind: one.kind, sex: details.sex, birth: details.birth, day };
    let mut own: BTreeMap<ItemCode, Vec<PrintedRange>> = BTreeMap::new();
    for given in store.given_by_labs(round, one.person).map_err(failed)? {
        if given.is_current {
            own.entry(given.item).or_default().extend(given.printed);
        }
    }
    let (results, judgements) = (&checkup.results, &checkup.judgements);
    Ok(is_normal(&one.catalogue, &subject, results, &own, judgements))
}

fn order(one: &StopPerson) -> impl Ord {
    let (grade, group) = (one.grade.as_deref(), one.group.as_deref());
    let name = one.details.name.clone();
    (reading_order(grade), reading_order(group), name, *one.person.0.as_bytes())
}

fn list_mark(store: &Store, round: RoundId, normal: &[StopPerson]) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    for StopPerson { person: PersonId(id), .. } in normal {
        bytes.extend(id.as_bytes());
        let conclusions = store.conclusions(round, PersonId(*id)).map_err(failed)?;
        bytes.extend(mark_of(&conclusions).into_bytes());
    }
    Ok(digits(&bytes))
}

fn shown(one: &StopPerson) -> NormalPerson {
    let catalogue = Catalogue::builtin();
    let empty = std::collections::BTreeMap::new();
    let results = one.checkup.as_ref().map_or(&empty, |checkup| &checkup.results);
    let line = |(code, values): (&ItemCode, &Vec<domain::facts::CurrentValue>)| {
        let item = catalogue.item(*code)?;
        let value = values.first().filter(|current| current.value.is_present())?;
        Some(format!("{} {}", item.name_zh, print_value(item, &value.value)))
    };
    let lines: Vec<String> = results.iter().filter_map(line).collect();
    let day = one.checkup.as_ref().and_then(|checkup| checkup.day);
    NormalPerson {
        person: one.person.0.to_string(),
        name: one.details.name.clone(),
        sex: one.details.sex,
        age: one.details.birth.zip(day).map(|(birth, day)| age_years(birth, day)),
        grade: one.grade.clone(),
        group: one.group.clone(),
        of: lines.len(),
        values: lines,
    }
}
