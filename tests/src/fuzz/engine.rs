//! Runs decoders over inputs: in chunks, each from a seed of its own, on as many threads as there are
//! processors; counts what was really run, and keeps what failed. Not the decoders and not the mutations.

use super::chance::Chance;
use super::meter::peak_of;
use crate::repository;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, Once};
use std::time::{Duration, Instant};

/// Longest one input may take, in an unoptimised build on a busy machine.
const TIME_MAX: Duration = Duration::from_secs(20);
/// Inputs of one chunk: a chunk opens its decoder anew, so databases stay small.
const CHUNK_INPUTS: usize = 2_000;
/// Faults kept of one target.
const FAULTS_KEPT: usize = 5;
/// Every decoder must take, and must refuse, one in so many: else nothing behind its first look is reached.
const REACHED_ONE_IN: usize = 500;
/// Of fewer inputs than this nothing is said.
const REACHED_OF: usize = 150;

/// What became of one input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    Read,
    Refused,
}

impl Said {
    pub fn read_if(is_read: bool) -> Said {
        if is_read { Said::Read } else { Said::Refused }
    }
}

/// One decoder with its samples. An input is one run of bytes, so that a file can keep it.
pub trait Decoder {
    fn input(&mut self, chance: &mut Chance) -> Vec<u8>;
    /// Panics where a promise is broken.
    fn feed(&mut self, input: &[u8]) -> Said;
    /// After the last input: what can only be said of all of them together.
    fn end(&mut self) {}
}

/// A decoder by name.
#[derive(Clone, Copy)]
pub struct Target {
    pub name: &'static str,
    /// Its share of all inputs, relative to the others'.
    pub share: usize,
    /// Most that may be held at once while one input is read, bytes.
    pub peak_bytes_max: usize,
    pub open: fn() -> Box<dyn Decoder>,
}

/// An input that broke a promise.
#[derive(Debug, Clone)]
pub struct Fault {
    pub target: &'static str,
    pub what: String,
    pub input: Vec<u8>,
    /// The chunk's seed and the input's number in it.
    pub seed: u64,
    pub number: usize,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut hex = String::new();
        self.input.iter().take(2_000).for_each(|byte| {
            let _ = write!(hex, "{byte:02x}");
        });
        let Fault { target, what, seed, number, .. } = self;
        write!(out, "{target}, seed {seed}, input {number}: {what}\n  {hex}")
    }
}

/// What one target did.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    pub wanted: usize,
    pub ran: usize,
    pub read: usize,
    pub refused: usize,
    pub slowest: Duration,
    pub peak_bytes: usize,
    pub peak_bytes_max: usize,
    pub time: Duration,
}

/// What a run did.
#[derive(Debug, Clone, Default)]
pub struct Report {
    pub seed: u64,
    pub time: Duration,
    pub outcomes: BTreeMap<&'static str, Outcome>,
    pub faults: Vec<Fault>,
}

impl Report {
    pub fn ran(&self) -> usize {
        self.outcomes.values().map(|outcome| outcome.ran).sum()
    }

    /// Everything that is not as promised, a line each.
    pub fn complaints(&self) -> Vec<String> {
        let mut wrong: Vec<String> = self.faults.iter().map(Fault::to_string).collect();
        for (name, outcome) in &self.outcomes {
            if outcome.ran < outcome.wanted {
                wrong.push(format!("{name}: {} of {} were run", outcome.ran, outcome.wanted));
            }
            let least = outcome.ran / REACHED_ONE_IN;
            if outcome.ran < REACHED_OF {
                continue;
            }
            if outcome.read <= least || outcome.refused <= least {
                let Outcome { read, refused, .. } = outcome;
                wrong.push(format!("{name}: {read} read, {refused} refused: not reached"));
            }
        }
        wrong
    }

