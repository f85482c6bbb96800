//! Made-up people and what is measured of them, as rows of a measurements file; and whether a replica holds of each
//! row what was said to be saved, once and whole. Names and numbers follow from a seed; the numbers are nobody's.

use crate::cast::VILLAGE;
use crate::measure::data::{self, Lcg};
use crate::samples::Sheet;
use domain::catalogue::Catalogue;
use domain::facts::Sex;
use domain::ids::PersonId;
use domain::value::{Decimal, Value};
use protocol::convert::day_date;
use std::collections::BTreeSet;
use store::Store;

const HEADINGS: [&str; 7] = ["kind", "unit", "id_number", "name", "sex", "birth", "exam_date"];
/// What is measured, by station: one entry each.
const STATIONS: [&[&str]; 2] =
    [&["height_cm", "weight_kg"], &["pulse_per_min", "sbp1_mmhg", "dbp1_mmhg"]];

/// People who come one after the other, nobody twice.
pub struct Crowd {
    random: Lcg,
    known: BTreeSet<String>,
}

impl Crowd {
    pub fn of(seed: u64) -> Crowd {
        Crowd { random: Lcg(seed), known: BTreeSet::new() }
    }

    /// The next so many, measured.
    pub fn next(&mut self, count: usize) -> Sheet {
        let measured = STATIONS.iter().flat_map(|items| items.iter());
        let headings = HEADINGS.iter().chain(measured).map(|text| (*text).to_owned()).collect();
        Sheet { headings, rows: (0..count).map(|_| self.row()).collect() }
    }

    fn row(&mut self) -> Vec<String> {
        let person = loop {
            let person = data::person(&mut self.random, PersonId(uuid::Uuid::nil()));
            if self.known.insert(person.id_number.clone()) {
                break person;
            }
        };
        let mut number = |from: usize, span: usize| from + self.random.below(span);
        let tenths = |number: usize| format!("{}.{}", number / 10, number % 10);
        let sex = match person.sex {
            Sex::M => "M",
            Sex::F => "F",
        };
        vec![
            "resident".to_owned(),
            VILLAGE.to_owned(),
            person.id_number,
            person.name,
            sex.to_owned(),
            day_date(person.birth_day).unwrap().to_string(),
            "2026-09-14".to_owned(),
            tenths(number(1_500, 350)),
            tenths(number(450, 400)),
            number(60, 40).to_string(),
            number(105, 40).to_string(),
            number(60, 25).to_string(),
        ]
    }
}

/// The roster of a sheet's people, as an office saves it as text.
pub fn roster(sheet: &Sheet) -> String {
    let mut lines = "姓名,性别,身份证号码,出生日期\n".to_owned();
    for row in 0..sheet.rows.len() {
        let sex = if sheet.cell(row, "sex") == "M" { "男" } else { "女" };
        let [name, id_number, birth] = ["name", "id_number", "birth"].map(|h| sheet.cell(row, h));
        lines += &format!("{name},{sex},{id_number},{birth}\n");
    }
    lines
}

/// Rows of which a replica does not hold what it has to: the first `saved` whole and once, the others whole and once
/// at every station, or not at all there. Names rows, never people.
pub fn wrong(store: &Store, sheet: &Sheet, saved: usize) -> Vec<String> {
    let rows = 0..sheet.rows.len();
    rows.flat_map(|row| {
        let wrong = wrong_row(store, sheet, row, row < saved);
        wrong.into_iter().map(move |what| format!("row {row} of {saved} saved: {what}"))
    })
    .collect()
}

fn wrong_row(store: &Store, sheet: &Sheet, row: usize, is_saved: bool) -> Vec<String> {
    let found = store.find(sheet.cell(row, "id_number"), 3).unwrap();
    let person = match found.as_slice() {
        [] if is_saved => return vec!["nobody".to_owned()],
        [] => return Vec::new(),
        [one] => store.person(one.person).unwrap().unwrap(),
        several => return vec![format!("{} people", several.len())],
    };
    let mut wrong = Vec::new();
    for items in STATIONS {
        let held = items.iter().map(|item| {
            let code = Catalogue::builtin().item_by_key(item).unwrap().code;
            let measured = Decimal::parse(sheet.cell(row, item)).map(Value::Number);
            let given: Vec<_> = person.values.iter().filter(|v| v.item == code).collect();
            let is_right = |v: &&store::ValueView| {
                Some(&v.value) == measured.as_ref() && v.current && !v.conflict && !v.held
            };
            if given.iter().all(is_right) { given.len() } else { usize::MAX }
        });
        let held: Vec<usize> = held.collect();
        let is_whole = held.iter().all(|count| *count == 1);
        let is_absent = held.iter().all(|count| *count == 0);
        if !(is_whole || (is_absent && !is_saved)) {
            wrong.push(format!("{items:?} held {held:?} times"));
        }
    }
    wrong
}
