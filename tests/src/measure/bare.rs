//! The other side of each ratio: rusqlite by itself, in a file of the same settings and the same schema, writing
//! the very rows the program wrote. It decides nothing and reads nothing back.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use std::collections::BTreeMap;
use std::path::Path;

/// The key of every database a measurement makes.
pub const KEY_HEX: &str = "5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e";

/// The settings the store opens with.
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

pub fn open(file: &Path) -> Connection {
    let connection = Connection::open(file).unwrap();
    connection.execute_batch(&format!("PRAGMA key = \"x'{KEY_HEX}'\";")).unwrap();
    connection.set_prepared_statement_cache_capacity(256);
    connection.execute_batch(PRAGMAS).unwrap();
    connection
}

/// Everything of the log into the file, and an empty log: the file alone is the database.
pub fn settle(connection: &Connection) {
    let left: i64 =
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0, "somebody else holds the log");
}

/// Bytes of the pages in use.
pub fn bytes_used(connection: &Connection) -> u64 {
    // SQLCipher answers some of these as text.
    let number = |pragma: &str| -> u64 {
        let read = |row: &rusqlite::Row| row.get::<_, Value>(0);
        match connection.query_row(&format!("PRAGMA {pragma}"), [], read).unwrap() {
            Value::Integer(number) => number.unsigned_abs(),
            Value::Text(text) => text.parse().unwrap(),
            Value::Null | Value::Real(_) | Value::Blob(_) => panic!("{pragma}: no number"),
        }
    };
    (number("page_count") - number("freelist_count")) * number("page_size")
}

/// A table's columns, and how a row of it is put in.
pub struct Table {
    pub name: &'static str,
    upsert: String,
    keys: Vec<usize>,
}

impl Table {
    pub fn of(connection: &Connection, name: &'static str) -> Table {
        let mut statement = connection.prepare(&format!("PRAGMA table_info({name})")).unwrap();
        let columns: Vec<(String, i64)> = statement
            .query_map([], |row| Ok((row.get(1)?, row.get(5)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        let is_key = |column: &&(String, i64)| column.1 > 0;
        let names: Vec<&str> = columns.iter().map(|(column, _)| column.as_str()).collect();
        let keys: Vec<&str> = columns.iter().filter(is_key).map(|(c, _)| c.as_str()).collect();
        let others = columns.iter().filter(|column| !is_key(column));
        let sets: Vec<String> = others.map(|(c, _)| format!("{c} = excluded.{c}")).collect();
        let marks: Vec<String> = (1..=names.len()).map(|n| format!("?{n}")).collect();
        let upsert = format!(
            "INSERT INTO {name} ({}) VALUES ({}) ON CONFLICT ({}) DO UPDATE SET {}",
            names.join(", "),
            marks.join(", "),
            keys.join(", "),
            sets.join(", ")
        );
        let key_at = columns.iter().enumerate().filter(|(_, column)| column.1 > 0);
        Table { name, upsert, keys: key_at.map(|(at, _)| at).collect() }
    }

    /// Rows as they stand; `which` ends the statement.
    pub fn rows(&self, from: &Connection, which: &str, parameters: &[Value]) -> Vec<Vec<Value>> {
        let sql = format!("SELECT * FROM {} {which}", self.name);
        let mut statement = from.prepare_cached(&sql).unwrap();
        let columns = statement.column_count();
        let rows = statement.query_map(params_from_iter(parameters), |row| {
            (0..columns).map(|at| row.get(at)).collect::<Result<Vec<Value>, _>>()
        });
        rows.unwrap().map(Result::unwrap).collect()
    }

    pub fn put(&self, into: &Connection, row: &[Value]) {
        into.prepare_cached(&self.upsert).unwrap().execute(params_from_iter(row)).unwrap();
    }

    /// What tells a row from others.
    fn key(&self, row: &[Value]) -> String {
        let parts: Vec<String> = self.keys.iter().map(|at| format!("{:?}", row[*at])).collect();
        parts.join(" ")
    }
}

/// What a table looked like when last asked, to tell which rows are new or changed.
pub struct Watched {
    pub table: Table,
    seen: BTreeMap<String, Vec<Value>>,
}

impl Watched {
    pub fn of(connection: &Connection, name: &'static str) -> Watched {
        let mut watched = Watched { table: Table::of(connection, name), seen: BTreeMap::new() };
        watched.changed(connection, "", &[]);
        watched
    }

    /// Rows that are not as they were.
    pub fn changed(
        &mut self,
        from: &Connection,
        which: &str,
        parameters: &[Value],
    ) -> Vec<Vec<Value>> {
        let rows = self.table.rows(from, which, parameters).into_iter();
        let mut changed = Vec::new();
        for row in rows {
            let key = self.table.key(&row);
            if self.seen.get(&key) != Some(&row) {
                self.seen.insert(key, row.clone());
                changed.push(row);
            }
        }
        changed
    }
}
