//! Between the messages of the calls and the ledger's types. No judgement beyond shape: what cannot be
//! read is `None`, and the caller says what that means on its side.

use ledger::{Chain, Head, Heads, StreamKey, UnitKey, WriterId};
use protocol::call::{HeadMessage, UnitDigest, Wanted};
use std::collections::{BTreeMap, BTreeSet};

pub fn head_message(key: &StreamKey, head: &Head) -> HeadMessage {
    HeadMessage {
        unit: key.unit.to_string(),
        writer: key.writer.0.to_vec(),
        seq: head.seq,
        chain: head.chain.0.to_vec(),
    }
}

pub fn read_head(message: &HeadMessage) -> Option<(StreamKey, Head)> {
    let key = StreamKey::new(UnitKey::try_new(&message.unit).ok()?, writer_id(&message.writer)?);
    let chain = Chain(message.chain.as_slice().try_into().ok()?);
    (message.seq <= ledger::SEQ_MAX).then_some((key, Head { seq: message.seq, chain }))
}

pub fn read_heads(messages: &[HeadMessage]) -> Option<Heads> {
    messages.iter().map(read_head).collect()
}

pub fn read_units(units: &[String]) -> Option<BTreeSet<UnitKey>> {
    units.iter().map(|unit| UnitKey::try_new(unit).ok()).collect()
}

pub fn read_digests(units: &[UnitDigest]) -> Option<BTreeMap<UnitKey, [u8; 16]>> {
    let read = |unit: &UnitDigest| {
        Some((UnitKey::try_new(&unit.unit).ok()?, unit.digest.as_slice().try_into().ok()?))
    };
    units.iter().map(read).collect()
}

pub fn wanted(key: &StreamKey, after: u64) -> Wanted {
    Wanted { unit: key.unit.to_string(), writer: key.writer.0.to_vec(), after }
}

pub fn read_wanted(wanted: &Wanted) -> Option<(StreamKey, u64)> {
    let key = StreamKey::new(UnitKey::try_new(&wanted.unit).ok()?, writer_id(&wanted.writer)?);
    (wanted.after <= ledger::SEQ_MAX).then_some((key, wanted.after))
}

pub fn writer_id(bytes: &[u8]) -> Option<WriterId> {
    bytes.try_into().ok().map(WriterId)
}
