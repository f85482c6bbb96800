//! A person as the screens' lists show them. Numbers are masked on the way out.

use super::{Opened, Today, is_pupil};
use crate::home::failed;
use domain::catalogue::Catalogue;
use domain::consent::{Consent, closed};
use domain::facts::{PersonDetails, PersonKind, Sex, Standing};
use domain::identity::{age_years, mask_id, mask_phone};
use domain::ids::{PersonId, RoundId, UnitCode};
use domain::rule::{Judgement, Level, worst_level};
use domain::unit::UnitTree;
use protocol::Failure;
use protocol::rpc::people::PersonRow;
use std::sync::Arc;
use store::{StopCheckup, StopPerson};

/// Someone to be shown, from whichever query.
pub(super) struct Seen<'a> {
    pub person: PersonId,
    pub details: &'a PersonDetails,
    pub kind: PersonKind,
    pub unit: Option<&'a UnitCode>,
    pub grade: Option<&'a str>,
    pub group: Option<&'a str>,
    pub is_listed: bool,
    /// Where the row is shown; none while nothing was found out.
    pub standing: Option<Standing>,
    pub checkup: Option<&'a StopCheckup>,
    pub consent: Option<&'a Consent>,
}

/// What a row is shown against: units' names and the day ages are told for.
pub(super) struct Frame {
    pub units: UnitTree,
    pub day: Option<chrono::NaiveDate>,
    /// In force in the round.
    pub catalogue: Arc<Catalogue>,
}

/// The row of the round's roster where there is one, and where the person stands by what is known.
pub(super) fn placed<'v>(
    view: &'v store::PersonView,
    today: Option<&Today>,
) -> (Option<&'v store::Placement>, Option<&'v store::Placement>) {
    let in_round = |p: &&store::Placement| today.is_none_or(|today| p.round == today.round.id);
    let listed = view.listings.iter().find(in_round);
    (listed, listed.or_else(|| view.registrations.first()).or(view.listings.first()))
}

/// The school year as today's round has it.
pub(super) fn grade_of<'v>(view: &'v store::PersonView, today: Option<&Today>) -> Option<&'v str> {
    grade_in(view, today?.round.id)
}

/// The school year as the roster or the registration of a round says. Last year's decides nothing: who was in 初一 then is in 初二 now.
fn grade_in(view: &store::PersonView, round: RoundId) -> Option<&str> {
    let mut places = view.listings.iter().chain(&view.registrations).filter(|p| p.round == round);
    places.find_map(|place| place.grade.as_deref())
}

impl Opened {
    pub(super) fn frame(&self, today: Option<&Today>) -> Result<Frame, Failure> {
        let units = self.home.store().units().map_err(failed)?;
        let setting = today.map(|today| today.round.setting.clone()).unwrap_or_default();
        let catalogue = Catalogue::in_force(&setting);
        Ok(Frame { units, day: today.map(|today| today.day), catalogue })
    }

    /// One person by id, with today's checkup.
    pub(super) fn row(
        &self,
        person: PersonId,
        today: Option<&Today>,
    ) -> Result<PersonRow, Failure> {
        let store = self.home.store();
        let view = store.person(person).map_err(failed)?;
        let view = view.ok_or(Failure::new(protocol::Code::PersonUnknown))?;
        let checkup = match today {
            Some(today) => store.stop_checkup(today.round.id, view.person).map_err(failed)?,
            None => None,
        };
        let consent = self.consent_of(today, &view)?;
        let (listed, place) = placed(&view, today);
        Ok(self.frame(today)?.row(&Seen {
            person: view.person,
            details: &view.details,
            kind: today.map_or(view.kind, |today| view.kind_in(today.round.id)),
            unit: place.map(|place| &place.unit),
            grade: place.and_then(|place| place.grade.as_deref()),
            group: place.and_then(|place| place.group.as_deref()),
            is_listed: listed.is_some(),
            standing: checkup.as_ref().map(|checkup| checkup.standing),
            checkup: checkup.as_ref(),
            consent: consent.as_ref(),
        }))
    }
}

