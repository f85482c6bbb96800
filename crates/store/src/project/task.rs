//! Follow-ups of findings: the steps about a checkup, where each finding stands after them, and lists that went out. What a
//! step leads to is `domain::task`'s; here it meets the entries.

use super::about::{About, AboutTable, facts_about};
use super::checkup::{CheckupRow, Input};
use super::conclusion::{conclusions_of, standing};
use super::packed::level_of;
use super::people::group_of;
use super::place::Stored;
use super::there::There;
use super::work::Work;
use crate::error::StoreError;
use crate::tx::{Sql, Tx, bits};
use chrono::NaiveDate;
use domain::catalogue::Catalogue;
use domain::conclusion::Answered;
use domain::ids::{PersonId, RoundId};
use domain::rule::Level;
use domain::task::{
    Basis, Lines, Stand, Step, bases, due, shared_rules, stand, task_number, task_rule,
};
use ledger::Reference;
use protocol::convert::{day_date, day_number};
use protocol::fact::{IssueFact, StepFact};
use protocol::{Fact, Header};
use std::collections::{BTreeMap, BTreeSet};

/// One step, read from its entry.
#[derive(Debug, Clone)]
pub(crate) struct StepAt {
    pub reference: Reference,
    /// Where else equal bytes stand.
    also: Vec<Reference>,
    pub header: Header,
    pub fact: StepFact,
}

/// One finding with everything said about it.
#[derive(Debug, Clone)]
pub(crate) struct TaskMade {
    pub rule: String,
    pub level: Level,
    /// None: the finding does not stand any more.
    pub basis: Option<Basis>,
    pub stand: Stand<Reference>,
    pub due: Option<NaiveDate>,
    /// Who said the last step that stands; 0 = nobody.
    pub operator: u64,
    /// Every step, by one name each.
    pub said: Vec<Step<Reference>>,
}

impl Work<'_> {
    pub(super) fn place_step(&mut self, one: &Stored, put: bool) -> Result<(), StoreError> {
        if self.place_about(AboutTable::Step, one, put)? {
            self.has_tasks = Some(true);
        }
        Ok(())
    }

    pub(super) fn place_issue(
        &mut self,
        one: &Stored,
        fact: &IssueFact,
        put: bool,
    ) -> Result<(), StoreError> {
        let key = [
            bits(one.round()).into(),
            Sql::Text(&fact.unit),
            one.unit_no.into(),
            one.writer_no.into(),
            bits(one.seq).into(),
            bits(one.hash8).into(),
        ];
        if !put {
            let sql = "DELETE FROM issue WHERE round = $1 AND unit = $2 AND unit_no = $3
                       AND writer_no = $4 AND seq = $5 AND hash8 = $6";
            self.tx.exec(sql, &key)?;
            return Ok(());
        }
        let [round, unit, unit_no, writer_no, seq, hash8] = key;
        self.tx.exec(
            "INSERT INTO issue (round, unit, unit_no, writer_no, seq, hash8, day, operator,
                 purpose, format, people)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING",
            &[
                round,
                unit,
                unit_no,
                writer_no,
                seq,
                hash8,
                one.day().into(),
                bits(one.entry.header.operator).into(),
                Sql::Text(&fact.purpose),
                Sql::Text(&fact.format),
                fact.rows.into(),
            ],
        )?;
        Ok(())
    }

    /// The tasks of one checkup, swapped with the row that goes with them.
    pub(super) fn settle_tasks(
        &mut self,
        round: u64,
        canon: PersonId,
        made: Option<(&Input, &CheckupRow)>,
    ) -> Result<(), StoreError> {
        let has_finding =
            made.is_some_and(|(_, row)| row.judgements.iter().any(|one| one.level >= Level::B));
        if !has_finding && !self.may_have_tasks()? && !self.may_have_conclusions()? {
            return Ok(());
        }
        let key = [bits(round).into(), canon.0.as_bytes().into()];
        for table in ["task", "task_number"] {
            let sql = format!("DELETE FROM {table} WHERE round = $1 AND person = $2");
            self.tx.exec(&sql, &key)?;
        }
        let Some((input, row)) = made else { return Ok(()) };
        let group = group_of(self.tx, canon)?;
        let concluded = match self.may_have_conclusions()? {
            true => conclusions_of(self.tx, round, &group)?,
            false => Vec::new(),
        };
        let steps = match self.may_have_tasks()? {
            true => steps_of(self.tx, round, &group)?,
            false => Vec::new(),
        };
        let there = There::of(self.catalogue, &row.judgements, &concluded, &input.said);
        for made in tasks_made(&there, row.day, &steps) {
            self.put_task((round, canon, &group), &row.unit.0, &made)?;
        }
        Ok(())
    }

    fn put_task(
        &mut self,
        (round, canon, group): (u64, PersonId, &[PersonId]),
        unit: &str,
        made: &TaskMade,
    ) -> Result<(), StoreError> {
        self.has_tasks = Some(true);
        let [round_bits, person, rule] =
            [bits(round).into(), canon.0.as_bytes().into(), Sql::Text(&made.rule)];
        let count = |n: usize| Sql::Int(i64::try_from(n).unwrap_or(i64::MAX));
        self.tx.exec(
            "INSERT INTO task (round, person, rule, unit, level, state, due, differs, has_basis,
                 tries, steps, operator)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            &[
                round_bits,
                person,
                rule,
                Sql::Text(unit),
                made.level.number().into(),
                made.stand.state.number().into(),
                made.due.map(day_number).into(),
                i64::from(made.stand.differs).into(),
                i64::from(made.basis.is_some()).into(),
                count(made.stand.tries),
                count(made.stand.standing.len()),
                bits(made.operator).into(),
            ],
        )?;
        // A number that was printed while another of the rules judged means the same follow-up.
        let shared = shared_rules(Catalogue::builtin(), &made.rule).into_iter();
        let rules: BTreeSet<&str> =
            shared.map(|rule| rule.key.as_str()).chain([made.rule.as_str()]).collect();
        for (id, own) in group.iter().flat_map(|id| rules.iter().map(move |rule| (id, rule))) {
            let number = task_number(RoundId(round), *id, own);
            let sql = "INSERT INTO task_number (number, round, person, rule)
                       VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
            self.tx.exec(sql, &[bits(number).into(), round_bits, person, rule])?;
        }
        Ok(())
    }

    /// False while there is nothing to follow up here: then nothing is looked up for each checkup.
    fn may_have_tasks(&mut self) -> Result<bool, StoreError> {
        if let Some(known) = self.has_tasks {
            return Ok(known);
        }
        let sql = "SELECT EXISTS (SELECT 1 FROM step) + EXISTS (SELECT 1 FROM task)";
        let has = self.tx.int(sql, &[])?.is_some_and(|tables| tables > 0);
        Ok(*self.has_tasks.insert(has))
    }
}

