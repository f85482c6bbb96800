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
mod mortal;
pub mod network;
mod quiet;
mod work;
mod world;

pub use disk::Disk;
pub use holder::{DISTRICT, Holder, VILLAGES};
pub use memory::Memory;
pub use quiet::Shape;
pub use world::{Setup, World};

/// Steps of one run.
pub const STEPS: usize = 45;

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
