//! Databases as earlier programs left them: the schema of that time, with data in it.

use crate::replicas::{folder, key};
use rusqlite::Connection;
use sha2::{Digest, Sha256};
use std::path::Path;
use store::{Role, Store};

/// What earlier programs applied, in order: number, name, text on a device, text on a server. The last one is the
/// present schema.
const TEXTS: [(i64, &str, &str, &str); 6] = [
    (1, "ledger", "0001_ledger.sql", "0001_ledger.sql"),
    (2, "projection", "0002_projection.sql", "0002_projection.sql"),
    (3, "", "device.sql", "server.sql"),
    (4, "backup", "0004_backup.sql", "0004_backup.sql"),
    (5, "healing", "0005_healing.sql", "0005_healing.sql"),
    (6, "holds", "0006_holds.sql", "0006_holds.sql"),
];

pub const PRESENT: i64 = TEXTS[TEXTS.len() - 1].0;

/// The schemas that came before the present one.
pub fn earlier() -> impl Iterator<Item = i64> {
    TEXTS.into_iter().map(|(number, ..)| number).take(TEXTS.len() - 1)
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
    for (number, name, device, server) in TEXTS.into_iter().filter(|text| text.0 <= last) {
        let (file, role_name) = match role {
            Role::Device => (device, "device"),
            Role::Server => (server, "server"),
        };
        let text = std::fs::read_to_string(schema.join(file)).unwrap();
        connection.execute_batch(&text).unwrap();
        let hash = Sha256::digest(text.as_bytes()).to_vec();
        let name = if name.is_empty() { role_name } else { name };
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
        let columns = format!("SELECT name FROM main.pragma_table_info('{table}')");
        let columns = list(&columns.replace("main.pragma", "pragma")).join(", ");
        let sql =
            format!("INSERT INTO main.{table} ({columns}) SELECT {columns} FROM present.{table}");
        connection.execute_batch(&sql).unwrap();
    }
    connection.execute_batch("DELETE FROM setting WHERE key = 'projected'").unwrap();
}

#[test]
fn the_list_of_schemas_ends_with_the_present_one() {
    let folder = folder();
    let store = Store::create(folder.path(), &key(), Role::Device).unwrap();
    let present = store.read(|tx| tx.int("PRAGMA user_version", &[])).unwrap();
    assert_eq!(present, Some(PRESENT));
}
