//! Forms typed and not saved: kept in the encrypted database, offered after a crash or a lock. Not entries: a draft
//! is nobody's result, is never sent and is gone when saved. Whoever is being registered is in no register yet: such a
//! draft is of no person and of no unit, and only its writer's.

use super::sight::Sight;
use super::{DayKept, Opened, person_id};
use crate::home::failed;
use domain::identity::mask_name;
use domain::ids::{PersonId, UnitCode};
use office::Moment;
use protocol::rpc::day::DayChoice;
use protocol::rpc::people::PersonRow;
use protocol::rpc::session::Nothing;
use protocol::rpc::station::{Draft, Drafts, FormAsk};
use protocol::{Code, Failure};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::Setting;

/// Drafts kept at once; the oldest goes. More open forms than stations times people waiting is nobody's work.
const DRAFTS_MAX: usize = 300;
/// Fields of one draft, and characters of one field: the longest sheet (问诊) fits twice.
const FIELDS_MAX: usize = 300;
const FIELD_CHARS_MAX: usize = 4_000;

/// In place of a station: somebody is being registered. `person` is then the screen's own word for the form.
const NEW_PERSON: &str = "new_person";
/// The field that has the name of such a one.
const NAME_FIELD: &str = "name";
/// Characters of a screen's own word.
const TOKEN_CHARS_MAX: usize = 64;

/// A draft and whose it is.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// The account at a hall's browser; empty for the device's own, which whoever works there goes on with.
    #[serde(default)]
    by: String,
    /// Where and when it was begun; none in what an earlier program kept, or where no day was confirmed.
    #[serde(default)]
    begun: Option<Begun>,
    #[serde(flatten)]
    draft: Draft,
}

/// The day and stop that a form was begun at: its values are of that day, whenever it is gone on with.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct Begun {
    round: String,
    unit: String,
    day: String,
}

impl Begun {
    fn of(choice: &DayChoice) -> Begun {
        let DayChoice { round, unit, day, .. } = choice;
        Begun { round: round.clone(), unit: unit.clone(), day: day.clone() }
    }
}

impl Kept {
    fn is_of(&self, form: &FormAsk) -> bool {
        self.draft.person == form.person && self.draft.station == form.station
    }

    /// `None`: somebody who is being registered.
    fn of_person(&self) -> Result<Option<PersonId>, Failure> {
        whose(&self.draft)
    }
}

/// How many forms lie unsaved in this device's database, whoever typed them.
#[derive(Default)]
pub(super) struct DraftTally {
    /// Of whoever asks: those their screens show.
    pub own: usize,
    /// By account; empty for the device's own.
    pub others: BTreeMap<String, usize>,
    /// Of people of units that are this device's no more.
    pub elsewhere: usize,
}

impl DraftTally {
    pub fn all(&self) -> usize {
        self.own + self.others.values().sum::<usize>()
    }
}

/// Which drafts somebody's screens show: those written here, and at the device also what its worker left at a seat of the hall.
struct Mine {
    by: String,
    seat: Option<String>,
}

impl Mine {
    fn has(&self, kept: &Kept) -> bool {
        kept.by == self.by || self.seat.as_ref() == Some(&kept.by)
    }
}

/// The one that is shown goes: another of the same form, left elsewhere, is offered next.
fn drop_shown(drafts: &mut Vec<Kept>, mine: &Mine, form: &FormAsk) {
    if let Some(at) = drafts.iter().rposition(|kept| mine.has(kept) && kept.is_of(form)) {
        drafts.remove(at);
    }
}

/// `None`: somebody who is being registered.
fn whose(draft: &Draft) -> Result<Option<PersonId>, Failure> {
    match draft.station == NEW_PERSON {
        true => Ok(None),
        false => person_id(&draft.person).map(Some),
    }
}

