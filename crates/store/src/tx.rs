//! What repositories and the projection are written over: run a statement, read rows. One SQL text
//! for SQLite and PostgreSQL, with `$1` parameters. Not a query builder, and not how a transaction
//! begins or ends: that is `Store::write`.
//!
//! SQLite numbers `$n` by first appearance, not by `n`; its side therefore runs the text with `?n`.
//! A `$` followed by a digit must mean a parameter everywhere in a text, literals included.

use crate::error::StoreError;
use rusqlite::types::{ToSqlOutput, ValueRef};
use std::borrow::Cow;

/// A parameter.
#[derive(Clone, Copy)]
pub enum Sql<'a> {
    Null,
    Int(i64),
    Text(&'a str),
    Blob(&'a [u8]),
}

/// A row being read; columns count from 0. Texts and blobs are borrowed from the row.
pub trait Row {
    fn opt_int(&self, column: usize) -> Result<Option<i64>, StoreError>;
    fn opt_text(&self, column: usize) -> Result<Option<&str>, StoreError>;
    fn opt_blob(&self, column: usize) -> Result<Option<&[u8]>, StoreError>;

    fn int(&self, column: usize) -> Result<i64, StoreError> {
        self.opt_int(column)?.ok_or(StoreError::Column { column })
    }
    fn text(&self, column: usize) -> Result<&str, StoreError> {
        self.opt_text(column)?.ok_or(StoreError::Column { column })
    }
    fn blob(&self, column: usize) -> Result<&[u8], StoreError> {
        self.opt_blob(column)?.ok_or(StoreError::Column { column })
    }
}

/// Statements inside one transaction.
pub trait Tx {
    /// Runs one statement; how many rows it changed.
    fn exec(&self, sql: &str, params: &[Sql]) -> Result<u64, StoreError>;
    /// Runs one query and shows each row to `visit`, which may run other statements.
    fn each(
        &self,
        sql: &str,
        params: &[Sql],
        visit: &mut dyn FnMut(&dyn Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;
    /// Runs several statements without parameters.
    fn batch(&self, sql: &str) -> Result<(), StoreError>;
}

impl<'t> dyn Tx + 't {
    /// Every row, read by `read`.
    pub fn rows<T>(
        &self,
        sql: &str,
        params: &[Sql],
        mut read: impl FnMut(&dyn Row) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut found = Vec::new();
        self.each(sql, params, &mut |row| {
            found.push(read(row)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// The first row, if there is one. Say `LIMIT 1` where there may be more.
    pub fn first<T>(
        &self,
        sql: &str,
        params: &[Sql],
        mut read: impl FnMut(&dyn Row) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let mut found = None;
        self.each(sql, params, &mut |row| {
            if found.is_none() {
                found = Some(read(row)?);
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// The one number a query gives; `None` for no row or null.
    pub fn int(&self, sql: &str, params: &[Sql]) -> Result<Option<i64>, StoreError> {
        Ok(self.first(sql, params, |row| row.opt_int(0))?.flatten())
    }
}

macro_rules! sql_from {
    ($($type:ty => |$value:ident| $make:expr;)*) => {
        $(impl<'a> From<$type> for Sql<'a> {
            fn from($value: $type) -> Self { $make }
        })*
    };
}

sql_from! {
    i64 => |value| Sql::Int(value);
    i32 => |value| Sql::Int(i64::from(value));
    u32 => |value| Sql::Int(i64::from(value));
    u16 => |value| Sql::Int(i64::from(value));
    u8 => |value| Sql::Int(i64::from(value));
    bool => |value| Sql::Int(i64::from(value));
    &'a str => |value| Sql::Text(value);
    &'a String => |value| Sql::Text(value);
    &'a [u8] => |value| Sql::Blob(value);
    &'a Vec<u8> => |value| Sql::Blob(value);
    &'a [u8; 16] => |value| Sql::Blob(value);
    &'a [u8; 32] => |value| Sql::Blob(value);
    &'a [u8; 64] => |value| Sql::Blob(value);
}

impl<'a, T: Into<Sql<'a>>> From<Option<T>> for Sql<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Sql::Null, Into::into)
    }
}

/// 64 bits as the signed number a column holds: ids and hashes keep their bits, not their order.
pub fn bits(value: u64) -> i64 {
    i64::from_ne_bytes(value.to_ne_bytes())
}

/// The 64 bits that `bits` put into a column.
pub fn unbits(value: i64) -> u64 {
    u64::from_ne_bytes(value.to_ne_bytes())
}

/// The SQLite side.
pub struct SqliteTx<'c> {
    connection: &'c rusqlite::Connection,
}

impl<'c> SqliteTx<'c> {
    pub(crate) fn new(connection: &'c rusqlite::Connection) -> SqliteTx<'c> {
        SqliteTx { connection }
    }
}

impl Tx for SqliteTx<'_> {
    fn exec(&self, sql: &str, params: &[Sql]) -> Result<u64, StoreError> {
        let mut statement = self.connection.prepare_cached(&sqlite_text(sql))?;
        Ok(statement.execute(rusqlite::params_from_iter(params))? as u64)
    }

    fn each(
        &self,
        sql: &str,
        params: &[Sql],
        visit: &mut dyn FnMut(&dyn Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(&sqlite_text(sql))?;
        let mut rows = statement.query(rusqlite::params_from_iter(params))?;
        while let Some(row) = rows.next()? {
            visit(&SqliteRow(row))?;
        }
        Ok(())
    }

    fn batch(&self, sql: &str) -> Result<(), StoreError> {
        Ok(self.connection.execute_batch(sql)?)
    }
}

struct SqliteRow<'r>(&'r rusqlite::Row<'r>);

impl Row for SqliteRow<'_> {
    fn opt_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        match self.0.get_ref(column)? {
            ValueRef::Null => Ok(None),
            ValueRef::Integer(value) => Ok(Some(value)),
            ValueRef::Real(_) | ValueRef::Text(_) | ValueRef::Blob(_) => {
                Err(StoreError::Column { column })
            }
        }
    }

    fn opt_text(&self, column: usize) -> Result<Option<&str>, StoreError> {
        match self.0.get_ref(column)? {
            ValueRef::Null => Ok(None),
            ValueRef::Text(text) => match std::str::from_utf8(text) {
                Ok(text) => Ok(Some(text)),
                Err(_) => Err(StoreError::Column { column }),
            },
            ValueRef::Integer(_) | ValueRef::Real(_) | ValueRef::Blob(_) => {
                Err(StoreError::Column { column })
            }
        }
    }

    fn opt_blob(&self, column: usize) -> Result<Option<&[u8]>, StoreError> {
        match self.0.get_ref(column)? {
            ValueRef::Null => Ok(None),
            ValueRef::Blob(bytes) => Ok(Some(bytes)),
            ValueRef::Integer(_) | ValueRef::Real(_) | ValueRef::Text(_) => {
                Err(StoreError::Column { column })
            }
        }
    }
}

impl rusqlite::ToSql for Sql<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match *self {
            Sql::Null => ValueRef::Null,
            Sql::Int(value) => ValueRef::Integer(value),
            Sql::Text(text) => ValueRef::Text(text.as_bytes()),
            Sql::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// `$1` becomes `?1`.
fn sqlite_text(sql: &str) -> Cow<'_, str> {
    if !sql.contains('$') {
        return Cow::Borrowed(sql);
    }
    let mut text = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some(at) = rest.find('$') {
        let (before, after) = rest.split_at(at);
        text.push_str(before);
        let is_parameter = after.as_bytes().get(1).is_some_and(u8::is_ascii_digit);
        text.push(if is_parameter { '?' } else { '$' });
        rest = &after[1..];
    }
    text.push_str(rest);
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_numbered_by_their_number_not_by_first_appearance() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        let tx = SqliteTx::new(&connection);
        let tx: &dyn Tx = &tx;
        let params = [Sql::Text("one"), Sql::Text("two")];
        let read = |row: &dyn Row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned()));
        let found = tx.first("SELECT $2, $1", &params, read).unwrap();
        assert_eq!(found, Some(("two".to_owned(), "one".to_owned())));
        // Control: SQLite's own reading of `$2, $1` numbers by first appearance.
        let mut statement = connection.prepare("SELECT $2, $1").unwrap();
        let first: String = statement.query_row(["one", "two"], |row| row.get(0)).unwrap();
        assert_eq!(first, "one");
    }

    #[test]
    fn only_a_dollar_before_a_digit_is_a_parameter() {
        assert_eq!(sqlite_text("SELECT $1, '$', $x, $12"), "SELECT ?1, '$', $x, ?12");
        assert_eq!(sqlite_text("SELECT 1"), "SELECT 1");
        assert_eq!(sqlite_text("SELECT $"), "SELECT $");
    }

    #[test]
    fn a_column_of_another_type_is_an_error_not_a_guess() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        let tx = SqliteTx::new(&connection);
        let tx: &dyn Tx = &tx;
        let found = tx.first("SELECT 'text'", &[], |row| row.int(0));
        assert!(matches!(found, Err(StoreError::Column { column: 0 })));
        assert_eq!(tx.int("SELECT NULL", &[]).unwrap(), None);
    }

    #[test]
    fn every_64_bits_pass_through_a_column() {
        for value in [0, 1, u64::MAX, 1 << 63, 0x0123_4567_89ab_cdef] {
            assert_eq!(unbits(bits(value)), value);
        }
    }
}
