//! A stop's people and who came on a day, through the projection: whoever came to another stop first is of both, a newer roster's
//! class stands, and a day is of whoever was there.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod projection_support;

use chrono::NaiveDate;
use domain::facts::Standing;
use domain::ids::{PersonId, RoundId, UnitCode};
use domain::rule::Level;
use projection_support::build::*;
use projection_support::*;
use protocol::fact::{DetailsFact, RosterRowFact};
use protocol::{Fact, Header};
use store::{Role, StopPerson, Store};

const TABLET: [u8; 16] = [0x11; 16];
const OTHER_TABLET: [u8; 16] = [0x22; 16];
const THIRD: &str = "431302100224";
const MONDAY: i32 = DAY;
const TUESDAY: i32 = DAY + 1;

fn unit(code: &str) -> UnitCode {
    UnitCode(code.to_owned())
}

fn date(day: i32) -> NaiveDate {
    protocol::convert::day_date(day).unwrap()
}

fn on(who: PersonId, day: i32) -> Header {
    Header { day: Some(day), ..header(who) }
}

fn arrived(streams: &Streams) -> Place {
    let mut place = place(Role::Device);
    keep(&mut place.store, &streams.placed);
    place
}

fn people(store: &Store, code: &str) -> Vec<StopPerson> {
    store.stop_people(RoundId(ROUND), &unit(code), &|_, _| true).unwrap()
}

fn ids(store: &Store, code: &str) -> Vec<PersonId> {
    people(store, code).into_iter().map(|one| one.person).collect()
}

/// How many answers of each person who came.
fn came(store: &Store, code: &str, day: i32) -> Vec<(PersonId, usize)> {
    let visits = store.visits(RoundId(ROUND), &unit(code), date(day)).unwrap();
    visits.into_iter().map(|(person, visit)| (person, visit.items.len())).collect()
}

/// Monday the height at the other village, Tuesday a pressure of level A here.
fn two_stops(streams: &mut Streams, who: PersonId) {
    let height = save(vec![result("height_cm", 160)], Vec::new());
    streams.put(OTHER, OTHER_TABLET, of(on(who, MONDAY), Fact::Save(height)));
    let high = save(pressure(190, 120), Vec::new());
    streams.put(VILLAGE, TABLET, of(on(who, TUESDAY), Fact::Save(high)));
}

#[test]
fn whoever_came_to_another_stop_first_is_of_the_second_too() {
    let mut streams = Streams::default();
    let who = person(1);
    two_stops(&mut streams, who);
    // Another tablet that has not seen the first one's value.
    let other = save(vec![result("sbp1_mmhg", 150)], Vec::new());
    streams.put(VILLAGE, [0x33; 16], of(on(who, TUESDAY), Fact::Save(other)));
    let place = arrived(&streams);
    let store = &place.store;
    assert_eq!(store.untold(RoundId(ROUND)).unwrap(), [who], "wherever they are listed");
    for (code, here) in [(OTHER, 1), (VILLAGE, 1), (THIRD, 0)] {
        assert_eq!(ids(store, code).len(), here, "{code}");
        assert_eq!(store.unanswered(RoundId(ROUND), &unit(code)).unwrap().len(), here, "{code}");
        assert_eq!(store.conflict_count(RoundId(ROUND), &unit(code)).unwrap(), here as u64);
        let counted = store.coverage(RoundId(ROUND), Some(&unit(code))).unwrap();
        let counted: u32 =
            counted.iter().map(|one| one.examined_other_village + one.examined_outside).sum();
        let told = people(store, code);
        let elsewhere = |one: &&StopPerson| one.counts_as.is_some_and(|s| s != Standing::Listed);
        assert_eq!(told.iter().filter(elsewhere).count(), counted as usize, "{code}");
    }
    assert!(people(store, OTHER)[0].is_first_of(&unit(OTHER)));
    assert!(!people(store, VILLAGE)[0].is_first_of(&unit(VILLAGE)), "the first stop concludes");
}

