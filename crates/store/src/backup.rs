//! A copy of the database, made while others write, and what is kept of the last verified one (已备份). Not
//! how a copy is sealed and carried away: that is the server's.
//!
//! Never a copy of the file: the live file without its log is another database, and opening it by another
//! handle would drop this process's locks on it.

use crate::connection::connect_new_copy;
use crate::error::StoreError;
use crate::key::Key;
use crate::open::{DATABASE_FILE, Store};
use crate::policy::leave_versions_out;
use crate::refile::change_writer;
use crate::setting::{Setting, set_setting_number, setting_number};
use crate::stream::array;
use crate::tx::{Row, Sql, Tx, bits, unbits};
use ledger::{BackedUp, Chain, Head, StreamKey, UnitKey, WriterId};
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
use std::collections::BTreeSet;
use std::path::Path;

/// Pages copied between two words of progress: 4 MiB.
const PAGES_PER_STEP: i32 = 1_024;

impl Store {
    /// Copies all of one moment into a folder that holds no database yet, under another key. Others write on
    /// meanwhile, and what they write is not in the copy. `progress` hears pages done and pages in all.
    pub fn copy_to(
        &self,
        folder: &Path,
        key: &Key,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<(), StoreError> {
        let path = folder.join(DATABASE_FILE);
        if path.exists() {
            return Err(StoreError::Exists);
        }
        let copy = connect_new_copy(&path, key)?;
        let connection = self.connection()?;
        self.noting(copy_pages(&connection, copy, progress))
    }

    /// Keeps the heads of a backup in place of those of the one before. They have to be read from the copy: the
    /// live database has gone on since.
    pub fn note_backup(&mut self, backup: &BackedUp) -> Result<(), StoreError> {
        self.write(|tx| put_backup(tx, backup))
    }

    /// The last verified backup, with its heads in these units; `None` = in all.
    pub fn last_backup(&self, units: Option<&BTreeSet<UnitKey>>) -> Result<BackedUp, StoreError> {
        self.read(|tx| backup(tx, units))
    }

    /// What a restored server does before anyone sees it: it is another instance and another writer, says from
    /// which backup it comes, and knows what that backup holds.
    ///
    /// Under the old writer's name it would give out positions a second time that devices hold already. As a
    /// new writer it takes the old one's later entries back from them, like anybody's.
    pub fn become_restored(&mut self, from: &BackedUp) -> Result<(), StoreError> {
        if !self.is_server() {
            return Err(StoreError::Stored("role"));
        }
        let own = self.own();
        self.writer = self.write(|tx| {
            let anew = change_writer(tx, &own.now(tx)?)?;
            set_setting_number(tx, Setting::RestoredFrom, from.at_ms)?;
            put_backup(tx, from)?;
            leave_versions_out(tx)?;
            Ok(anew.writer)
        })?;
        Ok(())
    }

    /// Closes the database into its one file: nothing lies in a log beside it any more.
    pub fn close(self) -> Result<(), StoreError> {
        let connection = self.into_connection()?;
        let mode: String =
            connection.query_row("PRAGMA journal_mode = DELETE", [], |row| row.get(0))?;
        if mode != "delete" {
            return Err(StoreError::Busy);
        }
        connection.close().map_err(|(_, error)| StoreError::from(error))
    }
}

fn copy_pages(
    from: &Connection,
    mut to: Connection,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(), StoreError> {
    // One moment for all steps: without it, each commit by others would begin the copy anew.
    let moment = from.unchecked_transaction()?;
    moment.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    {
        let backup = Backup::new(&moment, &mut to)?;
        loop {
            let step = backup.step(PAGES_PER_STEP)?;
            if step == StepResult::Busy || step == StepResult::Locked {
                return Err(StoreError::Busy);
            }
            let told = backup.progress();
            let all = u64::try_from(told.pagecount).unwrap_or(0);
            let left = u64::try_from(told.remaining).unwrap_or(0);
            progress(all.saturating_sub(left), all);
            if step == StepResult::Done {
                break;
            }
        }
    }
    to.close().map_err(|(_, error)| StoreError::from(error))
}

fn put_backup(tx: &dyn Tx, backup: &BackedUp) -> Result<(), StoreError> {
    tx.exec("DELETE FROM backup_head WHERE seq > $1", &[0_i64.into()])?;
    for (key, head) in backup.heads.iter().filter(|(_, head)| head.seq > 0) {
        tx.exec(
            "INSERT INTO backup_head (unit, writer, seq, chain) VALUES ($1, $2, $3, $4)",
            &[
                key.unit.as_str().into(),
                Sql::Blob(&key.writer.0),
                bits(head.seq).into(),
                Sql::Blob(&head.chain.0),
            ],
        )?;
    }
    set_setting_number(tx, Setting::BackupAtMs, backup.at_ms)
}

pub(crate) fn backup(
    tx: &dyn Tx,
    units: Option<&BTreeSet<UnitKey>>,
) -> Result<BackedUp, StoreError> {
    let at_ms = setting_number(tx, Setting::BackupAtMs)?.unwrap_or(0);
    let mut backup = BackedUp { at_ms, ..BackedUp::default() };
    let read = |row: &dyn Row| {
        let unit = UnitKey::try_new(row.text(0)?).map_err(|_| StoreError::Stored("unit"))?;
        let key = StreamKey::new(unit, WriterId(array(row.blob(1)?)?));
        Ok((key, Head { seq: unbits(row.int(2)?), chain: Chain(array(row.blob(3)?)?) }))
    };
    let all = "SELECT unit, writer, seq, chain FROM backup_head";
    match units {
        None => backup.heads.extend(tx.rows(all, &[], read)?),
        Some(units) => {
            let sql = format!("{all} WHERE unit = $1");
            for unit in units {
                backup.heads.extend(tx.rows(&sql, &[unit.as_str().into()], read)?);
            }
        }
    }
    Ok(backup)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::open::Role;
    use domain::ids::UnitCode;
    use ledger::Replica;
    use tempfile::TempDir;

    const LIVE: [u8; 32] = [3; 32];
    const COPY: [u8; 32] = [4; 32];

    struct Server {
        folder: TempDir,
        store: Store,
    }

    fn server(entries: u8) -> Server {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(folder.path(), &Key::new(LIVE), Role::Server).unwrap();
        let mut server = Server { folder, store };
        add(&mut server.store, entries);
        server
    }

    fn add(store: &mut Store, entries: u8) {
        let own = store.own();
        let key = own.key(&UnitCode("431302204200".to_owned())).unwrap();
        let bodies: Vec<Vec<u8>> = (0..entries).map(|i| vec![10, 2, 8, i]).collect();
        store.write(|tx| own.insert(tx, &key, &bodies)).unwrap();
    }

    /// A copy made, opened and proven.
    fn copied(store: &Store) -> (TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        store.copy_to(folder.path(), &Key::new(COPY), &mut |_, _| {}).unwrap();
        let copy = Store::open(folder.path(), &Key::new(COPY)).unwrap();
        assert_eq!(copy.verify_ledger(&mut |_| {}).unwrap(), []);
        (folder, copy)
    }

    #[test]
    fn a_copy_holds_all_of_one_moment_under_its_own_key() {
        let mut server = server(50);
        server.store.seal_own().unwrap();
        let heads = Replica::heads(&server.store, None).unwrap();
        let (folder, copy) = copied(&server.store);
        assert_eq!(Replica::heads(&copy, None).unwrap(), heads);
        assert_eq!(copy.writer(), server.store.writer());
        let wrong = Store::open(folder.path(), &Key::new(LIVE));
        assert!(matches!(wrong, Err(StoreError::WrongKey)), "{wrong:?}");
        copy.close().unwrap();
        let mut files: Vec<String> = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        files.sort();
        assert_eq!(files, ["health.db", "health.key-check"]);
    }

    #[test]
    fn what_others_write_meanwhile_is_not_in_the_copy_and_stops_nothing() {
        let server = server(200);
        let before = Replica::heads(&server.store, None).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut other = Store::open(server.folder.path(), &Key::new(LIVE)).unwrap();
        // The first step has copied: from here on the copy would begin anew without its one moment.
        let mut told = 0;
        let mut write = |_, _| {
            told += 1;
            add(&mut other, 20);
        };
        server.store.copy_to(folder.path(), &Key::new(COPY), &mut write).unwrap();
        let copy = Store::open(folder.path(), &Key::new(COPY)).unwrap();
        assert!(told > 0);
        assert_eq!(Replica::heads(&copy, None).unwrap(), before);
        assert_ne!(Replica::heads(&server.store, None).unwrap(), before);
    }

    #[test]
    fn backed_up_never_runs_ahead_of_what_the_copy_holds() {
        // Heads told of the copy count what it holds, whatever was written since; a control below.
        let mut server = server(30);
        let (_folder, copy) = copied(&server.store);
        add(&mut server.store, 12);
        let heads = Replica::heads(&copy, None).unwrap();
        server.store.note_backup(&BackedUp { at_ms: 7, heads }).unwrap();
        let in_copy = u64::try_from(copy.counts().unwrap().entries).unwrap();
        let levels = server.store.levels().unwrap();
        assert_eq!((levels.saved.all, levels.backed_up.all), (42, in_copy));
        // Control: heads of the live database claim what no backup holds.
        let heads = Replica::heads(&server.store, None).unwrap();
        server.store.note_backup(&BackedUp { at_ms: 8, heads }).unwrap();
        assert!(server.store.levels().unwrap().backed_up.all > in_copy);
    }

    #[test]
    fn a_backup_of_another_branch_covers_nothing() {
        let mut server = server(30);
        let mut heads = Replica::heads(&server.store, None).unwrap();
        server.store.note_backup(&BackedUp { at_ms: 7, heads: heads.clone() }).unwrap();
        assert_eq!(server.store.levels().unwrap().backed_up.all, 30);
        for head in heads.values_mut() {
            head.chain.0[0] ^= 1;
        }
        server.store.note_backup(&BackedUp { at_ms: 8, heads }).unwrap();
        assert_eq!(server.store.levels().unwrap().backed_up.all, 0);
    }

    #[test]
    fn no_room_for_the_copy_is_said_as_a_full_disk() {
        let server = server(200);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("copy.db");
        let small = connect_new_copy(&path, &Key::new(COPY)).unwrap();
        small.execute_batch("PRAGMA max_page_count = 8").unwrap();
        let copied = copy_pages(&server.store.connection().unwrap(), small, &mut |_, _| {});
        assert_eq!(copied, Err(StoreError::DiskFull));
        // Control: with room the same copy succeeds, and the live database went on all the while.
        let path = folder.path().join("roomy.db");
        let roomy = connect_new_copy(&path, &Key::new(COPY)).unwrap();
        assert_eq!(copy_pages(&server.store.connection().unwrap(), roomy, &mut |_, _| {}), Ok(()));
    }

    #[test]
    fn a_restored_server_is_another_instance_and_says_so() {
        let server = server(5);
        let (folder, mut copy) = copied(&server.store);
        let heads = Replica::heads(&copy, None).unwrap();
        copy.become_restored(&BackedUp { at_ms: 99, heads }).unwrap();
        assert_ne!(copy.device().unwrap(), server.store.device().unwrap());
        assert_eq!(copy.setting_number(Setting::RestoredFrom), Ok(Some(99)));
        assert_eq!(copy.levels().unwrap().backed_up.all, 5);
        assert_eq!(copy.verify(&mut |_| {}).unwrap(), []);
        drop(folder);
    }
}
