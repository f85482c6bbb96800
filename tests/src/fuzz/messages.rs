//! Entries, facts, columns and the messages of the calls: what is read is written and read the same, and what it is
//! turned into for the rest of the program does not fail.

use super::chance::Chance;
use super::corpus;
use super::engine::{Decoder, Said, Target};
use super::protobuf;
use prost::Message;
use protocol::call::*;
use protocol::fact::*;
use protocol::roster::ROSTER_TEXT_BYTES_MAX;
use protocol::{Body, Entry, EntryError};

/// A repeated empty field takes two bytes on the wire and up to fifty times that in memory, twice while it grows.
const MESSAGE_PEAK_BYTES_MAX: usize = 16 << 20;
/// A roster may say each of its texts for many rows: bounded by its own limit, twice while it is compared.
const ROSTER_PEAK_BYTES_MAX: usize = 4 * ROSTER_TEXT_BYTES_MAX + MESSAGE_PEAK_BYTES_MAX;

/// Samples of messages; which of its readers reads an input is said by its first byte.
struct Messages {
    samples: Vec<(u8, Vec<u8>)>,
    read: fn(u8, &[u8]) -> Said,
}

impl Decoder for Messages {
    fn input(&mut self, chance: &mut Chance) -> Vec<u8> {
        let all: Vec<Vec<u8>> = self.samples.iter().map(|(_, bytes)| bytes.clone()).collect();
        let (which, sample) = chance.one_of(&self.samples).clone();
        let mut own = vec![sample];
        if chance.once_in(8) {
            own = all;
        }
        let mut input = vec![which];
        input.extend(protobuf::message(&own, chance));
        input
    }

    fn feed(&mut self, input: &[u8]) -> Said {
        match input {
            [which, bytes @ ..] => (self.read)(*which, bytes),
            [] => Said::Refused,
        }
    }
}

fn entry(_: u8, bytes: &[u8]) -> Said {
    let header = Entry::decode_header(bytes);
    let entry = match Entry::decode(bytes) {
        Ok(entry) => entry,
        Err(EntryError::UnknownKind | EntryError::Invalid) => {
            assert!(header.is_ok(), "refused for its kind, but without a header");
            return Said::Refused;
        }
        Err(EntryError::Malformed) => return Said::Refused,
    };
    assert_eq!(header.as_ref(), Ok(&entry.header));
    let again = entry.encode();
    assert_eq!(Entry::decode(&again).as_ref(), Ok(&entry), "written and read, it is another");
    look_into(&entry.fact);
    Said::Read
}

fn payload(which: u8, bytes: &[u8]) -> Said {
    let kind = Kind::ALL[usize::from(which) % Kind::ALL.len()];
    match Fact::decode_payload(kind, bytes) {
        Ok(fact) => {
            assert_eq!(fact.kind(), kind);
            look_into(&fact);
            Said::Read
        }
        Err(_) => Said::Refused,
    }
}

