//! Restored, cloned and cut-off replicas over the very code that devices and servers run: nothing is lost while one
//! holder lives, and after quiet all are equal. A seed that fails is printed and becomes a case.
//! Controls: with one guard off the same runs fail.
#![allow(clippy::unwrap_used)]

mod common;

use common::{
    DISTRICT, Fault, MemoryCarrier, body, contents, device, server, signed_heads, start, unit,
};
use ledger::memory::{Guards, MemoryReplica};
use ledger::{Head, Refiled, Replica, StreamKey, UnitKey, fact_reference};
use protocol::call::{HeadsRequest, PullRequest, PushAnswer};
use std::collections::BTreeSet;
use sync::{Carrier, CarrierError, Outcome, Start, Traffic, run};

const A: &str = "431302204200";
const B: &str = "431302204201";
const ALL: [&str; 3] = [DISTRICT, A, B];
const SEEDS: u64 = 300;
const STEPS: usize = 60;

/// xorshift64*: seeds are all that a run depends on.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }
    fn below(&mut self, n: usize) -> usize {
        (self.roll() >> 33) as usize % n
    }
}

type Facts = BTreeSet<(UnitKey, Vec<u8>)>;

fn facts(replica: &MemoryReplica) -> Facts {
    let inner = |body: &[u8]| match Refiled::decode(body) {
        Some(Ok(refiled)) => refiled.body,
        _ => body.to_vec(),
    };
    replica.entries().map(|(key, _, body)| (key.unit.clone(), inner(body))).collect()
}

struct World {
    dice: Dice,
    server: MemoryReplica,
    devices: Vec<(u8, MemoryReplica)>,
    backups: Vec<(usize, MemoryReplica)>,
    made: u64,
}

const SERVER: usize = usize::MAX;

impl World {
    fn new(seed: u64, guards: Guards) -> World {
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let count = 2 + dice.below(3) as u8;
        let mut devices: Vec<(u8, MemoryReplica)> =
            (1..=count).map(|n| (n, device(n, &[A, B]))).collect();
        devices.iter_mut().for_each(|(_, replica)| replica.guards = guards);
        let mut server = server();
        server.guards = guards;
        World { dice, server, devices, backups: Vec::new(), made: 0 }
    }

    fn union(&self) -> Facts {
        let devices = self.devices.iter().flat_map(|(_, replica)| facts(replica));
        devices.chain(facts(&self.server)).collect()
    }

    fn record(&mut self, at: usize) {
        self.made += 1;
        let unit = unit(ALL[1 + self.dice.below(2)]);
        let size = if self.dice.below(12) == 0 { 40_000 } else { 60 };
        let body = body(self.made, size);
        let replica = if at == SERVER { &mut self.server } else { &mut self.devices[at].1 };
        replica.append(&unit, body).unwrap();
    }

    fn sync(&mut self, at: usize, scope: &[&str], faults: Vec<Fault>) {
        let (n, device) = &mut self.devices[at];
        device.entropy = self.dice.roll();
        self.server.entropy = self.dice.roll();
        let mut carrier = MemoryCarrier::new(&mut self.server, *n, scope).with_faults(faults);
        // A run that is cut ends with an error: the next one goes on.
        let _ = run(device, &mut carrier, &start());
    }

    fn faults(&mut self) -> Vec<Fault> {
        let kinds = [Fault::None, Fault::Lost, Fault::AnswerLost, Fault::TimedOut, Fault::TooLarge];
        let calm = self.dice.below(12);
        let cut = std::iter::repeat_n(Fault::Lost, if self.dice.below(3) == 0 { 20 } else { 0 });
        let some = (0..calm).map(|_| kinds[self.dice.below(9).min(4) * usize::from(calm > 6)]);
        let some: Vec<Fault> = some.collect();
        some.into_iter().chain(cut).collect()
    }

    /// True when the step may lose what only the replica it restores had.
    fn step(&mut self) -> bool {
        let at = self.dice.below(self.devices.len());
        let anyone = if self.dice.below(4) == 0 { SERVER } else { at };
        match self.dice.below(100) {
            0..45 => (0..=self.dice.below(4)).for_each(|_| self.record(at)),
            45..50 => self.record(SERVER),
            50..78 => {
                let (faults, narrow) = (self.faults(), self.dice.below(2) == 0);
                self.sync(at, if narrow { &[A] } else { &[A, B] }, faults);
            }
            78..87 => {
                let replica = if anyone == SERVER { &self.server } else { &self.devices[at].1 };
                self.backups.push((anyone, replica.clone()));
            }
            87..96 => {
                let of = |(of, _): &&(usize, MemoryReplica)| *of == anyone;
                let kept: Vec<_> = self.backups.iter().filter(of).collect();
                if kept.is_empty() {
                    return false;
                }
                let backup = kept[self.dice.below(kept.len())].1.clone();
                if anyone == SERVER {
                    self.server = backup;
                } else {
                    self.devices[at].1 = backup;
                }
                return true;
            }
            _ if self.devices.len() < 6 => {
                let clone = self.devices[at].clone();
                self.devices.push(clone);
            }
            _ => {}
        }
        false
    }

