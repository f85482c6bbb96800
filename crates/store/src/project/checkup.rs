//! A checkup made whole from everything about one person in one round. Pure: what it is made of comes in, its
//! row goes out, and what it gives to the sums follows from the row alone. Not the database
//! (`checkup_table`), and not what values mean (`judged`).

use super::current::{Said, Saying, Standing as Values};
use super::details::{Known, Rank};
use super::directory::RoundRules;
use super::judged::judgements;
use super::packed::{Results, class_number};
use super::share::{Band, Counts, Masks, TallyKey};
use chrono::NaiveDate;
use domain::catalogue::{Catalogue, Condition, Measure};
use domain::check::Subject;
use domain::facts::{PersonKind, Sex, Standing, is_conflict};
use domain::identity::age_years;
use domain::ids::{ExaminerId, ItemCode, StationCode, UnitCode};
use domain::rule::{Judgement, abnormal_items};
use domain::standing::standing;
use domain::state::is_examined;
use domain::unit::UnitTree;
use protocol::convert::{day_date, kind_of};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What a checkup is made of.
pub(super) struct Input<'a> {
    /// The program's: what items are, and by what classes are named.
    pub catalogue: &'a Catalogue,
    /// The round's version, or the newest where that is not known here.
    pub judged_by: Arc<Catalogue>,
    pub known: Known,
    pub said: Vec<Said>,
    pub listings: Vec<Listed>,
    pub registrations: Vec<Registered>,
    pub rules: RoundRules,
}

/// A roster row that stands.
pub(super) struct Listed {
    pub rank: Rank,
    pub unit: UnitCode,
    pub kind: u32,
}

/// A registration of the person, in this round or another.
pub(super) struct Registered {
    pub is_of_round: bool,
    pub rank: Rank,
    pub unit: UnitCode,
    pub kind: u32,
    pub home_unit: String,
    pub home_text: String,
}

/// A row of `checkup`, its blobs read. What it gives to the sums follows from it alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CheckupRow {
    /// Counts the person: where listed, else where examined.
    pub unit: UnitCode,
    /// Where examined first, else where registered.
    pub stop: UnitCode,
    pub day: Option<NaiveDate>,
    pub kind: PersonKind,
    /// 0 unknown, 1 male, 2 female.
    pub sex: u8,
    pub band: Band,
    pub standing: Standing,
    pub masks: Masks,
    pub results: Results,
    pub judgements: Vec<Judgement>,
    pub examiners: Vec<(StationCode, ExaminerId)>,
    /// Units this checkup counts at, and as what; empty while nobody is examined (`domain::state`).
    pub places: Vec<(UnitCode, Standing)>,
}

impl CheckupRow {
    /// `None` while nobody was registered or examined.
    pub(super) fn of(input: &Input) -> Option<CheckupRow> {
        let values = Values::of(input.catalogue, &input.said);
        let day = day(&values, &input.said);
        let stop = input.stop(&values)?;
        let listed = input.listed_units();
        let unit = counting_unit(&listed, &stop);
        let subject = input.subject(day, &unit);
        let judgements = input.judged(&input.judged_by, &subject, &values);
        let results = values.results();
        let masks = masks(input.catalogue, &results, &judgements);
        let package = input.catalogue.package(subject.kind);
        let examined = examined_units(&values, &input.said, &package.registration);
        let home = input.home();
        let places = if is_examined(package, &results) {
            places(&listed, &examined, home.as_ref())
        } else {
            Vec::new()
        };
        Some(CheckupRow {
            standing: how_standing(&unit, &listed, home.as_ref()),
            unit,
            stop,
            day,
            kind: subject.kind,
            sex: subject.sex.map_or(0, sex_number),
            band: Band::of_age(subject.birth.zip(day).map(|(birth, on)| age_years(birth, on))),
            masks,
            judgements,
            examiners: examiners(input.catalogue, &values, &input.said),
            results,
            places,
        })
    }

    pub fn share(&self, catalogue: &Catalogue) -> Counts {
        let classes = self.judgements.iter().filter_map(|judgement| {
            let number = class_number(catalogue, &judgement.rule, &judgement.code)?;
            u16::try_from(number).ok()
        });
        if !is_examined(catalogue.package(self.kind), &self.results) {
            return Counts::default();
        }
        Counts::of_checkup(self.masks, &classes.collect::<Vec<_>>())
    }

