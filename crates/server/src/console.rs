//! What a coordinator does at a server's folder, also while the server runs: rounds, accounts, schools,
//! enrolments, rosters, reports. Plain functions with plain results, that the command line prints.
//!
//! What device and server do alike is `office`'s. Every change is an entry in the server's own stream, sealed
//! at once, so the next device that asks gets it.

mod carry;
mod conclude;
mod confirm;
mod consent;
mod delivery;
mod lab;
mod operator;
mod proof;
mod round;
mod tasks;
mod unit;

pub use carry::{CarryFile, CarryImported};
pub use office::{LevelsOrder, RoundLevels, RoundMove, RoundVersion};
pub use operator::OperatorRow;
pub use proof::{GapKind, Proof, ProofDevice, ProofGap, ProofOrder, ProofRow};
pub use round::RoundPaid;

use crate::data::{self, failed};
use crate::host::{fill_random, unix_ms};
use domain::catalogue::Catalogue;
use domain::ids::{ExaminerId, RoundId, UnitCode};
use domain::unit::UnitKind;
use ledger::{Replica, UnitKey};
use office::{
    ExportOrder, Exported, HeldRow, Moment, ReportOrder, Reported, RosterImported, RosterOrder,
    SummaryMade, SummaryOrder, TemplateExported, TemplateOrder, Verified, parse_reference,
};
use protocol::convert::day_number;
use protocol::fact::{ExaminerFact, RoundFact, UnitFact};
use protocol::{Clock, Code, Entry, Fact, Failure, Header};
use serde::Serialize;
use std::path::Path;
use store::{ACCOUNT_CODE_VALID_MS, CODE_VALID_MS, Setting, Store};

/// Longest name of a round, a school or a person with an account, characters.
const NAME_CHARS_MAX: usize = 64;

const HEALED_ZH: &str = "服务器数据曾被恢复，已自动改用新的编号；缺少的记录会随各设备下次同步补回，请让所有设备尽快同步。";

/// What a device waits for that this server has forgotten.
const WAITING_ZH: &str = "服务器恢复后不认识这台设备，只收不发。等带有其登记记录的设备同步，或核对后运行 jkkc device agree 同意。";

/// A server's folder, open.
pub struct Console {
    store: Store,
}

/// A round to be made. Dates as offices write them (`2026-09-14`).
#[derive(Debug, Clone, Default)]
pub struct NewRound {
    pub name: String,
    pub from: String,
    pub to: String,
    /// Who confirmed levels and follow-up days (本区设置); empty while nobody has.
    pub levels_confirmed_by: String,
}

/// What the server holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Status {
    /// This life of this server, 32 hex digits.
    pub instance: String,
    pub ca_pin: String,
    pub hosts: Vec<String>,
    pub rounds: usize,
    pub devices: usize,
    /// Devices enrolled and not heard from yet.
    pub devices_silent: usize,
    /// Devices this server has forgotten: they push, and wait to be let in again.
    pub devices_waiting: usize,
    /// What the coordinator reads about that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting_zh: Option<&'static str>,
    pub people: u64,
    pub entries: i64,
    /// Held entries nobody has decided about.
    pub held: u32,
    /// How often this server found that it had been restored, and went on as a new instance.
    pub healed: i64,
    /// What the coordinator reads about that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub healed_zh: Option<&'static str>,
    /// The last verified backup; none = there never was one.
    pub backup: Option<BackupStatus>,
    /// When the backup was made that this server was restored from.
    pub restored_from: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BackupStatus {
    /// Civil time in China by the server's clock.
    pub made_at: String,
    /// Entries it covers (已备份).
    pub entries: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeviceRow {
    /// 32 hex digits.
    pub device: String,
    pub name: String,
    pub units: Vec<String>,
    /// Civil time in China by the server's clock; none = not since its enrolment.
    pub heard_at: Option<String>,
    /// Entries it said it had not sent then.
    pub unsent: Option<i64>,
    /// It may push, and is given nothing.
    pub revoked: bool,
    /// Where it waits to be let in again: what for, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting_zh: Option<&'static str>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnitRow {
    pub unit: UnitCode,
    pub kind: UnitKind,
    pub name: String,
    /// With its township: 水洞底镇 慕隆村.
    pub label: String,
    /// Where to call; empty = nobody said.
    pub phone: String,
    /// 村医, 校医; empty = nobody said.
    pub doctor: String,
    /// It takes no new work.
    pub retired: bool,
    /// Where the work goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub successor: Option<UnitCode>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoundRow {
    pub round: RoundId,
    pub name: String,
    pub from: chrono::NaiveDate,
    pub to: chrono::NaiveDate,
}

/// What goes to a device with the coordinator's hands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewEnrolment {
    /// Shown once; the server keeps only its hash.
    pub code: String,
    pub ca_pin: String,
    pub units: Vec<String>,
    pub valid_minutes: i64,
}