/// What the projection and the screens make of a fact.
fn look_into(fact: &Fact) {
    let details = |details: Option<&DetailsFact>| {
        let details = details.map(domain::facts::PersonDetails::from).unwrap_or_default();
        let _ = DetailsFact::from(&details);
    };
    let reference = |entry: Option<&EntryReference>| {
        let _ = entry.map(ledger::Reference::try_from);
    };
    match fact {
        Fact::Save(save) => {
            for result in &save.results {
                for decimals in [0, 1, 6] {
                    if let Ok(value) = result.value(decimals) {
                        let item = u16::try_from(result.item).unwrap();
                        let _ = ResultFact::of(item, &value, decimals, result.unusual);
                    }
                }
            }
            save.saw.iter().for_each(|saw| reference(saw.entry.as_ref()));
        }
        Fact::Roster(roster) => {
            for row in &roster.rows {
                let _ = protocol::convert::person_id(&row.person);
                let _ = RosterRowFact::of(&row.row(), protocol::convert::kind_of(row.kind), None);
            }
        }
        Fact::Registration(fact) => details(fact.details.as_ref()),
        Fact::Correction(fact) => details(fact.details.as_ref()),
        Fact::Held(fact) => {
            reference(fact.entry.as_ref());
            let _ = store::HoldReason::of_word(&fact.reason);
        }
        Fact::Round(fact) => {
            let _ = protocol::convert::day_date(fact.from_day);
        }
        Fact::Tube(fact) => {
            fact.saw.iter().for_each(|saw| reference(Some(saw)));
            let _ = (domain::tube::read_code(&fact.code), protocol::fact::TubeAct::of(fact.act));
        }
        Fact::Conclusion(fact) => {
            fact.seen.iter().chain(&fact.saw).for_each(|seen| reference(Some(seen)));
            if let Ok(conclusion) = fact.conclusion() {
                let again = ConclusionFact::of(&conclusion).conclusion().unwrap();
                assert_eq!(again.findings.len(), conclusion.findings.len());
            }
        }
        Fact::Consent(fact) => {
            fact.saw.iter().for_each(|saw| reference(Some(saw)));
            let _ = protocol::fact::ConsentAnswer::of(fact.answer);
        }
        Fact::Step(fact) => {
            fact.saw.iter().chain(&fact.replaces).for_each(|one| reference(Some(one)));
            let _ = fact.is_whole();
        }
        Fact::Arrival(fact) => {
            fact.replaces.iter().for_each(|one| reference(Some(one)));
            let _ = (fact.is_whole(), protocol::convert::day_date(fact.arrived_day));
        }
        Fact::Confirmation(fact) => {
            fact.saves.iter().for_each(|one| reference(Some(one)));
            let _ = fact.is_whole();
        }
        Fact::Laboratory(fact) => {
            fact.replaces.iter().for_each(|one| reference(Some(one)));
            let _ = fact.is_whole();
        }
        Fact::Contact(fact) => {
            fact.saw.iter().for_each(|one| reference(Some(one)));
            let _ = fact.is_whole();
        }
        Fact::Delivery(fact) => {
            fact.replaces.iter().chain(&fact.conclusion).for_each(|one| reference(Some(one)));
            let _ = fact.is_whole();
        }
        Fact::Unit(_)
        | Fact::Operator(_)
        | Fact::Examiner(_)
        | Fact::Enrolment(_)
        | Fact::Issue(_)
        | Fact::Lifted(_)
        | Fact::Stop(_)
        | Fact::Retirement(_)
        | Fact::Withdrawal(_)
        | Fact::Void(_) => {}
    }
}

fn call(which: u8, bytes: &[u8]) -> Said {
    fn of<M: Message + Default + PartialEq>(bytes: &[u8]) -> Said {
        let Ok(message) = M::decode(bytes) else { return Said::Refused };
        let again = M::decode(message.encode_to_vec().as_slice()).unwrap();
        assert!(again == message, "written and read, it is another");
        Said::Read
    }
    match which % 9 {
        0 => of::<EnrolRequest>(bytes),
        1 => {
            if let Ok(answer) = EnrolAnswer::decode(bytes) {
                let _ = ledger::DeviceCertificate::decode(&answer.certificate);
            }
            of::<EnrolAnswer>(bytes)
        }
        2 => of::<HeadsRequest>(bytes),
        3 => of::<HeadsAnswer>(bytes),
        4 => of::<PushAnswer>(bytes),
        5 => of::<PullRequest>(bytes),
        6 => {
            if let Ok(problem) = Problem::decode(bytes) {
                let _ = problem.code.parse::<protocol::Code>();
            }
            of::<Problem>(bytes)
        }
        7 => of::<sync::Seen>(bytes),
        _ => of::<Body>(bytes),
    }
}

