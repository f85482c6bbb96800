//! Any order, repetition, cut and damage of transfers between replicas ends in equal replicas that
//! hold every entry once. Controls: the same runs with one guard off do not.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use ledger::memory::{Guards, MemoryReplica};
use ledger::*;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::collections::BTreeMap;

const DEVICES: u8 = 3;

#[derive(Debug, Clone)]
enum Op {
    /// A device records something of this size in unit a or b.
    Append { at: usize, in_b: bool, bytes: usize },
    /// One replica gives another what it lacks.
    Transfer(Transfer),
}

#[derive(Debug, Clone)]
struct Transfer {
    from: usize,
    to: usize,
    range_bytes_max: usize,
    /// Ranges arrive rotated by this and at most so many of them.
    rotate: usize,
    keep: usize,
    /// The batch is delivered once more.
    repeat: bool,
    /// A bit of the batch is flipped on the way, or its end is lost.
    flip: Option<usize>,
    cut: Option<usize>,
}

fn op() -> impl Strategy<Value = Op> {
    let replica = 0..=usize::from(DEVICES);
    let bytes = prop_oneof![8 => 1..200usize, 1 => 20_000..FACT_BYTES_MAX];
    let append = (0..usize::from(DEVICES), any::<bool>(), bytes)
        .prop_map(|(at, in_b, bytes)| Op::Append { at, in_b, bytes });
    let damage = || prop_oneof![4 => Just(None), 1 => any::<usize>().prop_map(Some)];
    let limits = prop_oneof![Just(1), 1_000..100_000usize, Just(usize::MAX)];
    let keep = prop_oneof![1..4usize, Just(usize::MAX)];
    let transfer = (
        (replica.clone(), replica),
        (limits, 0..4usize, keep, any::<bool>()),
        (damage(), damage()),
    )
        .prop_map(|((from, to), (range_bytes_max, rotate, keep, repeat), (flip, cut))| {
            Op::Transfer(Transfer { from, to, range_bytes_max, rotate, keep, repeat, flip, cut })
        });
    prop_oneof![2 => append, 3 => transfer]
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    prop::collection::vec(op(), 1..60)
}

struct World {
    replicas: Vec<MemoryReplica>,
    truth: BTreeMap<(StreamKey, Seq), Vec<u8>>,
}

impl World {
    fn new(guards: Guards) -> World {
        let mut replicas: Vec<MemoryReplica> = (1..=DEVICES).map(device).collect();
        replicas.push(server());
        replicas.iter_mut().for_each(|replica| replica.guards = guards);
        World { replicas, truth: BTreeMap::new() }
    }

    fn run(&mut self, op: &Op) {
        match op {
            Op::Append { at, in_b, bytes } => {
                let unit = unit(if *in_b { "village-b" } else { "village-a" });
                let body = [b"\x0a".to_vec(), vec![self.truth.len() as u8; *bytes - 1]].concat();
                let head = self.replicas[*at].append(&unit, body.clone()).unwrap();
                let key = StreamKey::new(unit, self.replicas[*at].own_writer().unwrap());
                self.truth.insert((key, head.seq), body);
            }
            Op::Transfer(transfer) => {
                self.transfer(transfer);
            }
        }
    }

