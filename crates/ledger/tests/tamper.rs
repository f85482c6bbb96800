//! A changed, dropped, swapped, inserted or missing byte is noticed, at every place of every
//! document that carries entries or proofs; and controls that show which guard notices what.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use ledger::memory::{Guards, MemoryReplica};
use ledger::*;

/// Every way one byte can go wrong, at every place: all bit flips, both extremes, dropped, doubled,
/// swapped with the next, something put in between, and the end cut off.
fn damaged(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<(String, Vec<u8>)> = Vec::new();
    let mut put = |what: &str, at: usize, now: Vec<u8>| {
        if now != bytes {
            all.push((format!("{what} at {at} of {}", bytes.len()), now));
        }
    };
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut now = bytes.to_vec();
            now[at] ^= 1 << bit;
            put("flipped", at, now);
        }
        for value in [0, 0xff] {
            let mut now = bytes.to_vec();
            now[at] = value;
            put("overwritten", at, now);
            let mut now = bytes.to_vec();
            now.insert(at, value);
            put("inserted", at, now);
        }
        let mut now = bytes.to_vec();
        now.remove(at);
        put("dropped", at, now);
        let mut now = bytes.to_vec();
        now.insert(at, bytes[at]);
        put("doubled", at, now);
        if at + 1 < bytes.len() {
            let mut now = bytes.to_vec();
            now.swap(at, at + 1);
            put("swapped", at, now);
        }
        put("cut", at, bytes[..at].to_vec());
    }
    put("appended", bytes.len(), [bytes, &[0]].concat());
    all
}

fn every_damage_is_noticed(bytes: &[u8], passes: impl Fn(&[u8]) -> bool) {
    assert!(passes(bytes), "the undamaged document passes");
    for (what, now) in damaged(bytes) {
        assert!(!passes(&now), "{what} went unnoticed");
    }
}

#[test]
fn every_damaged_byte_of_a_batch_is_noticed() {
    let server_key = public_key(&key(SERVER));
    every_damage_is_noticed(&small_batch().encode(), |bytes| {
        Batch::decode(bytes, &Limits::default())
            .is_ok_and(|batch| verify_batch(&batch, &server_key))
    });
}

#[test]
fn every_damaged_byte_of_a_range_is_noticed() {
    let device_key = public_key(&key(1));
    for range in &small_batch().ranges[..2] {
        every_damage_is_noticed(&range.encode(), |bytes| {
            Range::decode(bytes).is_ok_and(|range| verify_range(&range, &device_key).is_ok())
        });
    }
}

#[test]
fn every_damaged_byte_of_a_seal_is_noticed() {
    let device_key = public_key(&key(1));
    every_damage_is_noticed(&small_batch().ranges[0].seal.encode(), |bytes| {
        Seal::decode(bytes).is_ok_and(|seal| verify_seal(&seal, &device_key).is_ok())
    });
}

#[test]
fn every_damaged_byte_of_a_certificate_is_noticed() {
    let (device, writer) = small_batch().certificates[0].clone();
    let server_key = public_key(&key(SERVER));
    every_damage_is_noticed(&device.encode(), |bytes| {
        DeviceCertificate::decode(bytes)
            .is_ok_and(|it| verify_device_certificate(&it, &server_key).is_ok())
    });
    every_damage_is_noticed(&writer.encode(), |bytes| {
        WriterCertificate::decode(bytes)
            .is_ok_and(|it| verify_writer_certificate(&it, &device.public_key).is_ok())
    });
}

#[test]
fn a_decoder_that_is_not_followed_by_the_checks_notices_little() {
    // The control of the four above: decoding alone lets most damage through.
    let bytes = small_batch().encode();
    let passes = |bytes: &[u8]| Batch::decode(bytes, &Limits::default()).is_ok();
    let unnoticed = damaged(&bytes).into_iter().filter(|(_, now)| passes(now)).count();
    assert!(unnoticed > 1_000, "{unnoticed}");
}

#[test]
fn a_signature_for_one_purpose_serves_no_other() {
    // A receipt whose fields, byte for byte, are those of a seal: only the tag tells them apart.
    // The server signs both kinds, so without tags whoever chooses a batch could obtain a seal of
    // the server's.
    let stream = StreamKey::new(unit("abcdefghijklmnopqrstuvwx"), writer(7));
    let seq_bytes = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01];
    let fields =
        [&[24][..], stream.unit.as_str().as_bytes(), &stream.writer.0, &seq_bytes, &[9; 32]]
            .concat();
    let receipt = Receipt {
        instance: fields[..16].try_into().unwrap(),
        batch: fields[16..48].try_into().unwrap(),
        accepted: fields[48..].try_into().unwrap(),
    };
    let signature = sign_receipt(&receipt, &key(SERVER));
    let seal = Seal { key: stream.clone(), seq: 1 << 42, chain: Chain([9; 32]), signature };
    assert!(verify_seal(&seal, &public_key(&key(SERVER))).is_err());
    let true_seal = sign_seal(&stream, &seal.head(), &key(SERVER));
    assert!(verify_seal(&true_seal, &public_key(&key(SERVER))).is_ok());
    assert!(verify_receipt(&receipt, &signature, &public_key(&key(SERVER))).is_ok());
    assert!(verify_receipt(&receipt, &true_seal.signature, &public_key(&key(SERVER))).is_err());
}

// What follows is a receiver in front of forgeries, with all guards and with one off.

fn guarded(number: u8, guards: Guards) -> MemoryReplica {
    let mut replica = device(number);
    replica.guards = guards;
    replica
}

fn receiver(guards: Guards) -> MemoryReplica {
    guarded(3, guards)
}

