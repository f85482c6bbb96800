//! A district in one process: 2 to 8 devices, a server, backups, and a network that does whatever networks do, driven by
//! the very code that devices and servers run (`sync::run`, `sync::answer`, `store`). A seed is all that a run
//! depends on. `cargo test` runs some hundreds of seeds, `cargo xtask soak` as many as one likes.
//!
//! What must hold whatever happens is in `world` (after each step) and `quiet` (at the end). Not TLS and HTTP, not
//! real processes, not the disk's own faults: other tests have those.

pub mod dice;
mod disk;
pub mod hall;
mod holder;
mod memory;
pub mod mortal;
pub mod network;
mod quiet;
pub mod slow_line;
mod work;
mod world;

pub use disk::Disk;
pub use holder::{DISTRICT, Holder, VILLAGES};
pub use memory::Memory;
pub use quiet::Shape;
pub use world::{Setup, World};

use std::ops::Range;
use std::panic::catch_unwind;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// Steps of one run.
pub const STEPS: usize = 45;

/// What a run's holders are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Disk,
    Memory,
}

impl Kind {
    /// Every third on disk: about ten times as dear.
    pub fn of_seed(seed: u64) -> Kind {
        if seed.is_multiple_of(3) { Kind::Disk } else { Kind::Memory }
    }

    pub fn simulate(self, seed: u64, setup: &Setup) -> Result<Shape, String> {
        match self {
            Kind::Disk => simulate::<Disk>(seed, setup),
            Kind::Memory => simulate::<Memory>(seed, setup),
        }
    }
}

/// One run on holders of one kind. `Err` says what did not hold, and after which steps.
pub fn simulate<H: Holder>(seed: u64, setup: &Setup) -> Result<Shape, String> {
    let mut world = World::<H>::new(seed, setup);
    let mut told = || -> Result<Shape, String> {
        for _ in 0..setup.steps {
            world.step()?;
        }
        world.settle()
    };
    let ended = told();
    ended.map_err(|why| format!("{why}\n  after: {}", world.story()))
}

/// A seed that failed, and how.
pub type Failed = (u64, Kind, String);

/// Runs seeds on some threads; `tell` hears of each that ended. Answers those that failed, a panic among them.
pub fn run_seeds(
    seeds: Range<u64>,
    threads: usize,
    kind_of: fn(u64) -> Kind,
    tell: &(dyn Fn(Option<&Failed>) + Sync),
) -> Vec<Failed> {
    let (next, failed) = (AtomicU64::new(seeds.start), Mutex::new(Vec::new()));
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::SeqCst);
            if seed >= seeds.end {
                return;
            }
            let kind = kind_of(seed);
            let ended = catch_unwind(|| kind.simulate(seed, &Setup::default()));
            let ended = ended.unwrap_or_else(|_| Err("it panicked".to_owned()));
            let found = ended.err().map(|why| (seed, kind, why));
            tell(found.as_ref());
            failed.lock().unwrap().extend(found);
        }
    };
    std::thread::scope(|scope| {
        (0..threads).for_each(|_| drop(scope.spawn(work)));
    });
    failed.into_inner().unwrap()
}
