//! Holding: one bad record is kept, not applied, shown with its reason, and blocks nothing.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod core_support;

use core_support::{
    DISTRICT, FAR_VILLAGE, Place, VILLAGE, bodies, device, give, give_of, header, own_key,
    registration, row_counts, server, unit, unit_key,
};
use domain::catalogue::{Catalogue, ItemKind};
use domain::value::{Decimal, Value};
use ledger::memory::MemoryReplica;
use ledger::{Reference, Replica, SigningKey, StreamKey, UnitKey, WriterId};
use protocol::fact::{
    EntryReference, ExaminerFact, HeldFact, ResultFact, SaveFact, SawFact, ValueFact,
};
use protocol::failure::Code;
use protocol::{Body, Entry, Fact, Header};
use store::{HoldReason, StoreError};

/// A device that appends whatever bytes it is given, enrolled like any other.
fn careless(server: &Place, units: &[&str]) -> MemoryReplica {
    let units: Vec<UnitKey> = units.iter().map(|code| unit_key(code)).collect();
    let server_key = server.store.signing_key().unwrap();
    let device_key = SigningKey::from_bytes(&[4; 32]);
    MemoryReplica::new([4; 16], device_key, WriterId([0x44; 16]), units, &server_key)
}

/// Hands all of a memory replica over; every range must be taken.
fn hand_over(from: &mut MemoryReplica, to: &mut Place) {
    from.seal_own().unwrap();
    let there = to.store.heads(None).unwrap();
    for key in from.own_heads().unwrap().into_keys() {
        let mut after = there.get(&key).map_or(0, |head| head.seq);
        while let Some(range) = from.sealed_range(&key, after, usize::MAX).unwrap() {
            after = range.seal.seq;
            let proofs: Vec<_> = from.certificates(&key.writer).unwrap().into_iter().collect();
            to.store.accept(&[range], &proofs).unwrap()[0].as_ref().unwrap();
        }
    }
}

const PERSON: [u8; 16] = [0, 0, 0, 0, 0, 7, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, 1];

fn save(results: Vec<ResultFact>) -> SaveFact {
    SaveFact { catalogue: Catalogue::builtin().version, results, ..SaveFact::default() }
}

fn body(fact: Fact) -> Vec<u8> {
    Entry { header: header(&PERSON), fact }.encode()
}

/// A result of an item, its number as a person writes it.
fn number(item_key: &str, text: &str) -> ResultFact {
    let item = Catalogue::builtin().item_by_key(item_key).unwrap();
    let decimals = match item.kind {
        ItemKind::Number { decimals, .. } => decimals,
        ItemKind::Choice { .. } | ItemKind::Text { .. } => panic!("{item_key} is no number"),
    };
    let value = Value::Number(Decimal::parse(text).unwrap());
    ResultFact::of(item.code.0, &value, decimals, false).unwrap()
}

/// The holds a server wrote about a stream's entries, in their unit's stream or the district's: position and reason.
fn holds(server: &Place, stream: &StreamKey) -> Vec<(u64, String)> {
    let mut found = Vec::new();
    for unit in [&stream.unit, &unit_key(DISTRICT)] {
        let own = StreamKey::new(unit.clone(), server.store.writer());
        for body in bodies(&server.store, &own) {
            let Fact::Held(fact) = Entry::decode(&body).unwrap().fact else { continue };
            let reference = Reference::try_from(&fact.entry.unwrap()).unwrap();
            let named = if fact.unit.is_empty() { unit.to_string() } else { fact.unit };
            if reference.writer == stream.writer && named == stream.unit.to_string() {
                found.push((reference.seq, fact.reason));
            }
        }
    }
    found
}