    pub fn table(&self) -> String {
        let mut text = format!(
            "{:<28}{:>10}{:>10}{:>10}{:>12}{:>12}{:>9}\n",
            "decoder", "ran", "read", "refused", "slowest ms", "peak KiB", "s"
        );
        for (name, o) in &self.outcomes {
            let slowest = o.slowest.as_secs_f64() * 1e3;
            let (peak, seconds) = (o.peak_bytes >> 10, o.time.as_secs_f64());
            let _ = writeln!(
                text,
                "{name:<28}{:>10}{:>10}{:>10}{slowest:>12.2}{peak:>12}{seconds:>9.1}",
                o.ran, o.read, o.refused
            );
        }
        let (ran, seconds) = (self.ran(), self.time.as_secs_f64());
        let _ = writeln!(text, "{ran} inputs in {seconds:.1} s, seed {}", self.seed);
        text
    }
}

/// A part of one target's share.
struct Chunk {
    target: Target,
    seed: u64,
    inputs: usize,
}

/// From so many inputs on it is told how far a run is.
const TOLD_FROM_INPUTS: usize = 1_000_000;

/// Runs at least `inputs` inputs over all targets.
pub fn run(targets: &[Target], inputs: usize, seed: u64) -> Report {
    listen_for_panics();
    let shares: usize = targets.iter().map(|target| target.share).sum();
    let mut report = Report { seed, ..Report::default() };
    let mut chunks = Vec::new();
    let mut seeds = Chance::new(seed);
    for target in targets {
        let wanted = (inputs * target.share).div_ceil(shares.max(1));
        let peak_bytes_max = target.peak_bytes_max;
        let outcome = Outcome { wanted, peak_bytes_max, ..Outcome::default() };
        assert!(report.outcomes.insert(target.name, outcome).is_none(), "two {}", target.name);
        for begun in (0..wanted).step_by(CHUNK_INPUTS) {
            let inputs = CHUNK_INPUTS.min(wanted - begun);
            chunks.push(Chunk { target: *target, seed: seeds.number(), inputs });
        }
    }
    let begun = Instant::now();
    let tell_each = (chunks.len() / 100).max(1);
    let whole = chunks.len();
    let (chunks, shared) = (Mutex::new(chunks), Mutex::new(report));
    let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let Some(chunk) = chunks.lock().unwrap().pop() else { break };
                    run_chunk(&chunk, &shared);
                    let left = chunks.lock().unwrap().len();
                    // For who waits for millions; a test is over before it has to tell.
                    if inputs >= TOLD_FROM_INPUTS && left.is_multiple_of(tell_each) {
                        let percent = 100 * (whole - left) / whole;
                        eprintln!("{percent} %, {} s", begun.elapsed().as_secs());
                    }
                }
            });
        }
    });
    let mut report = shared.into_inner().unwrap();
    report.time = begun.elapsed();
    report
}

fn run_chunk(chunk: &Chunk, shared: &Mutex<Report>) {
    let (mut chance, target) = (Chance::new(chunk.seed), chunk.target);
    let begun = Instant::now();
    let mut decoder = (target.open)();
    let mut sum = Outcome::default();
    let mut faults = Vec::new();
    for number in 0..chunk.inputs {
        let input = decoder.input(&mut chance);
        let one = feed(&mut *decoder, &target, &input);
        sum.ran += 1;
        sum.slowest = sum.slowest.max(one.time);
        sum.peak_bytes = sum.peak_bytes.max(one.peak_bytes);
        match one.said {
            Ok(Said::Read) => sum.read += 1,
            Ok(Said::Refused) => sum.refused += 1,
            Err(what) => {
                faults.push(Fault { target: target.name, what, input, seed: chunk.seed, number });
                // What a panic left behind is not to be trusted.
                decoder = (target.open)();
            }
        }
    }
    if let Err(what) = end(&mut *decoder) {
        let (input, number) = (Vec::new(), chunk.inputs);
        faults.push(Fault { target: target.name, what, input, seed: chunk.seed, number });
    }
    drop(decoder);
    let mut report = shared.lock().unwrap();
    let before = report.faults.iter().filter(|fault| fault.target == target.name).count();
    report.faults.extend(faults.into_iter().take(FAULTS_KEPT.saturating_sub(before)));
    let outcome = report.outcomes.get_mut(target.name).unwrap();
    outcome.ran += sum.ran;
    outcome.read += sum.read;
    outcome.refused += sum.refused;
    outcome.slowest = outcome.slowest.max(sum.slowest);
    outcome.peak_bytes = outcome.peak_bytes.max(sum.peak_bytes);
    outcome.time += begun.elapsed();
}

