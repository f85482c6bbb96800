//! All chance of a run: what a seed gives, in order. Also what the ids drawn inside stores come from, by thread.

use std::cell::Cell;
use store::StoreError;

thread_local! {
    static IDS: Cell<u64> = const { Cell::new(1) };
}

/// xorshift64*.
#[derive(Debug, Clone)]
pub struct Dice(u64);

fn stirred(seed: u64) -> u64 {
    // SplitMix64's finaliser: neighbouring seeds have nothing in common.
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (z ^ (z >> 31)) | 1
}

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(stirred(seed))
    }

    pub fn roll(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.roll() >> 33).unwrap_or(0) % n.max(1)
    }

    /// True this often in a hundred times.
    pub fn percent(&mut self, often: usize) -> bool {
        self.below(100) < often
    }

    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// From here on this thread's stores draw their ids from a seed.
pub fn seed_ids(seed: u64) {
    IDS.set(stirred(seed ^ 0xfeed));
}

/// 16 bytes for an id of a later life.
pub fn draw_id() -> Result<[u8; 16], StoreError> {
    let mut dice = Dice(IDS.get());
    let mut id = [0; 16];
    id[..8].copy_from_slice(&dice.roll().to_be_bytes());
    id[8..].copy_from_slice(&dice.roll().to_be_bytes());
    IDS.set(dice.0);
    Ok(id)
}
