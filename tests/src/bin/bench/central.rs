//! A server with rosters and devices enrolled with it, over TLS on loopback. The parts are the stories'; here is
//! only more of everything.

use domain::ids::UnitCode;
use field::{Enrolment, Home};
use ledger::Replica;
use server::console::NewRound;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::{Key, Store};
use stories::central::Central;
use stories::measure::data::Rosters;
use stories::steady::SteadyHost;
use stories::team::said;

/// A running server with a round and rosters.
pub struct District {
    pub central: Central,
    pub round: u64,
    pub rosters: Rosters,
    pub units: Vec<UnitCode>,
    pub address: SocketAddr,
}

impl District {
    pub fn make(folder: &Path, units: Vec<UnitCode>, people_each: usize) -> District {
        let central = Central::init(folder, "server");
        let [name, from, to] = stories::cast::ROUND.map(str::to_owned);
        let new = NewRound { name, from, to, levels_confirmed_by: String::new() };
        let round = said(central.console().create_round(&new)).0;
        let rosters = Rosters::make(7, round, &units, people_each);
        let mut store = central.store();
        for (unit, entries) in &rosters.entries {
            store.append(unit, entries).unwrap();
        }
        store.seal_own().unwrap();
        let address = central.start();
        District { central, round, rosters, units, address }
    }

    /// Enrols a device for all units, reaching the server at `url`.
    pub fn enrol(&self, folder: &Path, name: &str, url: &str) -> Device {
        let units: Vec<String> = self.units.iter().map(|unit| unit.0.clone()).collect();
        let made = said(self.central.console().create_enrolment(&units));
        let folder = folder.join(name);
        let order = Enrolment {
            server: url.to_owned(),
            code: made.code,
            ca_pin: made.ca_pin,
            name: name.to_owned(),
        };
        let host = Arc::new(SteadyHost::new(name));
        said(Home::enrol(&folder, &device_key(), host.clone(), &order));
        Device { folder, host }
    }

    pub fn url(&self) -> String {
        format!("https://{}", self.address)
    }
}

/// An enrolled device, closed.
pub struct Device {
    folder: PathBuf,
    host: Arc<SteadyHost>,
}

fn device_key() -> Key {
    Key::from_hex(stories::measure::bare::KEY_HEX).unwrap()
}

impl Device {
    pub fn store(&self) -> Store {
        Store::open(&self.folder, &device_key()).unwrap()
    }

    pub fn home(&self) -> Home {
        said(Home::open(&self.folder, &device_key(), self.host.clone()))
    }
}
