//! Work carried to the server as a file, and the proof that a day's work arrived.

use crate::args::{CarryCommand, ProofOf};
use crate::say::Said;
use crate::{central, device};
use protocol::{Code, Failure};
use server::console::{Proof, ProofOrder};
use std::io::Read;

pub fn carry(command: &CarryCommand) -> Result<Said, Failure> {
    match command {
        CarryCommand::Export { home, out, all } => {
            let mut opened = device::open(&home.home, home.key_file.as_deref())?;
            let made = opened.carry_export(out, *all)?;
            Said::of(&made, vec![made.zh.clone()])
        }
        CarryCommand::Import { data, files } => {
            let mut console = central::open(&data.data, data.key_file.as_deref())?;
            let imported = console.import_carry(files)?;
            let mut lines = Vec::new();
            for file in &imported.files {
                let name = file.file.file_name().unwrap_or_default().to_string_lossy();
                if file.code.is_none() {
                    let whose = file.name.as_deref().unwrap_or("未登记的设备");
                    let made_at = file.made_at.as_deref().unwrap_or_default();
                    lines.push(format!(
                        "{name}：{whose} {made_at} 存出，{} 条记录，新收到 {} 条",
                        file.entries, file.new_entries
                    ));
                }
                lines.extend(file.zh.as_ref().map(|zh| format!("{name}：{zh}")));
                lines.extend(file.refused.iter().map(|r| format!("  未被接受：{r}")));
            }
            if imported.held > 0 {
                lines.push(format!("其中 {} 条留待核实，请用 jkkc held list 查看", imported.held));
            }
            let mut said = Said::of(&imported, lines)?;
            said.ok = imported.ok;
            Ok(said)
        }
    }
}

/// Longest text of sheets, bytes.
const SHEETS_BYTES_MAX: u64 = 1 << 20;

pub fn proof(of: &ProofOf) -> Result<Said, Failure> {
    let sheets: Result<Vec<String>, Failure> = of.sheet.iter().map(|given| read(given)).collect();
    let sheets = Some(sheets?.join("\n")).filter(|_| !of.sheet.is_empty());
    let order = ProofOrder { unit: of.unit.clone(), date: of.date.clone(), sheets };
    let proof = central::open(&of.data.data, of.data.key_file.as_deref())?.prove_day(&order)?;
    let mut said = Said::of(&proof, proof_lines(&proof))?;
    said.ok = proof.green;
    Ok(said)
}

/// A file's text where there is such a file, else the text itself.
fn read(given: &str) -> Result<String, Failure> {
    let Ok(file) = std::fs::File::open(given) else { return Ok(given.to_owned()) };
    let mut text = String::new();
    let read = file.take(SHEETS_BYTES_MAX).read_to_string(&mut text);
    read.map_err(|_| Failure::new(Code::FileUnreadable))?;
    Ok(text)
}

fn proof_lines(proof: &Proof) -> Vec<String> {
    let mut lines = vec![format!("{} {}", proof.label, proof.date), proof.zh.clone()];
    lines.extend(proof.missing.iter().map(|gap| format!("  {}", gap.zh)));
    if !proof.here.is_empty() {
        lines.push("服务器上有（设备 写入编号 条数 摘要）：".to_owned());
    }
    for row in &proof.here {
        let paper = row.on_paper.map(|n| format!("，纸面 {n} 条")).unwrap_or_default();
        lines.push(format!(
            "  {} {} {} {}（当天 {} 条{paper}）",
            row.device, row.writer, row.entries, row.digest, row.of_day
        ));
    }
    for one in &proof.waiting {
        let heard = one.heard_at.as_deref().unwrap_or("尚未同步");
        let unsent = match one.unsent {
            Some(n) if n > 0 => format!("，当时还有 {n} 条待上传"),
            Some(_) | None => String::new(),
        };
        let silent = if one.silent { "，本单位没有收到过它的记录" } else { "" };
        lines.push(format!("  请留意 {}：最近联系 {heard}{unsent}{silent}", one.device));
    }
    lines
}
