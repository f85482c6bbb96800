//! The promise of the projection: the same entries give the same tables, in whatever order and batches they
//! come, and a rebuild gives them again. With controls that show the comparison can fail.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod projection_support;

use domain::catalogue::Catalogue;
use projection_support::build::*;
use projection_support::scenario::{Chance, ledger};
use projection_support::*;
use proptest::prelude::*;
use protocol::{Entry, Fact};
use store::Role;
use store::project::rebuild;

/// The first lines that only one side has.
fn difference(a: &[String], b: &[String]) -> Vec<String> {
    let only = |mark: &str, one: &[String], other: &[String]| {
        let lines = one.iter().filter(|line| !other.contains(line)).take(6);
        lines.map(|line| format!("{mark} {line}")).collect::<Vec<_>>()
    };
    [only("-", a, b), only("+", b, a)].concat()
}

fn check(a: &[String], b: &[String], what: &str) {
    assert!(a == b, "{what}\n{}", difference(a, b).join("\n"));
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 40,
        max_shrink_iters: 40,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_order_and_any_batches_give_the_same_tables(seed: u64, entries in 10_usize..70, order: u64) {
        let mut place = place(Role::Device);
        let placed = ledger(seed, entries);
        let whole = tables_after(&mut place.store, &[&placed]);
        let mut chance = Chance::new(order);
        for turn in 0..4 {
            let mut mixed = placed.clone();
            chance.shuffle(&mut mixed);
            let batches = chance.cut(&mixed);
            let (tables, rebuilt) = tried(&mut place.store, |tx| {
                arrive(tx, &batches).unwrap();
                let tables = dump(tx);
                rebuild(tx, Catalogue::builtin()).unwrap();
                (tables, dump(tx))
            });
            check(&whole, &tables, &format!("order {turn}"));
            check(&tables, &rebuilt, "rebuilt");
        }
    }
}

/// Control: the scenarios reach every table, and merges, conflicts and holds are among them.
#[test]
fn chance_reaches_every_table() {
    let mut place = place(Role::Device);
    let mut reached = std::collections::BTreeSet::new();
    let (mut merged, mut conflicts, mut withdrawn) = (0, 0, 0);
    for seed in 1..60_u64 {
        let placed = ledger(seed * 7919, 60);
        tried(&mut place.store, |tx| {
            arrive(tx, &[&placed]).unwrap();
            for line in dump(tx) {
                reached.insert(line.split(' ').next().unwrap().to_owned());
            }
            let count = |sql: &str| tx.int(sql, &[]).unwrap().unwrap();
            merged += count("SELECT count(*) FROM person WHERE canon <> person");
            conflicts += count("SELECT count(*) FROM checkup WHERE conflict <> 0");
            withdrawn += count("SELECT count(*) FROM listing WHERE is_withdrawn = 1");
        });
    }
    assert_eq!(reached.len(), TABLES.len(), "{reached:?}");
    assert!(merged > 10 && conflicts > 10 && withdrawn > 3, "{merged} {conflicts} {withdrawn}");
}

/// Control: a projection that passed over the names of seen values would be noticed.
#[test]
fn without_the_names_of_seen_values_the_tables_differ() {
    let who = person(1);
    let tables = |names: bool| {
        let mut place = place(Role::Device);
        let mut streams = Streams::default();
        let first = streams.save(1, who, save(pressure(150, 90), Vec::new()));
        let seen = saw(&[(&first, &["sbp1_mmhg", "dbp1_mmhg"])]);
        let mut amend = save(pressure(128, 80), seen);
        if !names {
            amend.saw.clear();
        }
        streams.save(2, who, amend);
        // What stands, and not where: the bodies themselves differ.
        let lines = tables_after(&mut place.store, &[&streams.placed]);
        lines.into_iter().filter(|line| line.starts_with("checkup")).collect::<Vec<_>>()
    };
    assert_ne!(tables(true), tables(false));
}

/// Control: one changed number in one row is a difference.
#[test]
fn the_comparison_sees_one_changed_number() {
    let mut place = place(Role::Device);
    let placed = ledger(99, 50);
    tried(&mut place.store, |tx| {
        arrive(tx, &[&placed]).unwrap();
        let before = dump(tx);
        assert!(tx.exec("UPDATE coverage SET expected = expected + 1", &[]).unwrap() > 0);
        assert_ne!(before, dump(tx));
    });
}

/// Control: rows do not come from entries of other kinds by accident; an empty ledger projects nothing.
#[test]
fn nothing_said_is_nothing_projected() {
    let mut place = place(Role::Device);
    let body = of(header(person(1)), Fact::Void(void(Vec::new()))).encode();
    assert!(Entry::decode(&body).is_ok());
    let mut streams = Streams::default();
    streams.put_body(VILLAGE, [1; 16], body);
    assert_eq!(tables_after(&mut place.store, &[&streams.placed]), Vec::<String>::new());
}
