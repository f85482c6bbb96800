//! A device whose token the server does not know proves itself: it asks for a challenge and signs it with its
//! device key, beside the certificate this server once signed. The token it will say from then on is its own;
//! only the token's hash travels here. Not when to do so, nor where the token is kept (`field`).

use crate::carrier::CarrierError;
use crate::https::{Call, Https, PROTOBUF, Wire, read};
use ledger::{DeviceCertificate, Showing, SigningKey, sign_showing};
use prost::Message;
use protocol::PROTOCOL_VERSION;
use protocol::call::{PresentAnswer, PresentRequest};
use sha2::{Digest, Sha256};

/// What a device shows.
pub struct Presenting<'a> {
    pub certificate: &'a DeviceCertificate,
    pub device_key: &'a SigningKey,
    /// Made for this, of 32 random bytes.
    pub token: &'a str,
    pub name: &'a str,
    /// To a hub: keys of the stations worked at. A server need not know.
    pub stations: &'a [String],
}

/// Once this went well, the server takes the token.
pub fn present(https: &mut Https, presenting: &Presenting) -> Result<(), CarrierError> {
    let asked = ask_challenge(&mut https.wire)?;
    prove(&mut https.wire, asked, presenting)
}

/// A challenge, and who gives it.
pub(crate) fn ask_challenge(wire: &mut Wire) -> Result<PresentAnswer, CarrierError> {
    let request = PresentRequest { protocol: PROTOCOL_VERSION, ..PresentRequest::default() };
    read(&wire.call(&call(&request, 200), None)?)
}

/// Answers a challenge, for the one who gave it.
pub(crate) fn prove(
    wire: &mut Wire,
    asked: PresentAnswer,
    presenting: &Presenting,
) -> Result<(), CarrierError> {
    let unknown = CarrierError::AnswerUnknown;
    let showing = Showing {
        instance: asked.instance.as_slice().try_into().map_err(|_| unknown)?,
        challenge: asked.challenge.as_slice().try_into().map_err(|_| unknown)?,
        token_hash: Sha256::digest(presenting.token).into(),
    };
    let request = PresentRequest {
        protocol: PROTOCOL_VERSION,
        challenge: asked.challenge,
        certificate: presenting.certificate.encode(),
        token_hash: showing.token_hash.to_vec(),
        signature: sign_showing(&showing, presenting.device_key).to_vec(),
        name: presenting.name.to_owned(),
        stations: presenting.stations.to_vec(),
    };
    let _: PresentAnswer = read(&wire.call(&call(&request, 201), None)?)?;
    Ok(())
}

fn call(request: &PresentRequest, status: u16) -> Call {
    let body = request.encode_to_vec();
    Call { path: "present", sends: PROTOBUF, body, status, takes: PROTOBUF }
}
