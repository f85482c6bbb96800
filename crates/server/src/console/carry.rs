//! Files that devices wrote for this server, brought in by hand: read whole before anything is taken, then taken batch by
//! batch as a push is. Given again they change nothing. Not what is in a file (`sync`), nor what an entry deserves (`store`).

use super::{Console, hex};
use crate::data::failed;
use ledger::{Limits, Refusal, SigningKey};
use office::Moment;
use protocol::{Code, Failure};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use sync::{CarryHead, CarryProblem, CarryReader, answer, decode_batch};

/// Files named at once, at most.
const FILES_MAX: usize = 1_000;

const GAP_ZH: &str = "服务器缺少这份文件之前的记录。请在该设备上重新存一份：jkkc carry export --all，或让该设备联网同步一次。";
const REFUSED_ZH: &str =
    "有记录核对不通过，没有收下；其余已收下。请让该设备联网同步一次，并告诉管理员。";

/// What became of the files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CarryImported {
    pub files: Vec<CarryFile>,
    /// Entries this server has now and had not before.
    pub new_entries: u64,
    /// Entries held by it for a person.
    pub held: u64,
    /// Every file was taken whole.
    pub ok: bool,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CarryFile {
    pub file: PathBuf,
    /// Which device says it wrote the file: its id, 32 hex digits, and its name where it is known here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Civil time in China by the device's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub made_at: Option<String>,
    pub entries: u64,
    pub new_entries: u64,
    /// Ranges not taken: unit and reason.
    pub refused: Vec<String>,
    /// Why nothing of it, or not all, was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// What the coordinator reads where not all was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zh: Option<String>,
}

impl Console {
    /// Takes files one after the other; one that is refused keeps out no other.
    pub fn import_carry(&mut self, files: &[PathBuf]) -> Result<CarryImported, Failure> {
        if files.len() > FILES_MAX {
            return Err(Failure::new(Code::RequestTooLarge));
        }
        let held_before = self.store.held_count().map_err(failed)?;
        let key = self.store.signing_key().map_err(failed)?;
        let mut taken = Vec::new();
        for path in files {
            let mut file = CarryFile {
                file: path.clone(),
                device: None,
                name: None,
                made_at: None,
                entries: 0,
                new_entries: 0,
                refused: Vec::new(),
                code: None,
                zh: None,
            };
            if let Err(failure) = self.take_file(&mut file, &key) {
                file.code = Some(failure.code);
                file.zh = Some(failure.zh());
            }
            taken.push(file);
        }
        // What is held, and what was re-filed, is handed over as all else.
        self.seal()?;
        let held = self.store.held_count().map_err(failed)?;
        Ok(CarryImported {
            new_entries: taken.iter().map(|file| file.new_entries).sum(),
            held: u64::from(held.saturating_sub(held_before)),
            ok: taken.iter().all(|file| file.zh.is_none()),
            files: taken,
        })
    }

    fn take_file(&mut self, file: &mut CarryFile, key: &SigningKey) -> Result<(), Failure> {
        // A file that was cut or changed anywhere changes nothing here: it is read to its end first.
        let mut entries = 0;
        let head = each_batch(&file.file, key, &mut |batch| {
            entries += batch.ranges.iter().map(|range| range.bodies.len() as u64).sum::<u64>();
            Ok(())
        })?;
        self.say_whose(file, &head)?;
        file.entries = entries;
        let (mut refused, mut has_gap) = (BTreeSet::new(), false);
        let store = &mut self.store;
        let new_entries = &mut file.new_entries;
        each_batch(&file.file, key, &mut |batch| {
            for (key, answer) in answer::take(store, batch).map_err(failed)? {
                match answer {
                    Ok(taken) => *new_entries += u64::from(taken.new_entries),
                    Err(refusal) => {
                        has_gap |= matches!(refusal, Refusal::NotAfterYourHead { .. });
                        refused.insert(format!("{} {}", key.unit, refusal.word()));
                    }
                }
            }
            Ok(())
        })?;
        if !refused.is_empty() {
            file.zh = Some((if has_gap { GAP_ZH } else { REFUSED_ZH }).to_owned());
        }
        file.refused = refused.into_iter().collect();
        Ok(())
    }

    fn say_whose(&self, file: &mut CarryFile, head: &CarryHead) -> Result<(), Failure> {
        let devices = self.store.devices().map_err(failed)?;
        let named = devices.into_iter().find(|device| device.device[..] == head.device[..]);
        file.device = Some(hex(&head.device));
        file.name = named.map(|device| device.name);
        file.made_at = Some(Moment::at(head.made_at_ms).as_of);
        Ok(())
    }
}

/// Shows each batch of a file, decoded within the limits of a push; one is in memory at a time.
fn each_batch(
    path: &Path,
    key: &SigningKey,
    show: &mut dyn FnMut(ledger::Batch) -> Result<(), Failure>,
) -> Result<CarryHead, Failure> {
    let file = File::open(path).map_err(|_| Failure::new(Code::FileUnreadable))?;
    let refused = |problem: CarryProblem| {
        Failure::new(match problem {
            CarryProblem::NoCarry => Code::CarryNone,
            CarryProblem::Foreign => Code::CarryForeign,
            CarryProblem::Broken => Code::CarryBroken,
            CarryProblem::Newer => Code::CarryNewer,
        })
    };
    let mut reader = CarryReader::open(file, key).map_err(refused)?;
    while let Some(bytes) = reader.next_batch().map_err(refused)? {
        let batch = decode_batch(&bytes, &Limits::default());
        show(batch.map_err(|_| Failure::new(Code::CarryBroken))?)?;
    }
    Ok(reader.head)
}
