//! 总检 over a store: what a doctor looks at, and the entry that they sign. The same on a device and the server. Whoever
//! signs says what they looked at (`mark`), so that nothing is signed over results that came in meanwhile.

mod draft;
mod normal;
mod order;
mod words;

pub(crate) use draft::gone_on;
pub use draft::{Draft, DraftAdded, DraftAnswer, DraftWord};
pub use normal::{NormalList, NormalPerson, NormalsSigned, normals, sign_normals};
pub use order::ConcludeOrder;
pub use words::{changes_of, concluded_findings, open_changes};

use crate::failed;
use crate::may_print::of_strayed;
use crate::person_report::results_of;
use domain::catalogue::Catalogue;
use domain::conclusion::{
    Added, Answer, Answered, Conclusion, ConclusionState, Refusal, check, is_left_to_the_doctor,
    proposed, source_of,
};
use domain::facts::differing;
use domain::followup::judgement_due;
use domain::ids::{ItemCode, OperatorId, PersonId, RoundId, UnitCode};
use domain::phrase::with_department;
use domain::rule::{Judgement, Level, printed_value};
use protocol::fact::{ConclusionFact, EntryReference};
use protocol::{Code, Entry, Fact, Failure, Header};
use serde::Serialize;
use std::collections::BTreeSet;
use store::{ConclusionView, Conclusions, Store};

/// The role that signs (DESIGN, section 2: the chief doctor signs; `protocol::fact::OperatorFact` has the roles).
pub const SIGNING_ROLE: &str = "doctor";

/// A finding that the rules propose, with what is behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProposedRow {
    pub rule: String,
    pub code: String,
    /// The key of the item it rests on; empty where there is none.
    pub item: String,
    pub level: &'static str,
    /// What was seen.
    pub text: String,
    pub value: String,
    pub action: String,
    pub due_days: Option<u16>,
    pub due: Option<String>,
    /// The standard with its year.
    pub standard: String,
    /// The tables its numbers stand in, with their titles.
    pub tables: Vec<String>,
    /// What the conclusion that stands says of it.
    pub answer: Option<DraftWord>,
    /// Its words, or why it was rejected.
    pub said: String,
    /// How grave it is the doctor says: a level, days and what to do go with other words for it.
    pub is_left_to_the_doctor: bool,
    /// What the conclusion that stands says of that.
    pub graded: Option<AddedRow>,
    /// What that conclusion says of another value than the one here, where it took the finding away or graded it down: no answer to
    /// this one, and not to be overlooked.
    pub earlier: Option<EarlierRow>,
    /// What was seen, in words for the person.
    pub seen_by_person: String,
    /// What the person is to do, as the table says; empty where it says nothing.
    pub to_person: String,
}

/// What was said of an earlier value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EarlierRow {
    pub value: String,
    pub answer: DraftWord,
    /// Its words, or why it was rejected.
    pub said: String,
    /// The level it was graded at; empty = not graded.
    pub level: &'static str,
}

/// A finding of the doctor's own, or how they graded one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AddedRow {
    pub level: &'static str,
    /// Empty where it is how a proposed finding was graded.
    pub text: String,
    pub due_days: Option<u16>,
    pub action: String,
}

/// One signature ever given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignedRow {
    pub version: u32,
    pub day: Option<String>,
    pub doctor: String,
    pub stands: bool,
    pub withdrawn: bool,
    pub reason: String,
    /// As they go onto the report.
    pub findings: Vec<String>,
    /// With the reason of each.
    pub rejected: Vec<String>,
    pub advice: String,
}

/// What a doctor looks at before signing, beside the results.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Review {
    pub person: String,
    pub state: ConclusionState,
    pub state_zh: &'static str,
    /// To be given back with the signature.
    pub mark: String,
    pub proposed: Vec<ProposedRow>,
    /// The doctor's own findings of the conclusion that stands.
    pub added: Vec<AddedRow>,
    pub advice: String,
    /// What is otherwise than when it was signed.
    pub changed: Vec<String>,
    /// What may be somebody else's: tubes whose code is not of this person by now.
    pub unsure: Vec<String>,
    /// Every version, the newest last.
    pub signed: Vec<SignedRow>,
    /// Titles of the earlier rounds beside the results, the last first.
    pub earlier: Vec<String>,
    /// Everything found out, with its range: what is signed is looked at.
    pub results: Vec<ResultRow>,
}

