//! What waits for an examiner's word, through the projection: which saves wait, and what ends it. Each row of the table arrives in
//! its order, turned round, and rebuilt.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod projection_support;

use domain::catalogue::Catalogue;
use domain::ids::{RoundId, UnitCode};
use projection_support::build::*;
use projection_support::*;
use protocol::fact::{ConfirmationFact, EntryReference, ExaminerFact, OperatorFact};
use protocol::{Fact, Header};
use store::Role;
use store::project::rebuild;

const RECORDER: u64 = 7;
const DOCTOR: u64 = 70;
const EXAMINER: u64 = 8;
const ULTRASOUND: u32 = 8;
const TABLET: [u8; 16] = [0x11; 16];
const OTHER_TABLET: [u8; 16] = [0x22; 16];

fn account(streams: &mut Streams, id: u64, name: &str, role: &str) {
    let (account, name, role) = (format!("u{id}"), name.to_owned(), role.to_owned());
    streams.server(
        DISTRICT,
        Fact::Operator(OperatorFact { id, account, name, role, ..OperatorFact::default() }),
    );
}

/// A recorder, a doctor, and the examiner whom the doctor's name says.
fn team(streams: &mut Streams) {
    account(streams, RECORDER, "录入员甲", "recorder");
    account(streams, DOCTOR, "医生乙", "doctor");
    let name = "医生乙".to_owned();
    let fact = ExaminerFact { id: EXAMINER, name, ..ExaminerFact::default() };
    streams.server(DISTRICT, Fact::Examiner(fact));
}

fn at(station: u32, operator: u64, examiner: u64) -> Header {
    Header { station, operator, examiner, ..header(person(1)) }
}

/// A save of the ultrasound's finding.
fn typed(streams: &mut Streams, operator: u64, examiner: u64, value: i64) -> Placed {
    let fact = save(vec![result("ultrasound", value)], Vec::new());
    streams.put(VILLAGE, TABLET, of(at(ULTRASOUND, operator, examiner), Fact::Save(fact)))
}

fn confirmed(streams: &mut Streams, saves: &[&Placed]) -> Placed {
    let saves = saves.iter().map(|one| EntryReference::from(&one.reference())).collect();
    let fact = Fact::Confirmation(ConfirmationFact { saves });
    streams.put(VILLAGE, OTHER_TABLET, of(at(ULTRASOUND, DOCTOR, EXAMINER), fact))
}

fn check(what: &str, expected: usize, story: &dyn Fn(&mut Streams)) {
    let mut streams = Streams::default();
    story(&mut streams);
    let waiting = |placed: &[Placed]| {
        let mut place = place(Role::Device);
        let one_by_one: Vec<&[Placed]> = placed.chunks(1).collect();
        let waiting = |store: &store::Store| {
            let unit = UnitCode(VILLAGE.to_owned());
            store.unconfirmed(RoundId(ROUND), &unit).unwrap().len()
        };
        place.store.write(|tx| arrive(tx, &one_by_one)).unwrap();
        let arrived = waiting(&place.store);
        place.store.write(|tx| rebuild(tx, Catalogue::builtin())).unwrap();
        assert_eq!(arrived, waiting(&place.store), "{what}: rebuilt");
        arrived
    };
    assert_eq!(waiting(&streams.placed), expected, "{what}");
    let turned: Vec<Placed> = streams.placed.iter().rev().cloned().collect();
    assert_eq!(waiting(&turned), expected, "{what}: in another order");
}

