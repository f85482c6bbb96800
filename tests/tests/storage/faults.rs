//! An error or a full disk at the Nth operation, for every N until the work succeeds without meeting it.
//!
//! Whatever fails: it is said with the right word, nothing said before is lost, what failed is wholly there or wholly
//! absent, the database is sound, and doing it again succeeds.

use crate::disk::{Disk, Fault, Op};
use crate::nth::{Met, assert_right_word, every_operation};
use crate::replicas::{
    Batch, Place, assert_sound, copied, heads, key, registration, save, server, tablet, village,
};
use ledger::{Heads, Replica};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use store::{Store, StoreError};
use tempfile::TempDir;

/// Work on an open store, over copies of one closed folder.
struct Work<'w> {
    what: &'static str,
    folder: &'w Path,
    act: &'w dyn Fn(&mut Store) -> Result<(), StoreError>,
    /// The heads once it is done.
    after: &'w Heads,
}

impl Work<'_> {
    fn at_every_operation(&self) -> Met {
        let before = {
            let place = copied(self.folder);
            heads(&Store::open(place.path(), &key()).unwrap())
        };
        every_operation(self.what, |fault, when, met| {
            let place = copied(self.folder);
            let disk = Disk::under(place.path());
            let mut store = Store::open(place.path(), &key()).unwrap();
            disk.set(fault);
            let done = catch_unwind(AssertUnwindSafe(|| (self.act)(&mut store)));
            let done = done.unwrap_or_else(|_| panic!("{when}: a panic"));
            if let Err(error) = &done {
                assert_right_word(error.code(), fault, when);
            }
            let word = done.as_ref().err().map(|error| error.code().word());
            // Every second time the program gives up at once, and a lasting fault lasts while it does.
            if fault.at % 2 == 0 {
                drop(store);
                met.note(&disk.mend(), word);
                self.judge(place.path(), &before, &done, None, fault, when);
                return true;
            }
            let ops = disk.mend();
            met.note(&ops, word);
            let again = Some((self.act)(&mut store));
            drop(store);
            if ops.is_empty() {
                assert_eq!(done, Ok(()), "{when}: nothing was in its way");
                return false;
            }
            self.judge(place.path(), &before, &done, again, fault, when);
            true
        })
    }

    fn judge(
        &self,
        folder: &Path,
        before: &Heads,
        done: &Result<(), StoreError>,
        again: Option<Result<(), StoreError>>,
        fault: Fault,
        when: &str,
    ) {
        let mut store = Store::open(folder, &key()).unwrap_or_else(|e| panic!("{when}: {e}"));
        if let Some(again) = &again {
            assert_eq!(*again, Ok(()), "{when}: the same store goes on once the disk is well");
        }
        let is_done = done.is_ok() || again.is_some();
        let found = heads(&store);
        if is_done {
            assert_eq!(&found, self.after, "{when}: it was said to be done");
        } else {
            assert!(found == *before || found == *self.after, "{when}: neither whole nor absent");
        }
        if found != *self.after {
            (self.act)(&mut store).unwrap_or_else(|e| panic!("{when}: again: {e}"));
            assert_eq!(&heads(&store), self.after, "{when}");
        }
        assert_sound(&store, fault.at, when);
    }
}

/// A folder of a tablet with some people in it, and a neighbour's sealed work.
pub fn tablet_with_work() -> (TempDir, Batch) {
    let mut central = server();
    let Place { folder, mut store } = tablet(&mut central.store);
    let mut neighbour = tablet(&mut central.store);
    for serial in 0..4 {
        store.append(&village(), &[registration(serial), save(serial)]).unwrap();
    }
    let others: Vec<_> = (10..14).flat_map(|serial| [registration(serial), save(serial)]).collect();
    neighbour.store.append(&village(), &others).unwrap();
    let batch = Batch::sealed(&mut neighbour.store, 0);
    drop(store);
    (folder, batch)
}

fn after(folder: &Path, act: &dyn Fn(&mut Store) -> Result<(), StoreError>) -> Heads {
    let place = copied(folder);
    let mut store = Store::open(place.path(), &key()).unwrap();
    act(&mut store).unwrap();
    heads(&store)
}

#[test]
fn a_save_that_meets_any_fault_is_wholly_there_or_wholly_absent() {
    let (folder, _) = tablet_with_work();
    // A second try finds what the first has saved.
    let act = |store: &mut Store| {
        let saved = store.own_heads()?.values().map(|head| head.seq).sum::<u64>();
        if saved == 8 {
            store.append(&village(), &[registration(5), save(5)]).map(|_| ())
        } else {
            Ok(())
        }
    };
    let after = after(folder.path(), &act);
    let met = Work { what: "append", folder: folder.path(), act: &act, after: &after }
        .at_every_operation();
    for op in [Op::Read, Op::Write, Op::Sync, Op::ShmLock] {
        assert!(met.ops.contains(&op), "{met:?}");
    }
}

#[test]
fn a_batch_pulled_that_meets_any_fault_is_wholly_taken_or_not_at_all() {
    let (folder, batch) = tablet_with_work();
    let act = |store: &mut Store| {
        let answers = store.accept(&batch.ranges, &batch.proofs)?;
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
        Ok(())
    };
    let after = after(folder.path(), &act);
    let met = Work { what: "accept", folder: folder.path(), act: &act, after: &after }
        .at_every_operation();
    assert!(met.ops.contains(&Op::Sync), "{met:?}");
}

#[test]
fn a_checkpoint_that_meets_any_fault_loses_nothing() {
    let (folder, batch) = tablet_with_work();
    // Work in the log first, then the log into the file and away, all of it under the fault.
    let act = |store: &mut Store| {
        store.accept(&batch.ranges, &batch.proofs)?;
        checkpoint(store)
    };
    let after = after(folder.path(), &act);
    let met = Work { what: "checkpoint", folder: folder.path(), act: &act, after: &after }
        .at_every_operation();
    assert!(met.ops.contains(&Op::Truncate), "{met:?}");
}

/// All of the log into the file, in a transaction's place.
pub fn checkpoint(store: &mut Store) -> Result<(), StoreError> {
    let sql = "COMMIT; PRAGMA wal_checkpoint(TRUNCATE); BEGIN IMMEDIATE";
    store.write(|tx| tx.batch(sql))
}
