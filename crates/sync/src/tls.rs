//! Whom a device trusts: the one private CA it was pinned to, and nobody else. TLS 1.3 alone, ring alone,
//! no roots of the system, and dates by what the device knows of the time. At the first contact the pin (SHA-256 of the CA's public key) stands in for the
//! certificate, which comes with the handshake and is kept from then on.

use crate::device_clock::DeviceClock;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};

/// SHA-256 over the SubjectPublicKeyInfo of the private CA. Given to a device together with its code.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CaPin(pub [u8; 32]);

/// Why bytes are no pin or no certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a certificate or not a pin of 64 hex digits")]
pub struct PinProblem;

impl CaPin {
    /// The pin of a certificate.
    pub fn of(certificate: &CertificateDer<'_>) -> Result<CaPin, PinProblem> {
        let parsed = ParsedCertificate::try_from(certificate).map_err(|_| PinProblem)?;
        Ok(CaPin(Sha256::digest(parsed.subject_public_key_info()).into()))
    }

    /// The pin of a certificate as PEM.
    pub fn of_pem(pem: &str) -> Result<CaPin, PinProblem> {
        CaPin::of(&certificate(pem)?)
    }
}

impl fmt::Display for CaPin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for CaPin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CaPin({self})")
    }
}

impl FromStr for CaPin {
    type Err = PinProblem;
    /// 64 hex digits; blanks around them do not count.
    fn from_str(text: &str) -> Result<CaPin, PinProblem> {
        let text = text.trim();
        let is_hex = text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
        if !is_hex {
            return Err(PinProblem);
        }
        let mut pin = [0; 32];
        for (i, byte) in pin.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * i..2 * i + 2], 16).map_err(|_| PinProblem)?;
        }
        Ok(CaPin(pin))
    }
}

fn certificate(pem: &str) -> Result<CertificateDer<'static>, PinProblem> {
    CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|_| PinProblem)
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// Trusts servers whose certificate the given CA signed.
pub fn trusting(ca_pem: &str, clock: DeviceClock) -> Result<ClientConfig, PinProblem> {
    let ca = certificate(ca_pem)?;
    // Read once, so that a broken one is told before anything is sent.
    CaPin::of(&ca)?;
    config_of(Arc::new(Pinned::new(Trust::Kept(ca), clock)))
}

/// Trusts servers that show a CA with this pin and a certificate it signed. What was shown is in the
/// second value after the handshake.
pub fn trusting_pin(
    pin: CaPin,
    clock: DeviceClock,
) -> Result<(ClientConfig, Arc<Pinned>), PinProblem> {
    let verifier = Arc::new(Pinned::new(Trust::Pin(pin), clock));
    Ok((config_of(verifier.clone())?, verifier))
}

fn config_of(verifier: Arc<Pinned>) -> Result<ClientConfig, PinProblem> {
    let config = ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(|_| PinProblem)?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    Ok(config)
}

/// What names the one CA.
#[derive(Debug)]
enum Trust {
    /// Its certificate, kept at the enrolment.
    Kept(CertificateDer<'static>),
    /// Its pin alone: the first contact, where the certificate comes with the handshake.
    Pin(CaPin),
}

/// The verifier. It replaces the root store and the clock, not the checks: chain, name, dates and the handshake's
/// signature are webpki's as ever, against the one CA.
#[derive(Debug)]
pub struct Pinned {
    trust: Trust,
    clock: DeviceClock,
    provider: Arc<CryptoProvider>,
    shown: Mutex<Option<CertificateDer<'static>>>,
}

impl Pinned {
    fn new(trust: Trust, clock: DeviceClock) -> Pinned {
        Pinned { trust, clock, provider: provider(), shown: Mutex::new(None) }
    }

    /// The CA's certificate as PEM, once a handshake was verified.
    pub fn ca_pem(&self) -> Option<String> {
        let shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.as_ref().map(|der| pem_of(der))
    }

    /// The CA to judge by. The end certificate itself never counts: a pin names a CA, which has to have signed it.
    fn ca<'a>(&'a self, shown: &'a [CertificateDer<'_>]) -> Option<&'a CertificateDer<'a>> {
        match &self.trust {
            Trust::Kept(ca) => Some(ca),
            Trust::Pin(pin) => shown.iter().find(|ca| CaPin::of(ca).is_ok_and(|of| of == *pin)),
        }
    }
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        _system_time: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let ca = self.ca(intermediates).ok_or(CertificateError::UnknownIssuer)?;
        let mut roots = RootCertStore::empty();
        roots.add(ca.clone().into_owned())?;
        let provider = self.provider.clone();
        let webpki = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
            .build()
            .map_err(|_| CertificateError::UnknownIssuer)?;
        let at = |time| {
            webpki.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, time)
        };
        let verified = self.clock.judge(at)?;
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        *shown = Some(ca.clone().into_owned());
        Ok(verified)
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::PeerIncompatible(rustls::PeerIncompatible::Tls12NotOffered))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// PEM (RFC 7468) of a certificate.
fn pem_of(der: &CertificateDer<'_>) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in der.chunks(3) {
        let at = |i: usize| u32::from(group.get(i).copied().unwrap_or(0));
        let bits = (at(0) << 16) | (at(1) << 8) | at(2);
        for i in 0..4 {
            let is_padding = i > group.len();
            let index = (bits >> (18 - 6 * i)) & 63;
            text.push(if is_padding { '=' } else { char::from(ALPHABET[index as usize]) });
        }
    }
    let mut pem = String::from("-----BEGIN CERTIFICATE-----\n");
    for line in text.as_bytes().chunks(64) {
        pem.extend(line.iter().map(|b| char::from(*b)));
        pem.push('\n');
    }
    pem.push_str("-----END CERTIFICATE-----\n");
    pem
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_survives_the_way_through_pem() {
        for length in [1, 2, 3, 47, 48, 49, 500] {
            let bytes: Vec<u8> = (0..length).map(|i| (i * 7 % 256) as u8).collect();
            let pem = pem_of(&CertificateDer::from(bytes.clone()));
            let back = CertificateDer::from_pem_slice(pem.as_bytes()).unwrap();
            assert_eq!(back.as_ref(), bytes);
        }
    }

    #[test]
    fn a_pin_is_64_hex_digits() {
        let pin = CaPin([0xa5; 32]);
        assert_eq!(pin.to_string().parse::<CaPin>().unwrap(), pin);
        assert_eq!(
            format!(" {} \n", pin.to_string().to_uppercase()).parse::<CaPin>().unwrap(),
            pin
        );
        for wrong in ["", "a5", &"g5".repeat(32), &"a5".repeat(33), &"＋5".repeat(16)] {
            assert!(wrong.parse::<CaPin>().is_err(), "{wrong}");
        }
    }
}
