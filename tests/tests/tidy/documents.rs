//! Documents: links lead somewhere, the code map names every crate, decisions are numbered without a gap.

use crate::{assert_found, assert_none};
use stories::repository::{File, files};

/// Links and paths in backticks that lead nowhere.
fn dead_links(files: &[File]) -> Vec<String> {
    let mut wrong = Vec::new();
    for file in files.iter().filter(|file| file.has_ending(".md")) {
        for target in links(&file.text) {
            let path = resolved(&file.path, &target);
            if !is_there(files, &path) {
                wrong.push(format!("{}: {target} leads nowhere", file.path));
            }
        }
        for path in named_paths(&file.text) {
            if !is_there(files, &path) {
                wrong.push(format!("{}: `{path}` is not there", file.path));
            }
        }
    }
    wrong
}

/// A file, a folder, or one of those that are not text (workbooks, pictures).
fn is_there(files: &[File], path: &str) -> bool {
    let path = path.trim_end_matches('/');
    files.iter().any(|file| file.path == path || file.is_in(&format!("{path}/")))
        || stories::repository::root().join(path).is_file()
}

/// Targets of `[words](target)` within the project.
fn links(text: &str) -> Vec<String> {
    text.split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .map(|target| target.split('#').next().unwrap_or_default())
        .filter(|target| !target.is_empty() && !target.contains(':'))
        .map(str::to_owned)
        .collect()
}

/// `crates/...`, `schema/...` and so on in backticks, without patterns.
fn named_paths(text: &str) -> Vec<String> {
    text.split('`')
        .skip(1)
        .step_by(2)
        .filter(|words| {
            ["crates/", "schema/", "tests/", "xtask/", "docs/"].iter().any(|p| words.starts_with(p))
        })
        .filter(|words| !words.contains(['*', ' ', '<', '\n', '{']) && !words.contains("NNN"))
        .map(|words| words.split("::").next().unwrap_or(words).to_owned())
        .collect()
}

fn resolved(from: &str, target: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

fn crates_not_on_the_map(files: &[File]) -> Vec<String> {
    let Some(map) = files.iter().find(|file| file.path == "ARCHITECTURE.md") else {
        return vec!["ARCHITECTURE.md: not there".to_owned()];
    };
    files
        .iter()
        .filter_map(|file| file.path.strip_suffix("/Cargo.toml"))
        .filter(|folder| !map.text.contains(&format!("`{folder}`")))
        .map(|folder| format!("ARCHITECTURE.md: the code map lacks {folder}"))
        .collect()
}

/// 001, 002 ... each once, each with what a decision has to say.
fn wrong_decisions(files: &[File]) -> Vec<String> {
    let decisions = files.iter().filter(|file| file.is_in("docs/decisions/"));
    let mut wrong = Vec::new();
    for (index, file) in decisions.enumerate() {
        if !file.path.starts_with(&format!("docs/decisions/{:03}-", index + 1)) {
            wrong.push(format!("{}: number {:03} is wanted here", file.path, index + 1));
        }
        for part in ["## Context", "## Decision", "## Consequences"] {
            if !file.text.contains(part) {
                wrong.push(format!("{}: no {part}", file.path));
            }
        }
    }
    wrong
}

#[test]
fn every_link_leads_somewhere() {
    assert_none(&dead_links(&files()));
}

#[test]
fn the_code_map_names_every_crate() {
    assert_none(&crates_not_on_the_map(&files()));
}

#[test]
fn decisions_are_numbered_and_whole() {
    assert_none(&wrong_decisions(&files()));
}

#[test]
fn control_a_dead_link_is_found() {
    let files = |text: &str| [File::new("docs/a.md", text), File::new("docs/b/c.md", "")];
    assert_none(&dead_links(&files("[x](b/c.md) [y](../docs/b) `docs/b/c.md` `docs/*.md`")));
    assert_none(&dead_links(&files("[x](https://example.org/x) [y](#here)")));
    assert_found(&dead_links(&files("[x](b/d.md)")), "docs/a.md");
    assert_found(&dead_links(&files("see `docs/d.md`")), "docs/a.md");
}

#[test]
fn control_a_crate_off_the_map_is_found() {
    let map =
        |text: &str| [File::new("ARCHITECTURE.md", text), File::new("crates/a/Cargo.toml", "")];
    assert_none(&crates_not_on_the_map(&map("`crates/a`: words")));
    assert_found(&crates_not_on_the_map(&map("")), "crates/a");
}

#[test]
fn control_a_gap_in_the_decisions_is_found() {
    let text = "## Context\n## Decision\n## Consequences\n";
    let file = |name: &str, text: &str| File::new(&format!("docs/decisions/{name}.md"), text);
    assert_none(&wrong_decisions(&[file("001-a", text), file("002-b", text)]));
    assert_found(&wrong_decisions(&[file("001-a", text), file("003-b", text)]), "003-b");
    assert_found(&wrong_decisions(&[file("001-a", "words")]), "001-a");
}
