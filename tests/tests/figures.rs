//! What CI holds of the figures: bytes, which are the same on every machine. Times are `cargo xtask bench`'s, and the
//! bytes of a checkup on the wire are held by `crates/protocol/tests/wire_budget.rs`.

use rusqlite::Connection;
use std::path::Path;
use store::{Key, Role, Store};
use stories::measure::bare;
use stories::measure::data::{Lcg, Rosters, STATIONS, checkup, villages};
use stories::measure::save_rows::SaveRows;

const ROUND: u64 = 0x8f3a_11c0_5577_e9d2;
const PEOPLE: usize = 20;
/// A save may write this many times what bare rusqlite writes for the same rows.
const LOG_RATIO_MAX: f64 = 1.5;

/// Bytes a commit put into the log, which was empty before.
fn log_bytes(look: &Connection, log: &Path, commit: impl FnOnce()) -> u64 {
    bare::settle(look);
    commit();
    std::fs::metadata(log).unwrap().len()
}

/// Log bytes of all saves, and of the same rows bare.
fn saved_and_bare(spoil: impl Fn(&Connection)) -> (u64, u64) {
    let folder = tempfile::tempdir().unwrap();
    let key = Key::from_hex(bare::KEY_HEX).unwrap();
    let mut store = Store::create(folder.path(), &key, Role::Device).unwrap();
    let rosters = Rosters::make(7, ROUND, &villages(2), 200);
    for (unit, entries) in &rosters.entries {
        store.append(unit, entries).unwrap();
    }
    let file = folder.path().join("health.db");
    let look = bare::open(&file);
    bare::settle(&look);
    let twin = folder.path().join("bare.db");
    std::fs::copy(&file, &twin).unwrap();
    spoil(&look);
    let mut bare = bare::open(&twin);
    let settler = bare::open(&twin);
    let mut rows = SaveRows::watch(&look, ROUND);
    let unit = &rosters.entries[0].0;
    let (mut own, mut plain) = (0, 0);
    let mut random = Lcg(11);
    for person in &rosters.people[0][..PEOPLE] {
        let entries = checkup(&mut random, person, ROUND);
        for entry in entries.chunks(1).take(STATIONS) {
            let log = folder.path().join("health.db-wal");
            own += log_bytes(&look, &log, || drop(store.append(unit, entry).unwrap()));
            let changed = rows.changed(&look, person.id);
            let log = folder.path().join("bare.db-wal");
            plain += log_bytes(&settler, &log, || rows.write(&mut bare, &changed));
        }
    }
    (own, plain)
}

#[test]
fn a_station_save_writes_little_more_than_its_rows() {
    let (own, plain) = saved_and_bare(|_| ());
    let ratio = own as f64 / plain as f64;
    println!("{own} B to the log, bare {plain} B: {ratio:.2}");
    assert!(ratio <= LOG_RATIO_MAX, "{ratio:.2}");
}

#[test]
fn control_rows_written_beside_are_seen() {
    // Twelve more rows a save, each on a page of its own.
    let spoil = |look: &Connection| {
        let mut more = String::new();
        for number in 0..12 {
            more.push_str(&format!(
                "CREATE TABLE beside_{number} (n INTEGER PRIMARY KEY, body BLOB);
                 CREATE TRIGGER tell_{number} AFTER INSERT ON entry BEGIN
                     INSERT INTO beside_{number} (body) VALUES (zeroblob(100));
                 END;"
            ));
        }
        look.execute_batch(&more).unwrap();
    };
    let (own, plain) = saved_and_bare(spoil);
    assert!(own as f64 / plain as f64 > LOG_RATIO_MAX, "{own} {plain}");
}