#[test]
fn a_day_at_a_stop_is_of_whoever_was_there_and_of_what_was_recorded_there() {
    let mut streams = Streams::default();
    let who = person(1);
    two_stops(&mut streams, who);
    // Listed here, examined at the other village today.
    let listed = person(2);
    let rows = vec![row(Some(listed), details("李四"))];
    streams.put(VILLAGE, SERVER, of(roster_header(), Fact::Roster(roster(1, rows))));
    let height = save(vec![result("height_cm", 170)], Vec::new());
    streams.put(OTHER, OTHER_TABLET, of(on(listed, TUESDAY), Fact::Save(height.clone())));
    // Registered and gone.
    let gone = person(3);
    let told = registration(details("王五"), VILLAGE, "");
    streams.put(VILLAGE, TABLET, of(on(gone, TUESDAY), Fact::Registration(told)));
    // Noted as absent by whoever ended the class; and a sheet of the wrong person, withdrawn.
    let absent = save(vec![refused("height_cm")], Vec::new());
    streams.put(VILLAGE, TABLET, of(on(person(4), TUESDAY), Fact::Save(absent)));
    let wrong =
        streams.put(VILLAGE, TABLET, of(on(person(5), TUESDAY), Fact::Save(height.clone())));
    let withdrawn = void(saw(&[(&wrong, &["height_cm"])]));
    streams.put(VILLAGE, TABLET, of(on(person(5), TUESDAY), Fact::Void(withdrawn)));
    // Monday's height put right on Tuesday.
    let first = streams.put(VILLAGE, TABLET, of(on(person(6), MONDAY), Fact::Save(height)));
    let mut right = save(vec![result("height_cm", 171)], saw(&[(&first, &["height_cm"])]));
    right.reason = "误录".to_owned();
    streams.put(VILLAGE, TABLET, of(on(person(6), TUESDAY), Fact::Save(right)));
    let place = arrived(&streams);
    let store = &place.store;
    assert_eq!(came(store, VILLAGE, TUESDAY), [(who, 2), (gone, 0)]);
    assert_eq!(came(store, VILLAGE, MONDAY), [(person(6), 1)]);
    assert_eq!(came(store, OTHER, MONDAY), [(who, 1)]);
    assert_eq!(came(store, OTHER, TUESDAY), [(listed, 1)]);
    let here = ids(store, VILLAGE);
    assert!(came(store, VILLAGE, TUESDAY).iter().all(|(person, _)| here.contains(person)));
}

fn pupil(who: PersonId, group: &str) -> RosterRowFact {
    let grade = Some("四年级".to_owned());
    RosterRowFact {
        group: Some(group.to_owned()),
        grade,
        kind: 2,
        ..row(Some(who), DetailsFact { ..details("向明") })
    }
}

#[test]
fn a_pupil_moved_by_a_newer_roster_of_the_same_round_is_in_the_new_class_alone() {
    let mut streams = Streams::default();
    let (moved, stays) = (person(1), person(2));
    let first = roster(1, vec![pupil(moved, "1班"), pupil(stays, "1班")]);
    streams.put(VILLAGE, SERVER, of(roster_header(), Fact::Roster(first)));
    let mut newer =
        roster(2, vec![RosterRowFact { grade: Some("五年级".to_owned()), ..pupil(moved, "2班") }]);
    newer.seed = vec![2; 16];
    streams.put(VILLAGE, SERVER, of(roster_header(), Fact::Roster(newer)));
    let class = |store: &Store, group: &str| -> Vec<PersonId> {
        let wanted = |_: Option<&str>, own: Option<&str>| own == Some(group);
        let all = store.stop_people(RoundId(ROUND), &unit(VILLAGE), &wanted).unwrap();
        all.into_iter().map(|one| one.person).collect()
    };
    for turned in [false, true] {
        let mut placed = streams.placed.clone();
        if turned {
            placed.reverse();
        }
        let mut place = place(Role::Device);
        let one_by_one: Vec<&[Placed]> = placed.chunks(1).collect();
        place.store.write(|tx| arrive(tx, &one_by_one)).unwrap();
        assert_eq!(class(&place.store, "1班"), [stays]);
        assert_eq!(class(&place.store, "2班"), [moved]);
        let expected = place.store.expected(RoundId(ROUND), Some(&unit(VILLAGE))).unwrap();
        let grades: Vec<_> = expected.iter().map(|one| one.grade.as_deref()).collect();
        assert_eq!(grades, [Some("五年级"), Some("四年级")], "counted once, in the newer grade");
    }
}

