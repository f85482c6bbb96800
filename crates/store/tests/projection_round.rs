//! A round's version through the projection: its checkups are judged by it, moved on purpose, and the tables are the same in
//! whatever order the move and the checkups came. What a move would say is told before by the code that then says it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod projection_support;

use domain::catalogue::{Catalogue, RoundSetting};
use domain::conclusion::ConclusionState;
use domain::ids::{PersonId, RoundId, UnitCode};
use domain::rule::{Judgement, Level};
use projection_support::build::*;
use projection_support::*;
use protocol::Fact;
use protocol::fact::{ConclusionFact, RoundFact};
use store::project::rebuild;
use store::{Role, Store};

const NURSE: u8 = 0x11;
const DOCTOR: u8 = 0x33;

/// A pulse of 40: version 1 says nothing of it, versions 2 and 3 say act now.
fn slow_pulse(streams: &mut Streams, who: PersonId) -> Placed {
    streams.save(NURSE, who, save(vec![result("pulse_per_min", 40)], Vec::new()))
}

fn stands_at(streams: &mut Streams, catalogue: u32) {
    let fact = RoundFact { catalogue, ..round(ROUND, "第四轮") };
    streams.server(DISTRICT, Fact::Round(fact));
}

fn judged(store: &Store, who: PersonId) -> Vec<Judgement> {
    let checkup = store.stop_checkup(RoundId(ROUND), who).unwrap();
    checkup.map(|checkup| checkup.judgements).unwrap_or_default()
}

fn is_grave(all: &[Judgement]) -> bool {
    all.iter().any(|one| one.rule == "heart_rate" && one.level == Level::A)
}

/// What `look` sees after the story in its order, turned round, and rebuilt.
fn seen<T: PartialEq + std::fmt::Debug>(
    story: &dyn Fn(&mut Streams),
    look: &dyn Fn(&Store) -> T,
) -> T {
    let mut streams = Streams::default();
    story(&mut streams);
    let seen = |placed: &[Placed]| {
        let mut place = place(Role::Device);
        let one_by_one: Vec<&[Placed]> = placed.chunks(1).collect();
        place.store.write(|tx| arrive(tx, &one_by_one)).unwrap();
        let arrived = look(&place.store);
        place.store.write(|tx| rebuild(tx, Catalogue::builtin())).unwrap();
        assert_eq!(arrived, look(&place.store), "rebuilt");
        arrived
    };
    let turned: Vec<Placed> = streams.placed.iter().rev().cloned().collect();
    let first = seen(&streams.placed);
    assert_eq!(first, seen(&turned), "in another order");
    first
}

#[test]
fn a_checkup_is_judged_by_the_version_its_round_stands_at() {
    let check = |what: &str, expected: bool, story: &dyn Fn(&mut Streams)| {
        let grave = seen(story, &|store| is_grave(&judged(store, person(1))));
        assert_eq!(grave, expected, "{what}");
    };
    check("the round is not known yet", true, &|streams| {
        slow_pulse(streams, person(1));
    });
    for (version, expected) in [(0, true), (1, false), (2, true), (3, true), (99, true)] {
        check(&format!("a round at {version}"), expected, &|streams| {
            stands_at(streams, version);
            slow_pulse(streams, person(1));
        });
    }
    check("moved to a newer one", true, &|streams| {
        slow_pulse(streams, person(1));
        stands_at(streams, 1);
        stands_at(streams, 3);
    });
    check("moved back", false, &|streams| {
        slow_pulse(streams, person(1));
        stands_at(streams, 3);
        stands_at(streams, 1);
    });
    check("moved back from what a station has shown", true, &|streams| {
        let fact = save(vec![result("pulse_per_min", 40)], Vec::new());
        streams.save(NURSE, person(1), shown(fact, "heart_rate", "slow_critical", 3));
        stands_at(streams, 3);
        stands_at(streams, 1);
    });
    check("another round's move", true, &|streams| {
        slow_pulse(streams, person(1));
        let other = RoundFact { catalogue: 1, ..round(ROUND + 1, "补检") };
        streams.server(DISTRICT, Fact::Round(other));
    });
}

