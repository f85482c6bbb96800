//! Finding people by whatever is at hand, matching a recorded row to a person, and what a person's view shows.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod projection_support;

use chrono::NaiveDate;
use domain::facts::PersonDetails;
use domain::ids::{PersonId, RoundId, UnitCode};
use projection_support::build::*;
use projection_support::*;
use protocol::Fact;
use protocol::fact::DetailsFact;
use store::{PersonMatch, Role, Store};

fn unit(code: &str) -> UnitCode {
    UnitCode(code.to_owned())
}

/// 1 张小华 with everything; 2 曾丽 without an ID number; 3 欧阳娜娜, registered only; 4 张华.
fn register() -> Place {
    let mut place = place(Role::Device);
    let everything = DetailsFact {
        student_no: Some("G431399201501011234".to_owned()),
        phone: Some("13807381234".to_owned()),
        ..with_id("张小华", 7)
    };
    let rows = vec![
        row(Some(person(1)), everything),
        row(Some(person(2)), details("曾丽")),
        row(Some(person(4)), with_id("张华", 23)),
    ];
    let entries = [
        of(roster_header(), Fact::Roster(roster(1, rows))),
        of(header(person(3)), Fact::Registration(registration(with_id("欧阳娜娜", 44), OTHER, ""))),
    ];
    place.store.append(&unit(VILLAGE), &entries).unwrap();
    place
}

#[test]
fn people_are_found_by_whatever_is_at_hand() {
    let place = register();
    let whole = id_number(7);
    let check = |text: &str, expected: &[u8]| {
        let found = place.store.find(text, 20).unwrap();
        let people: Vec<PersonId> = found.iter().map(|found| found.person).collect();
        let expected: Vec<PersonId> = expected.iter().map(|number| person(*number)).collect();
        let mut sorted = people.clone();
        sorted.sort();
        assert_eq!(sorted, expected, "{text}");
    };
    check(&whole, &[1]);
    check(&whole.to_lowercase(), &[1]);
    check(&format!(" {} ", &whole[..6]), &[1, 3, 4]);
    check(&whole[12..], &[1]);
    check(&whole[14..], &[1]);
    check("G431399201501011234", &[1]);
    check("1234", &[1]);
    check("13807381234", &[1]);
    check("1380738", &[1]);
    check("张小华", &[1]);
    check("张 小 华", &[1]);
    check("小华", &[1]);
    check("张华", &[1, 4]);
    check("张", &[1, 4]);
    check("欧阳", &[3]);
    check("阳娜娜", &[3]);
    check("娜娜", &[3]);
    check("zhangxiaohua", &[1]);
    check("zhangx", &[1]);
    check("ZXH", &[1]);
    check("zh", &[1, 4]);
    check("zengli", &[2]);
    check("oynn", &[3]);
    check("曾丽", &[2]);
    check("１３８０７３８１２３４", &[1]);
    for nobody in ["", " ", "9", "李四", "华张", "xyz", "%", "_", "'; DROP TABLE person", "9999999"]
    {
        check(nobody, &[]);
    }
}

#[test]
fn a_whole_match_comes_first_and_the_limit_holds() {
    let place = register();
    let found = place.store.find("张华", 20).unwrap();
    assert_eq!(found[0].person, person(4), "the name itself before names that contain it");
    assert_eq!(found[0].unit, Some(unit(VILLAGE)));
    assert_eq!(found[0].group.as_deref(), Some("三组"));
    assert_eq!(found[0].rounds, [RoundId(ROUND)]);
    assert_eq!(place.store.find("张", 1).unwrap().len(), 1);
    let registered = &place.store.find("欧阳娜娜", 20).unwrap()[0];
    assert_eq!((registered.unit.clone(), registered.rounds.len()), (Some(unit(OTHER)), 0));
}

/// Every search reads an index: a plan that scans a table is named.
#[test]
fn no_search_reads_a_table_through() {
    let place = register();
    let plan = |sql: &str| -> String {
        let sql = format!("EXPLAIN QUERY PLAN {sql}");
        let rows = place.store.read(|tx| tx.rows(&sql, &[], |row| Ok(row.text(3)?.to_owned())));
        rows.unwrap().join("\n")
    };
    let columns = [
        "id_number",
        "id_number_reversed",
        "student_no",
        "student_reversed",
        "phone",
        "phone_reversed",
        "name_key",
        "pinyin",
        "initials",
    ];
    for column in columns {
        for condition in [format!("{column} = 'x'"), format!("{column} >= 'x' AND {column} < 'y'")]
        {
            let plan = plan(&format!("SELECT person FROM person WHERE {condition} LIMIT 20"));
            assert!(plan.contains("SEARCH person USING INDEX"), "{condition}\n{plan}");
        }
    }
    // Control: a condition no index serves is seen.
    assert!(plan("SELECT person FROM person WHERE address = 'x'").contains("SCAN"));
}

