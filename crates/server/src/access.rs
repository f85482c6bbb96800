//! Who may do what: the one place that turns a token into a device and a device into a scope. Tokens are opaque; what they stand for is read anew
//! each time, so taking one away works at once.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use ledger::UnitKey;
use office::units_below;
use std::collections::BTreeSet;
use store::{Setting, Store, StoreError};
use sync::answer::Asker;

/// A token is 64 hex digits: anything else is not looked up.
const TOKEN_CHARS: usize = 64;

/// The token a request shows, if it has the shape of one.
pub fn token(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let token = value.strip_prefix("Bearer ")?;
    let is_token = token.len() == TOKEN_CHARS && token.bytes().all(|b| b.is_ascii_hexdigit());
    is_token.then(|| token.to_owned())
}

/// What a device may pull now: the units of its enrolment with all below them, and the district. A device whose
/// enrolment is not here (a restored server) is told where those units of the certificate it showed stand, so
/// that it gives back what is lacking; it pulls nothing of others yet. A revoked one has no units at all.
pub fn asker(store: &Store, device: [u8; 16]) -> Result<Asker, StoreError> {
    let enrolment = store.enrolment_of(&device)?;
    if enrolment.as_ref().is_some_and(|fact| fact.revoked) {
        // It is told where its own streams stand, so that it can hand over the rest.
        return Ok(Asker { device, scope: BTreeSet::new(), may_pull: false });
    }
    let may_pull = enrolment.is_some();
    let named: Option<Vec<String>> = match enrolment {
        Some(fact) => Some(fact.units),
        None => store
            .shown_certificate(&device)?
            .map(|shown| shown.units.iter().map(UnitKey::to_string).collect()),
    };
    let mut scope = match &named {
        Some(units) => units_below(&store.units()?, units),
        None => BTreeSet::new(),
    };
    if named.is_some() {
        scope.extend(district(store)?);
    }
    Ok(Asker { device, scope, may_pull })
}

/// The district's own key.
pub fn district(store: &Store) -> Result<Option<UnitKey>, StoreError> {
    let district = store.setting_text(Setting::District)?;
    Ok(district.and_then(|text| UnitKey::try_new(&text).ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_64_hex_digits_after_bearer_are_a_token() {
        let check = |value: &str, is_token: bool| {
            let mut headers = HeaderMap::new();
            headers.insert(AUTHORIZATION, value.parse().unwrap());
            assert_eq!(token(&headers).is_some(), is_token, "{value}");
        };
        let good = "0123456789abcdef".repeat(4);
        check(&format!("Bearer {good}"), true);
        check(&format!("bearer {good}"), false);
        check(&format!("Bearer {}", &good[1..]), false);
        check(&format!("Bearer {good}0"), false);
        check(&format!("Basic {good}"), false);
        check("Bearer ", false);
        assert!(token(&HeaderMap::new()).is_none());
    }
}
