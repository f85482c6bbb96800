//! A disk that fails when told to and remembers what was not yet synced. It lies under one folder; what goes through
//! it is decided by the shim. Not what a power loss leaves: that is `power`.

use crate::shim;
use rusqlite::ffi;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

/// What SQLite asks of a file system and may be refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Op {
    Open,
    Delete,
    Access,
    Read,
    Write,
    Truncate,
    Sync,
    Size,
    Lock,
    /// Mapping a part of the log's index that is there.
    ShmMap,
    /// Mapping one that makes its file longer.
    ShmGrow,
    ShmLock,
}

impl Op {
    /// Only what takes room meets a full disk. (Of a folder that cannot take another name SQLite tells no more
    /// than that it cannot open: that is an error.)
    fn takes_room(self) -> bool {
        matches!(self, Op::Write | Op::ShmGrow)
    }

    fn error(self) -> i32 {
        match self {
            Op::Open => ffi::SQLITE_CANTOPEN,
            Op::Delete => ffi::SQLITE_IOERR_DELETE,
            Op::Access => ffi::SQLITE_IOERR_ACCESS,
            Op::Read => ffi::SQLITE_IOERR_READ,
            Op::Write => ffi::SQLITE_IOERR_WRITE,
            Op::Truncate => ffi::SQLITE_IOERR_TRUNCATE,
            Op::Sync => ffi::SQLITE_IOERR_FSYNC,
            Op::Size => ffi::SQLITE_IOERR_FSTAT,
            Op::Lock => ffi::SQLITE_IOERR_LOCK,
            Op::ShmMap | Op::ShmGrow => ffi::SQLITE_IOERR_SHMMAP,
            Op::ShmLock => ffi::SQLITE_IOERR_SHMLOCK,
        }
    }

    fn full(self) -> i32 {
        if self == Op::ShmGrow { ffi::SQLITE_IOERR_SHMSIZE } else { ffi::SQLITE_FULL }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Any operation fails.
    Error,
    /// What takes room fails.
    Full,
}

/// From the `at`-th operation that may meet this trouble, counted from 1: that one alone, or all from there on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    pub trouble: Trouble,
    pub at: u64,
    pub stays: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    Database,
    /// The write-ahead log.
    Log,
    Journal,
}

/// What happened to a file, in order. `file` numbers a file from its creation to its deletion.
#[derive(Debug, Clone)]
pub enum Event {
    Created {
        file: u64,
        name: String,
    },
    Wrote {
        file: u64,
        at: usize,
        bytes: Vec<u8>,
    },
    Truncated {
        file: u64,
        size: usize,
    },
    Synced {
        file: u64,
        kind: FileKind,
    },
    Deleted {
        name: String,
    },
    FolderSynced,
    /// Something was answered to whoever asked: the step with this number is done.
    Answered {
        step: usize,
    },
}

#[derive(Default)]
struct Inside {
    fault: Option<Fault>,
    counted: u64,
    met: Vec<Op>,
    is_recording: bool,
    events: Vec<Event>,
    /// The number of the file that has a name now.
    numbers: BTreeMap<String, u64>,
    numbers_given: u64,
}

/// A disk under one folder, as long as it is kept.
pub struct Disk {
    folder: PathBuf,
    inside: Mutex<Inside>,
}

static DISKS: Mutex<Vec<Arc<Disk>>> = Mutex::new(Vec::new());

fn disks() -> MutexGuard<'static, Vec<Arc<Disk>>> {
    DISKS.lock().unwrap_or_else(|broken| broken.into_inner())
}

/// Keeps a disk under its folder; without it the folder lies on the ordinary one.
pub struct Attached(Arc<Disk>);

impl Drop for Attached {
    fn drop(&mut self) {
        disks().retain(|disk| !Arc::ptr_eq(disk, &self.0));
    }
}

impl std::ops::Deref for Attached {
    type Target = Disk;
    fn deref(&self) -> &Disk {
        &self.0
    }
}

impl Disk {
    pub fn under(folder: &Path) -> Attached {
        shim::install();
        let folder = folder.canonicalize().unwrap();
        let disk = Arc::new(Disk { folder, inside: Mutex::default() });
        disks().push(disk.clone());
        Attached(disk)
    }

    /// The disk a path lies on, and the path.
    pub fn of(path: &Path) -> Option<(Arc<Disk>, String)> {
        let disk = disks().iter().find(|disk| path.starts_with(&disk.folder))?.clone();
        Some((disk, path.to_str()?.to_owned()))
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(|broken| broken.into_inner())
    }

