//! `cargo xtask bench`: measures what the design promises in numbers, prints a table and writes it as JSON with the
//! method of each figure. Not a test: nothing fails when a budget is missed, it is said.

#![allow(clippy::unwrap_used)]

mod book;
mod central;
mod figure;
mod find;
mod hall;
mod heads;
mod push;
mod roster;
mod save;
mod wire;

use figure::{Figure, HEADING};
use serde_json::json;
use std::path::{Path, PathBuf};

/// What is measured how large.
struct Sizes {
    saves: usize,
    push: usize,
    rosters: &'static [usize],
    book: usize,
    /// Of each client of a full hall.
    hall: usize,
}

const FULL: Sizes =
    Sizes { saves: 400, push: 20_000, rosters: &[40_000, 100_000, 400_000], book: 5_000, hall: 20 };
const QUICK: Sizes = Sizes { saves: 100, push: 2_000, rosters: &[20_000], book: 1_000, hall: 4 };

/// The parts by their words, for `--only`.
const PARTS: [&str; 7] = ["wire", "save", "heads", "push", "book", "hall", "roster"];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let after = |word: &str| {
        let at = arguments.iter().position(|argument| argument == word)?;
        arguments.get(at + 1).cloned()
    };
    let is_quick = arguments.iter().any(|argument| argument == "--quick");
    let sizes = if is_quick { QUICK } else { FULL };
    let only = after("--only");
    let out = after("--out").map_or_else(|| PathBuf::from("out/bench.json"), PathBuf::from);

    println!("{HEADING}");
    let mut figures = Vec::new();
    for part in PARTS.into_iter().filter(|part| only.as_deref().is_none_or(|word| word == *part)) {
        let measured = measure(part, &sizes);
        for figure in &measured {
            println!("{}", figure.line());
        }
        figures.extend(measured);
    }
    write(&out, is_quick, &figures);
}

fn measure(part: &str, sizes: &Sizes) -> Vec<Figure> {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    match part {
        "wire" => wire::measure(),
        "save" => save::measure(folder, sizes.saves),
        "heads" => heads::measure(folder),
        "push" => push::measure(folder, sizes.push),
        "book" => book::measure(folder, sizes.book),
        "hall" => hall::measure(sizes.hall),
        "roster" => sizes.rosters.iter().flat_map(|people| roster_of(*people)).collect(),
        other => panic!("no part {other}"),
    }
}

fn roster_of(people: usize) -> Vec<Figure> {
    let folder = tempfile::tempdir().unwrap();
    roster::measure(folder.path(), people)
}

/// Nothing about where this machine keeps its files goes in.
fn write(out: &Path, is_quick: bool, figures: &[Figure]) {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let all = json!({
        "machine": { "cores": cores, "os": std::env::consts::OS, "arch": std::env::consts::ARCH },
        "build": if cfg!(debug_assertions) { "debug" } else { "release" },
        "quick": is_quick,
        "figures": figures.iter().map(Figure::json).collect::<Vec<_>>(),
    });
    if let Some(folder) = out.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).unwrap();
    }
    std::fs::write(out, format!("{all:#}\n")).unwrap();
    println!("\n{}", out.file_name().unwrap_or_default().display());
}
