//! Individual reports of everyone examined at a unit: from the store to `report::paper`'s facts. The same on a device and
//! the server. A preview until a doctor has signed a conclusion over what stands, with its number and version after.

use crate::conclude::{changes_of, concluded_findings, gone_on};
use crate::delivery::{Print, Standing, chosen, is_recorded, print_order, record_printed};
use crate::known::known_words;
use crate::left_out::{LeftOut, refuse_if_all, unless_left_out};
use crate::may_print::{MayPrint, SLIP_MISSING, may_print};
use crate::person_results::{sections, told_rounds};
use crate::ungraded::{ungraded, without_standard};
use crate::{MayWrite, Moment, failed, system_fonts, write_file};
use domain::catalogue::Catalogue;
use domain::check::Subject;
use domain::conclusion::{Conclusion, ConclusionState};
use domain::consent::{closed, holds_report, rests_on_closed};
use domain::facts::{CurrentValue, PersonKind, Sex};
use domain::followup::judgement_due;
use domain::identity::{age_years, mask_id};
use domain::ids::{ItemCode, PersonId, RoundId, UnitCode};
use domain::lab::PrintedRange;
use domain::label_code::label_code;
use domain::phrase::with_department;
use domain::range;
use domain::rule::{Judgement, is_remarkable, items_of, printed_value};
use domain::unit::UnitTree;
use domain::value::{AbsentReason, Value};
use ledger::Reference;
use protocol::convert::day_number;
use protocol::{Code, Failure, Header};
use report::paper::{EarlierColumn, PersonReport, ReportFinding, ReportSection, person_reports};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use store::{Conclusions, PersonView, Round, StopPerson, Store, UnitContacts};

/// 65 岁及以上 is a group of its own in 国家基本公共卫生服务规范（第三版，2017）老年人健康管理.
const LARGE_PRINT_FROM_YEARS: i32 = 65;
/// Earlier rounds shown beside this one: more do not fit a page.
const EARLIER_ROUNDS_MAX: usize = 2;

/// Which reports of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Which {
    /// Everybody examined; where nobody has signed, a preview.
    #[default]
    All,
    /// Signed by a doctor over what stands.
    Final,
    /// Of these, those that nobody has in hand in the version that stands.
    Due,
}

impl Which {
    pub fn of_word(word: &str) -> Option<Which> {
        match word {
            "all" => Some(Which::All),
            "final" => Some(Which::Final),
            "due" => Some(Which::Due),
            _ => None,
        }
    }
}

