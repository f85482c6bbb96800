//! 总检 on a screen: the person whole with what is proposed, and the signature of whoever works here.

use super::stop::is_examined;
use super::{Opened, person_id};
use crate::home::failed;
use domain::catalogue::Catalogue;
use domain::conclusion::{ConclusionState, usual_due_days};
use domain::ids::ItemCode;
use domain::rule::{Level, worst_level};
use domain::value::Value;
use office::{
    AddedRow, ConcludeOrder, Draft, DraftAdded, DraftAnswer, DraftWord, ProposedRow, SignedRow,
};
use protocol::rpc::conclusion::{
    AnswerSaid, AnswerWord, ConcludeAllAsk, ConcludeAsk, ConcludeListView, ConcludeRow,
    ConcludedAll, ConclusionSigned, ConclusionView, EarlierAnswer, LevelDays, NormalRow,
    OwnFinding, ProposedFinding, SignedVersion,
};
use protocol::rpc::people::PersonAsk;
use protocol::{Code, Failure};
use std::collections::{BTreeMap, BTreeSet};
use store::{StopCheckup, StopPerson};

impl Opened {
    /// The person whole, with everything a signature is given over. What was looked at is marked before it is read:
    /// whatever comes in meanwhile keeps it from being signed.
    pub(super) fn conclusion(&self, ask: &PersonAsk) -> Result<ConclusionView, Failure> {
        let today = self.today()?;
        let store = self.home.store();
        let person = person_id(&ask.person)?;
        let view = store.person(person).map_err(failed)?;
        let view = view.ok_or(Failure::new(Code::PersonUnknown))?;
        let review = office::review(store, today.round.id, view.person)?;
        let checkup = store.stop_checkup(today.round.id, view.person).map_err(failed)?;
        let consent = self.consent_of(Some(&today), &view)?;
        let closed = domain::consent::closed(Catalogue::builtin(), consent.as_ref());
        Ok(ConclusionView {
            whole: self.person(ask)?,
            state: review.state_zh.to_owned(),
            mark: review.mark,
            may_sign: self.may_sign(),
            proposed: review.proposed.into_iter().map(proposed).collect(),
            added: review.added.into_iter().map(own_finding).collect(),
            usual_days: usual_days(),
            advice: review.advice,
            changed: review.changed,
            unsure: review.unsure,
            open: checkup
                .map(|one| open_items(&today.round.in_force(), one.kind, &one, &closed))
                .unwrap_or_default(),
            signed: review.signed.into_iter().map(version).collect(),
        })
    }

    pub(super) fn conclude(&mut self, ask: &ConcludeAsk) -> Result<ConclusionSigned, Failure> {
        let order = ConcludeOrder { person: ask.person.clone(), ..self.signing()? };
        let draft = Draft {
            answers: ask.answers.iter().map(draft_answer).collect::<Result<_, _>>()?,
            accept_rest: false,
            added: Some(ask.added.iter().map(draft_added).collect::<Result<_, _>>()?),
            advice: Some(ask.advice.clone()),
            reason: ask.reason.clone(),
            mark: Some(ask.mark.clone()),
        };
        let signed = self.home.conclude(&order, &draft)?;
        Ok(ConclusionSigned {
            version: signed.version,
            new: signed.new,
            findings: count(signed.findings),
            rejected: count(signed.rejected),
        })
    }

    /// The stop's normals to be looked through, and who has to be concluded one by one.
    pub(super) fn conclude_list(&self) -> Result<ConcludeListView, Failure> {
        let today = self.today()?;
        let list = self.home.normals(&today.choice.round, &today.unit.0)?;
        let frame = self.frame(Some(&today))?;
        let people = self.everyone(&today)?;
        let mut normal = Vec::with_capacity(list.normal.len());
        for one in &list.normal {
            let found = people.iter().find(|other| other.person.0.to_string() == one.person);
            let Some(found) = found else { continue };
            normal.push(NormalRow {
                row: frame.stop_row(found, &today.unit),
                values: one.values.clone(),
                of: count(one.of),
            });
        }
        let is_listed = |one: &&StopPerson| {
            let id = one.person.0.to_string();
            !list.normal.iter().any(|normal| normal.person == id)
        };
        let is_due = |one: &&StopPerson| {
            let state = one.checkup.as_ref().map(|checkup| checkup.conclusion);
            one.is_first_of(&today.unit)
                && is_examined(one.checkup.as_ref())
                && state != Some(ConclusionState::Signed)
        };
        let mut due: Vec<&StopPerson> = people.iter().filter(is_listed).filter(is_due).collect();
        due.sort_by_key(|one| std::cmp::Reverse(rank(one.checkup.as_ref())));
        let row = |one: &StopPerson| ConcludeRow {
            row: frame.stop_row(one, &today.unit),
            state: super::people::state_zh(one.checkup.as_ref()).to_owned(),
        };
        let whole = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
        Ok(ConcludeListView {
            mark: list.mark,
            may_sign: self.may_sign(),
            normal,
            one_by_one: due.into_iter().map(row).collect(),
            signed: whole(list.signed),
            look_again: whole(list.look_again),
            conflict: whole(list.conflict),
            unconfirmed: count(self.unconfirmed(&today)?.len()),
        })
    }

