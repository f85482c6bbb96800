//! How a laboratory's files are read, through the real program: a column that came later is told of and the rest taken; what was told
//! once is known wherever its entry comes; two that did not know of each other are asked again.
#![allow(clippy::unwrap_used)]

use protocol::Code;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use stories::cast::VILLAGE;
use stories::program::{Words, words};
use stories::stage::{Stage, people, refused};

const LABORATORY: &str = "示例检验科";
const DAY: &str = "2026-09-14";
const PERSON: usize = 4;

fn bind(stage: &Stage, code: &str) {
    let bind = stage.of_device("lab bind").with("--round", &stage.round).with("--unit", VILLAGE);
    let bind = bind.with("--person", people().cell(PERSON, "id_number")).with("--code", code);
    bind.with("--tube", "serum").with("--day", DAY).ask().answer();
}

/// A mapping of a table with a line for each tube.
fn wide(stage: &Stage, name: &str, columns: &[(&str, &str, &str)], ignore: &[&str]) -> PathBuf {
    let column = |(heading, item, unit): &(&str, &str, &str)| {
        ((*heading).to_owned(), json!({ "item": item, "unit": unit }))
    };
    let columns: serde_json::Map<String, Value> = columns.iter().map(column).collect();
    let mapping = json!({ "barcode": "条码", "columns": columns, "ignore": ignore });
    stage.file(name, mapping.to_string())
}

const ALT: (&str, &str, &str) = ("谷丙转氨酶", "alt_u_l", "U/L");
const UREA: (&str, &str, &str) = ("尿素氮", "urea_mmol_l", "mmol/L");

fn import(words: Words, file: &Path) -> Value {
    words.with("--laboratory", LABORATORY).and(file).ask().answer()
}

fn of_device(stage: &Stage) -> Words {
    stage.of_device("lab import")
}

fn of_server(stage: &Stage) -> Words {
    stage.of_server("lab import")
}

/// Reason and what is named of every row that waits.
fn held(answer: &Value) -> Vec<(String, String)> {
    let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
    let rows = answer["held"].as_array().unwrap();
    rows.iter().map(|row| (text(row, "reason"), text(row, "code"))).collect()
}

fn counts(answer: &Value) -> [u64; 2] {
    ["results", "unchanged"].map(|key| answer[key].as_u64().unwrap())
}

