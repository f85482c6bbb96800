//! Rosters in: what each row of an office's file comes to, and what a newer file of the same unit does.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod projection_support;

use chrono::NaiveDate;
use domain::facts::{PersonDetails, PersonKind, RosterRow};
use domain::ids::{RoundId, UnitCode};
use projection_support::build::*;
use projection_support::*;
use protocol::fact::{RegistrationFact, RosterRowFact};
use protocol::{Fact, Header};
use store::{ListRow, Listed, Role, Store, StoreError};

fn unit(code: &str) -> UnitCode {
    UnitCode(code.to_owned())
}

fn list_row(name: &str, id: Option<u32>, birth: Option<(i32, u32, u32)>) -> RosterRow {
    RosterRow {
        details: PersonDetails {
            name: name.to_owned(),
            id_number: id.map(id_number),
            birth: birth.and_then(|(y, m, d)| NaiveDate::from_ymd_opt(y, m, d)),
            ..PersonDetails::default()
        },
        group: Some("一组".to_owned()),
        ..RosterRow::default()
    }
}

const BORN: Option<(i32, u32, u32)> = Some((1960, 1, 1));

struct Office {
    place: Place,
    seeds: u8,
}

impl Office {
    fn new() -> Office {
        Office { place: place(Role::Server), seeds: 0 }
    }

    fn list_at(&mut self, at: &str, rows: &[RosterRow]) -> Listed {
        let rows: Vec<ListRow> = (1_u32..)
            .zip(rows)
            .map(|(number, row)| ListRow {
                row: row.clone(),
                kind: PersonKind::Resident,
                source_row: number,
            })
            .collect();
        let seeds = &mut self.seeds;
        let mut seed = || -> Result<[u8; 16], StoreError> {
            *seeds += 1;
            Ok([*seeds; 16])
        };
        let header = Header { day: Some(DAY), ..Header::default() };
        let store = &mut self.place.store;
        store.list_people(RoundId(ROUND), &unit(at), &rows, &header, &mut seed).unwrap()
    }

    fn list(&mut self, rows: &[RosterRow]) -> Listed {
        self.list_at(VILLAGE, rows)
    }

    fn expected(&self, at: &str) -> u32 {
        let coverage = self.place.store.coverage(RoundId(ROUND), Some(&unit(at))).unwrap();
        coverage.first().map_or(0, |coverage| coverage.expected)
    }

    fn verify(&self) {
        assert_eq!(self.place.store.verify(&mut |_| {}).unwrap(), Vec::new());
    }
}

/// accepted, merged, changed, no longer listed.
fn counts(listed: &Listed) -> (u32, u32, u32, usize) {
    (listed.accepted, listed.merged, listed.changed, listed.no_longer_listed.len())
}

#[test]
fn rows_are_new_or_merged_by_number_or_by_name_and_birth_date() {
    let check = |what: &str, rows: &[RosterRow], accepted: u32, merged: u32| {
        let mut office = Office::new();
        let listed = office.list(rows);
        assert_eq!((listed.accepted, listed.merged), (accepted, merged), "{what}");
        assert_eq!(office.expected(VILLAGE), accepted, "{what}");
        // The same file again changes nothing.
        let again = office.list(rows);
        assert_eq!(counts(&again), (0, rows.len() as u32, 0, 0), "{what}, again");
        assert_eq!(again.entries, Vec::new(), "{what}, again");
        office.verify();
    };
    check("no rows", &[], 0, 0);
    check("two people", &[list_row("张三", Some(1), BORN), list_row("李四", Some(2), BORN)], 2, 0);
    check("one twice", &[list_row("张三", Some(1), BORN), list_row("张三", Some(1), BORN)], 1, 1);
    check(
        "one twice, the name miswritten",
        &[list_row("张小华", Some(1), BORN), list_row("张晓华", Some(1), BORN)],
        1,
        1,
    );
    check(
        "one number, two people",
        &[list_row("张三", Some(1), BORN), list_row("李四", Some(1), BORN)],
        2,
        0,
    );
    check("without numbers", &[list_row("张三", None, BORN), list_row("张三", None, BORN)], 1, 1);
    check(
        "one name, two birth dates",
        &[list_row("张三", None, BORN), list_row("张三", None, Some((1971, 2, 3)))],
        2,
        0,
    );
    check(
        "one name and birth date, two numbers",
        &[list_row("张三", Some(1), BORN), list_row("张三", Some(2), BORN)],
        2,
        0,
    );
    check(
        "the number on the second row only",
        &[list_row("张三", None, BORN), list_row("张三", Some(1), BORN)],
        1,
        1,
    );
    check("neither number nor birth date", &[list_row("张三", None, None)], 1, 0);
}

#[test]
fn what_a_repeated_row_adds_is_kept() {
    let mut office = Office::new();
    let mut first = list_row("张三", None, BORN);
    first.note = Some("慢病".to_owned());
    let mut second = list_row("张三", Some(1), BORN);
    second.details.phone = Some("13807381234".to_owned());
    office.list(&[first, second]);
    let found = office.place.store.find(&id_number(1), 2).unwrap();
    assert_eq!(found[0].details.phone.as_deref(), Some("13807381234"));
    let view = office.place.store.person(found[0].person).unwrap().unwrap();
    assert_eq!(view.listings[0].note.as_deref(), Some("慢病"));
}

