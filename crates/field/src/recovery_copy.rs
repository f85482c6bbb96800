//! The database key wrapped for the organisation's recovery key (an age file, armoured) in a file of its own beside the store: where both
//! slots files are gone it is what the recovery key opens. No secret by itself: it is sealed to a key that is not on the device.
//! Not who can open it by a password (`slots`).

use crate::slots::write_whole;
use protocol::{Code, Failure};
use std::fs;
use std::path::Path;
use store::Key;
use zeroize::Zeroizing;

pub const RECOVERY_FILE: &str = "recovery.age";
/// One wrapped key is some hundred bytes; a longer file is none of ours.
const FILE_BYTES_MAX: u64 = 16 << 10;

/// Writes the copy where it is not there already.
pub(crate) fn keep(folder: &Path, sealed: &str) -> std::io::Result<()> {
    match load(folder) {
        Some(kept) if kept == sealed => Ok(()),
        _ => write_whole(folder, RECOVERY_FILE, sealed.as_bytes()),
    }
}

/// The copy as it lies there; none = no file, or none that can be read.
pub(crate) fn load(folder: &Path) -> Option<String> {
    let path = folder.join(RECOVERY_FILE);
    let is_small = fs::metadata(&path).is_ok_and(|meta| meta.len() <= FILE_BYTES_MAX);
    is_small.then(|| fs::read_to_string(path).ok()).flatten()
}

/// Wraps the key for the organisation's recovery key (`age1...`).
pub(crate) fn seal(recipient: &str, key: &Key) -> Result<String, Failure> {
    let recipient: age::x25519::Recipient =
        recipient.trim().parse().map_err(|_| Failure::new(Code::BackupRecipientInvalid))?;
    let hex = key.to_hex();
    age::encrypt_and_armor(&recipient, hex.as_bytes()).map_err(|_| Failure::new(Code::Internal))
}

/// Why a wrapped key was not opened.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unopened {
    /// What was given is no private key.
    NoIdentity,
    /// It is sealed to another key.
    OtherKey,
    /// It is not whole.
    Damaged,
}

/// The database key by the organisation's recovery key (`AGE-SECRET-KEY-1...`).
pub(crate) fn open(identity: &str, sealed: &str) -> Result<Key, Unopened> {
    let identity = identity.lines().map(str::trim).find(|line| line.starts_with("AGE-"));
    let identity: age::x25519::Identity =
        identity.and_then(|line| line.parse().ok()).ok_or(Unopened::NoIdentity)?;
    let hex = age::decrypt(&identity, sealed.as_bytes()).map_err(|error| match error {
        age::DecryptError::NoMatchingKeys => Unopened::OtherKey,
        _ => Unopened::Damaged,
    })?;
    let hex = Zeroizing::new(hex);
    std::str::from_utf8(&hex).ok().and_then(Key::from_hex).ok_or(Unopened::Damaged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use age::secrecy::ExposeSecret;

    fn key() -> Key {
        Key::new([7; 32])
    }

    #[test]
    fn the_copy_opens_by_its_own_key_alone_and_a_changed_one_never_opens() {
        let (own, other) = (age::x25519::Identity::generate(), age::x25519::Identity::generate());
        let sealed = seal(&own.to_public().to_string(), &key()).unwrap();
        let text =
            |identity: &age::x25519::Identity| identity.to_string().expose_secret().to_owned();
        let opened = |identity: &str, sealed: &str| {
            open(identity, sealed).map(|key| key.to_hex().to_string())
        };
        assert_eq!(opened(&text(&own), &sealed), Ok(key().to_hex().to_string()));
        assert_eq!(opened(&text(&other), &sealed), Err(Unopened::OtherKey));
        assert_eq!(opened("", &sealed), Err(Unopened::NoIdentity));
        assert_eq!(opened(&text(&own), ""), Err(Unopened::Damaged));
        for cut in [1, sealed.len() / 2, sealed.len() - 30] {
            assert_eq!(opened(&text(&own), &sealed[..cut]), Err(Unopened::Damaged), "{cut}");
        }
        for at in (0..sealed.len()).step_by(7) {
            let mut changed = sealed.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            if changed != sealed {
                assert!(open(&text(&own), &changed).is_err(), "{at}");
            }
        }
    }

    #[test]
    fn the_file_is_written_once_and_one_too_long_is_none() {
        let folder = std::env::temp_dir().join(format!("recovery-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        assert_eq!(load(&folder), None);
        keep(&folder, "one").unwrap();
        assert_eq!(load(&folder).as_deref(), Some("one"));
        keep(&folder, "two").unwrap();
        assert_eq!(load(&folder).as_deref(), Some("two"));
        fs::write(folder.join(RECOVERY_FILE), vec![b'x'; FILE_BYTES_MAX as usize + 1]).unwrap();
        assert_eq!(load(&folder), None);
        fs::remove_dir_all(&folder).unwrap();
    }
}
