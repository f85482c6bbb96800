//! What is held: kept, not applied, shown with its reason. Deciding is the server's (`store`).

use crate::failed;
use protocol::{Code, Failure};
use serde::Serialize;
use store::Store;

/// One held entry as a list shows it. No personal data: the entry itself stays where it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeldRow {
    /// `writer:seq:hash`, to name it in a decision.
    pub entry: String,
    pub unit: String,
    pub reason: String,
    pub text: String,
    pub day: Option<chrono::NaiveDate>,
    /// What a person decided: `true` = applied, `false` = left out for good, none = not yet.
    pub decided: Option<bool>,
}

/// Everything held here, oldest position first.
pub fn held(store: &Store) -> Result<Vec<HeldRow>, Failure> {
    let held = store.held().map_err(failed)?;
    Ok(held
        .into_iter()
        .map(|h| HeldRow {
            entry: print_reference(&h.reference),
            unit: h.unit.to_string(),
            reason: h.reason,
            text: h.reason_zh.to_owned(),
            day: h.day,
            decided: h.decided,
        })
        .collect())
}

/// `writer:seq:hash` in hexadecimal, decimal, hexadecimal.
pub fn print_reference(reference: &ledger::Reference) -> String {
    let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    format!("{}:{}:{}", hex(&reference.writer.0), reference.seq, hex(&reference.hash8))
}

/// Reads what `print_reference` printed.
pub fn parse_reference(text: &str) -> Result<ledger::Reference, Failure> {
    let wrong = || Failure::new(Code::HeldUnknown);
    let mut parts = text.split(':');
    let (Some(writer), Some(seq), Some(hash), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(wrong());
    };
    Ok(ledger::Reference {
        writer: ledger::WriterId(unhex(writer).ok_or_else(wrong)?),
        seq: seq.parse().map_err(|_| wrong())?,
        hash8: unhex(hash).ok_or_else(wrong)?,
    })
}

fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != 2 * N || !text.is_ascii() {
        return None;
    }
    let mut bytes = [0_u8; N];
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * index..2 * index + 2)?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_printed_is_read_back() {
        let reference =
            ledger::Reference { writer: ledger::WriterId([7; 16]), seq: 12, hash8: [0xab; 8] };
        assert_eq!(parse_reference(&print_reference(&reference)), Ok(reference));
    }

    #[test]
    fn anything_else_is_no_reference() {
        for text in ["", "a:b", "00:1:00", "zz:1:2", "07070707070707070707070707070707:1:abab"] {
            assert!(parse_reference(text).is_err(), "{text}");
        }
    }
}