/// One message of every call with something in every field that is looked at.
pub fn calls() -> Vec<(u8, Vec<u8>)> {
    let head = HeadMessage {
        unit: "431302105205".into(),
        writer: vec![1; 16],
        seq: 7,
        chain: vec![2; 32],
    };
    let heads = vec![head.clone(); 3];
    let wanted = Wanted { unit: "431302105205".into(), writer: vec![1; 16], after: 300 };
    let digest = UnitDigest { unit: "431302105205".into(), digest: vec![3; 16] };
    let enrol = EnrolRequest {
        protocol: 1,
        code: "ABCD-EFGH".into(),
        device: vec![4; 16],
        public_key: ledger::public_key(&ledger::SigningKey::from_bytes(&[4; 32])).to_vec(),
        name: "二号平板".into(),
    };
    let enrolled = EnrolAnswer {
        certificate: corpus::ledger("device_certificate"),
        token: "f".repeat(64),
        server_public_key: corpus::ledger("server_public_key"),
        units: vec!["431302105205".into()],
        district: "431302".into(),
        policy: 1,
        server_unix_ms: 1_789_372_800_123,
        instance: vec![5; 16],
        recovery_recipient: String::new(),
        signature: vec![2; 64],
    };
    let request = HeadsRequest {
        protocol: 1,
        instance: vec![5; 16],
        policy: 1,
        own_writer: vec![1; 16],
        own_digest: vec![6; 16],
        units: vec![digest; 3],
        unix_ms: -1,
        unsent: 5,
        ..HeadsRequest::default()
    };
    let short = HeadsRequest { all_digest: vec![7; 16], units: Vec::new(), ..request.clone() };
    let asks_points = HeadsRequest {
        points_of: vec![wanted.clone(); 2],
        earlier_writers: vec![vec![8; 16]; 2],
        after_unit: "431302105205".into(),
        backup_at_ms: 9,
        ..request.clone()
    };
    let swaps_vouchers = HeadsRequest {
        vouch_for: heads.clone(),
        vouchers: vec![vec![b'V'; 150]; 2],
        wants_vouchers: true,
        ..request.clone()
    };
    let answer = HeadsAnswer {
        protocol: 1,
        instance: vec![5; 16],
        policy: 1,
        heads: heads.clone(),
        same_units: vec!["431302105206".into()],
        scope: vec!["431302105205".into()],
        more: true,
        up_to_unit: "431302105205".into(),
        backup_at_ms: 9,
        backup_heads: heads.clone(),
        points: heads.clone(),
        vouchers: vec![vec![b'V'; 150]; 2],
        voucher_mark: vec![4; 16],
        signature: vec![2; 64],
        ..HeadsAnswer::default()
    };
    let range = RangeAnswer { head: Some(head), refusal: String::new(), points: heads };
    let pushed = PushAnswer {
        ranges: vec![range; 2],
        digest: vec![1; 32],
        signature: vec![2; 64],
        instance: vec![5; 16],
    };
    let pull = PullRequest { protocol: 1, wanted: vec![wanted; 2], bytes_max: 1 << 20 };
    vec![
        (0, enrol.encode_to_vec()),
        (1, enrolled.encode_to_vec()),
        (2, request.encode_to_vec()),
        (2, short.encode_to_vec()),
        (2, asks_points.encode_to_vec()),
        (2, swaps_vouchers.encode_to_vec()),
        (3, answer.encode_to_vec()),
        (4, pushed.encode_to_vec()),
        (5, pull.encode_to_vec()),
        (6, Problem { code: "busy".into() }.encode_to_vec()),
        (7, sync::Seen { instance: vec![5; 16], ..sync::Seen::default() }.encode_to_vec()),
        (8, corpus::entries().swap_remove(0)),
    ]
}

/// The payload of each frozen entry, with the place of its kind.
fn payloads() -> Vec<(u8, Vec<u8>)> {
    let of = |bytes: Vec<u8>| {
        let entry = Entry::decode(&bytes).unwrap();
        let at = Kind::ALL.iter().position(|kind| *kind == entry.fact.kind()).unwrap();
        (at as u8, entry.fact.encode_payload())
    };
    corpus::entries().into_iter().map(of).collect()
}

fn payloads_of(kind: Kind) -> Vec<(u8, Vec<u8>)> {
    payloads().into_iter().filter(|(at, _)| Kind::ALL[usize::from(*at)] == kind).collect()
}

/// The frozen entries, one of them re-filed.
pub fn entries() -> Vec<Vec<u8>> {
    let mut all = corpus::entries();
    let refiled = ledger::refile(ledger::WriterId([9; 16]), 3, &all[0]).unwrap();
    all.push(refiled);
    all
}

pub fn targets() -> Vec<Target> {
    fn of(samples: Vec<(u8, Vec<u8>)>, read: fn(u8, &[u8]) -> Said) -> Box<dyn Decoder> {
        Box::new(Messages { samples, read })
    }
    let target = |name, share, peak_bytes_max, open| Target { name, share, peak_bytes_max, open };
    vec![
        target("entry", 120, ROSTER_PEAK_BYTES_MAX, || {
            of(entries().into_iter().map(|bytes| (0, bytes)).collect(), entry)
        }),
        target("payload", 60, ROSTER_PEAK_BYTES_MAX, || of(payloads(), payload)),
        target("roster_columns", 60, ROSTER_PEAK_BYTES_MAX, || {
            of(payloads_of(Kind::Roster), payload)
        }),
        target("save_columns", 60, MESSAGE_PEAK_BYTES_MAX, || of(payloads_of(Kind::Save), payload)),
        target("call", 80, MESSAGE_PEAK_BYTES_MAX, || of(calls(), call)),
    ]
}
