//! One bad record blocks nothing: what a server cannot apply is kept, listed with its reason on both sides, and
//! waits for a person, while everything behind it arrives. Here a device writes what no screen lets anybody write.

use domain::catalogue::{Catalogue, ItemKind};
use domain::ids::{PersonId, UnitCode};
use domain::value::{Decimal, Value};
use protocol::convert::day_number;
use protocol::fact::{DetailsFact, OperatorFact, RegistrationFact, ResultFact};
use protocol::save::SaveFact;
use protocol::{Code, Entry, Fact, Header};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use store::Store;
use stories::cast::{OTHER_VILLAGE, VILLAGE};
use stories::program::Words;
use stories::stage::{MEASURED, Stage, people, refused};

/// Entries that a server has to hold, with the unit each is filed under. `weighed`: a villager's person id.
fn bad_entries(round: u64, weighed: PersonId) -> [(&'static str, Entry); 3] {
    let day = chrono::NaiveDate::from_ymd_opt(2026, 9, 14).map(day_number);
    let header =
        |person: &[u8]| Header { round, day, person: person.to_vec(), ..Header::default() };
    let catalogue = Catalogue::builtin();
    let weight = catalogue.item_by_key("weight_kg").unwrap();
    let ItemKind::Number { decimals, .. } = weight.kind else { panic!("a weight is a number") };
    let tons = Value::Number(Decimal::parse("9000").unwrap());
    let result = ResultFact::of(weight.code.0, &tons, decimals, false).unwrap();
    let save =
        SaveFact { catalogue: catalogue.version, results: vec![result], ..SaveFact::default() };
    let operator = OperatorFact { id: 7, account: "sneaked".to_owned(), ..OperatorFact::default() };
    let details = DetailsFact { name: "欧阳测".to_owned(), ..DetailsFact::default() };
    let registration =
        RegistrationFact { details: Some(details), kind: 1, ..RegistrationFact::default() };
    let entry = |header: Header, fact: Fact| Entry { header, fact };
    [
        (VILLAGE, entry(header(weighed.0.as_bytes()), Fact::Save(save))),
        (VILLAGE, entry(Header::default(), Fact::Operator(operator))),
        (OTHER_VILLAGE, entry(header(&[2; 16]), Fact::Registration(registration))),
    ]
}

fn write_bad_entries(stage: &Stage) {
    let key = field::read_key_file(&stage.path("device.key")).unwrap();
    let mut store = Store::open(&stage.path("device"), &key).unwrap();
    let round = u64::from_str_radix(&stage.round, 16).unwrap();
    let weighed = store.find(people().cell(MEASURED, "id_number"), 1).unwrap()[0].person;
    for (unit, entry) in bad_entries(round, weighed) {
        store.append(&UnitCode(unit.to_owned()), &[entry]).unwrap();
    }
}

fn text(row: &Json, key: &str) -> String {
    row[key].as_str().unwrap().to_owned()
}

/// Reason to (entry, decided) of what is held.
fn held(list: Words) -> BTreeMap<String, (String, Json)> {
    let answer = list.ask().answer();
    let rows = answer["held"].as_array().unwrap();
    let row = |row: &Json| {
        assert!(!text(row, "text").is_empty());
        (text(row, "reason"), (text(row, "entry"), row["decided"].clone()))
    };
    rows.iter().map(row).collect()
}

#[test]
fn what_is_held_blocks_nothing_and_waits_for_a_person() {
    let stage = Stage::new();
    write_bad_entries(&stage);
    // Behind them in the same stream, what is good.
    let file = people().write(stage.folder.path(), "behind.csv");
    assert_eq!(stage.record(&file).ask().answer()["people"], 6 - MEASURED);
    let examined = || {
        let out = stage.path("results.csv");
        let export = stage.of_server("export results").with("--round", &stage.round);
        export.with("--format", "csv").with("--out", &out).ask().answer()["people"].clone()
    };
    assert_eq!(examined(), MEASURED);
    let synced = stage.of_device("sync").ask().answer();
    assert_eq!(synced["unsent"], 0);
    assert_eq!(examined(), 6, "everything good behind it has arrived");

    let on_server = held(stage.of_server("held list"));
    let reasons: Vec<&str> = on_server.keys().map(String::as_str).collect();
    assert_eq!(reasons, ["impossible_value", "outside_units", "server_only"]);
    assert_eq!(stage.of_server("server status").ask().answer()["held"], 3);
    // All of it came back in the same sync, what lies in a unit that is not the device's too.
    assert_eq!(held(stage.of_device("held list")), on_server);
    assert_eq!(synced["held"], 3);
    let by_sneaked = stage.record(&file).with("--operator", "sneaked");
    refused("a held operator", &by_sneaked, Code::OperatorUnknown);
    let weights = || {
        let id_number = people().cell(MEASURED, "id_number").to_owned();
        let shown = stage.of_device("person show").and(id_number).ask().answer();
        let values = shown["values"].as_array().unwrap().clone();
        let weights = values.iter().filter(|value| value["item"] == "weight_kg");
        weights.map(|v| (text(v, "value"), v["current"] == true)).collect::<BTreeMap<_, _>>()
    };
    let held_and_measured = [("71.4".to_owned(), true), ("9000.0".to_owned(), false)];
    assert_eq!(weights(), BTreeMap::from(held_and_measured), "seen, and counting for nothing");
    stage.nothing_was_lost();

    let resolve = |reason: &str, decision: &str| {
        let resolve = stage.of_server("held resolve").and(&on_server[reason].0).and(decision);
        let resolve = resolve.with("--note", "已核对");
        resolve.ask().answer();
        refused("decided already", &resolve, Code::NothingToChange);
    };
    resolve("impossible_value", "--apply");
    resolve("outside_units", "--apply");
    resolve("server_only", "--discard");
    let synced = stage.of_device("sync").ask().answer();
    assert_eq!((synced["pulled"].clone(), synced["held"].clone()), (3.into(), 0.into()));
    for list in [stage.of_server("held list"), stage.of_device("held list")] {
        let list = held(list);
        assert_eq!(list["impossible_value"].1, true);
        assert_eq!(list["outside_units"].1, true);
        assert_eq!(list["server_only"].1, false);
    }
    assert!(weights().values().all(|is_current| *is_current), "applied after all: a conflict now");
    refused("still no operator", &by_sneaked, Code::OperatorUnknown);
    stage.nothing_was_lost();
}
