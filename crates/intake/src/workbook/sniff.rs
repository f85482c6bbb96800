//! Which kind of file this is, told by its bytes: offices rename files, and chat programs rename
//! them again, so the extension is not asked.

use super::{Workbook, cfb, text, xls, xlsx};
use crate::error::{IntakeError, Limit};
use crate::limits::FILE_BYTES_MAX;

/// Reads an office's file. `file_name` only names the one sheet of a text file.
pub fn read_workbook(file_name: &str, bytes: &[u8]) -> Result<Workbook, IntakeError> {
    if bytes.is_empty() {
        return Err(IntakeError::Empty);
    }
    if bytes.len() > FILE_BYTES_MAX {
        return Err(IntakeError::TooLarge(Limit::FileBytes));
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return xlsx::read(bytes);
    }
    if bytes.starts_with(&cfb::SIGNATURE) {
        return xls::read(bytes);
    }
    if is_excel_4_or_older(bytes) {
        return Err(IntakeError::OldExcel);
    }
    text::read(sheet_name_of(file_name), bytes)
}

/// A BOF record (MS-XLS 2.4.21 and its ancestors 0x0009, 0x0209, 0x0409) at the very start.
fn is_excel_4_or_older(bytes: &[u8]) -> bool {
    matches!(bytes, [0x09, 0x00 | 0x02 | 0x04, 4..=8, 0x00, ..])
}

/// The file's name without folders and extension.
pub(crate) fn sheet_name_of(file_name: &str) -> &str {
    let base = file_name.rsplit(['/', '\\']).next().unwrap_or(file_name);
    match base.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() && extension.chars().count() <= 4 => stem,
        _ => base,
    }
}
