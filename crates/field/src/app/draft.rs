//! Forms typed and not saved: kept in the encrypted database, offered after a crash or a lock. Not entries: a draft
//! is nobody's result, is never sent and is gone when saved.

use super::{Opened, person_id};
use crate::home::failed;
use domain::identity::mask_name;
use office::Moment;
use protocol::rpc::people::PersonRow;
use protocol::rpc::session::Nothing;
use protocol::rpc::station::{Draft, Drafts, FormAsk};
use protocol::{Code, Failure};
use store::Setting;

/// Drafts kept at once; the oldest goes. More open forms than stations times people waiting is nobody's work.
const DRAFTS_MAX: usize = 100;
/// Fields of one draft, and characters of one field: the longest sheet (问诊) fits twice.
const FIELDS_MAX: usize = 300;
const FIELD_CHARS_MAX: usize = 2_000;

impl Opened {
    pub(super) fn kept_drafts(&self) -> Result<Vec<Draft>, Failure> {
        let kept = self.home.store().setting_text(Setting::Drafts).map_err(failed)?;
        Ok(kept.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
    }

    fn keep_drafts(&mut self, drafts: &[Draft]) -> Result<(), Failure> {
        let text = serde_json::to_string(drafts).map_err(|_| Failure::new(Code::Internal))?;
        self.home.store.set_setting(Setting::Drafts, text.as_bytes()).map_err(failed)
    }

    pub(super) fn draft_put(&mut self, draft: Draft) -> Result<Nothing, Failure> {
        let too_long =
            |typed: &protocol::rpc::station::Typed| typed.text.chars().count() > FIELD_CHARS_MAX;
        if draft.values.len() > FIELDS_MAX || draft.values.iter().any(too_long) {
            return Err(Failure::new(Code::RequestTooLarge));
        }
        let view = self.home.store().person(person_id(&draft.person)?).map_err(failed)?;
        let view = view.ok_or(Failure::new(Code::PersonUnknown))?;
        let mut drafts = self.kept_drafts()?;
        drafts.retain(|kept| kept.person != draft.person || kept.station != draft.station);
        let at = Moment::at(self.home.host.unix_ms()).as_of;
        drafts.push(Draft { at, name: mask_name(&view.details.name), ..draft });
        let spare = drafts.len().saturating_sub(DRAFTS_MAX);
        drafts.drain(..spare);
        self.keep_drafts(&drafts)?;
        Ok(Nothing {})
    }

    pub(super) fn draft_drop(&mut self, ask: &FormAsk) -> Result<Nothing, Failure> {
        let mut drafts = self.kept_drafts()?;
        let before = drafts.len();
        drafts.retain(|kept| kept.person != ask.person || kept.station != ask.station);
        if drafts.len() < before {
            self.keep_drafts(&drafts)?;
        }
        Ok(Nothing {})
    }

    pub(super) fn drafts(&self) -> Result<Drafts, Failure> {
        let drafts = self.kept_drafts()?;
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
        let drafts = self.kept_drafts()?;
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
