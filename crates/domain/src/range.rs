//! Which way a value is abnormal, and between what it would not be: read off the same classes that judge. For the eye
//! beside a value; what counts is `rule`. Between what a number is usual is `limits`.

mod limits;

pub(crate) use limits::{CRITICAL_VALUES, takes};
pub use limits::{Range, answers_of, reference};

use crate::catalogue::{Catalogue, Class, Compare, Condition, When};
use crate::check::Subject;
use crate::ids::ItemCode;
use crate::lab::{OwnWord, PrintedRange};
use crate::rule::Judgement;
use crate::value::{Decimal, Value};
use limits::{holds, is_answered, passed, readings, reference_by};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    High,
    Low,
    /// A choice that should not be: 1+, 异常.
    Positive,
}

impl Direction {
    pub fn zh(self) -> &'static str {
        match self {
            Direction::High => "高",
            Direction::Low => "低",
            Direction::Positive => "阳",
        }
    }
}

/// Which way the class of a judgement lies; `None` where the catalogue no longer has it.
pub fn direction(cat: &Catalogue, judgement: &Judgement) -> Option<Direction> {
    let rule = cat.rule(&judgement.rule)?;
    let class = rule.classes.iter().find(|class| class.code == judgement.code)?;
    Some(match crate::rule::grounds(class).first()? {
        Condition::Choice { .. } | Condition::Phrase { .. } | Condition::Ungraded { .. } => {
            Direction::Positive
        }
        Condition::Number { compare, .. } => match compare {
            Compare::AtLeast | Compare::Above => Direction::High,
            Compare::Below | Compare::AtMost => Direction::Low,
        },
    })
}

impl Direction {
    /// The side that a class lies on whose numbers are compared so.
    fn of(compare: Compare) -> Direction {
        match compare {
            Compare::AtLeast | Compare::Above => Direction::High,
            Compare::Below | Compare::AtMost => Direction::Low,
        }
    }
}

/// Which way a choice or words are abnormal: by the findings, and the marked classes without a level, that rest on the item.
fn way_of_words<'j>(
    cat: &Catalogue,
    item: ItemCode,
    findings: impl Iterator<Item = &'j Judgement>,
) -> Option<Direction> {
    let mut of_item = findings.filter(|finding| rests_on(cat, finding, item));
    // What a number computed of it says (自理评分) is neither high nor low of an answer.
    direction(cat, of_item.next()?).filter(|way| *way == Direction::Positive)
}

/// Which way a number is abnormal by the findings that rest on its item: where the number by itself passes the limit of the class. What
/// a pair, a mean or a computed value is found to be says nothing of a number that does not.
fn way_of_number<'j>(
    cat: &Catalogue,
    subject: &Subject,
    (item, number): (ItemCode, Decimal),
    values: &BTreeMap<ItemCode, Value>,
    findings: impl Iterator<Item = &'j Judgement>,
) -> Option<Direction> {
    let known = readings(cat, subject, values);
    let mut of_item = findings.filter(|finding| rests_on(cat, finding, item));
    of_item.find_map(|finding| {
        let (compare, _) = passed(&known, finding, (item, number)).next()?;
        Some(Direction::of(compare))
    })
}

/// What was found beside a value, and the value itself.
fn with_value<'v>(
    values: &'v BTreeMap<ItemCode, Value>,
    item: ItemCode,
    value: &Value,
) -> Cow<'v, BTreeMap<ItemCode, Value>> {
    if values.get(&item) == Some(value) {
        return Cow::Borrowed(values);
    }
    let mut with = values.clone();
    with.insert(item, value.clone());
    Cow::Owned(with)
}

fn rests_on(cat: &Catalogue, finding: &Judgement, item: ItemCode) -> bool {
    crate::rule::is_remarkable(cat, finding) && crate::rule::items_of(cat, finding).contains(&item)
}

