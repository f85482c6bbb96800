//! What may be done only in named places: reading a clock, drawing randomness, giving up with a panic.

use crate::{assert_found, assert_none};
use stories::repository::{File, files};
use stories::source::{Source, shipped};

/// Where something is allowed, with the reason.
type Places = &'static [(&'static str, &'static str)];

const CLOCKS: &[&str] = &["SystemTime::now", "Instant::now", "Utc::now", "Local::now"];
const CLOCK_PLACES: Places = &[
    ("crates/field/src/host.rs", "the device's clock, behind the trait everything in field asks"),
    ("crates/server/src/host.rs", "the server's clock: certificates, codes, when a device called"),
    ("xtask/src/programs.rs", "ends a test program that does not end"),
    ("xtask/src/run.rs", "says how long a step took"),
];

const CHANCE: &[&str] = &["getrandom::", "rand::", "new_v4", "OsRng", "SystemRandom", "thread_rng"];
const CHANCE_PLACES: Places = &[
    ("crates/field/src/host.rs", "keys, ids and seeds of a device"),
    ("crates/server/src/host.rs", "the server's key file, ids of rounds and accounts, seeds"),
    ("crates/store/src/random.rs", "a replica's writer id"),
];

const PANICS: &[&str] =
    &[".unwrap()", ".expect(", "panic!(", "unreachable!(", "todo!(", "unimplemented!("];
const PANIC_PLACES: Places = &[
    ("crates/domain/src/catalogue.rs", "the embedded catalogue contradicts itself; tests load it"),
    ("crates/domain/src/unit.rs", "the embedded divisions do not load; tests load them"),
];

/// Words found in what ships outside their places; and places where none is any more.
fn out_of_place(sources: &[Source], words: &[&str], places: Places) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut used = vec![false; places.len()];
    for source in sources {
        let place = places.iter().position(|(path, _)| source.path == *path);
        for (number, line) in source.shipped_lines() {
            let Some(word) = words.iter().find(|word| holds(line, word)) else { continue };
            match place {
                Some(place) => used[place] = true,
                None => wrong.push(format!("{}:{number}: {word} has no place here", source.path)),
            }
        }
    }
    for ((path, _), _) in places.iter().zip(used).filter(|(_, used)| !used) {
        wrong.push(format!(
            "{path}: allowed to use {}, but does not: take it off the list",
            words[0]
        ));
    }
    wrong
}

/// The word, not the end of a longer one: `operand::` is no `rand::`.
fn holds(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        word.starts_with('.') || !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

fn control(text: &str) -> Vec<Source> {
    shipped(&[File::new("crates/control/src/lib.rs", text)])
}

#[test]
fn clocks_are_read_only_in_named_places() {
    assert_none(&out_of_place(&shipped(&files()), CLOCKS, CLOCK_PLACES));
}

#[test]
fn randomness_is_drawn_only_in_named_places() {
    assert_none(&out_of_place(&shipped(&files()), CHANCE, CHANCE_PLACES));
}

#[test]
fn nothing_that_ships_panics_on_purpose() {
    assert_none(&out_of_place(&shipped(&files()), PANICS, PANIC_PLACES));
}

#[test]
fn control_a_word_out_of_place_is_found() {
    for (words, line) in [
        (CLOCKS, "let t = std::time::SystemTime::now();"),
        (CHANCE, "getrandom::fill(&mut bytes)?;"),
        (PANICS, "let a = b.unwrap();"),
    ] {
        assert_found(&out_of_place(&control(line), words, &[]), "crates/control/src/lib.rs:1");
        let in_a_test = format!("#[cfg(test)]\nmod tests {{\n    {line}\n}}\n");
        assert_none(&out_of_place(&control(&in_a_test), words, &[]));
    }
    assert_none(&out_of_place(&control("let a = operand::b; c.unwrap_or(1);"), CHANCE, &[]));
    assert_none(&out_of_place(&control("let a = b.unwrap_or_else(d);"), PANICS, &[]));
}

#[test]
fn control_a_place_no_longer_needed_is_found() {
    let places: Places = &[("crates/control/src/lib.rs", "no reason")];
    assert_found(&out_of_place(&control("fn a() {}"), CLOCKS, places), "crates/control/src/lib.rs");
}
