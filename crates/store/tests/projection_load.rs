//! A bound on time: a village's and a school's days as appends, a station at a time. Not a benchmark.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod projection_support;

use domain::ids::{PersonId, UnitCode};
use projection_support::build::*;
use projection_support::*;
use protocol::{Entry, Fact};
use std::time::{Duration, Instant};
use store::Role;

const PEOPLE: u32 = 2_000;
/// Recorded a station at a time, each save a commit of its own; the others come in batches.
const SINGLY: u32 = 200;
/// Generous for an unoptimised build on a busy machine; an accidental pass over a whole table for each
/// checkup takes longer.
const SECONDS_MAX: u64 = 60;

fn who(number: u32) -> PersonId {
    domain::identity::person_id_of_row(&[7; 16], number)
}

fn saves(number: u32) -> Vec<Entry> {
    let spread = i64::from(number % 40);
    let stations = [
        vec![result("known_hypertension", 1), result("known_diabetes", 1)],
        vec![result("height_cm", 150 + spread), result("weight_kg", 45 + spread)],
        pressure(100 + 2 * spread, 60 + spread),
        vec![
            result("fasting", 1),
            result("glucose_mmol_l", 4 + spread / 8),
            result("tc_mmol_l", 5),
        ],
        vec![result("hb_g_l", 100 + spread)],
        vec![result("urine_protein", 1), result("urine_glucose", 1)],
    ];
    let entry = |results| of(header(who(number)), Fact::Save(save(results, Vec::new())));
    stations.into_iter().map(entry).collect()
}

#[test]
fn two_thousand_checkups_are_listed_appended_and_projected_in_time() {
    let started = Instant::now();
    let mut place = place(Role::Device);
    let unit = UnitCode(VILLAGE.to_owned());
    let rows = |from: u32| {
        let rows = from..(from + 200).min(PEOPLE);
        let rows = rows.map(|n| row(Some(who(n)), with_id(&format!("测试{n}"), n)));
        of(roster_header(), Fact::Roster(roster(1, rows.collect())))
    };
    let lists: Vec<Entry> = (0..PEOPLE).step_by(200).map(rows).collect();
    place.store.append(&unit, &lists).unwrap();
    let listed = started.elapsed();
    // Some a station at a time, as at a stop; the others in batches, as they arrive at a server.
    let mut slowest = Duration::ZERO;
    for number in 0..SINGLY {
        for entry in saves(number) {
            let save = Instant::now();
            place.store.append(&unit, &[entry]).unwrap();
            slowest = slowest.max(save.elapsed());
        }
    }
    let singly = started.elapsed() - listed;
    let batches: Vec<u32> = (SINGLY..PEOPLE).collect();
    for batch in batches.chunks(250) {
        let entries: Vec<Entry> = batch.iter().flat_map(|number| saves(*number)).collect();
        place.store.append(&unit, &entries).unwrap();
    }
    let taken = started.elapsed();
    println!(
        "listed in {listed:?}; {} saves singly in {singly:?} (slowest {slowest:?}), {} in batches \
         in {:?}",
        SINGLY * 6,
        (PEOPLE - SINGLY) * 6,
        taken - singly - listed
    );
    assert!(taken < Duration::from_secs(SECONDS_MAX), "{taken:?}");
    let coverage = place.store.coverage(domain::ids::RoundId(ROUND), None).unwrap();
    assert_eq!((coverage[0].expected, coverage[0].examined_listed), (PEOPLE, PEOPLE));
}