/// A device's units from a policy version on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewScope {
    /// 32 hex digits.
    pub device: String,
    pub units: Vec<String>,
    pub policy: u32,
}

/// A device that is given nothing from a policy version on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Revoked {
    /// 32 hex digits.
    pub device: String,
    pub policy: u32,
}

/// An operator's code for one device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewAccountCode {
    pub code: String,
    pub account: String,
    pub valid_minutes: i64,
}

impl Console {
    /// Opens a server's folder, beside a running server or without one.
    pub fn open(folder: &Path, key_file: Option<&Path>) -> Result<Console, Failure> {
        let (store, _) = data::open(folder, key_file)?;
        Ok(Console { store })
    }

    /// The store, for those who only read.
    pub fn store(&self) -> &Store {
        &self.store
    }

    pub fn status(&self) -> Result<Status, Failure> {
        let devices = self.store.devices().map_err(failed)?;
        let instance = self.store.device().map_err(failed)?;
        let healed = self.store.setting_number(Setting::Healed).map_err(failed)?.unwrap_or(0);
        let devices_waiting = self.store.waiting_devices().map_err(failed)?.len();
        Ok(Status {
            devices_waiting,
            waiting_zh: (devices_waiting > 0).then_some(WAITING_ZH),
            healed,
            healed_zh: (healed > 0).then_some(HEALED_ZH),
            instance: hex(&instance),
            ca_pin: data::ca_pin(&self.store)?.to_string(),
            hosts: data::text(&self.store, Setting::Hosts)?.lines().map(str::to_owned).collect(),
            rounds: self.store.rounds().map_err(failed)?.len(),
            devices: devices.len(),
            devices_silent: devices.iter().filter(|d| d.heard_at_ms.is_none()).count(),
            people: self.store.people_count().map_err(failed)?,
            entries: self.store.counts().map_err(failed)?.entries,
            held: self.store.held_count().map_err(failed)?,
            backup: self.backup()?,
            restored_from: self
                .store
                .setting_number(Setting::RestoredFrom)
                .map_err(failed)?
                .map(|ms| Moment::at(ms).as_of),
        })
    }

    fn backup(&self) -> Result<Option<BackupStatus>, Failure> {
        let at_ms = self.store.setting_number(Setting::BackupAtMs).map_err(failed)?;
        let Some(at_ms) = at_ms else { return Ok(None) };
        let entries = self.store.levels().map_err(failed)?.backed_up.all;
        Ok(Some(BackupStatus { made_at: Moment::at(at_ms).as_of, entries }))
    }

    pub fn devices(&self) -> Result<Vec<DeviceRow>, Failure> {
        let devices = self.store.devices().map_err(failed)?;
        let row = |device: store::Device| DeviceRow {
            device: hex(&device.device),
            name: device.name,
            units: device.units.into_iter().map(|unit| unit.0).collect(),
            heard_at: device.heard_at_ms.map(|ms| Moment::at(ms).as_of),
            unsent: device.unsent,
            revoked: device.is_revoked,
            waiting_zh: None,
        };
        let heard = self.store.heard().map_err(failed)?;
        let waiting = self.store.waiting_devices().map_err(failed)?;
        let waiting = waiting.into_iter().map(|device| {
            let heard = heard.get(&device.device);
            DeviceRow {
                device: hex(&device.device),
                name: device.name,
                units: device.units.into_iter().map(|unit| unit.0).collect(),
                heard_at: heard.map(|heard| Moment::at(heard.heard_at_ms).as_of),
                unsent: heard.map(|heard| heard.unsent),
                revoked: false,
                waiting_zh: Some(WAITING_ZH),
            }
        });
        Ok(devices.into_iter().map(row).chain(waiting).collect())
    }