/// One result as the report prints it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ResultRow {
    pub station: String,
    pub item: String,
    pub value: String,
    pub unit: String,
    pub arrow: String,
    pub range: String,
    /// In the order of `Review::earlier`; empty = none then.
    pub earlier: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Signed {
    pub person: String,
    pub version: u32,
    /// False where the same stood already: nothing was written.
    pub new: bool,
    /// Findings that go onto the report.
    pub findings: usize,
    pub rejected: usize,
}

/// Where a signature may be written: a device's units and stops that take new work.
pub type MayWrite<'a> = &'a dyn Fn(&UnitCode) -> Result<(), Failure>;

/// The operator with this account or id, who has to be a doctor.
pub fn signing_doctor(store: &Store, named: Option<&str>) -> Result<OperatorId, Failure> {
    let refused = || Failure::new(Code::ConclusionRole);
    let named = named.ok_or_else(refused)?;
    let operators = store.operators().map_err(failed)?;
    let found = operators.iter().find(|o| o.account == named || o.id.to_string() == named);
    let operator = found.ok_or(Failure::new(Code::OperatorUnknown))?;
    if operator.role.trim() == SIGNING_ROLE { Ok(operator.id) } else { Err(refused()) }
}

/// What there is to conclude about one person.
pub fn review(store: &Store, round: RoundId, person: PersonId) -> Result<Review, Failure> {
    let conclusions = store.conclusions(round, person).map_err(failed)?;
    let stop = store.checkup_stop(round, person).map_err(failed)?;
    let standing = conclusions.standing();
    let stands = standing.and_then(|view| view.fact.conclusion().ok()).unwrap_or_default();
    let force = store.in_force(round).map_err(failed)?;
    let (earlier, sections) = results_of(store, round, person)?;
    let differing = differing(&conclusions.results);
    let row = |judgement: &Judgement| {
        let day = stop.as_ref().map(|(_, day)| *day);
        let is_its =
            |one: &&Answered| one.of(&conclusions.judgements).is_some_and(|of| of == judgement);
        let stood = stands.findings.iter().find(is_its);
        proposed_row(&force, judgement, day, (stood, &differing))
    };
    Ok(Review {
        person: person.0.to_string(),
        state: conclusions.state,
        state_zh: conclusions.state.zh(),
        mark: mark_of(&conclusions),
        proposed: proposed(&conclusions.judgements).map(row).collect(),
        added: stands.added.iter().map(added_row).collect(),
        advice: stands.advice.clone(),
        changed: open_changes(&conclusions, &Default::default()),
        unsure: conclusions.strayed.iter().map(|code| of_strayed(code)).collect(),
        signed: conclusions.all.iter().map(signed_row).collect(),
        earlier,
        results: sections.into_iter().flat_map(result_rows).collect(),
    })
}

fn result_rows(section: report::paper::ReportSection) -> impl Iterator<Item = ResultRow> {
    let station = section.station;
    section.rows.into_iter().map(move |row| ResultRow {
        station: station.clone(),
        item: row.item,
        value: row.value,
        unit: row.unit,
        arrow: row.arrow,
        range: row.range,
        earlier: row.earlier,
    })
}

fn added_row(added: &Added) -> AddedRow {
    AddedRow {
        level: added.level.key(),
        text: added.text.clone(),
        due_days: added.due_days,
        action: added.action.clone(),
    }
}

/// `force`: the catalogue in force in the round, whose rule and tables are named as the source. `stood`: what the conclusion that stands
/// says of it.
fn proposed_row(
    force: &Catalogue,
    judgement: &Judgement,
    day: Option<chrono::NaiveDate>,
    (stood, differing): (Option<&Answered>, &BTreeSet<ItemCode>),
) -> ProposedRow {
    let catalogue = Catalogue::builtin();
    let level = catalogue.level(&judgement.rule, &judgement.code);
    let (standard, tables) = source_of(force, &judgement.rule);
    let of_department =
        |said: &str| with_department(catalogue, &judgement.rule, judgement.item, said);
    let earlier =
        stood.filter(|one| !one.holds_of(catalogue, judgement, differing)).map(earlier_row);
    let stood = stood.filter(|one| one.holds_of(catalogue, judgement, differing));
    let graded = stood.and_then(|one| one.graded.as_ref()).map(|graded| AddedRow {
        level: graded.level.key(),
        text: String::new(),
        due_days: graded.due_days,
        action: graded.action.clone(),
    });
    let (answer, said) = match stood.map(said_of) {
        None => (None, String::new()),
        Some((answer, said)) => (Some(answer), said),
    };
    ProposedRow {
        rule: judgement.rule.clone(),
        code: judgement.code.clone(),
        item: key_of(judgement.item).to_owned(),
        level: judgement.level.key(),
        text: level.map(|row| of_department(&row.name_zh)).unwrap_or_default(),
        value: printed_value(catalogue, judgement),
        action: level.map(|row| row.action_zh.clone()).unwrap_or_default(),
        due_days: judgement.due_days,
        due: day.and_then(|day| judgement_due(judgement, day)).map(|due| due.to_string()),
        standard,
        tables,
        answer,
        said,
        is_left_to_the_doctor: is_left_to_the_doctor(&judgement.rule, &judgement.code),
        graded,
        earlier,
        seen_by_person: level.map(|row| of_department(row.said_to_person())).unwrap_or_default(),
        to_person: level.map(|row| row.to_person_zh.clone()).unwrap_or_default(),
    }
}

