//! The third carrier, a file: what a device holds and its server is not known to have, sealed with `age` to the server's
//! key. It goes on a USB stick in anyone's pocket: nobody else can read it, and what comes out of it proves itself as a
//! push does. Not where the file lies, and not what the server does with its batches (`answer::take`).
//!
//! Inside the seal: `MAGIC`; then frames, each a length (four bytes, big-endian) and so many bytes. The first is a
//! [`CarryHead`], the others are batches as `push` sends them; a frame of length 0 is the last. `schema/wire/carry` has
//! it for other programs.

use crate::drive::SyncError;
use crate::gather::{Lacking, gather};
use crate::pace::{Pace, Turn};
use age::x25519::{Identity, Recipient};
use age::{DecryptError, Decryptor, Encryptor};
use bech32::{Bech32, Hrp};
use ledger::{Replica, Seq, SigningKey, StreamKey, WriterId, agreement_public, agreement_secret};
use prost::Message;
use protocol::call::BODY_BYTES_MAX;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufReader, Chain, Cursor, Read, Write};
use zeroize::Zeroizing;

const MAGIC: [u8; 11] = *b"HX-CARRY-1\n";
/// What every version's magic begins with.
const MAGIC_ANY: [u8; 9] = *b"HX-CARRY-";
/// How every file sealed with `age` begins, and the beginning of the last line of its header.
const AGE_FIRST: &[u8] = b"age-encryption.org/";
const AGE_LAST: &[u8] = b"\n--- ";
/// Longest header of a sealed file, bytes: one recipient and what `age` adds take some 300.
const AGE_HEADER_BYTES_MAX: usize = 8 << 10;
/// Longest head, bytes.
const HEAD_BYTES_MAX: usize = 4 << 10;
/// Batches in one file, at most: 64 GiB.
pub const CARRY_BATCHES_MAX: u64 = 1 << 16;

/// Who wrote the file. A claim: what is taken from it is proven batch by batch.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct CarryHead {
    /// 16 bytes.
    #[prost(bytes = "vec", tag = "1")]
    pub device: Vec<u8>,
    /// ms since 1970 UTC by the device's clock.
    #[prost(sint64, tag = "2")]
    pub made_at_ms: i64,
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Carried {
    pub entries: u64,
    /// Writers whose entries they are.
    pub writers: u64,
    pub batches: u64,
}

/// Why a file is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CarryProblem {
    #[error("the file is none that a device wrote for its server")]
    NoCarry,
    #[error("the file is sealed to another key")]
    Foreign,
    #[error("the file is cut or changed")]
    Broken,
    #[error("the file is of a newer version")]
    Newer,
}

/// Why a file is not written.
#[derive(Debug, thiserror::Error)]
pub enum CarryError<E: std::error::Error + 'static> {
    #[error(transparent)]
    Replica(E),
    #[error("there is no key to seal to")]
    Key,
    #[error(transparent)]
    Write(std::io::Error),
}

/// Writes the sealed entries of `lacking`, in its order. Nothing is kept of more than one batch at a time.
pub fn write_carry<R: Replica>(
    replica: &R,
    lacking: &[Lacking],
    head: &CarryHead,
    server_public_key: &[u8; 32],
    out: impl Write,
) -> Result<Carried, CarryError<R::Error>> {
    let write = CarryError::Write;
    let recipient = carry_recipient(server_public_key).ok_or(CarryError::Key)?;
    let recipients = std::iter::once(&recipient as &dyn age::Recipient);
    let sealing = Encryptor::with_recipients(recipients).map_err(|_| CarryError::Key)?;
    let mut sealed = sealing.wrap_output(out).map_err(write)?;
    sealed.write_all(&MAGIC).map_err(write)?;
    put_frame(&mut sealed, &head.encode_to_vec()).map_err(write)?;
    // Who opens the file can ask for nothing: every batch brings what proves its writers.
    let writers: BTreeSet<WriterId> = lacking.iter().map(|stream| stream.key.writer).collect();
    let mut left = lacking.to_vec();
    let mut carried = Carried::default();
    let mut of_writers = BTreeSet::new();
    let mut pace = Pace::default();
    while let Some(batch) = gather(replica, &left, &writers, pace).map_err(|error| match error {
        SyncError::Replica(error) => CarryError::Replica(error),
        SyncError::Carrier(_) | SyncError::Compression => {
            CarryError::Write(std::io::ErrorKind::InvalidData.into())
        }
    })? {
        put_frame(&mut sealed, &batch.bytes).map_err(write)?;
        carried.batches += 1;
        pace = pace.after(Turn::Sent { raw: batch.raw, sent: batch.bytes.len() });
        let mut reached: BTreeMap<&StreamKey, Seq> = BTreeMap::new();
        for range in &batch.ranges {
            carried.entries += range.bodies.len() as u64;
            of_writers.insert(range.key.writer);
            reached.insert(&range.key, range.seal.seq);
        }
        // Ranges come in the order of the streams: those before the last one named are through.
        let last = batch.ranges.last().map(|range| &range.key);
        let through = left.iter().position(|stream| Some(&stream.key) == last).unwrap_or(0);
        left.drain(..through);
        for stream in &mut left {
            stream.after = reached.get(&stream.key).copied().unwrap_or(stream.after);
        }
    }
    sealed.write_all(&[0; 4]).map_err(write)?;
    sealed.finish().and_then(|mut out| out.flush()).map_err(write)?;
    carried.writers = of_writers.len() as u64;
    Ok(carried)
}

