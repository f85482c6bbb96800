//! The results workbook of five thousand people.

use crate::figure::{Budget, Figure};
use domain::catalogue::Catalogue;
use domain::ids::RoundId;
use protocol::fact::RoundFact;
use protocol::{Entry, Fact, Header};
use report::{Export, Format, Identifiers, Options};
use std::path::Path;
use std::time::Instant;
use store::{Key, Role, Store};
use stories::measure::bare;
use stories::measure::data::{Lcg, Rosters, checkup, villages};

const ROUND: u64 = 0x51;
const TIMES: usize = 5;

pub fn measure(folder: &Path, people: usize) -> Vec<Figure> {
    let key = Key::from_hex(bare::KEY_HEX).unwrap();
    let mut store = Store::create(folder, &key, Role::Server).unwrap();
    let units = villages(5);
    let round =
        Fact::Round(RoundFact { id: ROUND, name: "第四轮".into(), ..RoundFact::default() });
    let header = Header { round: ROUND, ..Header::default() };
    store.append(&units[0], &[Entry { header, fact: round }]).unwrap();
    let rosters = Rosters::make(7, ROUND, &units, people / units.len());
    let mut random = Lcg(11);
    for ((unit, entries), people) in rosters.entries.iter().zip(&rosters.people) {
        store.append(unit, entries).unwrap();
        for some in people.chunks(50) {
            let saves: Vec<Entry> =
                some.iter().flat_map(|person| checkup(&mut random, person, ROUND)).collect();
            store.append(unit, &saves).unwrap();
        }
    }
    let (mut read, mut whole) = (Vec::new(), Vec::new());
    let today = chrono::NaiveDate::from_ymd_opt(2026, 9, 14).unwrap();
    for _ in 0..TIMES {
        let start = Instant::now();
        let facts =
            store.export_facts(RoundId(ROUND), None, "2026-09-14 17:30".into(), today).unwrap();
        read.push(people as f64 / start.elapsed().as_secs_f64());
        let identifiers = Identifiers::Full { purpose: "核对".to_owned() };
        let options = Options { identifiers, made_by: None };
        let catalogue = Catalogue::builtin();
        let book = report::export(Export::Results, Format::Xlsx, &facts, catalogue, &options);
        assert!(!book.unwrap().is_empty());
        whole.push(people as f64 / start.elapsed().as_secs_f64());
    }
    vec![
        Figure::new(
            format!("results workbook of {people} people"),
            "rows/s",
            whole,
            Budget::AtLeast(23_500.0),
            "read from an encrypted store and written as xlsx in memory; the budget is 400,000 rows in 17 s",
        ),
        Figure::new(
            "of that, reading the store",
            "rows/s",
            read,
            Budget::None,
            "what the store gives a report, before anything is written",
        ),
    ]
}
