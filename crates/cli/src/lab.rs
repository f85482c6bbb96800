//! Tubes and laboratories on the command line.

use crate::args::{Arrive, LabCommand, Place};
use crate::device;
use crate::place::{Opened, open};
use crate::say::Said;
use field::{
    ArrivalKind, ArrivalOrder, HandoverDay, HeldRowOfLab, LabDecision, LabDoubt, LabImported,
    LabOrder, TubeBound, TubeOrder,
};
use protocol::{Code, Failure};
use serde_json::json;

pub fn lab(command: &LabCommand) -> Result<Said, Failure> {
    match command {
        LabCommand::Bind(bind) => {
            let order = TubeOrder {
                round: bind.round.clone(),
                unit: bind.unit.clone(),
                person: bind.person.clone(),
                code: bind.code.clone(),
                tube: bind.tube.clone(),
                reason: bind.reason.clone(),
                day: bind.day.clone(),
                operator: bind.operator.clone(),
                examiner: bind.examiner.clone(),
            };
            said_bound(&device::open_home(&bind.home)?.bind_tube(&order)?)
        }
        LabCommand::Spoil { home, round, code, reason } => {
            let bound = device::open_home(home)?.spoil_tube(round, code, reason)?;
            Said::of(&bound, vec![format!("{} {} 已登记需重采", bound.tube, bound.code)])
        }
        LabCommand::Import { place, round, laboratory, mapping, file } => {
            let order = LabOrder {
                round: round.clone(),
                laboratory: laboratory.clone(),
                mapping: mapping.clone(),
                file: file.clone(),
            };
            said_imported(&match open(place)? {
                Opened::Device(mut home) => home.import_lab(&order)?,
                Opened::Server(mut console) => console.import_lab(&order)?,
            })
        }
        LabCommand::List { place, round } => {
            let round = round.as_deref();
            let (held, strayed) = match open(place)? {
                Opened::Device(home) => (home.lab_held(round)?, home.lab_strayed(round)?),
                Opened::Server(console) => (console.lab_held(round)?, console.lab_strayed(round)?),
            };
            let mut lines: Vec<String> = held.iter().flat_map(held_lines).collect();
            lines.extend(
                strayed.iter().map(|one| format!("{} {}：{}", one.round, one.name, one.text)),
            );
            Said::of(&json!({ "held": held, "strayed": strayed }), lines)
        }
        LabCommand::Resolve { place, round, id, code, discard: _, accept } => {
            let round = round.as_deref();
            let decision = match code {
                Some(code) => LabDecision::Code(code),
                None if *accept => LabDecision::Accept,
                None => LabDecision::Discard,
            };
            said_imported(&match open(place)? {
                Opened::Device(mut home) => home.resolve_lab(round, id, decision)?,
                Opened::Server(mut console) => console.resolve_lab(round, id, decision)?,
            })
        }
        LabCommand::Arrive(arrive) => said_arrived(arrive),
        LabCommand::Arrivals { place, round, unit } => {
            let days = match open(place)? {
                Opened::Device(home) => home.handover_days(round, unit)?,
                Opened::Server(console) => console.handover_days(round, unit)?,
            };
            let lines = days.iter().flat_map(day_lines).collect();
            Said::of(&json!({ "days": days }), lines)
        }
        LabCommand::States { place, round, unit } => said_states(place, round, unit),
    }
}

fn said_states(place: &Place, round: &str, unit: &str) -> Result<Said, Failure> {
    let counts = match open(place)? {
        Opened::Device(home) => home.tube_counts(round, unit)?,
        Opened::Server(console) => console.tube_counts(round, unit)?,
    };
    let line = |c: &field::TubeCount| {
        format!(
            "{}：未检 {}，待回报 {}（在途 {}，已送达 {}，清点不符 {}），已回报 {}（部分回报 {}），需重采 {}",
            c.tube,
            c.not_drawn,
            c.awaited,
            c.on_the_way,
            c.arrived,
            c.undecided,
            c.reported,
            c.partly,
            c.redraw
        )
    };
    Said::of(&json!({ "tubes": counts }), counts.iter().map(line).collect())
}

fn said_arrived(arrive: &Arrive) -> Result<Said, Failure> {
    let count = |text: &String| {
        let (kind, number) = text.split_once('=')?;
        Some((kind.trim().to_owned(), number.trim().parse().ok()?))
    };
    let counts: Option<Vec<(String, u32)>> = arrive.counts.iter().map(count).collect();
    let order = ArrivalOrder {
        day: arrive.day.clone(),
        on: arrive.on.clone(),
        at: arrive.at.clone(),
        received_by: arrive.received_by.clone(),
        all: arrive.all,
        counts: counts.ok_or(Failure::at(Code::UsageInvalid, "--count"))?,
        missing: arrive.missing.clone(),
        reason: arrive.reason.clone(),
        withdraw: arrive.withdraw,
    };
    let (round, unit, operator) = (&arrive.round, &arrive.unit, arrive.operator.as_deref());
    let said = match open(&arrive.place)? {
        Opened::Device(mut home) => home.record_arrival(round, unit, &order, operator)?,
        Opened::Server(mut console) => console.record_arrival(round, unit, &order, operator)?,
    };
    let first = match (said.new, said.replaced) {
        (false, _) => "早已登记过同样的送达，没有重复记录",
        (true, _) if arrive.withdraw => "已撤回这一天的送达登记，原来的仍可查到",
        (true, 0) => "已登记送达，已保存",
        (true, _) => "已更正这一天的送达，已保存，原来的仍可查到",
    };
    let mut lines = vec![first.to_owned()];
    lines.extend(said.day.iter().flat_map(day_lines));
    Said::of(&said, lines)
}

