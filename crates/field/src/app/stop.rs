//! The stop as a whole: class lists, coverage by group or class, check-out. Not the end of the day (`day_end`).

use super::cells::{absent_key, arrow};
use super::repeat::{self, Repeat};
use super::station::{WALK_COLUMNS_MAX, against_answers, walk};
use super::{Opened, Today};
use crate::home::failed;
use chrono::NaiveDate;
use domain::asked::answers;
use domain::catalogue::{Catalogue, Station, print_value};
use domain::check::Subject;
use domain::consent::{Consent, closed, holds_report};
use domain::facts::{CurrentValue, PersonDetails, PersonKind, Standing, is_conflict};
use domain::ids::ItemCode;
use domain::order::reading_order;
use domain::range::answers_of;
use domain::unfinished::unfinished;
use domain::value::{AbsentReason, Value};
use protocol::rpc::confirm::WordState;
use protocol::rpc::people::PersonAsk;
use protocol::rpc::station::ValueCell;
use protocol::rpc::stop::{
    CheckOutView, ClassAsk, ClassKey, ClassRow, ClassRows, CoverageAsk, CoverageRow, CoverageView,
    Missing, ReasonCount,
};
use protocol::{Code, Failure};
use std::cmp::Reverse;
use std::collections::BTreeSet;
use store::{PersonView, StopCheckup, StopPerson, name_order};

type GroupKey = (Option<String>, Option<String>);

impl Opened {
    pub(super) fn everyone(&self, today: &Today) -> Result<Vec<StopPerson>, Failure> {
        let store = self.home.store();
        let mut people =
            store.stop_people(today.round.id, &today.unit, &|_, _| true).map_err(failed)?;
        people.sort_by_cached_key(list_order);
        Ok(people)
    }

    /// Each of them in no order, nobody kept.
    fn each_here(&self, today: &Today, each: &mut dyn FnMut(StopPerson)) -> Result<(), Failure> {
        let at = (today.round.id, &today.unit);
        self.home.store().each_at_stop(at.0, at.1, &|_, _| true, each).map_err(failed)
    }

    /// A class or group in order, for one station.
    pub(super) fn class_list(&self, ask: &ClassAsk) -> Result<ClassRows, Failure> {
        let today = self.today()?;
        let station = Catalogue::builtin().station_by_key(&ask.station);
        let station = station.ok_or(Failure::new(Code::StationUnknown))?;
        let columns = walk(&today.round.in_force(), station);
        let drafts = self.own_drafts()?;
        let frame = self.frame(Some(&today))?;
        let mut classes: Vec<ClassKey> = Vec::new();
        let mut asked = Vec::new();
        self.each_here(&today, &mut |one| {
            if !one.is_listed {
                return;
            }
            let is_done = is_station_done(&one, station);
            let same = |c: &&mut ClassKey| c.grade == one.grade && c.group == one.group;
            match classes.iter_mut().find(same) {
                Some(class) => {
                    class.people += 1;
                    class.done += u32::from(is_done);
                }
                None => classes.push(ClassKey {
                    grade: one.grade.clone(),
                    group: one.group.clone(),
                    people: 1,
                    done: u32::from(is_done),
                }),
            }
            if one.grade == ask.grade && one.group == ask.group {
                asked.push(one);
            }
        })?;
        classes.sort_by_cached_key(|class| group_order(&class.grade, &class.group));
        asked.sort_by_cached_key(list_order);
        let mut rows = Vec::with_capacity(asked.len());
        for one in &asked {
            let person = one.person.0.to_string();
            let is_drafted =
                |d: &protocol::rpc::station::Draft| d.person == person && d.station == ask.station;
            rows.push(ClassRow {
                values: columns.iter().map(|item| cell(one, *item)).collect(),
                open: keys(&open_items(one, station, today.day)),
                is_done: is_station_done(one, station),
                recheck: self.station_recheck(&today, one, station)?,
                has_draft: drafts.iter().any(is_drafted),
                consent: super::consent::beside(one),
                row: frame.stop_row(one, &today.unit),
            });
        }
        Ok(ClassRows { classes, columns: keys(&columns), rows })
    }

