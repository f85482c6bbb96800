//! 200,000 changed inputs over every decoder of outside bytes: no panic, no answer from 500 on, memory and time bounded,
//! and each decoder really reached. Every input that once broke a promise is fed again. More: `cargo xtask fuzz`.

use stories::fuzz::chance::Chance;
use stories::fuzz::meter::{Meter, peak_of};
use stories::fuzz::{self, Case, Decoder, Said, Target};

#[global_allocator]
static METER: Meter = Meter;

const INPUTS: usize = 200_000;
/// Another one at will: `FUZZ_SEED=7 cargo test -p stories --test fuzz`.
const SEED: u64 = 20_260_914;

#[test]
fn no_changed_input_makes_any_decoder_fail() {
    let seed = std::env::var("FUZZ_SEED").ok().and_then(|text| text.parse().ok());
    let report = fuzz::run(&fuzz::targets(), INPUTS, seed.unwrap_or(SEED));
    println!("{}", report.table());
    let complaints = report.complaints();
    assert!(complaints.is_empty(), "seed {}\n{}", report.seed, complaints.join("\n"));
    assert!(report.ran() >= INPUTS, "{} inputs", report.ran());
}

#[test]
fn what_once_broke_a_promise_does_so_no_more() {
    let targets = fuzz::targets();
    for case in Case::all() {
        let said = fuzz::corpus_case(&targets, &case);
        assert!(said.is_ok(), "{}/{}: {}", case.decoder, case.name, said.unwrap_err());
    }
}

/// A decoder with a fault in it: its first byte says which.
struct Careless;

impl Decoder for Careless {
    fn input(&mut self, chance: &mut Chance) -> Vec<u8> {
        vec![chance.below(40) as u8]
    }

    fn feed(&mut self, input: &[u8]) -> Said {
        match input[0] {
            1 => panic!("a panic"),
            2 => drop(vec![1_u8; 2 << 20]),
            _ => {}
        }
        Said::read_if(input[0].is_multiple_of(2))
    }
}

fn careless(peak_bytes_max: usize) -> Target {
    Target { name: "careless", share: 1, peak_bytes_max, open: || Box::new(Careless) }
}

#[test]
fn control_a_panic_and_too_much_memory_are_found() {
    let report = fuzz::run(&[careless(1 << 20)], 400, 1);
    let found = |what: &str| report.faults.iter().any(|fault| fault.what.contains(what));
    assert!(found("a panic"), "{:?}", report.faults);
    assert!(found("bytes held"), "{:?}", report.faults);
    assert!(report.faults.iter().all(|fault| (1..=2).contains(&fault.input[0])));
    let ((), peak) = peak_of(|| drop(vec![0_u8; 12_345]));
    assert!((12_345..20_000).contains(&peak), "{peak}");
}

/// Takes nothing whatever it is given.
struct Deaf;

impl Decoder for Deaf {
    fn input(&mut self, chance: &mut Chance) -> Vec<u8> {
        vec![chance.byte()]
    }

    fn feed(&mut self, _: &[u8]) -> Said {
        Said::Refused
    }
}

#[test]
fn control_a_decoder_that_is_not_reached_is_found() {
    let deaf = Target { name: "deaf", share: 1, peak_bytes_max: 1 << 20, open: || Box::new(Deaf) };
    let report = fuzz::run(&[deaf], 1_000, 1);
    assert_eq!(report.ran(), 1_000);
    assert!(report.complaints().iter().any(|line| line.contains("not reached")));
}
