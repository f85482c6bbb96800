//! What is carried by hand: a device's file for its server, as it lies and behind its seal, and the lines of a 日结单 as
//! they are scanned or typed. A changed file is never read to its end.

use super::chance::Chance;
use super::engine::{Decoder, Said, Target};
use super::mutate;
use super::sealed::{changed, changes};
use ledger::memory::MemoryReplica;
use ledger::{Limits, Replica, SigningKey, UnitKey, WriterId, public_key};
use office::day_lines::{SheetLine, SheetLines, read_sheets};
use std::io::Write;
use sync::{
    CarryHead, CarryReader, Lacking, carry_recipient, decode_batch, encode_batch, write_carry,
};

const PEAK_BYTES_MAX: usize = 16 << 20;
const VILLAGE: &str = "431302105205";

fn server() -> SigningKey {
    SigningKey::from_bytes(&[9; 32])
}

/// A small file of one device.
fn made() -> Vec<u8> {
    let unit = UnitKey::try_new(VILLAGE).unwrap();
    let (device, writer) = (SigningKey::from_bytes(&[7; 32]), WriterId([7; 16]));
    let mut replica = MemoryReplica::new([7; 16], device, writer, vec![unit.clone()], &server());
    for at in 0..4_u8 {
        replica.append(&unit, vec![b'a' + at; 40]).unwrap();
    }
    replica.seal_own().unwrap();
    let keys = replica.streams.keys().cloned();
    let lacking: Vec<Lacking> = keys.map(|key| Lacking { key, after: 0 }).collect();
    let head = CarryHead { device: vec![7; 16], made_at_ms: 1_789_372_800_123 };
    let mut out = Vec::new();
    let carried = write_carry(&replica, &lacking, &head, &public_key(&server()), &mut out).unwrap();
    assert_eq!((carried.entries, carried.writers, carried.batches), (4, 1, 1));
    out
}

/// All batches, each decoded; `None`: refused.
fn read(bytes: &[u8]) -> Option<Vec<ledger::Batch>> {
    let mut reader = CarryReader::open(bytes, &server()).ok()?;
    let mut batches = Vec::new();
    while let Some(batch) = reader.next_batch().ok()? {
        batches.push(decode_batch(&batch, &Limits::default()).ok()?);
    }
    Some(batches)
}

struct Outside {
    made: Vec<u8>,
}

impl Decoder for Outside {
    fn input(&mut self, chance: &mut Chance) -> Vec<u8> {
        changes(self.made.len(), chance)
    }

    fn feed(&mut self, input: &[u8]) -> Said {
        let file = changed(&self.made, input);
        let batches = read(&file);
        assert!(batches.is_none() || file == self.made, "a changed file was read");
        Said::read_if(batches.is_some())
    }
}

/// What is inside the seal, changed and sealed again: by anyone, for the key is no secret.
struct Inside {
    plain: Vec<u8>,
}

impl Inside {
    fn new() -> Inside {
        let batches = read(&made()).unwrap();
        let mut plain = b"HX-CARRY-1\n".to_vec();
        let mut put = |bytes: &[u8]| {
            plain.extend((bytes.len() as u32).to_be_bytes());
            plain.extend(bytes);
        };
        put(&[]);
        batches.iter().for_each(|batch| put(&encode_batch(batch).unwrap()));
        put(&[]);
        Inside { plain }
    }
}

impl Decoder for Inside {
    fn input(&mut self, chance: &mut Chance) -> Vec<u8> {
        changes(self.plain.len(), chance)
    }

    fn feed(&mut self, input: &[u8]) -> Said {
        let to = carry_recipient(&public_key(&server())).unwrap();
        let to = std::iter::once(&to as &dyn age::Recipient);
        let mut sealed = Vec::new();
        let mut out =
            age::Encryptor::with_recipients(to).unwrap().wrap_output(&mut sealed).unwrap();
        out.write_all(&changed(&self.plain, input)).unwrap();
        out.finish().unwrap();
        Said::read_if(read(&sealed).is_some())
    }
}

/// A day's lines as text.
struct Lines {
    samples: Vec<String>,
}

impl Lines {
    fn new() -> Lines {
        let line = SheetLine {
            writer: "0123456789abcdef".to_owned(),
            entries: 12,
            digest: "fedcba9876543210".to_owned(),
            device: "01234567".to_owned(),
            name: String::new(),
        };
        let sheet = SheetLines {
            unit: VILLAGE.to_owned(),
            day: "2026-09-14".to_owned(),
            unit_digest: "0123456789abcdef".repeat(2),
            printed_by: "01234567".to_owned(),
            left_out: 0,
            lines: vec![line.clone(), line],
        };
        let typed = "设备 写入编号 条数 摘要\n血压一号 0123456789abcdef 12 fedcba9876543210\n";
        Lines { samples: vec![sheet.print(), typed.to_owned()] }
    }
}

impl Decoder for Lines {
    fn input(&mut self, chance: &mut Chance) -> Vec<u8> {
        mutate::text(&self.samples, chance).into_bytes()
    }

    fn feed(&mut self, input: &[u8]) -> Said {
        let text = String::from_utf8_lossy(input);
        Said::read_if(read_sheets(&text).is_ok())
    }
}

pub fn targets() -> Vec<Target> {
    let target = |name, share, open| Target { name, share, peak_bytes_max: PEAK_BYTES_MAX, open };
    vec![
        target("carry", 10, || Box::new(Outside { made: made() })),
        target("carry_inside", 10, || Box::new(Inside::new())),
        target("sheet_lines", 10, || Box::new(Lines::new())),
    ]
}
