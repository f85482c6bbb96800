//! What people do at a simulated stop: they register, measure, measure again, put right, withdraw, and now and then
//! their device writes what a server must hold. Every entry is unlike any other.

use super::dice::Dice;
use super::disk::Disk;
use super::holder::{ROUND, VILLAGES};
use domain::catalogue::Catalogue;
use domain::ids::{ItemCode, PersonId};
use ledger::{Reference, fact_reference};
use protocol::fact::{
    ConclusionFact, DetailsFact, EntryReference, OperatorFact, RegistrationFact, ResultFact,
    RetirementFact, SaveFact, SawFact, ValueFact, VoidFact,
};
use protocol::{Clock, Entry, Fact, Header};
use std::collections::BTreeSet;
use uuid::Uuid;

/// People of a village.
const PEOPLE: usize = 6;
const DAY: i32 = 9_752;

/// What has been saved, for later entries to speak of.
#[derive(Debug, Clone)]
pub struct Saved {
    village: usize,
    person: usize,
    reference: Reference,
}

pub fn catalogue_version() -> u32 {
    Catalogue::builtin().version
}

fn item(key: &str) -> u32 {
    u32::from(Catalogue::builtin().item_by_key(key).unwrap().code.0)
}

fn person(village: usize, person: usize) -> PersonId {
    let mut id = [0x44; 16];
    (id[0], id[1]) = (village as u8, person as u8);
    PersonId(Uuid::from_bytes(id))
}

/// One entry for one village, and what of it may be spoken of.
pub struct Written {
    pub village: usize,
    pub person: usize,
    pub entry: Entry,
    pub is_save: bool,
}

impl Written {
    pub fn saved(&self, reference: Reference) -> Option<Saved> {
        let Written { village, person, .. } = *self;
        self.is_save.then_some(Saved { village, person, reference })
    }
}

/// The `number`th entry of a run, written by a clock that says `clock_ms`.
pub fn write(dice: &mut Dice, number: u64, clock_ms: i64, saved: &[Saved]) -> Written {
    let (mut village, mut person_no) = (dice.below(VILLAGES.len()), dice.below(PEOPLE));
    let kind = dice.below(100);
    let earlier = (!saved.is_empty() && kind >= 60).then(|| dice.pick(saved).clone());
    if let Some(saved) = &earlier {
        (village, person_no) = (saved.village, saved.person);
    }
    let saw = |earlier: &Saved| SawFact {
        entry: Some(EntryReference::from(&earlier.reference)),
        items: vec![item("weight_kg")],
    };
    let number_of = |key: &str, value: i64| ResultFact {
        item: item(key),
        value: Some(ValueFact::Number(value)),
        unusual: false,
    };
    let weight = 300 + (dice.below(900) as i64);
    let save = |results, saw, reason| {
        let catalogue = catalogue_version();
        Fact::Save(SaveFact { catalogue, results, saw, findings: Vec::new(), reason, lab: None })
    };
    let fact = match (kind, &earlier) {
        (0..15, _) => Fact::Registration(registration(village, person_no)),
        (15..48, _) | (60.., None) => {
            save(vec![number_of("weight_kg", weight)], Vec::new(), String::new())
        }
        (48..52, _) => {
            let note = (0..3_000).map(|_| format!("{:016x}", dice.roll())).collect();
            save(vec![number_of("weight_kg", weight)], Vec::new(), note)
        }
        // Held: beyond what a person can weigh; what only a server may say.
        (52..56, _) => save(vec![number_of("weight_kg", 99_999)], Vec::new(), String::new()),
        (59, _) if !saved.is_empty() => conclusion(saved),
        (56..60, _) => {
            let account = format!("sneaked{number}");
            Fact::Operator(OperatorFact { id: number, account, ..OperatorFact::default() })
        }
        (60..90, Some(earlier)) => {
            save(vec![number_of("weight_kg", weight)], vec![saw(earlier)], "复测".to_owned())
        }
        (_, Some(earlier)) => {
            Fact::Void(VoidFact { saw: vec![saw(earlier)], reason: "录错人".to_owned() })
        }
    };
    let is_save = (15..52).contains(&kind) || (60..90).contains(&kind);
    let header = Header {
        person: person(village, person_no).0.as_bytes().to_vec(),
        round: ROUND,
        day: Some(DAY),
        // Who signs is named.
        operator: if kind == 59 { 7 } else { 0 },
        policy: 1,
        clock: Some(Clock { unix_ms: clock_ms, boot: 0, tick_ms: number }),
        ..Header::default()
    };
    Written { village, person: person_no, entry: Entry { header, fact }, is_save }
}

