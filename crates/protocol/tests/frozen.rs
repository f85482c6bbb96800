//! The frozen samples of `schema/wire/entry/v1`: what is written today is what was written first, and
//! what was written first is still read. A sample is never edited; a new form is a new version.

#![allow(clippy::unwrap_used)]

mod common;

use common::files::{hex_lines, path, sample_bytes, text};
use common::sample::{name, samples};
use common::schema::Schema;
use protocol::{Entry, Kind};
use serde_json::Value;
use std::collections::BTreeSet;

#[test]
fn every_kind_is_written_byte_for_byte_as_it_was_first() {
    for (name, entry) in samples() {
        let ours = hex_lines(&entry.encode());
        let file = format!("entry/v1/{name}.hex");
        assert!(path(&file).exists(), "{file} is missing; it would hold\n{ours}");
        assert_eq!(ours, text(&file), "{name}");
    }
}

#[test]
fn every_frozen_sample_reads_as_the_fact_it_was_made_from() {
    for (name, entry) in samples() {
        let bytes = sample_bytes(&name);
        assert_eq!(Entry::decode(&bytes).as_ref(), Ok(&entry), "{name}");
        assert_eq!(Entry::decode_header(&bytes), Ok(entry.header), "{name}");
        // Control: another byte at the end is another fact, or none.
        let mut longer = bytes;
        longer.push(0);
        assert_ne!(Entry::decode(&longer), Entry::decode(&sample_bytes(&name)), "{name}");
    }
}

#[test]
fn a_decoder_that_knows_only_the_schema_reads_the_same_from_every_sample() {
    let schema = Schema::read(&text("entry.proto"));
    let told: Value = serde_json::from_str(&text("entry/v1/samples.json")).unwrap();
    for (name, _) in samples() {
        assert_eq!(schema.entry(&sample_bytes(&name)).as_ref(), Ok(&told[&name]), "{name}");
    }
    assert_eq!(told.as_object().unwrap().len(), samples().len());
    // Control: a header field that no schema has.
    assert!(schema.entry(&[0x0a, 3, 0x58 | 0x80, 0x06, 1]).is_err());
}

/// A field that a sample leaves out would not be frozen.
#[test]
fn the_samples_set_every_field_of_the_schema() {
    let schema = Schema::read(&text("entry.proto"));
    let told: Value = serde_json::from_str(&text("entry/v1/samples.json")).unwrap();
    let mut seen = BTreeSet::new();
    fn walk(schema: &Schema, message: &str, value: &Value, seen: &mut BTreeSet<String>) {
        for field in &schema.messages[message] {
            let Some(value) = value.get(&field.name) else { continue };
            seen.insert(format!("{message}.{}", field.name));
            if schema.messages.contains_key(&field.kind) {
                let one = std::slice::from_ref(value);
                for value in value.as_array().map_or(one, Vec::as_slice) {
                    walk(schema, &field.kind, value, seen);
                }
            }
        }
    }
    for (_, kind, payload) in schema.kinds.iter().filter(|(number, _, _)| *number != 0) {
        walk(&schema, "Body", &told[kind], &mut seen);
        walk(&schema, payload, &told[kind]["payload"], &mut seen);
        walk(&schema, payload, &told[&format!("{kind}_2")]["payload"], &mut seen);
        walk(&schema, payload, &told[&format!("{kind}_3")]["payload"], &mut seen);
        walk(&schema, payload, &told[&format!("{kind}_4")]["payload"], &mut seen);
        walk(&schema, payload, &told[&format!("{kind}_5")]["payload"], &mut seen);
    }
    for (message, fields) in &schema.messages {
        for field in fields {
            let field = format!("{message}.{}", field.name);
            assert!(seen.contains(&field), "no sample sets {field}");
        }
    }
}

#[test]
fn the_numbers_of_kinds_are_unique_beyond_the_ledgers_and_those_of_the_schema() {
    let ours: Vec<(u32, &str)> = Kind::ALL.iter().map(|kind| (*kind as u32, name(*kind))).collect();
    let schema = Schema::read(&text("entry.proto"));
    let kinds = schema.kinds.iter().filter(|(number, _, _)| *number != 0);
    let told: Vec<(u32, &str)> = kinds.map(|(number, name, _)| (*number, name.as_str())).collect();
    assert_eq!(ours, told);
    let numbers: BTreeSet<u32> = ours.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers.len(), ours.len());
    assert!(numbers.iter().all(|number| *number >= ledger::KINDS_RESERVED_BELOW));
    for kind in Kind::ALL {
        assert_eq!(Kind::try_from(kind as u32), Ok(kind));
    }
    assert!(Kind::try_from(0).is_err() && Kind::try_from(u32::MAX).is_err());
    // Only a server may write the first of them; that too is part of what peers agree on.
    let of_server = Kind::ALL.iter().filter(|kind| kind.is_server_only());
    assert!(of_server.map(|kind| *kind as u32).eq([16, 17, 18, 19, 20, 23, 24, 25, 26]));
}
