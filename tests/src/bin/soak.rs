//! `cargo xtask soak`: seeds of the simulation, one after the other, until all have run. Failing ones are printed as they
//! fail and again at the end; then the exit code is 1.

use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use stories::sim::{Kind, run_seeds};

const USAGE: &str =
    "--seeds N [--from S] [--threads T] [--kind disk|memory|mixed], mixed = every third on disk";

struct Order {
    seeds: u64,
    from: u64,
    threads: usize,
    kind_of: fn(u64) -> Kind,
}

fn order(words: &[String]) -> Option<Order> {
    let mut order = Order { seeds: 0, from: 0, threads: 2, kind_of: Kind::of_seed };
    for pair in words.chunks(2) {
        let [word, value] = pair else { return None };
        match word.as_str() {
            "--seeds" => order.seeds = value.parse().ok()?,
            "--from" => order.from = value.parse().ok()?,
            "--threads" => order.threads = value.parse().ok()?,
            "--kind" => {
                order.kind_of = match value.as_str() {
                    "disk" => |_| Kind::Disk,
                    "memory" => |_| Kind::Memory,
                    "mixed" => Kind::of_seed,
                    _ => return None,
                }
            }
            _ => return None,
        }
    }
    (order.seeds > 0).then_some(order)
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let Some(order) = order(&words) else {
        eprintln!("{USAGE}");
        return ExitCode::FAILURE;
    };
    let (begun, done) = (Instant::now(), AtomicU64::new(0));
    let tell_each = (order.seeds / 100).max(1);
    let tell = |failed: Option<&(u64, Kind, String)>| {
        if let Some((seed, kind, why)) = failed {
            println!("seed {seed} on {kind:?} fails: {why}");
        }
        let done = done.fetch_add(1, Ordering::SeqCst) + 1;
        if done.is_multiple_of(tell_each) {
            println!("{done} of {} seeds, {} s", order.seeds, begun.elapsed().as_secs());
        }
    };
    let end = order.from.saturating_add(order.seeds);
    let failed = run_seeds(order.from..end, order.threads, order.kind_of, &tell);
    let seeds: Vec<u64> = failed.iter().map(|(seed, _, _)| *seed).collect();
    let took_s = begun.elapsed().as_secs();
    println!(
        "{} of {} seeds from {} fail: {seeds:?}, {took_s} s",
        seeds.len(),
        order.seeds,
        order.from
    );
    if seeds.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
