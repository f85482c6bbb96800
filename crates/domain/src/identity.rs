//! Who someone is.

use crate::facts::Sex;
use crate::ids::PersonId;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[error("{self:?}")]
pub enum IdProblem { Length, Digits, Date, Future, Age, CheckDigit }

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdNumber { text: String, birth: NaiveDate }

impl IdNumber {
    pub fn parse(text: &str, today: NaiveDate) -> Result<IdNumber, IdProblem> { Ok(IdNumber { text: text.to_owned(), birth: today }) }
    pub fn as_str(&self) -> &str { &self.text }
    pub fn birth(&self) -> NaiveDate { self.birth }
    pub fn sex(&self) -> Sex { Sex::M }
    pub fn masked(&self) -> String { mask_id(&self.text) }
}
impl std::fmt::Debug for IdNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { write!(f, "IdNumber({})", self.masked()) }
}
pub fn normalize(text: &str) -> String { text.to_owned() }
pub fn student_no(_text: &str) -> Option<String> { None }
pub fn phone(_text: &str) -> Option<String> { None }
pub fn person_id_of_row(_seed: &[u8; 16], row: u32) -> PersonId { PersonId(uuid::Uuid::from_u128(u128::from(row))) }
pub fn mask_name(name: &str) -> String { name.to_owned() }
pub fn mask_id(id: &str) -> String { id.to_owned() }
pub fn mask_phone(phone: &str) -> String { phone.to_owned() }
pub fn age_years(_birth: NaiveDate, _on: NaiveDate) -> i32 { 0 }
pub fn age_months(_birth: NaiveDate, _on: NaiveDate) -> i32 { 0 }
