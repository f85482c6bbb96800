//! A sanity bound, not a benchmark: five thousand people with sixty columns of values, unoptimized,
//! on a slow machine.

mod common;

use common::*;
use domain::catalogue::Catalogue;
use domain::facts::{CurrentValue, Sex};
use domain::ids::PersonId;
use domain::value::{Decimal, Value};
use report::{Export, Format, Options};
use std::time::{Duration, Instant};

const PEOPLE: u64 = 5_000;
const COLUMNS: usize = 60;
const SECONDS_MAX: u64 = 30;

#[test]
fn a_workbook_of_five_thousand_people_takes_seconds() {
    let catalogue = Catalogue::builtin();
    let mut facts = facts();
    let mut model = resident(1, "张伟", Sex::M, "1960-03-07", FULL_ID).has(TWELVE).done();
    for item in catalogue.items.iter().take(COLUMNS) {
        let value = item.choices().first().map_or_else(
            || Value::Number(Decimal::new(i64::from(item.code.0) + 70, 0)),
            |choice| Value::Choice(choice.code),
        );
        let current = vec![CurrentValue { value, unusual: false }];
        model.results.entry(item.code).or_insert(current);
    }
    facts.checkups = (0..PEOPLE)
        .map(|n| {
            let mut checkup = model.clone();
            checkup.person = PersonId(uuid::Uuid::from_u128(u128::from(n)));
            checkup.details.name = format!("张{n}");
            checkup
        })
        .collect();
    let start = Instant::now();
    let bytes = make(Export::Results, Format::Xlsx, &facts, &Options::default());
    let took = start.elapsed();
    println!("{PEOPLE} people, {} KB, {} ms", bytes.len() / 1024, took.as_millis());
    assert!(took < Duration::from_secs(SECONDS_MAX), "{} ms", took.as_millis());
}
