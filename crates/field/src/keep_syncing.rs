//! Syncing again and again: until the server has all of this device's work, or for as long as the program runs. When
//! the next run is due is `sync::Retry`'s; here it is run, waited for and told. The waiting itself is the
//! caller's, who has the clock.

use crate::home::Home;
use crate::synchronise::Synced;
use protocol::Failure;
use std::time::Duration;
use sync::{Ended, Next, Retry};

/// When to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    /// The server has all own entries, as it proved.
    Done,
    /// Never: others' work comes too.
    Never,
}

/// What ended a wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Woken {
    InTime,
    /// Somebody asked for a sync now.
    Asked,
    /// The program is to end.
    ToStop,
}

/// Who waits and tells.
pub trait Watch {
    /// One run ended so; the next is due after this long, or when somebody asks.
    fn tell(&mut self, ran: &Result<Synced, Failure>, next: Option<Duration>);
    /// Waits so long; `None` = until somebody asks.
    fn wait(&mut self, next: Option<Duration>) -> Woken;
}

impl Home {
    /// Runs until the goal is reached, the watch ends it, or nothing can change by trying again. Answers the last run.
    pub fn keep_syncing(&mut self, goal: Goal, watch: &mut dyn Watch) -> Result<Synced, Failure> {
        let mut retry = Retry::default();
        loop {
            let (synced, ran) = self.sync_once();
            let is_done = ran.ended == Ended::Well && ran.unsent == 0;
            if is_done && goal == Goal::Done {
                return synced;
            }
            let (then, next) = retry.after(&ran, self.host.random_u64()?);
            retry = then;
            let next = match next {
                Next::InMs(ms) => Some(Duration::from_millis(ms)),
                Next::WhenAsked if goal == Goal::Done => return synced,
                Next::WhenAsked => None,
            };
            watch.tell(&synced, next);
            match watch.wait(next) {
                Woken::InTime => {}
                // Somebody is there: what failed before counts no more.
                Woken::Asked => retry = Retry::default(),
                Woken::ToStop => return synced,
            }
        }
    }
}
