//! Recording a measurements file: each row is matched to a person (or registers one), checked, and saved
//! as one entry a station. Works offline; 已保存 means the store's commit returned.

use crate::home::{Acting, Home, failed};
use crate::measurement::{self, MeasuredRow, RowProblem};
use crate::record_plan::{StationShare, plan_row};
use domain::catalogue::Catalogue;
use domain::class::of_cells;
use domain::facts::{PersonDetails, PersonKind};
use domain::ids::{ExaminerId, OperatorId, PersonId, StationCode, UnitCode};
use domain::unit::{UnitKind, UnitTree};
use protocol::convert::kind_number;
use protocol::fact::{
    CorrectionFact, DetailsFact, FindingFact, RegistrationFact, ResultFact, SaveFact, SawFact,
};
use protocol::{Code, Entry, Fact, Failure};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use store::{PersonMatch, Round};

/// People whose entries are committed together: a cut loses none that was said to be saved.
const PEOPLE_PER_COMMIT_MAX: usize = 50;

/// What to record.
#[derive(Debug, Clone, Default)]
pub struct RecordOrder {
    pub round: String,
    /// Station key; none = every station.
    pub station: Option<String>,
    /// The stop, where the rows' home units do not tell it.
    pub unit: Option<String>,
    pub operator: Option<String>,
    pub examiner: Option<String>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Recorded {
    /// People with at least one result written.
    pub people: u32,
    /// Results written.
    pub results: u32,
    /// People registered because no roster had them.
    pub registered: u32,
    pub problems: Vec<RowProblem>,
}

/// Everything that holds for the whole file.
struct Stop {
    round: Round,
    station: Option<StationCode>,
    unit: Option<UnitCode>,
    operator: Option<OperatorId>,
    examiner: Option<ExaminerId>,
    scope: Vec<UnitCode>,
    units: UnitTree,
    /// Units that still work: where a school named in words is sought.
    at_work: UnitTree,
    barred: BTreeMap<UnitCode, Failure>,
}

impl Home {
    /// Records a file. `progress` hears (rows saved, rows in all), after each commit and never before: 已保存 up to
    /// there. A file recorded again after a cut goes on where it stopped, and doubles nothing.
    pub fn record(
        &mut self,
        order: &RecordOrder,
        from: &Path,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<Recorded, Failure> {
        let stop = self.stop(order)?;
        let name = from.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let bytes = std::fs::read(from).map_err(|_| Failure::at(Code::FileUnreadable, &name))?;
        let read = measurement::read(Catalogue::builtin(), &bytes)?;

        let catalogue = stop.round.in_force();
        let mut run = Run {
            home: self,
            catalogue: &catalogue,
            stop,
            pending: BTreeMap::new(),
            pending_people: BTreeSet::new(),
            recorded: Recorded { problems: read.problems, ..Recorded::default() },
            rows_whole: 0,
            rows_saved: 0,
            rows_all: read.rows.len(),
            progress,
        };
        for row in &read.rows {
            run.record_row(row)?;
            run.rows_whole += 1;
            if run.pending_people.len() >= PEOPLE_PER_COMMIT_MAX {
                run.commit()?;
            }
        }
        run.commit()?;
        let mut recorded = run.recorded;
        recorded.problems.sort_by_key(|problem| problem.row);
        Ok(recorded)
    }

    fn stop(&self, order: &RecordOrder) -> Result<Stop, Failure> {
        let station = match &order.station {
            None => None,
            Some(key) => {
                let stations = &Catalogue::builtin().stations;
                let station = stations.iter().find(|s| s.key == *key || s.name_zh == *key);
                Some(station.ok_or_else(|| Failure::at(Code::StationUnknown, key))?.code)
            }
        };
        let operator = self.recorder(order.operator.as_deref())?;
        let scope = self.scope_of(operator)?;
        let unit = match &order.unit {
            None => None,
            Some(code) => {
                let unit = UnitCode(code.clone());
                if !scope.iter().any(|s| s.covers(&unit)) {
                    return Err(Failure::new(Code::OutOfScope));
                }
                self.refuse_barred(&unit)?;
                Some(unit)
            }
        };
        Ok(Stop {
            round: self.whole_round(&order.round)?,
            station,
            unit,
            operator,
            examiner: self.examiner(order.examiner.as_deref())?,
            scope,
            units: self.store.units().map_err(failed)?,
            at_work: self.store.units_at_work().map_err(failed)?,
            barred: self.barred()?,
        })
    }

    /// The details the store knows of a person.
    pub(crate) fn details(&self, person: PersonId) -> Result<PersonDetails, Failure> {
        let view = self.store.person(person).map_err(failed)?;
        view.map(|v| v.details).ok_or(Failure::new(Code::PersonUnknown))
    }

    /// One station's save as an entry.
    pub(crate) fn save_entry(
        &self,
        catalogue: &Catalogue,
        acting: &Acting,
        person: PersonId,
        share: &StationShare,
        saw: Vec<SawFact>,
        reason: &str,
    ) -> Result<Entry, Failure> {
        let mut results = Vec::with_capacity(share.results.len());
        for (code, current) in &share.results {
            results.push(result_fact(catalogue, *code, &current.value, current.unusual)?);
        }
        let acting = Acting { station: Some(share.station), ..*acting };
        let mut header = self.header(&acting, Some(person));
        header.worst_level =
            share.findings.iter().map(|f| u32::from(f.level.number())).max().unwrap_or(0);
        let findings = share.findings.iter().map(|f| FindingFact {
            rule: f.rule.clone(),
            code: f.code.clone(),
            level: u32::from(f.level.number()),
        });
        let fact = SaveFact {
            catalogue: catalogue.version_of_save(share.results.iter().map(|(item, _)| *item)),
            results,
            saw,
            findings: findings.collect(),
            reason: reason.to_owned(),
            lab: None,
        };
        Ok(Entry { header, fact: Fact::Save(fact) })
    }
}

/// One file's recording under way.
struct Run<'a> {
    home: &'a mut Home,
    catalogue: &'a Catalogue,
    stop: Stop,
    /// Entries by stop, not committed yet, and the people they are about.
    pending: BTreeMap<UnitCode, Vec<Entry>>,
    pending_people: BTreeSet<PersonId>,
    recorded: Recorded,
    /// Rows of which nothing is left to plan; a commit saves them.
    rows_whole: usize,
    /// Of them, those said to be saved.
    rows_saved: usize,
    rows_all: usize,
    progress: &'a mut dyn FnMut(usize, usize),
}

impl Run<'_> {
    fn commit(&mut self) -> Result<(), Failure> {
        self.pending_people.clear();
        for (unit, entries) in std::mem::take(&mut self.pending) {
            self.home.store.append(&unit, &entries).map_err(failed)?;
        }
        if self.rows_whole > self.rows_saved {
            self.rows_saved = self.rows_whole;
            (self.progress)(self.rows_saved, self.rows_all);
        }
        Ok(())
    }

