//! 收工 as its screen asks for it: whose day it was, what nobody saved, and a form begun on another day.

use super::{Desk, OTHER_PASSWORD, PASSWORD, WALKER, list, text, typed};
use field::{Abilities, App, SystemHost};
use protocol::Code;
use protocol::rpc::{Answer, Command};
use serde_json::{Value, json};
use std::sync::Arc;

/// The state and the words of one line.
fn line(end: &Value, key: &str) -> (String, String) {
    let checks: Vec<Value> = list(&end["checks"]);
    let found = checks.iter().find(|check| check["key"] == key).unwrap();
    (text(&found["state"]), text(&found["text"]))
}

fn to_day(desk: &mut Desk, day: &str) {
    let mut choice = desk.ask("day", json!({}))["choice"].clone();
    choice["day"] = json!(day);
    desk.ask("day_set", choice);
}

/// People, those who left early, and each station with its people.
fn came(desk: &mut Desk) -> (Value, Vec<String>, Vec<(String, u64)>) {
    let end = desk.ask("day_end", json!({}));
    let names = |rows: &Value| list::<Value>(rows).iter().map(|row| text(&row["name"])).collect();
    let stations = list::<Value>(&end["stations"]);
    let stations =
        stations.iter().map(|one| (text(&one["station"]), one["people"].as_u64().unwrap()));
    (end["people"].clone(), names(&end["left_early"]), stations.collect())
}

fn height(text: &str) -> Value {
    json!([typed("height_cm", text), typed("weight_kg", "80")])
}

fn draft(person: &str, text: &str) -> Value {
    json!({
        "person": person, "station": "general", "values": [typed("height_cm", text)],
        "focus": "height_cm", "at": "", "name": "",
    })
}

#[test]
fn an_open_a_of_a_second_day_is_named_though_the_checkup_began_on_the_first() {
    let mut desk = Desk::new();
    desk.sync();
    desk.confirm_day();
    let person = desk.register("周读卡", "431399197003070014");
    let values = json!([typed("height_cm", "172"), typed("weight_kg", "80")]);
    desk.save(&person, "general", "first-day", values);
    let mut choice = desk.ask("day", json!({}))["choice"].clone();
    choice["day"] = json!("2026-09-15");
    desk.ask("day_set", choice);
    let before = desk.ask("day_end", json!({}));
    assert_eq!(before["open_a"], json!([]), "the control: nothing is open yet");
    let values = json!([typed("sbp1_mmhg", "184"), typed("dbp1_mmhg", "112")]);
    desk.save(&person, "bp", "second-day", values);
    let end = desk.ask("day_end", json!({}));
    assert_eq!((&end["people"], &end["open_a"][0]["name"]), (&json!(1), &json!("周读卡")));
}

#[test]
fn a_repeat_that_is_owed_keeps_the_day_open_until_it_is_taken_as_check_out_says() {
    let mut desk = Desk::new();
    desk.sync();
    desk.confirm_day();
    let person = desk.register("周读卡", "431399197003070014");
    let is_owed = |desk: &mut Desk| {
        let end = desk.ask("day_end", json!({}));
        let names: Vec<Value> = list(&end["rechecks"]);
        let out = desk.ask("check_out", json!({ "person": person }));
        assert_eq!(out["recheck"].is_null(), names.is_empty(), "{out}");
        (line(&end, "recheck").0, names.iter().map(|row| text(&row["name"])).collect::<Vec<_>>())
    };
    let none = ("good".to_owned(), Vec::new());
    let values = json!([typed("sbp1_mmhg", "179"), typed("dbp1_mmhg", "109")]);
    desk.save(&person, "bp", "below", values);
    assert_eq!(is_owed(&mut desk), none, "the control: one step below nothing is repeated");
    let values = json!([typed("sbp1_mmhg", "184"), typed("dbp1_mmhg", "112")]);
    desk.save(&person, "bp", "high", values);
    let owed = ("bad".to_owned(), vec!["周读卡".to_owned()]);
    assert_eq!(is_owed(&mut desk), owed);
    to_day(&mut desk, "2026-09-15");
    assert_eq!(is_owed(&mut desk), owed, "whoever left owes it on the next day too");
    let values = json!([typed("sbp2_mmhg", "150"), typed("dbp2_mmhg", "92")]);
    desk.save(&person, "bp", "again", values);
    assert_eq!(is_owed(&mut desk), none);
}

