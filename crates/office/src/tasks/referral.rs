//! 转诊单 out: who is sent where for which findings, in the order of the reports. That they went out is an entry of its own, as with
//! a 随访单. What comes back is recorded under each finding's number by the usual step.

use super::chain::value_words;
use super::list::{OpenElsewhere, open_elsewhere};
use super::sheet::{SheetFormat, TodayOf};
use crate::delivery::chosen;
use crate::known::known_words;
use crate::may_print::of_strayed;
use crate::person_report::{plain_values, report_number};
use crate::{MayWrite, failed, system_fonts, write_file};
use chrono::NaiveDate;
use domain::catalogue::Catalogue;
use domain::consent::{closed, rests_on_closed};
use domain::facts::Sex;
use domain::identity::age_years;
use domain::ids::{ItemCode, PersonId, UnitCode};
use domain::order::reading_order;
use domain::rule::Level;
use domain::task::{Act, Bucket, DOCTOR_RULE, Line, bucket, print_task_number, task_number};
use domain::unit::UnitTree;
use protocol::convert::day_number;
use protocol::fact::IssueFact;
use protocol::{Code, Entry, Fact, Failure, Header};
use report::paper::{Referral, ReferralFinding, referral_slips};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use store::{PersonView, Round, Store, TaskView, UnitContacts};

/// What slips go out for, and nothing else.
pub const PURPOSE: &str = "转诊";
/// Slips of one file, at most.
const SLIPS_MAX: usize = 2_000;

/// Whose slips.
#[derive(Debug, Clone, Default)]
pub struct ReferralOrder {
    /// A round's id or unique name; none = the latest.
    pub round: Option<String>,
    /// A village, a school, or all below a township; none = wherever the people named are.
    pub unit: Option<String>,
    /// Only these: ids, ID numbers or texts that find exactly one. Empty = everybody of the unit.
    pub people: Vec<String>,
    /// Account or id of whoever takes them out.
    pub operator: Option<String>,
}

/// What went out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReferralsIssued {
    pub file: PathBuf,
    pub bytes: u64,
    pub people: u32,
    /// One for each person and place.
    pub slips: u32,
    pub findings: u32,
    /// Of them, those whose tube is somebody else's by now: on the slip, and marked as not certain.
    pub unsure: u32,
    pub purpose: &'static str,
    /// What is still to be done of other rounds at the unit, and is not among them.
    pub elsewhere: Vec<OpenElsewhere>,
}

/// Writes the slips as PDF, and says in an entry that they went out. `header` names whoever takes them. The entry is written first.
pub fn issue_referrals(
    store: &mut Store,
    header: &Header,
    order: &ReferralOrder,
    today_of: TodayOf,
    out: &Path,
    may_write: MayWrite,
) -> Result<ReferralsIssued, Failure> {
    if SheetFormat::of_file(out)? != SheetFormat::Pdf {
        return Err(Failure::new(Code::ExportUnsupported));
    }
    let (bytes, issued) = issue_referral_bytes(store, header, order, today_of, may_write)?;
    write_file(out, &bytes)?;
    Ok(ReferralsIssued { file: out.to_owned(), ..issued })
}

/// The same in memory.
pub fn issue_referral_bytes(
    store: &mut Store,
    header: &Header,
    order: &ReferralOrder,
    today_of: TodayOf,
    may_write: MayWrite,
) -> Result<(Vec<u8>, ReferralsIssued), Failure> {
    let round = match &order.round {
        Some(named) => store.round(named).map_err(failed)?,
        None => store.rounds().map_err(failed)?.pop(),
    };
    let round = round.ok_or(Failure::new(Code::RoundUnknown))?;
    let today = today_of(&round);
    let unit = order.unit.as_deref().map(|code| crate::unit_named(store, code)).transpose()?;
    if let Some(unit) = &unit {
        may_write(unit)?;
    }
    let units = store.units().map_err(failed)?;
    let contacts = store.unit_contacts().map_err(failed)?;
    let mut sent: Vec<Sent> = Vec::new();
    for (person, of) in wanted(store, &round, unit.as_ref(), &order.people)? {
        may_write(&of)?;
        let slips = Telling { store, round: &round, units: &units, contacts: &contacts, today }
            .of(person, &of)?;
        sent.extend(slips);
    }
    if sent.is_empty() {
        return Err(Failure::new(Code::ReferralNone));
    }
    if sent.len() > SLIPS_MAX {
        return Err(Failure::new(Code::WorkbookTooLarge));
    }
    sent.sort_by(|a, b| a.order.cmp(&b.order));
    let slips: Vec<Referral> = sent.iter().map(|one| one.slip.clone()).collect();
    let bytes =
        referral_slips(&system_fonts()?, &slips).map_err(|_| Failure::new(Code::Internal))?;
    let digest = Sha256::digest(&bytes).to_vec();
    let header = Header { round: round.id.0, day: Some(day_number(today)), ..header.clone() };
    for (of, rows) in counted(&sent, unit.as_ref()) {
        let fact = IssueFact {
            unit: of.0.clone(),
            purpose: PURPOSE.to_owned(),
            format: SheetFormat::Pdf.word().to_owned(),
            rows,
            digest: digest.clone(),
        };
        let entry = Entry { header: header.clone(), fact: Fact::Issue(fact) };
        store.append(&of, &[entry]).map_err(failed)?;
    }
    let elsewhere = match &unit {
        Some(unit) => open_elsewhere(store, round.id, std::slice::from_ref(unit), today)?,
        None => Vec::new(),
    };
    let issued = ReferralsIssued { elsewhere, ..issued_of(&bytes, &sent) };
    Ok((bytes, issued))
}

