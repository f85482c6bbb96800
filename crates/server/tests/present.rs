//! Devices that a restored server has forgotten: what they prove, what is refused, and what they may do until they are let
//! in again.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Answer, Device, Server, VILLAGE, heads};
use ledger::{
    DeviceCertificate, Replica, Showing, SigningKey, public_key, sign_device_certificate,
    sign_showing,
};
use prost::Message;
use protocol::call::{HeadsAnswer, HeadsRequest, PresentAnswer, PresentRequest};
use protocol::{Code, PROTOCOL_VERSION};
use server::Limits;
use sha2::{Digest, Sha256};
use store::Setting;
use sync::Presenting;

const TOKEN: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

fn ask(server: &Server) -> PresentAnswer {
    let request = PresentRequest { protocol: PROTOCOL_VERSION, ..PresentRequest::default() };
    let answer = server.post("/sync/v1/present", None, &request.encode_to_vec());
    assert_eq!(answer.status, 200);
    PresentAnswer::decode(answer.body.as_slice()).unwrap()
}

/// The answer to a challenge, as this key gives it beside this certificate.
fn shown(
    asked: &PresentAnswer,
    certificate: &DeviceCertificate,
    key: &SigningKey,
) -> PresentRequest {
    let showing = Showing {
        instance: asked.instance.as_slice().try_into().unwrap(),
        challenge: asked.challenge.as_slice().try_into().unwrap(),
        token_hash: Sha256::digest(TOKEN).into(),
    };
    PresentRequest {
        protocol: PROTOCOL_VERSION,
        challenge: asked.challenge.clone(),
        certificate: certificate.encode(),
        token_hash: showing.token_hash.to_vec(),
        signature: sign_showing(&showing, key).to_vec(),
        name: "被忘记的平板".to_owned(),
        stations: Vec::new(),
    }
}

fn certificate(device: &Device) -> DeviceCertificate {
    let writer = device.store.own_writer().unwrap();
    device.store.certificates(&writer).unwrap().unwrap().0
}

fn send(server: &Server, request: &PresentRequest) -> Answer {
    server.post("/sync/v1/present", None, &request.encode_to_vec())
}

/// A device that was enrolled with another life of this server: certified by its key, unknown to its store.
fn forgotten(server: &Server) -> Device {
    let mut device = Device::new();
    let root = server.store().signing_key().unwrap();
    let unit = ledger::UnitKey::try_new(VILLAGE).unwrap();
    let key = device.store.public_key().unwrap();
    let id = device.store.device().unwrap();
    let certificate = sign_device_certificate(id, key, vec![unit], 1, &root);
    let ca = server.ca_pem();
    let settings: [(Setting, &[u8]); 3] = [
        (Setting::Token, &[b'0'; 64]),
        (Setting::CaPem, ca.as_bytes()),
        (Setting::Policy, &1_i64.to_be_bytes()),
    ];
    device.store.become_enrolled(&certificate, &public_key(&root), &settings).unwrap();
    device.url = server.url.clone();
    device
}

fn present(server: &Server, device: &mut Device) {
    let (certificate, key) = (certificate(device), device.store.signing_key().unwrap());
    let (token, name) = (TOKEN, "平板");
    let presenting =
        Presenting { certificate: &certificate, device_key: &key, token, name, stations: &[] };
    sync::present(&mut device.https(&server.url), &presenting).unwrap();
    device.store.set_setting(Setting::Token, TOKEN.as_bytes()).unwrap();
}

#[test]
fn who_proves_nothing_is_refused_with_its_reason_and_gets_no_token() {
    let server = Server::start();
    let device = forgotten(&server);
    let (good, key) = (certificate(&device), device.store.signing_key().unwrap());
    let stranger = SigningKey::from_bytes(&[7; 32]);
    let check = |what: &str, code: Code, make: &dyn Fn(&PresentAnswer) -> PresentRequest| {
        let answer = send(&server, &make(&ask(&server)));
        assert_eq!((answer.status, answer.code()), (403, code.word().to_owned()), "{what}");
        let heads = HeadsRequest { protocol: PROTOCOL_VERSION, ..HeadsRequest::default() };
        let heads = server.post("/sync/v1/heads", Some(TOKEN), &heads.encode_to_vec());
        assert_eq!(heads.status, 401, "{what}");
    };
    let unproven = Code::DeviceUnproven;
    check("another's key", unproven, &|asked| shown(asked, &good, &stranger));
    let other = sign_device_certificate(good.device, good.public_key, vec![], 1, &stranger);
    check("another server's certificate", unproven, &|asked| shown(asked, &other, &key));
    let grown = DeviceCertificate { policy: 9, ..good.clone() };
    check("a certificate changed", unproven, &|asked| shown(asked, &grown, &key));
    check("no certificate", unproven, &|asked| PresentRequest {
        certificate: Vec::new(),
        ..shown(asked, &good, &key)
    });
    check("another life of the server", unproven, &|asked| {
        let asked = PresentAnswer { instance: vec![5; 16], ..asked.clone() };
        shown(&asked, &good, &key)
    });
    check("another token than signed", unproven, &|asked| PresentRequest {
        token_hash: vec![5; 32],
        ..shown(asked, &good, &key)
    });
    check("a challenge never given", Code::ChallengeUnknown, &|asked| {
        let asked = PresentAnswer { challenge: vec![5; 32], ..asked.clone() };
        shown(&asked, &good, &key)
    });
    // Control: the untouched one is taken, and the same again is not.
    let request = shown(&ask(&server), &good, &key);
    assert_eq!(send(&server, &request).status, 201);
    assert_eq!(send(&server, &request).code(), Code::ChallengeUnknown.word());
}