#[test]
fn a_day_is_of_whoever_came_that_day_the_second_day_and_without_any_station_too() {
    let mut desk = Desk::new();
    desk.sync();
    desk.confirm_day();
    let again = desk.register("周读卡", "431399197003070014");
    desk.save(&again, "general", "first-day", height("172"));
    to_day(&mut desk, "2026-09-15");
    assert_eq!(came(&mut desk), (json!(0), Vec::new(), Vec::new()), "the control: nobody yet");
    // Registered at the desk, and gone before any station.
    desk.register("钱走了", WALKER);
    let values = json!([typed("sbp1_mmhg", "122"), typed("dbp1_mmhg", "78")]);
    desk.save(&again, "bp", "second-day", values);
    let (people, mut early, stations) = came(&mut desk);
    early.sort();
    assert_eq!((people, early.len()), (json!(2), 2), "{early:?}");
    assert_eq!(stations, [("bp".to_owned(), 1)], "Monday's height is Monday's");
    to_day(&mut desk, "2026-09-14");
    let (people, early, stations) = came(&mut desk);
    assert_eq!((people, early), (json!(1), vec!["周读卡".to_owned()]));
    assert_eq!(stations, [("general".to_owned(), 1)]);
}

/// A browser of the hall, signed in: the same database under other screens.
fn seat(desk: &mut Desk, name: &str, password: &str) -> App {
    let abilities = Abilities { is_seat: true, ..Abilities::default() };
    let mut seat = App::new(&desk.home, Arc::new(SystemHost), abilities);
    let slots: Vec<Value> = list(&at(&mut seat, "state", json!({}))["slots"]);
    let slot = slots.iter().find(|slot| slot["name"] == name).unwrap()["slot"].clone();
    at(&mut seat, "unlock", json!({ "slot": slot, "password": password }));
    let choice = desk.ask("day", json!({}))["choice"].clone();
    at(&mut seat, "day_set", choice);
    seat
}

fn at(app: &mut App, command: &str, ask: Value) -> Value {
    let command: Command =
        serde_json::from_value(json!({ "command": command, "ask": ask })).unwrap();
    let answered: Result<Answer, _> = app.call(command);
    serde_json::to_value(answered.unwrap()).unwrap()
}

#[test]
fn a_form_put_away_at_a_seat_keeps_the_day_open_and_is_found_at_the_device_by_whoever_typed_it() {
    let mut desk = Desk::new();
    desk.sync();
    desk.confirm_day();
    let person = desk.register("周读卡", "431399197003070014");
    let code = desk.central.console().create_account_code("wangfang").unwrap().code;
    desk.ask("account_add", json!({ "account_code": code, "password": OTHER_PASSWORD }));
    let end = desk.ask("day_end", json!({}));
    assert_eq!(line(&end, "drafts").0, "good", "the control");
    let mut tablet = seat(&mut desk, "王芳", OTHER_PASSWORD);
    at(&mut tablet, "draft_put", draft(&person, "17"));
    let end = desk.ask("day_end", json!({}));
    let (state, words) = line(&end, "drafts");
    assert_eq!((state.as_str(), end["drafts"].as_u64()), ("bad", Some(1)), "{words}");
    assert!(words.contains("wangfang"), "{words}");
    assert_eq!(desk.ask("drafts", json!({}))["drafts"], json!([]), "another's is not shown");
    // The tablet is put away; whoever typed it sits down at the device.
    drop(tablet);
    let state = desk.ask("lock", json!({}));
    let slots: Vec<Value> = list(&state["slots"]);
    let slot = slots.iter().find(|slot| slot["name"] == "王芳").unwrap()["slot"].clone();
    desk.ask("unlock", json!({ "slot": slot, "password": OTHER_PASSWORD }));
    let form = desk.ask("form", json!({ "person": person, "station": "general" }));
    assert_eq!(form["draft"]["values"][0]["text"], "17");
    desk.save(&person, "general", "g", height("170"));
    assert_eq!(line(&desk.ask("day_end", json!({})), "drafts").0, "good");
    let mut tablet = seat(&mut desk, "李梅", PASSWORD);
    assert_eq!(at(&mut tablet, "drafts", json!({}))["drafts"], json!([]));
}

