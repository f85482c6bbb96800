//! How a device comes in at a hub: a fresh challenge, good for one answer and a short while, signed by the device's key
//! beside a certificate of the server. Not what it may do then: the rest of `hub`.

use super::{CONNECTED_MS, DEVICES_MAX, Hub, Known, Said, busy, malformed, read_body};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use ledger::{DeviceCertificate, Showing, verify_device_certificate, verify_showing};
use prost::Message;
use protocol::call::{PresentAnswer, PresentRequest};
use protocol::{Code, PROTOCOL_VERSION};
use serve::{Visitor, compute, reply};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

/// Longest name of a device, or key of a station, bytes.
const NAME_BYTES_MAX: usize = 200;
/// More stations than there are in a hall.
const STATIONS_MAX: usize = 64;

pub(super) async fn present(State(hub): State<Arc<Hub>>, request: Request) -> Said {
    let (parts, body) = request.into_parts();
    let visitor = parts.extensions.get::<Arc<Visitor>>();
    let from = visitor.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |visitor| visitor.address);
    let now = hub.host.unix_ms();
    if !hub.showings.allow(from, now, hub.limits.presents_per_minute_max) {
        let status = StatusCode::TOO_MANY_REQUESTS;
        return Err(reply::closing_with(status, Code::ServerBusy));
    }
    let body = read_body(&hub, &parts.headers, body, hub.limits.present_bytes_max).await?;
    let request = PresentRequest::decode(body.as_slice()).map_err(|_| malformed())?;
    match request.protocol {
        0 => return Err(malformed()),
        1..=PROTOCOL_VERSION => {}
        _ => return Err(reply::problem(Code::ProtocolNewer)),
    }
    let limits = hub.limits;
    let life_ms = i64::try_from(limits.challenge_life.as_millis()).unwrap_or(i64::MAX);
    if request.challenge.is_empty() {
        let halves = hub.host.random_16().and_then(|a| Ok([a, hub.host.random_16()?]));
        let [a, b] = halves.map_err(busy)?;
        let mut challenge = [0; 32];
        challenge[..16].copy_from_slice(&a);
        challenge[16..].copy_from_slice(&b);
        hub.challenges.give(challenge, from, now, (limits.challenges_max, life_ms));
        let answer = PresentAnswer {
            challenge: challenge.to_vec(),
            instance: hub.device.to_vec(),
            certificate: hub.certificate.clone(),
        };
        return Ok(reply::message(StatusCode::OK, &answer));
    }
    take_in(&hub, request, life_ms).await
}

/// The device behind an answered challenge, once its certificate and its signature hold.
async fn take_in(hub: &Arc<Hub>, request: PresentRequest, life_ms: i64) -> Said {
    let refused = || reply::problem(Code::DeviceUnproven);
    let challenge: [u8; 32] = request.challenge.as_slice().try_into().map_err(|_| malformed())?;
    let token_hash: [u8; 32] = request.token_hash.as_slice().try_into().map_err(|_| malformed())?;
    let signature: [u8; 64] = request.signature.as_slice().try_into().map_err(|_| malformed())?;
    let (name, stations) = (request.name, request.stations);
    let is_word = |text: &String| text.len() <= NAME_BYTES_MAX && !text.contains(char::is_control);
    if !is_word(&name) || stations.len() > STATIONS_MAX || !stations.iter().all(is_word) {
        return Err(malformed());
    }
    let now = hub.host.unix_ms();
    // Gone with the first answer, whatever that is worth.
    if !hub.challenges.take(&challenge, now, life_ms) {
        return Err(reply::problem(Code::ChallengeUnknown));
    }
    let certificate = DeviceCertificate::decode(&request.certificate).map_err(|_| refused())?;
    let (instance, root) = (hub.device, hub.root);
    let proving = move || {
        let showing = Showing { instance, challenge, token_hash };
        let is_proven = verify_device_certificate(&certificate, &root).is_ok()
            && verify_showing(&showing, &signature, &certificate.public_key).is_ok();
        is_proven.then_some(certificate)
    };
    let certificate = compute(proving).await.ok_or(()).map_err(busy)?.ok_or_else(refused)?;
    let mut known = hub.known();
    let came = Known {
        certificate,
        token_hash,
        name,
        stations,
        heard_at_ms: now,
        unsent: 0,
        clock_offset_ms: 0,
    };
    seat(&mut known, came).ok_or_else(|| reply::problem(Code::HubFull))?;
    Ok(reply::message(StatusCode::CREATED, &PresentAnswer::default()))
}