#[test]
fn a_recorded_row_means_the_person_its_number_or_name_and_birth_date_say() {
    let place = register();
    let birth = NaiveDate::from_ymd_opt(1960, 1, 1);
    let told = |name: &str, id_number: Option<String>, birth: Option<NaiveDate>| PersonDetails {
        name: name.to_owned(),
        id_number,
        birth,
        ..PersonDetails::default()
    };
    let check = |what: &str, at: &str, details: PersonDetails, expected: PersonMatch| {
        let found = place.store.match_person(RoundId(ROUND), &unit(at), &details).unwrap();
        assert_eq!(found, expected, "{what}");
    };
    let by_name = |number: u8, missing_id: bool| PersonMatch::ByNameBirthUnit {
        person: person(number),
        missing_id,
    };
    let number = |serial: u32| Some(id_number(serial));
    let by_number = |who: u8| PersonMatch::ByIdNumber(person(who));
    check("number", VILLAGE, told("张小华", number(7), birth), by_number(1));
    check("number, at another unit", OTHER, told("张小华", number(7), birth), by_number(1));
    check("number, name miswritten", VILLAGE, told("张晓华", number(7), birth), by_number(1));
    check("number, another's name", VILLAGE, told("李四", number(7), birth), PersonMatch::None);
    check("name and birth, number new", VILLAGE, told("曾丽", number(90), birth), by_name(2, true));
    check("name and birth, no number", VILLAGE, told("张小华", None, birth), by_name(1, false));
    check(
        "name and birth, other number",
        VILLAGE,
        told("张小华", number(8), birth),
        PersonMatch::None,
    );
    check("name and birth, other unit", OTHER, told("曾丽", None, birth), PersonMatch::None);
    check("registered, at home there", OTHER, told("欧阳娜娜", None, birth), by_name(3, false));
    check("registered at the stop", VILLAGE, told("欧阳娜娜", None, birth), by_name(3, false));
    check("name alone", VILLAGE, told("曾丽", None, None), PersonMatch::None);
    check("nobody", VILLAGE, told("赵六", number(91), birth), PersonMatch::None);
}

#[test]
fn two_people_of_one_name_and_birth_date_are_left_to_a_person() {
    let mut place = place(Role::Device);
    let rows = vec![row(Some(person(1)), details("王芳")), row(Some(person(2)), details("王芳"))];
    let entry = of(roster_header(), Fact::Roster(roster(1, rows)));
    place.store.append(&unit(VILLAGE), &[entry]).unwrap();
    let told = PersonDetails {
        name: "王芳".to_owned(),
        birth: NaiveDate::from_ymd_opt(1960, 1, 1),
        ..PersonDetails::default()
    };
    let found = place.store.match_person(RoundId(ROUND), &unit(VILLAGE), &told).unwrap();
    assert_eq!(found, PersonMatch::Ambiguous(vec![person(1), person(2)]));
}

fn view(store: &Store, number: u8) -> store::PersonView {
    store.person(person(number)).unwrap().unwrap()
}

#[test]
fn a_persons_view_shows_every_value_ever_and_who_stands_behind_it() {
    let mut place = register();
    let at = unit(VILLAGE);
    let first = of(header(person(1)), Fact::Save(save(pressure(150, 90), Vec::new())));
    let first = place.store.append(&at, &[first]).unwrap()[0];
    let seen = vec![protocol::fact::SawFact {
        entry: Some(reference_fact(&first)),
        items: vec![item("sbp1_mmhg")],
    }];
    let amend = of(header(person(1)), Fact::Save(save(vec![result("sbp1_mmhg", 128)], seen)));
    let amend = place.store.append(&at, &[amend]).unwrap()[0];
    let shown = view(&place.store, 1);
    let of_systolic = shown.values.iter().filter(|v| u32::from(v.item.0) == item("sbp1_mmhg"));
    let told: Vec<_> = of_systolic.map(|v| (v.reference, v.current)).collect();
    assert_eq!(told, [(first, false), (amend, true)]);
    assert!(shown.values.iter().all(|v| v.operator.as_deref() == Some("0000000000000007")));
    assert!(shown.values.iter().all(|v| v.unit == at && v.station.is_some() && !v.conflict));
    assert_eq!(shown.listings.len(), 1);
    let stop = place.store.checkup_stop(RoundId(ROUND), person(1)).unwrap();
    assert_eq!(stop, NaiveDate::from_ymd_opt(2026, 9, 14).map(|day| (at, day)));
    assert_eq!(place.store.person(person(9)).unwrap(), None);
}
