//! Consents through the projection: of what stands the strictest holds, whatever came first. Each row of one table arrives in its order,
//! turned round, and rebuilt.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod projection_support;

use domain::catalogue::Catalogue;
use domain::consent::{Consent, Slip};
use domain::ids::RoundId;
use projection_support::build::*;
use projection_support::*;
use protocol::Fact;
use protocol::fact::{ConsentFact, CorrectionFact, EntryReference};
use store::Role;
use store::project::rebuild;

const TEACHER: u8 = 0x11;
const NURSE: u8 = 0x22;

fn slip(answer: u32, stations: &[u32], saw: &[&Placed]) -> ConsentFact {
    let saw = saw.iter().map(|placed| EntryReference::from(&placed.reference())).collect();
    ConsentFact { answer, stations: stations.to_vec(), items: Vec::new(), source: 1, saw }
}

fn say(streams: &mut Streams, writer: u8, fact: ConsentFact) -> Placed {
    streams.put(VILLAGE, [writer; 16], of(header(person(1)), Fact::Consent(fact)))
}

/// Slip, how many stations are refused, whether two differ.
fn check(what: &str, expected: (Slip, usize, bool), story: &dyn Fn(&mut Streams)) {
    let mut streams = Streams::default();
    story(&mut streams);
    let stands = |placed: &[Placed]| {
        let mut place = place(Role::Device);
        let one_by_one: Vec<&[Placed]> = placed.chunks(1).collect();
        let stands =
            |store: &store::Store| -> Consent { store.consent(RoundId(ROUND), person(1)).unwrap() };
        place.store.write(|tx| arrive(tx, &one_by_one)).unwrap();
        let arrived = stands(&place.store);
        place.store.write(|tx| rebuild(tx, Catalogue::builtin())).unwrap();
        assert_eq!(arrived, stands(&place.store), "{what}: rebuilt");
        (arrived.slip, arrived.stations.len(), arrived.differs)
    };
    assert_eq!(stands(&streams.placed), expected, "{what}");
    let turned: Vec<Placed> = streams.placed.iter().rev().cloned().collect();
    assert_eq!(stands(&turned), expected, "{what}: in another order");
}

#[test]
fn of_what_stands_the_strictest_holds_in_any_order() {
    check("nobody said anything", (Slip::Missing, 0, false), &|_| {});
    check("agreed", (Slip::Given, 0, false), &|streams| {
        say(streams, TEACHER, slip(1, &[], &[]));
    });
    check("amended", (Slip::Given, 1, false), &|streams| {
        let first = say(streams, TEACHER, slip(1, &[], &[]));
        say(streams, NURSE, slip(1, &[11], &[&first]));
    });
    check("two apart", (Slip::Given, 1, true), &|streams| {
        say(streams, TEACHER, slip(1, &[], &[]));
        say(streams, NURSE, slip(1, &[11], &[]));
    });
    check("two apart that say the same", (Slip::Given, 1, false), &|streams| {
        say(streams, TEACHER, slip(1, &[11], &[]));
        say(streams, NURSE, slip(1, &[11], &[]));
    });
    check("one refuses everything", (Slip::Refused, 1, true), &|streams| {
        say(streams, TEACHER, slip(2, &[], &[]));
        say(streams, NURSE, slip(1, &[11], &[]));
    });
    check("decided between two", (Slip::Given, 0, false), &|streams| {
        let first = say(streams, TEACHER, slip(2, &[], &[]));
        let second = say(streams, NURSE, slip(1, &[11], &[]));
        say(streams, NURSE, slip(1, &[], &[&first, &second]));
    });
    check("no slip after all", (Slip::Missing, 0, false), &|streams| {
        let first = say(streams, TEACHER, slip(1, &[], &[]));
        say(streams, NURSE, slip(3, &[], &[&first]));
    });
    check("held by the server", (Slip::Missing, 0, false), &|streams| {
        let first = say(streams, TEACHER, slip(1, &[], &[]));
        streams.server(VILLAGE, Fact::Held(held(&first)));
    });
    check("held and let stand", (Slip::Given, 0, false), &|streams| {
        let first = say(streams, TEACHER, slip(1, &[], &[]));
        streams.server(VILLAGE, Fact::Held(held(&first)));
        streams.server(VILLAGE, Fact::Lifted(lifted(&first, true)));
    });
    check("what a newer version says is left out", (Slip::Given, 0, false), &|streams| {
        say(streams, TEACHER, slip(1, &[], &[]));
        say(streams, NURSE, slip(9, &[11], &[]));
    });
    check("somebody else's", (Slip::Missing, 0, false), &|streams| {
        let fact = Fact::Consent(slip(1, &[], &[]));
        streams.put(VILLAGE, [TEACHER; 16], of(header(person(2)), fact));
    });
}

/// Two ids of one person: each was spoken of, and both slips are the person's.
#[test]
fn a_slip_of_either_id_is_the_persons() {
    check("one person under two ids", (Slip::Given, 2, true), &|streams| {
        for (writer, id, stations) in [(TEACHER, 1, [5]), (NURSE, 2, [11])] {
            let details = with_id("甲某", 7);
            let fact = CorrectionFact { details: Some(details), ..CorrectionFact::default() };
            streams.put(VILLAGE, [writer; 16], of(header(person(id)), Fact::Correction(fact)));
            let slip = Fact::Consent(slip(1, &stations, &[]));
            streams.put(VILLAGE, [writer; 16], of(header(person(id)), slip));
        }
    });
}
