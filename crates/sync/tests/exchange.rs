//! Two sides over a carrier that loses, repeats and lies: what is proven stands, what is not is asked again,
//! and every run that gets through leaves both sides equal.
#![allow(clippy::unwrap_used)]

mod common;

use common::{DISTRICT, Fault, MemoryCarrier, body, contents, device, server, start, unit};
use ledger::memory::MemoryReplica;
use ledger::{Refusal, Replica};
use proptest::prelude::*;
use sync::{Outcome, Start, SyncError, run};

const A: &str = "431302204200";
const B: &str = "431302204201";
const ALL: [&str; 3] = [DISTRICT, A, B];

fn sync(device: &mut MemoryReplica, server: &mut MemoryReplica, n: u8, start: &Start) -> Outcome {
    run(device, &mut MemoryCarrier::new(server, n, &[A, B]), start).unwrap()
}

#[test]
fn two_devices_hold_each_others_work_after_one_round() {
    let (mut server, mut one, mut two) = (server(), device(1, &[A, B]), device(2, &[A, B]));
    server.append(&unit(DISTRICT), body(1, 50)).unwrap();
    for i in 0..30 {
        one.append(&unit(A), body(100 + i, 60)).unwrap();
        two.append(&unit(B), body(200 + i, 60)).unwrap();
    }
    let first = sync(&mut one, &mut server, 1, &start());
    assert_eq!((first.report.pushed, first.report.pulled), (30, 1));
    let second = sync(&mut two, &mut server, 2, &start());
    assert_eq!((second.report.pushed, second.report.pulled), (30, 31));
    let third = sync(&mut one, &mut server, 1, &Start { seen: first.seen, ..start() });
    assert_eq!((third.report.pushed, third.report.pulled), (0, 30));
    assert_eq!(contents(&one, &ALL), contents(&server, &ALL));
    assert_eq!(contents(&two, &ALL), contents(&server, &ALL));
}

#[test]
fn without_room_a_device_hands_over_and_takes_in_when_it_has_room_again() {
    let (mut server, mut one, mut two) = (server(), device(1, &[A, B]), device(2, &[A, B]));
    for i in 0..30 {
        one.append(&unit(A), body(100 + i, 60)).unwrap();
        two.append(&unit(A), body(200 + i, 60)).unwrap();
    }
    sync(&mut two, &mut server, 2, &start());
    let full = sync(&mut one, &mut server, 1, &Start { push_only: true, ..start() });
    assert_eq!((full.report.pushed, full.report.pulled), (30, 0));
    assert_eq!(contents(&one, &ALL).len(), 30);
    // Nothing new in between: the run after it still asks for all it has not got.
    let room = sync(&mut one, &mut server, 1, &Start { seen: full.seen, ..start() });
    assert_eq!((room.report.pushed, room.report.pulled), (0, 30));
    assert_eq!(contents(&one, &ALL), contents(&server, &ALL));
}

#[test]
fn a_run_when_nothing_changed_is_one_call_and_changes_nothing() {
    let (mut server, mut one) = (server(), device(1, &[A]));
    one.append(&unit(A), body(1, 60)).unwrap();
    let seen = sync(&mut one, &mut server, 1, &start()).seen;
    let before = contents(&server, &ALL);
    let mut carrier = MemoryCarrier::new(&mut server, 1, &[A, B]);
    let again = run(&mut one, &mut carrier, &Start { seen, ..start() }).unwrap();
    assert_eq!(carrier.calls, ["heads"]);
    assert_eq!((again.report.pushed, again.report.pulled, again.report.batches), (0, 0, 0));
    assert_eq!(contents(&server, &ALL), before);
}

#[test]
fn a_device_pulls_nothing_outside_its_scope_and_pushes_own_work_whatever_the_scope() {
    let (mut server, mut one, mut two) = (server(), device(1, &[A]), device(2, &[A, B]));
    two.append(&unit(B), body(1, 60)).unwrap();
    sync(&mut two, &mut server, 2, &start());
    one.append(&unit(B), body(2, 60)).unwrap();
    let outcome = run(&mut one, &mut MemoryCarrier::new(&mut server, 1, &[A]), &start()).unwrap();
    assert_eq!((outcome.report.pushed, outcome.report.pulled), (1, 0));
    assert_eq!(contents(&server, &[B]).len(), 2);
    assert_eq!(contents(&one, &[B]).len(), 1);
    // Control: with the unit in scope the neighbour's entry comes.
    let wider = sync(&mut one, &mut server, 1, &start());
    assert_eq!(wider.report.pulled, 1);
}

