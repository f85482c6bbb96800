//! A released catalogue says for ever what it said when it was released, whatever becomes of the code; and what the one
//! in use says of people on both sides of every threshold is written down, so that a change of it is seen.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;
#[path = "common/probes.rs"]
mod probes;

use common::repository_file;
use domain::catalogue::{Catalogue, Sources};
use probes::{probes, write, written};
use sha2::{Digest, Sha256};

/// Where a version's outcomes are written down.
fn outcomes_file(version: u32) -> String {
    if version == Catalogue::builtin().version {
        return "schema/catalogue/outcomes.csv".to_owned();
    }
    format!("schema/catalogue/released/{version}/outcomes.csv")
}

/// The people of whom a catalogue says something else than is written down.
fn changed(cat: &Catalogue, text: &str) -> usize {
    let rows = written(text);
    rows.iter().filter(|(probe, classes)| probe.outcome(cat) != *classes).count()
}

#[test]
fn every_version_says_what_is_written_down_of_it() {
    for version in Catalogue::RELEASED.into_iter().chain([Catalogue::builtin().version]) {
        let cat = Catalogue::version(version).unwrap().unwrap();
        assert_eq!(cat.version, version);
        let text = repository_file(&outcomes_file(version));
        assert!(written(&text).len() > 1000, "version {version}");
        assert_eq!(changed(cat, &text), 0, "version {version}");
    }
}

/// A round that stands at a released version asks the program's items and is judged as that version judges.
#[test]
fn a_round_at_a_released_version_is_judged_as_it_was_written_down() {
    for version in Catalogue::RELEASED {
        let judging = Catalogue::judging(version).unwrap();
        assert_eq!(judging.version, version);
        assert_eq!(judging.items, Catalogue::builtin().items);
        let text = repository_file(&outcomes_file(version));
        assert_eq!(changed(judging, &text), 0, "version {version}");
    }
    // The control: the tables in use say otherwise.
    let first = repository_file(&outcomes_file(1));
    assert_ne!(changed(Catalogue::builtin(), &first), 0);
}

/// Entries, tallies and words go by the names in use: no class of a released version has lost its own.
#[test]
fn every_class_of_a_released_version_has_its_name_in_the_one_in_use() {
    for version in Catalogue::RELEASED {
        let released = Catalogue::version(version).unwrap().unwrap();
        let known = |row: &&domain::catalogue::LevelRow| {
            Catalogue::builtin().level(&row.rule, &row.code).is_none()
        };
        assert_eq!(released.levels.iter().find(known), None, "version {version}");
        for rule in &released.rules {
            let now = Catalogue::builtin().rule(&rule.key).map(|rule| rule.shows);
            assert_eq!(now, Some(rule.shows), "{}", rule.key);
        }
    }
}

/// The one in use is written down whole: a new threshold without its rows is seen. Written anew by
/// `cargo test -p domain --test frozen -- --ignored`.
#[test]
fn the_outcomes_in_use_are_those_of_every_threshold() {
    let cat = Catalogue::builtin();
    assert!(repository_file(&outcomes_file(cat.version)) == write(cat, &probes(cat)));
}

#[test]
#[ignore = "writes schema/catalogue/outcomes.csv"]
fn write_the_outcomes_of_the_catalogue_in_use() {
    let cat = Catalogue::builtin();
    let path = format!("{}/../../{}", env!("CARGO_MANIFEST_DIR"), outcomes_file(cat.version));
    std::fs::write(path, write(cat, &probes(cat))).unwrap();
}

/// The control: a threshold moved by one step is seen in the outcomes.
#[test]
fn a_moved_threshold_is_seen_in_the_outcomes() {
    let mut sources = Sources::released(1).unwrap();
    let (_, text) = sources.tables.iter_mut().find(|(name, _)| name.starts_with("wst586")).unwrap();
    assert_eq!(text.matches("M,9.0,18.5,").count(), 1);
    *text = text.replace("M,9.0,18.5,", "M,9.0,18.6,").into();
    let moved = Catalogue::load(&sources).unwrap();
    assert_ne!(changed(&moved, &repository_file(&outcomes_file(1))), 0);
}

fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn files_below(folder: &str) -> Vec<String> {
    let full = format!("{}/../../{folder}", env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for entry in std::fs::read_dir(full).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{folder}/{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// What does not agree with the list of frozen files.
fn broken(list: &str, files: &[(String, String)]) -> Vec<String> {
    let frozen: Vec<(&str, &str)> = list
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|l| l.split_once("  "))
        .collect();
    let mut broken = Vec::new();
    for (path, hash) in files {
        match frozen.iter().find(|(_, name)| name == path) {
            Some((kept, _)) if kept == hash => {}
            Some(_) => broken.push(format!("{path} was changed")),
            None => broken.push(format!("add this line: {hash}  {path}")),
        }
    }
    let gone = frozen.iter().filter(|(_, name)| !files.iter().any(|(path, _)| path == name));
    broken.extend(gone.map(|(_, name)| format!("{name} is gone")));
    broken
}

#[test]
fn a_released_catalogue_is_never_edited() {
    let hashed = |path: String| (path.clone(), hash(&repository_file(&path)));
    let files: Vec<_> = files_below("schema/catalogue/released").into_iter().map(hashed).collect();
    let list = repository_file("schema/catalogue/frozen.txt");
    assert_eq!(broken(&list, &files), Vec::<String>::new());
    // The control: a changed, a new and a lost file are each found.
    let mut changed = files.clone();
    changed[0].1 = hash("another text");
    assert_eq!(broken(&list, &changed).len(), 1);
    assert_eq!(broken(&list, &files[1..]).len(), 1);
    let more = [files.as_slice(), &[("new".to_owned(), hash(""))]].concat();
    assert_eq!(broken(&list, &more).len(), 1);
}
