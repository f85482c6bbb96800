//! Classes move up: the school's new roster for the next round puts every pupil into the new class, as the same person with
//! what was measured before; who left is not called, and who is new is new. Through the real server and a device.

use domain::facts::PersonDetails;
use domain::ids::{PersonId, RoundId, UnitCode};
use field::{Enrolment, Home, Key, NewPerson, RecordOrder};
use office::RosterOrder;
use server::console::NewRound;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use store::{StopPerson, Store};
use stories::cast;
use stories::central::Central;
use stories::line::Line;
use stories::steady::SteadyHost;
use stories::team::said;

const HEAD: &str = "姓名,性别,身份证号,学籍号,出生日期,年级,班级";
/// The pupil without an ID number is known by name and birth date, at this school.
const SPRING: [&str; 4] = [
    "向明,男,431399201605120014,,2016-05-12,三年级,1班",
    "田甜,女,431399201606030029,,2016-06-03,三年级,1班",
    "石无证,男,,,2016-09-20,三年级,2班",
    "彭离校,女,431399201511110042,,2015-11-11,三年级,2班",
];
/// A year up; one changes the class as well, one has left, one is new.
const AUTUMN: [&str; 4] = [
    "向明,男,431399201605120014,,2016-05-12,四年级,1班",
    "田甜,女,431399201606030029,,2016-06-03,四年级,2班",
    "石无证,男,,,2016-09-20,四年级,2班",
    "龙新来,男,43139920170110003X,,2017-01-10,四年级,1班",
];

fn import(central: &Central, folder: &Path, round: &str, school: &str, rows: &[&str]) -> u32 {
    let file = folder.join(format!("{round}.csv"));
    std::fs::write(&file, format!("{HEAD}\n{}\n", rows.join("\n"))).unwrap();
    let order =
        RosterOrder { round: round.to_owned(), unit: Some(school.to_owned()), files: vec![file] };
    let imported = said(central.console().import_roster(&order));
    assert_eq!(imported.rows, 4, "{:?}", imported.problems);
    imported.accepted
}

fn round(central: &Central, name: &str, from: &str, to: &str) -> RoundId {
    let [name, from, to] = [name, from, to].map(str::to_owned);
    said(central.console().create_round(&NewRound {
        name,
        from,
        to,
        levels_confirmed_by: String::new(),
    }))
}

/// Who is on a class's list, by name.
fn class(
    store: &Store,
    round: RoundId,
    school: &UnitCode,
    grade: &str,
    group: &str,
) -> BTreeSet<String> {
    let wanted = |of: Option<&str>, own: Option<&str>| of == Some(grade) && own == Some(group);
    let people: Vec<StopPerson> = store.stop_people(round, school, &wanted).unwrap();
    let listed = people
        .into_iter()
        .filter(|one| one.is_listed && wanted(one.grade.as_deref(), one.group.as_deref()))
        .map(|one| one.details.name);
    listed.collect()
}

fn names(of: &[&str]) -> BTreeSet<String> {
    of.iter().map(|name| (*name).to_owned()).collect()
}

fn person(store: &Store, name: &str) -> (PersonId, PersonDetails) {
    let found = store.find(name, 9).unwrap();
    assert_eq!(found.len(), 1, "one person, whatever rosters say");
    (found[0].person, found[0].details.clone())
}

fn device(folder: &Path, order: &Enrolment) -> Home {
    let key = Key::new([7; 32]);
    let home = folder.join("device");
    let host = Arc::new(SteadyHost::new("promotion"));
    said(Home::enrol(&home, &key, host.clone(), order));
    said(Home::open(&home, &key, host))
}