/// As far as it is typed.
fn name_typed(draft: &Draft) -> String {
    let name = draft.values.iter().find(|typed| typed.item == NAME_FIELD);
    name.map(|typed| mask_name(&typed.text)).unwrap_or_default()
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

    fn mine(&self) -> Mine {
        let seat = match &self.day {
            DayKept::WithDevice => self.worker.as_ref().map(|worker| worker.account.clone()),
            DayKept::AtSeat(_) => None,
        };
        Mine { by: self.drafts_by(), seat }
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
        let name = match whose(&draft)? {
            Some(person) => {
                let view = self.home.store().person(person).map_err(failed)?;
                mask_name(&view.ok_or(Failure::new(Code::PersonUnknown))?.details.name)
            }
            None if draft.person.chars().count() > TOKEN_CHARS_MAX => {
                return Err(Failure::at(Code::RequestMalformed, "person"));
            }
            None => name_typed(&draft),
        };
        let mine = self.mine();
        let now = self.day_choice()?.as_ref().map(Begun::of);
        let form = FormAsk { person: draft.person.clone(), station: draft.station.clone() };
        let at = Moment::at(self.home.host.unix_ms()).as_of;
        let draft = Draft { at, name, other_stop: String::new(), ..draft };
        self.change_drafts(&mut |drafts| {
            let earlier = drafts
                .iter()
                .rfind(|kept| mine.has(kept) && kept.is_of(&form) && !kept.draft.values.is_empty());
            // Gone on with on another day it is still of the day it was begun.
            let begun = earlier.map_or_else(|| now.clone(), |kept| kept.begun.clone());
            drop_shown(drafts, &mine, &form);
            // A form that was looked at and left holds nothing that anybody could miss.
            if !draft.values.is_empty() {
                drafts.push(Kept { by: mine.by.clone(), begun, draft: draft.clone() });
            }
            let spare = drafts.len().saturating_sub(DRAFTS_MAX);
            drafts.drain(..spare);
        })?;
        Ok(Nothing {})
    }

    pub(super) fn draft_drop(&mut self, ask: &FormAsk) -> Result<Nothing, Failure> {
        if self.draft_of(&ask.person, &ask.station)?.is_some() {
            let mine = self.mine();
            self.change_drafts(&mut |drafts| drop_shown(drafts, &mine, ask))?;
        }
        Ok(Nothing {})
    }

    /// The drafts of whoever works at these screens.
    pub(super) fn own_drafts(&self) -> Result<Vec<Draft>, Failure> {
        let kept = self.home.store().setting(Setting::Drafts).map_err(failed)?;
        let mine = self.mine();
        let own = read(kept.as_deref()).into_iter().filter(|kept| mine.has(kept));
        let (sight, mut drafts) = (self.sight()?, Vec::new());
        let today = self.day_choice()?.as_ref().map(Begun::of);
        for kept in own {
            // On a shared device a colleague of other units may have left one.
            if kept.of_person()?.map_or(Ok(true), |person| sight.sees(self.home.store(), person))? {
                let other = kept.begun.filter(|begun| Some(begun) != today.as_ref());
                let other_stop = other.map(|begun| self.begun_words(begun)).transpose()?;
                drafts.push(Draft { other_stop: other_stop.unwrap_or_default(), ..kept.draft });
            }
        }
        Ok(drafts)
    }

    fn begun_words(&self, begun: Begun) -> Result<String, Failure> {
        let units = self.home.store().units().map_err(failed)?;
        Ok(format!("{} {}", begun.day, units.label(&UnitCode(begun.unit))))
    }

    /// Every draft there is here, for the end of the day.
    pub(super) fn draft_tally(&self) -> Result<DraftTally, Failure> {
        let kept = self.home.store().setting(Setting::Drafts).map_err(failed)?;
        let (mine, sight, device) = (self.mine(), self.sight()?, self.device_sight()?);
        let mut tally = DraftTally::default();
        for kept in read(kept.as_deref()) {
            if kept.draft.values.is_empty() {
                continue;
            }
            let person = kept.of_person()?;
            let is_seen_by = |sight: &Sight| match person {
                Some(person) => sight.sees(self.home.store(), person),
                None => Ok(true),
            };
            // Nobody here opens or drops what is of units that are the device's no more.
            if !is_seen_by(&device)? {
                tally.elsewhere += 1;
            } else if !mine.has(&kept) {
                *tally.others.entry(kept.by).or_default() += 1;
            } else if is_seen_by(&sight)? {
                tally.own += 1;
            } else {
                *tally.others.entry(String::new()).or_default() += 1;
            }
        }
        Ok(tally)
    }

    /// A form begun on another day or at another stop is not saved as of today's.
    pub(super) fn refuse_other_stop(&self, form: &FormAsk) -> Result<(), Failure> {
        let (mine, today) = (self.mine(), self.day_choice()?.as_ref().map(Begun::of));
        let kept = self.home.store().setting(Setting::Drafts).map_err(failed)?;
        let kept = read(kept.as_deref());
        let begun = kept
            .iter()
            .rfind(|kept| mine.has(kept) && kept.is_of(form) && !kept.draft.values.is_empty())
            .and_then(|kept| kept.begun.clone());
        match begun {
            Some(begun) if Some(&begun) != today.as_ref() => {
                Err(Failure::at(Code::DraftOfOtherStop, self.begun_words(begun)?))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// What was begun and is not ended.
    pub(super) fn drafts(&self) -> Result<Drafts, Failure> {
        let drafts = self.own_drafts()?;
        let today = self.today().ok();
        let mut people: Vec<PersonRow> = Vec::new();
        for draft in &drafts {
            if people.iter().any(|row| row.person == draft.person) {
                continue;
            }
            let Some(person) = whose(draft)? else { continue };
            match self.row(person, today.as_ref()) {
                Ok(row) => people.push(row),
                // Their stop was let go of meanwhile.
                Err(failure) if failure.code == Code::PersonUnknown => {}
                Err(failure) => return Err(failure),
            }
        }
        let owed = today.as_ref().map(|today| self.owed_rows(today)).transpose()?;
        Ok(Drafts { drafts, people, owed: owed.unwrap_or_default() })
    }

    pub(super) fn draft_of(&self, person: &str, station: &str) -> Result<Option<Draft>, Failure> {
        let drafts = self.own_drafts()?;
        // The one written last, where there are two.
        Ok(drafts.into_iter().rfind(|kept| kept.person == person && kept.station == station))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::catalogue::Catalogue;

    #[test]
    fn a_draft_of_an_earlier_program_is_read_and_is_of_no_day() {
        let earlier = br#"[{"by":"li","person":"p","station":"bp","values":[],"focus":null,"at":"2026-09-14 10:20","name":"x"}]"#;
        let kept = read(Some(earlier));
        assert_eq!((kept.len(), kept[0].by.as_str()), (1, "li"));
        assert!(kept[0].begun.is_none());
    }

    #[test]
    fn a_draft_holds_the_longest_sheet_of_the_catalogue() {
        let sheets = Catalogue::builtin().stations.iter().map(|station| station.items.len());
        let longest = sheets.max().unwrap_or_default();
        // Control: a limit of a hundred fields was once thought to be enough.
        assert!(longest > 100, "{longest}");
        assert!(FIELDS_MAX >= longest, "{longest}");
    }
}
