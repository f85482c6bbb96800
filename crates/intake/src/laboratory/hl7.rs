//! HL7 v2 ORU^R01: MSH, then OBR, SPM and OBX. Only what a report needs: the specimen's id (SPM-2, else OBR-3, else OBR-2),
//! and of each OBX its code (3.1), value (5), unit (6), range (7) and status (11: F final, C corrected, P preliminary,
//! X no result). A message that ends in the middle is refused whole.

use super::{FileFault, Line, Report};
use crate::error::IntakeError;
use crate::workbook::decode_text;

/// OBX-11 is the last field a report needs.
const OBX_FIELDS_MIN: usize = 11;

pub(super) fn is_hl7(bytes: &[u8]) -> bool {
    let start = bytes.iter().position(|b| !matches!(b, 0x0b | b'\r' | b'\n' | b' '));
    let rest = start.map(|at| &bytes[at..]).unwrap_or_default();
    [b"MSH".as_slice(), b"FHS", b"BHS"].iter().any(|head| rest.starts_with(head))
}

pub(super) fn read(bytes: &[u8]) -> Result<Vec<Report>, FileFault> {
    let framed: Vec<u8> =
        bytes.iter().map(|b| if matches!(b, 0x0b | 0x1c) { b'\r' } else { *b }).collect();
    let text = decode_text(&framed).map_err(FileFault::Unreadable)?;
    // Every segment ends with a carriage return, the last one too.
    if !text.ends_with(['\r', '\n']) {
        return Err(FileFault::Cut);
    }
    let mut reports: Vec<Report> = Vec::new();
    let mut marks = ('|', '^');
    let (mut is_open, mut begun, mut ended) = (false, 0, 0);
    for (number, segment) in (1..).zip(text.split(['\r', '\n']).filter(|s| !s.trim().is_empty())) {
        let head = segment.get(..3).ok_or(FileFault::Cut)?;
        if matches!(head, "MSH" | "FHS" | "BHS") {
            let mut chars = segment[3..].chars();
            marks = (chars.next().ok_or(FileFault::Cut)?, chars.next().ok_or(FileFault::Cut)?);
        }
        let fields: Vec<&str> = segment.split(marks.0).collect();
        let first = |at: usize| {
            let field = fields.get(at).copied().unwrap_or_default();
            field.split(marks.1).next().unwrap_or_default().trim().to_owned()
        };
        match head {
            "BHS" => begun += 1,
            "BTS" => ended += 1,
            // In MSH the separator is itself the first field: MSH-9 is the eighth piece.
            "MSH" if fields.get(8).is_none_or(|kind| !kind.starts_with("ORU")) => {
                return Err(FileFault::Unreadable(IntakeError::NotAWorkbook));
            }
            "OBR" => {
                let code = Some(first(3)).filter(|c| !c.is_empty()).unwrap_or_else(|| first(2));
                let lines = Vec::new();
                reports.push(Report { code, row: number, lines, is_preliminary: false });
                is_open = true;
            }
            "SPM" if is_open && !first(2).is_empty() => {
                if let Some(report) = reports.last_mut() {
                    report.code = first(2);
                }
            }
            "OBX" => {
                if fields.len() <= OBX_FIELDS_MIN {
                    return Err(FileFault::Cut);
                }
                let report = reports.last_mut().filter(|_| is_open).ok_or(FileFault::Cut)?;
                let status = first(11);
                report.is_preliminary |= matches!(status.as_str(), "P" | "I" | "S" | "R");
                report.lines.push(Line {
                    analyte: first(3),
                    value: first(5),
                    unit: first(6),
                    range: fields.get(7).copied().unwrap_or_default().to_owned(),
                    is_rejected: is_no_result(&status),
                });
            }
            _ => {}
        }
        if head == "MSH" {
            is_open = false;
        }
    }
    if begun != ended {
        return Err(FileFault::Cut);
    }
    // An order without a result is a message that lost its end.
    if reports.iter().any(|report| report.lines.is_empty()) {
        return Err(FileFault::Cut);
    }
    Ok(reports)
}

/// OBX-11: no result (X), taken back (D), somebody else's (W).
fn is_no_result(status: &str) -> bool {
    matches!(status, "X" | "D" | "W")
}
