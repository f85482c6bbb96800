//! The private CA and the server's own certificate. The CA is what devices pin, for 20 years; the server's
//! certificate lives 2 years and is made anew at start when it would soon end or the names changed.
//!
//! P-256: small in the handshake and known to every client. Keys stay in the encrypted store.

use protocol::{Code, Failure};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PublicKeyData, SignatureAlgorithm,
    date_time_ymd,
};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{RootCertStore, ServerConfig};
use std::sync::Arc;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);
const CA_DAYS: u32 = 20 * 365;
const LEAF_DAYS: u32 = 2 * 365;
/// A server's certificate with less than this left is made anew at start.
const RENEW_DAYS: u32 = 180;
/// How far back both begin, for devices whose clock is a little slow.
const BACKDATED_DAYS: u32 = 2;

/// A certificate with its key, both PEM.
#[derive(Clone)]
pub struct Credential {
    pub certificate_pem: String,
    pub key_pem: String,
}

/// Certificates could not be made or read: a defect or damage, never input, but for a host name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    #[error("a certificate cannot be made or read")]
    Broken,
    #[error("a host name is no DNS name and no IP address")]
    Host,
}

impl From<CertificateError> for Failure {
    fn from(error: CertificateError) -> Failure {
        match error {
            CertificateError::Broken => Failure::new(Code::Internal),
            CertificateError::Host => Failure::at(Code::UsageInvalid, "--host"),
        }
    }
}

fn broken<E>(_: E) -> CertificateError {
    CertificateError::Broken
}

/// The same every time, so that the CA need not be parsed to sign with it again.
fn ca_params() -> CertificateParams {
    let mut params = CertificateParams::default();
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, "Health Express private CA");
    params.distinguished_name = name;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn set_dates(params: &mut CertificateParams, now: UnixTime, days: u32) {
    let now = date_time_ymd(1970, 1, 1) + Duration::from_secs(now.as_secs());
    params.not_before = now - DAY * BACKDATED_DAYS;
    params.not_after = now + DAY * days;
}

/// A new CA.
pub fn make_ca(now: UnixTime) -> Result<Credential, CertificateError> {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(broken)?;
    let mut params = ca_params();
    set_dates(&mut params, now, CA_DAYS);
    let certificate = params.self_signed(&key).map_err(broken)?;
    Ok(Credential { certificate_pem: certificate.pem(), key_pem: key.serialize_pem() })
}

/// A key made here: PEM, and its public half as an uncompressed P-256 point.
pub fn make_key() -> Result<(String, Vec<u8>), CertificateError> {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(broken)?;
    Ok((key.serialize_pem(), key.public_key_raw().to_vec()))
}

/// The public half of somebody else's key.
struct Point(Vec<u8>);

impl PublicKeyData for Point {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_ECDSA_P256_SHA256
    }
}

/// A certificate for somebody else's key (`make_key`), PEM. Whether the names are theirs is the caller's to know.
pub fn make_hub_leaf(
    ca: &Credential,
    point: &[u8],
    names: &[String],
    now: UnixTime,
) -> Result<String, CertificateError> {
    if point.len() != 65 || point[0] != 4 {
        return Err(CertificateError::Broken);
    }
    let params = leaf_params("Health Express hub", names, now)?;
    let issuer = Issuer::new(ca_params(), KeyPair::from_pem(&ca.key_pem).map_err(broken)?);
    let certificate = params.signed_by(&Point(point.to_vec()), &issuer).map_err(broken)?;
    Ok(certificate.pem())
}

fn leaf_params(
    common_name: &str,
    names: &[String],
    now: UnixTime,
) -> Result<CertificateParams, CertificateError> {
    let mut params = CertificateParams::new(names.to_vec()).map_err(|_| CertificateError::Host)?;
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common_name);
    params.distinguished_name = name;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    set_dates(&mut params, now, LEAF_DAYS);
    Ok(params)
}

