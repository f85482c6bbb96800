//! Decoders in front of anything: no panic, bounded, and what they take is exactly what a writer
//! would have written. And what a batch costs in bytes.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use ledger::*;
use proptest::prelude::*;

/// Feeds bytes to every decoder. Whatever one takes must encode to the same bytes again.
fn feed(bytes: &[u8]) -> Result<(), TestCaseError> {
    if let Ok(it) = Seal::decode(bytes) {
        prop_assert_eq!(it.encode(), bytes);
    }
    if let Ok(it) = DeviceCertificate::decode(bytes) {
        prop_assert!(it.units.len() <= CERTIFICATE_UNITS_MAX);
        prop_assert_eq!(it.encode(), bytes);
    }
    if let Ok(it) = WriterCertificate::decode(bytes) {
        prop_assert_eq!(it.encode(), bytes);
    }
    if let Ok(it) = decode_heads(bytes) {
        prop_assert!(it.len() <= HEADS_MAX);
        prop_assert_eq!(encode_heads(&it), bytes);
    }
    if let Ok(it) = HeadsDigest::decode(bytes) {
        prop_assert_eq!(it.encode(), bytes);
    }
    if let Ok(it) = Range::decode(bytes) {
        prop_assert!(it.body_bytes() <= RANGE_BYTES_MAX);
        prop_assert_eq!(it.encode(), bytes);
        let _ = verify_range(&it, &public_key(&key(1)));
    }
    if let Ok(it) = Batch::decode(bytes, &Limits::default()) {
        prop_assert_eq!(it.encode(), bytes);
    }
    if let Some(Ok(it)) = Refiled::decode(bytes) {
        prop_assert_eq!(refile(it.writer, it.seq, &it.body).unwrap(), bytes);
    }
    Ok(())
}

/// One valid document of each kind.
fn documents() -> Vec<Vec<u8>> {
    let batch = small_batch();
    let head = |range: &Range| (range.key.clone(), range.seal.head());
    let heads: Heads = batch.ranges.iter().map(head).collect();
    vec![
        batch.encode(),
        batch.ranges[0].encode(),
        batch.ranges[1].encode(),
        batch.ranges[0].seal.encode(),
        batch.certificates[0].0.encode(),
        batch.certificates[0].1.encode(),
        encode_heads(&heads),
        HeadsDigest::of(&heads).encode(),
        refile(writer(1), 70_000, &body("carried")).unwrap(),
    ]
}

#[test]
fn every_document_is_taken_by_its_own_decoder_only() {
    for bytes in documents() {
        feed(&bytes).unwrap();
        let takers = [
            Seal::decode(&bytes).is_ok(),
            DeviceCertificate::decode(&bytes).is_ok(),
            WriterCertificate::decode(&bytes).is_ok(),
            decode_heads(&bytes).is_ok(),
            HeadsDigest::decode(&bytes).is_ok(),
            Range::decode(&bytes).is_ok(),
            Batch::decode(&bytes, &Limits::default()).is_ok(),
            matches!(Refiled::decode(&bytes), Some(Ok(_))),
        ];
        assert_eq!(takers.iter().filter(|took| **took).count(), 1, "{takers:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        feed(&bytes)?;
    }

    #[test]
    fn random_bytes_behind_a_true_beginning_never_panic(
        letter in prop::sample::select(b"SDWHURB\x01".to_vec()),
        bytes in prop::collection::vec(prop_oneof![0..4u8, any::<u8>()], 0..600),
    ) {
        feed(&[&[letter, 1][..], &bytes].concat())?;
    }

    #[test]
    fn documents_with_a_few_bytes_changed_never_panic(
        which in 0..9usize,
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3u8), 1..6),
    ) {
        let mut bytes = documents().swap_remove(which);
        for (at, value, how) in edits {
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = value,
                1 => bytes.insert(at, value),
                _ => bytes.truncate(at.max(1)),
            }
        }
        feed(&bytes)?;
    }

    #[test]
    fn any_batch_reads_back(
        counts in prop::collection::vec((0..4u8, 0..2u8, 1..5usize, 0..3u64), 0..12),
    ) {
        let mut batch = Batch::default();
        for (number, unit_number, entries, after) in counts {
            let key = StreamKey::new(unit(&format!("u{unit_number}")), writer(number));
            let chain = if after == 0 { Chain::genesis(&key) } else { Chain([after as u8; 32]) };
            let after = Head { seq: after, chain };
            let bodies = vec![body("x"); entries];
            let head = after.after(bodies.iter().map(Vec::as_slice));
            let seal = sign_seal(&key, &head, &key_of(number));
            batch.ranges.push(Range { key, after, bodies, seal });
        }
        let bytes = batch.encode();
        prop_assert_eq!(Batch::decode(&bytes, &Limits::default()), Ok(batch));
    }
}

fn key_of(number: u8) -> SigningKey {
    key(number)
}

/// Varint of a count far beyond anything there is.
const HUGE: [u8; 9] = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f];

