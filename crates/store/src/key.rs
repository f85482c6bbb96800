//! The database key, and the file beside the database that tells a wrong key from a damaged file.
//! Not where keys come from or rest.

use crate::error::StoreError;
use sha2::{Digest, Sha256};
use std::fs;
use std::io::Write;
use std::path::Path;
use zeroize::Zeroizing;

/// The raw 256-bit key of SQLCipher: used as it is, never stretched from a password.
#[derive(Clone)]
pub struct Key(Zeroizing<[u8; 32]>);

impl Key {
    pub fn new(bytes: [u8; 32]) -> Key {
        Key(Zeroizing::new(bytes))
    }

    /// 64 hex digits, blanks around them ignored; `None` for anything else.
    pub fn from_hex(text: &str) -> Option<Key> {
        let digits = text.trim().as_bytes();
        if digits.len() != 64 {
            return None;
        }
        let mut bytes = Zeroizing::new([0_u8; 32]);
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let high = char::from(pair[0]).to_digit(16)?;
            let low = char::from(pair[1]).to_digit(16)?;
            *byte = u8::try_from(high * 16 + low).ok()?;
        }
        Some(Key(bytes))
    }

    /// A new key, from the operating system's randomness.
    pub fn generate() -> Result<Key, StoreError> {
        Ok(Key::new(crate::random::bytes()?))
    }

    /// The key itself, for who puts it where it rests.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// 64 hex digits; wiped when dropped.
    pub fn to_hex(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(64 + 1));
        self.push_hex(&mut text);
        text
    }

    fn push_hex(&self, text: &mut String) {
        for byte in self.0.iter() {
            for digit in [byte >> 4, byte & 15] {
                text.extend(char::from_digit(u32::from(digit), 16));
            }
        }
    }

    /// `PRAGMA key` in the raw form; wiped when dropped.
    pub(crate) fn pragma(&self) -> Zeroizing<String> {
        const HEAD: &str = "PRAGMA key = \"x'";
        // Room for all of it at once, so that no copy of a part stays behind in memory.
        let mut text = Zeroizing::new(String::with_capacity(HEAD.len() + 64 + 3));
        text.push_str(HEAD);
        self.push_hex(&mut text);
        text.push_str("'\";");
        text
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(hidden)")
    }
}

/// What the key-check file says of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyCheck {
    Right,
    Wrong,
    /// No such file, or not one of ours.
    Unknown,
}

const SALT_BYTES: usize = 16;
const CHECK_BYTES: usize = SALT_BYTES + 32;

/// 16 random bytes, then SHA-256 over a tag, them and the key. The key has 256 random bits, so the
/// hash gives nothing away.
fn check_bytes(salt: [u8; SALT_BYTES], key: &Key) -> [u8; CHECK_BYTES] {
    let hash = Sha256::new()
        .chain_update(b"hx-key-check-1\0")
        .chain_update(salt)
        .chain_update(key.0.as_slice())
        .finalize();
    let mut bytes = [0; CHECK_BYTES];
    bytes[..SALT_BYTES].copy_from_slice(&salt);
    bytes[SALT_BYTES..].copy_from_slice(&hash);
    bytes
}

/// Writes the check of `key`: a whole file or none.
pub(crate) fn write_check(path: &Path, key: &Key) -> Result<(), StoreError> {
    let bytes = check_bytes(crate::random::bytes()?, key);
    let new = path.with_extension("key-check-new");
    let mut file = fs::File::create(&new)?;
    file.write_all(&bytes)?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    sync_folder(path)
}

pub(crate) fn read_check(path: &Path, key: &Key) -> KeyCheck {
    let Ok(bytes) = fs::read(path) else { return KeyCheck::Unknown };
    let Ok(bytes) = <[u8; CHECK_BYTES]>::try_from(bytes.as_slice()) else {
        return KeyCheck::Unknown;
    };
    let mut salt = [0; SALT_BYTES];
    salt.copy_from_slice(&bytes[..SALT_BYTES]);
    if check_bytes(salt, key) == bytes { KeyCheck::Right } else { KeyCheck::Wrong }
}

/// A new name in a folder is durable once the folder is synced; Windows has no such call and needs
/// none.
fn sync_folder(path: &Path) -> Result<(), StoreError> {
    if cfg!(unix)
        && let Some(folder) = path.parent()
    {
        fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_64_hex_digits() {
        let check = |text: &str, fits: bool| assert_eq!(Key::from_hex(text).is_some(), fits);
        let digits = "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF";
        check(digits, true);
        check(&format!("  {digits}\r\n"), true);
        check(&digits[1..], false);
        check(&digits.replace('0', "g"), false);
        check(&digits.replace("00", "+0"), false);
        check("", false);
        check(&"０".repeat(64), false);
    }

    #[test]
    fn a_key_is_never_printed() {
        let key = Key::new([7; 32]);
        assert_eq!(format!("{key:?}"), "Key(hidden)");
        assert_eq!(key.pragma().as_str(), format!("PRAGMA key = \"x'{}'\";", "07".repeat(32)));
    }

    #[test]
    fn the_check_tells_a_wrong_key_and_a_file_that_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("health.key-check");
        assert_eq!(read_check(&path, &Key::new([1; 32])), KeyCheck::Unknown);
        write_check(&path, &Key::new([1; 32])).unwrap();
        assert_eq!(read_check(&path, &Key::new([1; 32])), KeyCheck::Right);
        assert_eq!(read_check(&path, &Key::new([2; 32])), KeyCheck::Wrong);
        fs::write(&path, b"torn").unwrap();
        assert_eq!(read_check(&path, &Key::new([1; 32])), KeyCheck::Unknown);
    }
}
