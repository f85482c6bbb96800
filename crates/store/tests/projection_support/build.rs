//! Small builders for entries: who says what about whom. Items by their catalogue keys.

use super::Placed;
use domain::catalogue::{Catalogue, ItemKind};
use domain::ids::PersonId;
use ledger::Reference;
use protocol::fact::{
    AnswerKind, ConcludedFact, ConclusionFact, CorrectionFact, DetailsFact, EntryReference,
    FindingFact, HeldFact, LiftedFact, RegistrationFact, ResultFact, RosterFact, RosterRowFact,
    RoundFact, SaveFact, SawFact, ValueFact, VoidFact, WithdrawalFact,
};
use protocol::{Entry, Fact, Header};

pub const VILLAGE: &str = "431302105205";
pub const OTHER: &str = "431302204207";
pub const DISTRICT: &str = "431302";
pub const ROUND: u64 = 0x0400_0000_0000_0001;
pub const SERVER: [u8; 16] = [0xee; 16];
/// 2026-09-14.
pub const DAY: i32 = 9_753;

/// Someone by a small number.
pub fn person(number: u8) -> PersonId {
    let mut bytes = [number; 16];
    bytes[6] = 0x40 | number & 0x0f;
    bytes[8] = 0x80 | number & 0x3f;
    PersonId(uuid::Uuid::from_bytes(bytes))
}

/// A valid ID number of an area nobody lives in: born 19600101 plus `serial` in the last places.
pub fn id_number(serial: u32) -> String {
    let body = format!("43139919600101{:03}", serial % 1000);
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.chars().zip(weights).map(|(c, w)| c.to_digit(10).unwrap() * w).sum();
    format!("{body}{}", "10X98765432".chars().nth((sum % 11) as usize).unwrap())
}

pub fn details(name: &str) -> DetailsFact {
    DetailsFact {
        name: name.to_owned(),
        sex: 1,
        birth_day: Some(-14_610), // 1960-01-01
        ..DetailsFact::default()
    }
}

pub fn with_id(name: &str, serial: u32) -> DetailsFact {
    DetailsFact { id_number: Some(id_number(serial)), ..details(name) }
}

pub fn header(who: PersonId) -> Header {
    Header {
        person: who.0.as_bytes().to_vec(),
        round: ROUND,
        day: Some(DAY),
        operator: 7,
        examiner: 8,
        station: 3,
        policy: 1,
        ..Header::default()
    }
}

pub fn of(header: Header, fact: Fact) -> Entry {
    Entry { header, fact }
}

pub fn item(key: &str) -> u32 {
    u32::from(Catalogue::builtin().item_by_key(key).unwrap().code.0)
}

/// `value` in the item's own decimals, or a choice's code, or `x1`..`x5` for a reason there is none.
pub fn result(key: &str, value: i64) -> ResultFact {
    let item = Catalogue::builtin().item_by_key(key).unwrap();
    let value = match item.kind {
        ItemKind::Number { decimals, .. } => ValueFact::Number(value * 10_i64.pow(decimals.into())),
        ItemKind::Choice { .. } => ValueFact::Choice(u32::try_from(value).unwrap()),
        ItemKind::Text { .. } => ValueFact::Text(value.to_string()),
    };
    ResultFact { item: u32::from(item.code.0), value: Some(value), unusual: false }
}

pub fn refused(key: &str) -> ResultFact {
    ResultFact { value: Some(ValueFact::Absent(1)), ..result(key, 0) }
}

pub fn saw(seen: &[(&Placed, &[&str])]) -> Vec<SawFact> {
    let one = |(placed, keys): &(&Placed, &[&str])| SawFact {
        entry: Some(EntryReference::from(&placed.reference())),
        items: keys.iter().map(|key| item(key)).collect(),
    };
    seen.iter().map(one).collect()
}

pub fn save(results: Vec<ResultFact>, saw: Vec<SawFact>) -> SaveFact {
    SaveFact { catalogue: 1, results, saw, findings: Vec::new(), reason: String::new(), lab: None }
}

pub fn shown(mut save: SaveFact, rule: &str, code: &str, level: u32) -> SaveFact {
    save.findings.push(FindingFact { rule: rule.to_owned(), code: code.to_owned(), level });
    save
}

/// A blood pressure of one reading.
pub fn pressure(sbp: i64, dbp: i64) -> Vec<ResultFact> {
    vec![result("sbp1_mmhg", sbp), result("dbp1_mmhg", dbp)]
}