/// Whose reports.
#[derive(Debug, Clone, Default)]
pub struct ReportOrder {
    /// A round's id or unique name.
    pub round: String,
    /// A village or a school, or a township with all below it, village by village.
    pub unit: String,
    pub which: Which,
    /// Only these: ids, ID numbers or texts that find exactly one. Empty = everybody.
    pub people: Vec<String>,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reported {
    pub file: PathBuf,
    pub bytes: u64,
    pub people: u32,
    /// Of them, signed by a doctor over what stands.
    pub signed: u32,
    /// Of the signed, those in place of an earlier version.
    pub corrected: u32,
    /// Some are not signed by anybody, or not over what stands now.
    pub preview: bool,
    /// Of the signed, those now recorded as printed for the first time.
    pub recorded: u32,
    /// Signed, and not printed: the consent slip has not come back. Not among `people`.
    pub without_consent: u32,
    /// Final, and not printed: whoever prints may not record it, outside the account's units. Not among `people`; their rows are those of
    /// the whole list in the order of printing.
    pub left_out: Vec<LeftOut>,
}

/// Writes the reports of a unit in one file: a village by level and 村民小组, a school by class. That they were printed is not
/// recorded.
pub fn report_people(
    store: &Store,
    order: &ReportOrder,
    moment: &Moment,
    out: &Path,
) -> Result<Reported, Failure> {
    let (bytes, reported) = report_bytes(store, order, moment)?;
    write_file(out, &bytes)?;
    Ok(Reported { file: out.to_owned(), ..reported })
}

/// The same in memory.
pub fn report_bytes(
    store: &Store,
    order: &ReportOrder,
    moment: &Moment,
) -> Result<(Vec<u8>, Reported), Failure> {
    let (_, made, held) = made(store, order, moment)?;
    let (bytes, reported) = bytes_of(&made)?;
    Ok((bytes, Reported { without_consent: count(held), ..reported }))
}

/// The same, and says in an entry for each final report that it was printed. `header` names whoever prints.
pub fn print_people(
    store: &mut Store,
    header: &Header,
    order: &ReportOrder,
    moment: &Moment,
    out: &Path,
    may_write: MayWrite,
) -> Result<Reported, Failure> {
    let (bytes, reported) = print_bytes(store, header, order, moment, may_write)?;
    write_file(out, &bytes)?;
    Ok(Reported { file: out.to_owned(), ..reported })
}

/// The same in memory. The entries are written first: a paper that is out and unknown is worse than one that is known and
/// not out.
pub fn print_bytes(
    store: &mut Store,
    header: &Header,
    order: &ReportOrder,
    moment: &Moment,
    may_write: MayWrite,
) -> Result<(Vec<u8>, Reported), Failure> {
    let (round, made, held) = made(store, order, moment)?;
    let (made, left_out) = within(store, round.id, made, may_write)?;
    let (bytes, reported) = bytes_of(&made)?;
    let print = |one: &Made| {
        let (conclusion, version) = one.standing?;
        Some(Print { stop: one.stop.clone(), person: one.person, conclusion, version })
    };
    let prints: Vec<Print> = made.iter().filter_map(print).collect();
    let day = Some(day_number(moment.today.max(round.from)));
    let header = Header { round: round.id.0, day, ..header.clone() };
    let recorded = record_printed(store, &header, &prints, may_write)?;
    let without_consent = count(held);
    Ok((bytes, Reported { recorded: count(recorded), without_consent, left_out, ..reported }))
}

/// Those whose print may be recorded, or is; and those left out.
fn within(
    store: &Store,
    round: RoundId,
    made: Vec<Made>,
    may_write: MayWrite,
) -> Result<(Vec<Made>, Vec<LeftOut>), Failure> {
    let (mut kept, mut left_out) = (Vec::with_capacity(made.len()), Vec::new());
    for one in made {
        let decided = match one.standing {
            Some((of, _)) if !is_recorded(store, round, (one.person, of))? => {
                unless_left_out(may_write(&one.stop))?
            }
            Some(_) | None => Ok(()),
        };
        match decided {
            Ok(()) => kept.push(one),
            Err(code) => left_out.push(LeftOut { code, ..one.listed }),
        }
    }
    refuse_if_all(&left_out, kept.len())?;
    Ok((kept, left_out))
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn bytes_of(made: &[Made]) -> Result<(Vec<u8>, Reported), Failure> {
    let reports: Vec<&PersonReport> = made.iter().map(|one| &one.report).collect();
    let fonts = system_fonts()?;
    let bytes = person_reports(&fonts, &reports).map_err(|_| Failure::new(Code::Internal))?;
    let signed = reports.iter().filter(|report| report.doctor.is_some()).count();
    let corrected = reports.iter().filter(|report| !report.changes.is_empty()).count();
    let reported = Reported {
        file: PathBuf::new(),
        bytes: bytes.len() as u64,
        people: count(reports.len()),
        signed: count(signed),
        corrected: count(corrected),
        preview: signed < reports.len(),
        without_consent: 0,
        recorded: 0,
        left_out: Vec::new(),
    };
    Ok((bytes, reported))
}

/// One person's report and what it rests on.
struct Made {
    report: PersonReport,
    person: PersonId,
    stop: UnitCode,
    /// The signature and the version, where it is final.
    standing: Option<(Reference, u32)>,
    /// How they are named where they are left out.
    listed: LeftOut,
}

/// Everybody listed at a unit or come there first of whom there is a result, in the order in which reports are printed and handed out.
pub(crate) fn examined(
    store: &Store,
    round: RoundId,
    unit: &UnitCode,
) -> Result<Vec<StopPerson>, Failure> {
    let mut people = store.stop_people(round, unit, &|_, _| true).map_err(failed)?;
    let has_result = |one: &StopPerson| one.checkup.as_ref().is_some_and(|c| !c.results.is_empty());
    people.retain(|one| one.is_first_of(unit) && has_result(one));
    let followed = store.followed_people(round).map_err(failed)?;
    people.sort_by_cached_key(|one| print_order(one, followed.contains(&one.person)));
    Ok(people)
}

/// The same of a unit and all below it, village by village, each with whose list they are on. Whoever is listed in one and was examined
/// in another is printed once, with their own.
pub(crate) fn examined_below(
    store: &Store,
    units: &UnitTree,
    round: RoundId,
    unit: &UnitCode,
) -> Result<Vec<(UnitCode, StopPerson)>, Failure> {
    let below: BTreeSet<&UnitCode> =
        units.iter().map(|one| &one.code).filter(|code| unit.covers(code)).collect();
    let mut all = Vec::new();
    for of in below {
        let people = examined(store, round, of)?;
        all.extend(people.into_iter().map(|one| (of.clone(), one)));
    }
    let listed: BTreeSet<PersonId> =
        all.iter().filter(|(_, one)| one.is_listed).map(|(_, one)| one.person).collect();
    let mut seen = BTreeSet::new();
    all.retain(|(_, one)| {
        (one.is_listed || !listed.contains(&one.person)) && seen.insert(one.person)
    });
    Ok(all)
}

/// The number of a person's report in a round, whatever its version.
pub(crate) fn report_number(person: PersonId, round: RoundId) -> String {
    format!("{}-{:04x}", label_code(person), round.0 & 0xffff)
}

/// The facts of the same, in the same order.
pub fn person_reports_of(
    store: &Store,
    order: &ReportOrder,
    moment: &Moment,
) -> Result<Vec<PersonReport>, Failure> {
    let (_, made, _) = made(store, order, moment)?;
    Ok(made.into_iter().map(|one| one.report).collect())
}

/// Everybody's who is wanted; beside them how many final ones wait for a consent slip: those are not printed.
fn made(
    store: &Store,
    order: &ReportOrder,
    moment: &Moment,
) -> Result<(Round, Vec<Made>, usize), Failure> {
    let round = store.round(&order.round).map_err(failed)?;
    let round = round.ok_or(Failure::new(Code::RoundUnknown))?;
    let unit = UnitCode(order.unit.clone());
    let units = store.units().map_err(failed)?;
    let contacts = store.unit_contacts().map_err(failed)?;
    units.get(&unit).ok_or(Failure::new(Code::UnitUnknown))?;
    let rounds = store.rounds().map_err(failed)?;
    let earlier = earlier_of(&rounds, &round);
    let mut people = examined_below(store, &units, round.id, &unit)?;
    let wanted = chosen(store, &order.people)?;
    if !wanted.is_empty() {
        people.retain(|(_, one)| wanted.contains(&one.person));
        if people.len() < wanted.len() {
            return Err(Failure::new(Code::PersonUnknown));
        }
    }
    let mut reports = Vec::with_capacity(people.len());
    let mut held = 0;
    let mut is_changed = false;
    for (at, (of, one)) in people.iter().enumerate() {
        let conclusions = store.conclusions(round.id, one.person).map_err(failed)?;
        is_changed |= conclusions.state == ConclusionState::LookAgain;
        if let MayPrint::Held = may_print(&conclusions, one.consent.as_ref()) {
            held += 1;
            continue;
        }
        let standing = Standing::of(store, &round, one)?;
        let is_wanted = match order.which {
            Which::All => true,
            Which::Final => standing.current.is_some(),
            Which::Due => standing.state.is_due(),
        };
        if !is_wanted {
            continue;
        }
        let view = store.person(one.person).map_err(failed)?;
        let view = view.ok_or(Failure::new(Code::PersonUnknown))?;
        let report = Telling {
            round: &round,
            earlier: &earlier,
            units: &units,
            contacts: &contacts,
            moment,
        }
        .of(one, &view, of);
        reports.push(Made {
            report: concluded(report, &conclusions, standing.held_before(), one),
            person: one.person,
            stop: one.checkup.as_ref().map_or_else(|| of.clone(), |c| c.stop.clone()),
            standing: standing.current,
            listed: LeftOut::of(at, one, Code::OutOfScope),
        });
    }
    if reports.is_empty() && held > 0 {
        return Err(Failure::new(Code::ConsentMissing));
    }
    if reports.is_empty() && order.which != Which::All {
        // Signed once is not never signed: who reads this has to know what to do.
        let code = if is_changed { Code::ReportChanged } else { Code::ReportNotFinal };
        return Err(Failure::new(code));
    }
    Ok((round, reports, held))
}

/// Where a doctor has signed over what stands: the findings as concluded, the advice, the name. Else a preview, which
/// says what keeps it one where somebody signed before.
/// `held`: the signature of an older version in their hand, which the changes are told against.
fn concluded(
    report: PersonReport,
    conclusions: &Conclusions,
    held: Option<Reference>,
    one: &StopPerson,
) -> PersonReport {
    let closed = closed(Catalogue::builtin(), one.consent.as_ref());
    let day = one.checkup.as_ref().and_then(|checkup| checkup.day).unwrap_or_default();
    match may_print(conclusions, one.consent.as_ref()) {
        MayPrint::Preview(mut pending) => {
            pending.retain(|why| why != SLIP_MISSING);
            let is_slip_missing = holds_report(one.consent.as_ref());
            let report = PersonReport { pending, is_slip_missing, ..report };
            let Some(conclusion) = gone_on(conclusions) else { return report };
            // What the doctor has said is on the paper that they look through before they sign again.
            let conclusion = agreed_to(conclusion, &closed);
            let findings = concluded_findings(&conclusion, day);
            PersonReport { findings, advice: conclusion.advice, ..report }
        }
        MayPrint::Held => report,
        MayPrint::Final(standing) => {
            let Ok(conclusion) = standing.fact.conclusion() else { return report };
            let conclusion = agreed_to(conclusion, &closed);
            PersonReport {
                version: standing.fact.version,
                findings: concluded_findings(&conclusion, day),
                advice: conclusion.advice,
                doctor: Some(standing.doctor.clone()),
                signed_on: standing.day.map(|day| day.to_string()).unwrap_or_default(),
                changes: changes_of(conclusions, held, &closed),
                ..report
            }
        }
    }
}

/// Without the findings that rest on what the family refused: their values are kept, and not printed.
fn agreed_to(mut conclusion: Conclusion, closed: &BTreeSet<ItemCode>) -> Conclusion {
    let catalogue = Catalogue::builtin();
    conclusion.findings.retain(|f| !rests_on_closed(catalogue, &f.rule, &f.code, f.item, closed));
    conclusion
}

/// Titles of earlier rounds, and every current result of one person by station with its range and those of the earlier rounds,
/// as a report prints them.
pub(crate) fn results_of(
    store: &Store,
    of: RoundId,
    person: PersonId,
) -> Result<(Vec<String>, Vec<ReportSection>), Failure> {
    let view = store.person(person).map_err(failed)?;
    let view = view.ok_or(Failure::new(Code::PersonUnknown))?;
    let rounds = store.rounds().map_err(failed)?;
    let round = rounds.iter().find(|round| round.id == of);
    let round = round.ok_or(Failure::new(Code::RoundUnknown))?;
    let checkup = store.stop_checkup(of, view.person).map_err(failed)?;
    let Some(checkup) = checkup else { return Ok((Vec::new(), Vec::new())) };
    let consent = store.consent(of, view.person).map_err(failed)?.of_kind(checkup.kind);
    let closed = closed(Catalogue::builtin(), consent.as_ref());
    let (sex, birth) = (view.details.sex, view.details.birth);
    let day = checkup.day.unwrap_or(round.from);
    let subject = Subject { kind: checkup.kind, sex, birth, day };
    let earlier = earlier_of(&rounds, round);
    let mut sections = sections(round, &earlier, &view, (&subject, &checkup.judgements, &closed));
    let told = told_rounds(&earlier, &mut sections);
    Ok((told.iter().map(|round| round.name.clone()).collect(), sections))
}

/// The rounds shown beside one, the last first.
fn earlier_of<'r>(rounds: &'r [Round], round: &Round) -> Vec<&'r Round> {
    let before = |other: &&Round| other.from < round.from;
    rounds.iter().rev().filter(before).take(EARLIER_ROUNDS_MAX).collect()
}

