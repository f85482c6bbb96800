//! Devices a restored server has forgotten: their enrolment was written after the backup. Who shows a certificate that
//! this server signed, and proves its key, may push; it pulls once its enrolment is back, which others
//! may bring, or once a coordinator agrees. Where only a later naming of its units was lost, the certificate it shows
//! brings that back. Not how the key is proven: `ledger::verify_showing`, in the server.

use crate::append::Own;
use crate::certificate::{certificates, put_certificates, server_public_key, writers_of};
use crate::enrolment::{enrolment_in, put_token_hash};
use crate::error::StoreError;
use crate::open::{Role, Store};
use crate::policy::policy_now;
use crate::setting::{Setting, setting_text};
use crate::stream::array;
use crate::tx::{Row, Sql, Tx};
use domain::ids::UnitCode;
use ledger::{DeviceCertificate, public_key, verify_device_certificate};
use protocol::fact::EnrolmentFact;
use protocol::failure::Code;
use protocol::{Entry, Fact, Header};

/// Longest name of a device, characters.
const NAME_CHARS_MAX: usize = 64;

/// What a device shows, its key's signature already verified.
#[derive(Debug, Clone)]
pub struct Shown<'a> {
    pub certificate: &'a DeviceCertificate,
    pub name: &'a str,
    /// SHA-256 of the token it will say.
    pub token_hash: [u8; 32],
}

/// A device that may push and waits to be let in again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingDevice {
    pub device: [u8; 16],
    pub name: String,
    pub units: Vec<UnitCode>,
    /// By the server's clock, ms since 1970 UTC.
    pub shown_at_ms: i64,
}

impl Store {
    /// Takes the token of a device that proved itself. `Err` inside is the refusal. A device whose enrolment stands is
    /// let in as before; any other only pushes.
    pub fn show_device(
        &mut self,
        shown: &Shown,
        now_ms: i64,
    ) -> Result<Result<(), Code>, StoreError> {
        let root = public_key(&self.signing_key()?);
        let certificate = shown.certificate;
        if verify_device_certificate(certificate, &root).is_err() {
            return Ok(Err(Code::DeviceUnproven));
        }
        let own = self.own();
        self.write(|tx| {
            if is_barred(tx, &certificate.device)? {
                return Ok(Err(Code::DeviceBarred));
            }
            match enrolment_in(tx, &certificate.device)? {
                // A device id is one key's for ever: with another key it is somebody else's device.
                Some(fact) => {
                    let known = DeviceCertificate::decode(&fact.certificate);
                    let known = known.map_err(|_| StoreError::Stored("certificate"))?;
                    if known.public_key != certificate.public_key {
                        return Ok(Err(Code::DeviceUnproven));
                    }
                    if known.policy < certificate.policy && !fact.revoked {
                        take_back(tx, &own, certificate, fact.name)?;
                    }
                }
                None => put_shown(tx, shown, now_ms)?,
            }
            put_token_hash(tx, &certificate.device, &shown.token_hash)?;
            Ok(Ok(()))
        })
    }

    /// The certificate a forgotten device showed.
    pub fn shown_certificate(
        &self,
        device: &[u8; 16],
    ) -> Result<Option<DeviceCertificate>, StoreError> {
        self.read(|tx| Ok(shown(tx, device)?.map(|(certificate, _)| certificate)))
    }

    /// Devices that showed themselves and whose enrolment is not back, by name.
    pub fn waiting_devices(&self) -> Result<Vec<WaitingDevice>, StoreError> {
        match self.role() {
            Role::Device => return Ok(Vec::new()),
            Role::Server => {}
        }
        self.read(|tx| {
            let sql = "SELECT device, certificate, name, shown_at_ms FROM device_shown";
            let mut waiting = Vec::new();
            for one in tx.rows(sql, &[], read_waiting)? {
                if enrolment_in(tx, &one.device)?.is_none() {
                    waiting.push(one);
                }
            }
            waiting.sort_by(|a, b| (&a.name, a.device).cmp(&(&b.name, b.device)));
            Ok(waiting)
        })
    }

