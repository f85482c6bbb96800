//! A unit's phone and doctor said on a device, on its screens and at the server: who may, what is refused, and which of several stands,
//! through the real program. What is printed beside is `referrals`.
#![allow(clippy::unwrap_used)]

use protocol::Code;
use serde_json::Value;
use stories::cast::{THIRD_VILLAGE, VILLAGE};
use stories::printed::words;
use stories::program::Words;
use stories::stage::{Stage, refused};

const TOWNSHIP: &str = "sun8";
const TOWN: &str = "431302105";

fn stage() -> Stage {
    let stage = Stage::new();
    let add = |account: &str, name: &str, role: &str| {
        let add = stage.of_server("operator add").with("--account", account).with("--name", name);
        add.with("--role", role).ask().answer();
    };
    add(TOWNSHIP, "孙八", "township");
    add("zhou9", "周九", "coordinator");
    add("zhao6", "赵六", "doctor");
    stage.of_device("sync").ask().answer();
    stage
}

fn set(words: Words, unit: &str, phone: &str) -> Words {
    words.with("--unit", unit).with("--phone", phone)
}

fn at_device(stage: &Stage, home: &str, operator: &str) -> Words {
    let words = stories::program::words("unit set").with("--home", stage.path(home));
    words.with("--key-file", stage.path("device.key")).with("--operator", operator)
}

fn at_server(stage: &Stage) -> Words {
    stage.of_server("unit set")
}

/// The phone on the village's reports, as a device or the server prints them.
fn printed(stage: &Stage, words_of: Words, name: &str) -> String {
    let made = words_of.with("--round", &stage.round).with("--unit", VILLAGE);
    made.with("--out", stage.path(name)).ask().answer();
    words(&stage.path(name)).chars().filter(|one| !one.is_whitespace()).collect()
}

fn village(stage: &Stage) -> Value {
    let units = stage.of_server("unit list").ask().answer();
    let units = units["units"].as_array().unwrap().clone();
    units.into_iter().find(|unit| unit["unit"] == VILLAGE).unwrap()
}

#[test]
fn what_a_township_worker_says_on_a_device_is_printed_there_and_at_the_server_until_it_is_said_anew()
 {
    let stage = stage();
    let before = printed(&stage, stage.of_device("report person"), "before.pdf");
    assert!(!before.contains("打电话"), "control: nobody has said a phone");
    set(at_device(&stage, "device", TOWNSHIP), VILLAGE, "0738-8312345").ask().answer();
    stage.of_device("sync").ask().answer();
    let here = printed(&stage, stage.of_device("report person"), "here.pdf");
    let there = printed(&stage, stage.of_server("report person"), "there.pdf");
    assert!(here.contains("0738-8312345"), "{here}");
    assert_eq!(here, there);
    // The server's word, said later and knowing of it, stands in its place; and the device's again in the server's.
    set(at_server(&stage), VILLAGE, "0738-8300001").ask().answer();
    assert_eq!(village(&stage)["phone"], "0738-8300001");
    stage.of_device("sync").ask().answer();
    let now = printed(&stage, stage.of_device("report person"), "now.pdf");
    assert!(now.contains("0738-8300001") && !now.contains("0738-8312345"));
    let again = set(at_device(&stage, "device", "zhou9"), VILLAGE, "0738-8300002");
    again.with("--doctor", "赵村医").ask().answer();
    stage.of_device("sync").ask().answer();
    let stands = village(&stage);
    assert_eq!((&stands["phone"], &stands["doctor"]), (&"0738-8300002".into(), &"赵村医".into()));
    // And the server twice after another: what it replaced once does not come back.
    set(at_server(&stage), VILLAGE, "0738-8300003").ask().answer();
    set(at_server(&stage), VILLAGE, "0738-8300004").ask().answer();
    assert_eq!(village(&stage)["phone"], "0738-8300004");
    set(at_server(&stage), VILLAGE, "").ask().answer();
    assert_eq!(village(&stage)["phone"], "");
    for words in [stage.of_server("verify"), stage.of_device("verify")] {
        assert_eq!(words.ask().answer()["ok"], true);
    }
}