    /// From now on this fault lies ahead.
    pub fn set(&self, fault: Fault) {
        let mut inside = self.inside();
        inside.fault = Some(fault);
        inside.counted = 0;
        inside.met.clear();
    }

    /// The disk is well again. Which operations failed.
    pub fn mend(&self) -> Vec<Op> {
        let mut inside = self.inside();
        inside.fault = None;
        std::mem::take(&mut inside.met)
    }

    /// Remembers everything from now on. The files already there are numbered by name, in the order given.
    pub fn record(&self, names: impl Iterator<Item = String>) {
        let mut inside = self.inside();
        inside.is_recording = true;
        for name in names {
            number(&mut inside, &name);
        }
    }

    pub fn answered(&self, step: usize) {
        self.remember(Event::Answered { step });
    }

    /// All that was remembered; nothing more is.
    pub fn events(&self) -> Vec<Event> {
        let mut inside = self.inside();
        inside.is_recording = false;
        std::mem::take(&mut inside.events)
    }

    fn remember(&self, event: Event) {
        let mut inside = self.inside();
        if inside.is_recording {
            inside.events.push(event);
        }
    }

    /// The fault that this operation meets.
    pub fn before(&self, op: Op, _path: &str) -> Option<i32> {
        let mut inside = self.inside();
        let fault = inside.fault?;
        let may_meet = match fault.trouble {
            Trouble::Error => true,
            Trouble::Full => op.takes_room(),
        };
        if !may_meet {
            return None;
        }
        inside.counted += 1;
        let meets =
            if fault.stays { inside.counted >= fault.at } else { inside.counted == fault.at };
        if !meets {
            return None;
        }
        inside.met.push(op);
        match fault.trouble {
            Trouble::Error => Some(op.error()),
            Trouble::Full => Some(op.full()),
        }
    }

    pub fn opened(self: &Arc<Disk>, path: &str, kind: FileKind, is_new: bool) -> Opened {
        let name = self.name(path);
        let mut inside = self.inside();
        let file = number(&mut inside, &name);
        if is_new && inside.is_recording {
            inside.events.push(Event::Created { file, name });
        }
        drop(inside);
        // The ordinary VFS syncs the folder too at the first sync of a log or journal it may have made.
        let syncs_folder = AtomicBool::new(kind != FileKind::Database);
        Opened { disk: self.clone(), file, kind, shared: format!("{path}-shm"), syncs_folder }
    }

    pub fn deleted(&self, path: &str, syncs_folder: bool) {
        let name = self.name(path);
        self.inside().numbers.remove(&name);
        self.remember(Event::Deleted { name });
        if syncs_folder {
            self.remember(Event::FolderSynced);
        }
    }

    fn name(&self, path: &str) -> String {
        let within = Path::new(path).strip_prefix(&self.folder).unwrap_or(Path::new(path));
        within.to_string_lossy().into_owned()
    }
}

fn number(inside: &mut Inside, name: &str) -> u64 {
    if let Some(number) = inside.numbers.get(name) {
        return *number;
    }
    inside.numbers_given += 1;
    let number = inside.numbers_given;
    inside.numbers.insert(name.to_owned(), number);
    number
}

/// A file open on a disk.
pub struct Opened {
    disk: Arc<Disk>,
    file: u64,
    kind: FileKind,
    /// The file of the log's index beside a database.
    shared: String,
    syncs_folder: AtomicBool,
}

impl Opened {
    pub fn before(&self, op: Op) -> Option<i32> {
        self.disk.before(op, "")
    }

    pub fn wrote(&self, at: i64, bytes: &[u8]) {
        if !self.disk.inside().is_recording {
            return;
        }
        let at = usize::try_from(at).unwrap_or(0);
        self.disk.remember(Event::Wrote { file: self.file, at, bytes: bytes.to_vec() });
    }

    pub fn truncated(&self, size: i64) {
        let size = usize::try_from(size).unwrap_or(0);
        self.disk.remember(Event::Truncated { file: self.file, size });
    }

    pub fn synced(&self) {
        self.disk.remember(Event::Synced { file: self.file, kind: self.kind });
        if self.syncs_folder.swap(false, Ordering::Relaxed) {
            self.disk.remember(Event::FolderSynced);
        }
    }

    /// How long the file of the log's index is. Asked of its name: no handle is opened on it.
    pub fn shared_bytes(&self) -> i64 {
        let size = std::fs::metadata(&self.shared).map_or(0, |file| file.len());
        i64::try_from(size).unwrap_or(i64::MAX)
    }
}
