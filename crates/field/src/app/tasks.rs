//! 随访 on a screen: today's stop, or one person, and the step of whoever works here. Thin: what may be said is `office`'s.

use super::{Opened, person_id};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use domain::ids::{OperatorId, UnitCode};
use domain::task::{Act, TaskState};
use office::{
    Chain, ChainStep, OpenElsewhere, OwnerCount, ReferralOrder, SheetCells, SheetFormat, SheetHeld,
    SheetOrder, StateCount, StepDraft, StepOrder, TaskCount, TaskLine, TaskWant,
};
use protocol::rpc::day::FileIn;
use protocol::rpc::session::Nothing;
use protocol::rpc::tasks::{
    ReferralsAsk, TaskAct, TaskChain, TaskChainsAsk, TaskChainsView, TaskCountRow, TaskCounts,
    TaskHeldAsk, TaskHeldCells, TaskHeldRow, TaskListRow, TaskRecordAsk, TaskRecorded,
    TaskSheetAsk, TaskSheetBack, TaskStates, TaskStep, TasksAsk, TasksElsewhere, TasksView,
};
use protocol::rpc::work::FileOut;
use protocol::{Code, Failure};

impl Opened {
    pub(super) fn tasks(&self, ask: &TasksAsk) -> Result<TasksView, Failure> {
        let today = self.today()?;
        let want = TaskWant::read(ask.which.as_deref(), ask.owner.as_deref())?;
        let round = ask.round.as_ref().unwrap_or(&today.choice.round);
        let (unit, list) = match ask.unit.as_deref() {
            Some("") => (None, self.home.tasks_everywhere(round, &want)?),
            Some(code) => {
                let unit = self.own_unit(code)?;
                let list = self.home.tasks(round, code, &want)?;
                (Some(unit), list)
            }
            None => (Some(today.unit.clone()), self.home.tasks(round, &today.unit.0, &want)?),
        };
        let units = self.home.store().units().map_err(crate::home::failed)?;
        let sight = self.sight()?;
        let mut held = self.home.held_task_rows()?;
        let mut seen = Vec::with_capacity(held.len());
        for row in &held {
            seen.push(match office::task_numbered(self.home.store(), &row.number) {
                Ok(task) => sight.sees(self.home.store(), task.person)?,
                Err(_) => true,
            });
        }
        let mut seen = seen.into_iter();
        held.retain(|_| seen.next().unwrap_or(false));
        let by = self.worker.as_ref().and_then(|worker| worker.operator);
        let own = office::own_units(self.home.store(), by)?;
        let by = by.unwrap_or(OperatorId(0));
        let held = held.into_iter().map(|row| office::readable_row(row, own.as_deref(), by));
        let name = |code: &UnitCode| {
            units.get(code).map_or_else(|| code.0.clone(), |unit| unit.name.clone())
        };
        // All of this device's units are one, where one is above them all.
        let sheet_unit = match (&unit, self.home.units_on_top()?.as_slice()) {
            (Some(unit), _) | (None, [unit]) => Some(unit.0.clone()),
            (None, _) => None,
        };
        Ok(TasksView {
            sheet_unit,
            unit: unit.map_or_else(|| "本机全部单位".to_owned(), |unit| name(&unit)),
            today: list.today,
            may_record: self.may_follow_up(),
            all: counts(&list.all),
            units: list.units.iter().map(count_row).collect(),
            owners: list.owners.iter().map(count_row).collect(),
            rows: list.rows.into_iter().map(list_row).collect(),
            left_out: count(list.left_out),
            held: held.map(held_row).collect(),
            elsewhere: list.elsewhere.into_iter().map(elsewhere_row).collect(),
        })
    }

    pub(super) fn task_chains(&self, ask: &TaskChainsAsk) -> Result<TaskChainsView, Failure> {
        let today = self.today()?;
        let chains = match (&ask.number, &ask.person) {
            (Some(number), _) => self.home.task_chains_of(number)?,
            (None, Some(person)) => {
                let person = person_id(person)?.0.to_string();
                self.home.task_chains(&today.choice.round, &person)?
            }
            (None, None) => return Err(Failure::new(Code::PersonUnknown)),
        };
        if !self.sight()?.sees(self.home.store(), person_id(&chains.person)?)? {
            return Err(Failure::new(Code::OutOfScope));
        }
        Ok(TaskChainsView {
            person: chains.person,
            name: chains.name,
            who: chains.who,
            phone: chains.phone,
            today: self.home.follow_up_day(&today.round).to_string(),
            may_record: self.may_follow_up(),
            chains: chains.chains.into_iter().map(chain).collect(),
        })
    }

