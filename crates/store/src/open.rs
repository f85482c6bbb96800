//! A replica's database: made, opened, written to in immediate transactions. Not what is written.
//!
//! Several programs may use one database at once (a server and its command line): every write takes
//! the write lock first, waits for others a bounded time, and sees their work.

use crate::connection::{connect, is_plaintext};
use crate::error::StoreError;
use crate::key::{Key, KeyCheck, read_check, write_check};
use crate::migrate::{SCHEMA_NUMBER, migrate, schema_number};
use crate::project;
use crate::random::Draw;
use crate::setting::{Setting, set_setting, setting, setting_array, setting_text};
use crate::tx::{SqliteTx, Tx};
use crate::{certificate, random, refile};
use domain::catalogue::Catalogue;
use ledger::WriterId;
use rusqlite::{Connection, TransactionBehavior};
use std::cell::{Cell, Ref, RefCell};
use std::fs;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// What SQLite keeps open while a connection lives.
const LIVE_FILES: [&str; 4] =
    [DATABASE_FILE, "health.db-wal", "health.db-shm", "health.db-journal"];
pub(crate) const DATABASE_FILE: &str = "health.db";
const KEY_CHECK_FILE: &str = "health.key-check";

/// What a replica is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Device,
    Server,
}

impl Role {
    fn word(self) -> &'static str {
        match self {
            Role::Device => "device",
            Role::Server => "server",
        }
    }

    fn of_word(word: &str) -> Option<Role> {
        [Role::Device, Role::Server].into_iter().find(|role| role.word() == word)
    }
}

/// A replica's database, open.
pub struct Store {
    connection: RefCell<Connection>,
    role: Role,
    pub(crate) writer: WriterId,
    catalogue: &'static Catalogue,
    path: PathBuf,
    /// For a connection opened anew; SQLCipher keeps its own copy as long as one is open.
    key: Key,
    /// Set by an I/O error. What reached the disk is unknown then; and SQLCipher, which deciphers what a failed
    /// read left behind, gives out empty pages from there on. So this connection is used no more.
    is_spoiled: Cell<bool>,
    pub(crate) draw: Draw,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Store({}, writer {})", self.role.word(), self.writer)
    }
}

/// True where this folder has a database, whatever state it is in.
pub fn exists(folder: &Path) -> bool {
    folder.join(DATABASE_FILE).exists()
}

impl Store {
    /// Makes the database in a folder (made too): ids, keys, schema. An interrupted creation can be
    /// repeated.
    pub fn create(folder: &Path, key: &Key, role: Role) -> Result<Store, StoreError> {
        fs::create_dir_all(folder)?;
        refuse_plaintext(folder)?;
        let path = folder.join(DATABASE_FILE);
        refuse_emptied(&path, &folder.join(KEY_CHECK_FILE))?;
        if path.exists() && fs::metadata(&path)?.len() > 0 {
            refuse_unless_empty(&path, key)?;
        }
        let mut connection = connect(&path, key, true)?;
        immediate(&mut connection, |tx| {
            if schema_number(tx)? > 0 {
                return Err(StoreError::Exists);
            }
            migrate(tx, role)?;
            begin_life(tx, role)
        })?;
        // Last, so that whoever comes second to the same folder leaves the first one's check alone.
        write_check(&folder.join(KEY_CHECK_FILE), key)?;
        drop(connection);
        Store::open(folder, key)
    }

    /// Opens the database in a folder, and brings its schema and projection up to this program's.
    pub fn open(folder: &Path, key: &Key) -> Result<Store, StoreError> {
        refuse_plaintext(folder)?;
        let path = folder.join(DATABASE_FILE);
        let check_path = folder.join(KEY_CHECK_FILE);
        refuse_emptied(&path, &check_path)?;
        if !path.exists() {
            return Err(StoreError::Missing);
        }
        let check = read_check(&check_path, key);
        if check == KeyCheck::Wrong {
            return Err(StoreError::WrongKey);
        }
        let mut connection =
            connect(&path, key, false).map_err(|error| unreadable(&path, error, check))?;
        let catalogue = Catalogue::builtin();
        let (role, writer) = bring_up(&mut connection, catalogue)?;
        if check == KeyCheck::Unknown {
            write_check(&check_path, key)?;
        }
        let (connection, key, is_spoiled) = (connection.into(), key.clone(), Cell::new(false));
        let draw = random::SYSTEM;
        Ok(Store { connection, role, writer, catalogue, path, key, is_spoiled, draw })
    }

