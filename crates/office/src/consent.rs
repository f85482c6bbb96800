//! 知情同意 over a store: slips ticked class by class, and listed with what was examined all the same. The same on a device and the
//! server. A slip ticked names what was seen of the person; the school's file (`file`) names what an earlier file said and nothing
//! that a person ticked, so that the two stand side by side where they differ.

mod file;

pub use file::{ConsentFileBack, ConsentProblem, take_consents};

use crate::{MayWrite, failed};
use domain::catalogue::Catalogue;
use domain::consent::{Consent, Slip, closed};
use domain::facts::PersonKind;
use domain::ids::{PersonId, RoundId, UnitCode};
use domain::order::reading_order;
use ledger::Reference;
use protocol::fact::{ConsentAnswer, ConsentFact, ConsentSource, EntryReference};
use protocol::{Code, Entry, Fact, Failure, Header};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::PathBuf;
use store::{StopCheckup, StopPerson, Store, name_order};

/// A school's file to be taken in.
#[derive(Debug, Clone, Default)]
pub struct ConsentOrder {
    /// A round's id or unique name.
    pub round: String,
    pub unit: String,
    /// Account or id of whoever takes it in.
    pub operator: Option<String>,
    pub file: PathBuf,
}

/// One person's slip as a person ticked it.
#[derive(Debug, Clone)]
pub struct TickedSlip {
    pub person: PersonId,
    pub says: Consent,
    /// What was shown of this person's slip.
    pub saw: Vec<Reference>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct ConsentsSaid {
    pub saved: usize,
    /// Said like that already: nothing was written.
    pub known: usize,
}

/// A pupil in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConsentLine {
    pub person: String,
    pub name: String,
    pub grade: Option<String>,
    pub group: Option<String>,
    pub slip: Slip,
    /// In words: `同意，除口腔`.
    pub text: String,
    /// Two slips say otherwise: the stricter holds.
    pub differs: bool,
    /// Items that have a value all the same, by name.
    pub in_spite: Vec<String>,
}

/// A school's slips as they stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConsentList {
    pub pupils: usize,
    pub given: usize,
    /// Given, but for something.
    pub given_but: usize,
    pub refused: usize,
    pub missing: usize,
    /// Everybody of whom there is something to see: no slip, a refusal, two that differ.
    pub lines: Vec<ConsentLine>,
}

/// The pupils of a stop, in the order of classes.
fn pupils(store: &Store, round: RoundId, unit: &UnitCode) -> Result<Vec<StopPerson>, Failure> {
    let mut people = store.stop_people(round, unit, &|_, _| true).map_err(failed)?;
    people.retain(|one| one.kind == PersonKind::Pupil);
    let order = |one: &StopPerson| {
        let grade = reading_order(one.grade.as_deref());
        let group = reading_order(one.group.as_deref());
        (grade, group, name_order(&one.details.name), *one.person.0.as_bytes())
    };
    people.sort_by_cached_key(order);
    Ok(people)
}

pub fn consent_list(
    store: &Store,
    round: RoundId,
    unit: &UnitCode,
) -> Result<ConsentList, Failure> {
    let people = pupils(store, round, unit)?;
    let mut list = ConsentList {
        pupils: people.len(),
        given: 0,
        given_but: 0,
        refused: 0,
        missing: 0,
        lines: Vec::new(),
    };
    for one in &people {
        let consent = one.consent.clone().unwrap_or_default();
        match consent.slip {
            Slip::Given if consent.is_whole() => list.given += 1,
            Slip::Given => list.given_but += 1,
            Slip::Refused => list.refused += 1,
            Slip::Missing => list.missing += 1,
        }
        if !consent.is_whole() || consent.differs {
            list.lines.push(ConsentLine {
                person: one.person.0.to_string(),
                name: one.details.name.clone(),
                grade: one.grade.clone(),
                group: one.group.clone(),
                slip: consent.slip,
                text: consent.zh(Catalogue::builtin()),
                differs: consent.differs,
                in_spite: in_spite(one.checkup.as_ref(), Some(&consent)),
            });
        }
    }
    Ok(list)
}

/// Items that were refused and have a value all the same, by name: it is kept, not printed, and a person decides about it.
pub fn in_spite(checkup: Option<&StopCheckup>, consent: Option<&Consent>) -> Vec<String> {
    let catalogue = Catalogue::builtin();
    let closed = closed(catalogue, consent);
    let Some(checkup) = checkup.filter(|_| !closed.is_empty()) else { return Vec::new() };
    let results = checkup.results.iter().filter(|(item, values)| {
        closed.contains(item) && values.iter().any(|value| value.value.is_present())
    });
    let names = results.filter_map(|(item, _)| catalogue.item(*item));
    names.map(|item| item.name_zh.clone()).collect()
}

/// Writes what was ticked, in one commit. `header` says round, day and who acts. Everybody has to be a pupil.
pub fn tick_consents(
    store: &mut Store,
    unit: &UnitCode,
    header: &Header,
    slips: &[TickedSlip],
    may_write: MayWrite,
) -> Result<ConsentsSaid, Failure> {
    may_write(unit)?;
    let round = RoundId(header.round);
    let mut said = ConsentsSaid::default();
    // Somebody named twice: the last word counts.
    let mut entries: BTreeMap<PersonId, Entry> = BTreeMap::new();
    for slip in slips {
        let view = store.person(slip.person).map_err(failed)?;
        let view = view.ok_or(Failure::new(Code::PersonUnknown))?;
        if view.kind_at(round, unit) != PersonKind::Pupil {
            return Err(Failure::at(Code::ValueInvalid, "person"));
        }
        let standing = store.slips(round, view.person).map_err(failed)?;
        if matches!(standing.as_slice(), [only] if only.says == slip.says) {
            said.known += 1;
            continue;
        }
        let entry = entry_of(header, view.person, &slip.says, ConsentSource::Ticked, &slip.saw);
        entries.insert(view.person, entry);
    }
    said.saved = entries.len();
    if !entries.is_empty() {
        let entries: Vec<Entry> = entries.into_values().collect();
        store.append(unit, &entries).map_err(failed)?;
    }
    Ok(said)
}

fn entry_of(
    header: &Header,
    person: PersonId,
    says: &Consent,
    source: ConsentSource,
    saw: &[Reference],
) -> Entry {
    let answer = match says.slip {
        Slip::Given => ConsentAnswer::Given,
        Slip::Refused => ConsentAnswer::Refused,
        Slip::Missing => ConsentAnswer::Missing,
    };
    let fact = ConsentFact {
        answer: answer as u32,
        stations: says.stations.iter().map(|code| u32::from(code.0)).collect(),
        items: says.items.iter().map(|code| u32::from(code.0)).collect(),
        source: source as u32,
        saw: saw.iter().map(EntryReference::from).collect(),
    };
    let header = Header { person: person.0.as_bytes().to_vec(), ..header.clone() };
    Entry { header, fact: Fact::Consent(fact) }
}
