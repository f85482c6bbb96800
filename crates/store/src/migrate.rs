//! The schema, forward only: numbered texts applied in one transaction, each recorded with its
//! hash. Not what the tables mean. A released text never changes; the next change is the next
//! number.

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
    Migration {
        number: 4,
        name: "backup",
        sql: include_str!("../../../schema/db/0004_backup.sql"),
        role: None,
    },
    Migration {
        number: 5,
        name: "healing",
        sql: include_str!("../../../schema/db/0005_healing.sql"),
        role: None,
    },
    Migration {
        number: 6,
        name: "holds",
        sql: include_str!("../../../schema/db/0006_holds.sql"),
        role: None,
    },
    Migration {
        number: 7,
        name: "dropped",
        sql: include_str!("../../../schema/db/0007_dropped.sql"),
        role: None,
    },
    Migration {
        number: 8,
        name: "accounts",
        sql: include_str!("../../../schema/db/0008_accounts_server.sql"),
        role: Some(Role::Server),
    },
    Migration {
        number: 8,
        name: "damaged",
        sql: include_str!("../../../schema/db/0008_damaged_device.sql"),
        role: Some(Role::Device),
    },
    Migration {
        number: 9,
        name: "shown",
        sql: include_str!("../../../schema/db/0009_shown.sql"),
        role: None,
    },
    Migration {
        number: 11,
        name: "findings",
        sql: include_str!("../../../schema/db/0011_findings.sql"),
        role: None,
    },
    Migration {
        number: 12,
        name: "tubes",
        sql: include_str!("../../../schema/db/0012_tubes.sql"),
        role: None,
    },
    Migration {
        number: 13,
        name: "conclusions",
        sql: include_str!("../../../schema/db/0013_conclusions.sql"),
        role: None,
    },
    Migration {
        number: 14,
        name: "tasks",
        sql: include_str!("../../../schema/db/0014_tasks.sql"),
        role: None,
    },
    Migration {
        number: 15,
        name: "deliveries",
        sql: include_str!("../../../schema/db/0015_deliveries.sql"),
        role: None,
    },
    Migration {
        number: 16,
        name: "consents",
        sql: include_str!("../../../schema/db/0016_consents.sql"),
        role: None,
    },
    Migration {
        number: 17,
        name: "confirmations",
        sql: include_str!("../../../schema/db/0017_confirmations.sql"),
        role: None,
    },
    Migration {
        number: 18,
        name: "task_held_cells",
        sql: include_str!("../../../schema/db/0018_task_held_cells.sql"),
        role: None,
    },
    Migration {
        number: 19,
        name: "arrivals",
        sql: include_str!("../../../schema/db/0019_arrivals.sql"),
        role: None,
    },
];

/// The schema this program knows.
pub(crate) const SCHEMA_NUMBER: i64 = 19;

/// The schema number in the file; 0 = an empty file.
pub(crate) fn schema_number(tx: &dyn Tx) -> Result<i64, StoreError> {
    Ok(tx.int("PRAGMA user_version", &[])?.unwrap_or(0))
}

/// Brings the file to `SCHEMA_NUMBER`; true when anything was applied. Refuses a newer file, and
/// one whose applied texts are not those of this program.
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
    let known: Vec<(i64, Vec<u8>)> =
        of_role.filter(|m| m.number <= found).map(|m| (m.number, hash(m.sql).to_vec())).collect();
    if applied == known { Ok(()) } else { Err(StoreError::Unsafe("schema")) }
}

