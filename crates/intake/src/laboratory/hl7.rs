//! HL7 v2 ORU^R01: MSH, then OBR, SPM and OBX. Only what a report needs: the specimen's id (SPM-2, else OBR-3, else OBR-2), the day it
//! was taken on (OBR-7) or else reported (OBR-22), and of each OBX its type (2), code (3.1), value (5), unit (6), range (7) and status (11: F final, C corrected, P preliminary,
//! X no result). Escapes are undone. A message that ends in the middle is refused whole.

use super::{FileFault, Line, LineState, Mapping, Report, read_day};
use crate::error::IntakeError;
use crate::workbook::decode_text;
use domain::lab::is_declared;

/// OBX-11 is the last field a report needs.
const OBX_FIELDS_MIN: usize = 11;

/// What a message writes between its parts, and in place of them within a text.
#[derive(Debug, Clone, Copy)]
struct Marks {
    field: char,
    component: char,
    repetition: char,
    escape: char,
    part: char,
}

impl Marks {
    const USUAL: Marks =
        Marks { field: '|', component: '^', repetition: '~', escape: '\\', part: '&' };

    /// As a head segment says them, behind its name. Those it does not say are the usual ones.
    fn read(said: &str) -> Option<Marks> {
        let mut chars = said.chars();
        let (field, component) = (chars.next()?, chars.next()?);
        let mut rest = chars.take_while(|mark| *mark != field);
        let mut next = |usual: char| rest.next().unwrap_or(usual);
        let repetition = next(Marks::USUAL.repetition);
        let escape = next(Marks::USUAL.escape);
        Some(Marks { field, component, repetition, escape, part: next(Marks::USUAL.part) })
    }

    /// A text with its escapes undone: `10\S\9/L` is `10^9/L`. What is no escape of a mark stays.
    fn plain(self, text: &str) -> String {
        let (mut plain, mut rest) = (String::new(), text);
        while let Some((before, after)) = rest.split_once(self.escape) {
            plain.push_str(before);
            let escaped = after.split_once(self.escape);
            let undone = escaped.and_then(|(name, behind)| Some((self.named(name)?, behind)));
            let (mark, behind) = undone.unwrap_or((self.escape, after));
            plain.push(mark);
            rest = behind;
        }
        plain.push_str(rest);
        plain.trim().to_owned()
    }

    fn named(self, name: &str) -> Option<char> {
        match name {
            "F" => Some(self.field),
            "S" => Some(self.component),
            "T" => Some(self.part),
            "R" => Some(self.repetition),
            "E" => Some(self.escape),
            _ => None,
        }
    }

    /// A component of a field, from 0.
    fn component(self, field: &str, at: usize) -> String {
        self.plain(field.split(self.component).nth(at).unwrap_or_default())
    }

    /// OBX-5. Of a coded answer its words, where it has any; the two parts of `<^0.5` are one text.
    fn value(self, kind: &str, field: &str) -> String {
        match kind {
            "CE" | "CWE" | "CNE" | "CF" => {
                Some(self.component(field, 1)).filter(|words| !words.is_empty())
            }
            "SN" => Some(self.plain(&field.split(self.component).collect::<String>())),
            _ => None,
        }
        .unwrap_or_else(|| self.component(field, 0))
    }

    /// OBX-6: a code, its words and whose it is. A laboratory that writes `10^9/L` as it stands has split its unit: as many pieces
    /// as make a unit that is declared, else all of them.
    fn unit(self, field: &str) -> String {
        let ends = field.match_indices(self.component).map(|(at, _)| at).chain([field.len()]);
        let mut units = ends.map(|end| self.plain(&field[..end]));
        units.find(|unit| is_declared(unit)).unwrap_or_else(|| self.plain(field))
    }
}

pub(super) fn is_hl7(bytes: &[u8]) -> bool {
    let start = bytes.iter().position(|b| !matches!(b, 0x0b | b'\r' | b'\n' | b' '));
    let rest = start.map(|at| &bytes[at..]).unwrap_or_default();
    [b"MSH".as_slice(), b"FHS", b"BHS"].iter().any(|head| rest.starts_with(head))
}

