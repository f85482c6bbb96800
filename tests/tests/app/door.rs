//! The door of a device: a first start whose account code was wrong, passwords tried, key files gone, a clock that fell back
//! while nobody could be asked, and what is told once to whoever comes in.

use super::{Desk, OTHER_PASSWORD, PASSWORD, VILLAGE, list, text};
use field::{Abilities, App, Host, SystemHost};
use protocol::Code;
use serde_json::{Value, json};
use std::fs;
use std::sync::Arc;
use stories::steady::SteadyHost;
use stories::team::copy_folder;

#[test]
fn a_first_start_with_a_wrong_account_code_leaves_the_device_open_for_the_right_one() {
    let mut desk = Desk::new();
    desk.central.stop();
    let address = desk.central.start();
    let mut console = desk.central.console();
    let enrolment = console.create_enrolment(&[VILLAGE.to_owned()]).unwrap();
    let account = console.create_account_code("limei").unwrap();
    drop(console);
    desk.home = desk.home.with_file_name("second");
    desk.app = App::new(&desk.home, Arc::new(SystemHost), Abilities::default());
    let order = json!({
        "server_url": format!("https://{address}"), "code": enrolment.code,
        "ca_pin": desk.central.ca_pin, "account_code": "0000-0000-0000", "account": "limei",
        "password": PASSWORD,
    });
    assert_eq!(desk.call("enrol", order.clone()).map(|_| ()), Err(Code::AccountCodeInvalid));
    let state = desk.ask("state", json!({}));
    assert_eq!(
        (&state["phase"], &state["capabilities"]["at_device"]),
        (&json!("open"), &json!(true))
    );
    // What a second press said: sync, on a page that has none.
    assert_eq!(desk.call("enrol", order).map(|_| ()), Err(Code::AlreadyEnrolled));
    // From inside the account is added, and its holder works here at once.
    let added = json!({ "account_code": account.code, "password": PASSWORD });
    let state = desk.ask("account_add", added);
    assert_eq!(state["operator"]["name"], "李梅");
    desk.sync();
    desk.confirm_day();
    desk.register("周读卡", "431399197003070014");
}

fn unlock(desk: &mut Desk, password: &str) -> Result<(), Code> {
    let slot = desk.ask("state", json!({}))["slots"][0]["slot"].clone();
    desk.call("unlock", json!({ "slot": slot, "password": password })).map(|_| ())
}

/// The state, words and step of the clock's line before leaving, and what stands above every screen, at this time.
fn clock_at(desk: &mut Desk, unix_ms: i64) -> (String, String, String, Value) {
    let host = Arc::new(SteadyHost::new("door"));
    host.set_clock(unix_ms);
    desk.app = App::new(&desk.home, host, Abilities::default());
    unlock(desk, PASSWORD).unwrap();
    let checks: Vec<Value> = list(&desk.ask("ready", json!({}))["checks"]);
    let clock = checks.iter().find(|check| check["key"] == "clock").unwrap();
    let [state, words, step] = ["state", "text", "step"].map(|key| text(&clock[key]));
    (state, words, step, desk.ask("state", json!({}))["clock_warning"].clone())
}

#[test]
fn a_clock_that_fell_back_offline_is_bad_before_leaving_and_said_on_every_screen() {
    let mut desk = Desk::new();
    desk.sync();
    let now = SystemHost.unix_ms();
    for unix_ms in [0, now - 20 * 60_000] {
        let (state, words, step, above) = clock_at(&mut desk, unix_ms);
        assert_eq!(state, "bad", "{unix_ms}: {words}");
        assert!(words.contains("时钟慢了") && step.contains("校准"), "{words} {step}");
        assert_eq!(above, json!(words));
    }
    // The control: the same list with a right clock.
    let (state, words, _, above) = clock_at(&mut desk, now);
    assert_eq!((state.as_str(), words.as_str()), ("good", "时钟与服务器一致"));
    assert_eq!(above, Value::Null);
}

