//! The store, shared by the requests of one server: one connection that writes, a few that read, all on
//! blocking threads. Turns are first come, first served, and waited for a bounded time.

use protocol::Code;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::{Key, Store, StoreError};
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// Connections to one database.
#[derive(Clone)]
pub struct Pool {
    shared: Arc<Shared>,
}

struct Shared {
    folder: PathBuf,
    key: Key,
    queue: Duration,
    /// `None` after an error that left the connection unusable: opened anew by the next turn.
    writer: Arc<tokio::sync::Mutex<Option<Store>>>,
    readers: Arc<Semaphore>,
    idle: Mutex<Vec<Store>>,
}

impl Pool {
    /// Takes the connection that will write; readers are opened as needed.
    pub fn new(folder: &Path, key: Key, writer: Store, readers: usize, queue: Duration) -> Pool {
        let shared = Shared {
            folder: folder.to_owned(),
            key,
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
        act: impl FnOnce(&mut Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let turn = timeout(self.shared.queue, self.shared.writer.clone().lock_owned());
        let mut writer = turn.await.map_err(|_| StoreError::Busy)?;
        let shared = self.shared.clone();
        blocking(move || {
            let mut store = match writer.take() {
                Some(store) => store,
                None => Store::open(&shared.folder, &shared.key)?,
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
        act: impl FnOnce(&mut Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let turn = timeout(self.shared.queue, self.shared.readers.clone().acquire_owned());
        let turn = turn.await.map_err(|_| StoreError::Busy)?;
        let turn = turn.map_err(|_| StoreError::Busy)?;
        let shared = self.shared.clone();
        blocking(move || {
            let idle = shared.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut store = match idle {
                Some(store) => store,
                None => Store::open(&shared.folder, &shared.key)?,
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
}

/// Work without the store that would hold up others on the event loop.
pub async fn compute<T: Send + 'static>(act: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    tokio::task::spawn_blocking(act).await.ok()
}

async fn blocking<T: Send + 'static>(
    act: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    // A panic inside is a defect; the request fails and the server goes on.
    let joined = tokio::task::spawn_blocking(act).await;
    joined.unwrap_or(Err(StoreError::Refused(Code::Internal)))
}
