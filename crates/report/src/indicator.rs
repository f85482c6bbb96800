//! The rates of group reports as data (`schema/summary/indicators.csv`), and whether one person counts in one of them. Not the
//! classes themselves: `domain::rule` gave those.

use crate::follow::{Follow, Is, Of};
use domain::catalogue::{Catalogue, Class, Condition};
use domain::check::Subject;
use domain::facts::{CheckupFacts, PersonKind, is_conflict};
use domain::ids::ItemCode;
use domain::lab::read_range;
use domain::rule::{Level, speaks_of};
use domain::value::Value;

/// The file the program is built with.
const BUILTIN: &str = include_str!("../../../schema/summary/indicators.csv");
const COLUMNS: usize = 12;

/// One rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Indicator {
    pub key: String,
    /// None = both.
    pub who: Option<PersonKind>,
    pub group_zh: String,
    pub name_zh: String,
    /// One of these sets has to be there whole, of each of its terms one part; none = everybody examined.
    measured: Vec<Vec<Vec<There>>>,
    /// Rule and code.
    pub classes: Vec<(String, String)>,
    pub(crate) level: Option<Level>,
    /// None of these: somebody whom the table reads and says nothing of.
    none_of: Vec<(String, String)>,
    answers: Vec<(ItemCode, u16)>,
    needs: Needs,
    left_out: Vec<LeftOut>,
    /// Whose numerator is the denominator.
    pub of: Option<usize>,
    /// Of which other it is a part.
    pub part_of: Option<usize>,
    /// Among the main problems.
    pub is_problem: bool,
    /// Of findings or reports, not of what was measured.
    pub follow: Option<Follow>,
}

impl Indicator {
    pub fn is_of(&self, kind: PersonKind) -> bool {
        self.who.is_none_or(|who| who == kind)
    }

    /// The items whose two values keep a person out.
    fn read_items(&self) -> impl Iterator<Item = ItemCode> {
        let measured = self.measured.iter().flatten().flatten().filter_map(|part| match part {
            There::Item(item) | There::Answer(item, _) => Some(*item),
            There::Class(_, _) => None,
        });
        let left_out = self.left_out.iter().filter_map(|word| match word {
            LeftOut::Answer(item, _) | LeftOut::Unless(item, _) => Some(*item),
            LeftOut::Class(_, _) => None,
        });
        measured.chain(left_out)
    }

    /// The rule whose classes it counts, or of which it counts who has none.
    pub(crate) fn rule(&self) -> Option<&str> {
        self.classes.iter().chain(&self.none_of).next().map(|(rule, _)| rule.as_str())
    }

    /// Counts whoever has none of some classes.
    pub(crate) fn is_without(&self) -> bool {
        !self.none_of.is_empty()
    }

    /// Counts whoever has none of what the other counts.
    pub(crate) fn is_without_those_of(&self, other: &Indicator) -> bool {
        !other.classes.is_empty() && other.classes.iter().all(|one| self.none_of.contains(one))
    }

    /// Of everybody examined, whatever of them.
    fn is_of_everybody(&self) -> bool {
        let counts_people = self.follow.is_none_or(|follow| follow.of == Of::Examined);
        counts_people
            && self.measured.is_empty()
            && self.left_out.is_empty()
            && self.of.is_none()
            && self.needs == Needs::Nothing
    }

    /// Told by age beside sex.
    pub fn is_by_age(&self) -> bool {
        matches!(self.needs, Needs::Table { standard, .. } if standard == BY_AGE)
    }

    /// Whether its denominator is made of the same people as another's.
    pub(crate) fn asks_the_same(&self, other: &Indicator) -> bool {
        if self.is_of_everybody() && other.is_of_everybody() {
            return true;
        }
        let followed = |one: &Indicator| one.follow.map(|follow| follow.of);
        let rules = |one: &Indicator| -> Vec<String> {
            one.classes.iter().chain(&one.none_of).map(|(rule, _)| rule.clone()).collect()
        };
        // Whose audience it is, is of the rules.
        let is_of_audience = self.needs == Needs::Audience;
        self.measured == other.measured
            && self.needs == other.needs
            && (!is_of_audience
                || rules(self).iter().all(|rule| rules(other).iter().any(|one| one == rule)))
            && self.left_out == other.left_out
            && self.of == other.of
            && followed(self) == followed(other)
    }
}

/// What shows that somebody was measured.
#[derive(Debug, Clone, PartialEq, Eq)]
enum There {
    Item(ItemCode),
    Answer(ItemCode, u16),
    /// The rule has decided.
    Class(String, String),
}