pub(super) fn read(bytes: &[u8], mapping: &Mapping) -> Result<Vec<Report>, FileFault> {
    let framed: Vec<u8> =
        bytes.iter().map(|b| if matches!(b, 0x0b | 0x1c) { b'\r' } else { *b }).collect();
    let text = decode_text(&framed).map_err(FileFault::Unreadable)?;
    // Every segment ends with a carriage return, the last one too.
    if !text.ends_with(['\r', '\n']) {
        return Err(FileFault::Cut);
    }
    let mut reports: Vec<Report> = Vec::new();
    let mut marks = Marks::USUAL;
    let (mut is_open, mut begun, mut ended) = (false, 0, 0);
    for (number, segment) in (1..).zip(text.split(['\r', '\n']).filter(|s| !s.trim().is_empty())) {
        let head = segment.get(..3).ok_or(FileFault::Cut)?;
        if matches!(head, "MSH" | "FHS" | "BHS") {
            marks = Marks::read(&segment[3..]).ok_or(FileFault::Cut)?;
        }
        let fields: Vec<&str> = segment.split(marks.field).collect();
        let first = |at: usize| marks.component(fields.get(at).copied().unwrap_or_default(), 0);
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
                let day = day(first(7), first(22));
                let first_day = String::new();
                reports.push(Report {
                    code,
                    row: number,
                    lines,
                    is_preliminary: false,
                    day,
                    first_day,
                });
                is_open = true;
            }
            "SPM" if is_open && !first(2).is_empty() => {
                if let Some(report) = reports.last_mut() {
                    report.code = first(2);
                }
            }
            "OBX" => {
                let report = reports.last_mut().filter(|_| is_open).ok_or(FileFault::Cut)?;
                report.lines.push(line(marks, &fields, mapping).ok_or(FileFault::Cut)?);
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

/// `20260914` of the first time that says a day.
fn day(taken: String, reported: String) -> String {
    let is_day = |day: &&str| is_number(day) && read_day(day).is_some();
    let day = |time: String| time.get(..8).filter(is_day).map(str::to_owned);
    day(taken).or_else(|| day(reported)).unwrap_or_default()
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// One OBX; `None` where it lost its end.
fn line(marks: Marks, fields: &[&str], mapping: &Mapping) -> Option<Line> {
    if fields.len() <= OBX_FIELDS_MIN {
        return None;
    }
    let first = |at: usize| marks.component(fields[at], 0);
    let state = match first(11).as_str() {
        "P" | "I" | "S" | "R" => LineState::Preliminary,
        "C" => LineState::Corrected,
        "X" => LineState::NoResult,
        "D" | "W" => LineState::Withdrawn,
        _ => LineState::Final,
    };
    let value = marks.value(&first(2), fields[5]);
    let is_no_result = matches!(state, LineState::NoResult | LineState::Withdrawn);
    Some(Line {
        analyte: first(3),
        is_rejected: is_no_result || mapping.is_rejection(&value),
        value,
        unit: marks.unit(fields[6]),
        range: marks.plain(fields[7]),
        state,
        is_preliminary: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(encoding: &str, obx: &str) -> Vec<Line> {
        let text = format!("MSH|{encoding}|LIS|L|||1||ORU^R01|1|P|2.5\rOBR|1||B0001\r{obx}\r");
        read(text.as_bytes(), &Mapping::default()).unwrap().remove(0).lines
    }

    #[test]
    fn escapes_are_undone_by_the_marks_that_the_message_names() {
        let check = |encoding: &str, escaped: &str, plain: &str| {
            let obx = format!("OBX|1|ST|X||{escaped}|g/L|||||F");
            assert_eq!(lines(encoding, &obx)[0].value, plain, "{escaped}");
        };
        check("^~\\&", "a\\S\\b\\T\\c\\R\\d\\E\\e\\F\\f", "a^b&c~d\\e|f");
        check("^~\\&", "a\\.br\\b", "a\\.br\\b");
        check("^~\\&", "a\\", "a\\");
        check("^~$&", "a$S$b\\S\\", "a^b\\S\\");
    }

    #[test]
    fn a_unit_that_was_split_is_put_together_and_a_coded_one_is_its_code() {
        let check = |field: &str, unit: &str| {
            let obx = format!("OBX|1|NM|WBC||5.6|{field}|4-10||||F");
            assert_eq!(lines("^~\\&", &obx)[0].unit, unit, "{field}");
        };
        check("10\\S\\9/L", "10^9/L");
        check("10^9/L", "10^9/L");
        check("10*9/L^^UCUM", "10*9/L");
        check("mmol/L^毫摩尔每升^UCUM", "mmol/L");
        check("IU/L", "IU/L");
        check("", "");
    }

    #[test]
    fn the_day_is_that_of_the_collection_and_what_is_no_date_is_none() {
        let check = |taken: &str, reported: &str, is: &str| {
            let between = "|".repeat(15);
            let obr = format!("OBR|1||B0001||||{taken}{between}{reported}");
            let text =
                format!("MSH|^~\\&|LIS|L|||1||ORU^R01|1|P|2.5\r{obr}\rOBX|1|NM|X||1||||||F\r");
            let day = read(text.as_bytes(), &Mapping::default()).unwrap().remove(0).day;
            assert_eq!(day, is, "{taken} {reported}");
        };
        check("202609140830", "20260916", "20260914");
        check("", "20260916103000", "20260916");
        check("00000000", "20260916", "20260916");
        check("20260231", "", "");
        check("2026091", "0000", "");
        check("", "", "");
    }

    #[test]
    fn of_a_coded_answer_the_words_count() {
        let check = |kind: &str, field: &str, value: &str| {
            let obx = format!("OBX|1|{kind}|HBSAG||{field}||||||F|F");
            assert_eq!(lines("^~\\&", &obx)[0].value, value, "{field}");
        };
        check("CE", "1^阴性^L", "阴性");
        check("CWE", "阳性", "阳性");
        check("ST", "阴性", "阴性");
        check("SN", "<^0.5", "<0.5");
        check("SN", "^5.6", "5.6");
    }
}
