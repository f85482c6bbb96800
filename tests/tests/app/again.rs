//! What a second look finds: a form sent again after its answer was lost, somebody known who brings a number, a value put right at
//! the stop it was taken at, a device narrowed in the middle of its day, one folder opened twice.

use crate::{Abilities, App, Desk, PASSWORD, VILLAGE, list, register_ask, save_ask, typed};
use chrono::NaiveDate;
use domain::ids::PersonId;
use field::SystemHost;
use protocol::Code;
use serde_json::{Value, json};
use std::sync::Arc;
use store::ValueView;
use stories::cast::OTHER_VILLAGE;

const NUMBER: &str = "431399197003070014";

fn pressure(systolic: &str) -> Value {
    json!([typed("sbp1_mmhg", systolic), typed("dbp1_mmhg", "92")])
}

/// The current texts of an item.
fn current(desk: &mut Desk, person: &str, item: &str) -> Vec<String> {
    let whole = desk.ask("person", json!({ "person": person }));
    let items: Vec<Value> = list(&whole["items"]);
    let found = items.iter().find(|one| one["item"] == item);
    let cells: Vec<Value> = found.map(|one| list(&one["current"])).unwrap_or_default();
    cells.iter().map(|cell| crate::text(&cell["text"])).collect()
}

/// What the server has of an item after a sync, standing or not.
fn at_server(desk: &mut Desk, person: &str, item: &str) -> Vec<ValueView> {
    desk.sync();
    let person = PersonId(person.parse().unwrap());
    let known = desk.central.store().person(person).unwrap();
    let code = domain::catalogue::Catalogue::builtin().item_by_key(item).unwrap().code;
    known.into_iter().flat_map(|one| one.values).filter(|value| value.item == code).collect()
}

#[test]
fn a_form_changed_after_a_lost_answer_is_written_in_place_of_the_first_try() {
    let mut desk = Desk::new();
    desk.sync();
    desk.confirm_day();
    let person = desk.register("周读卡", NUMBER);
    let form = desk.ask("form", json!({ "person": person, "station": "bp" }));
    let first = desk.ask("save", save_ask(&person, "bp", "try", pressure("150"), &form["saw"]));
    // The screen never heard of it and keeps its id; the nurse corrects what stands there and presses again.
    let again = desk.ask("save", save_ask(&person, "bp", "try", pressure("160"), &form["saw"]));
    assert_eq!(again["results"], 1, "only what changed");
    assert_ne!(again["entry"], first["entry"]);
    assert_eq!(current(&mut desk, &person, "sbp1_mmhg"), ["160"]);
    assert_eq!(current(&mut desk, &person, "dbp1_mmhg"), ["92"]);
    // Control: the same form again is answered from memory.
    let third = desk.ask("save", save_ask(&person, "bp", "try", pressure("160"), &form["saw"]));
    assert_eq!(third, again);
}

#[test]
fn a_number_typed_for_somebody_known_is_kept_and_another_person_is_another() {
    let mut desk = Desk::new();
    desk.sync();
    desk.confirm_day();
    let mut without = register_ask("周读卡", "", false);
    without["birth"] = json!("19700307");
    let known = desk.ask("register", without.clone())["person"].clone();
    let mut with = register_ask("周读卡", NUMBER, false);
    with["phone"] = json!("13912345678");
    with["same_as"] = known.clone();
    assert_eq!(desk.ask("register", with.clone())["person"], known);
    let find = |desk: &mut Desk, text: &str| {
        let found = desk.ask("find", json!({ "text": text, "stop_first": true }));
        let rows: Vec<Value> = list(&found["rows"]);
        rows.into_iter().map(|row| row["person"].clone()).collect::<Vec<_>>()
    };
    let only = std::slice::from_ref(&known);
    assert_eq!(find(&mut desk, NUMBER), only, "found by the number from here on");
    assert_eq!(find(&mut desk, "13912345678"), only);
    let saved = desk.ask("sync_state", json!({}))["saved"].clone();
    assert_eq!(desk.ask("register", with)["person"], known);
    assert_eq!(desk.ask("sync_state", json!({}))["saved"], saved, "nothing is proposed twice");
    // Of the same name, birth date and village, and somebody else for sure.
    assert_eq!(desk.ask("register", without.clone())["person"], known, "control");
    without["is_new_for_sure"] = json!(true);
    assert_ne!(desk.ask("register", without)["person"], known);
}

#[test]
fn a_card_of_another_birth_date_gives_nobody_its_number() {
    let mut desk = Desk::new();
    desk.sync();
    desk.confirm_day();
    let mut without = register_ask("周读卡", "", false);
    without["birth"] = json!("19720307");
    let known = desk.ask("register", without)["person"].clone();
    let mut with = register_ask("周读卡", NUMBER, false);
    with["same_as"] = known.clone();
    assert_eq!(desk.ask("register", with)["person"], known);
    let found = desk.ask("find", json!({ "text": NUMBER, "stop_first": true }));
    assert_eq!(found["rows"], json!([]));
}

