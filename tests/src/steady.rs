//! A device's clock and randomness as a story gives them: the clock stands at the stop's afternoon, and what is
//! drawn follows from a seed alone, so that a run can be repeated.

use field::Host;
use protocol::Failure;
use sha2::{Digest, Sha256};
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};

/// 2026-09-14 17:30 in China, the day of the sample measurements; ms since 1970 UTC.
pub const AFTERNOON_MS: i64 = 1_789_378_200_000;

/// A host whose clock a story sets.
#[derive(Debug)]
pub struct SteadyHost {
    unix_ms: AtomicI64,
    drawn: Mutex<Drawn>,
}

#[derive(Debug)]
struct Drawn {
    seed: String,
    blocks: u64,
}

impl SteadyHost {
    /// Two hosts of one seed would draw the same: give each device its own.
    pub fn new(seed: &str) -> SteadyHost {
        SteadyHost {
            unix_ms: AtomicI64::new(AFTERNOON_MS),
            drawn: Mutex::new(Drawn { seed: seed.to_owned(), blocks: 0 }),
        }
    }

    /// Draws as another seed's host from here.
    pub fn draw_as(&self, seed: &str) {
        *self.drawn.lock().unwrap() = Drawn { seed: seed.to_owned(), blocks: 0 };
    }

    /// Sets the clock; field clocks are often wrong.
    pub fn set_clock(&self, unix_ms: i64) {
        self.unix_ms.store(unix_ms, Ordering::SeqCst);
    }
}

impl Host for SteadyHost {
    fn unix_ms(&self) -> i64 {
        self.unix_ms.load(Ordering::SeqCst)
    }

    fn random(&self, bytes: &mut [u8]) -> Result<(), Failure> {
        let mut drawn = self.drawn.lock().unwrap();
        for piece in bytes.chunks_mut(32) {
            let mut hash = Sha256::new();
            hash.update(drawn.seed.as_bytes());
            hash.update(drawn.blocks.to_be_bytes());
            drawn.blocks += 1;
            piece.copy_from_slice(&hash.finalize()[..piece.len()]);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_draws_the_same_again_and_another_draws_otherwise() {
        let draw = |seed: &str| {
            let host = SteadyHost::new(seed);
            [host.random_16().unwrap(), host.random_16().unwrap()]
        };
        assert_eq!(draw("a"), draw("a"));
        assert_ne!(draw("a"), draw("b"));
        assert_ne!(draw("a")[0], draw("a")[1]);
    }

    #[test]
    fn the_clock_stands_at_the_day_of_the_samples() {
        assert_eq!(office::Moment::at(AFTERNOON_MS).as_of, "2026-09-14 17:30");
    }
}
