//! 随访 on the command line.

use crate::args::{Place, RecordStep, TasksCommand};
use crate::place::{Opened, open};
use crate::say::Said;
use field::{
    Bucket, Chain, ChainLine, OpenElsewhere, OwnerCount, PersonChains, ReferralOrder, SheetFormat,
    SheetHeld, SheetOrder, StepDraft, StepOrder, StepRecorded, TaskLine, TaskList, TaskWant,
};
use protocol::{Code, Failure};
use serde_json::json;
use std::path::Path;

/// Rows for a person to read; a program has all of them.
const LINES_MAX: usize = 200;

pub fn tasks(command: &TasksCommand) -> Result<Said, Failure> {
    match command {
        TasksCommand::List { place, round, unit, which, owner } => {
            let want = TaskWant::read(which.as_deref(), owner.as_deref())?;
            let list = match open(place)? {
                Opened::Device(home) => home.tasks(round, unit, &want)?,
                Opened::Server(console) => console.tasks(round, unit, &want)?,
            };
            Said::of(&list, list_lines(&list))
        }
        TasksCommand::Show { place, round, person, task } => {
            let opened = open(place)?;
            let chains = match (task, round, person) {
                (Some(task), _, _) => match opened {
                    Opened::Device(home) => home.task_chains_of(task)?,
                    Opened::Server(console) => console.task_chains_of(task)?,
                },
                (None, Some(round), Some(person)) => match opened {
                    Opened::Device(home) => home.task_chains(round, person)?,
                    Opened::Server(console) => console.task_chains(round, person)?,
                },
                (None, _, _) => return Err(Failure::new(Code::UsageInvalid)),
            };
            Said::of(&chains, chain_lines(&chains))
        }
        TasksCommand::Record(record) => {
            let (order, draft) = step(record);
            let recorded = match open(&record.place)? {
                Opened::Device(mut home) => home.record_step(&order, &draft)?,
                Opened::Server(mut console) => console.record_step(&order, &draft)?,
            };
            said_recorded(&recorded)
        }
        TasksCommand::Export { place, round, unit, operator, out } => {
            export(place, round.as_deref(), unit, operator, out)
        }
        TasksCommand::Slips { place, round, unit, people, operator, out } => {
            let order = ReferralOrder {
                round: round.clone(),
                unit: unit.clone(),
                people: people.clone(),
                operator: Some(operator.clone()),
            };
            slips(place, &order, out)
        }
        TasksCommand::Import { place, operator, file } => import(place, operator, file),
        TasksCommand::Held(place) => {
            let held = match open(place)? {
                Opened::Device(home) => home.held_task_rows()?,
                Opened::Server(console) => console.held_task_rows()?,
            };
            Said::of(&json!({ "held": held }), held.iter().map(held_line).collect())
        }
        TasksCommand::Drop { place, operator, id } => {
            match open(place)? {
                Opened::Device(mut home) => home.drop_held_task_row(Some(operator), id)?,
                Opened::Server(mut console) => console.drop_held_task_row(Some(operator), id)?,
            }
            Said::of(&json!({ "id": id }), vec!["这一行已从待处理中拿掉".to_owned()])
        }
    }
}

fn export(
    place: &Place,
    round: Option<&str>,
    unit: &str,
    operator: &str,
    out: &Path,
) -> Result<Said, Failure> {
    let order = SheetOrder {
        round: round.map(str::to_owned),
        unit: unit.to_owned(),
        operator: Some(operator.to_owned()),
        format: SheetFormat::of_file(out)?,
    };
    let issued = match open(place)? {
        Opened::Device(mut home) => home.issue_task_sheet(&order, out)?,
        Opened::Server(mut console) => console.issue_task_sheet(&order, out)?,
    };
    let line = format!(
        "随访单已生成，{} 条，用途“{}”已记录：{}",
        issued.rows,
        issued.purpose,
        issued.file.display()
    );
    let mut lines = vec![line];
    lines.extend(issued.elsewhere.iter().map(elsewhere_line));
    Said::of(&issued, lines)
}

/// What another round has still to be done.
fn elsewhere_line(one: &OpenElsewhere) -> String {
    format!("另外，{}：加 --round {} 再做一份", one.words(), one.name)
}

fn slips(place: &Place, order: &ReferralOrder, out: &Path) -> Result<Said, Failure> {
    let issued = match open(place)? {
        Opened::Device(mut home) => home.issue_referrals(order, out)?,
        Opened::Server(mut console) => console.issue_referrals(order, out)?,
    };
    let line = format!(
        "转诊单已生成：{} 人，{} 张，{} 条异常，用途“{}”已记录：{}",
        issued.people,
        issued.slips,
        issued.findings,
        issued.purpose,
        issued.file.display()
    );
    let mut lines = vec![line];
    if issued.unsure > 0 {
        lines.push(format!("其中待核对 {} 条：条码现在绑在别人名下", issued.unsure));
    }
    lines.extend(issued.elsewhere.iter().map(elsewhere_line));
    Said::of(&issued, lines)
}

fn import(place: &Place, operator: &str, file: &Path) -> Result<Said, Failure> {
    let back = match open(place)? {
        Opened::Device(mut home) => home.import_task_sheet(Some(operator), file)?,
        Opened::Server(mut console) => console.import_task_sheet(Some(operator), file)?,
    };
    let mut lines = vec![format!(
        "{} 行：记下 {} 行，早已记过 {} 行，没有填写 {} 行，待处理 {} 行",
        back.rows,
        back.taken,
        back.known,
        back.blank,
        back.held.len()
    )];
    lines.extend(back.held.iter().map(held_line));
    Said::of(&back, lines)
}