/// Who is measured and of whom the rule says neither yes nor no.
#[derive(Debug, Clone, PartialEq, Eq)]
enum LeftOut {
    Class(String, String),
    Answer(ItemCode, u16),
    Unless(ItemCode, u16),
}

/// What has to be known of a person before a class can be said to be absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Needs {
    Nothing,
    /// Sex and age.
    SexAge,
    /// That the rules of its classes are for such a person.
    Audience,
    /// Those, and an age that the tables of this standard have: tenths of a year, both ends among them.
    Table {
        standard: &'static str,
        from_tenths: i32,
        to_tenths: i32,
    },
}

/// Ages that a standard speaks of: WS/T 456-2014 tables A.1 and B.1 (6.0 to 18.0 years), WS/T 612-2018 (7 to 18 years), WS/T
/// 610-2018 (7 years; from 18 on adult thresholds, clause 4.3).
const TABLES: [Needs; 3] = [
    Needs::Table { standard: "wst456", from_tenths: 60, to_tenths: 180 },
    Needs::Table { standard: "wst612", from_tenths: 70, to_tenths: 180 },
    Needs::Table { standard: "wst610", from_tenths: 70, to_tenths: i32::MAX },
];
/// The standard that reports its rates by sex and age (WS/T 456-2014, section 5).
const BY_AGE: &str = "wst456";

impl Needs {
    fn of_word(word: &str) -> Option<Needs> {
        let is_named =
            |one: &&Needs| matches!(one, Needs::Table { standard, .. } if *standard == word);
        match word {
            "" => Some(Needs::Nothing),
            "sex_age" => Some(Needs::SexAge),
            "audience" => Some(Needs::Audience),
            _ => TABLES.iter().find(is_named).copied(),
        }
    }

    /// What keeps a person out of the denominator.
    fn lacks(self, one: &Indicator, checkup: &CheckupFacts) -> Option<Counted> {
        let details = &checkup.details;
        if self == Needs::Nothing || (self == Needs::Audience && speaks_of_all(one, checkup)) {
            return None;
        }
        let (Some(_), Some(_), Some(day)) = (details.sex, details.birth, checkup.day) else {
            return Some(Counted::Unknown);
        };
        if self == Needs::Audience {
            return Some(Counted::OtherAge);
        }
        let Needs::Table { standard, from_tenths, to_tenths } = self else { return None };
        let subject = Subject { kind: checkup.kind, sex: details.sex, birth: details.birth, day };
        let key = Catalogue::builtin().age_setting(standard);
        let age = key.and_then(|key| subject.age_tenths(key));
        let is_read = age.is_some_and(|age| (from_tenths..=to_tenths).contains(&age));
        (!is_read).then_some(Counted::OtherAge)
    }
}

/// Whether each class of a rate that is on can be said of this person, or said to be absent.
fn speaks_of_all(one: &Indicator, checkup: &CheckupFacts) -> bool {
    let details = &checkup.details;
    let subject = Subject {
        kind: checkup.kind,
        sex: details.sex,
        birth: details.birth.filter(|_| checkup.day.is_some()),
        day: checkup.day.unwrap_or_default(),
    };
    let cat = Catalogue::builtin();
    let classes = |rule: &str, code: &str| -> Vec<&Class> {
        let classes = cat.rule(rule).map(|rule| rule.classes.as_slice()).unwrap_or_default();
        classes.iter().filter(|class| class.on && class.code == code).collect()
    };
    // A range of numbers that a laboratory printed beside the value stands in the place of the table's, for whoever has it.
    let is_ranged = |part: &There| match part {
        There::Item(item) => {
            let printed = checkup.own_ranges.get(item).map(|text| read_range(text));
            matches!(printed, Some(Ok(Some(_))))
        }
        There::Answer(_, _) | There::Class(_, _) => false,
    };
    let has_range =
        one.measured.iter().any(|set| set.iter().all(|term| term.iter().any(is_ranged)));
    let is_by_range = |condition: &Condition| match condition {
        Condition::Number { limit, .. } => limit.own.is_some(),
        Condition::Choice { .. } | Condition::Phrase { .. } | Condition::Ungraded { .. } => true,
    };
    let says = |(rule, code): &(String, String)| {
        let by_range = || {
            let mut on = classes(rule, code).into_iter();
            on.any(|class| class.all.iter().chain(&class.any).all(is_by_range))
        };
        speaks_of(cat, &subject, rule, code) || (has_range && by_range())
    };
    // From an age on in the place of another class of the same list: before that age it is absent, and that is an answer.
    let stands_for_other = |own: &(String, String)| {
        let entries = classes(&own.0, &own.1);
        let is_beside = |other: &&(String, String)| {
            let there = classes(&other.0, &other.1);
            *other != own
                && other.0 == own.0
                && there.iter().any(|class| entries.iter().any(|entry| entry.slot == class.slot))
        };
        entries.iter().all(|entry| entry.from_age.is_some())
            && one.classes.iter().filter(is_beside).any(says)
    };
    let is_on = |(rule, code): &&(String, String)| !classes(rule, code).is_empty();
    let mut listed = one.classes.iter().chain(&one.none_of).filter(is_on);
    listed.all(|class| says(class) || stands_for_other(class))
}

