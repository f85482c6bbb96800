//! Every answer of a small sync cut at every byte and with every bit of it changed, on replicas in memory: whatever is
//! read out of it, nothing counts as uploaded that is not there, nothing wrong is taken, and the next run completes. Of
//! an answer to `heads` or `enrol`, which the server signs, nothing at all is believed: it is as if it had been lost.
//! How HTTP and TLS are cut and changed is tested with the real server (`crates/server/tests`).
#![allow(clippy::unwrap_used)]

mod common;

use common::{
    MemoryCarrier, body, contents, device, server, server_key, signed_heads, start, unit,
};
use ledger::memory::MemoryReplica;
use ledger::{
    DeviceCertificate, Head, Replica, SigningKey, StreamKey, public_key, sign_device_certificate,
    verify_device_certificate,
};
use prost::Message;
use protocol::PROTOCOL_VERSION;
use protocol::call::{EnrolAnswer, EnrolRequest, HeadsRequest, PullRequest, PushAnswer};
use std::collections::BTreeMap;
use sync::{Carrier, CarrierError, Outcome, Start, Stopped, Traffic, read_enrolled, run, signed};

const A: &str = "431302204201";
const ALL: [&str; 1] = [A];
const SEED: u64 = 20_260_914;

/// What becomes of the bytes of one answer.
#[derive(Debug, Clone, Copy)]
enum Spoil {
    Whole,
    Cut(usize),
    Flip(usize),
    /// Whole, and a lie: the server forgets what it signed for.
    Lie,
    /// It never comes.
    Lost,
}

impl Spoil {
    fn done(self, mut bytes: Vec<u8>) -> Vec<u8> {
        match self {
            Spoil::Whole | Spoil::Lie | Spoil::Lost => {}
            Spoil::Cut(length) => bytes.truncate(length),
            Spoil::Flip(bit) => bytes[bit / 8] ^= 1 << (bit % 8),
        }
        bytes
    }
}

/// What comes after the spoiled answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    Silence,
    Calm,
}

/// A carrier whose answers travel as bytes, one of them spoiled.
struct Spoiler<'s> {
    inner: MemoryCarrier<'s>,
    /// Which call's answer, and how.
    at: usize,
    spoil: Spoil,
    then: Then,
    calls: usize,
    /// The answer to `heads` is spoiled and then signed: the guard is off.
    signs_anything: bool,
    /// Call and length of each answer.
    given: Vec<(&'static str, usize)>,
}

impl Spoiler<'_> {
    fn pass(&mut self, call: &'static str, bytes: Vec<u8>) -> Result<Vec<u8>, CarrierError> {
        self.given.push((call, bytes.len()));
        self.calls += 1;
        match self.spoil {
            _ if self.calls - 1 != self.at => Ok(bytes),
            Spoil::Lost => Err(CarrierError::AnswerUnknown),
            spoil => Ok(spoil.done(bytes)),
        }
    }

    fn is_silent(&self) -> bool {
        self.then == Then::Silence && self.calls > self.at
    }
}

fn read<M: Message + Default>(bytes: &[u8]) -> Result<M, CarrierError> {
    M::decode(bytes).map_err(|_| CarrierError::AnswerUnknown)
}

impl Carrier for Spoiler<'_> {
    fn heads(&mut self, request: &HeadsRequest) -> Result<Vec<u8>, CarrierError> {
        if self.is_silent() {
            return Err(CarrierError::Unreachable);
        }
        let answer = self.inner.told(request)?;
        if self.signs_anything {
            let bytes = self.pass("heads", answer.encode_to_vec())?;
            return Ok(signed("heads", &request.encode_to_vec(), bytes, &server_key()));
        }
        self.pass("heads", signed_heads(request, &answer))
    }

    fn push(&mut self, batch: &[u8]) -> Result<PushAnswer, CarrierError> {
        if self.is_silent() {
            return Err(CarrierError::Unreachable);
        }
        let before = self.inner.server.clone();
        let answer = self.inner.push(batch)?;
        if self.calls == self.at && matches!(self.spoil, Spoil::Lie) {
            *self.inner.server = before;
        }
        read(&self.pass("push", answer.encode_to_vec())?)
    }

    fn pull(&mut self, request: &PullRequest) -> Result<Vec<u8>, CarrierError> {
        if self.is_silent() {
            return Err(CarrierError::Unreachable);
        }
        let answer = self.inner.pull(request)?;
        self.pass("pull", answer)
    }

    fn traffic(&self) -> Traffic {
        self.inner.traffic()
    }
}