#[test]
fn a_newer_file_shows_new_changed_and_no_longer_listed_and_removes_nobody() {
    let mut office = Office::new();
    let old = [
        list_row("张三", Some(1), BORN),
        list_row("李四", None, BORN),
        list_row("王五", Some(3), BORN),
    ];
    assert_eq!(counts(&office.list(&old)), (3, 0, 0, 0));
    // 张三 unchanged; 李四 with a number now; 王五 gone; 赵六 new; 张三 without group says nothing new.
    let newer = [
        RosterRow { group: None, ..list_row("张三", Some(1), BORN) },
        list_row("李四", Some(2), BORN),
        list_row("赵六", Some(4), BORN),
    ];
    let listed = office.list(&newer);
    assert_eq!(counts(&listed), (1, 2, 1, 1));
    assert_eq!(listed.entries.len(), 1);
    let absent = office.place.store.person(listed.no_longer_listed[0]).unwrap().unwrap();
    assert_eq!(absent.details.name, "王五");
    assert_eq!(office.expected(VILLAGE), 4, "nobody leaves by absence");
    let changed = &office.place.store.find(&id_number(2), 2).unwrap()[0];
    assert_eq!(changed.details.name, "李四");
    // A moved group is a change; an empty one is not.
    let moved = RosterRow { group: Some("九组".to_owned()), ..list_row("张三", Some(1), BORN) };
    assert_eq!(counts(&office.list(&[moved])), (0, 1, 1, 3));
    let found = &office.place.store.find(&id_number(1), 2).unwrap()[0];
    assert_eq!(found.group.as_deref(), Some("九组"));
    office.verify();
}

#[test]
fn someone_known_from_elsewhere_keeps_the_id_and_is_told_where_else_listed() {
    let mut office = Office::new();
    office.list_at(OTHER, &[list_row("张三", Some(1), BORN)]);
    let registered = Fact::Registration(registration(details("李四"), "", ""));
    let entry = of(header(person(2)), registered);
    office.place.store.append(&unit(VILLAGE), &[entry]).unwrap();
    let listed = office.list(&[list_row("张三", Some(1), BORN), list_row("李四", Some(2), BORN)]);
    assert_eq!(counts(&listed), (2, 0, 0, 0));
    let codes: Vec<_> = listed.problems.iter().map(|p| (p.source_row, p.code)).collect();
    assert_eq!(codes, [(1, "listed_elsewhere")]);
    assert_eq!(office.place.store.find("张三", 9).unwrap().len(), 1, "one person, two lists");
    let walked_in = office.place.store.find("李四", 9).unwrap();
    assert_eq!((walked_in.len(), walked_in[0].person), (1, person(2)));
    office.verify();
}

#[test]
fn a_list_that_corrects_the_name_of_somebody_with_two_ids_parts_nobody() {
    let check = |what: &str, corrected: RosterRow, name: &str| {
        let mut office = Office::new();
        for number in [1, 2] {
            let who = registration(with_id("张小华", 7), VILLAGE, "");
            let entry = of(header(person(number)), Fact::Registration(who));
            office.place.store.append(&unit(VILLAGE), &[entry]).unwrap();
        }
        // A pressure of the id that does not name them.
        let save = Fact::Save(save(pressure(186, 112), Vec::new()));
        office.place.store.append(&unit(VILLAGE), &[of(header(person(2)), save)]).unwrap();
        for expected in [(1, 0, 0, 0), (0, 1, 0, 0)] {
            let listed = office.list(std::slice::from_ref(&corrected));
            assert_eq!(counts(&listed), expected, "{what}");
            let found = office.place.store.find(&id_number(7), 9).unwrap();
            let found: Vec<_> = found.iter().map(|one| one.details.name.as_str()).collect();
            assert_eq!(found, [name], "{what}");
            let view = office.place.store.person(person(2)).unwrap().unwrap();
            assert_eq!((view.person, view.also), (person(1), vec![person(2)]), "{what}");
            assert_eq!((view.findings.len(), office.expected(VILLAGE)), (1, 1), "{what}");
        }
        office.verify();
    };
    // The control: a list that says the same.
    check("the same name", list_row("张小华", Some(7), None), "张小华");
    check("a corrected name", list_row("张晓华", Some(7), None), "张晓华");
}

#[test]
fn one_number_under_two_names_is_told() {
    let mut office = Office::new();
    office.list(&[list_row("张三", Some(1), BORN)]);
    let listed = office.list(&[list_row("李四", Some(1), BORN)]);
    assert_eq!(counts(&listed), (1, 0, 0, 1));
    let codes: Vec<_> = listed.problems.iter().map(|p| p.code).collect();
    assert_eq!(codes, ["id_number_of_other_name"]);
    assert_eq!(office.place.store.find(&id_number(1), 9).unwrap().len(), 2);
}