/// How one person counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    Found,
    NotFound,
    /// No value.
    NotMeasured,
    /// Two values that a person has to decide between.
    Conflict,
    /// The class depends on a sex or an age that nobody knows.
    Unknown,
    /// The standard says nothing of this age.
    OtherAge,
    /// Measured, and the rule says neither yes nor no.
    CannotSay,
    /// The day by which it counts is still to come.
    NotYet,
    /// Nobody wrote the day by which it counts.
    NoDay,
    /// The finding does not stand any more.
    Gone,
    /// Not among those the rate is of.
    Elsewhere,
}

/// What is wrong with the file: the line, counted from 1, and what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndicatorsWrong {
    pub line: usize,
    pub what: &'static str,
}

/// Those the program is built with.
pub fn builtin() -> Result<Vec<Indicator>, IndicatorsWrong> {
    read(BUILTIN, Catalogue::builtin())
}

/// Reads such a file. A rate named by another stands before it.
pub fn read(text: &str, catalogue: &Catalogue) -> Result<Vec<Indicator>, IndicatorsWrong> {
    let mut all: Vec<Indicator> = Vec::new();
    let rows = text.lines().enumerate().filter(|(_, row)| !row.starts_with('#') && !row.is_empty());
    for (at, row) in rows.skip(1) {
        let wrong = |what| IndicatorsWrong { line: at + 1, what };
        let cells: Vec<&str> = row.split(',').map(str::trim).collect();
        if cells.len() != COLUMNS {
            return Err(wrong("columns"));
        }
        let named = |key: &str| match key {
            "" => Ok(None),
            key => all.iter().position(|one| one.key == key).map(Some).ok_or(wrong("named")),
        };
        let follow = read_follow(cells[5], cells[7]).map_err(wrong)?;
        let classes = if follow.is_some() { "" } else { cells[5] };
        let Classes { classes, none_of, level } =
            read_classes(classes, catalogue).ok_or(wrong("classes"))?;
        let needs = if follow.is_some() { "" } else { cells[7] };
        let measured = read_measured(cells[4], catalogue).ok_or(wrong("measured"))?;
        let left_out = read_left_out(cells[11], catalogue).ok_or(wrong("left_out"))?;
        let answers = read_answers(cells[6], catalogue).ok_or(wrong("answer"))?;
        let one = Indicator {
            key: cells[0].to_owned(),
            who: match cells[1] {
                "pupil" => Some(PersonKind::Pupil),
                "resident" => Some(PersonKind::Resident),
                "both" => None,
                _ => return Err(wrong("who")),
            },
            group_zh: cells[2].to_owned(),
            name_zh: cells[3].to_owned(),
            measured,
            classes,
            none_of,
            level,
            answers,
            needs: Needs::of_word(needs).ok_or(wrong("needs"))?,
            left_out,
            of: named(cells[8])?,
            part_of: named(cells[9])?,
            is_problem: cells[10] == "yes",
            follow,
        };
        let counts_values = one.level.is_some()
            || !one.answers.is_empty()
            || !one.classes.is_empty()
            || !one.none_of.is_empty();
        if !counts_values && follow.is_none() {
            return Err(wrong("numerator"));
        }
        all.push(one);
    }
    Ok(all)
}

/// `task:`, `report:` or `list:` in both cells: what makes the numerator, and of what.
fn read_follow(is: &str, of: &str) -> Result<Option<Follow>, &'static str> {
    let word = |cell: &'_ str| -> Option<String> {
        let (what, word) = cell.split_once(':')?;
        matches!(what, "task" | "report" | "list").then(|| word.to_owned())
    };
    match (word(is), word(of)) {
        (None, None) => Ok(None),
        (Some(is), Some(of)) => {
            let is = Is::of_word(&is).ok_or("classes")?;
            Ok(Some(Follow { is, of: Of::of_word(&of).ok_or("needs")? }))
        }
        (Some(_), None) => Err("needs"),
        (None, Some(_)) => Err("classes"),
    }
}

