//! A hall for stories and measuring: a hub over a device of the team, and its browsers' accounts. Not what happens there.

use crate::browser::Browser;
use crate::cast::Seat;
use crate::steady::SteadyHost;
use crate::team::{Tablet, key_of, said};
use field::{Hall, Home, HubWatch, Slots, Worker, hall_router};
use rustls::ClientConfig;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use sync::HubAddress;
use tokio::runtime::{Builder, Runtime};

/// A device as everybody in the hall can reach it.
#[derive(Clone)]
pub struct Device {
    pub seat: &'static Seat,
    pub folder: PathBuf,
    pub host: Arc<SteadyHost>,
}

impl Device {
    pub fn of(tablet: &Tablet) -> Device {
        let (folder, host) = (tablet.folder.clone(), tablet.host.clone());
        Device { seat: tablet.seat, folder, host }
    }

    /// Its database, opened beside whoever works with it.
    pub fn store(&self) -> Store {
        Store::open(&self.folder, &key_of(self.seat)).unwrap()
    }
}

/// A hub at work over its own opening of a device's store, with its door open to browsers.
pub struct Running {
    runtime: Option<Runtime>,
    pub hall: Arc<Hall>,
    pub watch: HubWatch,
    pub hub: HubAddress,
}

impl Running {
    /// On loopback, at a free port.
    pub fn start(device: &Device) -> Running {
        Running::start_at(device, SocketAddr::from(([127, 0, 0, 1], 0)))
    }

    /// Its threads are where the one is that asks.
    pub fn start_at(device: &Device, listen: SocketAddr) -> Running {
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let key = key_of(device.seat);
        let home = said(Home::open(&device.folder, &key, device.host.clone()));
        let hall = Arc::new(Hall::new(&device.folder, device.host.clone()));
        let page = ("text/html", b"the page".to_vec());
        let files = ["index.html", "pair.html"].map(|name| (name.to_owned(), page.clone())).into();
        let beside = hall_router(said(home.hall_page(hall.clone(), files)));
        let serving = said(runtime.block_on(home.serve_hub(&key, listen, Some(beside))));
        let watch = serving.watch();
        let device = device.store().device().unwrap();
        let hub = HubAddress { address: watch.state().address, device };
        runtime.spawn(serving.run(std::future::pending()));
        hall.open();
        Running { runtime: Some(runtime), hall, watch, hub }
    }

    /// A browser that comes by this address, and a code to pair by; `None` where the hall is closed by now.
    pub fn guest(&self, way: SocketAddr, trusts: &Arc<ClientConfig>) -> Option<(Browser, String)> {
        let name = protocol::call::hub_name(&self.hub.device);
        let code = self.hall.make_code().ok()?.code;
        Some((Browser::new(&way.to_string(), &name, trusts), code))
    }

    /// Gone in the middle of whatever it does.
    pub fn kill(mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_secs(10));
        }
        self.hall.close();
    }
}

/// Gives every operator a password on a device.
pub fn give_accounts(device: &Device, password: &str) {
    let store = device.store();
    let mut slots = Slots::new();
    for operator in store.operators().unwrap() {
        let worker = Worker {
            slot: String::new(),
            account: operator.account,
            name: operator.name,
            operator: Some(operator.id),
        };
        said(slots.put(&worker, password, &key_of(device.seat), &*device.host));
    }
    said(slots.save(&device.folder));
}
