//! Letting devices in: a code works once, for one device, for a while, for five tries; and a device gives
//! its code to nobody but the server it was told of.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Device, Server, VILLAGE, clock};
use ledger::UnitKey;
use prost::Message;
use protocol::Code;
use protocol::call::{EnrolAnswer, EnrolRequest};
use server::Limits;
use sync::{CaPin, CarrierError, HttpsLimits, enrol};

fn refused(code: Code) -> Result<(), CarrierError> {
    Err(CarrierError::Refused(code))
}

/// The same code with another last character.
fn mistyped(code: &str) -> String {
    let last = if code.ends_with('7') { '8' } else { '7' };
    format!("{}{last}", &code[..code.len() - 1])
}

#[test]
fn a_code_lets_one_device_in_once() {
    let server = Server::start();
    let code = server.code(&[VILLAGE]);
    let mut one = Device::new();
    // As a person may type it.
    one.enrol(&server, &code.to_lowercase().replace('-', " ")).unwrap();
    one.register(VILLAGE);
    assert_eq!(one.sync().report.pushed, 1);
    assert_eq!(Device::new().enrol(&server, &code), refused(Code::CodeUsed));
    assert_eq!(server.console().devices().unwrap().len(), 1);
}

#[test]
fn a_device_whose_answer_was_lost_asks_again_with_the_same_code() {
    let server = Server::start();
    let code = server.code(&[VILLAGE]);
    let mut one = Device::new();
    let first = one.enrol_request(&code);
    enrol(&server.url, server.pin(), &first, clock(), HttpsLimits::default()).unwrap();
    one.enrol(&server, &code).unwrap();
    one.register(VILLAGE);
    assert_eq!(one.sync().report.pushed, 1);
    assert_eq!(server.console().devices().unwrap().len(), 1);
}

#[test]
fn a_code_is_void_after_five_wrong_tries() {
    let server = Server::start();
    let check = |tries: usize, expected: Result<(), CarrierError>| {
        let code = server.code(&[VILLAGE]);
        for _ in 0..tries {
            let wrong = Device::new().enrol(&server, &mistyped(&code));
            assert_eq!(wrong, refused(Code::CodeInvalid));
        }
        assert_eq!(Device::new().enrol(&server, &code), expected, "after {tries} tries");
    };
    check(4, Ok(()));
    check(5, refused(Code::CodeExpired));
}

#[test]
fn a_code_ends_with_its_time() {
    let server = Server::start();
    let units = [UnitKey::try_new(VILLAGE).unwrap()];
    let code = server.store().new_enrol_code(&units, 1).unwrap();
    assert_eq!(Device::new().enrol(&server, &code), refused(Code::CodeExpired));
    for nonsense in ["", "0000-0000-0000", "X", &"A".repeat(500)] {
        assert_eq!(Device::new().enrol(&server, nonsense), refused(Code::CodeInvalid));
    }
}

#[test]
fn a_code_works_while_another_program_made_it_and_after_a_restart() {
    let server = Server::start();
    let code = server.code(&[VILLAGE]);
    let server = server.restart();
    Device::new().enrol(&server, &code).unwrap();
}

#[test]
fn a_wrong_pin_stops_the_device_before_it_says_anything() {
    let server = Server::start();
    let other = Server::start();
    let code = server.code(&[VILLAGE]);
    let request = Device::new().enrol_request(&code);
    let check = |url: &str, pin: CaPin| {
        let error = enrol(url, pin, &request, clock(), HttpsLimits::default()).unwrap_err();
        assert_eq!(error, CarrierError::Untrusted);
    };
    check(&server.url, CaPin([0; 32]));
    check(&server.url, other.pin());
    check(&other.url, server.pin());
    // The code was not used up by any of it.
    enrol(&server.url, server.pin(), &request, clock(), HttpsLimits::default()).unwrap();
}

#[test]
fn a_device_keeps_to_the_ca_it_was_enrolled_with() {
    let server = Server::start();
    let other = Server::start();
    let mut one = Device::enrolled(&server, &[VILLAGE]);
    one.register(VILLAGE);
    let stopped = one.try_sync(&other.url).unwrap_err();
    let error = stopped.error.to_string();
    assert_eq!(error, CarrierError::Untrusted.to_string());
    assert_eq!(one.unsent(), 1);
    assert_eq!(one.sync().report.pushed, 1);
}

