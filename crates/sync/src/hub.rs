//! The way from a device to a hub: another device of the same server that answers `/sync/v1` in a hall. It is reached by
//! an address and known by its device id: the pinned CA has to have signed a certificate for the name made of that id, so an
//! address that changed leads to the same hub or to nobody.
//!
//! A device proves itself with `present`, as to a server that forgot it: the hub's fresh challenge, signed for this hub and
//! for a token of the device's own. Not what a hub answers (`answer`), nor that its word proves nothing of the server.

use crate::carrier::{Carrier, CarrierError, Traffic};
use crate::device_clock::DeviceClock;
use crate::https::{Call, Https, HttpsLimits, PROTOBUF, read};
use crate::present::Presenting;
use crate::signed::read_signed;
use ledger::{DeviceCertificate, Showing, sign_showing, verify_device_certificate};
use prost::Message;
use protocol::PROTOCOL_VERSION;
use protocol::call::{
    HeadsRequest, HubCertificateAnswer, HubCertificateRequest, PresentAnswer, PresentRequest,
    PullRequest, PushAnswer, hub_name,
};
use sha2::{Digest, Sha256};
use std::net::SocketAddr;

/// Where a hub is, and who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HubAddress {
    pub address: SocketAddr,
    pub device: [u8; 16],
}

/// The calls to a hub that has taken this device in.
pub struct ToHub {
    https: Https,
    /// What the hub signs its answers and receipts with: its device key, by a certificate of the server. Not the server's.
    pub public_key: [u8; 32],
}

impl ToHub {
    /// Connects and proves this device. `root` is the server's public key.
    pub fn greet(
        hub: &HubAddress,
        ca_pem: &str,
        root: &[u8; 32],
        presenting: &Presenting,
        clock: DeviceClock,
        limits: HttpsLimits,
    ) -> Result<ToHub, CarrierError> {
        let name = hub_name(&hub.device);
        let url = format!("https://{name}:{}", hub.address.port());
        let at = Some((name.as_str(), hub.address));
        let mut https = Https::at(&url, at, ca_pem, presenting.token, clock, limits)?;
        let first = PresentRequest { protocol: PROTOCOL_VERSION, ..PresentRequest::default() };
        let asked: PresentAnswer = read(&https.wire.call(&call(&first, 200), None)?)?;
        // A hub that hands on another's challenge would be somebody else to that other.
        if asked.instance != hub.device {
            return Err(CarrierError::Untrusted);
        }
        let untrusted = |_| CarrierError::Untrusted;
        let certificate = DeviceCertificate::decode(&asked.certificate).map_err(untrusted)?;
        verify_device_certificate(&certificate, root).map_err(|_| CarrierError::Untrusted)?;
        if certificate.device != hub.device {
            return Err(CarrierError::Untrusted);
        }
        let challenge = asked.challenge.as_slice().try_into();
        let showing = Showing {
            instance: hub.device,
            challenge: challenge.map_err(|_| CarrierError::AnswerUnknown)?,
            token_hash: Sha256::digest(presenting.token).into(),
        };
        let second = PresentRequest {
            protocol: PROTOCOL_VERSION,
            challenge: asked.challenge,
            certificate: presenting.certificate.encode(),
            token_hash: showing.token_hash.to_vec(),
            signature: sign_showing(&showing, presenting.device_key).to_vec(),
            name: presenting.name.to_owned(),
        };
        let _: PresentAnswer = read(&https.wire.call(&call(&second, 201), None)?)?;
        Ok(ToHub { https, public_key: certificate.public_key })
    }
}

fn call(request: &PresentRequest, status: u16) -> Call {
    let body = request.encode_to_vec();
    Call { path: "present", sends: PROTOBUF, body, status, takes: PROTOBUF }
}

impl Carrier for ToHub {
    fn heads(&mut self, request: &HeadsRequest) -> Result<Vec<u8>, CarrierError> {
        self.https.heads(request)
    }

    fn push(&mut self, batch: &[u8]) -> Result<PushAnswer, CarrierError> {
        self.https.push(batch)
    }

    fn pull(&mut self, request: &PullRequest) -> Result<Vec<u8>, CarrierError> {
        self.https.pull(request)
    }

    fn traffic(&self) -> Traffic {
        self.https.traffic()
    }

    fn is_hub(&self) -> bool {
        true
    }
}

impl Https {
    /// A TLS certificate for this device as a hub, asked of its server; PEM.
    pub fn hub_certificate(
        &mut self,
        request: &HubCertificateRequest,
        server_public_key: &[u8; 32],
    ) -> Result<String, CarrierError> {
        let body = request.encode_to_vec();
        let path = "hub_certificate";
        let call = Call { path, sends: PROTOBUF, body, status: 201, takes: PROTOBUF };
        let bytes = self.call(&call)?;
        let answer: Option<HubCertificateAnswer> =
            read_signed(path, &call.body, &bytes, server_public_key);
        answer.map(|answer| answer.certificate_pem).ok_or(CarrierError::AnswerUnknown)
    }
}