#[test]
fn each_bad_entry_is_held_with_its_reason_and_the_stream_goes_on() {
    let good = body(Fact::Save(save(vec![number("height_cm", "165")])));
    let check = |case: &str, bad: Vec<u8>, expected: Option<HoldReason>| {
        let mut server = server();
        let mut device = careless(&server, &[VILLAGE]);
        let village = unit_key(VILLAGE);
        for body in [good.clone(), bad, good.clone()] {
            device.append(&village, body).unwrap();
        }
        hand_over(&mut device, &mut server);
        let stream = StreamKey::new(village, WriterId([0x44; 16]));
        assert_eq!(bodies(&server.store, &stream).len(), 3, "{case}");
        let expected: Vec<_> =
            expected.into_iter().map(|reason| (2, reason.word().to_owned())).collect();
        assert_eq!(holds(&server, &stream), expected, "{case}");
        let listed: Vec<_> = server.store.held().unwrap();
        assert_eq!(listed.len(), expected.len(), "{case}");
    };
    let saved = |results| body(Fact::Save(save(results)));
    check("a fine save", saved(vec![number("weight_kg", "60")]), None);
    check("a registration", registration(5, "慕隆村").encode(), None);
    check("no entry", vec![0xff; 9], Some(HoldReason::Malformed));
    check("no header", vec![18, 1, 7], Some(HoldReason::Malformed));
    let mut broken = Body { header: Some(header(&PERSON)), payload: vec![0xff; 4] };
    if let Some(header) = &mut broken.header {
        header.kind = 48;
    }
    check("a broken payload", encode(&broken), Some(HoldReason::Malformed));
    if let Some(header) = &mut broken.header {
        header.kind = 4_000;
    }
    check("a kind of a newer version waits", encode(&broken), None);
    let about_nobody =
        Entry { header: Header { person: Vec::new(), ..header(&PERSON) }, fact: good_save() };
    check("a save about nobody", about_nobody.encode(), Some(HoldReason::Malformed));
    let saw = SawFact { entry: Some(EntryReference::default()), items: vec![1] };
    let pointless = SaveFact { saw: vec![saw], ..save(vec![number("height_cm", "165")]) };
    check("a save that saw no entry", body(Fact::Save(pointless)), Some(HoldReason::Malformed));
    let examiner = Fact::Examiner(ExaminerFact { id: 1, ..ExaminerFact::default() });
    check("a kind of the server's", body(examiner), Some(HoldReason::ServerOnly));
    let held = HeldFact {
        entry: Some(EntryReference::default()),
        reason: "x".to_owned(),
        unit: String::new(),
    };
    check("a hold by a device", body(Fact::Held(held)), Some(HoldReason::ServerOnly));
    let unknown = ResultFact { item: 60_000, ..number("height_cm", "165") };
    check("an unknown item", saved(vec![unknown.clone()]), Some(HoldReason::UnknownItem));
    let newer = SaveFact { catalogue: u32::MAX, ..save(vec![unknown]) };
    check("an unknown item of a newer catalogue waits", body(Fact::Save(newer)), None);
    let derived = saved(vec![number("bmi_kg_m2", "22")]);
    check("a computed item", derived, Some(HoldReason::UnknownItem));
    let giant = saved(vec![number("weight_kg", "60"), number("height_cm", "1650")]);
    check("a height of 16 m", giant, Some(HoldReason::ImpossibleValue));
    let choice = ResultFact { value: Some(ValueFact::Choice(1)), ..number("height_cm", "0") };
    check("a choice for a number", saved(vec![choice]), Some(HoldReason::ImpossibleValue));
    let none = ResultFact { value: None, ..number("height_cm", "0") };
    check("a result without a value", saved(vec![none]), Some(HoldReason::ImpossibleValue));
    let absent = ResultFact { value: Some(ValueFact::Absent(1)), ..number("height_cm", "0") };
    check("a refusal to be measured", saved(vec![absent]), None);
    let older = Header { policy: 0, ..header(&PERSON) };
    let older = Entry { header: older, fact: good_save() }.encode();
    check("an older policy than before", older, Some(HoldReason::PolicyFell));
}

