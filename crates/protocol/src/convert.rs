//! Between the wire's messages and the domain's types. No judgement: what cannot be read is `None` or
//! `EntryError::Invalid`.

use crate::entry::EntryError;
use crate::fact::{DetailsFact, EntryReference, ResultFact, RosterRowFact, ValueFact};
use chrono::NaiveDate;
use domain::facts::{PersonDetails, PersonKind, RosterRow, Sex};
use domain::ids::PersonId;
use domain::value::{AbsentReason, Decimal, Value};
use uuid::Uuid;

/// Days since 2000-01-01, the wire's civil date.
pub fn day_number(date: NaiveDate) -> i32 {
    i32::try_from(date.signed_duration_since(epoch()).num_days()).unwrap_or(i32::MAX)
}

/// The date of a day number; `None` outside what the calendar holds.
pub fn day_date(day: i32) -> Option<NaiveDate> {
    epoch().checked_add_signed(chrono::TimeDelta::days(i64::from(day)))
}

/// The civil date in China of a clock's reading, ms since 1970 UTC; China keeps one time, UTC+8, all year.
pub fn civil_day(unix_ms: i64) -> Option<NaiveDate> {
    const CHINA_OFFSET_MS: i64 = 8 * 3_600_000;
    let local = chrono::DateTime::from_timestamp_millis(unix_ms.checked_add(CHINA_OFFSET_MS)?)?;
    Some(local.date_naive())
}

fn epoch() -> NaiveDate {
    NaiveDate::from_ymd_opt(2000, 1, 1).unwrap_or(NaiveDate::MIN)
}

pub fn kind_number(kind: PersonKind) -> u32 {
    match kind {
        PersonKind::Resident => 1,
        PersonKind::Pupil => 2,
    }
}

pub fn kind_of(number: u32) -> PersonKind {
    if number == 2 { PersonKind::Pupil } else { PersonKind::Resident }
}

/// The 16 bytes of a person's id, or `None`.
pub fn person_id(bytes: &[u8]) -> Option<PersonId> {
    Uuid::from_slice(bytes).ok().map(PersonId)
}

impl From<&PersonDetails> for DetailsFact {
    fn from(d: &PersonDetails) -> Self {
        DetailsFact {
            name: d.name.clone(),
            sex: match d.sex {
                None => 0,
                Some(Sex::M) => 1,
                Some(Sex::F) => 2,
            },
            birth_day: d.birth.map(day_number),
            id_number: d.id_number.clone(),
            student_no: d.student_no.clone(),
            phone: d.phone.clone(),
            phone_owner: d.phone_owner.clone(),
            address: d.address.clone(),
        }
    }
}

impl From<&DetailsFact> for PersonDetails {
    fn from(f: &DetailsFact) -> Self {
        PersonDetails {
            name: f.name.clone(),
            sex: match f.sex {
                1 => Some(Sex::M),
                2 => Some(Sex::F),
                _ => None,
            },
            birth: f.birth_day.and_then(day_date),
            id_number: f.id_number.clone(),
            student_no: f.student_no.clone(),
            phone: f.phone.clone(),
            phone_owner: f.phone_owner.clone(),
            address: f.address.clone(),
        }
    }
}

impl RosterRowFact {
    /// The wire form of a row; `person` only where the row is someone known already.
    pub fn of(row: &RosterRow, kind: PersonKind, person: Option<PersonId>) -> RosterRowFact {
        RosterRowFact {
            person: person.map(|p| p.0.as_bytes().to_vec()).unwrap_or_default(),
            details: Some(DetailsFact::from(&row.details)),
            group: row.group.clone(),
            grade: row.grade.clone(),
            note: row.note.clone(),
            kind: kind_number(kind),
        }
    }

    pub fn row(&self) -> RosterRow {
        RosterRow {
            details: self.details.as_ref().map(PersonDetails::from).unwrap_or_default(),
            group: self.group.clone(),
            grade: self.grade.clone(),
            note: self.note.clone(),
        }
    }
}

/// The number the wire uses for a reason there is no value.
fn absent_number(reason: AbsentReason) -> u32 {
    match reason {
        AbsentReason::Refused => 1,
        AbsentReason::NotMeasured => 2,
        AbsentReason::DeviceFailure => 3,
        AbsentReason::NotApplicable => 4,
        AbsentReason::Awaited => 5,
    }
}

impl ResultFact {
    /// `decimals` is the item's: a number that does not fit them exactly is `Invalid`, never rounded.
    pub fn of(
        item: u16,
        value: &Value,
        decimals: u8,
        unusual: bool,
    ) -> Result<ResultFact, EntryError> {
        let value = match value {
            Value::Number(n) => {
                ValueFact::Number(n.rescaled(decimals).ok_or(EntryError::Invalid)?.mantissa)
            }
            Value::Choice(code) => ValueFact::Choice(u32::from(*code)),
            Value::Text(text) => ValueFact::Text(text.clone()),
            Value::Absent(reason) => ValueFact::Absent(absent_number(*reason)),
        };
        Ok(ResultFact { item: u32::from(item), value: Some(value), unusual })
    }

    /// The value, its number at the item's `decimals`.
    pub fn value(&self, decimals: u8) -> Result<Value, EntryError> {
        match self.value.as_ref().ok_or(EntryError::Invalid)? {
            ValueFact::Number(mantissa) => {
                Ok(Value::Number(Decimal::new(*mantissa, decimals).trimmed()))
            }
            ValueFact::Choice(code) => {
                u16::try_from(*code).map(Value::Choice).map_err(|_| EntryError::Invalid)
            }
            ValueFact::Text(text) => Ok(Value::Text(text.clone())),
            ValueFact::Absent(number) => AbsentReason::ALL
                .into_iter()
                .find(|r| absent_number(*r) == *number)
                .map(Value::Absent)
                .ok_or(EntryError::Invalid),
        }
    }
}

impl From<&ledger::Reference> for EntryReference {
    fn from(r: &ledger::Reference) -> Self {
        EntryReference {
            writer: r.writer.0.to_vec(),
            seq: r.seq,
            hash8: u64::from_be_bytes(r.hash8),
        }
    }
}

impl TryFrom<&EntryReference> for ledger::Reference {
    type Error = EntryError;
    fn try_from(f: &EntryReference) -> Result<Self, Self::Error> {
        let writer: [u8; 16] = f.writer.as_slice().try_into().map_err(|_| EntryError::Invalid)?;
        Ok(ledger::Reference {
            writer: ledger::WriterId(writer),
            seq: f.seq,
            hash8: f.hash8.to_be_bytes(),
        })
    }
}
