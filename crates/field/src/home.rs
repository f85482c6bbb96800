//! A device's home: its folder, its opened store, its clock. Not what it does with them.

use crate::host::Host;
use crate::mark;
use crate::reserve::{self, Short};
use chrono::NaiveDate;
use domain::ids::{ExaminerId, OperatorId, PersonId, RoundId, StationCode, UnitCode};
use domain::role::Role;
use protocol::convert::day_number;
use protocol::{Clock, Code, Failure, Header};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::{Key, Round, Setting, Store, StoreError};
use sync::Pace;

/// An opened device.
pub struct Home {
    pub(crate) store: Store,
    pub(crate) host: Arc<dyn Host>,
    pub(crate) folder: PathBuf,
    /// Whose screens these are, as an account of the organisation; none = a device opened by its key, or a local account.
    worker: Option<OperatorId>,
    /// How large batches may be on the network as this program has met it.
    pub(crate) pace: Pace,
}

/// Who acts, where and for which day: what an entry's header says beside its fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Acting {
    pub round: Option<RoundId>,
    pub day: Option<NaiveDate>,
    pub operator: Option<OperatorId>,
    pub examiner: Option<ExaminerId>,
    pub station: Option<StationCode>,
}

/// Reads a key file: 64 hexadecimal digits, white space around them allowed.
pub fn read_key_file(path: &Path) -> Result<Key, Failure> {
    let bytes = std::fs::read(path)
        .map(zeroize::Zeroizing::new)
        .map_err(|_| Failure::new(Code::KeyFileUnreadable))?;
    let key = std::str::from_utf8(&bytes).ok().and_then(|text| Key::from_hex(text.trim()));
    key.ok_or(Failure::new(Code::KeyFileInvalid))
}

impl Home {
    /// Opens an enrolled device's store.
    pub fn open(dir: &Path, key: &Key, host: Arc<dyn Host>) -> Result<Home, Failure> {
        let (store, short) = match Store::open(dir, key) {
            // Without any room a database cannot even be opened.
            Err(StoreError::DiskFull) if reserve::release(dir) => {
                (Store::open(dir, key), Short::Kept)
            }
            opened => (opened, Short::None),
        };
        let home = match store {
            Ok(store) => Home::of(dir, store, host),
            Err(error) => Err(failed(error)),
        };
        if home.is_ok() || short == Short::Kept {
            // Before anything else is written: the reserve is not for recording.
            reserve::make(dir, short);
        }
        home
    }

    /// A home over an opened store.
    pub(crate) fn of(dir: &Path, mut store: Store, host: Arc<dyn Host>) -> Result<Home, Failure> {
        mark::check(dir, &mut store, &*host)?;
        Ok(Home { store, host, folder: dir.to_owned(), worker: None, pace: Pace::default() })
    }

    /// Counts a hand-over in the install mark.
    pub(crate) fn raise_mark(&mut self) -> Result<(), Failure> {
        mark::raise(&self.folder, &mut self.store)
    }

    /// The store, for those who only read.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The header of an entry written now. The clock in it is a claim.
    pub(crate) fn header(&self, acting: &Acting, person: Option<PersonId>) -> Header {
        Header {
            kind: 0,
            person: person.map(|p| p.0.as_bytes().to_vec()).unwrap_or_default(),
            round: acting.round.map_or(0, |r| r.0),
            day: acting.day.map(day_number),
            operator: acting.operator.map_or(0, |o| o.0),
            examiner: acting.examiner.map_or(0, |e| e.0),
            station: acting.station.map_or(0, |s| u32::from(s.0)),
            // As known now: a sync beside this one may have brought a newer one. A store that cannot say takes no entry either.
            policy: self.store.policy().unwrap_or_default(),
            worst_level: 0,
            clock: Some(Clock { unix_ms: self.host.unix_ms(), boot: 0, tick_ms: 0 }),
        }
    }

    /// The round with this id or this name.
    pub(crate) fn round(&self, id_or_name: &str) -> Result<RoundId, Failure> {
        Ok(self.whole_round(id_or_name)?.id)
    }

