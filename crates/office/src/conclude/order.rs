//! Who signs about whom on which day, as a command says it.

use super::signing_doctor;
use crate::said_day::refuse_day;
use crate::{failed, person_named};
use chrono::NaiveDate;
use domain::ids::{PersonId, RoundId};
use protocol::convert::{day_date, day_number};
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

    /// `header` with the person. `last`: a later day is one to come.
    pub fn about(&self, store: &Store, header: Header, last: NaiveDate) -> Result<Header, Failure> {
        let person = self.person(store)?;
        let stop = store.checkup_stop(RoundId(header.round), person).map_err(failed)?;
        let header = match stop {
            Some((_, examined)) => self.dated(&header, examined, last)?,
            None => header,
        };
        Ok(Header { person: person.0.as_bytes().to_vec(), ..header })
    }

    /// `header` with a day that may be said of somebody examined on `examined`.
    pub(super) fn dated(
        &self,
        header: &Header,
        examined: NaiveDate,
        last: NaiveDate,
    ) -> Result<Header, Failure> {
        let day = header.day.and_then(day_date).unwrap_or(examined);
        let day = if self.day.is_some() {
            refuse_day(day, examined, last)?;
            day
        } else {
            // A clock that fell back says nothing before the checkup.
            day.max(examined)
        };
        Ok(Header { day: Some(day_number(day)), ..header.clone() })
    }

    /// `header` with round, day and doctor; refused where the operator is no doctor.
    pub fn header(
        &self,
        store: &Store,
        header: Header,
        today: NaiveDate,
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