#[derive(Default)]
struct Classes {
    classes: Vec<(String, String)>,
    none_of: Vec<(String, String)>,
    level: Option<Level>,
}

fn read_classes(text: &str, catalogue: &Catalogue) -> Option<Classes> {
    let mut read = Classes::default();
    for class in text.split_whitespace() {
        let (is_none_of, class) = match class.strip_prefix('!') {
            Some(class) => (true, class),
            None => (false, class),
        };
        let (rule, code) = class.split_once(':')?;
        if rule == "level" {
            read.level = Some(Level::parse(code)?);
            continue;
        }
        catalogue.level(rule, code)?;
        let into = if is_none_of { &mut read.none_of } else { &mut read.classes };
        into.push((rule.to_owned(), code.to_owned()));
    }
    Some(read)
}

/// `item=choice`, several with a space: any of them.
fn read_answers(text: &str, catalogue: &Catalogue) -> Option<Vec<(ItemCode, u16)>> {
    text.split_whitespace().map(|answer| read_answer(answer, catalogue)).collect()
}

fn read_answer(answer: &str, catalogue: &Catalogue) -> Option<(ItemCode, u16)> {
    let (key, choice) = answer.split_once('=')?;
    let item = catalogue.item_by_key(key)?;
    Some((item.code, item.choice(choice)?.code))
}

/// `rule:code`, where there is such a class.
fn read_class(class: &str, catalogue: &Catalogue) -> Option<(String, String)> {
    let (rule, code) = class.split_once(':')?;
    catalogue.level(rule, code)?;
    Some((rule.to_owned(), code.to_owned()))
}

/// Sets parted by `|`, terms by `+`, their parts by `/`: an item, an item's answer, a class.
fn read_measured(text: &str, catalogue: &Catalogue) -> Option<Vec<Vec<Vec<There>>>> {
    let part = |part: &str| {
        if part.contains(':') {
            return read_class(part, catalogue).map(|(rule, code)| There::Class(rule, code));
        }
        if part.contains('=') {
            return read_answer(part, catalogue).map(|(item, choice)| There::Answer(item, choice));
        }
        catalogue.item_by_key(part).map(|item| There::Item(item.code))
    };
    let term = |term: &str| term.split('/').map(part).collect();
    let sets = text.split('|').filter(|set| !set.is_empty());
    sets.map(|set| set.split('+').map(term).collect()).collect()
}

/// Several with a space: a class, an answer, or with `!` in front whoever did not answer so.
fn read_left_out(text: &str, catalogue: &Catalogue) -> Option<Vec<LeftOut>> {
    let one = |word: &str| match word.strip_prefix('!') {
        Some(word) => {
            read_answer(word, catalogue).map(|(item, choice)| LeftOut::Unless(item, choice))
        }
        None if word.contains(':') => {
            read_class(word, catalogue).map(|(rule, code)| LeftOut::Class(rule, code))
        }
        None => read_answer(word, catalogue).map(|(item, choice)| LeftOut::Answer(item, choice)),
    };
    text.split_whitespace().map(one).collect()
}

