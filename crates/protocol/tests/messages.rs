//! The messages as Rust structs against the `.proto` files that other programs read: the same names,
//! numbers, kinds and labels, nothing more and nothing less.

#![allow(clippy::unwrap_used)]

mod common;

use common::files::text;
use common::schema::{Field, Schema};
use std::collections::BTreeMap;

/// Every struct of a source file that derives `Message`, as its attributes say.
fn structs(source: &str) -> BTreeMap<String, Vec<Field>> {
    let mut found: BTreeMap<String, Vec<Field>> = BTreeMap::new();
    let mut derives_message = false;
    let mut open: Option<String> = None;
    let mut attribute: Option<String> = None;
    for line in source.lines().map(str::trim) {
        if line.starts_with("#[derive(") {
            derives_message = line.contains("Message");
        } else if let Some(rest) = line.strip_prefix("pub struct ").filter(|_| derives_message) {
            let name = rest.trim_end_matches(" {").to_owned();
            found.insert(name.clone(), Vec::new());
            open = Some(name);
        } else if line == "}" {
            (open, derives_message) = (None, false);
        } else if let Some(rest) = line.strip_prefix("#[prost(") {
            attribute = Some(rest.trim_end_matches(")]").to_owned());
        } else if let (Some(message), Some(of)) = (&open, attribute.take()) {
            let declared = line.strip_prefix("pub ").unwrap();
            found.get_mut(message).unwrap().push(field(&of, declared));
        }
    }
    found
}

fn field(attribute: &str, declared: &str) -> Field {
    let words: Vec<&str> = attribute.split(", ").collect();
    let (name, rust_type) = declared.trim_end_matches(',').split_once(": ").unwrap();
    let tag = words.iter().find_map(|word| word.strip_prefix("tag = \"")).unwrap();
    let is_message = words[0] == "message";
    let label = ["repeated", "optional"].into_iter().find(|label| words.contains(label));
    let inner = rust_type.rsplit('<').next().unwrap().trim_end_matches('>');
    let kind = if is_message { inner } else { words[0].trim_end_matches(" = \"vec\"") };
    // A single message is always optional in prost, and never says so in proto3.
    let label = label.filter(|label| !(is_message && *label == "optional")).unwrap_or_default();
    Field {
        number: tag.trim_end_matches('"').parse().unwrap(),
        name: name.to_owned(),
        kind: kind.to_owned(),
        label: label.to_owned(),
    }
}

fn check(proto: &str, sources: &[&str]) -> BTreeMap<String, Vec<Field>> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let read = |name: &&str| std::fs::read_to_string(folder.join(name)).unwrap();
    let ours: BTreeMap<_, _> = sources.iter().flat_map(|name| structs(&read(name))).collect();
    let told = Schema::read(&text(proto)).messages;
    assert_eq!(ours.keys().collect::<Vec<_>>(), told.keys().collect::<Vec<_>>(), "{proto}");
    for (message, fields) in &ours {
        assert_eq!(fields, &told[message], "{message} in {proto}");
    }
    ours
}

#[test]
fn the_schema_of_entries_is_what_the_structs_say() {
    check(
        "entry.proto",
        &[
            "entry.rs",
            "fact.rs",
            "roster.rs",
            "save.rs",
            "tube.rs",
            "conclusion.rs",
            "step.rs",
            "consent.rs",
            "contact.rs",
            "confirmation.rs",
            "arrival.rs",
            "delivery.rs",
            "laboratory.rs",
        ],
    );
}

#[test]
fn the_schema_of_calls_is_what_the_structs_say() {
    let ours = check("sync.proto", &["call.rs"]);
    // Controls: the reader sees each part of a field.
    let heads = &ours["HeadsRequest"];
    assert!(heads.len() >= 13);
    let units = Field {
        number: 6,
        name: "units".into(),
        kind: "UnitDigest".into(),
        label: "repeated".into(),
    };
    assert_eq!(heads[5], units);
}

#[test]
fn no_number_is_given_twice_in_a_message() {
    for proto in ["entry.proto", "sync.proto"] {
        for (message, fields) in Schema::read(&text(proto)).messages {
            let mut numbers: Vec<u32> = fields.iter().map(|field| field.number).collect();
            numbers.dedup();
            assert!(numbers.is_sorted(), "{message}");
            assert_eq!(numbers.len(), fields.len(), "{message}");
        }
    }
}