fn held_line(held: &SheetHeld) -> String {
    let cells = &held.cells;
    let said = [&cells.day, &cells.result, &cells.way, &cells.next, &cells.note, &cells.told];
    let said: Vec<&str> = said.into_iter().map(String::as_str).filter(|c| !c.is_empty()).collect();
    let (id, file, row, number) = (&held.id, &held.file, held.row, &held.number);
    format!("  {id} {file} 第 {row} 行 {number}：{}（填的是：{}）", held.text, said.join("，"))
}

fn step(record: &RecordStep) -> (StepOrder, StepDraft) {
    let order = StepOrder {
        task: record.task.clone(),
        operator: Some(record.operator.clone()),
        day: record.day.clone(),
    };
    let draft = StepDraft {
        act: record.act.clone(),
        way: record.way.clone(),
        told: record.told.clone(),
        at: record.at.clone(),
        read_back: record.read_back,
        place: record.place_to.clone(),
        next: record.next.clone(),
        note: record.note.clone(),
        replaces: record.replaces.clone(),
        reason: record.reason.clone(),
        anyway: record.anyway,
    };
    (order, draft)
}

fn said_recorded(recorded: &StepRecorded) -> Result<Said, Failure> {
    let due = match &recorded.due {
        Some(due) => format!("，下次 {due} 前"),
        None => String::new(),
    };
    let line = if recorded.new {
        format!("{} 已保存：{}{due}", recorded.number, recorded.state_zh)
    } else {
        format!("{} 早已这样记过，没有重复记录：{}{due}", recorded.number, recorded.state_zh)
    };
    Said::of(recorded, vec![line])
}

fn list_lines(list: &TaskList) -> Vec<String> {
    let all = &list.all;
    let mut lines = vec![format!(
        "待随访 {}，已超期 {}，已完成 {}，失访 {}，依据已撤 {}（截至 {}）",
        all.due, all.overdue, all.done, all.lost, all.gone, list.today
    )];
    if all.differs > 0 {
        lines.push(format!("其中 {} 条两人记得不一样，请到个人页面看", all.differs));
    }
    let elsewhere =
        |one: &OpenElsewhere| format!("另外，{}：用 --round {} 看", one.words(), one.name);
    lines.extend(list.elsewhere.iter().map(elsewhere));
    lines.extend(list.units.iter().map(unit_line));
    lines.extend(list.rows.iter().take(LINES_MAX).map(task_line));
    let more = list.rows.len().saturating_sub(LINES_MAX) + list.left_out;
    if more > 0 {
        lines.push(format!("还有 {more} 条没有列出"));
    }
    lines
}

/// Where a unit's findings stand in the chain.
fn unit_line(unit: &OwnerCount) -> String {
    let count = &unit.count;
    let states = unit.states.words().join("，");
    format!("  {}：待随访 {}，已超期 {}；{states}", unit.name, count.due, count.overdue)
}

fn task_line(task: &TaskLine) -> String {
    // 失访 is said once.
    let heading = if task.bucket_zh == task.state_zh {
        String::new()
    } else {
        format!("，{}{}", due_words(task.due.as_deref(), task.bucket), task.bucket_zh)
    };
    format!(
        "  {} [{}] {} {}{} {}：{}；{}{heading}",
        task.number,
        task.level,
        task.name,
        task.grade,
        task.group,
        task.phone,
        task.seen,
        task.state_zh
    )
}

/// By when, before the heading: of what has ended nothing, where no day was agreed.
fn due_words(due: Option<&str>, bucket: Bucket) -> String {
    match (due, bucket) {
        (Some(due), _) => format!("{due} 前，"),
        (None, Bucket::Due | Bucket::Overdue) => "日期未定，".to_owned(),
        (None, Bucket::Done | Bucket::Lost | Bucket::Gone) => String::new(),
    }
}

/// What of one follow-up still waits while the rest of it is answered or ended.
fn waits_words(line: &ChainLine) -> &'static str {
    match (line.awaits_answer, line.level) {
        (false, _) => "",
        (true, "A") => "　← 还没有记明告诉了谁、几点、对方复述了没有",
        (true, _) => "　← 结束以后新出现的，还没有处理",
    }
}

fn chain_lines(chains: &PersonChains) -> Vec<String> {
    let mut lines = vec![format!("{} {}", chains.name, chains.phone)];
    for Chain {
        number, round, level, lines: seen, state_zh, bucket_zh, bucket, due, steps, ..
    } in &chains.chains
    {
        let due = match due_words(due.as_deref(), *bucket).trim_end_matches('，') {
            "" => String::new(),
            due => format!("，下次 {due}"),
        };
        let round = if round.is_empty() { String::new() } else { format!("（{round}）") };
        lines.push(format!("  {number} [{level}] {state_zh}，{bucket_zh}{due}{round}"));
        lines.extend(seen.iter().map(|l| {
            let class = Some(&l.class).filter(|class| !class.is_empty());
            let class = class.map(|class| format!("（分级：{class}）")).unwrap_or_default();
            format!("    {} {}{class}　{}{}", l.seen, l.value, l.action, waits_words(l))
        }));
        for step in steps {
            let stands = if step.stands { "" } else { "（已被代替）" };
            let day = step.day.as_deref().unwrap_or_default();
            let why = Some(&step.reason).filter(|reason| !reason.is_empty());
            let why = why.map(|reason| format!("（更正原因：{reason}）")).unwrap_or_default();
            lines.push(format!(
                "    {day} {} {}{stands}{why}　{}",
                step.words_zh(),
                step.by,
                step.entry
            ));
        }
    }
    lines
}
