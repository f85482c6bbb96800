//! A server's backups and the files of keys: a sealed file as it comes, what stands inside the seal, and the small
//! files a person names. What opens is what was sealed; anything else is refused and leaves nothing behind.

use super::chance::Chance;
use super::engine::{Decoder, Said, Target};
use super::mutate;
use crate::central::Central;
use protocol::Code;
use server::{BackupOrder, RestoreOrder};
use std::io::{Read, Write};
use std::path::PathBuf;
use tempfile::TempDir;

const PEAK_BYTES_MAX: usize = 64 << 20;
/// Where changes are worth the most: the seal's own header and the head before the database.
const FRONT_BYTES: usize = 700;

/// A backup with everything that belongs to it.
struct Safe {
    folder: TempDir,
    order: BackupOrder,
    /// The file as made.
    made: Vec<u8>,
    entries: u64,
}

impl Safe {
    fn new() -> Safe {
        let folder = tempfile::tempdir().unwrap();
        let key = server::backup_keygen(&folder.path().join("identity")).unwrap();
        let central = Central::init(folder.path(), "server");
        central.console().add_examiner("检查者", "").unwrap();
        let order = BackupOrder {
            data: central.data.clone(),
            key_file: Some(central.key_file.clone()),
            out: folder.path().join("a.age"),
            recipients: vec![key.recipient],
            recipients_file: None,
        };
        let entries = server::backup(&order, &mut |_| {}).unwrap().entries;
        let made = std::fs::read(&order.out).unwrap();
        Safe { folder, order, made, entries }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Restores from these bytes; the number of entries, or why not.
    fn restored(&self, sealed: &[u8], identity: &str) -> Result<u64, Code> {
        std::fs::write(self.path("b.age"), sealed).unwrap();
        let order = RestoreOrder {
            data: self.path("new"),
            from: self.path("b.age"),
            identity: self.path(identity),
            ..RestoreOrder::default()
        };
        let restored = server::restore(&order, &mut |_| {});
        let is_there = order.data.exists();
        if is_there {
            std::fs::remove_dir_all(&order.data).unwrap();
        }
        assert_eq!(is_there, restored.is_ok(), "what was refused left something behind");
        restored.map(|restored| restored.entries).map_err(|failure| failure.code)
    }
}

/// Changes of a file that is too large to keep whole: pairs of a position (four bytes) and a new byte; a position beyond
/// the end cuts there.
pub(super) fn changes(length: usize, chance: &mut Chance) -> Vec<u8> {
    let mut input = Vec::new();
    if chance.once_in(40) {
        return input;
    }
    for _ in 0..=chance.below(4) {
        let within = if chance.once_in(3) { length } else { FRONT_BYTES.min(length) };
        let mut at = chance.below(within) as u32;
        if chance.once_in(10) {
            at |= CUT;
        }
        input.extend(at.to_be_bytes());
        input.push(chance.byte());
    }
    input
}

/// Marks a position at which the file ends.
const CUT: u32 = 1 << 31;

pub(super) fn changed(bytes: &[u8], input: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for change in input.chunks_exact(5) {
        let at = u32::from_be_bytes([change[0], change[1], change[2], change[3]]);
        let place = (at & !CUT) as usize;
        if at & CUT != 0 {
            bytes.truncate(place);
        } else if let Some(byte) = bytes.get_mut(place) {
            *byte = change[4];
        }
    }
    bytes
}

/// The sealed file, changed as it lies.
struct Outside(Safe);

impl Decoder for Outside {
    fn input(&mut self, chance: &mut Chance) -> Vec<u8> {
        changes(self.0.made.len(), chance)
    }

