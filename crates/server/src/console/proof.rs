//! Proof that a day's work arrived: what the 日结单 says of each device's stream, against what is here. Green only where
//! the paper was compared and every line of it is here, entry by entry. Not the paper's text (`office::day_lines`).
//!
//! Streams only grow, and a chain names all that came before it: a stream whose chain at the paper's count is the paper's
//! digest holds exactly the entries the paper speaks of, and perhaps later ones.

use super::{Console, hex};
use crate::data::failed;
use chrono::NaiveDate;
use domain::ids::UnitCode;
use ledger::{Replica, StreamKey, UnitKey};
use office::Moment;
use office::day_lines::{DEVICE_CHARS, SheetLine, SheetLines, WRITER_CHARS, read_sheets};
use protocol::{Code, Failure};
use serde::Serialize;
use std::collections::BTreeSet;
use store::{Device, StreamProof};

/// What is asked.
#[derive(Debug, Clone, Default)]
pub struct ProofOrder {
    pub unit: String,
    /// `2026-09-14`.
    pub date: String,
    /// The sheets' text, scanned or typed; none = only what is here is listed, and nothing is proven.
    pub sheets: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proof {
    /// Everything on paper is here.
    pub green: bool,
    pub unit: String,
    pub label: String,
    pub date: String,
    /// What is here, by device.
    pub here: Vec<ProofRow>,
    /// What the paper has and this server has not.
    pub missing: Vec<ProofGap>,
    /// Devices that work in the unit and of which nothing is here, or that said that they had more to send.
    pub waiting: Vec<ProofDevice>,
    /// Lines of the sheets that found no room in their code: read them off the paper.
    pub left_out: u32,
    /// What the coordinator reads.
    pub zh: String,
}

/// One stream of the unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProofRow {
    /// The device's name.
    pub device: String,
    /// As on paper: the beginning of the writer's id and of the stream's digest.
    pub writer: String,
    pub entries: u64,
    pub digest: String,
    /// Entries of the day, by what they say themselves.
    pub of_day: u64,
    /// The paper's count, where it names the stream; the largest of several sheets.
    pub on_paper: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GapKind {
    /// The server has fewer, or none at all.
    Missing,
    /// The server has as many, and not the same: the paper was misread, or the device was put back.
    Differs,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProofGap {
    pub kind: GapKind,
    /// Whose entries they are.
    pub device: String,
    pub writer: String,
    /// How many are missing.
    pub entries: u64,
    /// Who has them: that device, and who printed a sheet that names them.
    pub held_by: Vec<String>,
    pub zh: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProofDevice {
    pub device: String,
    /// Civil time in China by the server's clock; none = not since its enrolment.
    pub heard_at: Option<String>,
    /// What it had left to send then.
    pub unsent: Option<i64>,
    /// True: nothing of the unit has come from it.
    pub silent: bool,
}

const NOT_COMPARED_ZH: &str =
    "没有与日结单核对，不能证明已收齐。请加上 --sheet 和日结单上“记录条数与摘要”的各行后再核对。";

impl Console {
    /// Compares; changes nothing.
    pub fn prove_day(&self, order: &ProofOrder) -> Result<Proof, Failure> {
        let code = UnitCode(order.unit.trim().to_owned());
        let tree = self.store.units().map_err(failed)?;
        tree.get(&code).ok_or_else(|| Failure::at(Code::UnitUnknown, "--unit"))?;
        let date: NaiveDate = order.date.trim().parse().map_err(|_| invalid("--date"))?;
        let sheets = match &order.sheets {
            Some(text) => Some(read_for(text, &code, date)?),
            None => None,
        };
        let devices = self.store.devices().map_err(failed)?;
        let proof = self.store.unit_proof(&code).map_err(failed)?;
        let mut here = self.rows(&code, date, &proof.streams)?;
        let mut missing = Vec::new();
        let unit_digest = hex(&proof.digest);
        for sheet in sheets.iter().flatten() {
            for line in &sheet.lines {
                let gap = self.compare(&code, line, sheet, &proof.streams, &devices)?;
                if let Some(row) = here.iter_mut().find(|row| row.writer == line.writer) {
                    row.on_paper = row.on_paper.max(Some(line.entries));
                }
                if let Some(gap) = gap {
                    add(&mut missing, gap);
                }
            }
        }
        // Who has the digest over all of the unit has every line, shown or not.
        let unseen = |sheet: &&SheetLines| sheet.unit_digest != unit_digest;
        let left_out = sheets.iter().flatten().filter(unseen).map(|s| s.left_out).sum();
        let has_lines = sheets.iter().flatten().any(|sheet| !sheet.lines.is_empty());
        let all_same = sheets.iter().flatten().all(|sheet| sheet.unit_digest == unit_digest);
        let green =
            sheets.is_some() && missing.is_empty() && left_out == 0 && (has_lines || all_same);
        let zh = match &sheets {
            None => NOT_COMPARED_ZH.to_owned(),
            Some(_) if green => green_zh(&here),
            Some(_) => not_green_zh(&missing, left_out),
        };
        Ok(Proof {
            green,
            unit: code.0.clone(),
            label: tree.label(&code),
            date: date.to_string(),
            waiting: self.waiting(&code, &devices, &proof.streams)?,
            here,
            missing,
            left_out,
            zh,
        })
    }

    fn rows(
        &self,
        unit: &UnitCode,
        date: NaiveDate,
        streams: &[StreamProof],
    ) -> Result<Vec<ProofRow>, Failure> {
        let of_day = self.store.unit_day_counts(unit, date).map_err(failed)?;
        let row = |stream: &StreamProof| ProofRow {
            device: name_of(stream),
            writer: beginning(&stream.writer.to_string()),
            entries: stream.head.seq,
            digest: beginning(&hex(&stream.head.chain.0)),
            of_day: of_day.get(&stream.writer).copied().unwrap_or(0),
            on_paper: None,
        };
        Ok(streams.iter().map(row).collect())
    }

    /// What is missing of one line of the paper.
    fn compare(
        &self,
        unit: &UnitCode,
        line: &SheetLine,
        sheet: &SheetLines,
        streams: &[StreamProof],
        devices: &[Device],
    ) -> Result<Option<ProofGap>, Failure> {
        let found = streams.iter().find(|s| s.writer.to_string().starts_with(&line.writer));
        let here = found.map_or(0, |stream| stream.head.seq);
        let kind = match found {
            _ if here < line.entries => GapKind::Missing,
            None => return Ok(None),
            Some(stream) => {
                let key = UnitKey::try_new(&unit.0).map_err(|_| Failure::new(Code::Internal))?;
                let key = StreamKey::new(key, stream.writer);
                let chain = self.store.chain_at(&key, line.entries).map_err(failed)?;
                if chain.is_some_and(|chain| hex(&chain.0).starts_with(&line.digest)) {
                    return Ok(None);
                }
                GapKind::Differs
            }
        };
        let device = match found.and_then(|stream| stream.device.clone()) {
            Some(name) => name,
            None => named(&line.device, devices).unwrap_or_else(|| match line.name.as_str() {
                "" => format!("写入编号 {} 的设备", line.writer),
                name => name.to_owned(),
            }),
        };
        let mut held_by = vec![device.clone()];
        held_by.extend(named(&sheet.printed_by, devices).filter(|name| *name != device));
        let entries = line.entries.saturating_sub(here);
        let zh = match kind {
            GapKind::Missing => format!(
                "缺 {device} 的 {entries} 条（写入编号 {}），在{}上：请让它联网同步，或存到U盘带回",
                line.writer,
                held_by.join("、")
            ),
            GapKind::Differs => format!(
                "{device} 的摘要与纸面不同（写入编号 {}）：请先核对抄写，抄写无误则让它联网同步后再核对",
                line.writer
            ),
        };
        Ok(Some(ProofGap { kind, device, writer: line.writer.clone(), entries, held_by, zh }))
    }

    /// Devices of the unit that were not heard of, or had something left.
    fn waiting(
        &self,
        unit: &UnitCode,
        devices: &[Device],
        streams: &[StreamProof],
    ) -> Result<Vec<ProofDevice>, Failure> {
        let tree = self.store.units().map_err(failed)?;
        let seen: BTreeSet<&str> = streams.iter().filter_map(|s| s.device.as_deref()).collect();
        let works_here = |device: &&Device| {
            device.units.iter().any(|code| *code == *unit || tree.is_under(unit, code))
        };
        let waiting = devices.iter().filter(works_here).map(|device| ProofDevice {
            device: device.name.clone(),
            heard_at: device.heard_at_ms.map(|ms| Moment::at(ms).as_of),
            unsent: device.unsent,
            silent: !seen.contains(device.name.as_str()),
        });
        Ok(waiting.filter(|one| one.silent || one.unsent.is_some_and(|n| n > 0)).collect())
    }
}

fn read_for(text: &str, unit: &UnitCode, date: NaiveDate) -> Result<Vec<SheetLines>, Failure> {
    let sheets = read_sheets(text)
        .map_err(|problem| Failure::at(Code::SheetUnreadable, format!("第 {} 行", problem.0)))?;
    let day = date.to_string();
    let is_this = |sheet: &SheetLines| {
        (sheet.unit.is_empty() || sheet.unit == unit.0)
            && (sheet.day.is_empty() || sheet.day == day)
    };
    if sheets.iter().all(is_this) { Ok(sheets) } else { Err(Failure::new(Code::SheetOther)) }
}

fn invalid(option: &str) -> Failure {
    Failure::at(Code::ValueInvalid, option)
}

fn name_of(stream: &StreamProof) -> String {
    stream.device.clone().unwrap_or_else(|| "服务器或未登记设备".to_owned())
}

/// The enrolled device whose id begins so.
fn named(beginning: &str, devices: &[Device]) -> Option<String> {
    let is_it = |device: &&Device| hex(&device.device).starts_with(beginning);
    let device = devices.iter().filter(|_| beginning.len() == DEVICE_CHARS).find(is_it);
    device.map(|device| device.name.clone())
}

/// Of two sheets that miss the same stream, the one that misses more counts; both printers have it.
fn add(missing: &mut Vec<ProofGap>, gap: ProofGap) {
    match missing.iter_mut().find(|known| known.writer == gap.writer && known.kind == gap.kind) {
        Some(known) if known.entries >= gap.entries => {}
        Some(known) => *known = gap,
        None => missing.push(gap),
    }
}

fn green_zh(here: &[ProofRow]) -> String {
    let proven: Vec<&ProofRow> = here.iter().filter(|row| row.on_paper.is_some()).collect();
    let entries: u64 = proven.iter().filter_map(|row| row.on_paper).sum();
    let mut text = format!(
        "已收齐：日结单上 {} 台设备的 {entries} 条记录都在服务器上，逐条一致。",
        proven.len()
    );
    let unnamed = here.iter().filter(|row| row.on_paper.is_none() && row.of_day > 0).count();
    if unnamed > 0 {
        text.push_str(&format!("另有 {unnamed} 台设备当天的记录不在这些日结单上，服务器已有。"));
    }
    text
}

fn not_green_zh(missing: &[ProofGap], left_out: u32) -> String {
    match (missing.len(), left_out) {
        (0, 0) => "日结单上没有可以核对的行。请核对抄写或扫描的内容后重试。".to_owned(),
        (0, rest) => {
            format!(
                "扫到的行都已收齐，另有 {rest} 行二维码放不下。请把纸面上其余各行也录入后再核对。"
            )
        }
        (streams, _) => {
            let entries: u64 = missing.iter().map(|gap| gap.entries).sum();
            format!("没有收齐：{streams} 台设备，还缺 {entries} 条。请按下面每一行处理后再核对。")
        }
    }
}

fn beginning(hex: &str) -> String {
    hex.chars().take(WRITER_CHARS).collect()
}
