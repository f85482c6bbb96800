//! Commands about reports for people: print them, list who signs for them, record who has which version.

use crate::args::{DeliverySaid, ReportCommand, ReportOf};
use crate::place::{self, Opened};
use crate::say::Said;
use field::{
    HandLine, HandList, HandOrder, Handed, LeftOut, ReportOrder, SummaryKind, SummaryOrder, Which,
};
use protocol::{Code, Failure};
use std::path::Path;

/// Rows for a person to read; a program has all of them.
const LINES_MAX: usize = 200;

pub fn report(command: &ReportCommand) -> Result<Said, Failure> {
    match command {
        ReportCommand::Person { of, out, which, people, operator } => {
            let which = Which::of_word(which).ok_or(Failure::at(Code::UsageInvalid, "--which"))?;
            let order = ReportOrder {
                round: of.round.clone(),
                unit: of.unit.clone(),
                which,
                people: people.clone(),
            };
            person(of, &order, operator.as_deref(), out)
        }
        ReportCommand::Summary { of, kind, out, show_small, purpose } => {
            summary(of, kind, out, (*show_small, purpose.clone()))
        }
        ReportCommand::Receipts { of, out } => {
            let made = match place::open(&of.place)? {
                Opened::Device(home) => home.receipts(&of.round, &of.unit, out)?,
                Opened::Server(console) => console.receipts(&of.round, &of.unit, out)?,
            };
            let line = format!(
                "签收单已生成：{} 人，要发 {} 人，旧版在手 {} 人：{}",
                made.people,
                made.due,
                made.holds_old,
                made.file.display()
            );
            Said::of(&made, vec![line])
        }
        ReportCommand::Holders { of } => {
            let list = match place::open(&of.place)? {
                Opened::Device(home) => home.hand_list(&of.round, &of.unit)?,
                Opened::Server(console) => console.hand_list(&of.round, &of.unit)?,
            };
            Said::of(&list, list_lines(&list))
        }
        ReportCommand::Received { of, said, people, all, except, taken_by } => {
            let order = HandOrder {
                people: people.clone(),
                all: *all,
                except: except.clone(),
                taken_by: taken_by.clone(),
                ..order(of, said)
            };
            let handed = match place::open(&of.place)? {
                Opened::Device(mut home) => home.record_received(&order)?,
                Opened::Server(mut console) => console.record_received(&order)?,
            };
            said_handed(&handed, "已记签收")
        }
        ReportCommand::NotReceived { of, said, people, reason } => {
            let order =
                HandOrder { people: people.clone(), reason: reason.clone(), ..order(of, said) };
            let handed = match place::open(&of.place)? {
                Opened::Device(mut home) => home.withdraw_received(&order)?,
                Opened::Server(mut console) => console.withdraw_received(&order)?,
            };
            said_handed(&handed, "已撤回签收")
        }
    }
}

fn summary(
    of: &ReportOf,
    kind: &str,
    out: &Path,
    (shows_small, list_purpose): (bool, Option<String>),
) -> Result<Said, Failure> {
    let kind = SummaryKind::of_word(kind);
    let order = SummaryOrder {
        kind: kind.ok_or(Failure::at(Code::UsageInvalid, "--kind"))?,
        round: of.round.clone(),
        unit: of.unit.clone(),
        shows_small,
        list_purpose,
    };
    let made = match place::open(&of.place)? {
        Opened::Device(home) => home.summarise(&order, out)?,
        Opened::Server(console) => console.summarise(&order, out)?,
    };
    let line = format!(
        "汇总已生成：实检 {} 人，因人数少不显示的率 {} 个：{}",
        made.people,
        made.hidden,
        made.file.display()
    );
    Said::of(&made, vec![line])
}

fn order(of: &ReportOf, said: &DeliverySaid) -> HandOrder {
    HandOrder {
        round: of.round.clone(),
        unit: of.unit.clone(),
        operator: Some(said.operator.clone()),
        day: said.day.clone(),
        ..HandOrder::default()
    }
}

fn person(
    of: &ReportOf,
    order: &ReportOrder,
    operator: Option<&str>,
    out: &Path,
) -> Result<Said, Failure> {
    let reported = match (place::open(&of.place)?, operator) {
        (Opened::Device(home), None) => home.report_people(order, out)?,
        (Opened::Server(console), None) => console.report_people(order, out)?,
        (Opened::Device(mut home), Some(by)) => home.print_people(by, order, out)?,
        (Opened::Server(mut console), Some(by)) => console.print_people(by, order, out)?,
    };
    let recorded = match operator {
        Some(_) => format!("，新登记打印 {} 人", reported.recorded),
        None => String::new(),
    };
    let mut lines = vec![format!(
        "已生成 {} 人的报告，其中已签发 {} 人（更正版 {} 人），其余为现场预览（未签发）{recorded}：{}",
        reported.people,
        reported.signed,
        reported.corrected,
        reported.file.display()
    )];
    if reported.without_consent > 0 {
        lines.push(format!(
            "另有 {} 人已签发，但知情同意书没有交回，没有打印。请登记交回的同意书后再出报告。",
            reported.without_consent
        ));
    }
    lines.extend(left_out_line(&reported.left_out));
    Said::of(&reported, lines)
}

fn said_handed(handed: &Handed, what: &str) -> Result<Said, Failure> {
    let line = format!("{what} {} 人，早已记过 {} 人", handed.recorded, handed.known);
    let left_out = left_out_line(&handed.left_out);
    Said::of(handed, std::iter::once(line).chain(left_out).collect())
}

/// Whom a batch left out, by their rows in its list.
pub fn left_out_line(left_out: &[LeftOut]) -> Option<String> {
    if left_out.is_empty() {
        return None;
    }
    let rows: Vec<String> = left_out.iter().map(|one| one.row.to_string()).collect();
    Some(format!(
        "另有 {} 人没有办理（名单第 {} 行）：在这个账号的单位以外检查的，请由管那里的账号办理；日期早于体检或签发那天的，请换那天以后的日期。",
        left_out.len(),
        rows.join("、")
    ))
}

fn list_lines(list: &HandList) -> Vec<String> {
    let mut lines = vec![format!(
        "检查过 {} 人：待发放 {}，已发放 {}，旧版在手 {}，未签发 {}",
        list.examined, list.not_given, list.given, list.holds_old, list.not_final
    )];
    lines.extend(list.lines.iter().take(LINES_MAX).map(line));
    if list.lines.len() > LINES_MAX {
        lines.push(format!("还有 {} 人没有列出", list.lines.len() - LINES_MAX));
    }
    lines
}

fn line(line: &HandLine) -> String {
    let version = line.version.map(|version| format!("　第 {version} 版")).unwrap_or_default();
    let printed = if line.printed { "（已打印）" } else { "" };
    let held = match line.holds {
        Some(held) => {
            format!("　手里第 {held} 版 {} {}", line.received_on, line.taken_by)
        }
        None => String::new(),
    };
    format!(
        "  {}{} {} {}{version}{printed}{held}",
        line.grade, line.group, line.name, line.state_zh
    )
}