fn said_of(one: &Answered) -> (DraftWord, String) {
    match &one.answer {
        Answer::Accepted => (DraftWord::Accept, String::new()),
        Answer::Reworded(text) => (DraftWord::Reword, text.clone()),
        Answer::Rejected(reason) => (DraftWord::Reject, reason.clone()),
    }
}

fn earlier_row(one: &Answered) -> EarlierRow {
    let (answer, said) = said_of(one);
    let level = one.graded.as_ref().map_or("", |graded| graded.level.key());
    EarlierRow { value: one.value.clone(), answer, said, level }
}

fn key_of(item: Option<ItemCode>) -> &'static str {
    let item = item.and_then(|code| Catalogue::builtin().item(code));
    item.map_or("", |item| item.key.as_str())
}

fn signed_row(view: &ConclusionView) -> SignedRow {
    let conclusion = view.fact.conclusion().unwrap_or_default();
    let rejected = conclusion.findings.iter().filter_map(|one| match &one.answer {
        Answer::Rejected(reason) => Some(format!("{}：{reason}", words::finding_words(one))),
        Answer::Accepted | Answer::Reworded(_) => None,
    });
    SignedRow {
        version: view.fact.version,
        day: view.day.map(|day| day.to_string()),
        doctor: view.doctor.clone(),
        stands: view.is_standing,
        withdrawn: view.fact.withdrawn,
        reason: view.fact.reason.clone(),
        findings: words::lines(&conclusion),
        rejected: rejected.collect(),
        advice: conclusion.advice.clone(),
    }
}

/// Signs about the person whom the header names, with the doctor as its operator.
pub fn sign(
    store: &mut Store,
    header: &Header,
    draft: &Draft,
    may_write: MayWrite,
) -> Result<Signed, Failure> {
    let (round, person) = about(header)?;
    let conclusions = store.conclusions(round, person).map_err(failed)?;
    let is_examined =
        conclusions.results.values().flatten().any(|current| current.value.is_present());
    let stop = store.checkup_stop(round, person).map_err(failed)?.filter(|_| is_examined);
    let (unit, _) = stop.ok_or(Failure::new(Code::ConclusionEmpty))?;
    may_write(&unit)?;
    if draft.mark.as_ref().is_some_and(|mark| *mark != mark_of(&conclusions)) {
        return Err(Failure::new(Code::ConclusionMoved));
    }
    let conclusion = draft::said(&conclusions, draft)?;
    check(&conclusions.judgements, &conclusion).map_err(refused)?;
    let before = conclusions.standing().filter(|_| conclusions.state == ConclusionState::Signed);
    let stands = before.and_then(|view| Some((view.fact.version, view.fact.conclusion().ok()?)));
    if let Some((version, stands)) = stands
        && stands == trimmed(&conclusion)
    {
        return Ok(told(person, version, false, &conclusion));
    }
    if !conclusions.all.is_empty() && draft.reason.trim().is_empty() {
        return Err(Failure::new(Code::ReasonMissing));
    }
    let entry = entry_of(header, &conclusions, &conclusion, &draft.reason);
    let version = version_after(&conclusions);
    store.append(&unit, &[entry]).map_err(failed)?;
    Ok(told(person, version, true, &conclusion))
}