    /// Lets a device in again that this server has forgotten and that has proven itself.
    pub fn agree_device(&mut self, device: &str) -> Result<(), Failure> {
        let id: Option<[u8; 16]> =
            uuid::Uuid::try_parse(device.trim()).ok().map(|id| *id.as_bytes());
        let id = id.ok_or(Failure::new(Code::DeviceUnknown))?;
        self.store.agree_device(&id).map_err(failed)?;
        self.seal()
    }

    pub fn units(&self) -> Result<Vec<UnitRow>, Failure> {
        let tree = self.store.units().map_err(failed)?;
        let retired = self.store.retired_units().map_err(failed)?;
        let contacts = self.store.unit_contacts().map_err(failed)?;
        let row = |unit: &domain::unit::Unit| UnitRow {
            phone: contacts.get(&unit.code).map(|one| one.phone.clone()).unwrap_or_default(),
            doctor: contacts.get(&unit.code).map(|one| one.doctor.clone()).unwrap_or_default(),
            retired: retired.contains_key(&unit.code),
            successor: retired.get(&unit.code).cloned().flatten(),
            unit: unit.code.clone(),
            kind: unit.kind,
            name: unit.name.clone(),
            label: tree.label(&unit.code),
        };
        Ok(tree.iter().map(row).collect())
    }

    pub fn rounds(&self) -> Result<Vec<RoundRow>, Failure> {
        let rounds = self.store.rounds().map_err(failed)?;
        let row = |round: store::Round| RoundRow {
            round: round.id,
            name: round.name,
            from: round.from,
            to: round.to,
        };
        Ok(rounds.into_iter().map(row).collect())
    }

    /// A new school under a township; its code is given once and never re-used.
    pub fn add_school(&mut self, name: &str, under: &str) -> Result<UnitCode, Failure> {
        let name = checked_name(name, "--name")?;
        let tree = self.units_ever()?;
        let retired = self.store.retired_units().map_err(failed)?;
        let town = UnitCode(under.trim().to_owned());
        let is_town = tree.get(&town).is_some_and(|unit| unit.kind == UnitKind::Township);
        if !is_town {
            return Err(Failure::at(Code::UnitUnknown, "--under"));
        }
        let is_same = |unit: &&domain::unit::Unit| {
            let is_here = unit.kind == UnitKind::School && town.covers(&unit.code);
            is_here && unit.name == name && !retired.contains_key(&unit.code)
        };
        if let Some(known) = tree.iter().find(is_same) {
            return Err(Failure::at(Code::UnitExists, known.code.0.clone()));
        }
        let code = tree.next_school_code(&town).ok_or(Failure::new(Code::UnitUnknown))?;
        let fact =
            UnitFact { code: code.0.clone(), kind: 4, name, parent: town.0, ..UnitFact::default() };
        self.append(Fact::Unit(fact), 0)?;
        Ok(code)
    }

    /// A round that begins at this program's catalogue.
    pub fn create_round(&mut self, new: &NewRound) -> Result<RoundId, Failure> {
        self.create_round_at(new, None)
    }

    /// A round that begins at a version; none named: this program's.
    pub fn create_round_at(
        &mut self,
        new: &NewRound,
        version: Option<u32>,
    ) -> Result<RoundId, Failure> {
        let version = version.unwrap_or(Catalogue::builtin().version);
        let name = checked_name(&new.name, "--name")?;
        let date = |text: &str, place: &str| {
            let date = domain::roster::parse_date(text.trim());
            date.ok_or(Failure::at(Code::RoundDatesInvalid, place))
        };
        let (from, to) = (date(&new.from, "--from")?, date(&new.to, "--to")?);
        if to < from {
            return Err(Failure::at(Code::RoundDatesInvalid, "--to"));
        }
        let rounds = self.store.rounds().map_err(failed)?;
        if let Some(known) = rounds.iter().find(|round| round.name == name) {
            return Err(Failure::at(Code::RoundExists, known.id.to_string()));
        }
        if Catalogue::judging(version).is_none() {
            return Err(Failure::at(Code::VersionUnknown, "--version"));
        }
        let id = random_id()?;
        let fact = RoundFact {
            id,
            name,
            from_day: day_number(from),
            to_day: day_number(to),
            catalogue: version,
            levels_confirmed_by: new.levels_confirmed_by.trim().to_owned(),
            levels: Vec::new(),
            ..RoundFact::default()
        };
        self.append(Fact::Round(fact), id)?;
        Ok(RoundId(id))
    }

