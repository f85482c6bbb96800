//! What a report is handed: a round's checkups, coverage and devices, for all units or one with those below it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod projection_support;

use chrono::NaiveDate;
use domain::facts::{CheckupState, ExportFacts, PersonKind, Standing};
use domain::ids::{RoundId, UnitCode};
use domain::unit::UnitKind;
use projection_support::build::*;
use projection_support::*;
use protocol::fact::{ExaminerFact, UnitFact};
use protocol::{Code, Fact, Header};
use store::{Role, StoreError};

const SCHOOL: &str = "431302105S01";

fn exported(place: &Place, under: Option<&str>) -> ExportFacts {
    let under = under.map(|code| UnitCode(code.to_owned()));
    let today = NaiveDate::from_ymd_opt(2026, 9, 14).unwrap();
    let as_of = "2026-09-14 17:30".to_owned();
    place.store.export_facts(RoundId(ROUND), under.as_ref(), as_of, today).unwrap()
}

/// 1 listed at the village and examined there; 2 listed at the village, examined at the other one; 3 from outside
/// examined at the village; 4 a pupil listed at a school, registered there, not yet examined; 5 listed, not seen.
fn day() -> Place {
    let mut streams = Streams::default();
    let unit = |name: &str| UnitFact {
        code: SCHOOL.to_owned(),
        kind: 4,
        name: name.to_owned(),
        parent: "431302105".to_owned(),
        ..UnitFact::default()
    };
    streams.server(DISTRICT, Fact::Unit(unit("中心小学")));
    streams.server(DISTRICT, Fact::Unit(unit("中心学校")));
    streams.server(DISTRICT, Fact::Round(round(ROUND, "第四轮")));
    let name = "陈医生".to_owned();
    let examiner = ExaminerFact { id: 8, name, ..ExaminerFact::default() };
    streams.server(DISTRICT, Fact::Examiner(examiner));
    let people = [(1, "张小华"), (2, "李四"), (5, "王五")];
    let rows = people.map(|(number, name)| row(Some(person(number)), details(name)));
    let list = Fact::Roster(roster(1, rows.to_vec()));
    streams.put(VILLAGE, [1; 16], of(roster_header(), list));
    let mut pupil = row(Some(person(4)), details("赵六"));
    (pupil.kind, pupil.grade) = (2, Some("一年级".to_owned()));
    streams.put(SCHOOL, [1; 16], of(roster_header(), Fact::Roster(roster(2, vec![pupil]))));
    let examined = |streams: &mut Streams, at: &str, number: u8, sbp: i64| {
        let fact = Fact::Save(save(pressure(sbp, 76), Vec::new()));
        streams.put(at, [2; 16], of(header(person(number)), fact));
    };
    examined(&mut streams, VILLAGE, 1, 184);
    examined(&mut streams, OTHER, 2, 118);
    let outside = Fact::Registration(registration(details("外来人"), "", "新化县"));
    streams.put(VILLAGE, [2; 16], of(header(person(3)), outside));
    examined(&mut streams, VILLAGE, 3, 118);
    let mut told = registration(details("赵六"), SCHOOL, "");
    told.kind = 2;
    streams.put(SCHOOL, [2; 16], of(header(person(4)), Fact::Registration(told)));
    let mut place = place(Role::Device);
    keep(&mut place.store, &streams.placed);
    place
}

#[test]
fn an_export_holds_who_was_registered_or_examined_with_what_stands() {
    let facts = exported(&day(), None);
    assert_eq!((facts.round.name.as_str(), facts.as_of.as_str()), ("第四轮", "2026-09-14 17:30"));
    let mut told: Vec<_> =
        facts.checkups.iter().map(|c| (c.person, c.unit.0.as_str(), c.standing, c.state)).collect();
    told.sort();
    use CheckupState::{Registered, Underway};
    let expected = [
        (person(1), VILLAGE, Standing::Listed, Underway),
        (person(2), VILLAGE, Standing::Listed, Underway),
        (person(3), VILLAGE, Standing::Outside, Underway),
        (person(4), SCHOOL, Standing::Listed, Registered),
    ];
    assert_eq!(told, expected);
    let first = facts.checkups.iter().find(|c| c.person == person(1)).unwrap();
    assert_eq!(first.examiners, ["陈医生"]);
    assert_eq!(first.group.as_deref(), Some("三组"));
    assert_eq!(first.judgements[0].code, "grade3");
    assert_eq!(first.day, Some(facts.today));
    let pupil = facts.checkups.iter().find(|c| c.person == person(4)).unwrap();
    assert_eq!((pupil.kind, pupil.day), (PersonKind::Pupil, None));
    assert_eq!(pupil.grade.as_deref(), Some("一年级"));
    let school = facts.units.iter().find(|unit| unit.code.0 == SCHOOL).unwrap();
    assert_eq!((school.name.as_str(), school.kind), ("中心学校", UnitKind::School));
    assert!(!school.township.is_empty());
}

#[test]
fn a_unit_exports_who_counts_there_and_who_was_examined_there() {
    let place = day();
    let check = |under: &str, people: &[u8], units: &[&str]| {
        let facts = exported(&place, Some(under));
        let mut found: Vec<_> = facts.checkups.iter().map(|c| c.person).collect();
        found.sort();
        assert_eq!(found, people.iter().map(|n| person(*n)).collect::<Vec<_>>(), "{under}");
        let covered: Vec<_> = facts.coverage.iter().map(|c| c.unit.code.0.as_str()).collect();
        assert_eq!(covered, units, "{under}");
    };
    check(VILLAGE, &[1, 2, 3], &[VILLAGE]);
    check(OTHER, &[2], &[OTHER]);
    check(SCHOOL, &[4], &[SCHOOL]);
    check("431302105", &[1, 2, 3, 4], &[VILLAGE, SCHOOL]);
    check(DISTRICT, &[1, 2, 3, 4], &[VILLAGE, SCHOOL, OTHER]);
    check("431302999999", &[], &[]);
}

#[test]
fn a_round_nobody_knows_exports_nothing() {
    let place = day();
    let today = NaiveDate::from_ymd_opt(2026, 9, 14).unwrap();
    let found = place.store.export_facts(RoundId(9), None, String::new(), today);
    assert_eq!(found, Err(StoreError::Refused(Code::RoundUnknown)));
}

#[test]
fn rounds_are_found_by_id_or_unique_name_and_the_last_fact_stands() {
    let mut streams = Streams::default();
    streams.server(DISTRICT, Fact::Round(round(1, "第三轮")));
    streams.server(DISTRICT, Fact::Round(round(2, "补检")));
    streams.server(DISTRICT, Fact::Round(round(3, "补检")));
    streams.server(DISTRICT, Fact::Round(round(1, "第三轮（延期）")));
    // A device says nothing about rounds.
    streams.put(DISTRICT, [1; 16], of(Header::default(), Fact::Round(round(1, "假的"))));
    let mut place = place(Role::Device);
    keep(&mut place.store, &streams.placed);
    let name = |text: &str| place.store.round(text).unwrap().map(|round| round.name);
    assert_eq!(name("0000000000000001").as_deref(), Some("第三轮（延期）"));
    assert_eq!(name("第三轮（延期）").as_deref(), Some("第三轮（延期）"));
    assert_eq!(name("第三轮"), None);
    assert_eq!(name("补检"), None, "two rounds have this name");
    assert_eq!(name("0000000000000003").as_deref(), Some("补检"));
    assert_eq!(place.store.rounds().unwrap().len(), 3);
}
