//! The lines of a 日结单 by which a stop's work is proven, as text: in the sheet's QR code, or typed off the paper. Each
//! says how many entries a device's stream had and the beginning of its digest. Not the comparison (`server`), and nobody's
//! name or value is in them.
//!
//! In a QR code: `JKRJ1`, unit, day, digest over the unit, `*` and the printing device, `+` and how many lines found no
//! room, then a line each: writer, entries, digest, device, with `:` between. All of it is in QR's alphanumeric set.

use domain::identity::to_half_width;
use std::fmt::Write;

/// What a QR code's text begins with.
const OPENING: &str = "JKRJ1";
/// Hex digits of a writer's id and of a stream's digest on paper, of a unit's digest, of a device's id.
pub const WRITER_CHARS: usize = 16;
pub const UNIT_DIGEST_CHARS: usize = 32;
pub const DEVICE_CHARS: usize = 8;
/// Lines in one QR code, at most: so many are scanned off paper by a phone or a cheap scanner.
pub const CODE_LINES_MAX: usize = 12;
/// Lines and sheets read at once, at most.
const LINES_MAX: usize = 4_096;
/// Longest name of a device, characters.
const NAME_CHARS_MAX: usize = 64;

/// Where one stream stood when the sheet was printed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SheetLine {
    /// Beginning of the writer's id, hex.
    pub writer: String,
    pub entries: u64,
    /// Beginning of the stream's chain, hex.
    pub digest: String,
    /// Beginning of its device's id, hex; empty where it was not known.
    pub device: String,
    /// What the paper calls the device, where it was typed.
    pub name: String,
}

/// One sheet's lines.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SheetLines {
    /// Empty where they were typed without.
    pub unit: String,
    pub day: String,
    pub unit_digest: String,
    /// Beginning of the printing device's id, hex: it has everything the sheet names.
    pub printed_by: String,
    /// Lines that found no room.
    pub left_out: u32,
    pub lines: Vec<SheetLine>,
}

/// The text has a line that is none; which, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SheetProblem(pub usize);

impl SheetLines {
    /// The text for the QR code.
    pub fn print(&self) -> String {
        let shown = &self.lines[..self.lines.len().min(CODE_LINES_MAX)];
        let left_out = self.left_out as usize + self.lines.len() - shown.len();
        let mut text = format!(
            "{OPENING} {} {} {} *{} +{left_out}",
            self.unit, self.day, self.unit_digest, self.printed_by
        );
        for line in shown {
            let SheetLine { writer, entries, digest, device, .. } = line;
            // Writing into a text does not fail.
            let _ = write!(text, " {writer}:{entries}:{digest}:{device}");
        }
        text.to_uppercase()
    }
}

/// Reads QR texts, a line each, and lines typed as they stand on the paper: device, writer, entries, digest. Typed lines
/// are one sheet. Headings are passed over; anything else is a problem, so that no line of the paper is lost by a slip.
pub fn read_sheets(text: &str) -> Result<Vec<SheetLines>, SheetProblem> {
    let mut sheets = Vec::new();
    let mut typed = SheetLines::default();
    for (at, line) in text.lines().enumerate() {
        let problem = SheetProblem(at + 1);
        if at >= LINES_MAX {
            return Err(problem);
        }
        let line = to_half_width(line);
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            [] => {}
            [opening, rest @ ..] if opening.eq_ignore_ascii_case(OPENING) => {
                sheets.push(read_code(rest).ok_or(problem)?);
            }
            words => read_typed(words, &mut typed).ok_or(problem)?,
        }
    }
    if !typed.lines.is_empty() || !typed.unit_digest.is_empty() {
        sheets.push(typed);
    }
    if sheets.is_empty() { Err(SheetProblem(1)) } else { Ok(sheets) }
}

fn read_code(words: &[&str]) -> Option<SheetLines> {
    let [unit, day, digest, printed_by, left_out, lines @ ..] = words else { return None };
    let mut sheet = SheetLines {
        unit: (*unit).to_uppercase(),
        day: (*day).to_owned(),
        unit_digest: hex(digest, UNIT_DIGEST_CHARS)?,
        printed_by: hex_or_none(printed_by.strip_prefix('*')?)?,
        left_out: left_out.strip_prefix('+')?.parse().ok()?,
        lines: Vec::new(),
    };
    for line in lines {
        let parts: Vec<&str> = line.split(':').collect();
        let [writer, entries, digest, device] = parts.as_slice() else { return None };
        sheet.lines.push(SheetLine {
            writer: hex(writer, WRITER_CHARS)?,
            entries: entries.parse().ok()?,
            digest: hex(digest, WRITER_CHARS)?,
            device: hex_or_none(device)?,
            name: String::new(),
        });
    }
    Some(sheet)
}