    fn tell(&mut self, row: &MeasuredRow, column: &str, code: &'static str) {
        self.recorded.problems.push(RowProblem::new(row.row, column, code));
    }

    /// Whether the row says anything of this station. Somebody of whom it says nothing was not there: no reason to
    /// register or correct anyone. At the registration desk being there is enough.
    fn is_of_station(&self, row: &MeasuredRow) -> bool {
        let Some(station) = self.stop.station.and_then(|code| self.catalogue.station(code)) else {
            return true;
        };
        let asked = &self.catalogue.package(row.kind).registration;
        station.items.iter().all(|item| asked.contains(item))
            || row.texts.iter().any(|(item, _)| station.items.contains(item))
    }

    fn record_row(&mut self, row: &MeasuredRow) -> Result<(), Failure> {
        if !self.is_of_station(row) {
            return Ok(());
        }
        let home_unit = home_unit(&self.stop.units, &self.stop.at_work, &row.unit_text);
        let Some(unit) = stop_unit(&self.stop, home_unit.as_ref()) else {
            self.tell(row, "unit", "unit_unclear");
            return Ok(());
        };
        if let Some(refusal) = self.stop.barred.get(&unit) {
            let mut problem = RowProblem::new(row.row, "unit", refusal.code.word());
            problem.text = format!("未记录：{}", refusal.zh()).into();
            self.recorded.problems.push(problem);
            return Ok(());
        }
        let acting = Acting {
            round: Some(self.stop.round.id),
            day: Some(row.day),
            operator: self.stop.operator,
            examiner: self.stop.examiner,
            station: self.stop.station,
        };
        let round = &self.stop.round;
        if !(round.from..=round.to).contains(&row.day) {
            self.tell(row, "exam_date", "day_outside_round");
        }
        let Some((person, known)) = self.person_of(row, &unit, home_unit.as_ref(), &acting)? else {
            return Ok(());
        };
        if self.pending_people.contains(&person) {
            self.commit()?; // what an earlier row said of the same person has to be seen
        }
        self.save_row(row, &acting, person, &known, unit)
    }

