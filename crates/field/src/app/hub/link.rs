//! The work with another device's hub, in a thread of its own: looked at again and again, and what the last look was is kept
//! to be shown. Not how a look is done (`crate::hub_link`).

use crate::home::Home;
use crate::host::Host;
use crate::hub_link::{HubLink, HubSynced};
use protocol::{Code, Failure};
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use store::Key;
use sync::HubAddress;

/// What is known of the looks so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Looked {
    pub is_reached: bool,
    pub given: u64,
    pub taken: u64,
    pub waiting: u64,
    pub failure: Option<Failure>,
}

impl Looked {
    fn add(&mut self, looked: &Result<HubSynced, Failure>) {
        self.is_reached = looked.is_ok();
        match looked {
            Ok(synced) => {
                self.given += synced.given;
                self.taken += synced.taken;
                self.waiting = synced.waiting;
                self.failure = None;
            }
            Err(failure) => self.failure = Some(failure.clone()),
        }
    }
}

/// Ends with its drop: the thread lets go of the key as soon as the look it is at has ended.
pub(super) struct Link {
    pub hub: HubAddress,
    looked: Arc<Mutex<Looked>>,
    /// Nothing is ever sent: the other end hears when this one is gone.
    _stop: Sender<()>,
}

impl Link {
    pub fn start(
        folder: &Path,
        key: &Key,
        host: &Arc<dyn Host>,
        hub: HubAddress,
    ) -> Result<Link, Failure> {
        let looked = Arc::<Mutex<Looked>>::default();
        let (stop, stopped) = mpsc::channel::<()>();
        let (folder, key, host) = (folder.to_owned(), key.clone(), host.clone());
        let shared = looked.clone();
        let run = move || {
            let mut tell = |told: &Result<HubSynced, Failure>| {
                shared.lock().unwrap_or_else(PoisonError::into_inner).add(told);
            };
            match Home::open(&folder, &key, host) {
                Ok(mut home) => {
                    home.keep_with_hub(&mut HubLink::new(hub), &mut tell, &mut |pause| {
                        stopped.recv_timeout(pause) == Err(RecvTimeoutError::Timeout)
                    })
                }
                Err(failure) => tell(&Err(failure)),
            }
        };
        let thread = std::thread::Builder::new().name("hub link".to_owned()).spawn(run);
        thread.map_err(|_| Failure::new(Code::Internal))?;
        Ok(Link { hub, looked, _stop: stop })
    }

    pub fn looked(&self) -> Looked {
        self.looked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_moved_is_added_up_and_only_the_last_failure_is_told() {
        let mut looked = Looked::default();
        let look = |given, taken, waiting| Ok(HubSynced { given, taken, waiting });
        looked.add(&look(3, 2, 1));
        looked.add(&Err(Failure::new(Code::HubUnreachable)));
        assert!(!looked.is_reached);
        assert_eq!(looked.failure, Some(Failure::new(Code::HubUnreachable)));
        looked.add(&look(1, 0, 0));
        assert!(looked.is_reached && looked.failure.is_none());
        assert_eq!((looked.given, looked.taken, looked.waiting), (4, 2, 0));
    }
}
