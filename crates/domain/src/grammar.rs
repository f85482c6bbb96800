//! What an item of words may say where it is more than free text: several choices at once, a date that may
//! lack its day, a chart of teeth. The value is a plain text in one spelling, so that entries, files and older
//! programs carry it like any other. Not what a value means (`check`, `rule`).

use crate::catalogue::Choice;
use std::collections::BTreeMap;

/// How the text of an item is spelt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grammar {
    Free,
    /// Codes of choices, ascending, with commas: `2,14`.
    Several(Vec<Choice>),
    /// `2024`, `2024-05` or `2024-05-03`: people remember the year of an operation, not its day.
    Date,
    /// `16=D,55=f`, ascending; `0` where every tooth was looked at and none is marked.
    Teeth,
}

impl Grammar {
    /// The one spelling of what was written, or `None` where it says nothing in this grammar.
    pub fn spell(&self, written: &str) -> Option<String> {
        match self {
            Grammar::Free => Some(written.to_owned()),
            Grammar::Several(choices) => spell_several(choices, written),
            Grammar::Date => spell_date(written),
            Grammar::Teeth => Teeth::read(written).map(|teeth| teeth.spelling()),
        }
    }

    /// Whether a text is in its one spelling and holds nothing that excludes something else in it.
    pub fn holds(&self, text: &str) -> bool {
        match self {
            Grammar::Free => true,
            Grammar::Several(choices) => {
                let codes = codes_of(text);
                let chosen = choices.iter().filter(|choice| codes.contains(&choice.code));
                let is_clear = codes.len() < 2 || !chosen.clone().any(|choice| choice.exclusive);
                is_clear && chosen.count() == codes.len() && self.is_spelt(text)
            }
            Grammar::Date | Grammar::Teeth => self.is_spelt(text),
        }
    }

    fn is_spelt(&self, text: &str) -> bool {
        self.spell(text).as_deref() == Some(text)
    }

    /// The text in words for people.
    pub fn print(&self, text: &str) -> String {
        match self {
            Grammar::Free | Grammar::Date => text.to_owned(),
            Grammar::Several(choices) => {
                let word = |code: &str| {
                    let choice = choices.iter().find(|choice| choice.code.to_string() == code);
                    // A newer catalogue's choice: shown by its code, never dropped.
                    choice.map_or_else(|| format!("#{code}"), |choice| choice.zh.clone())
                };
                text.split(',').map(word).collect::<Vec<_>>().join("、")
            }
            Grammar::Teeth if text == SOUND => "无龋失补".to_owned(),
            Grammar::Teeth => text.replace(',', " "),
        }
    }
}

/// The choices a text of several names; what is no number is left out.
pub fn codes_of(text: &str) -> Vec<u16> {
    text.split(',').filter_map(|code| code.parse().ok()).collect()
}

/// Words, keys or codes with commas, 、 or ； between them, in any order.
fn spell_several(choices: &[Choice], written: &str) -> Option<String> {
    let lower = written.to_lowercase();
    let is_between = |c: char| matches!(c, ',' | '、' | ';' | '/' | '+' | '\n');
    let parts: Vec<&str> =
        lower.split(is_between).map(str::trim).filter(|part| !part.is_empty()).collect();
    let code = |part: &&str| {
        let named = |choice: &&Choice| choice.words.iter().any(|word| word == part);
        choices.iter().find(named).map(|choice| choice.code)
    };
    let codes: Option<std::collections::BTreeSet<u16>> = parts.iter().map(code).collect();
    let codes = codes.filter(|codes| !codes.is_empty())?;
    Some(codes.iter().map(u16::to_string).collect::<Vec<_>>().join(","))
}

