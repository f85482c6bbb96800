//! Live: what somebody else saved shows here without being asked for. The store tells how far it is; the host waits for
//! another number, outside the lock under which commands are done. Not what came in: the screen asks for what it shows.

use super::Opened;
use crate::home::failed;
use office::Moment;
use protocol::Failure;
use protocol::rpc::work::{WatchAsk, Watched};
use std::time::Duration;

/// Between two looks at the store: a number read from a table of few rows.
const LOOK_EVERY: Duration = Duration::from_millis(150);
/// Looks until it is answered all the same, so that a line that died shows: 20 seconds.
const LOOKS_MAX: u32 = 133;

impl Opened {
    /// How far the store is.
    pub(super) fn mark(&self) -> Result<Watched, Failure> {
        let clock = Moment::at(self.home.host.unix_ms()).as_of;
        Ok(Watched { mark: self.home.store().mark().map_err(failed)?, clock })
    }
}

/// Waits for another mark than the one last told. `look` does the command once, and is let go of between two looks.
pub fn watch(
    ask: &WatchAsk,
    look: &mut dyn FnMut() -> Result<Watched, Failure>,
) -> Result<Watched, Failure> {
    watch_resting(ask, look, &mut || std::thread::sleep(LOOK_EVERY))
}

fn watch_resting(
    ask: &WatchAsk,
    look: &mut dyn FnMut() -> Result<Watched, Failure>,
    rest: &mut dyn FnMut(),
) -> Result<Watched, Failure> {
    let mut watched = look()?;
    for _ in 0..LOOKS_MAX {
        if watched.mark != ask.since {
            break;
        }
        rest();
        watched = look()?;
    }
    Ok(watched)
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::Code;

    /// What the looks find one after the other, the last for ever: what is answered, and after how many rests.
    fn check(since: u64, marks: &[Option<u64>], expected: Result<u64, Code>, rests: u32) {
        let (mut at, mut rested) = (0, 0);
        let mut look = || {
            let mark = marks[at.min(marks.len() - 1)];
            at += 1;
            mark.map(|mark| Watched { mark, clock: String::new() })
                .ok_or(Failure::new(Code::AppLocked))
        };
        let watched = watch_resting(&WatchAsk { since }, &mut look, &mut || rested += 1);
        let watched = watched.map(|watched| watched.mark).map_err(|failure| failure.code);
        assert_eq!((watched, rested), (expected, rests), "{since} {marks:?}");
    }

    #[test]
    fn it_answers_with_the_first_other_mark_at_a_lock_and_after_a_while_all_the_same() {
        check(0, &[Some(5)], Ok(5), 0);
        check(5, &[Some(5), Some(5), Some(6)], Ok(6), 2);
        // A stop let go makes it less.
        check(5, &[Some(5), Some(3)], Ok(3), 1);
        check(5, &[Some(5), None], Err(Code::AppLocked), 1);
        check(5, &[Some(5)], Ok(5), LOOKS_MAX);
    }
}
