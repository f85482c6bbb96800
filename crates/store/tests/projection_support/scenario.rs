//! Ledgers made by chance from a number: a few people, units and writers, and everything that can be said of
//! them, with amends of amends, voids, holds, withdrawals, merges and wrong references among it.

use super::Placed;
use super::build::*;
use domain::ids::PersonId;
use ledger::{WriterId, refile};
use protocol::fact::{
    DetailsFact, EntryReference, HeldFact, LevelSetting, LiftedFact, OperatorFact, ResultFact,
    RosterRowFact, SawFact, UnitFact,
};
use protocol::{Entry, Fact, Header};

/// Small and repeatable; nothing depends on its quality.
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Chance {
        Chance(seed | 1)
    }

    pub fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % end.max(1)
    }

    pub fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    pub fn shuffle<T>(&mut self, all: &mut [T]) {
        for at in (1..all.len()).rev() {
            all.swap(at, self.below(at + 1));
        }
    }

    /// Cuts a list into batches.
    pub fn cut<'a, T>(&mut self, all: &'a [T]) -> Vec<&'a [T]> {
        let mut rest = all;
        let mut batches = Vec::new();
        while !rest.is_empty() {
            let (batch, after) = rest.split_at(1 + self.below(rest.len().min(7)));
            batches.push(batch);
            rest = after;
        }
        batches
    }
}

const UNITS: [&str; 2] = [VILLAGE, OTHER];
const DEVICES: [[u8; 16]; 3] = [[0x11; 16], [0x22; 16], [0x33; 16]];
const SERVERS: [[u8; 16]; 2] = [SERVER, [0xef; 16]];
const ROUNDS: [u64; 2] = [ROUND, ROUND + 1];
const NAMES: [&str; 3] = ["张小华", "张晓华", "欧阳娜娜"];

/// A ledger of so many entries.
pub fn ledger(seed: u64, entries: usize) -> Vec<Placed> {
    let mut chance = Chance::new(seed);
    let mut streams = Streams::default();
    while streams.placed.len() < entries {
        step(&mut chance, &mut streams);
    }
    streams.placed
}

fn step(chance: &mut Chance, streams: &mut Streams) {
    let unit = *chance.of(&UNITS);
    let device = *chance.of(&DEVICES);
    match chance.below(26) {
        0..=7 => {
            // Now and then at a station of dictated findings.
            let station = *chance.of(&[3, 3, 8]);
            let head = Header { station, ..about(chance) };
            let entry = of(head, Fact::Save(some_save(chance, streams)));
            streams.put(unit, device, entry);
        }
        8 | 9 => {
            let saw = seen(chance, streams, &[item("sbp1_mmhg"), item("glucose_mmol_l")]);
            let entry = of(about(chance), Fact::Void(void(saw)));
            streams.put(unit, device, entry);
        }
        10 | 11 => {
            let rows: Vec<RosterRowFact> =
                (0..=chance.below(3)).map(|_| some_row(chance)).collect();
            let head = Header { person: Vec::new(), ..about(chance) };
            let fact = Fact::Roster(roster(chance.below(4) as u8, rows));
            streams.put(unit, device, of(head, fact));
        }
        12 => {
            let home = *chance.of(&[("", "新化县"), (OTHER, ""), ("", "")]);
            let fact = registration(some_details(chance), home.0, home.1);
            streams.put(unit, device, of(about(chance), Fact::Registration(fact)));
        }
        13 => {
            let fact = correction(some_details(chance), chance.one_in(2));
            streams.put(unit, device, of(about(chance), Fact::Correction(fact)));
        }
        14 => {
            let Some(target) = any_placed(chance, streams) else { return };
            let fact = Fact::Withdrawal(withdrawal(&target, chance.below(3) as u32));
            streams.put(&target.unit, device, of(roster_header(), fact));
        }
        15 | 16 => {
            let Some(target) = any_placed(chance, streams) else { return };
            // Said in the entry's unit, or in the district's stream with the unit named.
            let is_elsewhere = chance.one_in(3);
            let named = if is_elsewhere { target.unit.clone() } else { String::new() };
            let by_unit = if is_elsewhere { DISTRICT } else { &target.unit };
            let lifted = |applied| LiftedFact { unit: named.clone(), ..lifted(&target, applied) };
            let fact = match chance.below(3) {
                0 => Fact::Held(HeldFact { unit: named.clone(), ..held(&target) }),
                1 => Fact::Lifted(lifted(true)),
                _ => Fact::Lifted(lifted(chance.one_in(2))),
            };
            // Now and then a device claims to hold: that says nothing.
            let writer = if chance.one_in(5) { device } else { *chance.of(&SERVERS) };
            streams.put(by_unit, writer, of(Header::default(), fact));
        }
        17 => {
            // Equal bytes in another stream: one fact.
            let Some(target) = any_placed(chance, streams) else { return };
            streams.put_body(&target.unit, device, target.body);
        }
        18 | 19 => refiled_fact(chance, streams),
        20 => directory_fact(chance, streams),
        21 => {
            let fact = match chance.below(4) {
                0 => Fact::Issue(some_issue(chance, unit)),
                1 => Fact::Consent(some_consent(chance, streams)),
                _ => Fact::Step(some_step(chance, streams)),
            };
            streams.put(unit, device, of(about(chance), fact));
        }
        22 | 23 => {
            let entry = of(about(chance), Fact::Conclusion(some_conclusion(chance, streams)));
            streams.put(unit, device, entry);
        }
        24 => {
            let fact = match chance.below(4) {
                0 => Fact::Arrival(some_arrival(chance, streams)),
                1 => Fact::Delivery(some_delivery(chance, streams)),
                2 => Fact::Laboratory(some_laboratory(chance, streams)),
                _ => Fact::Confirmation(some_confirmation(chance, streams)),
            };
            streams.put(unit, device, of(about(chance), fact));
        }
        _ => {
            // What a newer version wrote.
            let head = Header { kind: 900, ..about(chance) };
            let body = protocol::Body { header: Some(head), payload: vec![1, 2, 3] };
            streams.put_body(unit, device, prost::Message::encode_to_vec(&body));
        }
    }
}

