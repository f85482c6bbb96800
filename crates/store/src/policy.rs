//! Policy versions: under which number a server says which units a device may work in. Every entry names the
//! version its writer knew, and is judged by what that version gave the writer, whenever it arrives.
//!
//! Not the judging itself (`hold`), and not how a device learns of a new version (`sync`).

use crate::append::Own;
use crate::certificate::{
    certificates, put_certificates, server_public_key, signing_key, writers_of,
};
use crate::error::StoreError;
use crate::open::Store;
use crate::revoke::{Revocations, said_about};
use crate::setting::{Setting, set_setting_number, setting_number, setting_text};
use crate::tx::Tx;
use domain::ids::UnitCode;
use ledger::{CERTIFICATE_UNITS_MAX, DeviceCertificate, UnitKey, sign_device_certificate};
use protocol::fact::EnrolmentFact;
use protocol::failure::Code;
use protocol::{Entry, Fact, Header, Kind};

/// How far beyond its own a server believes a version it is handed: one restored from a copy is not further behind,
/// and no device can use the numbers up.
pub const POLICY_LEAD_MAX: u32 = 100_000;

/// How many versions a restored server leaves out: those that the lost one may have said since the copy was made.
const RESTORED_LEAD: u32 = 1_000;

/// What a device's units were, version by version, and when it was revoked.
pub(crate) struct Scopes {
    units: Vec<(u32, Vec<UnitCode>)>,
    pub revocations: Revocations,
}

impl Scopes {
    /// By the server's entries about the device, and by the certificate that proves the writer: a restored server
    /// may have lost the entry that goes with it.
    pub fn of(tx: &dyn Tx, certificate: &DeviceCertificate) -> Result<Scopes, StoreError> {
        let mut scopes: Vec<(u32, Vec<UnitCode>)> = Vec::new();
        let said = said_about(tx, &certificate.device)?;
        let revocations = Revocations::of(&said);
        // Revoking changes no units: what lies within the heads it names counts as it did.
        for (policy, fact) in said.into_iter().filter(|(_, fact)| !fact.revoked) {
            let units = fact.units.into_iter().map(UnitCode).collect();
            // Of the same version the later says what stood.
            scopes.retain(|(known, _)| *known != policy);
            scopes.push((policy, units));
        }
        if !scopes.iter().any(|(policy, _)| *policy == certificate.policy) {
            let units = certificate.units.iter().map(|unit| UnitCode(unit.as_str().to_owned()));
            scopes.push((certificate.policy, units.collect()));
        }
        scopes.sort_by_key(|(policy, _)| *policy);
        Ok(Scopes { units: scopes, revocations })
    }

    /// True where the device worked in the unit under this version: what the last version up to it says, or the
    /// first there is for one that is older than all.
    pub fn covers(&self, policy: u32, unit: &UnitCode) -> bool {
        let of_version = self.units.iter().rev().find(|(known, _)| *known <= policy);
        let units = of_version.or(self.units.first()).map(|(_, units)| units);
        units.is_some_and(|units| units.iter().any(|named| named.covers(unit)))
    }
}

/// The version in force: on a server the newest it has said, whether in its settings or in entries that came back
/// after a restore; on a device the newest its server told.
pub(crate) fn policy_now(tx: &dyn Tx, is_server: bool) -> Result<u32, StoreError> {
    let set = setting_number(tx, Setting::Policy)?.unwrap_or(0);
    let said = if is_server {
        let sql = "SELECT coalesce(max(policy), 0) FROM directory WHERE kind = $1";
        tx.int(sql, &[(Kind::Enrolment as u32).into()])?.unwrap_or(0)
    } else {
        0
    };
    u32::try_from(set.max(said)).map_err(|_| StoreError::Stored("policy"))
}

/// The version of the next change, and it is in force from here: beyond every one had or handed.
pub(crate) fn raise_policy(tx: &dyn Tx) -> Result<u32, StoreError> {
    let handed = setting_number(tx, Setting::PolicyHanded)?.unwrap_or(0);
    let highest = i64::from(policy_now(tx, true)?).max(handed);
    let next = u32::try_from(highest + 1).map_err(|_| StoreError::Stored("policy"))?;
    set_setting_number(tx, Setting::Policy, i64::from(next))?;
    Ok(next)
}

/// True where a version beyond all that is known here was once in force, or may have been: this server was put back to
/// before it. What a device was told under it nobody may know any more, so that saying a device's units again is news
/// even where they are the same.
pub(crate) fn has_lost_versions(tx: &dyn Tx) -> Result<bool, StoreError> {
    let handed = setting_number(tx, Setting::PolicyHanded)?.unwrap_or(0);
    Ok(handed > i64::from(policy_now(tx, true)?))
}

/// A server put back from a copy does not know what was said since: its next version is far beyond, also where no
/// device has called yet.
pub(crate) fn leave_versions_out(tx: &dyn Tx) -> Result<(), StoreError> {
    let handed = setting_number(tx, Setting::PolicyHanded)?.unwrap_or(0);
    let highest = i64::from(policy_now(tx, true)?).max(handed);
    set_setting_number(tx, Setting::PolicyHanded, highest + i64::from(RESTORED_LEAD))
}