    pub(super) fn coverage(&self, ask: &CoverageAsk) -> Result<CoverageView, Failure> {
        let today = self.today()?;
        let mut rows: Vec<CoverageRow> = Vec::new();
        let mut missing = Vec::new();
        let (mut other_villages, mut outside) = (0, 0);
        self.each_here(&today, &mut |one| {
            let is_examined = is_examined(one.checkup.as_ref());
            if !one.is_listed {
                match one.counts_as.filter(|_| is_examined) {
                    Some(Standing::Outside) => outside += 1,
                    Some(Standing::OtherVillage) => other_villages += 1,
                    Some(Standing::Listed) | None => {}
                }
                return;
            }
            let row = row_of(&mut rows, (one.grade.clone(), one.group.clone()));
            row.listed += 1;
            row.no_consent += u32::from(holds_report(one.consent.as_ref()));
            if is_examined {
                row.examined += 1;
                row.complete += u32::from(is_complete(&one));
            } else {
                row.missing += 1;
                if let Some(reason) = absence(one.checkup.as_ref()) {
                    count_reason(row, reason);
                }
                // Whoever stands in no group is a group of the table too, and is asked for as no group.
                if ask.list && one.grade == ask.grade && one.group == ask.group {
                    missing.push(one);
                }
            }
        })?;
        rows.sort_by_cached_key(|row| group_order(&row.grade, &row.group));
        for row in &mut rows {
            row.reasons.sort_by_cached_key(|one| (Reverse(one.people), one.reason.clone()));
        }
        missing.sort_by_cached_key(list_order);
        let frame = self.frame(Some(&today))?;
        let missing = missing.iter().map(|one| frame.stop_row(one, &today.unit)).collect();
        Ok(CoverageView { rows, other_villages, outside, missing })
    }

    /// What this person still misses before leaving.
    pub(super) fn check_out(&self, ask: &PersonAsk) -> Result<CheckOutView, Failure> {
        let today = self.today()?;
        let person = super::person_id(&ask.person)?;
        let store = self.home.store();
        let checkup = store.stop_checkup(today.round.id, person).map_err(failed)?;
        let view =
            store.person(person).map_err(failed)?.ok_or(Failure::new(Code::PersonUnknown))?;
        let catalogue = today.round.in_force();
        let consent = self.consent_of(Some(&today), &view)?;
        let unanswered = office::unanswered(store, today.round.id, view.person)?;
        let owed = match &checkup {
            Some(one) => self.owed(&today, &catalogue, &view, one),
            None => Vec::new(),
        };
        let kind = view.kind_at(today.round.id, &today.unit);
        Ok(CheckOutView {
            recheck: repeat::next(&owed, None),
            row: self.row(person, Some(&today))?,
            missing: missing_items(&catalogue, kind, checkup.as_ref(), consent.as_ref()),
            is_unanswered: !unanswered.is_empty(),
            open: checkup.map(|one| open_words(&one, &owed, unanswered)).unwrap_or_default(),
        })
    }

    /// The repeats that somebody who is here still owes.
    fn owed(
        &self,
        today: &Today,
        catalogue: &Catalogue,
        view: &PersonView,
        checkup: &StopCheckup,
    ) -> Vec<&'static Repeat> {
        let PersonDetails { sex, birth, .. } = view.details;
        let day = checkup.day.unwrap_or(today.day);
        let subject = Subject { kind: checkup.kind, sex, birth, day };
        let about = (view, today.round.id);
        repeat::owed_here((catalogue, &subject), about, &checkup.judgements, &checkup.results)
    }

    /// A repeat still owed by somebody, where this station is the one that takes it.
    fn station_recheck(
        &self,
        today: &Today,
        one: &StopPerson,
        station: &Station,
    ) -> Result<Option<String>, Failure> {
        let catalogue = Catalogue::builtin();
        let is_here = |repeat: &&&Repeat| {
            let mut fills = repeat.fills.iter().filter_map(|key| catalogue.item_by_key(key));
            fills.any(|item| station.items.contains(&item.code))
        };
        let owed = self.owed_by(today, one, &is_here)?;
        Ok(owed.iter().find(is_here).map(|repeat| repeat.text_zh.to_owned()))
    }

    /// The repeats that somebody of a stop's list owes, as check-out counts them. What was reported is read only of who owes one
    /// that is wanted.
    pub(super) fn owed_by(
        &self,
        today: &Today,
        one: &StopPerson,
        is_wanted: &dyn Fn(&&&Repeat) -> bool,
    ) -> Result<Vec<&'static Repeat>, Failure> {
        let Some(checkup) = &one.checkup else { return Ok(Vec::new()) };
        let owed = repeat::owed(&checkup.judgements, &checkup.results);
        if !owed.iter().any(|repeat| is_wanted(&repeat)) {
            return Ok(Vec::new());
        }
        let view = self.home.store().person(one.person).map_err(failed)?;
        Ok(view.map_or_else(Vec::new, |view| self.owed(today, &one.catalogue, &view, checkup)))
    }
}

