//! Both key files of a device gone or spoilt: the organisation's recovery key opens it by the copy beside the store, and where that is
//! gone too it is said which files are missing.

use super::{Desk, OTHER_PASSWORD, PASSWORD, json, list, text};
use field::SystemHost;
use protocol::{Code, Failure};
use serde_json::Value;
use std::fs;
use std::sync::Arc;

const SLOTS: [&str; 2] = ["slots.json", "slots.copy.json"];
const COPY: &str = "recovery.age";

/// A device that 李梅 and 王芳 work on, of an organisation with a recovery key; the key.
fn desk_of_two() -> (Desk, String) {
    let mut desk = Desk::new();
    let keys = server::backup_keygen(&desk.home.with_extension("recovery")).unwrap();
    desk.central.console().set_recovery(&keys.recipient).unwrap();
    let code = desk.central.console().create_account_code("wangfang").unwrap().code;
    desk.ask("account_add", json!({ "account_code": code, "password": OTHER_PASSWORD }));
    desk.sync();
    desk.confirm_day();
    desk.register("周读卡", "431399197003070014");
    desk.ask("lock", json!({}));
    (desk, fs::read_to_string(&keys.file).unwrap())
}

fn recover(desk: &Desk, identity: &str, account: &str, password: &str) -> Result<usize, Failure> {
    let host = Arc::new(SystemHost);
    field::recover(&desk.home, identity, account, password, host).map(|shown| shown.slots.len())
}

fn unlock(desk: &mut Desk, account: &str, password: &str) -> Result<(), Code> {
    let state = desk.ask("state", json!({}));
    let slots: Vec<Value> = list(&state["slots"]);
    let slot = slots.iter().find(|slot| slot["account"] == account).map(|slot| text(&slot["slot"]));
    let ask = json!({ "slot": slot.unwrap_or_default(), "password": password });
    desk.call("unlock", ask).map(|_| ())
}

fn away(desk: &Desk, names: &[&str]) {
    names.iter().for_each(|name| fs::remove_file(desk.home.join(name)).unwrap());
}

#[test]
fn with_both_key_files_gone_or_spoilt_the_recovery_key_opens_by_the_copy_beside_the_store() {
    let (mut desk, identity) = desk_of_two();
    for (password, spoil) in [("xin-mi-ma-ji-de-zhu", false), ("zai-lai-yi-ge-mi-ma", true)] {
        match spoil {
            false => away(&desk, &SLOTS),
            true => SLOTS.iter().for_each(|name| fs::write(desk.home.join(name), "half").unwrap()),
        }
        assert_eq!(unlock(&mut desk, "limei", PASSWORD), Err(Code::KeyLost));
        assert_eq!(
            recover(&desk, &identity, "limei", "1234567890").unwrap_err().code,
            Code::PasswordWeak
        );
        assert_eq!(recover(&desk, &identity, "limei", password), Ok(1));
        assert_eq!(unlock(&mut desk, "limei", password), Ok(()));
        let found = desk.ask("find", json!({ "text": "431399197003070014", "stop_first": true }));
        assert_eq!(list::<Value>(&found["rows"]).len(), 1, "everything is there");
        desk.ask("lock", json!({}));
    }
    // Whoever else works here gets a new password in the same way: the slots made anew know the recovery key.
    assert_eq!(recover(&desk, &identity, "wangfang", "wo-ye-yao-yi-ge-xin"), Ok(2));
    assert!(field::slots(&desk.home, &SystemHost).unwrap().recovery);
    assert_eq!(unlock(&mut desk, "wangfang", "wo-ye-yao-yi-ge-xin"), Ok(()));
}

#[test]
fn where_the_copy_is_gone_too_the_missing_files_are_named_and_nothing_is_touched() {
    let (mut desk, identity) = desk_of_two();
    let whole = fs::read(desk.home.join(SLOTS[0])).unwrap();
    let copy = fs::read(desk.home.join(COPY)).unwrap();
    let tried = |desk: &Desk, identity: &str| {
        let failure = recover(desk, identity, "limei", "xin-mi-ma-ji-de-zhu").unwrap_err();
        (failure.code, failure.place.unwrap_or_default())
    };
    away(&desk, &[SLOTS[0], COPY]);
    fs::write(desk.home.join(SLOTS[1]), "half").unwrap();
    let gone = "slots.json 不在、slots.copy.json 已损坏、recovery.age 不在";
    assert_eq!(tried(&desk, &identity), (Code::RecoveryLost, gone.to_owned()));
    fs::write(desk.home.join(COPY), &copy[..copy.len() / 2]).unwrap();
    let spoilt = "slots.json 不在、slots.copy.json 已损坏、recovery.age 已损坏";
    assert_eq!(tried(&desk, &identity), (Code::RecoveryLost, spoilt.to_owned()));
    // Another organisation's key, and something that is none, are told as what they are.
    fs::write(desk.home.join(COPY), &copy).unwrap();
    let other = server::backup_keygen(&desk.home.with_extension("other")).unwrap();
    let other = fs::read_to_string(&other.file).unwrap();
    assert_eq!(tried(&desk, &other).0, Code::BackupIdentityWrong);
    assert_eq!(tried(&desk, "nothing").0, Code::BackupIdentityInvalid);
    assert!(!desk.home.join(SLOTS[0]).exists(), "nothing was written");
    // The control: any one of them put back, and it opens.
    away(&desk, &[COPY]);
    fs::write(desk.home.join(SLOTS[0]), whole).unwrap();
    assert_eq!(unlock(&mut desk, "limei", PASSWORD), Ok(()));
}

#[test]
fn a_home_of_an_earlier_program_has_the_copy_from_its_next_unlock_on() {
    let (mut desk, identity) = desk_of_two();
    away(&desk, &[COPY]);
    assert_eq!(unlock(&mut desk, "limei", "wrong-password-1"), Err(Code::PasswordWrong));
    assert!(!desk.home.join(COPY).exists(), "the control: not before");
    assert_eq!(unlock(&mut desk, "limei", PASSWORD), Ok(()));
    desk.ask("lock", json!({}));
    away(&desk, &SLOTS);
    assert_eq!(recover(&desk, &identity, "limei", "xin-mi-ma-ji-de-zhu"), Ok(1));
}

#[test]
fn key_files_lost_while_the_door_stands_open_are_told_at_the_next_try_and_not_as_a_wrong_password()
{
    let (mut desk, _) = desk_of_two();
    let before = desk.ask("state", json!({}));
    let slot = before["slots"][0]["slot"].clone();
    let try_at = |desk: &mut Desk, password: &str| {
        desk.call("unlock", json!({ "slot": slot, "password": password })).map(|_| ())
    };
    assert_eq!(try_at(&mut desk, "wrong-password-1"), Err(Code::PasswordWrong), "the control");
    for spoil in [true, false] {
        match spoil {
            true => SLOTS.iter().for_each(|name| fs::write(desk.home.join(name), "half").unwrap()),
            false => away(&desk, &SLOTS),
        }
        for password in [PASSWORD, "wrong-password-2"] {
            assert_eq!(try_at(&mut desk, password), Err(Code::KeyLost));
        }
        let state = desk.ask("state", json!({}));
        assert!(text(&state["key_lost"]).contains("恢复密钥"), "{state}");
    }
    assert_eq!(
        field::unlock(&desk.home, "limei", PASSWORD, &SystemHost).err().map(|f| f.code),
        Some(Code::KeyLost)
    );
}