/// Which way a value is abnormal. The arrow agrees with the range that stands beside the value (`shown`): out of it, in that direction;
/// within it, none, whatever is found of a pair, a mean or the other arm. Where no range stands there the findings say it, or the
/// choice as it is marked (心 异常). `values`: what was found beside it, as the answers and the measures that a limit depends on
/// (空腹, 身高). The laboratory's own range stands in place of ours, not of a finding: that rests on a limit for a decision, or on the own
/// range already.
pub fn direction_of_value<'j>(
    cat: &Catalogue,
    subject: &Subject,
    item: ItemCode,
    value: &Value,
    values: &BTreeMap<ItemCode, Value>,
    own: Option<&PrintedRange>,
    findings: impl Iterator<Item = &'j Judgement> + Clone,
) -> Option<Direction> {
    let said = own.and_then(|own| own.says(cat.item(item)?, value));
    if let Some(OwnWord::Out(direction)) = said {
        return Some(direction);
    }
    let Some(number) = value.number() else {
        let found = way_of_words(cat, item, findings);
        let is_marked = said.is_none() && cat.item(item)?.is_marked(value);
        return found.or(is_marked.then_some(Direction::Positive));
    };
    let values = with_value(values, item, value);
    let range = beside(cat, subject, item, &values, findings.clone());
    if said.is_none() && !range.is_open() {
        return range.side(number);
    }
    way_of_number(cat, subject, (item, number), &values, findings)
}

/// Whether a number lies within the range that stands beside it (`shown`). False where none does, and of what is no number.
pub fn lies_within<'j>(
    cat: &Catalogue,
    subject: &Subject,
    item: ItemCode,
    value: &Value,
    values: &BTreeMap<ItemCode, Value>,
    findings: impl Iterator<Item = &'j Judgement>,
) -> bool {
    let Some(number) = value.number() else { return false };
    let values = with_value(values, item, value);
    let range = beside(cat, subject, item, &values, findings);
    !range.is_open() && range.contains(number)
}

/// Which way a value lies out by itself, where no class is asked: out of the laboratory's own range, or, where it says nothing, marked
/// as a choice, or out of the reference interval, which many laboratory items have and no class. Such a value is no finding, but
/// nobody is told that it is fine.
pub fn out_by_itself(
    cat: &Catalogue,
    subject: &Subject,
    item: ItemCode,
    value: &Value,
    values: &BTreeMap<ItemCode, Value>,
    own: Option<&PrintedRange>,
) -> Option<Direction> {
    match own.and_then(|own| own.says(cat.item(item)?, value)) {
        Some(OwnWord::Out(direction)) => return Some(direction),
        Some(OwnWord::Within) => return None,
        None => {}
    }
    if cat.item(item)?.is_marked(value) {
        return Some(Direction::Positive);
    }
    let is_when = |when: &When| holds(when, values);
    let interval = crate::rule::interval(cat, subject, item, &is_when, None)?;
    match crate::rule::mark(&interval, value.number()?) {
        crate::rule::Mark::Low => Some(Direction::Low),
        crate::rule::Mark::High => Some(Direction::High),
        crate::rule::Mark::Within => None,
    }
}

/// The range that stands beside a value: nobody's where it depends on an answer (空腹) that nobody gave. A finding of the number itself
/// belongs in it, which rests on an answer (a known diabetic's 3.9) or lies where only danger has a limit: else an arrow would stand
/// beside a range that the value lies in.
fn beside<'j>(
    cat: &Catalogue,
    subject: &Subject,
    item: ItemCode,
    values: &BTreeMap<ItemCode, Value>,
    findings: impl Iterator<Item = &'j Judgement>,
) -> Range {
    let known = readings(cat, subject, values);
    if !is_answered(&known, cat, subject, item, values) {
        return Range::default();
    }
    let mut range = reference_by(&known, cat, subject, item, values);
    let Some(number) = values.get(&item).and_then(Value::number).filter(|_| !range.is_open())
    else {
        return range;
    };
    for finding in findings.filter(|finding| finding.level.is_finding()) {
        for end in passed(&known, finding, (item, number)) {
            range.narrow(end);
        }
    }
    range
}

/// The range that is shown with one value, and ours for beside it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shown {
    /// The one that marks the value: the laboratory's where it says something of it, else ours. Empty where there is none.
    pub range: String,
    /// The laboratory's own, also where it says nothing of the value; empty where it printed none.
    pub own: String,
    /// Ours; empty where no table says, and where it depends on an answer (空腹) that nobody has.
    pub ours: String,
}