/// A server with a neighbour's work, and a device with work of its own: both have something for the other.
struct Scene {
    server: MemoryReplica,
    device: MemoryReplica,
    start: Start,
    whole: Vec<(StreamKey, u64, Vec<u8>)>,
    signs_anything: bool,
}

fn scene(entries: u64, bytes: usize) -> Scene {
    let (mut server, mut one, mut two) = (server(), device(1, &[A]), device(2, &[A]));
    one.append(&unit(A), body(1, bytes)).unwrap();
    let mut carrier = MemoryCarrier::new(&mut server, 1, &[A]);
    let seen = run(&mut one, &mut carrier, &start()).unwrap().seen;
    (0..entries).for_each(|tag| {
        one.append(&unit(A), body(100 + tag, bytes)).unwrap();
        two.append(&unit(A), body(200 + tag, bytes)).unwrap();
    });
    run(&mut two, &mut MemoryCarrier::new(&mut server, 2, &[A]), &start()).unwrap();
    let start = Start { seen, ..start() };
    let mut scene = Scene { server, device: one, start, whole: vec![], signs_anything: false };
    let (_, server, device, _) = scene.spoiled(usize::MAX, Spoil::Whole, Then::Calm);
    scene.whole = contents(&server, &ALL);
    assert_eq!(scene.whole, contents(&device, &ALL));
    assert_eq!(scene.whole.len() as u64, 1 + 2 * entries);
    scene
}

type Ran = Result<Outcome, Stopped<<MemoryReplica as Replica>::Error>>;

impl Scene {
    fn spoiled(
        &self,
        at: usize,
        spoil: Spoil,
        then: Then,
    ) -> (Ran, MemoryReplica, MemoryReplica, Vec<(&'static str, usize)>) {
        let (mut server, mut device) = (self.server.clone(), self.device.clone());
        let inner = MemoryCarrier::new(&mut server, 1, &[A]);
        let (signs_anything, given) = (self.signs_anything, Vec::new());
        let mut carrier = Spoiler { inner, at, spoil, then, calls: 0, signs_anything, given };
        let ran = run(&mut device, &mut carrier, &self.start);
        let given = carrier.given;
        (ran, server, device, given)
    }

    /// What is wrong after one answer was spoiled so; `None` where all is as it has to be.
    fn wrong(&self, at: usize, spoil: Spoil, then: Then) -> Option<&'static str> {
        self.wrong_or_believed(at, spoil, then, None)
    }

