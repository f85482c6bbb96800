//! The shape of files: a header that says what the file is, functions and files one can read at a sitting.

use crate::{assert_found, assert_none};
use stories::repository::{File, files};
use stories::source::{Source, shipped};

const FUNCTION_LINES_MAX: usize = 70;
const FILE_LINES_MAX: usize = 600;

/// Longer for a reason: (file, function or empty for the whole file, why).
const LONG: &[(&str, &str, &str)] = &[];

fn without_header(files: &[File]) -> Vec<String> {
    let is_headed = |file: &&File| {
        let first = file.text.lines().next().unwrap_or_default();
        if file.has_ending(".rs") { first.starts_with("//! ") } else { first.starts_with("-- ") }
    };
    files
        .iter()
        .filter(|file| file.has_ending(".rs") || file.has_ending(".sql"))
        .filter(|file| !is_headed(file))
        .map(|file| format!("{}: the first line does not say what the file is", file.path))
        .collect()
}

fn long_files(files: &[File]) -> Vec<String> {
    files
        .iter()
        .filter(|file| file.has_ending(".rs"))
        .map(|file| (file, file.text.lines().count()))
        .filter(|(file, lines)| *lines > FILE_LINES_MAX && !may_be_long(&file.path, ""))
        .map(|(file, lines)| format!("{}: {lines} lines, at most {FILE_LINES_MAX}", file.path))
        .collect()
}

fn long_functions(sources: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    for source in sources {
        for function in source.functions() {
            let lines = read_lines(source, function.first, function.last);
            if lines > FUNCTION_LINES_MAX
                && !source.is_only_tests(function.first)
                && !may_be_long(&source.path, &function.name)
            {
                wrong.push(format!(
                    "{}:{}: {} has {lines} lines, at most {FUNCTION_LINES_MAX}",
                    source.path, function.first, function.name
                ));
            }
        }
    }
    wrong
}

/// Lines to follow: further names of a pattern (`| Command::Find(_)`) are a list that one looks up, not steps that one follows.
fn read_lines(source: &Source, first: usize, last: usize) -> usize {
    let all = source.code.lines().skip(first - 1).take(last - first + 1);
    all.filter(|line| !line.trim_start().starts_with("| ")).count()
}

fn may_be_long(path: &str, function: &str) -> bool {
    LONG.iter().any(|(file, name, _)| *file == path && *name == function)
}

#[test]
fn every_file_says_what_it_is() {
    assert_none(&without_header(&files()));
}

#[test]
fn no_file_is_too_long_to_read() {
    assert_none(&long_files(&files()));
}

#[test]
fn no_function_is_too_long_to_read() {
    assert_none(&long_functions(&shipped(&files())));
}

#[test]
fn what_may_be_long_is_still_there() {
    let files = files();
    let gone: Vec<&str> = LONG
        .iter()
        .map(|(path, _, _)| *path)
        .filter(|path| !files.iter().any(|file| file.path == *path))
        .collect();
    assert_eq!(gone, Vec::<&str>::new());
}

#[test]
fn control_a_file_without_a_header_is_found() {
    for (path, text) in
        [("a.rs", "use std::fs;\n"), ("a.rs", "//!\n"), ("a.rs", ""), ("a.sql", "CREATE TABLE a;")]
    {
        assert_found(&without_header(&[File::new(path, text)]), path);
    }
    assert_none(&without_header(&[File::new("a.rs", "//! Words.\n"), File::new("a.md", "")]));
}

#[test]
fn control_what_is_too_long_is_found() {
    let long = format!("fn a() {{\n{}}}\n", "    b();\n".repeat(FUNCTION_LINES_MAX - 1));
    let source = |text: &str| vec![Source::new("a.rs", text)];
    assert_found(&long_functions(&source(&long)), "a.rs:1");
    let at_most = format!("fn a() {{\n{}}}\n", "    b();\n".repeat(FUNCTION_LINES_MAX - 2));
    assert_none(&long_functions(&source(&at_most)));
    assert_none(&long_functions(&source(&format!("#[test]\n{long}"))));
    // Further names of a pattern are not counted, whatever else there is is.
    let table = |steps: usize| {
        let (steps, or) = ("    b();\n".repeat(steps), "        | Two\n".repeat(20));
        format!("fn a() {{\n{steps}    match b {{\n        One\n{or}        => {{}}\n    }}\n}}\n")
    };
    assert_found(&long_functions(&source(&table(FUNCTION_LINES_MAX - 5))), "a.rs:1");
    assert_none(&long_functions(&source(&table(FUNCTION_LINES_MAX - 6))));
    let file = |lines: usize| [File::new("a.rs", &"a\n".repeat(lines))];
    assert_found(&long_files(&file(FILE_LINES_MAX + 1)), "a.rs");
    assert_none(&long_files(&file(FILE_LINES_MAX)));
}
