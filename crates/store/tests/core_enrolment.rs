//! Enrolment: one-time codes, tokens, certificates, and what the server heard. Times are arguments.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod core_support;

use core_support::{
    DISTRICT, NOW_MS, Place, VILLAGE, bodies, device, lone_device, own_key, server, unit_key,
};
use ledger::{Replica, verify_certificates, verify_device_certificate};
use protocol::failure::Code;
use protocol::{Entry, Fact};
use std::collections::BTreeMap;
use store::{CODE_TRIES_MAX, CODE_VALID_MS, EnrolAsk, Enrolled, Heard, Setting, StoreError};

fn ask<'a>(code: &'a str, place: &Place) -> EnrolAsk<'a> {
    EnrolAsk {
        code,
        device: place.store.device().unwrap(),
        public_key: place.store.public_key().unwrap(),
        name: "一号平板",
    }
}

fn new_code(server: &mut Place) -> String {
    server.store.new_enrol_code(&[unit_key(VILLAGE)], NOW_MS + CODE_VALID_MS).unwrap()
}

fn word(answer: Result<Enrolled, Code>) -> Result<(), Code> {
    answer.map(|_| ())
}

#[test]
fn a_code_lets_one_device_in_once() {
    let mut server = server();
    let (place, other) = (lone_device(), lone_device());
    let code = new_code(&mut server);
    assert_eq!(code.len(), "XXXX-XXXX-XXXX".len());
    let enrolled = server.store.enrol_device(&ask(&code, &place), NOW_MS).unwrap().unwrap();
    assert_eq!(enrolled.units, [unit_key(VILLAGE)]);
    let root = server.store.server_public_key().unwrap().unwrap();
    assert!(verify_device_certificate(&enrolled.certificate, &root).is_ok());
    let second = server.store.enrol_device(&ask(&code, &other), NOW_MS).unwrap();
    assert_eq!(word(second), Err(Code::CodeUsed));
    // The answer was lost on the way: the same device may ask again and gets a token that works.
    let again = server.store.enrol_device(&ask(&code, &place), NOW_MS + 1).unwrap().unwrap();
    assert_eq!(again.certificate, enrolled.certificate);
    assert_eq!(bodies(&server.store, &own_key(&server, DISTRICT)).len(), 1);
    let of = |token: &str| server.store.device_of_token(token).unwrap();
    assert_eq!(of(&again.token), Some(place.store.device().unwrap()));
    assert_eq!(of(&enrolled.token), None);
}

#[test]
fn a_device_id_belongs_to_one_key() {
    let mut server = server();
    let (place, other) = (lone_device(), lone_device());
    let codes: Vec<String> = (0..3).map(|_| new_code(&mut server)).collect();
    let mut enrol = |ask: &EnrolAsk| word(server.store.enrol_device(ask, NOW_MS).unwrap());
    assert_eq!(enrol(&ask(&codes[0], &place)), Ok(()));
    let impostor =
        EnrolAsk { public_key: other.store.public_key().unwrap(), ..ask(&codes[1], &place) };
    assert_eq!(enrol(&impostor), Err(Code::CodeInvalid));
    // Control: the device itself may enrol anew.
    assert_eq!(enrol(&ask(&codes[2], &place)), Ok(()));
}

#[test]
fn a_code_is_read_as_people_type_it() {
    let mut server = server();
    for change in [
        |code: &str| code.to_lowercase(),
        |code: &str| code.replace('-', " "),
        |code: &str| format!(" {} ", code.replace('-', "")),
        |code: &str| code.replace('0', "o").replace('1', "l"),
    ] {
        let place = lone_device();
        let typed = change(&new_code(&mut server));
        let answer = server.store.enrol_device(&ask(&typed, &place), NOW_MS).unwrap();
        assert_eq!(word(answer), Ok(()), "{typed}");
    }
}

#[test]
fn a_code_that_is_wrong_late_or_tried_too_often_lets_nobody_in() {
    let mut server = server();
    let place = lone_device();
    let check = |server: &mut Place, code: &str, now_ms: i64, expected: Code| {
        let answer = server.store.enrol_device(&ask(code, &place), now_ms).unwrap();
        assert_eq!(word(answer), Err(expected), "{code}");
    };
    let code = new_code(&mut server);
    check(&mut server, "", NOW_MS, Code::CodeInvalid);
    check(&mut server, "XXXX", NOW_MS, Code::CodeInvalid);
    check(&mut server, &format!("{code}0"), NOW_MS, Code::CodeInvalid);
    check(&mut server, "登记码登记码登记码登记码", NOW_MS, Code::CodeInvalid);
    check(&mut server, &code, NOW_MS + CODE_VALID_MS, Code::CodeExpired);
    let last = if code.ends_with('0') { "1" } else { "0" };
    let wrong = format!("{}{last}", &code[..code.len() - 1]);
    for _ in 0..CODE_TRIES_MAX {
        check(&mut server, &wrong, NOW_MS, Code::CodeInvalid);
    }
    check(&mut server, &code, NOW_MS, Code::CodeExpired);
    // Control: one wrong try less, and the code works.
    let code = new_code(&mut server);
    let last = if code.ends_with('0') { "1" } else { "0" };
    let wrong = format!("{}{last}", &code[..code.len() - 1]);
    for _ in 1..CODE_TRIES_MAX {
        check(&mut server, &wrong, NOW_MS, Code::CodeInvalid);
    }
    let answer = server.store.enrol_device(&ask(&code, &place), NOW_MS).unwrap();
    assert_eq!(word(answer), Ok(()));
}