/// A place for one who came, if need be that of one who is no longer there. `None`: all are taken.
fn seat(known: &mut BTreeMap<[u8; 16], Known>, came: Known) -> Option<()> {
    let (device, now) = (came.certificate.device, came.heard_at_ms);
    if !known.contains_key(&device) && known.len() >= DEVICES_MAX {
        let silent = known.iter().find(|(_, k)| now.saturating_sub(k.heard_at_ms) >= CONNECTED_MS);
        let silent = *silent?.0;
        known.remove(&silent);
    }
    known.insert(device, came);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::super::*;
    use super::{PresentAnswer, PresentRequest, present};
    use crate::host::SystemHost;
    use axum::body::Body;
    use ledger::{Showing, public_key, sign_device_certificate, sign_showing};
    use protocol::PROTOCOL_VERSION;

    const UNIT: &str = "431302105205";

    fn root() -> SigningKey {
        SigningKey::from_bytes(&[9; 32])
    }

    fn device_key() -> SigningKey {
        SigningKey::from_bytes(&[2; 32])
    }

    fn certificate(server: &SigningKey) -> DeviceCertificate {
        let unit = UnitKey::try_new(UNIT).unwrap();
        sign_device_certificate([2; 16], public_key(&device_key()), vec![unit], 1, server)
    }

    fn hub(folder: &std::path::Path) -> Arc<Hub> {
        let key = Key::new([1; 32]);
        let store = Store::create(folder, &key, store::Role::Device).unwrap();
        let opening = Opening {
            open: Box::new(|| Err(StoreError::Busy)),
            busy: || StoreError::Busy,
            broken: || StoreError::Busy,
        };
        let limits = Limits::default();
        Arc::new(Hub {
            pool: Pool::new(opening, store, 1, limits.queue),
            host: Arc::new(SystemHost),
            folder: folder.to_owned(),
            device: [1; 16],
            certificate: Vec::new(),
            signer: SigningKey::from_bytes(&[1; 32]),
            root: public_key(&root()),
            district: None,
            limits,
            challenges: Challenges::default(),
            showings: Tries::default(),
            known: Mutex::default(),
            handed: Arc::default(),
        })
    }

    async fn call(hub: &Arc<Hub>, request: &PresentRequest) -> (u16, Vec<u8>) {
        let request = Request::new(Body::from(request.encode_to_vec()));
        let reply = said(present(State(hub.clone()), request).await);
        let status = reply.status().as_u16();
        let body = body::read(reply.into_body(), 1 << 16, hub.limits.body_idle).await;
        (status, body.unwrap())
    }

    /// A device's answer to a fresh challenge.
    async fn answer_of(hub: &Arc<Hub>, instance: [u8; 16], signer: &SigningKey) -> PresentRequest {
        let ask = PresentRequest { protocol: PROTOCOL_VERSION, ..PresentRequest::default() };
        let (status, body) = call(hub, &ask).await;
        assert_eq!(status, 200);
        let asked = PresentAnswer::decode(body.as_slice()).unwrap();
        assert_eq!(asked.instance, hub.device);
        let challenge: [u8; 32] = asked.challenge.as_slice().try_into().unwrap();
        let token_hash: [u8; 32] = Sha256::digest("ab".repeat(32)).into();
        let showing = Showing { instance, challenge, token_hash };
        PresentRequest {
            protocol: PROTOCOL_VERSION,
            challenge: challenge.to_vec(),
            certificate: certificate(&root()).encode(),
            token_hash: token_hash.to_vec(),
            signature: sign_showing(&showing, signer).to_vec(),
            name: String::new(),
            stations: vec!["bp".to_owned()],
        }
    }

    fn headers(token: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, format!("Bearer {token}").parse().unwrap());
        headers
    }

    #[test]
    fn a_laptop_seats_so_many_and_only_who_went_makes_room() {
        let came = |n: u8, heard_at_ms: i64| {
            let certificate = DeviceCertificate { device: [n; 16], ..certificate(&root()) };
            let (token_hash, name, stations) = ([n; 32], String::new(), Vec::new());
            Known {
                certificate,
                token_hash,
                name,
                stations,
                heard_at_ms,
                unsent: 0,
                clock_offset_ms: 0,
            }
        };
        let (mut known, full) = (BTreeMap::new(), u8::try_from(DEVICES_MAX).unwrap());
        for n in 0..full {
            assert_eq!(super::seat(&mut known, came(n, 0)), Some(()));
        }
        assert_eq!(super::seat(&mut known, came(full, CONNECTED_MS - 1)), None);
        assert_eq!(super::seat(&mut known, came(0, CONNECTED_MS - 1)), Some(()), "the same again");
        assert_eq!(super::seat(&mut known, came(full, CONNECTED_MS)), Some(()));
        assert_eq!(known.len(), DEVICES_MAX);
        assert!(known.contains_key(&[0; 16]) && !known.contains_key(&[1; 16]));
    }

    #[tokio::test]
    async fn a_proof_is_good_for_one_hub_one_challenge_one_key_and_one_organisation() {
        let folder = tempfile::tempdir().unwrap();
        let hub = hub(folder.path());
        let (here, key) = ([1; 16], device_key());
        let word = |body: &[u8]| protocol::call::Problem::decode(body).unwrap().code;
        let token = "ab".repeat(32);
        assert!(hub.of_token(&headers(&token)).is_none(), "a token nobody showed");
        // Another hub's challenge handed on, another key, another organisation's certificate.
        let relayed = answer_of(&hub, [7; 16], &key).await;
        let forged = answer_of(&hub, here, &SigningKey::from_bytes(&[3; 32])).await;
        let mut foreign = answer_of(&hub, here, &key).await;
        foreign.certificate = certificate(&SigningKey::from_bytes(&[8; 32])).encode();
        for refused in [relayed, forged, foreign] {
            let (status, body) = call(&hub, &refused).await;
            assert_eq!((status, word(&body).as_str()), (403, "device_unproven"));
            assert!(hub.of_token(&headers(&token)).is_none());
        }
        // Control: the true one is taken.
        let good = answer_of(&hub, here, &key).await;
        assert_eq!(call(&hub, &good).await.0, 201);
        assert_eq!(hub.of_token(&headers(&token)).unwrap().device, [2; 16]);
        assert!(hub.of_token(&headers(&"cd".repeat(32))).is_none());
        // The very same again, as somebody would who had listened.
        let (status, body) = call(&hub, &good).await;
        assert_eq!((status, word(&body).as_str()), (403, "challenge_unknown"));
    }
}
