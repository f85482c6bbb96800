//! What a disk may hold after the power went: of each file everything synced, and of what was not, any part. Built from
//! a disk's journal into a new folder. Not whether the product copes with it: that is `lost`.
//!
//! What is assumed of a disk is little: it writes sectors of 512 bytes whole, in any order, each file by itself; a
//! file grown without its bytes written holds zeros or noise there; names made and removed become durable in any order
//! until their folder is synced.

use crate::disk::Event;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

pub const SECTOR_BYTES: usize = 512;

/// Numbers that look random and follow from a seed (splitmix64).
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Chance {
        Chance(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below `end`, which is not 0.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap_or(0)
    }

    /// In `of` of 8 cases.
    pub fn is(&mut self, of: u64) -> bool {
        self.next() % 8 < of
    }
}

#[derive(Clone)]
enum Change {
    Write { at: usize, bytes: Vec<u8> },
    Truncate { size: usize },
}

#[derive(Clone, Default)]
struct File {
    synced: Vec<u8>,
    pending: Vec<Change>,
}

#[derive(Clone)]
enum Naming {
    Given { name: String, file: u64 },
    Removed { name: String },
}

/// A disk as the events so far have left it: what is durable, and what waits.
#[derive(Clone, Default)]
pub struct Medium {
    files: BTreeMap<u64, File>,
    names: BTreeMap<String, u64>,
    namings: Vec<Naming>,
    /// Not seen by the disk, because the product writes it by itself and syncs it: as it is.
    others: BTreeMap<String, Vec<u8>>,
}

/// The database's own files, in the order in which a disk numbers them.
pub const DATABASE_FILES: [&str; 3] = ["health.db", "health.db-wal", "health.db-journal"];

impl Medium {
    /// A closed folder, all of it durable. A disk under it has to number its files by `numbered`.
    pub fn of(folder: &Path) -> Medium {
        let mut medium = Medium::default();
        for (name, number) in Medium::numbered(folder).into_iter().zip(1..) {
            let synced = fs::read(folder.join(&name)).unwrap();
            medium.files.insert(number, File { synced, pending: Vec::new() });
            medium.names.insert(name, number);
        }
        for file in fs::read_dir(folder).unwrap().flatten() {
            let name = file.file_name().into_string().unwrap();
            if !medium.names.contains_key(&name) && name != "health.db-shm" {
                medium.others.insert(name, fs::read(file.path()).unwrap());
            }
        }
        medium
    }

    /// The files in a closed folder that a disk under it will see.
    pub fn numbered(folder: &Path) -> Vec<String> {
        let mut names = DATABASE_FILES.map(str::to_owned).to_vec();
        names.retain(|name| folder.join(name).exists());
        names
    }

    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::Created { file, name } => {
                self.files.insert(*file, File::default());
                self.namings.push(Naming::Given { name: name.clone(), file: *file });
            }
            Event::Deleted { name } => self.namings.push(Naming::Removed { name: name.clone() }),
            Event::Wrote { file, at, bytes } => {
                let change = Change::Write { at: *at, bytes: bytes.clone() };
                self.files.entry(*file).or_default().pending.push(change);
            }
            Event::Truncated { file, size } => {
                let change = Change::Truncate { size: *size };
                self.files.entry(*file).or_default().pending.push(change);
            }
            Event::Synced { file, .. } => {
                let file = self.files.entry(*file).or_default();
                for change in std::mem::take(&mut file.pending) {
                    change.onto(&mut file.synced);
                }
            }
            Event::FolderSynced => {
                for naming in std::mem::take(&mut self.namings) {
                    naming.onto(&mut self.names);
                }
            }
            Event::Answered { .. } => {}
        }
    }

    /// How much waits: a cut here may leave as many states.
    pub fn waiting(&self) -> usize {
        self.namings.len() + self.files.values().map(|file| file.pending.len()).sum::<usize>()
    }

    /// Makes one of the states that a cut may leave, in an empty folder.
    pub fn after_power_loss(&self, chance: &mut Chance, folder: &Path) {
        // Of eight: how much of what waits arrived, and how often noise stands for it. Each extreme comes often.
        let arrived = [0, 0, 8, 1, 4, 4, 6, 7][chance.below(8)];
        let mut names = self.names.clone();
        for naming in &self.namings {
            if chance.is(arrived) {
                naming.onto(&mut names);
            }
        }
        for (name, number) in &names {
            let content = match self.files.get(number) {
                Some(file) => file.after_power_loss(arrived, chance),
                None => Vec::new(),
            };
            fs::write(folder.join(name), content).unwrap();
        }
        for (name, content) in &self.others {
            fs::write(folder.join(name), content).unwrap();
        }
        // The log's index is never synced: it may be gone, or hold anything.
        if chance.is(4) {
            let noise: Vec<u8> =
                (0..32_768 / 8).flat_map(|_| chance.next().to_le_bytes()).collect();
            fs::write(folder.join("health.db-shm"), noise).unwrap();
        }
    }
}

