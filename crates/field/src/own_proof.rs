//! What this device shows to prove who it is: to a server that forgot it, or to a hub. Not how it is shown (`sync`).

use crate::hex::hex;
use crate::home::{Home, failed};
use ledger::{DeviceCertificate, Replica, SigningKey};
use protocol::{Code, Failure};
use store::Setting;
use sync::{DeviceClock, Presenting};

pub(crate) struct OwnProof {
    certificate: DeviceCertificate,
    device_key: SigningKey,
    /// New, of 32 random bytes: said from now on where the proof was taken.
    pub token: String,
    name: String,
    /// Where somebody works with this device today; said to a hub alone.
    pub stations: Vec<String>,
}

impl OwnProof {
    pub fn presenting(&self) -> Presenting<'_> {
        let OwnProof { certificate, device_key, token, name, stations } = self;
        Presenting { certificate, device_key, token, name, stations }
    }
}

impl Home {
    pub(crate) fn own_proof(&self) -> Result<OwnProof, Failure> {
        let writer = self.store.own_writer().map_err(failed)?;
        let pair = self.store.certificates(&writer).map_err(failed)?;
        let (certificate, _) = pair.ok_or(Failure::new(Code::NotEnrolled))?;
        Ok(OwnProof {
            certificate,
            device_key: self.store.signing_key().map_err(failed)?,
            token: hex(&[self.host.random_16()?, self.host.random_16()?].concat()),
            name: self.store.setting_text(Setting::Name).map_err(failed)?.unwrap_or_default(),
            stations: Vec::new(),
        })
    }

    /// This device's clock, and the last time a server told.
    pub(crate) fn device_clock(&self) -> Result<DeviceClock, Failure> {
        let heard_unix_ms = self.store.setting_number(Setting::ServerHeardMs).map_err(failed)?;
        Ok(DeviceClock { unix_ms: self.host.unix_ms(), heard_unix_ms })
    }
}
