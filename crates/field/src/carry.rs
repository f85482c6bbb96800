//! A device's work as a file for its server, where there is no network: sealed so that the server alone reads it, named
//! without anything personal. Nothing here counts as 已上传 by it: a file can be lost, and only what the server says at
//! the next contact proves anything.

use crate::home::{Home, failed};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use ledger::Replica;
use office::Moment;
use protocol::rpc::work::{CarryOut, FileOut};
use protocol::{Code, Failure};
use serde::Serialize;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use sync::{Carried, CarryError, CarryHead, Lacking, write_carry};

/// Largest file that goes through a screen, bytes; the command line writes any.
const SCREEN_BYTES_MAX: usize = 64 << 20;
/// Files of one minute in one folder, at most.
const NAMES_MAX: u32 = 99;
const MEDIA_TYPE: &str = "application/octet-stream";
const NOTHING_ZH: &str = "服务器已有本机的全部记录，不用存文件。";

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CarryMade {
    /// None: the server has everything, and nothing was written.
    pub file: Option<PathBuf>,
    pub entries: u64,
    /// Installations whose entries they are, this one among them.
    pub writers: u64,
    pub bytes: u64,
    /// What the operator reads.
    pub zh: String,
}

impl Home {
    /// Writes what the server is not known to have into a file; `all`: whatever it is said to have too, for a server that
    /// was put back. In a folder the file gets a name of its own; no file is ever replaced.
    pub fn carry_export(&mut self, out: &Path, all: bool) -> Result<CarryMade, Failure> {
        let Some(lacking) = self.lacking_to_carry(all)? else { return Ok(nothing()) };
        let path = match out.is_dir() {
            true => self.free_name(out)?,
            false => out.to_owned(),
        };
        if path.exists() {
            return Err(Failure::new(Code::FileExists));
        }
        let mut beside = path.as_os_str().to_owned();
        beside.push(".part");
        let beside = PathBuf::from(beside);
        let written = self.write_file(&beside, &lacking).and_then(|carried| {
            fs::rename(&beside, &path).map_err(|error| unwritable(&error))?;
            Ok(carried)
        });
        if written.is_err() {
            // Half a file is refused where it comes to; the cause is told.
            let _ = fs::remove_file(&beside);
        }
        let carried = written?;
        let bytes = fs::metadata(&path).map_err(|error| unwritable(&error))?.len();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        Ok(CarryMade {
            zh: zh(&name.unwrap_or_default(), &carried),
            file: Some(path),
            entries: carried.entries,
            writers: carried.writers,
            bytes,
        })
    }

    /// The same for a screen, whose host asks a person where it goes.
    pub(crate) fn carry_out(&mut self) -> Result<CarryOut, Failure> {
        let Some(lacking) = self.lacking_to_carry(false)? else {
            return Ok(CarryOut { entries: 0, sentence: nothing().zh, file: None });
        };
        let mut bytes = Bounded(Vec::new());
        let carried = self.write_to(&mut bytes, &lacking)?;
        let name = format!("{}.carry", self.carry_name()?);
        Ok(CarryOut {
            entries: carried.entries,
            sentence: zh(&name, &carried),
            file: Some(FileOut {
                name,
                media_type: MEDIA_TYPE.to_owned(),
                content: BASE64.encode(&bytes.0),
            }),
        })
    }

    /// Seals what is open, as every handing over does; `None`: there is nothing to carry.
    fn lacking_to_carry(&mut self, all: bool) -> Result<Option<Vec<Lacking>>, Failure> {
        self.store.server_public_key().map_err(failed)?.ok_or(Failure::new(Code::NotEnrolled))?;
        self.raise_mark()?;
        self.store.seal_own().map_err(failed)?;
        let unproven = self.store.unproven(all).map_err(failed)?;
        let lacking: Vec<Lacking> =
            unproven.into_iter().map(|(key, after)| Lacking { key, after }).collect();
        Ok((!lacking.is_empty()).then_some(lacking))
    }

    fn write_file(&self, path: &Path, lacking: &[Lacking]) -> Result<Carried, Failure> {
        let file = File::create(path).map_err(|error| unwritable(&error))?;
        let mut out = BufWriter::new(file);
        let carried = self.write_to(&mut out, lacking)?;
        let file = out.into_inner().map_err(|error| unwritable(&error.into_error()))?;
        // A stick is pulled out as soon as this says that it is written.
        file.sync_all().map_err(|error| unwritable(&error))?;
        Ok(carried)
    }

    fn write_to(&self, out: &mut impl Write, lacking: &[Lacking]) -> Result<Carried, Failure> {
        let root = self.store.server_public_key().map_err(failed)?;
        let root = root.ok_or(Failure::new(Code::NotEnrolled))?;
        let device = self.store.device().map_err(failed)?;
        let head = CarryHead { device: device.to_vec(), made_at_ms: self.host.unix_ms() };
        write_carry(&self.store, lacking, &head, &root, out).map_err(|error| match error {
            CarryError::Replica(error) => failed(error),
            CarryError::Key => Failure::new(Code::Internal),
            CarryError::Write(error) => unwritable(&error),
        })
    }

    /// `jkkc-1f2e3d4c-20260914-1730`: the device's id, and when by its clock.
    fn carry_name(&self) -> Result<String, Failure> {
        let device = self.store.device().map_err(failed)?;
        let short: String = device.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        let at = Moment::at(self.host.unix_ms()).as_of;
        let at: String = at.chars().filter(|c| *c != '-' && *c != ':').map(dash).collect();
        Ok(format!("jkkc-{short}-{at}"))
    }

    fn free_name(&self, folder: &Path) -> Result<PathBuf, Failure> {
        let name = self.carry_name()?;
        let first = std::iter::once(format!("{name}.carry"));
        let more = (2..=NAMES_MAX).map(|n| format!("{name}-{n}.carry"));
        let mut paths = first.chain(more).map(|name| folder.join(name));
        paths.find(|path| !path.exists()).ok_or(Failure::new(Code::FileExists))
    }
}

fn dash(c: char) -> char {
    if c == ' ' { '-' } else { c }
}

fn nothing() -> CarryMade {
    CarryMade { file: None, entries: 0, writers: 0, bytes: 0, zh: NOTHING_ZH.to_owned() }
}

fn zh(name: &str, carried: &Carried) -> String {
    let Carried { entries, writers, .. } = carried;
    format!(
        "已存入 {name}：{entries} 条记录，来自 {writers} 台设备，只有本区服务器能打开。\
         请交给协调员导入；导入后本机下次联网，待上传自动减少。"
    )
}

fn unwritable(error: &std::io::Error) -> Failure {
    use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    Failure::new(match error.kind() {
        StorageFull | QuotaExceeded => Code::DiskFull,
        FileTooLarge => Code::CarryTooLarge,
        _ => Code::FileUnwritable,
    })
}

/// Bytes in memory, and no more of them than a screen takes.
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.0.len() + bytes.len() > SCREEN_BYTES_MAX {
            return Err(std::io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
