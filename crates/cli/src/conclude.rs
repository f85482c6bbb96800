//! 总检 on the command line.

use crate::args::{ConcludeCommand, Sign};
use crate::place::{Opened, open};
use crate::say::Said;
use field::{ConcludeOrder, Draft, NormalPerson, ResultRow, Review, Signed};
use protocol::{Code, Failure};

pub fn conclude(command: &ConcludeCommand) -> Result<Said, Failure> {
    match command {
        ConcludeCommand::Show(of) => {
            let review = match open(&of.place)? {
                Opened::Device(home) => home.review(&of.round, &of.person)?,
                Opened::Server(console) => console.review(&of.round, &of.person)?,
            };
            Said::of(&review, review_lines(&review))
        }
        ConcludeCommand::Sign(sign) => {
            let order = ConcludeOrder {
                round: sign.of.round.clone(),
                person: sign.of.person.clone(),
                operator: Some(sign.by.operator.clone()),
                day: sign.by.day.clone(),
            };
            let draft = draft(sign)?;
            said_signed(&match open(&sign.of.place)? {
                Opened::Device(mut home) => home.conclude(&order, &draft)?,
                Opened::Server(mut console) => console.conclude(&order, &draft)?,
            })
        }
        ConcludeCommand::Withdraw { of, by, reason } => {
            let order = ConcludeOrder {
                round: of.round.clone(),
                person: of.person.clone(),
                operator: Some(by.operator.clone()),
                day: by.day.clone(),
            };
            let signed = match open(&of.place)? {
                Opened::Device(mut home) => home.withdraw_conclusion(&order, reason)?,
                Opened::Server(mut console) => console.withdraw_conclusion(&order, reason)?,
            };
            Said::of(&signed, vec!["总检已撤回，原来的签发仍可查到".to_owned()])
        }
        ConcludeCommand::List { place, round, unit } => {
            let list = match open(place)? {
                Opened::Device(home) => home.normals(round, unit)?,
                Opened::Server(console) => console.normals(round, unit)?,
            };
            let mut lines = vec![format!(
                "未见异常、可成批总检 {} 人；须逐个总检 {} 人；已总检 {} 人，需再看 {} 人，总检不一致 {} 人",
                list.normal.len(),
                list.one_by_one,
                list.signed,
                list.look_again,
                list.conflict
            )];
            lines.extend(list.normal.iter().map(normal_line));
            lines.push(format!("看过后签发：jkkc conclude all --mark {}", list.mark));
            Said::of(&list, lines)
        }
        ConcludeCommand::All { place, round, unit, by, mark } => {
            let order = ConcludeOrder {
                round: round.clone(),
                person: String::new(),
                operator: Some(by.operator.clone()),
                day: by.day.clone(),
            };
            let signed = match open(place)? {
                Opened::Device(mut home) => home.conclude_normals(&order, unit, mark)?,
                Opened::Server(mut console) => console.conclude_normals(&order, unit, mark)?,
            };
            let line = format!("已签发 {} 人的总检", signed.signed);
            let left_out = crate::report::left_out_line(&signed.left_out);
            Said::of(&signed, std::iter::once(line).chain(left_out).collect())
        }
    }
}

fn draft(sign: &Sign) -> Result<Draft, Failure> {
    let mut draft = match &sign.from {
        None => Draft::default(),
        Some(file) => {
            let bytes =
                std::fs::read(file).map_err(|_| Failure::at(Code::FileUnreadable, "--from"))?;
            serde_json::from_slice(&bytes)
                .map_err(|_| Failure::at(Code::ConclusionFile, "--from"))?
        }
    };
    draft.accept_rest |= sign.accept_rest;
    draft.advice = sign.advice.clone().or(draft.advice);
    if let Some(reason) = &sign.reason {
        draft.reason.clone_from(reason);
    }
    draft.mark = sign.mark.clone().or(draft.mark);
    Ok(draft)
}

fn said_signed(signed: &Signed) -> Result<Said, Failure> {
    let line = if signed.new {
        format!(
            "总检第 {} 版已签发：需要关注的结果 {} 条，不采用 {} 条",
            signed.version, signed.findings, signed.rejected
        )
    } else {
        format!("总检第 {} 版早已这样签发，没有重复记录", signed.version)
    };
    Said::of(signed, vec![line])
}

fn review_lines(review: &Review) -> Vec<String> {
    let mut lines = vec![format!("{}，看过后签发时写 --mark {}", review.state_zh, review.mark)];
    let mut station = "";
    for row in &review.results {
        if row.station != station {
            station = &row.station;
            lines.push(format!("  {station}"));
        }
        lines.push(result_line(&review.earlier, row));
    }
    lines.extend(review.changed.iter().map(|change| format!("  签发后的变化：{change}")));
    lines.extend(review.unsure.iter().map(|one| format!("  先核对：{one}")));
    for row in &review.proposed {
        lines.push(format!("  [{}] {} {}　{}", row.level, row.text, row.value, row.action));
        lines.push(format!("      {}/{} {}：{}", row.rule, row.code, row.item, row.standard));
        lines.extend(row.tables.iter().map(|table| format!("      {table}")));
    }
    for signed in &review.signed {
        let stands = if signed.stands { "有效" } else { "已被代替" };
        let day = signed.day.as_deref().unwrap_or_default();
        lines.push(format!("  第 {} 版 {day} {}（{stands}）", signed.version, signed.doctor));
        lines.extend(signed.findings.iter().map(|finding| format!("      {finding}")));
        lines.extend(signed.rejected.iter().map(|one| format!("      不采用 {one}")));
        if !signed.advice.is_empty() {
            lines.push(format!("      建议：{}", signed.advice));
        }
    }
    lines
}

/// `    收缩压 186 mmHg ↑（参考 90-139）　第三轮 142`.
fn result_line(rounds: &[String], row: &ResultRow) -> String {
    let mut line = format!("    {} {} {} {}", row.item, row.value, row.unit, row.arrow);
    line.truncate(line.trim_end().len());
    if !row.range.is_empty() {
        line.push_str(&format!("（参考 {}）", row.range));
    }
    let earlier = rounds.iter().zip(&row.earlier).filter(|(_, value)| !value.is_empty());
    let earlier: Vec<String> = earlier.map(|(round, value)| format!("　{round} {value}")).collect();
    line + &earlier.concat()
}

fn normal_line(one: &NormalPerson) -> String {
    let group = [one.grade.as_deref(), one.group.as_deref()];
    let group = group.into_iter().flatten().collect::<Vec<_>>().join("");
    format!("  {} {group}：{}（共 {} 项）", one.name, one.values.join("，"), one.of)
}