/// Of every list of a stop, and of the numbers on 学生卡: by class or group, and within it as names are called.
pub(crate) fn list_order(one: &StopPerson) -> impl Ord + use<> {
    let name = name_order(&one.details.name);
    (group_order(&one.grade, &one.group), name, *one.person.0.as_bytes())
}

/// Of the classes or groups of a stop.
fn group_order(grade: &Option<String>, group: &Option<String>) -> impl Ord + use<> {
    (reading_order(grade.as_deref()), reading_order(group.as_deref()))
}

fn values(checkup: Option<&StopCheckup>, item: ItemCode) -> &[CurrentValue] {
    checkup.and_then(|c| c.results.get(&item)).map(Vec::as_slice).unwrap_or_default()
}

/// At least one thing was found out.
pub(crate) fn is_examined(checkup: Option<&StopCheckup>) -> bool {
    // What is asked at registration is the same of everybody.
    let package = Catalogue::builtin().package(PersonKind::Resident);
    checkup.is_some_and(|checkup| domain::state::is_examined(package, &checkup.results))
}

pub(crate) fn is_complete(one: &StopPerson) -> bool {
    let package = one.catalogue.package(one.kind);
    let closed = closed(&one.catalogue, one.consent.as_ref());
    let is_answered = |item: &ItemCode| !values(one.checkup.as_ref(), *item).is_empty();
    package.items.iter().all(|item| closed.contains(item) || is_answered(item))
        && begun(&one.catalogue, one.checkup.as_ref(), &closed).is_empty()
}

/// What an examination that was begun still asks for.
fn begun(
    catalogue: &Catalogue,
    checkup: Option<&StopCheckup>,
    closed: &BTreeSet<ItemCode>,
) -> Vec<ItemCode> {
    let owed = |c: &StopCheckup| unfinished(catalogue, &c.results, &c.judgements, closed);
    checkup.map(owed).unwrap_or_default()
}

fn is_station_done(one: &StopPerson, station: &Station) -> bool {
    let package = one.catalogue.package(one.kind);
    let closed = closed(&one.catalogue, one.consent.as_ref());
    let mut mandatory = station.items.iter().filter(|item| package.items.contains(item)).peekable();
    let is_answered = |item: &ItemCode| !values(one.checkup.as_ref(), *item).is_empty();
    if mandatory.peek().is_none() {
        let is_refused = station.items.iter().all(|item| closed.contains(item));
        return is_refused || station.items.iter().any(is_answered);
    }
    mandatory.all(|item| closed.contains(item) || is_answered(item))
}

/// What is to be answered before a station is done, on the list or not: its mandatory items. Where it has none for this
/// kind of person, the first questions this person is asked, until one of the station's is answered.
fn open_items(one: &StopPerson, station: &Station, day: NaiveDate) -> Vec<ItemCode> {
    let catalogue = &*one.catalogue;
    if is_station_done(one, station) {
        return Vec::new();
    }
    let package = catalogue.package(one.kind);
    let closed = closed(catalogue, one.consent.as_ref());
    let is_open = |item: &&ItemCode| {
        !closed.contains(item) && values(one.checkup.as_ref(), **item).is_empty()
    };
    let mandatory = station.items.iter().filter(|item| package.items.contains(item));
    let open: Vec<ItemCode> = mandatory.filter(is_open).copied().collect();
    if !open.is_empty() {
        return open;
    }
    let subject = Subject { kind: one.kind, sex: one.details.sex, birth: one.details.birth, day };
    let answered = one.checkup.as_ref().map(|checkup| answers(&checkup.results));
    let grade = one.grade.as_deref();
    let asked = catalogue.asked_in_grade(&subject, grade, &answered.unwrap_or_default());
    let is_first =
        |item: &&ItemCode| catalogue.item(**item).is_some_and(|item| item.shown_if.is_none());
    let own = station.items.iter().filter(|item| asked.contains(item) && !closed.contains(item));
    let own = own.filter(is_first);
    own.take(WALK_COLUMNS_MAX).copied().collect()
}