    /// Has the ids of later lives drawn elsewhere than by the operating system: a simulation's runs follow from their
    /// seed. Two replicas that draw alike become one writer; never outside one.
    #[doc(hidden)]
    pub fn draw_from(&mut self, draw: Draw) {
        self.draw = draw;
    }

    pub fn role(&self) -> Role {
        self.role
    }

    /// The catalogue that projects and judges here.
    pub fn catalogue(&self) -> &'static Catalogue {
        self.catalogue
    }

    /// The writer this replica appended as when last asked; what is written asks anew.
    pub fn writer(&self) -> WriterId {
        self.writer
    }

    /// One immediate transaction: all of `act` or nothing. What it answers is on the disk when this
    /// returns. After an I/O error the next call opens the database anew, and answers an error as long as that fails.
    pub fn write<T>(
        &mut self,
        act: impl FnOnce(&dyn Tx) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.renew()?;
        let connection = self.connection.get_mut();
        let done = immediate(connection, act);
        if matches!(done, Err(StoreError::DiskFull)) {
            // Gives back what the log of earlier writes takes; where it cannot, nothing is worse.
            let _ = connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        self.noting(done)
    }

    /// Gives back what the log of earlier writes takes; where it cannot, nothing is worse.
    pub fn shorten_log(&self) {
        if let Ok(connection) = self.connection() {
            let _ = connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
        }
    }

    /// Reads at one moment: what other programs commit meanwhile is not seen. Changes nothing.
    pub fn read<T>(
        &self,
        look: impl FnOnce(&dyn Tx) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let connection = self.connection()?;
        self.noting(if connection.is_autocommit() {
            let moment = connection.unchecked_transaction().map_err(StoreError::from);
            moment.and_then(|moment| look(&SqliteTx::new(&moment)))
        } else {
            // Within another read: the same moment.
            look(&SqliteTx::new(&connection))
        })
    }

    /// Notes whether what was done has spoiled the connection.
    pub(crate) fn noting<T>(&self, done: Result<T, StoreError>) -> Result<T, StoreError> {
        if done.as_ref().is_err_and(StoreError::spoils) {
            self.is_spoiled.set(true);
        }
        done
    }

    /// The connection, sound.
    pub(crate) fn connection(&self) -> Result<Ref<'_, Connection>, StoreError> {
        self.renew()?;
        Ok(self.connection.borrow())
    }

    /// The next call opens the database anew.
    pub(crate) fn distrust(&self) {
        self.is_spoiled.set(true);
    }

    /// A connection in place of one that an error has spoiled.
    fn renew(&self) -> Result<(), StoreError> {
        if !self.is_spoiled.get() {
            return Ok(());
        }
        // In use: within a read that has failed already.
        let Ok(mut connection) = self.connection.try_borrow_mut() else {
            return Err(StoreError::Io("an earlier read failed"));
        };
        // The old one is closed after: as long as it is open, nobody takes a commit that failed for a good one.
        *connection = connect(&self.path, &self.key, false)?;
        self.is_spoiled.set(false);
        Ok(())
    }

    /// The connection, for good.
    pub(crate) fn into_connection(self) -> Result<Connection, StoreError> {
        self.renew()?;
        Ok(self.connection.into_inner())
    }
}

fn immediate<T>(
    connection: &mut Connection,
    act: impl FnOnce(&dyn Tx) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Dropped without a commit, the transaction is rolled back.
    let done = act(&SqliteTx::new(&transaction))?;
    transaction.commit()?;
    Ok(done)
}

/// A new replica: its device or instance id, its signing key, its writer; a server also certifies
/// itself.
pub(crate) fn begin_life(tx: &dyn Tx, role: Role) -> Result<(), StoreError> {
    let signing_key = Zeroizing::new(random::bytes::<32>()?);
    set_setting(tx, Setting::Role, role.word().as_bytes())?;
    set_setting(tx, Setting::Device, &random::uuid_v4()?)?;
    set_setting(tx, Setting::SigningKey, signing_key.as_slice())?;
    set_setting(tx, Setting::Writer, &random::uuid_v4()?)?;
    set_setting(tx, Setting::Projected, projected_by(Catalogue::builtin()).as_bytes())?;
    match role {
        Role::Device => Ok(()),
        Role::Server => certificate::certify_server(tx),
    }
}