    /// Plans, encodes, damages, decodes and accepts; answers how many entries were new.
    fn transfer(&mut self, transfer: &Transfer) -> u32 {
        let Transfer { from, to, .. } = *transfer;
        if from == to {
            return 0;
        }
        self.replicas[from].seal_own().unwrap();
        let giver = &self.replicas[from];
        let (mine, theirs) = (giver.heads(None).unwrap(), self.replicas[to].heads(None).unwrap());
        let steps = plan(&mine, &theirs, &giver.own_writer().unwrap(), &all_units());
        let mut ranges: Vec<Range> = steps
            .iter()
            .filter_map(|step| match step {
                Step::Push { key, after } => Some((key, *after)),
                Step::Pull { .. } | Step::Fork { .. } | Step::OwnAhead { .. } => None,
            })
            .flat_map(|(key, after)| ranges_after(giver, key, after, transfer.range_bytes_max))
            .collect();
        let turn = transfer.rotate.min(ranges.len());
        ranges.rotate_left(turn);
        ranges.truncate(transfer.keep);
        let certificates = certificates_for(giver, &ranges);
        let mut bytes = Batch { ranges, certificates }.encode();
        if let Some(at) = transfer.flip {
            let bit = at % (bytes.len() * 8);
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
        if let Some(at) = transfer.cut {
            bytes.truncate(at % bytes.len());
        }
        let times = if transfer.repeat { 2 } else { 1 };
        (0..times).map(|_| deliver(&mut self.replicas[to], &bytes)).sum()
    }

    /// No replica holds anything but a beginning of each true stream.
    fn only_truth(&self) -> Result<(), String> {
        for (i, replica) in self.replicas.iter().enumerate() {
            for (key, seq, body) in replica.entries() {
                if self.truth.get(&(key.clone(), seq)).map(Vec::as_slice) != Some(body) {
                    return Err(format!("replica {i} holds a wrong entry at {key} {seq}"));
                }
            }
        }
        Ok(())
    }

    /// Undisturbed exchanges until nothing moves.
    fn settle(&mut self) -> Result<(), String> {
        let count = self.replicas.len();
        for _ in 0..4 {
            let mut moved = 0;
            for (from, to) in (0..count).flat_map(|a| (0..count).map(move |b| (a, b))) {
                let range_bytes_max = usize::MAX;
                moved += self.transfer(&Transfer {
                    from,
                    to,
                    range_bytes_max,
                    rotate: 0,
                    keep: usize::MAX,
                    repeat: false,
                    flip: None,
                    cut: None,
                });
            }
            if moved == 0 {
                return Ok(());
            }
        }
        Err("entries still move after four rounds".to_owned())
    }

    fn all_equal(&self) -> Result<(), String> {
        let heads = |replica: &MemoryReplica| replica.heads(None).unwrap();
        let first = heads(&self.replicas[0]);
        for (i, replica) in self.replicas.iter().enumerate() {
            if heads(replica) != first || replica.entries().count() != self.truth.len() {
                return Err(format!("replica {i} differs"));
            }
            let digest = HeadsDigest::of(&heads(replica));
            if !digest.compare(&HeadsDigest::of(&first)).is_empty() {
                return Err(format!("the digests of replica {i} differ"));
            }
            self.seals_are_near(replica)?;
        }
        Ok(())
    }

    /// Every replica can pass on what it holds: its kept seals are never further apart than a range
    /// may be.
    fn seals_are_near(&self, replica: &MemoryReplica) -> Result<(), String> {
        for key in replica.streams.keys() {
            let ranges = ranges_after(replica, key, 0, usize::MAX);
            let largest = ranges.iter().map(Range::body_bytes).max().unwrap_or(0);
            let last = ranges.last().map(|range| range.seal.head());
            if largest > SEAL_EVERY_BYTES || last != replica.heads(None).unwrap().get(key).copied()
            {
                return Err(format!("{key} cannot be passed on"));
            }
        }
        Ok(())
    }
}

fn deliver(to: &mut MemoryReplica, bytes: &[u8]) -> u32 {
    let Ok(batch) = Batch::decode(bytes, &Limits::default()) else { return 0 };
    let answers = to.accept(&batch.ranges, &batch.certificates).unwrap();
    answers.iter().flatten().map(|accepted| accepted.new_entries).sum()
}

fn run(ops: &[Op], guards: Guards) -> Result<(), String> {
    let mut world = World::new(guards);
    for op in ops {
        world.run(op);
        world.only_truth()?;
    }
    world.settle()?;
    world.only_truth()?;
    world.all_equal()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_order_repetition_cut_and_damage_of_transfers_ends_in_equal_replicas(ops in ops()) {
        prop_assert_eq!(run(&ops, Guards::default()), Ok(()));
    }
}

/// How many of 100 runs fail, of which half always repeat and flip.
fn failures(guards: Guards) -> usize {
    let mut runner = TestRunner::deterministic();
    let strategy = ops();
    (0..100)
        .filter(|_| {
            let ops = strategy.new_tree(&mut runner).unwrap().current();
            run(&ops, guards).is_err()
        })
        .count()
}

#[test]
fn without_a_guard_the_same_runs_fail() {
    assert_eq!(failures(Guards::default()), 0);
    let check = |what: &str, guards: Guards| {
        assert!(failures(guards) > 0, "{what}: no run fails, so nothing shows that it guards");
    };
    check("place", Guards { place: false, ..Guards::default() });
    check("chain", Guards { chain: false, ..Guards::default() });
}
