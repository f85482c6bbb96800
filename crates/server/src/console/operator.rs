//! Accounts at the server: made, listed, given units of their own. An account's fact is said anew, whole; the last one in the
//! server's stream stands. Not the code that puts one on a device, nor what a role allows.

use super::{Console, checked_name, random_id};
use crate::data::failed;
use domain::ids::{OperatorId, UnitCode};
use domain::role::Role;
use ledger::UnitKey;
use protocol::fact::OperatorFact;
use protocol::{Code, Fact, Failure, Header};
use serde::Serialize;
use store::Operator;

/// An account and where it works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OperatorRow {
    pub operator: OperatorId,
    pub account: String,
    pub name: String,
    pub role: String,
    /// Its own units, each with all below it; empty = wherever its device does.
    pub units: Vec<UnitCode>,
    /// The same by name.
    pub labels: Vec<String>,
    /// False where the same stood already: nothing was written.
    pub new: bool,
}

impl Console {
    /// An account; `units`: its own, none = wherever its device works.
    pub fn add_operator_in(
        &mut self,
        account: &str,
        name: &str,
        role: &str,
        units: &[String],
    ) -> Result<OperatorId, Failure> {
        let account = checked_name(account, "--account")?;
        let name = checked_name(name, "--name")?;
        let role = Role::of_word(role).ok_or(Failure::at(Code::UsageInvalid, "--role"))?;
        let role = role.word().to_owned();
        let units = self.own_units(units)?;
        let operators = self.store.operators().map_err(failed)?;
        if operators.iter().any(|operator| operator.account == account) {
            return Err(Failure::new(Code::OperatorExists));
        }
        let id = random_id()?;
        self.append(Fact::Operator(OperatorFact { id, account, name, role, units }), 0)?;
        Ok(OperatorId(id))
    }

    pub fn add_operator(
        &mut self,
        account: &str,
        name: &str,
        role: &str,
    ) -> Result<OperatorId, Failure> {
        self.add_operator_in(account, name, role, &[])
    }

    pub fn operators(&self) -> Result<Vec<OperatorRow>, Failure> {
        let operators = self.store.operators().map_err(failed)?;
        operators.into_iter().map(|operator| self.operator_row(operator, false)).collect()
    }

    /// Gives an account units of its own, in place of those it had; none = wherever its device works. Devices learn of it at their
    /// next sync.
    pub fn set_operator_units(
        &mut self,
        account: &str,
        units: &[String],
    ) -> Result<OperatorRow, Failure> {
        let operator = self.operator_named(account)?;
        let units = self.own_units(units)?;
        let is_new = operator.units.iter().map(|unit| &unit.0).ne(&units);
        if is_new {
            let fact = OperatorFact {
                id: operator.id.0,
                account: operator.account.clone(),
                name: operator.name.clone(),
                role: operator.role.clone(),
                units: units.clone(),
            };
            self.append(Fact::Operator(fact), 0)?;
        }
        let units = units.into_iter().map(UnitCode).collect();
        self.operator_row(Operator { units, ..operator }, is_new)
    }

    pub(super) fn operator_named(&self, named: &str) -> Result<Operator, Failure> {
        let operators = self.store.operators().map_err(failed)?;
        let is_named = |o: &Operator| o.account == named || o.id.to_string() == named;
        operators.into_iter().find(is_named).ok_or(Failure::new(Code::OperatorUnknown))
    }

    /// The same where something is recorded: refused where the account's role does not allow it, as at a device.
    pub(super) fn recorder_named(&self, named: &str) -> Result<Operator, Failure> {
        let operator = self.operator_named(named)?;
        Role::records(&operator.role).then_some(operator).ok_or(Failure::new(Code::RoleBarred))
    }

    /// Any unit, but for an account that has units of its own, which acts in those.
    pub(super) fn may_write(
        &self,
        header: &Header,
    ) -> Result<impl Fn(&UnitCode) -> Result<(), Failure> + use<>, Failure> {
        let operator = (header.operator != 0).then_some(OperatorId(header.operator));
        let own = office::own_units(&self.store, operator)?;
        Ok(move |unit: &UnitCode| match &own {
            Some(own) if !own.iter().any(|own| own.covers(unit)) => {
                Err(Failure::new(Code::OutOfScope))
            }
            Some(_) | None => Ok(()),
        })
    }

    fn own_units(&self, units: &[String]) -> Result<Vec<String>, Failure> {
        Ok(self.known_units(units)?.iter().map(UnitKey::to_string).collect())
    }

    fn operator_row(&self, operator: Operator, new: bool) -> Result<OperatorRow, Failure> {
        let tree = self.store.units().map_err(failed)?;
        Ok(OperatorRow {
            labels: operator.units.iter().map(|unit| tree.label(unit)).collect(),
            operator: operator.id,
            account: operator.account,
            name: operator.name,
            role: operator.role,
            units: operator.units,
            new,
        })
    }
}
