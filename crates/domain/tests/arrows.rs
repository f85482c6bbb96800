//! The arrow beside a number says what the range beside it says.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use chrono::{Days, NaiveDate};
use domain::catalogue::{Catalogue, Item, ItemKind, parse_value};
use domain::check::{Subject, is_possible};
use domain::facts::{PersonKind, Sex};
use domain::ids::ItemCode;
use domain::range::{Direction, direction, direction_of_value, lies_within, shown};
use domain::rule::{Judgement, judge};
use domain::value::{Decimal, Value};
use std::collections::BTreeMap;

const HIGH: Option<Direction> = Some(Direction::High);
const LOW: Option<Direction> = Some(Direction::Low);

fn cat() -> &'static Catalogue {
    Catalogue::builtin()
}

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 9, 14).unwrap()
}

fn of_years(kind: PersonKind, sex: Sex, years: u64) -> Subject {
    let birth = day().checked_sub_days(Days::new(years * 365 + 200));
    Subject { kind, sex: Some(sex), birth, day: day() }
}

fn values(cells: &[(&str, &str)]) -> BTreeMap<ItemCode, Value> {
    let one = |(key, text): &(&str, &str)| {
        let item = cat().item_by_key(key).unwrap();
        (item.code, parse_value(item, text).unwrap())
    };
    cells.iter().map(one).collect()
}

/// The arrow and the range of each, with what is found of all of them together.
fn seen(subject: &Subject, cells: &[(&str, &str)]) -> Vec<(Option<Direction>, String)> {
    let values = values(cells);
    let judged = judge(cat(), subject, &values);
    let one = |(key, _): &(&str, &str)| {
        let item = cat().item_by_key(key).unwrap().code;
        let found = || judged.iter();
        let value = &values[&item];
        let way = direction_of_value(cat(), subject, item, value, &values, None, found());
        (way, shown(cat(), subject, item, &values, None, found()).range)
    };
    cells.iter().map(one).collect()
}

fn check(subject: &Subject, cells: &[(&str, &str)], expected: &[(Option<Direction>, &str)]) {
    let seen = seen(subject, cells);
    let seen: Vec<_> = seen.iter().map(|(way, range)| (*way, range.as_str())).collect();
    assert_eq!(seen, expected, "{cells:?}");
}

/// Which way a number lies out of a range as it is printed: `≥3.9 且 <6.1`.
fn side_of(printed: &str, number: Decimal) -> Option<Direction> {
    printed.split(" 且 ").find_map(|end| {
        let mut chars = end.chars();
        let sign = chars.next().unwrap();
        let limit = Decimal::parse(chars.as_str()).unwrap();
        match sign {
            '≥' => (number < limit).then_some(Direction::Low),
            '>' => (number <= limit).then_some(Direction::Low),
            '≤' => (number > limit).then_some(Direction::High),
            '<' => (number >= limit).then_some(Direction::High),
            other => panic!("{other}"),
        }
    })
}

/// Of everybody, of every number that has a range, at every place about its ends, whatever else is found of them.
#[test]
fn wherever_a_range_is_printed_the_arrow_is_the_ranges() {
    let raised: &[(&str, &str)] = &[
        ("sbp1_mmhg", "186"),
        ("dbp1_mmhg", "56"),
        ("sbp_other_mmhg", "118"),
        ("height_cm", "150"),
        ("weight_kg", "40"),
        ("creatinine_umol_l", "70"),
        ("glucose_mmol_l", "2.5"),
    ];
    let answers: [&[(&str, &str)]; 4] = [
        &[],
        &[("fasting", "yes"), ("pregnant", "yes")],
        &[("fasting", "no"), ("known_diabetes", "yes")],
        &[("glasses", "orthok")],
    ];
    let (mut ranges, mut others) = (0, 0);
    let ages = [4, 8, 14, 17, 18, 40, 70, 85];
    for (kind, sex, years) in ages.into_iter().flat_map(|years| {
        let kinds = [PersonKind::Resident, PersonKind::Pupil];
        kinds.into_iter().flat_map(move |kind| [Sex::F, Sex::M].map(|sex| (kind, sex, years)))
    }) {
        let subject = of_years(kind, sex, years);
        for (item, answered) in
            cat().items.iter().flat_map(|item| answers.map(|answered| (item, answered)))
        {
            let Some(step) = step_of(item) else { continue };
            let beside = values(&[raised, answered].concat());
            let mut at = beside.clone();
            at.insert(item.code, Value::Number(Decimal::new(0, 0)));
            let range = domain::range::reference(cat(), &subject, item.code, &at);
            if range.is_open() {
                continue;
            }
            let ends = [range.from, range.to].into_iter().flatten().map(|(end, _)| end);
            let about = ends.flat_map(|end| [end, end.minus(step).unwrap(), plus(end, step)]);
            let fixed = ["2.5", "3.9", "40", "56", "190"].map(|n| Decimal::parse(n).unwrap());
            for number in about.chain(fixed) {
                let value = Value::Number(number);
                if !is_possible(item, &value) {
                    continue;
                }
                let mut values = beside.clone();
                values.insert(item.code, value.clone());
                let judged = judge(cat(), &subject, &values);
                let printed = shown(cat(), &subject, item.code, &values, None, judged.iter()).range;
                if printed.is_empty() {
                    continue;
                }
                let found = judged.iter();
                let (of, all) = (item.code, &values);
                let way = direction_of_value(cat(), &subject, of, &value, all, None, found);
                let expected = side_of(&printed, number);
                assert_eq!(way, expected, "{} {number} {printed} {subject:?}", item.key);
                let within = lies_within(cat(), &subject, of, &value, all, judged.iter());
                assert_eq!(within, expected.is_none());
                ranges += 1;
                // The control: by what is found of it, of its pair or of the other arm, it would be another.
                let by = judged.iter().find(|one| is_about(one, of));
                others += usize::from(by.and_then(|one| direction(cat(), one)) != expected);
            }
        }
    }
    assert!(ranges > 5_000 && others > 500, "{ranges} {others}");
}