    /// A one-time code by which an operator's account is put on a device.
    pub fn create_account_code(&mut self, account: &str) -> Result<NewAccountCode, Failure> {
        let operator = self.operator_named(account)?;
        let expires_at_ms = unix_ms().saturating_add(ACCOUNT_CODE_VALID_MS);
        let code = self.store.new_account_code(operator.id, expires_at_ms).map_err(failed)?;
        let valid_minutes = ACCOUNT_CODE_VALID_MS / 60_000;
        Ok(NewAccountCode { code, account: operator.account, valid_minutes })
    }

    /// The key that devices wrap their database keys to, so that a forgotten password loses nothing (`age1...`; made
    /// and kept like a backup's).
    pub fn set_recovery(&mut self, recipient: &str) -> Result<(), Failure> {
        let recipient = recipient.trim();
        crate::archive::recipients(&[recipient.to_owned()], None)?;
        self.store.set_setting(Setting::RecoveryRecipient, recipient.as_bytes()).map_err(failed)
    }

    /// Their account is found by their name, where that names one.
    pub fn add_examiner(&mut self, name: &str, title: &str) -> Result<ExaminerId, Failure> {
        self.add_examiner_at(name, title, None)
    }

    /// `account`: the one they work under.
    pub fn add_examiner_at(
        &mut self,
        name: &str,
        title: &str,
        account: Option<&str>,
    ) -> Result<ExaminerId, Failure> {
        let name = checked_name(name, "--name")?;
        let operator = account.map(|account| self.operator_named(account)).transpose()?;
        let operator = operator.map_or(0, |operator| operator.id.0);
        let id = random_id()?;
        let fact = ExaminerFact { id, name, title: title.trim().to_owned(), operator };
        self.append(Fact::Examiner(fact), 0)?;
        Ok(ExaminerId(id))
    }

    /// Says under which account an examiner works.
    pub fn set_examiner_account(&mut self, examiner: &str, account: &str) -> Result<(), Failure> {
        let operator = self.operator_named(account)?.id;
        let all = self.store.examiners().map_err(failed)?;
        let mut named =
            all.iter().filter(|one| one.name == examiner || one.id.to_string() == examiner);
        let found = named.next().filter(|_| named.next().is_none());
        let found = found.ok_or(Failure::new(Code::ExaminerUnknown))?;
        let (name, title) = (found.name.clone(), found.title.clone());
        let fact = ExaminerFact { id: found.id.0, name, title, operator: operator.0 };
        self.append(Fact::Examiner(fact), 0)?;
        Ok(())
    }

    /// A one-time code for a device that works in these units, and the pin of the CA to trust.
    pub fn create_enrolment(&mut self, units: &[String]) -> Result<NewEnrolment, Failure> {
        let keys = self.known_units(units)?;
        let expires_at_ms = unix_ms().saturating_add(CODE_VALID_MS);
        let code = self.store.new_enrol_code(&keys, expires_at_ms).map_err(failed)?;
        Ok(NewEnrolment {
            code,
            ca_pin: data::ca_pin(&self.store)?.to_string(),
            units: keys.iter().map(UnitKey::to_string).collect(),
            valid_minutes: CODE_VALID_MS / 60_000,
        })
    }

    /// Revokes a device: from here it may hand over and is given nothing, and what it hands over beyond what is here
    /// is held for a person. A new enrolment code lets it in again.
    pub fn revoke_device(&mut self, device: &str) -> Result<Revoked, Failure> {
        let id = device_id(device)?;
        let policy = self.store.revoke_device(&id).map_err(failed)?;
        self.seal()?;
        Ok(Revoked { device: hex(&id), policy })
    }

    /// Names a device's units anew. It learns of it at its next sync; what it recorded before that keeps the right
    /// it was recorded with.
    pub fn change_scope(&mut self, device: &str, units: &[String]) -> Result<NewScope, Failure> {
        let id = device_id(device)?;
        let keys = self.known_units(units)?;
        let policy = self.store.change_scope(&id, &keys).map_err(failed)?;
        self.seal()?;
        let units = keys.iter().map(UnitKey::to_string).collect();
        Ok(NewScope { device: hex(&id), units, policy })
    }