#[test]
fn nothing_counts_as_uploaded_without_the_receipt_for_this_very_batch() {
    let check = |faults: &[Fault]| {
        let (mut server, mut one) = (server(), device(1, &[A]));
        one.append(&unit(A), body(1, 60)).unwrap();
        sync(&mut one, &mut server, 1, &start());
        one.append(&unit(A), body(2, 60)).unwrap();
        let calls = std::iter::once(Fault::None).chain(faults.iter().copied());
        let mut carrier = MemoryCarrier::new(&mut server, 1, &[A]).with_faults(calls);
        let outcome = run(&mut one, &mut carrier, &start()).unwrap();
        // The run asked again before it counted the entry.
        let push = carrier.calls.iter().position(|call| *call == "push").unwrap();
        assert_eq!(carrier.calls[push + 1], "heads", "{faults:?}");
        assert_eq!(outcome.report.pushed, 1, "{faults:?}");
        assert_eq!(contents(&one, &ALL), contents(&server, &ALL), "{faults:?}");
    };
    check(&[Fault::Lost]);
    check(&[Fault::AnswerLost]);
    check(&[Fault::WrongDigest]);
    check(&[Fault::TimedOut]);
    check(&[Fault::TooLarge]);
    check(&[Fault::AnswerLost, Fault::None, Fault::AnswerLost]);
}

#[test]
fn the_answer_to_an_earlier_batch_proves_nothing() {
    let (mut server, mut one) = (server(), device(1, &[A]));
    let big = |tag| body(tag, 60_000);
    (0..12).for_each(|i| {
        one.append(&unit(A), big(i)).unwrap();
    });
    let faults = [Fault::None, Fault::None, Fault::OldAnswer];
    let mut carrier = MemoryCarrier::new(&mut server, 1, &[A]).with_faults(faults);
    let outcome = run(&mut one, &mut carrier, &start()).unwrap();
    assert_eq!(carrier.calls[..4], ["heads", "push", "push", "heads"]);
    assert_eq!(outcome.report.pushed, 12);
}

#[test]
fn a_run_gives_up_after_failures_in_a_row_and_the_next_one_goes_on() {
    let (mut server, mut one) = (server(), device(1, &[A]));
    one.append(&unit(A), body(1, 60)).unwrap();
    let endless = std::iter::repeat_n(Fault::Lost, 50);
    let mut carrier = MemoryCarrier::new(&mut server, 1, &[A]).with_faults(endless);
    let stopped = run(&mut one, &mut carrier, &start()).unwrap_err();
    assert!(matches!(stopped.error, SyncError::Carrier(_)));
    assert!(carrier.calls.len() < 20, "{}", carrier.calls.len());
    assert_eq!(sync(&mut one, &mut server, 1, &start()).report.pushed, 1);
}

#[test]
fn batches_are_halved_until_they_fit_and_nothing_is_sent_twice_needlessly() {
    let (mut server, mut one) = (server(), device(1, &[A]));
    (0..300).for_each(|i| {
        one.append(&unit(A), body(i, 4_000)).unwrap();
    });
    let mut carrier = MemoryCarrier::new(&mut server, 1, &[A]);
    carrier.batch_bytes_max = 100_000;
    let outcome = run(&mut one, &mut carrier, &start()).unwrap();
    assert_eq!(outcome.report.pushed, 300);
    let sent: usize = carrier.push_sizes.iter().filter(|size| **size <= 100_000).sum();
    assert!(sent < 300 * 4_000 * 11 / 10, "{sent}");
}

#[test]
fn a_large_backlog_goes_in_batches_of_the_aim() {
    let (mut server, mut one) = (server(), device(1, &[A]));
    (0..2_000).for_each(|i| {
        one.append(&unit(A), body(i, 1_000)).unwrap();
    });
    let mut carrier = MemoryCarrier::new(&mut server, 1, &[A]);
    let outcome = run(&mut one, &mut carrier, &start()).unwrap();
    assert_eq!(outcome.report.pushed, 2_000);
    assert_eq!(outcome.server_heads, one.heads(None).unwrap());
    let aim = protocol::call::BATCH_BYTES_AIM;
    assert!(carrier.push_sizes.iter().all(|size| *size <= 2 * aim), "{:?}", carrier.push_sizes);
    assert!(carrier.push_sizes.len() <= 12, "{:?}", carrier.push_sizes);
    let mut two = device(2, &[A]);
    let pulled = run(&mut two, &mut MemoryCarrier::new(&mut server, 2, &[A]), &start()).unwrap();
    assert_eq!(pulled.report.pulled, 2_000);
}