    fn quiet(&mut self) -> Result<(), String> {
        for _ in 0..30 {
            let before = self.state();
            for at in 0..self.devices.len() {
                self.sync(at, &[A, B], Vec::new());
            }
            if before == self.state() {
                return Ok(());
            }
        }
        Err("no quiet".to_owned())
    }

    /// The first stream of each device that is not as the server's: lengths, common beginning, last seals.
    fn differences(&self) -> String {
        let mut all = String::new();
        let empty = |replica: &MemoryReplica, key: &StreamKey| {
            replica
                .streams
                .get(key)
                .map(|s| (s.bodies.clone(), s.seals.keys().copied().collect()))
                .unwrap_or((Vec::new(), Vec::<u64>::new()))
        };
        for (n, device) in &self.devices {
            let keys: BTreeSet<&StreamKey> =
                device.streams.keys().chain(self.server.streams.keys()).collect();
            for key in keys {
                let (mine, theirs) = (empty(device, key), empty(&self.server, key));
                if mine.0 != theirs.0 {
                    let common = mine.0.iter().zip(&theirs.0).take_while(|(a, b)| a == b).count();
                    all += &format!(
                        "[{n} {key} here {} {:?} server {} {:?} common {common} own {} server's {}]",
                        mine.0.len(),
                        mine.1,
                        theirs.0.len(),
                        theirs.1,
                        device.own_writer().unwrap() == key.writer,
                        self.server.own_writer().unwrap() == key.writer,
                    );
                    break;
                }
            }
        }
        all
    }

    fn state(&self) -> Vec<Vec<(StreamKey, u64, Vec<u8>)>> {
        let all = std::iter::once(&self.server).chain(self.devices.iter().map(|(_, d)| d));
        all.map(|replica| contents(replica, &ALL)).collect()
    }
}

fn check_chains(replica: &MemoryReplica) -> Result<(), String> {
    for (key, head) in replica.heads(None).unwrap() {
        let bodies = replica.streams[&key].bodies.iter().map(Vec::as_slice);
        if Head::genesis(&key).after(bodies) != head {
            return Err(format!("the chain of {key} is broken"));
        }
    }
    Ok(())
}

fn simulate(seed: u64, guards: Guards) -> Result<(), String> {
    let mut world = World::new(seed, guards);
    for _ in 0..STEPS {
        let before = world.union();
        let may_lose = world.step();
        if !may_lose && !before.is_subset(&world.union()) {
            return Err("facts vanished".to_owned());
        }
    }
    let all = world.union();
    world.quiet()?;
    if !all.is_subset(&world.union()) {
        return Err("facts vanished while settling".to_owned());
    }
    let states = world.state();
    if states.iter().any(|state| *state != states[0]) {
        return Err(format!("replicas differ: {}", world.differences()));
    }
    if facts(&world.server) != world.union() {
        return Err("the server lacks facts".to_owned());
    }
    world.devices.iter().try_for_each(|(_, device)| check_chains(device))?;
    check_chains(&world.server)
}

#[test]
fn whatever_is_restored_cloned_or_cut_all_facts_come_back_and_all_replicas_are_equal() {
    let failed: Vec<(u64, String)> = (0..SEEDS)
        .filter_map(|seed| simulate(seed, Guards::default()).err().map(|why| (seed, why)))
        .collect();
    assert!(
        failed.is_empty(),
        "{} of {SEEDS} seeds fail: {:?}",
        failed.len(),
        &failed[..failed.len().min(6)]
    );
}

#[test]
fn without_a_guard_the_same_runs_fail() {
    let check = |what: &str, guards: Guards| {
        let failed = (0..60).filter(|seed| simulate(*seed, guards).is_err()).count();
        println!("{what} off: {failed} of 60 seeds fail");
        assert!(failed > 0, "{what}: no seed fails, so nothing shows that it guards");
    };
    let on = Guards::default();
    check("re-filing the own suffix (A1)", Guards { refile: false, ..on });
    check("a range only where the chain is its own (A2)", Guards { start: false, ..on });
    check("own entries one lacks are the sign of a restore (A2)", Guards { own: false, ..on });
    check("the server re-filing a third party's branch (A3)", Guards { third: false, ..on });
    check("following only what stands re-filed (A3)", Guards { follow: false, third: false, ..on });
}

fn sync_once(device: &mut MemoryReplica, server: &mut MemoryReplica, scope: &[&str]) -> Outcome {
    let n = device.certificates(&device.own_writer().unwrap()).unwrap().unwrap().0.device[0];
    run(device, &mut MemoryCarrier::new(server, n, scope), &start()).unwrap()
}

