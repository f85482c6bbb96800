//! Words: those of the glossary in type names, none that tell where or how the project was made, and no ID number that
//! could be someone's.

use crate::{assert_found, assert_none};
use stories::repository::{File, files};
use stories::source::{Source, shipped};

/// Says nothing about what a thing is.
const EMPTY_NAMES: [&str; 7] =
    ["Manager", "Helper", "Util", "Utils", "Service", "Processor", "Handler"];

/// The area code of made-up people: assigned to no place, so a number with it can belong to nobody.
const MADE_UP_AREA: &str = "431399";

/// Published vectors of the standard and of its public tests, and made-up people of the 1880s and 1890s.
const PUBLISHED: [&str; 9] = [
    "11010519491231002X",
    "110105194912310021",
    "110105194902310026",
    "440524188001010014",
    "431302188001010014",
    "431302188001010015",
    "431302188001010022",
    "43130218800229002X",
    "43130218990615456X",
];

/// Folders of one machine, put together here so that this file does not hold them.
fn machine_folders() -> Vec<String> {
    ["work", "root", "farm", "home", "tmp", "Users"]
        .iter()
        .map(|name| format!("/{name}/"))
        .collect()
}

fn empty_names(sources: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    for source in sources {
        for (number, line) in source.code.lines().enumerate() {
            for mark in ["struct ", "enum ", "trait ", "type "] {
                let Some((_, rest)) = line.split_once(mark) else { continue };
                let name: String = rest.chars().take_while(|c| c.is_alphanumeric()).collect();
                if EMPTY_NAMES.iter().any(|empty| name.ends_with(empty)) {
                    wrong.push(format!("{}:{}: {name} says nothing", source.path, number + 1));
                }
            }
        }
    }
    wrong
}

fn places_of_one_machine(files: &[File]) -> Vec<String> {
    let mut wrong = Vec::new();
    for file in files {
        for (number, line) in file.text.lines().enumerate() {
            for folder in machine_folders() {
                if begins_a_path(line, &folder) {
                    wrong.push(format!("{}:{}: a folder of one machine", file.path, number + 1));
                }
            }
        }
    }
    wrong
}

/// `/x/` at the start of a path, not within one.
fn begins_a_path(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || "._-/{}~*".contains(c))
    })
}

/// Numbers of 18 places that could be someone's.
fn real_looking_ids(files: &[File]) -> Vec<String> {
    let mut wrong = Vec::new();
    for file in files {
        for (number, line) in file.text.lines().enumerate() {
            for id in id_like(line) {
                if !id.starts_with(MADE_UP_AREA) && !PUBLISHED.contains(&&*id) {
                    wrong.push(format!("{}:{}: looks like an ID number", file.path, number + 1));
                }
            }
        }
    }
    wrong
}

/// Runs of 18 digits (the last may be X) with a date of the years 1850 to 2049 in them.
fn id_like(line: &str) -> Vec<String> {
    let half: String = line.chars().map(half_width).collect();
    half.split(|c: char| !c.is_ascii_digit() && c != 'X')
        .filter(|run| run.len() == 18 && run[..17].bytes().all(|byte| byte.is_ascii_digit()))
        .filter(|run| {
            let between = |from: usize, to: usize, low: u32, high: u32| {
                run[from..to].parse().is_ok_and(|n: u32| (low..=high).contains(&n))
            };
            between(0, 1, 1, 8)
                && between(6, 10, 1850, 2049)
                && between(10, 12, 1, 12)
                && between(12, 14, 1, 31)
        })
        .map(str::to_owned)
        .collect()
}

fn half_width(c: char) -> char {
    match c {
        '０'..='９' => char::from_digit(c as u32 - '０' as u32, 10).unwrap_or(c),
        'x' | 'ｘ' | 'Ｘ' => 'X',
        _ => c,
    }
}

#[test]
fn types_are_named_after_things() {
    assert_none(&empty_names(&shipped(&files())));
}

#[test]
fn no_file_tells_of_one_machine() {
    assert_none(&places_of_one_machine(&files()));
}

#[test]
fn no_id_number_could_be_someones() {
    assert_none(&real_looking_ids(&files()));
}

#[test]
fn control_an_empty_name_is_found() {
    for line in ["pub struct SyncManager {", "enum DateUtils {", "type A = B; struct RowHelper;"] {
        assert_found(&empty_names(&[Source::new("a.rs", line)]), "a.rs:1");
    }
    assert_none(&empty_names(&[Source::new("a.rs", "struct Utility; // struct Manager")]));
}

#[test]
fn control_a_folder_of_one_machine_is_found() {
    for folder in machine_folders() {
        let file = |text: String| [File::new("a.md", &text)];
        assert_found(&places_of_one_machine(&file(format!("see `{folder}b`"))), "a.md:1");
        assert_none(&places_of_one_machine(&file(format!("see crates{folder}b, ../..{folder}"))));
    }
}

#[test]
fn control_a_number_that_could_be_someones_is_found() {
    // Put together here, so that this file holds none either.
    for id in
        [["4325011970010", "11234"].concat(), ["４３２５０１１９７００１０", "１１２３x"].concat()]
    {
        assert_found(&real_looking_ids(&[File::new("a.csv", &format!("1,{id},2"))]), "a.csv:1");
        assert_found(&real_looking_ids(&[File::new("a.csv", &format!("G{id}"))]), "a.csv:1");
    }
    let fine = format!("{MADE_UP_AREA}199001011234 {} {}", PUBLISHED[0], "9".repeat(18));
    assert_none(&real_looking_ids(&[File::new("a.csv", &fine)]));
}