fn is_about(judgement: &Judgement, item: ItemCode) -> bool {
    judgement.level.is_finding() && domain::rule::items_of(cat(), judgement).contains(&item)
}

fn plus(number: Decimal, step: Decimal) -> Decimal {
    number.minus(Decimal::new(-step.mantissa, step.scale)).unwrap()
}

fn step_of(item: &Item) -> Option<Decimal> {
    match item.kind {
        ItemKind::Number { decimals, .. } => Some(Decimal::new(1, decimals)),
        ItemKind::Choice { .. } | ItemKind::Text { .. } => None,
    }
}

#[test]
fn each_reading_of_a_pressure_has_the_arrow_of_its_own_range() {
    let man = of_years(PersonKind::Resident, Sex::M, 60);
    let (upper, lower) = ("<120", "<80");
    let two = |of: &[(&str, &str)], ways: [Option<Direction>; 2]| {
        check(&man, of, &[(ways[0], upper), (ways[1], lower)]);
    };
    two(&[("sbp1_mmhg", "152"), ("dbp1_mmhg", "56")], [HIGH, None]);
    two(&[("sbp1_mmhg", "112"), ("dbp1_mmhg", "96")], [None, HIGH]);
    two(&[("sbp1_mmhg", "186"), ("dbp1_mmhg", "79")], [HIGH, None]);
    two(&[("sbp1_mmhg", "118"), ("dbp1_mmhg", "76")], [None, None]);
    // The mean of the two is usual; the one that is not has its arrow all the same.
    let mean =
        [("dbp1_mmhg", "80"), ("dbp2_mmhg", "77"), ("sbp1_mmhg", "110"), ("sbp2_mmhg", "110")];
    check(&man, &mean, &[(HIGH, lower), (None, lower), (None, upper), (None, upper)]);
    let arms = [
        ("sbp1_mmhg", "118"),
        ("dbp1_mmhg", "76"),
        ("sbp_other_mmhg", "192"),
        ("dbp_other_mmhg", "70"),
    ];
    check(&man, &arms, &[(None, upper), (None, lower), (HIGH, upper), (None, lower)]);
    // A pupil's, by height, of wst610_2018_bp_p90_p95.csv; beside no height there is no row, and danger alone has a limit.
    let boy = of_years(PersonKind::Pupil, Sex::M, 10);
    let cells = [("sbp1_mmhg", "122"), ("dbp1_mmhg", "60"), ("height_cm", "140")];
    let [high, usual, _] = seen(&boy, &cells).try_into().unwrap();
    assert_eq!((high.0, usual.0), (HIGH, None));
    assert!(high.1.starts_with('<') && high.1 != "<120" && !usual.1.is_empty(), "{high:?}");
    check(&boy, &[("sbp1_mmhg", "186"), ("dbp1_mmhg", "60")], &[(HIGH, ""), (None, "")]);
}

