//! Every answer of a small sync cut at every byte and with every bit of it changed, on replicas in memory: whatever is
//! read out of it, nothing counts as uploaded that is not there, nothing wrong is taken, and the next run completes.
//! How HTTP and TLS are cut and changed is tested with the real server (`crates/server/tests`).
#![allow(clippy::unwrap_used)]

mod common;

use common::{MemoryCarrier, body, contents, device, server, start, unit};
use ledger::memory::MemoryReplica;
use ledger::{Head, Replica, StreamKey};
use prost::Message;
use protocol::call::{HeadsAnswer, HeadsRequest, PullRequest, PushAnswer};
use sync::{Carrier, CarrierError, Outcome, Start, Stopped, Traffic, run};

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
}

impl Spoil {
    fn done(self, mut bytes: Vec<u8>) -> Vec<u8> {
        match self {
            Spoil::Whole | Spoil::Lie => {}
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
    /// Length of each answer.
    lengths: Vec<usize>,
}

impl Spoiler<'_> {
    fn pass(&mut self, bytes: Vec<u8>) -> Vec<u8> {
        self.lengths.push(bytes.len());
        self.calls += 1;
        if self.calls - 1 == self.at { self.spoil.done(bytes) } else { bytes }
    }

    fn is_silent(&self) -> bool {
        self.then == Then::Silence && self.calls > self.at
    }
}

fn read<M: Message + Default>(bytes: &[u8]) -> Result<M, CarrierError> {
    M::decode(bytes).map_err(|_| CarrierError::AnswerUnknown)
}

impl Carrier for Spoiler<'_> {
    fn heads(&mut self, request: &HeadsRequest) -> Result<HeadsAnswer, CarrierError> {
        if self.is_silent() {
            return Err(CarrierError::Unreachable);
        }
        let answer = self.inner.heads(request)?;
        read(&self.pass(answer.encode_to_vec()))
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
        read(&self.pass(answer.encode_to_vec()))
    }

    fn pull(&mut self, request: &PullRequest) -> Result<Vec<u8>, CarrierError> {
        if self.is_silent() {
            return Err(CarrierError::Unreachable);
        }
        let answer = self.inner.pull(request)?;
        Ok(self.pass(answer))
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
    let mut scene = Scene { server, device: one, start: Start { seen, ..start() }, whole: vec![] };
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
    ) -> (Ran, MemoryReplica, MemoryReplica, Vec<usize>) {
        let (mut server, mut device) = (self.server.clone(), self.device.clone());
        let inner = MemoryCarrier::new(&mut server, 1, &[A]);
        let mut carrier = Spoiler { inner, at, spoil, then, calls: 0, lengths: Vec::new() };
        let ran = run(&mut device, &mut carrier, &self.start);
        let lengths = carrier.lengths;
        (ran, server, device, lengths)
    }

    /// What is wrong after one answer was spoiled so; `None` where all is as it has to be.
    fn wrong(&self, at: usize, spoil: Spoil, then: Then) -> Option<&'static str> {
        let (ran, mut server, mut device, _) = self.spoiled(at, spoil, then);
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
        let (_, _, _, lengths) = self.spoiled(usize::MAX, Spoil::Whole, Then::Calm);
        let (mut cases, mut wrong) = (0, Vec::new());
        for (at, length) in lengths.iter().enumerate() {
            for spoil in spoils(*length) {
                for then in [Then::Silence, Then::Calm] {
                    cases += 1;
                    let found = self.wrong(at, spoil, then);
                    wrong.extend(
                        found.map(|what| format!("answer {at}, {spoil:?}, {then:?}: {what}")),
                    );
                }
            }
        }
        println!("{cases} cases, answers of {lengths:?} bytes");
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
fn control_a_server_that_signs_for_what_it_does_not_keep_is_caught() {
    let scene = scene(1, 60);
    let push = 1;
    assert_eq!(scene.wrong(push, Spoil::Whole, Then::Silence), None);
    assert_eq!(scene.wrong(push, Spoil::Lie, Then::Silence), Some("said to be uploaded"));
}
