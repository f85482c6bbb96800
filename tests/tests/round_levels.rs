//! A round's own levels and days: told before they are set, set by name, and the same then at the server, on a tablet's tasks, in what a
//! station is shown and in a summary. What is critical stays so. Not versions nor what is paid for (`round`).
#![allow(clippy::unwrap_used)]

use domain::rule::Level;
use field::{SummaryKind, SummaryOrder, TaskWant};
use protocol::{Code, Entry, Fact};
use server::console::LevelsOrder;
use std::collections::BTreeMap;
use store::Store;
use stories::cast::{SEATS, VILLAGE};
use stories::samples::Sheet;
use stories::team::{District, Tablet, said};

const CLASS: (&str, &str) = ("adult_bp", "high_normal");
const NAME: &str = "血压正常高值";
/// Where it is measured.
const BP: usize = 2;

fn order(levels: &[&str], tell: &[&str]) -> LevelsOrder {
    let words = |all: &[&str]| all.iter().map(|word| (*word).to_owned()).collect();
    LevelsOrder { levels: words(levels), tell: words(tell), catalogue: false }
}

/// People of the village with a pressure, as two halves.
fn halves() -> [Sheet; 2] {
    let people = Sheet::measurements().of_place(VILLAGE);
    let (upper, lower) = (people.column("sbp1_mmhg"), people.column("dbp1_mmhg"));
    let mut first = people.filtered(|row| !row[upper].is_empty() && !row[lower].is_empty());
    let second = first.rows.split_off(first.rows.len() / 2);
    let headings = first.headings.clone();
    [first, Sheet { headings, rows: second }]
}

fn record(district: &District, tablet: &mut Tablet, sheet: &Sheet) {
    let place = tablet.seat.stations[BP];
    assert!(tablet.record(&district.round, place, None, sheet).results > 0);
}

/// Levels at which saves have shown the class, by how often.
fn shown(store: &Store) -> BTreeMap<u32, usize> {
    let bodies =
        store.read(|tx| tx.rows("SELECT body FROM entry", &[], |row| Ok(row.blob(0)?.to_vec())));
    let mut levels = BTreeMap::new();
    for body in bodies.unwrap() {
        let Ok(Entry { fact: Fact::Save(save), .. }) = Entry::decode(&body) else { continue };
        let of_class =
            save.findings.iter().filter(|one| (one.rule.as_str(), one.code.as_str()) == CLASS);
        for finding in of_class {
            *levels.entry(finding.level).or_default() += 1;
        }
    }
    levels
}

fn tasks(tablet: &Tablet, round: &str) -> usize {
    let list = said(tablet.home.tasks(round, VILLAGE, &TaskWant::default()));
    list.rows.iter().filter(|row| row.seen.contains(NAME)).count()
}

#[test]
fn own_levels_are_told_first_and_then_hold_at_station_server_tasks_and_summary() {
    let district = District::prepare();
    let mut tablet = district.enrol(&SEATS[0], &[VILLAGE]);
    said(tablet.home.sync());
    let [first, second] = halves();
    record(&district, &mut tablet, &first);
    said(tablet.home.sync());
    let mut console = district.central.console();
    let entries = || district.central.console().store().counts().unwrap().entries;
    let (before, of_table) = (entries(), shown(tablet.store()));
    let count = of_table[&1];
    assert_eq!(
        (of_table.len(), tasks(&tablet, &district.round)),
        (1, 0),
        "control: C, and no task"
    );

    // Told: what it changes, and nothing is written. What is looser is named.
    let wanted = order(&["adult_bp/high_normal=B:21"], &["B=5"]);
    let told = said(console.round_levels(&district.round, &wanted));
    assert_eq!((told.would.otherwise, told.new, told.set), (count, true, false));
    assert!(!told.levels[0].looser && told.tell.iter().all(|row| !row.looser));
    let looser =
        said(console.round_levels(&district.round, &order(&["adult_bp/grade2=C"], &["A=2"])));
    assert!(looser.levels[0].looser && looser.tell[0].looser && !looser.tell[1].looser);
    wrong_words_are_refused(&district);
    assert_eq!(entries(), before, "looking writes nothing");

    // Set, by somebody's name; the same again writes nothing.
    let unnamed = console.set_round_levels(&district.round, &wanted, " ").unwrap_err();
    assert_eq!((unnamed.code, entries()), (Code::UsageInvalid, before));
    assert!(said(console.set_round_levels(&district.round, &wanted, "李医生")).set);
    assert_eq!(entries(), before + 1);
    assert!(!said(console.set_round_levels(&district.round, &wanted, "李医生")).set);
    assert_eq!(entries(), before + 1);
    // The tablet learns of it: whoever was recorded before is followed up, and the next is shown the new level.
    said(tablet.home.sync());
    assert_eq!(tasks(&tablet, &district.round), count);
    record(&district, &mut tablet, &second);
    let both = shown(tablet.store());
    assert_eq!((both[&1], both.len()), (count, 2));
    assert!(both[&u32::from(Level::B.number())] > 0);
    let list = said(tablet.home.tasks(&district.round, VILLAGE, &TaskWant::default()));
    let one = list.rows.iter().find(|row| row.seen.starts_with(NAME));
    assert_eq!(one.unwrap().due.as_deref(), Some("2026-10-05"), "21 days after the 14th");
    said(tablet.home.sync());
    let there = said(console.tasks(&district.round, VILLAGE, &TaskWant::default()));
    assert_eq!(
        there.rows.iter().filter(|row| row.seen.contains(NAME)).count(),
        tasks(&tablet, &district.round)
    );
    summary_says(&district, &tablet);
    for store in [
        district.central.store(),
        Store::open(&tablet.folder, &stories::team::key_of(tablet.seat)).unwrap(),
    ] {
        assert_eq!(store.verify(&mut |_| {}).unwrap(), []);
    }
    // Back to the catalogue's: what a station has shown keeps its level.
    let back = LevelsOrder { catalogue: true, ..LevelsOrder::default() };
    let told = said(console.set_round_levels(&district.round, &back, "李医生"));
    assert!(told.set && told.levels.is_empty());
    said(tablet.home.sync());
    assert_eq!(tasks(&tablet, &district.round), both[&2]);
}

fn wrong_words_are_refused(district: &District) {
    let console = district.central.console();
    let code = |order: LevelsOrder| console.round_levels(&district.round, &order).unwrap_err().code;
    for wrong in [
        "adult_bp/grade3=B",
        "adult_bp/grade3=A:30",
        "adult_bp/grade2=A",
        "no/such=B",
        "B=3",
        "adult_bp/high_normal=B:0",
    ] {
        assert_eq!(code(order(&[wrong], &[])), Code::LevelInvalid, "{wrong}");
    }
    for wrong in ["A", "C=3", "A=91", "B=-1"] {
        assert_eq!(code(order(&[], &[wrong])), Code::LevelInvalid, "{wrong}");
    }
}

/// The days of the round stand under a summary.
fn summary_says(district: &District, tablet: &Tablet) {
    let order = SummaryOrder {
        kind: SummaryKind::Village,
        round: district.round.clone(),
        unit: VILLAGE.to_owned(),
        shows_small: true,
        list_purpose: None,
    };
    let out = tablet.folder.join("v.xlsx");
    said(tablet.home.summarise(&order, &out));
    let bytes = std::fs::read(&out).unwrap();
    let overview = &intake::read_workbook("v.xlsx", &bytes).unwrap().sheets[0];
    let is_said = |row: &intake::Row| row.cell(1).text().contains("B 级 5 天内告知");
    assert!(overview.rows.iter().any(is_said));
}
