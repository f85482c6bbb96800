//! A store, shared by the requests of one serving program: one connection that writes, a few that read, all on
//! blocking threads. Turns are first come, first served, and waited for a bounded time. What is opened is the caller's.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// How connections are opened, and what is said where there is none.
pub struct Opening<S, E> {
    pub open: Box<dyn Fn() -> Result<S, E> + Send + Sync>,
    /// The turn did not come in time.
    pub busy: fn() -> E,
    /// A request's work panicked: a defect; the request fails and the program goes on.
    pub broken: fn() -> E,
}

/// Connections to one database.
pub struct Pool<S, E> {
    shared: Arc<Shared<S, E>>,
}

impl<S, E> Clone for Pool<S, E> {
    fn clone(&self) -> Pool<S, E> {
        Pool { shared: self.shared.clone() }
    }
}

struct Shared<S, E> {
    opening: Opening<S, E>,
    queue: Duration,
    /// `None` after an error that left the connection unusable: opened anew by the next turn.
    writer: Arc<tokio::sync::Mutex<Option<S>>>,
    readers: Arc<Semaphore>,
    idle: Mutex<Vec<S>>,
}

impl<S: Send + 'static, E: Send + 'static> Pool<S, E> {
    /// Takes the connection that will write; readers are opened as needed, `readers` at most at once.
    pub fn new(opening: Opening<S, E>, writer: S, readers: usize, queue: Duration) -> Pool<S, E> {
        let shared = Shared {
            opening,
            queue,
            writer: Arc::new(tokio::sync::Mutex::new(Some(writer))),
            readers: Arc::new(Semaphore::new(readers)),
            idle: Mutex::new(Vec::new()),
        };
        Pool { shared: Arc::new(shared) }
    }

    /// Runs `act` on the one connection that writes, when its turn comes.
    pub async fn write<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut S) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        let turn = timeout(self.shared.queue, self.shared.writer.clone().lock_owned());
        let mut writer = turn.await.map_err(|_| (self.shared.opening.busy)())?;
        let shared = self.shared.clone();
        self.blocking(move || {
            let mut store = match writer.take() {
                Some(store) => store,
                None => (shared.opening.open)()?,
            };
            let done = act(&mut store);
            // After any error the connection is not trusted again: opening costs a millisecond.
            if done.is_ok() {
                *writer = Some(store);
            }
            done
        })
        .await
    }

    /// Runs `act` on one of the connections that read, when one is free. A small write inside is allowed; it
    /// waits for the write lock of the database like any other program.
    pub async fn read<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut S) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        let busy = self.shared.opening.busy;
        let turn = timeout(self.shared.queue, self.shared.readers.clone().acquire_owned());
        let turn = turn.await.map_err(|_| busy())?;
        let turn = turn.map_err(|_| busy())?;
        let shared = self.shared.clone();
        self.blocking(move || {
            let idle = shared.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut store = match idle {
                Some(store) => store,
                None => (shared.opening.open)()?,
            };
            let done = act(&mut store);
            if done.is_ok() {
                shared.idle.lock().unwrap_or_else(PoisonError::into_inner).push(store);
            }
            drop(turn);
            done
        })
        .await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        act: impl FnOnce() -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        let broken = self.shared.opening.broken;
        tokio::task::spawn_blocking(act).await.unwrap_or_else(|_| Err(broken()))
    }
}

/// Work without the store that would hold up others on the event loop.
pub async fn compute<T: Send + 'static>(act: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    tokio::task::spawn_blocking(act).await.ok()
}
