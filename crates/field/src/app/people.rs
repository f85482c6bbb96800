//! Finding people and seeing one whole.

use super::cells::{finding_row, name_devices, once, value_cell};
use super::rows::Seen;
use super::{Opened, Today, person_id};
use crate::find::FOUND_MAX;
use crate::home::failed;
use domain::asked::answers;
use domain::catalogue::Catalogue;
use domain::check::Subject;
use domain::facts::CheckupState;
use domain::identity::normalize;
use domain::ids::ItemCode;
use domain::label_code::read_label_code;
use domain::line::{LineTable, arranged};
use protocol::rpc::people::{FindAsk, Found, ItemHistory, PersonAsk, PersonWhole, StationProgress};
use protocol::{Code, Failure};
use std::collections::{BTreeMap, BTreeSet};
use store::{PersonView, StopCheckup};

impl Opened {
    /// People whom a text may mean; of today's stop first where asked so.
    pub(super) fn find(&self, ask: &FindAsk) -> Result<Found, Failure> {
        let today = self.today().ok();
        let store = self.home.store();
        let mut found = self.sight()?.find(store, &ask.text, FOUND_MAX + 1)?;
        let more = found.len() > FOUND_MAX;
        found.truncate(FOUND_MAX);
        if let Some(today) = today.as_ref().filter(|_| ask.stop_first) {
            found.sort_by_key(|person| person.unit.as_ref() != Some(&today.unit));
        }
        let frame = self.frame(today.as_ref())?;
        let mut rows = Vec::with_capacity(found.len());
        for one in &found {
            let mut kind = one.kind;
            let (checkup, consent) = match &today {
                Some(today) => {
                    let round = today.round.id;
                    let consent = store.consent(round, one.person).map_err(failed)?;
                    let checkup = store.stop_checkup(round, one.person).map_err(failed)?;
                    kind = store.kind_in(round, one.person).map_err(failed)?;
                    (checkup, consent.of_kind(kind))
                }
                None => (None, None),
            };
            rows.push(frame.row(&Seen {
                person: one.person,
                details: &one.details,
                kind,
                unit: one.unit.as_ref(),
                grade: one.grade.as_deref(),
                group: one.group.as_deref(),
                is_listed: today.as_ref().is_some_and(|t| one.rounds.contains(&t.round.id)),
                standing: checkup.as_ref().map(|checkup| checkup.standing),
                checkup: checkup.as_ref(),
                consent: consent.as_ref(),
            }));
        }
        let text = normalize(&ask.text);
        let is_whole = |number: &Option<String>| number.as_deref() == Some(text.as_str());
        let exact = match found.as_slice() {
            [only] => {
                is_whole(&only.details.id_number)
                    || is_whole(&only.details.student_no)
                    || only.person.0.to_string() == ask.text.trim()
                    || read_label_code(&ask.text).is_some()
            }
            [] | [_, ..] => false,
        };
        Ok(Found { rows, exact, more })
    }

    /// A person whole.
    pub(super) fn person(&self, ask: &PersonAsk) -> Result<PersonWhole, Failure> {
        let today = self.today().ok();
        let store = self.home.store();
        let view = store.person(person_id(&ask.person)?).map_err(failed)?;
        let view = view.ok_or(Failure::new(Code::PersonUnknown))?;
        let checkup = match &today {
            Some(today) => store.stop_checkup(today.round.id, view.person).map_err(failed)?,
            None => None,
        };
        let rounds = store.rounds().map_err(failed)?;
        let names: BTreeMap<_, _> = rounds.iter().map(|r| (r.id, r.name.as_str())).collect();
        let findings = view.findings.iter().map(|(round, judgement)| {
            finding_row(judgement, names.get(round).copied().unwrap_or_default())
        });
        let units = store.units().map_err(failed)?;
        // Two rounds' values of one item are no conflict: only this round's stand against each other.
        let newest = rounds.iter().rev().find(|r| view.values.iter().any(|v| v.round == r.id));
        let shown = today.as_ref().map(|today| today.round.id).or(newest.map(|round| round.id));
        let mut items: BTreeMap<ItemCode, ItemHistory> = BTreeMap::new();
        for value in &view.values {
            let Some(item) = Catalogue::builtin().item(value.item) else { continue };
            let round = rounds.iter().find(|round| round.id == value.round);
            let cell = value_cell(item, value, &view, round, &units);
            let history = items.entry(value.item).or_insert_with(|| ItemHistory {
                item: item.key.clone(),
                current: Vec::new(),
                ever: Vec::new(),
            });
            if value.current && Some(value.round) == shown {
                history.current.push(cell.clone());
            }
            history.ever.push(cell);
        }
        for history in items.values_mut() {
            history.current = once(history.current.drain(..));
            if history.current.len() > 1 {
                name_devices(store, &mut history.current)?;
            }
        }
        let consent = self.consent_of(today.as_ref(), &view)?;
        let closed = domain::consent::closed(Catalogue::builtin(), consent.as_ref());
        Ok(PersonWhole {
            row: self.row(view.person, today.as_ref())?,
            state: state_zh(checkup.as_ref()).to_owned(),
            stations: {
                let line = today.as_ref().map(|today| self.line_of(&today.choice));
                let line = line.transpose()?.unwrap_or_default();
                stations(&view, today.as_ref(), checkup.as_ref(), &closed, &line)
            },
            findings: findings.collect(),
            unanswered: match &today {
                Some(today) => office::unanswered(store, today.round.id, view.person)?,
                None => Vec::new(),
            },
            items: items.into_values().collect(),
            id_number_is_proposed: view.id_number_is_proposed,
        })
    }
}

