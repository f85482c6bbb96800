//! Enrolling a device: its store is made, its key certified by the server, the server's CA kept for ever.

use crate::home::{Home, failed};
use crate::host::Host;
use crate::reserve::{self, Short};
use crate::synchronise::called;
use protocol::call::EnrolRequest;
use protocol::{Code, Failure, PROTOCOL_VERSION};
use serde::Serialize;
use std::path::Path;
use std::sync::Arc;
use store::{Key, Role, Setting, Store, StoreError};
use sync::{CaPin, CarrierError, DeviceClock, HttpsLimits};

/// What a coordinator hands over with a device.
#[derive(Debug, Clone, Default)]
pub struct Enrolment {
    /// `https://host:port`
    pub server: String,
    pub code: String,
    /// SHA-256 of the CA's public key, 64 hexadecimal digits.
    pub ca_pin: String,
    /// What people call this device; empty = its id's first digits.
    pub name: String,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Enrolled {
    pub device: String,
    pub units: Vec<String>,
}

impl Home {
    /// Makes the device's store and enrols it. A device that was cut off while enrolling tries again with
    /// the same code; one that is enrolled already is left as it is. One that lost its key keeps every entry and is
    /// enrolled as another device, which files again what the server lacks.
    pub fn enrol(
        dir: &Path,
        key: &Key,
        host: Arc<dyn Host>,
        order: &Enrolment,
    ) -> Result<Enrolled, Failure> {
        let pin: CaPin =
            order.ca_pin.trim().parse().map_err(|_| Failure::at(Code::UsageInvalid, "--ca-pin"))?;
        let mut store = open_or_create(dir, key)?;
        if store.is_key_lost().map_err(failed)? {
            store.begin_as_new_device().map_err(failed)?;
        } else if store.setting_text(Setting::Token).map_err(failed)?.is_some() {
            return Err(Failure::new(Code::AlreadyEnrolled));
        }
        let device = store.device().map_err(failed)?;
        let device_text = uuid::Uuid::from_bytes(device).to_string();
        let name = match order.name.trim() {
            "" => format!("设备 {}", &device_text[..8]),
            name => name.to_owned(),
        };
        let request = EnrolRequest {
            protocol: PROTOCOL_VERSION,
            code: order.code.trim().to_owned(),
            device: device.to_vec(),
            public_key: store.public_key().map_err(failed)?.to_vec(),
            name: name.clone(),
        };
        let unix_ms = host.unix_ms();
        let clock = DeviceClock { unix_ms, heard_unix_ms: None };
        let limits = HttpsLimits::default();
        let enrolled = sync::enrol(&order.server, pin, &request, clock, limits).map_err(
            |error| match error {
                CarrierError::Address => Failure::at(Code::UsageInvalid, "--server"),
                error => called(error, unix_ms),
            },
        )?;
        let answer = &enrolled.answer;
        let offset_ms = answer.server_unix_ms.saturating_sub(unix_ms);
        let scope = answer.units.join("\n");
        let settings: [(Setting, &[u8]); 11] = [
            (Setting::Name, name.as_bytes()),
            (Setting::ServerUrl, order.server.trim().as_bytes()),
            (Setting::Token, answer.token.as_bytes()),
            (Setting::CaPem, enrolled.ca_pem.as_bytes()),
            (Setting::Instance, &answer.instance),
            (Setting::Policy, &i64::from(answer.policy).to_be_bytes()),
            (Setting::District, answer.district.as_bytes()),
            (Setting::Scope, scope.as_bytes()),
            (Setting::ServerOffsetMs, &offset_ms.to_be_bytes()),
            (Setting::ServerHeardMs, &answer.server_unix_ms.to_be_bytes()),
            (Setting::RecoveryRecipient, answer.recovery_recipient.as_bytes()),
        ];
        store
            .become_enrolled(&enrolled.certificate, &enrolled.server_public_key, &settings)
            .map_err(failed)?;
        reserve::make(dir, Short::None);
        Ok(Enrolled { device: device_text, units: answer.units.clone() })
    }
}

/// The store of this folder, made where there is none.
fn open_or_create(dir: &Path, key: &Key) -> Result<Store, Failure> {
    match Store::open(dir, key) {
        Err(StoreError::Missing) => Store::create(dir, key, Role::Device).map_err(failed),
        opened => opened.map_err(failed),
    }
}
