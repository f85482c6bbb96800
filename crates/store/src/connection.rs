//! One connection to the encrypted file: opened, set, and every setting that durability or secrecy
//! rests on read back. Not what is in the file: that is `migrate` and everything after it.

use crate::error::StoreError;
use crate::key::Key;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How long a statement waits for another program's transaction.
const BUSY_TIMEOUT_MS: u64 = 10_000;
/// Prepared statements kept per connection.
const STATEMENTS_MAX: usize = 256;

/// What each connection is set to. In this order: the key comes first, by itself.
/// - FULL: a commit is on the disk when it returns; NORMAL may lose commits at a power cut.
/// - MEMORY: SQLCipher encrypts pages, journal and WAL, but not temporary files.
/// - trusted_schema: a crafted schema runs no function.
const PRAGMAS: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA temp_store = MEMORY;
    PRAGMA foreign_keys = OFF;
    PRAGMA trusted_schema = OFF;
    PRAGMA cell_size_check = ON;
    PRAGMA cache_size = -65536;
    PRAGMA journal_size_limit = 67108864;
";

/// Settings as a connection tells them.
#[derive(Debug, Clone, PartialEq, Eq)]
struct ReadBack {
    cipher_version: Option<String>,
    cipher_status: Option<String>,
    journal_mode: String,
    synchronous: i64,
    temp_store: i64,
    busy_timeout_ms: i64,
}

/// Opens the file with the key and confirms the settings. `create`: make the file when there is
/// none. A key that does not fit shows here as `Damaged("file")`: the caller knows the key-check
/// file.
pub(crate) fn connect(path: &Path, key: &Key, create: bool) -> Result<Connection, StoreError> {
    match connect_with(path, key, create, PRAGMAS) {
        // SQLCipher takes a random salt where it fails to read the file's, and then nothing can be read: before a file is
        // called damaged, it is asked a second time.
        Err(StoreError::Damaged("file")) => connect_with(path, key, create, PRAGMAS),
        first => first,
    }
}

/// Lets SQLite and SQLCipher set themselves up, in one thread, before any thread opens a file. SQLite runs SQLCipher's
/// part of `sqlite3_initialize` after it has let go of its mutex, so a second thread that opens its first file meanwhile
/// finds pragmas and ciphers half there, and is refused with `SQLITE_ERROR`.
fn set_up() -> Result<(), StoreError> {
    static IS_SET_UP: Mutex<bool> = Mutex::new(false);
    let mut is_set_up = IS_SET_UP.lock().unwrap_or_else(PoisonError::into_inner);
    if !*is_set_up {
        Connection::open_in_memory()?;
        *is_set_up = true;
    }
    Ok(())
}

fn connect_with(
    path: &Path,
    key: &Key,
    create: bool,
    pragmas: &str,
) -> Result<Connection, StoreError> {
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if create {
        flags |= OpenFlags::SQLITE_OPEN_CREATE;
    }
    set_up()?;
    let connection = Connection::open_with_flags(path, flags)?;
    // SQLCipher would write about a wrong key to stderr, beside the sentence a person gets.
    connection.execute_batch("PRAGMA cipher_log_level = NONE;")?;
    connection.execute_batch(&key.pragma())?;
    connection.busy_timeout(Duration::from_millis(BUSY_TIMEOUT_MS))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    // A plan never depends on the values bound: without this, SQLite parses and plans a kept statement
    // anew at every use where a bound value might matter to it (joins, partial indexes).
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // The first look into the file: fails when the key does not fit.
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    connection.execute_batch(pragmas)?;
    match problem(&read_back(&connection)?) {
        None => Ok(connection),
        Some(setting) => Err(StoreError::Unsafe(setting)),
    }
}

/// A new file for a copy: encrypted, each commit synced, no log beside it.
pub(crate) fn connect_new_copy(path: &Path, key: &Key) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_CREATE;
    set_up()?;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.execute_batch("PRAGMA cipher_log_level = NONE;")?;
    connection.execute_batch(&key.pragma())?;
    connection.execute_batch(
        "PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;",
    )?;
    let status: String = connection.query_row("PRAGMA cipher_status", [], |row| row.get(0))?;
    if status == "1" { Ok(connection) } else { Err(StoreError::Unsafe("cipher_status")) }
}

