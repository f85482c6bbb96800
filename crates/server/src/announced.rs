//! What was said to be 已备份, kept beside the backups: the heads of the last backup made into a folder. Devices go by them
//! when they let bodies go, so a restore to less has to ask first. Names units and positions, nobody.

use crate::data::io_failure;
use ledger::{Heads, Seq, decode_heads, encode_heads};
use prost::Message;
use protocol::{Code, Failure};
use serde::Serialize;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

const FILE: &str = "backed-up.heads";
/// Longest such file, bytes: 65,536 streams.
const BYTES_MAX: u64 = 16 << 20;
/// Ranges named in one sentence.
const RANGES_NAMED: usize = 20;

#[derive(Clone, PartialEq, Eq, Message)]
struct Announced {
    /// The server whose backups these are: its public key.
    #[prost(bytes = "vec", tag = "1")]
    server: Vec<u8>,
    #[prost(bytes = "vec", tag = "2")]
    heads: Vec<u8>,
}

/// Entries that were 已备份, and that a backup does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RangeAtRisk {
    pub unit: String,
    /// 32 hex digits.
    pub writer: String,
    pub from: Seq,
    pub to: Seq,
}

fn path(backup: &Path) -> PathBuf {
    let folder = backup.parent().filter(|parent| !parent.as_os_str().is_empty());
    folder.unwrap_or(Path::new(".")).join(FILE)
}

/// Keeps the heads of a backup beside it, on the disk when this returns. Before anyone is told of them.
pub fn keep(backup: &Path, server: &[u8; 32], heads: &Heads) -> Result<(), Failure> {
    let unwritable = |error: std::io::Error| io_failure(&error, Code::FileUnwritable);
    let announced = Announced { server: server.to_vec(), heads: encode_heads(heads) };
    let (wanted, next) = (path(backup), path(backup).with_extension("next"));
    let mut file = File::create(&next).map_err(unwritable)?;
    file.write_all(&announced.encode_to_vec()).map_err(unwritable)?;
    file.sync_all().map_err(unwritable)?;
    fs::rename(&next, &wanted).map_err(unwritable)
}

/// What was last announced for this server in the folder of a backup; nothing where nothing is kept, or it is
/// another server's. A file that cannot be read is told as such: it may have named anything.
pub fn kept(backup: &Path, server: &[u8; 32]) -> Result<Heads, Failure> {
    let Ok(file) = File::open(path(backup)) else { return Ok(Heads::new()) };
    let broken = || Failure::at(Code::RestoreBelowBackup, FILE);
    let mut bytes = Vec::new();
    file.take(BYTES_MAX).read_to_end(&mut bytes).map_err(|_| broken())?;
    let announced = Announced::decode(bytes.as_slice()).map_err(|_| broken())?;
    let heads = decode_heads(&announced.heads).map_err(|_| broken())?;
    Ok(if announced.server == server { heads } else { Heads::new() })
}

/// The sentence that asks, with the first of the ranges.
pub fn refusal(at_risk: &[RangeAtRisk]) -> Failure {
    let print = |r: &RangeAtRisk| format!("{} {} {}-{}", r.unit, &r.writer[..8], r.from, r.to);
    let mut named: Vec<String> = at_risk.iter().take(RANGES_NAMED).map(print).collect();
    if at_risk.len() > RANGES_NAMED {
        named.push(format!("共 {} 段", at_risk.len()));
    }
    Failure::at(Code::RestoreBelowBackup, named.join("；"))
}