fn day_lines(day: &HandoverDay) -> Vec<String> {
    let arrived = match (day.arrived_on.is_empty(), day.several) {
        (true, _) => "还没有登记送达".to_owned(),
        (false, is_several) => format!(
            "{} {} 送达，接收人 {}{}",
            day.arrived_on,
            day.at,
            day.received_by,
            if is_several {
                "；另有一份登记说的不一样，请核对后写明原因重新登记"
            } else {
                ""
            }
        ),
    };
    let mut lines = vec![format!("{} 采的管：{arrived}", day.day)];
    lines.extend(day.kinds.iter().map(kind_line));
    lines.extend(day.missing.iter().map(|one| {
        let next = if one.open {
            "：请决定是否需重采（lab spoil），后来收到了就更正登记"
        } else {
            ""
        };
        format!("  没有收到 {} {}　{}{next}", one.tube, one.code, one.state_zh)
    }));
    lines
}

fn kind_line(kind: &ArrivalKind) -> String {
    let Some((arrived, listed)) = kind.arrived.zip(kind.listed) else {
        return format!("  {}：送出 {}", kind.tube, kind.sent);
    };
    let mut line = format!("  {}：送出 {listed}，收到 {arrived}", kind.tube);
    match kind.difference.unwrap_or_default() {
        0 => {}
        less if less < 0 => line.push_str(&format!("，少 {}", -less)),
        more => line.push_str(&format!("，多 {more}")),
    }
    if kind.unnamed > 0 {
        line.push_str(&format!("（{} 支没有写明是哪一支）", kind.unnamed));
    }
    if kind.unlisted > 0 {
        line.push_str(&format!("（{} 支不在交接单上）", kind.unlisted));
    }
    if kind.since > 0 {
        line.push_str(&format!("；登记以后又有 {} 支，仍算在途", kind.since));
    }
    line
}

fn said_bound(bound: &TubeBound) -> Result<Said, Failure> {
    let line = match (bound.new, bound.replaced) {
        (false, _) => format!("{} {} 早已绑定此人，没有重复记录", bound.tube, bound.code),
        (true, 0) => format!("{} {} 已绑定，已保存", bound.tube, bound.code),
        (true, _) => format!("{} {} 已改绑，已保存，原来的绑定仍可查到", bound.tube, bound.code),
    };
    Said::of(bound, vec![line])
}

fn said_imported(imported: &LabImported) -> Result<Said, Failure> {
    let mut lines = vec![format!(
        "{}：{} 份报告，采用 {} 份（{} 项结果，其中更正 {} 项），没有变化 {} 份，需重采 {} 份",
        imported.laboratory,
        imported.reports,
        imported.applied,
        imported.results,
        imported.amended,
        imported.unchanged,
        imported.redraw
    )];
    if imported.known_file {
        lines.push("这份文件以前导入过".to_owned());
    }
    lines.extend(imported.doubts.iter().map(doubt_line));
    if !imported.alarms.is_empty() {
        lines.push(format!("A 级异常 {} 人，现在就告知：", imported.alarms.len()));
        lines.extend(imported.alarms.iter().map(alarm_line));
    }
    if !imported.held.is_empty() {
        lines.push(format!("待处理 {} 份：", imported.held.len()));
        lines.extend(imported.held.iter().flat_map(held_lines));
    }
    // A program that reads no list still hears that nothing came of the file.
    let is_refused = imported.reports == 0 && imported.held.iter().any(|held| held.row == 0);
    Ok(Said { ok: !is_refused, ..Said::of(imported, lines)? })
}

fn alarm_line(one: &field::LabAlarm) -> String {
    format!("  {} {} {}　{}", one.name, one.phone, one.found.join("；"), one.person)
}

fn doubt_line(doubt: &LabDoubt) -> String {
    let (row, code, analyte) = (doubt.row, &doubt.code, &doubt.analyte);
    let said = match doubt.kind {
        LabDoubt::RANGE_TURNED => {
            "参考范围上下限颠倒，结果已采用，参考范围用本系统的，请与检验科核对".to_owned()
        }
        LabDoubt::REFUSED => format!("家长不同意{}，没有采用", doubt.text),
        _ => format!("少见的数值，已采用，请与检验科核对：{}", doubt.text),
    };
    format!("  第 {row} 行 {code} {analyte}：{said}")
}

fn held_lines(held: &HeldRowOfLab) -> Vec<String> {
    let mut lines = vec![held_line(held)];
    lines.extend(held.lines.iter().map(|line| {
        let why = if line.text.is_empty() { String::new() } else { format!("：{}", line.text) };
        format!("    {} {}{why}", line.analyte, line.cell)
    }));
    lines
}

fn held_line(held: &HeldRowOfLab) -> String {
    let place = match held.row {
        0 if held.code.is_empty() => "整份文件".to_owned(),
        0 => format!("整份文件（{}）", held.code),
        row => format!("第 {row} 行 {}", held.code),
    };
    format!("  {} {} {} {place}：{}", held.id, held.round, held.file, held.text)
}
