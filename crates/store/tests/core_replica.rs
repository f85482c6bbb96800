//! Exchange: any order, repetition and cut of transfers ends in equal copies; what does not verify leaves
//! nothing behind.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod core_support;

use core_support::{
    OTHER_VILLAGE, Place, VILLAGE, bodies, device, give, head, lone_device, own_key, proofs,
    ranges, registration, row_counts, server, unit, unit_key,
};
use ledger::{
    CertificatePair, Range, Refusal, Replica, SigningKey, StreamKey, sign_device_certificate,
    sign_seal, sign_writer_certificate,
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Everything a replica holds.
fn holdings(place: &Place) -> BTreeMap<StreamKey, Vec<Vec<u8>>> {
    let heads = place.store.heads(None).unwrap();
    heads.into_keys().map(|key| (key.clone(), bodies(&place.store, &key))).collect()
}

#[test]
fn what_one_device_saved_another_gets_by_way_of_the_server() {
    let mut server = server();
    let mut here = device(&mut server, &[VILLAGE]);
    let mut there = device(&mut server, &[VILLAGE]);
    let entries: Vec<_> = (0..300).map(|i| registration(i, "慕隆村")).collect();
    here.store.append(&unit(VILLAGE), &entries).unwrap();
    assert_eq!(give(&mut here, &mut server), 300);
    assert_eq!(give(&mut server, &mut there), 300 + 2);
    assert_eq!(give(&mut here, &mut server), 0);
    assert_eq!(give(&mut server, &mut here), 2);
    assert_eq!(holdings(&here), holdings(&there));
    assert_eq!(holdings(&here), holdings(&server));
    // Without the server in between, the neighbour proves itself by its certificates.
    there.store.append(&unit(VILLAGE), &[registration(900, "邻机")]).unwrap();
    assert_eq!(give(&mut there, &mut here), 1);
    assert_eq!(holdings(&here.reopened()), holdings(&there.reopened()));
}

#[test]
fn a_range_given_again_changes_nothing_and_answers_the_head() {
    let mut server = server();
    let mut place = device(&mut server, &[VILLAGE]);
    let stream = own_key(&place, VILLAGE);
    let entries: Vec<_> = (0..8).map(|i| registration(i, "再来")).collect();
    place.store.append(&unit(VILLAGE), &entries).unwrap();
    place.store.seal_own().unwrap();
    let proofs = proofs(&place.store, &stream);
    let all = ranges(&place.store, &stream, 0, usize::MAX);
    let answers = server.store.accept(&all, &proofs).unwrap();
    assert_eq!(answers[0].as_ref().unwrap().new_entries, 8);
    let before = row_counts(&server.store);
    for _ in 0..3 {
        let answers = server.store.accept(&all, &proofs).unwrap();
        let accepted = answers[0].as_ref().unwrap();
        assert_eq!((accepted.new_entries, Some(accepted.head)), (0, head(&place, &stream)));
    }
    assert_eq!(row_counts(&server.store), before);
    // One that reaches back applies only the rest.
    place.store.append(&unit(VILLAGE), &[registration(8, "新")]).unwrap();
    place.store.seal_own().unwrap();
    let over = place.store.sealed_range(&stream, 3, usize::MAX).unwrap().unwrap();
    assert_eq!(over.bodies.len(), 6);
    let answers = server.store.accept(&[over], &proofs).unwrap();
    assert_eq!(answers[0].as_ref().unwrap().new_entries, 1);
    assert_eq!(bodies(&server.store, &stream), bodies(&place.store, &stream));
}

#[test]
fn a_refused_range_leaves_nothing_behind() {
    let mut server = server();
    let mut place = device(&mut server, &[VILLAGE]);
    let stream = own_key(&place, VILLAGE);
    let words = "字".repeat(4_000);
    for serial in 0..12 {
        place.store.append(&unit(VILLAGE), &[registration(serial, &words)]).unwrap();
    }
    place.store.seal_own().unwrap();
    let all = ranges(&place.store, &stream, 0, usize::MAX);
    assert!(all.len() >= 2);
    let proofs = proofs(&place.store, &stream);
    let foreign = SigningKey::from_bytes(&[9; 32]);
    let before = row_counts(&server.store);
    let mut check = |word: &str, change: &dyn Fn(&mut Range), proofs: &[CertificatePair]| {
        let mut range = all[0].clone();
        change(&mut range);
        let answers = server.store.accept(&[range], proofs).unwrap();
        let refusal = answers[0].as_ref().map(|_| ()).unwrap_err();
        assert_eq!(refusal.word(), word);
        assert_eq!(row_counts(&server.store), before, "{word}");
    };
    let same = |_: &mut Range| {};
    check("bad_chain", &|r| r.bodies[0][20] ^= 1, &proofs);
    check("bad_chain", &|r| r.bodies.swap(0, 1), &proofs);
    check("bad_chain", &|r| drop(r.bodies.pop()), &proofs);
    check("bad_chain", &|r| r.bodies.push(vec![18, 0]), &proofs);
    check("bad_chain", &|r| r.seal.chain.0[0] ^= 1, &proofs);
    check("bad_chain", &|r| r.after.chain.0[0] ^= 1, &proofs);
    check("bad_seal", &|r| r.seal.signature[0] ^= 1, &proofs);
    check("bad_seal", &|r| r.seal = sign_seal(&r.key, &r.seal.head(), &foreign), &proofs);
    check("bad_chain", &|r| r.key.unit = unit_key(OTHER_VILLAGE), &proofs);
    check("unknown_writer", &same, &[]);
    check("unknown_writer", &|r| r.key.writer.0[0] ^= 1, &proofs);
    let forged = sign_device_certificate(
        proofs[0].0.device,
        proofs[0].0.public_key,
        vec![unit_key(VILLAGE)],
        9,
        &foreign,
    );
    check("bad_certificate", &same, &[(forged, proofs[0].1.clone())]);
    check("too_large", &|r| r.bodies.clear(), &proofs);
    check("not_after_your_head", &|r| *r = all[1].clone(), &proofs);
    // Control: unchanged and proven it is taken, and a forged certificate beside a true one harms nothing.
    let answers = server.store.accept(&all, &proofs).unwrap();
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(bodies(&server.store, &stream), bodies(&place.store, &stream));
}

#[test]
fn a_writer_keeps_the_key_it_was_first_proven_with() {
    let mut server = server();
    let mut place = device(&mut server, &[VILLAGE]);
    let stream = own_key(&place, VILLAGE);
    place.store.append(&unit(VILLAGE), &[registration(1, "一")]).unwrap();
    give(&mut place, &mut server);
    place.store.append(&unit(VILLAGE), &[registration(2, "二")]).unwrap();
    place.store.seal_own().unwrap();
    let range = place.store.sealed_range(&stream, 1, usize::MAX).unwrap().unwrap();
    let (kept, _) = server.store.certificates(&stream.writer).unwrap().unwrap();
    // The server itself signs a newer certificate for the device, once with another key, once with its own.
    let server_key = server.store.signing_key().unwrap();
    let newer = |device_key: &SigningKey| {
        let units = vec![unit_key(VILLAGE), unit_key(OTHER_VILLAGE)];
        let key = ledger::public_key(device_key);
        let device = sign_device_certificate(kept.device, key, units, 2, &server_key);
        (device, sign_writer_certificate(kept.device, stream.writer, device_key))
    };
    let other_key = SigningKey::from_bytes(&[9; 32]);
    let mut forged = range.clone();
    forged.seal = sign_seal(&stream, &range.seal.head(), &other_key);
    let answers = server.store.accept(&[forged], &[newer(&other_key)]).unwrap();
    assert_eq!(answers, [Err(Refusal::BadSeal)]);
    let same_key = newer(&place.store.signing_key().unwrap());
    let answers = server.store.accept(&[range], std::slice::from_ref(&same_key)).unwrap();
    assert_eq!(answers[0].as_ref().unwrap().new_entries, 1);
    // Control: a newer certificate of the same key takes the older one's place.
    assert_eq!(server.store.certificates(&stream.writer), Ok(Some(same_key)));
}

#[test]
fn one_refused_range_blocks_no_other() {
    let mut server = server();
    let mut places = [device(&mut server, &[VILLAGE]), device(&mut server, &[VILLAGE])];
    let mut batch = Vec::new();
    let mut certificates = Vec::new();
    for place in &mut places {
        place.store.append(&unit(VILLAGE), &[registration(1, "一")]).unwrap();
        place.store.seal_own().unwrap();
        let stream = own_key(place, VILLAGE);
        batch.extend(ranges(&place.store, &stream, 0, usize::MAX));
        certificates.extend(proofs(&place.store, &stream));
    }
    batch[0].seal.signature[3] ^= 1;
    let answers = server.store.accept(&batch, &certificates).unwrap();
    assert_eq!(answers[0], Err(Refusal::BadSeal));
    assert_eq!(answers[1].as_ref().unwrap().new_entries, 1);
}

#[test]
fn who_is_shown_more_of_the_own_stream_becomes_a_new_writer_and_loses_nothing() {
    let mut server = server();
    let mut place = device(&mut server, &[VILLAGE]);
    place.store.append(&unit(VILLAGE), &[registration(1, "一")]).unwrap();
    let copy = tempfile::tempdir().unwrap();
    // A copy made with nothing open is whole.
    let folder = place.folder;
    drop(place.store);
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
    }
    let mut place = Place { store: open(folder.path()), folder };
    let mut old = Place { store: open(copy.path()), folder: copy };
    place.store.append(&unit(VILLAGE), &[registration(2, "二")]).unwrap();
    place.store.seal_own().unwrap();
    let stream = own_key(&place, VILLAGE);
    let range = place.store.sealed_range(&stream, 1, usize::MAX).unwrap().unwrap();
    // Both wrote a second entry, and both sealed it.
    let [other] = old.store.append(&unit(VILLAGE), &[registration(3, "另一个二")]).unwrap()[..]
    else {
        panic!("one entry")
    };
    old.store.seal_own().unwrap();
    let branch = old.store.sealed_range(&stream, 0, usize::MAX).unwrap().unwrap();
    assert_eq!(give(&mut place, &mut server), 2);
    let before = old.store.writer();
    let answers = old.store.accept(std::slice::from_ref(&range), &[]).unwrap();
    assert_eq!(answers[0].as_ref().unwrap().new_entries, 1);
    assert_eq!(bodies(&old.store, &stream), bodies(&place.store, &stream));
    assert_ne!(old.store.writer(), before);
    assert_eq!(refiled_in(&old, VILLAGE), [other]);
    assert_eq!(old.store.people_count().unwrap(), 3);
    assert_eq!(old.store.verify(&mut |_| {}).unwrap(), []);
    // Given the branch of its earlier life, it puts the other one aside too; then nothing is left to append.
    old.store.accept(std::slice::from_ref(&branch), &[]).unwrap();
    let both = refiled_in(&old, VILLAGE);
    assert!(both.len() == 2 && both.contains(&other), "{both:?}");
    for given in [&range, &branch, &range] {
        old.store.accept(std::slice::from_ref(given), &[]).unwrap();
        assert_eq!(refiled_in(&old, VILLAGE), both);
    }
    assert_eq!(old.store.people_count().unwrap(), 3);

    // The branch in a third party's hands: the server refuses it as a stream and keeps what it says.
    for _ in 0..2 {
        let answers = server.store.accept(std::slice::from_ref(&branch), &[]).unwrap();
        assert!(matches!(answers[0], Err(Refusal::NotAfterYourHead { .. })), "{answers:?}");
        assert!(refiled_in(&server, VILLAGE).contains(&other));
        assert_eq!(refiled_in(&server, VILLAGE).len(), 2);
        assert_eq!(server.store.people_count().unwrap(), 3);
    }
    assert_eq!(bodies(&server.store, &stream), bodies(&place.store, &stream));
    assert_eq!(server.store.verify(&mut |_| {}).unwrap(), []);
    // The healed device brings its own copy: it is one fact with the server's.
    old.store.seal_own().unwrap();
    give(&mut old, &mut server);
    assert_eq!(server.store.people_count().unwrap(), 3);
    assert_eq!(server.store.verify(&mut |_| {}).unwrap(), []);
    // And the carrier of the other branch follows once it holds the server's copies.
    assert_eq!(place.store.people_count().unwrap(), 2);
    give(&mut server, &mut place);
    assert_eq!(place.store.people_count().unwrap(), 3);
    assert_eq!(place.store.verify(&mut |_| {}).unwrap(), []);
}