/// Signed over the last save there is, whomever it is about: as good as any to travel and to be told of.
fn conclusion(saved: &[Saved]) -> Fact {
    let seen = saved.last().map(|saved| EntryReference::from(&saved.reference));
    Fact::Conclusion(ConclusionFact {
        catalogue: catalogue_version(),
        seen: seen.into_iter().collect(),
        version: 1,
        ..ConclusionFact::default()
    })
}

/// The server's own work: an operator added.
pub fn operator(number: u64) -> Entry {
    let account = format!("operator{number}");
    let (name, role) = ("张".to_owned(), "recorder".to_owned());
    let fact = OperatorFact { id: number, account, name, role, units: Vec::new() };
    let header = Header { policy: 1, ..Header::default() };
    Entry { header, fact: Fact::Operator(fact) }
}

/// A village is taken out of use, or back into it. What is recorded there counts all the same.
pub fn retirement(number: u64) -> Entry {
    let village = VILLAGES[number as usize / 3 % VILLAGES.len()];
    let withdrawn = number.is_multiple_of(2);
    let fact = RetirementFact { unit: village.to_owned(), successor: String::new(), withdrawn };
    let clock = Some(Clock { unix_ms: 0, boot: 0, tick_ms: number });
    let header = Header { policy: 1, clock, ..Header::default() };
    Entry { header, fact: Fact::Retirement(fact) }
}

fn registration(village: usize, person: usize) -> RegistrationFact {
    let details = DetailsFact {
        name: format!("测{village}{person}"),
        sex: 1 + (person % 2) as u32,
        birth_day: Some(-9_000 - (village * 100 + person) as i32),
        ..DetailsFact::default()
    };
    RegistrationFact { details: Some(details), kind: 1, ..RegistrationFact::default() }
}

/// Weights as the screens count them against weights as they were recorded: each fact once.
pub fn miscounted(disk: &Disk) -> Vec<String> {
    let mut recorded: BTreeSet<Reference> = BTreeSet::new();
    disk.each_entry(&mut |_, writer, seq, body| {
        if let Ok(Entry { fact: Fact::Save(save), .. }) = Entry::decode(body)
            && save
                .results
                .iter()
                .any(|r| matches!(r.value, Some(ValueFact::Number(n)) if n < 9_999))
        {
            recorded.insert(fact_reference(writer, seq, body));
        }
    });
    let weight = ItemCode(u16::try_from(item("weight_kg")).unwrap());
    let (mut counted, mut found) = (BTreeSet::new(), Vec::new());
    for (village, number) in (0..VILLAGES.len()).flat_map(|v| (0..PEOPLE).map(move |p| (v, p))) {
        let view = disk.store().person(person(village, number)).unwrap();
        for value in view.iter().flat_map(|view| &view.values).filter(|v| v.item == weight) {
            let is_possible = value.value.number().is_some_and(|n| n.trimmed().mantissa < 9_999);
            if is_possible && !counted.insert(value.reference) {
                found.push(format!("{:?} counts twice", value.reference));
            }
        }
    }
    // What is held need not be shown: nobody may know the person otherwise.
    let held: BTreeSet<Reference> = disk
        .store()
        .held()
        .unwrap()
        .into_iter()
        .filter(|held| held.decided != Some(true))
        .map(|held| held.reference)
        .collect();
    recorded.retain(|reference| !held.contains(reference));
    counted.retain(|reference| !held.contains(reference));
    let missing = recorded.difference(&counted).map(|r| format!("{r:?} does not count"));
    let extra = counted.difference(&recorded).map(|r| format!("{r:?} was never recorded"));
    found.extend(missing.chain(extra));
    found
}
