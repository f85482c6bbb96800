//! The asking half of a hall: this device brings its work to a hub and takes the others' from there, every half second, so
//! that what is saved at one station is seen at the next. Hub gone: it goes on alone and tries again.
//!
//! Nothing a hub says counts as 已上传: this file never writes what the server is known to have. That is `synchronise`'s,
//! by the server's own signature.

use crate::hex::{hex, unhex};
use crate::home::{Home, failed};
use crate::stop_line::device_day;
use crate::synchronise::called;
use crate::vouchers::Swap;
use ledger::{Replica, own_digest};
use protocol::{Code, Failure};
use serde::Serialize;
use std::net::SocketAddr;
use std::time::Duration;
use store::Setting;
use sync::{CarrierError, HttpsLimits, HubAddress, Seen, Start, SyncError, ToHub};

/// Between two looks at a hub that answers.
pub const LOOK: Duration = Duration::from_millis(500);
/// The first wait after one that did not; doubled after each in a row.
const AGAIN_FIRST: Duration = Duration::from_millis(500);
/// And no longer than this: people stand in line.
const AGAIN_LONGEST: Duration = Duration::from_secs(8);
/// A hall's network is near: who does not answer so soon is gone.
const LIMITS: HttpsLimits = HttpsLimits {
    connect: Duration::from_secs(3),
    idle: Duration::from_secs(10),
    whole: Duration::from_secs(30),
    answer_bytes_max: protocol::call::BODY_BYTES_MAX,
};

/// What one look at the hub moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct HubSynced {
    /// Entries the hub has now and had not before.
    pub given: u64,
    /// Entries this device has now and had not before.
    pub taken: u64,
    /// Streams of which neither side took the other's: they wait for the server.
    pub waiting: u64,
}

/// A hub this device has joined.
pub struct HubLink {
    hub: HubAddress,
    to: Option<ToHub>,
    seen: Seen,
    handed: Vec<u8>,
    /// The stations told there.
    stations: Vec<String>,
    swap: Swap,
    /// The mark of the line last taken there.
    line: Vec<u8>,
    failures: u32,
}

/// Reads `ADDRESS:PORT` and the 32 digits of a hub's device id, as typed or scanned; blanks and dashes do not count.
pub fn read_hub(address: &str, device: &str) -> Result<HubAddress, Failure> {
    let address: SocketAddr =
        address.trim().parse().map_err(|_| Failure::at(Code::UsageInvalid, "--address"))?;
    let digits: String = device.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let id = unhex(&digits).and_then(|id| id.try_into().ok());
    let device = id.ok_or(Failure::at(Code::UsageInvalid, "--device"))?;
    Ok(HubAddress { address, device })
}

/// Fewer digits of a device's id than this name nobody, not even among few.
const PREFIX_DIGITS_MIN: usize = 4;

impl Home {
    /// Reads what a hub's screen says for other devices: `ADDRESS:PORT/DEVICE`, typed or scanned. Of a device that is known here
    /// the first digits are enough: who it is is proven by its certificate all the same.
    pub fn read_hub_text(&self, text: &str) -> Result<HubAddress, Failure> {
        let unread = || Failure::new(Code::HubAddressUnread);
        let plain = domain::identity::to_half_width(text);
        let (address, device) = split_hub_text(&plain).ok_or_else(unread)?;
        let full = match device.len() {
            32 => device,
            PREFIX_DIGITS_MIN.. => {
                let known = self.store.devices().map_err(failed)?;
                let ids = known.iter().map(|known| hex(&known.device));
                let mut fits = ids.filter(|id| id.starts_with(&device));
                let (first, second) = (fits.next(), fits.next());
                first.filter(|_| second.is_none()).ok_or_else(unread)?
            }
            _ => return Err(unread()),
        };
        let hub = read_hub(&address, &full).map_err(|_| unread())?;
        if hub.device == self.store.device().map_err(failed)? {
            return Err(Failure::new(Code::HubIsOwn));
        }
        Ok(hub)
    }
}

