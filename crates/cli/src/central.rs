//! Commands on a server's folder: set up, run, look at, and what only a server may write.

use crate::args::{
    DataOnly, EnrolCommand, ExaminerCommand, NewUnitKind, OperatorCommand, Serve, ServerCommand,
    StopCommand, UnitCommand,
};
use crate::place::{self, Opened};
use crate::say::Said;
use field::ContactOrder;
use protocol::{Code, Failure};
use serde_json::json;
use server::console::{Console, OperatorRow, Status, UnitRow};
use server::{BackupOrder, RangeAtRisk, RestoreOrder};
use std::path::Path;

/// Opens a server's folder beside a running server.
pub fn open(data: &Path, key_file: Option<&Path>) -> Result<Console, Failure> {
    Console::open(data, key_file)
}

pub fn open_data(data: &DataOnly) -> Result<Console, Failure> {
    open(&data.data, data.key_file.as_deref())
}

fn status_lines(status: &Status) -> Vec<String> {
    let mut lines = vec![format!(
        "{} 个轮次，{} 台设备（{} 台尚未同步），{} 人，{} 条记录，待处理 {} 条",
        status.rounds,
        status.devices,
        status.devices_silent,
        status.people,
        status.entries,
        status.held
    )];
    lines.extend(status.healed_zh.map(str::to_owned));
    if let Some(waiting) = status.waiting_zh {
        lines.push(format!("{} 台设备等待确认：{waiting}", status.devices_waiting));
    }
    lines.push(match &status.backup {
        Some(last) => format!("最近备份：{}，已备份 {} 条", last.made_at, last.entries),
        None => "还没有备份。请用 jkkc server backup 备份。".to_owned(),
    });
    if let Some(made_at) = &status.restored_from {
        lines.push(format!("本服务器由 {made_at} 的备份恢复"));
    }
    lines
}

pub fn server(command: &ServerCommand) -> Result<Said, Failure> {
    match command {
        ServerCommand::Init { data, hosts } => {
            let made = server::init(&data.data, data.key_file.as_deref(), hosts)?;
            let lines = vec![
                "服务器已建立。".to_owned(),
                format!("证书指纹：{}", made.ca_pin),
                format!("数据密钥：{}（请另存一份，丢失则数据打不开）", made.key_file.display()),
            ];
            Said::of(&made, lines)
        }
        ServerCommand::Status(data) => {
            let status = open_data(data)?.status()?;
            let lines = status_lines(&status);
            Said::of(&status, lines)
        }
        ServerCommand::Backup { data, out, recipients, recipients_file } => {
            let order = BackupOrder {
                data: data.data.clone(),
                key_file: data.key_file.clone(),
                out: out.clone(),
                recipients: recipients.clone(),
                recipients_file: recipients_file.clone(),
            };
            let made = server::backup(&order, &mut |step| eprintln!("{step}"))?;
            let lines = vec![
                format!("已备份 {} 条记录：{}", made.entries, made.file.display()),
                "请把备份文件带离这台服务器；私钥也不要放在这台服务器上。".to_owned(),
            ];
            Said::of(&made, lines)
        }
        ServerCommand::BackupKeygen { out } => {
            let made = server::backup_keygen(out)?;
            let lines = vec![
                format!("备份公钥：{}", made.recipient),
                format!("备份私钥：{}（请带离服务器保管，丢失则备份打不开）", made.file.display()),
            ];
            Said::of(&made, lines)
        }
        ServerCommand::Recovery { data, recipient } => {
            open_data(data)?.set_recovery(recipient)?;
            let line = "已设定恢复密钥：此后登记或添加账号的设备都能用它打开。私钥请离线保管。";
            Said::of(&json!({ "recovery": true }), vec![line.to_owned()])
        }
        ServerCommand::Restore { data, from, identity, accept_loss } => {
            let order = RestoreOrder {
                data: data.data.clone(),
                key_file: data.key_file.clone(),
                from: from.clone(),
                identity: identity.clone(),
                accept_loss: *accept_loss,
            };
            let restored = server::restore(&order, &mut |step| eprintln!("{step}"))?;
            let mut lines = vec![
                format!("已恢复到 {} 的备份，共 {} 条记录。", restored.made_at, restored.entries),
                format!("数据密钥：{}（请另存一份）", restored.key_file.display()),
            ];
            for range in &restored.at_risk {
                let RangeAtRisk { unit, writer, from, to } = range;
                lines.push(format!(
                    "这份备份没有：{unit} {writer} 第 {from} 至 {to} 条，等待设备送回"
                ));
            }
            Said::of(&restored, lines)
        }
    }
}

