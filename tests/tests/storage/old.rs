//! Databases as earlier programs left them: the schema of that time, with data in it.

use crate::replicas::{folder, key};
use rusqlite::Connection;
use sha2::{Digest, Sha256};
use std::path::Path;
use store::{Role, Store};

/// A text of the schema: what the program calls it, and the file it lies in.
struct Text {
    number: i64,
    name: String,
    file: String,
}

/// What is applied to a database of this role, in order: numbered files, and third what the role alone has.
fn texts(role: Role) -> Vec<Text> {
    let (own, others) = match role {
        Role::Device => ("device", "_server"),
        Role::Server => ("server", "_device"),
    };
    let mut texts = vec![Text { number: 3, name: own.to_owned(), file: format!("{own}.sql") }];
    for file in std::fs::read_dir(stories::repository::root().join("schema/db")).unwrap().flatten()
    {
        let file = file.file_name().into_string().unwrap();
        if let Some((number, name)) = file.trim_end_matches(".sql").split_once('_')
            && let Ok(number) = number.parse()
            && !name.ends_with(others)
        {
            texts.push(Text { number, name: name.to_owned(), file });
        }
    }
    texts.sort_by_key(|text| text.number);
    texts
}

/// The schema of this program.
pub fn present() -> i64 {
    texts(Role::Device).last().unwrap().number
}

fn opened(path: &Path) -> Connection {
    let connection = Connection::open(path).unwrap();
    let hex = key().to_hex();
    connection.execute_batch(&format!("PRAGMA key = \"x'{}'\"", hex.as_str())).unwrap();
    connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(())).unwrap();
    connection
}

/// Puts what a closed, present database holds into one of an earlier schema, in an empty folder.
pub fn make(present: &Path, folder: &Path, role: Role, last: i64) {
    std::fs::copy(present.join("health.key-check"), folder.join("health.key-check")).unwrap();
    let connection = opened(&folder.join("health.db"));
    let schema = stories::repository::root().join("schema/db");
    for Text { number, name, file } in texts(role).into_iter().filter(|text| text.number <= last) {
        let text = std::fs::read_to_string(schema.join(file)).unwrap();
        connection.execute_batch(&text).unwrap();
        let hash = Sha256::digest(text.as_bytes()).to_vec();
        let sql = "INSERT INTO migration (number, name, hash) VALUES (?1, ?2, ?3)";
        connection.execute(sql, rusqlite::params![number, name, hash]).unwrap();
        connection.execute_batch(&format!("PRAGMA user_version = {number}")).unwrap();
    }
    let hex = key().to_hex();
    let path = present.join("health.db");
    let attach = format!("ATTACH '{}' AS present KEY \"x'{}'\"", path.display(), hex.as_str());
    connection.execute_batch(&attach).unwrap();
    let list = |sql: &str| -> Vec<String> {
        let mut statement = connection.prepare(sql).unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    for table in list("SELECT name FROM main.sqlite_schema WHERE type = 'table'") {
        if table == "migration" || table.starts_with("sqlite_") {
            continue;
        }
        // What is no longer kept is left empty: it was made from the entries, and is made anew from them.
        let is_kept = format!("SELECT name FROM present.sqlite_schema WHERE name = '{table}'");
        if list(&is_kept).is_empty() {
            continue;
        }
        let columns = format!("SELECT name FROM main.pragma_table_info('{table}')");
        let columns = list(&columns.replace("main.pragma", "pragma")).join(", ");
        let sql =
            format!("INSERT INTO main.{table} ({columns}) SELECT {columns} FROM present.{table}");
        connection.execute_batch(&sql).unwrap();
    }
    connection.execute_batch("DELETE FROM setting WHERE key = 'projected'").unwrap();
}

#[test]
fn the_texts_end_with_the_present_schema() {
    let folder = folder();
    let store = Store::create(folder.path(), &key(), Role::Device).unwrap();
    let present = store.read(|tx| tx.int("PRAGMA user_version", &[])).unwrap();
    assert_eq!(present, Some(self::present()));
}
