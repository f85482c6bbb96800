//! What the tests share: keys, replicas, a small batch. Not the rules under test.
#![allow(dead_code, clippy::unwrap_used)]

use ledger::memory::MemoryReplica;
use ledger::*;
use std::collections::BTreeSet;

/// A signing key from a number: tests are repeatable.
pub fn key(number: u8) -> SigningKey {
    SigningKey::from_bytes(&[number; 32])
}

pub fn unit(text: &str) -> UnitKey {
    UnitKey::try_new(text).unwrap()
}

pub fn writer(number: u8) -> WriterId {
    WriterId([number; 16])
}

pub const SERVER: u8 = 200;

/// An enrolled device; the same number is its device id, key and writer.
pub fn device(number: u8) -> MemoryReplica {
    let units = vec![unit("village-a"), unit("village-b")];
    MemoryReplica::new([number; 16], key(number), writer(number), units, &key(SERVER))
}

pub fn server() -> MemoryReplica {
    device(SERVER)
}

pub fn all_units() -> BTreeSet<UnitKey> {
    [unit("village-a"), unit("village-b")].into()
}

/// An application's body: never begins with a byte the ledger keeps for itself.
pub fn body(text: &str) -> Vec<u8> {
    [b"\x0a", text.as_bytes()].concat()
}

/// The certificates for every writer of some ranges, as `from` knows them.
pub fn certificates_for(from: &MemoryReplica, ranges: &[Range]) -> Vec<CertificatePair> {
    let writers: BTreeSet<WriterId> = ranges.iter().map(|range| range.key.writer).collect();
    writers.iter().filter_map(|id| from.certificates(id).unwrap()).collect()
}

/// All `from` would give of a stream after a position, in ranges of at most `bytes_max`.
pub fn ranges_after(
    from: &MemoryReplica,
    key: &StreamKey,
    after: Seq,
    bytes_max: usize,
) -> Vec<Range> {
    let mut ranges: Vec<Range> = Vec::new();
    let mut at = after;
    while let Some(range) = from.sealed_range(key, at, bytes_max).unwrap() {
        at = range.seal.seq;
        ranges.push(range);
    }
    ranges
}

/// A small batch of two devices' work in two units, and who sent it.
pub fn small_batch() -> Batch {
    let mut one = device(1);
    let mut two = device(2);
    one.append(&unit("village-a"), body("height 150.0")).unwrap();
    one.append(&unit("village-a"), body("height 151.5")).unwrap();
    two.append(&unit("village-b"), body("pressure 120/80")).unwrap();
    one.seal_own().unwrap();
    two.seal_own().unwrap();
    let key = StreamKey::new(unit("village-a"), writer(1));
    let mut ranges = ranges_after(&one, &key, 0, usize::MAX);
    one.append(&unit("village-a"), body("amended 151.0")).unwrap();
    one.seal_own().unwrap();
    ranges.extend(ranges_after(&one, &key, 2, usize::MAX));
    let mut certificates = certificates_for(&one, &ranges);
    let key = StreamKey::new(unit("village-b"), writer(2));
    ranges.extend(ranges_after(&two, &key, 0, usize::MAX));
    certificates.extend(two.certificates(&writer(2)).unwrap());
    Batch { ranges, certificates }
}

/// Everything a receiver that knows the server's key can check about a batch.
pub fn verify_batch(batch: &Batch, server_public_key: &[u8; 32]) -> bool {
    let proven: Vec<Option<VerifiedWriter>> = batch
        .certificates
        .iter()
        .map(|(device, writer)| verify_certificates(device, writer, server_public_key).ok())
        .collect();
    proven.iter().all(Option::is_some)
        && batch.ranges.iter().all(|range| {
            let mut of_writer = proven.iter().flatten();
            of_writer
                .find(|proof| proof.writer == range.key.writer)
                .is_some_and(|proof| verify_range(range, &proof.public_key).is_ok())
        })
}
