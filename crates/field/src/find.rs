//! Finding people by whatever is at hand: ID number or its tail, 学籍号, name, pinyin, initials, phone.
//! Numbers are shown masked; the whole ones stay in the store.

use crate::home::{Home, failed};
use domain::identity::{mask_id, mask_phone};
use protocol::Failure;
use serde::Serialize;

/// Rows one search shows at most.
pub const FOUND_MAX: usize = 20;

/// A person as a list shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FoundRow {
    pub person: String,
    pub name: String,
    pub sex: Option<domain::facts::Sex>,
    pub birth: Option<chrono::NaiveDate>,
    /// Masked.
    pub id_number: Option<String>,
    /// Masked.
    pub phone: Option<String>,
    pub unit: Option<String>,
    /// The unit with its township, as people say it.
    pub unit_label: Option<String>,
    pub grade: Option<String>,
    pub group: Option<String>,
}

impl Home {
    /// People whom `text` may mean, best first, at most `FOUND_MAX`.
    pub fn find(&self, text: &str) -> Result<Vec<FoundRow>, Failure> {
        let found = self.store.find(text, FOUND_MAX).map_err(failed)?;
        let units = self.store.units().map_err(failed)?;
        Ok(found
            .into_iter()
            .map(|f| FoundRow {
                person: f.person.0.to_string(),
                name: f.details.name,
                sex: f.details.sex,
                birth: f.details.birth,
                id_number: f.details.id_number.as_deref().map(mask_id),
                phone: f.details.phone.as_deref().map(mask_phone),
                unit_label: f.unit.as_ref().map(|unit| units.label(unit)),
                unit: f.unit.map(|u| u.0),
                grade: f.grade,
                group: f.group,
            })
            .collect())
    }
}
