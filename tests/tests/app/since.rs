//! What comes after a follow-up had ended, or after somebody was given up: by the same commands as the screens send.

use super::{Desk, text, typed};
use protocol::Code;
use serde_json::{Value, json};

fn step(number: &str, act: &str, note: &str) -> Value {
    json!({
        "number": number, "act": act, "way": "2", "day": "", "next": "", "told": "", "at": "",
        "read_back": false, "place": "", "note": note, "replaces": [], "reason": "", "anyway": false,
    })
}

/// Number, state and lines of the one chain.
fn chain(desk: &mut Desk, person: &str) -> (String, String, Vec<String>) {
    let chains = desk.ask("task_chains", json!({ "person": person, "number": null }));
    let chains = chains["chains"].as_array().unwrap();
    assert_eq!(chains.len(), 1, "{chains:?}");
    let lines = chains[0]["lines"].as_array().unwrap().iter().map(text).collect();
    (text(&chains[0]["number"]), text(&chains[0]["state"]), lines)
}

fn desk() -> (Desk, String) {
    let mut desk = Desk::new();
    desk.sync();
    desk.confirm_day();
    let person = desk.register("周读卡", "431399197003070014");
    (desk, person)
}

#[test]
fn a_second_b_after_the_first_was_treated_is_on_the_list_again_until_something_is_said_of_it() {
    let (mut desk, person) = desk();
    desk.save(&person, "blood", "t1", json!([typed("tc_mmol_l", "7.0")]));
    let (number, _, _) = chain(&mut desk, &person);
    desk.ask("task_record", step(&number, "5", ""));
    assert_eq!(chain(&mut desk, &person).1, "已治疗");
    // The same once more says nothing new.
    assert_eq!(desk.ask("task_record", step(&number, "5", ""))["is_new"], false);

    desk.save(&person, "blood", "t2", json!([typed("tg_mmol_l", "6.0")]));
    let (_, state, lines) = chain(&mut desk, &person);
    assert_eq!(state, "待告知");
    let marked: Vec<bool> = lines.iter().map(|line| line.contains("还没有告知")).collect();
    let named: Vec<bool> = lines.iter().map(|line| line.contains("甘油三酯")).collect();
    assert_eq!((lines.len(), marked), (2, named), "{lines:?}");
    let ask = json!({ "which": null, "owner": null, "unit": null });
    let rows = desk.ask("tasks", ask)["rows"].clone();
    let row = rows.as_array().unwrap().iter().find(|row| row["number"] == number.as_str());
    assert_eq!(row.unwrap()["state"], "待告知", "{rows}");
    // The very same words are of both now, and end it.
    assert_eq!(desk.ask("task_record", step(&number, "5", ""))["is_new"], true);
    assert_eq!(chain(&mut desk, &person).1, "已治疗");
    assert_eq!(desk.ask("task_record", step(&number, "5", ""))["is_new"], false);
}

#[test]
fn whoever_was_given_up_is_not_given_up_for_another_sign_without_three_tries_of_it() {
    let mut desk = Desk::new();
    desk.sync();
    desk.confirm_day_at(super::VILLAGE, "2026-09-12");
    let person = desk.register("周读卡", "431399197003070014");
    desk.save(&person, "vision", "v1", json!([typed("eye_signs", "2")]));
    let (number, _, _) = chain(&mut desk, &person);
    // On three days: of an A that nobody was told of, three calls of one day are one try.
    let try_three = |desk: &mut Desk, of: &str| {
        for day in ["2026-09-12", "2026-09-13", "2026-09-14"] {
            let mut tried = step(&number, "9", &format!("{of}没人接"));
            (tried["day"], tried["anyway"]) = (json!(day), json!(true));
            desk.ask("task_record", tried);
        }
    };
    try_three(&mut desk, "眼");
    desk.ask("task_record", step(&number, "0", "外出打工"));
    assert_eq!(chain(&mut desk, &person).1, "失访");

    desk.save(&person, "ent", "e1", json!([typed("ent_signs", "2")]));
    assert_eq!(chain(&mut desk, &person).1, "待告知");
    let lost = step(&number, "0", "还是找不到");
    assert_eq!(desk.call("task_record", lost.clone()), Err(Code::TaskTriesMissing));
    // The control: three tries of it, and it can be said.
    try_three(&mut desk, "喉");
    desk.ask("task_record", lost);
    assert_eq!(chain(&mut desk, &person).1, "失访");
}
