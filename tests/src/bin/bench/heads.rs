//! What it costs to ask when nothing has changed: 50 units with 20 writers each.

use crate::central::District;
use crate::figure::{Budget, Figure};
use ledger::{
    Chain, Head, Range, Replica, SigningKey, StreamKey, UnitKey, WriterId, body_hash, public_key,
    sign_device_certificate, sign_seal, sign_writer_certificate,
};
use protocol::call::{HeadsRequest, PullRequest, PushAnswer};
use std::path::Path;
use store::Setting;
use stories::measure::data::{Lcg, checkup, villages};
use stories::team::said;
use sync::{
    Carrier, CarrierError, DeviceClock, Https, HttpsLimits, Pace, Seen, Start, Traffic, run,
};

const UNITS: usize = 50;
const WRITERS: u8 = 20;

pub fn measure(folder: &Path) -> Vec<Figure> {
    let district = District::make(folder, villages(UNITS), 2);
    fill(&district);
    let device = district.enrol(folder, "device", &district.url());
    said(device.home().sync());
    let mut store = device.store();
    let text = |setting| store.setting_text(setting).unwrap().unwrap();
    let clock = DeviceClock {
        unix_ms: stories::steady::AFTERNOON_MS,
        heard_unix_ms: store.setting_number(Setting::ServerHeardMs).unwrap(),
    };
    let https = Https::new(
        &text(Setting::ServerUrl),
        &text(Setting::CaPem),
        &text(Setting::Token),
        clock,
        HttpsLimits::default(),
    );
    let mut carrier = Counted { https: https.unwrap(), calls: 0 };
    let seen = store.setting(Setting::Seen).unwrap().unwrap();
    let start = Start {
        server_public_key: store.server_public_key().unwrap().unwrap(),
        seen: <Seen as prost::Message>::decode(seen.as_slice()).unwrap(),
        unix_ms: stories::steady::AFTERNOON_MS,
        unsent: 0,
        pace: Pace::default(),
        first_units: Vec::new(),
        push_only: false,
        nonce: [7; 16],
    };
    let outcome = run(&mut store, &mut carrier, &start).unwrap();
    assert_eq!((outcome.report.pushed, outcome.report.pulled), (0, 0));
    let bytes = outcome.report.bytes_up + outcome.report.bytes_down;
    let method = format!("{UNITS} units, {WRITERS} writers in each; a run right after a run");
    vec![
        Figure::one(
            "heads, nothing changed: calls",
            "calls",
            f64::from(carrier.calls),
            Budget::AtMost(1.0),
            method.clone(),
        ),
        Figure::one(
            "heads, nothing changed: bytes",
            "B",
            bytes as f64,
            Budget::AtMost(2_048.0),
            method,
        ),
    ]
}

/// Every writer has one sealed entry in every unit.
fn fill(district: &District) {
    let mut store = district.central.store();
    let server_key = store.signing_key().unwrap();
    let units: Vec<UnitKey> =
        district.units.iter().map(|unit| UnitKey::try_new(&unit.0).unwrap()).collect();
    let mut random = Lcg(19);
    for number in 1..=WRITERS {
        let device_key = SigningKey::from_bytes(&[number; 32]);
        let (device, writer) = ([number; 16], WriterId([number; 16]));
        let certificates = (
            sign_device_certificate(device, public_key(&device_key), units.clone(), 0, &server_key),
            sign_writer_certificate(device, writer, &device_key),
        );
        for (unit, people) in units.iter().zip(&district.rosters.people) {
            let body = checkup(&mut random, &people[0], district.round)[1].encode();
            let key = StreamKey::new(unit.clone(), writer);
            let after = Head { seq: 0, chain: Chain::genesis(&key) };
            let head = Head { seq: 1, chain: after.chain.next(&body_hash(&body)) };
            let seal = sign_seal(&key, &head, &device_key);
            let range = Range { key, after, bodies: vec![body], seal };
            let answers = store.accept(&[range], std::slice::from_ref(&certificates)).unwrap();
            assert!(answers.iter().all(Result::is_ok), "not taken");
        }
    }
    store.seal_own().unwrap();
}

/// The real carrier, its calls counted.
struct Counted {
    https: Https,
    calls: u32,
}

impl Carrier for Counted {
    fn heads(&mut self, request: &HeadsRequest) -> Result<Vec<u8>, CarrierError> {
        self.calls += 1;
        self.https.heads(request)
    }

    fn push(&mut self, batch: &[u8]) -> Result<PushAnswer, CarrierError> {
        self.calls += 1;
        self.https.push(batch)
    }

    fn pull(&mut self, request: &PullRequest) -> Result<Vec<u8>, CarrierError> {
        self.calls += 1;
        self.https.pull(request)
    }

    fn traffic(&self) -> Traffic {
        self.https.traffic()
    }
}