fn hash(sql: &str) -> [u8; 32] {
    Sha256::digest(sql.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::append::Own;
    use crate::connection::connect;
    use crate::key::Key;
    use crate::open::{Store, begin_life};
    use crate::refile;
    use crate::setting::{Setting, setting};
    use crate::tx::SqliteTx;
    use domain::catalogue::Catalogue;
    use domain::ids::UnitCode;
    use ledger::{Replica, WriterId};
    use std::path::Path;

    const KEY: [u8; 32] = [6; 32];

    /// A database as a program wrote it that knew only the first texts, with entries in it. Once a
    /// schema is released, a file kept from that release takes this one's place.
    fn made_at(folder: &Path, role: Role, last: i64) -> Vec<Vec<u8>> {
        let connection = connect(&folder.join("health.db"), &Key::new(KEY), true).unwrap();
        let tx = SqliteTx::new(&connection);
        let tx: &dyn Tx = &tx;
        tx.batch("BEGIN IMMEDIATE").unwrap();
        assert!(migrate_to(tx, role, last).unwrap());
        begin_life(tx, role).unwrap();
        let writer = setting(tx, Setting::Writer).unwrap().unwrap();
        let writer = WriterId(writer.try_into().unwrap());
        let own = Own { writer, catalogue: Catalogue::builtin(), draw: crate::random::SYSTEM };
        let key = own.key(&UnitCode("431302204200".to_owned())).unwrap();
        let bodies: Vec<Vec<u8>> = (0..50).map(|i| vec![10, 2, 8, i]).collect();
        own.insert(tx, &key, &bodies).unwrap();
        tx.batch("COMMIT").unwrap();
        bodies
    }

    #[test]
    fn a_database_of_every_earlier_schema_opens_with_all_that_was_in_it() {
        for role in [Role::Device, Role::Server] {
            for last in 1..=SCHEMA_NUMBER {
                let folder = tempfile::tempdir().unwrap();
                let bodies = made_at(folder.path(), role, last);
                for _ in 0..2 {
                    let store = Store::open(folder.path(), &Key::new(KEY)).unwrap();
                    assert_eq!(store.role(), role);
                    let sql = "SELECT body FROM entry ORDER BY seq";
                    let kept = store.read(|tx| tx.rows(sql, &[], |row| Ok(row.blob(0)?.to_vec())));
                    assert_eq!(kept.as_ref(), Ok(&bodies), "from {last}");
                    assert_eq!(store.own_heads().unwrap().values().next().unwrap().seq, 50);
                    assert_eq!(store.read(schema_number), Ok(SCHEMA_NUMBER));
                    assert_eq!(store.read(|tx| check_applied(tx, role, SCHEMA_NUMBER)), Ok(()));
                }
            }
        }
    }

    #[test]
    fn copies_of_facts_taken_in_before_they_were_noted_are_noted_when_the_schema_comes_up() {
        let folder = tempfile::tempdir().unwrap();
        made_at(folder.path(), Role::Device, refile::SCHEMA_NUMBER_FIRST - 1);
        let copy = ledger::refile(WriterId([9; 16]), 7, &[10, 2, 8, 1]).unwrap();
        let connection = connect(&folder.path().join("health.db"), &Key::new(KEY), false).unwrap();
        let tx = SqliteTx::new(&connection);
        let tx: &dyn Tx = &tx;
        // Only the last is one: of the others nothing is noted.
        tx.exec("UPDATE entry SET body = $1 WHERE seq = 50", &[Sql::Blob(&copy)]).unwrap();
        drop(connection);
        let store = Store::open(folder.path(), &Key::new(KEY)).unwrap();
        let sql = "SELECT of_writer, of_seq, seq FROM refiled";
        let noted = store.read(|tx| {
            tx.rows(sql, &[], |row| Ok((row.blob(0)?.to_vec(), row.int(1)?, row.int(2)?)))
        });
        assert_eq!(noted, Ok(vec![(vec![9; 16], 7, 50)]));
    }

    #[test]
    fn a_migration_that_fails_leaves_the_schema_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        made_at(folder.path(), Role::Device, 1);
        let path = folder.path().join("health.db");
        let connection = connect(&path, &Key::new(KEY), false).unwrap();
        // Takes a name that a later text wants.
        connection.execute_batch("CREATE TABLE server_head (x)").unwrap();
        let before = tables(&connection);
        assert!(Store::open(folder.path(), &Key::new(KEY)).is_err());
        assert_eq!(tables(&connection), before);
        let tx = SqliteTx::new(&connection);
        assert_eq!(schema_number(&tx), Ok(1));
        let tx: &dyn Tx = &tx;
        assert_eq!(tx.int("SELECT count(*) FROM stream", &[]), Ok(Some(1)));
        // Control: with the name free again the same file migrates.
        connection.execute_batch("DROP TABLE server_head").unwrap();
        Store::open(folder.path(), &Key::new(KEY)).unwrap();
    }

    fn tables(connection: &rusqlite::Connection) -> Vec<String> {
        let tx = SqliteTx::new(connection);
        let tx: &dyn Tx = &tx;
        let sql = "SELECT name FROM sqlite_schema ORDER BY name";
        tx.rows(sql, &[], |row| Ok(row.text(0)?.to_owned())).unwrap()
    }

    #[test]
    fn migrations_stand_in_the_order_of_their_numbers_for_each_role() {
        for role in [Role::Device, Role::Server] {
            let of_role = MIGRATIONS.iter().filter(|m| m.role.is_none_or(|r| r == role));
            let numbers: Vec<i64> = of_role.map(|m| m.number).collect();
            assert!(numbers.is_sorted_by(|before, next| before < next), "{numbers:?}");
            assert_eq!(numbers.last(), Some(&SCHEMA_NUMBER));
        }
    }
}