    fn feed(&mut self, input: &[u8]) -> Said {
        let file = changed(&self.0.made, input);
        match self.0.restored(&file, "identity") {
            Ok(entries) => {
                assert!(file == self.0.made, "a changed file was restored");
                assert_eq!(entries, self.0.entries);
                Said::Read
            }
            Err(_) => Said::Refused,
        }
    }
}

/// What is inside the seal, changed and sealed again: by someone who has the public key, as anyone may.
struct Inside {
    safe: Safe,
    plain: Vec<u8>,
}

impl Inside {
    fn new() -> Inside {
        let safe = Safe::new();
        let text = std::fs::read_to_string(safe.path("identity")).unwrap();
        let identity = text.lines().find(|line| !line.starts_with('#')).unwrap();
        let identity: age::x25519::Identity = identity.parse().unwrap();
        let mut plain = Vec::new();
        let opened = age::Decryptor::new_buffered(safe.made.as_slice()).unwrap();
        let mut opened = opened.decrypt(std::iter::once(&identity as &dyn age::Identity)).unwrap();
        opened.read_to_end(&mut plain).unwrap();
        Inside { safe, plain }
    }
}

impl Decoder for Inside {
    fn input(&mut self, chance: &mut Chance) -> Vec<u8> {
        let mut input = changes(self.plain.len(), chance);
        if input.is_empty() || chance.once_in(2) {
            return input;
        }
        // Most of what matters is said in the first bytes.
        let at = 12 + chance.below(120) as u32;
        input.extend(at.to_be_bytes());
        input.push(*chance.one_of(&[0, 1, 0x7f, 0x80, 0xff]));
        input
    }

    fn feed(&mut self, input: &[u8]) -> Said {
        let plain = changed(&self.plain, input);
        let to: age::x25519::Recipient = self.safe.order.recipients[0].parse().unwrap();
        let to = std::iter::once(&to as &dyn age::Recipient);
        let mut sealed = Vec::new();
        let mut out =
            age::Encryptor::with_recipients(to).unwrap().wrap_output(&mut sealed).unwrap();
        out.write_all(&plain).unwrap();
        out.finish().unwrap();
        Said::read_if(self.safe.restored(&sealed, "identity").is_ok())
    }
}

/// Small files a person names. The first byte says which: a database key, keys to seal to, keys to open with.
struct KeyFiles {
    safe: Safe,
    samples: Vec<String>,
}

impl KeyFiles {
    fn new() -> KeyFiles {
        let safe = Safe::new();
        let identity = std::fs::read_to_string(safe.path("identity")).unwrap();
        let key = std::fs::read_to_string(safe.order.key_file.as_ref().unwrap()).unwrap();
        let samples = vec![identity, safe.order.recipients[0].clone(), key];
        KeyFiles { safe, samples }
    }
}

impl Decoder for KeyFiles {
    fn input(&mut self, chance: &mut Chance) -> Vec<u8> {
        let which = chance.below(3);
        let own = &self.samples[which..=which];
        let mut input = vec![which as u8];
        if chance.once_in(2) {
            input.extend(mutate::text(own, chance).into_bytes());
        } else {
            input.extend(mutate::bytes(&[own[0].clone().into_bytes()], chance));
        }
        input
    }

    fn feed(&mut self, input: &[u8]) -> Said {
        let [which, bytes @ ..] = input else { return Said::Refused };
        let path = self.safe.path("named");
        std::fs::write(&path, bytes).unwrap();
        let is_read = match which % 3 {
            0 => {
                let refused = self.safe.restored(b"age-encryption.org/v1\n", "named").unwrap_err();
                refused != Code::BackupIdentityInvalid
            }
            1 => {
                // A folder that holds no server: nothing is sealed, only the keys are read.
                let order = BackupOrder {
                    data: self.safe.path("nothing"),
                    recipients: Vec::new(),
                    recipients_file: Some(path),
                    ..self.safe.order.clone()
                };
                let refused = server::backup(&order, &mut |_| {}).unwrap_err();
                refused.code != Code::BackupRecipientInvalid
            }
            _ => {
                let of_device = field::read_key_file(&path);
                let folder = self.safe.path("nothing");
                assert!(server::console::Console::open(&folder, Some(&path)).is_err());
                of_device.is_ok()
            }
        };
        Said::read_if(is_read)
    }
}

pub fn targets() -> Vec<Target> {
    let target = |name, share, open| Target { name, share, peak_bytes_max: PEAK_BYTES_MAX, open };
    vec![
        target("backup", 2, || Box::new(Outside(Safe::new()))),
        target("backup_inside", 1, || Box::new(Inside::new())),
        target("key_files", 5, || Box::new(KeyFiles::new())),
    ]
}
