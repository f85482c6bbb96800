//! Exports by a template that a coordinator can change: one the program is built with, or a file of one's own. The rows are
//! `report`'s.

use crate::{Moment, failed, unit_named, write_file};
use domain::catalogue::Catalogue;
use protocol::{Code, Failure};
use report::{
    Format, Identifiers, Options, Template, builtin_template, read_template, template_names,
    template_rows,
};
use serde::Serialize;
use std::path::{Path, PathBuf};
use store::Store;

/// A template file larger than this is none, bytes.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// What to export.
#[derive(Debug, Clone)]
pub struct TemplateOrder {
    /// The name of one the program is built with, or a file ending in `.json`.
    pub template: String,
    /// A round's id or unique name.
    pub round: String,
    /// A unit and all below it; none = everything the store holds.
    pub unit: Option<String>,
    pub format: Format,
    pub identifiers: Identifiers,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TemplateExported {
    pub file: PathBuf,
    pub bytes: u64,
    pub template: String,
    pub people: u32,
    /// Cells left empty because a person has to decide between two values.
    pub conflicts: u32,
    /// Words that the template has no code for: they stand as they are.
    pub uncoded: u32,
}

/// Writes everybody examined of the template's kind. A bad template writes nothing and says what is wrong.
pub fn export_template(
    store: &Store,
    order: &TemplateOrder,
    moment: &Moment,
    out: &Path,
) -> Result<TemplateExported, Failure> {
    let template = template_named(&order.template)?;
    let round = store.round(&order.round).map_err(failed)?;
    let round = round.ok_or(Failure::new(Code::RoundUnknown))?;
    let unit = order.unit.as_deref().map(|unit| unit_named(store, unit)).transpose()?;
    let facts = store
        .export_facts(round.id, unit.as_ref(), moment.as_of.clone(), moment.today)
        .map_err(failed)?;
    let options = Options { identifiers: order.identifiers.clone(), made_by: None };
    let made = template_rows(&template, order.format, &facts, &round.in_force(), &options);
    let made = made.map_err(|_| Failure::new(Code::ExportUnsupported))?;
    write_file(out, &made.bytes)?;
    Ok(TemplateExported {
        file: out.to_owned(),
        bytes: made.bytes.len() as u64,
        template: template.name,
        people: made.people,
        conflicts: made.conflicts,
        uncoded: made.uncoded,
    })
}

fn builtin(name: &str) -> Result<&'static str, Failure> {
    let unknown = || Failure::at(Code::TemplateUnknown, template_names().join("、"));
    builtin_template(name).ok_or_else(unknown)
}

fn template_named(name: &str) -> Result<Template, Failure> {
    let own;
    let text = if name.ends_with(".json") {
        let unreadable = |_| Failure::new(Code::FileUnreadable);
        let size = std::fs::metadata(name).map_err(unreadable)?.len();
        if size > FILE_BYTES_MAX {
            return Err(Failure::new(Code::FileUnreadable));
        }
        own = std::fs::read_to_string(name).map_err(unreadable)?;
        own.as_str()
    } else {
        builtin(name)?
    };
    read_template(text, Catalogue::builtin())
        .map_err(|wrong| Failure::at(Code::TemplateInvalid, wrong.zh()))
}
