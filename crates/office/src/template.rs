//! Exports by a template that a coordinator can change: one the program is built with, or a file of one's own. The rows are
//! `report`'s.

use crate::conclude::concluded_findings;
use crate::may_print::{MayPrint, may_print};
use crate::ungraded::{ungraded, without_standard};
use crate::{Moment, failed, unit_named, write_file};
use domain::catalogue::Catalogue;
use domain::check::Subject;
use domain::facts::{CheckupFacts, ExportFacts, PersonKind};
use domain::ids::{ItemCode, RoundId};
use domain::value::Value;
use protocol::{Code, Failure};
use report::{
    Concluded, ConcludedFacts, Format, Identifiers, Options, Template, builtin_template,
    read_template, template_names, template_rows,
};
use serde::Serialize;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use store::{Round, Store};

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
    let concluded = if template.wants_conclusions() {
        concluded(store, &round, &facts)?
    } else {
        Concluded::new()
    };
    let facts = (&facts, &concluded);
    let made = template_rows(&template, order.format, facts, &round.in_force(), &options);
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

/// What doctors signed over what stands, of residents: a pupil's conclusion goes out with the family's slip alone.
fn concluded(store: &Store, round: &Round, facts: &ExportFacts) -> Result<Concluded, Failure> {
    let mut all = Concluded::new();
    let catalogue = round.in_force();
    for checkup in facts.checkups.iter().filter(|one| one.kind == PersonKind::Resident) {
        let conclusions = store.conclusions(round.id, checkup.person).map_err(failed)?;
        let MayPrint::Final(view) = may_print(&conclusions, None) else { continue };
        let Ok(conclusion) = view.fact.conclusion() else { continue };
        let day = checkup.day.unwrap_or_default();
        let findings = concluded_findings(&conclusion, day);
        let signed_on = view.day.map(|day| day.to_string()).unwrap_or_default();
        let open = unfinished(store, round.id, checkup, &catalogue)?;
        let facts = ConcludedFacts {
            findings: findings.into_iter().map(|finding| finding.seen).chain(open).collect(),
            advice: conclusion.advice,
            doctor: view.doctor.clone(),
            signed_on,
        };
        all.insert(checkup.person, facts);
    }
    Ok(all)
}

/// What the person's report does not call fine and no finding covers: nobody has 体检无异常 in a file and something else on paper.
fn unfinished(
    store: &Store,
    round: RoundId,
    checkup: &CheckupFacts,
    catalogue: &Catalogue,
) -> Result<Vec<String>, Failure> {
    let given = store.given_by_labs(round, checkup.person).map_err(failed)?;
    let own = |item: ItemCode, value: &Value| {
        let mut current = given.iter().filter(|one| one.is_current && one.item == item);
        current.find(|one| one.value.value == *value)?.printed.as_ref()
    };
    let CheckupFacts { kind, details, day, results, judgements, .. } = checkup;
    let (sex, birth) = (details.sex, details.birth);
    let subject = Subject { kind: *kind, sex, birth, day: day.unwrap_or_default() };
    let nothing = BTreeSet::new();
    let mut words = ungraded(catalogue, &subject, results, judgements, &nothing, &own);
    let others = without_standard(catalogue, &subject, results, judgements, &nothing, &own);
    words.extend(others.into_values());
    Ok(words)
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
