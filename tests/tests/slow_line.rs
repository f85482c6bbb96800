//! 72 hours without a network, then 20,000 entries over 32 kbit/s with 30 in 100 connections killed: all of it comes
//! home by itself, and little is sent twice. In simulated time, driven by `run`, `Pace` and `Retry` alone.

use domain::ids::PersonId;
use ledger::memory::MemoryReplica;
use ledger::{SigningKey, UnitKey, WriterId};
use stories::measure::data::{Lcg, checkup, person, villages};
use stories::sim::slow_line::{Cost, Kills, Line, bring_home};
use uuid::Uuid;

const ENTRIES: usize = 20_000;
const OFFLINE_MS: u64 = 72 * 3_600_000;
const HOUR_MS: u64 = 3_600_000;

fn signer() -> SigningKey {
    SigningKey::from_bytes(&[9; 32])
}

type Away = (MemoryReplica, MemoryReplica);

/// A device with the work of some villages, and a server that has heard of none of it.
fn away() -> Away {
    let villages: Vec<UnitKey> =
        villages(12).iter().map(|unit| UnitKey::try_new(&unit.0).unwrap()).collect();
    let own = SigningKey::from_bytes(&[1; 32]);
    let mut device =
        MemoryReplica::new([1; 16], own, WriterId([1; 16]), villages.clone(), &signer());
    let mut random = Lcg(5);
    let mut entries = 0;
    for number in 0.. {
        let id = PersonId(Uuid::from_u128(number | 1 << 100));
        let person = person(&mut random, id);
        let village = &villages[entries * villages.len() / ENTRIES];
        for entry in checkup(&mut random, &person, 0x51) {
            if entries < ENTRIES {
                device.append(village, entry.encode()).unwrap();
                entries += 1;
            }
        }
        if entries == ENTRIES {
            break;
        }
    }
    let server =
        MemoryReplica::new([200; 16], signer(), WriterId([200; 16]), Vec::new(), &signer());
    (device, server)
}

fn over(kills: Kills, offline_until_ms: u64, seed: u64, away: &Away) -> Cost {
    let (mut device, mut server) = away.clone();
    let line = Line { bytes_per_s: 4_000, offline_until_ms, kills };
    let cost = bring_home(&mut device, &mut server, &signer(), line, seed).unwrap();
    let entries: usize = server.streams.values().map(|stream| stream.bodies.len()).sum();
    assert_eq!(entries, ENTRIES);
    cost
}

#[test]
fn after_three_days_offline_all_comes_home_over_a_thin_line_and_little_is_sent_twice() {
    let away = away();
    let clean = over(Kills::Percent(0), 0, 0, &away);
    println!("clean: {clean:?}, {} s", clean.ended_ms / 1_000);
    let check = |what: &str, kills: Kills, seed: u64, up_max: f64| {
        let cost = over(kills, OFFLINE_MS, seed, &away);
        let ratio = |all: u64, clean: u64| all as f64 / clean as f64;
        let (up, down) =
            (ratio(cost.bytes_up, clean.bytes_up), ratio(cost.bytes_down, clean.bytes_down));
        let after_ms = cost.ended_ms - OFFLINE_MS;
        println!(
            "{what}, seed {seed}: {cost:?}; {:.2} h after {} h offline; up {up:.2}, down {down:.2} of clean",
            after_ms as f64 / HOUR_MS as f64,
            OFFLINE_MS / HOUR_MS,
        );
        assert!(up <= up_max, "{what}, seed {seed}: {up:.2} times the bytes of a clean transfer");
        // 72 hours without a network are no reason to be found with an empty battery.
        assert!(cost.tries_offline < 72 * 60, "{}", cost.tries_offline);
        assert!(after_ms < 3 * HOUR_MS, "{what}: {after_ms}");
        cost.killed
    };
    let mut killed = 0;
    for seed in 1..=8 {
        killed += check("30 in 100 killed", Kills::Percent(30), seed, 1.5);
        // Worse than was asked for: no connection lives long.
        killed += check("each killed after 40 s on average", Kills::AfterMs(40_000), seed, 2.5);
    }
    assert!(killed > 30, "hardly anything was killed: {killed}");
}
