//! The names of streams: unit keys, writer ids, sequence numbers. Not where the names come from:
//! units are the application's, writer ids are 128 random bits the caller makes.

use std::fmt;
use std::str::FromStr;

/// A position in a stream, dense from 1. 0 is the genesis: nothing appended yet.
pub type Seq = u64;
/// The largest position any decoder takes: 2^53 - 1, so that JSON and SQL integers hold it exactly.
pub const SEQ_MAX: Seq = (1 << 53) - 1;
/// Longest unit key, ASCII characters.
pub const UNIT_KEY_CHARS_MAX: usize = 24;

/// The key of a unit: 1 to 24 characters of `0-9 A-Z a-z -`. Given once, never re-used.
// Zero-padded bytes: no allocation per key, and byte order is text order because no character is 0.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitKey([u8; UNIT_KEY_CHARS_MAX]);

/// Why a text is no unit key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a unit key has 1 to 24 characters of 0-9 A-Z a-z -")]
pub struct UnitKeyProblem;

impl UnitKey {
    /// Takes a text of 1 to 24 allowed characters.
    pub fn try_new(text: &str) -> Result<UnitKey, UnitKeyProblem> {
        UnitKey::from_bytes(text.as_bytes())
    }

    pub(crate) fn from_bytes(text: &[u8]) -> Result<UnitKey, UnitKeyProblem> {
        let fits = (1..=UNIT_KEY_CHARS_MAX).contains(&text.len())
            && text.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-');
        if !fits {
            return Err(UnitKeyProblem);
        }
        let mut bytes = [0; UNIT_KEY_CHARS_MAX];
        bytes[..text.len()].copy_from_slice(text);
        Ok(UnitKey(bytes))
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        let chars = self.0.iter().position(|b| *b == 0).unwrap_or(UNIT_KEY_CHARS_MAX);
        &self.0[..chars]
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        // Only ASCII gets in, so the fallback is never taken.
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }
}

impl fmt::Display for UnitKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for UnitKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UnitKey({self})")
    }
}

impl FromStr for UnitKey {
    type Err = UnitKeyProblem;
    fn from_str(text: &str) -> Result<UnitKey, UnitKeyProblem> {
        UnitKey::try_new(text)
    }
}

/// One unbroken life of one store: 128 random bits, never derived, or two clones would fork again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WriterId(pub [u8; 16]);

impl fmt::Display for WriterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(f, &self.0)
    }
}

impl fmt::Debug for WriterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WriterId({self})")
    }
}

/// The key of a stream. Ordered by unit, then writer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamKey {
    pub unit: UnitKey,
    pub writer: WriterId,
}

impl StreamKey {
    /// Names the stream of `writer` in `unit`.
    pub fn new(unit: UnitKey, writer: WriterId) -> StreamKey {
        StreamKey { unit, writer }
    }
}

impl fmt::Display for StreamKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.unit, self.writer)
    }
}

pub(crate) fn write_hex(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    bytes.iter().try_for_each(|b| write!(f, "{b:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unit_keys_take_only_short_ascii_words() {
        let check = |text: &str, fits: bool| {
            assert_eq!(UnitKey::try_new(text).is_ok(), fits, "{text:?}");
        };
        check("431302204S01", true);
        check("a", true);
        check("abcdefghijklmnopqrstuvwx", true);
        check("ABC-9", true);
        check("", false);
        check("abcdefghijklmnopqrstuvwxy", false);
        check("水洞底", false);
        check("a b", false);
        check("a/b", false);
        check("a\0", false);
    }

    #[test]
    fn keys_order_as_their_texts_do() {
        let mut texts = ["4313", "431302", "43130", "A", "a", "0", "-", "431302-1"];
        let mut keys: Vec<UnitKey> =
            texts.iter().filter_map(|t| UnitKey::try_new(t).ok()).collect();
        texts.sort_unstable();
        keys.sort();
        assert_eq!(keys.iter().map(UnitKey::as_str).collect::<Vec<_>>(), texts);
    }

    #[test]
    fn ids_print_as_hex() {
        let key = StreamKey::new(
            UnitKey::try_new("431302204200").unwrap(),
            WriterId(*b"\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\xff"),
        );
        assert_eq!(key.to_string(), "431302204200/000102030405060708090a0b0c0d0eff");
    }
}