/// Years 1900 to 2100: a slip of the finger is no date.
fn spell_date(written: &str) -> Option<String> {
    let plain = written.trim().trim_end_matches(['日', '月', '年']);
    let parts: Vec<&str> = plain.split(['-', '/', '.', '年', '月']).collect();
    let number = |at: usize| parts.get(at).map(|part| part.parse::<u32>()).transpose().ok();
    let (year, month, day) = (number(0)??, number(1)?, number(2)?);
    if parts.len() > 3 || !(1900..=2100).contains(&year) {
        return None;
    }
    let whole = chrono::NaiveDate::from_ymd_opt(
        i32::try_from(year).ok()?,
        month.unwrap_or(1),
        day.unwrap_or(1),
    )?;
    Some(match (month, day) {
        (None, _) => whole.format("%Y").to_string(),
        (Some(_), None) => whole.format("%Y-%m").to_string(),
        (Some(_), Some(_)) => whole.format("%Y-%m-%d").to_string(),
    })
}

/// No tooth is marked.
const SOUND: &str = "0";

/// Marks by tooth, FDI numbers: 11-18 21-28 31-38 41-48 permanent, 51-55 61-65 71-75 81-85 primary.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Teeth {
    marks: BTreeMap<u8, Mark>,
}

/// What a tooth is: D d decayed, M m missing by caries, F f filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    Decayed,
    Missing,
    Filled,
}

/// Marked teeth of one kind: DMFT, or dmft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Marked {
    pub decayed: u8,
    pub missing: u8,
    pub filled: u8,
}

impl Marked {
    /// DMFT (at most 32) or dmft (at most 20).
    pub fn sum(self) -> u8 {
        self.decayed + self.missing + self.filled
    }
}

impl Teeth {
    /// Reads `16=D,55=f`; the letter's case follows the tooth. `None` for a tooth that is none, one named
    /// twice, or another letter.
    pub fn read(written: &str) -> Option<Teeth> {
        let mut teeth = Teeth::default();
        let plain = written.trim();
        if matches!(plain, SOUND | "无" | "无龋失补") {
            return Some(teeth);
        }
        let is_between = |c: char| c == ',' || c == ';' || c == '、' || c.is_whitespace();
        for part in plain.split(is_between).filter(|part| !part.is_empty()) {
            let (tooth, letter) = part.split_once('=')?;
            let tooth: u8 = tooth.parse().ok().filter(|tooth| is_tooth(*tooth))?;
            let mark = match letter {
                "D" | "d" => Mark::Decayed,
                "M" | "m" => Mark::Missing,
                "F" | "f" => Mark::Filled,
                _ => return None,
            };
            if teeth.marks.insert(tooth, mark).is_some() {
                return None;
            }
        }
        (!teeth.marks.is_empty()).then_some(teeth)
    }

    pub fn spelling(&self) -> String {
        if self.marks.is_empty() {
            return SOUND.to_owned();
        }
        let one = |(tooth, mark): (&u8, &Mark)| {
            let letter = match mark {
                Mark::Decayed => 'D',
                Mark::Missing => 'M',
                Mark::Filled => 'F',
            };
            let letter = if is_permanent(*tooth) { letter } else { letter.to_ascii_lowercase() };
            format!("{tooth}={letter}")
        };
        self.marks.iter().map(one).collect::<Vec<_>>().join(",")
    }

    /// DMFT: the permanent teeth.
    pub fn permanent(&self) -> Marked {
        self.marked(is_permanent)
    }

    /// dmft: the primary teeth.
    pub fn primary(&self) -> Marked {
        self.marked(|tooth| !is_permanent(tooth))
    }

    fn marked(&self, of: fn(u8) -> bool) -> Marked {
        let mut marked = Marked::default();
        for (_, mark) in self.marks.iter().filter(|(tooth, _)| of(**tooth)) {
            match mark {
                Mark::Decayed => marked.decayed += 1,
                Mark::Missing => marked.missing += 1,
                Mark::Filled => marked.filled += 1,
            }
        }
        marked
    }
}

fn is_tooth(number: u8) -> bool {
    let (quadrant, place) = (number / 10, number % 10);
    match quadrant {
        1..=4 => (1..=8).contains(&place),
        5..=8 => (1..=5).contains(&place),
        _ => false,
    }
}

fn is_permanent(number: u8) -> bool {
    number < 50
}
