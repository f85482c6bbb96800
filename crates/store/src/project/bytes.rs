//! Numbers and texts as bytes inside the projection's packed columns: variable-length integers and
//! length-prefixed texts. Not the encoding of entries (`protocol`), and nothing that travels.

use crate::error::StoreError;

/// Appends to a blob.
#[derive(Debug, Default)]
pub(crate) struct Packer {
    bytes: Vec<u8>,
}

impl Packer {
    pub fn byte(&mut self, value: u8) {
        self.bytes.push(value);
    }

    /// Seven bits a byte, the lowest first.
    pub fn number(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push((value & 0x7f) as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }

    /// Small magnitudes of either sign stay short.
    pub fn signed(&mut self, value: i64) {
        self.number(((value << 1) ^ (value >> 63)) as u64);
    }

    /// Eight bytes as they are: ids are random and would only grow.
    pub fn id(&mut self, value: u64) {
        self.bytes.extend_from_slice(&value.to_be_bytes());
    }

    pub fn text(&mut self, value: &str) {
        self.number(value.len() as u64);
        self.bytes.extend_from_slice(value.as_bytes());
    }

    pub fn done(self) -> Vec<u8> {
        self.bytes
    }
}

/// Reads what a `Packer` wrote. Anything else is `Stored`: the blob is ours, so it is damage.
pub(crate) struct Unpacker<'a> {
    rest: &'a [u8],
    what: &'static str,
}

impl<'a> Unpacker<'a> {
    pub fn new(bytes: &'a [u8], what: &'static str) -> Unpacker<'a> {
        Unpacker { rest: bytes, what }
    }

    pub fn is_done(&self) -> bool {
        self.rest.is_empty()
    }

    pub fn wrong(&self) -> StoreError {
        StoreError::Stored(self.what)
    }

    pub fn byte(&mut self) -> Result<u8, StoreError> {
        let (first, rest) = self.rest.split_first().ok_or(StoreError::Stored(self.what))?;
        self.rest = rest;
        Ok(*first)
    }

    pub fn number(&mut self) -> Result<u64, StoreError> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(self.wrong())
    }

    pub fn small<T: TryFrom<u64>>(&mut self) -> Result<T, StoreError> {
        let value = self.number()?;
        T::try_from(value).map_err(|_| self.wrong())
    }

    pub fn signed(&mut self) -> Result<i64, StoreError> {
        let value = self.number()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    pub fn id(&mut self) -> Result<u64, StoreError> {
        let (bytes, rest) =
            self.rest.split_first_chunk::<8>().ok_or(StoreError::Stored(self.what))?;
        self.rest = rest;
        Ok(u64::from_be_bytes(*bytes))
    }

    pub fn text(&mut self) -> Result<&'a str, StoreError> {
        let len: usize = self.small()?;
        if len > self.rest.len() {
            return Err(self.wrong());
        }
        let (bytes, rest) = self.rest.split_at(len);
        self.rest = rest;
        std::str::from_utf8(bytes).map_err(|_| StoreError::Stored(self.what))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_packed_is_read_back() {
        for value in [0, 1, -1, 63, -64, 64, i64::MAX, i64::MIN] {
            let mut packer = Packer::default();
            packer.signed(value);
            packer.number(value.unsigned_abs());
            packer.text("慕隆村");
            packer.id(value as u64);
            let bytes = packer.done();
            let mut unpacker = Unpacker::new(&bytes, "test");
            assert_eq!(unpacker.signed().unwrap(), value);
            assert_eq!(unpacker.number().unwrap(), value.unsigned_abs());
            assert_eq!(unpacker.text().unwrap(), "慕隆村");
            assert_eq!(unpacker.id().unwrap(), value as u64);
            assert!(unpacker.is_done());
        }
    }

    #[test]
    fn cut_or_endless_bytes_are_damage_not_a_panic() {
        let check = |bytes: &[u8]| {
            let damage = Err(StoreError::Stored("test"));
            assert_eq!(Unpacker::new(bytes, "test").text().map(|_| ()), damage);
        };
        check(&[]);
        check(&[5, b'a']);
        check(&[0xff; 12]);
        check(&[1, 0xff]);
    }
}
