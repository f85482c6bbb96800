//! The first databases of a process, opened by many threads at once. Not what is in them.
#![allow(clippy::unwrap_used)]

use std::process::Command;
use std::sync::{Arc, Barrier};
use std::thread;
use store::{Key, Role, Store};

const CHILD: &str = "HEALTH_EXPRESS_FIRST_OPEN";
const PROCESSES: usize = 60;
const THREADS: usize = 8;

/// In one process only its very first opening can go wrong, so each try is a process of its own. Without `set_up` in
/// `connection.rs` about one process in thirty fails here.
#[test]
fn threads_that_open_the_first_databases_of_a_process_at_once_all_succeed() {
    if std::env::var_os(CHILD).is_some() {
        return open_at_once();
    }
    let this = std::env::current_exe().unwrap();
    let failed = (0..PROCESSES)
        .filter(|_| {
            let mut child = Command::new(&this);
            child.env(CHILD, "1").args(["--exact", NAME]);
            !child.output().unwrap().status.success()
        })
        .count();
    assert_eq!(failed, 0, "of {PROCESSES} processes");
}

const NAME: &str = "threads_that_open_the_first_databases_of_a_process_at_once_all_succeed";

fn open_at_once() {
    let gate = Arc::new(Barrier::new(THREADS));
    let threads: Vec<_> = (0..THREADS)
        .map(|_| {
            let gate = Arc::clone(&gate);
            thread::spawn(move || {
                let folder = tempfile::tempdir().unwrap();
                let key = Key::generate().unwrap();
                gate.wait();
                Store::create(folder.path(), &key, Role::Server).map(|_| ()).unwrap();
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}
