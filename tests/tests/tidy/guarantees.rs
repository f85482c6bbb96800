//! `tests/README.md`: every function its table names is there, and what it calls a test or a control is a test.

use crate::{assert_found, assert_none};
use stories::repository::{File, files};

const README: &str = "tests/README.md";
const NONE_YET: &str = "none yet";
/// The columns that name tests, counted from 0.
const TEST_COLUMNS: [usize; 2] = [2, 3];

fn complaints(files: &[File]) -> Vec<String> {
    let Some(readme) = files.iter().find(|file| file.path == README) else {
        return vec![format!("{README}: not there")];
    };
    let mut wrong = Vec::new();
    for (at, line) in readme.text.lines().enumerate() {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        for (column, cell) in cells.iter().enumerate() {
            for (path, name) in named(cell) {
                let is_test = line.starts_with('|') && TEST_COLUMNS.contains(&column);
                let file = files.iter().find(|file| file.path == path);
                let found = file.is_some_and(|file| has(&file.text, name, is_test));
                if !found {
                    wrong.push(format!("{README}:{}: {path} has no {name}", at + 1));
                }
            }
        }
        let is_row = cells.len() == 4 && line.contains("::");
        for column in TEST_COLUMNS {
            if is_row && cells[column] != NONE_YET && named(cells[column]).is_empty() {
                wrong.push(format!("{README}:{}: column {column} names no test", at + 1));
            }
        }
    }
    wrong
}

/// `path.rs::name` in backticks.
fn named(text: &str) -> Vec<(&str, &str)> {
    let ticked = text.split('`').skip(1).step_by(2);
    ticked
        .filter_map(|words| words.split_once(".rs::").map(|(_, name)| (words, name)))
        .map(|(words, name)| (&words[..words.len() - name.len() - 2], name))
        .collect()
}

/// A function of that name; where a test is wanted, with `#[test]` above it.
fn has(text: &str, name: &str, is_test: bool) -> bool {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let begins = [format!("fn {name}("), format!("fn {name}<")];
    let here = |line: &str| begins.iter().any(|begin| line.contains(begin.as_str()));
    lines.iter().enumerate().any(|(at, line)| {
        let above = lines[..at].iter().rev().take_while(|line| line.starts_with('#'));
        here(line) && (!is_test || above.into_iter().any(|line| line.contains("test")))
    })
}

#[test]
fn what_the_table_of_guarantees_names_is_there() {
    assert_none(&complaints(&files()));
}

#[test]
fn control_a_test_that_is_not_there_is_found() {
    let files = |row: &str| {
        let code = "#[test]\nfn it_holds() {}\n\nfn guard<T>(it: T) {}\n";
        [File::new("crates/a/tests/b.rs", code), File::new(README, row)]
    };
    let test = "`crates/a/tests/b.rs::it_holds`";
    let row = |guard: &str, held: &str| {
        files(&format!("| it | `crates/a/tests/b.rs::{guard}` | {held} | {test} |"))
    };
    assert_none(&complaints(&row("guard", test)));
    assert_none(&complaints(&row("guard", NONE_YET)));
    assert_found(&complaints(&row("gone", test)), README);
    assert_found(&complaints(&row("guard", "`crates/a/tests/b.rs::gone`")), README);
    assert_found(&complaints(&row("guard", "a story")), README);
    // A function that is no test holds nothing.
    assert_found(&complaints(&row("guard", "`crates/a/tests/b.rs::guard`")), README);
}
