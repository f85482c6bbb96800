//! Rounds on the command line: made, listed, moved to another version of the tables, and what they pay for.

use crate::args::{RoundCommand, RoundLevels, RoundPaid, RoundVersion};
use crate::central::open_data;
use crate::place::chosen_identifiers;
use crate::say::Said;
use protocol::Failure;
use serde_json::json;
use server::console::{LevelsOrder, NewRound, RoundMove};

/// Lines for a person to read; the workbook has all of them.
const LINES_MAX: usize = 60;

pub fn round(command: &RoundCommand) -> Result<Said, Failure> {
    match command {
        RoundCommand::Create { data, name, from, to, levels_confirmed_by, version } => {
            let new = NewRound {
                name: name.clone(),
                from: from.clone(),
                to: to.clone(),
                levels_confirmed_by: levels_confirmed_by.clone(),
            };
            let round = open_data(data)?.create_round_at(&new, *version)?;
            Said::of(&json!({ "round": round }), vec![format!("已新建轮次：{round}")])
        }
        RoundCommand::List(data) => {
            let rounds = open_data(data)?.rounds()?;
            let lines =
                rounds.iter().map(|r| format!("{} {} {}～{}", r.round, r.name, r.from, r.to));
            let lines = lines.collect();
            Said::of(&json!({ "rounds": rounds }), lines)
        }
        RoundCommand::Version(version) => round_version(version),
        RoundCommand::Paid(paid) => round_paid(paid),
        RoundCommand::Levels(levels) => round_levels(levels),
    }
}

fn round_version(ask: &RoundVersion) -> Result<Said, Failure> {
    let mut console = open_data(&ask.data)?;
    let Some(to) = ask.to else {
        let stands = console.round_version(&ask.round)?;
        let mut lines = vec![format!("{}：按第 {} 版标准判定", stands.name, stands.version)];
        for row in &stands.versions {
            let words = match (row.stands, row.stood) {
                (true, _) => "（现在用）",
                (false, true) => "（以前用过）",
                (false, false) => "",
            };
            lines.push(format!("  第 {} 版{words}", row.version));
        }
        if !stands.known {
            lines.push("本程序没有这一版标准，请升级程序。".to_owned());
        }
        return Said::of(&stands, lines);
    };
    // The list is written before the move: it says what stands now and what will.
    let identifiers = chosen_identifiers(ask.identifiers, &ask.purpose)?;
    let rows = match &ask.out {
        None => None,
        Some(out) => Some((out, console.write_round_move(&ask.round, to, &identifiers, out)?)),
    };
    let moved = if ask.yes {
        console.move_round(&ask.round, to)?
    } else {
        console.round_move(&ask.round, to)?
    };
    let mut lines = move_lines(&moved);
    if let Some((out, rows)) = rows {
        lines.push(format!("受影响的名单，{rows} 条：{}", out.display()));
    }
    lines.push(last_line(&moved).to_owned());
    Said::of(&moved, lines)
}

fn move_lines(moved: &RoundMove) -> Vec<String> {
    let (from, to) = (moved.from, moved.to);
    let mut lines = vec![format!(
        "{}：第 {from} 版 → 第 {to} 版，{} 份体检中 {} 份判定不同，其中已总检 {} 份",
        moved.name, moved.checkups, moved.otherwise, moved.signed
    )];
    if moved.grave_come + moved.grave_gone > 0 {
        lines.push(format!(
            "  A、B 级异常：{} 人有新增，{} 人有不再提出的",
            moved.grave_come, moved.grave_gone
        ));
    }
    for row in &moved.classes {
        lines.push(format!(
            "  {}：新增 {}，不再提出 {}，级别或期限变 {}",
            row.name, row.come, row.gone, row.changed
        ));
    }
    let units = moved.units.iter().take(LINES_MAX);
    lines.extend(units.map(|unit| format!("  {}：{} 份", unit.label, unit.checkups)));
    let left = moved.units.len().saturating_sub(LINES_MAX);
    if left > 0 {
        lines.push(format!("  另有 {left} 个单位，见名单（--out）"));
    }
    lines
}

