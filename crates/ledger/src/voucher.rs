//! What the server says of one stream so that others may pass it on: "I, in this life, hold it up to here". A receipt and an
//! answer are for the one who sent and asked; a voucher can be checked by anyone who has the server's key.
//!
//! Not what it counts for: the reader compares life, time and chain with what it knows itself.

use crate::chain::{Chain, Head};
use crate::codec::{DecodeProblem, Reader, Writer};
use crate::key::{SEQ_MAX, StreamKey};
use crate::signature::{
    SignatureProblem, SigningKey, read_signature, sign, to_sign, verify, write_signature,
};

/// "The stream `key` reads `head.chain` at `head.seq`, and I hold all of it", signed by the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voucher {
    /// Which life of which server.
    pub instance: [u8; 16],
    /// The server's clock when it said so, ms since 1970 UTC; never before 1970.
    pub unix_ms: u64,
    pub key: StreamKey,
    pub head: Head,
    pub signature: [u8; 64],
}

impl Voucher {
    fn write(&self, writer: &mut Writer) {
        writer.bytes(&self.instance);
        writer.varint(self.unix_ms);
        writer.stream_key(&self.key);
        writer.varint(self.head.seq);
        writer.bytes(&self.head.chain.0);
    }

    fn bytes_to_sign(&self) -> Vec<u8> {
        let mut writer = to_sign("hx-voucher-1");
        self.write(&mut writer);
        writer.done()
    }

    /// `V`, version 1, instance, time, unit, writer, seq, chain, algorithm, signature.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::document(b'V', 1);
        self.write(&mut writer);
        write_signature(&mut writer, &self.signature);
        writer.done()
    }

    /// Reads what [`Voucher::encode`] wrote, and nothing else. Does not verify.
    pub fn decode(bytes: &[u8]) -> Result<Voucher, DecodeProblem> {
        let mut reader = Reader::document(bytes, b'V', 1)?;
        let instance = reader.array()?;
        let unix_ms = reader.varint()?;
        if unix_ms > SEQ_MAX {
            return Err(DecodeProblem::Number);
        }
        let key = reader.stream_key()?;
        let head = Head { seq: reader.seq()?, chain: Chain(reader.array()?) };
        let signature = read_signature(&mut reader)?;
        reader.end()?;
        Ok(Voucher { instance, unix_ms, key, head, signature })
    }
}

/// Vouches with the server's key. A time before 1970 is said as 1970, one beyond every number as the last there is.
pub fn sign_voucher(
    instance: [u8; 16],
    unix_ms: i64,
    (key, head): (&StreamKey, &Head),
    server_key: &SigningKey,
) -> Voucher {
    let unix_ms = u64::try_from(unix_ms).unwrap_or(0).min(SEQ_MAX);
    let mut voucher =
        Voucher { instance, unix_ms, key: key.clone(), head: *head, signature: [0; 64] };
    voucher.signature = sign(&voucher.bytes_to_sign(), server_key);
    voucher
}

/// True only when the server's key signed exactly this.
pub fn verify_voucher(
    voucher: &Voucher,
    server_public_key: &[u8; 32],
) -> Result<(), SignatureProblem> {
    verify(&voucher.bytes_to_sign(), &voucher.signature, server_public_key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::{UnitKey, WriterId};
    use crate::signature::public_key;

    fn server() -> SigningKey {
        SigningKey::from_bytes(&[9; 32])
    }

    fn voucher() -> Voucher {
        let unit = UnitKey::try_new("431302204200").unwrap();
        let key = StreamKey::new(unit, WriterId([3; 16]));
        let head = Head::genesis(&key).after([b"\x0aone".as_slice(), b"\x0atwo"]);
        sign_voucher([1; 16], 1_789_372_800_123, (&key, &head), &server())
    }

    #[test]
    fn only_what_the_server_signed_is_vouched_for() {
        let root = public_key(&server());
        let check = |what: &str, is_good: bool, change: fn(&mut Voucher)| {
            let mut voucher = voucher();
            change(&mut voucher);
            assert_eq!(verify_voucher(&voucher, &root).is_ok(), is_good, "{what}");
        };
        check("control: untouched", true, |_| {});
        check("another life", false, |v| v.instance[0] ^= 1);
        check("another time", false, |v| v.unix_ms += 1);
        check("another unit", false, |v| v.key.unit = UnitKey::try_new("431302204201").unwrap());
        check("another writer", false, |v| v.key.writer.0[0] ^= 1);
        check("further", false, |v| v.head.seq += 1);
        check("another branch", false, |v| v.head.chain.0[31] ^= 1);
        check("another signature", false, |v| v.signature[5] ^= 1);
        let other = SigningKey::from_bytes(&[8; 32]);
        assert!(verify_voucher(&voucher(), &public_key(&other)).is_err(), "another server");
    }

    #[test]
    fn a_voucher_reads_back_and_nothing_else_reads_as_one() {
        let bytes = voucher().encode();
        assert_eq!(Voucher::decode(&bytes), Ok(voucher()));
        for cut in 0..bytes.len() {
            assert!(Voucher::decode(&bytes[..cut]).is_err(), "cut at {cut}");
        }
        let longer = [&bytes[..], &[0]].concat();
        assert_eq!(Voucher::decode(&longer), Err(DecodeProblem::Trailing));
        let newer = [&[b'V', 2], &bytes[2..]].concat();
        assert_eq!(Voucher::decode(&newer), Err(DecodeProblem::Version(2)));
        let nowhere = Voucher { head: Head { seq: 0, ..voucher().head }, ..voucher() };
        assert_eq!(Voucher::decode(&nowhere.encode()), Err(DecodeProblem::Number));
        let never = Voucher { unix_ms: SEQ_MAX + 1, ..voucher() };
        assert_eq!(Voucher::decode(&never.encode()), Err(DecodeProblem::Number));
    }
}