/// The address and the digits of the device behind it, lower case; a leading `https://` is what a browser puts there.
fn split_hub_text(text: &str) -> Option<(String, String)> {
    let text = text.trim().trim_start_matches("https://").replace('。', ".");
    let (address, device) = text.split_once(['/', '#', ' '])?;
    let counts = |c: &char| !c.is_whitespace() && !matches!(c, '-' | '/' | '#');
    let device: String = device.to_lowercase().chars().filter(counts).collect();
    let is_hex = device.bytes().all(|b| b.is_ascii_hexdigit());
    is_hex.then(|| (address.trim().to_owned(), device))
}

impl HubLink {
    pub fn new(hub: HubAddress) -> HubLink {
        HubLink {
            hub,
            to: None,
            seen: Seen::default(),
            handed: Vec::new(),
            stations: Vec::new(),
            swap: Swap::default(),
            line: Vec::new(),
            failures: 0,
        }
    }

    /// How long to wait after what the last look was.
    pub fn pause(&self) -> Duration {
        match self.failures {
            0 => LOOK,
            failures => {
                let doubled = AGAIN_FIRST.saturating_mul(1 << (failures - 1).min(8));
                doubled.min(AGAIN_LONGEST)
            }
        }
    }
}

impl Home {
    /// One look at the hub: own work there, others' here.
    pub fn sync_with_hub(&mut self, link: &mut HubLink) -> Result<HubSynced, Failure> {
        let mut synced = self.look(link);
        if synced.as_ref().is_err_and(|failure| failure.code == Code::TokenInvalid) {
            // The hub was started anew and knows nobody yet.
            synced = self.look(link);
        }
        link.failures = if synced.is_ok() { 0 } else { link.failures.saturating_add(1) };
        synced
    }

    fn look(&mut self, link: &mut HubLink) -> Result<HubSynced, Failure> {
        let unix_ms = self.host.unix_ms();
        // By what this device knows; a hub revoked since is not known as one here.
        if self.store.is_revoked(&link.hub.device).map_err(failed)? {
            return Err(Failure::new(Code::HubBarred));
        }
        let stations = self.day_stations()?;
        let known = link.to.take().filter(|_| link.stations == stations);
        let mut to = match known {
            Some(to) => to,
            None => {
                link.seen = Seen::default();
                link.swap = Swap::default();
                let to = self.greet(&link.hub, &stations)?;
                link.stations = stations;
                to
            }
        };
        let own = own_digest(&self.store.own_heads().map_err(failed)?).to_vec();
        if own != link.handed {
            self.raise_mark()?;
            link.handed = own;
        }
        let start = Start {
            server_public_key: to.public_key,
            seen: link.seen.clone(),
            unix_ms,
            unsent: self.waiting()?.unsent,
            pace: self.pace,
            first_units: self.store.units_by_day().map_err(failed)?,
            push_only: false,
            nonce: self.host.random_16()?,
        };
        match sync::run(&mut self.store, &mut to, &start) {
            Ok(outcome) => {
                self.swap_vouchers(&mut to, &start, &outcome.voucher_mark, &mut link.swap)?;
                self.take_line(&mut to, &start, &outcome.line_mark, &mut link.line)?;
                link.seen = outcome.seen;
                link.to = Some(to);
                Ok(HubSynced {
                    given: outcome.report.pushed,
                    taken: outcome.report.pulled,
                    waiting: (outcome.refused.len() + outcome.forks.len()) as u64,
                })
            }
            Err(stopped) => Err(match stopped.error {
                SyncError::Replica(error) => failed(error),
                SyncError::Carrier(error) => at_hub(error, unix_ms),
                SyncError::Compression => Failure::new(Code::Internal),
            }),
        }
    }

    /// Keys of the stations that this device works at today.
    fn day_stations(&self) -> Result<Vec<String>, Failure> {
        let choice = device_day(&self.store).map_err(failed)?;
        let stations = choice.map(|choice| choice.stations).unwrap_or_default();
        Ok(stations.into_iter().map(|station| station.station).collect())
    }

