//! Streams as they lie in the database: numbers of units and writers, heads, seals, chains, certificates.
//! Not appending (`append`), not exchange (`replica`).

use crate::error::StoreError;
use crate::setting::{Setting, set_setting, setting_array};
use crate::tx::{Sql, Tx};
use ledger::{
    CertificatePair, SigningKey, WriterId, public_key, sign_device_certificate,
    sign_writer_certificate,
};
use zeroize::Zeroizing;

/// The policy version a new server starts from.
const POLICY_FIRST: u32 = 1;

/// The device key of this replica.
pub(crate) fn signing_key(tx: &dyn Tx) -> Result<SigningKey, StoreError> {
    let bytes = setting_array::<32>(tx, Setting::SigningKey)?;
    let bytes = Zeroizing::new(bytes.ok_or(StoreError::Stored("signing key"))?);
    Ok(SigningKey::from_bytes(&bytes))
}

/// A server proves its own streams: its device certificate is signed by itself, its device id is its instance,
/// and it names no units because no unit limits it.
pub(crate) fn certify_server(tx: &dyn Tx) -> Result<(), StoreError> {
    let key = signing_key(tx)?;
    let root = public_key(&key);
    let stored = || StoreError::Stored("device");
    let instance = setting_array::<16>(tx, Setting::Device)?.ok_or_else(stored)?;
    let writer = WriterId(setting_array(tx, Setting::Writer)?.ok_or_else(stored)?);
    set_setting(tx, Setting::ServerPublicKey, &root)?;
    set_setting(tx, Setting::Instance, &instance)?;
    let device = sign_device_certificate(instance, root, Vec::new(), POLICY_FIRST, &key);
    let certificates = (device, sign_writer_certificate(instance, writer, &key));
    put_certificates(tx, &certificates, &root)
}

/// Keeps what proves a writer. Only after it was verified.
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

/// The local number of a writer, given out where it has none yet.
pub(crate) fn writer_no(tx: &dyn Tx, writer: &WriterId) -> Result<i64, StoreError> {
    let find = "SELECT writer_no FROM writer WHERE writer = $1";
    if let Some(found) = tx.int(find, &[Sql::Blob(&writer.0)])? {
        return Ok(found);
    }
    let next = tx.int("SELECT coalesce(max(writer_no), 0) + 1 FROM writer", &[])?.unwrap_or(1);
    let sql = "INSERT INTO writer (writer_no, writer) VALUES ($1, $2)";
    tx.exec(sql, &[next.into(), Sql::Blob(&writer.0)])?;
    Ok(next)
}