#[test]
fn a_new_rounds_list_stands_over_a_phone_told_a_round_before_and_under_one_told_in_this_round() {
    let folder = tempfile::tempdir().unwrap();
    let central = Central::init(folder.path(), "server");
    let spring = round(&central, "春季", "2026-03-01", "2026-06-30");
    let autumn = round(&central, "秋季", "2026-09-01", "2026-12-31");
    let made = said(central.console().create_enrolment(&[cast::VILLAGE.to_owned()]));
    let line = Line::new();
    line.lead_to(central.start());
    let order = Enrolment {
        server: line.url(),
        code: made.code,
        ca_pin: made.ca_pin,
        name: "一号机".to_owned(),
    };
    let mut device = device(folder.path(), &order);
    said(device.sync());
    let told = |round: RoundId, id_number: &str, name: &str| NewPerson {
        round: round.to_string(),
        unit: cast::VILLAGE.to_owned(),
        name: name.to_owned(),
        id_number: Some(id_number.to_owned()),
        phone: Some("13900000001".to_owned()),
        ..NewPerson::default()
    };
    let (before, now) = ("431399197003070014", "431399197003070030");
    assert!(said(device.register(&told(spring, before, "周从前"))).new);
    assert!(said(device.register(&told(autumn, now, "孙如今"))).new);
    said(device.sync());
    let rows = [("周从前", before), ("孙如今", now)]
        .map(|(name, number)| format!("{name},男,{number},13900000002\n"));
    let file = folder.path().join("autumn.csv");
    std::fs::write(&file, format!("姓名,性别,身份证号,电话\n{}", rows.concat())).unwrap();
    let order = RosterOrder {
        round: autumn.to_string(),
        unit: Some(cast::VILLAGE.to_owned()),
        files: vec![file],
    };
    assert_eq!(said(central.console().import_roster(&order)).accepted, 2);
    let phone = |name: &str| person(&central.store(), name).1.phone.unwrap_or_default();
    assert_eq!(phone("周从前"), "13900000002", "the number of two rounds ago rings nowhere");
    assert_eq!(phone("孙如今"), "13900000001", "what somebody said at the desk stands");
}

#[test]
fn a_new_roster_moves_the_classes_up_and_everybody_stays_the_same_person() {
    let folder = tempfile::tempdir().unwrap();
    let central = Central::init(folder.path(), "server");
    let spring = round(&central, "春季", "2026-03-01", "2026-06-30");
    let autumn = round(&central, "秋季", "2026-09-01", "2026-12-31");
    let school = said(central.console().add_school(cast::SCHOOL, cast::SCHOOL_TOWNSHIP));
    let of = |round: RoundId, rows: &[&str]| {
        import(&central, folder.path(), &round.to_string(), &school.0, rows)
    };
    assert_eq!(of(spring, &SPRING), 4);
    let made = said(central.console().create_enrolment(std::slice::from_ref(&school.0)));
    let line = Line::new();
    line.lead_to(central.start());
    let order = Enrolment {
        server: line.url(),
        code: made.code,
        ca_pin: made.ca_pin,
        name: "一号机".to_owned(),
    };
    let mut device = device(folder.path(), &order);
    said(device.sync());
    assert_eq!(class(device.store(), spring, &school, "三年级", "1班"), names(&["向明", "田甜"]));
    let before = person(device.store(), "石无证").0;
    let rows = "kind,unit,id_number,name,sex,birth,exam_date,height_cm\n\
                student,,431399201605120014,向明,M,2016-05-12,2026-04-14,131.5\n";
    let file = folder.path().join("heights.csv");
    std::fs::write(&file, rows).unwrap();
    let record = RecordOrder {
        round: spring.to_string(),
        station: Some("general".to_owned()),
        unit: Some(school.0.clone()),
        operator: None,
        examiner: None,
    };
    assert_eq!(said(device.record(&record, &file, &mut |_, _| {})).results, 1);

    // The school's roster of the next round, at the server; the device learns of it by sync.
    assert_eq!(of(autumn, &AUTUMN), 4);
    said(device.sync());
    let store = device.store();
    assert_eq!(class(store, autumn, &school, "四年级", "1班"), names(&["向明", "龙新来"]));
    assert_eq!(class(store, autumn, &school, "四年级", "2班"), names(&["石无证", "田甜"]));
    assert!(class(store, autumn, &school, "三年级", "2班").is_empty(), "who left is not called");
    // The round before stays as it was, with whoever left.
    assert_eq!(class(store, spring, &school, "三年级", "2班"), names(&["彭离校", "石无证"]));
    assert_eq!(person(store, "石无证").0, before, "known without an ID number, too");
    let view = store.person(person(store, "向明").0).unwrap().unwrap();
    let grades: Vec<Option<&str>> = view.listings.iter().map(|one| one.grade.as_deref()).collect();
    assert_eq!(grades.len(), 2);
    assert!(grades.contains(&Some("三年级")) && grades.contains(&Some("四年级")));
    let heights: Vec<RoundId> = view.values.iter().map(|value| value.round).collect();
    assert_eq!(heights, [spring], "the height of the round before is the same person's");
    // Control: another birth date is another pupil.
    let other = "石无证,男,,,2016-09-21,四年级,2班";
    let file = folder.path().join("other.csv");
    std::fs::write(&file, format!("{HEAD}\n{other}\n")).unwrap();
    let order =
        RosterOrder { round: autumn.to_string(), unit: Some(school.0.clone()), files: vec![file] };
    assert_eq!(said(central.console().import_roster(&order)).accepted, 1);
}
