//! How large the next batch should be: a value computed from values, so that a simulation runs the very
//! same rule. Not when to try again: that is whoever calls `run`.

use protocol::call::{BATCH_BYTES_AIM, BATCH_INFLATED_BYTES_MAX};

/// The smallest aim, bytes compressed. A batch may still be larger: one range is never split.
pub const AIM_BYTES_MIN: usize = 4 << 10;
/// Before anything was sent, a batch is taken to shrink to this share of its size, in thousandths.
const RATIO_PERMILLE_FIRST: usize = 400;
/// No batch is taken to shrink below this share, so one lucky batch does not make the next one huge.
const RATIO_PERMILLE_MIN: usize = 60;
/// Room for frames, certificates and an underestimate below the receiver's limit.
const RAW_BYTES_MAX: usize = BATCH_INFLATED_BYTES_MAX * 3 / 4;

/// What became of the last batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// It went through: bytes before and after compression.
    Sent {
        raw: usize,
        sent: usize,
    },
    /// Status 413.
    TooLarge,
    TimedOut,
}

/// The aim and what is known of compression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    aim_bytes: usize,
    ratio_permille: usize,
}

impl Default for Pace {
    fn default() -> Pace {
        Pace { aim_bytes: BATCH_BYTES_AIM, ratio_permille: RATIO_PERMILLE_FIRST }
    }
}

impl Pace {
    /// The pace after a turn: halved when it did not go through, doubled back up to the full aim when it did.
    pub fn after(self, turn: Turn) -> Pace {
        match turn {
            Turn::TooLarge | Turn::TimedOut => {
                Pace { aim_bytes: (self.aim_bytes / 2).max(AIM_BYTES_MIN), ..self }
            }
            Turn::Sent { raw, sent } => {
                let aim_bytes = (self.aim_bytes * 2).min(BATCH_BYTES_AIM);
                Pace { aim_bytes, ratio_permille: self.ratio_after(raw, sent) }
            }
        }
    }

    /// Half the old knowledge, half the new.
    fn ratio_after(self, raw: usize, sent: usize) -> usize {
        if raw == 0 {
            return self.ratio_permille;
        }
        let seen = (sent.saturating_mul(1000) / raw).clamp(RATIO_PERMILLE_MIN, 1000);
        usize::midpoint(self.ratio_permille, seen)
    }

    /// What a batch should weigh on the wire, bytes.
    pub fn aim_bytes(self) -> usize {
        self.aim_bytes
    }

    /// What a batch should weigh before compression, bytes.
    pub fn raw_bytes(self) -> usize {
        (self.aim_bytes.saturating_mul(1000) / self.ratio_permille).min(RAW_BYTES_MAX)
    }

    /// The same, with batches of no more than so many bytes before compression.
    pub fn at_most(self, raw_bytes: usize) -> Pace {
        let aim_bytes = raw_bytes.saturating_mul(self.ratio_permille) / 1000;
        Pace { aim_bytes: self.aim_bytes.min(aim_bytes.max(AIM_BYTES_MIN)), ..self }
    }

    /// True when halving again changes nothing: the batch cannot be made smaller.
    pub fn is_smallest(self) -> bool {
        self.aim_bytes <= AIM_BYTES_MIN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_halved_when_it_does_not_go_through_and_grows_back() {
        let full = Pace::default();
        let half = full.after(Turn::TooLarge);
        assert_eq!(half.aim_bytes(), full.aim_bytes() / 2);
        assert_eq!(half.after(Turn::TimedOut).aim_bytes(), full.aim_bytes() / 4);
        let back = half.after(Turn::Sent { raw: 100, sent: 40 });
        assert_eq!(back.aim_bytes(), full.aim_bytes());
        assert_eq!(back.after(Turn::Sent { raw: 100, sent: 40 }).aim_bytes(), full.aim_bytes());
    }

    #[test]
    fn the_aim_has_a_floor() {
        let mut pace = Pace::default();
        for _ in 0..40 {
            pace = pace.after(Turn::TimedOut);
        }
        assert_eq!(pace.aim_bytes(), AIM_BYTES_MIN);
        assert!(pace.is_smallest());
    }

    #[test]
    fn what_compresses_well_is_sent_in_larger_batches_within_the_limit() {
        let mut pace = Pace::default();
        let before = pace.raw_bytes();
        for _ in 0..20 {
            pace = pace.after(Turn::Sent { raw: 1_000_000, sent: 100_000 });
        }
        assert!(pace.raw_bytes() > 2 * before, "{}", pace.raw_bytes());
        for _ in 0..20 {
            pace = pace.after(Turn::Sent { raw: 1_000_000, sent: 1 });
        }
        assert!(pace.raw_bytes() <= BATCH_INFLATED_BYTES_MAX);
        for _ in 0..20 {
            pace = pace.after(Turn::Sent { raw: 100, sent: 200 });
        }
        assert!(
            pace.raw_bytes() <= pace.aim_bytes() * 11 / 10,
            "what does not shrink is not over-filled"
        );
    }
}