#[test]
fn what_was_typed_for_an_examiner_waits_until_they_say_so_and_a_later_value_waits_again() {
    check("typed by a recorder", 1, &|streams| {
        team(streams);
        typed(streams, RECORDER, EXAMINER, 1);
    });
    check("confirmed", 0, &|streams| {
        team(streams);
        let one = typed(streams, RECORDER, EXAMINER, 1);
        confirmed(streams, &[&one]);
    });
    check("typed by the examiner", 0, &|streams| {
        team(streams);
        typed(streams, DOCTOR, EXAMINER, 1);
    });
    check("typed by a doctor who names nobody else", 0, &|streams| {
        team(streams);
        typed(streams, DOCTOR, 0, 1);
    });
    check("typed by a doctor for another examiner", 1, &|streams| {
        team(streams);
        typed(streams, DOCTOR, 9, 1);
    });
    check("typed with nobody named", 1, &|streams| {
        team(streams);
        typed(streams, RECORDER, 0, 1);
    });
    check("accounts are not here yet: nobody's word is known", 1, &|streams| {
        typed(streams, DOCTOR, EXAMINER, 1);
    });
    check("amended after it was confirmed", 1, &|streams| {
        team(streams);
        let one = typed(streams, RECORDER, EXAMINER, 1);
        confirmed(streams, &[&one]);
        let saw = saw(&[(&one, &["ultrasound"])]);
        let fact = save(vec![result("ultrasound", 2)], saw);
        streams.put(VILLAGE, TABLET, of(at(ULTRASOUND, RECORDER, EXAMINER), Fact::Save(fact)));
    });
    check("amended, and the first was never confirmed", 1, &|streams| {
        team(streams);
        let one = typed(streams, RECORDER, EXAMINER, 1);
        let saw = saw(&[(&one, &["ultrasound"])]);
        let fact = save(vec![result("ultrasound", 2)], saw);
        streams.put(VILLAGE, TABLET, of(at(ULTRASOUND, RECORDER, EXAMINER), Fact::Save(fact)));
    });
    check("amended by the examiner", 0, &|streams| {
        team(streams);
        let one = typed(streams, RECORDER, EXAMINER, 1);
        let saw = saw(&[(&one, &["ultrasound"])]);
        let fact = save(vec![result("ultrasound", 2)], saw);
        streams.put(VILLAGE, TABLET, of(at(ULTRASOUND, DOCTOR, EXAMINER), Fact::Save(fact)));
    });
    check("withdrawn", 0, &|streams| {
        team(streams);
        let one = typed(streams, RECORDER, EXAMINER, 1);
        let void = void(saw(&[(&one, &["ultrasound"])]));
        let head = at(ULTRASOUND, RECORDER, 0);
        streams.put(VILLAGE, TABLET, of(head, Fact::Void(void)));
    });
}

#[test]
fn only_current_dictated_values_wait_and_a_held_word_is_no_word() {
    check("a measure at another station", 0, &|streams| {
        team(streams);
        let fact = Fact::Save(save(pressure(118, 76), Vec::new()));
        streams.put(VILLAGE, TABLET, of(at(3, RECORDER, EXAMINER), fact));
    });
    check("a reason in place of a value", 0, &|streams| {
        team(streams);
        let fact = Fact::Save(save(vec![refused("ultrasound")], Vec::new()));
        streams.put(VILLAGE, TABLET, of(at(ULTRASOUND, RECORDER, EXAMINER), fact));
    });
    check("what a confirmation names is somebody else's", 1, &|streams| {
        team(streams);
        let one = typed(streams, RECORDER, EXAMINER, 1);
        let other = Header { person: person(2).0.as_bytes().to_vec(), ..at(8, RECORDER, EXAMINER) };
        let fact = Fact::Save(save(vec![result("ultrasound", 1)], Vec::new()));
        let other = streams.put(VILLAGE, TABLET, of(other, fact));
        // Said about the one, of the other's save: nothing of either.
        let saves = vec![EntryReference::from(&other.reference())];
        let head = at(ULTRASOUND, DOCTOR, EXAMINER);
        let fact = Fact::Confirmation(ConfirmationFact { saves });
        streams.put(VILLAGE, OTHER_TABLET, of(head, fact));
        confirmed(streams, &[&one]);
    });
    check("a confirmation that is held", 1, &|streams| {
        team(streams);
        let one = typed(streams, RECORDER, EXAMINER, 1);
        let word = confirmed(streams, &[&one]);
        streams.server(VILLAGE, Fact::Held(held(&word)));
    });
    check("a save that is held", 0, &|streams| {
        team(streams);
        let one = typed(streams, RECORDER, EXAMINER, 1);
        streams.server(VILLAGE, Fact::Held(held(&one)));
    });
    check("an account said for another name", 0, &|streams| {
        team(streams);
        let name = "技师丙".to_owned();
        let fact = ExaminerFact { id: 9, name, operator: RECORDER, ..ExaminerFact::default() };
        streams.server(DISTRICT, Fact::Examiner(fact));
        typed(streams, RECORDER, 9, 1);
    });
}
