//! Whether one person's report may be printed as final. The one place where that is decided: the report, the receipt list and
//! whatever records that a paper was handed over ask here.

use crate::conclude::open_changes;
use domain::catalogue::Catalogue;
use domain::conclusion::ConclusionState;
use domain::consent::{Consent, closed, holds_report};
use domain::ids::{PersonId, UnitCode};
use protocol::Failure;
use store::{ConclusionView, Conclusions, Round, Store};

/// Why a preview is no more, in a list of reasons. On the paper it has a sentence of its own: it is no change after a signature.
pub(crate) const SLIP_MISSING: &str = "知情同意书没有交回";

/// What a report printed now would be.
pub(crate) enum MayPrint<'a> {
    /// Final: this signature stands over what stands.
    Final(&'a ConclusionView),
    /// Signed, and the family's consent slip has not come back: nothing goes out.
    Held,
    /// A preview, and what keeps it one where that has to be said on it.
    Preview(Vec<String>),
}

/// `consent`: none where nobody has to agree.
pub(crate) fn may_print<'a>(
    conclusions: &'a Conclusions,
    consent: Option<&Consent>,
) -> MayPrint<'a> {
    let is_held = holds_report(consent);
    // Somebody else's blood may stand in this report.
    if !conclusions.strayed.is_empty() {
        return MayPrint::Preview(
            conclusions.strayed.iter().map(|code| of_strayed(code)).collect(),
        );
    }
    let mut pending = match conclusions.state {
        ConclusionState::None => Vec::new(),
        ConclusionState::LookAgain => {
            open_changes(conclusions, &closed(Catalogue::builtin(), consent))
        }
        ConclusionState::Conflict => vec!["两位医生的总检结论不一致".to_owned()],
        ConclusionState::Signed => match conclusions.standing() {
            Some(view) if view.fact.conclusion().is_ok() => {
                return if is_held { MayPrint::Held } else { MayPrint::Final(view) };
            }
            Some(_) | None => Vec::new(),
        },
    };
    if is_held {
        pending.push(SLIP_MISSING.to_owned());
    }
    MayPrint::Preview(pending)
}

/// Said wherever such a result would go out on paper.
pub(crate) fn of_strayed(code: &str) -> String {
    format!(
        "条码 {code} 的检验结果在这里，条码现在却绑在别人名下：请核对是谁的，再更正或撤回这些结果"
    )
}

/// What one person's report would be if it were printed now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaperStand {
    /// Final, and its version.
    Final(u32),
    /// A preview, and why it is no more.
    Preview(Vec<String>),
    /// Signed, and kept back for the family's consent slip.
    Held,
}

/// None where nothing was examined of this person at the unit.
pub fn paper_stand(
    store: &Store,
    round: &Round,
    unit: &UnitCode,
    person: PersonId,
) -> Result<Option<PaperStand>, Failure> {
    let people = crate::person_report::examined(store, round.id, unit)?;
    let Some(one) = people.iter().find(|one| one.person == person) else { return Ok(None) };
    let conclusions = store.conclusions(round.id, person).map_err(crate::failed)?;
    Ok(Some(match may_print(&conclusions, one.consent.as_ref()) {
        MayPrint::Final(view) => PaperStand::Final(view.fact.version),
        MayPrint::Held => PaperStand::Held,
        MayPrint::Preview(reasons) if reasons.is_empty() => {
            PaperStand::Preview(vec!["还没有总检医生签发".to_owned()])
        }
        MayPrint::Preview(reasons) => PaperStand::Preview(reasons),
    }))
}
