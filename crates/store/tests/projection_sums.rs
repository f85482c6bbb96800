//! Tallies and coverage against a slow count of their own, made from the entries with none of the projection's
//! code; and what `verify` names when a table is not what the entries say.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod projection_support;

use domain::catalogue::{Catalogue, ItemKind};
use domain::ids::{RoundId, UnitCode};
use projection_support::build::*;
use projection_support::scenario::ledger;
use projection_support::*;
use protocol::fact::SawFact;
use protocol::{Entry, Fact};
use std::collections::{BTreeMap, BTreeSet};
use store::project::{Cell, Counts};
use store::{Role, RowWrong, Sql, Store, StreamWrong, Tx, VerifyProblem};

/// An entry as the slow count reads it.
struct Read {
    placed: Placed,
    entry: Entry,
    is_held: bool,
}

fn read(placed: &[Placed]) -> Vec<Read> {
    let decoded = |p: &Placed| Entry::decode(&p.body).ok();
    let decision = |of: &Placed| -> Option<i32> {
        let about = |entry: &Option<protocol::fact::EntryReference>, named: &str, lies: &str| {
            let unit = if named.is_empty() { lies } else { named };
            unit == of.unit && *entry == Some(reference_fact(&of.reference()))
        };
        let of_servers = placed.iter().filter(|p| p.is_server);
        let decisions = of_servers.filter_map(|p| match decoded(p)?.fact {
            Fact::Held(held) if about(&held.entry, &held.unit, &p.unit) => Some(0),
            Fact::Lifted(lifted) if about(&lifted.entry, &lifted.unit, &p.unit) => {
                Some(if lifted.applied { 1 } else { 2 })
            }
            _ => None,
        });
        decisions.max()
    };
    let reads = placed.iter().filter_map(|p| {
        let is_held = matches!(decision(p), Some(0 | 2));
        Some(Read { placed: p.clone(), entry: decoded(p)?, is_held })
    });
    reads.collect()
}

fn saw(read: &Read) -> &[SawFact] {
    match &read.entry.fact {
        Fact::Save(save) => &save.saw,
        Fact::Void(void) => &void.saw,
        _ => &[],
    }
}

/// (entry, item) that an applied entry leads to: grown until nothing more is reached.
fn reached(about: &[&Read]) -> BTreeSet<(Vec<u8>, u32)> {
    let named = |read: &Read, item: Option<u32>| {
        let mut names: BTreeSet<(Vec<u8>, u32)> = BTreeSet::new();
        for seen in saw(read) {
            for other in about {
                if seen.entry != Some(reference_fact(&other.placed.reference())) {
                    continue;
                }
                let items = seen.items.iter().filter(|i| item.is_none_or(|item| item == **i));
                names.extend(items.map(|item| (other.placed.body.clone(), *item)));
            }
        }
        names
    };
    let mut reached: BTreeSet<(Vec<u8>, u32)> = BTreeSet::new();
    for read in about.iter().filter(|read| !read.is_held) {
        reached.extend(named(read, None));
    }
    loop {
        let before = reached.len();
        for (body, item) in reached.clone() {
            for read in about.iter().filter(|read| read.placed.body == body) {
                reached.extend(named(read, Some(item)));
            }
        }
        if reached.len() == before {
            return reached;
        }
    }
}

/// Present items and items in conflict of one checkup, by the entries about it.
fn slow_items(about: &[&Read]) -> (BTreeSet<u16>, BTreeSet<u16>) {
    // Equal bytes count once, and count when they are applied anywhere.
    let applied: BTreeSet<&Vec<u8>> =
        about.iter().filter(|read| !read.is_held).map(|read| &read.placed.body).collect();
    let reached = reached(about);
    let mut values: BTreeMap<u16, BTreeSet<String>> = BTreeMap::new();
    for body in applied {
        let Ok(Fact::Save(save)) = Entry::decode(body).map(|entry| entry.fact) else { continue };
        for result in save.results {
            if reached.contains(&(body.clone(), result.item)) {
                continue;
            }
            let code = u16::try_from(result.item).unwrap();
            let item = Catalogue::builtin().item(domain::ids::ItemCode(code)).unwrap();
            let decimals = match item.kind {
                ItemKind::Number { decimals, .. } => decimals,
                ItemKind::Choice { .. } | ItemKind::Text { .. } => 0,
            };
            let value = result.value(decimals).unwrap();
            let word = if value.is_present() { format!("{value:?}") } else { String::new() };
            values.entry(code).or_default().insert(word);
        }
    }
    let with = |fits: &dyn Fn(&BTreeSet<String>) -> bool| -> BTreeSet<u16> {
        values.iter().filter(|(_, words)| fits(words)).map(|(code, _)| *code).collect()
    };
    let mut present = with(&|words| words.iter().any(|word| !word.is_empty()));
    let mut conflict = with(&|words| words.len() > 1);
    // BMI is there when height and weight are, and undecided when one of them is.
    let code = |key: &str| u16::try_from(item(key)).unwrap();
    let of = [code("height_cm"), code("weight_kg")];
    if of.iter().all(|item| present.contains(item)) {
        present.insert(code("bmi_kg_m2"));
    }
    if of.iter().any(|item| conflict.contains(item)) {
        conflict.insert(code("bmi_kg_m2"));
    }
    (present, conflict)
}