/// Runs until stopped. With `--json` the one line is printed as soon as the address is bound.
pub fn serve(serve: &Serve, json: bool) -> Result<Said, Failure> {
    let announce = |url: &str| {
        if json {
            println!("{}", json!({ "url": url }));
        } else {
            println!("服务器已启动：{url}（Ctrl+C 停止）");
        }
        let _ = std::io::Write::flush(&mut std::io::stdout());
    };
    server::serve_until_stopped(
        &serve.data.data,
        serve.data.key_file.as_deref(),
        serve.listen,
        &announce,
    )?;
    Ok(Said::nothing())
}

pub fn device_list(data: &DataOnly) -> Result<Said, Failure> {
    let devices = open_data(data)?.devices()?;
    let lines = devices
        .iter()
        .map(|d| {
            let heard = d.heard_at.clone().unwrap_or_else(|| "尚未同步".to_owned());
            let units = if d.revoked { "已停用".to_owned() } else { d.units.join("、") };
            let line = format!("{} {units} {heard}", d.name);
            match d.waiting_zh {
                None => line,
                Some(waiting) => format!("{line} {}\n  {waiting}", d.device),
            }
        })
        .collect();
    Said::of(&json!({ "devices": devices }), lines)
}

pub fn device_agree(data: &DataOnly, device: &str) -> Result<Said, Failure> {
    open_data(data)?.agree_device(device)?;
    Said::of(&json!({ "device": device }), vec!["已同意，这台设备下次同步即恢复正常".to_owned()])
}

pub fn device_revoke(data: &DataOnly, device: &str) -> Result<Said, Failure> {
    let revoked = open_data(data)?.revoke_device(device)?;
    let lines = vec![
        format!("这台设备已停用（规定第 {} 版）", revoked.policy),
        "已收到的记录照常有效；此后收到的会留待核实。要重新使用，请发新的登记码。".to_owned(),
    ];
    Said::of(&revoked, lines)
}

pub fn device_scope(data: &DataOnly, device: &str, units: &[String]) -> Result<Said, Failure> {
    let scope = open_data(data)?.change_scope(device, units)?;
    let lines = vec![
        format!("这台设备负责：{}（规定第 {} 版）", scope.units.join("、"), scope.policy),
        "设备下次同步后生效；此前已记录的内容照常接收。".to_owned(),
    ];
    Said::of(&scope, lines)
}

pub fn unit(command: &UnitCommand) -> Result<Said, Failure> {
    match command {
        UnitCommand::Add { data, kind: NewUnitKind::School, name, under } => {
            let unit = open_data(data)?.add_school(name, under)?;
            Said::of(&json!({ "unit": unit }), vec![format!("已添加：{unit}")])
        }
        UnitCommand::Retire { data, unit, successor, undo } => {
            let unit = open_data(data)?.retire_unit(unit, successor.as_deref(), *undo)?;
            let line = if *undo {
                "已撤销停用，可以继续录入"
            } else {
                "已停用：不再录入，已有记录照常上传和统计，代码不再使用"
            };
            Said::of(&json!({ "unit": unit, "retired": !undo }), vec![line.to_owned()])
        }
        UnitCommand::Set { place, operator, unit, phone, doctor } => {
            let order =
                ContactOrder { unit: unit.clone(), phone: phone.clone(), doctor: doctor.clone() };
            let unit = match place::open(place)? {
                Opened::Device(mut home) => home.set_contact(operator.as_deref(), &order)?,
                // At the server nobody is named: whoever has its key is the coordinator.
                Opened::Server(_) if operator.is_some() => {
                    return Err(Failure::new(Code::UsageInvalid));
                }
                Opened::Server(mut console) => console.set_contact(&order)?,
            };
            let line = format!("{unit} 已保存，设备同步以后印在报告和转诊单上");
            Said::of(&json!({ "unit": unit }), vec![line])
        }
        UnitCommand::List(data) => {
            let units = open_data(data)?.units()?;
            let line = |u: &UnitRow| {
                format!("{} {} {} {}", u.unit, u.label, u.phone, u.doctor).trim_end().to_owned()
            };
            let lines = units.iter().map(line).collect();
            Said::of(&json!({ "units": units }), lines)
        }
    }
}

