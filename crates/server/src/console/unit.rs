//! What a coordinator says of units beside adding them: their stop in a round is over or open again, and they are
//! retired. Not what devices make of it.

use super::Console;
use crate::data::failed;
use domain::ids::{RoundId, UnitCode};
use domain::unit::{Unit, UnitKind, UnitTree};
use office::ContactOrder;
use protocol::fact::{EntryReference, RetirementFact, StopFact, UnitFact};
use protocol::{Code, Fact, Failure};

impl Console {
    /// Closes a unit's stop in a round, or opens it again. Closed, its bodies leave devices once they are backed up.
    pub fn set_stop(&mut self, round: &str, unit: &str, closed: bool) -> Result<(), Failure> {
        let round = self.store.round(round).map_err(failed)?;
        let round = round.ok_or(Failure::new(Code::RoundUnknown))?.id;
        let unit = self.stop_unit(unit)?;
        if self.store.is_stop_closed(round.0, &unit).map_err(failed)? == Some(closed) {
            return Err(Failure::new(Code::NothingToChange));
        }
        self.append_stop(round, unit, closed)
    }

    /// Opens stops that a new roster speaks of, where devices may have let the unit go: they fetch it again.
    pub(super) fn open_listed(&mut self, round: &str, units: &[UnitCode]) -> Result<(), Failure> {
        let Some(round) = self.store.round(round).map_err(failed)? else { return Ok(()) };
        for unit in units {
            let is_open =
                self.store.is_stop_closed(round.id.0, unit).map_err(failed)? == Some(false);
            if !is_open && self.store.has_closed_stop(unit).map_err(failed)? {
                self.append_stop(round.id, unit.clone(), false)?;
            }
        }
        Ok(())
    }

    /// Says where to call about a unit, and who follows up there: an account, or a name of somebody who has none. What is not named
    /// stays as it was; an empty text takes it away.
    pub fn set_contact(&mut self, order: &ContactOrder) -> Result<UnitCode, Failure> {
        let said = office::contact_said(&self.store, order)?;
        let tree = self.store.units().map_err(failed)?;
        let unit = tree.get(&said.unit).ok_or(Failure::new(Code::UnitUnknown))?;
        let fact = UnitFact {
            code: said.unit.0.clone(),
            kind: match unit.kind {
                UnitKind::District => 1,
                UnitKind::Township => 2,
                UnitKind::Village => 3,
                UnitKind::School => 4,
            },
            name: unit.name.clone(),
            parent: unit.parent.as_ref().map(|code| code.0.clone()).unwrap_or_default(),
            phone: said.phone,
            doctor: said.doctor,
            doctor_operator: said.account.map_or(0, |id| id.0),
            contacts: said.saw.iter().map(EntryReference::from).collect(),
        };
        self.append(Fact::Unit(fact), 0)?;
        Ok(said.unit)
    }

    /// Retires a unit, or takes that back. Its code is never given again.
    pub fn retire_unit(
        &mut self,
        unit: &str,
        successor: Option<&str>,
        withdrawn: bool,
    ) -> Result<UnitCode, Failure> {
        let unit = self.stop_unit(unit)?;
        let retired = self.store.retired_units().map_err(failed)?;
        let successor = match successor {
            None => None,
            Some(text) => Some(self.stop_unit(text)?),
        };
        if successor.as_ref().is_some_and(|next| *next == unit || retired.contains_key(next)) {
            return Err(Failure::at(Code::UnitUnknown, "--successor"));
        }
        match (withdrawn, retired.get(&unit)) {
            (false, Some(known)) if *known == successor => {
                return Err(Failure::new(Code::UnitRetiredAlready));
            }
            (true, None) => return Err(Failure::new(Code::NothingToChange)),
            (false, Some(_) | None) | (true, Some(_)) => {}
        }
        let fact = RetirementFact {
            unit: unit.0.clone(),
            successor: successor.map(|code| code.0).unwrap_or_default(),
            withdrawn,
        };
        self.append(Fact::Retirement(fact), 0)?;
        Ok(unit)
    }

    /// The tree in which a new school looks for a free code: retired codes count though nothing else be known of them.
    pub(super) fn units_ever(&self) -> Result<UnitTree, Failure> {
        let tree = self.store.units().map_err(failed)?;
        let mut all: Vec<Unit> = tree.iter().cloned().collect();
        for code in self.store.retired_units().map_err(failed)?.into_keys() {
            if tree.get(&code).is_none() {
                let (kind, parent) = (UnitKind::School, code.township());
                all.push(Unit {
                    code,
                    kind,
                    name: String::new(),
                    parent,
                    health_record_code: None,
                });
            }
        }
        Ok(UnitTree::with(all))
    }

    fn append_stop(&mut self, round: RoundId, unit: UnitCode, closed: bool) -> Result<(), Failure> {
        self.append(Fact::Stop(StopFact { round: round.0, unit: unit.0, closed }), round.0)
    }

    /// A village or a school: what streams are keyed by.
    fn stop_unit(&self, text: &str) -> Result<UnitCode, Failure> {
        let code = UnitCode(text.trim().to_owned());
        let tree = self.store.units().map_err(failed)?;
        let unit = tree.get(&code).ok_or(Failure::new(Code::UnitUnknown))?;
        match unit.kind {
            UnitKind::Village | UnitKind::School => Ok(code),
            UnitKind::District | UnitKind::Township => Err(Failure::new(Code::StopUnknown)),
        }
    }
}
