//! The one person or unit that a text names. Not the list of whom it may mean: that is the store's search.

use crate::failed;
use domain::ids::{PersonId, UnitCode};
use protocol::{Code, Failure};
use store::Store;

/// By its code.
pub fn unit_named(store: &Store, text: &str) -> Result<UnitCode, Failure> {
    let unit = UnitCode(text.to_owned());
    store.units().map_err(failed)?.get(&unit).ok_or(Failure::new(Code::UnitUnknown))?;
    Ok(unit)
}

/// By an id, an ID number, a 学籍号, a label or any other search text that finds exactly one.
pub fn person_named(store: &Store, text: &str) -> Result<PersonId, Failure> {
    if let Ok(id) = uuid::Uuid::parse_str(text) {
        return Ok(PersonId(id));
    }
    let found = store.find(text, 2).map_err(failed)?;
    match found.as_slice() {
        [only] => Ok(only.person),
        [] => Err(Failure::new(Code::PersonUnknown)),
        [_, ..] => Err(Failure::new(Code::PersonAmbiguous)),
    }
}