    pub(crate) fn whole_round(&self, id_or_name: &str) -> Result<Round, Failure> {
        let round = self.store.round(id_or_name).map_err(failed)?;
        round.ok_or(Failure::new(Code::RoundUnknown))
    }

    /// Today as the device's clock tells it, but within the round: field clocks say 1970, and someone born since
    /// would be from the future.
    pub(crate) fn today_in(&self, round: &Round) -> NaiveDate {
        self.host.today().max(round.from).min(round.to)
    }

    /// The operator with this id or account; none named = none.
    pub(crate) fn operator(&self, named: Option<&str>) -> Result<Option<OperatorId>, Failure> {
        let Some(named) = named else { return Ok(None) };
        let operators = self.store.operators().map_err(failed)?;
        let found = operators.iter().find(|o| o.account == named || o.id.to_string() == named);
        found.map(|o| Some(o.id)).ok_or(Failure::new(Code::OperatorUnknown))
    }

    /// The same where people are registered and results recorded or put right: refused where the account's role does not allow it
    /// (`domain::role::Role::may_record`), as the screens refuse it.
    pub(crate) fn recorder(&self, named: Option<&str>) -> Result<Option<OperatorId>, Failure> {
        let Some(id) = self.operator(named)? else { return Ok(None) };
        let operators = self.store.operators().map_err(failed)?;
        let records = operators.iter().any(|one| one.id == id && Role::records(&one.role));
        records.then_some(Some(id)).ok_or(Failure::new(Code::RoleBarred))
    }

    /// The examiner with this id or name; none named = none.
    pub(crate) fn examiner(&self, named: Option<&str>) -> Result<Option<ExaminerId>, Failure> {
        let Some(named) = named else { return Ok(None) };
        let examiners = self.store.examiners().map_err(failed)?;
        let found = examiners.iter().find(|e| e.name == named || e.id.to_string() == named);
        found.map(|e| Some(e.id)).ok_or(Failure::new(Code::ExaminerUnknown))
    }

    /// Whose screens these are: from here on `scope` is what their account and this device share.
    pub(crate) fn work_as(&mut self, worker: Option<OperatorId>) {
        self.worker = worker;
    }

    /// The units worked in here: this device's, and of those only the account's where it has units of its own.
    pub(crate) fn scope(&self) -> Result<Vec<UnitCode>, Failure> {
        self.scope_of(None)
    }

    /// The same where somebody is named who acts, as at the command line.
    pub(crate) fn scope_of(&self, acts: Option<OperatorId>) -> Result<Vec<UnitCode>, Failure> {
        let mut scope = self.device_scope()?;
        for operator in [self.worker, acts.filter(|acts| Some(*acts) != self.worker)] {
            if let Some(own) = office::own_units(&self.store, operator)? {
                scope = office::common_units(&scope, &own);
            }
        }
        Ok(scope)
    }

    /// The units of the account whose screens these are; none = it has none of its own.
    pub(crate) fn own_units(&self) -> Result<Option<Vec<UnitCode>>, Failure> {
        office::own_units(&self.store, self.worker)
    }

    /// Does this device, or the account whose screens these are, leave this unit out? A sync may have narrowed either since the day
    /// began: what is saved there would be held.
    pub(crate) fn is_elsewhere(&self, unit: &UnitCode) -> Result<bool, Failure> {
        Ok(!self.scope()?.iter().any(|own| own.covers(unit)))
    }

    /// The units this device was enrolled for.
    pub(crate) fn device_scope(&self) -> Result<Vec<UnitCode>, Failure> {
        let scope = self.store.setting_text(Setting::Scope).map_err(failed)?;
        let scope = scope.filter(|s| !s.is_empty()).ok_or(Failure::new(Code::NotEnrolled))?;
        // The district's own stream is for reading: no stop is the whole district.
        let district = self.store.setting_text(Setting::District).map_err(failed)?;
        let stops = scope.lines().filter(|code| Some(*code) != district.as_deref());
        Ok(stops.map(|code| UnitCode(code.to_owned())).collect())
    }
}

/// A store's error as people and programs see it.
pub(crate) fn failed(error: store::StoreError) -> Failure {
    Failure::from(error)
}
