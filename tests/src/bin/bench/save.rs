//! A station's save on a device, against the same rows written bare; and what a registration costs.

use crate::figure::{Budget, Figure, ms};
use domain::ids::PersonId;
use protocol::Entry;
use rusqlite::Connection;
use std::path::Path;
use std::time::Instant;
use store::{Key, Role, Store};
use stories::measure::bare;
use stories::measure::data::{Lcg, Rosters, STATIONS, checkup, person, registration, villages};
use stories::measure::save_rows::SaveRows;

const ROUND: u64 = 0x8f3a_11c0_5577_e9d2;
const UNITS: usize = 10;
const PEOPLE_EACH: usize = 800;

/// A device with the rosters of ten villages.
struct Tablet {
    store: Store,
    rosters: Rosters,
}

fn tablet(folder: &Path) -> Tablet {
    let key = Key::from_hex(bare::KEY_HEX).unwrap();
    let mut store = Store::create(folder, &key, Role::Device).unwrap();
    let rosters = Rosters::make(7, ROUND, &villages(UNITS), PEOPLE_EACH);
    for (unit, entries) in &rosters.entries {
        store.append(unit, entries).unwrap();
    }
    Tablet { store, rosters }
}

/// `people`: how many checkups, station by station, as a hall works.
pub fn measure(folder: &Path, people: usize) -> Vec<Figure> {
    let mut tablet = tablet(folder);
    let file = folder.join("health.db");
    let look = bare::open(&file);
    bare::settle(&look);
    let twin = folder.join("bare.db");
    std::fs::copy(&file, &twin).unwrap();
    let mut bare = bare::open(&twin);
    let mut rows = SaveRows::watch(&look, ROUND);
    let unit = tablet.rosters.entries[0].0.clone();
    let mut random = Lcg(11);
    let examined = &tablet.rosters.people[0][..people.min(PEOPLE_EACH)];
    let checkups: Vec<Vec<Entry>> =
        examined.iter().map(|person| checkup(&mut random, person, ROUND)).collect();
    let (mut own, mut plain) = (Vec::new(), Vec::new());
    for station in 0..STATIONS {
        for (person, entries) in examined.iter().zip(&checkups) {
            let start = Instant::now();
            tablet.store.append(&unit, &entries[station..=station]).unwrap();
            let mine = start.elapsed();
            let changed = rows.changed(&look, person.id);
            let start = Instant::now();
            rows.write(&mut bare, &changed);
            let theirs = start.elapsed();
            own.push(ms(mine));
            plain.push(ms(theirs));
        }
    }
    let whole = own.iter().sum::<f64>() / plain.iter().sum::<f64>();
    let method =
        "one entry appended, projected, found and counted in one FULL commit of an SQLCipher file";
    let mut figures = vec![
        Figure::new("station save", "ms", own, Budget::AtMost(25.0), method),
        Figure::new(
            "the same rows, bare rusqlite",
            "ms",
            plain,
            Budget::None,
            "the rows that this save changed (entry, stream, checkup, tally, coverage) put into a \
             twin of the file, one FULL commit, right after the save",
        ),
        Figure::one(
            "station save / bare",
            "ratio",
            whole,
            Budget::AtMost(1.5),
            "sum of the times of all saves over the sum of all bare writes, measured in turns",
        ),
    ];
    figures.extend(register(&mut tablet.store, &look, &unit, &file));
    figures
}

/// People on no roster, registered one by one.
fn register(
    store: &mut Store,
    look: &Connection,
    unit: &domain::ids::UnitCode,
    file: &Path,
) -> Vec<Figure> {
    let mut random = Lcg(13);
    let log = file.with_file_name("health.db-wal");
    let (mut times, mut bytes) = (Vec::new(), Vec::new());
    for at in 0..200_u128 {
        let seed = at.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835).to_be_bytes();
        let id = PersonId(uuid::Builder::from_random_bytes(seed).into_uuid());
        let entry = registration(&person(&mut random, id), ROUND, unit);
        bare::settle(look);
        let start = Instant::now();
        store.append(unit, &[entry]).unwrap();
        times.push(ms(start.elapsed()));
        bytes.push(std::fs::metadata(&log).unwrap().len() as f64 / 1_024.0);
    }
    vec![
        Figure::new("registration", "ms", times, Budget::AtMost(25.0), "one person on no roster"),
        Figure::new(
            "registration, bytes to the log",
            "KB",
            bytes,
            Budget::None,
            "the log's size after the commit, emptied before",
        ),
    ]
}