/// The facts re-filed in the own stream of a unit, as they were named first.
fn refiled_in(place: &Place, code: &str) -> Vec<ledger::Reference> {
    let bodies = bodies(&place.store, &own_key(place, code));
    bodies
        .iter()
        .filter_map(|body| Some(ledger::Refiled::decode(body)?.ok()?.reference()))
        .collect()
}

fn open(folder: &std::path::Path) -> store::Store {
    store::Store::open(folder, &core_support::key()).unwrap()
}

#[test]
fn a_device_that_is_not_enrolled_takes_nothing() {
    let mut server = server();
    let mut place = device(&mut server, &[VILLAGE]);
    place.store.append(&unit(VILLAGE), &[registration(1, "一")]).unwrap();
    place.store.seal_own().unwrap();
    let stream = own_key(&place, VILLAGE);
    let all = ranges(&place.store, &stream, 0, usize::MAX);
    let mut stranger = lone_device();
    let answers = stranger.store.accept(&all, &proofs(&place.store, &stream)).unwrap();
    assert_eq!(answers, [Err(Refusal::UnknownWriter)]);
}

#[test]
fn heads_are_told_for_the_units_asked() {
    let mut place = lone_device();
    place.store.append(&unit(VILLAGE), &[registration(1, "一")]).unwrap();
    place.store.append(&unit(OTHER_VILLAGE), &[registration(2, "二")]).unwrap();
    let of = |units: &[&str]| {
        let units: BTreeSet<_> = units.iter().map(|code| unit_key(code)).collect();
        place.store.heads(Some(&units)).unwrap()
    };
    assert_eq!(of(&[VILLAGE, OTHER_VILLAGE]), place.store.heads(None).unwrap());
    assert_eq!(of(&[VILLAGE]).into_keys().collect::<Vec<_>>(), [own_key(&place, VILLAGE)]);
    assert!(of(&[]).is_empty() && of(&["431302105299"]).is_empty());
}

