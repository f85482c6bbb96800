//! The second opinions: small Python scripts in `tests/python` that share nothing with the program.

use crate::repository;
use std::ffi::OsStr;
use std::process::Command;

/// The system's own interpreter: packages of the system (openpyxl) are its, not another one's.
const PYTHON: &str = "/usr/bin/python3";

/// What a script of `tests/python` prints.
pub fn run<S: AsRef<OsStr>>(script: &str, arguments: &[S]) -> String {
    let done = Command::new(PYTHON)
        .args(["-X", "utf8"])
        .arg(repository::root().join("tests/python").join(script))
        .args(arguments)
        .output();
    let done = done.unwrap_or_else(|error| panic!("{PYTHON} {script}: {error}"));
    assert!(
        done.status.success(),
        "{script} failed (it may need: apt-get install python3-openpyxl): {}",
        String::from_utf8_lossy(&done.stderr)
    );
    String::from_utf8(done.stdout).unwrap_or_else(|_| panic!("{script} printed no UTF-8"))
}