#[test]
fn a_revoked_device_stays_one_whatever_it_shows() {
    let server = Server::start();
    let mut device = Device::enrolled(&server, &[VILLAGE]);
    let (good, key) = (certificate(&device), device.store.signing_key().unwrap());
    let id = device.store.device().unwrap();
    server.store().revoke_device(&id).unwrap();
    // It may hand over, so it is let in for that.
    assert_eq!(send(&server, &shown(&ask(&server), &good, &key)).status, 201);
    assert_eq!(server.store().is_revoked(&id), Ok(true));
    // Control: a coordinator's code lets it in again.
    device.enrol(&server, &server.code(&[VILLAGE])).unwrap();
    assert_eq!(server.store().is_revoked(&id), Ok(false));
    assert!(!device.sync().push_only);
}

#[test]
fn a_forgotten_device_gives_everything_and_gets_nothing_of_others_until_it_is_let_in() {
    let server = Server::start();
    let mut known = Device::enrolled(&server, &[VILLAGE]);
    known.register(VILLAGE);
    known.sync();
    let mut device = forgotten(&server);
    device.register(VILLAGE);
    present(&server, &mut device);
    let outcome = device.sync();
    assert_eq!((outcome.report.pushed, outcome.report.pulled), (1, 0));
    assert!(outcome.push_only);
    assert_eq!(heads(&server.store(), VILLAGE).len(), 2);
    assert_eq!(heads(&device.store, VILLAGE).len(), 1);
    let wanted = protocol::call::Wanted {
        unit: VILLAGE.to_owned(),
        writer: known.store.own_writer().unwrap().0.to_vec(),
        after: 0,
    };
    let mut https = device.https(&server.url);
    let pull = protocol::call::PullRequest {
        protocol: PROTOCOL_VERSION,
        wanted: vec![wanted],
        bytes_max: 1 << 20,
    };
    let given = |https: &mut sync::Https| {
        let bytes = sync::Carrier::pull(https, &pull).unwrap();
        sync::decode_batch(&bytes, &ledger::Limits::default()).unwrap().ranges.len()
    };
    assert_eq!(given(&mut https), 0, "asked for by name, nothing is given either");
    let mut console = server.console();
    let rows = console.devices().unwrap();
    assert_eq!(rows.iter().filter(|row| row.waiting_zh.is_some()).count(), 1);
    assert_eq!(console.status().unwrap().devices_waiting, 1);
    // Control: the coordinator agrees, and the same call is answered.
    let row = rows.iter().find(|row| row.waiting_zh.is_some()).unwrap();
    console.agree_device(&row.device).unwrap();
    assert_eq!(given(&mut https), 1);
    assert!(!device.sync().push_only);
    assert_eq!(heads(&device.store, VILLAGE), heads(&server.store(), VILLAGE));
    assert_eq!(console.status().unwrap().devices_waiting, 0);
    assert_eq!(console.agree_device(&row.device).unwrap_err().code, Code::NothingToChange);
    assert_eq!(console.agree_device("of nobody").unwrap_err().code, Code::DeviceUnknown);
}

#[test]
fn showing_is_bounded_in_size_and_in_tries() {
    let server = Server::with(Limits { presents_per_minute_max: 4, ..Limits::default() });
    let large = vec![0; 40_000];
    assert_eq!(server.post("/sync/v1/present", None, &large).status, 413);
    let statuses: Vec<u16> =
        (0..12).map(|_| server.post("/sync/v1/present", None, b"").status).collect();
    // A minute may turn in between; then the counting begins anew, once.
    assert!(statuses.contains(&429), "{statuses:?}");
    let heads = HeadsRequest { protocol: PROTOCOL_VERSION, ..HeadsRequest::default() };
    let mut device = Device::enrolled(&server, &[VILLAGE]);
    let answer = server.post("/sync/v1/heads", Some(&device.token()), &heads.encode_to_vec());
    // Control: who has a token is answered as before, and is told it may pull.
    assert_eq!(answer.status, 400, "no writer named");
    assert!(!device.sync().push_only);
    assert!(!HeadsAnswer::default().push_only);
}

#[test]
fn control_a_forgotten_device_that_does_not_show_itself_hands_nothing_over() {
    let server = Server::start();
    let mut device = forgotten(&server);
    device.register(VILLAGE);
    let url = server.url.clone();
    let stopped = device.try_sync(&url).unwrap_err();
    assert_eq!(stopped.error.to_string(), sync::CarrierError::Token.to_string());
    assert_eq!((device.unsent(), heads(&server.store(), VILLAGE).len()), (1, 0));
    present(&server, &mut device);
    assert_eq!(device.sync().report.pushed, 1);
}
