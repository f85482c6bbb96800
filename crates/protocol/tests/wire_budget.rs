//! Bytes on the wire: what 500 checkups of 40 results cost, chains and seals counted.
//! Not speed, and not the server's storage.

#![allow(clippy::unwrap_used)]

mod common;

use common::work::{CHECKUPS, Day, RESULTS_EACH, STATIONS, synthetic_day};
use ledger::{Batch, Chain, Head, Range, SigningKey, StreamKey, UnitKey, WriterId};
use protocol::Entry;

/// DESIGN's budget: a batch of 500, 40 results in 6 station entries, chains and seals counted.
const BYTES_PER_CHECKUP_MAX: usize = 220;
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
    assert!(one_device <= BYTES_PER_CHECKUP_MAX * CHECKUPS, "{one_device}");
    assert!(each_its_own <= BYTES_PER_CHECKUP_MAX * CHECKUPS, "{each_its_own}");
}