/// Every applied step about one checkup, in the order in which they can be told: whoever has seen more comes later.
pub(crate) fn steps_of(
    tx: &dyn Tx,
    round: u64,
    group: &[PersonId],
) -> Result<Vec<StepAt>, StoreError> {
    let found = facts_about(tx, AboutTable::Step, round, group)?.into_iter();
    let mut all: Vec<StepAt> = found
        .filter_map(|About { reference, also, header, fact }| match fact {
            Fact::Step(fact) => Some(StepAt { reference, also, header, fact }),
            _ => None,
        })
        .collect();
    all.sort_by_key(|one| (one.fact.saw.len(), one.header.day, one.reference));
    Ok(all)
}

/// Each finding of levels A and B, and each that steps speak of, with where it stands. By rule.
pub(crate) fn tasks_made(there: &There, day: Option<NaiveDate>, steps: &[StepAt]) -> Vec<TaskMade> {
    let concluded = standing(there.concluded).into_iter().filter(|one| !one.fact.withdrawn);
    let concluded: Vec<_> = concluded.filter_map(|one| one.fact.conclusion().ok()).collect();
    let takes_away = concluded.iter().flat_map(|one| &one.findings).any(Answered::takes_away);
    let differing = if takes_away { there.differing() } else { BTreeSet::new() };
    let mut basis: BTreeMap<String, Basis> =
        bases(there.catalogue, there.judgements, &concluded, &differing)
            .into_iter()
            .map(|basis| (basis.rule.clone(), basis))
            .collect();
    let first: BTreeMap<Reference, Reference> =
        steps.iter().flat_map(|one| one.also.iter().map(|also| (*also, one.reference))).collect();
    let named = |reference: Reference| first.get(&reference).copied().unwrap_or(reference);
    let rules: BTreeSet<String> = basis
        .keys()
        .cloned()
        .chain(steps.iter().map(|one| task_rule(&one.fact.rule).to_owned()))
        .collect();
    let made = rules.into_iter().map(|rule| {
        let of: Vec<&StepAt> =
            steps.iter().filter(|one| task_rule(&one.fact.rule) == rule).collect();
        let basis = basis.remove(&rule);
        // Of a finding that is gone, the level at which it was followed up.
        let was = of.iter().map(|one| u8::try_from(one.header.worst_level).unwrap_or(0)).max();
        let level = basis.as_ref().map_or_else(|| level_of(was.unwrap_or(0)), |b| b.level);
        let lines = basis.as_ref().map(|basis| lines_of(basis, (!of.is_empty()).then_some(there)));
        let lines = lines.unwrap_or_default();
        let said: Vec<Step<Reference>> = of
            .iter()
            .filter_map(|one| {
                let day = one.header.day.and_then(day_date);
                one.fact.step(one.reference, day, &named).ok()
            })
            .collect();
        let stand = stand(level, &lines, &said);
        let last = of.iter().rev().find(|one| stand.standing.contains(&one.reference));
        let due_days = basis.as_ref().and_then(|basis| basis.due_days);
        let due = basis.as_ref().and_then(|_| due(level, &stand, day, due_days));
        let operator = last.map_or(0, |one| one.header.operator);
        TaskMade { rule, level, basis, stand, due, operator, said }
    });
    made.collect()
}

/// The lines of a basis, each with the day on which it was there; without, where nobody asks.
pub(crate) fn lines_of(basis: &Basis, there: Option<&There>) -> Lines {
    let on = |key: String| {
        let day = there.and_then(|there| there.line(&basis.rule, &key));
        (key, day)
    };
    Lines {
        grave: basis.grave().into_iter().map(on).collect(),
        minor: basis.minor().into_iter().map(on).collect(),
    }
}
