//! Devices this server has forgotten prove themselves: a fresh challenge, good for one answer and a short while, signed
//! by the device's key, beside a certificate that this server signed. Not what they may do then: `access`.

use crate::host::{fill_random, unix_ms};
use crate::reply;
use crate::routes::{App, Said, malformed, read_body};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use ledger::{DeviceCertificate, Showing, public_key, verify_device_certificate, verify_showing};
use prost::Message;
use protocol::call::{PresentAnswer, PresentRequest};
use protocol::{Code, PROTOCOL_VERSION};
use serve::{Visitor, body, compute};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use store::Shown;

/// Longest name of a device, bytes.
const NAME_BYTES_MAX: usize = 200;

pub async fn present(State(app): State<Arc<App>>, request: Request) -> Said {
    let (parts, body) = request.into_parts();
    let address = match parts.extensions.get::<Arc<Visitor>>() {
        Some(visitor) => visitor.address,
        None => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
    };
    let limits = app.limits;
    if !app.showings.allow(address, unix_ms(), limits.presents_per_minute_max) {
        let status = StatusCode::TOO_MANY_REQUESTS;
        return Err(reply::closing_with(status, Code::ServerBusy));
    }
    if body::announces_more(&parts.headers, limits.present_bytes_max) {
        return Err(reply::closing(Code::RequestTooLarge));
    }
    let body = read_body(&app, body, limits.present_bytes_max).await?;
    let request = PresentRequest::decode(body.as_slice()).map_err(|_| malformed())?;
    match request.protocol {
        0 => return Err(malformed()),
        1..=PROTOCOL_VERSION => {}
        _ => return Err(reply::problem(Code::ProtocolNewer)),
    }
    if request.challenge.is_empty() {
        ask(&app, address).await
    } else {
        answer(&app, request).await
    }
}

/// A fresh challenge.
async fn ask(app: &App, address: IpAddr) -> Said {
    let mut challenge = [0; 32];
    fill_random(&mut challenge).map_err(|_| reply::problem(Code::ServerBusy))?;
    let limits = app.limits;
    let life_ms = i64::try_from(limits.challenge_life.as_millis()).unwrap_or(i64::MAX);
    app.challenges.give(challenge, address, unix_ms(), (limits.challenges_max, life_ms));
    let instance = app.pool.read(|store| store.device()).await;
    let instance = instance.map_err(|error| reply::store_failed("present", &error))?;
    let answer = PresentAnswer {
        challenge: challenge.to_vec(),
        instance: instance.to_vec(),
        ..PresentAnswer::default()
    };
    Ok(reply::message(StatusCode::OK, &answer))
}

async fn answer(app: &App, request: PresentRequest) -> Said {
    let refused = || reply::problem(Code::DeviceUnproven);
    let challenge: [u8; 32] = request.challenge.as_slice().try_into().map_err(|_| malformed())?;
    let token_hash: [u8; 32] = request.token_hash.as_slice().try_into().map_err(|_| malformed())?;
    let signature: [u8; 64] = request.signature.as_slice().try_into().map_err(|_| malformed())?;
    let is_name = request.name.len() <= NAME_BYTES_MAX && !request.name.contains(char::is_control);
    if !is_name {
        return Err(malformed());
    }
    let life_ms = i64::try_from(app.limits.challenge_life.as_millis()).unwrap_or(i64::MAX);
    // Gone with the first answer, whatever that is worth.
    if !app.challenges.take(&challenge, unix_ms(), life_ms) {
        return Err(reply::problem(Code::ChallengeUnknown));
    }
    let certificate = DeviceCertificate::decode(&request.certificate).map_err(|_| refused())?;
    let instance = app.pool.read(|store| store.device()).await;
    let instance = instance.map_err(|error| reply::store_failed("present", &error))?;
    // Proven before anything waits for the write lock.
    let root = public_key(&app.signer);
    let proving = move || {
        let showing = Showing { instance, challenge, token_hash };
        let is_proven = verify_device_certificate(&certificate, &root).is_ok()
            && verify_showing(&showing, &signature, &certificate.public_key).is_ok();
        is_proven.then_some(certificate)
    };
    let proven = compute(proving).await.ok_or_else(|| reply::problem(Code::ServerBusy))?;
    let certificate = proven.ok_or_else(refused)?;
    let shown = app.pool.write(move |store| {
        let shown = Shown { certificate: &certificate, name: &request.name, token_hash };
        store.show_device(&shown, unix_ms())
    });
    let shown = shown.await.map_err(|error| reply::store_failed("present", &error))?;
    shown.map_err(reply::problem)?;
    Ok(reply::message(StatusCode::CREATED, &PresentAnswer::default()))
}
