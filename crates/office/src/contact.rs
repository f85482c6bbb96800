//! Whom to call about a unit, said anew: what may be said, and what it replaces. Read where a unit's phone is set on the server and where it
//! is set by somebody of the unit; not where it is printed.

use crate::{MayWrite, failed};
use domain::contact::{is_doctor_name, is_phone};
use domain::ids::{OperatorId, UnitCode};
use domain::role::Role;
use domain::unit::UnitKind;
use ledger::Reference;
use protocol::fact::{ContactFact, EntryReference};
use protocol::{Code, Entry, Fact, Failure, Header};
use store::Store;

/// What is to stand of a unit. What is not named stays as it was; an empty text takes it away.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContactOrder {
    pub unit: String,
    pub phone: Option<String>,
    /// An account, or the name of somebody who has none.
    pub doctor: Option<String>,
}

/// The same, looked through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactSaid {
    pub unit: UnitCode,
    pub kind: UnitKind,
    pub phone: String,
    /// A name; empty where there is an account, or nobody.
    pub doctor: String,
    pub account: Option<OperatorId>,
    /// What was said in the unit's own stream and is replaced.
    pub saw: Vec<Reference>,
}

/// Checks what is to be said. Said again as it stands it is refused, but where two stand apart it settles them.
pub fn contact_said(store: &Store, order: &ContactOrder) -> Result<ContactSaid, Failure> {
    let code = UnitCode(order.unit.trim().to_owned());
    let tree = store.units().map_err(failed)?;
    let unit = tree.get(&code).ok_or(Failure::new(Code::UnitUnknown))?;
    let contacts = store.unit_contacts().map_err(failed)?;
    let known = contacts.get(&code).cloned().unwrap_or_default();
    let phone = match &order.phone {
        Some(text) => checked_phone(text)?,
        None => known.phone.clone(),
    };
    let known_account = known.doctor_account.as_ref().map(|one| one.0);
    let (doctor, account) = match &order.doctor {
        Some(text) => doctor_named(store, text.trim())?,
        None => (known.doctor.clone(), known_account),
    };
    let is_same = phone == known.phone && doctor == known.doctor && account == known_account;
    if is_same && known.others.is_empty() {
        return Err(Failure::new(Code::NothingToChange));
    }
    Ok(ContactSaid {
        kind: unit.kind,
        phone,
        doctor: if account.is_some() { String::new() } else { doctor },
        account,
        saw: store.contact_heads(&code).map_err(failed)?,
        unit: code,
    })
}

/// Says it in the unit's own stream. `header` names whoever says it. A township's is the server's: its stream does not reach a device
/// that works in one of its villages, where its phone is printed too.
pub fn set_contact(
    store: &mut Store,
    header: &Header,
    order: &ContactOrder,
    may_write: MayWrite,
) -> Result<UnitCode, Failure> {
    let said = contact_said(store, order)?;
    match said.kind {
        UnitKind::Village | UnitKind::School => may_write(&said.unit)?,
        UnitKind::District | UnitKind::Township => return Err(Failure::new(Code::ContactUnit)),
    }
    let fact = ContactFact {
        phone: said.phone,
        doctor: said.doctor,
        doctor_operator: said.account.map_or(0, |id| id.0),
        saw: said.saw.iter().map(EntryReference::from).collect(),
    };
    let entry = Entry { header: header.clone(), fact: Fact::Contact(fact) };
    store.append(&said.unit, &[entry]).map_err(failed)?;
    Ok(said.unit)
}

/// Whoever may say it, by account or id.
pub fn setting_contacts(store: &Store, named: Option<&str>) -> Result<OperatorId, Failure> {
    let refused = || Failure::new(Code::ContactRole);
    let named = named.ok_or_else(refused)?;
    let operators = store.operators().map_err(failed)?;
    let found = operators.iter().find(|o| o.account == named || o.id.to_string() == named);
    let operator = found.ok_or(Failure::new(Code::OperatorUnknown))?;
    match Role::of_word(operator.role.trim()) {
        Some(role) if role.may_set_contacts() => Ok(operator.id),
        Some(_) | None => Err(refused()),
    }
}

fn checked_phone(text: &str) -> Result<String, Failure> {
    let phone = text.trim().to_owned();
    if !phone.is_empty() && !is_phone(&phone) {
        return Err(Failure::at(Code::ContactPhone, "--phone"));
    }
    Ok(phone)
}

/// By account, else somebody without one, by name.
fn doctor_named(store: &Store, text: &str) -> Result<(String, Option<OperatorId>), Failure> {
    let operators = store.operators().map_err(failed)?;
    let invalid = || Failure::at(Code::ContactDoctor, "--doctor");
    if let Some(one) = operators.iter().find(|one| one.account == text) {
        let role = Role::of_word(one.role.trim());
        let may = role.is_some_and(Role::may_follow_up);
        return may.then(|| (one.name.clone(), Some(one.id))).ok_or_else(invalid);
    }
    if !text.is_empty() && !is_doctor_name(text) {
        return Err(invalid());
    }
    Ok((text.to_owned(), None))
}
