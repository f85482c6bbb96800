//! Forms typed and not saved: kept in the encrypted database, offered after a crash or a lock. Not entries: a draft
//! is nobody's result, is never sent and is gone when saved.

use super::{DayKept, Opened, person_id};
use crate::home::failed;
use domain::identity::mask_name;
use office::Moment;
use protocol::rpc::people::PersonRow;
use protocol::rpc::session::Nothing;
use protocol::rpc::station::{Draft, Drafts, FormAsk};
use protocol::{Code, Failure};
use serde::{Deserialize, Serialize};
use store::Setting;

/// Drafts kept at once; the oldest goes. More open forms than stations times people waiting is nobody's work.
const DRAFTS_MAX: usize = 300;
/// Fields of one draft, and characters of one field: the longest sheet (问诊) fits twice.
const FIELDS_MAX: usize = 300;
const FIELD_CHARS_MAX: usize = 4_000;

/// A draft and whose it is.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// The account at a hall's browser; empty for the device's own, which whoever works there goes on with.
    #[serde(default)]
    by: String,
    #[serde(flatten)]
    draft: Draft,
}

impl Kept {
    fn is_of(&self, by: &str, form: &FormAsk) -> bool {
        self.by == by && self.draft.person == form.person && self.draft.station == form.station
    }
}

fn read(kept: Option<&[u8]>) -> Vec<Kept> {
    kept.and_then(|text| serde_json::from_slice(text).ok()).unwrap_or_default()
}

impl Opened {
    /// Whose drafts these screens write and show.
    fn drafts_by(&self) -> String {
        match (&self.day, &self.worker) {
            (DayKept::AtSeat(_), Some(worker)) => worker.account.clone(),
            (DayKept::AtSeat(_), None) | (DayKept::WithDevice, _) => String::new(),
        }
    }

    /// Changes what is kept in one transaction: somebody at another screen puts theirs away at the same moment.
    fn change_drafts(&mut self, change: &mut dyn FnMut(&mut Vec<Kept>)) -> Result<(), Failure> {
        let changed = self.home.store.change_setting(Setting::Drafts, &mut |kept| {
            let mut drafts = read(kept);
            let before = drafts.len();
            change(&mut drafts);
            let is_nothing = drafts.is_empty() && before == 0;
            serde_json::to_vec(&drafts).ok().filter(|_| !is_nothing)
        });
        changed.map_err(failed)
    }

    pub(super) fn draft_put(&mut self, draft: Draft) -> Result<Nothing, Failure> {
        let too_long =
            |typed: &protocol::rpc::station::Typed| typed.text.chars().count() > FIELD_CHARS_MAX;
        if draft.values.len() > FIELDS_MAX || draft.values.iter().any(too_long) {
            return Err(Failure::new(Code::RequestTooLarge));
        }
        let view = self.home.store().person(person_id(&draft.person)?).map_err(failed)?;
        let view = view.ok_or(Failure::new(Code::PersonUnknown))?;
        let by = self.drafts_by();
        let form = FormAsk { person: draft.person.clone(), station: draft.station.clone() };
        let at = Moment::at(self.home.host.unix_ms()).as_of;
        let draft = Draft { at, name: mask_name(&view.details.name), ..draft };
        self.change_drafts(&mut |drafts| {
            drafts.retain(|kept| !kept.is_of(&by, &form));
            drafts.push(Kept { by: by.clone(), draft: draft.clone() });
            let spare = drafts.len().saturating_sub(DRAFTS_MAX);
            drafts.drain(..spare);
        })?;
        Ok(Nothing {})
    }

    pub(super) fn draft_drop(&mut self, ask: &FormAsk) -> Result<Nothing, Failure> {
        if self.draft_of(&ask.person, &ask.station)?.is_some() {
            let by = self.drafts_by();
            self.change_drafts(&mut |drafts| drafts.retain(|kept| !kept.is_of(&by, ask)))?;
        }
        Ok(Nothing {})
    }

    /// The drafts of whoever works at these screens.
    pub(super) fn own_drafts(&self) -> Result<Vec<Draft>, Failure> {
        let kept = self.home.store().setting(Setting::Drafts).map_err(failed)?;
        let by = self.drafts_by();
        let own = read(kept.as_deref()).into_iter().filter(|kept| kept.by == by);
        let (sight, mut drafts) = (self.sight()?, Vec::new());
        for draft in own.map(|kept| kept.draft) {
            // On a shared device a colleague of other units may have left one.
            if sight.sees(self.home.store(), person_id(&draft.person)?)? {
                drafts.push(draft);
            }
        }
        Ok(drafts)
    }

    pub(super) fn drafts(&self) -> Result<Drafts, Failure> {
        let drafts = self.own_drafts()?;
        let today = self.today().ok();
        let mut people: Vec<PersonRow> = Vec::new();
        for draft in &drafts {
            if people.iter().any(|row| row.person == draft.person) {
                continue;
            }
            match self.row(person_id(&draft.person)?, today.as_ref()) {
                Ok(row) => people.push(row),
                // Their stop was let go of meanwhile.
                Err(failure) if failure.code == Code::PersonUnknown => {}
                Err(failure) => return Err(failure),
            }
        }
        Ok(Drafts { drafts, people })
    }

    pub(super) fn draft_of(&self, person: &str, station: &str) -> Result<Option<Draft>, Failure> {
        let drafts = self.own_drafts()?;
        Ok(drafts.into_iter().find(|kept| kept.person == person && kept.station == station))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::catalogue::Catalogue;

    #[test]
    fn a_draft_holds_the_longest_sheet_of_the_catalogue() {
        let sheets = Catalogue::builtin().stations.iter().map(|station| station.items.len());
        let longest = sheets.max().unwrap_or_default();
        // Control: a limit of a hundred fields was once thought to be enough.
        assert!(longest > 100, "{longest}");
        assert!(FIELDS_MAX >= longest, "{longest}");
    }
}