/// The check above is the control: a stream whose policy falls is held from there on.
#[test]
fn what_is_made_under_an_older_policy_goes_in_under_the_one_its_stream_has_come_to() {
    let mut server = server();
    let mut tablet = device(&mut server, &[VILLAGE]);
    let newest = header(&PERSON).policy;
    assert!(newest > 0);
    for policy in [newest, 0] {
        let entry = Entry { header: Header { policy, ..header(&PERSON) }, fact: good_save() };
        tablet.store.append(&unit(VILLAGE), &[entry]).unwrap();
    }
    give(&mut tablet, &mut server);
    assert_eq!(server.store.held().unwrap(), []);
}

fn good_save() -> Fact {
    Fact::Save(save(vec![number("height_cm", "165")]))
}

fn encode(body: &Body) -> Vec<u8> {
    prost::Message::encode_to_vec(body)
}

#[test]
fn a_device_writes_only_in_units_at_or_below_those_it_is_enrolled_for() {
    let check = |enrolled: &[&str], writes_in: &str, is_held: bool| {
        let mut server = server();
        let mut device = careless(&server, enrolled);
        device.append(&unit_key(writes_in), body(good_save())).unwrap();
        hand_over(&mut device, &mut server);
        let stream = StreamKey::new(unit_key(writes_in), WriterId([0x44; 16]));
        let reasons: Vec<_> = holds(&server, &stream).into_iter().map(|held| held.1).collect();
        let expected: &[&str] = if is_held { &["outside_units"] } else { &[] };
        assert_eq!(reasons, expected, "{enrolled:?} {writes_in}");
    };
    check(&[VILLAGE], VILLAGE, false);
    check(&["431302204"], VILLAGE, false);
    check(&["431302204"], "431302204S01", false);
    check(&["431302"], FAR_VILLAGE, false);
    check(&[VILLAGE], FAR_VILLAGE, true);
    check(&["431302204"], FAR_VILLAGE, true);
    check(&[VILLAGE], "431302204", true);
    check(&[], VILLAGE, true);
}

#[test]
fn pushing_a_held_entry_again_holds_nothing_more() {
    let mut server = server();
    let mut device = careless(&server, &[VILLAGE]);
    let village = unit_key(VILLAGE);
    device.append(&village, vec![0xff; 9]).unwrap();
    device.seal_own().unwrap();
    let stream = StreamKey::new(village, WriterId([0x44; 16]));
    let range = device.sealed_range(&stream, 0, usize::MAX).unwrap().unwrap();
    let proofs: Vec<_> = device.certificates(&stream.writer).unwrap().into_iter().collect();
    server.store.accept(std::slice::from_ref(&range), &proofs).unwrap();
    let before = row_counts(&server.store);
    for _ in 0..3 {
        server.store.accept(std::slice::from_ref(&range), &proofs).unwrap();
    }
    assert_eq!(row_counts(&server.store), before);
    assert_eq!(holds(&server, &stream).len(), 1);
}

#[test]
fn a_hold_and_its_lifting_are_seen_on_the_server_and_on_devices() {
    let mut server = server();
    let mut tablet = device(&mut server, &[VILLAGE]);
    let mut careless = careless(&server, &[VILLAGE]);
    let giant = body(Fact::Save(save(vec![number("height_cm", "1650")])));
    let village = unit_key(VILLAGE);
    careless.append(&village, giant.clone()).unwrap();
    careless.append(&village, vec![0xff; 9]).unwrap();
    hand_over(&mut careless, &mut server);
    give(&mut server, &mut tablet);
    let reference = Reference::of(WriterId([0x44; 16]), 1, &giant);
    for place in [&server, &tablet] {
        let listed = place.store.held().unwrap();
        assert_eq!(listed.len(), 2);
        let item = listed.iter().find(|item| item.reference == reference).unwrap();
        assert_eq!((item.reason.as_str(), item.decided), ("impossible_value", None));
        assert_eq!((item.unit.0.as_str(), item.kind), (VILLAGE, 48));
        assert!(item.day.is_some() && item.station.is_some() && !item.reason_zh.is_empty());
        assert_eq!(place.store.held_count(), Ok(2));
    }
    let refused = tablet.store.resolve_held(&reference, true, "核对原始表");
    assert_eq!(refused, Err(StoreError::Refused(Code::HeldElsewhere)));
    let other = Reference { seq: 9, ..reference };
    let refused = server.store.resolve_held(&other, true, "");
    assert_eq!(refused, Err(StoreError::Refused(Code::HeldUnknown)));
    server.store.resolve_held(&reference, true, "核对原始表").unwrap();
    let refused = server.store.resolve_held(&reference, false, "");
    assert_eq!(refused, Err(StoreError::Refused(Code::NothingToChange)));
    give(&mut server, &mut tablet);
    for place in [server, tablet] {
        let place = place.reopened();
        let listed = place.store.held().unwrap();
        let decided: Vec<_> = listed.iter().map(|item| item.decided).collect();
        assert_eq!(decided, [None, Some(true)]);
        assert_eq!(place.store.held_count(), Ok(1));
    }
}

