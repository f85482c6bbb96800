//! A batch: what one push or pull carries. Ranges in the order given, each unit key and writer id
//! said once, and the certificates the receiver may lack. Not compression: the carrier does that.

use crate::certificate::{DeviceCertificate, WriterCertificate};
use crate::chain::Head;
use crate::codec::{DecodeProblem, Reader, Writer};
use crate::key::{StreamKey, UnitKey, WriterId};
use crate::range::{Range, read_range, write_range};
use crate::signature::{read_signature, write_signature};
use std::collections::BTreeMap;

/// Bytes of one batch, decompressed, at most.
pub const BATCH_BYTES_MAX: usize = 4 << 20;
/// Ranges in one batch, at most.
pub const RANGES_MAX: usize = 1_024;
/// Bodies in one batch, at most.
pub const BODIES_MAX: usize = 65_536;
/// Certificate pairs in one batch, at most.
pub const CERTIFICATES_MAX: usize = 256;

/// What proves a writer.
pub type CertificatePair = (DeviceCertificate, WriterCertificate);

/// What a decoder takes at most. The default is each constant above; a receiver may ask for less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub bytes_max: usize,
    pub ranges_max: usize,
    pub bodies_max: usize,
    pub certificates_max: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            bytes_max: BATCH_BYTES_MAX,
            ranges_max: RANGES_MAX,
            bodies_max: BODIES_MAX,
            certificates_max: CERTIFICATES_MAX,
        }
    }
}

/// Ranges and the certificates that go with them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Batch {
    pub ranges: Vec<Range>,
    /// One pair a writer. Encoding sorts them by writer; of two for one writer it keeps that
    /// of the later policy.
    pub certificates: Vec<CertificatePair>,
}

impl Batch {
    /// `B`, version 1, device certificates, writer certificates (each with the number of its
    /// device's), ranges. A range names its unit and writer by number; a number not used before
    /// brings the name with it.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::document(b'B', 1);
        write_certificates(&mut writer, &self.certificates);
        write_ranges(&mut writer, &self.ranges);
        writer.done()
    }

    /// Reads what [`Batch::encode`] wrote, and nothing else, within `limits`. Does not verify.
    pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Batch, DecodeProblem> {
        if bytes.len() > limits.bytes_max {
            return Err(DecodeProblem::Limit);
        }
        let mut reader = Reader::document(bytes, b'B', 1)?;
        let certificates = read_certificates(&mut reader, limits)?;
        let ranges = read_ranges(&mut reader, limits)?;
        reader.end()?;
        Ok(Batch { ranges, certificates })
    }
}

fn write_certificates(writer: &mut Writer, pairs: &[CertificatePair]) {
    let mut by_writer: BTreeMap<WriterId, &CertificatePair> = BTreeMap::new();
    for pair in pairs {
        let kept = by_writer.entry(pair.1.writer).or_insert(pair);
        if (pair.0.policy, pair) > (kept.0.policy, *kept) {
            *kept = pair;
        }
    }
    let mut devices: Vec<&DeviceCertificate> = by_writer.values().map(|pair| &pair.0).collect();
    devices.sort();
    devices.dedup();
    writer.count(devices.len());
    devices.iter().for_each(|device| device.write(writer));
    writer.count(by_writer.len());
    for (id, (device, certificate)) in by_writer {
        writer.bytes(&id.0);
        writer.count(devices.partition_point(|known| *known < device));
        write_signature(writer, &certificate.signature);
    }
}

fn read_certificates(
    reader: &mut Reader,
    limits: &Limits,
) -> Result<Vec<CertificatePair>, DecodeProblem> {
    let count = reader.count(limits.certificates_max, 115)?;
    let mut devices: Vec<DeviceCertificate> = Vec::with_capacity(count);
    for _ in 0..count {
        let device = DeviceCertificate::read(reader)?;
        if devices.last().is_some_and(|last| *last >= device) {
            return Err(DecodeProblem::Canonical);
        }
        devices.push(device);
    }
    let count = reader.count(limits.certificates_max, 82)?;
    let mut pairs: Vec<CertificatePair> = Vec::with_capacity(count);
    let mut used = vec![false; devices.len()];
    for _ in 0..count {
        let writer = WriterId(reader.array()?);
        if pairs.last().is_some_and(|last| last.1.writer >= writer) {
            return Err(DecodeProblem::Canonical);
        }
        let index = reader.index()?;
        let device = devices.get(index).ok_or(DecodeProblem::Canonical)?;
        let signature = read_signature(reader)?;
        let certificate = WriterCertificate { device: device.device, writer, signature };
        pairs.push((device.clone(), certificate));
        used[index] = true;
    }
    if used.contains(&false) { Err(DecodeProblem::Canonical) } else { Ok(pairs) }
}

fn write_ranges(writer: &mut Writer, ranges: &[Range]) {
    let mut units: BTreeMap<&UnitKey, usize> = BTreeMap::new();
    let mut writers: BTreeMap<WriterId, usize> = BTreeMap::new();
    let mut previous: Option<(&StreamKey, Head)> = None;
    writer.count(ranges.len());
    for range in ranges {
        let (unit_next, writer_next) = (units.len(), writers.len());
        let unit = *units.entry(&range.key.unit).or_insert(unit_next);
        writer.count(unit);
        if unit == unit_next {
            writer.unit(&range.key.unit);
        }
        let id = *writers.entry(range.key.writer).or_insert(writer_next);
        writer.count(id);
        if id == writer_next {
            writer.bytes(&range.key.writer.0);
        }
        write_range(writer, range, continued(previous, &range.key));
        previous = Some((&range.key, range.seal.head()));
    }
}

fn read_ranges(reader: &mut Reader, limits: &Limits) -> Result<Vec<Range>, DecodeProblem> {
    // Two numbers, a start, chain, algorithm, signature, a count, a length and a byte.
    let count = reader.count(limits.ranges_max, 103)?;
    let mut ranges: Vec<Range> = Vec::with_capacity(count);
    let mut units: Vec<UnitKey> = Vec::new();
    let mut writers: Vec<WriterId> = Vec::new();
    let mut bodies_left = limits.bodies_max;
    for _ in 0..count {
        let unit = named(reader, &mut units, |reader| reader.unit())?;
        let writer = named(reader, &mut writers, |reader| reader.array().map(WriterId))?;
        let key = StreamKey { unit, writer };
        let last = ranges.last().map(|range| (&range.key, range.seal.head()));
        let previous = continued(last, &key);
        let range = read_range(reader, key, previous, bodies_left)?;
        bodies_left -= range.bodies.len();
        ranges.push(range);
    }
    Ok(ranges)
}

/// Where the range before ended, when it is of the same stream.
fn continued(previous: Option<(&StreamKey, Head)>, key: &StreamKey) -> Option<Head> {
    previous.filter(|(last, _)| *last == key).map(|(_, head)| head)
}

/// A name by its number; the next free number brings a name, which must be new.
fn named<T: Clone + PartialEq>(
    reader: &mut Reader,
    known: &mut Vec<T>,
    read: impl FnOnce(&mut Reader) -> Result<T, DecodeProblem>,
) -> Result<T, DecodeProblem> {
    let index = reader.index()?;
    if let Some(name) = known.get(index) {
        return Ok(name.clone());
    }
    let name = read(reader)?;
    if index > known.len() || known.contains(&name) {
        return Err(DecodeProblem::Canonical);
    }
    known.push(name.clone());
    Ok(name)
}
