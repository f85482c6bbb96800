//! SQL: one text for two databases, every file in use, and what was once applied never changes.

use crate::{assert_found, assert_none};
use sha2::{Digest, Sha256};
use std::process::Command;
use stories::repository::{File, files};
use stories::source::{Source, shipped};

/// Lists the migrations that data out there was made with: `SHA-256 path`, a line each. Lines are only added.
const FROZEN: &str = "schema/db/frozen.txt";

/// The statements of SQL files, comments left out.
fn statements(files: &[File]) -> Vec<(String, String)> {
    let in_file = |file: &File| -> Vec<(String, String)> {
        let text: String = file.text.lines().map(without_comment).collect();
        text.split(';').map(|piece| (file.path.clone(), piece.to_owned())).collect()
    };
    files.iter().filter(|file| file.has_ending(".sql")).flat_map(in_file).collect()
}

/// Texts in the code that are SQL, those of tests left out.
fn queries(sources: &[Source]) -> Vec<(String, String)> {
    let in_code = |source: &Source| -> Vec<(String, String)> {
        let texts = source.texts.iter().filter(|(line, _)| !source.is_only_tests(*line));
        texts
            .filter(|(_, text)| is_sql(text))
            .map(|(line, text)| (format!("{}:{line}", source.path), text.clone()))
            .collect()
    };
    sources.iter().flat_map(in_code).collect()
}

fn without_comment(line: &str) -> String {
    format!("{}\n", line.split("--").next().unwrap_or_default())
}

fn is_sql(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default();
    ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"]
        .iter()
        .any(|word| first.eq_ignore_ascii_case(word))
        && text.split_whitespace().count() > 2
}

/// A bare `?` takes its number from where it stands, and PostgreSQL knows none.
fn unnumbered(texts: &[(String, String)]) -> Vec<String> {
    texts
        .iter()
        .filter(|(_, text)| text.contains('?'))
        .map(|(place, _)| format!("{place}: a parameter without a number"))
        .collect()
}

/// In files parameters first appear as $1, $2, $3, so that one reads them in the order they are given.
fn out_of_order(statements: &[(String, String)]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (place, text) in statements {
        let mut highest = 0;
        for piece in text.split('$').skip(1) {
            let digits: String = piece.chars().take_while(char::is_ascii_digit).collect();
            let Ok(number) = digits.parse::<usize>() else { continue };
            if number > highest + 1 {
                wrong.push(format!("{place}: ${number} appears before ${}", highest + 1));
            }
            highest = highest.max(number);
        }
    }
    wrong
}

fn unused_files(files: &[File]) -> Vec<String> {
    let uses = |path: &str| {
        files.iter().any(|file| {
            file.has_ending(".rs") && file.text.contains("include_str!") && file.text.contains(path)
        })
    };
    files
        .iter()
        .filter(|file| file.has_ending(".sql") && file.is_in("schema/"))
        .filter(|file| !uses(&file.path))
        .map(|file| format!("{}: no code includes it", file.path))
        .collect()
}

fn changed_migrations(files: &[File]) -> Vec<String> {
    let text = |path: &str| files.iter().find(|file| file.path == path).map(|file| &*file.text);
    let frozen = text(FROZEN).unwrap_or_default();
    let mut wrong = Vec::new();
    for line in frozen.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        let (hash, path) = line.split_once("  ").unwrap_or((line, ""));
        match text(path) {
            None => wrong.push(format!("{path}: in {FROZEN}, but gone")),
            Some(text) if hex_hash(text) != hash => {
                wrong.push(format!("{path}: changed after it was applied; add a new migration"));
            }
            Some(_) => {}
        }
    }
    // Queries make no tables: they may change with the code that runs them.
    let makes_tables = |file: &&File| file.is_in("schema/db/") && !file.is_in("schema/db/query/");
    for file in files.iter().filter(makes_tables).filter(|file| file.has_ending(".sql")) {
        if !frozen.contains(&file.path) {
            let line = format!("{}  {}", hex_hash(&file.text), file.path);
            wrong.push(format!("{}: add this line to {FROZEN}:\n{line}", file.path));
        }
    }
    wrong
}

/// Lines of the list that an older version of it had and a newer one took away or changed.
fn taken_back(history: &str) -> Vec<String> {
    history
        .lines()
        .filter_map(|line| line.strip_prefix('-'))
        .filter(|line| line.contains("  schema/db/"))
        .map(|line| format!("{FROZEN}: this line was taken away, it has to stay:\n{line}"))
        .collect()
}

/// What git knows of the list; nothing where there is no history.
fn history() -> String {
    let log = Command::new("git")
        .args(["log", "--patch", "--no-color", "--format=", "--", FROZEN])
        .current_dir(stories::repository::root())
        .output();
    log.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default()
}

fn hex_hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn parameters_are_numbered() {
    let files = files();
    assert_none(&unnumbered(&statements(&files)));
    assert_none(&unnumbered(&queries(&shipped(&files))));
}

#[test]
fn parameters_in_files_appear_in_order() {
    assert_none(&out_of_order(&statements(&files())));
}

#[test]
fn every_sql_file_is_used() {
    assert_none(&unused_files(&files()));
}

#[test]
fn applied_migrations_never_change() {
    assert_none(&changed_migrations(&files()));
    assert_none(&taken_back(&history()));
}

#[test]
fn control_parameters_without_a_number_are_found() {
    let source = |text: &str| [Source::new("a.rs", text)];
    let query = "\nlet a = \"SELECT a FROM b WHERE c = ?\";";
    assert_found(&unnumbered(&queries(&source(query))), "a.rs:2");
    assert_none(&unnumbered(&queries(&source("let a = \"SELECT a FROM b WHERE c = $1\";"))));
    let file = [File::new("a.sql", "SELECT a FROM b WHERE c = ?;")];
    assert_found(&unnumbered(&statements(&file)), "a.sql");
}

#[test]
fn control_parameters_out_of_order_are_found() {
    let in_file = |text: &str| out_of_order(&statements(&[File::new("a.sql", text)]));
    assert_found(&in_file("SELECT a FROM b WHERE c = $2 AND d = $1;"), "a.sql");
    assert_none(&in_file("SELECT $1, $2; -- who? $9\nSELECT $1, $2, $1, $3;"));
}

#[test]
fn control_an_unused_sql_file_is_found() {
    let sql = File::new("schema/db/0009_more.sql", "");
    let code = |text: &str| File::new("crates/a/src/lib.rs", text);
    let using = code("include_str!(\"../../../schema/db/0009_more.sql\")");
    assert_none(&unused_files(&[sql.clone(), using]));
    assert_found(&unused_files(&[sql, code("")]), "0009_more.sql");
}

#[test]
fn control_a_changed_migration_is_found() {
    let path = "schema/db/0001_a.sql";
    let list = |text: &str| File::new(FROZEN, &format!("# words\n{}  {path}\n", hex_hash(text)));
    assert_none(&changed_migrations(&[list("a"), File::new(path, "a")]));
    assert_found(&changed_migrations(&[list("a"), File::new(path, "b")]), "changed");
    assert_found(&changed_migrations(&[list("a")]), "gone");
    assert_found(&changed_migrations(&[File::new(path, "a")]), "add this line");
}

#[test]
fn control_a_line_taken_off_the_list_is_found() {
    let line = format!("{}  schema/db/0001_a.sql", hex_hash("a"));
    assert_none(&taken_back(&format!("--- a/schema/db/frozen.txt\n+{line}\n")));
    assert_found(&taken_back(&format!("--- a/schema/db/frozen.txt\n-{line}\n+b\n")), FROZEN);
}
