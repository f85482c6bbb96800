//! 读身份证: what a card fills in, who is shown before saving, and every way in which there is no card to tell of.

use super::{Desk, list, register_ask, text};
use field::{Abilities, App, SystemHost};
use protocol::Code;
use serde_json::{Value, json};
use std::sync::Arc;

/// A made-up card in the file that stands for a reader.
pub const CARD: &str = "周读卡,男,19700307,水洞底镇某村一组,431399197003070014";

fn cards(desk: &Desk, lines: &str) {
    std::fs::write(desk.home.with_file_name("cards.txt"), lines).unwrap();
}

fn read(desk: &mut Desk) -> Result<Value, Code> {
    desk.call("card_read", json!({}))
}

#[test]
fn a_card_fills_in_what_the_form_asks_and_whoever_has_the_number_is_shown_before_saving() {
    let mut desk = Desk::new();
    desk.sync();
    desk.confirm_day();
    let told = desk.ask("state", json!({}))["capabilities"].clone();
    assert_eq!((&told["id_card_reader"], &told["id_card_simulated"]), (&json!(true), &json!(true)));
    let card = read(&mut desk).unwrap();
    let expected = json!({
        "name": "周读卡", "id_number": "431399197003070014", "sex": "男", "birth": "1970-03-07",
        "address": "水洞底镇某村一组",
    });
    assert_eq!(card, expected);
    let ask = register_ask("周读卡", &text(&card["id_number"]), false);
    let before: Vec<Value> = list(&desk.ask("register_check", ask.clone())["duplicates"]);
    assert!(before.is_empty(), "control: nobody has it yet");
    desk.register("周读卡", &text(&card["id_number"]));
    let shown: Vec<Value> = list(&desk.ask("register_check", ask)["duplicates"]);
    assert_eq!(shown.len(), 1);
    assert_eq!(shown[0]["name"], "周读卡");
}

#[test]
fn every_way_in_which_there_is_no_card_has_its_code_and_fills_nothing_in() {
    let mut desk = Desk::new();
    desk.sync();
    assert_eq!(read(&mut desk), Err(Code::DayUnset), "nobody is registered before a day is set");
    desk.confirm_day();
    let number = "431399197003070014";
    for (lines, expected) in [
        ("", Code::CardMissing),
        ("# nothing but a remark\n\n", Code::CardMissing),
        ("无卡", Code::CardMissing),
        ("读不出", Code::CardUnreadable),
        ("断开", Code::CardReaderGone),
        ("周读卡,431399197003070014", Code::CardUnreadable),
        (&format!(",男,19700307,某村,{number}"), Code::CardUnreadable),
        ("周读卡,男,19700307,某村,431399197003070015", Code::CardNumberWrong),
        ("周读卡,男,19700307,某村,43139919700307", Code::CardNumberWrong),
        (&format!("周读卡,男,19700308,某村,{number}"), Code::CardNumberWrong),
        (&format!("周读卡,女,19700307,某村,{number}"), Code::CardNumberWrong),
    ] {
        cards(&desk, lines);
        assert_eq!(read(&mut desk), Err(expected), "{lines}");
    }
    // Control: the same card with nothing wrong, written as other hands write it.
    for lines in [
        format!("\u{feff}周读卡，男，1970-03-07，某村，{number}\r\n"),
        format!("# 练习\n周读卡\t男\t19700307\t\t{number}"),
    ] {
        cards(&desk, &lines);
        assert_eq!(read(&mut desk).unwrap()["id_number"], number, "{lines}");
    }
    std::fs::write(desk.home.with_file_name("cards.txt"), b"\xd6\xdc").unwrap();
    assert_eq!(read(&mut desk), Err(Code::CardUnreadable), "not UTF-8");
    std::fs::remove_file(desk.home.with_file_name("cards.txt")).unwrap();
    assert_eq!(read(&mut desk), Err(Code::CardReaderGone), "unplugged");
    for code in [Code::CardMissing, Code::CardUnreadable, Code::CardReaderGone] {
        assert!(code.zh().contains("或手工输入"), "each says what to do next");
    }
    desk.ask("lock", json!({}));
    assert_eq!(read(&mut desk), Err(Code::AppLocked));
}

#[test]
fn each_reading_takes_the_next_card_and_a_device_without_a_reader_says_so() {
    let mut desk = Desk::new();
    desk.sync();
    desk.confirm_day();
    cards(&desk, &format!("{CARD}\n无卡\n周读卡二,女,19700307,某村,431399197003070049\n"));
    let told: Vec<Result<String, Code>> =
        (0..4).map(|_| read(&mut desk).map(|card| text(&card["name"]))).collect();
    let names = |name: &str| Ok(name.to_owned());
    let expected = [names("周读卡"), Err(Code::CardMissing), names("周读卡二"), names("周读卡")];
    assert_eq!(told, expected);
    desk.app = App::new(&desk.home, Arc::new(SystemHost), Abilities::default());
    let state = desk.ask("state", json!({}));
    assert_eq!(state["capabilities"]["id_card_reader"], false);
    let slot = state["slots"][0]["slot"].clone();
    desk.ask("unlock", json!({ "slot": slot, "password": super::PASSWORD }));
    assert_eq!(read(&mut desk), Err(Code::CardReaderAbsent));
}
