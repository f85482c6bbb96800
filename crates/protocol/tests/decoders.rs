//! Decoders against anything: random bytes and damaged samples never panic, and what a decoder takes it
//! takes again. Saves and rosters with any content come out as they went in.

#![allow(clippy::unwrap_used)]

mod common;

use common::sample::samples;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use prost::Message;
use protocol::call::*;
use protocol::fact::*;
use protocol::{Body, Entry, EntryError, Header};
use std::cell::Cell;

const CASES: u32 = 20_000;

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// Every decoder there is; how many of them took the bytes.
fn read_all(bytes: &[u8]) -> usize {
    fn call<M: Message + Default>(bytes: &[u8]) -> usize {
        M::decode(bytes).is_ok().into()
    }
    let entry = Entry::decode(bytes);
    let header = Entry::decode_header(bytes);
    match &entry {
        // What is read as an entry has a header, and both readers see the same.
        Ok(entry) => assert_eq!(header.as_ref(), Ok(&entry.header)),
        Err(EntryError::UnknownKind | EntryError::Invalid) => assert!(header.is_ok()),
        Err(EntryError::Malformed) => {}
    }
    if let Ok(entry) = &entry {
        let again = entry.encode();
        assert_eq!(Entry::decode(&again).as_ref(), Ok(entry));
        assert_eq!(Entry::decode(&again).unwrap().encode(), again);
    }
    for kind in Kind::ALL {
        let _ = Fact::decode_payload(kind, bytes);
    }
    let calls = [
        call::<EnrolRequest>(bytes),
        call::<EnrolAnswer>(bytes),
        call::<HeadsRequest>(bytes),
        call::<HeadsAnswer>(bytes),
        call::<PushAnswer>(bytes),
        call::<PullRequest>(bytes),
        call::<Problem>(bytes),
        call::<Body>(bytes),
    ];
    usize::from(entry.is_ok()) + calls.iter().sum::<usize>()
}

/// One change to some bytes: at a place (counted round), another byte, one more, one less, or the end.
#[derive(Debug, Clone)]
enum Damage {
    Change(usize, u8),
    Insert(usize, u8),
    Remove(usize),
    Cut(usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        4 => (any::<usize>(), any::<u8>()).prop_map(|(at, byte)| Damage::Change(at, byte)),
        1 => (any::<usize>(), any::<u8>()).prop_map(|(at, byte)| Damage::Insert(at, byte)),
        1 => any::<usize>().prop_map(Damage::Remove),
        1 => any::<usize>().prop_map(Damage::Cut),
    ]
}

fn damaged(bytes: &[u8], damages: &[Damage]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for damage in damages {
        let length = bytes.len();
        if length == 0 {
            break;
        }
        match damage {
            Damage::Change(at, byte) => bytes[at % length] = *byte,
            Damage::Insert(at, byte) => bytes.insert(at % length, *byte),
            Damage::Remove(at) => drop(bytes.remove(at % length)),
            Damage::Cut(at) => bytes.truncate(at % length),
        }
    }
    bytes
}

/// Messages of every call with something in every field.
fn calls() -> Vec<Vec<u8>> {
    let head = HeadMessage {
        unit: "431302105205".into(),
        writer: vec![1; 16],
        seq: 7,
        chain: vec![2; 32],
    };
    let digest = UnitDigest { unit: "431302105205".into(), digest: vec![3; 16] };
    let answer = RangeAnswer {
        head: Some(head.clone()),
        refusal: "bad_seal".into(),
        points: vec![head.clone(), head.clone()],
    };
    let heads =
        HeadsRequest { protocol: 1, units: vec![digest; 3], unsent: 5, ..HeadsRequest::default() };
    let wanted = Wanted { unit: "431302105205".into(), writer: vec![1; 16], after: 300 };
    vec![
        heads.encode_to_vec(),
        HeadsAnswer { heads: vec![head; 3], more: true, ..HeadsAnswer::default() }.encode_to_vec(),
        PushAnswer { ranges: vec![answer; 2], ..PushAnswer::default() }.encode_to_vec(),
        PullRequest { protocol: 1, wanted: vec![wanted; 2], bytes_max: 1 << 20 }.encode_to_vec(),
    ]
}

#[test]
fn random_bytes_never_make_a_decoder_panic() {
    proptest!(cases(CASES), |(bytes in vec(any::<u8>(), 0..200))| {
        read_all(&bytes);
    });
}