fn canon(tx: &dyn Tx, person: &[u8]) -> Vec<u8> {
    let sql = "SELECT canon FROM person WHERE person = $1";
    let found = tx.first(sql, &[Sql::Blob(person)], |row| Ok(row.blob(0)?.to_vec())).unwrap();
    found.unwrap_or_else(|| person.to_vec())
}

/// For each round: people with a value found out, and for each item examined and in conflict.
/// By round: checkups, and by item how many were examined and how many abnormal.
type SlowCounts = BTreeMap<u64, (i64, BTreeMap<u16, (i64, i64)>)>;

fn slow_count(tx: &dyn Tx, placed: &[Placed]) -> SlowCounts {
    let reads = read(placed);
    let mut checkups: BTreeMap<(u64, Vec<u8>), Vec<&Read>> = BTreeMap::new();
    for read in &reads {
        if matches!(read.entry.fact, Fact::Save(_) | Fact::Void(_)) {
            let person = canon(tx, &read.entry.header.person);
            checkups.entry((read.entry.header.round, person)).or_default().push(read);
        }
    }
    let mut counts: SlowCounts = BTreeMap::new();
    for ((round, _), about) in checkups {
        let (present, conflict) = slow_items(&about);
        // What is asked at the desk makes nobody examined.
        let desk = ["known_hypertension", "known_diabetes", "on_medication", "pregnant"];
        let is_asked = |code: &u16| desk.iter().any(|key| item(key) == u32::from(*code));
        if present.iter().all(is_asked) {
            continue;
        }
        let (people, items) = counts.entry(round).or_default();
        *people += 1;
        for item in present.union(&conflict) {
            let (examined, in_conflict) = items.entry(*item).or_default();
            if conflict.contains(item) {
                *in_conflict += 1;
            } else {
                *examined += 1;
            }
        }
    }
    counts
}

fn kept_count(store: &Store, round: u64) -> (i64, BTreeMap<u16, (i64, i64)>) {
    let mut sum = Counts::default();
    for (_, counts) in store.tallies(RoundId(round), None).unwrap() {
        sum.add(&counts, 1);
    }
    let items = sum.cells.iter().filter_map(|(cell, count)| match cell {
        Cell::Item(code) => Some((*code, (count.examined, count.conflict))),
        Cell::Class(_) => None,
    });
    (sum.people, items.collect())
}

#[test]
fn tallies_equal_a_slow_count_from_the_entries() {
    let mut counted = 0;
    for seed in 1..25_u64 {
        let mut place = place(Role::Device);
        let placed = ledger(seed * 104_729, 60);
        // In small batches, so that shares are taken away and added many times.
        for batch in placed.chunks(3) {
            keep(&mut place.store, batch);
        }
        let slow = place.store.read(|tx| Ok(slow_count(tx, &placed))).unwrap();
        for round in [ROUND, ROUND + 1] {
            let kept = kept_count(&place.store, round);
            assert_eq!(kept, slow.get(&round).cloned().unwrap_or_default(), "seed {seed}");
            counted += kept.0;
        }
        assert_eq!(projection_problems(&place.store), Vec::new(), "seed {seed}");
    }
    assert!(counted > 40, "control: there was something to count ({counted})");
}

/// What verify finds beside the streams, which these tests do not keep.
fn projection_problems(store: &Store) -> Vec<VerifyProblem> {
    let problems = store.verify(&mut |_| {}).unwrap();
    let of_streams = |p: &VerifyProblem| matches!(p, VerifyProblem::Stream { .. });
    problems.into_iter().filter(|p| !of_streams(p)).collect()
}