#[test]
fn a_form_begun_on_another_day_is_not_saved_as_of_today() {
    let mut desk = Desk::new();
    desk.sync();
    desk.confirm_day();
    let person = desk.register("周读卡", "431399197003070014");
    let other = desk.register("钱平稳", WALKER);
    desk.ask("draft_put", draft(&person, "17"));
    to_day(&mut desk, "2026-09-15");
    // Gone on with it is still of the day before.
    desk.ask("draft_put", draft(&person, "170"));
    let ask = |id: &str| super::save_ask(&person, "general", id, height("170"), &json!([]));
    assert_eq!(desk.call("save", ask("g1")), Err(Code::DraftOfOtherStop));
    let form = desk.ask("form", json!({ "person": person, "station": "general" }));
    let said = super::text(&form["draft"]["other_stop"]);
    assert!(said.starts_with("2026-09-14 "), "the screen says of which day and where: {said}");
    desk.save(&other, "general", "o", height("165"));
    to_day(&mut desk, "2026-09-14");
    assert_eq!(desk.ask("save", ask("g2"))["results"], 2);
    assert_eq!(came(&mut desk).2, [("general".to_owned(), 1)], "saved as of its day");
    // Thrown away, today's is begun anew.
    desk.ask("draft_put", draft(&other, "16"));
    to_day(&mut desk, "2026-09-15");
    desk.ask("draft_drop", json!({ "person": other, "station": "general" }));
    desk.save(&other, "general", "o2", json!([typed("waist_cm", "80")]));
    // Somebody says that it is of today: thrown away and put away anew, it is.
    to_day(&mut desk, "2026-09-14");
    desk.ask("draft_put", draft(&person, "171"));
    to_day(&mut desk, "2026-09-15");
    desk.ask("draft_drop", json!({ "person": person, "station": "general" }));
    desk.ask("draft_put", draft(&person, "171"));
    let form = desk.ask("form", json!({ "person": person, "station": "general" }));
    assert_eq!(form["draft"]["other_stop"], "");
    let today = super::save_ask(&person, "general", "g3", height("171"), &form["saw"]);
    assert_eq!(desk.ask("save", today)["results"], 1);
}

#[test]
fn a_form_that_was_only_looked_at_keeps_no_day_open_and_a_colleagues_is_offered_after_ones_own() {
    let mut desk = Desk::new();
    desk.sync();
    desk.confirm_day();
    let person = desk.register("周读卡", "431399197003070014");
    let mut looked_at = draft(&person, "17");
    looked_at["values"] = json!([]);
    desk.ask("draft_put", looked_at.clone());
    assert_eq!(line(&desk.ask("day_end", json!({})), "drafts").0, "good");
    desk.ask("draft_put", draft(&person, "17"));
    assert_eq!(line(&desk.ask("day_end", json!({})), "drafts").0, "bad", "the control");
    // What was typed and taken back is no form either.
    desk.ask("draft_put", looked_at);
    assert_eq!(line(&desk.ask("day_end", json!({})), "drafts").0, "good");
    // Two of one form: at a seat, and at the device by whoever works there.
    let code = desk.central.console().create_account_code("wangfang").unwrap().code;
    desk.ask("account_add", json!({ "account_code": code, "password": OTHER_PASSWORD }));
    desk.ask("draft_put", draft(&person, "16"));
    let mut tablet = seat(&mut desk, "王芳", OTHER_PASSWORD);
    at(&mut tablet, "draft_put", draft(&person, "17"));
    drop(tablet);
    let state = desk.ask("lock", json!({}));
    let slots: Vec<Value> = list(&state["slots"]);
    let slot = slots.iter().find(|slot| slot["name"] == "王芳").unwrap()["slot"].clone();
    desk.ask("unlock", json!({ "slot": slot, "password": OTHER_PASSWORD }));
    let ask = json!({ "person": person, "station": "general" });
    let text =
        |desk: &mut Desk| desk.ask("form", ask.clone())["draft"]["values"][0]["text"].clone();
    assert_eq!(text(&mut desk), "17");
    desk.ask("draft_drop", ask.clone());
    assert_eq!(text(&mut desk), "16", "the one that was not shown is still there");
}

#[test]
fn a_team_that_comes_a_day_late_gets_its_day_and_its_results_are_of_the_round() {
    let mut desk = Desk::new();
    desk.sync();
    desk.confirm_day();
    let person = desk.register("周读卡", "431399197003070014");
    let last: chrono::NaiveDate =
        text(&desk.ask("day", json!({}))["rounds"][0]["to"]).parse().unwrap();
    let late = last.succ_opt().unwrap().to_string();
    to_day(&mut desk, &late);
    assert_eq!(desk.ask("day", json!({}))["choice"]["day"], json!(late));
    desk.save(&person, "general", "late", height("172"));
    assert_eq!(came(&mut desk).0, json!(1), "counted on the day it was measured");
    let whole = desk.ask("person", json!({ "person": person }));
    let items: Vec<Value> = list(&whole["items"]);
    let height = items.iter().find(|one| one["item"] == "height_cm").unwrap();
    assert_eq!(height["current"][0]["day"], json!(late));
    // Control: what is no day at all is refused, and the day before stands.
    let mut choice = desk.ask("day", json!({}))["choice"].clone();
    choice["day"] = json!("2026-13-01");
    assert_eq!(desk.call("day_set", choice).map(|_| ()), Err(Code::ValueInvalid));
    assert_eq!(desk.ask("day", json!({}))["choice"]["day"], json!(late));
}