struct Telling<'a> {
    round: &'a Round,
    earlier: &'a [&'a Round],
    units: &'a UnitTree,
    contacts: &'a UnitContacts,
    moment: &'a Moment,
}

impl Telling<'_> {
    fn of(&self, one: &StopPerson, view: &PersonView, unit: &UnitCode) -> PersonReport {
        let checkup = one.checkup.as_ref();
        let day = checkup.and_then(|c| c.day).unwrap_or(self.moment.today);
        let details = &one.details;
        let subject = Subject { kind: one.kind, sex: details.sex, birth: details.birth, day };
        let age = details.birth.map(|birth| age_years(birth, day));
        let judgements = checkup.map(|c| c.judgements.as_slice()).unwrap_or_default();
        let closed = closed(Catalogue::builtin(), one.consent.as_ref());
        // A department's code stands for several items: the one that it rests on here may be refused by itself.
        let is_agreed = |j: &&Judgement| {
            !j.item.is_some_and(|item| closed.contains(&item))
                && !rests_on_closed(Catalogue::builtin(), &j.rule, &j.code, j.item, &closed)
        };
        let judgements: Vec<Judgement> = judgements.iter().filter(is_agreed).cloned().collect();
        let judgements = judgements.as_slice();
        let (mut fine, open) =
            fine_and_open(one, (view, self.round.id), &subject, judgements, &closed);
        let empty = BTreeMap::new();
        let results = checkup.map_or(&empty, |checkup| &checkup.results);
        let own = |item, value: &Value| own_of(view, self.round.id, item, value);
        let catalogue = &*one.catalogue;
        let ungraded = ungraded(catalogue, &subject, results, judgements, &closed, &own);
        let unjudged = without_standard(catalogue, &subject, results, judgements, &closed, &own);
        let is_unjudged = |name: &String| {
            let mut items = unjudged.keys().filter_map(|code| catalogue.item(*code));
            items.any(|item| item.name_zh == *name)
        };
        fine.retain(|name| !is_unjudged(name));
        let known = known_words(Catalogue::builtin(), &plain_of(one), &closed);
        let of = (&subject, judgements, &closed);
        let mut sections = sections(self.round, self.earlier, view, of);
        let told = told_rounds(self.earlier, &mut sections);
        let group = [one.grade.as_deref(), one.group.as_deref()];
        PersonReport {
            number: report_number(one.person, self.round.id),
            version: 1,
            round: self.round.name.clone(),
            unit: self.units.label(unit),
            group: group.into_iter().flatten().collect::<Vec<_>>().join(""),
            day: day.to_string(),
            name: details.name.clone(),
            sex: details.sex.map(Sex::zh).unwrap_or_default().to_owned(),
            age: age.map(|years| format!("{years}岁")).unwrap_or_default(),
            id_number: details.id_number.as_deref().map(mask_id).unwrap_or_default(),
            is_pupil: one.kind == PersonKind::Pupil,
            is_large_print: age.is_some_and(|years| years >= LARGE_PRINT_FROM_YEARS),
            fine,
            ungraded,
            unjudged: unjudged.into_values().collect(),
            known,
            open,
            findings: findings(judgements, day),
            sections,
            earlier: told.iter().map(|r| EarlierColumn { title: r.name.clone() }).collect(),
            advice: String::new(),
            phone: self.contacts.phone(unit).to_owned(),
            doctor: None,
            signed_on: String::new(),
            printed_on: self.moment.today.to_string(),
            changes: Vec::new(),
            pending: Vec::new(),
            is_slip_missing: false,
        }
    }
}