/// A new certificate for the server, signed by the CA, for names and addresses.
pub fn make_leaf(
    ca: &Credential,
    hosts: &[String],
    now: UnixTime,
) -> Result<Credential, CertificateError> {
    let ca_key = KeyPair::from_pem(&ca.key_pem).map_err(broken)?;
    let issuer = Issuer::new(ca_params(), ca_key);
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(broken)?;
    let params = leaf_params("Health Express server", hosts, now)?;
    let certificate = params.signed_by(&key, &issuer).map_err(broken)?;
    Ok(Credential { certificate_pem: certificate.pem(), key_pem: key.serialize_pem() })
}

/// True when devices will accept the certificate for every host, now and for a good while.
pub fn is_good(ca_pem: &str, leaf: &Credential, hosts: &[String], now: UnixTime) -> bool {
    let later = UnixTime::since_unix_epoch(Duration::from_secs(now.as_secs()) + DAY * RENEW_DAYS);
    let check = || -> Option<()> {
        let mut roots = RootCertStore::empty();
        roots.add(certificate(ca_pem).ok()?).ok()?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().ok()?;
        let end = certificate(&leaf.certificate_pem).ok()?;
        for host in hosts {
            let name = ServerName::try_from(host.as_str()).ok()?;
            verifier.verify_server_cert(&end, &[], &name, &[], now).ok()?;
            verifier.verify_server_cert(&end, &[], &name, &[], later).ok()?;
        }
        Some(())
    };
    check().is_some()
}

/// What the accept loop speaks TLS with: TLS 1.3 alone, HTTP/1.1 alone. The CA's certificate goes with
/// the server's own, so that a device that only has the pin finds it.
pub fn server_config(ca_pem: &str, leaf: &Credential) -> Result<ServerConfig, CertificateError> {
    let chain = vec![certificate(&leaf.certificate_pem)?, certificate(ca_pem)?];
    let key = PrivateKeyDer::from_pem_slice(leaf.key_pem.as_bytes()).map_err(broken)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(broken)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(broken)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn certificate(pem: &str) -> Result<CertificateDer<'static>, CertificateError> {
    CertificateDer::from_pem_slice(pem.as_bytes()).map_err(broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_789_000_000;

    fn at(days: u64) -> UnixTime {
        UnixTime::since_unix_epoch(Duration::from_secs(NOW) + DAY * days as u32)
    }

    fn hosts(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_certificate_is_good_until_half_a_year_before_its_end_and_for_its_hosts_alone() {
        let ca = make_ca(at(0)).unwrap();
        let named = hosts(&["localhost", "127.0.0.1", "health.example.cn"]);
        let leaf = make_leaf(&ca, &named, at(0)).unwrap();
        let check = |names: &[&str], days: u64, good: bool| {
            let found = is_good(&ca.certificate_pem, &leaf, &hosts(names), at(days));
            assert_eq!(found, good, "{names:?} after {days} days");
        };
        check(&["localhost", "127.0.0.1", "health.example.cn"], 0, true);
        check(&["127.0.0.1"], 540, true);
        check(&["127.0.0.1"], 560, false);
        check(&["127.0.0.2"], 0, false);
        check(&["other.example.cn"], 0, false);
        let other = make_ca(at(0)).unwrap();
        assert!(!is_good(&other.certificate_pem, &leaf, &named, at(0)));
    }

    #[test]
    fn a_renewed_certificate_is_of_the_same_ca() {
        let ca = make_ca(at(0)).unwrap();
        let named = hosts(&["localhost"]);
        let renewed = make_leaf(&ca, &named, at(3_000)).unwrap();
        assert!(is_good(&ca.certificate_pem, &renewed, &named, at(3_000)));
        server_config(&ca.certificate_pem, &renewed).unwrap();
    }

    #[test]
    fn a_name_that_is_none_is_refused() {
        let ca = make_ca(at(0)).unwrap();
        let made = make_leaf(&ca, &hosts(&["服务器"]), at(0));
        assert_eq!(made.err(), Some(CertificateError::Host));
    }
}
