//! What is plausible.

use crate::catalogue::{Catalogue, Item};
use crate::facts::{PersonKind, Sex};
use crate::ids::ItemCode;
use crate::value::Value;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Band { Fine, Unusual, Impossible }

/// Whom a value is judged for, on the stop's day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject { pub kind: PersonKind, pub sex: Option<Sex>, pub birth: Option<NaiveDate>, pub day: NaiveDate }

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct CheckProblem { pub item: ItemCode, pub code: &'static str, pub band: Band }

pub fn check(_cat: &Catalogue, _subject: &Subject, _item: &Item, _value: &Value) -> Band { Band::Fine }
pub fn check_together(_cat: &Catalogue, _subject: &Subject, _values: &BTreeMap<ItemCode, Value>) -> Vec<CheckProblem> { Vec::new() }
