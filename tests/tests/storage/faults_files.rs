//! A fault at every operation of what works on whole databases: making one, opening one (also with a log left
//! behind, also of every earlier schema), copying one, a server's backup and its restore.

use crate::disk::{Disk, Fault, Op, Trouble};
use crate::faults::tablet_with_work;
use crate::nth::{
    EVERY, FAULTS, FAULTS_BRIEF, Met, Operations, assert_right_word, every_operation, operations_of,
};
use crate::old;
use crate::replicas::{
    assert_sound, copied, copy, folder, heads, key, registration, save, server, village,
};
use ledger::Heads;
use std::path::Path;
use store::{Key, Role, Store, StoreError};
use tempfile::TempDir;

/// Opens copies of a folder under each fault; whatever was answered, it opens afterwards with all that was in it.
fn open_at_operations(
    what: &str,
    faults: &[(Trouble, bool)],
    operations: Operations,
    folder: &Path,
    expected: &Heads,
) -> Met {
    operations_of(what, faults, operations, |fault, when, met| {
        let place = copied(folder);
        let disk = Disk::under(place.path());
        disk.set(fault);
        let opened = Store::open(place.path(), &key());
        let is_met = noted(disk.mend(), opened.as_ref().err(), fault, when, met);
        if let Ok(store) = &opened {
            assert_eq!(&heads(store), expected, "{when}");
        }
        assert!(is_met || opened.is_ok(), "{when}: nothing was in its way");
        drop(opened);
        let store = Store::open(place.path(), &key()).unwrap_or_else(|e| panic!("{when}: {e}"));
        assert_eq!(&heads(&store), expected, "{when}");
        assert_sound(&store, fault.at, when);
        is_met
    })
}

/// Notes what a run met, and that its failure has the right word; true when it met anything.
fn noted(
    ops: Vec<Op>,
    error: Option<&StoreError>,
    fault: Fault,
    when: &str,
    met: &mut Met,
) -> bool {
    if let Some(error) = error {
        assert_right_word(error.code(), fault, &format!("{when}: {error:?} after {ops:?}"));
    }
    met.note(&ops, error.map(|error| error.code().word()));
    !ops.is_empty()
}

/// A folder whose program ended without closing: its last save lies in the log alone.
fn with_a_log(folder: &Path) -> (TempDir, Heads) {
    let place = copied(folder);
    let disk = Disk::under(place.path());
    let mut store = Store::open(place.path(), &key()).unwrap();
    store.append(&village(), &[registration(7), save(7)]).unwrap();
    let expected = heads(&store);
    disk.set(Fault { trouble: Trouble::Error, at: 1, stays: true });
    drop(store);
    assert!(!disk.mend().is_empty());
    assert!(place.path().join("health.db-wal").metadata().unwrap().len() > 0);
    (place, expected)
}

#[test]
fn a_database_opens_after_any_fault_while_it_was_opened() {
    let (folder, _) = tablet_with_work();
    let expected = heads(&Store::open(copied(folder.path()).path(), &key()).unwrap());
    let met = open_at_operations("open", &FAULTS, EVERY, folder.path(), &expected);
    for op in [Op::Open, Op::Access, Op::Read, Op::Lock, Op::ShmMap, Op::ShmGrow] {
        assert!(met.ops.contains(&op), "{met:?}");
    }
}

#[test]
fn a_log_left_behind_is_read_after_any_fault_while_it_was_read() {
    let (folder, _) = tablet_with_work();
    let (place, expected) = with_a_log(folder.path());
    open_at_operations("recover", &FAULTS, EVERY, place.path(), &expected);
}

#[test]
fn every_earlier_schema_comes_up_after_any_fault_on_the_way() {
    let (device, _) = tablet_with_work();
    let mut central = server();
    central.store.append(&village(), &[registration(1), save(1)]).unwrap();
    let central = central.closed();
    for (role, present) in [(Role::Device, &device), (Role::Server, &central)] {
        let expected = heads(&Store::open(copied(present.path()).path(), &key()).unwrap());
        // Every earlier schema on a device; of a server, whose own part is the third, the one before the present.
        let first = if role == Role::Device { 1 } else { old::present() - 1 };
        for last in first..old::present() {
            let place = folder();
            old::make(present.path(), place.path(), role, last);
            let what = format!("migrate {role:?} from {last}");
            // The oldest and the newest way at every operation. Each migration in between lies on both, and all of them
            // together would take longer with every one that is added: of those every fifth operation, each time others.
            let is_outer = last == first || last + 1 == old::present();
            let some = if is_outer { EVERY } else { (1 + last.unsigned_abs() % 5, 5) };
            let met = open_at_operations(&what, &FAULTS_BRIEF, some, place.path(), &expected);
            let sees = |op| met.ops.contains(&op);
            assert!(sees(Op::Write) && (sees(Op::Sync) || !is_outer), "{met:?}");
        }
    }
}

#[test]
fn a_database_is_made_after_any_fault_while_it_was_made() {
    every_operation("create", |fault, when, met| {
        let place = folder();
        let disk = Disk::under(place.path());
        disk.set(fault);
        let made = Store::create(place.path(), &key(), Role::Device);
        let is_met = noted(disk.mend(), made.as_ref().err(), fault, when, met);
        drop(made);
        let again = match Store::create(place.path(), &key(), Role::Device) {
            Err(StoreError::Exists) => Store::open(place.path(), &key()),
            made => made,
        };
        let mut store = again.unwrap_or_else(|e| panic!("{when}: {e}"));
        store.append(&village(), &[registration(1)]).unwrap();
        assert_sound(&store, fault.at, when);
        is_met
    });
}

#[test]
fn a_copy_that_meets_any_fault_is_whole_or_said_to_have_failed() {
    let (from_folder, _) = tablet_with_work();
    let copy_key = Key::new([7; 32]);
    every_operation("copy", |fault, when, met| {
        let both = folder();
        let (from, to) = (both.path().join("from"), both.path().join("to"));
        copy(from_folder.path(), &from);
        std::fs::create_dir(&to).unwrap();
        let disk = Disk::under(both.path());
        let mut store = Store::open(&from, &key()).unwrap();
        disk.set(fault);
        let done = store.copy_to(&to, &copy_key, &mut |_, _| {});
        let is_met = noted(disk.mend(), done.as_ref().err(), fault, when, met);
        if done.is_err() {
            std::fs::remove_dir_all(&to).unwrap();
            std::fs::create_dir(&to).unwrap();
            store.copy_to(&to, &copy_key, &mut |_, _| {}).unwrap_or_else(|e| panic!("{when}: {e}"));
        }
        let made = Store::open(&to, &copy_key).unwrap_or_else(|e| panic!("{when}: {e}"));
        assert_eq!(heads(&made), heads(&store), "{when}");
        assert_sound(&made, fault.at, when);
        // What was copied from goes on.
        store.append(&village(), &[registration(9)]).unwrap_or_else(|e| panic!("{when}: {e}"));
        is_met
    });
}

#[test]
fn a_page_that_cannot_be_read_is_not_called_damaged() {
    let (folder, _) = tablet_with_work();
    every_operation("verify", |fault, when, met| {
        let place = copied(folder.path());
        let disk = Disk::under(place.path());
        let store = Store::open(place.path(), &key()).unwrap();
        disk.set(fault);
        let verified = store.verify(&mut |_| {});
        let is_met = noted(disk.mend(), verified.as_ref().err(), fault, when, met);
        assert_eq!(verified.unwrap_or_default(), [], "{when}");
        assert_sound(&store, fault.at, when);
        is_met
    });
}