#[test]
fn uploaded_is_said_of_what_the_server_told_and_of_nothing_else() {
    let mut server = server();
    let mut place = device(&mut server, &[VILLAGE]);
    let stream = own_key(&place, VILLAGE);
    let first = place.store.append(&unit(VILLAGE), &[registration(1, "一")]).unwrap()[0];
    give(&mut place, &mut server);
    let last = place.store.append(&unit(VILLAGE), &[registration(2, "二")]).unwrap()[0];
    let is_there =
        |place: &Place, reference| place.store.is_on_server(&stream.unit, reference).unwrap();
    // Nothing is known before the server has said it.
    assert!(!is_there(&place, &first));
    assert_eq!(place.store.counts().unwrap().unsent, 2);
    place.store.note_server_heads(&server.store.heads(None).unwrap()).unwrap();
    assert!(is_there(&place, &first) && !is_there(&place, &last));
    assert_eq!(place.store.counts().unwrap().unsent, 1);
    let mut other = first;
    other.hash8[0] ^= 1;
    assert!(!is_there(&place, &other));
    // A head on another branch, or beyond this copy, says nothing.
    let mut heads = place.store.heads(None).unwrap();
    let mut told = heads[&stream];
    told.chain.0[0] ^= 1;
    heads.insert(stream.clone(), told);
    place.store.note_server_heads(&heads).unwrap();
    told.seq += 1;
    heads.insert(stream.clone(), told);
    place.store.note_server_heads(&heads).unwrap();
    assert_eq!(place.store.counts().unwrap().unsent, 1);
    place.store.note_server_heads(&place.store.heads(None).unwrap()).unwrap();
    assert!(is_there(&place, &last));
    assert_eq!(place.store.counts().unwrap().unsent, 0);
    // A restored server has less, and says so.
    let genesis = ledger::Head::genesis(&stream);
    place.store.note_server_heads(&[(stream.clone(), genesis)].into()).unwrap();
    assert!(!is_there(&place, &first));
    assert_eq!(place.store.counts().unwrap().unsent, 2);
}

