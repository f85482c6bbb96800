//! When to run again: a value computed from values, like `pace`, so that a simulation runs the very same rule. No
//! clock and no sleeping: whoever runs waits, and gives the randomness.
//!
//! What passes by itself is tried again after an exponential delay with full jitter, so that twenty tablets that
//! lost one network do not come back as one. What a person mends is tried rarely where nobody would tell this
//! program, and else only when somebody asks.

use crate::carrier::CarrierError;
use protocol::Code;

/// No two runs are closer than this, ms, but when asked for.
pub const FLOOR_MS: u64 = 2_000;
/// The window of the first delay, ms; doubled after each failure in a row.
pub const FIRST_MS: u64 = 5_000;
/// The widest window while there is work the server lacks, ms.
pub const UNSENT_CAP_MS: u64 = 5 * 60_000;
/// The widest window otherwise, and where a person has to mend something elsewhere, ms.
pub const CAP_MS: u64 = 30 * 60_000;
/// When all is well, others' work is looked for after half of this to all of it, ms.
pub const IDLE_MS: u64 = 5 * 60_000;
/// A server that asks for more patience than this is not believed, ms: the header may come from anyone's proxy.
pub const RETRY_AFTER_MAX_MS: u64 = 60 * 60_000;

/// What ended a run, as far as it matters for the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It went through.
    Well,
    /// Not reached, cut, timed out, somebody else's answer, a database in use: it passes by itself.
    Passing,
    /// The server said that it is busy, and perhaps for how long.
    Busy { retry_after_ms: Option<u64> },
    /// A person has to act, and this program would not be told: a full disk, a wrong clock, a network that is not
    /// the server's, a device the server does not know.
    MendedElsewhere,
    /// Nothing changes before this program is told something new: not enrolled, too old, its data damaged.
    MendedHere,
}

const PASSING: [Code; 6] = [
    Code::ChallengeUnknown,
    Code::ServerUnreachable,
    Code::ServerAnswerUnknown,
    Code::ServerBusy,
    Code::RequestMalformed,
    Code::DatabaseBusy,
];
const MENDED_ELSEWHERE: [Code; 10] = [
    Code::DeviceKeyLost,
    Code::DeviceBarred,
    Code::DeviceUnproven,
    Code::ServerUntrusted,
    Code::ServerCertificateDate,
    Code::ServerRefused,
    Code::TokenInvalid,
    Code::OutOfScope,
    Code::DiskFull,
    Code::FileUnwritable,
];

impl Ended {
    /// By the word for the edge, where nothing better is known.
    pub fn by_code(code: Code) -> Ended {
        if PASSING.contains(&code) {
            Ended::Passing
        } else if MENDED_ELSEWHERE.contains(&code) {
            Ended::MendedElsewhere
        } else {
            Ended::MendedHere
        }
    }
}

impl From<&CarrierError> for Ended {
    fn from(error: &CarrierError) -> Ended {
        match error {
            CarrierError::Busy { retry_after_s } => {
                Ended::Busy { retry_after_ms: retry_after_s.map(|s| u64::from(s) * 1_000) }
            }
            CarrierError::Address => Ended::MendedHere,
            // One call can be too large for one network and fit through the next.
            CarrierError::TooLarge => Ended::Passing,
            CarrierError::Unreachable
            | CarrierError::Untrusted
            | CarrierError::CertificateDate
            | CarrierError::TimedOut
            | CarrierError::AnswerUnknown
            | CarrierError::Token
            | CarrierError::Refused(_)
            | CarrierError::Local => Ended::by_code(error.code()),
        }
    }
}

/// A run, seen from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ran {
    pub ended: Ended,
    /// Entries that either side gained by it.
    pub moved: u64,
    /// Own entries the server is not known to have.
    pub unsent: u64,
    /// Somebody asked for another run while this one was under way.
    pub is_asked: bool,
}

/// When the next run is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    InMs(u64),
    /// Only when somebody asks, or the program starts anew.
    WhenAsked,
}