#[test]
fn damaged_samples_never_make_a_decoder_panic() {
    let mut sound: Vec<Vec<u8>> = samples().iter().map(|(_, entry)| entry.encode()).collect();
    let refiled = ledger::refile(ledger::WriterId([9; 16]), 3, &sound[0]).unwrap();
    sound.push(refiled);
    sound.extend(calls());
    // Control: undamaged, each is something to somebody.
    assert!(sound.iter().all(|bytes| read_all(bytes) > 0));
    let (read, refused) = (Cell::new(0_u32), Cell::new(0_u32));
    proptest!(cases(CASES), |(which in 0..sound.len(), damages in vec(damage(), 1..4))| {
        let bytes = damaged(&sound[which], &damages);
        let count = if Entry::decode(&bytes).is_ok() { &read } else { &refused };
        count.set(count.get() + 1);
        read_all(&bytes);
    });
    // Control: the damage is of both sorts, what is noticed and what only says something else.
    assert!(read.get() > CASES / 20 && refused.get() > CASES / 20, "{read:?} {refused:?}");
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[0-9]{11}",
        "1[0-9]{10}",
        "[1-9][0-9]{16}[0-9X]",
        "G[0-9]{17}[0-9X]",
        "[\u{4e00}-\u{4fff}]{1,4}",
        any::<String>(),
    ]
}

/// ID numbers with a true date and check character, and everything else.
fn id_number() -> impl Strategy<Value = String> {
    let sound =
        (0..1_000_000_u32, 0..3_000_000_i32, 0..1_000_u32).prop_map(|(region, day, order)| {
            let date = chrono::NaiveDate::from_ymd_opt(1, 1, 1).unwrap()
                + chrono::TimeDelta::days(day.into());
            let body = format!("{region:06}{}{order:03}", date.format("%Y%m%d"));
            let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
            let sum: u32 =
                body.bytes().zip(weights).map(|(b, weight)| u32::from(b - b'0') * weight).sum();
            format!("{body}{}", char::from(b"10X98765432"[sum as usize % 11]))
        });
    prop_oneof![3 => sound, 1 => text()]
}

fn details() -> impl Strategy<Value = DetailsFact> {
    let told = (text(), 0..4_u32, option::of(any::<i32>()), option::of(id_number()));
    let more = (option::of(text()), option::of(text()), option::of(text()), option::of(text()));
    (told, more, any::<[bool; 2]>()).prop_map(|(told, more, [is_like_id, is_student_of_id])| {
        let (name, sex, birth_day, id_number) = told;
        let (student_no, phone, phone_owner, address) = more;
        let mut details = DetailsFact {
            name,
            sex,
            birth_day,
            id_number,
            student_no,
            phone,
            phone_owner,
            address,
        };
        let id = details.id_number.clone().unwrap_or_default();
        if is_student_of_id {
            details.student_no = Some(format!("G{id}"));
        }
        let date = id.get(6..14).and_then(|t| chrono::NaiveDate::parse_from_str(t, "%Y%m%d").ok());
        if let Some(date) = date.filter(|_| is_like_id) {
            details.birth_day = Some(protocol::convert::day_number(date));
            details.sex = 2 - u32::from(id.as_bytes()[16] - b'0') % 2;
        }
        details
    })
}

fn row() -> impl Strategy<Value = RosterRowFact> {
    let person = prop_oneof![3 => Just(Vec::new()), 1 => vec(any::<u8>(), 1..18)];
    let texts = (option::of(text()), option::of(text()), option::of(text()));
    (person, details(), texts, any::<u32>()).prop_map(|(person, details, texts, kind)| {
        let (group, grade, note) = texts;
        RosterRowFact { person, details: Some(details), group, grade, note, kind }
    })
}

#[test]
fn a_roster_of_any_rows_comes_out_as_it_went_in() {
    let strategy = (vec(any::<u8>(), 0..17), vec(row(), 0..8));
    let (like_id, other) = (Cell::new(0_u32), Cell::new(0_u32));
    proptest!(cases(4_000), |((seed, rows) in strategy)| {
        let columns = protocol::roster::RosterColumns::from(&RosterFact { seed: seed.clone(), rows: rows.clone() });
        like_id.set(like_id.get() + columns.id_orders.len() as u32);
        other.set(other.get() + columns.id_texts.len() as u32);
        let roster = RosterFact { seed, rows };
        prop_assert_eq!(RosterFact::decode(&roster.encode_to_vec()), Ok(roster));
    });
    // Control: both forms of an ID number came by.
    assert!(like_id.get() > 1_000 && other.get() > 1_000, "{like_id:?} {other:?}");
}

fn value() -> impl Strategy<Value = Option<ValueFact>> {
    option::of(prop_oneof![
        any::<i64>().prop_map(ValueFact::Number),
        any::<u32>().prop_map(ValueFact::Choice),
        text().prop_map(ValueFact::Text),
        (1..=u32::MAX).prop_map(ValueFact::Absent),
    ])
}

#[test]
fn a_save_of_any_results_comes_out_as_it_went_in() {
    let results = proptest::collection::btree_map(1..=65_535_u32, (value(), any::<bool>()), 0..30);
    proptest!(cases(4_000), |(catalogue in any::<u32>(), results in results, reason in text())| {
        let results = results.into_iter();
        let results = results.map(|(item, (value, unusual))| ResultFact { item, value, unusual });
        let save = SaveFact { catalogue, results: results.collect(), reason, ..SaveFact::default() };
        let entry = Entry { header: Header { kind: 48, ..Header::default() }, fact: Fact::Save(save) };
        prop_assert_eq!(Entry::decode(&entry.encode()), Ok(entry));
    });
}
