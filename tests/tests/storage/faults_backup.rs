//! A fault at every operation of a server's backup and of its restore: a failure is said with its word and leaves nothing
//! half made under a wanted name; what was there before is there after; again, it succeeds.

use crate::disk::{Disk, Fault, Op};
use crate::nth::{EVERY, FAULTS_BRIEF, assert_right_word, operations_of};
use crate::replicas::{copy_all, folder, heads};
use protocol::Failure;
use server::{BackupOrder, RestoreOrder};
use std::fs;
use std::path::Path;
use store::Store;
use stories::central::Central;
use tempfile::TempDir;

fn backup_order(under: &Path, recipient: &str) -> BackupOrder {
    BackupOrder {
        data: under.join("server"),
        key_file: Some(under.join("server.key")),
        out: under.join("backup.age"),
        recipients: vec![recipient.to_owned()],
        recipients_file: None,
    }
}

fn restore_order(under: &Path) -> RestoreOrder {
    RestoreOrder {
        data: under.join("restored"),
        from: under.join("backup.age"),
        identity: under.join("identity"),
        key_file: Some(under.join("server.key")),
        accept_loss: false,
    }
}

/// A server with a few entries and an earlier backup, not running.
fn prepared() -> (TempDir, String) {
    let place = folder();
    let central = Central::init(place.path(), "server");
    let add = |name: &str| central.console().add_examiner(name, "").unwrap();
    add("检查者一");
    let made = server::backup_keygen(&place.path().join("identity")).unwrap();
    server::backup(&backup_order(place.path(), &made.recipient), &mut |_| {}).unwrap();
    add("检查者二");
    (place, made.recipient)
}

fn names(folder: &Path) -> Vec<String> {
    let inside = fs::read_dir(folder).unwrap().flatten();
    let mut names: Vec<String> =
        inside.map(|file| file.file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn judge<T>(done: &Result<T, Failure>, ops: &[Op], fault: Fault, when: &str) {
    match done {
        Ok(_) => {}
        Err(failure) => assert_right_word(failure.code, fault, &format!("{when}, after {ops:?}")),
    }
}

#[test]
fn a_backup_that_meets_any_fault_counts_only_when_it_is_whole() {
    let (from, recipient) = prepared();
    let before = fs::read(from.path().join("backup.age")).unwrap();
    let files = names(from.path());
    operations_of("server backup", &FAULTS_BRIEF, EVERY, |fault, when, met| {
        let place = folder();
        copy_all(from.path(), place.path());
        let order = backup_order(place.path(), &recipient);
        let disk = Disk::under(place.path());
        disk.set(fault);
        let done = server::backup(&order, &mut |_| {});
        let ops = disk.mend();
        judge(&done, &ops, fault, when);
        met.note(&ops, done.as_ref().err().map(|failure| failure.code.word()));
        assert_eq!(names(place.path()), files, "{when}: nothing else is left");
        let counted = |store: &Store| store.last_backup(None).unwrap().heads;
        let store = Store::open(&order.data, &Central::key()).unwrap();
        let is_new = fs::read(&order.out).unwrap() != before;
        let (kept, all) = (counted(&store), heads(&store));
        assert!(is_new || kept != all, "{when}: counted, and not there");
        assert!(done.is_err() || kept == all, "{when}: done, and not counted");
        drop(store);
        server::backup(&order, &mut |_| {}).unwrap_or_else(|e| panic!("{when}: again: {e}"));
        !ops.is_empty()
    });
}

#[test]
fn a_restore_that_meets_any_fault_leaves_no_folder_or_a_whole_one() {
    let (from, recipient) = prepared();
    server::backup(&backup_order(from.path(), &recipient), &mut |_| {}).unwrap();
    let expected = heads(&Store::open(&from.path().join("server"), &Central::key()).unwrap());
    let files = names(from.path());
    operations_of("server restore", &FAULTS_BRIEF, EVERY, |fault, when, met| {
        let place = folder();
        copy_all(from.path(), place.path());
        let order = restore_order(place.path());
        let disk = Disk::under(place.path());
        disk.set(fault);
        let done = server::restore(&order, &mut |_| {});
        let ops = disk.mend();
        judge(&done, &ops, fault, when);
        met.note(&ops, done.as_ref().err().map(|failure| failure.code.word()));
        if done.is_err() {
            assert_eq!(names(place.path()), files, "{when}: nothing else is left");
            server::restore(&order, &mut |_| {}).unwrap_or_else(|e| panic!("{when}: again: {e}"));
        }
        let store = Store::open(&order.data, &Central::key()).unwrap();
        assert_eq!(heads(&store), expected, "{when}");
        assert_eq!(store.verify_ledger(&mut |_| {}).unwrap(), [], "{when}");
        !ops.is_empty()
    });
}