#[test]
fn todays_stop_goes_before_older_units_in_both_directions() {
    let units = ["431302204200", "431302204201", "431302204202", "431302204203"];
    // For each unit: after how many calls the server has some of this device's, and this device of the other's.
    let arrivals = |first_units: &[&str]| -> Vec<[usize; 2]> {
        let (mut server, mut one, mut other) = (server(), device(1, &units), device(2, &units));
        for (tag, name) in units.iter().enumerate() {
            for i in 0..15 {
                one.append(&unit(name), body(tag as u64 * 100 + i, 20_000)).unwrap();
                other.append(&unit(name), body(10_000 + tag as u64 * 100 + i, 20_000)).unwrap();
            }
        }
        run(&mut other, &mut MemoryCarrier::new(&mut server, 2, &units), &start()).unwrap();
        let start =
            Start { first_units: first_units.iter().map(|name| unit(name)).collect(), ..start() };
        let mut arrived = vec![[usize::MAX; 2]; units.len()];
        for calls in 1..20 {
            let (mut one, mut server) = (one.clone(), server.clone());
            let faults = (0..calls).map(|_| Fault::None).chain(vec![Fault::Lost; 50]);
            let mut carrier = MemoryCarrier::new(&mut server, 1, &units).with_faults(faults);
            let _ = run(&mut one, &mut carrier, &start);
            let has = |replica: &MemoryReplica, n: u8, name: &str| {
                contents(replica, &[name]).iter().any(|(key, _, _)| key.writer.0 == [n; 16])
            };
            for (place, name) in arrived.iter_mut().zip(units) {
                for (first, is_there) in
                    place.iter_mut().zip([has(&server, 1, name), has(&one, 2, name)])
                {
                    *first = if is_there { calls.min(*first) } else { *first };
                }
            }
        }
        arrived
    };
    let arrived = arrivals(&[units[2], units[1]]);
    for way in [0, 1] {
        let order = [2, 1, 0, 3].map(|n: usize| arrived[n][way]);
        assert!(order.is_sorted() && order[0] < order[2], "{order:?}");
    }
    // Control: where nobody says what is first, another unit is.
    let arrived = arrivals(&[]);
    assert!(arrived[0] < arrived[2], "{arrived:?}");
}

#[test]
fn a_refused_stream_blocks_no_other_and_is_reported_with_its_reason() {
    let (mut server, mut one) = (server(), device(1, &[A, B]));
    // A device nobody enrolled: its certificate is signed by another server.
    let stranger_key = ed25519_dalek::SigningKey::from_bytes(&[77; 32]);
    let mut stranger = MemoryReplica::new(
        [7; 16],
        ed25519_dalek::SigningKey::from_bytes(&[7; 32]),
        ledger::WriterId([7; 16]),
        vec![unit(A)],
        &stranger_key,
    );
    stranger.append(&unit(A), body(1, 60)).unwrap();
    stranger.seal_own().unwrap();
    one.streams.extend(stranger.streams.clone());
    one.known.extend(stranger.known.clone());
    one.append(&unit(A), body(2, 60)).unwrap();
    one.append(&unit(B), body(3, 60)).unwrap();
    let outcome = sync(&mut one, &mut server, 1, &start());
    assert_eq!(outcome.report.pushed, 2);
    assert_eq!(outcome.report.held, 1);
    assert_eq!(outcome.refused.len(), 1);
    assert_eq!(outcome.refused[0].reason, Refusal::BadCertificate.word());
    assert_eq!(contents(&server, &ALL).len(), 2);
}

#[test]
fn a_fork_and_a_rollback_are_healed_in_the_same_run_and_block_nothing() {
    let (mut server, mut one) = (server(), device(1, &[A, B]));
    one.append(&unit(A), body(1, 60)).unwrap();
    sync(&mut one, &mut server, 1, &start());
    let restored = one.clone();
    one.append(&unit(A), body(2, 60)).unwrap();
    sync(&mut one, &mut server, 1, &start());

    let mut behind = restored.clone();
    behind.entropy = 1;
    behind.append(&unit(B), body(3, 60)).unwrap();
    let outcome = sync(&mut behind, &mut server, 1, &start());
    assert_eq!((outcome.report.healed, outcome.own_ahead.len()), (1, 0));
    assert_eq!(contents(&behind, &ALL), contents(&server, &ALL));

    let mut forked = restored;
    forked.entropy = 2;
    forked.append(&unit(A), body(4, 60)).unwrap();
    let outcome = sync(&mut forked, &mut server, 1, &start());
    assert_eq!((outcome.report.healed, outcome.forks.len()), (1, 0));
    assert_eq!(contents(&forked, &ALL), contents(&server, &ALL));
    assert_eq!(contents(&server, &ALL).len(), 4);
}

