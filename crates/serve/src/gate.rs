//! Counts connections and makes room: when all places are taken, the oldest connection that has not shown a
//! valid token ends. So those who only hold places never keep a device out. Not per request: `access`.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// One connection, as its requests see it.
#[derive(Debug)]
pub struct Visitor {
    pub address: IpAddr,
    has_token: AtomicBool,
    leave: Notify,
}

impl Visitor {
    /// Notes that a request showed a valid token: this connection is not the first to go.
    pub fn trust(&self) {
        self.has_token.store(true, Ordering::Relaxed);
    }

    /// Ends when this connection has to make room.
    pub async fn asked_to_leave(&self) {
        self.leave.notified().await;
    }
}

/// The places of one server.
#[derive(Clone)]
pub struct Gate {
    places: usize,
    open: Arc<Mutex<Open>>,
}

#[derive(Default)]
struct Open {
    /// Ascending numbers: the oldest first.
    visitors: BTreeMap<u64, Arc<Visitor>>,
    next: u64,
}

/// A place taken; given back when dropped.
pub struct Place {
    gate: Gate,
    number: u64,
    pub visitor: Arc<Visitor>,
}

impl Gate {
    pub fn new(places: usize) -> Gate {
        Gate { places, open: Arc::default() }
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for a new connection; `None` when all are taken by connections that showed a token.
    pub fn enter(&self, address: IpAddr) -> Option<Place> {
        let mut open = self.open();
        if open.visitors.len() >= self.places {
            let oldest = open
                .visitors
                .iter()
                .find(|(_, visitor)| !visitor.has_token.load(Ordering::Relaxed))
                .map(|(number, _)| *number)?;
            // Its place counts as free from here on, though its task ends a moment later.
            if let Some(visitor) = open.visitors.remove(&oldest) {
                visitor.leave.notify_one();
            }
        }
        let number = open.next;
        open.next += 1;
        let visitor =
            Arc::new(Visitor { address, has_token: AtomicBool::new(false), leave: Notify::new() });
        open.visitors.insert(number, visitor.clone());
        Some(Place { gate: self.clone(), number, visitor })
    }

    #[cfg(test)]
    fn count(&self) -> usize {
        self.open().visitors.len()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.gate.open().visitors.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    #[tokio::test]
    async fn the_oldest_without_a_token_makes_room() {
        let gate = Gate::new(3);
        let places: Vec<Place> = (0..3).filter_map(|_| gate.enter(HERE)).collect();
        places[0].visitor.trust();
        let new = gate.enter(HERE).unwrap();
        assert_eq!(gate.count(), 3);
        // The second is told to go; this would wait for ever for another.
        places[1].visitor.asked_to_leave().await;
        drop(places);
        assert_eq!(gate.count(), 1);
        drop(new);
        assert_eq!(gate.count(), 0);
    }

    #[test]
    fn those_with_a_token_stay() {
        let gate = Gate::new(2);
        let places: Vec<Place> = (0..2).filter_map(|_| gate.enter(HERE)).collect();
        places.iter().for_each(|place| place.visitor.trust());
        assert!(gate.enter(HERE).is_none());
        drop(places);
        assert!(gate.enter(HERE).is_some());
    }
}
