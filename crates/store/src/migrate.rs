//! The schema, forward only: numbered texts applied in one transaction, each recorded with its hash. Not
//! what the tables mean. A released text never changes; the next change is the next number.

use crate::error::StoreError;
use crate::open::Role;
use crate::tx::{Sql, Tx};
use sha2::{Digest, Sha256};

/// One step of the schema.
struct Migration {
    number: i64,
    name: &'static str,
    sql: &'static str,
    /// `None` = everywhere. One number may have a text for each role.
    role: Option<Role>,
}

const MIGRATIONS: &[Migration] = &[
    Migration {
        number: 1,
        name: "ledger",
        sql: include_str!("../../../schema/db/0001_ledger.sql"),
        role: None,
    },
    Migration {
        number: 2,
        name: "projection",
        sql: include_str!("../../../schema/db/0002_projection.sql"),
        role: None,
    },
    Migration {
        number: 3,
        name: "device",
        sql: include_str!("../../../schema/db/device.sql"),
        role: Some(Role::Device),
    },
    Migration {
        number: 3,
        name: "server",
        sql: include_str!("../../../schema/db/server.sql"),
        role: Some(Role::Server),
    },
];

/// The schema this program knows.
pub(crate) const SCHEMA_NUMBER: i64 = 3;

/// The schema number in the file; 0 = an empty file.
pub(crate) fn schema_number(tx: &dyn Tx) -> Result<i64, StoreError> {
    Ok(tx.int("PRAGMA user_version", &[])?.unwrap_or(0))
}

/// Brings the file to `SCHEMA_NUMBER`; true when anything was applied. Refuses a newer file, and one whose
/// applied texts are not those of this program.
pub(crate) fn migrate(tx: &dyn Tx, role: Role) -> Result<bool, StoreError> {
    migrate_to(tx, role, SCHEMA_NUMBER)
}

pub(crate) fn migrate_to(tx: &dyn Tx, role: Role, last: i64) -> Result<bool, StoreError> {
    let found = schema_number(tx)?;
    if found > SCHEMA_NUMBER {
        return Err(StoreError::Newer { found, known: SCHEMA_NUMBER });
    }
    check_applied(tx, role, found)?;
    let of_role = MIGRATIONS.iter().filter(|m| m.role.is_none_or(|r| r == role));
    for migration in of_role.filter(|m| m.number > found && m.number <= last) {
        tx.batch(migration.sql)?;
        tx.exec(
            "INSERT INTO migration (number, name, hash) VALUES ($1, $2, $3)",
            &[migration.number.into(), migration.name.into(), Sql::Blob(&hash(migration.sql))],
        )?;
        // A pragma takes no parameter; the number is ours.
        tx.batch(&format!("PRAGMA user_version = {}", migration.number))?;
    }
    Ok(found < last)
}

/// Every text applied before must be the text this program has under that number.
fn check_applied(tx: &dyn Tx, role: Role, found: i64) -> Result<(), StoreError> {
    if found == 0 {
        return Ok(());
    }
    let sql = "SELECT number, hash FROM migration ORDER BY number";
    let applied = tx.rows(sql, &[], |row| Ok((row.int(0)?, row.blob(1)?.to_vec())))?;
    let of_role = MIGRATIONS.iter().filter(|m| m.role.is_none_or(|r| r == role));
    let known: Vec<(i64, Vec<u8>)> = of_role
        .filter(|m| m.number <= found)
        .map(|m| (m.number, hash(m.sql).to_vec()))
        .collect();
    if applied == known { Ok(()) } else { Err(StoreError::Unsafe("schema")) }
}

fn hash(sql: &str) -> [u8; 32] {
    Sha256::digest(sql.as_bytes()).into()
}