fn current(stage: &Stage, item: &str) -> Vec<String> {
    let id = people().cell(PERSON, "id_number").to_owned();
    let shown = stage.of_device("person show").and(id).ask().answer();
    let values = shown["values"].as_array().unwrap().iter();
    let values = values.filter(|v| v["item"] == item && v["current"] == true);
    values.map(|v| v["value"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_column_that_came_later_is_told_of_and_everything_else_is_taken() {
    let stage = Stage::new();
    for code in ["B0001", "B0002", "B0003"] {
        bind(&stage, code);
    }
    let told = wide(&stage, "told.json", &[ALT], &[]);
    // The control: what stood there when it was told is no news, in this file and in the next.
    let first = stage.file("1.csv", "条码,姓名,谷丙转氨酶\nB0001,某人,35\n");
    let taken = import(of_device(&stage).with("--mapping", &told), &first);
    assert_eq!((counts(&taken), held(&taken)), ([1, 0], vec![]), "{taken}");
    let second = stage.file("2.csv", "条码,姓 名,谷丙转氨酶\nB0001,某人,36\n");
    let taken = import(of_device(&stage), &second);
    assert_eq!((counts(&taken), held(&taken)), ([1, 0], vec![]), "{taken}");

    let later = "条码,姓名,谷丙转氨酶,尿素氮,备注\nB0002,某人,41,5.1,\n";
    let later = stage.file("3.csv", later);
    let waits = vec![("columns_new".to_owned(), "尿素氮、备注".to_owned())];
    let taken = import(of_device(&stage), &later);
    assert_eq!((counts(&taken), held(&taken)), ([1, 0], waits.clone()), "{taken}");
    assert_eq!(taken["held"][0]["is_columns"], true);
    assert!(current(&stage, "alt_u_l").contains(&"41".to_owned()));
    // The same mapping again says nothing of it; nor does one that speaks of one of the two.
    let again = import(of_device(&stage).with("--mapping", &told), &later);
    assert_eq!((counts(&again), held(&again)), ([0, 1], waits), "{again}");
    let more = wide(&stage, "more.json", &[ALT, UREA], &[]);
    let more = import(of_device(&stage).with("--mapping", &more), &later);
    assert_eq!(held(&more), [("columns_new".to_owned(), "备注".to_owned())], "{more}");
    assert_eq!((counts(&more), current(&stage, "urea_mmol_l")), ([1, 0], vec!["5.1".to_owned()]));
    let whole = wide(&stage, "whole.json", &[ALT, UREA], &["备注"]);
    let whole = import(of_device(&stage).with("--mapping", &whole), &later);
    assert_eq!((counts(&whole), held(&whole)), ([0, 1], vec![]), "{whole}");
    let fourth = "条码,姓名,谷丙转氨酶,尿素氮,备注\nB0003,某人,42,5.2,加急\n";
    let taken = import(of_device(&stage), &stage.file("4.csv", fourth));
    assert_eq!((counts(&taken), held(&taken)), ([2, 0], vec![]), "{taken}");
}

/// A second device of the village, synced.
fn second(stage: &Stage) -> impl Fn(&str) -> Words {
    let ticket = stage.ticket();
    let enrol = stage.enrol("second", &stage.line.url(), &ticket, &stage.ca_pin);
    enrol.ask().answer();
    let (home, key) = (stage.path("second"), stage.path("device.key"));
    move |command: &str| words(command).with("--home", &home).with("--key-file", &key)
}

#[test]
fn what_was_told_on_one_device_is_known_at_the_server_and_on_the_others() {
    let stage = Stage::new();
    bind(&stage, "B0001");
    let told = wide(&stage, "told.json", &[ALT], &[]);
    let file = |name: &str, value: u8| {
        stage.file(name, format!("条码,姓名,谷丙转氨酶\nB0001,某人,{value}\n"))
    };
    import(of_device(&stage).with("--mapping", &told), &file("1.csv", 35));
    // The control: nobody at the server knows before the device has synced.
    let at_server = |name: &str, value: u8| {
        of_server(&stage).with("--laboratory", LABORATORY).and(file(name, value))
    };
    refused("not synced", &at_server("2.csv", 36), Code::LaboratoryUnknown);
    stage.of_device("sync").ask().answer();
    assert_eq!(counts(&at_server("2.csv", 36).ask().answer()), [1, 0]);
    let of_second = second(&stage);
    of_second("sync").ask().answer();
    assert_eq!(counts(&import(of_second("lab import"), &file("3.csv", 37))), [1, 0]);
    // Said once: neither the server nor a device says it again with every file.
    let entries = || stage.of_server("verify").ask().answer()["entries"].as_u64().unwrap();
    stage.of_device("sync").ask().answer();
    let was = entries();
    at_server("4.csv", 38).ask().answer();
    let unknown = stage.file("5.csv", "条码,姓名,谷丙转氨酶\nZ9999,某人,40\n");
    import(of_server(&stage).with("--mapping", &told), &unknown);
    assert_eq!(entries(), was + 1, "the result alone");
    for verify in [stage.of_server("verify"), stage.of_device("verify"), of_second("verify")] {
        assert_eq!(verify.ask().answer()["ok"], true);
    }
}

#[test]
fn two_that_said_otherwise_unaware_of_each_other_are_asked_again() {
    let stage = Stage::new();
    bind(&stage, "B0001");
    stage.of_device("sync").ask().answer();
    let one = wide(&stage, "one.json", &[ALT], &[]);
    let other = wide(&stage, "other.json", &[("谷丙转氨酶", "ast_u_l", "U/L")], &[]);
    let file = stage.file("1.csv", "条码,谷丙转氨酶\nZ9999,35\n");
    import(of_device(&stage).with("--mapping", &one), &file);
    import(of_server(&stage).with("--mapping", &other), &file);
    stage.of_device("sync").ask().answer();
    let file = stage.file("2.csv", "条码,谷丙转氨酶\nB0001,36\n");
    for words in [of_device(&stage), of_server(&stage)] {
        let words = words.with("--laboratory", LABORATORY).and(&file);
        refused("two mappings", &words, Code::LaboratoryTwo);
    }
    assert_eq!(current(&stage, "ast_u_l"), Vec::<String>::new());
    // Said again by somebody who knew of both, it is one, here and there.
    assert_eq!(counts(&import(of_server(&stage).with("--mapping", &one), &file)), [1, 0]);
    stage.of_device("sync").ask().answer();
    let next = stage.file("3.csv", "条码,谷丙转氨酶\nB0001,37\n");
    assert_eq!(counts(&import(of_device(&stage), &next)), [1, 0]);
    assert_eq!(current(&stage, "alt_u_l"), ["37"]);
    // The control: the same said in two places is one.
    let same = wide(&stage, "same.json", &[ALT], &[]);
    let elsewhere = |words: Words| {
        let words = words.with("--laboratory", "另一家").with("--mapping", &same);
        words.and(stage.file("4.csv", "条码,谷丙转氨酶\nZ9998,35\n")).ask().answer()
    };
    elsewhere(of_device(&stage));
    elsewhere(of_server(&stage));
    stage.of_device("sync").ask().answer();
    let plain = of_device(&stage).with("--laboratory", "另一家");
    let plain = plain.and(stage.file("5.csv", "条码,谷丙转氨酶\nB0001,38\n"));
    assert_eq!(counts(&plain.ask().answer()), [1, 0]);
}