    /// Units of the district by their codes, each once.
    fn known_units(&self, units: &[String]) -> Result<Vec<UnitKey>, Failure> {
        let tree = self.store.units().map_err(failed)?;
        let mut keys: Vec<UnitKey> = Vec::new();
        for unit in units.iter().map(|unit| unit.trim()).filter(|unit| !unit.is_empty()) {
            let unknown = || Failure::at(Code::UnitUnknown, unit);
            tree.get(&UnitCode(unit.to_owned())).ok_or_else(unknown)?;
            let key = UnitKey::try_new(unit).map_err(|_| unknown())?;
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        Ok(keys)
    }

    pub fn held(&self) -> Result<Vec<HeldRow>, Failure> {
        office::held(&self.store)
    }

    /// A person's decision about a held entry.
    pub fn resolve_held(&mut self, entry: &str, applied: bool, note: &str) -> Result<(), Failure> {
        let reference = parse_reference(entry)?;
        self.store.resolve_held(&reference, applied, note).map_err(failed)?;
        self.seal()
    }

    pub fn import_roster(&mut self, order: &RosterOrder) -> Result<RosterImported, Failure> {
        let header = self.header(0)?;
        let moment = Moment::at(unix_ms());
        let mut seed = || random::<16>();
        let imported =
            office::import_roster(&mut self.store, order, &moment, &[], &header, &mut seed)?;
        let units: Vec<UnitCode> = imported.units.iter().map(|of| of.unit.clone()).collect();
        self.open_listed(&order.round, &units)?;
        self.seal()?;
        Ok(imported)
    }

    pub fn export(&self, order: &ExportOrder, out: &Path) -> Result<Exported, Failure> {
        office::export(&self.store, order, &Moment::at(unix_ms()), out)
    }

    /// Individual reports of a unit: final where a doctor has signed.
    pub fn report_people(&self, order: &ReportOrder, out: &Path) -> Result<Reported, Failure> {
        office::report_people(&self.store, order, &Moment::at(unix_ms()), out)
    }

    /// Checkups by a template.
    pub fn export_template(
        &self,
        order: &TemplateOrder,
        out: &Path,
    ) -> Result<TemplateExported, Failure> {
        office::export_template(&self.store, order, &Moment::at(unix_ms()), out)
    }

    /// A summary of a unit and all below it.
    pub fn summarise(&self, order: &SummaryOrder, out: &Path) -> Result<SummaryMade, Failure> {
        office::summarise(&self.store, order, &Moment::at(unix_ms()), out)
    }

    pub fn verify(&self, progress: &mut dyn FnMut(&str)) -> Result<Verified, Failure> {
        office::verify(&self.store, progress)
    }

    /// Facts of the whole district lie in its own stream: every device has it.
    fn append(&mut self, fact: Fact, round: u64) -> Result<(), Failure> {
        let district = UnitCode(data::text(&self.store, Setting::District)?);
        let entry = Entry { header: self.header(round)?, fact };
        self.store.append(&district, &[entry]).map_err(failed)?;
        self.seal()
    }

    fn seal(&mut self) -> Result<(), Failure> {
        self.store.seal_own().map_err(failed)?;
        Ok(())
    }

    fn header(&self, round: u64) -> Result<Header, Failure> {
        let policy = self.store.policy().map_err(failed)?;
        let clock = Clock { unix_ms: unix_ms(), boot: 0, tick_ms: 0 };
        Ok(Header { round, policy, clock: Some(clock), ..Header::default() })
    }
}

fn checked_name(text: &str, option: &str) -> Result<String, Failure> {
    let name = text.trim();
    let is_name = !name.is_empty()
        && name.chars().count() <= NAME_CHARS_MAX
        && !name.contains(char::is_control);
    if is_name { Ok(name.to_owned()) } else { Err(Failure::at(Code::UsageInvalid, option)) }
}

fn random<const N: usize>() -> Result<[u8; N], Failure> {
    let mut bytes = [0; N];
    fill_random(&mut bytes)?;
    Ok(bytes)
}

/// An id of 64 random bits; 0 means "none" in a header.
fn random_id() -> Result<u64, Failure> {
    Ok(u64::from_be_bytes(random()?).max(1))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A device's id as `device list` shows it, with or without dashes.
fn device_id(device: &str) -> Result<[u8; 16], Failure> {
    let digits: String = device.trim().chars().filter(|c| *c != '-').collect();
    let id = u128::from_str_radix(&digits, 16);
    Ok(id.map_err(|_| Failure::at(Code::DeviceUnknown, "--device"))?.to_be_bytes())
}
