//! Twenty tablets meet a server that was restored: each carries everybody's streams, and what the server lost goes over
//! the wire about once. Their runs are interleaved call by call, over the very code that devices run.
//! Control: where what others gave is not seen between two pushes, each gives everything.
#![allow(clippy::unwrap_used)]

mod common;

use common::{DISTRICT, MemoryCarrier, body, contents, device, server, signed_heads, start, unit};
use ledger::memory::MemoryReplica;
use ledger::{Batch, Limits, Replica, WriterId};
use protocol::call::{HeadsAnswer, HeadsRequest, PullRequest, PushAnswer};
use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex};
use sync::{Carrier, CarrierError, Traffic, decode_batch, run};

const A: &str = "431302204200";
const ALL: [&str; 2] = [DISTRICT, A];
const DEVICES: u8 = 20;

/// Whose call is next: with a seed in an order of chance, without one in turns.
struct Order {
    at: usize,
    running: Vec<bool>,
    seed: Option<u64>,
}

impl Order {
    fn pass_on(&mut self) {
        let running: Vec<usize> = (0..self.running.len()).filter(|i| self.running[*i]).collect();
        if running.is_empty() {
            return;
        }
        self.at = match &mut self.seed {
            None => *running.iter().find(|i| **i > self.at).unwrap_or(&running[0]),
            Some(seed) => {
                *seed ^= *seed << 13;
                *seed ^= *seed >> 7;
                *seed ^= *seed << 17;
                running[(*seed >> 33) as usize % running.len()]
            }
        };
    }
}

/// What all devices share: the server, whose turn it is, and what was pushed by whom.
struct Hall {
    server: Mutex<MemoryReplica>,
    order: Mutex<Order>,
    passed: Condvar,
    given: Mutex<BTreeMap<WriterId, u64>>,
}

impl Hall {
    fn turn<T>(&self, at: usize, act: impl FnOnce(&mut MemoryReplica) -> T) -> T {
        let mut order = self.order.lock().unwrap();
        while order.at != at {
            order = self.passed.wait(order).unwrap();
        }
        let said = act(&mut self.server.lock().unwrap());
        order.pass_on();
        self.passed.notify_all();
        said
    }

    fn leave(&self, at: usize) {
        let mut order = self.order.lock().unwrap();
        order.running[at] = false;
        if order.at == at {
            order.pass_on();
        }
        self.passed.notify_all();
    }
}

/// One device's way to the server; every call waits for its turn.
struct Interleaved<'h> {
    hall: &'h Hall,
    n: u8,
    /// What the server said at first is what it says ever after (the guard off).
    stale: Option<Option<HeadsAnswer>>,
}

impl Carrier for Interleaved<'_> {
    fn heads(&mut self, request: &HeadsRequest) -> Result<Vec<u8>, CarrierError> {
        let at = usize::from(self.n - 1);
        let answer = self
            .hall
            .turn(at, |server| MemoryCarrier::new(server, self.n, &[A]).told(request).unwrap());
        let answer = match &mut self.stale {
            Some(stale) if request.all_digest.is_empty() && request.points_of.is_empty() => {
                stale.get_or_insert(answer).clone()
            }
            Some(_) | None => answer,
        };
        Ok(signed_heads(request, &answer))
    }
    fn push(&mut self, batch: &[u8]) -> Result<PushAnswer, CarrierError> {
        let read: Batch = decode_batch(batch, &Limits::default()).unwrap();
        for range in &read.ranges {
            let mut given = self.hall.given.lock().unwrap();
            *given.entry(range.key.writer).or_default() += range.body_bytes() as u64;
        }
        let at = usize::from(self.n - 1);
        self.hall.turn(at, |server| MemoryCarrier::new(server, self.n, &[A]).push(batch))
    }
    fn pull(&mut self, request: &PullRequest) -> Result<Vec<u8>, CarrierError> {
        let at = usize::from(self.n - 1);
        self.hall.turn(at, |server| MemoryCarrier::new(server, self.n, &[A]).pull(request))
    }
    fn traffic(&self) -> Traffic {
        Traffic::default()
    }
}

/// What a storm cost, and what it was about.
struct Cost {
    /// Body bytes the server lost of others' streams than those of the devices that call.
    lost: u64,
    /// Body bytes pushed of those.
    carried: u64,
    /// Body bytes lost in all, and pushed in all.
    all_lost: u64,
    all_pushed: u64,
}

