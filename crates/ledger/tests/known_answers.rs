//! The encodings against frozen examples in `schema/wire/ledger`, so that none changes unnoticed.
//! The examples were made by another program from the written layout; a failure here means old data
//! cannot be read.
#![allow(clippy::unwrap_used)]

use ledger::*;
use std::path::Path;

const UNIT: &str = "431302204200";
const SCHOOL: &str = "431302204S01";

fn answer(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schema/wire/ledger");
    let text = std::fs::read_to_string(folder.join(format!("{name}.hex"))).unwrap();
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(pair).collect()
}

fn check(name: &str, ours: &[u8]) {
    let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    assert_eq!(hex(ours), hex(&answer(name)), "{name}");
}

fn counted<const N: usize>(first: u8) -> [u8; N] {
    std::array::from_fn(|i| first + i as u8)
}

/// The things the examples are of.
struct Example {
    server: SigningKey,
    device: SigningKey,
    key: StreamKey,
    server_stream: StreamKey,
    bodies: [Vec<u8>; 3],
    server_body: Vec<u8>,
    device_certificate: DeviceCertificate,
    writer_certificate: WriterCertificate,
}

fn example() -> Example {
    let server = SigningKey::from_bytes(&counted(0));
    let device = SigningKey::from_bytes(&counted(32));
    let (village, school) = (UnitKey::try_new(UNIT).unwrap(), UnitKey::try_new(SCHOOL).unwrap());
    let writer = WriterId(counted(0xa0));
    let refiled = refile(WriterId(counted(0xc0)), 300, b"\x0acarried entry").unwrap();
    let units = vec![school.clone(), village.clone(), school.clone()];
    let id = counted(0xd0);
    Example {
        device_certificate: sign_device_certificate(id, public_key(&device), units, 7, &server),
        writer_certificate: sign_writer_certificate(id, writer, &device),
        key: StreamKey::new(village, writer),
        server_stream: StreamKey::new(school, WriterId(counted(0xb0))),
        bodies: [b"\x0afirst entry".to_vec(), b"\x0asecond entry".to_vec(), refiled],
        server_body: [b"\x10".to_vec(), b"server entry ".repeat(12)].concat(),
        server,
        device,
    }
}

impl Example {
    fn head(&self, entries: usize) -> Head {
        Head::genesis(&self.key).after(self.bodies[..entries].iter().map(Vec::as_slice))
    }

    fn server_head(&self) -> Head {
        Head::genesis(&self.server_stream).after([self.server_body.as_slice()])
    }

    fn range(&self, from: usize, to: usize) -> Range {
        Range {
            key: self.key.clone(),
            after: self.head(from),
            bodies: self.bodies[from..to].to_vec(),
            seal: sign_seal(&self.key, &self.head(to), &self.device),
        }
    }

    fn batch(&self) -> Batch {
        let (id, writer) = (counted(0x50), self.server_stream.writer);
        let server_range = Range {
            key: self.server_stream.clone(),
            after: Head::genesis(&self.server_stream),
            bodies: vec![self.server_body.clone()],
            seal: sign_seal(&self.server_stream, &self.server_head(), &self.server),
        };
        let own = sign_device_certificate(id, public_key(&self.server), vec![], 1, &self.server);
        let certificates = vec![
            (self.device_certificate.clone(), self.writer_certificate.clone()),
            (own, sign_writer_certificate(id, writer, &self.server)),
        ];
        Batch { ranges: vec![self.range(0, 2), self.range(2, 3), server_range], certificates }
    }

    fn heads(&self) -> Heads {
        [(self.key.clone(), self.head(3)), (self.server_stream.clone(), self.server_head())].into()
    }
}

