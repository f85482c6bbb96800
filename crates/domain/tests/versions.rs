//! What a round would see if it moved to another catalogue version, before anything moves.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{pupil, resident, values};
use domain::catalogue::Catalogue;
use domain::check::Subject;
use domain::facts::{CurrentValue, Sex};
use domain::ids::ItemCode;
use domain::rule::{ClassChange, Level, changes};
use std::collections::BTreeMap;

type Checkup = (Subject, BTreeMap<ItemCode, Vec<CurrentValue>>);

fn checkup(subject: Subject, cells: &[(&str, &str)]) -> Checkup {
    let current = |value| vec![CurrentValue { value, unusual: false }];
    let values = values(Catalogue::builtin(), cells).into_iter();
    (subject, values.map(|(item, value)| (item, current(value))).collect())
}

#[test]
fn classes_that_come_and_go_are_counted() {
    let first = Catalogue::version(1).unwrap().unwrap();
    let now = Catalogue::builtin();
    let checkups = [
        // A boy of ten and a half: stunted by WS/T 456, of which version 1 knew nothing.
        checkup(pupil(Sex::M, 126, 0), &[("height_cm", "120")]),
        checkup(pupil(Sex::M, 126, 0), &[("height_cm", "121")]),
        // Raised in both: no change.
        checkup(resident(Sex::F), &[("glucose_mmol_l", "7.2"), ("fasting", "yes")]),
        // A pulse of 40.
        checkup(resident(Sex::F), &[("pulse_per_min", "40")]),
    ];
    let each = || checkups.iter().map(|(subject, values)| (*subject, values));
    let change = |rule: &str, code: &str, level, appears| ClassChange {
        rule: rule.to_owned(),
        code: code.to_owned(),
        level,
        appears,
    };
    let forward = changes(first, now, each());
    assert_eq!(forward.get(&change("pupil_nutrition", "stunted", Level::B, true)), Some(&2));
    assert_eq!(forward.get(&change("heart_rate", "slow_critical", Level::A, true)), Some(&1));
    assert!(forward.keys().all(|change| change.rule != "glucose_fasting" && change.appears));
    let back = changes(now, first, each());
    assert_eq!(back.get(&change("pupil_nutrition", "stunted", Level::B, false)), Some(&2));
    assert_eq!(changes(now, now, each()), BTreeMap::new());
    assert!(Catalogue::version(99).is_none());
}
