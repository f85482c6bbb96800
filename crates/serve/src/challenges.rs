//! Challenges given to whoever asks: fresh, bounded in number and life, good for one answer. Not what is signed over one.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// Challenges given out and not answered yet.
#[derive(Default)]
pub struct Challenges {
    open: Mutex<HashMap<[u8; 32], (IpAddr, i64)>>,
}

impl Challenges {
    /// Notes one given to an address. Where all places are taken, the oldest of the same address makes room, so
    /// that who asks for many takes nobody else's; failing that, the oldest of all.
    pub fn give(&self, challenge: [u8; 32], to: IpAddr, now_ms: i64, (max, life_ms): (usize, i64)) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|_, (_, at)| is_alive(*at, now_ms, life_ms));
        if open.len() >= max {
            let oldest = |mine: bool| {
                let some = open.iter().filter(|(_, (address, _))| !mine || *address == to);
                some.min_by_key(|(_, (_, at))| *at).map(|(challenge, _)| *challenge)
            };
            if let Some(gone) = oldest(true).or_else(|| oldest(false)) {
                open.remove(&gone);
            }
        }
        open.insert(challenge, (to, now_ms));
    }

    /// True once for each challenge given out lately.
    pub fn take(&self, challenge: &[u8; 32], now_ms: i64, life_ms: i64) -> bool {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.remove(challenge).is_some_and(|(_, at)| is_alive(at, now_ms, life_ms))
    }
}

/// A clock set back makes a challenge no older, and no younger than just made.
fn is_alive(at_ms: i64, now_ms: i64, life_ms: i64) -> bool {
    (0..life_ms).contains(&now_ms.saturating_sub(at_ms))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
    const THERE: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));

    #[test]
    fn a_challenge_is_good_once_and_for_a_while() {
        let challenges = Challenges::default();
        challenges.give([1; 32], HERE, 1_000, (8, 60));
        assert!(challenges.take(&[1; 32], 1_059, 60));
        assert!(!challenges.take(&[1; 32], 1_059, 60), "used");
        challenges.give([2; 32], HERE, 1_000, (8, 60));
        assert!(!challenges.take(&[2; 32], 1_060, 60), "run out");
        assert!(!challenges.take(&[3; 32], 1_000, 60), "never given");
    }

    #[test]
    fn open_challenges_are_bounded_and_who_asks_for_many_loses_their_own() {
        let challenges = Challenges::default();
        challenges.give([0; 32], THERE, 0, (8, 1_000));
        for n in 1..=200 {
            challenges.give([n; 32], HERE, i64::from(n), (8, 1_000));
        }
        assert_eq!(challenges.open.lock().unwrap().len(), 8);
        assert!(challenges.take(&[0; 32], 300, 1_000));
        assert!(challenges.take(&[200; 32], 300, 1_000));
        assert!(!challenges.take(&[1; 32], 300, 1_000));
    }
}