    pub fn tally_key(&self, round: u64) -> TallyKey {
        TallyKey { round, unit: self.unit.0.clone(), sex: self.sex, band: self.band }
    }
}

impl Input<'_> {
    fn judged(&self, by: &Catalogue, subject: &Subject, values: &Values) -> Vec<Judgement> {
        judgements(self.catalogue, by, subject, values, &self.said)
    }

    /// What another version says of the same; `None` where that is the round's own, or not known here.
    pub(super) fn judged_at(&self, version: u32) -> Option<Vec<Judgement>> {
        Catalogue::judging(version).filter(|by| by.version != self.judged_by.version)?;
        let by = RoundRules { version, ..self.rules.clone() }.judging();
        let values = Values::of(self.catalogue, &self.said);
        let unit = counting_unit(&self.listed_units(), &self.stop(&values)?);
        let subject = self.subject(day(&values, &self.said), &unit);
        Some(self.judged(&by, &subject, &values))
    }

    fn registered(&self) -> Option<&Registered> {
        let of_round = self.registrations.iter().filter(|registered| registered.is_of_round);
        of_round.max_by_key(|registered| registered.rank)
    }

    /// Where examined first, else where registered, else where anything was saved; none where nothing was.
    fn stop(&self, values: &Values) -> Option<UnitCode> {
        let saves = |said: &&Said| said.is_applied && matches!(said.saying, Saying::Save(_));
        let saved = self.said.iter().find(saves);
        let registered = self.registered();
        if saved.is_none() && registered.is_none() {
            return None;
        }
        first_stop(values, &self.said)
            .or_else(|| registered.map(|registered| registered.unit.clone()))
            .or_else(|| saved.map(|said| said.unit.clone()))
    }

    /// Age is reckoned on the stop's day; without one there is no age. Whether somebody is examined as a pupil the list of the unit
    /// that counts them says: on a village's list, too, they were examined at school.
    fn subject(&self, day: Option<NaiveDate>, unit: &UnitCode) -> Subject {
        let listed = self.listings.iter().max_by_key(|one| (one.unit == *unit, one.rank));
        let kind = listed
            .map(|listed| listed.kind)
            .or_else(|| self.registered().map(|registered| registered.kind))
            .unwrap_or(self.known.kind);
        let birth = self.known.details.birth_day.and_then(day_date);
        Subject {
            kind: kind_of(kind),
            sex: match self.known.details.sex {
                1 => Some(Sex::M),
                2 => Some(Sex::F),
                _ => None,
            },
            birth: birth.filter(|_| day.is_some()),
            day: day.or_else(|| day_date(0)).unwrap_or_default(),
        }
    }

    fn listed_units(&self) -> Vec<UnitCode> {
        let units: BTreeSet<&UnitCode> = self.listings.iter().map(|l| &l.unit).collect();
        units.into_iter().cloned().collect()
    }

    /// Home as told last, this round before others; a place outside the district in its words.
    fn home(&self) -> Option<UnitCode> {
        let told = self
            .registrations
            .iter()
            .filter(|r| !r.home_unit.is_empty() || !r.home_text.is_empty());
        let last = told.max_by_key(|r| (r.is_of_round, r.rank))?;
        let text = if last.home_unit.is_empty() { &last.home_text } else { &last.home_unit };
        Some(UnitCode(text.clone()))
    }
}

/// The first confirmed day on which something current was found out, else on which anything was recorded.
fn day(values: &Values, said: &[Said]) -> Option<NaiveDate> {
    let days = |only_present: bool| {
        let given = values.current().filter(move |v| !only_present || v.value.value.is_present());
        given.filter_map(|v| said[v.said].header.day).min()
    };
    days(true).or_else(|| days(false)).and_then(day_date)
}

/// Where something was found out beyond the questions of registration.
fn examined_units(values: &Values, said: &[Said], registration: &[ItemCode]) -> BTreeSet<UnitCode> {
    let is_found = |item: ItemCode| !registration.contains(&item);
    let present = values.current().filter(|v| v.value.value.is_present() && is_found(v.item));
    present.map(|v| said[v.said].unit.clone()).collect()
}

