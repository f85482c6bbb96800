//! What the field application needs from whatever runs it: a clock and randomness. Nothing else of the
//! outside world is reached from here but the store's folder and the server.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Clock and randomness come in through this; tests give their own.
pub trait Host: Send + Sync {
    /// Milliseconds since 1970 UTC as the device tells it: a claim, never used for order.
    fn unix_ms(&self) -> i64;
    /// Milliseconds of running time since some start, which nobody can set: how long something lasted.
    fn tick_ms(&self) -> i64 {
        self.unix_ms()
    }
    /// Fills `bytes` from the operating system's generator.
    fn random(&self, bytes: &mut [u8]) -> Result<(), protocol::Failure>;

    /// How costly stretching a password is to be on this machine.
    fn stretch_cost(&self) -> StretchCost {
        StretchCost::FLOOR
    }

    /// Bytes a person's files may still take where this folder lies; `None` where that cannot be told.
    fn free_bytes(&self, _folder: &std::path::Path) -> Option<u64> {
        None
    }

    /// 8 random bytes as a number.
    fn random_u64(&self) -> Result<u64, protocol::Failure> {
        let mut bytes = [0_u8; 8];
        self.random(&mut bytes)?;
        Ok(u64::from_be_bytes(bytes))
    }
    /// 16 random bytes: a person's or device's id, a roster's seed.
    fn random_16(&self) -> Result<[u8; 16], protocol::Failure> {
        let mut bytes = [0_u8; 16];
        self.random(&mut bytes)?;
        Ok(bytes)
    }
    /// Today's civil date in China (UTC+8), by the device's clock.
    fn today(&self) -> NaiveDate {
        office::Moment::at(self.unix_ms()).today
    }
}

/// The machine's own clock and generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemHost;

impl Host for SystemHost {
    fn unix_ms(&self) -> i64 {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        since.ok().and_then(|d| i64::try_from(d.as_millis()).ok()).unwrap_or(0)
    }

    fn tick_ms(&self) -> i64 {
        static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
        let start = START.get_or_init(std::time::Instant::now);
        i64::try_from(start.elapsed().as_millis()).unwrap_or(i64::MAX)
    }

    fn stretch_cost(&self) -> StretchCost {
        static COST: std::sync::OnceLock<StretchCost> = std::sync::OnceLock::new();
        *COST.get_or_init(|| {
            StretchCost::calibrated(&mut |cost| {
                let before = std::time::Instant::now();
                crate::slots::stretch_once(cost);
                u64::try_from(before.elapsed().as_millis()).unwrap_or(u64::MAX)
            })
        })
    }

    fn free_bytes(&self, folder: &std::path::Path) -> Option<u64> {
        fs4::available_space(folder).ok()
    }

    fn random(&self, bytes: &mut [u8]) -> Result<(), protocol::Failure> {
        getrandom::fill(bytes).map_err(|_| protocol::Failure::new(protocol::Code::Internal))
    }
}

/// What Argon2id is told: memory and passes, one lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StretchCost {
    pub memory_kib: u32,
    pub passes: u32,
}

impl StretchCost {
    /// Never less than this: 19 MiB and 2 passes (OWASP Password Storage Cheat Sheet, Argon2id).
    pub const FLOOR: StretchCost = StretchCost { memory_kib: 19 << 10, passes: 2 };
    /// Never more, whatever a file says: a tablet has to be able to open it.
    pub const CEILING: StretchCost = StretchCost { memory_kib: 512 << 10, passes: 16 };

    /// The cost a file names, if it is between floor and ceiling.
    pub fn bounded(self) -> Option<StretchCost> {
        let fits = |least: u32, named: u32, most: u32| (least..=most).contains(&named);
        let (least, most) = (StretchCost::FLOOR, StretchCost::CEILING);
        (fits(least.memory_kib, self.memory_kib, most.memory_kib)
            && fits(least.passes, self.passes, most.passes))
        .then_some(self)
    }

    /// Raised from the floor until `takes_ms` says that it lasts half a second: memory first (up to 128 MiB), then
    /// passes. Pure: the measuring comes in.
    pub fn calibrated(takes_ms: &mut dyn FnMut(StretchCost) -> u64) -> StretchCost {
        const LONG_ENOUGH_MS: u64 = 500;
        const MEMORY_KIB_MAX: u32 = 128 << 10;
        let mut cost = StretchCost::FLOOR;
        loop {
            let took_ms = takes_ms(cost);
            if took_ms >= LONG_ENOUGH_MS || cost == StretchCost::CEILING {
                return cost;
            }
            // Doubled and measured again, so that one measurement that was too quick does not end in a minute's wait.
            cost = if cost.memory_kib < MEMORY_KIB_MAX {
                StretchCost { memory_kib: (cost.memory_kib * 2).min(MEMORY_KIB_MAX), ..cost }
            } else {
                let passes = (cost.passes * 2).min(StretchCost::CEILING.passes);
                if passes == cost.passes {
                    return cost;
                }
                StretchCost { passes, ..cost }
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cost_lasts_half_a_second_and_is_never_below_the_floor() {
        let check = |mib_per_ms: u64, memory_kib: u32, passes: u32| {
            let takes_ms = |cost: StretchCost| {
                u64::from(cost.memory_kib) * u64::from(cost.passes) / 1024 / mib_per_ms
            };
            let cost = StretchCost::calibrated(&mut { takes_ms });
            assert_eq!(cost, StretchCost { memory_kib, passes }, "{mib_per_ms}");
            assert_eq!(cost.bounded(), Some(cost));
        };
        // 19 MiB twice at 0.05 MiB/ms would take a second: whole numbers, so the slowest here is 1 MiB/ms.
        check(1, 128 << 10, 4);
        check(2, 128 << 10, 8);
        check(1_000_000, 128 << 10, 16);
        let slow = StretchCost::calibrated(&mut |_| 2_000);
        assert_eq!(slow, StretchCost::FLOOR);
        let cheap = StretchCost { memory_kib: 8, passes: 1 };
        assert_eq!(cheap.bounded(), None, "a file cannot talk the cost down");
    }
}