    pub(super) fn task_record(&mut self, ask: &TaskRecordAsk) -> Result<TaskRecorded, Failure> {
        let order = StepOrder {
            task: ask.number.clone(),
            operator: self.following_operator(),
            day: Some(ask.day.clone()).filter(|day| !day.trim().is_empty()),
        };
        let draft = StepDraft {
            act: ask.act.clone(),
            way: ask.way.clone(),
            told: ask.told.clone(),
            at: ask.at.clone(),
            read_back: ask.read_back,
            place: ask.place.clone(),
            next: Some(ask.next.clone()),
            note: ask.note.clone(),
            replaces: ask.replaces.clone(),
            reason: ask.reason.clone(),
            anyway: ask.anyway,
        };
        let recorded = self.home.record_step(&order, &draft)?;
        Ok(TaskRecorded {
            is_new: recorded.new,
            state: recorded.state_zh.to_owned(),
            due: recorded.due,
            name: self.home.task_chains_of(&ask.number)?.name,
        })
    }

    pub(super) fn task_sheet(&mut self, ask: &TaskSheetAsk) -> Result<FileOut, Failure> {
        let today = self.today()?;
        let format = if ask.is_workbook { SheetFormat::Xlsx } else { SheetFormat::Pdf };
        let unit = match ask.unit.as_deref() {
            Some(code) => self.own_unit(code)?,
            None => today.unit.clone(),
        };
        let order = SheetOrder {
            round: Some(ask.round.clone().unwrap_or_else(|| today.choice.round.clone())),
            unit: unit.0.clone(),
            operator: self.following_operator(),
            format,
        };
        let (bytes, _) = self.home.task_sheet_bytes(&order)?;
        let media_type = if ask.is_workbook { super::day::XLSX } else { super::print::PDF };
        Ok(FileOut {
            name: format!("follow-up-{}-{}.{}", unit.0, today.choice.day, format.word()),
            media_type: media_type.to_owned(),
            content: BASE64.encode(&bytes),
        })
    }

    pub(super) fn referrals(&mut self, ask: &ReferralsAsk) -> Result<FileOut, Failure> {
        let today = self.today()?;
        let unit = match (ask.person.as_deref(), ask.unit.as_deref()) {
            (Some(_), _) => None,
            (None, Some(code)) => Some(self.own_unit(code)?),
            (None, None) => Some(today.unit.clone()),
        };
        let of = unit.as_ref().map_or("person", |unit| unit.0.as_str());
        let name = format!("referral-{of}-{}.pdf", today.choice.day);
        let order = ReferralOrder {
            round: Some(ask.round.clone().unwrap_or_else(|| today.choice.round.clone())),
            unit: unit.map(|unit| unit.0),
            people: ask.person.iter().cloned().collect(),
            operator: self.following_operator(),
        };
        let bytes = self.home.referral_bytes(&order)?;
        let media_type = super::print::PDF.to_owned();
        Ok(FileOut { name, media_type, content: BASE64.encode(&bytes) })
    }

    pub(super) fn task_sheet_in(&mut self, file: &FileIn) -> Result<TaskSheetBack, Failure> {
        let unreadable = |_| Failure::new(Code::RequestMalformed);
        let bytes = BASE64.decode(&file.content).map_err(unreadable)?;
        let operator = self.following_operator();
        let back = self.home.take_task_sheet(operator.as_deref(), (&file.name, &bytes))?;
        Ok(TaskSheetBack {
            rows: count(back.rows),
            blank: count(back.blank),
            taken: count(back.taken),
            known: count(back.known),
            held: count(back.held.len()),
        })
    }

    pub(super) fn task_held_drop(&mut self, ask: &TaskHeldAsk) -> Result<Nothing, Failure> {
        let operator = self.following_operator();
        self.home.drop_held_task_row(operator.as_deref(), &ask.id)?;
        Ok(Nothing {})
    }

    /// A unit of this device's by its code.
    pub(super) fn own_unit(&self, code: &str) -> Result<UnitCode, Failure> {
        let unit = UnitCode(code.to_owned());
        let is_own = self.home.scope()?.iter().any(|own| own.covers(&unit));
        is_own.then_some(unit).ok_or(Failure::new(Code::OutOfScope))
    }

    fn following_operator(&self) -> Option<String> {
        Some(self.worker.as_ref()?.operator?.to_string())
    }

    fn may_follow_up(&self) -> bool {
        office::following(self.home.store(), self.following_operator().as_deref()).is_ok()
    }
}

