//! Certificates: the server signs a device's key and units, the device signs its writer id. With
//! both, anyone may carry the stream and anyone who knows the server's key can check it. Not
//! permission: what a device may do is judged later, by the policy an entry names.
//!
//! The server writes too: its device certificate is signed by itself, and its device id is its
//! instance.

use crate::codec::{DecodeProblem, Reader, Writer};
use crate::key::{UnitKey, WriterId};
use crate::signature::{
    SignatureProblem, SigningKey, read_signature, sign, to_sign, verify, write_signature,
};

/// Units one device certificate names at most.
pub const CERTIFICATE_UNITS_MAX: usize = 1_024;

/// "This device has this key and these units", signed by the server's key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeviceCertificate {
    pub device: [u8; 16],
    pub public_key: [u8; 32],
    /// Sorted, no unit twice.
    pub units: Vec<UnitKey>,
    /// The version of the policy that says so.
    pub policy: u32,
    pub signature: [u8; 64],
}

/// "This writer is me", signed by the device's key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct WriterCertificate {
    pub device: [u8; 16],
    pub writer: WriterId,
    pub signature: [u8; 64],
}

/// What a verified pair of certificates proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerifiedWriter {
    pub device: [u8; 16],
    pub writer: WriterId,
    /// The key this writer's seals are checked with.
    pub public_key: [u8; 32],
    pub policy: u32,
}

/// Why certificates prove nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CertificateProblem {
    #[error("the server did not sign this device certificate")]
    Device,
    #[error("the device did not sign this writer certificate")]
    Writer,
    #[error("the two certificates speak of different devices")]
    Mismatch,
}

impl DeviceCertificate {
    /// `D`, version 1, device, public key, policy, units, algorithm, signature.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::document(b'D', 1);
        self.write(&mut writer);
        writer.done()
    }

    /// Reads what [`DeviceCertificate::encode`] wrote, and nothing else. Does not verify.
    pub fn decode(bytes: &[u8]) -> Result<DeviceCertificate, DecodeProblem> {
        let mut reader = Reader::document(bytes, b'D', 1)?;
        let certificate = DeviceCertificate::read(&mut reader)?;
        reader.end()?;
        Ok(certificate)
    }

    fn write_signed(&self, writer: &mut Writer) {
        writer.bytes(&self.device);
        writer.bytes(&self.public_key);
        writer.varint(u64::from(self.policy));
        writer.count(self.units.len());
        self.units.iter().for_each(|unit| writer.unit(unit));
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        self.write_signed(writer);
        write_signature(writer, &self.signature);
    }

    pub(crate) fn read(reader: &mut Reader) -> Result<DeviceCertificate, DecodeProblem> {
        let device = reader.array()?;
        let public_key = reader.array()?;
        let policy = u32::try_from(reader.varint()?).map_err(|_| DecodeProblem::Number)?;
        let count = reader.count(CERTIFICATE_UNITS_MAX, 2)?;
        let mut units = Vec::with_capacity(count);
        for _ in 0..count {
            let unit = reader.unit()?;
            if units.last().is_some_and(|last| *last >= unit) {
                return Err(DecodeProblem::Canonical);
            }
            units.push(unit);
        }
        let signature = read_signature(reader)?;
        Ok(DeviceCertificate { device, public_key, units, policy, signature })
    }

    fn bytes_to_sign(&self) -> Vec<u8> {
        let mut writer = to_sign("hx-device-1");
        self.write_signed(&mut writer);
        writer.done()
    }
}

impl WriterCertificate {
    /// `W`, version 1, device, writer, algorithm, signature.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::document(b'W', 1);
        writer.bytes(&self.device);
        writer.bytes(&self.writer.0);
        write_signature(&mut writer, &self.signature);
        writer.done()
    }

    /// Reads what [`WriterCertificate::encode`] wrote, and nothing else. Does not verify.
    pub fn decode(bytes: &[u8]) -> Result<WriterCertificate, DecodeProblem> {
        let mut reader = Reader::document(bytes, b'W', 1)?;
        let device = reader.array()?;
        let writer = WriterId(reader.array()?);
        let signature = read_signature(&mut reader)?;
        reader.end()?;
        Ok(WriterCertificate { device, writer, signature })
    }

    fn bytes_to_sign(&self) -> Vec<u8> {
        let mut writer = to_sign("hx-writer-1");
        writer.bytes(&self.device);
        writer.bytes(&self.writer.0);
        writer.done()
    }
}

/// Signs a device's key and units with the server's key. Units are sorted and taken once each.
pub fn sign_device_certificate(
    device: [u8; 16],
    public_key: [u8; 32],
    mut units: Vec<UnitKey>,
    policy: u32,
    server_key: &SigningKey,
) -> DeviceCertificate {
    units.sort();
    units.dedup();
    let unsigned = DeviceCertificate { device, public_key, units, policy, signature: [0; 64] };
    DeviceCertificate { signature: sign(&unsigned.bytes_to_sign(), server_key), ..unsigned }
}

/// Signs a writer id with the device's key.
pub fn sign_writer_certificate(
    device: [u8; 16],
    writer: WriterId,
    device_key: &SigningKey,
) -> WriterCertificate {
    let unsigned = WriterCertificate { device, writer, signature: [0; 64] };
    WriterCertificate { signature: sign(&unsigned.bytes_to_sign(), device_key), ..unsigned }
}

/// True only when the server's key signed it.
pub fn verify_device_certificate(
    certificate: &DeviceCertificate,
    server_public_key: &[u8; 32],
) -> Result<(), SignatureProblem> {
    verify(&certificate.bytes_to_sign(), &certificate.signature, server_public_key)
}

/// True only when the device's key signed it.
pub fn verify_writer_certificate(
    certificate: &WriterCertificate,
    device_public_key: &[u8; 32],
) -> Result<(), SignatureProblem> {
    verify(&certificate.bytes_to_sign(), &certificate.signature, device_public_key)
}

/// The whole way from the server's key to a writer.
pub fn verify_certificates(
    device: &DeviceCertificate,
    writer: &WriterCertificate,
    server_public_key: &[u8; 32],
) -> Result<VerifiedWriter, CertificateProblem> {
    if device.device != writer.device {
        return Err(CertificateProblem::Mismatch);
    }
    verify_device_certificate(device, server_public_key)
        .map_err(|SignatureProblem| CertificateProblem::Device)?;
    verify_writer_certificate(writer, &device.public_key)
        .map_err(|SignatureProblem| CertificateProblem::Writer)?;
    Ok(VerifiedWriter {
        device: device.device,
        writer: writer.writer,
        public_key: device.public_key,
        policy: device.policy,
    })
}
