//! What a hall's browsers have to be told of the laptop they come to: its certificate's fingerprint and the
//! organisation's CA, as this device keeps them. Not who signed the certificate, nor when it is renewed.

use super::page::HallPage;
use super::seats::Hall;
use crate::home::{Home, failed};
use crate::hub_certificate::outward;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use protocol::{Code, Failure};
use serve::{Files, Limits};
use sha2::{Digest, Sha256};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use store::Setting;

impl Home {
    /// The page for this hall's browsers.
    pub fn hall_page(&self, hall: Arc<Hall>, files: Files) -> Result<HallPage, Failure> {
        let ca_pem = self.store.setting_text(Setting::CaPem).map_err(failed)?;
        let ca_pem = ca_pem.ok_or(Failure::new(Code::NotEnrolled))?;
        Ok(HallPage { hall, files, ca_pem, limits: Limits::default() })
    }

    /// SHA-256 of the certificate this device shows, 64 hex digits, as a browser prints it; `None` while it has none.
    pub fn certificate_fingerprint(&self) -> Result<Option<String>, Failure> {
        let pem = self.store.setting_text(Setting::TlsCertificatePem).map_err(failed)?;
        Ok(pem.as_deref().and_then(fingerprint))
    }
}

/// The address by which a hall reaches this machine: the one bound, or for all of them the one by which it would reach
/// others; loopback where it is in no network.
pub fn reached_at(bound: SocketAddr) -> SocketAddr {
    if !bound.ip().is_unspecified() {
        return bound;
    }
    SocketAddr::new(outward().unwrap_or(Ipv4Addr::LOCALHOST.into()), bound.port())
}

/// What a pairing's QR says: fingerprint and code stand in the part of an address that no server sees.
pub fn pairing_address(url: &str, fingerprint: &str, code: &str) -> String {
    format!("{url}/#{fingerprint}:{code}")
}

/// 64 hex digits as browsers print a fingerprint: `AB:CD:...`.
pub fn print_fingerprint(fingerprint: &str) -> String {
    let pairs = (0..fingerprint.len()).step_by(2).filter_map(|at| fingerprint.get(at..at + 2));
    pairs.collect::<Vec<&str>>().join(":").to_uppercase()
}

/// Of the first certificate of a PEM text.
fn fingerprint(pem: &str) -> Option<String> {
    let (_, after) = pem.split_once("-----BEGIN CERTIFICATE-----")?;
    let (inside, _) = after.split_once("-----END CERTIFICATE-----")?;
    let text: String = inside.chars().filter(|c| !c.is_whitespace()).collect();
    let der = BASE64.decode(text).ok()?;
    Some(Sha256::digest(der).iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_carries_code_and_fingerprint_where_no_server_sees_them() {
        let print = "ab".repeat(32);
        let address = pairing_address("https://192.168.1.5:8443", &print, "7K3M-0000-0000-0000");
        assert_eq!(address, format!("https://192.168.1.5:8443/#{print}:7K3M-0000-0000-0000"));
        assert_eq!(print_fingerprint("0aff"), "0A:FF");
        let bound = SocketAddr::from(([127, 0, 0, 1], 8443));
        assert_eq!(reached_at(bound), bound);
        let all = SocketAddr::from(([0, 0, 0, 0], 8443));
        assert!(!reached_at(all).ip().is_unspecified(), "nobody comes to 0.0.0.0");
    }

    #[test]
    fn a_fingerprint_is_of_the_certificates_bytes_and_not_of_their_text() {
        // SHA-256 of "abc" (FIPS 180-2, B.1); "YWJj" is its Base64.
        let of_abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let pem = |inside: &str| {
            format!("-----BEGIN CERTIFICATE-----\n{inside}\n-----END CERTIFICATE-----\n")
        };
        assert_eq!(fingerprint(&pem("YWJj")).as_deref(), Some(of_abc));
        assert_eq!(fingerprint(&pem("YW\r\nJj")).as_deref(), Some(of_abc));
        assert_eq!(fingerprint(&pem("not Base64!")), None);
        assert_eq!(fingerprint("YWJj"), None);
    }
}