#[test]
fn a_number_that_is_somebody_elses_is_given_to_nobody_who_was_chosen() {
    let mut desk = Desk::new();
    desk.sync();
    desk.confirm_day();
    desk.register("周读卡", NUMBER);
    let mut nameless = register_ask("周读卡", "", false);
    nameless["is_new_for_sure"] = json!(true);
    let other = desk.ask("register", nameless)["person"].clone();
    let mut with = register_ask("周读卡", NUMBER, false);
    with["same_as"] = other.clone();
    assert_eq!(desk.call("register", with.clone()).map(|_| ()), Err(Code::PersonMayBeKnown));
    // Control: a number that is nobody's is kept.
    with["id_number"] = json!("431399197003070030");
    assert_eq!(desk.ask("register", with)["person"], other);
}

#[test]
fn a_third_try_replaces_what_the_first_wrote_though_the_second_wrote_nothing() {
    let mut desk = Desk::new();
    desk.sync();
    desk.confirm_day();
    let person = desk.register("周读卡", NUMBER);
    let form = desk.ask("form", json!({ "person": person, "station": "bp" }));
    let half = |systolic: &str| json!([typed("sbp1_mmhg", systolic)]);
    for values in [pressure("150"), half("150"), half("160")] {
        desk.ask("save", save_ask(&person, "bp", "try", values, &form["saw"]));
    }
    assert_eq!(current(&mut desk, &person, "sbp1_mmhg"), ["160"]);
    // Control: what had not seen the first stands beside it.
    desk.ask("save", save_ask(&person, "bp", "other", half("170"), &form["saw"]));
    assert_eq!(current(&mut desk, &person, "sbp1_mmhg").len(), 2);
}

#[test]
fn a_value_is_put_right_at_the_stop_and_on_the_day_it_was_taken() {
    let mut desk = Desk::of(&[VILLAGE, OTHER_VILLAGE]);
    desk.sync();
    desk.confirm_day();
    let person = desk.register("周读卡", NUMBER);
    desk.save(&person, "general", "g", json!([typed("height_cm", "165")]));
    desk.confirm_day_at(OTHER_VILLAGE, "2026-09-15");
    desk.save(&person, "bp", "b", pressure("150"));
    let ask = json!({
        "person": person, "item": "sbp1_mmhg", "text": "160", "reason": "录错", "saw": [],
    });
    desk.ask("amend", ask);
    let values = at_server(&mut desk, &person, "sbp1_mmhg");
    let stands: Vec<_> = values.iter().filter(|value| value.current).collect();
    assert_eq!(stands.len(), 1);
    assert_eq!(
        (stands[0].unit.0.as_str(), stands[0].day),
        (OTHER_VILLAGE, NaiveDate::from_ymd_opt(2026, 9, 15)),
        "not where the checkup began"
    );
}

#[test]
fn a_device_narrowed_in_its_day_saves_nothing_where_it_may_not_and_asks_for_a_day() {
    let mut desk = Desk::of(&[VILLAGE, OTHER_VILLAGE]);
    desk.sync();
    desk.confirm_day();
    let person = desk.register("周读卡", NUMBER);
    let device = desk.central.console().devices().unwrap()[0].device.clone();
    desk.save(&person, "general", "g", json!([typed("height_cm", "165")]));
    desk.central.console().change_scope(&device, &[OTHER_VILLAGE.to_owned()]).unwrap();
    desk.sync();
    let save = save_ask(&person, "bp", "b", pressure("150"), &json!([]));
    assert_eq!(desk.call("save", save).map(|_| ()), Err(Code::OutOfScope));
    let walk_in = register_ask("孙排队", "431399197003070030", false);
    assert_eq!(desk.call("register", walk_in.clone()).map(|_| ()), Err(Code::DayUnset));
    assert_eq!(desk.ask("day", json!({}))["choice"], Value::Null);
    // Control: where it may, it goes on.
    desk.confirm_day_at(OTHER_VILLAGE, "2026-09-14");
    let person = crate::text(&desk.ask("register", walk_in)["person"]);
    desk.save(&person, "bp", "b", pressure("150"));
    assert!(at_server(&mut desk, &person, "sbp1_mmhg").iter().any(|value| value.current));
    assert_eq!(desk.central.console().held().unwrap().len(), 0);
}

#[test]
fn of_two_openings_of_one_folder_the_one_that_heard_last_of_a_policy_has_nothing_held() {
    let mut desk = Desk::new();
    desk.sync();
    desk.confirm_day();
    let person = desk.register("周读卡", NUMBER);
    let other = App::new(&desk.home, Arc::new(SystemHost), Abilities::default());
    let first = std::mem::replace(&mut desk.app, other);
    let slot = desk.ask("state", json!({}))["slots"][0]["slot"].clone();
    let device = desk.central.console().devices().unwrap()[0].device.clone();
    let units = [VILLAGE.to_owned(), OTHER_VILLAGE.to_owned()];
    desk.central.console().change_scope(&device, &units).unwrap();
    desk.ask("unlock", json!({ "slot": slot, "password": PASSWORD }));
    desk.sync();
    desk.save(&person, "general", "g", json!([typed("height_cm", "165")]));
    desk.app = first;
    desk.save(&person, "bp", "b", pressure("150"));
    let values = at_server(&mut desk, &person, "sbp1_mmhg");
    assert!(values.iter().any(|value| value.current && !value.held), "{}", values.len());
    assert_eq!(desk.central.console().held().unwrap().len(), 0);
}
