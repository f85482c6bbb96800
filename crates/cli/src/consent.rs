//! 知情同意 on the command line.

use crate::args::ConsentCommand;
use crate::place::{Opened, open};
use crate::say::Said;
use field::{ConsentFileBack, ConsentLine, ConsentList, ConsentOrder};
use protocol::Failure;

pub fn consent(command: &ConsentCommand) -> Result<Said, Failure> {
    match command {
        ConsentCommand::List { place, round, unit } => {
            let list = match open(place)? {
                Opened::Device(home) => home.consents(round, unit)?,
                Opened::Server(console) => console.consents(round, unit)?,
            };
            Said::of(&list, list_lines(&list))
        }
        ConsentCommand::Import { place, round, unit, operator, file } => {
            let order = ConsentOrder {
                round: round.clone(),
                unit: unit.clone(),
                operator: operator.clone(),
                file: file.clone(),
            };
            let back = match open(place)? {
                Opened::Device(mut home) => home.import_consents(&order)?,
                Opened::Server(mut console) => console.import_consents(&order)?,
            };
            Said::of(&back, back_lines(&back))
        }
    }
}

fn list_lines(list: &ConsentList) -> Vec<String> {
    let mut lines = vec![format!(
        "学生 {} 人：同意 {}，部分同意 {}，全部不同意 {}，未交回 {}",
        list.pupils, list.given, list.given_but, list.refused, list.missing
    )];
    let line = |one: &ConsentLine| {
        let class = [one.grade.as_deref(), one.group.as_deref()];
        let class: String = class.into_iter().flatten().collect();
        let differs =
            if one.differs { "（两份说法不一样，按较严的执行）" } else { "" };
        let in_spite = match one.in_spite.is_empty() {
            true => String::new(),
            false => format!("；已有结果，请决定是否作废：{}", one.in_spite.join("、")),
        };
        format!("  {class} {}：{}{differs}{in_spite}", one.name, one.text)
    };
    lines.extend(list.lines.iter().map(line));
    lines
}

fn back_lines(back: &ConsentFileBack) -> Vec<String> {
    let mut lines = vec![format!(
        "{} 行：登记 {} 人，早已这样登记 {} 人，没有填写 {} 行，没有采用 {} 行",
        back.rows,
        back.taken,
        back.known,
        back.blank,
        back.problems.len()
    )];
    if back.kept > 0 {
        lines.push(format!(
            "  {} 人此前写明有不同意的项目，“全班”这一行没有改他们。家长改了主意的，请单独写一行",
            back.kept
        ));
    }
    let line = |one: &field::ConsentProblem| format!("  第 {} 行：{}", one.row, one.text);
    lines.extend(back.problems.iter().map(line));
    lines
}