fn keys(items: &[ItemCode]) -> Vec<String> {
    let catalogue = Catalogue::builtin();
    items.iter().filter_map(|item| catalogue.item(*item)).map(|item| item.key.clone()).collect()
}

pub(crate) fn has_conflict(one: &StopPerson) -> bool {
    one.checkup.as_ref().is_some_and(|c| c.results.values().any(|values| is_conflict(values)))
}

/// Why somebody listed was not examined: the first reason recorded in place of a value.
fn absence(checkup: Option<&StopCheckup>) -> Option<AbsentReason> {
    let all = checkup?.results.values().flatten();
    all.into_iter().find_map(|current| match &current.value {
        Value::Absent(reason) => Some(*reason),
        Value::Number(_) | Value::Choice(_) | Value::Text(_) => None,
    })
}

fn row_of(rows: &mut Vec<CoverageRow>, (grade, group): GroupKey) -> &mut CoverageRow {
    let at = rows.iter().position(|row| row.grade == grade && row.group == group);
    let at = at.unwrap_or_else(|| {
        rows.push(CoverageRow {
            grade,
            group,
            listed: 0,
            examined: 0,
            complete: 0,
            missing: 0,
            no_consent: 0,
            reasons: Vec::new(),
        });
        rows.len() - 1
    });
    &mut rows[at]
}

fn count_reason(row: &mut CoverageRow, reason: AbsentReason) {
    match row.reasons.iter_mut().find(|known| known.reason == reason.zh()) {
        Some(known) => known.people += 1,
        None => row.reasons.push(ReasonCount { reason: reason.zh().to_owned(), people: 1 }),
    }
}

/// One item of a list's row: the value, or the conflict's first.
fn cell(one: &StopPerson, code: ItemCode) -> Option<ValueCell> {
    let item = Catalogue::builtin().item(code)?;
    let current = values(one.checkup.as_ref(), code);
    let first = current.first()?;
    let judgements = one.checkup.as_ref().map(|c| c.judgements.iter()).unwrap_or_default();
    let answers = one
        .checkup
        .as_ref()
        .map(|c| answers_of(&one.catalogue, code, &c.results))
        .unwrap_or_default();
    let (kind, sex, birth) = (one.kind, one.details.sex, one.details.birth);
    let day = one.checkup.as_ref().and_then(|checkup| checkup.day);
    let subject = day.map(|day| Subject { kind, sex, birth, day });
    Some(ValueCell {
        text: print_value(item, &first.value),
        absent: absent_key(&first.value),
        unusual: first.unusual,
        current: true,
        conflict: is_conflict(current),
        held: false,
        arrow: subject
            .map(|of| arrow(&one.catalogue, item, &of, &first.value, &answers, None, judgements))
            .unwrap_or_default(),
        range: String::new(),
        range_own: String::new(),
        range_ours: String::new(),
        round: String::new(),
        day: None,
        unit_label: String::new(),
        station: String::new(),
        operator: String::new(),
        examiner: String::new(),
        word: WordState::NotAsked,
        confirmed_by: String::new(),
        at: String::new(),
        device: String::new(),
        entry: String::new(),
    })
}

