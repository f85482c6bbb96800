//! Bytes in and out: a small reader and writer for the ledger's encodings. Every length is checked
//! against a limit and against what is left before anything is allocated; nothing here panics.
//!
//! A varint is LEB128, unsigned, at most 10 bytes, in its shortest form only: one number, one
//! encoding.

use crate::key::{SEQ_MAX, Seq, StreamKey, UNIT_KEY_CHARS_MAX, UnitKey, WriterId};

/// Why bytes are not what they should be. Says nothing of what they hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeProblem {
    #[error("the bytes end early")]
    Short,
    #[error("bytes are left over")]
    Trailing,
    #[error("these bytes are another kind of document")]
    Document,
    #[error("version {0} of the encoding is not known here")]
    Version(u8),
    #[error("a number is not in its shortest form, or out of range")]
    Number,
    #[error("more items or bytes than the limit allows")]
    Limit,
    #[error("items are out of order, repeated, or not in their one canonical form")]
    Canonical,
    #[error("not a unit key")]
    UnitKey,
    #[error("signature algorithm {0} is not known here")]
    Algorithm(u8),
    #[error("an entry's body is empty, too large, or not what its kind asks for")]
    Body,
}

/// Reads from the front of a slice.
pub(crate) struct Reader<'a> {
    left: &'a [u8],
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { left: bytes }
    }

    /// Starts a document: its letter, then the one version known.
    pub fn document(bytes: &'a [u8], letter: u8, version: u8) -> Result<Self, DecodeProblem> {
        let mut reader = Reader::new(bytes);
        if reader.byte()? != letter {
            return Err(DecodeProblem::Document);
        }
        let found = reader.byte()?;
        if found != version {
            return Err(DecodeProblem::Version(found));
        }
        Ok(reader)
    }

    pub fn take(&mut self, count: usize) -> Result<&'a [u8], DecodeProblem> {
        let (taken, left) = self.left.split_at_checked(count).ok_or(DecodeProblem::Short)?;
        self.left = left;
        Ok(taken)
    }

    pub fn byte(&mut self) -> Result<u8, DecodeProblem> {
        self.array::<1>().map(|[b]| b)
    }

    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeProblem> {
        let (taken, left) = self.left.split_first_chunk::<N>().ok_or(DecodeProblem::Short)?;
        self.left = left;
        Ok(*taken)
    }

    pub fn varint(&mut self) -> Result<u64, DecodeProblem> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let low = u64::from(byte & 0x7f);
            // The tenth byte holds one bit; a last byte of 0 would be a longer form of a shorter
            // number.
            if (shift == 63 && low > 1) || (byte == 0 && shift > 0) {
                return Err(DecodeProblem::Number);
            }
            value |= low << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(DecodeProblem::Number)
    }

    /// A count of items that take at least `item_bytes_min` each: safe to allocate for.
    pub fn count(&mut self, max: usize, item_bytes_min: usize) -> Result<usize, DecodeProblem> {
        let count = usize::try_from(self.varint()?).map_err(|_| DecodeProblem::Limit)?;
        if count > max {
            return Err(DecodeProblem::Limit);
        }
        match count.checked_mul(item_bytes_min) {
            Some(bytes) if bytes <= self.left.len() => Ok(count),
            Some(_) | None => Err(DecodeProblem::Short),
        }
    }

    /// A place in a list read before. Whether there is such a place is the caller's to check.
    pub fn index(&mut self) -> Result<usize, DecodeProblem> {
        usize::try_from(self.varint()?).map_err(|_| DecodeProblem::Limit)
    }

    /// A position that holds an entry: 1 to [`SEQ_MAX`].
    pub fn seq(&mut self) -> Result<Seq, DecodeProblem> {
        let seq = self.varint()?;
        if (1..=SEQ_MAX).contains(&seq) { Ok(seq) } else { Err(DecodeProblem::Number) }
    }

    pub fn unit(&mut self) -> Result<UnitKey, DecodeProblem> {
        let chars = self.count(UNIT_KEY_CHARS_MAX, 1)?;
        UnitKey::from_bytes(self.take(chars)?).map_err(|_| DecodeProblem::UnitKey)
    }

    pub fn stream_key(&mut self) -> Result<StreamKey, DecodeProblem> {
        Ok(StreamKey { unit: self.unit()?, writer: WriterId(self.array()?) })
    }

    /// All that is left.
    pub fn rest(self) -> &'a [u8] {
        self.left
    }

    /// Nothing may be left.
    pub fn end(self) -> Result<(), DecodeProblem> {
        if self.left.is_empty() { Ok(()) } else { Err(DecodeProblem::Trailing) }
    }
}

