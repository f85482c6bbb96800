//! The first contact of a device: finds the pinned CA in the handshake, sends the one-time code, and keeps
//! the CA's certificate for ever after. Not where the answer is stored (`field`).

use crate::carrier::CarrierError;
use crate::device_clock::DeviceClock;
use crate::https::{Call, HttpsLimits, PROTOBUF, Wire};
use crate::signed::read_signed;
use crate::tls::{CaPin, trusting_pin};
use ledger::{DeviceCertificate, verify_device_certificate};
use prost::Message;
use protocol::call::{EnrolAnswer, EnrolRequest};

/// What the device keeps of its enrolment.
#[derive(Debug, Clone)]
pub struct Enrolled {
    pub answer: EnrolAnswer,
    /// Read and verified: it names this device, this key, and the server's key signed it.
    pub certificate: DeviceCertificate,
    /// The root of every certificate.
    pub server_public_key: [u8; 32],
    /// The CA this device trusts from now on.
    pub ca_pem: String,
}

/// Enrols with a one-time code. Nothing but the code and the new device's public half is sent, and only
/// to a server that shows a certificate of the pinned CA.
pub fn enrol(
    url: &str,
    pin: CaPin,
    request: &EnrolRequest,
    clock: DeviceClock,
    limits: HttpsLimits,
) -> Result<Enrolled, CarrierError> {
    let (config, first) = trusting_pin(pin, clock).map_err(|_| CarrierError::Local)?;
    let mut wire = Wire::new(url, config, limits)?;
    let body = request.encode_to_vec();
    let call = Call { path: "enrol", sends: PROTOBUF, body, status: 201, takes: PROTOBUF };
    let bytes = wire.call(&call, None)?;
    let ca_pem = first.ca_pem().ok_or(CarrierError::Untrusted)?;
    read_enrolled(request, &bytes, ca_pem).ok_or(CarrierError::AnswerUnknown)
}

/// Reads an answer to an enrolment; `None`: not one bit of it is believed. The key it names is vouched for by the
/// handshake with the pinned CA and by nothing else; that key signs the certificate and every other bit.
pub fn read_enrolled(request: &EnrolRequest, bytes: &[u8], ca_pem: String) -> Option<Enrolled> {
    let named = EnrolAnswer::decode(bytes).ok()?.server_public_key;
    let server_public_key: [u8; 32] = named.as_slice().try_into().ok()?;
    let asked = request.encode_to_vec();
    let answer: EnrolAnswer = read_signed("enrol", &asked, bytes, &server_public_key)?;
    let certificate = DeviceCertificate::decode(&answer.certificate).ok()?;
    verify_device_certificate(&certificate, &server_public_key).ok()?;
    let is_ours = certificate.device.as_slice() == request.device
        && certificate.public_key.as_slice() == request.public_key;
    let is_whole = !answer.token.is_empty() && answer.instance.len() == 16;
    (is_ours && is_whole).then_some(Enrolled { answer, certificate, server_public_key, ca_pem })
}
