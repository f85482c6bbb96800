//! Whom a batch leaves out: people examined at a stop outside the account's units, of whom it may write nothing, and those of whom the
//! day it says cannot be. The others are done.

use crate::MayWrite;
use domain::ids::UnitCode;
use protocol::{Code, Failure};
use serde::Serialize;
use store::StopPerson;

/// One left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// In the list of the batch, from 1.
    pub row: u32,
    pub person: String,
    pub name: String,
    /// Why: what one of them alone would be refused by.
    #[serde(skip)]
    pub code: Code,
}

impl LeftOut {
    pub(crate) fn of(at: usize, one: &StopPerson, code: Code) -> LeftOut {
        LeftOut {
            row: u32::try_from(at + 1).unwrap_or(u32::MAX),
            person: one.person.0.to_string(),
            name: one.details.name.clone(),
            code,
        }
    }
}

/// False where the stop is outside the account's units; any other reason stops the batch.
pub(crate) fn may_write_there(may_write: MayWrite, stop: &UnitCode) -> Result<bool, Failure> {
    match may_write(stop) {
        Ok(()) => Ok(true),
        Err(failure) if failure.code == Code::OutOfScope => Ok(false),
        Err(failure) => Err(failure),
    }
}

/// Where nobody is left but those left out, the batch is refused as one of them would be.
pub(crate) fn refuse_if_all(left_out: &[LeftOut], done: usize) -> Result<(), Failure> {
    match left_out.first() {
        Some(one) if done == 0 => Err(Failure::new(one.code)),
        _ => Ok(()),
    }
}

/// What was decided for one of a batch, or whom it leaves out: a day that cannot be of this one stops no other.
pub(crate) fn unless_too_early<T>(decided: Result<T, Failure>) -> Result<Option<T>, Failure> {
    match decided {
        Ok(done) => Ok(Some(done)),
        Err(failure) if failure.code == Code::DayTooEarly => Ok(None),
        Err(failure) => Err(failure),
    }
}
