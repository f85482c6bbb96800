//! Conclusions through the projection: what makes a signature stand, what makes it one to be looked at again, and what
//! two doctors say apart. Each row of one table arrives in its order, turned round, and rebuilt.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod projection_support;

use domain::catalogue::Catalogue;
use domain::conclusion::ConclusionState;
use domain::ids::{RoundId, UnitCode};
use projection_support::build::*;
use projection_support::*;
use protocol::Fact;
use protocol::fact::ConclusionFact;
use store::Role;
use store::project::rebuild;

const NURSE: u8 = 0x11;
const OTHER_NURSE: u8 = 0x22;
const DOCTOR: u8 = 0x33;
const OTHER_DOCTOR: u8 = 0x44;

fn sign(streams: &mut Streams, writer: u8, fact: ConclusionFact) -> Placed {
    streams.put(VILLAGE, [writer; 16], of(header(person(1)), Fact::Conclusion(fact)))
}

/// Saves of a fine pressure and a glucose, and a signature over both.
fn signed(streams: &mut Streams) -> [Placed; 3] {
    let pressure = streams.save(NURSE, person(1), save(pressure(118, 76), Vec::new()));
    let glucose = vec![result("glucose_mmol_l", 5)];
    let glucose = streams.save(OTHER_NURSE, person(1), save(glucose, Vec::new()));
    let doctor = sign(streams, DOCTOR, conclusion(&[&pressure, &glucose], &[], &[]));
    [pressure, glucose, doctor]
}

fn check(what: &str, expected: ConclusionState, story: &dyn Fn(&mut Streams)) {
    let mut streams = Streams::default();
    story(&mut streams);
    let state = |placed: &[Placed]| {
        let mut place = place(Role::Device);
        let one_by_one: Vec<&[Placed]> = placed.chunks(1).collect();
        let state =
            |store: &store::Store| store.conclusions(RoundId(ROUND), person(1)).unwrap().state;
        place.store.write(|tx| arrive(tx, &one_by_one)).unwrap();
        let arrived = state(&place.store);
        place.store.write(|tx| rebuild(tx, Catalogue::builtin())).unwrap();
        assert_eq!(arrived, state(&place.store), "{what}: rebuilt");
        arrived
    };
    assert_eq!(state(&streams.placed), expected, "{what}");
    let turned: Vec<Placed> = streams.placed.iter().rev().cloned().collect();
    assert_eq!(state(&turned), expected, "{what}: in another order");
}

#[test]
fn a_signature_stands_while_what_it_was_given_over_stands_and_no_longer() {
    check("nobody signed", ConclusionState::None, &|streams| {
        streams.save(NURSE, person(1), save(pressure(118, 76), Vec::new()));
    });
    check("signed", ConclusionState::Signed, &|streams| {
        signed(streams);
    });
    check("a result came late", ConclusionState::LookAgain, &|streams| {
        signed(streams);
        streams.save(NURSE, person(1), save(vec![result("hb_g_l", 140)], Vec::new()));
    });
    check("a result was amended", ConclusionState::LookAgain, &|streams| {
        let [_, glucose, _] = signed(streams);
        let saw = saw(&[(&glucose, &["glucose_mmol_l"])]);
        streams.save(NURSE, person(1), save(vec![result("glucose_mmol_l", 6)], saw));
    });
    check("another device wrote the same", ConclusionState::Signed, &|streams| {
        signed(streams);
        streams.save(NURSE, person(1), save(vec![result("glucose_mmol_l", 5)], Vec::new()));
    });
    check("a result was withdrawn", ConclusionState::LookAgain, &|streams| {
        let [_, glucose, _] = signed(streams);
        let void = void(saw(&[(&glucose, &["glucose_mmol_l"])]));
        streams.put(VILLAGE, [NURSE; 16], of(header(person(1)), Fact::Void(void)));
    });
    check("one it was signed over is held", ConclusionState::LookAgain, &|streams| {
        let [_, glucose, _] = signed(streams);
        streams.server(VILLAGE, Fact::Held(held(&glucose)));
    });
    check("one it was signed over is not here", ConclusionState::LookAgain, &|streams| {
        let [_, glucose, _] = signed(streams);
        streams.placed.retain(|placed| *placed != glucose);
    });
    check("a finding it does not answer", ConclusionState::LookAgain, &|streams| {
        let high = streams.save(NURSE, person(1), save(pressure(166, 102), Vec::new()));
        sign(streams, DOCTOR, conclusion(&[&high], &[], &[]));
    });
    check("a finding it answers", ConclusionState::Signed, &|streams| {
        let high = streams.save(NURSE, person(1), save(pressure(166, 102), Vec::new()));
        sign(streams, DOCTOR, conclusion(&[&high], &[], &[("adult_bp", "grade2", 2)]));
    });
    check("somebody else's result", ConclusionState::Signed, &|streams| {
        signed(streams);
        streams.save(NURSE, person(2), save(pressure(180, 120), Vec::new()));
    });
}