    /// The same, and that the run ended as it does where this answer never came, which is told.
    fn wrong_or_believed(
        &self,
        at: usize,
        spoil: Spoil,
        then: Then,
        lost: Option<&str>,
    ) -> Option<&'static str> {
        let (ran, mut server, mut device, _) = self.spoiled(at, spoil, then);
        if lost.is_some_and(|lost| format!("{ran:?}") != lost) {
            return Some("believed");
        }
        let outcome = match &ran {
            Ok(outcome) => outcome,
            Err(stopped) => &stopped.outcome,
        };
        // What is noted as 已上传 is what lies on this side's own copy.
        let noted = |(key, head): &(&StreamKey, &Head)| {
            device.chain_at(key, head.seq).unwrap() == Some(head.chain)
        };
        for (key, head) in outcome.server_heads.iter().filter(noted) {
            if head.seq > 0 && server.chain_at(key, head.seq).unwrap() != Some(head.chain) {
                return Some("said to be uploaded");
            }
        }
        let is_part = |replica| contents(replica, &ALL).iter().all(|e| self.whole.contains(e));
        if !is_part(&device) || !is_part(&server) {
            return Some("taken in");
        }
        if outcome.report.healed > 0 {
            return Some("a new writer");
        }
        let start = Start { seen: outcome.seen.clone(), ..self.start.clone() };
        let mut carrier = MemoryCarrier::new(&mut server, 1, &[A]);
        let Ok(again) = run(&mut device, &mut carrier, &start) else {
            return Some("the next run ends early");
        };
        if again.report.healed > 0 {
            return Some("a new writer in the next run");
        }
        let is_whole = |replica| contents(replica, &ALL) == self.whole;
        (!is_whole(&device) || !is_whole(&server) || !again.refused.is_empty())
            .then_some("not complete after the next run")
    }

    /// Everything that goes wrong, over all answers.
    fn all_wrong(&self, spoils: impl Fn(usize) -> Vec<Spoil>) -> (usize, Vec<String>) {
        let (_, _, _, given) = self.spoiled(usize::MAX, Spoil::Whole, Then::Calm);
        let (mut cases, mut wrong) = (0, Vec::new());
        for (at, (call, length)) in given.iter().enumerate() {
            let lost = |then| format!("{:?}", self.spoiled(at, Spoil::Lost, then).0);
            let lost = [(Then::Silence, lost(Then::Silence)), (Then::Calm, lost(Then::Calm))];
            for spoil in spoils(*length) {
                for (then, lost) in &lost {
                    cases += 1;
                    let lost = (*call == "heads").then_some(lost.as_str());
                    let found = self.wrong_or_believed(at, spoil, *then, lost);
                    wrong.extend(
                        found.map(|what| format!("{call} {at}, {spoil:?}, {then:?}: {what}")),
                    );
                }
            }
        }
        println!("{cases} cases, answers of {given:?} bytes");
        (cases, wrong)
    }
}

fn every_cut(length: usize) -> Vec<Spoil> {
    assert!(length < 8 << 10, "{length}: no small sync");
    (0..length).map(Spoil::Cut).collect()
}

/// 200 places of each answer that is not small, cut and changed by turns.
fn some_places(length: usize) -> Vec<Spoil> {
    if length < 8 << 10 {
        return Vec::new();
    }
    let mut state = SEED;
    let mut place = |turn: usize| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let drawn = usize::try_from(state >> 33).unwrap();
        if turn.is_multiple_of(2) {
            Spoil::Cut(drawn % length)
        } else {
            Spoil::Flip(drawn % (8 * length))
        }
    };
    (0..200).map(&mut place).collect()
}

fn every_flip(length: usize) -> Vec<Spoil> {
    assert!(length < 8 << 10, "{length}: no small sync");
    (0..8 * length).map(Spoil::Flip).collect()
}

