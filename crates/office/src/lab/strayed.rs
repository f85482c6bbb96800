//! Tubes whose results stand with one person while their code is somebody else's by now: to be looked at by whoever looks at what waits.
//! Nothing is taken back by itself: which of the two is wrong, the list cannot know.

use super::route::Routes;
use crate::failed;
use crate::may_print::of_strayed;
use protocol::Failure;
use serde::Serialize;
use store::Store;

/// A tube of which somebody has to say whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StrayedTube {
    /// The name of its round.
    pub round: String,
    pub code: String,
    /// Of the person who has the results.
    pub person: String,
    pub name: String,
    /// What it is, and what to do.
    pub text: String,
}

/// Of a round, or of every round.
pub fn lab_strayed(store: &Store, round: Option<&str>) -> Result<Vec<StrayedTube>, Failure> {
    let named = Routes::of(store, round)?.named();
    let mut strayed = Vec::new();
    for round in store.rounds().map_err(failed)? {
        if named.is_some_and(|named| named != round.id) {
            continue;
        }
        for (person, code) in store.strayed_tubes(round.id).map_err(failed)? {
            let view = store.person(person).map_err(failed)?;
            strayed.push(StrayedTube {
                round: round.name.clone(),
                text: of_strayed(&code),
                code,
                person: person.0.to_string(),
                name: view.map(|view| view.details.name).unwrap_or_default(),
            });
        }
    }
    Ok(strayed)
}
