//! What the bar above every screen counts: who is to be told of a level A, at whichever of the device's stops, with no network.

use super::answer::{both, number_of, told};
use super::{Desk, VILLAGE, WALKER};
use serde_json::{Value, json};
use stories::cast::OTHER_VILLAGE;

/// How many are to be told, and who it is where it is one.
fn urgent(desk: &mut Desk) -> (u64, Value) {
    let state = desk.ask("sync_state", json!({}));
    (state["urgent"].as_u64().unwrap(), state["urgent_person"].clone())
}

#[test]
fn an_open_a_is_in_the_bar_at_every_stop_and_offline_until_who_was_told_is_recorded() {
    let mut desk = Desk::of(&[VILLAGE, OTHER_VILLAGE]);
    assert_eq!(urgent(&mut desk), (0, Value::Null), "before a day is set");
    desk.sync();
    desk.central.stop();
    desk.confirm_day();
    let person = desk.register("周读卡", "431399197003070014");
    // Control: a level B is nobody to be told now.
    desk.save(&person, "bp", "b1", both(["164", "102"]));
    assert_eq!(urgent(&mut desk), (0, Value::Null));
    let other = desk.register("钱平稳", WALKER);
    desk.save(&other, "bp", "a1", both(["186", "114"]));
    assert_eq!(urgent(&mut desk), (1, json!(other)));

    // The next day at the next village it still stands there, though the end of that day has nobody.
    desk.confirm_day_at(OTHER_VILLAGE, "2026-09-15");
    assert_eq!(desk.ask("day_end", json!({}))["open_a"], json!([]));
    assert_eq!(urgent(&mut desk), (1, json!(other)));
    let third = desk.register("孙又高", "431399195403070268");
    desk.save(&third, "bp", "a2", both(["190", "116"]));
    assert_eq!(urgent(&mut desk), (2, Value::Null), "of several it names nobody");
    // What the tap leads to has both of all units, and nobody else.
    let list = desk.ask("tasks", json!({ "which": "untold", "owner": null, "unit": "" }));
    let names: Vec<&Value> =
        list["rows"].as_array().unwrap().iter().map(|row| &row["name"]).collect();
    assert_eq!(names, [&json!("钱平稳"), &json!("孙又高")]);
    let all = desk.ask("tasks", json!({ "which": null, "owner": null, "unit": "" }));
    assert_eq!(all["rows"].as_array().unwrap().len(), 3, "control");

    for person in [&other, &third] {
        let number = number_of(&mut desk, person);
        desk.ask("task_record", told(&number, true));
    }
    assert_eq!(urgent(&mut desk), (0, Value::Null));
}
