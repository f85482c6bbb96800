//! Whether one person's report may be printed as final. The one place where that is decided: the report, the receipt list and
//! whatever records that a paper was handed over ask here.

use crate::conclude::open_changes;
use domain::conclusion::ConclusionState;
use store::{ConclusionView, Conclusions};

/// What a report printed now would be.
pub(crate) enum MayPrint<'a> {
    /// Final: this signature stands over what stands.
    Final(&'a ConclusionView),
    /// A preview, and what keeps it one where that has to be said on it.
    Preview(Vec<String>),
}

pub(crate) fn may_print(conclusions: &Conclusions) -> MayPrint<'_> {
    match conclusions.state {
        ConclusionState::None => MayPrint::Preview(Vec::new()),
        ConclusionState::LookAgain => MayPrint::Preview(open_changes(conclusions)),
        ConclusionState::Conflict => MayPrint::Preview(vec!["两位医生的总检结论不一致".to_owned()]),
        ConclusionState::Signed => match conclusions.standing() {
            Some(view) if view.fact.conclusion().is_ok() => MayPrint::Final(view),
            Some(_) | None => MayPrint::Preview(Vec::new()),
        },
    }
}
