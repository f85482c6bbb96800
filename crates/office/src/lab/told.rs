//! How a laboratory's files are read: what is told with a file, what was told before, and the entry that remembers it. Not how a
//! file is read by it (`intake`).

use super::LabFile;
use crate::failed;
use domain::catalogue::Catalogue;
use domain::ids::UnitCode;
use intake::laboratory::Mapping;
use protocol::fact::{EntryReference, LaboratoryFact};
use protocol::laboratory::NAME_CHARS_MAX;
use protocol::{Code, Entry, Fact, Failure, Header};
use std::collections::BTreeSet;
use store::{Laboratory, Setting, Store};

/// The laboratory that a file is of.
pub(super) struct Told {
    pub name: String,
    /// How this file is read, as JSON: told with it, else remembered.
    pub mapping: String,
    /// Told with it.
    is_told: bool,
    /// What is remembered of it; nothing of one that nobody spoke of.
    before: Laboratory,
}

/// The laboratory a file is of, with what is told of it now.
pub(super) fn laboratory(store: &Store, file: &LabFile) -> Result<Told, Failure> {
    let known = store.laboratories().map_err(failed)?;
    let name = match &file.laboratory {
        Some(name) => name.trim().to_owned(),
        None => match known.as_slice() {
            [only] => only.name.clone(),
            [] | [_, ..] => return Err(Failure::new(Code::LaboratoryUnknown)),
        },
    };
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX {
        return Err(Failure::new(Code::LaboratoryUnknown));
    }
    let before = known.into_iter().find(|one| one.name == name).unwrap_or_default();
    let Some(text) = &file.mapping else {
        let mapping = mapping_of(&before)?;
        return Ok(Told { name, mapping, is_told: false, before });
    };
    let mapping = read_mapping(text)?;
    let catalogue = Catalogue::builtin();
    let analytes = || mapping.items.values().chain(mapping.columns.values());
    let is_known = analytes().all(|one| catalogue.item_by_key(&one.item).is_some());
    // A line is an analyte or a tube; a mapping for HL7 alone needs neither.
    if !is_known
        || analytes().next().is_none()
        || (mapping.rows.is_some() && !mapping.columns.is_empty())
    {
        return Err(Failure::new(Code::MappingInvalid));
    }
    Ok(Told { name, mapping: text.clone(), is_told: true, before })
}

impl Told {
    /// The mapping as it is remembered from this file on. One that does not say which other headings there were has those of
    /// this file, or of the first that was told of; a later mapping takes no new heading in without naming it.
    pub fn remembered(
        &self,
        mapping: &mut Mapping,
        headings: &[String],
    ) -> Result<String, Failure> {
        if !self.is_told {
            return Ok(self.mapping.clone());
        }
        if mapping.known.is_none() && mapping.rows.is_none() && !headings.is_empty() {
            let before = self.before.mapping.as_deref().map(read_mapping).transpose()?;
            let known = before.and_then(|before| before.known);
            let here = || {
                let others = mapping.unspoken(headings).into_iter();
                others.map(str::to_owned).collect::<BTreeSet<String>>()
            };
            mapping.known = Some(known.unwrap_or_else(here));
        }
        serde_json::to_string(mapping).map_err(|_| Failure::new(Code::MappingInvalid))
    }
}

/// The entry that says so: where it was told now, and at the server once for every device where it was told on one of them.
/// Nothing where that stands already, or where no stream may be written to.
pub(super) fn said_of_laboratory(
    store: &Store,
    told: &Told,
    text: &str,
    scope: Option<&[UnitCode]>,
    header: &Header,
) -> Result<Option<(UnitCode, Entry)>, Failure> {
    let before = &told.before;
    let district = match scope {
        None => store.setting_text(Setting::District).map_err(failed)?.map(UnitCode),
        Some(_) => None,
    };
    let stands = !before.told_in.is_empty() && before.mapping.as_deref() == Some(text);
    let is_everywhere = district.as_ref().is_none_or(|unit| before.units.contains(unit));
    if (stands && is_everywhere) || (!told.is_told && before.told_in.is_empty()) {
        return Ok(None);
    }
    let unit = match scope {
        None => district,
        Some(units) => store.first_open(units).map_err(failed)?,
    };
    let fact = LaboratoryFact {
        name: told.name.clone(),
        mapping: text.to_owned(),
        replaces: before.told_in.iter().map(EntryReference::from).collect(),
    };
    if !fact.is_whole() {
        return Err(Failure::new(Code::MappingInvalid));
    }
    // About no person, round or day.
    let header = Header {
        operator: header.operator,
        policy: header.policy,
        clock: header.clock,
        ..Header::default()
    };
    Ok(unit.map(|unit| (unit, Entry { header, fact: Fact::Laboratory(fact) })))
}

/// What is known of a laboratory; nothing of one that nobody spoke of.
pub(super) fn known(store: &Store, laboratory: &str) -> Result<Laboratory, Failure> {
    let known = store.laboratories().map_err(failed)?;
    Ok(known.into_iter().find(|one| one.name == laboratory).unwrap_or_default())
}

/// How its files are read till now; refused where nobody has said, or two said otherwise.
pub(super) fn mapping_of(known: &Laboratory) -> Result<String, Failure> {
    let code = if known.is_told_twice() { Code::LaboratoryTwo } else { Code::LaboratoryUnknown };
    known.mapping.clone().ok_or(Failure::new(code))
}

pub(super) fn read_mapping(text: &str) -> Result<Mapping, Failure> {
    serde_json::from_str(text).map_err(|_| Failure::new(Code::MappingInvalid))
}