    /// Connects to a hub and proves this device there.
    fn greet(&self, hub: &HubAddress, stations: &[String]) -> Result<ToHub, Failure> {
        let own = self.store.device().map_err(failed)?;
        if own == hub.device {
            return Err(Failure::at(Code::UsageInvalid, "--device"));
        }
        let enrolled = |value: Option<String>| value.ok_or(Failure::new(Code::NotEnrolled));
        let ca = enrolled(self.store.setting_text(Setting::CaPem).map_err(failed)?)?;
        let root = self.store.server_public_key().map_err(failed)?;
        let root = root.ok_or(Failure::new(Code::NotEnrolled))?;
        let (mut proof, clock) = (self.own_proof()?, self.device_clock()?);
        proof.stations = stations.to_vec();
        ToHub::greet(hub, &ca, &root, &proof.presenting(), clock, LIMITS)
            .map_err(|error| at_hub(error, clock.unix_ms))
    }

    /// Looks again and again until told to stop. `tell` hears every look; `wait` waits so long and says whether to go on.
    pub fn keep_with_hub(
        &mut self,
        link: &mut HubLink,
        tell: &mut dyn FnMut(&Result<HubSynced, Failure>),
        wait: &mut dyn FnMut(Duration) -> bool,
    ) {
        loop {
            tell(&self.sync_with_hub(link));
            if !wait(link.pause()) {
                return;
            }
        }
    }
}

/// A call that failed, in the words of a hall: there is no server here to blame.
fn at_hub(error: CarrierError, unix_ms: i64) -> Failure {
    match error.code() {
        Code::ServerUnreachable => Failure::new(Code::HubUnreachable),
        Code::ServerUntrusted => Failure::new(Code::HubUntrusted),
        _ => called(error, unix_ms),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hub_is_read_as_it_is_typed_or_scanned_and_nothing_else_is_one() {
        let hub = read_hub(" 192.168.1.7:8443 ", "0101-0101 0101 0101-0101 0101 0101 01FF");
        let hub = hub.unwrap_or_else(|failure| panic!("{failure}"));
        assert_eq!(hub.address, SocketAddr::from(([192, 168, 1, 7], 8443)));
        assert_eq!((hub.device[0], hub.device[15]), (1, 0xff));
        let check = |address: &str, device: &str, option: &str| {
            let failure = read_hub(address, device).err();
            assert_eq!(
                failure,
                Some(Failure::at(Code::UsageInvalid, option)),
                "{address} {device}"
            );
        };
        let device = "01".repeat(16);
        check("192.168.1.7", &device, "--address");
        check("hub.example.cn:8443", &device, "--address");
        check("192.168.1.7:8443", &device[2..], "--device");
        check("192.168.1.7:8443", &device[1..], "--device");
        check("192.168.1.7:8443", &device.replace('0', "x"), "--device");
        check("192.168.1.7:8443", &"一".repeat(32), "--device");
    }

    #[test]
    fn what_a_hubs_screen_says_is_read_as_people_type_it() {
        let check = |text: &str, expected: Option<(&str, &str)>| {
            let expected = expected.map(|(a, d)| (a.to_owned(), d.to_owned()));
            assert_eq!(split_hub_text(text), expected, "{text}");
        };
        check("192.168.1.7:8443/01AB", Some(("192.168.1.7:8443", "01ab")));
        check(" https://192.168.1.7:8443/01ab-02cd ", Some(("192.168.1.7:8443", "01ab02cd")));
        check("192.168.1.7:8443 01ab 02cd", Some(("192.168.1.7:8443", "01ab02cd")));
        check("192。168。1。7:8443/01ab", Some(("192.168.1.7:8443", "01ab")));
        check("192.168.1.7:8443", None);
        check("192.168.1.7:8443/hub one", None);
        check("", None);
    }

    #[test]
    fn a_hub_that_is_gone_is_asked_again_soon_then_less_often_and_never_less_than_every_8_s() {
        let hub = HubAddress { address: SocketAddr::from(([127, 0, 0, 1], 1)), device: [1; 16] };
        let mut link = HubLink::new(hub);
        let check = |link: &HubLink, ms: u64| {
            assert_eq!(link.pause(), Duration::from_millis(ms), "{}", link.failures);
        };
        check(&link, 500);
        for (failures, ms) in [(1, 500), (2, 1_000), (5, 8_000), (6, 8_000), (u32::MAX, 8_000)] {
            link.failures = failures;
            check(&link, ms);
        }
    }
}
