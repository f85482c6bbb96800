//! The frozen sample of `schema/wire/carry`: a file that a device once put on a stick opens for ever. Not what the server
//! takes of its batches: that is `tests/tests/carry.rs`.

#![allow(clippy::unwrap_used)]

use ledger::SigningKey;
use std::path::PathBuf;
use sync::{CarryProblem, CarryReader};

/// The made-up server's Ed25519 secret, to whose public key the sample is sealed.
const SERVER_SECRET: [u8; 32] = [0x5e; 32];

fn wire(name: &str) -> Vec<u8> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../schema/wire")).join(name);
    std::fs::read(path).unwrap()
}

fn hex(name: &str) -> Vec<u8> {
    let digits: Vec<u8> = wire(name).into_iter().filter(u8::is_ascii_hexdigit).collect();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}

#[test]
fn a_file_of_the_first_version_opens_and_says_what_it_said() {
    let sample = hex("carry/v1.hex");
    let key = SigningKey::from_bytes(&SERVER_SECRET);
    let mut reader = CarryReader::open(sample.as_slice(), &key).unwrap();
    assert_eq!(reader.head.device, (0xd0..0xe0).collect::<Vec<u8>>());
    assert_eq!(reader.head.made_at_ms, 1_789_378_200_000);
    let batch = reader.next_batch().unwrap().unwrap();
    let inflated = zstd::decode_all(batch.as_slice()).unwrap();
    assert_eq!(inflated, hex("ledger/batch.hex"), "document B, as it was frozen");
    assert_eq!(reader.next_batch(), Ok(None));
    // Control: another server's key opens nothing of it.
    let other = SigningKey::from_bytes(&[0x5f; 32]);
    assert_eq!(CarryReader::open(sample.as_slice(), &other).err(), Some(CarryProblem::Foreign));
}
