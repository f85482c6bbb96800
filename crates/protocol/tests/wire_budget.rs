//! Bytes on the wire: what 500 checkups of 40 results cost, and a roster's people, chains and seals
//! counted.
//! Not speed, and not the server's storage.

#![allow(clippy::unwrap_used)]

mod common;

use common::work::{CHECKUPS, Day, RESULTS_EACH, STATIONS, synthetic_day, synthetic_roster};
use ledger::{Batch, Chain, Head, Range, SigningKey, StreamKey, UnitKey, WriterId};
use protocol::Entry;

/// A batch of 500, 40 results in 6 station entries, chains and seals counted.
const BYTES_PER_CHECKUP_MAX: usize = 220;
/// A roster of 400,000 people is to be pulled in 8 MB.
const BYTES_PER_LISTED_MAX: usize = 20;
/// What a checkup cannot be written in less than, worked out from how its values are thrown: numbers
/// 22.8, choices 0.8, absent 1.7, unusual 0.7, findings 0.6, clocks 11.9, the person's id 16.
const ENTROPY_BYTES: usize = 54;
const ZSTD_LEVEL: i32 = 3;

/// The bodies as one writer appends and seals them: a seal wherever one is due, and at the end.
fn sealed_ranges(key: &StreamKey, bodies: Vec<Vec<u8>>) -> Vec<Range> {
    let device_key = SigningKey::from_bytes(&[7; 32]);
    let mut ranges = Vec::new();
    let mut head = Head { seq: 0, chain: Chain::genesis(key) };
    let mut open: Vec<Vec<u8>> = Vec::new();
    let mut after = head;
    for body in bodies {
        let open_bytes = open.iter().map(Vec::len).sum();
        if ledger::seal_is_due(open_bytes, body.len()) {
            let seal = ledger::sign_seal(key, &head, &device_key);
            let bodies = std::mem::take(&mut open);
            ranges.push(Range { key: key.clone(), after, bodies, seal });
            after = head;
        }
        head = Head { seq: head.seq + 1, chain: head.chain.next(&ledger::body_hash(&body)) };
        open.push(body);
    }
    let seal = ledger::sign_seal(key, &head, &device_key);
    ranges.push(Range { key: key.clone(), after, bodies: open, seal });
    ranges
}

fn stream(writer: u8) -> StreamKey {
    let unit = UnitKey::try_new("431302105205").unwrap();
    StreamKey { unit, writer: WriterId([writer; 16]) }
}

fn wire_bytes(ranges: Vec<Range>) -> usize {
    let batch = Batch { ranges, certificates: Vec::new() }.encode();
    zstd::bulk::compress(&batch, ZSTD_LEVEL).unwrap().len()
}

fn bodies(day: &Day) -> Vec<Vec<u8>> {
    day.entries.iter().map(|(_, entry)| Entry::encode(entry)).collect()
}

#[test]
fn a_checkup_of_forty_results_fits_its_budget_on_the_wire() {
    let day = synthetic_day(0);
    assert_eq!(day.entries.len(), CHECKUPS * STATIONS);
    let raw: usize = bodies(&day).iter().map(Vec::len).sum();
    let one_device = wire_bytes(sealed_ranges(&stream(1), bodies(&day)));
    // The other end of what happens: each station a device of its own, each pushing alone.
    let mut each_its_own = 0;
    for station in 0..STATIONS {
        let of = day.entries.iter().filter(|(at, _)| *at == station);
        let bodies = of.map(|(_, entry)| Entry::encode(entry)).collect();
        each_its_own += wire_bytes(sealed_ranges(&stream(1), bodies));
    }
    println!(
        "{CHECKUPS} checkups of {RESULTS_EACH} results: bodies {} B, one device {} B, \
         {STATIONS} devices {} B a checkup",
        raw / CHECKUPS,
        one_device / CHECKUPS,
        each_its_own / CHECKUPS,
    );
    // Control: the values are no easier than measured ones.
    assert!(one_device >= ENTROPY_BYTES * CHECKUPS, "{one_device}");
    assert!(one_device <= BYTES_PER_CHECKUP_MAX * CHECKUPS, "{one_device}");
    assert!(each_its_own <= BYTES_PER_CHECKUP_MAX * CHECKUPS, "{each_its_own}");
}

#[test]
fn a_roster_of_a_district_fits_its_budget_on_the_wire() {
    const VILLAGES: usize = 20;
    const PEOPLE_EACH: usize = 600;
    let mut ranges = Vec::new();
    let mut raw = 0;
    for village in 0..VILLAGES {
        let entry = synthetic_roster(village as u64, PEOPLE_EACH);
        let body = entry.encode();
        assert_eq!(Entry::decode(&body).unwrap().fact, entry.fact);
        raw += body.len();
        let unit = UnitKey::try_new(&format!("4313021052{village:02}")).unwrap();
        let key = StreamKey { unit, writer: WriterId([1; 16]) };
        ranges.extend(sealed_ranges(&key, vec![body]));
    }
    let people = VILLAGES * PEOPLE_EACH;
    let wire = wire_bytes(ranges);
    println!(
        "{people} people: bodies {} B, {:.1} B each",
        raw / people,
        wire as f64 / people as f64
    );
    assert!(wire <= BYTES_PER_LISTED_MAX * people, "{wire}");
}
