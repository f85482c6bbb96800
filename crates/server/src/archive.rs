//! A backup as a file: a copy of the database with the key that opens it, sealed with `age` to keys of which the
//! server has only the public half. Not how the copy is made or proven: that is `backup` and `restore`.
//!
//! Inside the seal: `MAGIC`, four bytes (length of the head, big-endian), the head, the database file.

use crate::data::io_failure;
use age::x25519::{Identity, Recipient};
use age::{DecryptError, Decryptor, Encryptor};
use prost::Message;
use protocol::{Code, Failure};
use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;
use zeroize::Zeroizing;

const MAGIC: [u8; 12] = *b"HX-BACKUP-1\n";
/// How every file sealed with `age` begins.
const AGE_MAGIC: [u8; 18] = *b"age-encryption.org";
/// Longest head, bytes.
const HEAD_BYTES_MAX: usize = 4_096;
const BLOCK_BYTES: usize = 1 << 16;
/// Longest file of identities or recipients, bytes.
const KEYS_BYTES_MAX: u64 = 1 << 16;

/// What stands before the database.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct ArchiveHead {
    /// The key of the database in this file, 32 bytes.
    #[prost(bytes = "vec", tag = "1")]
    pub key: Vec<u8>,
    /// ms since 1970 UTC by the server's clock.
    #[prost(sint64, tag = "2")]
    pub made_at_ms: i64,
    #[prost(uint64, tag = "3")]
    pub database_bytes: u64,
    /// `ledger::own_digest` of all heads, as read from the copy.
    #[prost(bytes = "vec", tag = "4")]
    pub heads_digest: Vec<u8>,
    #[prost(uint64, tag = "5")]
    pub entries: u64,
}

/// Makes a new identity, for its owner alone to read; answers its public half.
pub fn make_identity(out: &Path) -> Result<String, Failure> {
    let identity = Identity::generate();
    let public = identity.to_public().to_string();
    let secret = identity.to_string();
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(out).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => Failure::new(Code::FileExists),
        _ => io_failure(&error, Code::FileUnwritable),
    })?;
    let text = age::secrecy::ExposeSecret::expose_secret(&secret);
    let text = Zeroizing::new(format!("# public key: {public}\n{text}\n"));
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    written.map_err(|error| {
        // Half a key opens nothing; the cause is told.
        let _ = fs::remove_file(out);
        io_failure(&error, Code::FileUnwritable)
    })?;
    Ok(public)
}

/// Public keys, as given or a line each in a file. At least one.
pub fn recipients(given: &[String], file: Option<&Path>) -> Result<Vec<Recipient>, Failure> {
    let invalid = || Failure::new(Code::BackupRecipientInvalid);
    let mut all = Vec::new();
    let in_file = match file {
        Some(path) => read_keys(path).ok_or_else(invalid)?,
        None => Zeroizing::new(String::new()),
    };
    for key in given.iter().map(String::as_str).chain(key_lines(&in_file)) {
        all.push(key.trim().parse::<Recipient>().map_err(|_| invalid())?);
    }
    if all.is_empty() { Err(invalid()) } else { Ok(all) }
}

/// The identities in a file.
pub fn identities(path: &Path) -> Result<Vec<Identity>, Failure> {
    let invalid = || Failure::new(Code::BackupIdentityInvalid);
    let text = read_keys(path).ok_or_else(invalid)?;
    let all: Result<Vec<Identity>, _> = key_lines(&text).map(str::parse).collect();
    let all = all.map_err(|_| invalid())?;
    if all.is_empty() { Err(invalid()) } else { Ok(all) }
}

fn read_keys(path: &Path) -> Option<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    File::open(path).ok()?.take(KEYS_BYTES_MAX).read_to_string(&mut text).ok()?;
    Some(text)
}

fn key_lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// True when the file begins as a sealed one does.
pub fn is_sealed(path: &Path) -> bool {
    let mut head = [0; AGE_MAGIC.len()];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut head));
    read.is_ok() && head == AGE_MAGIC
}

/// Seals head and database into `out`, which is on the disk when this returns.
pub fn seal(
    out: &Path,
    recipients: &[Recipient],
    head: &ArchiveHead,
    database: &Path,
) -> Result<(), Failure> {
    let unwritable = |error: std::io::Error| io_failure(&error, Code::FileUnwritable);
    let each = recipients.iter().map(|recipient| recipient as &dyn age::Recipient);
    let encryptor =
        Encryptor::with_recipients(each).map_err(|_| Failure::new(Code::BackupRecipientInvalid))?;
    let file = File::create_new(out).map_err(unwritable)?;
    let mut sealed = encryptor.wrap_output(BufWriter::new(file)).map_err(unwritable)?;
    let bytes = Zeroizing::new(head.encode_to_vec());
    let length = u32::try_from(bytes.len()).map_err(|_| Failure::new(Code::Internal))?;
    let mut database = File::open(database).map_err(unwritable)?;
    let written = sealed
        .write_all(&MAGIC)
        .and_then(|()| sealed.write_all(&length.to_be_bytes()))
        .and_then(|()| sealed.write_all(&bytes))
        .and_then(|()| std::io::copy(&mut database, &mut sealed))
        .map_err(unwritable)?;
    if written != head.database_bytes {
        return Err(Failure::new(Code::BackupUnproven));
    }
    let file = sealed.finish().map_err(unwritable)?;
    let file = file.into_inner().map_err(|error| unwritable(error.into_error()))?;
    file.sync_all().map_err(unwritable)
}

/// Opens a sealed file and puts its database under `database`. Every byte is proven by the seal before this
/// answers: what was cut, changed or added to does not pass.
pub fn unseal(
    from: &Path,
    identities: &[Identity],
    database: &Path,
) -> Result<ArchiveHead, Failure> {
    let broken = || Failure::new(Code::BackupBroken);
    let file = File::open(from).map_err(|_| Failure::new(Code::FileUnreadable))?;
    let decryptor = Decryptor::new_buffered(BufReader::new(file)).map_err(|_| broken())?;
    let each = identities.iter().map(|identity| identity as &dyn age::Identity);
    let mut sealed = decryptor.decrypt(each).map_err(|error| match error {
        DecryptError::NoMatchingKeys => Failure::new(Code::BackupIdentityWrong),
        _ => broken(),
    })?;
    let mut magic = [0; MAGIC.len()];
    let mut length = [0; 4];
    sealed.read_exact(&mut magic).map_err(|_| broken())?;
    sealed.read_exact(&mut length).map_err(|_| broken())?;
    let length = usize::try_from(u32::from_be_bytes(length)).map_err(|_| broken())?;
    if magic != MAGIC || length > HEAD_BYTES_MAX {
        return Err(broken());
    }
    let mut bytes = Zeroizing::new(vec![0; length]);
    sealed.read_exact(&mut bytes).map_err(|_| broken())?;
    let head = ArchiveHead::decode(bytes.as_slice()).map_err(|_| broken())?;
    let unwritable = |error: std::io::Error| io_failure(&error, Code::FileUnwritable);
    let mut file = File::create_new(database).map_err(unwritable)?;
    let mut block = vec![0; BLOCK_BYTES];
    let mut taken: u64 = 0;
    loop {
        let count = sealed.read(&mut block).map_err(|_| broken())?;
        if count == 0 {
            break;
        }
        taken += count as u64;
        if taken > head.database_bytes {
            return Err(broken());
        }
        file.write_all(&block[..count]).map_err(unwritable)?;
    }
    if taken != head.database_bytes {
        return Err(broken());
    }
    file.sync_all().map_err(unwritable)?;
    Ok(head)
}
