//! What proves writers: certificates kept, a server's own, the device key that seals. Not what a
//! device may do: that is judged entry by entry (`hold`).

use crate::error::StoreError;
use crate::open::Store;
use crate::setting::{Setting, set_setting, setting, setting_array, setting_number};
use crate::stream::{array, writer_no};
use crate::tx::{Sql, Tx};
use ledger::{
    CertificatePair, DeviceCertificate, SigningKey, WriterCertificate, WriterId, public_key,
    sign_device_certificate, sign_writer_certificate, verify_device_certificate,
};
use protocol::failure::Code;
use zeroize::Zeroizing;

/// The policy version a new server starts from.
const POLICY_FIRST: u32 = 1;

/// The device key of this replica. A key that is gone, or is not the one the own writer is proven by, is lost: what it
/// would sign proves nothing.
pub(crate) fn signing_key(tx: &dyn Tx) -> Result<SigningKey, StoreError> {
    let lost = StoreError::Refused(Code::DeviceKeyLost);
    let kept = setting(tx, Setting::SigningKey)?.map(Zeroizing::new);
    let bytes = kept.and_then(|kept| <[u8; 32]>::try_from(kept.as_slice()).ok());
    let bytes = Zeroizing::new(bytes.ok_or(lost.clone())?);
    let key = SigningKey::from_bytes(&bytes);
    let proven = certificates(tx, &own_ids(tx)?.1)?;
    match proven.is_none_or(|(device, _)| device.public_key == public_key(&key)) {
        true => Ok(key),
        false => Err(lost),
    }
}

/// The key every certificate is checked against; none on a device that is not enrolled.
pub(crate) fn server_public_key(tx: &dyn Tx) -> Result<Option<[u8; 32]>, StoreError> {
    setting_array(tx, Setting::ServerPublicKey)
}

/// The ids this replica was made with: its device (or a server's instance), and its writer.
pub(crate) fn own_ids(tx: &dyn Tx) -> Result<([u8; 16], WriterId), StoreError> {
    let device = setting_array(tx, Setting::Device)?.ok_or(StoreError::Stored("device"))?;
    let writer = setting_array(tx, Setting::Writer)?.ok_or(StoreError::Stored("writer"))?;
    Ok((device, WriterId(writer)))
}

/// A server proves its own streams: its device certificate is signed by itself, its device id is
/// its instance, and it names no units because no unit limits it.
pub(crate) fn certify_server(tx: &dyn Tx) -> Result<(), StoreError> {
    let key = signing_key(tx)?;
    let root = public_key(&key);
    let (instance, writer) = own_ids(tx)?;
    set_setting(tx, Setting::ServerPublicKey, &root)?;
    set_setting(tx, Setting::Instance, &instance)?;
    let policy = match setting_number(tx, Setting::Policy)? {
        Some(policy) => u32::try_from(policy).map_err(|_| StoreError::Stored("policy"))?,
        None => {
            set_setting(tx, Setting::Policy, &i64::from(POLICY_FIRST).to_be_bytes())?;
            POLICY_FIRST
        }
    };
    let device = sign_device_certificate(instance, root, Vec::new(), policy, &key);
    let pair = (device, sign_writer_certificate(instance, writer, &key));
    put_certificates(tx, &pair, &root)
}

/// What proves a writer, where it is known.
pub(crate) fn certificates(
    tx: &dyn Tx,
    writer: &WriterId,
) -> Result<Option<CertificatePair>, StoreError> {
    let sql = "SELECT c.device, c.writer FROM writer w
               JOIN certificate c ON c.writer_no = w.writer_no WHERE w.writer = $1";
    tx.first(sql, &[Sql::Blob(&writer.0)], |row| {
        let device = DeviceCertificate::decode(row.blob(0)?);
        let writer = WriterCertificate::decode(row.blob(1)?);
        match (device, writer) {
            (Ok(device), Ok(writer)) => Ok((device, writer)),
            _ => Err(StoreError::Stored("certificate")),
        }
    })
}

