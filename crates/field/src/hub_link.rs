//! The asking half of a hall: this device brings its work to a hub and takes the others' from there, every half second, so
//! that what is saved at one station is seen at the next. Hub gone: it goes on alone and tries again.
//!
//! Nothing a hub says counts as 已上传: this file never writes what the server is known to have. That is `synchronise`'s,
//! by the server's own signature.

use crate::home::{Home, failed};
use crate::synchronise::called;
use ledger::{Replica, own_digest};
use protocol::{Code, Failure};
use serde::Serialize;
use std::net::SocketAddr;
use std::time::Duration;
use store::Setting;
use sync::{
    CarrierError, DeviceClock, HttpsLimits, HubAddress, Presenting, Seen, Start, SyncError, ToHub,
};

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
    failures: u32,
}

/// Reads `ADDRESS:PORT` and the 32 digits of a hub's device id, as typed or scanned; blanks and dashes do not count.
pub fn read_hub(address: &str, device: &str) -> Result<HubAddress, Failure> {
    let address: SocketAddr =
        address.trim().parse().map_err(|_| Failure::at(Code::UsageInvalid, "--address"))?;
    let digits: String = device.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let invalid = || Failure::at(Code::UsageInvalid, "--device");
    if digits.len() != 32 || !digits.is_ascii() {
        return Err(invalid());
    }
    let mut id = [0; 16];
    for (at, byte) in id.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).map_err(|_| invalid())?;
    }
    Ok(HubAddress { address, device: id })
}

impl HubLink {
    pub fn new(hub: HubAddress) -> HubLink {
        HubLink { hub, to: None, seen: Seen::default(), handed: Vec::new(), failures: 0 }
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
        let mut to = match link.to.take() {
            Some(to) => to,
            None => {
                link.seen = Seen::default();
                self.greet(&link.hub)?
            }
        };
        if self.store.is_revoked(&link.hub.device).map_err(failed)? {
            return Err(Failure::new(Code::HubBarred));
        }
        let own = own_digest(&self.store.own_heads().map_err(failed)?).to_vec();
        if own != link.handed {
            self.raise_mark()?;
            link.handed = own;
        }
        let start = Start {
            server_public_key: to.public_key,
            seen: link.seen.clone(),
            unix_ms,
            unsent: u64::try_from(self.store.counts().map_err(failed)?.unsent).unwrap_or(0),
            pace: self.pace,
            first_units: self.store.units_by_day().map_err(failed)?,
            push_only: false,
            nonce: self.host.random_16()?,
        };
        match sync::run(&mut self.store, &mut to, &start) {
            Ok(outcome) => {
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

    /// Connects to a hub and proves this device there.
    fn greet(&self, hub: &HubAddress) -> Result<ToHub, Failure> {
        let own = self.store.device().map_err(failed)?;
        if own == hub.device {
            return Err(Failure::at(Code::UsageInvalid, "--device"));
        }
        // By what this device knows; a hub revoked since is not known as one here.
        if self.store.is_revoked(&hub.device).map_err(failed)? {
            return Err(Failure::new(Code::HubBarred));
        }
        let enrolled = |value: Option<String>| value.ok_or(Failure::new(Code::NotEnrolled));
        let ca = enrolled(self.store.setting_text(Setting::CaPem).map_err(failed)?)?;
        let name = self.store.setting_text(Setting::Name).map_err(failed)?.unwrap_or_default();
        let root = self.store.server_public_key().map_err(failed)?;
        let root = root.ok_or(Failure::new(Code::NotEnrolled))?;
        let writer = self.store.own_writer().map_err(failed)?;
        let pair = self.store.certificates(&writer).map_err(failed)?;
        let (certificate, _) = pair.ok_or(Failure::new(Code::NotEnrolled))?;
        let device_key = self.store.signing_key().map_err(failed)?;
        let halves = [self.host.random_16()?, self.host.random_16()?].concat();
        let token: String = halves.iter().map(|byte| format!("{byte:02x}")).collect();
        let heard_unix_ms = self.store.setting_number(Setting::ServerHeardMs).map_err(failed)?;
        let unix_ms = self.host.unix_ms();
        let clock = DeviceClock { unix_ms, heard_unix_ms };
        let presenting = Presenting {
            certificate: &certificate,
            device_key: &device_key,
            token: &token,
            name: &name,
        };
        ToHub::greet(hub, &ca, &root, &presenting, clock, LIMITS)
            .map_err(|error| at_hub(error, unix_ms))
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
