//! Follow-ups as they stand: lists and counts of a unit, what a number on paper means, and one person's chains with every step
//! ever said. Not what may be said next (`domain::task`), nor who may say it.

use crate::directory::{in_force, operators};
use crate::error::StoreError;
use crate::open::Store;
use crate::project::{
    StepAt, There, canonical, conclusions_of, group_of, lines_of, read_person_id, said_of,
    steps_of, tasks_made,
};
use crate::stop::{OF_UNIT, checkup};
use crate::stream::array;
use crate::tx::{Row, Sql, bits, unbits};
use chrono::NaiveDate;
use domain::ids::{OperatorId, PersonId, RoundId, UnitCode};
use domain::rule::Level;
use domain::task::{Basis, Bucket, Lines, Stand, Step, TaskState, bucket, task_number, task_rule};
use ledger::Reference;
use protocol::convert::day_date;
use protocol::fact::StepFact;
use std::collections::{BTreeMap, BTreeSet};

/// One finding's follow-up, as a list has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskRow {
    pub round: RoundId,
    /// The canonical id.
    pub person: PersonId,
    pub rule: String,
    /// Counts the person: where listed, else where examined.
    pub unit: UnitCode,
    pub level: Level,
    pub state: TaskState,
    pub due: Option<NaiveDate>,
    pub differs: bool,
    pub has_basis: bool,
    pub tries: u32,
    /// Steps that stand.
    pub steps: u32,
    /// Who said the last step that stands.
    pub operator: Option<OperatorId>,
}

impl TaskRow {
    pub fn number(&self) -> u64 {
        task_number(self.round, self.person, &self.rule)
    }

    pub fn bucket(&self, today: NaiveDate) -> Bucket {
        bucket(self.state, self.has_basis, self.due, today)
    }
}

/// One step ever said.
#[derive(Debug, Clone, PartialEq)]
pub struct StepView {
    pub reference: Reference,
    pub day: Option<NaiveDate>,
    pub operator: OperatorId,
    /// Their name, where known; else the id.
    pub operator_name: String,
    pub fact: StepFact,
    /// Nothing stands in its place.
    pub stands: bool,
    /// No later one has seen it.
    pub is_head: bool,
}

/// One finding's whole chain.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskView {
    pub rule: String,
    pub level: Level,
    pub basis: Option<Basis>,
    /// The day of the finding.
    pub day: Option<NaiveDate>,
    /// The day on which what it rests on was there: a laboratory's report by the clock of whoever took it in, a doctor's own finding
    /// by the conclusion, else the day of the save. None where none is known.
    pub there: Option<NaiveDate>,
    /// The lines that stand, each with the same.
    pub lines: Lines,
    pub stand: Stand<Reference>,
    pub due: Option<NaiveDate>,
    /// In the order in which they can be told.
    pub steps: Vec<StepView>,
    /// The same as `domain::task` reads them.
    pub said: Vec<Step<Reference>>,
}

/// A list that went out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    pub unit: UnitCode,
    pub day: Option<NaiveDate>,
    pub operator: OperatorId,
    pub purpose: String,
    pub format: String,
    pub rows: u32,
}

/// A row that came back and was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldTaskRow {
    /// SHA-256 of what it is: the same again is the same row.
    pub id: [u8; 32],
    pub file: String,
    /// From 1; 0 = the file as a whole.
    pub row: u32,
    /// As the row has it.
    pub number: String,
    /// A reason's word.
    pub reason: String,
    /// What is written in it, as whoever held it keeps it; empty for what was held by an earlier program.
    pub cells: String,
}

const COLUMNS: &str = "t.round, t.person, t.rule, t.unit, t.level, t.state, t.due, t.differs,
     t.has_basis, t.tries, t.steps, t.operator";

/// People here with a finding of level A that stands, wherever they are listed and wherever they came first.
const GRAVE_HERE: &str = "SELECT DISTINCT t.person FROM task t
     JOIN checkup c ON c.round = t.round AND c.person = t.person
     WHERE t.round = $1 AND t.level = $3 AND t.has_basis <> 0 AND {of_unit}
     ORDER BY t.person";

const UNTOLD: &str = "SELECT DISTINCT person FROM task
     WHERE round = $1 AND level = $2 AND state = $3 AND has_basis <> 0 ORDER BY person";

impl TaskView {
    /// A level A that stands and of which nobody knows who was told, when, and that it was read back.
    pub fn is_unanswered(&self) -> bool {
        self.basis.is_some() && !self.stand.is_answered && !self.stand.is_given_up
    }
}