/// What a family refused is not missing, nor is what the round does not pay for. An examination that was begun is to be ended. `catalogue`: in force in the round.
pub(crate) fn missing_items(
    catalogue: &Catalogue,
    kind: PersonKind,
    checkup: Option<&StopCheckup>,
    consent: Option<&Consent>,
) -> Vec<Missing> {
    let package = catalogue.package(kind);
    let closed = closed(catalogue, consent);
    let begun = begun(catalogue, checkup, &closed);
    let mut missing = Vec::new();
    for station in &catalogue.stations {
        let is_owed = |item: &&ItemCode| package.items.contains(item) || begun.contains(item);
        let open = station.items.iter().filter(is_owed);
        let open = open.filter(|item| !closed.contains(item));
        let open = open.filter(|item| values(checkup, **item).is_empty());
        let items: Vec<String> =
            open.filter_map(|item| catalogue.item(*item)).map(|i| i.name_zh.clone()).collect();
        if !items.is_empty() {
            missing.push(Missing { station: station.key.clone(), items });
        }
    }
    missing
}

/// What must not be forgotten before the person leaves. `unanswered`: findings of level A of which nobody knows who was told.
fn open_words(checkup: &StopCheckup, owed: &[&Repeat], unanswered: Vec<String>) -> Vec<String> {
    let catalogue = Catalogue::builtin();
    let mut words = Vec::new();
    words.extend(owed.iter().map(|repeat| repeat.text_zh.to_owned()));
    words.extend(unanswered);
    for (code, values) in checkup.results.iter().filter(|(_, values)| is_conflict(values)) {
        if let Some(item) = catalogue.item(*code) {
            words.push(format!("{}有 {} 个不同的数值，请核对后选定", item.name_zh, values.len()));
        }
    }
    words.extend(against_answers(&answers(&checkup.results)));
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::conclusion::ConclusionState;
    use domain::facts::{CheckupState, PersonDetails, Sex};
    use domain::ids::{PersonId, UnitCode};

    fn somebody(kind: PersonKind, sex: Sex, results: Vec<ItemCode>) -> StopPerson {
        let absent =
            || CurrentValue { value: Value::Absent(AbsentReason::NotMeasured), unusual: false };
        let checkup = StopCheckup {
            kind: PersonKind::Resident,
            stop: UnitCode(String::new()),
            day: None,
            standing: Standing::Listed,
            state: CheckupState::Underway,
            conclusion: ConclusionState::None,
            results: results.into_iter().map(|item| (item, vec![absent()])).collect(),
            judgements: Vec::new(),
        };
        StopPerson {
            person: PersonId(uuid::Uuid::nil()),
            details: PersonDetails { sex: Some(sex), ..PersonDetails::default() },
            kind,
            is_listed: true,
            group: None,
            grade: None,
            note: None,
            consent: None,
            checkup: Some(checkup),
            counts_as: None,
            catalogue: Catalogue::in_force(&Default::default()),
        }
    }

    #[test]
    fn an_absence_for_what_is_open_finishes_every_station_of_every_package() {
        let catalogue = Catalogue::builtin();
        let day = NaiveDate::default();
        let (mut reached, mut beyond_columns) = (0, 0);
        for kind in [PersonKind::Resident, PersonKind::Pupil] {
            let mandatory = &catalogue.package(kind).items;
            for (sex, station) in [Sex::M, Sex::F]
                .iter()
                .flat_map(|sex| catalogue.stations.iter().map(move |s| (*sex, s)))
            {
                let one = somebody(kind, sex, Vec::new());
                let subject = Subject { kind, sex: Some(sex), birth: None, day };
                let asked = catalogue.asked(&subject, &Default::default());
                let open = open_items(&one, station, day);
                assert!(open.iter().all(|item| asked.contains(item)), "{}", station.key);
                let own = station.items.iter().filter(|item| mandatory.contains(item));
                assert!(own.clone().all(|item| open.contains(item)), "{}", station.key);
                reached += own.clone().count();
                let columns = walk(catalogue, station);
                beyond_columns += own.filter(|item| !columns.contains(item)).count();
                let is_asked = station.items.iter().any(|item| asked.contains(item));
                let done = somebody(kind, sex, open);
                assert_eq!(is_station_done(&done, station), is_asked, "{}", station.key);
                assert_eq!(open_items(&done, station, day), [], "{}", station.key);
            }
        }
        // Control: the columns alone do not reach them all.
        assert!(reached > beyond_columns && beyond_columns > 0, "{reached} {beyond_columns}");
    }
}
