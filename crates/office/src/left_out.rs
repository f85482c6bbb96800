//! Whom a batch leaves out: people examined at a stop outside the account's units, of whom it may write nothing. The others are done.

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
}

impl LeftOut {
    pub(crate) fn of(at: usize, one: &StopPerson) -> LeftOut {
        LeftOut {
            row: u32::try_from(at + 1).unwrap_or(u32::MAX),
            person: one.person.0.to_string(),
            name: one.details.name.clone(),
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
    if done == 0 && !left_out.is_empty() {
        return Err(Failure::new(Code::OutOfScope));
    }
    Ok(())
}