pub fn stop(command: &StopCommand) -> Result<Said, Failure> {
    let (stop, closed, line) = match command {
        StopCommand::Close(stop) => {
            (stop, true, "站点已结束：备份之后，各设备同步时移除该单位的数据")
        }
        StopCommand::Open(stop) => (stop, false, "站点已重新开放：各设备下次同步时取回数据"),
    };
    open_data(&stop.data)?.set_stop(&stop.round, &stop.unit, closed)?;
    Said::of(&json!({ "unit": stop.unit, "closed": closed }), vec![line.to_owned()])
}

pub fn operator(command: &OperatorCommand) -> Result<Said, Failure> {
    match command {
        OperatorCommand::Add { data, account, name, role, units } => {
            let account = account.as_deref().unwrap_or(name);
            let operator = open_data(data)?.add_operator_in(account, name, role, units)?;
            Said::of(&json!({ "operator": operator }), vec!["已添加操作员".to_owned()])
        }
        OperatorCommand::List { data } => {
            let rows = open_data(data)?.operators()?;
            let line = |row: &OperatorRow| {
                format!("{}\t{}\t{}\t{}", row.account, row.name, row.role, where_zh(row))
            };
            Said::of(&rows, rows.iter().map(line).collect())
        }
        OperatorCommand::Units { data, operator, units, everywhere } => {
            // A list of blanks would take the limit away unsaid.
            if !everywhere && units.iter().all(|unit| unit.trim().is_empty()) {
                return Err(Failure::at(Code::UsageInvalid, "--units"));
            }
            let row = open_data(data)?.set_operator_units(operator, units)?;
            let said = if row.new { "已设定" } else { "没有改变" };
            let mut lines = vec![format!("{said}：{} {}", row.account, where_zh(&row))];
            if row.new {
                lines.push("各设备下次同步后生效；在那之前按原来的单位。".to_owned());
            }
            Said::of(&row, lines)
        }
        OperatorCommand::Code { data, operator } => {
            let made = open_data(data)?.create_account_code(operator)?;
            let hours = made.valid_minutes / 60;
            let line = format!("账号码：{}（{hours} 小时内有效，只能用一次）", made.code);
            Said::of(&made, vec![line])
        }
    }
}

/// Where an account works.
fn where_zh(row: &OperatorRow) -> String {
    match row.labels.as_slice() {
        [] => "所在设备的全部单位".to_owned(),
        labels => labels.join("、"),
    }
}

pub fn examiner(command: &ExaminerCommand) -> Result<Said, Failure> {
    match command {
        ExaminerCommand::Add { data, name, title, account } => {
            let examiner = open_data(data)?.add_examiner_at(name, title, account.as_deref())?;
            Said::of(&json!({ "examiner": examiner }), vec!["已添加检查者".to_owned()])
        }
        ExaminerCommand::Account { data, examiner, account } => {
            open_data(data)?.set_examiner_account(examiner, account)?;
            let line = "已注明检查者的账号：同步以后，这个账号可以确认他的结果".to_owned();
            Said::of(&json!({ "examiner": examiner, "account": account }), vec![line])
        }
    }
}

pub fn enrol(command: &EnrolCommand) -> Result<Said, Failure> {
    let EnrolCommand::Create { data, units } = command;
    let made = open_data(data)?.create_enrolment(units)?;
    let lines = vec![
        format!("登记码：{}（{} 分钟内有效，只能用一次）", made.code, made.valid_minutes),
        format!("证书指纹：{}", made.ca_pin),
    ];
    Said::of(&made, lines)
}