    /// Matches a row to a person, or registers one. `None` = told and left out.
    fn person_of(
        &mut self,
        row: &MeasuredRow,
        unit: &UnitCode,
        home_unit: Option<&UnitCode>,
        acting: &Acting,
    ) -> Result<Option<(PersonId, PersonDetails)>, Failure> {
        let listed_at = home_unit.unwrap_or(unit);
        let store = &self.home.store;
        let found =
            store.match_person(self.stop.round.id, listed_at, &row.details).map_err(failed)?;
        match found {
            PersonMatch::ByIdNumber(person) => Ok(Some((person, self.home.details(person)?))),
            PersonMatch::ByNameBirthUnit { person, missing_id } => {
                let known = self.home.details(person)?;
                let told = PersonDetails {
                    id_number: row.details.id_number.clone(),
                    ..PersonDetails::default()
                };
                if missing_id
                    && let Some(entry) = proposed(self.home, acting, person, &known, &told)
                {
                    self.pending.entry(unit.clone()).or_default().push(entry);
                    self.tell(row, "id_number", "id_number_proposed");
                }
                Ok(Some((person, known)))
            }
            PersonMatch::Ambiguous(_) => {
                self.tell(row, "name", "person_ambiguous");
                Ok(None)
            }
            PersonMatch::None => {
                let id = uuid::Builder::from_random_bytes(self.home.host.random_16()?).into_uuid();
                let entry = registration(self.home, acting, PersonId(id), row, &self.stop);
                self.pending.entry(unit.clone()).or_default().push(entry);
                self.commit()?; // a later row may be about the same person: it has to be found
                self.recorded.registered += 1;
                Ok(Some((PersonId(id), row.details.clone())))
            }
        }
    }

    fn save_row(
        &mut self,
        row: &MeasuredRow,
        acting: &Acting,
        person: PersonId,
        known: &PersonDetails,
        unit: UnitCode,
    ) -> Result<(), Failure> {
        let mut standing = BTreeMap::new();
        for (item, values) in self.home.store.current(self.stop.round.id, person).map_err(failed)? {
            standing.insert(item, values.into_iter().map(|(value, _)| value).collect::<Vec<_>>());
        }
        let consent = self.home.store.consent(self.stop.round.id, person).map_err(failed)?;
        let closed = domain::consent::closed(self.catalogue, consent.of_kind(row.kind).as_ref());
        let once = self.home.store.given_once(self.stop.round.id, person).map_err(failed)?;
        let station = self.stop.station;
        let plan = plan_row(self.catalogue, row, known, station, &standing, &once, &closed);
        self.recorded.problems.extend(plan.problems);
        if plan.shares.is_empty() {
            return Ok(());
        }
        self.recorded.people += 1;
        self.pending_people.insert(person);
        for share in plan.shares {
            self.recorded.results += u32::try_from(share.results.len()).unwrap_or(u32::MAX);
            let entry =
                self.home.save_entry(self.catalogue, acting, person, &share, Vec::new(), "")?;
            self.pending.entry(unit.clone()).or_default().push(entry);
        }
        Ok(())
    }
}