/// `values`: as for `reference`, the item's own value among them. `findings`: as for `direction_of_value`.
pub fn shown<'j>(
    cat: &Catalogue,
    subject: &Subject,
    item: ItemCode,
    values: &BTreeMap<ItemCode, Value>,
    own: Option<&PrintedRange>,
    findings: impl Iterator<Item = &'j Judgement>,
) -> Shown {
    let ours = beside(cat, subject, item, values, findings).to_string();
    let says = own.and_then(|own| own.says(cat.item(item)?, values.get(&item)?));
    let own = own.map(PrintedRange::text).unwrap_or_default();
    let range = if says.is_some() { own.clone() } else { ours.clone() };
    Shown { range, own, ours }
}

/// Whether the laboratory's range, or else a table, says of this very person that the value is not abnormal. False where none
/// does: an item nobody judged is not fine. Findings are looked at by the caller. `values`: this item's value, and the
/// answers a rule depends on.
pub fn is_within(
    cat: &Catalogue,
    subject: &Subject,
    item: ItemCode,
    values: &BTreeMap<ItemCode, Value>,
    own: Option<&PrintedRange>,
) -> bool {
    if let Some(word) = own.and_then(|own| own.says(cat.item(item)?, values.get(&item)?)) {
        return word == OwnWord::Within;
    }
    match values.get(&item) {
        Some(Value::Number(number)) => {
            let range = reference(cat, subject, item, values);
            !range.is_open() && range.contains(*number)
        }
        // Marked, whatever the classes read of it: 尿潜血 1+ is none of its class's choices.
        Some(value) if cat.item(item).is_some_and(|item| item.is_marked(value)) => false,
        Some(Value::Choice(code)) => {
            let rules = cat.rules.iter().filter(|rule| {
                crate::rule::is_for(rule, subject)
                    && rule.when.as_ref().is_none_or(|when| holds(when, values))
            });
            let classes = rules.flat_map(|rule| rule.classes.iter().filter(|class| class.on));
            // Beside a number, an answer says whose limit it is (a known diabetic's): by itself it is judged by nobody.
            let answers = |class: &'_ &Class| {
                !class.all.iter().any(|condition| matches!(condition, Condition::Number { .. }))
            };
            let conditions = classes.flat_map(|class| {
                let all = Some(class).filter(answers).map_or(&[][..], |class| class.all.as_slice());
                all.iter().chain(&class.any)
            });
            let mut found = conditions.filter_map(|condition| match condition {
                Condition::Choice { item: of, choices } if *of == item => Some(choices),
                Condition::Choice { .. }
                | Condition::Number { .. }
                | Condition::Phrase { .. }
                | Condition::Ungraded { .. } => None,
            });
            let mut is_judged = false;
            let is_named = found.any(|choices| {
                is_judged = true;
                choices.contains(code)
            });
            is_judged && !is_named
        }
        Some(Value::Text(_) | Value::Absent(_)) | None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{PersonKind, Sex};
    use crate::rule::judge;
    use chrono::NaiveDate;

    fn subject() -> Subject {
        Subject {
            kind: PersonKind::Resident,
            sex: Some(Sex::F),
            birth: NaiveDate::from_ymd_opt(1966, 1, 2),
            day: NaiveDate::from_ymd_opt(2026, 9, 14).unwrap(),
        }
    }

    #[test]
    fn a_range_ends_where_the_first_finding_begins() {
        let cat = Catalogue::builtin();
        let fasting = cat.item_by_key("fasting").unwrap();
        let yes =
            BTreeMap::from([(fasting.code, Value::Choice(fasting.choice("yes").unwrap().code))]);
        let check = |key: &str, values: &BTreeMap<ItemCode, Value>, text: &str| {
            let item = cat.item_by_key(key).unwrap().code;
            assert_eq!(reference(cat, &subject(), item, values).to_string(), text, "{key}");
        };
        check("glucose_mmol_l", &yes, "≥3.9 且 <6.1");
        check("glucose_mmol_l", &BTreeMap::new(), "<11.1");
        check("hdl_mmol_l", &yes, "≥1.0");
        check("tc_mmol_l", &yes, "<5.2");
        check("temperature_cel", &yes, "");
    }

    #[test]
    fn the_range_shown_with_a_glucose_is_that_of_how_it_was_taken_and_none_where_nobody_knows() {
        let cat = Catalogue::builtin();
        let fasting = cat.item_by_key("fasting").unwrap();
        let check = |key: &str, said: Option<Value>, text: &str| {
            let item = cat.item_by_key(key).unwrap();
            let mut values = BTreeMap::from([(item.code, Value::Number(Decimal::new(56, 1)))]);
            values.extend(said.clone().map(|said| (fasting.code, said)));
            let shown = shown(cat, &subject(), item.code, &values, None, [].iter());
            assert_eq!((shown.range.as_str(), shown.ours.as_str()), (text, text), "{key} {said:?}");
        };
        let answer = |key: &str| Some(Value::Choice(fasting.choice(key).unwrap().code));
        for glucose in ["glucose_mmol_l", "glucose2_mmol_l"] {
            check(glucose, answer("yes"), "≥3.9 且 <6.1");
            check(glucose, answer("no"), "<11.1");
            check(glucose, answer("unknown"), "");
            check(glucose, Some(Value::Absent(crate::value::AbsentReason::Refused)), "");
            check(glucose, None, "");
        }
        // The control: what depends on no answer.
        check("tc_mmol_l", None, "<5.2");
    }

    #[test]
    fn where_danger_begins_is_nobodys_range() {
        let cat = Catalogue::builtin();
        let check = |key: &str, born: i32, text: &str| {
            let birth = NaiveDate::from_ymd_opt(born, 1, 2);
            let item = cat.item_by_key(key).unwrap().code;
            let range = reference(cat, &Subject { birth, ..subject() }, item, &BTreeMap::new());
            assert_eq!(range.to_string(), text, "{key} {born}");
        };
        check("pulse_per_min", 1966, "");
        check("alt_u_l", 1944, "");
        check("plt_10e9_l", 1966, "≥125 且 ≤350");
    }

    #[test]
    fn what_no_table_judges_is_not_said_to_be_fine() {
        let cat = Catalogue::builtin();
        let resident = subject();
        let old = |born| Subject { birth: NaiveDate::from_ymd_opt(born, 1, 2), ..subject() };
        let pupil = |born| Subject { kind: PersonKind::Pupil, ..old(born) };
        let unborn = Subject { birth: None, ..pupil(2016) };
        let check = |of: &Subject, key: &str, text: &str, is_fine: bool| {
            let item = cat.item_by_key(key).unwrap();
            let value = crate::catalogue::parse_value(item, text).unwrap();
            let values = BTreeMap::from([(item.code, value)]);
            assert_eq!(is_within(cat, of, item.code, &values, None), is_fine, "{key} {text}");
        };
        // Tables that say so.
        check(&resident, "sbp1_mmhg", "110", true);
        check(&resident, "sbp1_mmhg", "150", false);
        check(&resident, "tc_mmol_l", "4.5", true);
        check(&resident, "plt_10e9_l", "200", true);
        check(&resident, "urine_protein", "-", true);
        check(&resident, "urine_protein", "2+", false);
        // Only a critical value, a row that is off or missing, another age, a basis that is not there.
        check(&resident, "pulse_per_min", "72", false);
        check(&resident, "ggt_u_l", "500", false);
        check(&resident, "tbil_umol_l", "150", false);
        check(&old(1955), "urea_mmol_l", "30", false);
        check(&old(1943), "alt_u_l", "500", false);
        check(&pupil(2016), "wbc_10e9_l", "25", false);
        check(&unborn, "sbp1_mmhg", "150", false);
        check(&pupil(2021), "vision_right", "4.5", false);
        check(&resident, "height_cm", "160", false);
        // An answer beside a limit.
        check(&resident, "known_diabetes", "否", false);
        check(&pupil(2016), "spine_shoulders", "1", true);
    }

    #[test]
    fn an_arrow_points_the_way_the_class_lies() {
        let cat = Catalogue::builtin();
        let check = |key: &str, text: &str, direction_wanted: Direction| {
            let item = cat.item_by_key(key).unwrap();
            let value = crate::catalogue::parse_value(item, text).unwrap();
            let judged = judge(cat, &subject(), &BTreeMap::from([(item.code, value)]));
            let finding = judged.iter().find(|j| j.level.is_finding()).unwrap();
            assert_eq!(direction(cat, finding), Some(direction_wanted), "{key} {text}");
        };
        check("tc_mmol_l", "6.5", Direction::High);
        check("hdl_mmol_l", "0.8", Direction::Low);
        check("hb_g_l", "100", Direction::Low);
        check("urine_protein", "2+", Direction::Positive);
    }

    #[test]
    fn outside_the_reference_interval_an_arrow_stands_without_any_finding() {
        let cat = Catalogue::builtin();
        let check = |text: &str, wanted: Option<Direction>| {
            let item = cat.item_by_key("plt_10e9_l").unwrap();
            let value = crate::catalogue::parse_value(item, text).unwrap();
            let found = direction_of_value(
                cat,
                &subject(),
                item.code,
                &value,
                &BTreeMap::new(),
                None,
                [].iter(),
            );
            assert_eq!(found, wanted, "{text}");
        };
        check("125", None);
        check("124", Some(Direction::Low));
        check("350", None);
        check("351", Some(Direction::High));
    }

    #[test]
    fn the_laboratorys_range_marks_a_value_and_takes_no_finding_away() {
        let cat = Catalogue::builtin();
        // Item, value, as printed; the arrow, what is shown, whether it is called fine.
        let check = |key: &str,
                     text: &str,
                     printed: &str,
                     way: Option<Direction>,
                     range: &str,
                     is_fine: bool| {
            let item = cat.item_by_key(key).unwrap();
            let value = crate::catalogue::parse_value(item, text).unwrap();
            let ends = crate::lab::read_range(printed).unwrap_or_default();
            let own = Some(PrintedRange { ends, words: printed.to_owned() });
            let own = own.as_ref().filter(|own| !own.words.is_empty());
            let measured = crate::rule::Measured {
                own: own.and_then(|o| o.ends),
                ..crate::rule::Measured::plain(&value)
            };
            let judged = crate::rule::judge_measured(
                cat,
                &subject(),
                &BTreeMap::from([(item.code, vec![measured])]),
            );
            let answers = BTreeMap::new();
            let of = subject();
            let found =
                direction_of_value(cat, &of, item.code, &value, &answers, own, judged.iter());
            assert_eq!(found, way, "{key} {text} {printed}");
            let values = BTreeMap::from([(item.code, value)]);
            let shown = shown(cat, &subject(), item.code, &values, own, judged.iter());
            assert_eq!(shown.range, range, "{key} {text} {printed}");
            assert_eq!(shown.own, own.map(PrintedRange::text).unwrap_or_default());
            assert_eq!(
                is_within(cat, &subject(), item.code, &values, own),
                is_fine,
                "{key} {text}"
            );
        };
        let (low, high) = (Some(Direction::Low), Some(Direction::High));
        // Ours for platelets is 125 to 350.
        check("plt_10e9_l", "120", "", low, "≥125 且 ≤350", false);
        check("plt_10e9_l", "120", "100-300", None, "100-300", true);
        check("plt_10e9_l", "320", "100-300", high, "100-300", false);
        // Turned round or unreadable: ours.
        check("plt_10e9_l", "120", "300-100", low, "≥125 且 ≤350", false);
        check("plt_10e9_l", "120", "见说明", low, "≥125 且 ≤350", false);
        // A limit for a decision is no interval: the finding stays, and so does its arrow.
        check("tc_mmol_l", "6.5", "<7.0", high, "<7.0", true);
        // Where no table of ours says anything theirs is the only one.
        check("ggt_u_l", "500", "", None, "", false);
        check("ggt_u_l", "500", "10-60", high, "10-60", false);
        check("urine_protein", "1+", "阴性", Some(Direction::Positive), "阴性", false);
    }
}
