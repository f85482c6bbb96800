//! Is it time to lock? Pure: the moments come in. Not the locking itself (`session`), and not who asks how often (the
//! host's timer).

use super::LOCK_AFTER_MIN;
use protocol::rpc::Command;

const LOCK_AFTER_MS: i64 = LOCK_AFTER_MIN as i64 * 60_000;

/// A moment by both of a device's clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    /// The running time since some start: nobody sets it, but it may stand still while a laptop's lid is closed.
    pub tick_ms: i64,
    /// The wall clock: it runs on under a closed lid, but may be set to anything.
    pub unix_ms: i64,
}

/// True when nobody has been at work from `last` to `now` for as long as a device may stay open. Either clock is
/// enough: a wall clock set forward locks too early, which costs a password; set back, it is no reason to stay open.
pub(super) fn is_over(last: Seen, now: Seen) -> bool {
    let ran_ms = now.tick_ms.saturating_sub(last.tick_ms);
    let passed_ms = now.unix_ms.saturating_sub(last.unix_ms);
    ran_ms >= LOCK_AFTER_MS || passed_ms >= LOCK_AFTER_MS
}

/// True for what only a person brings about. What a screen asks by itself, every few seconds, at its start or after a
/// sync (the day), keeps nothing open.
pub(super) fn is_of_a_person(command: &Command) -> bool {
    !matches!(
        command,
        Command::State(_)
            | Command::SyncState(_)
            | Command::Watch(_)
            | Command::Forms(_)
            | Command::Day(_)
            | Command::HubState(_)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::rpc::session::Nothing;

    #[test]
    fn it_is_time_when_either_clock_says_so() {
        let check = |ran_ms: i64, passed_ms: i64, expected: bool| {
            let last = Seen { tick_ms: 5_000, unix_ms: 1_789_378_200_000 };
            let now = Seen { tick_ms: last.tick_ms + ran_ms, unix_ms: last.unix_ms + passed_ms };
            assert_eq!(is_over(last, now), expected, "{ran_ms} {passed_ms}");
        };
        check(0, 0, false);
        check(LOCK_AFTER_MS - 1, LOCK_AFTER_MS - 1, false);
        check(LOCK_AFTER_MS, LOCK_AFTER_MS, true);
        // The lid was closed for an hour.
        check(20_000, 3_600_000, true);
        // The clock fell back to 1970, or was put right by a second.
        check(60_000, -1_789_000_000_000, false);
        check(60_000, -1_000, false);
        check(LOCK_AFTER_MS, -1_789_000_000_000, true);
    }

    #[test]
    fn what_a_screen_asks_by_itself_is_no_person() {
        let asked = [
            Command::State(Nothing {}),
            Command::SyncState(Nothing {}),
            Command::Watch(protocol::rpc::work::WatchAsk { since: 7 }),
            Command::Forms(Nothing {}),
            Command::Day(Nothing {}),
            Command::HubState(Nothing {}),
        ];
        for command in asked {
            assert!(!is_of_a_person(&command), "{}", command.word());
        }
        let done =
            [Command::Sync(Nothing {}), Command::Drafts(Nothing {}), Command::HubStop(Nothing {})];
        for command in done {
            assert!(is_of_a_person(&command), "{}", command.word());
        }
    }
}
