//! Commands on a device's folder: enrol, record, look up, put right, bring home.

use crate::args::{Change, Find, HomeOnly, PersonCommand, Record, ResultCommand, Sync};
use crate::progress::SavedRows;
use crate::say::Said;
use field::{
    Abilities, App, Enrolment, FoundRow, Goal, Home, Key, NewPerson, RecordOrder, ResultChange,
    Synced, SystemHost, Watch, Woken,
};
use protocol::rpc::Command;
use protocol::rpc::session::AccountAsk;
use protocol::{Code, Failure};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Opens a device's folder. Every device command needs its key.
pub fn open(home: &Path, key_file: Option<&Path>) -> Result<Home, Failure> {
    Home::open(home, &key(key_file)?, Arc::new(SystemHost))
}

pub fn key(key_file: Option<&Path>) -> Result<Key, Failure> {
    field::read_key_file(key_file.ok_or(Failure::at(Code::KeyFileUnreadable, "--key-file"))?)
}

pub fn open_home(home: &HomeOnly) -> Result<Home, Failure> {
    open(&home.home, home.key_file.as_deref())
}

pub fn enrol(
    home: &HomeOnly,
    server: &str,
    code: &str,
    ca_pin: &str,
    name: &str,
) -> Result<Said, Failure> {
    let enrolment = Enrolment {
        server: server.to_owned(),
        code: code.to_owned(),
        ca_pin: ca_pin.to_owned(),
        name: name.to_owned(),
    };
    let key = key(home.key_file.as_deref())?;
    let enrolled = Home::enrol(&home.home, &key, Arc::new(SystemHost), &enrolment)?;
    let lines = vec![format!("已登记。负责单位：{}", enrolled.units.join("、"))];
    Said::of(&enrolled, lines)
}

pub fn record(record: &Record) -> Result<Said, Failure> {
    let mut home = open_home(&record.home)?;
    let order = RecordOrder {
        round: record.round.clone(),
        station: record.station.clone(),
        unit: record.unit.clone(),
        operator: record.operator.clone(),
        examiner: record.examiner.clone(),
    };
    let rows = SavedRows::begin();
    let recorded = home.record(&order, &record.from, &mut |saved, all| rows.tell(saved, all))?;
    rows.end();
    let mut lines = vec![format!(
        "已保存：{} 人，{} 项结果，新登记 {} 人",
        recorded.people, recorded.results, recorded.registered
    )];
    if !recorded.problems.is_empty() {
        lines.push(format!("需要留意 {} 处：", recorded.problems.len()));
    }
    for problem in recorded.problems.iter().take(PROBLEM_LINES_MAX) {
        lines.push(format!("  第 {} 行 {}：{}", problem.row, problem.column, problem.text));
    }
    Said::of(&recorded, lines)
}

/// Problems listed one by one for a person; JSON has all of them.
pub const PROBLEM_LINES_MAX: usize = 20;

pub fn person(command: &PersonCommand) -> Result<Said, Failure> {
    match command {
        PersonCommand::Show { home, person } => {
            let shown = open_home(home)?.show_person(person)?;
            let mut lines = vec![format!(
                "{} {} {}",
                shown.name,
                shown.birth.map(|b| b.to_string()).unwrap_or_default(),
                shown.id_number.clone().unwrap_or_default()
            )];
            for value in &shown.values {
                let mark = if value.conflict {
                    "待核对"
                } else if value.current {
                    ""
                } else {
                    "已更正"
                };
                lines.push(format!("  {} {} {mark}", value.name, value.value));
            }
            for finding in &shown.findings {
                lines.push(format!("  [{}] {} {}", finding.level, finding.text, finding.value));
            }
            Said::of(&shown, lines)
        }
        PersonCommand::Register {
            home,
            round,
            unit,
            name,
            id_number,
            sex,
            birth,
            phone,
            home_unit,
            pupil,
            operator,
        } => {
            let new = NewPerson {
                round: round.clone(),
                unit: unit.clone(),
                name: name.clone(),
                id_number: id_number.clone(),
                sex: sex.clone(),
                birth: birth.clone(),
                phone: phone.clone(),
                home: home_unit.clone(),
                pupil: *pupil,
                operator: operator.clone(),
            };
            let registered = open_home(home)?.register(&new)?;
            let line = if registered.new {
                "已登记，已保存"
            } else {
                "此人已在册，没有重复登记"
            };
            Said::of(&registered, vec![line.to_owned()])
        }
    }
}

