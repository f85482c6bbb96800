//! What the server has set up, as it stands here: units, rounds, operators, examiners, devices. Not how several
//! facts about one id are weighed: that is the projection's.

use crate::error::StoreError;
use crate::open::Store;
use crate::project::{round_setting, setting_of, standing_facts};
use crate::tx::Tx;
use chrono::NaiveDate;
use domain::catalogue::{Catalogue, RoundSetting};
use domain::confirm::{Account, Examines, PeopleAtWork};
use domain::ids::{ExaminerId, OperatorId, RoundId, UnitCode};
use domain::role::Role;
use domain::unit::{Unit, UnitKind, UnitTree};
use prost::Message;
use protocol::Kind;
use protocol::convert::day_date;
use protocol::fact::{
    EnrolmentFact, ExaminerFact, LevelSetting, OperatorFact, RetirementFact, RoundFact, UnitFact,
};
use protocol::failure::Code;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    pub id: RoundId,
    pub name: String,
    /// Both included.
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// The catalogue version it stands at, and what it does not pay for.
    pub setting: RoundSetting,
    /// Who confirmed its levels and follow-up days, if anyone has.
    pub levels_confirmed_by: Option<String>,
    /// Levels that differ from the catalogue's.
    pub levels: Vec<LevelSetting>,
}

impl Round {
    /// The catalogue in force in it.
    pub fn in_force(&self) -> Arc<Catalogue> {
        Catalogue::in_force(&self.setting)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    pub id: OperatorId,
    pub account: String,
    pub name: String,
    pub role: String,
    /// Where they work, each with all below it; none = wherever their device does.
    pub units: Vec<UnitCode>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examiner {
    pub id: ExaminerId,
    pub name: String,
    pub title: String,
    /// The account they work under, where the coordinator said so.
    pub operator: Option<OperatorId>,
}

/// An enrolled device. When it was last heard, only a server knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    pub device: [u8; 16],
    pub name: String,
    pub units: Vec<UnitCode>,
    /// By the server's clock, ms since 1970 UTC.
    pub heard_at_ms: Option<i64>,
    /// Entries it had not yet sent then.
    pub unsent: Option<i64>,
    /// It may push, and is given nothing.
    pub is_revoked: bool,
}

impl Store {
    /// The round with this id (16 hex digits) or this name. A name that several rounds have finds none.
    pub fn round(&self, id_or_name: &str) -> Result<Option<Round>, StoreError> {
        let wanted = id_or_name.trim();
        let rounds = self.rounds()?;
        if let Some(round) = rounds.iter().find(|round| round.id.to_string() == wanted) {
            return Ok(Some(round.clone()));
        }
        let mut named = rounds.into_iter().filter(|round| round.name == wanted);
        Ok(named.next().filter(|_| named.next().is_none()))
    }

    /// The catalogue in force in a round: judged by its version, without what it does not pay for. Of a round that is not
    /// known here, the program's.
    pub fn in_force(&self, round: RoundId) -> Result<Arc<Catalogue>, StoreError> {
        self.read(|tx| in_force(tx, round))
    }

    /// Every round, the earliest first.
    pub fn rounds(&self) -> Result<Vec<Round>, StoreError> {
        self.read(rounds)
    }

    pub fn operators(&self) -> Result<Vec<Operator>, StoreError> {
        self.read(operators)
    }

    pub fn examiners(&self) -> Result<Vec<Examiner>, StoreError> {
        self.read(examiners)
    }

    /// The district's units with the schools added since.
    pub fn units(&self) -> Result<UnitTree, StoreError> {
        self.read(units)
    }

    /// Units that take no new work, and where it goes on.
    pub fn retired_units(&self) -> Result<BTreeMap<UnitCode, Option<UnitCode>>, StoreError> {
        let facts: Vec<RetirementFact> = self.read(|tx| stored(tx, Kind::Retirement))?;
        let retired = facts.into_iter().filter(|fact| !fact.withdrawn).map(|fact| {
            let successor = Some(fact.successor).filter(|code| !code.is_empty());
            (UnitCode(fact.unit), successor.map(UnitCode))
        });
        Ok(retired.collect())
    }

    /// The units that take new work.
    pub fn units_at_work(&self) -> Result<UnitTree, StoreError> {
        let retired: BTreeSet<UnitCode> = self.retired_units()?.into_keys().collect();
        Ok(self.units()?.without(&retired))
    }