#[test]
fn a_long_list_becomes_several_bounded_entries_and_one_failing_seed_writes_nothing() {
    let mut office = Office::new();
    let long: Vec<RosterRow> = (0..900_u32)
        .map(|number| {
            let mut row = list_row(&format!("测试{number}"), Some(number), BORN);
            row.details.address = Some("娄星区水洞底镇慕隆村".repeat(3));
            row
        })
        .collect();
    let listed = office.list(&long);
    assert_eq!(counts(&listed), (900, 0, 0, 0));
    assert!(listed.entries.len() > 1);
    assert_eq!(office.expected(VILLAGE), 900);
    let body_bytes = "SELECT max(length(body)) FROM entry";
    let longest = office.place.store.read(|tx| tx.int(body_bytes, &[])).unwrap().unwrap();
    assert!(longest <= 64 * 1024 - 64, "{longest}");

    #[derive(Debug, PartialEq)]
    enum Failed {
        Seed,
        Store,
    }
    impl From<StoreError> for Failed {
        fn from(_: StoreError) -> Failed {
            Failed::Store
        }
    }
    let row = ListRow {
        row: list_row("新来", Some(990), BORN),
        kind: PersonKind::Resident,
        source_row: 1,
    };
    let store: &mut Store = &mut office.place.store;
    let no_seed = &mut || Err(Failed::Seed);
    let header = Header::default();
    let failed = store.list_people(RoundId(ROUND), &unit(VILLAGE), &[row], &header, no_seed);
    assert_eq!(failed, Err(Failed::Seed));
    assert_eq!(office.expected(VILLAGE), 900);
}

const SCHOOL: &str = "431302204S01";
const PUPIL: u32 = 2;

/// A row of a list about somebody, said on a day or on none.
fn on_list(streams: &mut Streams, at: &str, kind: u32, day: Option<i32>) {
    let header = Header { day, ..roster_header() };
    let one = RosterRowFact { kind, ..row(Some(person(1)), with_id("张三", 1)) };
    let seed = u8::try_from(streams.placed.len()).unwrap() + 1;
    streams.put(at, SERVER, of(header, Fact::Roster(roster(seed, vec![one]))));
}

fn kind_at(store: &Store, at: &str) -> (PersonKind, bool) {
    let people = store.stop_people(RoundId(ROUND), &unit(at), &|_, _| true).unwrap();
    (people[0].kind, people[0].consent.is_some())
}

#[test]
fn on_two_lists_somebody_is_what_the_list_of_where_they_were_examined_says() {
    let check = |at: &str, expected: PersonKind| {
        let mut streams = Streams::default();
        on_list(&mut streams, SCHOOL, PUPIL, Some(DAY - 9));
        on_list(&mut streams, VILLAGE, 1, Some(DAY - 2));
        let saved = save(pressure(118, 76), Vec::new());
        streams.put(at, [1; 16], of(header(person(1)), Fact::Save(saved)));
        let mut store = place(Role::Server).store;
        keep(&mut store, &streams.placed);
        let view = store.person(person(1)).unwrap().unwrap();
        assert_eq!(view.checkups[0].kind, expected, "{at}");
        assert_eq!(view.kind_in(RoundId(ROUND)), expected, "{at}");
        assert_eq!(store.kind_in(RoundId(ROUND), person(1)).unwrap(), expected, "{at}");
        // Whoever is a pupil needs the family's slip, on whichever list they are looked at.
        let has_slip = expected == PersonKind::Pupil;
        assert_eq!(kind_at(&store, SCHOOL), (expected, has_slip), "{at}");
        assert_eq!(kind_at(&store, VILLAGE), (expected, has_slip), "{at}");
    };
    check(SCHOOL, PersonKind::Pupil);
    check(VILLAGE, PersonKind::Resident);
}

#[test]
fn what_somebody_was_in_another_round_they_are_not_in_this_one() {
    let mut streams = Streams::default();
    let before = Header { round: ROUND - 1, day: Some(DAY - 700), ..header(person(1)) };
    let told = RegistrationFact { kind: PUPIL, ..registration(with_id("张三", 1), "", "") };
    streams.put(SCHOOL, [1; 16], of(before, Fact::Registration(told)));
    on_list(&mut streams, VILLAGE, 1, None);
    let mut store = place(Role::Server).store;
    keep(&mut store, &streams.placed);
    let view = store.person(person(1)).unwrap().unwrap();
    assert_eq!(view.kind, PersonKind::Pupil, "the control: told last, with a day");
    let examined = |store: &Store| {
        let view = store.person(person(1)).unwrap().unwrap();
        let kind = store.kind_in(RoundId(ROUND), person(1)).unwrap();
        assert_eq!(view.kind_in(RoundId(ROUND)), kind);
        assert_eq!(view.kind_in(RoundId(ROUND - 1)), PersonKind::Pupil);
        (kind, kind_at(store, VILLAGE))
    };
    let adult = (PersonKind::Resident, (PersonKind::Resident, false));
    assert_eq!(examined(&store), adult);
    streams.save(1, person(1), save(pressure(118, 76), Vec::new()));
    keep(&mut store, &streams.placed[2..]);
    assert_eq!(examined(&store), adult, "examined, too");
}
