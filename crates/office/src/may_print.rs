//! Whether one person's report may be printed as final. The one place where that is decided: the report, the receipt list and
//! whatever records that a paper was handed over ask here.

use crate::conclude::open_changes;
use domain::catalogue::Catalogue;
use domain::conclusion::ConclusionState;
use domain::consent::{Consent, closed, holds_report};
use store::{ConclusionView, Conclusions};

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
        pending.push("知情同意书没有交回".to_owned());
    }
    MayPrint::Preview(pending)
}
