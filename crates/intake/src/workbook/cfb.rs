//! The container of `.xls` and of password-protected `.xlsx` (Compound File Binary, MS-CFB), opened
//! only as far as to know what is inside and that its chains end. The cells are read elsewhere.
//! A damaged container can name sectors in a circle; here every chain is at most the file's length.

use crate::error::IntakeError;

pub(super) const SIGNATURE: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

const CHAIN_END: u32 = 0xFFFF_FFFE;
/// Sector numbers from here on are marks, not sectors.
const SECTOR_MARKS: u32 = 0xFFFF_FFFA;
const MINI_SECTOR_BYTES: usize = 64;
/// Streams shorter than this live in mini sectors.
const MINI_STREAM_BYTES: u64 = 4_096;
const ENTRY_BYTES: usize = 128;

struct Entry {
    name: String,
    start: u32,
    bytes: u64,
}

pub(super) struct Container<'a> {
    sectors: &'a [u8],
    sector_bytes: usize,
    fat: Vec<u32>,
    mini_fat: Vec<u32>,
    mini_stream: Vec<u8>,
    entries: Vec<Entry>,
}

impl<'a> Container<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Container<'a>, IntakeError> {
        let broken = IntakeError::Broken;
        if bytes.len() < 512 {
            return Err(broken);
        }
        let (version, sector_bytes) = match (u16_at(bytes, 26), u16_at(bytes, 30)) {
            (Some(version), Some(9)) => (version, 512),
            (Some(version), Some(12)) => (version, 4_096),
            _ => return Err(broken),
        };
        let sectors = bytes.get(sector_bytes..).ok_or(broken)?;
        let mut container = Container {
            sectors,
            sector_bytes,
            fat: Vec::new(),
            mini_fat: Vec::new(),
            mini_stream: Vec::new(),
            entries: Vec::new(),
        };
        container.load_fat(bytes)?;
        let directory_start = u32_at(bytes, 48).ok_or(broken)?;
        let directory = container.chain(directory_start, None)?;
        container.entries = directory
            .chunks_exact(ENTRY_BYTES)
            .filter_map(|entry| entry_of(entry, version))
            .collect();
        let root = container.entries.first().ok_or(broken)?;
        let (root_start, root_bytes) = (root.start, root.bytes);
        if u32_at(bytes, 64).ok_or(broken)? > 0 {
            container.mini_stream = container.chain(root_start, Some(root_bytes))?;
            let mini_fat = container.chain(u32_at(bytes, 60).ok_or(broken)?, None)?;
            container.mini_fat = numbers(&mini_fat);
        }
        Ok(container)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|entry| entry.name.eq_ignore_ascii_case(name))
    }

    /// The bytes of the stream of that name; `None` where there is none.
    pub(super) fn stream(&self, name: &str) -> Result<Option<Vec<u8>>, IntakeError> {
        let found = self.entries.iter().find(|entry| entry.name.eq_ignore_ascii_case(name));
        let Some(entry) = found else { return Ok(None) };
        let stream = if entry.bytes < MINI_STREAM_BYTES {
            self.mini_chain(entry.start, entry.bytes)?
        } else {
            self.chain(entry.start, Some(entry.bytes))?
        };
        Ok(Some(stream))
    }

    fn load_fat(&mut self, bytes: &[u8]) -> Result<(), IntakeError> {
        let broken = IntakeError::Broken;
        let mut listed = numbers(&bytes[76..512]);
        let mut next = u32_at(bytes, 68).ok_or(broken)?;
        for _ in 0..self.sector_count() {
            if next >= SECTOR_MARKS {
                break;
            }
            listed.extend(numbers(self.sector(next)?));
            next = listed.pop().ok_or(broken)?;
        }
        for sector in listed.into_iter().filter(|sector| *sector < SECTOR_MARKS) {
            self.fat.extend(numbers(self.sector(sector)?));
            if self.fat.len() > self.sector_count() + self.sector_bytes {
                break;
            }
        }
        Ok(())
    }

    fn sector_count(&self) -> usize {
        self.sectors.len().div_ceil(self.sector_bytes)
    }

    /// The last sector of a file may be short.
    fn sector(&self, sector: u32) -> Result<&'a [u8], IntakeError> {
        let start = (sector as usize).checked_mul(self.sector_bytes).ok_or(IntakeError::Broken)?;
        let end = start.saturating_add(self.sector_bytes).min(self.sectors.len());
        self.sectors.get(start..end).filter(|bytes| !bytes.is_empty()).ok_or(IntakeError::Broken)
    }

    fn chain(&self, start: u32, bytes: Option<u64>) -> Result<Vec<u8>, IntakeError> {
        let wanted = bytes.unwrap_or(u64::MAX);
        let mut content = Vec::new();
        let mut sector = start;
        for _ in 0..=self.sector_count() {
            if sector == CHAIN_END || content.len() as u64 >= wanted {
                content.truncate(usize::try_from(wanted).unwrap_or(usize::MAX));
                return Ok(content);
            }
            content.extend_from_slice(self.sector(sector)?);
            sector = *self.fat.get(sector as usize).ok_or(IntakeError::Broken)?;
        }
        Err(IntakeError::Broken)
    }

    fn mini_chain(&self, start: u32, bytes: u64) -> Result<Vec<u8>, IntakeError> {
        let wanted = usize::try_from(bytes).map_err(|_| IntakeError::Broken)?;
        let mut content = Vec::new();
        let mut sector = start;
        while content.len() < wanted {
            let from = (sector as usize).saturating_mul(MINI_SECTOR_BYTES);
            let to = from.saturating_add(MINI_SECTOR_BYTES).min(self.mini_stream.len());
            let piece = self.mini_stream.get(from..to).filter(|piece| !piece.is_empty());
            content.extend_from_slice(piece.ok_or(IntakeError::Broken)?);
            if content.len() < wanted {
                sector = *self.mini_fat.get(sector as usize).ok_or(IntakeError::Broken)?;
            }
        }
        content.truncate(wanted);
        Ok(content)
    }
}

fn entry_of(entry: &[u8], version: u16) -> Option<Entry> {
    let units = entry.get(..64)?.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    let name: Vec<u16> = units.take_while(|unit| *unit != 0).collect();
    let low = u64::from(u32_at(entry, 120)?);
    // Version 3 writers leave rubbish in the upper half.
    let high = if version == 3 { 0 } else { u64::from(u32_at(entry, 124)?) };
    Some(Entry {
        name: String::from_utf16_lossy(&name),
        start: u32_at(entry, 116)?,
        bytes: high << 32 | low,
    })
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    let four = |piece: &[u8]| u32::from_le_bytes([piece[0], piece[1], piece[2], piece[3]]);
    bytes.chunks_exact(4).map(four).collect()
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let pair = bytes.get(at..at + 2)?;
    Some(u16::from_le_bytes([pair[0], pair[1]]))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at + 4)?;
    Some(u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
}