/// Says in the district's stream which units a device works in under a version, and signs it. Every writer the
/// device has been is proven by the new certificate from here.
pub(crate) fn certify_device(
    tx: &dyn Tx,
    own: &Own,
    (device, public_key, name): ([u8; 16], [u8; 32], String),
    units: &[UnitKey],
    policy: u32,
) -> Result<DeviceCertificate, StoreError> {
    let server_key = signing_key(tx)?;
    let certificate =
        sign_device_certificate(device, public_key, units.to_vec(), policy, &server_key);
    say_units(tx, own, &certificate, name, policy)?;
    prove_writers(tx, &certificate)?;
    Ok(certificate)
}

/// The entry that goes with a certificate, under a version.
pub(crate) fn say_units(
    tx: &dyn Tx,
    own: &Own,
    certificate: &DeviceCertificate,
    name: String,
    policy: u32,
) -> Result<(), StoreError> {
    let district = setting_text(tx, Setting::District)?;
    let district = UnitCode(district.ok_or(StoreError::Stored("district"))?);
    let fact = EnrolmentFact {
        device: certificate.device.to_vec(),
        name,
        units: certificate.units.iter().map(|unit| unit.as_str().to_owned()).collect(),
        certificate: certificate.encode(),
        ..EnrolmentFact::default()
    };
    let header = Header { policy, ..Header::default() };
    own.append(tx, &district, &[Entry { header, fact: Fact::Enrolment(fact) }])?;
    Ok(())
}

/// Every writer the device has been is proven by this certificate from here.
pub(crate) fn prove_writers(
    tx: &dyn Tx,
    certificate: &DeviceCertificate,
) -> Result<(), StoreError> {
    let root = server_public_key(tx)?.ok_or(StoreError::Stored("server key"))?;
    for writer in writers_of(tx, &certificate.device)? {
        if let Some((_, writer)) = certificates(tx, &writer)? {
            put_certificates(tx, &(certificate.clone(), writer), &root)?;
        }
    }
    Ok(())
}

/// What a device's entries are kept under in the directory.
pub(crate) fn id_of(device: &[u8; 16]) -> String {
    device.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Store {
    /// The policy version in force here.
    pub fn policy(&self) -> Result<u32, StoreError> {
        self.read(|tx| policy_now(tx, self.is_server()))
    }

    /// Remembers on a server that a version was in force once, as a device says that has seen it. True when that
    /// is news: this server was restored to before it.
    pub fn note_policy_handed(&mut self, policy: u32) -> Result<bool, StoreError> {
        let believed = |tx: &dyn Tx| -> Result<Option<i64>, StoreError> {
            let now = policy_now(tx, true)?;
            let handed = setting_number(tx, Setting::PolicyHanded)?.unwrap_or(0);
            let believed = i64::from(policy.min(now.saturating_add(POLICY_LEAD_MAX)));
            Ok((believed > handed.max(i64::from(now))).then_some(believed))
        };
        if !self.is_server() || self.read(believed)?.is_none() {
            return Ok(false);
        }
        self.write(|tx| match believed(tx)? {
            Some(policy) => {
                set_setting_number(tx, Setting::PolicyHanded, policy)?;
                Ok(true)
            }
            None => Ok(false),
        })
    }

    /// Names a device's units anew: a new policy version, from which its entries are judged by these. What it
    /// wrote under an earlier one keeps its right. Answers the version. Server only.
    pub fn change_scope(
        &mut self,
        device: &[u8; 16],
        units: &[UnitKey],
    ) -> Result<u32, StoreError> {
        if !self.is_server() {
            return Err(StoreError::Refused(Code::ServerRefused));
        }
        if units.is_empty() || units.len() > CERTIFICATE_UNITS_MAX {
            return Err(StoreError::Refused(Code::UnitUnknown));
        }
        let own = self.own();
        self.write(|tx| {
            let known = crate::enrolment::enrolment_in(tx, device)?;
            let known = known.ok_or(StoreError::Refused(Code::DeviceUnknown))?;
            if known.revoked {
                return Err(StoreError::Refused(Code::DeviceBarred));
            }
            if is_same_scope(&known, units) && !has_lost_versions(tx)? {
                return Err(StoreError::Refused(Code::NothingToChange));
            }
            let certificate = DeviceCertificate::decode(&known.certificate);
            let certificate = certificate.map_err(|_| StoreError::Stored("certificate"))?;
            let policy = raise_policy(tx)?;
            let who = (*device, certificate.public_key, known.name);
            certify_device(tx, &own, who, units, policy)?;
            Ok(policy)
        })
    }

    /// The certificate a device has by now, where that is of a newer policy than the device's own.
    pub fn newer_certificate(
        &self,
        device: &[u8; 16],
        than: u32,
    ) -> Result<Option<DeviceCertificate>, StoreError> {
        let known = self.enrolment_of(device)?.filter(|known| !known.revoked);
        let Some(known) = known else { return Ok(None) };
        let certificate = DeviceCertificate::decode(&known.certificate);
        let certificate = certificate.map_err(|_| StoreError::Stored("certificate"))?;
        Ok((certificate.policy > than).then_some(certificate))
    }
}

/// The same units, in whatever order.
pub(crate) fn is_same_scope(known: &EnrolmentFact, units: &[UnitKey]) -> bool {
    let mut known: Vec<&str> = known.units.iter().map(String::as_str).collect();
    let mut units: Vec<&str> = units.iter().map(UnitKey::as_str).collect();
    known.sort_unstable();
    units.sort_unstable();
    known == units
}