pub fn result(command: &ResultCommand) -> Result<Said, Failure> {
    let (change, value) = match command {
        ResultCommand::Amend { change, value } | ResultCommand::Choose { change, value } => {
            (change, value.as_str())
        }
        ResultCommand::Void { change } => (change, ""),
    };
    let order = change_of(change);
    let mut home = open_home(&change.home)?;
    let changed = match command {
        ResultCommand::Amend { .. } => home.amend_result(&order, value)?,
        ResultCommand::Choose { .. } => home.choose_result(&order, value)?,
        ResultCommand::Void { .. } => home.void_result(&order)?,
    };
    Said::of(&changed, vec!["已保存，原来的数值仍可查到".to_owned()])
}

fn change_of(change: &Change) -> ResultChange {
    ResultChange {
        round: change.round.clone(),
        person: change.person.clone(),
        item: change.item.clone(),
        reason: change.reason.clone(),
        operator: change.operator.clone(),
        examiner: change.examiner.clone(),
        saw: Vec::new(),
        // A command is written out and not typed in passing; nobody is there to be asked.
        confirmed: true,
    }
}

pub fn sync(sync: &Sync) -> Result<Said, Failure> {
    let mut home = open_home(&sync.home)?;
    let synced = match (sync.until_done, sync.watch) {
        (false, false) => home.sync()?,
        (true, _) => home.keep_syncing(Goal::Done, &mut Terminal)?,
        (false, true) => home.keep_syncing(Goal::Never, &mut Terminal)?,
    };
    // For a hall without a network, as behind the screens. An older server has none to give; the next sync asks again.
    let _ = home.renew_hub_certificate(&[]);
    Said::of(&synced, synced_lines(&synced))
}

fn synced_lines(synced: &Synced) -> Vec<String> {
    let mut lines = vec![format!(
        "已上传 {} 条，收到 {} 条，待处理 {} 条",
        synced.pushed, synced.pulled, synced.held
    )];
    lines.extend(synced.healed_zh.map(str::to_owned));
    lines.extend(synced.presented_zh.map(str::to_owned));
    lines.extend(synced.dropped_zh.clone());
    lines.extend(synced.disk_zh.map(str::to_owned));
    lines.extend(synced.clock_zh.clone());
    lines.extend(synced.refused.iter().map(|r| format!("  未被接受：{r}")));
    lines
}

/// Tells of each run on standard error, and waits by this machine's clock. Nobody asks here: who wants a sync at
/// once starts the program anew.
struct Terminal;

impl Watch for Terminal {
    fn tell(&mut self, ran: &Result<Synced, Failure>, next: Option<Duration>) {
        match ran {
            Ok(synced) => synced_lines(synced).iter().for_each(|line| eprintln!("{line}")),
            Err(failure) => eprintln!("{}", failure.zh()),
        }
        if let Some(next) = next {
            eprintln!("{} 秒后再试，按 Ctrl-C 结束。", next.as_secs().max(1));
        }
    }

    fn wait(&mut self, next: Option<Duration>) -> Woken {
        let Some(next) = next else { return Woken::ToStop };
        std::thread::sleep(next);
        Woken::InTime
    }
}

pub fn let_go(home: &HomeOnly) -> Result<Said, Failure> {
    let gone = open_home(home)?.drop_closed()?;
    let line = gone.zh().unwrap_or_else(|| "没有可以移除的数据。".to_owned());
    Said::of(&gone, vec![line])
}