fn counts(of: &TaskCount) -> TaskCounts {
    TaskCounts {
        due: of.due,
        overdue: of.overdue,
        done: of.done,
        lost: of.lost,
        gone: of.gone,
        differs: of.differs,
    }
}

fn count_row(row: &OwnerCount) -> TaskCountRow {
    TaskCountRow {
        key: row.key.clone(),
        name: row.name.clone(),
        counts: counts(&row.count),
        states: states(&row.states),
    }
}

fn states(of: &StateCount) -> TaskStates {
    let count = |state| of.of(state);
    TaskStates {
        open: count(TaskState::Open),
        told: count(TaskState::Told),
        referred: count(TaskState::Referred),
        arrived: count(TaskState::Arrived),
        diagnosed: count(TaskState::Diagnosed),
        treated: count(TaskState::Treated),
        in_care: count(TaskState::InCare),
        controlled: count(TaskState::Controlled),
        cleared: count(TaskState::Cleared),
        lost: count(TaskState::Lost),
    }
}

fn phone(phone: &str, owner: &str) -> String {
    if phone.is_empty() || owner.is_empty() {
        phone.to_owned()
    } else {
        format!("{phone}（{owner}）")
    }
}

fn elsewhere_row(one: OpenElsewhere) -> TasksElsewhere {
    let (round, name, open, untold) = (one.round, one.name, one.open, one.untold);
    TasksElsewhere { round, name, open, untold }
}

fn list_row(line: TaskLine) -> TaskListRow {
    TaskListRow {
        phone: phone(&line.phone, &line.phone_owner),
        group: format!("{}{}", line.grade, line.group),
        number: line.number,
        person: line.person,
        name: line.name,
        who: line.who,
        level: line.level.to_owned(),
        state: line.state_zh.to_owned(),
        bucket: line.bucket.word().to_owned(),
        bucket_zh: line.bucket_zh.to_owned(),
        due: line.due,
        differs: line.differs,
        owner: line.owner,
        seen: line.seen,
        action: line.action,
    }
}

fn held_row(row: SheetHeld) -> TaskHeldRow {
    TaskHeldRow {
        id: row.id,
        file: row.file,
        row: row.row,
        number: row.number,
        text: row.text.to_owned(),
        person: row.person,
        cells: held_cells(row.cells),
    }
}

fn held_cells(cells: SheetCells) -> TaskHeldCells {
    let SheetCells { name, day, way, result, next, note, told, at, is_read_back, .. } = cells;
    TaskHeldCells { name, day, way, result, next, note, told, at, is_read_back }
}

fn chain(chain: Chain) -> TaskChain {
    let lines = chain.lines.iter().map(|line| {
        let seen = format!("{} {}", line.seen, line.value).trim().to_owned();
        let class = Some(&line.class).filter(|class| !class.is_empty());
        let seen = class.map_or(seen.clone(), |class| format!("{seen}（分级：{class}）"));
        if line.awaits_answer { format!("{seen}（还没有告知）") } else { seen }
    });
    let mut actions: Vec<&str> = Vec::new();
    for line in chain.lines.iter().filter(|line| !line.action.is_empty()) {
        if !actions.contains(&line.action.as_str()) {
            actions.push(&line.action);
        }
    }
    TaskChain {
        lines: lines.collect(),
        action: actions.join("；"),
        number: chain.number,
        round: chain.round,
        level: chain.level.to_owned(),
        state: chain.state_zh.to_owned(),
        bucket: chain.bucket.word().to_owned(),
        bucket_zh: chain.bucket_zh.to_owned(),
        day: chain.day,
        due: chain.due,
        differs: chain.differs,
        awaits_answer: chain.awaits_answer,
        may: chain.may.iter().filter_map(act).collect(),
        steps: chain.steps.into_iter().map(step).collect(),
    }
}

fn act(word: &&str) -> Option<TaskAct> {
    let act = Act::of_word(word)?;
    let code = act.code()?.to_string();
    Some(TaskAct { act: act.word().to_owned(), code, name: act.zh().to_owned() })
}

fn step(step: ChainStep) -> TaskStep {
    let code = act(&step.act).map(|act| act.code).unwrap_or_default();
    TaskStep {
        words: step.words_zh(),
        may: step.may.iter().filter_map(act).collect(),
        entry: step.entry,
        day: step.day,
        by: step.by,
        act: step.act.to_owned(),
        reason: step.reason,
        stands: step.stands,
        is_head: step.is_head,
        is_idle: step.is_idle,
        code,
        way: step.way,
        told: step.told,
        at: step.at,
        read_back: step.read_back,
        place: step.place,
        next: step.next,
        note: step.note,
        awaits_answer: step.awaits_answer,
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