/// One thing that happens to three replicas: 0 is the server, 1 and 2 are devices.
#[derive(Debug, Clone)]
enum Happening {
    Append {
        who: usize,
        village: bool,
        letters: usize,
    },
    Seal {
        who: usize,
    },
    /// One range of one stream, perhaps of less than all, perhaps given twice, perhaps lost.
    Give {
        from: usize,
        to: usize,
        pick: usize,
        bytes_max: usize,
        times: usize,
    },
    /// A range kept from earlier, given late.
    Late {
        to: usize,
        pick: usize,
    },
    Reopen {
        who: usize,
    },
}

fn happenings() -> impl Strategy<Value = Vec<Happening>> {
    let who = 0..3_usize;
    let one = prop_oneof![
        4 => (who.clone(), any::<bool>(), prop_oneof![Just(5_usize), Just(4_000), Just(16_000)])
            .prop_map(|(who, village, letters)| Happening::Append { who, village, letters }),
        2 => who.clone().prop_map(|who| Happening::Seal { who }),
        6 => (who.clone(), who.clone(), any::<usize>(), 1..70_000_usize, 0..3_usize).prop_map(
            |(from, to, pick, bytes_max, times)| Happening::Give { from, to, pick, bytes_max, times }
        ),
        2 => (who.clone(), any::<usize>()).prop_map(|(to, pick)| Happening::Late { to, pick }),
        1 => who.prop_map(|who| Happening::Reopen { who }),
    ];
    prop::collection::vec(one, 1..40)
}