/// A missing ID number or phone taken over from a station: proposed until a person confirms it. `None` = nothing told was missing.
pub(crate) fn proposed(
    home: &Home,
    acting: &Acting,
    person: PersonId,
    known: &PersonDetails,
    told: &PersonDetails,
) -> Option<Entry> {
    let missing =
        |known: &Option<String>, told: &Option<String>| told.clone().filter(|_| known.is_none());
    let details = DetailsFact {
        id_number: missing(&known.id_number, &told.id_number),
        phone: missing(&known.phone, &told.phone),
        ..DetailsFact::default()
    };
    if details.id_number.is_none() && details.phone.is_none() {
        return None;
    }
    let what = if details.id_number.is_some() { "身份证号码" } else { "电话" };
    let reason = format!("现场登记补报{what}");
    let fact = CorrectionFact { details: Some(details), proposed: true, reason };
    Some(Entry { header: home.header(acting, Some(person)), fact: Fact::Correction(fact) })
}

/// 名单外: someone no roster has, with the home unit as told.
fn registration(
    home: &Home,
    acting: &Acting,
    person: PersonId,
    row: &MeasuredRow,
    stop: &Stop,
) -> Entry {
    let home_unit = home_unit(&stop.units, &stop.at_work, &row.unit_text);
    let (grade, group) = class_words(&stop.units, row);
    let fact = RegistrationFact {
        details: Some(DetailsFact::from(&row.details)),
        kind: kind_number(row.kind),
        home_text: if home_unit.is_none() { row.unit_text.clone() } else { String::new() },
        home_unit: home_unit.map(|u| u.0).unwrap_or_default(),
        group,
        grade,
    };
    Entry { header: home.header(acting, Some(person)), fact: Fact::Registration(fact) }
}

/// A result for the wire. A number with more places than the item has is refused, never rounded.
pub(crate) fn result_fact(
    catalogue: &Catalogue,
    code: domain::ids::ItemCode,
    value: &domain::value::Value,
    unusual: bool,
) -> Result<ResultFact, Failure> {
    let item = catalogue.item(code).ok_or(Failure::new(Code::ValueInvalid))?;
    ResultFact::of(code.0, value, item.decimals(), unusual)
        .map_err(|_| Failure::at(Code::ValueInvalid, &item.key))
}

/// The unit a text names: a code, or a school by name with grade and class behind slashes.
fn home_unit(units: &UnitTree, at_work: &UnitTree, text: &str) -> Option<UnitCode> {
    let code = UnitCode(text.trim().to_owned());
    if units.get(&code).is_some() {
        return Some(code);
    }
    let name = text.split('/').next().unwrap_or("").trim();
    let mut named = at_work
        .iter()
        .filter(|u| matches!(u.kind, UnitKind::School | UnitKind::Village) && u.name == name);
    match (named.next(), named.next()) {
        (Some(unit), None) => Some(unit.code.clone()),
        _ => None,
    }
}

/// Grade and class of `school/grade/class`: a pupil's as a list has them.
fn class_words(units: &UnitTree, row: &MeasuredRow) -> (Option<String>, Option<String>) {
    let text = row.unit_text.as_str();
    if units.get(&UnitCode(text.trim().to_owned())).is_some() {
        return (None, None);
    }
    let mut parts = text.split('/').skip(1).map(|p| p.trim().to_owned()).filter(|p| !p.is_empty());
    let (grade, group) = (parts.next(), parts.next());
    if row.kind != PersonKind::Pupil {
        return (grade, group);
    }
    let class = of_cells(&grade.unwrap_or_default(), &group.unwrap_or_default());
    (class.grade, class.class)
}

/// Where the row was measured: the stop given, else the home unit where this device works there, else the
/// device's only unit.
fn stop_unit(stop: &Stop, home: Option<&UnitCode>) -> Option<UnitCode> {
    if let Some(unit) = &stop.unit {
        return Some(unit.clone());
    }
    if let Some(home) = home
        && stop.scope.iter().any(|s| s.covers(home))
    {
        return Some(home.clone());
    }
    match stop.scope.as_slice() {
        [only] if only.0.len() >= 12 => Some(only.clone()),
        _ => None,
    }
}
