//! Wrong passwords: five are free, then each one waits longer, across restarts. Nothing is ever wiped: the people whose
//! results lie here must not lose them to somebody's fingers.

use crate::slots::write_whole;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const TRIES_FILE: &str = "tries.json";
/// Wrong passwords that cost no waiting.
pub const TRIES_FREE: u32 = 5;
/// The first wait, doubled with each further wrong one up to the longest.
pub const WAIT_S_FIRST: u32 = 30;
pub const WAIT_S_MAX: u32 = 15 * 60;

/// Wrong tries by slot.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tries(BTreeMap<String, Wrong>);

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Wrong {
    in_a_row: u32,
    last_unix_ms: i64,
    /// Where the clock was found before `last_unix_ms`: the wait counts from here for as long as the clock stands before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    again_unix_ms: Option<i64>,
}

impl Tries {
    /// What the file says; a file that cannot be read counts as none: stretching alone is slow.
    pub fn load(folder: &Path) -> Tries {
        let text = fs::read_to_string(folder.join(TRIES_FILE)).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// The same at a moment: a wait whose beginning lies ahead of the clock begins anew at it, once, and that is kept. A clock put
    /// back waits the whole time again and not for ever; one put forward afterwards finds the first wait as it was.
    pub fn load_at(folder: &Path, now_unix_ms: i64) -> Tries {
        let mut tries = Tries::load(folder);
        if tries.begin_anew(now_unix_ms) {
            tries.save(folder);
        }
        tries
    }

    fn begin_anew(&mut self, now_unix_ms: i64) -> bool {
        let mut is_changed = false;
        for wrong in self.0.values_mut().filter(|wrong| wrong.last_unix_ms > now_unix_ms) {
            if wrong.again_unix_ms.is_none_or(|again| again > now_unix_ms) {
                wrong.again_unix_ms = Some(now_unix_ms);
                is_changed = true;
            }
        }
        is_changed
    }

    /// Best effort: a full disk must not keep anybody from their work.
    pub fn save(&self, folder: &Path) {
        if let Ok(text) = serde_json::to_string(self) {
            let _ = write_whole(folder, TRIES_FILE, text.as_bytes());
        }
    }

    /// Seconds until a try of this slot counts again.
    pub fn wait_s(&self, slot: &str, now_unix_ms: i64) -> u32 {
        let Some(wrong) = self.0.get(slot) else { return 0 };
        let wait_ms = i64::from(wait_after(wrong.in_a_row)) * 1000;
        let since = match wrong.again_unix_ms {
            Some(again) if now_unix_ms < wrong.last_unix_ms => again,
            _ => wrong.last_unix_ms,
        };
        let gone_ms = now_unix_ms.saturating_sub(since).max(0);
        let left_ms = wait_ms.saturating_sub(gone_ms).max(0);
        u32::try_from((left_ms + 999) / 1000).unwrap_or(WAIT_S_MAX)
    }

    pub fn wrong(&mut self, slot: &str, now_unix_ms: i64) {
        let wrong = self.0.entry(slot.to_owned()).or_default();
        wrong.in_a_row = wrong.in_a_row.saturating_add(1);
        wrong.last_unix_ms = now_unix_ms;
        wrong.again_unix_ms = None;
    }

    pub fn right(&mut self, slot: &str) {
        self.0.remove(slot);
    }
}

fn wait_after(in_a_row: u32) -> u32 {
    let Some(beyond) = in_a_row.checked_sub(TRIES_FREE) else { return 0 };
    let doubled = 2_u32.checked_pow(beyond).and_then(|by| WAIT_S_FIRST.checked_mul(by));
    doubled.map_or(WAIT_S_MAX, |wait| wait.min(WAIT_S_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_tries_are_free_and_then_each_waits_longer_but_never_for_ever() {
        let check = |wrong: u32, wait_s: u32| assert_eq!(wait_after(wrong), wait_s, "{wrong}");
        check(0, 0);
        check(4, 0);
        check(5, 30);
        check(6, 60);
        check(9, 480);
        check(10, 900);
        check(u32::MAX, 900);
    }

    #[test]
    fn a_wait_survives_a_restart_and_a_clock_put_back_and_ends_with_the_right_password() {
        let folder = std::env::temp_dir().join(format!("tries-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let mut tries = Tries::default();
        (0..6).for_each(|_| tries.wrong("a", 1_000_000));
        tries.save(&folder);
        let wait = |now: i64| Tries::load_at(&folder, now).wait_s("a", now);
        assert_eq!((wait(1_000_000), wait(1_059_001), wait(1_060_000)), (60, 1, 0));
        assert_eq!(wait(0), 60, "the clock was put back");
        assert_eq!(Tries::load(&folder).wait_s("b", 1_000_000), 0, "a colleague need not wait");
        let mut tries = Tries::load(&folder);
        tries.right("a");
        assert_eq!(tries.wait_s("a", 0), 0);
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_clock_that_fell_back_waits_once_and_moving_it_about_shortens_nothing() {
        let folder = std::env::temp_dir().join(format!("tries-back-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let mut tries = Tries::default();
        (0..6).for_each(|_| tries.wrong("a", 1_000_000_000));
        tries.save(&folder);
        let wait = |now: i64| Tries::load_at(&folder, now).wait_s("a", now);
        assert_eq!((wait(5_000), wait(35_000), wait(65_000)), (60, 30, 0), "fell back, once");
        // The control: what does not begin anew never ends.
        assert_eq!(tries.wait_s("a", 65_000), 60);
        assert_eq!(wait(1_000), 60, "fell back further, and once more");
        assert_eq!(wait(61_000), 0);
        // Put right, or forward from there: the first wait is as it was.
        assert_eq!((wait(1_000_000_000), wait(1_000_020_000)), (60, 40));
        // Forward and back: what is left is no less than before.
        assert_eq!((wait(1_000_050_000), wait(1_000_020_000)), (10, 40));
        let mut tries = Tries::load_at(&folder, 1_000_060_000);
        tries.wrong("a", 1_000_060_000);
        tries.save(&folder);
        assert_eq!(wait(2_000), 120, "a further wrong one counts from itself");
        fs::remove_dir_all(&folder).unwrap();
    }
}