impl Store {
    /// The follow-ups of a unit and all below it, the worst level first, then by day.
    pub fn tasks(&self, round: RoundId, unit: &UnitCode) -> Result<Vec<TaskRow>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM task t
             WHERE t.round = $1 AND substr(t.unit, 1, length($2)) = $2
             ORDER BY t.level DESC, t.due IS NULL, t.due, t.unit, t.person, t.rule"
        );
        self.read(|tx| tx.rows(&sql, &[bits(round.0).into(), Sql::Text(&unit.0)], read_task))
    }

    /// Everybody of a round with a finding of level A or B that stands: a doctor's own and a graded one too, and none that was rejected.
    pub fn followed_people(&self, round: RoundId) -> Result<BTreeSet<PersonId>, StoreError> {
        let sql = "SELECT DISTINCT person FROM task WHERE round = $1 AND has_basis <> 0";
        let found =
            self.read(|tx| tx.rows(sql, &[bits(round.0).into()], |row| read_person_id(row, 0)))?;
        Ok(found.into_iter().collect())
    }

    /// What a number on paper means; several where two share one.
    pub fn tasks_numbered(&self, number: u64) -> Result<Vec<TaskRow>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM task_number n JOIN task t
             ON t.round = n.round AND t.person = n.person AND t.rule = n.rule
             WHERE n.number = $1 ORDER BY t.round, t.person, t.rule"
        );
        self.read(|tx| tx.rows(&sql, &[bits(number).into()], read_task))
    }

    /// Everything about the follow-ups of one person in a round.
    pub fn person_tasks(
        &self,
        round: RoundId,
        person: PersonId,
    ) -> Result<Vec<TaskView>, StoreError> {
        self.read(|tx| {
            let canon = canonical(tx, person)?;
            let group = group_of(tx, canon)?;
            let Some(checkup) = checkup(tx, &*in_force(tx, round)?, round, canon)? else {
                return Ok(Vec::new());
            };
            let concluded = conclusions_of(tx, round.0, &group)?;
            let steps = steps_of(tx, round.0, &group)?;
            let names: BTreeMap<u64, String> =
                operators(tx)?.into_iter().map(|o| (o.id.0, o.name)).collect();
            let (judgements, day) = (&checkup.judgements, checkup.day);
            let said = said_of(tx, &group, round.0)?;
            let there = There::of(self.catalogue(), judgements, &concluded, &said);
            let made = tasks_made(&there, day, &steps);
            let views = made.into_iter().map(|made| {
                let of = steps.iter().filter(|one| task_rule(&one.fact.rule) == made.rule);
                let views = of.map(|one| step_view(one, &made.stand, &names)).collect();
                let first = there.first(&made.rule, &|one| one.level == made.level);
                let lines = made.basis.as_ref().map(|basis| lines_of(basis, Some(&there)));
                TaskView {
                    rule: made.rule,
                    level: made.level,
                    basis: made.basis,
                    day,
                    there: first,
                    lines: lines.unwrap_or_default(),
                    stand: made.stand,
                    due: made.due,
                    steps: views,
                    said: made.said,
                }
            });
            Ok(views.collect())
        })
    }

    /// People listed or examined at `unit` with a finding of level A of which it is not known who was told, when, and that it was
    /// read back. Whoever is lost after tries with reasons is not among them.
    pub fn unanswered(
        &self,
        round: RoundId,
        unit: &UnitCode,
    ) -> Result<BTreeSet<PersonId>, StoreError> {
        let params = [bits(round.0).into(), Sql::Text(&unit.0), Level::A.number().into()];
        let sql = GRAVE_HERE.replace("{of_unit}", OF_UNIT);
        let found = self.read(|tx| tx.rows(&sql, &params, |row| read_person_id(row, 0)))?;
        let mut open = BTreeSet::new();
        for person in found {
            if self.person_tasks(round, person)?.iter().any(TaskView::is_unanswered) {
                open.insert(person);
            }
        }
        Ok(open)
    }

    /// Everybody of a round with a level A that stands at 待告知, wherever they are listed: one look along the key of `task`, for
    /// what is asked after every save. Whoever `unanswered` names is among them (`domain::task` keeps an A open until then).
    pub fn untold(&self, round: RoundId) -> Result<Vec<PersonId>, StoreError> {
        let [level, state] = [Level::A.number().into(), TaskState::Open.number().into()];
        self.read(|tx| {
            tx.rows(UNTOLD, &[bits(round.0).into(), level, state], |row| read_person_id(row, 0))
        })
    }

    /// Lists of a unit that went out, the last first.
    pub fn issued(&self, round: RoundId, unit: &UnitCode) -> Result<Vec<Issued>, StoreError> {
        let sql = "SELECT unit, day, operator, purpose, format, people FROM issue
                   WHERE round = $1 AND substr(unit, 1, length($2)) = $2
                   ORDER BY day DESC, unit, seq DESC, hash8";
        let wrong = |_| StoreError::Stored("issue");
        self.read(|tx| {
            tx.rows(sql, &[bits(round.0).into(), Sql::Text(&unit.0)], |row| {
                Ok(Issued {
                    unit: UnitCode(row.text(0)?.to_owned()),
                    day: date(row, 1)?,
                    operator: OperatorId(unbits(row.int(2)?)),
                    purpose: row.text(3)?.to_owned(),
                    format: row.text(4)?.to_owned(),
                    rows: u32::try_from(row.int(5)?).map_err(wrong)?,
                })
            })
        })
    }

    /// Rows that came back and were not taken, file by file.
    pub fn held_task_rows(&self) -> Result<Vec<HeldTaskRow>, StoreError> {
        let sql = "SELECT id, file, row_no, number, reason, cells FROM task_held
                   ORDER BY file, row_no, number, id";
        self.read(|tx| {
            tx.rows(sql, &[], |row| {
                let number = |n: i64| u32::try_from(n).map_err(|_| StoreError::Stored("task_held"));
                Ok(HeldTaskRow {
                    id: array(row.blob(0)?)?,
                    file: row.text(1)?.to_owned(),
                    row: number(row.int(2)?)?,
                    number: row.text(3)?.to_owned(),
                    reason: row.text(4)?.to_owned(),
                    cells: row.text(5)?.to_owned(),
                })
            })
        })
    }

    /// Keeps rows that were not taken; the same again has its newest reason.
    pub fn hold_task_rows(&mut self, rows: &[HeldTaskRow]) -> Result<(), StoreError> {
        let sql = "INSERT INTO task_held (id, file, row_no, number, reason, cells)
                   VALUES ($1, $2, $3, $4, $5, $6)
                   ON CONFLICT (id) DO UPDATE SET reason = excluded.reason, cells = excluded.cells";
        self.write(|tx| {
            for one in rows {
                let [file, number, reason, cells] =
                    [&one.file, &one.number, &one.reason, &one.cells].map(|text| Sql::Text(text));
                let params = [Sql::Blob(&one.id), file, one.row.into(), number, reason, cells];
                tx.exec(sql, &params)?;
            }
            Ok(())
        })
    }

    /// Somebody has looked at it. False where there is no such row.
    pub fn drop_task_row(&mut self, id: &[u8; 32]) -> Result<bool, StoreError> {
        self.write(|tx| {
            let found = tx.int("SELECT 1 FROM task_held WHERE id = $1", &[Sql::Blob(id)])?;
            tx.exec("DELETE FROM task_held WHERE id = $1", &[Sql::Blob(id)])?;
            Ok(found.is_some())
        })
    }
}

