//! Whom to call about a unit, and who follows up there (村医, 校医): what the server or somebody of the unit said of it last. Not the tree
//! of units (`directory`).

use crate::directory::{Operator, operators, stored};
use crate::error::StoreError;
use crate::open::Store;
use crate::project::{ContactAt, contacts_said};
use crate::tx::Tx;
use domain::ids::{OperatorId, UnitCode};
use ledger::Reference;
use protocol::Kind;
use protocol::fact::{ContactFact, EntryReference, UnitFact};
use std::collections::{BTreeMap, BTreeSet};

/// What is said of one unit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UnitContact {
    /// Empty = nobody said.
    pub phone: String,
    /// The village's or school's doctor by name; empty = nobody said.
    pub doctor: String,
    /// Their account, where they have one.
    pub doctor_account: Option<(OperatorId, String)>,
    /// What others said who did not know of this, until somebody says it anew.
    pub others: Vec<UnitContact>,
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

/// What stands of one unit, and what it replaces where somebody says it anew.
struct Stands {
    contact: UnitContact,
    heads: Vec<Reference>,
}

impl Store {
    pub fn unit_contacts(&self) -> Result<UnitContacts, StoreError> {
        self.read(|tx| {
            let contacts = standing(tx)?.into_iter().map(|(unit, one)| (unit, one.contact));
            Ok(UnitContacts(contacts.filter(|(_, one)| *one != UnitContact::default()).collect()))
        })
    }

    /// What was said of a unit in its own stream and is not replaced there: whoever says it anew names these.
    pub fn contact_heads(&self, unit: &UnitCode) -> Result<Vec<Reference>, StoreError> {
        self.read(|tx| Ok(standing(tx)?.remove(unit).map(|one| one.heads).unwrap_or_default()))
    }
}

/// A word of the server's, in the district's stream, replaces what it names of the unit's own; what it does not name was said without
/// knowing of it, or later, and counts. Of two that did not know of each other one counts, the same everywhere, and both are shown.
fn standing(tx: &dyn Tx) -> Result<BTreeMap<UnitCode, Stands>, StoreError> {
    let by_server: Vec<UnitFact> = stored(tx, Kind::Unit)?;
    let mut by_server: BTreeMap<UnitCode, UnitFact> =
        by_server.into_iter().map(|fact| (UnitCode(fact.code.clone()), fact)).collect();
    let mut said = contacts_said(tx)?;
    let operators = operators(tx)?;
    let units: BTreeSet<UnitCode> = by_server.keys().chain(said.keys()).cloned().collect();
    let stands = |unit: UnitCode| {
        let base = by_server.remove(&unit).unwrap_or_default();
        let (heads, others) = heads(said.remove(&unit).unwrap_or_default(), &base.contacts);
        let mut others = others.into_iter();
        let first = others.next().unwrap_or(ContactFact {
            phone: base.phone,
            doctor: base.doctor,
            doctor_operator: base.doctor_operator,
            saw: Vec::new(),
        });
        let mut contact = told(&operators, first);
        contact.others = others.map(|fact| told(&operators, fact)).collect();
        (unit, Stands { contact, heads })
    };
    Ok(units.into_iter().map(stands).collect())
}

/// Those that no other names; and of them, what `replaced` does not name.
fn heads(said: Vec<ContactAt>, replaced: &[EntryReference]) -> (Vec<Reference>, Vec<ContactFact>) {
    let references = |named: &[EntryReference]| -> BTreeSet<Reference> {
        named.iter().filter_map(|one| Reference::try_from(one).ok()).collect()
    };
    let seen: BTreeSet<Reference> = said.iter().flat_map(|one| references(&one.fact.saw)).collect();
    let replaced = references(replaced);
    let is_named = |one: &ContactAt, by: &BTreeSet<Reference>| {
        one.references.iter().any(|reference| by.contains(reference))
    };
    let heads: Vec<ContactAt> = said.into_iter().filter(|one| !is_named(one, &seen)).collect();
    let named = heads.iter().flat_map(|one| one.references.iter().copied()).collect();
    let standing = heads.into_iter().filter(|one| !is_named(one, &replaced));
    (named, standing.map(|one| one.fact).collect())
}

fn told(operators: &[Operator], fact: ContactFact) -> UnitContact {
    let account = operators.iter().find(|one| one.id.0 == fact.doctor_operator);
    let account = account.filter(|_| fact.doctor_operator != 0);
    let doctor = account.map_or(fact.doctor, |one| one.name.clone());
    UnitContact {
        phone: fact.phone,
        doctor,
        doctor_account: account.map(|one| (one.id, one.account.clone())),
        others: Vec::new(),
    }
}
