//! Putting right what has moved meanwhile: somebody else's value that was never shown is not replaced, nor withdrawn, by a change
//! that was begun before it came.

use crate::{Desk, WALKER, list, save_ask, text, typed};
use protocol::Code;
use serde_json::{Value, json};

/// The current heights of a person with their entries.
fn heights(desk: &mut Desk, person: &str) -> Vec<(String, String)> {
    let whole = desk.ask("person", json!({ "person": person }));
    let items: Vec<Value> = list(&whole["items"]);
    let height = items.iter().find(|one| one["item"] == "height_cm");
    let cells: Vec<Value> = height.map(|one| list(&one["current"])).unwrap_or_default();
    cells.iter().map(|cell| (text(&cell["text"]), text(&cell["entry"]))).collect()
}

fn height(centimetres: &str) -> Value {
    json!([typed("height_cm", centimetres)])
}

#[test]
fn a_change_begun_before_another_value_came_changes_nothing() {
    let mut desk = Desk::new();
    desk.sync();
    desk.confirm_day();
    let person = desk.register("钱排队", WALKER);
    let saved = desk.save(&person, "general", "m1", height("165"));
    let shown: Vec<String> =
        heights(&mut desk, &person).into_iter().map(|(_, entry)| entry).collect();
    assert_eq!(shown, [text(&saved["entry"])], "a save says which entry it wrote");
    // As from a device that did not know of it.
    desk.ask("save", save_ask(&person, "general", "m2", height("170"), &json!([])));
    let both = heights(&mut desk, &person);
    assert_eq!(both.len(), 2);
    let change = |command: &str, saw: &[String]| {
        let value = if command == "amend" { "166" } else { "" };
        json!({ "person": person, "item": "height_cm", "text": value, "reason": "录错", "saw": saw })
    };
    for command in ["amend", "void"] {
        let refused = desk.call(command, change(command, &shown)).map(|_| ());
        assert_eq!(refused, Err(Code::ResultMoved), "{command}");
    }
    assert_eq!(heights(&mut desk, &person), both, "both stand");
    // Two that wrote the same are one value on the screen, named by one of them.
    let other = desk.register("孙排队", "431399197003070030");
    desk.ask("save", save_ask(&other, "general", "s1", height("165"), &json!([])));
    let second = save_ask(&other, "general", "s2", height("170"), &json!([]));
    let second = desk.ask("save", second)["entry"].clone();
    desk.ask("save", save_ask(&other, "general", "s3", height("165"), &json!([second])));
    let one = heights(&mut desk, &other);
    assert_eq!(one.len(), 1);
    let ask = json!({
        "person": other, "item": "height_cm", "text": "166", "reason": "录错", "saw": [one[0].1],
    });
    assert_eq!(desk.ask("amend", ask)["replaced"], 2);
    // Control: whoever was shown both may put them right.
    let all: Vec<String> = both.into_iter().map(|(_, entry)| entry).collect();
    desk.ask("amend", change("amend", &all));
    let stands: Vec<String> =
        heights(&mut desk, &person).into_iter().map(|(value, _)| value).collect();
    assert_eq!(stands, ["166.0"]);
    let wrong = change("void", &["x".to_owned()]);
    assert_eq!(desk.call("void", wrong).map(|_| ()), Err(Code::RequestMalformed));
}

#[test]
fn an_unusual_value_put_in_anothers_place_is_asked_about_once_and_then_written() {
    let mut desk = Desk::new();
    desk.sync();
    desk.confirm_day();
    let person = desk.register("钱排队", WALKER);
    desk.save(&person, "general", "u1", height("165"));
    let change = |value: &str, confirmed: bool| {
        json!({
            "person": person, "item": "height_cm", "text": value, "reason": "录错", "confirmed": confirmed,
        })
    };
    let stands = |desk: &mut Desk| -> Vec<String> {
        heights(desk, &person).into_iter().map(|(value, _)| value).collect()
    };
    // A slip for 195 or 159: unusual of a grown person, and possible.
    let asked = desk.call("amend", change("95", false)).map(|_| ());
    assert_eq!(asked, Err(Code::ValueUnusual));
    assert_eq!(stands(&mut desk), ["165.0"], "nothing was written");
    // Control: what is usual is not asked about; what is impossible is not taken for being confirmed.
    desk.ask("amend", change("156", false));
    assert_eq!(stands(&mut desk), ["156.0"]);
    assert_eq!(desk.call("amend", change("1650", true)).map(|_| ()), Err(Code::ValueInvalid));
    desk.ask("amend", change("95", true));
    assert_eq!(stands(&mut desk), ["95.0"]);
    // Which of two values stands was asked about where each was recorded.
    desk.ask("save", save_ask(&person, "general", "u2", height("165"), &json!([])));
    desk.ask("choose", change("95.0", false));
    assert_eq!(stands(&mut desk), ["95.0"]);
}