#[test]
fn an_answer_cut_at_any_byte_misleads_nobody() {
    let (_, wrong) = scene(1, 60).all_wrong(every_cut);
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn a_changed_bit_anywhere_in_any_answer_misleads_nobody() {
    let (_, wrong) = scene(1, 60).all_wrong(every_flip);
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn a_larger_answer_cut_or_changed_at_200_places_misleads_nobody() {
    println!("seed {SEED}");
    let (cases, wrong) = scene(12, 2_000).all_wrong(some_places);
    assert_eq!(wrong, [""; 0]);
    assert!(cases >= 400, "{cases}: no answer was larger");
}

#[test]
fn control_a_server_that_signs_what_was_spoiled_is_believed() {
    let mut scene = scene(1, 60);
    scene.signs_anything = true;
    // One bit of every byte, by turns: a control needs no more.
    let some_flips = |length: usize| (0..length).map(|at| Spoil::Flip(8 * at + at % 8)).collect();
    for spoils in [some_flips as fn(usize) -> Vec<Spoil>, every_cut] {
        let (cases, wrong) = scene.all_wrong(spoils);
        println!("{} of {cases} mislead", wrong.len());
        assert!(wrong.iter().any(|what| what.starts_with("heads")), "the signature guards nothing");
        assert!(wrong.iter().all(|what| what.starts_with("heads")), "{wrong:?}");
    }
}

/// What a device asked with its one-time code, and what it was told.
fn enrolment() -> (EnrolRequest, Vec<u8>) {
    let own = public_key(&SigningKey::from_bytes(&[1; 32])).to_vec();
    let request = EnrolRequest {
        protocol: PROTOCOL_VERSION,
        code: "ABCD-EFGH-JKMN".to_owned(),
        device: vec![1; 16],
        public_key: own.clone(),
        name: "tablet".to_owned(),
    };
    let own = own.try_into().unwrap();
    let certificate = sign_device_certificate([1; 16], own, vec![unit(A)], 3, &server_key());
    let answer = EnrolAnswer {
        certificate: certificate.encode(),
        token: "0123456789abcdef".repeat(4),
        server_public_key: public_key(&server_key()).to_vec(),
        units: vec![A.to_owned()],
        district: common::DISTRICT.to_owned(),
        policy: 3,
        server_unix_ms: 1_789_372_800_123,
        instance: vec![200; 16],
        recovery_recipient: "age1xyz".to_owned(),
        signature: Vec::new(),
    };
    let bytes = signed("enrol", &request.encode_to_vec(), answer.encode_to_vec(), &server_key());
    (request, bytes)
}

#[test]
fn of_an_enrolments_answer_cut_or_changed_anywhere_nothing_is_believed() {
    let (request, bytes) = enrolment();
    let read = |bytes: &[u8]| read_enrolled(&request, bytes, String::new());
    let whole = read(&bytes).unwrap();
    assert_eq!((whole.answer.policy, &whole.answer.units[..]), (3, &[A.to_owned()][..]));
    // What would be believed with certificate and shape alone to go by, as before answers were signed.
    let is_believed = |bytes: &[u8]| {
        let Ok(answer) = EnrolAnswer::decode(bytes) else { return false };
        let key: Result<[u8; 32], _> = answer.server_public_key.as_slice().try_into();
        let (Ok(key), Ok(read)) = (key, DeviceCertificate::decode(&answer.certificate)) else {
            return false;
        };
        verify_device_certificate(&read, &key).is_ok()
            && !answer.token.is_empty()
            && answer.instance.len() == 16
    };
    let mut believed: BTreeMap<&str, usize> = BTreeMap::new();
    let spoils = every_cut(bytes.len()).into_iter().chain(every_flip(bytes.len()));
    for spoil in spoils {
        let spoiled = spoil.done(bytes.clone());
        assert!(read(&spoiled).is_none(), "{spoil:?}");
        let kind = if matches!(spoil, Spoil::Cut(_)) { "cut" } else { "changed" };
        *believed.entry(kind).or_default() += usize::from(is_believed(&spoiled));
    }
    println!("control: {believed:?} of {} bytes", bytes.len());
    assert!(believed["cut"] > 0 && believed["changed"] > 500, "{believed:?}");
    // Another device's answer, and the answer to another try, are none to this.
    let other = EnrolRequest { code: "ZZZZ-EFGH-JKMN".to_owned(), ..request };
    assert!(read_enrolled(&other, &bytes, String::new()).is_none());
}

#[test]
fn control_a_server_that_signs_for_what_it_does_not_keep_is_caught() {
    let scene = scene(1, 60);
    let push = 1;
    assert_eq!(scene.wrong(push, Spoil::Whole, Then::Silence), None);
    assert_eq!(scene.wrong(push, Spoil::Lie, Then::Silence), Some("said to be uploaded"));
}
