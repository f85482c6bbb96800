//! Who signs about whom on which day, as a command says it.

use super::signing_doctor;
use crate::{failed, person_named};
use domain::ids::PersonId;
use protocol::convert::day_number;
use protocol::{Code, Failure, Header};
use store::{Round, Store};

/// A signature to be given.
#[derive(Debug, Clone, Default)]
pub struct ConcludeOrder {
    /// A round's id or unique name.
    pub round: String,
    /// An id, an ID number, a label or any text that finds exactly one; empty where a list is meant.
    pub person: String,
    /// The doctor's account or id.
    pub operator: Option<String>,
    /// `2026-09-20`; none = today.
    pub day: Option<String>,
}

impl ConcludeOrder {
    /// The round that is meant.
    pub fn round(&self, store: &Store) -> Result<Round, Failure> {
        let round = store.round(&self.round).map_err(failed)?;
        round.ok_or(Failure::new(Code::RoundUnknown))
    }

    pub fn person(&self, store: &Store) -> Result<PersonId, Failure> {
        let person = person_named(store, &self.person)?;
        let view = store.person(person).map_err(failed)?;
        Ok(view.ok_or(Failure::new(Code::PersonUnknown))?.person)
    }

    /// `header` with the person.
    pub fn about(&self, store: &Store, header: Header) -> Result<Header, Failure> {
        Ok(Header { person: self.person(store)?.0.as_bytes().to_vec(), ..header })
    }

    /// `header` with round, day and doctor; refused where the operator is no doctor.
    pub fn header(
        &self,
        store: &Store,
        header: Header,
        today: chrono::NaiveDate,
    ) -> Result<Header, Failure> {
        let day = match &self.day {
            Some(day) => day.parse().map_err(|_| Failure::at(Code::ValueInvalid, "--day"))?,
            None => today,
        };
        Ok(Header {
            round: self.round(store)?.id.0,
            day: Some(day_number(day)),
            operator: signing_doctor(store, self.operator.as_deref())?.0,
            ..header
        })
    }
}
