//! Summaries of a school, a district's schools, a village, a township over a store. The counting is `report`'s.

use crate::follow_facts::follow_facts;
use crate::{Moment, SheetFormat, failed, system_fonts, unit_named, write_file};
use domain::unit::UnitKind;
use protocol::{Code, Failure};
use report::{GraveList, Summary, SummaryKind, summary, summary_workbook};
use serde::Serialize;
use std::path::{Path, PathBuf};
use store::Store;

/// What to sum up.
#[derive(Debug, Clone)]
pub struct SummaryOrder {
    pub kind: SummaryKind,
    /// A round's id or unique name.
    pub round: String,
    pub unit: String,
    /// For health staff alone: small cells are shown.
    pub shows_small: bool,
    /// For health staff alone, and in a workbook: a sheet with the names of who has a finding of level A or B, for this purpose.
    pub list_purpose: Option<String>,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SummaryMade {
    pub file: PathBuf,
    pub bytes: u64,
    /// Examined, as counted in it.
    pub people: u64,
    /// Rates that are not shown because few people are in them, or because a sum would give them away.
    pub hidden: usize,
}

/// Writes one summary; its format is the file's.
pub fn summarise(
    store: &Store,
    order: &SummaryOrder,
    moment: &Moment,
    out: &Path,
) -> Result<SummaryMade, Failure> {
    let format = SheetFormat::of_file(out)?;
    let (bytes, made) = summary_bytes(store, order, moment, format)?;
    write_file(out, &bytes)?;
    Ok(SummaryMade { file: out.to_owned(), ..made })
}

/// The same in memory.
pub fn summary_bytes(
    store: &Store,
    order: &SummaryOrder,
    moment: &Moment,
    format: SheetFormat,
) -> Result<(Vec<u8>, SummaryMade), Failure> {
    if order.list_purpose.is_some() && format == SheetFormat::Pdf {
        return Err(Failure::new(Code::ExportUnsupported));
    }
    let made = summary_of(store, order, moment)?;
    let bytes = match format {
        SheetFormat::Xlsx => summary_workbook(&made).map_err(|_| Failure::new(Code::Internal))?,
        SheetFormat::Pdf => report::paper::summary_pages(&system_fonts()?, &made)
            .map_err(|_| Failure::new(Code::Internal))?,
    };
    let told = SummaryMade {
        file: PathBuf::new(),
        bytes: bytes.len() as u64,
        people: made.groups.first().map_or(0, |group| group.people),
        hidden: made.hidden(),
    };
    Ok((bytes, told))
}

/// What it says, as facts.
pub fn summary_of(
    store: &Store,
    order: &SummaryOrder,
    moment: &Moment,
) -> Result<Summary, Failure> {
    let purpose = order.list_purpose.as_deref().map(str::trim);
    if purpose.is_some_and(|purpose| purpose.is_empty() || !order.shows_small) {
        return Err(Failure::new(Code::PurposeMissing));
    }
    let round = store.round(&order.round).map_err(failed)?;
    let round = round.ok_or(Failure::new(Code::RoundUnknown))?;
    let unit = unit_named(store, &order.unit)?;
    let units = store.units().map_err(failed)?;
    let kind = units.get(&unit).map(|unit| unit.kind);
    let fits = match order.kind {
        SummaryKind::School => kind == Some(UnitKind::School),
        SummaryKind::Village => kind == Some(UnitKind::Village),
        SummaryKind::Schools | SummaryKind::Township => {
            matches!(kind, Some(UnitKind::District | UnitKind::Township))
        }
    };
    if !fits {
        return Err(Failure::at(Code::SummaryUnit, &unit.0));
    }
    let mut facts = store
        .export_facts(round.id, Some(&unit), moment.as_of.clone(), moment.today)
        .map_err(failed)?;
    let named = (units.label(&unit), unit.0.clone());
    let hides_small = !order.shows_small;
    let people = facts.checkups.iter().map(|checkup| checkup.person).collect();
    let mut ranges = store.own_ranges(round.id, &people).map_err(failed)?;
    for checkup in &mut facts.checkups {
        checkup.own_ranges = ranges.remove(&checkup.person).unwrap_or_default();
    }
    let today = moment.today.max(round.from);
    let follow = follow_facts(store, &round, &people, today)?;
    let expected = store.expected(round.id, Some(&unit)).map_err(failed)?;
    let catalogue = round.in_force();
    let made = summary(order.kind, &facts, &expected, &follow, named, hides_small, &catalogue);
    let made = made.map_err(|_| Failure::new(Code::Internal))?;
    let who = order.kind.who();
    let list = |purpose: &str| GraveList::of(&facts, &follow, who, purpose);
    Ok(Summary { grave: purpose.map(list), ..made })
}