/// Schema and projection as this program has them.
fn bring_up(
    connection: &mut Connection,
    catalogue: &Catalogue,
) -> Result<(Role, WriterId), StoreError> {
    let look = SqliteTx::new(connection);
    let look: &dyn Tx = &look;
    let found = schema_number(look)?;
    if found == 0 {
        // Made, but never filled: an interrupted creation.
        return Err(StoreError::Missing);
    }
    if found > SCHEMA_NUMBER {
        return Err(StoreError::Newer { found, known: SCHEMA_NUMBER });
    }
    let role = role_of(look)?;
    let projected = projected_by(catalogue);
    if found < SCHEMA_NUMBER || setting(look, Setting::Projected)? != Some(projected.clone().into())
    {
        immediate(connection, |tx| {
            migrate(tx, role)?;
            if found < refile::SCHEMA_NUMBER_FIRST {
                refile::note_all(tx)?;
            }
            project::rebuild(tx, catalogue)?;
            set_setting(tx, Setting::Projected, projected.as_bytes())
        })?;
    } else {
        // Refuses when the schema applied is not this program's.
        migrate(look, role)?;
    }
    let look = SqliteTx::new(connection);
    let writer = setting_array(&look, Setting::Writer)?.ok_or(StoreError::Stored("writer"))?;
    Ok((role, WriterId(writer)))
}

/// What this database is.
pub(crate) fn role_of(tx: &dyn Tx) -> Result<Role, StoreError> {
    let role = setting_text(tx, Setting::Role)?.and_then(|word| Role::of_word(&word));
    role.ok_or(StoreError::Stored("role"))
}

/// What must be equal for a projection to stand: the code that projects, and the catalogue that
/// judges.
fn projected_by(catalogue: &Catalogue) -> String {
    format!("{SCHEMA_NUMBER} {} {}", project::VERSION, catalogue.version)
}

/// A database in the clear beside ours, under a name like it, means that somebody's tools or an older
/// program wrote people's data unprotected: nothing runs until a person has looked.
///
/// The live files themselves are left out: closing any handle on them drops every lock this process
/// holds there (POSIX locks belong to the process, not to the handle), and another program would then
/// take the log away from under an open connection. What is in their place is told by `unreadable`.
fn refuse_plaintext(folder: &Path) -> Result<(), StoreError> {
    let Ok(files) = fs::read_dir(folder) else { return Ok(()) };
    let beside = |path: &PathBuf| {
        path.file_name().is_some_and(|name| {
            name.as_encoded_bytes().starts_with(b"health") && !LIVE_FILES.iter().any(|f| name == *f)
        })
    };
    let clear =
        files.flatten().map(|file| file.path()).filter(beside).any(|path| is_plaintext(&path));
    if clear { Err(StoreError::Unsafe("a database in the clear")) } else { Ok(()) }
}

/// Why the database cannot be read. Only looked into once SQLite has refused it: no connection of this
/// process is open on a file that the process's own key does not open.
fn unreadable(path: &Path, error: StoreError, check: KeyCheck) -> StoreError {
    match (error, check) {
        (StoreError::Damaged("file"), _) if is_plaintext(path) => {
            StoreError::Unsafe("a database in the clear")
        }
        // Unreadable with nothing to tell why: a key is mistaken far more often than a first page torn.
        (StoreError::Damaged("file"), KeyCheck::Unknown) => StoreError::WrongKey,
        (error, _) => error,
    }
}

/// The check of the key is written once a database is whole: where it lies beside nothing, the database has been
/// lost, and a new one in its place would hide that.
fn refuse_emptied(path: &Path, check_path: &Path) -> Result<(), StoreError> {
    let is_empty = fs::metadata(path).map_or(true, |file| file.len() == 0);
    if is_empty && check_path.exists() { Err(StoreError::Damaged("gone")) } else { Ok(()) }
}

/// A file that an interrupted creation left holds nothing, and opens with the same key.
fn refuse_unless_empty(path: &Path, key: &Key) -> Result<(), StoreError> {
    match connect(path, key, false) {
        Ok(connection) => match schema_number(&SqliteTx::new(&connection))? {
            0 => Ok(()),
            _ => Err(StoreError::Exists),
        },
        Err(StoreError::Damaged("file")) if is_plaintext(path) => {
            Err(StoreError::Unsafe("a database in the clear"))
        }
        Err(StoreError::Damaged(_)) => Err(StoreError::Exists),
        Err(error) => Err(error),
    }
}
