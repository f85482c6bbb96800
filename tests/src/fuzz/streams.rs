//! The ledger's own encodings: what a decoder takes is exactly what a writer would have written, and verifying it does
//! not fail. And batches as they travel, under zstd.

use super::chance::Chance;
use super::corpus;
use super::engine::{Decoder, Said, Target};
use super::mutate;
use ledger::memory::MemoryReplica;
use ledger::*;

/// Room beside what is decoded, for what stands on the way.
const ROOM: usize = 1 << 20;

/// Bytes changed without knowing their form, and who reads them.
pub struct Plain {
    pub samples: Vec<Vec<u8>>,
    pub read: fn(&[u8]) -> Said,
}

impl Decoder for Plain {
    fn input(&mut self, chance: &mut Chance) -> Vec<u8> {
        mutate::bytes(&self.samples, chance)
    }

    fn feed(&mut self, input: &[u8]) -> Said {
        (self.read)(input)
    }
}

/// A decoder of a canonical encoding: taken bytes are given back the same.
fn canonical<T, P>(input: &[u8], decoded: Result<T, P>, encode: impl Fn(&T) -> Vec<u8>) -> Said {
    let Ok(it) = decoded else { return Said::Refused };
    assert_eq!(encode(&it), input, "another encoding of the same");
    Said::Read
}

fn seal(input: &[u8]) -> Said {
    let decoded = Seal::decode(input);
    if let Ok(it) = &decoded {
        let _ = verify_seal(it, &public_key(&SigningKey::from_bytes(&[1; 32])));
    }
    canonical(input, decoded, Seal::encode)
}

fn device_certificate(input: &[u8]) -> Said {
    let decoded = DeviceCertificate::decode(input);
    if let Ok(it) = &decoded {
        assert!(it.units.len() <= CERTIFICATE_UNITS_MAX);
        // Any 32 bytes may claim to be a public key, here and in the certificate itself.
        let _ = verify_device_certificate(it, &it.public_key);
    }
    canonical(input, decoded, DeviceCertificate::encode)
}

fn voucher(input: &[u8]) -> Said {
    let decoded = Voucher::decode(input);
    if let Ok(it) = &decoded {
        let _ = verify_voucher(it, &public_key(&SigningKey::from_bytes(&[1; 32])));
    }
    canonical(input, decoded, Voucher::encode)
}

fn writer_certificate(input: &[u8]) -> Said {
    let decoded = WriterCertificate::decode(input);
    if let Ok(it) = &decoded {
        let _ = verify_writer_certificate(it, &[0xff; 32]);
    }
    canonical(input, decoded, WriterCertificate::encode)
}

fn heads(input: &[u8]) -> Said {
    let decoded = decode_heads(input);
    if let Ok(it) = &decoded {
        assert!(it.len() <= HEADS_MAX);
        let _ = HeadsDigest::of(it);
    }
    canonical(input, decoded, encode_heads)
}

fn range(input: &[u8]) -> Said {
    let decoded = Range::decode(input);
    if let Ok(it) = &decoded {
        assert!(it.body_bytes() <= RANGE_BYTES_MAX);
        let _ = verify_range(it, &public_key(&SigningKey::from_bytes(&[1; 32])));
    }
    canonical(input, decoded, Range::encode)
}

fn batch(input: &[u8]) -> Said {
    canonical(input, Batch::decode(input, &Limits::default()), Batch::encode)
}

fn refiled(input: &[u8]) -> Said {
    match Refiled::decode(input) {
        None | Some(Err(_)) => Said::Refused,
        Some(Ok(it)) => {
            assert_eq!(refile(it.writer, it.seq, &it.body).unwrap(), input);
            Said::Read
        }
    }
}

/// As it came over the wire: whatever is wrong with the compression.
fn as_sent(input: &[u8]) -> Said {
    Said::read_if(sync::decode_batch(input, &Limits::default()).is_ok())
}

/// Compressed after it was changed: what stands behind the compression.
fn inflated(input: &[u8]) -> Said {
    let sent = zstd::bulk::compress(input, 1).unwrap();
    let read = sync::decode_batch(&sent, &Limits::default());
    assert_eq!(read.is_ok(), Batch::decode(input, &Limits::default()).is_ok());
    Said::read_if(read.is_ok())
}

fn one(name: &str) -> Vec<Vec<u8>> {
    vec![corpus::ledger(name)]
}

/// Heads of some streams in some units.
fn many_heads() -> Heads {
    let mut heads = Heads::new();
    for unit in 0..5 {
        for writer in 0..4 {
            let unit = UnitKey::try_new(&format!("43130210520{unit}")).unwrap();
            let chain = Chain([writer; 32]);
            heads.insert(StreamKey::new(unit, WriterId([writer; 16])), Head { seq: 300, chain });
        }
    }
    heads
}

/// The frozen batch, and one of several ranges and writers.
pub fn batches() -> Vec<Vec<u8>> {
    let server = SigningKey::from_bytes(&[200; 32]);
    let mut batch = Batch::default();
    for number in 1..4 {
        let key = SigningKey::from_bytes(&[number; 32]);
        let unit = UnitKey::try_new("431302105205").unwrap();
        let writer = WriterId([number; 16]);
        let mut one = MemoryReplica::new([number; 16], key, writer, vec![unit.clone()], &server);
        for body in corpus::entries() {
            one.append(&unit, body).unwrap();
            one.seal_own().unwrap();
        }
        let stream = StreamKey::new(unit, writer);
        let mut after = 0;
        while let Some(range) = one.sealed_range(&stream, after, 2_000).unwrap() {
            after = range.seal.seq;
            batch.ranges.push(range);
        }
        batch.certificates.extend(one.certificates(&writer).unwrap());
    }
    vec![corpus::ledger("batch"), batch.encode(), Batch::default().encode()]
}

fn plain(samples: Vec<Vec<u8>>, read: fn(&[u8]) -> Said) -> Box<dyn Decoder> {
    Box::new(Plain { samples, read })
}

pub fn targets() -> Vec<Target> {
    let target = |name, share, peak_bytes_max, open| Target { name, share, peak_bytes_max, open };
    vec![
        target("seal", 25, ROOM, || plain(one("seal"), seal)),
        target("device_certificate", 25, ROOM, || {
            plain(one("device_certificate"), device_certificate)
        }),
        target("writer_certificate", 25, ROOM, || {
            plain(one("writer_certificate"), writer_certificate)
        }),
        target("voucher", 25, ROOM, || plain(one("voucher"), voucher)),
        target("heads", 40, 4 * mutate::INPUT_BYTES_MAX + ROOM, || {
            plain(vec![corpus::ledger("heads"), encode_heads(&many_heads())], heads)
        }),
        target("heads_digest", 25, ROOM, || {
            let many = HeadsDigest::of(&many_heads()).encode();
            plain(vec![corpus::ledger("heads_digest"), many], |input| {
                canonical(input, HeadsDigest::decode(input), HeadsDigest::encode)
            })
        }),
        target("range", 50, 2 * RANGE_BYTES_MAX + ROOM, || plain(one("range"), range)),
        target("batch", 60, 2 * BATCH_BYTES_MAX, || plain(batches(), batch)),
        target("refiled", 25, ROOM, || plain(one("refiled"), refiled)),
        target("batch_as_sent", 40, 3 * BATCH_BYTES_MAX, || {
            let sent = batches().iter().map(|b| zstd::bulk::compress(b, 3).unwrap()).collect();
            plain(sent, as_sent)
        }),
        target("batch_inflated", 40, 3 * BATCH_BYTES_MAX, || plain(batches(), inflated)),
    ]
}