    /// Every device enrolled, by name.
    pub fn devices(&self) -> Result<Vec<Device>, StoreError> {
        let heard = self.heard()?;
        let facts: Vec<EnrolmentFact> = self.read(|tx| stored(tx, Kind::Enrolment))?;
        let devices = facts.into_iter().filter_map(|fact| {
            let device: [u8; 16] = fact.device.try_into().ok()?;
            let heard = heard.get(&device);
            Some(Device {
                device,
                name: fact.name,
                units: fact.units.into_iter().map(UnitCode).collect(),
                heard_at_ms: heard.map(|h| h.heard_at_ms),
                unsent: heard.map(|h| h.unsent),
                is_revoked: fact.revoked,
            })
        });
        let mut devices: Vec<Device> = devices.collect();
        devices.sort_by(|a, b| (&a.name, a.device).cmp(&(&b.name, b.device)));
        Ok(devices)
    }
}

/// The facts of one kind that stand. One that this version cannot read is left out.
pub(crate) fn stored<M: Message + Default>(tx: &dyn Tx, kind: Kind) -> Result<Vec<M>, StoreError> {
    let facts = standing_facts(tx, kind)?;
    Ok(facts.into_iter().filter_map(|fact| M::decode(fact.as_slice()).ok()).collect())
}

pub(crate) fn rounds(tx: &dyn Tx) -> Result<Vec<Round>, StoreError> {
    let facts: Vec<RoundFact> = stored(tx, Kind::Round)?;
    let rounds = facts.into_iter().filter_map(|fact| {
        let setting = setting_of(&fact);
        Some(Round {
            id: RoundId(fact.id),
            name: fact.name,
            from: day_date(fact.from_day)?,
            to: day_date(fact.to_day)?,
            setting,
            levels_confirmed_by: Some(fact.levels_confirmed_by).filter(|by| !by.is_empty()),
            levels: fact.levels,
        })
    });
    let mut rounds: Vec<Round> = rounds.collect();
    rounds.sort_by_key(|round| (round.from, round.id));
    Ok(rounds)
}

pub(crate) fn in_force(tx: &dyn Tx, round: RoundId) -> Result<Arc<Catalogue>, StoreError> {
    Ok(Catalogue::in_force(&round_setting(tx, round.0)?))
}

pub(crate) fn round_of(tx: &dyn Tx, id: RoundId) -> Result<Round, StoreError> {
    let found = rounds(tx)?.into_iter().find(|round| round.id == id);
    found.ok_or(StoreError::Refused(Code::RoundUnknown))
}

pub(crate) fn operators(tx: &dyn Tx) -> Result<Vec<Operator>, StoreError> {
    let facts: Vec<OperatorFact> = stored(tx, Kind::Operator)?;
    let operators = facts.into_iter().map(|fact| Operator {
        id: OperatorId(fact.id),
        account: fact.account,
        name: fact.name,
        role: fact.role,
        units: fact.units.into_iter().map(UnitCode).collect(),
    });
    Ok(operators.collect())
}

pub(crate) fn examiners(tx: &dyn Tx) -> Result<Vec<Examiner>, StoreError> {
    let facts: Vec<ExaminerFact> = stored(tx, Kind::Examiner)?;
    let examiners = facts.into_iter().map(|fact| Examiner {
        id: ExaminerId(fact.id),
        name: fact.name,
        title: fact.title,
        operator: Some(fact.operator).filter(|id| *id != 0).map(OperatorId),
    });
    Ok(examiners.collect())
}

/// Whose word is whose: accounts and examiners as they stand.
pub(crate) fn people_at_work(tx: &dyn Tx) -> Result<PeopleAtWork, StoreError> {
    let operators = operators(tx)?.into_iter().map(|one| Account {
        operator: one.id,
        name: one.name,
        role: Role::of_word(one.role.trim()),
    });
    let examiners = examiners(tx)?.into_iter().map(|one| Examines {
        examiner: one.id,
        name: one.name,
        account: one.operator,
    });
    Ok(PeopleAtWork::of(operators.collect(), examiners.collect()))
}

pub(crate) fn units(tx: &dyn Tx) -> Result<UnitTree, StoreError> {
    let facts: Vec<UnitFact> = stored(tx, Kind::Unit)?;
    let units = facts.into_iter().map(|fact| Unit {
        code: UnitCode(fact.code),
        kind: match fact.kind {
            1 => UnitKind::District,
            2 => UnitKind::Township,
            4 => UnitKind::School,
            _ => UnitKind::Village,
        },
        name: fact.name,
        parent: Some(fact.parent).filter(|parent| !parent.is_empty()).map(UnitCode),
        health_record_code: None,
    });
    Ok(UnitTree::with(units.collect()))
}