/// Signed over these saves and voids, in place of those conclusions, with each of these findings accepted.
pub fn conclusion(
    seen: &[&Placed],
    saw: &[&Placed],
    findings: &[(&str, &str, u32)],
) -> ConclusionFact {
    let named = |all: &[&Placed]| -> Vec<EntryReference> {
        all.iter().map(|placed| EntryReference::from(&placed.reference())).collect()
    };
    let accepted = |(rule, code, level): &(&str, &str, u32)| ConcludedFact {
        rule: (*rule).to_owned(),
        code: (*code).to_owned(),
        level: *level,
        answer: AnswerKind::Accepted as u32,
        ..ConcludedFact::default()
    };
    ConclusionFact {
        catalogue: 2,
        findings: findings.iter().map(accepted).collect(),
        seen: named(seen),
        saw: named(saw),
        reason: if saw.is_empty() { String::new() } else { "补报".to_owned() },
        version: 1 + saw.len() as u32,
        ..ConclusionFact::default()
    }
}

pub fn void(saw: Vec<SawFact>) -> VoidFact {
    VoidFact { saw, reason: "误录".to_owned() }
}

pub fn registration(details: DetailsFact, home_unit: &str, home_text: &str) -> RegistrationFact {
    RegistrationFact {
        details: Some(details),
        kind: 1,
        home_unit: home_unit.to_owned(),
        home_text: home_text.to_owned(),
        group: None,
        grade: None,
    }
}

pub fn correction(details: DetailsFact, proposed: bool) -> CorrectionFact {
    CorrectionFact { details: Some(details), proposed, reason: "核对".to_owned() }
}

pub fn row(who: Option<PersonId>, details: DetailsFact) -> RosterRowFact {
    RosterRowFact {
        person: who.map(|p| p.0.as_bytes().to_vec()).unwrap_or_default(),
        details: Some(details),
        group: Some("三组".to_owned()),
        grade: None,
        note: None,
        kind: 1,
    }
}

pub fn roster(seed: u8, rows: Vec<RosterRowFact>) -> RosterFact {
    RosterFact { seed: vec![seed; 16], rows }
}

pub fn roster_header() -> Header {
    Header { person: Vec::new(), station: 0, ..header(person(0)) }
}

pub fn withdrawal(of: &Placed, row: u32) -> WithdrawalFact {
    WithdrawalFact {
        listing: Some(EntryReference::from(&of.reference())),
        row,
        reason: "迁出".to_owned(),
    }
}

pub fn held(of: &Placed) -> HeldFact {
    HeldFact {
        entry: Some(EntryReference::from(&of.reference())),
        reason: "impossible_value".to_owned(),
        unit: String::new(),
    }
}

pub fn lifted(of: &Placed, applied: bool) -> LiftedFact {
    LiftedFact {
        entry: Some(EntryReference::from(&of.reference())),
        applied,
        note: "已核实".to_owned(),
        unit: String::new(),
    }
}

pub fn round(id: u64, name: &str) -> RoundFact {
    RoundFact {
        id,
        name: name.to_owned(),
        from_day: DAY - 10,
        to_day: DAY + 60,
        catalogue: Catalogue::builtin().version,
        ..RoundFact::default()
    }
}

/// Writes entries into streams: the next position of each, remembered.
#[derive(Debug, Default, Clone)]
pub struct Streams {
    pub placed: Vec<Placed>,
}

impl Streams {
    pub fn put(&mut self, unit: &str, writer: [u8; 16], entry: Entry) -> Placed {
        self.put_body(unit, writer, entry.encode())
    }

    pub fn put_body(&mut self, unit: &str, writer: [u8; 16], body: Vec<u8>) -> Placed {
        let before = self.placed.iter().filter(|p| p.unit == unit && p.writer == writer).count();
        let placed = Placed {
            unit: unit.to_owned(),
            writer,
            // Servers' writer ids in these tests begin with e.
            is_server: writer[0] >> 4 == 0xe,
            seq: before as u64 + 1,
            body,
        };
        self.placed.push(placed.clone());
        placed
    }

    pub fn save(&mut self, writer: u8, who: PersonId, save: SaveFact) -> Placed {
        self.put(VILLAGE, [writer; 16], of(header(who), Fact::Save(save)))
    }

    pub fn server(&mut self, unit: &str, fact: Fact) -> Placed {
        let header = Header { policy: 1, ..Header::default() };
        self.put(unit, SERVER, of(header, fact))
    }
}

pub fn reference_fact(reference: &Reference) -> EntryReference {
    EntryReference::from(reference)
}