/// Where something current was recorded first: found out before merely noted, by day, then by unit.
fn first_stop(values: &Values, said: &[Said]) -> Option<UnitCode> {
    let rank = |v: &super::current::ValueGiven| {
        let said = &said[v.said];
        (!v.value.value.is_present(), said.header.day.is_none(), said.header.day, said.unit.clone())
    };
    values.current().map(rank).min().map(|(.., unit)| unit)
}

/// Where the stop is on a list, the stop; else the first list; else the stop.
fn counting_unit(listed: &[UnitCode], stop: &UnitCode) -> UnitCode {
    match listed.first() {
        Some(first) if !listed.contains(stop) => first.clone(),
        Some(_) | None => stop.clone(),
    }
}

fn how_standing(at: &UnitCode, listed: &[UnitCode], home: Option<&UnitCode>) -> Standing {
    match UnitTree::builtin().district() {
        Some(district) => standing(&district.code, at, listed, home),
        None => Standing::OtherVillage,
    }
}

/// Everyone listed counts at each list that has them, and at each other stop as from elsewhere.
fn places(
    listed: &[UnitCode],
    examined: &BTreeSet<UnitCode>,
    home: Option<&UnitCode>,
) -> Vec<(UnitCode, Standing)> {
    let at_home = listed.iter().map(|unit| (unit.clone(), Standing::Listed));
    let elsewhere = examined.iter().filter(|unit| !listed.contains(unit));
    let elsewhere = elsewhere.map(|unit| (unit.clone(), how_standing(unit, listed, home)));
    at_home.chain(elsewhere).collect()
}

/// What is known of each item, from the row alone.
pub(super) fn masks(catalogue: &Catalogue, results: &Results, judgements: &[Judgement]) -> Masks {
    let mut masks = Masks::default();
    for (item, values) in results {
        if values.iter().any(|v| v.value.is_present()) {
            masks.present.insert(item.0);
        }
        if is_conflict(values) {
            masks.conflict.insert(item.0);
        }
        if values.iter().any(|v| v.unusual) {
            masks.unusual.insert(item.0);
        }
    }
    for (item, of) in derived(catalogue) {
        if of.iter().all(|part| masks.present.contains(part.0)) {
            masks.present.insert(item.0);
        }
        if of.iter().any(|part| masks.conflict.contains(part.0)) {
            masks.conflict.insert(item.0);
        }
    }
    for item in abnormal_items(catalogue, judgements) {
        masks.abnormal.insert(item.0);
    }
    masks
}

/// Items nobody records (BMI), each with those it is computed from: there when all of them are.
fn derived(catalogue: &Catalogue) -> BTreeMap<ItemCode, Vec<ItemCode>> {
    let classes = catalogue.rules.iter().flat_map(|rule| &rule.classes);
    let conditions = classes.flat_map(|class| class.all.iter().chain(&class.any));
    let derived = conditions.filter_map(|condition| match condition {
        Condition::Number { measure: measure @ Measure::Bmi { item, .. }, .. } => {
            Some((*item, measure.reads()))
        }
        Condition::Number { .. }
        | Condition::Choice { .. }
        | Condition::Phrase { .. }
        | Condition::Ungraded { .. } => None,
    });
    derived.collect()
}

/// Who stands behind a current value, in the order of the stations.
fn examiners(
    catalogue: &Catalogue,
    values: &Values,
    said: &[Said],
) -> Vec<(StationCode, ExaminerId)> {
    let at = |station: u16| {
        catalogue.stations.iter().position(|s| s.code.0 == station).unwrap_or(usize::MAX)
    };
    let headers = values.current().map(|v| &said[v.said].header);
    let named = headers.filter(|header| header.examiner != 0).filter_map(|header| {
        let station = u16::try_from(header.station).ok()?;
        Some((at(station), station, header.examiner))
    });
    let named: BTreeSet<(usize, u16, u64)> = named.collect();
    named
        .into_iter()
        .map(|(_, station, examiner)| (StationCode(station), ExaminerId(examiner)))
        .collect()
}

fn sex_number(sex: Sex) -> u8 {
    match sex {
        Sex::M => 1,
        Sex::F => 2,
    }
}