pub(super) fn state_zh(checkup: Option<&StopCheckup>) -> &'static str {
    match checkup.map(|checkup| checkup.state) {
        None => "未到",
        Some(CheckupState::Registered) => "已登记",
        Some(CheckupState::Underway) => "检查中",
        Some(CheckupState::SiteDone) => "现场完成",
        Some(CheckupState::AwaitingResults) => "待回报",
        Some(CheckupState::AwaitingConclusion) => "待总检",
        Some(CheckupState::Concluded) => "已总检",
        Some(CheckupState::LookAgain) => "需再看",
        Some(CheckupState::ReportIssued) => "报告已发",
    }
}

/// How far each station of the person's package is.
fn stations(
    view: &PersonView,
    today: Option<&Today>,
    checkup: Option<&StopCheckup>,
    closed: &BTreeSet<ItemCode>,
    line: &[LineTable],
) -> Vec<StationProgress> {
    let force = today.map(|today| today.round.in_force());
    let catalogue = force.as_deref().unwrap_or(Catalogue::builtin());
    let day = today.map(|today| today.day);
    let kind = today.map_or(view.kind, |today| view.kind_in(today.round.id));
    let package = catalogue.package(kind);
    // Without a day nobody has an age.
    let birth = day.and(view.details.birth);
    let day = day.unwrap_or_default();
    let subject = Subject { kind, sex: view.details.sex, birth, day };
    let answered = checkup.map(|checkup| answers(&checkup.results)).unwrap_or_default();
    let grade = super::rows::grade_of(view, today);
    let mut asked = catalogue.asked_in_grade(&subject, grade, &answered);
    asked.retain(|item| !closed.contains(item));
    let values = |item: &ItemCode| checkup.and_then(|c| c.results.get(item));
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    arranged(line, &catalogue.stations_of(&asked))
        .into_iter()
        .flat_map(|table| table.stations)
        .map(|station| {
            let mandatory = station.items.iter().filter(|item| package.items.contains(item));
            let mandatory: Vec<_> = mandatory.filter(|item| !closed.contains(item)).collect();
            // A station without mandatory items counts its first question: one answer says it was there.
            let any = || {
                let own: Vec<_> =
                    station.items.iter().filter(|item| asked.contains(item)).collect();
                let done = own.iter().find(|item| values(item).is_some_and(|v| !v.is_empty()));
                done.or(own.first()).copied().into_iter().collect()
            };
            let counted: Vec<_> = if mandatory.is_empty() { any() } else { mandatory };
            let answered =
                counted.iter().filter(|item| values(item).is_some_and(|v| !v.is_empty()));
            let absent = counted.iter().filter(|item| {
                values(item)
                    .is_some_and(|v| !v.is_empty() && v.iter().all(|v| !v.value.is_present()))
            });
            StationProgress {
                station: station.key.clone(),
                done: count(answered.count()),
                of: count(counted.len()),
                absent: count(absent.count()),
            }
        })
        .collect()
}