#[test]
fn a_count_that_promises_more_than_there_is_allocates_nothing() {
    let check = |document: &[u8], expect: DecodeProblem| {
        let found = match document[0] {
            b'B' => Batch::decode(document, &Limits::default()).map(|_| ()),
            b'H' => decode_heads(document).map(|_| ()),
            b'U' => HeadsDigest::decode(document).map(|_| ()),
            b'R' => Range::decode(document).map(|_| ()),
            _ => DeviceCertificate::decode(document).map(|_| ()),
        };
        assert_eq!(found, Err(expect), "{:02x?}", &document[..document.len().min(40)]);
    };
    let after = |start: &[u8], more: &[u8]| [start, more].concat();
    check(&after(b"B\x01", &HUGE), DecodeProblem::Limit);
    check(&after(b"B\x01\x00", &HUGE), DecodeProblem::Limit);
    check(&after(b"B\x01\x00\x00", &HUGE), DecodeProblem::Limit);
    check(b"B\x01\x00\x00\xff\x07", DecodeProblem::Short);
    check(&after(b"H\x01", &HUGE), DecodeProblem::Limit);
    check(b"H\x01\xff\xff\x03", DecodeProblem::Short);
    check(&after(b"U\x01", &HUGE), DecodeProblem::Limit);
    let device = [b"D\x01".as_slice(), &[0; 48], &[1]].concat();
    check(&after(&device, &HUGE), DecodeProblem::Limit);
    check(&after(&device, &[0xff, 7]), DecodeProblem::Short);
    let range = [b"R\x01\x01a".as_slice(), &[0; 16], &[0], &[0; 32], &[1], &[0; 64]].concat();
    check(&after(&range, &HUGE), DecodeProblem::Limit);
    check(&after(&range, &after(&[1], &HUGE)), DecodeProblem::Limit);
    check(&after(&range, &[2, 1]), DecodeProblem::Short);
    check(&after(&range, &[1, 0, 0]), DecodeProblem::Body);
    check(&after(&range, &[0]), DecodeProblem::Body);
}

#[test]
fn a_decoder_keeps_to_the_limits_it_is_given() {
    let batch = small_batch();
    let bytes = batch.encode();
    let (ranges, pairs) = (batch.ranges.len(), batch.certificates.len());
    let bodies: usize = batch.ranges.iter().map(|range| range.bodies.len()).sum();
    let exact = Limits {
        bytes_max: bytes.len(),
        ranges_max: ranges,
        bodies_max: bodies,
        certificates_max: pairs,
    };
    assert_eq!(Batch::decode(&bytes, &exact), Ok(batch));
    let check = |limits: Limits| {
        assert_eq!(Batch::decode(&bytes, &limits), Err(DecodeProblem::Limit), "{limits:?}");
    };
    check(Limits { bytes_max: bytes.len() - 1, ..exact });
    check(Limits { ranges_max: ranges - 1, ..exact });
    check(Limits { bodies_max: bodies - 1, ..exact });
    check(Limits { certificates_max: pairs - 1, ..exact });
}

#[test]
fn a_range_larger_than_two_seals_apart_is_refused() {
    let stream = StreamKey::new(unit("a"), writer(1));
    let check = |bodies: Vec<Vec<u8>>, decoded: bool, verified: Result<(), RangeProblem>| {
        let after = Head::genesis(&stream);
        let head = after.after(bodies.iter().map(Vec::as_slice));
        let seal = sign_seal(&stream, &head, &key(1));
        let range = Range { key: stream.clone(), after, bodies, seal };
        assert_eq!(Range::decode(&range.encode()).is_ok(), decoded);
        assert_eq!(verify_range(&range, &public_key(&key(1))).map(|_| ()), verified);
    };
    check(vec![vec![0x0a; FACT_BYTES_MAX]; 2], true, Ok(()));
    check(vec![vec![0x0a; FACT_BYTES_MAX]; 3], false, Err(RangeProblem::TooLarge));
    check(vec![vec![0x0a; FACT_BYTES_MAX + 1]], false, Err(RangeProblem::TooLarge));
    check(vec![vec![]], false, Err(RangeProblem::TooLarge));
    check(vec![], false, Err(RangeProblem::Empty));
}

#[test]
fn another_version_is_named_as_such() {
    let mut bytes = small_batch().encode();
    bytes[1] = 2;
    assert_eq!(Batch::decode(&bytes, &Limits::default()), Err(DecodeProblem::Version(2)));
    bytes[0] = b'R';
    assert_eq!(Batch::decode(&bytes, &Limits::default()), Err(DecodeProblem::Document));
}

#[test]
fn five_hundred_checkups_cost_few_bytes_beyond_their_bodies() {
    // Six entries of about 60 bytes a checkup. The budget of 220 bytes a checkup after compression
    // is for the bodies: what the batch adds (lengths, seals, chains, certificates) is a small part
    // of it.
    let mut one = device(1);
    let mut body_bytes = 0;
    for n in 0..3_000usize {
        let entry = [vec![0x0a], vec![n as u8; 40 + n % 40]].concat();
        body_bytes += entry.len();
        one.append(&unit("village-a"), entry).unwrap();
    }
    one.seal_own().unwrap();
    let stream = StreamKey::new(unit("village-a"), writer(1));
    let ranges = ranges_after(&one, &stream, 0, usize::MAX);
    let seals = ranges.len();
    let certificates = certificates_for(&one, &ranges);
    let bytes = Batch { ranges, certificates }.encode().len();
    let extra_per_checkup = (bytes - body_bytes) as f64 / 500.0;
    assert!(seals <= body_bytes / SEAL_EVERY_BYTES + 2, "{seals} seals");
    assert!(extra_per_checkup < 8.0, "{extra_per_checkup} bytes a checkup");
}

#[test]
fn heads_of_50_units_and_20_writers_are_compared_in_2_kib() {
    let mut heads = Heads::new();
    for unit_number in 0..50 {
        for number in 0..20 {
            let key = StreamKey::new(unit(&format!("4313022042{unit_number:02}")), writer(number));
            heads.insert(key, Head { seq: 900, chain: Chain([number; 32]) });
        }
    }
    assert!(HeadsDigest::of(&heads).encode().len() <= 1_536);
    assert_eq!(decode_heads(&encode_heads(&heads)), Ok(heads));
}
