//! Checkups from a device to a server in this process, over TLS on loopback: decoded, verified, applied, durable;
//! against the same rows put in bare. And what it costs when the answer is lost.

use crate::central::{Device, District};
use crate::figure::{Budget, Figure};
use rusqlite::types::Value;
use rusqlite::{Connection, TransactionBehavior};
use std::path::Path;
use std::time::Instant;
use stories::line::{Cut, Line};
use stories::measure::bare::{self, Watched};
use stories::measure::data::{Lcg, checkup, villages};
use stories::team::said;

const UNITS: usize = 25;
/// Every table that taking checkups writes to.
const TABLES: [&str; 11] = [
    "migration",
    "writer",
    "unit_key",
    "certificate",
    "stream",
    "seal",
    "entry",
    "checkup",
    "tally",
    "coverage",
    "person",
];
/// Checkups of a run whose last answer is lost.
const LOST: usize = 500;
/// People whose entries a device commits together.
const PEOPLE_PER_COMMIT: usize = 50;

pub fn measure(folder: &Path, checkups: usize) -> Vec<Figure> {
    let district = District::make(folder, villages(UNITS), (checkups + 2 * LOST).div_ceil(UNITS));
    let device = district.enrol(folder, "device", &district.url());
    said(device.home().sync());
    record(&device, &district, 0, checkups);

    let file = district.central.data.join("health.db");
    let look = bare::open(&file);
    bare::settle(&look);
    let twin = folder.join("bare.db");
    std::fs::copy(&file, &twin).unwrap();
    let mut watched: Vec<Watched> = TABLES.iter().map(|name| Watched::of(&look, name)).collect();
    let used_before = bare::bytes_used(&look);

    let mut home = device.home();
    let start = Instant::now();
    let synced = said(home.sync());
    let own = start.elapsed().as_secs_f64();
    assert_eq!((synced.pushed, synced.held), (6 * checkups as u64, 0));
    bare::settle(&look);
    let used = bare::bytes_used(&look) - used_before;
    let plain = put_all(&mut bare::open(&twin), &look, &mut watched, synced.batches);

    let per_second = |seconds: f64| checkups as f64 / seconds;
    let each = |bytes: u64| bytes as f64 / checkups as f64;
    let what = format!("{checkups} checkups of 25 results in 6 entries, {UNITS} units, one device");
    let mut figures = vec![
        Figure::one(
            "push to the server",
            "checkups/s",
            per_second(own),
            Budget::None,
            format!(
                "{what}; from asking for heads to the last signed answer, TLS 1.3 on loopback, both ends on this machine"
            ),
        ),
        Figure::one(
            "the same rows, bare loop",
            "checkups/s",
            per_second(plain),
            Budget::None,
            format!(
                "every row the push changed, put into a twin of the file in {} transactions",
                synced.batches
            ),
        ),
        Figure::one(
            "push / bare loop",
            "ratio",
            plain / own,
            Budget::AtLeast(0.5),
            "the two above, one after the other",
        ),
        Figure::one(
            "push, bytes up and down",
            "B/checkup",
            each(synced.bytes_up + synced.bytes_down),
            Budget::AtMost(220.0),
            format!("{what}; bodies of calls and answers, {} batches", synced.batches),
        ),
        Figure::one(
            "storage on the server",
            "B/checkup",
            each(used),
            Budget::AtMost(1_024.0),
            "pages in use after the push less before, entries, indexes, checkups and sums; rosters not counted",
        ),
    ];
    drop(home);
    figures.push(lost_answer(folder, &district, checkups));
    figures
}

/// Appends checkups of people `from..from + count`, unit by unit, as a device commits them.
fn record(device: &Device, district: &District, from: usize, count: usize) {
    let mut store = device.store();
    let mut random = Lcg(11 + from as u64);
    let people = district.rosters.people.iter().enumerate();
    let all: Vec<(usize, &stories::measure::data::Person)> =
        people.flat_map(|(unit, people)| people.iter().map(move |p| (unit, p))).collect();
    let wanted = &all[from..from + count];
    for group in wanted.chunk_by(|a, b| a.0 == b.0) {
        for people in group.chunks(PEOPLE_PER_COMMIT) {
            let entries: Vec<_> =
                people.iter().flat_map(|(_, p)| checkup(&mut random, p, district.round)).collect();
            store.append(&district.units[group[0].0], &entries).unwrap();
        }
    }
}

/// Seconds to put all changed rows in, spread evenly over as many transactions as there were batches.
fn put_all(
    bare: &mut Connection,
    look: &Connection,
    watched: &mut [Watched],
    transactions: u64,
) -> f64 {
    let changed: Vec<Vec<Vec<Value>>> =
        watched.iter_mut().map(|one| one.changed(look, "", &[])).collect();
    let turns = usize::try_from(transactions.max(1)).unwrap();
    let start = Instant::now();
    for turn in 0..turns {
        let transaction = bare.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
        for (one, rows) in watched.iter().zip(&changed) {
            let part = rows.len().div_ceil(turns).max(1);
            let from = (turn * part).min(rows.len());
            for row in &rows[from..(from + part).min(rows.len())] {
                one.table.put(&transaction, row);
            }
        }
        transaction.commit().unwrap();
    }
    start.elapsed().as_secs_f64()
}

/// The last batch of a run arrives and its answer does not; the next run finds everything there.
fn lost_answer(folder: &Path, district: &District, from: usize) -> Figure {
    // As many checkups on a whole line: when so many bytes have gone up, the last batch is on its way.
    let whole = district.enrol(folder, "whole", &district.url());
    said(whole.home().sync());
    record(&whole, district, from, LOST);
    let up = usize::try_from(said(whole.home().sync()).bytes_up).unwrap();

    let line = Line::new();
    line.lead_to(district.address);
    let device = district.enrol(folder, "cut off", &line.url());
    said(device.home().sync());
    record(&device, district, from + LOST, LOST);
    let down = line.clone();
    line.cut(Cut::AnswerAfter(up), move || down.take_down());
    assert!(device.home().sync().is_err(), "the answer was not lost");
    line.lead_to(district.address);
    let again = said(device.home().sync());
    assert_eq!((again.batches, again.unsent), (0, 0), "something was sent again");
    Figure::one(
        "after a lost answer",
        "B/checkup",
        (again.bytes_up + again.bytes_down) as f64 / LOST as f64,
        Budget::AtMost(20.0),
        format!(
            "{LOST} checkups pushed, the last answer cut off; bytes of the next run, which sends none again"
        ),
    )
}