#[test]
fn two_spellings_of_a_class_are_one_called_as_it_was_said_last() {
    let mut streams = Streams::default();
    let (first, second, third) = (person(1), person(2), person(3));
    let graded = |who: PersonId, grade: &str| RosterRowFact {
        grade: Some(grade.to_owned()),
        ..pupil(who, "1班")
    };
    let old = roster(1, vec![graded(first, "初一"), graded(third, "初二")]);
    streams.put(VILLAGE, SERVER, of(roster_header(), Fact::Roster(old)));
    let mut newer = roster(2, vec![graded(second, "七年级")]);
    newer.seed = vec![2; 16];
    streams.put(VILLAGE, SERVER, of(roster_header(), Fact::Roster(newer)));
    let place = arrived(&streams);
    let class = |wanted: &str| -> Vec<PersonId> {
        let is_wanted = |grade: Option<&str>, _: Option<&str>| grade == Some(wanted);
        let all = place.store.stop_people(RoundId(ROUND), &unit(VILLAGE), &is_wanted).unwrap();
        all.into_iter().map(|one| one.person).collect()
    };
    assert_eq!(class("七年级"), [first, second]);
    assert_eq!(class("初一"), []);
    let expected = place.store.expected(RoundId(ROUND), Some(&unit(VILLAGE))).unwrap();
    let grades: Vec<_> = expected.iter().map(|one| one.grade.as_deref()).collect();
    assert_eq!(grades, [Some("七年级"), Some("七年级"), Some("初二")]);
    // Control: another year is another class, by the only name it has; nobody is lost.
    assert_eq!((class("初二"), ids(&place.store, VILLAGE).len()), (vec![third], 3));
}

/// The start page asks for these whenever it opens: of nobody else's checkup a row is read.
#[test]
fn checkups_with_a_level_a_are_those_of_the_stops_people_found_by_the_index() {
    let mut streams = Streams::default();
    two_stops(&mut streams, person(1));
    let usual = save(pressure(118, 76), Vec::new());
    streams.put(VILLAGE, TABLET, of(on(person(2), TUESDAY), Fact::Save(usual)));
    let place = arrived(&streams);
    let store = &place.store;
    let grave = |code: &str| store.grave_checkups(RoundId(ROUND), &unit(code)).unwrap();
    for code in [VILLAGE, OTHER, THIRD] {
        let all = people(store, code);
        let is_a = |one: &&StopPerson| {
            let judgements = one.checkup.iter().flat_map(|checkup| &checkup.judgements);
            judgements.into_iter().any(|judgement| judgement.level == Level::A)
        };
        let expected: Vec<PersonId> = all.iter().filter(is_a).map(|one| one.person).collect();
        let found: Vec<PersonId> = grave(code).into_iter().map(|one| one.person).collect();
        assert_eq!(found, expected, "{code}");
    }
    // The control: somebody is here without one.
    assert_eq!((ids(store, VILLAGE).len(), grave(VILLAGE).len()), (2, 1));
    let at = store.stop_checkup(RoundId(ROUND), person(1)).unwrap().unwrap();
    let one = grave(VILLAGE).remove(0);
    assert_eq!(
        (one.kind, one.day, one.results, one.judgements),
        (at.kind, at.day, at.results, at.judgements)
    );
    let sql = "EXPLAIN QUERY PLAN SELECT c.results FROM checkup c WHERE c.round = 1 AND c.worst = 3
               AND (c.unit = 'x' OR c.stop = 'x' OR instr(c.places, 'x') > 0) ORDER BY c.person";
    let plan = store.read(|tx| tx.rows(sql, &[], |row| Ok(row.text(3)?.to_owned())));
    assert!(plan.unwrap().join("\n").contains("USING INDEX checkup_unit"));
}
