//! An entry's body: a header that any version can read, and a payload that its kind explains.
//! Not the payloads themselves (`fact`), and not streams, chains or seals (`ledger`).

use crate::fact::{Fact, Kind};
use prost::Message;

/// The header's fields are frozen for ever: every later version reads them, whatever the kind.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Header {
    /// `Kind` as its number; unknown numbers are kept, relayed and shown as 新版本记录.
    #[prost(uint32, tag = "1")]
    pub kind: u32,
    /// 16 bytes: the person this entry is about; empty where it is about none.
    #[prost(bytes = "vec", tag = "2")]
    pub person: Vec<u8>,
    /// The round's id; 0 where it belongs to none.
    #[prost(fixed64, tag = "3")]
    pub round: u64,
    /// The stop's day as a person confirmed it: days since 2000-01-01.
    #[prost(sint32, optional, tag = "4")]
    pub day: Option<i32>,
    #[prost(fixed64, tag = "5")]
    pub operator: u64,
    #[prost(fixed64, tag = "6")]
    pub examiner: u64,
    /// The station's integer code; 0 where at none.
    #[prost(uint32, tag = "7")]
    pub station: u32,
    /// The policy version the writer knew.
    #[prost(uint32, tag = "8")]
    pub policy: u32,
    /// The worst level shown to the operator: 0 none, 1 C, 2 B, 3 A.
    #[prost(uint32, tag = "9")]
    pub worst_level: u32,
    /// What the device's clock claimed. Never used for order.
    #[prost(message, optional, tag = "10")]
    pub clock: Option<Clock>,
}

/// A claim, kept and never believed: field clocks say 1970.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub struct Clock {
    /// Milliseconds since 1970 UTC as the device told it.
    #[prost(sint64, tag = "1")]
    pub unix_ms: i64,
    /// Boot number, where the device knows it.
    #[prost(uint32, tag = "2")]
    pub boot: u32,
    /// Milliseconds since boot.
    #[prost(uint64, tag = "3")]
    pub tick_ms: u64,
}

/// The bytes of an entry: header first, then the payload of its kind.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Body {
    #[prost(message, optional, tag = "1")]
    pub header: Option<Header>,
    #[prost(bytes = "vec", tag = "2")]
    pub payload: Vec<u8>,
}

/// Why bytes are no entry this version can judge. The entry is kept and relayed all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    #[error("the bytes are not an entry")]
    Malformed,
    #[error("the entry is of a kind this version does not know")]
    UnknownKind,
    #[error("the entry lacks a field its kind needs, or one is out of bounds")]
    Invalid,
}

/// An entry read: its header and what it says.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub header: Header,
    pub fact: Fact,
}

impl Entry {
    /// The bytes to append. The kind in the header is set from the fact.
    pub fn encode(&self) -> Vec<u8> {
        let header = Header { kind: self.fact.kind() as u32, ..self.header.clone() };
        Body { header: Some(header), payload: self.fact.encode_payload() }.encode_to_vec()
    }

    /// Reads header and payload; of an entry appended again by a new writer, the entry inside.
    pub fn decode(bytes: &[u8]) -> Result<Entry, EntryError> {
        let (header, fact) = Entry::decode_parts(bytes)?;
        Ok(Entry { header, fact: fact? })
    }

    /// Both in one reading: the header, which any version can read, and what it says, which another may not.
    pub fn decode_parts(bytes: &[u8]) -> Result<(Header, Result<Fact, EntryError>), EntryError> {
        let body = decode_body(bytes)?;
        let header = body.header.ok_or(EntryError::Malformed)?;
        check_header(&header)?;
        let kind = Kind::try_from(header.kind).map_err(|_| EntryError::UnknownKind);
        let fact = kind.and_then(|kind| Fact::decode_payload(kind, &body.payload));
        Ok((header, fact))
    }

    /// The header alone, of any kind and version.
    pub fn decode_header(bytes: &[u8]) -> Result<Header, EntryError> {
        let body = decode_body(bytes)?;
        let header = body.header.ok_or(EntryError::Malformed)?;
        check_header(&header)?;
        Ok(header)
    }
}

/// A body that the ledger re-filed begins with a byte no protobuf begins with.
fn decode_body(bytes: &[u8]) -> Result<Body, EntryError> {
    match ledger::Refiled::decode(bytes) {
        None => Body::decode(bytes).map_err(|_| EntryError::Malformed),
        Some(Ok(refiled)) => {
            Body::decode(refiled.body.as_slice()).map_err(|_| EntryError::Malformed)
        }
        Some(Err(_)) => Err(EntryError::Malformed),
    }
}

fn check_header(header: &Header) -> Result<(), EntryError> {
    let person_fits = header.person.is_empty() || header.person.len() == 16;
    // 2000-01-01 plus or minus 300 years: anything else is not a day a person confirmed.
    let day_fits = header.day.is_none_or(|d| (-110_000..=110_000).contains(&d));
    if person_fits && day_fits { Ok(()) } else { Err(EntryError::Malformed) }
}