/// How this person counts in one of `all`; not of a rate of levels, which are what a doctor made of the findings (`FollowFacts`).
pub fn counted(all: &[Indicator], at: usize, checkup: &CheckupFacts) -> Counted {
    let Some(one) = all.get(at).filter(|one| one.is_of(checkup.kind)) else {
        return Counted::Elsewhere;
    };
    if let Some(of) = one.of
        && counted(all, of, checkup) != Counted::Found
    {
        return Counted::Elsewhere;
    }
    let values = |item: &ItemCode| checkup.results.get(item).map(Vec::as_slice).unwrap_or_default();
    if one.read_items().any(|item| is_conflict(values(&item))) {
        return Counted::Conflict;
    }
    if is_found(one, checkup) {
        // Who was found so was measured: no rate above one.
        return Counted::Found;
    }
    let is_answer = |item: &ItemCode, choice: u16| {
        values(item).iter().any(|value| value.value == Value::Choice(choice))
    };
    let is_class = |rule: &String, code: &String| {
        checkup.judgements.iter().any(|j| j.rule == *rule && j.code == *code)
    };
    let is_there = |part: &There| match part {
        There::Item(item) => values(item).iter().any(|value| value.value.is_present()),
        There::Answer(item, choice) => is_answer(item, *choice),
        There::Class(rule, code) => is_class(rule, code),
    };
    let is_measured = |set: &Vec<Vec<There>>| set.iter().all(|term| term.iter().any(is_there));
    if !one.measured.is_empty() && !one.measured.iter().any(is_measured) {
        return Counted::NotMeasured;
    }
    if let Some(lacking) = one.needs.lacks(one, checkup) {
        return lacking;
    }
    let is_left_out = |word: &LeftOut| match word {
        LeftOut::Class(rule, code) => is_class(rule, code),
        LeftOut::Answer(item, choice) => is_answer(item, *choice),
        LeftOut::Unless(item, choice) => !is_answer(item, *choice),
    };
    if one.left_out.iter().any(is_left_out) {
        return Counted::CannotSay;
    }
    let is_none_of = !one.none_of.is_empty() && !has_class(&one.none_of, checkup);
    if is_none_of { Counted::Found } else { Counted::NotFound }
}

fn has_class(classes: &[(String, String)], checkup: &CheckupFacts) -> bool {
    let mut judged = checkup.judgements.iter();
    judged.any(|j| classes.iter().any(|(rule, code)| *rule == j.rule && *code == j.code))
}

fn is_found(one: &Indicator, checkup: &CheckupFacts) -> bool {
    let is_class = || has_class(&one.classes, checkup);
    let is_answer = || {
        one.answers.iter().any(|(item, choice)| {
            let values = checkup.results.get(item).into_iter().flatten();
            values.into_iter().any(|value| value.value == Value::Choice(*choice))
        })
    };
    is_class() || is_answer()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_builtin_file_is_read_and_a_wrong_line_is_named() {
        let all = builtin().unwrap();
        assert!(all.len() > 40);
        let keys: std::collections::BTreeSet<&str> =
            all.iter().map(|one| one.key.as_str()).collect();
        assert_eq!(keys.len(), all.len(), "a key stands twice");
        let head = "key,who,group_zh,name_zh,measured,classes,answer,needs,of,part_of,top,left_out";
        let check = |row: &str, what: &'static str| {
            let text = format!("{head}\n{row}\n");
            let read = read(&text, Catalogue::builtin()).map(|all| all.len());
            assert_eq!(read, Err(IndicatorsWrong { line: 2, what }), "{row}");
        };
        check("a,pupil,组,名,height_cm,pupil_weight:obese", "columns");
        check("a,pupil,组,名,height_m,pupil_weight:obese,,,,,yes,", "measured");
        check("a,pupil,组,名,height_cm,pupil_weight:huge,,,,,yes,", "classes");
        check("a,anyone,组,名,height_cm,pupil_weight:obese,,,,,yes,", "who");
        check("a,pupil,组,名,ecg,,ecg=odd,,,,yes,", "answer");
        check("a,pupil,组,名,height_cm,,,,,,yes,", "numerator");
        check("a,pupil,组,名,height_cm,pupil_weight:obese,,,b,,yes,", "named");
        check("a,pupil,组,名,ecg,,ecg=abnormal ecg=odd,,,,yes,", "answer");
        check("a,pupil,组,名,height_cm,!pupil_weight:huge,,,,,yes,", "classes");
        check("a,pupil,组,名,height_cm,pupil_weight:obese,,wst999,,,yes,", "needs");
        check("a,both,组,名,,task:told_soon,,task:grave,,,no,", "classes");
        check("a,both,组,名,,task:reached,,,,,no,", "needs");
        check("a,both,组,名,,task:reached,,task:everybody,,,no,", "needs");
        check("a,pupil,组,名,ecg/ecg=odd,,ecg=abnormal,,,,yes,", "measured");
        check("a,pupil,组,名,pupil_spine:odd,,ecg=abnormal,,,,yes,", "measured");
        check("a,pupil,组,名,ecg,,ecg=abnormal,,,,yes,pupil_spine:odd", "left_out");
        check("a,pupil,组,名,ecg,,ecg=abnormal,,,,yes,!ecg=odd", "left_out");
        let right = format!("{head}\na,pupil,组,名,height_cm,pupil_weight:obese,,sex_age,,,yes,\n");
        assert_eq!(read(&right, Catalogue::builtin()).map(|all| all.len()), Ok(1));
    }
}