#[test]
fn chains_and_digests_are_as_frozen() {
    let it = example();
    check("server_public_key", &public_key(&it.server));
    check("device_public_key", &public_key(&it.device));
    check("genesis", &Chain::genesis(&it.key).0);
    check("chain", &it.head(3).chain.0);
    check("own_digest", &own_digest([(&it.key, &it.head(3))]));
    let batch = it.batch().encode();
    let heads = it.heads();
    let accepted = heads.iter().map(|(key, head)| (key, head.seq, head.chain));
    let receipt = Receipt {
        instance: counted(0x50),
        batch: batch_digest(&batch),
        accepted: accepted_digest(accepted),
    };
    check("accepted_digest", &receipt.accepted);
    check("batch_digest", &receipt.batch);
    let signature = sign_receipt(&receipt, &it.server);
    check("receipt_signature", &signature);
    assert_eq!(verify_receipt(&receipt, &signature, &public_key(&it.server)), Ok(()));
}

#[test]
fn an_answers_signature_is_as_frozen() {
    let it = example();
    let (asked, whole) = (answer("../sync/v2/heads_request"), answer("../sync/v2/heads_answer"));
    // Key and length of the field, then the signature.
    let said = &whole[..whole.len() - 67];
    let answered = Answer { asked: asked_digest("heads", &asked), said: said_digest(said) };
    let signature = sign_answer(&answered, &it.server);
    check("answer_signature", &signature);
    assert_eq!(whole[said.len()..], [&[0xfa, 0x01, 0x40], &signature[..]].concat());
    assert_eq!(verify_answer(&answered, &signature, &public_key(&it.server)), Ok(()));
    let other = Answer { asked: asked_digest("enrol", &asked), ..answered };
    assert!(verify_answer(&other, &signature, &public_key(&it.server)).is_err());
}

#[test]
fn documents_are_as_frozen_and_read_back() {
    let it = example();
    let seal = it.range(0, 2).seal;
    check("seal", &seal.encode());
    assert_eq!(Seal::decode(&answer("seal")), Ok(seal));
    check("device_certificate", &it.device_certificate.encode());
    let read = DeviceCertificate::decode(&answer("device_certificate"));
    assert_eq!(read, Ok(it.device_certificate.clone()));
    check("writer_certificate", &it.writer_certificate.encode());
    let read = WriterCertificate::decode(&answer("writer_certificate"));
    assert_eq!(read, Ok(it.writer_certificate.clone()));
    let voucher =
        sign_voucher(counted(0x50), 1_789_372_800_123, (&it.key, &it.head(3)), &it.server);
    check("voucher", &voucher.encode());
    assert_eq!(Voucher::decode(&answer("voucher")), Ok(voucher));
    check("range", &it.range(1, 2).encode());
    assert_eq!(Range::decode(&answer("range")), Ok(it.range(1, 2)));
    check("batch", &it.batch().encode());
    assert_eq!(Batch::decode(&answer("batch"), &Limits::default()), Ok(it.batch()));
}

#[test]
fn sets_of_heads_are_as_frozen_and_read_back() {
    let it = example();
    check("heads", &encode_heads(&it.heads()));
    assert_eq!(decode_heads(&answer("heads")), Ok(it.heads()));
    let digest = HeadsDigest::of(&it.heads());
    check("heads_digest", &digest.encode());
    assert_eq!(HeadsDigest::decode(&answer("heads_digest")), Ok(digest));
}

#[test]
fn a_refiled_entry_is_as_frozen_and_reads_back() {
    let it = example();
    check("refiled", &it.bodies[2]);
    let read = Refiled::decode(&answer("refiled")).unwrap().unwrap();
    assert_eq!((read.writer, read.seq), (WriterId(counted(0xc0)), 300));
    assert_eq!(read.body, b"\x0acarried entry");
}

#[test]
fn the_frozen_examples_verify() {
    let it = example();
    let batch = Batch::decode(&answer("batch"), &Limits::default()).unwrap();
    let server = public_key(&it.server);
    for (device, writer) in &batch.certificates {
        let proof = verify_certificates(device, writer, &server).unwrap();
        let ranges = batch.ranges.iter().filter(|range| range.key.writer == proof.writer);
        for range in ranges {
            assert_eq!(verify_range(range, &proof.public_key), Ok(range.seal.head()));
        }
    }
}
