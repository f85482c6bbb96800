//! `schema/wire/openapi.yaml` against the code: paths, limits, failure codes, messages. Not whether a server
//! keeps to it: that is told where a server runs.

#![allow(clippy::unwrap_used)]

mod common;

use common::files::text;
use common::schema::Schema;
use protocol::{Code, PROTOCOL_VERSION, call};
use std::collections::{BTreeMap, BTreeSet};

/// The lines more indented than the line `name:`, up to the next that is not.
fn block<'a>(yaml: &'a str, name: &str) -> Vec<&'a str> {
    let mut lines = yaml.lines().skip_while(|line| line.trim() != format!("{name}:"));
    let indent = |line: &str| line.len() - line.trim_start().len();
    let Some(first) = lines.next() else { return Vec::new() };
    lines.take_while(|line| line.is_empty() || indent(line) > indent(first)).collect()
}

#[test]
fn the_limits_told_are_those_of_the_code() {
    let ours: BTreeMap<&str, u64> = [
        ("PROTOCOL_VERSION", u64::from(PROTOCOL_VERSION)),
        ("BODY_BYTES_MAX", call::BODY_BYTES_MAX as u64),
        ("ENROL_BODY_BYTES_MAX", call::ENROL_BODY_BYTES_MAX as u64),
        ("PRESENT_BODY_BYTES_MAX", call::PRESENT_BODY_BYTES_MAX as u64),
        ("BATCH_INFLATED_BYTES_MAX", call::BATCH_INFLATED_BYTES_MAX as u64),
        ("BATCH_BYTES_AIM", call::BATCH_BYTES_AIM as u64),
        ("ZSTD_WINDOW_LOG_MAX", u64::from(call::ZSTD_WINDOW_LOG_MAX)),
        ("HUB_ADDRESSES_MAX", call::HUB_ADDRESSES_MAX as u64),
        ("WANTED_MAX", call::WANTED_MAX as u64),
        ("VOUCH_FOR_MAX", call::VOUCH_FOR_MAX as u64),
        ("RANGES_MAX", ledger::RANGES_MAX as u64),
        ("BODIES_MAX", ledger::BODIES_MAX as u64),
        ("CERTIFICATES_MAX", ledger::CERTIFICATES_MAX as u64),
        ("RANGE_BYTES_MAX", ledger::RANGE_BYTES_MAX as u64),
        ("SEAL_POINTS_MAX", ledger::SEAL_POINTS_MAX as u64),
    ]
    .into();
    let yaml = text("openapi.yaml");
    let told: BTreeMap<&str, u64> = block(&yaml, "x-limits")
        .into_iter()
        .filter(|line| !line.is_empty())
        .map(|line| {
            let (name, rest) = line.trim().split_once(": ").unwrap();
            let number = rest.split(" #").next().unwrap().trim();
            (name, number.parse().unwrap())
        })
        .collect();
    assert_eq!(told, ours);
    // What is promised about a batch is also what the ledger takes.
    assert_eq!(call::BATCH_INFLATED_BYTES_MAX, ledger::BATCH_BYTES_MAX);
}

/// A constant of `call.rs` that the file does not tell would be a limit nobody else knows of.
#[test]
fn every_limit_of_the_calls_is_told() {
    let source =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/call.rs")).unwrap();
    let names = source.lines().filter_map(|line| line.strip_prefix("pub const ")?.split_once(':'));
    let names: Vec<&str> = names.map(|(name, _)| name).collect();
    assert!(names.len() >= 6, "{names:?}");
    let yaml = text("openapi.yaml");
    let told = block(&yaml, "x-limits");
    for name in names {
        assert!(told.iter().any(|line| line.trim().starts_with(&format!("{name}: "))), "{name}");
    }
}

#[test]
fn every_code_named_exists_and_every_problem_names_its_codes() {
    let yaml = text("openapi.yaml");
    let mut named = BTreeSet::new();
    for line in yaml.lines().map(str::trim) {
        let Some(list) = line.strip_prefix("x-codes: [").and_then(|l| l.strip_suffix(']')) else {
            continue;
        };
        for word in list.split(", ") {
            let code: Code = word.parse().unwrap_or_else(|()| panic!("no code {word}"));
            named.insert(code.word());
        }
    }
    let expected = [
        "challenge_unknown",
        "code_expired",
        "code_invalid",
        "code_used",
        "device_barred",
        "device_unproven",
        "protocol_newer",
        "request_malformed",
        "request_too_large",
        "server_busy",
        "server_refused",
        "token_invalid",
    ];
    assert!(named.iter().eq(expected.iter()), "{named:?}");
    let problems = yaml.matches("schemas/Problem").count();
    assert_eq!(problems, yaml.matches("x-codes: [").count());
}

#[test]
fn the_paths_are_the_calls_and_only_enrol_and_present_go_without_a_token() {
    let yaml = text("openapi.yaml");
    let paths = block(&yaml, "paths");
    let calls: Vec<&str> = paths.iter().filter(|line| line.starts_with("  /")).copied().collect();
    let named = ["/enrol", "/present", "/account", "/hub_certificate", "/heads", "/push", "/pull"];
    assert_eq!(calls, named.map(|call| format!("  {call}:")));
    assert!(yaml.contains("url: https://{server}/sync/v1\n"));
    assert!(yaml.contains("\nsecurity:\n  - token: []\n"));
    for call in named {
        let lines = block(&yaml, call);
        let is_open = lines.iter().any(|line| line.trim() == "security: []");
        let asks = lines.iter().any(|line| line.contains("responses/Unknown"));
        let is_first = call == "/enrol" || call == "/present";
        assert_eq!((is_open, asks), (is_first, !is_first), "{call}");
        // Only what creates says 201: an answer of another status proves nothing was taken.
        let creates = lines.iter().any(|line| line.trim() == "\"201\":");
        assert_eq!(creates, is_first || ["/push", "/hub_certificate"].contains(&call), "{call}");
    }
}

#[test]
fn every_message_named_is_in_the_schema_of_calls() {
    let yaml = text("openapi.yaml");
    let messages = Schema::read(&text("sync.proto")).messages;
    let schemas = block(&yaml, "schemas");
    let names: Vec<&str> =
        schemas.iter().filter_map(|line| Some(line.trim().split_once(": {")?.0)).collect();
    assert_eq!(names.len(), 14);
    for name in names.into_iter().filter(|name| *name != "Batch") {
        assert!(messages.contains_key(name), "{name}");
    }
    for used in yaml.split("schemas/").skip(1) {
        let name = used.split('"').next().unwrap();
        assert!(schemas.iter().any(|line| line.trim().starts_with(&format!("{name}: "))), "{name}");
    }
}
