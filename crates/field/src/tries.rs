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
}

impl Tries {
    /// What the file says; a file that cannot be read counts as none: stretching alone is slow.
    pub fn load(folder: &Path) -> Tries {
        let text = fs::read_to_string(folder.join(TRIES_FILE)).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Best effort: a full disk must not keep anybody from their work.
    pub fn save(&self, folder: &Path) {
        if let Ok(text) = serde_json::to_string(self) {
            let _ = write_whole(folder, TRIES_FILE, text.as_bytes());
        }
    }

    /// Seconds until a try of this slot counts again. A clock put back waits the whole time anew.
    pub fn wait_s(&self, slot: &str, now_unix_ms: i64) -> u32 {
        let Some(wrong) = self.0.get(slot) else { return 0 };
        let wait_ms = i64::from(wait_after(wrong.in_a_row)) * 1000;
        let gone_ms = now_unix_ms.saturating_sub(wrong.last_unix_ms).max(0);
        let left_ms = wait_ms.saturating_sub(gone_ms).max(0);
        u32::try_from((left_ms + 999) / 1000).unwrap_or(WAIT_S_MAX)
    }

    pub fn wrong(&mut self, slot: &str, now_unix_ms: i64) {
        let wrong = self.0.entry(slot.to_owned()).or_default();
        wrong.in_a_row = wrong.in_a_row.saturating_add(1);
        wrong.last_unix_ms = now_unix_ms;
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
        let mut tries = Tries::load(&folder);
        assert_eq!(tries.wait_s("a", 1_000_000), 60);
        assert_eq!(tries.wait_s("a", 1_059_001), 1);
        assert_eq!(tries.wait_s("a", 1_060_000), 0);
        assert_eq!(tries.wait_s("a", 0), 60, "the clock was put back");
        assert_eq!(tries.wait_s("b", 1_000_000), 0, "a colleague need not wait");
        tries.right("a");
        assert_eq!(tries.wait_s("a", 0), 0);
        fs::remove_dir_all(&folder).unwrap();
    }
}
