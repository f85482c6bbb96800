//! Finding people on a device by whatever is at hand. Only the store's search: not the screen.

use crate::figure::{Budget, Figure, ms};
use std::time::Instant;
use store::Store;
use stories::measure::data::{Lcg, Person};

/// Rows a search shows.
const SHOWN: usize = 20;
const BUDGET_MS: f64 = 5.0;

/// What is typed for a person, and which kind of search that is.
const KINDS: [&str; 7] = [
    "ID number",
    "ID tail of 4",
    "two characters of a name",
    "whole name",
    "initials",
    "pinyin",
    "phone",
];

pub fn measure(store: &Store, people: &[&Person], searches: usize) -> Vec<Figure> {
    let mut figures = Vec::new();
    let size = people.len();
    for kind in KINDS {
        let mut random = Lcg(17);
        let mut times = Vec::with_capacity(searches);
        for _ in 0..searches {
            let person = people[random.below(size)];
            let text = typed(store, kind, person, &mut random);
            let start = Instant::now();
            let found = store.find(&text, SHOWN).unwrap();
            times.push(ms(start.elapsed()));
            assert!(!found.is_empty(), "{kind}: nobody found");
        }
        figures.push(Figure::new(
            format!("find among {size}: {kind}"),
            "ms",
            times,
            Budget::AtMost(BUDGET_MS),
            format!("{searches} people drawn at random, at most {SHOWN} rows with all they show, SQLCipher"),
        ));
    }
    figures
}

fn typed(store: &Store, kind: &str, person: &Person, random: &mut Lcg) -> String {
    let characters: Vec<char> = person.name.chars().collect();
    match kind {
        "ID number" => person.id_number.clone(),
        "ID tail of 4" => person.id_number[14..].to_owned(),
        "two characters of a name" => {
            let at = random.below(characters.len() - 1);
            characters[at..at + 2].iter().collect()
        }
        "whole name" => person.name.clone(),
        "phone" => person.phone.clone(),
        _ => spelt(store, kind, person),
    }
}

/// As the store spells the name.
fn spelt(store: &Store, kind: &str, person: &Person) -> String {
    let column = if kind == "initials" { "initials" } else { "pinyin" };
    let sql = format!("SELECT {column} FROM person WHERE person = $1");
    let id = person.id.0.as_bytes().as_slice();
    let found = store.read(|tx| {
        tx.rows(&sql, &[store::Sql::Blob(id)], |row: &dyn store::Row| Ok(row.text(0)?.to_owned()))
    });
    found.unwrap().pop().unwrap()
}