fn put_frame(out: &mut impl Write, bytes: &[u8]) -> std::io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(|_| std::io::ErrorKind::InvalidData)?;
    out.write_all(&length.to_be_bytes())?;
    out.write_all(bytes)
}

type Source<F> = BufReader<Chain<Cursor<Vec<u8>>, F>>;

/// An opened file: its batches one after the other, each within the limits of a push.
pub struct CarryReader<F: Read> {
    sealed: age::stream::StreamReader<Source<F>>,
    pub head: CarryHead,
    batches: u64,
    is_over: bool,
}

impl<F: Read> CarryReader<F> {
    /// Opens it with the server's key.
    pub fn open(mut from: F, server_key: &SigningKey) -> Result<CarryReader<F>, CarryProblem> {
        let front = read_front(&mut from)?;
        let source = BufReader::new(Cursor::new(front).chain(from));
        let unsealing = Decryptor::new_buffered(source).map_err(|_| CarryProblem::Broken)?;
        let identity = identity(server_key).ok_or(CarryProblem::Foreign)?;
        let identities = std::iter::once(&identity as &dyn age::Identity);
        let mut sealed = unsealing.decrypt(identities).map_err(|error| match error {
            DecryptError::NoMatchingKeys => CarryProblem::Foreign,
            _ => CarryProblem::Broken,
        })?;
        let mut magic = [0; MAGIC.len()];
        sealed.read_exact(&mut magic).map_err(|_| CarryProblem::Broken)?;
        if magic != MAGIC {
            let is_ours = magic.starts_with(&MAGIC_ANY);
            return Err(if is_ours { CarryProblem::Newer } else { CarryProblem::NoCarry });
        }
        let mut reader =
            CarryReader { sealed, head: CarryHead::default(), batches: 0, is_over: false };
        let head = reader.frame(HEAD_BYTES_MAX)?;
        reader.head = CarryHead::decode(head.as_slice()).map_err(|_| CarryProblem::Broken)?;
        Ok(reader)
    }

    /// The next batch as it was compressed; `None` after the last, when every byte was there and as written.
    pub fn next_batch(&mut self) -> Result<Option<Vec<u8>>, CarryProblem> {
        if self.is_over {
            return Ok(None);
        }
        let batch = self.frame(BODY_BYTES_MAX)?;
        if !batch.is_empty() {
            self.batches += 1;
            let is_bounded = self.batches <= CARRY_BATCHES_MAX;
            return if is_bounded { Ok(Some(batch)) } else { Err(CarryProblem::Broken) };
        }
        // Whether anything was cut off shows only where the seal ends.
        match self.sealed.read(&mut [0]) {
            Ok(0) => {
                self.is_over = true;
                Ok(None)
            }
            Ok(_) | Err(_) => Err(CarryProblem::Broken),
        }
    }

    fn frame(&mut self, bytes_max: usize) -> Result<Vec<u8>, CarryProblem> {
        let broken = |_| CarryProblem::Broken;
        let mut length = [0; 4];
        self.sealed.read_exact(&mut length).map_err(broken)?;
        let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
        if length > bytes_max {
            return Err(CarryProblem::Broken);
        }
        let mut bytes = vec![0; length];
        self.sealed.read_exact(&mut bytes).map_err(broken)?;
        Ok(bytes)
    }
}

