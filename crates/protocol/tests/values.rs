//! Between the wire and the domain: values at their items' decimals, days, kinds of people, details.

#![allow(clippy::unwrap_used)]

use chrono::NaiveDate;
use domain::facts::{PersonDetails, PersonKind, RosterRow, Sex};
use domain::ids::PersonId;
use domain::value::{AbsentReason, DECIMAL_SCALE_MAX, Decimal, Value};
use protocol::EntryError;
use protocol::convert::{day_date, day_number, kind_number, kind_of, person_id};
use protocol::fact::{DetailsFact, ResultFact, RosterRowFact, ValueFact};

fn number(text: &str) -> Value {
    Value::Number(Decimal::parse(text).unwrap())
}

#[test]
fn a_value_comes_back_as_it_was_at_its_items_decimals() {
    let check = |value: Value, decimals: u8, wire: ValueFact| {
        let fact = ResultFact::of(8, &value, decimals, true).unwrap();
        assert_eq!(fact, ResultFact { item: 8, value: Some(wire), unusual: true });
        assert_eq!(fact.value(decimals), Ok(value));
    };
    check(number("160.2"), 2, ValueFact::Number(16_020));
    check(number("160.20"), 2, ValueFact::Number(16_020));
    check(number("160.20"), 1, ValueFact::Number(1_602));
    check(number("160"), 0, ValueFact::Number(160));
    check(number("160.0"), 0, ValueFact::Number(160));
    check(number("-3.25"), 2, ValueFact::Number(-325));
    check(number("0"), DECIMAL_SCALE_MAX, ValueFact::Number(0));
    check(number("999999999999"), DECIMAL_SCALE_MAX, ValueFact::Number(999_999_999_999_000_000));
    check(Value::Number(Decimal::new(i64::MIN, 2)), 2, ValueFact::Number(i64::MIN));
    check(Value::Choice(0), 0, ValueFact::Choice(0));
    check(Value::Choice(65_535), 2, ValueFact::Choice(65_535));
    check(Value::Text(String::new()), 0, ValueFact::Text(String::new()));
    check(Value::Text("窦性心律".into()), 0, ValueFact::Text("窦性心律".into()));
    for (reason, wire) in AbsentReason::ALL.into_iter().zip(1..) {
        check(Value::Absent(reason), 1, ValueFact::Absent(wire));
    }
}

#[test]
fn a_number_that_does_not_fit_its_decimals_is_refused_and_never_rounded() {
    let check = |value: Value, decimals: u8, fits: bool| {
        let fact = ResultFact::of(1, &value, decimals, false);
        let refused = fact == Err(EntryError::Invalid);
        assert_eq!((fact.is_ok(), refused), (fits, !fits), "{value:?} at {decimals}");
    };
    check(number("160.25"), 2, true);
    check(number("160.25"), 1, false);
    check(number("160.5"), 0, false);
    check(number("0.000001"), DECIMAL_SCALE_MAX, true);
    check(number("0.000001"), DECIMAL_SCALE_MAX - 1, false);
    check(Value::Number(Decimal::new(i64::MAX, 0)), 1, false);
    check(Value::Number(Decimal::new(i64::MAX, 0)), 0, true);
    check(number("1"), 30, false);
}

#[test]
fn a_value_of_a_form_unknown_here_is_invalid() {
    let check = |value: Option<ValueFact>| {
        let fact = ResultFact { item: 1, value, unusual: false };
        assert_eq!(fact.value(0), Err(EntryError::Invalid), "{fact:?}");
    };
    check(None);
    check(Some(ValueFact::Choice(65_536)));
    check(Some(ValueFact::Absent(0)));
    check(Some(ValueFact::Absent(6)));
}

#[test]
fn days_are_counted_from_the_first_of_2000() {
    let check = |day: i32, year: i32, month: u32, of_month: u32| {
        let date = NaiveDate::from_ymd_opt(year, month, of_month).unwrap();
        assert_eq!((day_number(date), day_date(day)), (day, Some(date)));
    };
    check(0, 2000, 1, 1);
    check(-1, 1999, 12, 31);
    check(59, 2000, 2, 29);
    check(9_753, 2026, 9, 14);
    check(-36_524, 1900, 1, 1);
    assert_eq!(day_date(i32::MAX), None);
    assert_eq!(day_date(i32::MIN), None);
    let absurd = DetailsFact { birth_day: Some(i32::MIN), ..DetailsFact::default() };
    assert_eq!(PersonDetails::from(&absurd).birth, None);
    assert_eq!(day_date(day_number(NaiveDate::MAX)), Some(NaiveDate::MAX));
    assert_eq!(day_date(day_number(NaiveDate::MIN)), Some(NaiveDate::MIN));
}

#[test]
fn kinds_of_people_and_their_ids_come_back() {
    for kind in [PersonKind::Resident, PersonKind::Pupil] {
        assert_eq!(kind_of(kind_number(kind)), kind);
    }
    let id = PersonId(uuid::Builder::from_random_bytes([7; 16]).into_uuid());
    assert_eq!(person_id(id.0.as_bytes()), Some(id));
    assert_eq!(person_id(&[7; 15]), None);
    assert_eq!(person_id(&[]), None);
}

#[test]
fn what_is_told_of_a_person_comes_back_and_what_is_not_stays_untold() {
    let told = PersonDetails {
        name: "丁某某".into(),
        sex: Some(Sex::F),
        birth: NaiveDate::from_ymd_opt(1949, 12, 31),
        id_number: Some("11010519491231002X".into()),
        student_no: Some("G11010519491231002X".into()),
        phone: Some("13900000001".into()),
        phone_owner: Some("女儿".into()),
        address: Some("示例村3组".into()),
    };
    for details in [
        told.clone(),
        PersonDetails { sex: Some(Sex::M), ..told.clone() },
        PersonDetails::default(),
    ] {
        assert_eq!(PersonDetails::from(&DetailsFact::from(&details)), details);
    }
    let row = RosterRow {
        details: told,
        group: Some("3组".into()),
        grade: Some("一年级".into()),
        note: Some("慢病".into()),
    };
    let id = PersonId(uuid::Builder::from_random_bytes([7; 16]).into_uuid());
    let fact = RosterRowFact::of(&row, PersonKind::Pupil, Some(id));
    assert_eq!((fact.row(), fact.kind, person_id(&fact.person)), (row, 2, Some(id)));
    let fact = RosterRowFact::of(&RosterRow::default(), PersonKind::Resident, None);
    assert_eq!((fact.row(), fact.kind, fact.person), (RosterRow::default(), 1, Vec::new()));
}