#[test]
fn a_server_that_lost_everything_gets_all_of_it_back_from_the_devices() {
    let (mut first, mut one, mut two) = (server(), device(1, &[A, B]), device(2, &[A, B]));
    one.append(&unit(A), body(1, 60)).unwrap();
    two.append(&unit(B), body(2, 60)).unwrap();
    let seen_one = sync(&mut one, &mut first, 1, &start()).seen;
    sync(&mut two, &mut first, 2, &start());
    let before = contents(&first, &ALL);
    let mut empty = server();
    // What one device remembers of the server must not hide that the server forgot.
    sync(&mut one, &mut empty, 1, &Start { seen: seen_one, ..start() });
    sync(&mut two, &mut empty, 2, &start());
    assert_eq!(contents(&empty, &ALL), before);
}

#[test]
fn many_units_come_page_by_page() {
    let mut server = server();
    let names: Vec<String> = (0..300).map(|i| format!("4313022{i:05}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    for n in 0..20 {
        let mut device = device(10 + n, &[]);
        names.iter().for_each(|name| {
            device.append(&unit(name), body(1, 10)).unwrap();
        });
        device.seal_own().unwrap();
        server.streams.extend(device.streams.clone());
        server.known.extend(device.known.clone());
    }
    let mut one = device(1, &[]);
    let mut carrier = MemoryCarrier::new(&mut server, 1, &names);
    let outcome = run(&mut one, &mut carrier, &start()).unwrap();
    assert!(carrier.calls.iter().filter(|call| **call == "heads").count() > 1);
    assert_eq!(outcome.report.pulled, 6_000);
    assert_eq!(contents(&one, &names), contents(&server, &names));
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        3 => Just(Fault::None),
        1 => Just(Fault::Lost),
        1 => Just(Fault::AnswerLost),
        1 => Just(Fault::TimedOut),
        1 => Just(Fault::OldAnswer),
        1 => Just(Fault::WrongDigest),
        1 => Just(Fault::TooLarge),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Any faults, any order of appends and runs: after two quiet rounds all are equal and nothing is lost.
    #[test]
    fn whatever_happens_on_the_way_quiet_rounds_make_all_equal(
        steps in prop::collection::vec(
            (1_u8..4, 0_usize..12, prop::collection::vec(fault(), 0..8)), 1..12)
    ) {
        let mut server = server();
        let mut devices: Vec<MemoryReplica> = (1..4).map(|n| device(n, &[A, B])).collect();
        let (mut tag, mut seen) = (0, vec![start().seen; 4]);
        for (n, appends, faults) in steps {
            let own = &mut devices[usize::from(n) - 1];
            for i in 0..appends {
                tag += 1;
                own.append(&unit(if i % 2 == 0 { A } else { B }), body(tag, 200)).unwrap();
            }
            let mut carrier = MemoryCarrier::new(&mut server, n, &[A, B]).with_faults(faults);
            let start = Start { seen: seen[usize::from(n)].clone(), ..start() };
            if let Ok(outcome) = run(own, &mut carrier, &start) {
                seen[usize::from(n)] = outcome.seen;
            }
        }
        for _ in 0..2 {
            for n in 1..4_u8 {
                let start = Start { seen: seen[usize::from(n)].clone(), ..start() };
                sync(&mut devices[usize::from(n) - 1], &mut server, n, &start);
            }
        }
        let all = contents(&server, &ALL);
        prop_assert_eq!(all.len(), tag as usize);
        for device in &devices {
            prop_assert_eq!(contents(device, &ALL), all.clone());
        }
    }
}

#[test]
fn a_run_that_is_cut_short_says_how_far_it_came() {
    let (mut server, mut one) = (server(), device(1, &[A]));
    (0..2_000).for_each(|i| {
        one.append(&unit(A), body(i, 1_000)).unwrap();
    });
    let faults = [Fault::None; 4].into_iter().chain(std::iter::repeat_n(Fault::Lost, 50));
    let mut carrier = MemoryCarrier::new(&mut server, 1, &[A]).with_faults(faults);
    let stopped = run(&mut one, &mut carrier, &start()).unwrap_err();
    let pushed = stopped.outcome.report.pushed;
    assert!(0 < pushed && pushed < 2_000, "{pushed}");
    assert_eq!(stopped.outcome.server_heads, server.heads(None).unwrap());
    assert_eq!(sync(&mut one, &mut server, 1, &start()).report.pushed, 2_000 - pushed);
}