fn given(receiver: &mut MemoryReplica, batch: &Batch) -> Vec<Result<AcceptedRange, Refusal>> {
    let bytes = batch.encode();
    let batch = Batch::decode(&bytes, &Limits::default()).unwrap();
    receiver.accept(&batch.ranges, &batch.certificates).unwrap()
}

fn check_guard(forged: &Batch, refusal: Refusal, off: Guards) {
    let mut honest = receiver(Guards::default());
    assert_eq!(given(&mut honest, forged)[0], Err(refusal));
    assert_eq!(honest.entries().count(), 0);
    let mut careless = receiver(off);
    assert!(given(&mut careless, forged)[0].is_ok(), "the control takes the forgery");
    assert!(careless.entries().count() > 0);
}

fn first_range_only() -> Batch {
    let mut batch = small_batch();
    batch.ranges.truncate(1);
    batch.certificates.truncate(1);
    batch
}

#[test]
fn a_changed_body_under_a_true_seal_is_refused_by_the_chain_check() {
    let mut batch = first_range_only();
    batch.ranges[0].bodies[0] = body("height 190.0");
    check_guard(&batch, Refusal::BadChain, Guards { chain: false, ..Guards::default() });
}

#[test]
fn a_dropped_body_is_refused_by_the_chain_check() {
    let mut batch = first_range_only();
    batch.ranges[0].bodies.pop();
    batch.ranges[0].seal.seq = 1;
    // With a body gone the seal fits neither chain nor position: both guards are off in the
    // control.
    let off = Guards { chain: false, seal: false, ..Guards::default() };
    check_guard(&batch, Refusal::BadChain, off);
}

#[test]
fn a_consistent_forgery_by_another_device_is_refused_by_the_seal_check() {
    let mut batch = first_range_only();
    let range = &mut batch.ranges[0];
    range.bodies[0] = body("height 190.0");
    let head = range.after.after(range.bodies.iter().map(Vec::as_slice));
    range.seal = sign_seal(&range.key, &head, &key(66));
    check_guard(&batch, Refusal::BadSeal, Guards { seal: false, ..Guards::default() });
}

#[test]
fn a_writer_the_server_never_enrolled_is_refused_by_the_certificate_check() {
    let stranger_server = key(77);
    let mut stranger = MemoryReplica::new([8; 16], key(8), writer(8), vec![], &stranger_server);
    stranger.append(&unit("village-a"), body("made up")).unwrap();
    stranger.seal_own().unwrap();
    let stream = StreamKey::new(unit("village-a"), writer(8));
    let ranges = ranges_after(&stranger, &stream, 0, usize::MAX);
    let certificates = certificates_for(&stranger, &ranges);
    let batch = Batch { ranges, certificates };
    let off = Guards { certificate: false, ..Guards::default() };
    check_guard(&batch, Refusal::BadCertificate, off);
    let unproven = Batch { certificates: vec![], ..batch };
    assert_eq!(given(&mut device(3), &unproven)[0], Err(Refusal::UnknownWriter));
}

#[test]
fn a_device_cannot_speak_for_anothers_writer() {
    // Device 2 signs device 1's writer id: its own certificate is true, the pair proves its own key
    // only.
    let mut batch = first_range_only();
    let (own, _) = small_batch().certificates[1].clone();
    let claimed = sign_writer_certificate([2; 16], writer(1), &key(2));
    let range = &mut batch.ranges[0];
    range.bodies[0] = body("height 190.0");
    let head = range.after.after(range.bodies.iter().map(Vec::as_slice));
    range.seal = sign_seal(&range.key, &head, &key(2));
    batch.certificates = vec![(own, claimed)];
    let mut honest = receiver(Guards::default());
    given(&mut honest, &first_range_only());
    let before: Vec<_> = honest.entries().map(|(_, _, body)| body.to_vec()).collect();
    assert_eq!(given(&mut honest, &batch)[0], Err(Refusal::BadSeal));
    let after: Vec<_> = honest.entries().map(|(_, _, body)| body.to_vec()).collect();
    assert_eq!(before, after, "who is known first stays known");
}

#[test]
fn a_range_given_again_changes_nothing_because_it_is_placed() {
    let batch = first_range_only();
    let twice = |guards: Guards| {
        let mut receiver = receiver(guards);
        given(&mut receiver, &batch);
        let again = given(&mut receiver, &batch)[0].clone().unwrap();
        (receiver.entries().count(), again.new_entries)
    };
    assert_eq!(twice(Guards::default()), (2, 0));
    assert_eq!(twice(Guards { place: false, ..Guards::default() }), (4, 2));
}

#[test]
fn a_rolled_back_device_does_not_go_on_under_its_own_name() {
    // Written to 3 and given away, restored to 1, asked to take 2 and 3 back.
    let rolled_back = |guards: Guards| {
        let mut one = guarded(1, guards);
        one.append(&unit("village-a"), body("1")).unwrap();
        let mut backup = one.clone();
        one.append(&unit("village-a"), body("2")).unwrap();
        one.append(&unit("village-a"), body("3")).unwrap();
        one.seal_own().unwrap();
        let stream = StreamKey::new(unit("village-a"), writer(1));
        let ranges = ranges_after(&one, &stream, 0, usize::MAX);
        let answer = backup.accept(&ranges, &[]).unwrap()[0].clone();
        assert_eq!(answer.unwrap().new_entries, 2);
        backup.own_writer().unwrap() != writer(1)
    };
    assert!(rolled_back(Guards::default()));
    assert!(!rolled_back(Guards { own: false, ..Guards::default() }));
}