impl Frame {
    pub fn row(&self, seen: &Seen) -> PersonRow {
        let (done, of) = progress(&self.catalogue, seen.kind, seen.checkup, seen.consent);
        let details = seen.details;
        PersonRow {
            person: seen.person.0.to_string(),
            name: details.name.clone(),
            sex: details.sex.map(Sex::zh).unwrap_or_default().to_owned(),
            age: self.age(details),
            birth: details.birth.map(|birth| birth.to_string()),
            id_number: details.id_number.as_deref().map(mask_id),
            phone: details.phone.as_deref().map(mask_phone),
            unit_label: seen.unit.map(|unit| self.units.label(unit)).unwrap_or_default(),
            grade: seen.grade.map(str::to_owned),
            group: seen.group.map(str::to_owned),
            is_pupil: is_pupil(seen.kind),
            standing: standing_zh(seen).to_owned(),
            done,
            of,
            worst: worst(seen.checkup.map_or(&[], |checkup| &checkup.judgements)),
        }
    }

    /// A row of someone at the stop.
    pub fn stop_row(&self, one: &StopPerson, unit: &UnitCode) -> PersonRow {
        self.row(&Seen {
            person: one.person,
            details: &one.details,
            kind: one.kind,
            unit: one.is_listed.then_some(unit),
            grade: one.grade.as_deref(),
            group: one.group.as_deref(),
            is_listed: one.is_listed,
            standing: one.counts_as.or(one.checkup.as_ref().map(|checkup| checkup.standing)),
            checkup: one.checkup.as_ref(),
            consent: one.consent.as_ref(),
        })
    }

    fn age(&self, details: &PersonDetails) -> Option<u32> {
        u32::try_from(age_years(details.birth?, self.day?)).ok()
    }
}

fn standing_zh(seen: &Seen) -> &'static str {
    match seen.standing {
        Some(Standing::Listed) => "名单内",
        Some(Standing::OtherVillage) => "名单外·本区",
        Some(Standing::Outside) => "名单外·外区",
        None if seen.is_listed => "名单内",
        None => "名单外",
    }
}

/// Mandatory items answered, and in all but those refused.
fn progress(
    catalogue: &Catalogue,
    kind: PersonKind,
    checkup: Option<&StopCheckup>,
    consent: Option<&Consent>,
) -> (u32, u32) {
    let closed = closed(catalogue, consent);
    let items = catalogue.package(kind).items.iter();
    let items: Vec<_> = items.filter(|item| !closed.contains(item)).collect();
    let is_answered = |item: &&&domain::ids::ItemCode| {
        checkup.is_some_and(|c| c.results.get(*item).is_some_and(|values| !values.is_empty()))
    };
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    (count(items.iter().filter(is_answered).count()), count(items.len()))
}

pub(super) fn worst(judgements: &[Judgement]) -> String {
    worst_level(judgements).unwrap_or(Level::N).key().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::{PersonView, Placement};

    #[test]
    fn last_years_school_year_is_not_this_years() {
        let place = |round, grade: Option<&str>, is_listed| Placement {
            round: RoundId(round),
            unit: UnitCode("431302204S01".to_owned()),
            kind: PersonKind::Pupil,
            group: None,
            grade: grade.map(str::to_owned),
            note: None,
            is_listed,
        };
        let check = |listings: Vec<Placement>, registrations, expected: Option<&str>| {
            let view = PersonView {
                person: PersonId(uuid::Uuid::nil()),
                also: Vec::new(),
                details: PersonDetails::default(),
                id_number_is_proposed: false,
                kind: PersonKind::Pupil,
                listings,
                registrations,
                checkups: Vec::new(),
                values: Vec::new(),
                findings: Vec::new(),
            };
            assert_eq!(grade_in(&view, RoundId(2)), expected);
        };
        let before = || place(1, Some("初一"), true);
        check(vec![before()], Vec::new(), None);
        check(vec![before()], vec![place(2, Some("初二"), false)], Some("初二"));
        check(vec![place(2, None, true), before()], vec![place(1, Some("初一"), false)], None);
        // The control: this year's own list.
        check(vec![place(2, Some("初二"), true), before()], Vec::new(), Some("初二"));
    }
}