/// Keeps what proves a writer, in place of what was kept. Only after it was verified.
pub(crate) fn put_certificates(
    tx: &dyn Tx,
    pair: &CertificatePair,
    server_public_key: &[u8; 32],
) -> Result<(), StoreError> {
    let writer_no = writer_no(tx, &pair.1.writer)?;
    let is_server = pair.0.public_key == *server_public_key;
    let (device, writer) = (pair.0.encode(), pair.1.encode());
    tx.exec(
        "INSERT INTO certificate (writer_no, device, writer) VALUES ($1, $2, $3)
         ON CONFLICT (writer_no) DO UPDATE SET device = excluded.device, writer = excluded.writer",
        &[writer_no.into(), (&device).into(), (&writer).into()],
    )?;
    let sql = "UPDATE writer SET is_server = $2 WHERE writer_no = $1";
    tx.exec(sql, &[writer_no.into(), is_server.into()])?;
    Ok(())
}

/// Every writer known, with the device its certificate names. For a person's question which device wrote what.
fn devices_of_writers(tx: &dyn Tx) -> Result<Vec<(WriterId, [u8; 16])>, StoreError> {
    let sql =
        "SELECT w.writer, c.device FROM certificate c JOIN writer w ON w.writer_no = c.writer_no";
    tx.rows(sql, &[], |row| {
        let certificate = DeviceCertificate::decode(row.blob(1)?);
        let certificate = certificate.map_err(|_| StoreError::Stored("certificate"))?;
        Ok((WriterId(array(row.blob(0)?)?), certificate.device))
    })
}

/// The writers one device has been, as far as known here.
pub(crate) fn writers_of(tx: &dyn Tx, device: &[u8; 16]) -> Result<Vec<WriterId>, StoreError> {
    let all = devices_of_writers(tx)?;
    Ok(all.into_iter().filter(|(_, d)| d == device).map(|(writer, _)| writer).collect())
}

impl Store {
    /// This installation's device id; on a server its instance.
    pub fn device(&self) -> Result<[u8; 16], StoreError> {
        self.read(|tx| Ok(own_ids(tx)?.0))
    }

    /// The public half of the key that seals here; what an enrolment certifies.
    pub fn public_key(&self) -> Result<[u8; 32], StoreError> {
        self.read(|tx| Ok(public_key(&signing_key(tx)?)))
    }

    /// The signing key, for answers a server signs.
    pub fn signing_key(&self) -> Result<SigningKey, StoreError> {
        self.read(signing_key)
    }

    /// The writers a device has been, as far as known here.
    pub fn writers_of(&self, device: &[u8; 16]) -> Result<Vec<WriterId>, StoreError> {
        self.read(|tx| writers_of(tx, device))
    }

    /// Each writer known here, with the device it is.
    pub fn devices_of_writers(&self) -> Result<Vec<(WriterId, [u8; 16])>, StoreError> {
        self.read(devices_of_writers)
    }

    /// Takes a server's answer to an enrolment: its key becomes the root, and the own writer is
    /// certified.
    /// `settings` (token, address, scope ...) are kept in the same transaction. An answer that does not prove
    /// this device, or comes from another server than the one enrolled with, changes nothing.
    pub fn become_enrolled(
        &mut self,
        certificate: &DeviceCertificate,
        root: &[u8; 32],
        settings: &[(Setting, &[u8])],
    ) -> Result<(), StoreError> {
        self.write(|tx| {
            let key = signing_key(tx)?;
            let (device, writer) = own_ids(tx)?;
            let is_mine =
                certificate.device == device && certificate.public_key == public_key(&key);
            if !is_mine || verify_device_certificate(certificate, root).is_err() {
                return Err(StoreError::Refused(Code::ServerAnswerUnknown));
            }
            if server_public_key(tx)?.is_some_and(|known| known != *root) {
                return Err(StoreError::Refused(Code::AlreadyEnrolled));
            }
            set_setting(tx, Setting::ServerPublicKey, root)?;
            let pair = (certificate.clone(), sign_writer_certificate(device, writer, &key));
            put_certificates(tx, &pair, root)?;
            settings.iter().try_for_each(|(key, value)| set_setting(tx, *key, value))
        })
    }
}