/// Withdraws whatever was signed, with the reason.
pub fn withdraw(
    store: &mut Store,
    header: &Header,
    reason: &str,
    may_write: MayWrite,
) -> Result<Signed, Failure> {
    if reason.trim().is_empty() {
        return Err(Failure::new(Code::ReasonMissing));
    }
    let (round, person) = about(header)?;
    let conclusions = store.conclusions(round, person).map_err(failed)?;
    if conclusions.state == ConclusionState::None {
        return Err(Failure::new(Code::NothingToChange));
    }
    let stop = store.checkup_stop(round, person).map_err(failed)?;
    let (unit, _) = stop.ok_or(Failure::new(Code::ConclusionEmpty))?;
    may_write(&unit)?;
    let fact = ConclusionFact {
        catalogue: conclusions.version,
        saw: saw(&conclusions),
        reason: reason.trim().to_owned(),
        withdrawn: true,
        version: version_after(&conclusions),
        ..ConclusionFact::default()
    };
    let version = fact.version;
    let entry = Entry { header: header.clone(), fact: Fact::Conclusion(fact) };
    store.append(&unit, &[entry]).map_err(failed)?;
    Ok(told(person, version, true, &Conclusion::default()))
}

fn about(header: &Header) -> Result<(RoundId, PersonId), Failure> {
    let person = protocol::convert::person_id(&header.person);
    Ok((RoundId(header.round), person.ok_or(Failure::new(Code::PersonUnknown))?))
}

fn told(person: PersonId, version: u32, new: bool, conclusion: &Conclusion) -> Signed {
    let is_rejected = |one: &&Answered| matches!(one.answer, Answer::Rejected(_));
    let rejected = conclusion.findings.iter().filter(is_rejected).count();
    let findings = conclusion.findings.len() + conclusion.added.len() - rejected;
    Signed { person: person.0.to_string(), version, new, findings, rejected }
}

pub(crate) fn entry_of(
    header: &Header,
    conclusions: &Conclusions,
    conclusion: &Conclusion,
    reason: &str,
) -> Entry {
    let is_kept = |one: &&Answered| !matches!(one.answer, Answer::Rejected(_));
    let levels = conclusion.findings.iter().filter(is_kept).map(Answered::shown_level);
    let worst = levels.chain(conclusion.added.iter().map(|one| one.level)).max();
    let worst_level = match worst {
        None | Some(Level::N) => 0,
        Some(Level::C) => 1,
        Some(Level::B) => 2,
        Some(Level::A) => 3,
    };
    let fact = ConclusionFact {
        catalogue: conclusions.version,
        seen: conclusions.seen.iter().map(EntryReference::from).collect(),
        saw: saw(conclusions),
        reason: if conclusions.all.is_empty() { "" } else { reason.trim() }.to_owned(),
        version: version_after(conclusions),
        ..ConclusionFact::of(conclusion)
    };
    Entry { header: Header { worst_level, ..header.clone() }, fact: Fact::Conclusion(fact) }
}

fn saw(conclusions: &Conclusions) -> Vec<EntryReference> {
    conclusions.all.iter().map(|view| EntryReference::from(&view.reference)).collect()
}

fn version_after(conclusions: &Conclusions) -> u32 {
    let highest = conclusions.all.iter().map(|view| view.fact.version).max();
    highest.unwrap_or(0).saturating_add(1)
}

/// As it is written: without white space around what was said.
fn trimmed(conclusion: &Conclusion) -> Conclusion {
    ConclusionFact::of(conclusion).conclusion().unwrap_or_default()
}

fn refused(refusal: Refusal) -> Failure {
    Failure::new(match refusal {
        Refusal::Unanswered => Code::ConclusionUnanswered,
        Refusal::ReasonMissing => Code::ReasonMissing,
        Refusal::NotProposed => Code::ConclusionFinding,
        Refusal::LevelNotTheirs => Code::ConclusionLevel,
        Refusal::TextMissing | Refusal::TooLong | Refusal::LevelMissing => Code::ConclusionInvalid,
    })
}

/// What was looked at, in 16 hexadecimal digits: the entries about the checkup, the conclusions, and what the rules say.
pub(crate) fn mark_of(conclusions: &Conclusions) -> String {
    let mut bytes = Vec::new();
    let conclusions_at = conclusions.all.iter().map(|view| &view.reference);
    for reference in conclusions.seen.iter().chain(conclusions_at) {
        bytes.extend(reference.writer.0);
        bytes.extend(reference.seq.to_be_bytes());
        bytes.extend(reference.hash8);
    }
    for judgement in proposed(&conclusions.judgements) {
        let Judgement { rule, code, item, level, .. } = judgement;
        let line = format!("{rule} {code} {} {}\n", key_of(*item), level.key());
        bytes.extend(line.into_bytes());
    }
    digits(&bytes)
}

fn digits(bytes: &[u8]) -> String {
    let hash = ledger::body_hash(bytes);
    hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
