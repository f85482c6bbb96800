//! Which crate may call which, read from Cargo's own graph.

use crate::{assert_found, assert_none};
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// Complete: what a row does not name is forbidden.
const ALLOWED: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("ledger", &[]),
    ("protocol", &["domain", "ledger"]),
    ("report", &["domain"]),
    ("intake", &["domain"]),
    ("store", &["domain", "ledger", "protocol"]),
    ("sync", &["ledger", "protocol"]),
    ("serve", &["protocol"]),
    ("office", &["domain", "ledger", "protocol", "store", "report", "intake"]),
    (
        "field",
        &["domain", "ledger", "protocol", "store", "sync", "serve", "report", "intake", "office"],
    ),
    (
        "server",
        &["domain", "ledger", "protocol", "store", "sync", "serve", "report", "intake", "office"],
    ),
    ("cli", &["field", "server", "serve", "protocol"]),
    ("health-express", &["field", "protocol"]),
];

/// Developers' crates: they may use all of the above, and none of the above may use them.
const FREE: [&str; 2] = ["stories", "xtask"];

/// The pure middle. What else it may use: plain data, hashes, signatures; nothing with a clock, a file, a socket or
/// randomness at its heart.
const PURE: [&str; 4] = ["domain", "ledger", "report", "intake"];
const PURE_MAY_USE: &[&str] = &[
    "serde",
    "serde_json",
    "csv",
    "chrono",
    "uuid",
    "sha2",
    "ed25519-dalek",
    "thiserror",
    "rust_xlsxwriter",
    "krilla",
    "ttf-parser",
    "qrcode",
    "barcoders",
    "calamine",
    "encoding_rs",
    "zip",
];

/// Package -> what it builds against, tests' own needs left out.
type Edges = BTreeMap<String, BTreeSet<String>>;

fn edges() -> Edges {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(stories::repository::root())
        .output()
        .unwrap();
    let graph: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let list = |value: &serde_json::Value| value.as_array().cloned().unwrap_or_default();
    list(&graph["packages"])
        .iter()
        .map(|package| {
            let needs = list(&package["dependencies"])
                .iter()
                .filter(|need| need["kind"] != "dev")
                .filter_map(|need| need["name"].as_str().map(str::to_owned))
                .collect();
            (package["name"].as_str().unwrap().to_owned(), needs)
        })
        .collect()
}

fn steps_back(edges: &Edges) -> Vec<String> {
    let mut wrong = Vec::new();
    for (package, needs) in edges.iter().filter(|(name, _)| !FREE.contains(&name.as_str())) {
        let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| name == package) else {
            wrong.push(format!("{package} has no row in the table of dependencies"));
            continue;
        };
        for need in needs.iter().filter(|need| edges.contains_key(*need)) {
            if !allowed.contains(&need.as_str()) {
                wrong.push(format!("{package} -> {need} is not in the table of dependencies"));
            }
        }
    }
    wrong
}

fn impure(edges: &Edges) -> Vec<String> {
    let mut wrong = Vec::new();
    for package in PURE {
        for need in edges.get(package).into_iter().flatten() {
            if !edges.contains_key(need) && !PURE_MAY_USE.contains(&need.as_str()) {
                wrong.push(format!("{package} is pure and may not use {need}"));
            }
        }
    }
    wrong
}

fn made(rows: &[(&str, &[&str])]) -> Edges {
    let set = |needs: &[&str]| needs.iter().map(|need| (*need).to_owned()).collect();
    rows.iter().map(|(name, needs)| ((*name).to_owned(), set(needs))).collect()
}

#[test]
fn crates_depend_only_as_the_table_allows() {
    assert_none(&steps_back(&edges()));
}

#[test]
fn every_crate_of_the_table_exists() {
    let edges = edges();
    let gone: Vec<&str> =
        ALLOWED.iter().map(|(name, _)| *name).filter(|name| !edges.contains_key(*name)).collect();
    assert_eq!(gone, Vec::<&str>::new());
}

#[test]
fn the_pure_middle_uses_only_plain_things() {
    assert_none(&impure(&edges()));
}

#[test]
fn control_one_edge_too_many_is_found() {
    let mut edges = made(ALLOWED);
    assert_none(&steps_back(&edges));
    edges.entry("domain".to_owned()).or_default().insert("store".to_owned());
    assert_found(&steps_back(&edges), "domain -> store");
    assert_found(&steps_back(&made(&[("newcomer", &[])])), "newcomer");
    assert_found(&steps_back(&made(&[("cli", &["xtask"]), ("xtask", &[])])), "cli -> xtask");
}

#[test]
fn control_a_pure_crate_with_a_database_is_found() {
    assert_none(&impure(&made(&[("domain", &["serde"])])));
    assert_found(&impure(&made(&[("domain", &["rusqlite"])])), "domain");
}