/// One input, measured.
struct One {
    said: Result<Said, String>,
    time: Duration,
    peak_bytes: usize,
}

fn feed(decoder: &mut dyn Decoder, target: &Target, input: &[u8]) -> One {
    let begun = Instant::now();
    let quiet = Quiet::begin();
    let (said, peak_bytes) = peak_of(|| catch_unwind(AssertUnwindSafe(|| decoder.feed(input))));
    let heard = quiet.end();
    let time = begun.elapsed();
    let mut said = said.map_err(|_| format!("panicked: {}", heard.unwrap_or_default()));
    if said.is_ok() && peak_bytes > target.peak_bytes_max {
        said = Err(format!("{peak_bytes} bytes held, at most {}", target.peak_bytes_max));
    }
    if said.is_ok() && time > TIME_MAX {
        said = Err(format!("{time:?}"));
    }
    One { said, time, peak_bytes }
}

fn end(decoder: &mut dyn Decoder) -> Result<(), String> {
    let quiet = Quiet::begin();
    let ended = catch_unwind(AssertUnwindSafe(|| decoder.end()));
    let heard = quiet.end();
    ended.map_err(|_| format!("panicked at the end: {}", heard.unwrap_or_default()))
}

thread_local! {
    /// What the last panic said; `Some` while this thread listens.
    static HEARD: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Panics of this thread are heard instead of printed: a decoder may catch a library's and go on.
struct Quiet;

impl Quiet {
    fn begin() -> Quiet {
        HEARD.set(Some(String::new()));
        Quiet
    }

    fn end(self) -> Option<String> {
        HEARD.take()
    }
}

fn listen_for_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |told| {
            let is_heard = HEARD.try_with(|heard| {
                let mut heard = heard.borrow_mut();
                heard.as_mut().map(|words| *words = told.to_string()).is_some()
            });
            if !is_heard.unwrap_or(false) {
                before(told);
            }
        }));
    });
}

/// An input once found to break a promise, as a file keeps it: `tests/corpus/<decoder>/<name>`.
#[derive(Debug, Clone)]
pub struct Case {
    pub decoder: String,
    pub name: String,
    pub input: Vec<u8>,
}

impl Case {
    /// All committed ones.
    pub fn all() -> Vec<Case> {
        let names = |folder: &std::path::Path| -> Vec<std::path::PathBuf> {
            let inside = std::fs::read_dir(folder).into_iter().flatten().flatten();
            let mut paths: Vec<_> = inside.map(|entry| entry.path()).collect();
            paths.sort();
            paths
        };
        let last = |path: &std::path::Path| {
            path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
        };
        let folders = names(&repository::root().join("tests/corpus"));
        let of = |folder: std::path::PathBuf| {
            names(&folder).into_iter().map(move |path| Case {
                decoder: last(&folder),
                name: last(&path),
                input: std::fs::read(&path).unwrap_or_default(),
            })
        };
        folders.into_iter().filter(|folder| folder.is_dir()).flat_map(of).collect()
    }
}

/// Feeds one kept input; what is wrong, if anything.
pub fn corpus_case(targets: &[Target], case: &Case) -> Result<Said, String> {
    listen_for_panics();
    let target = targets.iter().find(|target| target.name == case.decoder);
    let target = target.ok_or_else(|| format!("no decoder is called {}", case.decoder))?;
    let mut decoder = (target.open)();
    let said = feed(&mut *decoder, target, &case.input).said?;
    end(&mut *decoder).map(|()| said)
}