/// A replica that appended its own entries: a list, and someone examined.
fn appended() -> Place {
    let mut place = place(Role::Device);
    let rows = vec![row(Some(person(1)), with_id("张小华", 40)), row(None, details("李四"))];
    let entries = [
        of(roster_header(), Fact::Roster(roster(1, rows))),
        of(header(person(1)), Fact::Save(save(pressure(182, 112), Vec::new()))),
        of(header(person(2)), Fact::Registration(registration(details("王五"), "", "新化县"))),
        of(header(person(2)), Fact::Save(save(pressure(118, 70), Vec::new()))),
    ];
    place.store.append(&UnitCode(VILLAGE.to_owned()), &entries).unwrap();
    place
}

#[test]
fn verify_finds_nothing_wrong_with_what_was_appended_and_leaves_no_trace() {
    let place = appended();
    let before = place.store.read(|tx| Ok(dump(tx))).unwrap();
    let mut steps = Vec::new();
    let problems = place.store.verify(&mut |step| steps.push(step.to_owned())).unwrap();
    assert_eq!(problems, Vec::new());
    assert_eq!(steps.len(), 4);
    assert_eq!(place.store.read(|tx| Ok(dump(tx))).unwrap(), before);
    let temporary = "SELECT count(*) FROM temp.sqlite_schema";
    assert_eq!(place.store.read(|tx| tx.int(temporary, &[])).unwrap(), Some(0));
}

#[test]
fn verify_names_what_was_tampered_with() {
    let check = |sql: &str, expected: &dyn Fn(&VerifyProblem) -> bool| {
        let mut place = appended();
        let changed = place.store.write(|tx| tx.exec(sql, &[])).unwrap();
        assert!(changed > 0, "control: the statement changed something: {sql}");
        let problems = place.store.verify(&mut |_| {}).unwrap();
        assert!(problems.iter().any(expected), "{sql}\n{problems:?}");
        for problem in &problems {
            let words = problem.to_string();
            let shows_a_name = ["张", "李", "王", "431399"].iter().any(|p| words.contains(p));
            assert!(!shows_a_name, "{words}");
        }
    };
    let row = |of: &'static str, how: RowWrong| {
        move |problem: &VerifyProblem| match problem {
            VerifyProblem::Projection { table, wrong, .. } => *table == of && *wrong == how,
            _ => false,
        }
    };
    let tally =
        |p: &VerifyProblem| matches!(p, VerifyProblem::Tally { unit, .. } if unit == VILLAGE);
    let coverage =
        |p: &VerifyProblem| matches!(p, VerifyProblem::Coverage { unit, .. } if unit == VILLAGE);
    let stream = |which: StreamWrong, at: u64| {
        move |problem: &VerifyProblem| match problem {
            VerifyProblem::Stream { wrong, seq, .. } => *wrong == which && *seq == at,
            _ => false,
        }
    };
    check("UPDATE person SET name = '张大华'", &row("person", RowWrong::Differs));
    check("UPDATE checkup SET worst = 0 WHERE worst = 3", &row("checkup", RowWrong::Differs));
    check("UPDATE checkup SET judgements = x''", &row("checkup", RowWrong::Differs));
    check("DELETE FROM checkup", &row("checkup", RowWrong::Missing));
    check(
        "INSERT INTO name_gram (gram, person) VALUES (1, x'00')",
        &row("name_gram", RowWrong::Extra),
    );
    check("UPDATE listing SET note = '慢病'", &row("listing", RowWrong::Differs));
    check("UPDATE tally SET people = people + 1", &tally);
    check("DELETE FROM tally", &tally);
    check("UPDATE coverage SET expected = expected + 1", &coverage);
    check("UPDATE coverage SET examined_outside = 0", &coverage);
    check("UPDATE checkup SET results = x'ff'", &|p| {
        matches!(p, VerifyProblem::Unreadable { table: "checkup", .. })
    });
    check("UPDATE entry SET kind = 49 WHERE seq = 2", &stream(StreamWrong::Entry, 2));
    check("UPDATE entry SET body = body || x'00' WHERE seq = 2", &stream(StreamWrong::Entry, 2));
    check("DELETE FROM entry WHERE seq = 3", &stream(StreamWrong::Positions, 3));
    check("UPDATE stream SET chain = zeroblob(32)", &stream(StreamWrong::Chain, 4));
}