fn issued_of(bytes: &[u8], sent: &[Sent]) -> ReferralsIssued {
    let people: BTreeSet<PersonId> = sent.iter().map(|one| one.person).collect();
    let findings = || sent.iter().flat_map(|one| &one.slip.findings);
    ReferralsIssued {
        file: PathBuf::new(),
        bytes: bytes.len() as u64,
        people: count(people.len()),
        slips: count(sent.len()),
        findings: count(findings().count()),
        unsure: count(findings().filter(|one| one.is_unsure).count()),
        purpose: PURPOSE,
        elsewhere: Vec::new(),
    }
}

/// One slip, whose it is, and where it lies among the others.
struct Sent {
    person: PersonId,
    unit: UnitCode,
    order: Order,
    slip: Referral,
}

/// Unit by unit; then as reports lie: everybody here has a finding of level A or B, so group by group.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Order {
    unit: UnitCode,
    grade: Vec<(u8, u64, String)>,
    group: Vec<(u8, u64, String)>,
    name: String,
    person: [u8; 16],
    at: usize,
}

/// How many slips of which unit: a unit's run is one, people by name are each of their own.
fn counted(sent: &[Sent], unit: Option<&UnitCode>) -> BTreeMap<UnitCode, u32> {
    if let Some(unit) = unit {
        return BTreeMap::from([(unit.clone(), count(sent.len()))]);
    }
    let mut counted: BTreeMap<UnitCode, u32> = BTreeMap::new();
    for one in sent {
        *counted.entry(one.unit.clone()).or_default() += 1;
    }
    counted
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Whoever may be sent, and who counts them.
fn wanted(
    store: &Store,
    round: &Round,
    unit: Option<&UnitCode>,
    people: &[String],
) -> Result<BTreeMap<PersonId, UnitCode>, Failure> {
    let named = chosen(store, people)?;
    let Some(unit) = unit else {
        if named.is_empty() {
            return Err(Failure::new(Code::UnitUnknown));
        }
        let of = |person: PersonId| {
            let view = store.person(person).map_err(failed)?;
            let checkup = view
                .into_iter()
                .flat_map(|view| view.checkups)
                .find(|checkup| checkup.round == round.id);
            // Somebody whom nobody examined is referred nowhere.
            Ok((person, checkup.ok_or(Failure::new(Code::ReferralNone))?.unit))
        };
        return named.into_iter().map(of).collect();
    };
    let tasks = store.tasks(round.id, unit).map_err(failed)?;
    let mut there: BTreeMap<PersonId, UnitCode> =
        tasks.into_iter().map(|task| (task.person, task.unit)).collect();
    if !named.is_empty() {
        there.retain(|person, _| named.contains(person));
        if there.len() < named.len() {
            return Err(Failure::new(Code::ReferralNone));
        }
    }
    Ok(there)
}

struct Telling<'a> {
    store: &'a Store,
    round: &'a Round,
    units: &'a UnitTree,
    contacts: &'a UnitContacts,
    today: NaiveDate,
}

