//! Several programs on one folder: opening a store must not let go of the locks of one that is open, or
//! another program takes itself for the last one, and takes the log away from under it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod core_support;

use core_support::{key, lone_device};
use std::path::Path;
use std::process::Command;
use store::{Setting, Store};

/// Set for the child: the folder to open, write to and close.
const CHILD_FOLDER: &str = "HX_TEST_CHILD_FOLDER";

/// Not a claim of its own: the other program, run by the tests below as a process of its own.
#[test]
fn another_program_writes_and_closes() {
    let Ok(folder) = std::env::var(CHILD_FOLDER) else { return };
    let mut store = Store::open(Path::new(&folder), &key()).unwrap();
    store.set_setting(Setting::Name, "说给大家".as_bytes()).unwrap();
}

fn run_another_program(folder: &Path) {
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "another_program_writes_and_closes", "--quiet"])
        .env(CHILD_FOLDER, folder)
        .status()
        .unwrap();
    assert!(status.success());
}

fn name_seen(store: &Store) -> Option<String> {
    store.setting_text(Setting::Name).unwrap()
}

#[test]
fn opening_again_keeps_what_an_open_store_holds() {
    let place = lone_device();
    for _ in 0..3 {
        drop(Store::open(place.path(), &key()).unwrap());
    }
    run_another_program(place.path());
    assert!(place.path().join("health.db-wal").exists(), "the log was taken away");
    assert_eq!(name_seen(&place.store).as_deref(), Some("说给大家"));
}

#[test]
fn control_one_look_into_the_file_would_let_go_of_it() {
    let place = lone_device();
    drop(std::fs::File::open(place.path().join("health.db")).unwrap());
    drop(std::fs::File::open(place.path().join("health.db-shm")).unwrap());
    run_another_program(place.path());
    assert!(!place.path().join("health.db-wal").exists(), "this platform keeps locks by handle");
}
