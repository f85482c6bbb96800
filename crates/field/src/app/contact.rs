//! 单位电话和村医 on a screen: what stands of each village and school of this device and the account, and saying it anew. Thin: what may
//! be said is `office`'s.

use super::Opened;
use crate::home::failed;
use domain::ids::UnitCode;
use domain::role::Role;
use domain::unit::{UnitKind, UnitTree};
use office::ContactOrder;
use protocol::Failure;
use protocol::rpc::contact::{
    ContactDoctor, ContactRow, ContactSetAsk, ContactSpoken, ContactsView,
};
use store::{UnitContact, UnitContacts};

impl Opened {
    pub(super) fn contacts(&self) -> Result<ContactsView, Failure> {
        let store = self.home.store();
        let tree = store.units_at_work().map_err(failed)?;
        let contacts = store.unit_contacts().map_err(failed)?;
        let scope = self.home.scope()?;
        let stops = tree.iter().filter(|unit| match unit.kind {
            UnitKind::Village | UnitKind::School => scope.iter().any(|s| s.covers(&unit.code)),
            UnitKind::District | UnitKind::Township => false,
        });
        let mut rows: Vec<ContactRow> =
            stops.map(|unit| row(&tree, &contacts, &unit.code)).collect();
        // Today's stop first: it is the one whose papers are printed.
        let today = self.day_choice()?.map(|choice| choice.unit);
        rows.sort_by_key(|row| Some(&row.unit) != today.as_ref());
        let operators = store.operators().map_err(failed)?.into_iter();
        let may_follow = |role: &str| Role::of_word(role.trim()).is_some_and(Role::may_follow_up);
        let doctors = operators
            .filter(|one| may_follow(&one.role))
            .map(|one| ContactDoctor { account: one.account, name: one.name });
        Ok(ContactsView { may_set: self.may_set_contacts(), rows, doctors: doctors.collect() })
    }

    pub(super) fn contact_set(&mut self, ask: &ContactSetAsk) -> Result<ContactRow, Failure> {
        let order = ContactOrder {
            unit: ask.unit.clone(),
            phone: Some(ask.phone.clone()),
            doctor: Some(ask.doctor.clone()),
        };
        let operator = self.setting_operator();
        let unit = self.home.set_contact(operator.as_deref(), &order)?;
        let store = self.home.store();
        let tree = store.units().map_err(failed)?;
        Ok(row(&tree, &store.unit_contacts().map_err(failed)?, &unit))
    }

    fn setting_operator(&self) -> Option<String> {
        Some(self.worker.as_ref()?.operator?.to_string())
    }

    fn may_set_contacts(&self) -> bool {
        let operator = self.setting_operator();
        office::setting_contacts(self.home.store(), operator.as_deref()).is_ok()
    }
}

fn row(tree: &UnitTree, contacts: &UnitContacts, unit: &UnitCode) -> ContactRow {
    let own = contacts.get(unit).cloned().unwrap_or_default();
    let spoken = |one: &UnitContact| ContactSpoken {
        phone: one.phone.clone(),
        doctor: one.doctor.clone(),
        account: one.doctor_account.as_ref().map(|one| one.1.clone()).unwrap_or_default(),
    };
    ContactRow {
        unit: unit.0.clone(),
        label: tree.label(unit),
        said: spoken(&own),
        printed: contacts.phone(unit).to_owned(),
        others: own.others.iter().map(spoken).collect(),
    }
}