#[test]
fn wrong_passwords_at_changing_one_are_counted_as_at_the_door() {
    let mut desk = Desk::new();
    let change = |desk: &mut Desk, old: &str, new: &str| {
        desk.call("password_change", json!({ "old": old, "new": new })).map(|_| ())
    };
    // The control: four wrong ones and the right one cost nothing, and the count begins anew.
    for _ in 0..4 {
        let tried = change(&mut desk, "wrong-password-1", OTHER_PASSWORD);
        assert_eq!(tried, Err(Code::PasswordWrong));
    }
    assert_eq!(change(&mut desk, PASSWORD, OTHER_PASSWORD), Ok(()));
    for _ in 0..5 {
        assert_eq!(change(&mut desk, PASSWORD, PASSWORD), Err(Code::PasswordWrong));
    }
    let sixth = change(&mut desk, OTHER_PASSWORD, PASSWORD);
    assert_eq!(sixth, Err(Code::PasswordWait), "with the right one too");
    desk.ask("lock", json!({}));
    assert_eq!(unlock(&mut desk, OTHER_PASSWORD), Err(Code::PasswordWait), "and at the door");
}

#[test]
fn key_files_that_are_gone_are_told_as_lost_and_not_as_a_device_that_never_had_any() {
    let mut desk = Desk::new();
    let locked = desk.ask("lock", json!({}));
    assert_eq!((&locked["key_lost"], list::<Value>(&locked["slots"]).len()), (&Value::Null, 1));
    let copies = ["slots.json", "slots.copy.json"].map(|name| desk.home.join(name));
    let whole = fs::read(&copies[0]).unwrap();
    let mark = desk.home.join("slots.mark");
    // A device of an older program has no mark: it is made as soon as the slots are read.
    fs::remove_file(&mark).unwrap();
    desk.ask("state", json!({}));
    assert!(mark.exists());
    copies.iter().for_each(|copy| fs::remove_file(copy).unwrap());
    let state = desk.ask("state", json!({}));
    assert!(text(&state["key_lost"]).contains("钥匙文件丢失"), "{state}");
    assert_eq!((&state["phase"], &state["notice"]), (&json!("locked"), &Value::Null));
    let asked = json!({ "slot": locked["slots"][0]["slot"], "password": PASSWORD });
    assert_eq!(desk.call("unlock", asked), Err(Code::KeyLost));
    // The control: where nothing says that there were any, the key is kept elsewhere.
    fs::rename(&mark, mark.with_extension("away")).unwrap();
    assert_eq!(desk.ask("state", json!({}))["key_lost"], Value::Null);
    fs::write(&copies[0], whole).unwrap();
    assert_eq!(unlock(&mut desk, PASSWORD), Ok(()));
}

/// Syncs, and what was told meanwhile on whichever screen.
fn told(desk: &mut Desk) -> Vec<String> {
    let mut told = Vec::new();
    desk.ask("sync", json!({}));
    for _ in 0..600 {
        let state = desk.ask("sync_state", json!({}));
        told.extend(state["notice"].as_str().map(str::to_owned));
        if state["phase"] != "running" {
            assert_eq!(state["phase"], "idle", "{state}");
            return told;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("the sync does not end");
}

#[test]
fn what_a_sync_healed_is_told_once_on_whichever_screen() {
    let mut desk = Desk::new();
    assert_eq!(told(&mut desk), [""; 0], "the control: nothing was healed");
    desk.ask("lock", json!({}));
    let kept = desk.home.with_extension("kept");
    copy_folder(&desk.home, &kept);
    unlock(&mut desk, PASSWORD).unwrap();
    desk.confirm_day();
    desk.register("周读卡", "431399197003070014");
    assert_eq!(told(&mut desk), [""; 0]);
    desk.ask("lock", json!({}));
    // The database of before, beside the mark of after.
    let mark = fs::read(desk.home.join("install.mark")).unwrap();
    fs::rename(&desk.home, desk.home.with_extension("lost")).unwrap();
    copy_folder(&kept, &desk.home);
    fs::write(desk.home.join("install.mark"), mark).unwrap();
    unlock(&mut desk, PASSWORD).unwrap();
    let healed = told(&mut desk);
    assert_eq!(healed, ["本机数据曾被恢复或复制，已自动改用新的编号，记录没有丢失。"]);
    assert_eq!(told(&mut desk), [""; 0], "once");
}