/// One value of each item.
fn plain_of(one: &StopPerson) -> BTreeMap<ItemCode, Value> {
    one.checkup.as_ref().map(|checkup| plain_values(&checkup.results)).unwrap_or_default()
}

pub(crate) fn plain_values(
    results: &BTreeMap<ItemCode, Vec<CurrentValue>>,
) -> BTreeMap<ItemCode, Value> {
    let values = results.iter();
    values.filter_map(|(item, values)| Some((*item, values.first()?.value.clone()))).collect()
}

/// What was judged and is not abnormal; what the package asks for and has no value. What the family refused is neither.
fn fine_and_open(
    one: &StopPerson,
    (view, round): (&PersonView, RoundId),
    subject: &Subject,
    judgements: &[Judgement],
    closed: &BTreeSet<ItemCode>,
) -> (Vec<String>, Vec<String>) {
    let catalogue = &*one.catalogue;
    let remarkable = judgements.iter().filter(|judgement| is_remarkable(catalogue, judgement));
    let abnormal: BTreeSet<ItemCode> =
        remarkable.flat_map(|judgement| items_of(catalogue, judgement)).collect();
    let empty = BTreeMap::new();
    let results = one.checkup.as_ref().map_or(&empty, |checkup| &checkup.results);
    let plain = plain_of(one);
    let mut fine = Vec::new();
    let mut open = Vec::new();
    for item in catalogue.items.iter().filter(|item| !closed.contains(&item.code)) {
        let values = results.get(&item.code).map(Vec::as_slice).unwrap_or_default();
        let is_present = values.iter().any(|value| value.value.is_present());
        // An answer a rule depends on is no finding by itself.
        let is_answer = catalogue
            .rules
            .iter()
            .any(|rule| rule.when.as_ref().is_some_and(|when| when.item == item.code));
        let is_answer = is_answer || item.asks.is_some();
        // Fine is only what a table says of this person; what nobody judged stands in the table of results alone.
        let is_within = values.iter().all(|value| {
            let mut with = plain.clone();
            with.insert(item.code, value.value.clone());
            let own = own_of(view, round, item.code, &value.value);
            range::is_within(catalogue, subject, item.code, &with, own)
        });
        if is_present && is_within && !is_answer && !abnormal.contains(&item.code) {
            fine.push(item.name_zh.clone());
        }
        // What a laboratory still has is waited for whether or not everybody is asked for it.
        let awaited = Value::Absent(AbsentReason::Awaited);
        let is_wanted = catalogue.package(one.kind).items.contains(&item.code)
            || values.iter().any(|value| value.value == awaited);
        if is_wanted && !is_present {
            let reason = values.iter().find_map(|value| match &value.value {
                Value::Absent(reason) => Some(reason.zh()),
                Value::Number(_) | Value::Choice(_) | Value::Text(_) => None,
            });
            let reason = reason.map(|reason| format!("（{reason}）")).unwrap_or_default();
            open.push(format!("{}{reason}", item.name_zh));
        }
    }
    (fine, open)
}