fn play(happenings: Vec<Happening>) {
    let mut server = server();
    let one = device(&mut server, &[VILLAGE, OTHER_VILLAGE]);
    let two = device(&mut server, &[VILLAGE, OTHER_VILLAGE]);
    let mut places: Vec<Option<Place>> = vec![Some(server), Some(one), Some(two)];
    let mut kept: Vec<(Range, Vec<CertificatePair>)> = Vec::new();
    let mut serial = 0;
    for happening in happenings {
        match happening {
            Happening::Append { who, village, letters } => {
                serial += 1;
                let code = if village { VILLAGE } else { OTHER_VILLAGE };
                let entry = registration(serial, &"字".repeat(letters));
                let place = places[who].as_mut().unwrap();
                place.store.append(&unit(code), &[entry]).unwrap();
            }
            Happening::Seal { who } => {
                places[who].as_mut().unwrap().store.seal_own().unwrap();
            }
            Happening::Give { from, to, pick, bytes_max, times } => {
                let source = &places[from].as_ref().unwrap().store;
                let heads: Vec<_> = source.heads(None).unwrap().into_keys().collect();
                let Some(key) = heads.get(pick % heads.len().max(1)) else { continue };
                let target = &places[to].as_ref().unwrap().store;
                let after = target.heads(None).unwrap().get(key).map_or(0, |head| head.seq);
                // Sometimes from further back than needed.
                let after = after.saturating_sub((pick % 3) as u64);
                let Some(range) = source.sealed_range(key, after, bytes_max).unwrap() else {
                    continue;
                };
                let proofs = proofs(source, key);
                kept.push((range.clone(), proofs.clone()));
                for _ in 0..times {
                    accept(places[to].as_mut().unwrap(), &range, &proofs);
                }
            }
            Happening::Late { to, pick } => {
                let Some((range, proofs)) = kept.get(pick % kept.len().max(1)) else { continue };
                accept(places[to].as_mut().unwrap(), range, proofs);
            }
            Happening::Reopen { who } => places[who] = places[who].take().map(Place::reopened),
        }
    }
    let mut places: Vec<Place> = places.into_iter().flatten().collect();
    for _ in 0..2 {
        for (from, to) in [(1, 0), (2, 0), (0, 1), (0, 2)] {
            let (from, to) = two_of(&mut places, from, to);
            give(from, to);
        }
    }
    let all = holdings(&places[0]);
    for place in places {
        assert_eq!(holdings(&place), all);
        for (key, bodies) in &all {
            let expected = ledger::Head::genesis(key).after(bodies.iter().map(Vec::as_slice));
            assert_eq!(head(&place, key), Some(expected));
        }
    }
}

/// Late and repeated ranges are taken or answered by where the copy stands; nothing else can be said of them.
fn accept(place: &mut Place, range: &Range, proofs: &[CertificatePair]) {
    match &place.store.accept(std::slice::from_ref(range), proofs).unwrap()[0] {
        Ok(_) | Err(Refusal::NotAfterYourHead { .. }) => {}
        Err(refusal) => panic!("{}", refusal.word()),
    }
}

fn two_of(places: &mut [Place], from: usize, to: usize) -> (&mut Place, &mut Place) {
    let [a, b] = places.get_disjoint_mut([from, to]).unwrap();
    (a, b)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn any_order_repetition_and_cut_of_transfers_ends_in_equal_copies(steps in happenings()) {
        play(steps);
    }
}
