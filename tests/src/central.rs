//! A central server in this process: the real crate over TLS on a free port, started, stopped in order, or
//! cut dead in the middle of what it does.

use field::Key;
use server::console::Console;
use server::{Limits, Made, Serving};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;
use store::Store;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// The key of every story's server, as its key file has it.
const KEY_HEX: &str = "5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e";

/// What a thread may take to end what it is doing.
const AT_WORK_MAX: Duration = Duration::from_secs(30);

/// A server's folder, and the server while it runs.
pub struct Central {
    pub data: PathBuf,
    pub key_file: PathBuf,
    pub ca_pin: String,
    running: Arc<Mutex<Option<Running>>>,
    /// What was cut dead and may still be at work in the database.
    dying: Arc<Mutex<Vec<thread::JoinHandle<()>>>>,
}

struct Running {
    runtime: Runtime,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<()>,
}

impl Central {
    /// Makes a server in a folder of `under`. It does not run yet.
    pub fn init(under: &Path, name: &str) -> Central {
        let data = under.join(name);
        let key_file = under.join(format!("{name}.key"));
        std::fs::write(&key_file, KEY_HEX).unwrap();
        let hosts = ["127.0.0.1".to_owned()];
        let made: Made = server::init(&data, Some(&key_file), &hosts)
            .unwrap_or_else(|failure| panic!("init: {failure}"));
        Central {
            data,
            key_file,
            ca_pin: made.ca_pin,
            running: Arc::default(),
            dying: Arc::default(),
        }
    }

    pub fn key() -> Key {
        Key::from_hex(KEY_HEX).unwrap_or_else(|| panic!("64 digits"))
    }

    /// Serves on a free port; answers its address.
    pub fn start(&self) -> SocketAddr {
        self.start_with(Limits::default())
    }

    /// Serves within limits of one's own.
    pub fn start_with(&self, limits: Limits) -> SocketAddr {
        assert!(self.running.lock().unwrap().is_none(), "it runs already");
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let listen = SocketAddr::from(([127, 0, 0, 1], 0));
        let bind = Serving::bind(&self.data, Some(&self.key_file), listen, limits);
        let serving = runtime.block_on(bind).unwrap_or_else(|failure| panic!("bind: {failure}"));
        let bound = serving.url().trim_start_matches("https://").parse();
        let address = bound.unwrap_or_else(|_| panic!("no address: {}", serving.url()));
        let (stop, stopped) = oneshot::channel();
        let ended = runtime.spawn(serving.run(async move {
            // Told to stop, or nobody is left who could tell.
            let _ = stopped.await;
        }));
        *self.running.lock().unwrap() = Some(Running { runtime, stop, ended });
        address
    }

    /// Stops as a service manager would: what is being answered is answered.
    pub fn stop(&self) {
        let Some(running) = self.running.lock().unwrap().take() else { return };
        assert!(running.stop.send(()).is_ok(), "it had ended by itself");
        running.runtime.block_on(running.ended).unwrap();
    }

    /// Cuts it dead, whenever called: no answer is finished, no connection closed in order.
    pub fn dead_switch(&self) -> impl FnOnce() + Send + 'static {
        let (running, dying) = (self.running.clone(), self.dying.clone());
        move || {
            if let Some(running) = running.lock().unwrap().take() {
                let end = move || running.runtime.shutdown_timeout(AT_WORK_MAX);
                dying.lock().unwrap().push(thread::spawn(end));
            }
        }
    }

    /// What a coordinator opens at the server's folder, whether it runs or not.
    pub fn console(&self) -> Console {
        Console::open(&self.data, Some(&self.key_file))
            .unwrap_or_else(|failure| panic!("console: {failure}"))
    }

    /// The server's database, looked at beside it.
    pub fn store(&self) -> Store {
        Store::open(&self.data, &Central::key()).unwrap_or_else(|e| panic!("store: {e}"))
    }
}

impl Drop for Central {
    /// Waits for what is at work in the database: a thread that is still enciphering when the process ends, and
    /// OpenSSL with it takes its tables away, would crash it.
    fn drop(&mut self) {
        if let Some(running) = self.running.lock().unwrap().take() {
            running.runtime.shutdown_timeout(AT_WORK_MAX);
        }
        for dying in self.dying.lock().unwrap().drain(..) {
            let _ = dying.join();
        }
    }
}