/// A fact appended again, by a device or a server: one that stands, or one whose place another branch has taken.
fn refiled_fact(chance: &mut Chance, streams: &mut Streams) {
    let Some(target) = any_placed(chance, streams) else { return };
    let by = if chance.one_in(3) { *chance.of(&SERVERS) } else { *chance.of(&DEVICES) };
    let body = match chance.below(3) {
        0 => of(about(chance), Fact::Save(some_save(chance, streams))).encode(),
        1 => of(about(chance), Fact::Registration(registration(some_details(chance), "", "")))
            .encode(),
        _ => target.body,
    };
    streams.put_body(&target.unit, by, refile(WriterId(target.writer), target.seq, &body).unwrap());
}

fn any_placed(chance: &mut Chance, streams: &Streams) -> Option<Placed> {
    (!streams.placed.is_empty()).then(|| chance.of(&streams.placed).clone())
}

fn some_person(chance: &mut Chance) -> PersonId {
    person(1 + chance.below(4) as u8)
}

fn about(chance: &mut Chance) -> Header {
    Header {
        round: *chance.of(&ROUNDS),
        day: (!chance.one_in(6)).then(|| DAY + chance.below(3) as i32),
        examiner: chance.below(3) as u64,
        station: chance.below(4) as u32,
        policy: 1 + chance.below(2) as u32,
        ..header(some_person(chance))
    }
}

fn some_details(chance: &mut Chance) -> DetailsFact {
    let mut details = details(NAMES[chance.below(NAMES.len())]);
    details.sex = chance.below(3) as u32;
    if chance.one_in(2) {
        details.id_number = Some(id_number(chance.below(2) as u32 + 40));
    }
    if chance.one_in(3) {
        details.phone = Some(format!("1380000000{}", chance.below(3)));
    }
    if chance.one_in(4) {
        details.birth_day = None;
    }
    if chance.one_in(9) {
        details.name = String::new();
    }
    details
}

fn some_row(chance: &mut Chance) -> RosterRowFact {
    let who = (!chance.one_in(3)).then(|| some_person(chance));
    let row = row(who, some_details(chance));
    RosterRowFact { kind: 1 + chance.below(2) as u32, ..row }
}

fn some_save(chance: &mut Chance, streams: &Streams) -> protocol::fact::SaveFact {
    let mut results: Vec<ResultFact> = Vec::new();
    if chance.one_in(2) {
        results.push(result("sbp1_mmhg", 100 + 20 * chance.below(5) as i64));
        results.push(result("dbp1_mmhg", 70 + 15 * chance.below(4) as i64));
    }
    if chance.one_in(3) {
        results.push(result("height_cm", 150 + chance.below(2) as i64));
        results.push(result("weight_kg", 50 + 25 * chance.below(3) as i64));
    }
    if chance.one_in(3) {
        results.push(result("glucose_mmol_l", 5 + 3 * chance.below(3) as i64));
    }
    if chance.one_in(5) {
        results.push(refused("hb_g_l"));
    }
    let items: Vec<u32> = results.iter().map(|result| result.item).collect();
    let saw = seen(chance, streams, &items);
    let save = save(results, saw);
    match chance.below(6) {
        0 => shown(save, "adult_bp", "grade3", 3),
        1 => shown(save, "glucose_random", "raised", 2),
        2 => shown(save, "rule_of_2031", "strange", 1),
        _ => save,
    }
}