/// Runs in a row that brought nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Retry {
    in_a_row: u32,
}

impl Retry {
    /// What to remember after a run, and when the next one is due. `entropy` spreads delays evenly over their window.
    pub fn after(self, ran: &Ran, entropy: u64) -> (Retry, Next) {
        let is_done = ran.ended == Ended::Well && ran.unsent == 0;
        if ran.is_asked {
            return (Retry::default(), Next::InMs(0));
        }
        let in_a_row = if is_done || ran.moved > 0 { 0 } else { self.in_a_row.saturating_add(1) };
        let cap_ms = if ran.unsent > 0 { UNSENT_CAP_MS } else { CAP_MS };
        let window_ms = (FIRST_MS << in_a_row.min(20)).min(cap_ms);
        let jittered_ms = FLOOR_MS + share(window_ms - FLOOR_MS, entropy);
        let next = match ran.ended {
            Ended::Well if is_done => Next::InMs(IDLE_MS / 2 + share(IDLE_MS / 2, entropy)),
            Ended::Well | Ended::Passing | Ended::Busy { retry_after_ms: None } => {
                Next::InMs(jittered_ms)
            }
            // Never before the server said, and not everybody at that moment.
            Ended::Busy { retry_after_ms: Some(after_ms) } => {
                Next::InMs(after_ms.min(RETRY_AFTER_MAX_MS) + jittered_ms)
            }
            Ended::MendedElsewhere => Next::InMs(CAP_MS / 2 + share(CAP_MS / 2, entropy)),
            Ended::MendedHere => Next::WhenAsked,
        };
        (Retry { in_a_row }, next)
    }
}

