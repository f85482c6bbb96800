//! A device asks for a TLS certificate of its own, so that others of this server find it in a hall. It gets one for the
//! name made of its id and for private addresses, and for nothing this server is known by: no device may stand in for the
//! server. Not what a hub answers: `field` and `sync`.

use crate::host::now;
use crate::reply;
use crate::routes::{Admitted, App, Said, admit, malformed};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use prost::Message;
use protocol::call::{HUB_ADDRESSES_MAX, HubCertificateAnswer, HubCertificateRequest, hub_name};
use protocol::{Code, PROTOCOL_VERSION};
use serve::{Credential, compute, make_hub_leaf};
use std::net::Ipv4Addr;
use std::sync::Arc;
use store::{Setting, StoreError};

pub async fn hub_certificate(State(app): State<Arc<App>>, request: Request) -> Said {
    let admitted = admit(&app, "hub_certificate", request).await?;
    let Admitted { device, body: asked, .. } = &admitted;
    let device = *device;
    let request = HubCertificateRequest::decode(asked.as_slice()).map_err(|_| malformed())?;
    match request.protocol {
        0 => return Err(malformed()),
        1..=PROTOCOL_VERSION => {}
        _ => return Err(reply::problem(Code::ProtocolNewer)),
    }
    let found = app.pool.read(move |store| {
        let enrolment = store.enrolment_of(&device)?;
        let text = |key| -> Result<String, StoreError> {
            Ok(store.setting_text(key)?.unwrap_or_default())
        };
        let ca = Credential {
            certificate_pem: text(Setting::CaPem)?,
            key_pem: text(Setting::CaKeyPem)?,
        };
        Ok((enrolment, ca, text(Setting::Hosts)?))
    });
    let found = found.await.map_err(|error| reply::store_failed("hub_certificate", &error))?;
    let (enrolment, ca, hosts) = found;
    match enrolment {
        None => return Err(reply::problem(Code::DeviceUnproven)),
        Some(fact) if fact.revoked => return Err(reply::problem(Code::DeviceBarred)),
        Some(_) => {}
    }
    let addresses = named(&request.addresses, &hosts).ok_or_else(malformed)?;
    let at = now().map_err(|_| reply::problem(Code::ServerBusy))?;
    let names: Vec<String> = std::iter::once(hub_name(&device)).chain(addresses).collect();
    let made = compute(move || make_hub_leaf(&ca, &request.public_key, &names, at)).await;
    let certificate_pem = match made {
        Some(Ok(pem)) => pem,
        Some(Err(_)) => return Err(malformed()),
        None => return Err(reply::problem(Code::ServerBusy)),
    };
    let answer = HubCertificateAnswer { certificate_pem, signature: Vec::new() };
    Ok(reply::signed(StatusCode::CREATED, ("hub_certificate", asked), &answer, &app.signer))
}

/// The addresses as a certificate names them; `None` where one is not private, or is where this server is reached: who
/// held a certificate for that could enrol devices in its place.
fn named(asked: &[String], hosts: &str) -> Option<Vec<String>> {
    if asked.len() > HUB_ADDRESSES_MAX {
        return None;
    }
    let one = |text: &String| {
        let address: Ipv4Addr = text.parse().ok()?;
        let text = address.to_string();
        let is_servers = hosts.lines().any(|host| host.trim() == text);
        (address.is_private() && !is_servers).then_some(text)
    };
    asked.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_private_addresses_that_are_not_the_servers_are_named() {
        let check = |asked: &[&str], is_named: bool| {
            let asked: Vec<String> = asked.iter().map(|text| (*text).to_owned()).collect();
            let named = named(&asked, "health.example.cn\n10.0.0.5\nlocalhost\n127.0.0.1");
            assert_eq!(named, is_named.then_some(asked));
        };
        check(&[], true);
        check(&["192.168.1.7", "10.0.0.6", "172.16.0.1"], true);
        check(&["10.0.0.5"], false);
        check(&["127.0.0.1"], false);
        check(&["8.8.8.8"], false);
        check(&["fe80::1"], false);
        check(&["localhost"], false);
        check(&["10.0.0.6"; HUB_ADDRESSES_MAX], true);
        check(&["10.0.0.6"; HUB_ADDRESSES_MAX + 1], false);
    }
}
