//! What a coordinator does at a server's folder, also while the server runs: look at it, and write what only
//! a server may write (rounds, schools, operators, decisions). Each answer is a plain struct for a command
//! line or a screen. No socket; the doing is `store`'s and `office`'s.

use crate::data::{self, failed, text, unix_ms};
use domain::catalogue::Catalogue;
use domain::ids::{ExaminerId, OperatorId, RoundId, UnitCode};
use domain::roster::parse_date;
use domain::unit::{Unit, UnitKind};
use ledger::UnitKey;
use office::{
    ExportOrder, Exported, HeldRow, Moment, RosterImported, RosterOrder, Verified,
};
use protocol::convert::day_number;
use protocol::fact::{ExaminerFact, OperatorFact, RoundFact, UnitFact};
use protocol::{Clock, Code, Entry, Fact, Failure, Header};
use serde::Serialize;
use std::path::Path;
use store::{CODE_VALID_MS, Setting, Store};

/// Characters of a name that a person types.
const NAME_CHARS_MAX: usize = 60;

/// A server's folder, opened.
pub struct Console {
    store: Store,
}

/// What the server holds at a glance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Status {
    pub instance: String,
    pub rounds: u32,
    pub devices: u32,
    /// Devices never heard from since they were enrolled.
    pub devices_unheard: u32,
    pub entries: u64,
    /// Entries held and not decided yet.
    pub held: u32,
    pub ca_pin: String,
    pub hosts: Vec<String>,
    pub catalogue: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeviceRow {
    pub device: String,
    pub name: String,
    pub units: Vec<UnitCode>,
    /// Civil time in China; none = never since it was enrolled.
    pub heard_at: Option<String>,
    /// Entries it said were not on the server yet (待上传).
    pub unsent: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnitRow {
    pub unit: UnitCode,
    pub kind: UnitKind,
    pub name: String,
    /// With the township's name: names repeat in the district.
    pub label: String,
    pub parent: Option<UnitCode>,
}

/// A round to make.
#[derive(Debug, Clone, Default)]
pub struct NewRound {
    pub name: String,
    pub from: String,
    pub to: String,
    /// Who confirmed levels and follow-up days (本区设置); empty while nobody has.
    pub levels_confirmed_by: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoundRow {
    pub round: RoundId,
    pub name: String,
    pub from: chrono::NaiveDate,
    pub to: chrono::NaiveDate,
    pub levels_confirmed_by: Option<String>,
}

/// What a coordinator hands over with a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EnrolMade {
    pub code: String,
    pub ca_pin: String,
    pub units: Vec<UnitCode>,
    pub valid_minutes: i64,
}

impl Console {
    /// Opens a server's folder; a running server goes on beside.
    pub fn open(data: &Path, key_file: Option<&Path>) -> Result<Console, Failure> {
        let (store, _) = data::open(data, key_file)?;
        Ok(Console { store })
    }

    /// The store, for those who only read.
    pub fn store(&self) -> &Store {
        &self.store
    }

    pub fn status(&self) -> Result<Status, Failure> {
        let devices = self.store.devices().map_err(failed)?;
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let unheard = devices.iter().filter(|device| device.heard_at_ms.is_none()).count();
        let entries = self.store.counts().map_err(failed)?.entries;
        Ok(Status {
            instance: hex(&self.store.device().map_err(failed)?),
            rounds: count(self.store.rounds().map_err(failed)?.len()),
            devices: count(devices.len()),
            devices_unheard: count(unheard),
            entries: u64::try_from(entries).unwrap_or(0),
            held: self.store.held_count().map_err(failed)?,
            ca_pin: data::ca_pin(&self.store)?.to_string(),
            hosts: text(&self.store, Setting::Hosts)?.lines().map(str::to_owned).collect(),
            catalogue: Catalogue::builtin().version,
        })
    }

    pub fn devices(&self) -> Result<Vec<DeviceRow>, Failure> {
        let devices = self.store.devices().map_err(failed)?;
        let rows = devices.into_iter().map(|device| DeviceRow {
            device: hex(&device.device),
            name: device.name,
            units: device.units,
            heard_at: device.heard_at_ms.map(|ms| Moment::at(ms).as_of),
            unsent: device.unsent,
        });
        Ok(rows.collect())
    }

    pub fn units(&self) -> Result<Vec<UnitRow>, Failure> {
        let tree = self.store.units().map_err(failed)?;
        let rows = tree.iter().map(|unit| UnitRow {
            unit: unit.code.clone(),
            kind: unit.kind,
            name: unit.name.clone(),
            label: tree.label(&unit.code),
            parent: unit.parent.clone(),
        });
        Ok(rows.collect())
    }

    /// Adds a school under a township; its code is given once and never re-used.
    pub fn add_school(&mut self, name: &str, under: &str) -> Result<UnitCode, Failure> {
        let name = checked_name(name, "--name")?;
        let tree = self.store.units().map_err(failed)?;
        let town = UnitCode(under.trim().to_owned());
        let is_town = tree.get(&town).is_some_and(|unit| unit.kind == UnitKind::Township);
        if !is_town {
            return Err(Failure::at(Code::UnitUnknown, "--under"));
        }
        let is_school = |unit: &&Unit| unit.kind == UnitKind::School && unit.name == name;
        if tree.children(&town).iter().any(is_school) {
            return Err(Failure::new(Code::UnitExists));
        }
        let code = tree.next_school_code(&town).ok_or(Failure::new(Code::Internal))?;
        let fact = UnitFact { code: code.0.clone(), kind: SCHOOL_NUMBER, name, parent: town.0 };
        self.write(Fact::Unit(fact))?;
        Ok(code)
    }

    pub fn rounds(&self) -> Result<Vec<RoundRow>, Failure> {
        let rounds = self.store.rounds().map_err(failed)?;
        let rows = rounds.into_iter().map(|round| RoundRow {
            round: round.id,
            name: round.name,
            from: round.from,
            to: round.to,
            levels_confirmed_by: round.levels_confirmed_by,
        });
        Ok(rows.collect())
    }

    /// Makes a round judged by the built-in catalogue's version. Its name is free to be used once.
    pub fn create_round(&mut self, new: &NewRound) -> Result<RoundId, Failure> {
        let name = checked_name(&new.name, "--name")?;
        let date = |text: &str| parse_date(text).ok_or(Failure::new(Code::RoundDatesInvalid));
        let (from, to) = (date(&new.from)?, date(&new.to)?);
        if to < from {
            return Err(Failure::new(Code::RoundDatesInvalid));
        }
        if self.store.rounds().map_err(failed)?.iter().any(|round| round.name == name) {
            return Err(Failure::new(Code::RoundExists));
        }
        let id = random_id()?;
        self.write(Fact::Round(RoundFact {
            id,
            name,
            from_day: day_number(from),
            to_day: day_number(to),
            catalogue: Catalogue::builtin().version,
            levels_confirmed_by: new.levels_confirmed_by.trim().to_owned(),
            levels: Vec::new(),
        }))?;
        Ok(RoundId(id))
    }

    pub fn add_operator(
        &mut self,
        account: &str,
        name: &str,
        role: &str,
    ) -> Result<OperatorId, Failure> {
        let account = checked_name(account, "--account")?;
        let name = checked_name(name, "--name")?;
        if !ROLES.contains(&role) {
            return Err(Failure::at(Code::UsageInvalid, "--role"));
        }
        let operators = self.store.operators().map_err(failed)?;
        if operators.iter().any(|operator| operator.account == account) {
            return Err(Failure::new(Code::OperatorExists));
        }
        let id = random_id()?;
        self.write(Fact::Operator(OperatorFact { id, account, name, role: role.to_owned() }))?;
        Ok(OperatorId(id))
    }

    pub fn add_examiner(&mut self, name: &str, title: &str) -> Result<ExaminerId, Failure> {
        let name = checked_name(name, "--name")?;
        let title = title.trim().to_owned();
        let id = random_id()?;
        self.write(Fact::Examiner(ExaminerFact { id, name, title }))?;
        Ok(ExaminerId(id))
    }

    /// A one-time code for a device that works in these units (a township stands for all below it).
    pub fn create_enrolment(&mut self, units: &[String]) -> Result<EnrolMade, Failure> {
        let tree = self.store.units().map_err(failed)?;
        let mut codes = Vec::new();
        let mut keys = Vec::new();
        for text in units.iter().map(|unit| unit.trim()).filter(|unit| !unit.is_empty()) {
            let code = UnitCode(text.to_owned());
            let known = tree.get(&code).and_then(|_| UnitKey::try_new(text).ok());
            keys.push(known.ok_or_else(|| Failure::at(Code::UnitUnknown, text))?);
            codes.push(code);
        }
        let expires_at_ms = unix_ms().saturating_add(CODE_VALID_MS);
        let code = self.store.new_enrol_code(&keys, expires_at_ms).map_err(failed)?;
        let ca_pin = data::ca_pin(&self.store)?.to_string();
        Ok(EnrolMade { code, ca_pin, units: codes, valid_minutes: CODE_VALID_MS / 60_000 })
    }

    pub fn held(&self) -> Result<Vec<HeldRow>, Failure> {
        office::held(&self.store)
    }

    /// A person's decision about a held entry: applied from now on, or left out for good.
    pub fn resolve_held(&mut self, entry: &str, applied: bool, note: &str) -> Result<(), Failure> {
        let reference = office::parse_reference(entry)?;
        self.store.resolve_held(&reference, applied, note).map_err(failed)
    }

    pub fn import_roster(&mut self, order: &RosterOrder) -> Result<RosterImported, Failure> {
        let moment = Moment::at(unix_ms());
        let header = self.header()?;
        office::import_roster(&mut self.store, order, &moment, &[], &header, &mut random_seed)
    }

    pub fn export(&self, order: &ExportOrder, out: &Path) -> Result<Exported, Failure> {
        office::export(&self.store, order, &Moment::at(unix_ms()), out)
    }

    pub fn verify(&self, progress: &mut dyn FnMut(&str)) -> Result<Verified, Failure> {
        office::verify(&self.store, progress)
    }

    /// A server-only fact, into the district's stream.
    fn write(&mut self, fact: Fact) -> Result<(), Failure> {
        let district = UnitCode(text(&self.store, Setting::District)?);
        let entry = Entry { header: self.header()?, fact };
        self.store.append(&district, &[entry]).map_err(failed)?;
        Ok(())
    }

    fn header(&self) -> Result<Header, Failure> {
        let policy = self.store.setting_number(Setting::Policy).map_err(failed)?.unwrap_or(0);
        Ok(Header {
            policy: u32::try_from(policy).unwrap_or(u32::MAX),
            clock: Some(Clock { unix_ms: unix_ms(), boot: 0, tick_ms: 0 }),
            ..Header::default()
        })
    }
}

/// `UnitFact::kind` of a school.
const SCHOOL_NUMBER: u32 = 4;

/// The roles an account may have.
const ROLES: [&str; 6] =
    ["recorder", "doctor", "coordinator", "township", "administrator", "auditor"];

fn checked_name(text: &str, place: &str) -> Result<String, Failure> {
    let name = text.trim();
    let fits = !name.is_empty()
        && name.chars().count() <= NAME_CHARS_MAX
        && !name.chars().any(char::is_control);
    if fits { Ok(name.to_owned()) } else { Err(Failure::at(Code::UsageInvalid, place)) }
}

fn random_seed() -> Result<[u8; 16], Failure> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|_| Failure::new(Code::Internal))?;
    Ok(bytes)
}

/// 64 random bits, never 0: 0 says none in a header.
fn random_id() -> Result<u64, Failure> {
    let mut bytes = [0_u8; 8];
    getrandom::fill(&mut bytes).map_err(|_| Failure::new(Code::Internal))?;
    Ok(u64::from_be_bytes(bytes).max(1))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