/// Twenty devices that hold all there is, and a server restored to nothing. `absent` devices never come back.
fn storm(absent: u8, bytes: usize, seed: Option<u64>, is_stale: bool) -> Cost {
    let mut whole = server();
    let mut writers = Vec::new();
    whole.append(&unit(DISTRICT), body(9_000, 2_000)).unwrap();
    for n in 1..=DEVICES + absent {
        let mut one = device(n, &[A]);
        // No two have written the same amount.
        let entries = 2 + (usize::from(n) * 7) % 11;
        for i in 0..entries as u64 {
            one.append(&unit(A), body(u64::from(n) * 1_000 + i, bytes)).unwrap();
        }
        run(&mut one, &mut MemoryCarrier::new(&mut whole, n, &[A]), &start()).unwrap();
        writers.push(one.own_writer().unwrap());
    }
    let mut devices: Vec<MemoryReplica> = (1..=DEVICES)
        .map(|n| {
            let mut one = device(n, &[A]);
            run(&mut one, &mut MemoryCarrier::new(&mut whole, n, &[A]), &start()).unwrap();
            assert_eq!(contents(&one, &ALL), contents(&whole, &ALL));
            one
        })
        .collect();
    let calling = &writers[..usize::from(DEVICES)];
    let is_carried = |writer: &WriterId| !calling.contains(writer);
    let lost: Vec<(WriterId, u64)> =
        whole.entries().map(|(key, _, body)| (key.writer, body.len() as u64)).collect();
    let mut restored = server();
    restored.become_writer(WriterId([201; 16]));
    let hall = Hall {
        server: Mutex::new(restored),
        order: Mutex::new(Order { at: 0, running: vec![true; usize::from(DEVICES)], seed }),
        passed: Condvar::new(),
        given: Mutex::default(),
    };
    std::thread::scope(|scope| {
        for (n, device) in (1..).zip(&mut devices) {
            let hall = &hall;
            scope.spawn(move || {
                let mut way = Interleaved { hall, n, stale: is_stale.then_some(None) };
                run(device, &mut way, &start()).unwrap();
                hall.leave(usize::from(n - 1));
            });
        }
    });
    // Whatever one left to another is there after the next call of each.
    let mut restored = hall.server.into_inner().unwrap();
    for (n, device) in (1..).zip(&mut devices) {
        run(device, &mut MemoryCarrier::new(&mut restored, n, &[A]), &start()).unwrap();
    }
    assert_eq!(contents(&restored, &ALL), contents(&whole, &ALL), "something is lost");
    let given = hall.given.into_inner().unwrap();
    let sum = |all: &mut dyn Iterator<Item = (WriterId, u64)>| all.map(|(_, bytes)| bytes).sum();
    Cost {
        lost: sum(&mut lost.iter().copied().filter(|(writer, _)| is_carried(writer))),
        carried: sum(&mut given.iter().map(|(w, b)| (*w, *b)).filter(|(w, _)| is_carried(w))),
        all_lost: sum(&mut lost.iter().copied()),
        all_pushed: sum(&mut given.iter().map(|(w, b)| (*w, *b))),
    }
}

fn factor(pushed: u64, lost: u64) -> f64 {
    pushed as f64 / lost as f64
}

#[test]
fn twenty_devices_give_a_restored_server_what_it_lost_about_once() {
    // Devices that never come back, bytes of an entry, and the most that may go over the wire as a multiple of what was
    // lost. Each of twenty may give one range that another gives at the same moment, which counts where all is little.
    let check = |absent: u8, bytes: usize, most: f64| {
        for seed in [None, Some(1), Some(2), Some(3)] {
            let cost = storm(absent, bytes, seed, false);
            let all = factor(cost.all_pushed, cost.all_lost);
            let carried = factor(cost.carried, cost.lost);
            println!("{absent} absent, {bytes} B, seed {seed:?}: {all:.2}, carried {carried:.2}");
            assert!(all <= most, "{absent} {bytes} {seed:?}: {all}");
        }
    };
    check(0, 30_000, 1.5);
    check(20, 30_000, 1.5);
    check(0, 200, 2.5);
    check(20, 200, 2.7);
}

#[test]
fn without_comparing_again_each_of_them_gives_everything() {
    for (absent, bytes) in [(0, 30_000), (20, 200)] {
        let cost = storm(absent, bytes, Some(1), true);
        let all = factor(cost.all_pushed, cost.all_lost);
        println!("{absent} absent, {bytes} B, stale: {all:.2}");
        assert!(all > 10.0, "{absent} {bytes}: {all}, so nothing shows what comparing again saves");
    }
}
