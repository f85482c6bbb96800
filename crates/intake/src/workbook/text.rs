//! Cells of a text file: CSV from Excel or WPS (GBK without a mark, UTF-8 with or without), and the
//! tab-separated "Unicode text" (UTF-16). Quoted line breaks are kept; rows may differ in length.

use super::build::Builder;
use super::{Cell, Form, Workbook};
use crate::error::IntakeError;
use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

/// Bytes looked at to find the separator.
const SAMPLE_CHARS: usize = 20_000;

pub(super) fn read(sheet_name: &str, bytes: &[u8]) -> Result<Workbook, IntakeError> {
    let text = decode(bytes)?;
    let start = text.trim_start();
    if start.is_empty() {
        return Err(IntakeError::Empty);
    }
    if start.starts_with("%PDF") || start.starts_with("{\\rtf") {
        return Err(IntakeError::NotAWorkbook);
    }
    if start.starts_with('<') {
        return Err(IntakeError::WebPage);
    }
    let mut builder = Builder::default();
    builder.open_sheet(sheet_name)?;
    let mut records = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator(&text))
        .from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    let mut row = 0_u32;
    while records.read_record(&mut record).map_err(|_| IntakeError::Broken)? {
        row += 1;
        for (column, field) in (0_u32..).zip(record.iter()) {
            if !field.is_empty() {
                builder.put(row, column, Cell::Text(unguarded(field).to_owned()))?;
            }
        }
        builder.ends_after(row, record.len());
    }
    builder.close_sheet();
    Ok(Workbook { form: Form::Csv, days_from_1904: false, sheets: builder.finish() })
}

/// Text in whichever of the encodings offices send.
pub(crate) fn decode(bytes: &[u8]) -> Result<String, IntakeError> {
    let (encoding, mark_bytes) = match Encoding::for_bom(bytes) {
        Some(found) => found,
        None => match std::str::from_utf8(bytes) {
            Ok(_) => (UTF_8, 0),
            // Cut in the middle of a character
            Err(problem) if problem.error_len().is_none() && problem.valid_up_to() > 0 => {
                return Err(IntakeError::Broken);
            }
            Err(_) => (GB18030, 0),
        },
    };
    let known = [UTF_8, UTF_16LE, UTF_16BE, GB18030];
    debug_assert!(known.contains(&encoding));
    let (text, had_errors) = encoding.decode_without_bom_handling(&bytes[mark_bytes..]);
    let is_text = !text.chars().any(|char| char.is_control() && !is_layout(char));
    if had_errors || !is_text {
        return Err(IntakeError::NotAWorkbook);
    }
    Ok(text.into_owned())
}

fn is_layout(char: char) -> bool {
    // 0x1A ended text files once; some programs still write it.
    matches!(char, '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1a}' | '\u{80}'..='\u{9f}')
}

/// The separator that is most often there outside quotes; comma if none is.
fn separator(text: &str) -> u8 {
    let mut counts = [(b',', 0_u32), (b'\t', 0), (b';', 0)];
    let mut is_quoted = false;
    for char in text.chars().take(SAMPLE_CHARS) {
        is_quoted ^= char == '"';
        for (separator, count) in &mut counts {
            *count += u32::from(!is_quoted && char == char::from(*separator));
        }
    }
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(separator, _)| *separator)
}

/// What people put around a long number so that a spreadsheet leaves it alone: `="4313..."`, a tab
/// or an apostrophe before it.
fn unguarded(field: &str) -> &str {
    let field = field.trim();
    let field = field.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).unwrap_or(field);
    field.strip_prefix(['\'', '`']).unwrap_or(field).trim()
}
