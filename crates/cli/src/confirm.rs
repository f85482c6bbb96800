//! 检查者确认 on the command line.

use crate::args::{ConfirmCommand, ConfirmOf};
use crate::place::{Opened, open};
use crate::say::Said;
use field::{ConfirmLine, ConfirmOrder, ConfirmSave};
use protocol::{Code, Failure};

pub fn confirm(command: &ConfirmCommand) -> Result<Said, Failure> {
    match command {
        ConfirmCommand::List { of, operator } => {
            let order = order(of, operator.as_deref(), None)?;
            let list = match open(&of.place)? {
                Opened::Device(home) => home.confirm_list(&order)?,
                Opened::Server(console) => console.confirm_list(&order)?,
            };
            let mut lines = vec![format!("代录后等检查者确认 {} 份", list.lines.len())];
            if operator.is_some() {
                lines.push(format!("其中这个账号可以确认 {} 份", list.mine));
            }
            lines.extend(list.lines.iter().map(words));
            Said::of(&list, lines)
        }
        ConfirmCommand::Sign { of, operator, entries, day } => {
            let order = order(of, Some(operator), day.as_deref())?;
            let save = |entry: &String| ConfirmSave { entry: entry.clone() };
            let saves: Vec<ConfirmSave> = entries.iter().map(save).collect();
            let done = match open(&of.place)? {
                Opened::Device(mut home) => home.confirm(&order, &saves)?,
                Opened::Server(mut console) => console.confirm(&order, &saves)?,
            };
            let mut lines = vec![format!("已确认 {} 份", done.confirmed)];
            if done.moved > 0 {
                let line = format!("{} 份已经改过、撤回或确认过，没有记", done.moved);
                lines.push(line);
            }
            Said::of(&done, lines)
        }
    }
}

fn order(
    of: &ConfirmOf,
    operator: Option<&str>,
    day: Option<&str>,
) -> Result<ConfirmOrder, Failure> {
    let day = day.map(|day| day.parse().map_err(|_| Failure::at(Code::ValueInvalid, "--day")));
    Ok(ConfirmOrder {
        round: of.round.clone(),
        unit: of.unit.clone(),
        operator: operator.map(str::to_owned),
        day: day.transpose()?,
    })
}

fn words(line: &ConfirmLine) -> String {
    let who = if line.mine { "（可由您确认）" } else { "" };
    let examiner = if line.examiner.is_empty() { "没有写明" } else { &line.examiner };
    format!(
        "  {} {}{who}　{}　检查者 {examiner}，录入 {}　{}",
        line.name,
        line.station_zh,
        line.values.join("；"),
        line.typed_by,
        line.entry
    )
}