pub fn status(home: &HomeOnly) -> Result<Said, Failure> {
    let status = open_home(home)?.status()?;
    let level = |name: &str, level: &field::Level| {
        format!("{name}：本机录入 {} 条，全部 {} 条", level.own, level.all)
    };
    let mut lines = vec![
        level("已保存", &status.saved),
        level("已上传", &status.uploaded),
        level("已备份", &status.backed_up),
        format!("待上传 {} 条，待处理 {} 条", status.unsent, status.held),
    ];
    if status.carried > 0 {
        lines.push(format!("另有 {} 条已由别的设备带到服务器，本机联网后自动核对", status.carried));
    }
    lines.push(match &status.synced_at {
        Some(at) => format!("上次同步：{at}（本机时间）"),
        None => "还没有同步过".to_owned(),
    });
    if let Some(at) = &status.backup_at {
        lines.push(format!("服务器最近备份：{at}"));
    }
    if status.dropped.all > 0 {
        lines.push(level("已移除（站点已结束，均已备份）", &status.dropped));
    }
    lines.extend(status.dropped_warning.clone());
    lines.extend(status.clock_warning.clone());
    Said::of(&status, lines)
}

pub fn find(find: &Find) -> Result<Said, Failure> {
    let found = open_home(&find.home)?.find(&find.text)?;
    let mut lines: Vec<String> = found.iter().map(found_line).collect();
    if lines.is_empty() {
        lines.push("没有找到。可换身份证号码后几位、姓名、拼音首字母或电话再试。".to_owned());
    }
    Said::of(&serde_json::json!({ "people": found }), lines)
}

fn found_line(found: &FoundRow) -> String {
    let birth = found.birth.map(|birth| birth.to_string());
    let parts = [
        Some(found.name.clone()),
        birth,
        found.id_number.clone(),
        found.unit_label.clone(),
        found.grade.clone(),
        found.group.clone(),
        Some(found.person.clone()),
    ];
    parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Who can open this device.
pub fn slots(home: &HomeOnly) -> Result<Said, Failure> {
    let shown = field::slots(&home.home, &SystemHost)?;
    Said::of(&shown, slot_lines(&shown))
}

fn slot_lines(shown: &field::SlotsShown) -> Vec<String> {
    let mut lines: Vec<String> =
        shown.slots.iter().map(|slot| format!("{} {}", slot.account, slot.name)).collect();
    lines.push(if shown.recovery { "恢复密钥：有" } else { "恢复密钥：没有" }.to_owned());
    lines
}

/// Checks a password; the key stays inside.
pub fn unlock(home: &HomeOnly, account: &str) -> Result<Said, Failure> {
    let key = field::unlock(&home.home, account, &password()?, &SystemHost)?;
    Home::open(&home.home, &key, Arc::new(SystemHost))?;
    Said::of(&serde_json::json!({ "unlocked": true }), vec!["密码正确，数据能打开。".to_owned()])
}

/// An operator's slot on a device whose key is kept in a file, so that the field app opens it by a password too.
pub fn account(home: &HomeOnly, code: &str) -> Result<Said, Failure> {
    let mut app = App::new(&home.home, Arc::new(SystemHost), Abilities::default());
    app.open_with_key(key(home.key_file.as_deref())?, None)?;
    let ask = AccountAsk { account_code: code.to_owned(), password: password()? };
    app.call(Command::AccountAdd(ask))?;
    slots(home)
}

pub fn recover(home: &HomeOnly, account: &str, identity: &Path) -> Result<Said, Failure> {
    let identity =
        std::fs::read_to_string(identity).map_err(|_| Failure::new(Code::BackupIdentityInvalid))?;
    let host = Arc::new(SystemHost);
    let shown = field::recover(&home.home, &identity, account, &password()?, host)?;
    let mut lines = vec!["已用恢复密钥设定新密码。".to_owned()];
    lines.extend(slot_lines(&shown));
    Said::of(&shown, lines)
}

/// One line of standard input: a password never stands in a command's words, where others can read it.
fn password() -> Result<String, Failure> {
    let mut line = String::new();
    let read = std::io::stdin().read_line(&mut line);
    read.map_err(|_| Failure::new(Code::PasswordWrong))?;
    Ok(line.trim_end_matches(['\n', '\r']).to_owned())
}