#[test]
fn the_id_of_another_device_cannot_be_taken_over() {
    let server = Server::start();
    let one = Device::enrolled(&server, &[VILLAGE]);
    let mut thief = Device::new().enrol_request(&server.code(&[VILLAGE]));
    thief.device = one.store.device().unwrap().to_vec();
    let taken = enrol(&server.url, server.pin(), &thief, clock(), HttpsLimits::default());
    assert_eq!(taken.unwrap_err(), CarrierError::Refused(Code::CodeInvalid));
}

#[test]
fn what_is_no_enrolment_is_refused_as_such() {
    let server = Server::start();
    let good = Device::new().enrol_request(&server.code(&[VILLAGE]));
    let check = |what: &str, request: EnrolRequest, status: u16, code: Code| {
        let answer = server.post("/sync/v1/enrol", None, &request.encode_to_vec());
        assert_eq!((answer.status, answer.code().as_str()), (status, code.word()), "{what}");
    };
    let malformed = Code::RequestMalformed;
    check("device", EnrolRequest { device: vec![1; 15], ..good.clone() }, 400, malformed);
    check("key", EnrolRequest { public_key: vec![], ..good.clone() }, 400, malformed);
    check("name", EnrolRequest { name: "x".repeat(201), ..good.clone() }, 400, malformed);
    check("control", EnrolRequest { name: "a\nb".to_owned(), ..good.clone() }, 400, malformed);
    check("version 0", EnrolRequest { protocol: 0, ..good.clone() }, 400, malformed);
    check("newer", EnrolRequest { protocol: 99, ..good.clone() }, 400, Code::ProtocolNewer);
    let large = EnrolRequest { code: "x".repeat(5_000), ..good.clone() };
    check("large", large, 413, Code::RequestTooLarge);
    // Control: the untouched one is let in.
    let answer = server.post("/sync/v1/enrol", None, &good.encode_to_vec());
    assert_eq!(answer.status, 201);
    assert_eq!(EnrolAnswer::decode(answer.body.as_slice()).unwrap().units, [VILLAGE]);
}

#[test]
fn one_address_cannot_try_codes_without_end() {
    let server = Server::with(Limits { enrols_per_minute_max: 3, ..Limits::default() });
    let statuses: Vec<u16> =
        (0..8).map(|_| server.post("/sync/v1/enrol", None, b"").status).collect();
    // A minute may turn in between; then the counting begins anew, once.
    assert!(statuses.contains(&429), "{statuses:?}");
    assert!(statuses.iter().filter(|status| **status == 400).count() <= 6, "{statuses:?}");
}

#[test]
fn a_revoked_device_hands_over_and_is_given_nothing() {
    let server = Server::start();
    let mut one = Device::enrolled(&server, &[VILLAGE]);
    one.register(VILLAGE);
    one.sync();
    let mut other = Device::enrolled(&server, &[VILLAGE]);
    let policy = server.store().revoke_device(&one.store.device().unwrap()).unwrap();
    other.register(VILLAGE);
    other.sync();
    one.register(VILLAGE);
    let outcome = one.sync();
    assert!(outcome.revoked && outcome.push_only);
    assert_eq!((outcome.seen.policy, outcome.report.pushed, outcome.report.pulled), (policy, 1, 0));
    assert_eq!(server.store().held_count(), Ok(1));
    let again = one.sync();
    assert_eq!((again.report.pushed, again.report.pulled, one.unsent()), (0, 0, 0));
    assert_eq!(server.store().held_count(), Ok(1));
    // Not even what it wrote itself, however it asks.
    let writer = one.store.writer();
    let unit = ledger::UnitKey::try_new(VILLAGE).unwrap();
    let key = ledger::StreamKey::new(unit, writer);
    let pull = |device: &Device| {
        let wanted = protocol::call::Wanted {
            unit: key.unit.to_string(),
            writer: key.writer.0.to_vec(),
            after: 0,
        };
        let request = protocol::call::PullRequest {
            protocol: protocol::PROTOCOL_VERSION,
            wanted: vec![wanted],
            bytes_max: 1 << 20,
        };
        let mut https = device.https(&device.url);
        let bytes = sync::Carrier::pull(&mut https, &request).unwrap();
        sync::decode_batch(&bytes, &ledger::Limits::default()).unwrap().ranges.len()
    };
    assert_eq!(pull(&one), 0);
    // Control: the other device asks the same and gets it.
    assert!(pull(&other) > 0);
}
