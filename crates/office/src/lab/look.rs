//! A laboratory's file shown by its columns, with what was told of that laboratory before and which items a column may be.
//! Cells are people's: they go to the screen that asked, and nowhere else.

use super::FILE_BYTES_MAX;
use super::told::{known, read_mapping};
use domain::catalogue::{Catalogue, ItemKind};
use domain::tube::tube_kinds;
use intake::laboratory::{Looked, look_laboratory};
use protocol::{Code, Failure};
use store::Store;

/// An item that a laboratory may report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabItem {
    pub key: String,
    pub name: String,
    /// The kind of tube it is in.
    pub tube: String,
    /// Units that are declared for it; none where it is an answer and no number.
    pub units: Vec<&'static str>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabLooked {
    pub looked: Looked,
    pub items: Vec<LabItem>,
    /// How this laboratory's files are read till now; empty where nobody has said.
    pub mapping: String,
    /// Two said otherwise: nobody's reading stands.
    pub is_told_twice: bool,
}

/// Takes nothing and keeps nothing.
pub fn look_lab(
    store: &Store,
    laboratory: &str,
    (name, bytes): (&str, &[u8]),
) -> Result<LabLooked, Failure> {
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(Failure::at(Code::WorkbookTooLarge, name));
    }
    let known = known(store, laboratory.trim())?;
    let is_told_twice = known.is_told_twice();
    let mapping = known.mapping.unwrap_or_default();
    let barcode = read_mapping(&mapping).map(|told| told.barcode).unwrap_or_default();
    let looked = look_laboratory(name, bytes, &barcode);
    let looked = looked.map_err(|_| Failure::at(Code::FileUnreadable, name))?;
    let catalogue = Catalogue::builtin();
    let mut items = Vec::new();
    for kind in tube_kinds(catalogue) {
        for item in kind.items.iter().filter_map(|code| catalogue.item(*code)) {
            let units = match item.kind {
                ItemKind::Number { .. } => domain::lab::units(&item.unit_zh),
                ItemKind::Choice { .. } | ItemKind::Text { .. } => Vec::new(),
            };
            let (key, name) = (item.key.clone(), item.name_zh.clone());
            items.push(LabItem { key, name, tube: kind.name_zh.clone(), units });
        }
    }
    Ok(LabLooked { looked, items, mapping, is_told_twice })
}
