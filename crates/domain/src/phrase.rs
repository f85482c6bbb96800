//! Phrases: what a department's findings are put together from, and how they are known again in a text. A text is its
//! phrases with `;` between; a blank is `〔name〕` until somebody fills it. So a result stays a plain text, which files,
//! older programs and people read. Not the phrases (`schema/catalogue/phrases.json`), not which to offer (the screen).

use crate::catalogue::Catalogue;
use crate::identity::to_half_width;
use crate::ids::ItemCode;
use crate::rule::Level;

const BLANK_OPEN: char = '〔';
const BLANK_CLOSE: char = '〕';
/// What stands in a blank is a site, a size, a degree: never a sentence.
const FILLED_CHARS_MAX: usize = 24;
/// With one of these in a blank the phrase may say its opposite, or be a guess: a person has to judge it.
const DOUBTS: [char; 9] = ['未', '无', '非', '否', '不', '除', '疑', '待', '?'];

/// The rule whose classes phrases lead to.
pub const DEPARTMENT_RULE: &str = "department";

/// What a class says, with the department it is of: several give one class (科室检查异常), and a line stands by itself.
pub fn with_department(cat: &Catalogue, rule: &str, item: Option<ItemCode>, said: &str) -> String {
    let item = item.filter(|_| rule == DEPARTMENT_RULE);
    match item.and_then(|code| cat.item(code)) {
        Some(item) if !said.contains(&item.short_zh) => format!("{}：{said}", item.short_zh),
        Some(_) | None => said.to_owned(),
    }
}

/// One phrase of the book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    pub key: String,
    /// The items of words it may stand in.
    pub items: Vec<ItemCode>,
    /// With its blanks.
    pub text: String,
    /// Of its characters, without the blanks: what finds it.
    pub initials: String,
    pub grade: Grade,
    /// How far the level was verified, or why there is none.
    pub status: String,
    pub source: String,
    /// What to do at once; empty where nothing is.
    pub hint_zh: String,
}

/// The blank that nobody leaves out when saying the phrase: 左肾囊肿, 右肾囊肿.
const SIDE: &str = "〔左或右〕";

impl Phrase {
    /// Every way in which letters find it, one behind the other: its initials, and where a side comes first these behind z (左) and y (右).
    pub fn spellings(&self) -> String {
        let own = &self.initials;
        match self.text.starts_with(SIDE) {
            true => format!("{own} z{own} y{own}"),
            false => own.clone(),
        }
    }
}

/// What a phrase says of how pressing it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grade {
    /// Nothing abnormal.
    Normal,
    /// No source gives a level: a doctor does.
    Ungraded,
    /// The class of the department's rule; days and level are that class's (finding_levels.csv).
    Finding { class: String, level: Level },
}

/// The parts of a text, in their order, without what joins them.
pub fn clauses(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split([';', '；', '。', '\n']);
    parts
        .map(|part| part.trim_matches([' ', '.', ',', '，', '\u{3000}']))
        .filter(|part| !part.is_empty())
}

/// Whether a blank still waits to be filled.
pub fn has_blank(text: &str) -> bool {
    text.contains([BLANK_OPEN, BLANK_CLOSE])
}

impl Phrase {
    /// Whether a clause is this phrase with its blanks filled.
    pub fn is_said(&self, clause: &str) -> bool {
        let (phrase, clause) = (to_half_width(&self.text), to_half_width(clause));
        let mut fixed: Vec<&str> = Vec::new();
        for part in phrase.split(BLANK_OPEN) {
            fixed.push(part.split_once(BLANK_CLOSE).map_or(part, |(_, after)| after));
        }
        match fixed.split_first() {
            Some((first, rest)) => clause.strip_prefix(first).is_some_and(|left| fits(rest, left)),
            None => false,
        }
    }
}

/// Whether what is left is each fixed part behind something that fills a blank.
fn fits(fixed: &[&str], left: &str) -> bool {
    let Some((next, rest)) = fixed.split_first() else {
        return left.is_empty();
    };
    let ends = left.char_indices().map(|(at, sign)| at + sign.len_utf8());
    let mut ends = ends.take(FILLED_CHARS_MAX);
    ends.any(|end| {
        let (filled, behind) = left.split_at(end);
        is_filled(filled) && behind.strip_prefix(next).is_some_and(|left| fits(rest, left))
    })
}

fn is_filled(filled: &str) -> bool {
    !filled.trim().is_empty() && !filled.contains(DOUBTS) && !has_blank(filled)
}

impl Catalogue {
    /// The phrase that a clause of an item is.
    pub fn phrase(&self, item: ItemCode, clause: &str) -> Option<&Phrase> {
        let mut of_item = self.phrases.iter().filter(|phrase| phrase.items.contains(&item));
        of_item.find(|phrase| phrase.is_said(clause))
    }

    /// The first clause of a text that leads to a class of the department's rule.
    pub fn clause_of<'t>(&self, item: ItemCode, text: &'t str, class: &str) -> Option<&'t str> {
        let leads = |clause: &&str| {
            let phrase = self.phrase(item, clause);
            phrase.is_some_and(
                |phrase| matches!(&phrase.grade, Grade::Finding { class: of, .. } if of == class),
            )
        };
        clauses(text).find(leads)
    }

    /// Whether something in a text that was called abnormal has no level yet: a clause that is no phrase of the book or one
    /// without a level, or nothing that has one.
    pub fn is_ungraded(&self, item: ItemCode, text: &str) -> bool {
        let mut graded = 0;
        for clause in clauses(text) {
            match self.phrase(item, clause).map(|phrase| &phrase.grade) {
                None | Some(Grade::Ungraded) => return true,
                Some(Grade::Normal) => {}
                Some(Grade::Finding { .. }) => graded += 1,
            }
        }
        graded == 0
    }
}