/// From 0 to `window_ms`, as far along as `entropy` is along its own range.
fn share(window_ms: u64, entropy: u64) -> u64 {
    let wide = (u128::from(window_ms) * u128::from(entropy)) >> 64;
    u64::try_from(wide).unwrap_or(window_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFLINE: Ran = Ran { ended: Ended::Passing, moved: 0, unsent: 9, is_asked: false };

    fn ms(next: Next) -> u64 {
        match next {
            Next::InMs(ms) => ms,
            Next::WhenAsked => panic!("only when asked"),
        }
    }

    /// The delays of runs that all end alike, with the same entropy.
    fn delays(ran: Ran, runs: usize, entropy: u64) -> Vec<u64> {
        let mut retry = Retry::default();
        let mut one = || {
            let (then, next) = retry.after(&ran, entropy);
            retry = then;
            ms(next)
        };
        (0..runs).map(|_| one()).collect()
    }

    #[test]
    fn the_window_doubles_with_each_failure_up_to_its_cap_and_no_delay_is_below_the_floor() {
        let widest = delays(OFFLINE, 12, u64::MAX);
        assert!(widest.windows(2).all(|two| two[0] <= two[1]), "{widest:?}");
        assert!(widest[1] > widest[0] * 3 / 2, "{widest:?}");
        assert!(widest.iter().all(|ms| *ms <= UNSENT_CAP_MS), "{widest:?}");
        assert!(*widest.last().unwrap() > UNSENT_CAP_MS - 10, "{widest:?}");
        assert!(delays(OFFLINE, 12, 0).iter().all(|ms| *ms == FLOOR_MS));
        let without_work = delays(Ran { unsent: 0, ..OFFLINE }, 20, u64::MAX);
        assert!(*without_work.last().unwrap() > CAP_MS - 10);
        // Any number of failures: no overflow.
        assert!(delays(OFFLINE, 200, u64::MAX).iter().all(|ms| *ms <= UNSENT_CAP_MS));
    }

    #[test]
    fn twenty_devices_that_lost_one_network_come_back_spread_over_the_whole_window() {
        let step = u64::MAX / 20;
        let sixth: Vec<u64> = (0..20).map(|n| delays(OFFLINE, 6, n * step)[5]).collect();
        let tenth = UNSENT_CAP_MS / 10;
        let filled: std::collections::BTreeSet<u64> = sixth.iter().map(|ms| ms / tenth).collect();
        assert!(filled.len() >= 9, "{sixth:?}");
        // Control: one entropy for all is one moment for all.
        let same: std::collections::BTreeSet<u64> =
            (0..20).map(|_| delays(OFFLINE, 6, step)[5]).collect();
        assert_eq!(same.len(), 1);
    }

    #[test]
    fn a_busy_server_is_left_alone_for_as_long_as_it_said() {
        let busy = |retry_after_ms| Ran { ended: Ended::Busy { retry_after_ms }, ..OFFLINE };
        for entropy in [0, 1 << 40, u64::MAX / 2, u64::MAX] {
            assert!(
                delays(busy(Some(90_000)), 3, entropy).iter().all(|ms| *ms >= 90_000 + FLOOR_MS)
            );
        }
        assert_eq!(delays(busy(None), 3, 0), delays(OFFLINE, 3, 0));
        let endless = delays(busy(Some(u64::MAX)), 1, u64::MAX)[0];
        assert!(endless <= RETRY_AFTER_MAX_MS + UNSENT_CAP_MS, "{endless}");
        let header = CarrierError::Busy { retry_after_s: Some(u32::MAX) };
        assert!(
            delays(Ran { ended: Ended::from(&header), ..OFFLINE }, 1, 0)[0]
                <= RETRY_AFTER_MAX_MS * 2
        );
    }

    #[test]
    fn progress_and_asking_begin_anew() {
        let tired = (0..8).fold(Retry::default(), |retry, _| retry.after(&OFFLINE, 7).0);
        assert_eq!(tired.after(&Ran { moved: 1, ..OFFLINE }, 7).0, Retry::default());
        let asked = tired.after(&Ran { is_asked: true, ..OFFLINE }, u64::MAX);
        assert_eq!(asked, (Retry::default(), Next::InMs(0)));
        let well = Ran { ended: Ended::Well, unsent: 0, ..OFFLINE };
        assert_eq!(tired.after(&well, 0), (Retry::default(), Next::InMs(IDLE_MS / 2)));
    }

    #[test]
    fn work_that_is_not_taken_is_not_offered_at_full_speed_for_ever() {
        let held = Ran { ended: Ended::Well, ..OFFLINE };
        let widest = delays(held, 10, u64::MAX);
        assert!(*widest.last().unwrap() > UNSENT_CAP_MS - 10, "{widest:?}");
    }

    #[test]
    fn what_a_person_mends_is_tried_rarely_or_only_when_asked() {
        let check = |error: CarrierError, is_tried: bool| {
            let ran = Ran { ended: Ended::from(&error), ..OFFLINE };
            let next = Retry::default().after(&ran, 0).1;
            assert_eq!(next != Next::WhenAsked, is_tried, "{error}");
            if let (Next::InMs(ms), true) = (next, ran.ended == Ended::MendedElsewhere) {
                assert!(ms >= CAP_MS / 2, "{error}: {ms}");
            }
        };
        check(CarrierError::Token, true);
        check(CarrierError::CertificateDate, true);
        check(CarrierError::Untrusted, true);
        check(CarrierError::Refused(Code::ProtocolNewer), false);
        check(CarrierError::Address, false);
        check(CarrierError::Local, false);
        check(CarrierError::Unreachable, true);
        assert_eq!(Ended::by_code(Code::DiskFull), Ended::MendedElsewhere);
        assert_eq!(Ended::by_code(Code::DatabaseDamaged), Ended::MendedHere);
        assert_eq!(Ended::by_code(Code::NotEnrolled), Ended::MendedHere);
        let rare = [CarrierError::Token, CarrierError::CertificateDate, CarrierError::Untrusted];
        assert!(rare.iter().all(|error| Ended::from(error) == Ended::MendedElsewhere));
    }
}