#[test]
fn of_two_that_did_not_know_of_each_other_one_stands_everywhere_and_one_more_word_settles_it() {
    let stage = stage();
    stage.enrol("second", &stage.line.url(), &stage.ticket(), &stage.ca_pin).ask().answer();
    let sync = |home: &str| {
        let words = stories::program::words("sync").with("--home", stage.path(home));
        words.with("--key-file", stage.path("device.key")).ask().answer();
    };
    sync("second");
    set(at_device(&stage, "device", TOWNSHIP), VILLAGE, "111").ask().answer();
    set(at_device(&stage, "second", TOWNSHIP), VILLAGE, "222").ask().answer();
    for home in ["device", "second", "device"] {
        sync(home);
    }
    let phone = village(&stage)["phone"].as_str().unwrap().to_owned();
    assert!(["111", "222"].contains(&phone.as_str()), "{phone}");
    let here = printed(&stage, stage.of_device("report person"), "here.pdf");
    assert_eq!(here, printed(&stage, stage.of_server("report person"), "there.pdf"));
    // The same again is a word where two stand apart: it says which is right.
    set(at_device(&stage, "device", TOWNSHIP), VILLAGE, &phone).ask().answer();
    let again = set(at_device(&stage, "device", TOWNSHIP), VILLAGE, &phone);
    refused("settled: nothing to change", &again, Code::NothingToChange);
    for home in ["device", "second"] {
        sync(home);
    }
    assert_eq!(village(&stage)["phone"], phone.as_str());
    let again = set(at_device(&stage, "second", TOWNSHIP), VILLAGE, &phone);
    refused("settled there too", &again, Code::NothingToChange);
}

#[test]
fn who_may_not_another_unit_a_township_and_what_is_no_phone_are_refused_and_change_nothing() {
    let stage = stage();
    let of = |operator: &str| at_device(&stage, "device", operator);
    let nobody = stories::program::words("unit set").with("--home", stage.path("device"));
    let nobody = nobody.with("--key-file", stage.path("device.key"));
    refused("nobody named", &set(nobody, VILLAGE, "120"), Code::ContactRole);
    refused("a doctor", &set(of("zhao6"), VILLAGE, "120"), Code::ContactRole);
    refused("no such account", &set(of("nobody"), VILLAGE, "120"), Code::OperatorUnknown);
    refused("another's village", &set(of(TOWNSHIP), THIRD_VILLAGE, "120"), Code::OutOfScope);
    refused("a township", &set(of(TOWNSHIP), TOWN, "120"), Code::ContactUnit);
    refused("no unit", &set(of(TOWNSHIP), "431302999999", "120"), Code::UnitUnknown);
    refused("words", &set(of(TOWNSHIP), VILLAGE, "请问村里"), Code::ContactPhone);
    refused("too short", &set(of(TOWNSHIP), VILLAGE, "12"), Code::ContactPhone);
    let doctor = |text: &str| of(TOWNSHIP).with("--unit", VILLAGE).with("--doctor", text);
    refused("no account", &doctor("sun9"), Code::ContactDoctor);
    refused("too long", &doctor(&"钱".repeat(21)), Code::ContactDoctor);
    refused("nothing said", &set(of(TOWNSHIP), VILLAGE, ""), Code::NothingToChange);
    let own = stage.of_server("operator units").with("--operator", TOWNSHIP);
    own.with("--units", THIRD_VILLAGE).ask().answer();
    stage.of_device("sync").ask().answer();
    refused("not the account's", &set(of(TOWNSHIP), VILLAGE, "120"), Code::OutOfScope);
    stage.nothing_was_lost();
    assert_eq!(village(&stage)["phone"], "");
    // Control: whoever may says it.
    set(of("zhou9"), VILLAGE, "120").ask().answer();
    stage.of_device("sync").ask().answer();
    assert_eq!(village(&stage)["phone"], "120");
}