/// The range that its laboratory printed beside a current value of this round.
fn own_of<'v>(
    view: &'v PersonView,
    round: RoundId,
    item: ItemCode,
    value: &Value,
) -> Option<&'v PrintedRange> {
    let mut current = view.values.iter().filter(|v| v.round == round && v.current);
    current.find(|v| v.item == item && v.value == *value)?.own.as_ref()
}

fn findings(judgements: &[Judgement], day: chrono::NaiveDate) -> Vec<ReportFinding> {
    let catalogue = Catalogue::builtin();
    let findings = judgements.iter().filter(|judgement| judgement.level.is_finding());
    let mut told: Vec<ReportFinding> = findings
        .map(|judgement| {
            let row = catalogue.level(&judgement.rule, &judgement.code);
            let due = judgement_due(judgement, day).map(|due| due.to_string());
            ReportFinding {
                level: judgement.level.key(),
                seen: row
                    .map(|row| {
                        with_department(
                            catalogue,
                            &judgement.rule,
                            judgement.item,
                            row.said_to_person(),
                        )
                    })
                    .unwrap_or_default(),
                values: printed_value(catalogue, judgement),
                action: row.map(|row| row.to_person_zh.clone()).unwrap_or_default(),
                place: row.map(|row| row.where_zh.clone()).unwrap_or_default(),
                due: due.unwrap_or_default(),
            }
        })
        .collect();
    told.sort_by_key(|finding| finding.level);
    told
}