#[test]
fn a_hold_of_a_unit_not_ones_own_is_listed_where_the_entry_is_and_names_nobody() {
    let mut server = server();
    let mut tablet = device(&mut server, &[VILLAGE]);
    let mut neighbour = device(&mut server, &[VILLAGE]);
    tablet.store.append(&unit(FAR_VILLAGE), &[registration(5, "慕隆村")]).unwrap();
    give(&mut tablet, &mut server);
    // Of the server each is given what its units and the district's streams hold, no more.
    let give_scope = |server: &mut Place, to: &mut Place| {
        give_of(server, to, &[VILLAGE, DISTRICT]);
    };
    give_scope(&mut server, &mut tablet);
    give_scope(&mut server, &mut neighbour);
    let listed = |place: &Place| {
        let item = |item: store::HeldItem| (item.unit.0, item.reason, item.decided);
        place.store.held().unwrap().into_iter().map(item).collect::<Vec<_>>()
    };
    let held = vec![(FAR_VILLAGE.to_owned(), "outside_units".to_owned(), None)];
    assert_eq!(listed(&server), held);
    assert_eq!(listed(&tablet), held);
    // Another device heard of it too: it holds no such entry, and whom it is about is not said.
    assert_eq!(listed(&neighbour), []);
    let own = own_key(&server, DISTRICT);
    let said = bodies(&neighbour.store, &own);
    let about = |body: &Vec<u8>| Entry::decode(body).unwrap().header.person;
    assert!(said.iter().map(about).all(|person| person.is_empty()));
    let reference = server.store.held().unwrap()[0].reference;
    server.store.resolve_held(&reference, true, "核对原始表").unwrap();
    give_scope(&mut server, &mut tablet);
    let applied = vec![(FAR_VILLAGE.to_owned(), "outside_units".to_owned(), Some(true))];
    assert_eq!(listed(&server), applied);
    assert_eq!(listed(&tablet), applied);
    for place in [&server, &tablet, &neighbour] {
        assert_eq!(place.store.verify(&mut |_| ()), Ok(Vec::new()));
    }
}

#[test]
fn the_server_holds_nothing_of_its_own_and_a_device_holds_nothing_at_all() {
    let mut server = server();
    let mut tablet = device(&mut server, &[VILLAGE]);
    let mut careless = careless(&server, &[VILLAGE]);
    let examiner = Fact::Examiner(ExaminerFact { id: 1, ..ExaminerFact::default() });
    let entry = Entry { header: Header::default(), fact: examiner };
    server.store.append(&unit(VILLAGE), &[entry]).unwrap();
    careless.append(&unit_key(VILLAGE), vec![0xff; 9]).unwrap();
    // Carried between devices, the bad entry is kept until the server has judged it.
    hand_over(&mut careless, &mut tablet);
    let stream = StreamKey::new(unit_key(VILLAGE), WriterId([0x44; 16]));
    assert_eq!(bodies(&tablet.store, &stream).len(), 1);
    assert_eq!(bodies(&tablet.store, &own_key(&tablet, VILLAGE)).len(), 0);
    give(&mut server, &mut tablet);
    assert_eq!(tablet.store.held(), Ok(Vec::new()));
    give(&mut tablet, &mut server);
    give(&mut server, &mut tablet);
    assert_eq!(tablet.store.held_count(), Ok(1));
}