/// Over many of the saves and voids there are, in place of some of the conclusions; now and then a withdrawal.
fn some_conclusion(chance: &mut Chance, streams: &Streams) -> protocol::fact::ConclusionFact {
    let (mut over, mut before) = (Vec::new(), Vec::new());
    for placed in &streams.placed {
        match Entry::decode(&placed.body).map(|entry| entry.fact) {
            Ok(Fact::Save(_) | Fact::Void(_)) if !chance.one_in(9) => over.push(placed),
            Ok(Fact::Conclusion(_)) if !chance.one_in(3) => before.push(placed),
            Ok(_) | Err(_) => {}
        }
    }
    let findings: &[(&str, &str, u32)] = match chance.below(3) {
        0 => &[("adult_bp", "grade1", 1)],
        _ => &[],
    };
    let signed = conclusion(&over, &before, findings);
    protocol::fact::ConclusionFact { withdrawn: chance.one_in(6), ..signed }
}

/// In place of some of those there are, of any person.
fn some_consent(chance: &mut Chance, streams: &Streams) -> protocol::fact::ConsentFact {
    let is_consent = |placed: &&Placed| {
        let entry = Entry::decode(&placed.body).map(|entry| entry.fact);
        matches!(entry, Ok(Fact::Consent(_)))
    };
    let before: Vec<&Placed> = streams.placed.iter().filter(is_consent).collect();
    let saw: Vec<&Placed> = before.into_iter().filter(|_| chance.one_in(2)).collect();
    protocol::fact::ConsentFact {
        // 4 is what a newer version may say.
        answer: 1 + chance.below(4) as u32,
        saw: saw.iter().map(|placed| reference_fact(&placed.reference())).collect(),
        stations: if chance.one_in(3) { vec![11] } else { Vec::new() },
        items: if chance.one_in(3) { vec![item("height_cm")] } else { Vec::new() },
        source: 1 + chance.below(2) as u32,
    }
}

fn some_issue(chance: &mut Chance, unit: &str) -> protocol::fact::IssueFact {
    protocol::fact::IssueFact {
        unit: unit.to_owned(),
        purpose: "随访".to_owned(),
        format: (*chance.of(&["xlsx", "pdf"])).to_owned(),
        rows: chance.below(9) as u32,
        digest: vec![7; 32],
    }
}

/// Of some of the saves there are, whoever they are about.
fn some_confirmation(chance: &mut Chance, streams: &Streams) -> protocol::fact::ConfirmationFact {
    let is_save =
        |body: &[u8]| matches!(Entry::decode(body).map(|one| one.fact), Ok(Fact::Save(_)));
    let saves = streams.placed.iter().filter(|placed| is_save(&placed.body));
    let saves = saves.filter(|_| chance.one_in(3));
    let saves = saves.map(|placed| EntryReference::from(&placed.reference())).collect();
    protocol::fact::ConfirmationFact { saves }
}

/// A count of tubes, in place of some of the counts there are.
fn some_arrival(chance: &mut Chance, streams: &Streams) -> protocol::fact::ArrivalFact {
    let mut replaces = Vec::new();
    for placed in &streams.placed {
        let is_count = |body: &[u8]| {
            matches!(Entry::decode(body).map(|entry| entry.fact), Ok(Fact::Arrival(_)))
        };
        if chance.one_in(3) && is_count(&placed.body) {
            replaces.push(EntryReference::from(&placed.reference()));
        }
    }
    let kind = protocol::fact::ArrivalKindFact {
        kind: 1,
        arrived: chance.below(4) as u32,
        ..protocol::fact::ArrivalKindFact::default()
    };
    protocol::fact::ArrivalFact {
        received_by: "检验科".to_owned(),
        kinds: vec![kind],
        replaces,
        withdrawn: chance.one_in(5),
        ..protocol::fact::ArrivalFact::default()
    }
}