fn step_view(one: &StepAt, stand: &Stand<Reference>, names: &BTreeMap<u64, String>) -> StepView {
    let operator = one.header.operator;
    let name = names.get(&operator).cloned();
    StepView {
        reference: one.reference,
        day: one.header.day.and_then(day_date),
        operator: OperatorId(operator),
        operator_name: name.unwrap_or_else(|| format!("{operator:016x}")),
        fact: one.fact.clone(),
        stands: stand.standing.contains(&one.reference),
        is_head: stand.heads.contains(&one.reference),
    }
}

fn date(row: &dyn Row, column: usize) -> Result<Option<NaiveDate>, StoreError> {
    let day = row.opt_int(column)?.map(i32::try_from).transpose();
    Ok(day.map_err(|_| StoreError::Stored("day"))?.and_then(day_date))
}

fn read_task(row: &dyn Row) -> Result<TaskRow, StoreError> {
    let wrong = || StoreError::Stored("task");
    let level = row.int(4)?;
    let level = Level::ALL.into_iter().find(|one| i64::from(one.number()) == level);
    let count = |n: i64| u32::try_from(n).map_err(|_| wrong());
    let operator = unbits(row.int(11)?);
    Ok(TaskRow {
        round: RoundId(unbits(row.int(0)?)),
        person: read_person_id(row, 1)?,
        rule: row.text(2)?.to_owned(),
        unit: UnitCode(row.text(3)?.to_owned()),
        level: level.ok_or_else(wrong)?,
        state: TaskState::of_number(row.int(5)?).ok_or_else(wrong)?,
        due: date(row, 6)?,
        differs: row.int(7)? != 0,
        has_basis: row.int(8)? != 0,
        tries: count(row.int(9)?)?,
        steps: count(row.int(10)?)?,
        operator: (operator != 0).then_some(OperatorId(operator)),
    })
}