/// A device that wrote in a unit it may not pull, was restored to before, and works on elsewhere.
fn restored_elsewhere() -> (MemoryReplica, MemoryReplica) {
    let (mut server, mut one) = (server(), device(1, &[A]));
    one.append(&unit(A), body(1, 60)).unwrap();
    sync_once(&mut one, &mut server, &[A]);
    let backup = one.clone();
    one.append(&unit(B), body(2, 60)).unwrap();
    sync_once(&mut one, &mut server, &[A]);
    let mut restored = backup;
    restored.entropy = 77;
    restored.append(&unit(A), body(3, 60)).unwrap();
    (server, restored)
}

/// Tells an asker nothing of its own streams outside its scope (A5 off).
struct Scoped<'s>(MemoryCarrier<'s>);

impl Carrier for Scoped<'_> {
    fn heads(&mut self, request: &HeadsRequest) -> Result<Vec<u8>, CarrierError> {
        let mut answer = self.0.told(request)?;
        let scope = &self.0.asker.scope;
        answer.heads.retain(|head| scope.iter().any(|unit| unit.as_str() == head.unit));
        Ok(signed_heads(request, &answer))
    }
    fn push(&mut self, batch: &[u8]) -> Result<PushAnswer, CarrierError> {
        self.0.push(batch)
    }
    fn pull(&mut self, request: &PullRequest) -> Result<Vec<u8>, CarrierError> {
        self.0.pull(request)
    }
    fn traffic(&self) -> Traffic {
        self.0.traffic()
    }
}

#[test]
fn a_rollback_shows_in_every_own_stream_whatever_the_scope() {
    let (mut server, mut restored) = restored_elsewhere();
    let outcome = sync_once(&mut restored, &mut server, &[A]);
    assert_eq!(outcome.report.healed, 1);
    // Control: compared within the scope alone, it goes unseen.
    let (mut server, mut restored) = restored_elsewhere();
    let mut carrier = Scoped(MemoryCarrier::new(&mut server, 1, &[A]));
    assert_eq!(run(&mut restored, &mut carrier, &start()).unwrap().report.healed, 0);
}

#[test]
fn two_clones_that_heal_are_two_writers() {
    let made = |entropy: [u64; 2]| {
        let (mut server, mut one) = (server(), device(1, &[A]));
        one.append(&unit(A), body(1, 60)).unwrap();
        sync_once(&mut one, &mut server, &[A]);
        let mut clones = [one.clone(), one.clone()];
        one.append(&unit(A), body(2, 60)).unwrap();
        sync_once(&mut one, &mut server, &[A]);
        let mut made = BTreeSet::new();
        for (i, clone) in clones.iter_mut().enumerate() {
            clone.entropy = entropy[i];
            clone.append(&unit(A), body(10 + i as u64, 60)).unwrap();
            let mut apart = server.clone();
            let server = if entropy[0] == entropy[1] { &mut apart } else { &mut server };
            assert_eq!(sync_once(clone, server, &[A]).report.healed, 1);
            made.insert(clone.own_writer().unwrap());
        }
        made.len()
    };
    assert_eq!(made([5, 6]), 2);
    // Control: from the same number both become one writer again.
    assert_eq!(made([5, 5]), 1);
}

#[test]
fn a_bare_head_heals_nothing() {
    let (mut server, mut one) = (server(), device(1, &[A]));
    one.append(&unit(A), body(1, 60)).unwrap();
    sync_once(&mut one, &mut server, &[A]);
    // The other side claims more of the stream than any seal proves.
    let key = StreamKey::new(unit(A), one.own_writer().unwrap());
    let stream = server.streams.get_mut(&key).unwrap();
    stream.bodies.push(body(9, 60));
    let chain = Head::genesis(&key).after(stream.bodies.iter().map(Vec::as_slice)).chain;
    stream.chains.push(chain);
    one.append(&unit(DISTRICT), body(2, 60)).unwrap();
    let outcome = run(
        &mut one,
        &mut MemoryCarrier::new(&mut server, 1, &[A]),
        &Start { unix_ms: 1, ..start() },
    );
    assert_eq!(outcome.unwrap().report.healed, 0);
    assert_eq!(one.own_writer().unwrap(), key.writer);
}

#[test]
fn a_refiled_fact_keeps_its_first_place() {
    let (mut server, mut restored) = restored_elsewhere();
    let old = restored.own_writer().unwrap();
    let key = StreamKey::new(unit(A), old);
    let before: Vec<_> = contents(&restored, &[A]);
    sync_once(&mut restored, &mut server, &[A]);
    for (_, seq, body) in before {
        let reference = fact_reference(old, seq, &body);
        let held = restored.entries().any(|(at, n, bytes)| {
            at.unit == key.unit && fact_reference(at.writer, n, bytes) == reference
        });
        assert!(held, "{reference:?}");
    }
}