/// The first bytes, with all of the header in them: a header that goes on for ever is not read.
fn read_front(from: &mut impl Read) -> Result<Vec<u8>, CarryProblem> {
    let mut front = Vec::new();
    let read = from.by_ref().take(AGE_HEADER_BYTES_MAX as u64).read_to_end(&mut front);
    read.map_err(|_| CarryProblem::Broken)?;
    if !front.starts_with(AGE_FIRST) {
        return Err(CarryProblem::NoCarry);
    }
    let has_end = front.windows(AGE_LAST.len()).any(|window| window == AGE_LAST);
    if has_end { Ok(front) } else { Err(CarryProblem::Broken) }
}

/// The server's key as one that `age` seals to.
pub fn carry_recipient(server_public_key: &[u8; 32]) -> Option<Recipient> {
    let public = agreement_public(server_public_key)?;
    let text = bech32::encode::<Bech32>(Hrp::parse("age").ok()?, &public).ok()?;
    text.parse().ok()
}

fn identity(server_key: &SigningKey) -> Option<Identity> {
    let secret = Zeroizing::new(agreement_secret(server_key));
    let hrp = Hrp::parse("age-secret-key-").ok()?;
    let text = Zeroizing::new(bech32::encode_upper::<Bech32>(hrp, &secret[..]).ok()?);
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ledger::public_key;

    /// A sealed file with these bytes inside.
    fn sealed_to(key: &SigningKey, inside: &[u8]) -> Vec<u8> {
        let recipient = carry_recipient(&public_key(key)).unwrap();
        let each = std::iter::once(&recipient as &dyn age::Recipient);
        let mut out = Vec::new();
        let mut sealed = Encryptor::with_recipients(each).unwrap().wrap_output(&mut out).unwrap();
        sealed.write_all(inside).unwrap();
        sealed.finish().unwrap();
        out
    }

    fn read(bytes: &[u8], key: &SigningKey) -> Result<Vec<Vec<u8>>, CarryProblem> {
        let mut reader = CarryReader::open(bytes, key)?;
        let mut batches = Vec::new();
        while let Some(batch) = reader.next_batch()? {
            batches.push(batch);
        }
        Ok(batches)
    }

    fn framed(frames: &[&[u8]]) -> Vec<u8> {
        let mut inside = MAGIC.to_vec();
        frames.iter().for_each(|frame| put_frame(&mut inside, frame).unwrap());
        inside
    }

    #[test]
    fn only_the_server_whose_key_it_is_opens_a_file() {
        let (key, other) = (SigningKey::from_bytes(&[1; 32]), SigningKey::from_bytes(&[2; 32]));
        let bytes = sealed_to(&key, &framed(&[b"", b"one", b"two", b""]));
        assert_eq!(read(&bytes, &key), Ok(vec![b"one".to_vec(), b"two".to_vec()]));
        assert_eq!(read(&bytes, &other), Err(CarryProblem::Foreign));
    }

    #[test]
    fn what_is_no_whole_file_of_ours_is_refused_by_what_it_is() {
        let key = SigningKey::from_bytes(&[1; 32]);
        let check = |inside: &[u8], expected: CarryProblem| {
            assert_eq!(read(&sealed_to(&key, inside), &key), Err(expected));
        };
        check(b"", CarryProblem::Broken);
        check(b"HX-BACKUP-1\n", CarryProblem::NoCarry);
        check(b"HX-CARRY-2\nanything", CarryProblem::Newer);
        check(&framed(&[b"", b"one"]), CarryProblem::Broken);
        check(&[framed(&[b"", b"one", b""]), vec![0]].concat(), CarryProblem::Broken);
        let long = [&framed(&[b""])[..], &u32::MAX.to_be_bytes(), b"one"].concat();
        check(&long, CarryProblem::Broken);
        assert_eq!(read(b"PK\x03\x04", &key), Err(CarryProblem::NoCarry));
        let endless = [&b"age-encryption.org/v1\n"[..], &[b'a'; 1 << 20][..]].concat();
        assert_eq!(read(&endless, &key), Err(CarryProblem::Broken));
    }

    #[test]
    fn a_file_cut_or_changed_anywhere_is_refused() {
        let key = SigningKey::from_bytes(&[1; 32]);
        let bytes = sealed_to(&key, &framed(&[b"", b"one", b""]));
        for cut in 0..bytes.len() {
            assert!(read(&bytes[..cut], &key).is_err(), "cut at {cut}");
        }
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert!(read(&changed, &key).is_err(), "changed at {at}");
        }
        assert!(read(&bytes, &key).is_ok(), "control");
    }
}