impl Naming {
    fn onto(&self, names: &mut BTreeMap<String, u64>) {
        match self {
            Naming::Given { name, file } => names.insert(name.clone(), *file),
            Naming::Removed { name } => names.remove(name),
        };
    }
}

impl Change {
    fn onto(&self, content: &mut Vec<u8>) {
        match self {
            Change::Write { at, bytes } => {
                if content.len() < at + bytes.len() {
                    content.resize(at + bytes.len(), 0);
                }
                content[*at..at + bytes.len()].copy_from_slice(bytes);
            }
            Change::Truncate { size } => content.resize(*size, 0),
        }
    }
}

impl File {
    /// Whole writes, or sectors of them, in so many of 8 cases.
    fn after_power_loss(&self, arrived: u64, chance: &mut Chance) -> Vec<u8> {
        let mut content = self.synced.clone();
        let is_torn = chance.is(4);
        for change in &self.pending {
            match change {
                Change::Write { at, bytes } if is_torn => {
                    tear(&mut content, *at, bytes, arrived, chance);
                }
                change => {
                    if chance.is(arrived) {
                        change.onto(&mut content);
                    }
                }
            }
        }
        content
    }
}

/// Sector by sector: there, or not there; where the file grew without it, zeros or noise.
fn tear(content: &mut Vec<u8>, at: usize, bytes: &[u8], arrived: u64, chance: &mut Chance) {
    let end = at + bytes.len();
    let mut from = at;
    while from < end {
        let to = ((from / SECTOR_BYTES + 1) * SECTOR_BYTES).min(end);
        let is_there = chance.is(arrived);
        let had = content.len();
        if is_there || (to > had && chance.is(2)) {
            content.resize(had.max(to), 0);
        }
        if is_there {
            content[from..to].copy_from_slice(&bytes[from - at..to - at]);
        } else if content.len() >= to && to > had && chance.is(4) {
            for byte in &mut content[had.max(from)..to] {
                *byte = chance.next() as u8;
            }
        }
        from = to;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(at: usize, byte: u8) -> Event {
        Event::Wrote { file: 1, at, bytes: vec![byte; SECTOR_BYTES] }
    }

    /// All states of the one file that many seeds make.
    fn states(medium: &Medium) -> std::collections::BTreeSet<Option<Vec<u8>>> {
        let made = (0..400).map(|seed| {
            let folder = crate::replicas::folder();
            medium.after_power_loss(&mut Chance::new(seed), folder.path());
            fs::read(folder.path().join("log")).ok()
        });
        made.collect()
    }

    #[test]
    fn what_was_synced_is_there_and_of_the_rest_any_part() {
        let mut medium = Medium::default();
        let created = Event::Created { file: 1, name: "log".to_owned() };
        let synced = Event::Synced { file: 1, kind: crate::disk::FileKind::Log };
        for event in
            [created, written(0, 1), synced, Event::FolderSynced, written(512, 2), written(1024, 3)]
        {
            medium.apply(&event);
        }
        assert_eq!(medium.waiting(), 2);
        let states = states(&medium);
        assert!(states.iter().flatten().all(|state| state[..512] == [1; 512]), "the synced sector");
        assert!(!states.contains(&None), "a synced name");
        let both = [vec![1; 512], vec![2; 512], vec![3; 512]].concat();
        let reordered = [vec![1; 512], vec![0; 512], vec![3; 512]].concat();
        for wanted in [both[..512].to_vec(), both[..1024].to_vec(), both, reordered] {
            assert!(states.contains(&Some(wanted)));
        }
    }

    #[test]
    fn a_name_is_there_for_good_once_its_folder_was_synced() {
        let mut medium = Medium::default();
        medium.apply(&Event::Created { file: 1, name: "log".to_owned() });
        assert_eq!(states(&medium).len(), 2, "there or not");
        medium.apply(&Event::FolderSynced);
        assert_eq!(states(&medium).len(), 1);
    }
}