/// A laboratory's mapping, in place of some of those there are.
fn some_laboratory(chance: &mut Chance, streams: &Streams) -> protocol::fact::LaboratoryFact {
    let mut replaces = Vec::new();
    for placed in &streams.placed {
        let is_mapping = |body: &[u8]| {
            matches!(Entry::decode(body).map(|entry| entry.fact), Ok(Fact::Laboratory(_)))
        };
        if chance.one_in(3) && is_mapping(&placed.body) {
            replaces.push(EntryReference::from(&placed.reference()));
        }
    }
    let mapping = format!("{{\"barcode\":\"{}\"}}", chance.below(3));
    protocol::fact::LaboratoryFact { name: "检验科".to_owned(), mapping, replaces }
}

/// Of some conclusion, in place of some of what was said before.
fn some_delivery(chance: &mut Chance, streams: &Streams) -> protocol::fact::DeliveryFact {
    let (mut conclusion, mut replaces) = (None, Vec::new());
    for placed in &streams.placed {
        let reference = EntryReference::from(&placed.reference());
        match Entry::decode(&placed.body).map(|entry| entry.fact) {
            Ok(Fact::Conclusion(_)) => conclusion = Some(reference),
            Ok(Fact::Delivery(_)) if chance.one_in(3) => replaces.push(reference),
            Ok(_) | Err(_) => {}
        }
    }
    protocol::fact::DeliveryFact {
        act: 1 + chance.below(3) as u32,
        conclusion,
        version: 1 + chance.below(2) as u32,
        taken_by: "本人".to_owned(),
        replaces,
        ..protocol::fact::DeliveryFact::default()
    }
}

/// Any step, also those that no program would take, over some of the steps there are, in place of some of those.
fn some_step(chance: &mut Chance, streams: &Streams) -> protocol::fact::StepFact {
    let (mut saw, mut replaces) = (Vec::new(), Vec::new());
    for placed in &streams.placed {
        if matches!(Entry::decode(&placed.body).map(|entry| entry.fact), Ok(Fact::Step(_))) {
            let reference = EntryReference::from(&placed.reference());
            if chance.one_in(6) {
                replaces.push(reference.clone());
            }
            if !chance.one_in(3) {
                saw.push(reference);
            }
        }
    }
    protocol::fact::StepFact {
        rule: (*chance.of(&["adult_bp", "glucose_random", "doctor"])).to_owned(),
        act: chance.below(13) as u32,
        saw,
        replaces,
        read_back: chance.one_in(2),
        told: "本人".to_owned(),
        at: "09:40".to_owned(),
        ..protocol::fact::StepFact::default()
    }
}

/// Names some earlier entries, one of them wrongly now and then.
fn seen(chance: &mut Chance, streams: &Streams, items: &[u32]) -> Vec<SawFact> {
    let mut saw = Vec::new();
    for placed in &streams.placed {
        let is_result = matches!(
            Entry::decode(&placed.body).map(|entry| entry.fact),
            Ok(Fact::Save(_) | Fact::Void(_))
        );
        if !is_result || !chance.one_in(3) {
            continue;
        }
        let mut reference = placed.reference();
        if chance.one_in(8) {
            reference.hash8[0] ^= 1;
        }
        let items: Vec<u32> = items.iter().copied().filter(|_| !chance.one_in(3)).collect();
        saw.push(SawFact { entry: Some(reference_fact(&reference)), items });
    }
    saw
}

fn directory_fact(chance: &mut Chance, streams: &mut Streams) {
    let fact = match chance.below(3) {
        0 => {
            let mut round = round(*chance.of(&ROUNDS), "第四轮");
            // Moved between versions, one of them known to nobody here.
            round.catalogue = *chance.of(&[0, 1, 2, 3, 99]);
            if chance.one_in(2) {
                round.levels.push(LevelSetting {
                    rule: "adult_bp".to_owned(),
                    code: "grade1".to_owned(),
                    level: 1 + chance.below(3) as u32,
                    due_days: Some(7),
                });
            }
            Fact::Round(round)
        }
        1 => Fact::Operator(OperatorFact {
            id: 7,
            account: format!("o{}", chance.below(3)),
            name: "操作员".to_owned(),
            role: "recorder".to_owned(),
            units: Vec::new(),
        }),
        _ => Fact::Unit(UnitFact {
            code: "431302204S01".to_owned(),
            kind: 4,
            name: format!("中心学校{}", chance.below(3)),
            parent: "431302204".to_owned(),
            ..UnitFact::default()
        }),
    };
    let head = Header { policy: 1 + chance.below(3) as u32, ..Header::default() };
    streams.put(DISTRICT, *chance.of(&SERVERS), of(head, fact));
}
