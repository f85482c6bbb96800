//! Whom to call about a unit, and who follows up there (村医, 校医): what the coordinator said of it last. Not the tree of units
//! (`directory`).

use crate::directory::{operators, stored};
use crate::error::StoreError;
use crate::open::Store;
use domain::ids::{OperatorId, UnitCode};
use protocol::Kind;
use protocol::fact::UnitFact;
use std::collections::BTreeMap;

/// What is said of one unit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UnitContact {
    /// Empty = nobody said.
    pub phone: String,
    /// The village's or school's doctor by name; empty = nobody said.
    pub doctor: String,
    /// Their account, where they have one.
    pub doctor_account: Option<(OperatorId, String)>,
}

/// Of every unit of which something is said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UnitContacts(BTreeMap<UnitCode, UnitContact>);

impl UnitContacts {
    pub fn get(&self, unit: &UnitCode) -> Option<&UnitContact> {
        self.0.get(unit)
    }

    /// Where to call about somebody of this unit: its own phone, else its township's; empty where nobody said.
    pub fn phone(&self, unit: &UnitCode) -> &str {
        let own = |unit: &UnitCode| {
            let contact = self.0.get(unit).filter(|contact| !contact.phone.is_empty());
            contact.map(|contact| contact.phone.as_str())
        };
        own(unit).or_else(|| own(&unit.township()?)).unwrap_or_default()
    }

    /// Who follows up there: key (an account, else the name) and name.
    pub fn doctor(&self, unit: &UnitCode) -> Option<(String, String)> {
        let contact = self.0.get(unit).filter(|contact| !contact.doctor.is_empty())?;
        let key = contact.doctor_account.as_ref().map_or(&contact.doctor, |(_, account)| account);
        Some((key.clone(), contact.doctor.clone()))
    }
}

impl Store {
    pub fn unit_contacts(&self) -> Result<UnitContacts, StoreError> {
        self.read(|tx| {
            let facts: Vec<UnitFact> = stored(tx, Kind::Unit)?;
            let operators = operators(tx)?;
            let contact = |fact: UnitFact| {
                let account = operators.iter().find(|one| one.id.0 == fact.doctor_operator);
                let account = account.filter(|_| fact.doctor_operator != 0);
                let doctor = account.map_or(fact.doctor, |one| one.name.clone());
                let contact = UnitContact {
                    phone: fact.phone,
                    doctor,
                    doctor_account: account.map(|one| (one.id, one.account.clone())),
                };
                (UnitCode(fact.code), contact)
            };
            let contacts = facts.into_iter().map(contact);
            Ok(UnitContacts(contacts.filter(|(_, one)| *one != UnitContact::default()).collect()))
        })
    }
}