#[test]
fn only_hashes_of_codes_and_tokens_are_kept() {
    let mut server = server();
    let place = lone_device();
    let code = new_code(&mut server);
    let enrolled = server.store.enrol_device(&ask(&code, &place), NOW_MS).unwrap().unwrap();
    let kept = |wanted: &str| {
        let sql = "SELECT hex(secret_hash) || code_key || hex(secret_hash) FROM enrol_code
                   UNION ALL SELECT hex(token_hash) FROM device_token
                   UNION ALL SELECT hex(value) FROM setting";
        let texts = server.store.read(|tx| tx.rows(sql, &[], |row| Ok(row.text(0)?.to_owned())));
        let hex: String = wanted.bytes().map(|b| format!("{b:02X}")).collect();
        texts.unwrap().iter().any(|text| text.contains(wanted) || text.contains(&hex))
    };
    let secret = code[5..].replace('-', "");
    assert!(!kept(&secret) && !kept(&enrolled.token) && !kept(&enrolled.token.to_uppercase()));
    // Control: the part that is no secret is found, and a setting.
    assert!(kept(&code[..4]) && kept(DISTRICT));
}

#[test]
fn a_revoked_device_keeps_its_token_to_hand_over_with() {
    let mut server = server();
    let place = device(&mut server, &[VILLAGE]);
    let token = place.store.setting_text(Setting::Token).unwrap().unwrap();
    let id = place.store.device().unwrap();
    assert_eq!(server.store.device_of_token(&token), Ok(Some(id)));
    assert_eq!(server.store.device_of_token(""), Ok(None));
    assert_eq!(server.store.device_of_token(&token.to_uppercase()), Ok(None));
    assert_eq!(server.store.is_revoked(&id), Ok(false));
    assert_eq!(server.store.revoke_device(&id), Ok(2));
    let again = server.store.revoke_device(&id);
    assert_eq!(again, Err(StoreError::Refused(Code::NothingToChange)));
    assert_eq!(server.store.is_revoked(&id), Ok(true));
    assert_eq!(server.store.device_of_token(&token), Ok(Some(id)));
    assert_eq!(server.store.newer_certificate(&id, 0), Ok(None));
    assert!(server.store.devices().unwrap()[0].is_revoked);
    let unknown = server.store.revoke_device(&[9; 16]);
    assert_eq!(unknown, Err(StoreError::Refused(Code::DeviceUnknown)));
}

#[test]
fn an_enrolment_is_an_entry_of_the_district_without_the_token() {
    let mut server = server();
    let place = device(&mut server, &[VILLAGE]);
    let kept = bodies(&server.store, &own_key(&server, DISTRICT));
    assert_eq!(kept.len(), 1);
    let token = place.store.setting_text(Setting::Token).unwrap().unwrap();
    assert!(!kept[0].windows(token.len()).any(|window| window == token.as_bytes()));
    match Entry::decode(&kept[0]).unwrap().fact {
        Fact::Enrolment(fact) => {
            assert_eq!(fact.device, place.store.device().unwrap());
            assert_eq!(fact.units, [VILLAGE]);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_enrolled_device_can_prove_its_writer_and_keeps_to_its_server() {
    let mut server = server();
    let mut place = device(&mut server, &[VILLAGE]);
    let root = server.store.server_public_key().unwrap().unwrap();
    let (certificate, writer) = place.store.certificates(&place.store.writer()).unwrap().unwrap();
    let verified = verify_certificates(&certificate, &writer, &root).unwrap();
    assert_eq!(verified.writer, place.store.writer());
    assert_eq!(place.store.writers_of(&certificate.device), Ok(vec![verified.writer]));
    let mut other = core_support::server();
    let code = new_code(&mut other);
    let elsewhere = other.store.enrol_device(&ask(&code, &place), NOW_MS).unwrap().unwrap();
    let other_root = other.store.server_public_key().unwrap().unwrap();
    let mut check = |certificate, root, code| {
        let refused = place.store.become_enrolled(certificate, root, &[]);
        assert_eq!(refused, Err(StoreError::Refused(code)));
    };
    check(&elsewhere.certificate, &other_root, Code::AlreadyEnrolled);
    check(&elsewhere.certificate, &root, Code::ServerAnswerUnknown);
    let strange = lone_device();
    let mut strange_ask = ask("", &strange);
    let code = new_code(&mut server);
    strange_ask.code = &code;
    let strange = server.store.enrol_device(&strange_ask, NOW_MS).unwrap().unwrap();
    check(&strange.certificate, &root, Code::ServerAnswerUnknown);
}

#[test]
fn the_server_knows_when_it_last_heard_from_whom() {
    let mut server = server();
    let place = device(&mut server, &[VILLAGE]);
    let id = place.store.device().unwrap();
    assert_eq!(server.store.heard(), Ok(BTreeMap::new()));
    let first = Heard { heard_at_ms: NOW_MS, clock_offset_ms: -56 * 365 * 86_400_000, unsent: 12 };
    let last = Heard { heard_at_ms: NOW_MS + 5, clock_offset_ms: 3, unsent: 0 };
    server.store.note_heard(&id, &first).unwrap();
    assert_eq!(server.store.heard().unwrap()[&id], first);
    server.store.note_heard(&id, &last).unwrap();
    assert_eq!(server.store.heard(), Ok(BTreeMap::from([(id, last)])));
    assert_eq!(place.store.heard(), Ok(BTreeMap::new()));
}

#[test]
fn a_code_names_units_and_a_server_gives_it() {
    let mut server = server();
    let refused = server.store.new_enrol_code(&[], NOW_MS);
    assert_eq!(refused, Err(StoreError::Refused(Code::UnitUnknown)));
    let mut place = lone_device();
    let ask = ask("0000-0000-0000", &server);
    let refused = place.store.enrol_device(&ask, NOW_MS).map(word);
    assert_eq!(refused, Err(StoreError::Refused(Code::ServerRefused)));
}