fn read_typed(words: &[&str], sheet: &mut SheetLines) -> Option<()> {
    if let [name @ .., writer, entries, digest] = words
        && let (Some(writer), Some(digest)) = (hex(writer, WRITER_CHARS), hex(digest, WRITER_CHARS))
    {
        let entries = entries.parse().ok()?;
        let name: String = name.join(" ").chars().take(NAME_CHARS_MAX).collect();
        sheet.lines.push(SheetLine { writer, entries, digest, device: String::new(), name });
        return Some(());
    }
    let total = words.last().and_then(|word| hex(word, UNIT_DIGEST_CHARS));
    if let Some(total) = total {
        sheet.unit_digest = total;
        return Some(());
    }
    // A heading has no figures.
    let is_heading = words.iter().all(|word| !word.contains(|c: char| c.is_ascii_digit()));
    is_heading.then_some(())
}

fn hex(word: &str, chars: usize) -> Option<String> {
    let is_hex = word.len() == chars && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| word.to_ascii_lowercase())
}

fn hex_or_none(word: &str) -> Option<String> {
    if word.is_empty() { Some(String::new()) } else { hex(word, DEVICE_CHARS) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(at: u64) -> SheetLine {
        SheetLine {
            writer: format!("{at:016x}"),
            entries: at * 100,
            digest: format!("{:016x}", at * 7),
            device: format!("{at:08x}"),
            name: String::new(),
        }
    }

    fn sheet(lines: u64) -> SheetLines {
        SheetLines {
            unit: "431302204S01".to_owned(),
            day: "2026-09-14".to_owned(),
            unit_digest: "0123456789abcdef".repeat(2),
            printed_by: "0a0b0c0d".to_owned(),
            left_out: 0,
            lines: (1..=lines).map(line).collect(),
        }
    }

    #[test]
    fn what_is_printed_is_read_back_and_what_found_no_room_is_counted() {
        for lines in [0, 1, CODE_LINES_MAX as u64] {
            let sheet = sheet(lines);
            assert_eq!(read_sheets(&sheet.print()), Ok(vec![sheet]));
        }
        let much = sheet(CODE_LINES_MAX as u64 + 3);
        let read = read_sheets(&much.print()).unwrap();
        assert_eq!((read[0].lines.len(), read[0].left_out), (CODE_LINES_MAX, 3));
        let printed = much.print();
        let is_alphanumeric =
            |c: char| c.is_ascii_digit() || c.is_ascii_uppercase() || " $%*+-./:".contains(c);
        assert!(printed.chars().all(is_alphanumeric), "{printed}");
    }

    #[test]
    fn lines_are_read_as_they_are_typed_off_the_paper() {
        let text = "设备 写入编号 条数 摘要\n\n一号 平板 0123456789ABCDEF 12 fedcba9876543210\n\
                    二号０１２３４５６７８９ａｂｃｄｅｆ\n";
        assert_eq!(read_sheets(text), Err(SheetProblem(4)), "a line that lost its figures");
        let text = "设备 写入编号 条数 摘要\n\n一号 平板 0123456789ABCDEF 12 fedcba9876543210\n\
                    ００００００００００００００００　３　1111111111111111\n\
                    本单位合计 15 0123456789abcdef0123456789abcdef\n";
        let sheets = read_sheets(text).unwrap();
        assert_eq!(sheets.len(), 1);
        assert_eq!(sheets[0].unit_digest, "0123456789abcdef".repeat(2));
        let lines: Vec<_> = sheets[0].lines.iter().map(|l| (l.name.as_str(), l.entries)).collect();
        assert_eq!(lines, [("一号 平板", 12), ("", 3)]);
        assert_eq!(sheets[0].lines[0].writer, "0123456789abcdef");
    }

    #[test]
    fn several_codes_are_several_sheets_and_a_slip_names_its_line() {
        let codes = format!("{}\n{}\n", sheet(1).print(), sheet(2).print().to_lowercase());
        assert_eq!(read_sheets(&codes).map(|sheets| sheets.len()), Ok(2));
        let check = |text: &str, at: usize| assert_eq!(read_sheets(text), Err(SheetProblem(at)));
        check("", 1);
        check("设备 写入编号", 1);
        check("JKRJ1 431302204200 2026-09-14", 1);
        check("一号 0123456789abcdef 12 fedcba987654321", 1);
        check("一号 0123456789abcdef x fedcba9876543210", 1);
        check(&format!("{}\n{}", sheet(1).print(), sheet(1).print().replace(':', ".")), 2);
    }
}
