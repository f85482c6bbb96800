//! Counts requests in work by device, and tries by address. Not who may do what.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

const MINUTE_MS: i64 = 60_000;
/// Addresses remembered at once; beyond, the counting begins anew.
const ADDRESSES_MAX: usize = 10_000;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Requests in work, by device.
#[derive(Clone, Default)]
pub struct Turns {
    busy: Arc<Mutex<HashMap<[u8; 16], usize>>>,
}

/// One request in work; counted until dropped.
pub struct Turn {
    turns: Turns,
    device: [u8; 16],
}

impl Turns {
    /// `None` when the device has as many requests in work as it may.
    pub fn take(&self, device: [u8; 16], max: usize) -> Option<Turn> {
        let mut busy = lock(&self.busy);
        let count = busy.entry(device).or_default();
        if *count >= max {
            return None;
        }
        *count += 1;
        Some(Turn { turns: self.clone(), device })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut busy = lock(&self.turns.busy);
        if let Some(count) = busy.get_mut(&self.device) {
            *count -= 1;
            if *count == 0 {
                busy.remove(&self.device);
            }
        }
    }
}

/// Calls that come from anyone, by address, in the minute that runs.
#[derive(Default)]
pub struct Tries {
    minute: Mutex<(i64, HashMap<IpAddr, u32>)>,
}

impl Tries {
    /// True when this address may try once more.
    pub fn allow(&self, address: IpAddr, now_ms: i64, max: u32) -> bool {
        let minute = now_ms.div_euclid(MINUTE_MS);
        let mut counted = lock(&self.minute);
        if counted.0 != minute || counted.1.len() >= ADDRESSES_MAX {
            *counted = (minute, HashMap::new());
        }
        let tries = counted.1.entry(address).or_default();
        *tries += 1;
        *tries <= max
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    #[test]
    fn a_device_has_so_many_turns_at_once() {
        let turns = Turns::default();
        let first = turns.take([1; 16], 2).unwrap();
        let second = turns.take([1; 16], 2);
        assert!(second.is_some());
        assert!(turns.take([1; 16], 2).is_none());
        assert!(turns.take([2; 16], 2).is_some());
        drop(first);
        assert!(turns.take([1; 16], 2).is_some());
        drop(second);
        assert!(lock(&turns.busy).is_empty());
    }

    #[test]
    fn an_address_has_so_many_tries_a_minute() {
        let (tries, here) = (Tries::default(), IpAddr::V4(Ipv4Addr::LOCALHOST));
        assert!((0..3).all(|_| tries.allow(here, 59_999, 3)));
        assert!(!tries.allow(here, 59_999, 3));
        assert!(tries.allow(IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)), 59_999, 3));
        assert!(tries.allow(here, 60_000, 3));
    }
}