impl Telling<'_> {
    /// A slip for each place that this person is sent to.
    fn of(&self, person: PersonId, unit: &UnitCode) -> Result<Vec<Sent>, Failure> {
        let view = self.store.person(person).map_err(failed)?;
        let view = view.ok_or(Failure::new(Code::PersonUnknown))?;
        let consent = self.store.consent(self.round.id, view.person).map_err(failed)?;
        let closed =
            closed(Catalogue::builtin(), consent.of_kind(view.kind_in(self.round.id)).as_ref());
        let tasks = self.store.person_tasks(self.round.id, view.person).map_err(failed)?;
        let strayed = Strayed::of(self.store, self.round, view.person)?;
        let mut by_place: Vec<(String, Vec<ReferralFinding>)> = Vec::new();
        let mut open: Vec<&TaskView> = tasks.iter().filter(|task| self.is_open(task)).collect();
        open.sort_by_key(|task| std::cmp::Reverse(task.level));
        for task in open {
            let number = print_task_number(task_number(self.round.id, view.person, &task.rule));
            for (place, finding) in findings(task, &number, &closed, &strayed.items) {
                match by_place.iter_mut().find(|(known, _)| *known == place) {
                    Some((_, there)) => there.push(finding),
                    None => by_place.push((place, vec![finding])),
                }
            }
        }
        if by_place.is_empty() {
            return Ok(Vec::new());
        }
        let about = self.about(&view, unit, &closed)?;
        let listed = view.listings.iter().find(|p| p.round == self.round.id && p.unit == *unit);
        let listed = listed.or_else(|| view.registrations.first());
        let order = |at: usize| Order {
            unit: unit.clone(),
            grade: reading_order(listed.and_then(|p| p.grade.as_deref())),
            group: reading_order(listed.and_then(|p| p.group.as_deref())),
            name: view.details.name.clone(),
            person: *view.person.0.as_bytes(),
            at,
        };
        let group = listed.into_iter().flat_map(|p| [p.grade.as_deref(), p.group.as_deref()]);
        let group = group.flatten().collect::<String>();
        let slip = |(at, (place, findings)): (usize, (String, Vec<ReferralFinding>))| Sent {
            person: view.person,
            unit: unit.clone(),
            order: order(at),
            slip: Referral {
                unit: format!("{}{group}", self.units.label(unit)),
                place,
                unsure: strayed.words(&findings),
                findings,
                ..about.clone()
            },
        };
        Ok(by_place.into_iter().enumerate().map(slip).collect())
    }

    fn is_open(&self, task: &TaskView) -> bool {
        let bucket = bucket(task.stand.state, task.basis.is_some(), task.due, self.today);
        matches!(bucket, Bucket::Due | Bucket::Overdue)
    }

    /// Everything but the place and the findings.
    fn about(
        &self,
        view: &PersonView,
        unit: &UnitCode,
        closed: &BTreeSet<ItemCode>,
    ) -> Result<Referral, Failure> {
        let checkup = self.store.stop_checkup(self.round.id, view.person).map_err(failed)?;
        let day = checkup.as_ref().and_then(|c| c.day).unwrap_or(self.round.from);
        let results = checkup.map(|checkup| checkup.results).unwrap_or_default();
        let known = known_words(Catalogue::builtin(), &plain_values(&results), closed);
        let details = &view.details;
        let age = details.birth.map(|birth| format!("{}岁", age_years(birth, day)));
        let phone = details.phone.as_deref().unwrap_or_default();
        Ok(Referral {
            round: self.round.name.clone(),
            report_number: report_number(view.person, self.round.id),
            name: details.name.clone(),
            sex: details.sex.map(Sex::zh).unwrap_or_default().to_owned(),
            age: age.unwrap_or_default(),
            unit: self.units.label(unit),
            address: details.address.clone().unwrap_or_default(),
            phone: match details.phone_owner.as_deref() {
                Some(owner) if !phone.is_empty() && !owner.is_empty() => {
                    format!("{phone}（{owner}）")
                }
                Some(_) | None => phone.to_owned(),
            },
            day: day.to_string(),
            printed_on: self.today.to_string(),
            unit_phone: self.contacts.phone(unit).to_owned(),
            known,
            ..Referral::default()
        })
    }
}

/// Results of tubes that are somebody else's by now.
#[derive(Default)]
struct Strayed {
    codes: Vec<String>,
    items: BTreeSet<ItemCode>,
}