fn last_line(moved: &RoundMove) -> &'static str {
    match (moved.moved, moved.from == moved.to) {
        (true, _) => {
            "已改用这一版标准：各设备下次同步后照此判定。已签发的总检不变，新出现的 A、B 级异常进入随访，不再提出的随访保留。"
        }
        (false, true) => "轮次已经在这一版，没有改动。",
        (false, false) => "以上只是预览，没有改动。核对后加 --yes 改用。",
    }
}

fn round_paid(ask: &RoundPaid) -> Result<Said, Failure> {
    let mut console = open_data(&ask.data)?;
    let is_asked = ask.everything || !ask.unpaid.is_empty();
    let paid = if is_asked {
        console.set_unpaid(&ask.round, &ask.unpaid)?
    } else {
        console.round_paid(&ask.round)?
    };
    let words = match paid.unpaid.as_slice() {
        [] => "套餐里的项目都付费".to_owned(),
        unpaid => format!("不付费：{}", unpaid.join("、")),
    };
    let mut lines = vec![format!("{}：{words}", paid.name)];
    if paid.new {
        let line = "已改。各设备下次同步后，不付费的项目不再询问，也不算漏项；已经录入的照常保留。";
        lines.push(line.to_owned());
    } else if is_asked {
        lines.push("与原来相同，没有改动。".to_owned());
    }
    Said::of(&paid, lines)
}

fn round_levels(ask: &RoundLevels) -> Result<Said, Failure> {
    let mut console = open_data(&ask.data)?;
    let order =
        LevelsOrder { levels: ask.level.clone(), tell: ask.tell.clone(), catalogue: ask.catalogue };
    let told = match ask.yes {
        true => console.set_round_levels(&ask.round, &order, &ask.confirmed_by)?,
        false => console.round_levels(&ask.round, &order)?,
    };
    let mut lines = level_lines(&told);
    let is_asked = ask.catalogue || !ask.level.is_empty() || !ask.tell.is_empty();
    if told.new {
        lines.extend(move_lines(&told.would).into_iter().skip(1));
        let would = &told.would;
        lines.push(format!(
            "{} 份体检中 {} 份级别或期限不同，其中已总检 {} 份（要再看）",
            would.checkups, would.otherwise, would.signed
        ));
    }
    lines.push(
        match (told.set, told.new, is_asked) {
            (true, ..) => {
                "已设定：各设备下次同步后照此提示和随访。设定以前已经提示过的异常，级别不会降低。"
            }
            (false, true, _) => "以上只是预览，没有改动。核对后加 --confirmed-by 姓名 --yes 设定。",
            (false, false, true) => "与原来相同，没有改动。",
            (false, false, false) => "改动用 --level、--tell，回到标准用 --catalogue。",
        }
        .to_owned(),
    );
    Said::of(&told, lines)
}

fn level_lines(told: &server::console::RoundLevels) -> Vec<String> {
    let by = match told.confirmed_by.as_str() {
        "" => "还没有人确认".to_owned(),
        name => format!("{name} 确认"),
    };
    let days = |days: Option<u16>| days.map(|days| format!("，{days} 天")).unwrap_or_default();
    let looser = |is: bool| if is { "【放宽】" } else { "" };
    let mut lines = vec![format!("{}：本区设置（{by}）", told.name)];
    if told.levels.is_empty() {
        lines.push("  级别和随访天数：全部按标准".to_owned());
    }
    lines.extend(told.levels.iter().map(|row| {
        let (own, was) = (days(row.days), days(row.catalogue_days));
        let (flag, name) = (looser(row.looser), &row.name);
        format!("  {flag}{name}：{}{own}（标准 {}{was}）", row.level, row.catalogue_level)
    }));
    lines.extend(told.tell.iter().map(|row| {
        let (flag, level) = (looser(row.looser), row.level);
        format!("  {flag}{level} 级告知期限：{} 天（设计 {} 天）", row.days, row.design)
    }));
    let loosened = told.levels.iter().filter(|row| row.looser).count()
        + told.tell.iter().filter(|row| row.looser).count();
    if loosened > 0 {
        lines.push(format!(
            "注意：{loosened} 项比标准或设计放宽（级别更低、随访更晚或告知更迟），请确认有依据再设定。"
        ));
    }
    lines
}