#[test]
fn a_later_signature_stands_in_place_of_those_it_names_and_two_apart_are_both_shown() {
    let late = |streams: &mut Streams| {
        let [pressure, glucose, doctor] = signed(streams);
        let hb = streams.save(NURSE, person(1), save(vec![result("hb_g_l", 140)], Vec::new()));
        (vec![pressure, glucose, hb], doctor)
    };
    check("signed again over all", ConclusionState::Signed, &|streams| {
        let (all, doctor) = late(streams);
        let all: Vec<&Placed> = all.iter().collect();
        sign(streams, OTHER_DOCTOR, conclusion(&all, &[&doctor], &[]));
    });
    check("two apart", ConclusionState::Conflict, &|streams| {
        let (all, _) = late(streams);
        let all: Vec<&Placed> = all.iter().collect();
        sign(streams, OTHER_DOCTOR, conclusion(&all, &[], &[]));
    });
    check("decided between two", ConclusionState::Signed, &|streams| {
        let (all, doctor) = late(streams);
        let all: Vec<&Placed> = all.iter().collect();
        let other = sign(streams, OTHER_DOCTOR, conclusion(&all, &[], &[]));
        sign(streams, DOCTOR, conclusion(&all, &[&doctor, &other], &[]));
    });
    check("withdrawn", ConclusionState::None, &|streams| {
        let [_, _, doctor] = signed(streams);
        let fact = ConclusionFact { withdrawn: true, ..conclusion(&[], &[&doctor], &[]) };
        sign(streams, DOCTOR, fact);
    });
    check("the signature is held", ConclusionState::None, &|streams| {
        let [_, _, doctor] = signed(streams);
        streams.server(VILLAGE, Fact::Held(held(&doctor)));
    });
    check("held and let stand", ConclusionState::Signed, &|streams| {
        let [_, _, doctor] = signed(streams);
        streams.server(VILLAGE, Fact::Held(held(&doctor)));
        streams.server(VILLAGE, Fact::Lifted(lifted(&doctor, true)));
    });
}

#[test]
fn what_changed_since_is_named_and_counted_where_the_checkup_counts() {
    let mut streams = Streams::default();
    let [_, glucose, _] = signed(&mut streams);
    let saw = saw(&[(&glucose, &["glucose_mmol_l"])]);
    streams.save(NURSE, person(1), save(vec![result("glucose_mmol_l", 8)], saw));
    let mut place = place(Role::Device);
    keep(&mut place.store, &streams.placed);
    let view = place.store.conclusions(RoundId(ROUND), person(1)).unwrap();
    let item = Catalogue::builtin().item_by_key("glucose_mmol_l").unwrap().code;
    assert_eq!(view.changed.iter().collect::<Vec<_>>(), [&item]);
    assert_eq!((view.missing, view.all.len(), view.seen.len()), (0, 1, 3));
    assert_ne!(view.all[0].then.get(&item), view.results.get(&item));
    let counts = place.store.conclusion_counts(RoundId(ROUND), &UnitCode(VILLAGE.to_owned()));
    let counts = counts.unwrap();
    assert_eq!((counts.signed, counts.look_again, counts.conflict), (0, 1, 0));
}