#[test]
fn a_move_takes_nothing_from_a_signature_and_its_new_findings_are_tasks() {
    let sign = |streams: &mut Streams, catalogue: u32| {
        let pulse = slow_pulse(streams, person(1));
        let fact = ConclusionFact { catalogue, ..conclusion(&[&pulse], &[], &[]) };
        streams.put(VILLAGE, [DOCTOR; 16], of(header(person(1)), Fact::Conclusion(fact)));
    };
    let look = |store: &Store| {
        let state = store.conclusions(RoundId(ROUND), person(1)).unwrap().state;
        (state, store.person_tasks(RoundId(ROUND), person(1)).unwrap().len())
    };
    let check = |what: &str, expected: (ConclusionState, usize), story: &dyn Fn(&mut Streams)| {
        assert_eq!(seen(story, &look), expected, "{what}");
    };
    check("signed under version 1", (ConclusionState::Signed, 0), &|streams| {
        stands_at(streams, 1);
        sign(streams, 1);
    });
    check("and moved", (ConclusionState::Signed, 1), &|streams| {
        stands_at(streams, 1);
        sign(streams, 1);
        stands_at(streams, 3);
    });
    // Control: under the newer version the same signature answers too little.
    check("signed under version 3", (ConclusionState::LookAgain, 1), &|streams| {
        stands_at(streams, 3);
        sign(streams, 3);
    });
    check("moved, and a result came late", (ConclusionState::LookAgain, 1), &|streams| {
        stands_at(streams, 1);
        sign(streams, 1);
        stands_at(streams, 3);
        streams.save(NURSE, person(1), save(vec![result("hb_g_l", 140)], Vec::new()));
    });
}

fn at_version(version: u32) -> RoundSetting {
    RoundSetting { version, ..RoundSetting::default() }
}

#[test]
fn what_a_move_would_say_is_what_it_then_says_and_looking_writes_nothing() {
    let mut place = place(Role::Server);
    let mut streams = Streams::default();
    stands_at(&mut streams, 1);
    slow_pulse(&mut streams, person(1));
    streams.save(NURSE, person(2), save(pressure(166, 102), Vec::new()));
    streams.save(NURSE, person(3), save(pressure(128, 95), Vec::new()));
    keep(&mut place.store, &streams.placed);
    let before = tried(&mut place.store, dump);
    let (supposed, checkups) = place.store.suppose(RoundId(ROUND), &at_version(3)).unwrap();
    assert_eq!(tried(&mut place.store, dump), before, "looking writes nothing");
    assert_eq!(checkups, 3);
    let who: Vec<PersonId> = supposed.iter().map(|one| one.person).collect();
    assert!(who.contains(&person(1)) && !who.contains(&person(2)), "{}", who.len());
    assert!(supposed.iter().all(|one| one.unit == UnitCode(VILLAGE.to_owned())));
    let told: Vec<_> = supposed.into_iter().map(|one| (one.person, one.after)).collect();
    let moved = streams.placed.len();
    stands_at(&mut streams, 3);
    keep(&mut place.store, &streams.placed[moved..]);
    for (who, after) in told {
        assert_eq!(judged(&place.store, who), after);
    }
    assert_eq!(place.store.suppose(RoundId(ROUND), &at_version(3)).unwrap().0, []);
    let stood = place.store.round_versions(RoundId(ROUND)).unwrap();
    assert_eq!(stood.into_iter().collect::<Vec<_>>(), [1, 3]);
    let live = tried(&mut place.store, dump);
    place.store.write(|tx| rebuild(tx, Catalogue::builtin())).unwrap();
    assert_eq!(tried(&mut place.store, dump), live);
}