/// vision_levels.csv: 轻度 from 4.9 down, from six years on; wst441_2013_anemia_hb.csv by age and sex.
#[test]
fn pupils_eyes_and_haemoglobin_have_their_range_where_a_table_has_their_row() {
    let girl = |years| of_years(PersonKind::Pupil, Sex::F, years);
    let eyes = |right, left| [("vision_right", right), ("vision_left", left)];
    check(&girl(10), &eyes("4.5", "4.8"), &[(LOW, ">4.9"), (LOW, ">4.9")]);
    check(&girl(10), &eyes("4.5", "5.0"), &[(LOW, ">4.9"), (None, ">4.9")]);
    check(&girl(10), &eyes("5.0", "5.1"), &[(None, ">4.9"), (None, ">4.9")]);
    // The controls: before six, of grown people, and beside night lenses no table judges it.
    check(&girl(4), &eyes("4.5", "4.8"), &[(None, ""), (None, "")]);
    let grown = of_years(PersonKind::Resident, Sex::F, 60);
    check(&grown, &eyes("4.5", "4.8"), &[(None, ""), (None, "")]);
    let lenses = [("vision_right", "4.5"), ("vision_left", "4.8"), ("glasses", "orthok")];
    assert_eq!(seen(&girl(10), &lenses)[0], (None, String::new()));
    let blood = |of: &Subject, hb, range, way| check(of, &[("hb_g_l", hb)], &[(way, range)]);
    blood(&girl(8), "114", "≥115", LOW);
    blood(&girl(8), "115", "≥115", None);
    blood(&girl(13), "119", "≥120", LOW);
    blood(&girl(16), "120", "≥120", None);
    blood(&of_years(PersonKind::Pupil, Sex::M, 16), "125", "≥130", LOW);
    // Under the reference interval of a woman lies 115, and an anaemia begins under 120.
    blood(&of_years(PersonKind::Resident, Sex::F, 40), "118", "≥120 且 ≤150", LOW);
    // A row that needs what nobody knows is nobody's.
    blood(&Subject { birth: None, ..girl(8) }, "114", "", None);
}

#[test]
fn a_number_that_something_else_was_computed_from_has_no_arrow_of_that() {
    let woman = of_years(PersonKind::Resident, Sex::F, 75);
    let seen = |text: &str| seen(&woman, &[("creatinine_umol_l", text)]).remove(0);
    // Beyond its own interval: up, though the eGFR that is made of it is low.
    let (way, range) = seen("130");
    assert_eq!(way, HIGH, "{range}");
    let (way, range) = seen("80");
    assert_eq!(way, None, "{range}");
    let judged = judge(cat(), &woman, &values(&[("creatinine_umol_l", "130")]));
    let low = judged.iter().find(|one| one.code.starts_with("egfr")).unwrap();
    assert_eq!(direction(cat(), low), LOW, "the control");
    // Where no row is theirs there is no range, and the low eGFR makes no arrow either.
    let old = of_years(PersonKind::Resident, Sex::F, 85);
    let cells = [("creatinine_umol_l", "130")];
    check(&old, &cells, &[(None, "")]);
}

#[test]
fn what_rests_on_an_answer_or_is_only_danger_stands_in_the_range_that_its_arrow_is_beside() {
    let man = of_years(PersonKind::Resident, Sex::M, 60);
    let glucose = |text: &str, more: &[(&str, &str)]| {
        let cells: Vec<_> =
            [("glucose_mmol_l", text)].into_iter().chain(more.iter().copied()).collect();
        seen(&man, &cells).remove(0)
    };
    let is = |way: Option<Direction>, range: &str| (way, range.to_owned());
    let (no, yes) = (("fasting", "no"), ("fasting", "yes"));
    let known = ("known_diabetes", "yes");
    assert_eq!(glucose("2.5", &[no]), is(LOW, ">2.8 且 <11.1"));
    assert_eq!(glucose("3.9", &[yes, known]), is(LOW, ">3.9 且 <6.1"));
    assert_eq!(glucose("3.9", &[no, known]), is(LOW, ">3.9 且 <11.1"));
    // The controls: of nobody else.
    assert_eq!(glucose("3.9", &[yes]), is(None, "≥3.9 且 <6.1"));
    assert_eq!(glucose("3.9", &[no]), is(None, "<11.1"));
    // Nobody knows how it was taken: no range, and the finding says it.
    assert_eq!(glucose("17", &[]), is(HIGH, ""));
    assert_eq!(glucose("9", &[]), is(None, ""));
    // Danger alone has a limit.
    check(&man, &[("pulse_per_min", "40")], &[(LOW, "")]);
    check(&man, &[("pulse_per_min", "72")], &[(None, "")]);
}