/// Appends to a growing buffer.
pub(crate) struct Writer {
    out: Vec<u8>,
}

impl Writer {
    pub fn with_capacity(bytes: usize) -> Writer {
        Writer { out: Vec::with_capacity(bytes) }
    }

    /// Starts a document.
    pub fn document(letter: u8, version: u8) -> Writer {
        Writer { out: vec![letter, version] }
    }

    /// Starts bytes to hash or sign: a tag that names their purpose and a 0 that ends it.
    pub fn tagged(tag: &str) -> Writer {
        let mut out = Vec::with_capacity(128);
        out.extend_from_slice(tag.as_bytes());
        out.push(0);
        Writer { out }
    }

    pub fn byte(&mut self, byte: u8) {
        self.out.push(byte);
    }

    pub fn bytes(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    pub fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.out.push((value & 0x7f) as u8 | 0x80);
            value >>= 7;
        }
        self.out.push(value as u8);
    }

    pub fn count(&mut self, count: usize) {
        self.varint(count as u64);
    }

    pub fn unit(&mut self, unit: &UnitKey) {
        self.count(unit.as_bytes().len());
        self.bytes(unit.as_bytes());
    }

    pub fn stream_key(&mut self, key: &StreamKey) {
        self.unit(&key.unit);
        self.bytes(&key.writer.0);
    }

    pub fn done(self) -> Vec<u8> {
        self.out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_one_encoding() {
        let check = |bytes: &[u8], expect: Result<u64, DecodeProblem>| {
            let mut reader = Reader::new(bytes);
            assert_eq!(reader.varint(), expect, "{bytes:02x?}");
            if let Ok(value) = expect {
                let mut writer = Writer::with_capacity(10);
                writer.varint(value);
                assert_eq!(writer.done(), bytes);
            }
        };
        check(&[0], Ok(0));
        check(&[0x7f], Ok(127));
        check(&[0x80, 1], Ok(128));
        check(&[0xff, 0xff, 3], Ok(65_535));
        check(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1], Ok(u64::MAX));
        check(&[], Err(DecodeProblem::Short));
        check(&[0x80], Err(DecodeProblem::Short));
        check(&[0x80, 0], Err(DecodeProblem::Number));
        check(&[0xff, 0], Err(DecodeProblem::Number));
        check(&[0xff; 10], Err(DecodeProblem::Number));
        check(
            &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2],
            Err(DecodeProblem::Number),
        );
    }

    #[test]
    fn a_count_is_checked_before_anything_is_allocated() {
        let check = |bytes: &[u8], max, item, expect| {
            assert_eq!(Reader::new(bytes).count(max, item), expect);
        };
        check(&[2, 0, 0], 2, 1, Ok(2));
        check(&[3, 0, 0], 2, 1, Err(DecodeProblem::Limit));
        check(&[2, 0, 0], 2, 2, Err(DecodeProblem::Short));
        check(
            &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
            9,
            1,
            Err(DecodeProblem::Limit),
        );
        check(&[0xff, 0xff, 0xff, 0x7f], usize::MAX, usize::MAX, Err(DecodeProblem::Short));
    }
}
