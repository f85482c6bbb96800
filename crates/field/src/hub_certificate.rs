//! A device's own TLS certificate, under which it answers others as a hub. The key is made here and never leaves; the server
//! signs its public half for the device's name and the private addresses it may be reached at. Renewed while the server is
//! at hand. Not what is answered (`hub`).

use crate::home::{Home, failed};
use protocol::call::{HUB_ADDRESSES_MAX, HubCertificateRequest, hub_name};
use protocol::{Code, Failure, PROTOCOL_VERSION};
use rustls::pki_types::UnixTime;
use serve::Credential;
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::time::Duration;
use store::Setting;

impl Home {
    /// Asks the server for a certificate where this device has none, or one that would soon end or names other addresses.
    /// True when it asked. `addresses`: private IPv4 addresses to be named beside those of this machine now.
    pub fn renew_hub_certificate(&mut self, addresses: &[Ipv4Addr]) -> Result<bool, Failure> {
        let named = own_addresses(addresses);
        if let Some(leaf) = self.hub_credential()?
            && self.is_hub_certificate_good(&leaf, &named)?
        {
            return Ok(false);
        }
        let root = self.store.server_public_key().map_err(failed)?;
        let root = root.ok_or(Failure::new(Code::NotEnrolled))?;
        let (key_pem, public_key) = serve::make_key()?;
        let request = HubCertificateRequest {
            protocol: PROTOCOL_VERSION,
            public_key,
            addresses: named.iter().map(Ipv4Addr::to_string).collect(),
        };
        let mut https = self.https()?;
        let made = https.hub_certificate(&request, &root);
        let certificate_pem = made.map_err(|error| Failure::new(error.code()))?;
        self.store
            .set_settings(&[
                (Setting::TlsCertificatePem, certificate_pem.as_bytes()),
                (Setting::TlsKeyPem, key_pem.as_bytes()),
            ])
            .map_err(failed)?;
        Ok(true)
    }

    /// Certificate and key, where the server has signed one.
    pub(crate) fn hub_credential(&self) -> Result<Option<Credential>, Failure> {
        let text = |key| self.store.setting_text(key).map_err(failed);
        let found = (text(Setting::TlsCertificatePem)?, text(Setting::TlsKeyPem)?);
        let (Some(certificate_pem), Some(key_pem)) = found else { return Ok(None) };
        Ok(Some(Credential { certificate_pem, key_pem }))
    }

    fn is_hub_certificate_good(
        &self,
        leaf: &Credential,
        named: &BTreeSet<Ipv4Addr>,
    ) -> Result<bool, Failure> {
        let ca = self.store.setting_text(Setting::CaPem).map_err(failed)?;
        let ca = ca.ok_or(Failure::new(Code::NotEnrolled))?;
        let mut hosts = vec![hub_name(&self.store.device().map_err(failed)?)];
        hosts.extend(named.iter().map(Ipv4Addr::to_string));
        // By the later of two clocks: a field clock says 1970.
        let heard = self.store.setting_number(Setting::ServerHeardMs).map_err(failed)?;
        let now_ms = self.host.unix_ms().max(heard.unwrap_or(0));
        let since = Duration::from_millis(u64::try_from(now_ms).unwrap_or(0));
        Ok(serve::is_good(&ca, leaf, &hosts, UnixTime::since_unix_epoch(since)))
    }
}

/// Those given, and the one this machine would use to reach others: no packet is sent for asking.
fn own_addresses(given: &[Ipv4Addr]) -> BTreeSet<Ipv4Addr> {
    let mut named: BTreeSet<Ipv4Addr> =
        given.iter().copied().filter(Ipv4Addr::is_private).take(HUB_ADDRESSES_MAX).collect();
    if let Some(IpAddr::V4(address)) = outward()
        && address.is_private()
        && named.len() < HUB_ADDRESSES_MAX
    {
        named.insert(address);
    }
    named
}

/// This machine's address on the way to others; `None` where it is in no network. No packet is sent for asking.
pub(crate) fn outward() -> Option<IpAddr> {
    // Any address beyond this machine will do: 192.0.2.1 is nobody's (RFC 5737).
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect(SocketAddr::from(([192, 0, 2, 1], 9))).ok()?;
    socket.local_addr().ok().map(|own| own.ip())
}
