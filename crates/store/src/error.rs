//! What can fail in a store, told apart so that a person gets the right next step. Not problems of
//! the data: those are values. No error holds a name, an ID number, a value or a parameter of a
//! statement.

use protocol::failure::{Code, Failure};
use rusqlite::ErrorCode;

/// Why the store could not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    #[error("the key does not belong to this database")]
    WrongKey,
    #[error("the database is damaged: {0}")]
    Damaged(&'static str),
    #[error("the database is of schema {found}, this program knows {known}")]
    Newer { found: i64, known: i64 },
    #[error("there is no database here")]
    Missing,
    #[error("there is a database here already")]
    Exists,
    /// A setting that durability or secrecy rests on is not as it must be.
    #[error("the database is not open as it must be: {0}")]
    Unsafe(&'static str),
    #[error("another program keeps the database busy")]
    Busy,
    #[error("the disk is full")]
    DiskFull,
    /// An I/O error: what a failed sync left on disk is unknown until the database is opened anew.
    #[error("reading or writing the disk failed: {0}")]
    Io(&'static str),
    /// A request that cannot be done, in the words of the edge.
    #[error("{}", .0.word())]
    Refused(Code),
    #[error("a body of {bytes} bytes is over the limit")]
    BodyTooLarge { bytes: usize },
    /// A column is null or of another type than its reader says.
    #[error("column {column} is not of the type expected")]
    Column { column: usize },
    /// A stored text or blob that cannot be read back: damage or a defect, never input.
    #[error("a stored {0} cannot be read")]
    Stored(&'static str),
    /// A statement that SQLite does not understand; holds names of tables and columns alone.
    #[error("a statement is wrong: {0}")]
    Statement(String),
    #[error("SQLite refused with code {extended}")]
    Sqlite { extended: i32 },
}

impl StoreError {
    /// The word for the edge.
    pub fn code(&self) -> Code {
        match self {
            StoreError::WrongKey => Code::WrongKey,
            StoreError::Damaged(_) | StoreError::Stored(_) => Code::DatabaseDamaged,
            StoreError::Newer { .. } => Code::DatabaseNewer,
            StoreError::Missing => Code::DatabaseMissing,
            StoreError::Exists => Code::DatabaseExists,
            StoreError::Unsafe(_) => Code::DatabaseUnsafe,
            StoreError::Busy => Code::DatabaseBusy,
            StoreError::DiskFull => Code::DiskFull,
            StoreError::Io(_) => Code::StorageFailed,
            StoreError::Refused(code) => *code,
            StoreError::BodyTooLarge { .. }
            | StoreError::Column { .. }
            | StoreError::Statement(_)
            | StoreError::Sqlite { .. } => Code::Internal,
        }
    }

    /// True when the connection that met it is to be used no more.
    pub(crate) fn spoils(&self) -> bool {
        matches!(self, StoreError::Io(_) | StoreError::Damaged(_) | StoreError::Sqlite { .. })
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Failure::new(error.code())
    }
}

impl From<Code> for StoreError {
    fn from(code: Code) -> Self {
        StoreError::Refused(code)
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error {
            // The message of a failed step may quote a parameter (a search text): only its code is
            // kept.
            rusqlite::Error::SqliteFailure(failure, _) => {
                of_code(failure.code, failure.extended_code)
            }
            // The text of a statement is ours and has parameters where values are.
            rusqlite::Error::SqlInputError { error, msg, .. } => match error.code {
                ErrorCode::Unknown => StoreError::Statement(msg),
                code => of_code(code, error.extended_code),
            },
            rusqlite::Error::InvalidColumnIndex(column) => StoreError::Column { column },
            rusqlite::Error::InvalidColumnType(column, _, _) => StoreError::Column { column },
            rusqlite::Error::QueryReturnedNoRows => StoreError::Stored("row"),
            rusqlite::Error::InvalidParameterCount(given, expected) => {
                StoreError::Statement(format!("{given} parameters given, {expected} expected"))
            }
            _ => StoreError::Statement("misused".to_owned()),
        }
    }
}

fn of_code(code: ErrorCode, extended: i32) -> StoreError {
    if extended == rusqlite::ffi::SQLITE_IOERR_SHMSIZE {
        // The index of the log could not be made longer: there is no room, and nothing was written.
        return StoreError::DiskFull;
    }
    match code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::Busy,
        ErrorCode::DiskFull => StoreError::DiskFull,
        ErrorCode::SystemIoFailure => StoreError::Io("file"),
        ErrorCode::CannotOpen | ErrorCode::PermissionDenied => StoreError::Io("open"),
        ErrorCode::ReadOnly => StoreError::Io("read only"),
        ErrorCode::DatabaseCorrupt => StoreError::Damaged("page"),
        ErrorCode::NotADatabase => StoreError::Damaged("file"),
        _ => StoreError::Sqlite { extended },
    }
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::NotFound => StoreError::Missing,
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
                StoreError::DiskFull
            }
            _ => StoreError::Io("file"),
        }
    }
}

impl From<protocol::EntryError> for StoreError {
    fn from(_: protocol::EntryError) -> Self {
        StoreError::Stored("entry")
    }
}
