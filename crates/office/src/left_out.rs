//! Whom a batch leaves out: people examined at a stop outside the account's units, of whom it may write nothing, and those of whom the
//! day it says cannot be. The others are done.

use protocol::{Code, Failure};
use serde::Serialize;
use store::StopPerson;

/// What is of one person and stops no other: a stop outside the account's units, a day that cannot be of this one.
const LEAVES_OUT: [Code; 2] = [Code::OutOfScope, Code::DayTooEarly];

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

/// Where nobody is left but those left out, the batch is refused as one of them would be.
pub(crate) fn refuse_if_all(left_out: &[LeftOut], done: usize) -> Result<(), Failure> {
    match left_out.first() {
        Some(one) if done == 0 => Err(Failure::new(one.code)),
        _ => Ok(()),
    }
}

/// What was decided of one of a batch, or the code by which this one is left out; any other reason stops the batch.
pub(crate) fn unless_left_out<T>(decided: Result<T, Failure>) -> Result<Result<T, Code>, Failure> {
    match decided {
        Ok(done) => Ok(Ok(done)),
        Err(failure) if LEAVES_OUT.contains(&failure.code) => Ok(Err(failure.code)),
        Err(failure) => Err(failure),
    }
}