/// True when the file begins as an SQLite database in the clear does.
pub(crate) fn is_plaintext(path: &Path) -> bool {
    let mut head = [0; 16];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut head));
    read.is_ok() && head == *b"SQLite format 3\0"
}

fn read_back(connection: &Connection) -> Result<ReadBack, StoreError> {
    let text = |pragma: &str| -> Result<Option<String>, StoreError> {
        let mut statement = connection.prepare(pragma)?;
        let mut rows = statement.query([])?;
        Ok(rows.next()?.map(|row| row.get::<_, String>(0)).transpose()?)
    };
    let number = |pragma: &str| -> Result<i64, StoreError> {
        Ok(connection.query_row(pragma, [], |row| row.get(0))?)
    };
    Ok(ReadBack {
        cipher_version: text("PRAGMA cipher_version")?,
        cipher_status: text("PRAGMA cipher_status")?,
        journal_mode: text("PRAGMA journal_mode")?.unwrap_or_default(),
        synchronous: number("PRAGMA synchronous")?,
        temp_store: number("PRAGMA temp_store")?,
        busy_timeout_ms: number("PRAGMA busy_timeout")?,
    })
}

/// The first setting that is not as it must be.
fn problem(told: &ReadBack) -> Option<&'static str> {
    const SYNCHRONOUS_FULL: i64 = 2;
    const TEMP_STORE_MEMORY: i64 = 2;
    let checks = [
        (told.cipher_version.as_ref().is_some_and(|v| !v.is_empty()), "cipher_version"),
        (told.cipher_status.as_deref() == Some("1"), "cipher_status"),
        (told.journal_mode == "wal", "journal_mode"),
        (told.synchronous == SYNCHRONOUS_FULL, "synchronous"),
        (told.temp_store == TEMP_STORE_MEMORY, "temp_store"),
        (told.busy_timeout_ms >= BUSY_TIMEOUT_MS as i64, "busy_timeout"),
    ];
    checks.into_iter().find(|(is_right, _)| !is_right).map(|(_, setting)| setting)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open_with(pragmas: &str) -> Result<ReadBack, StoreError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("health.db");
        read_back(&connect_with(&path, &Key::new([3; 32]), true, pragmas)?)
    }

    #[test]
    fn a_connection_is_encrypted_and_synced_at_every_commit() {
        let told = open_with(PRAGMAS).unwrap();
        assert_eq!(told.journal_mode, "wal");
        assert_eq!((told.synchronous, told.temp_store), (2, 2));
        assert_eq!(told.cipher_status.as_deref(), Some("1"));
        assert!(told.cipher_version.unwrap().starts_with("4."));
    }

    #[test]
    fn a_connection_with_a_weaker_setting_is_refused() {
        let check = |from: &str, to: &str, setting: &'static str| {
            assert!(PRAGMAS.contains(from), "{from}");
            let weaker = PRAGMAS.replace(from, to);
            assert_eq!(open_with(&weaker).unwrap_err(), StoreError::Unsafe(setting));
        };
        check("synchronous = FULL", "synchronous = NORMAL", "synchronous");
        check("synchronous = FULL", "synchronous = OFF", "synchronous");
        check("journal_mode = WAL", "journal_mode = DELETE", "journal_mode");
        check("journal_mode = WAL", "journal_mode = MEMORY", "journal_mode");
        check("temp_store = MEMORY", "temp_store = FILE", "temp_store");
        check("cell_size_check = ON", "busy_timeout = 5", "busy_timeout");
    }

    #[test]
    fn a_database_in_the_clear_is_known_by_its_first_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("health.db");
        assert!(!is_plaintext(&path));
        let connection = Connection::open(&path).unwrap();
        connection.execute_batch("CREATE TABLE t (x)").unwrap();
        drop(connection);
        assert!(is_plaintext(&path));
    }
}