impl Strayed {
    fn of(store: &Store, round: &Round, person: PersonId) -> Result<Strayed, Failure> {
        let codes = store.conclusions(round.id, person).map_err(failed)?.strayed;
        if codes.is_empty() {
            return Ok(Strayed::default());
        }
        let given = store.given_by_labs(round.id, person).map_err(failed)?;
        let theirs = given.into_iter().filter(|one| one.is_current && codes.contains(&one.tube));
        let items = theirs.map(|one| one.item).collect();
        Ok(Strayed { codes, items })
    }

    /// What is to be said on a slip with these findings, in the words of the report.
    fn words(&self, findings: &[ReferralFinding]) -> Vec<String> {
        if !findings.iter().any(|one| one.is_unsure) {
            return Vec::new();
        }
        self.codes.iter().map(|code| of_strayed(code)).collect()
    }
}

/// Where somebody said that this person was referred to.
fn referred_to(task: &TaskView) -> Option<String> {
    let said = task.steps.iter().rev().filter(|step| step.stands);
    let mut said = said.filter(|step| step.fact.act() == Some(Act::Referred));
    let step = said.find(|step| !step.fact.place.trim().is_empty())?;
    Some(step.fact.place.trim().to_owned())
}

/// Where the gravest finding is to go.
fn place_of(task: &TaskView) -> String {
    let lines = task.basis.iter().flat_map(|basis| &basis.lines);
    let mut lines: Vec<&Line> = lines.filter(|line| !line.place.is_empty()).collect();
    lines.sort_by_key(|line| std::cmp::Reverse(line.level));
    lines.first().map(|line| line.place.clone()).unwrap_or_default()
}

fn rests_on(rule: &str, line: &Line, items: &BTreeSet<ItemCode>) -> bool {
    line.item.is_some_and(|item| items.contains(&item))
        || rests_on_closed(Catalogue::builtin(), rule, &line.code, line.item, items)
}

/// Numbers of a person's tasks that rest on a tube which is somebody else's by now.
pub(super) fn unsure_tasks(
    store: &Store,
    round: &Round,
    person: PersonId,
) -> Result<Vec<String>, Failure> {
    let strayed = Strayed::of(store, round, person)?;
    if strayed.items.is_empty() {
        return Ok(Vec::new());
    }
    let tasks = store.person_tasks(round.id, person).map_err(failed)?;
    let is_unsure = |task: &&TaskView| {
        let mut lines = task.basis.iter().flat_map(|basis| &basis.lines);
        lines.any(|line| rests_on(&task.rule, line, &strayed.items))
    };
    let number = |task: &TaskView| print_task_number(task_number(round.id, person, &task.rule));
    Ok(tasks.iter().filter(is_unsure).map(number).collect())
}

/// Where each goes and what was seen, in words for the person; nothing that rests on what the family refused. What rests on `strayed` is not certain.
fn findings(
    task: &TaskView,
    number: &str,
    closed: &BTreeSet<ItemCode>,
    strayed: &BTreeSet<ItemCode>,
) -> Vec<(String, ReferralFinding)> {
    // A rule's findings are of one thing and go where the gravest goes; a doctor's own are of as many things as there are.
    let together = referred_to(task).or_else(|| (task.rule != DOCTOR_RULE).then(|| place_of(task)));
    let lines = task.basis.iter().flat_map(|basis| &basis.lines);
    let rests_on = |line: &Line, items: &BTreeSet<ItemCode>| rests_on(&task.rule, line, items);
    let mut findings: Vec<(Level, String, ReferralFinding)> = lines
        .filter(|line| !rests_on(line, closed))
        .map(|line| {
            let finding = ReferralFinding {
                number: number.to_owned(),
                level: line.level.key().to_owned(),
                seen: said_and_written(task, line),
                value: value_words(line),
                due: task.due.map(|due| due.to_string()).unwrap_or_default(),
                is_unsure: rests_on(line, strayed),
            };
            (line.level, together.clone().unwrap_or_else(|| line.place.clone()), finding)
        })
        .collect();
    findings.sort_by_key(|(level, ..)| std::cmp::Reverse(*level));
    findings.into_iter().map(|(_, place, finding)| (place, finding)).collect()
}

/// With what a doctor wrote of an own finding, where that is more than the place: whom it is meant for reads it.
fn said_and_written(task: &TaskView, line: &Line) -> String {
    let written = line.action.trim();
    let is_more = task.rule == DOCTOR_RULE && !written.is_empty() && written != line.place;
    if is_more { format!("{}（{written}）", line.said) } else { line.said.clone() }
}
