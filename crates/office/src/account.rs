//! Where an account works: its own units, given by a coordinator, within those of the device it is used on
//! (`docs/decisions/050-an-account-may-have-units-of-its-own.md`). Not what its role allows.

use crate::failed;
use domain::ids::{OperatorId, UnitCode};
use protocol::{Code, Failure};
use store::Store;

/// The units of an account; none = it has none of its own, or nobody is named. Read each time: a sync may have brought others.
pub fn own_units(
    store: &Store,
    operator: Option<OperatorId>,
) -> Result<Option<Vec<UnitCode>>, Failure> {
    let Some(id) = operator else { return Ok(None) };
    let operators = store.operators().map_err(failed)?;
    let units = operators.into_iter().find(|known| known.id == id).map(|known| known.units);
    Ok(units.filter(|units| !units.is_empty()))
}

/// What two scopes both cover. A unit covers all below it.
pub fn common_units(one: &[UnitCode], other: &[UnitCode]) -> Vec<UnitCode> {
    let mut common: Vec<UnitCode> = Vec::new();
    for (a, b) in one.iter().flat_map(|a| other.iter().map(move |b| (a, b))) {
        let lower = if a.covers(b) {
            Some(b)
        } else if b.covers(a) {
            Some(a)
        } else {
            None
        };
        common.extend(lower.filter(|unit| !common.contains(unit)).cloned());
    }
    common
}

/// A failure where an account has units of its own and this is none of them.
pub fn refuse_elsewhere(
    store: &Store,
    operator: Option<OperatorId>,
    unit: &UnitCode,
) -> Result<(), Failure> {
    match own_units(store, operator)? {
        Some(own) if !own.iter().any(|own| own.covers(unit)) => Err(Failure::new(Code::OutOfScope)),
        Some(_) | None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str) -> Vec<UnitCode> {
        text.split_whitespace().map(|code| UnitCode(code.to_owned())).collect()
    }

    #[test]
    fn what_two_scopes_share_is_the_lower_of_each_pair_and_said_once() {
        let check = |one: &str, other: &str, expected: &str| {
            assert_eq!(
                common_units(&codes(one), &codes(other)),
                codes(expected),
                "{one} / {other}"
            );
            let back = common_units(&codes(other), &codes(one));
            assert_eq!(back.len(), codes(expected).len(), "{one} / {other}");
        };
        check("431302204", "431302204201 431302205201", "431302204201");
        check("431302204 431302204201", "431302204201", "431302204201");
        check("431302", "431302204 431302204201", "431302204 431302204201");
        check("431302204201", "431302204202", "");
        check("", "431302204202", "");
    }
}