    /// A coordinator's word for a device that waits: it is enrolled as its certificate says.
    pub fn agree_device(&mut self, device: &[u8; 16]) -> Result<(), StoreError> {
        if !self.is_server() {
            return Err(StoreError::Refused(Code::ServerRefused));
        }
        let own = self.own();
        self.write(|tx| {
            let found = shown(tx, device)?;
            let Some((certificate, name)) = found else {
                return Err(StoreError::Refused(Code::DeviceUnknown));
            };
            if enrolment_in(tx, device)?.is_some() {
                return Err(StoreError::Refused(Code::NothingToChange));
            }
            let policy = policy_now(tx, true)?;
            say_again(tx, &own, &certificate, name, policy)
        })
    }
}

/// What this server once said of a device's units, and lost with a restore: said again under the version of then. Entries
/// of that version are judged by it, and no version after it is given out a second time.
fn take_back(
    tx: &dyn Tx,
    own: &Own,
    certificate: &DeviceCertificate,
    name: String,
) -> Result<(), StoreError> {
    say_again(tx, own, certificate, name, certificate.policy)?;
    let root = server_public_key(tx)?.ok_or(StoreError::Stored("server key"))?;
    for writer in writers_of(tx, &certificate.device)? {
        if let Some((_, writer)) = certificates(tx, &writer)? {
            put_certificates(tx, &(certificate.clone(), writer), &root)?;
        }
    }
    Ok(())
}

/// The entry that goes with a certificate.
fn say_again(
    tx: &dyn Tx,
    own: &Own,
    certificate: &DeviceCertificate,
    name: String,
    policy: u32,
) -> Result<(), StoreError> {
    let district = setting_text(tx, Setting::District)?;
    let district = UnitCode(district.ok_or(StoreError::Stored("district"))?);
    let units = certificate.units.iter().map(|unit| unit.as_str().to_owned());
    let fact = EnrolmentFact {
        device: certificate.device.to_vec(),
        name,
        units: units.collect(),
        certificate: certificate.encode(),
        ..EnrolmentFact::default()
    };
    let header = Header { policy, ..Header::default() };
    own.append(tx, &district, &[Entry { header, fact: Fact::Enrolment(fact) }])?;
    Ok(())
}

/// What a forgotten device showed: certificate and name.
fn shown(
    tx: &dyn Tx,
    device: &[u8; 16],
) -> Result<Option<(DeviceCertificate, String)>, StoreError> {
    let sql = "SELECT certificate, name FROM device_shown WHERE device = $1";
    tx.first(sql, &[device.into()], |row| {
        let certificate = DeviceCertificate::decode(row.blob(0)?);
        let certificate = certificate.map_err(|_| StoreError::Stored("certificate"))?;
        Ok((certificate, row.text(1)?.to_owned()))
    })
}

fn put_shown(tx: &dyn Tx, shown: &Shown, now_ms: i64) -> Result<(), StoreError> {
    let name: String = shown.name.chars().take(NAME_CHARS_MAX).collect();
    let certificate = shown.certificate.encode();
    tx.exec(
        "INSERT INTO device_shown (device, certificate, name, shown_at_ms) VALUES ($1, $2, $3, $4)
         ON CONFLICT (device) DO UPDATE SET certificate = excluded.certificate,
             name = excluded.name, shown_at_ms = excluded.shown_at_ms",
        &[
            Sql::Blob(&shown.certificate.device),
            (&certificate).into(),
            name.as_str().into(),
            now_ms.into(),
        ],
    )?;
    Ok(())
}

fn is_barred(tx: &dyn Tx, device: &[u8; 16]) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM device_barred WHERE device = $1";
    Ok(tx.int(sql, &[device.into()])?.is_some())
}

/// Ends a bar: before revoking was an entry, a server kept a list of its own, and it is obeyed still.
pub(crate) fn lift_bar(tx: &dyn Tx, device: &[u8; 16]) -> Result<(), StoreError> {
    tx.exec("DELETE FROM device_barred WHERE device = $1", &[device.into()])?;
    Ok(())
}

fn read_waiting(row: &dyn Row) -> Result<WaitingDevice, StoreError> {
    let certificate = DeviceCertificate::decode(row.blob(1)?);
    let certificate = certificate.map_err(|_| StoreError::Stored("certificate"))?;
    let units = certificate.units.iter().map(|unit| UnitCode(unit.as_str().to_owned()));
    Ok(WaitingDevice {
        device: array(row.blob(0)?)?,
        name: row.text(2)?.to_owned(),
        units: units.collect(),
        shown_at_ms: row.int(3)?,
    })
}
