//! Where mutations start: the frozen samples of the wire and the sample files, read from the project's folder.

use crate::repository;
use std::path::Path;

/// The bytes of a file of hex digits.
fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.chars().filter_map(|c| c.to_digit(16)).map(|d| d as u8).collect();
    digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

/// All frozen samples in a folder of `schema/wire`, by name without ending.
pub fn frozen(folder: &str) -> Vec<(String, Vec<u8>)> {
    let folder = repository::root().join("schema/wire").join(folder);
    let inside = std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut all: Vec<(String, Vec<u8>)> = inside
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "hex"))
        .map(|path| (stem(&path), unhex(&std::fs::read_to_string(&path).unwrap())))
        .collect();
    all.sort();
    assert!(!all.is_empty(), "no samples in {}", folder.display());
    all
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

/// One frozen document of the ledger.
pub fn ledger(name: &str) -> Vec<u8> {
    let all = frozen("ledger");
    let found = all.into_iter().find(|(of, _)| of == name);
    found.unwrap_or_else(|| panic!("no sample {name}")).1
}

/// The frozen entries, as bodies.
pub fn entries() -> Vec<Vec<u8>> {
    frozen("entry/v1").into_iter().map(|(_, bytes)| bytes).collect()
}

pub fn file(path: &str) -> Vec<u8> {
    let path = repository::root().join(path);
    std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}
