//! How large the next batch should be: a value computed from values, so that a simulation runs the very
//! same rule. Not when to try again: that is whoever calls `run`.

use protocol::call::{BATCH_BYTES_AIM, BATCH_INFLATED_BYTES_MAX};

/// The smallest aim, bytes compressed. A batch may still be larger: one range is never split.
pub const AIM_BYTES_MIN: usize = 4 << 10;
/// The first aim on a line nobody knows yet: at 32 kbit/s this takes 8 s, and a full batch over a minute.
pub const AIM_BYTES_FIRST: usize = 32 << 10;
/// Cuts do not make batches smaller than this: connecting costs more than is saved.
pub const CUT_BYTES_MIN: usize = 16 << 10;
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
    /// The connection ended on the way, or somebody else answered.
    Cut,
}

/// The aim and what is known of compression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    aim_bytes: usize,
    /// Where the aim stops growing: a line that cuts connections gets through little at a time, and what was cut off
    /// has to be sent again.
    ceiling_bytes: usize,
    ratio_permille: usize,
}

impl Default for Pace {
    fn default() -> Pace {
        let (aim_bytes, ceiling_bytes) = (AIM_BYTES_FIRST, BATCH_BYTES_AIM);
        Pace { aim_bytes, ceiling_bytes, ratio_permille: RATIO_PERMILLE_FIRST }
    }
}

impl Pace {
    /// The pace after a turn: halved when it did not go through, half as much again when it did, up to the full aim; after a cut
    /// the way back is slower.
    pub fn after(self, turn: Turn) -> Pace {
        match turn {
            Turn::TooLarge | Turn::TimedOut => {
                Pace { aim_bytes: (self.aim_bytes / 2).max(AIM_BYTES_MIN), ..self }
            }
            Turn::Cut => {
                let aim_bytes = (self.aim_bytes / 2).max(CUT_BYTES_MIN).min(self.aim_bytes);
                Pace { aim_bytes, ceiling_bytes: aim_bytes.max(CUT_BYTES_MIN), ..self }
            }
            Turn::Sent { raw, sent } => {
                let aim_bytes = (self.aim_bytes * 3 / 2).min(self.ceiling_bytes);
                let ceiling_bytes = (self.ceiling_bytes * 5 / 4).min(BATCH_BYTES_AIM);
                Pace { aim_bytes, ceiling_bytes, ratio_permille: self.ratio_after(raw, sent) }
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

    fn full() -> Pace {
        let sent = |pace: Pace| pace.after(Turn::Sent { raw: 100, sent: 40 });
        (0..8).fold(Pace::default(), |pace, _| sent(pace))
    }

    #[test]
    fn it_begins_small_and_is_at_the_full_aim_after_six_batches() {
        let sent = |pace: Pace| pace.after(Turn::Sent { raw: 100, sent: 40 });
        assert_eq!(Pace::default().aim_bytes(), AIM_BYTES_FIRST);
        let sixth = (0..6).fold(Pace::default(), |pace, _| sent(pace));
        assert_eq!(sixth.aim_bytes(), BATCH_BYTES_AIM);
    }

    #[test]
    fn a_line_that_cuts_is_given_little_for_some_time() {
        let cut = full().after(Turn::Cut).after(Turn::Cut);
        assert_eq!(cut.aim_bytes(), BATCH_BYTES_AIM / 4);
        let sent = |pace: Pace| pace.after(Turn::Sent { raw: 100, sent: 40 });
        assert!(sent(sent(cut)).aim_bytes() < BATCH_BYTES_AIM / 2);
        let calm = (0..20).fold(cut, |pace, _| sent(pace));
        assert_eq!(calm.aim_bytes(), BATCH_BYTES_AIM);
        let bad = (0..20).fold(full(), |pace, _| pace.after(Turn::Cut));
        assert_eq!(bad.aim_bytes(), CUT_BYTES_MIN);
    }

    #[test]
    fn a_batch_is_halved_when_it_does_not_go_through_and_grows_back() {
        let full = full();
        let half = full.after(Turn::TooLarge);
        assert_eq!(half.aim_bytes(), full.aim_bytes() / 2);
        assert_eq!(half.after(Turn::TimedOut).aim_bytes(), full.aim_bytes() / 4);
        let sent = Turn::Sent { raw: 100, sent: 40 };
        let back = half.after(sent).after(sent);
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