    pub(super) fn conclude_all(&mut self, ask: &ConcludeAllAsk) -> Result<ConcludedAll, Failure> {
        let unit = self.today()?.unit;
        let order = self.signing()?;
        let signed = self.home.conclude_normals(&order, &unit.0, &ask.mark)?;
        Ok(ConcludedAll {
            signed: count(signed.signed),
            left_out: signed.left_out.into_iter().map(|one| one.name).collect(),
        })
    }

    /// Today's round and day, and who works here.
    fn signing(&self) -> Result<ConcludeOrder, Failure> {
        let today = self.today()?;
        Ok(ConcludeOrder {
            round: today.choice.round,
            person: String::new(),
            operator: self.signing_operator(),
            day: Some(today.choice.day),
        })
    }

    fn signing_operator(&self) -> Option<String> {
        Some(self.worker.as_ref()?.operator?.to_string())
    }

    fn may_sign(&self) -> bool {
        office::signing_doctor(self.home.store(), self.signing_operator().as_deref()).is_ok()
    }
}

fn days(days: Option<u32>) -> Result<Option<u16>, Failure> {
    days.map(|days| u16::try_from(days).map_err(|_| Failure::new(Code::ConclusionInvalid)))
        .transpose()
}

fn draft_answer(said: &AnswerSaid) -> Result<DraftAnswer, Failure> {
    Ok(DraftAnswer {
        rule: said.rule.clone(),
        code: said.code.clone(),
        item: said.item.clone(),
        answer: match said.answer {
            AnswerWord::Accept => DraftWord::Accept,
            AnswerWord::Reword => DraftWord::Reword,
            AnswerWord::Reject => DraftWord::Reject,
        },
        text: said.text.clone(),
        level: said.level.clone(),
        due_days: days(said.due_days)?,
        action: said.action.clone(),
    })
}

fn draft_added(own: &OwnFinding) -> Result<DraftAdded, Failure> {
    let due_days = days(own.due_days)?;
    let (level, text, action) = (own.level.clone(), own.text.clone(), own.action.clone());
    Ok(DraftAdded { level, text, due_days, action })
}

fn own_finding(row: AddedRow) -> OwnFinding {
    let (level, due_days) = (row.level.to_owned(), row.due_days.map(u32::from));
    OwnFinding { level, text: row.text, due_days, action: row.action }
}

fn usual_days() -> Vec<LevelDays> {
    let of = |level: Level| LevelDays {
        level: level.key().to_owned(),
        due_days: usual_due_days(level).map(u32::from),
    };
    [Level::A, Level::B, Level::C].map(of).to_vec()
}

fn proposed(row: ProposedRow) -> ProposedFinding {
    ProposedFinding {
        rule: row.rule,
        code: row.code,
        item: row.item,
        level: row.level.to_owned(),
        text: row.text,
        value: row.value,
        action: row.action,
        due: row.due,
        standard: row.standard,
        tables: row.tables,
        answer: row.answer.map(answer_word),
        said: row.said,
        is_left_to_the_doctor: row.is_left_to_the_doctor,
        graded: row.graded.map(own_finding),
        earlier: row.earlier.map(|one| EarlierAnswer {
            value: one.value,
            answer: answer_word(one.answer),
            said: one.said,
            level: one.level.to_owned(),
        }),
        seen_by_person: row.seen_by_person,
        to_person: row.to_person,
    }
}

fn answer_word(answer: DraftWord) -> AnswerWord {
    match answer {
        DraftWord::Accept => AnswerWord::Accept,
        DraftWord::Reword => AnswerWord::Reword,
        DraftWord::Reject => AnswerWord::Reject,
    }
}

fn version(row: SignedRow) -> SignedVersion {
    SignedVersion {
        version: row.version,
        day: row.day,
        doctor: row.doctor,
        stands: row.stands,
        withdrawn: row.withdrawn,
        reason: row.reason,
        findings: row.findings,
        rejected: row.rejected,
        advice: row.advice,
    }
}

/// What has to be looked at again first, then the gravest.
fn rank(checkup: Option<&StopCheckup>) -> impl Ord {
    let worst = checkup.and_then(|checkup| worst_level(&checkup.judgements));
    (checkup.map(|checkup| checkup.conclusion), worst)
}

/// Mandatory items without a value: `心电图（拒检）`. What the family refused is not among them.
fn open_items(
    catalogue: &Catalogue,
    kind: domain::facts::PersonKind,
    checkup: &StopCheckup,
    closed: &BTreeSet<ItemCode>,
) -> Vec<String> {
    let empty = Vec::new();
    let results: &BTreeMap<ItemCode, _> = &checkup.results;
    let open = catalogue.items.iter().filter_map(|item| {
        let values = results.get(&item.code).unwrap_or(&empty);
        let is_asked = catalogue.package(kind).items.contains(&item.code);
        if !is_asked
            || closed.contains(&item.code)
            || values.iter().any(|current| current.value.is_present())
        {
            return None;
        }
        let reason = values.iter().find_map(|current| match &current.value {
            Value::Absent(reason) => Some(format!("（{}）", reason.zh())),
            Value::Number(_) | Value::Choice(_) | Value::Text(_) => None,
        });
        Some(format!("{}{}", item.name_zh, reason.unwrap_or_default()))
    });
    open.collect()
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
